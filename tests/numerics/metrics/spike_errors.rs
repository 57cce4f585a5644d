//! Spike-time errors, and the RMS error of the state.

use proptest::prelude::*;
use spikestep::SpikeTrain;
use spikestep::metrics::{SpikeErrors, StateError};

fn train(times: &[f64]) -> SpikeTrain {
    SpikeTrain::new(times.to_vec()).unwrap()
}

#[test]
fn lost_and_added_spikes_are_counted_by_order() {
    let truth = train(&[10.0, 20.0, 30.0]);
    let fewer = SpikeErrors::between(&train(&[19.0]), &truth);
    // The spike at 19 ms is the first, 9 ms late, though the truth's second is nearer.
    assert_eq!((fewer.matched, fewer.missed, fewer.extra), (1, 2, 0));
    assert_eq!((fewer.first, fewer.rms, fewer.max_abs, fewer.drift), (Some(9.0), Some(9.0), Some(9.0), None));
    let more = SpikeErrors::between(&truth, &train(&[9.0, 24.0]));
    assert_eq!((more.matched, more.missed, more.extra), (2, 0, 1));
    assert_eq!((more.errors, more.max_abs, more.drift), (vec![1.0, -4.0], Some(4.0), None));
}

#[test]
fn nothing_is_claimed_without_spikes() {
    for (scheme, truth) in [(vec![], vec![]), (vec![], vec![1.0, 2.0]), (vec![1.0], vec![])] {
        let e = SpikeErrors::between(&train(&scheme), &train(&truth));
        assert_eq!((e.matched, e.missed, e.extra), (0, truth.len(), scheme.len()));
        assert_eq!((e.first, e.rms, e.max_abs, e.drift), (None, None, None, None));
    }
}

/// Errors 0, 1, 0 by hand: slope 0, residual sum of squares 2/3, one degree of freedom, Σ(k − 1)² = 2.
#[test]
fn drift_has_the_standard_error_of_the_textbook() {
    let drift = SpikeErrors::between(&train(&[10.0, 21.0, 30.0]), &train(&[10.0, 20.0, 30.0])).drift.unwrap();
    assert_eq!(drift.per_spike, 0.0);
    assert!((drift.standard_error - (1.0_f64 / 3.0).sqrt()).abs() < 1e-15);
}

proptest! {
    /// A constant delay is no drift, a constant gain per spike is nothing else.
    #[test]
    fn drift_is_the_gain_per_spike(n in 3_usize..60, delay in -2.0..2.0_f64, gain in -1.0..1.0_f64) {
        let truth: Vec<f64> = (0..n).map(|k| 100.0 + 10.0 * k as f64).collect();
        let scheme: Vec<f64> = truth.iter().enumerate().map(|(k, t)| t + delay + gain * k as f64).collect();
        let errors = SpikeErrors::between(&train(&scheme), &train(&truth));
        let drift = errors.drift.unwrap();
        // Times below 1000 are rounded to 1.1e-13 when the errors are taken.
        prop_assert!((drift.per_spike - gain).abs() < 1e-12);
        prop_assert!(drift.standard_error < 1e-12);
        let want = errors.errors.iter().fold(0.0_f64, |m, e| m.max(e.abs()));
        prop_assert_eq!(errors.max_abs, Some(want));
        prop_assert!(errors.rms.unwrap() <= want * (1.0 + 1e-15));
    }

    #[test]
    fn state_error_is_the_rms_of_all_samples(samples in prop::collection::vec((-100.0..100.0, -10.0..10.0), 1..50)) {
        let mut error = StateError::default();
        samples.iter().for_each(|&(v, u)| error.push(v, u));
        let rms = |f: &dyn Fn(&(f64, f64)) -> f64| {
            (samples.iter().map(|s| f(s).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
        };
        // 50 additions: 50 half units in the last place of the sum.
        prop_assert!((error.rms_v().unwrap() / rms(&|s| s.0) - 1.0).abs() < 50.0 * f64::EPSILON);
        prop_assert!((error.rms_u().unwrap() / rms(&|s| s.1) - 1.0).abs() < 50.0 * f64::EPSILON);
        prop_assert_eq!(error.samples(), samples.len() as u64);
    }
}

#[test]
fn a_diverged_state_shows() {
    let mut error = StateError::default();
    error.push(1.0, 1.0);
    error.push(f64::NAN, f64::INFINITY);
    assert!(error.rms_v().unwrap().is_nan());
    assert_eq!(error.rms_u(), Some(f64::INFINITY));
}
