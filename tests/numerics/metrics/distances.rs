//! Spike-train distances.

use approx::abs_diff_eq;
use proptest::prelude::*;
use serde_json::Value;
use spikestep::SpikeTrain;
use spikestep::metrics::{gamma, isi_distance, spike_distance, spike_sync, van_rossum, victor_purpura};

use super::twins::{
    DURATION, coincidences_by_recursion, profiles_by_midpoints, spike_sync_by_all_pairs, van_rossum_by_double_sums,
    victor_purpura_by_recursion, victor_purpura_by_table,
};

fn train(times: &[f64]) -> SpikeTrain {
    SpikeTrain::new(times.to_vec()).unwrap()
}

fn near(got: f64, want: f64, tolerance: f64, what: &str) {
    assert!(abs_diff_eq!(got, want, epsilon = tolerance), "{what}: {got}, expected {want}");
}

/// Values of Elephant 1.2 and PySpike 0.9, which round to about 1e-13 here; the other source of difference is the root in
/// Elephant's van Rossum distance, which magnifies that near 0 but is given as 0 for equal trains.
#[test]
fn agree_with_elephant_and_pyspike_on_every_recorded_pair() {
    let text = std::fs::read_to_string("tests/reference/metrics/spike_train_distances.json").unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    let pairs = data["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 18);
    for pair in pairs {
        let name = pair["name"].as_str().unwrap();
        let times =
            |key: &str| train(&pair[key].as_array().unwrap().iter().map(|t| t.as_f64().unwrap()).collect::<Vec<_>>());
        let (a, b) = (times("a"), times("b"));
        let duration = pair["duration_ms"].as_f64().unwrap();
        let recorded = |key: &str| pair[key].as_f64().unwrap();
        for (cost, want) in pair["victor_purpura"].as_object().unwrap() {
            let got = victor_purpura(&a, &b, cost.parse().unwrap()).unwrap();
            near(got, want.as_f64().unwrap(), 1e-9, &format!("{name}, Victor-Purpura {cost}"));
        }
        for (tau, want) in pair["van_rossum"].as_object().unwrap() {
            let got = van_rossum(&a, &b, tau.parse().unwrap()).unwrap();
            near(got, want.as_f64().unwrap(), 1e-9, &format!("{name}, van Rossum {tau}"));
        }
        near(isi_distance(&a, &b, duration).unwrap(), recorded("isi"), 1e-9, &format!("{name}, ISI"));
        near(spike_distance(&a, &b, duration).unwrap(), recorded("spike"), 1e-9, &format!("{name}, SPIKE"));
        near(spike_sync(&a, &b, duration).unwrap(), recorded("spike_sync"), 1e-9, &format!("{name}, sync"));
    }
}

/// Corners that the recorded pairs leave out, computed with PySpike 0.9 on \[0, 100\]: (a, b, ISI, SPIKE, sync).
#[test]
fn agree_with_pyspike_at_the_edges_and_for_repeated_times() {
    type Case<'a> = (&'a [f64], &'a [f64], f64, f64, f64);
    let cases: &[Case] = &[
        (&[0.0], &[54.0], 0.4968000000000001, 0.40801514360794255, 0.0),
        (&[0.0], &[4.0, 56.0], 0.48, 0.30401662049861494, 0.6666666666666666),
        (&[100.0], &[30.0, 60.0], 0.66, 0.3940345368916798, 0.0),
        (&[100.0], &[0.0], 0.0, 0.0, 0.0),
        (&[], &[0.0], 0.0, 0.0, 0.0),
        (&[], &[100.0], 0.0, 0.0, 0.0),
        (&[0.0, 100.0], &[], 0.0, 0.0, 0.0),
        (&[0.0, 100.0], &[50.0], 0.5, 0.4444444444444444, 0.0),
        (&[0.0, 0.0], &[50.0], 0.5, 0.4444444444444444, 0.0),
        (&[50.0, 50.0], &[20.0, 50.0, 50.0, 70.0], 0.44, 0.24394132653061223, 0.5),
        (&[1.0], &[0.0, 0.0, 30.0], 0.41683838383838384, 0.19754183613824178, 0.6666666666666666),
        (&[20.0, 20.0, 60.0], &[22.0, 58.0], 0.07800000000000001, 0.051014120667522464, 1.0),
        (&[90.0, 100.0, 100.0], &[40.0, 95.0], 0.4318181818181819, 0.27940833519357255, 0.0),
        (&[10.0, 20.0], &[15.0], 0.1411764705882353, 0.11374800637958532, 0.0),
        (&[10.0, 60.0], &[35.0], 0.255, 0.4374935407277556, 0.0),
        (&[50.0], &[100.0], 0.5, 0.4444444444444444, 0.0),
    ];
    for (a, b, isi, spike, sync) in cases {
        let what = format!("{a:?} {b:?}");
        for (x, y) in [(train(a), train(b)), (train(b), train(a))] {
            near(isi_distance(&x, &y, DURATION).unwrap(), *isi, 1e-12, &what);
            near(spike_distance(&x, &y, DURATION).unwrap(), *spike, 1e-12, &what);
            near(spike_sync(&x, &y, DURATION).unwrap(), *sync, 1e-12, &what);
        }
    }
}

/// Trains with times off and on a grid, the edges among them, so that coincidences, repeats and empty trains all occur.
fn spikes() -> impl Strategy<Value = SpikeTrain> {
    let time = prop_oneof![0.0..=DURATION, (0_u32..=50).prop_map(|k| 2.0 * f64::from(k))];
    prop::collection::vec(time, 0..12).prop_map(|mut times| {
        times.sort_by(f64::total_cmp);
        SpikeTrain::new(times).unwrap()
    })
}

/// 16 spikes are lost, one stays, 16 are added: that one is paired on the edge of the first band.
#[test]
fn a_pair_on_the_edge_of_the_band_is_found() {
    let early = (0..16).map(|k| 10.0 * f64::from(k));
    let a = train(&early.clone().chain([1000.0]).collect::<Vec<_>>());
    let b = train(&std::iter::once(1000.0).chain(early.map(|t| 2000.0 + t)).collect::<Vec<_>>());
    assert_eq!(victor_purpura(&a, &b, 1.0).unwrap(), 32.0);
}

// Up to 12 spikes a train: sums of some 100 terms of order 1 round to 1e-14; tolerances of 1e-12 leave two digits.
proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn equal_trains_are_at_distance_zero(a in spikes(), cost in 0.0..5.0, tau in 0.1..100.0) {
        prop_assert_eq!(victor_purpura(&a, &a, cost).unwrap(), 0.0);
        prop_assert_eq!(van_rossum(&a, &a, tau).unwrap(), 0.0);
        prop_assert_eq!(isi_distance(&a, &a, DURATION).unwrap(), 0.0);
        prop_assert_eq!(spike_distance(&a, &a, DURATION).unwrap(), 0.0);
        prop_assert_eq!(spike_sync(&a, &a, DURATION).unwrap(), 1.0);
        // Chance is (n - n chance) / n / (1 - chance), three roundings magnified by 1 / (1 - chance).
        let g = gamma(&a, &a, 2.0, DURATION).unwrap().unwrap();
        prop_assert!((g - 1.0).abs() < 1e-14, "{g}");
    }

    // Up to 200 additions to a sum of up to 200, each rounded to 1.4e-14.
    #[test]
    fn a_band_of_the_table_is_enough(
        start in prop::collection::vec(0.0..3.0, 0..100),
        moves in prop::collection::vec((-20.0..20.0, 0..8), 0..100),
        late in -60.0..60.0,
        cost in prop_oneof![0.001..0.01, 0.01..1.0],
    ) {
        let a: Vec<f64> = start.iter().scan(0.0, |t, gap| { *t += gap; Some(*t) }).collect();
        // As a scheme has it: the spikes moved, all of them late, some lost and some added.
        let mut b: Vec<f64> = Vec::new();
        for (t, (moved, kind)) in a.iter().zip(&moves) {
            b.extend(match kind { 0 => vec![], 1 => vec![t + moved, t - moved], _ => vec![t + late + 0.1 * moved] });
        }
        b.sort_by(f64::total_cmp);
        let got = victor_purpura(&SpikeTrain::new(a.clone()).unwrap(), &SpikeTrain::new(b.clone()).unwrap(), cost).unwrap();
        let plain = victor_purpura_by_table(&a, &b, cost);
        prop_assert!((got - plain).abs() < 3e-12, "{got} {plain}");
    }

    #[test]
    fn distances_are_symmetric_and_in_range(a in spikes(), b in spikes(), cost in 0.0..5.0, tau in 0.1..100.0) {
        let symmetric = |f: &dyn Fn(&SpikeTrain, &SpikeTrain) -> f64| {
            let (there, back) = (f(&a, &b), f(&b, &a));
            assert!((there - back).abs() < 1e-12, "{there} {back}");
            there
        };
        let n = (a.len() + b.len()) as f64;
        let vp = symmetric(&|x, y| victor_purpura(x, y, cost).unwrap());
        prop_assert!(vp >= a.len().abs_diff(b.len()) as f64 && vp <= n);
        let vr = symmetric(&|x, y| van_rossum(x, y, tau).unwrap());
        prop_assert!(vr >= 0.0 && vr <= n);
        let isi = symmetric(&|x, y| isi_distance(x, y, DURATION).unwrap());
        prop_assert!((0.0..1.0).contains(&isi));
        let spike = symmetric(&|x, y| spike_distance(x, y, DURATION).unwrap());
        prop_assert!((0.0..1.0).contains(&spike));
        let sync = symmetric(&|x, y| spike_sync(x, y, DURATION).unwrap());
        prop_assert!((0.0..=1.0).contains(&sync));
    }

    #[test]
    fn metrics_obey_the_triangle_inequality(a in spikes(), b in spikes(), c in spikes(), cost in 0.001..5.0, tau in 0.1..100.0) {
        let vp = |x, y| victor_purpura(x, y, cost).unwrap();
        prop_assert!(vp(&a, &c) <= vp(&a, &b) + vp(&b, &c) + 1e-12);
        let vr = |x, y| van_rossum(x, y, tau).unwrap();
        prop_assert!(vr(&a, &c) <= vr(&a, &b) + vr(&b, &c) + 1e-12);
        let isi = |x, y| isi_distance(x, y, DURATION).unwrap();
        prop_assert!(isi(&a, &c) <= isi(&a, &b) + isi(&b, &c) + 1e-12);
    }

    #[test]
    fn limits_of_cost_and_tau_count_spikes(a in spikes(), b in spikes()) {
        let difference = a.len().abs_diff(b.len()) as f64;
        prop_assert_eq!(victor_purpura(&a, &b, 0.0).unwrap(), difference);
        // At most 24 spikes are moved by at most 100 ms.
        prop_assert!((victor_purpura(&a, &b, 1e-12).unwrap() - difference).abs() < 24.0 * 100.0 * 1e-12);
        // D² is a sum of at most 24² terms, each within 100 / tau of 1 or -1.
        let squared = van_rossum(&a, &b, 1e12).unwrap().powi(2);
        prop_assert!((squared - difference.powi(2)).abs() < 24.0 * 24.0 * 100.0 * 1e-12);

        let mut unmatched: std::collections::BTreeMap<u64, i32> = std::collections::BTreeMap::new();
        a.times().iter().for_each(|t| *unmatched.entry(t.to_bits()).or_default() += 1);
        b.times().iter().for_each(|t| *unmatched.entry(t.to_bits()).or_default() -= 1);
        let left: i32 = unmatched.values().map(|n| n.abs()).sum();
        prop_assert_eq!(victor_purpura(&a, &b, 1e300).unwrap(), f64::from(left));
        let squares: i32 = unmatched.values().map(|n| n * n).sum();
        prop_assert_eq!(van_rossum(&a, &b, 1e-300).unwrap(), f64::from(squares).sqrt());
    }

    #[test]
    fn victor_purpura_equals_the_definition(
        a in prop::collection::vec(0.0..DURATION, 0..7), b in prop::collection::vec(0.0..DURATION, 0..7), cost in 0.0..1.0,
    ) {
        let (mut a, mut b) = (a, b);
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let got = victor_purpura(&train(&a), &train(&b), cost).unwrap();
        prop_assert!((got - victor_purpura_by_recursion(&a, &b, cost)).abs() < 1e-12);
    }

    #[test]
    fn van_rossum_equals_the_double_sums(a in spikes(), b in spikes(), tau in 0.1..100.0) {
        // Squares: the double sums cancel, and a root would magnify what they lose.
        let got = van_rossum(&a, &b, tau).unwrap().powi(2);
        prop_assert!((got - van_rossum_by_double_sums(a.times(), b.times(), tau).powi(2)).abs() < 1e-12);
    }

    #[test]
    fn profiles_equal_a_search_through_the_trains(a in spikes(), b in spikes()) {
        let (isi, spike) = profiles_by_midpoints(&a, &b);
        prop_assert!((isi_distance(&a, &b, DURATION).unwrap() - isi).abs() < 1e-12);
        prop_assert!((spike_distance(&a, &b, DURATION).unwrap() - spike).abs() < 1e-12);
        prop_assert_eq!(spike_sync(&a, &b, DURATION).unwrap(), spike_sync_by_all_pairs(&a, &b));
    }

    #[test]
    fn gamma_equals_its_formula_with_the_largest_matching(
        a in prop::collection::vec(0.0..30.0, 0..7), b in prop::collection::vec(0.0..30.0, 0..7), window in 0.0..5.0,
    ) {
        let (mut a, mut b) = (a, b);
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let (n_a, n_b) = (a.len() as f64, b.len() as f64);
        let chance = 2.0 * window * n_b / DURATION;
        let pairs = coincidences_by_recursion(&a, &b, window) as f64;
        let want = if a.is_empty() && b.is_empty() { 1.0 } else {
            (pairs - chance * n_a) / (0.5 * (n_a + n_b)) / (1.0 - chance)
        };
        let got = gamma(&train(&a), &train(&b), window, DURATION).unwrap().unwrap();
        // chance is at most 0.6 here: no more than two digits are lost.
        prop_assert!((got - want).abs() < 1e-13, "{got} {want}");
    }
}

