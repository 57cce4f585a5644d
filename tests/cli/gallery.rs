//! `compare gallery`: twenty patterns on one page.

use crate::bench::{Bench, columns};

#[test]
fn twenty_panels_with_the_counts_that_compare_finds() {
    let bench = Bench::new();
    let text = bench.stdout("gallery --scheme rk4 --dt 0.5 --out there");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let panels = columns(&bench.read("there/panels.csv"));
    assert_eq!(panels["panel"].join(""), "ABCDEFGHIJKLMNOPQRST");
    for (i, letter) in panels["panel"].iter().enumerate().step_by(3) {
        let json = bench.json(&format!("--neuron {letter} --dt 0.5 --schemes rk4 --no-timing"));
        let run = &json["runs"][0];
        let spikes = |column: &str| panels[column][i].parse::<u64>().unwrap();
        assert_eq!(run["spike_count"], spikes("spikes"), "{letter}");
        assert_eq!(json["truth"]["spike_times_ms"].as_array().unwrap().len() as u64, spikes("true_spikes"), "{letter}");
        if let Some(error) = run["max_spike_time_error_ms"].as_f64() {
            let shift: f64 = panels["largest_shift_ms"][i].parse().unwrap();
            // Two truths, each within its bound of 3e-12 ms.
            assert!((shift - error).abs() < 1e-11, "{letter}: {shift} {error}");
        }
    }
    let drawn = columns(&bench.read("there/gallery.csv"));
    for series in ["truth", "rk4", "input"] {
        let letters =
            drawn["panel"].iter().zip(&drawn["series"]).filter(|(_, s)| *s == series).map(|(p, _)| p.as_str());
        assert_eq!(letters.collect::<std::collections::BTreeSet<_>>().len(), 20, "{series}");
    }
    let svg = bench.read("there/gallery.svg");
    for name in ["tonic spiking", "inhibition induced bursting", "rk4, dt = 0.5 ms", "equations"] {
        assert!(svg.contains(name), "{name}");
    }
}

/// A spike inside a step is drawn at its time, one on the grid at the end of its step: each once, at the peak.
#[test]
fn every_spike_is_drawn_once_at_the_peak() {
    let bench = Bench::new();
    for scheme in ["rk4", "rk4+located", "projective-8"] {
        bench.stdout(&format!("gallery --scheme {scheme} --dt 0.5ms --out there --quiet"));
        let drawn = columns(&bench.read("there/gallery.csv"));
        let panels = columns(&bench.read("there/panels.csv"));
        for (letter, spikes) in panels["panel"].iter().zip(&panels["spikes"]) {
            let rows =
                (0..drawn["panel"].len()).filter(|&k| &drawn["panel"][k] == letter && drawn["series"][k] == scheme);
            let peaks = rows.filter(|&k| drawn["value"][k] == "30").count();
            assert_eq!(peaks.to_string(), *spikes, "{scheme} {letter}");
        }
    }
}

#[test]
fn formats_are_those_asked_for() {
    let bench = Bench::new();
    bench.stdout("gallery --scheme euler --dt 0.25 --out a --format pdf,png --quiet");
    assert!(!bench.path("a/gallery.svg").exists());
    assert!(std::fs::read(bench.path("a/gallery.pdf")).unwrap().starts_with(b"%PDF"));
    assert!(std::fs::read(bench.path("a/gallery.png")).unwrap().starts_with(b"\x89PNG"));
}
