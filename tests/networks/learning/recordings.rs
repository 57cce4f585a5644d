//! The recordings of BindsNET, replayed by the library; `tests/cli/replay.rs` replays them as a user does.

use std::collections::HashMap;

use crate::named;
use spikestep::population::replay::Recording;

use crate::common::reference;

pub(crate) const NETWORKS: [(&str, f64); 3] =
    [("network_stdp_dt1.0_batch1", 1e-5), ("network_stdp_dt0.5_batch1", 1e-9), ("network_stdp_dt1.0_batch2", 1e-5)];

fn recording(name: &str) -> Recording {
    let file = |end: &str| reference(&format!("simulators/bindsnet/{name}{end}"));
    Recording::read(&file(".json"), &file(".input.csv")).unwrap()
}

fn lines(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split(',').collect()).collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("'{text}'"))
}

#[test]
fn networks_that_learn_are_replayed() {
    for (name, tolerance) in NETWORKS {
        let replay = recording(name).replay(&named("bindsnet")).unwrap();
        let recorded = std::fs::read_to_string(reference(&format!("simulators/bindsnet/{name}.state.csv"))).unwrap();
        let (ours, theirs) = (lines(&replay.state), lines(&recorded));
        assert_eq!(ours.len(), theirs.len());
        assert_eq!(ours[0], theirs[0]);
        let mut spikes = 0;
        for (ours, theirs) in ours.iter().zip(&theirs).skip(1) {
            assert_eq!(ours[..4], theirs[..4], "{name}");
            // v and u: 1e-9 relative; at dt = 1 the upstroke, some 100 mV in a step, multiplies rounding by up to 1e4.
            for k in [4, 5] {
                let (x, y) = (number(ours[k]), number(theirs[k]));
                assert!((x - y).abs() <= tolerance * y.abs(), "{name}: {ours:?} {theirs:?}");
            }
            assert_eq!(number(ours[6]), number(theirs[6]), "{name}: {ours:?}");
            assert_eq!(number(ours[7]), number(theirs[7]), "{name}: {ours:?}");
            spikes += u64::from(ours[6] == "1");
        }
        assert!(spikes > 50 && spikes == replay.spikes && replay.diverged.is_empty(), "{name}: {spikes}");

        let recorded = std::fs::read_to_string(reference(&format!("simulators/bindsnet/{name}.weights.csv"))).unwrap();
        let weights = replay.weights.unwrap();
        let (ours, theirs) = (lines(&weights), lines(&recorded));
        assert_eq!(ours.len(), theirs.len());
        assert_eq!(ours[0], theirs[0]);
        let mut ranges: HashMap<(&str, &str), (f64, f64)> = HashMap::new();
        for (ours, theirs) in ours.iter().zip(&theirs).skip(1) {
            assert_eq!(ours[..4], theirs[..4], "{name}");
            let w = number(theirs[4]);
            assert!((number(ours[4]) - w).abs() <= 1e-12, "{name}: {ours:?} {theirs:?}");
            let range = ranges.entry((ours[2], ours[3])).or_insert((w, w));
            *range = (range.0.min(w), range.1.max(w));
        }
        // The test would pass with weights that stay, if those did.
        assert!(ranges.values().filter(|(least, most)| most - least > 0.1).count() > 100, "{name}");
    }
}

#[test]
fn another_scheme_gives_the_same_columns_and_other_numbers() {
    let recording = recording(NETWORKS[1].0);
    let (bindsnet, other) =
        (recording.replay(&named("bindsnet")).unwrap(), recording.replay(&named("projective-8")).unwrap());
    assert_ne!(bindsnet.state, other.state);
    let places = |text: &str| lines(text).iter().map(|line| line[..4].join(",")).collect::<Vec<_>>();
    assert_eq!(places(&bindsnet.state), places(&other.state));
    assert!(other.spikes > 0);
}