/// Where the double sums have lost every digit: D² = 2 (1 − e^{−δ/τ}) for one pair, 1e-10 here against sums of 1.
#[test]
fn van_rossum_keeps_its_digits_for_trains_that_almost_agree() {
    let (delta, tau) = (2.0_f64.powi(-30), 10.0);
    let got = van_rossum(&train(&[64.0]), &train(&[64.0 + delta]), tau).unwrap();
    let want = (-2.0 * (-delta / tau).exp_m1()).sqrt();
    // f between the spikes is 1 and after them e^{-delta/tau} - 1, which rounds to 1.1e-16: 1e-16 in D² of 1.9e-10.
    near(got / want, 1.0, 1e-12, "relative");
}

#[test]
fn late_times_and_long_trains_do_not_overflow() {
    let a: Vec<f64> = (0..20_000).map(|k| 1e6 + 7.0 * f64::from(k)).collect();
    let b: Vec<f64> = a.iter().map(|t| t + 0.5).collect();
    let (a, b) = (train(&a), train(&b));
    // Each spike is moved by half a ms: exact in binary.
    assert_eq!(victor_purpura(&a, &b, 0.125).unwrap(), 20_000.0 * 0.0625);
    let d = van_rossum(&a, &b, 1.0).unwrap();
    // With tau = 1, f is A just after a spike of a and B just after one of b: B = A e^-0.5 - 1, A = B e^-6.5 + 1.
    let after_a = (-6.5_f64).exp_m1() / (-7.0_f64).exp_m1();
    let after_b = after_a * (-0.5_f64).exp() - 1.0;
    let squared = -after_a.powi(2) * (-1.0_f64).exp_m1() - after_b.powi(2) * (-13.0_f64).exp_m1();
    // The first pair has no past: its f differs by e^{-6.5}, once in 20,000 pairs.
    near(d / (20_000.0 * squared).sqrt(), 1.0, 1e-6, "van Rossum");
}

#[test]
fn gamma_without_spikes_and_with_windows_that_fill_the_interval() {
    let (none, one) = (train(&[]), train(&[50.0]));
    assert_eq!(gamma(&none, &none, 2.0, DURATION).unwrap(), Some(1.0));
    assert_eq!(gamma(&none, &one, 2.0, DURATION).unwrap(), Some(0.0));
    assert_eq!(gamma(&one, &none, 2.0, DURATION).unwrap(), Some(0.0));
    assert_eq!(gamma(&one, &one, 50.0, DURATION).unwrap(), None);
}

/// A window counts a spike once: two spikes of one train near one of the other are one coincidence.
#[test]
fn gamma_pairs_one_to_one_and_includes_the_window() {
    let chance = 2.0 * 2.0 * 2.0 / 100.0;
    let got = gamma(&train(&[50.0]), &train(&[48.0, 52.0]), 2.0, DURATION).unwrap().unwrap();
    near(got, (1.0 - chance) / 1.5 / (1.0 - chance), 1e-15, "one coincidence");
}

/// Against a Poisson train Γ vanishes on average: the mean over many independent trains is within four of its standard
/// errors.
#[test]
fn gamma_of_a_poisson_train_is_zero_on_average() {
    use rand::{Rng, RngExt, SeedableRng};
    fn poisson(rng: &mut impl Rng, rate: f64, duration: f64) -> SpikeTrain {
        let (mut t, mut times) = (0.0, Vec::new());
        loop {
            t -= (1.0 - rng.random::<f64>()).ln() / rate;
            if t > duration {
                return SpikeTrain::new(times).unwrap();
            }
            times.push(t);
        }
    }
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(1);
    // Regular reference: its intervals are longer than two windows, so that one-to-one counting takes little from chance.
    let reference = train(&(1..=200).map(|k| 50.0 * f64::from(k)).collect::<Vec<_>>());
    let values: Vec<f64> = (0..400)
        .map(|_| gamma(&reference, &poisson(&mut rng, 0.005, 10_010.0), 1.0, 10_010.0).unwrap().unwrap())
        .collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let error = (values.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
    // Two Poisson spikes share a window of 2 ms with probability 5e-5: one-to-one takes (2 nu)²/2 from chance 2 nu = 0.01.
    assert!(mean.abs() < 4.0 * error + 5e-5, "{mean} +- {error}");
    assert!(error < 0.002, "the test resolves nothing: {error}");
}

#[test]
fn parameters_outside_their_range_are_refused_with_a_way_out() {
    let a = train(&[10.0]);
    let negative = train(&[-1.0]);
    let messages = [
        victor_purpura(&a, &a, -1.0).unwrap_err(),
        victor_purpura(&a, &a, f64::INFINITY).unwrap_err(),
        van_rossum(&a, &a, 0.0).unwrap_err(),
        van_rossum(&a, &a, f64::NAN).unwrap_err(),
        isi_distance(&a, &a, 0.0).unwrap_err(),
        spike_distance(&a, &a, 9.0).unwrap_err(),
        spike_sync(&negative, &a, 20.0).unwrap_err(),
        gamma(&a, &a, -2.0, 20.0).unwrap_err(),
        gamma(&a, &a, 2.0, f64::INFINITY).unwrap_err(),
    ]
    .map(|e| e.to_string());
    for message in &messages {
        assert!(message.contains("allowed") && message.ends_with('.'), "{message}");
    }
    assert!(messages[5].contains("10 ms"), "{}", messages[5]);
}

/// 20,000 spikes that all may be paired by their times: 4e8 cells of the whole table, some 2e6 in the band. Unbanded this takes
/// seconds.
#[test]
fn long_trains_that_are_near_take_a_narrow_band() {
    let a: Vec<f64> = (0..20_000).map(|k| 50.0 * f64::from(k)).collect();
    let b: Vec<f64> = a.iter().enumerate().filter(|(k, _)| k % 4_000 != 7).map(|(_, t)| t + 1.0).collect();
    let start = std::time::Instant::now();
    let cost = victor_purpura(&train(&a), &train(&b), 1e-6).unwrap();
    // Five spikes are deleted, all others moved by 1 ms; 19,995 additions of 1e-6 to a sum of order 1 round to 1e-12.
    near(cost, 5.0 + 19_995.0 * 1e-6, 1e-11, "long trains");
    assert!(start.elapsed().as_secs_f64() < 1.0, "{:?}", start.elapsed());
}

#[test]
fn victor_purpura_of_long_trains_takes_the_narrower_band() {
    // Shifted by 0.3 ms, a spike each: cost · shift for all; every band of diagonals would do.
    let train = |shift: f64| SpikeTrain::new((0..300_000).map(|k| f64::from(k) * 10.0 + shift).collect()).unwrap();
    let distance = victor_purpura(&train(0.0), &train(0.3), 0.01).unwrap();
    // The rounding of 3e5 sums of up to 900, and of times of up to 3e6.
    assert!((distance - 900.0).abs() < 3e5 * f64::EPSILON * (900.0 + 3e6 * 0.01), "{distance}");
}
