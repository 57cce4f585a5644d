//! What an arithmetic of few bits does to a run: metrics of the runs that are made in one.

use super::metric::{About, Metric};
use crate::spike::SpikeTrain;

/// A run has stopped where it is silent until its end for so many of the longest intervals, its own and those of the same rule in f64.
const SILENT_FOR: f64 = 3.0;

/// The metrics of an arithmetic, one entry each, in the order of their columns.
pub(super) fn of_arithmetic() -> Vec<Metric> {
    let about = |metric: Metric| metric.about(About::Arithmetic);
    vec![
        about(Metric::number(
            "overflows",
            "Results of operations that are the largest or the smallest number of the format, or infinite.",
            |run| Some(run.trajectory.arithmetic.as_ref()?.overflows as f64),
        ))
        .whole()
        .headed("overflow"),
        about(Metric::number("wraps", "Results of operations that wrapped around.", |run| {
            Some(run.trajectory.arithmetic.as_ref()?.wraps as f64)
        }))
        .whole(),
        about(Metric::number(
            "first_overflow_ms",
            "The end of the step in which a result overflowed or wrapped first, in ms.",
            |run| run.trajectory.arithmetic.as_ref()?.first_overflow,
        ))
        .headed("at"),
        about(Metric::number("v_min", "The smallest v of the run, in mV.", |run| {
            Some(run.trajectory.arithmetic.as_ref()?.v_range.0)
        }))
        .headed("v from")
        .beside("..", "v_max"),
        about(Metric::number("v_max", "The largest v of the run, before resets, in mV.", |run| {
            Some(run.trajectory.arithmetic.as_ref()?.v_range.1)
        })),
        about(Metric::number(
            "v_integer_bits",
            "Bits before the point that v needed, without the sign.",
            |run| integer_bits(run.trajectory.arithmetic.as_ref()?.v_range),
        ))
        .whole()
        .headed("bits"),
        about(Metric::number(
            "lag_f64_ms",
            "Time of the last spike that the run and the same rule in f64 both have, run minus f64, in ms.",
            |run| lag(run.spikes(), run.in_f64()?),
        ))
        .headed("lag f64"),
        about(Metric::number(
            "lag_truth_ms",
            "Time of the last spike that the run and the truth both have, run minus truth, in ms.",
            |run| {
                run.trajectory.arithmetic.as_ref()?;
                lag(run.spikes(), &run.truth.spikes)
            },
        ))
        .headed("lag true"),
        about(Metric::number(
            "stopped_ms",
            "Time of the last spike of a run that stopped firing while the same rule in f64 went on, in ms; 0 where it never fired.",
            |run| stopped(run.spikes(), run.in_f64()?, run.end()),
        ))
        .headed("stopped"),
    ]
}

/// The time \[ms\] of the last spike that both trains have by its number, run minus reference.
fn lag(run: &SpikeTrain, reference: &SpikeTrain) -> Option<f64> {
    let last = run.len().min(reference.len()).checked_sub(1)?;
    Some(run.times()[last] - reference.times()[last])
}

/// The time \[ms\] of the last spike of a run that is silent from then to its `end` while the reference fires; 0 where it has none.
fn stopped(run: &SpikeTrain, reference: &SpikeTrain, end: f64) -> Option<f64> {
    let last = run.times().last().copied().unwrap_or(0.0);
    let intervals = |train: &SpikeTrain| train.times().windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
    let longest = intervals(run).max(intervals(reference));
    let goes_on = reference.times().iter().any(|t| *t > last + longest);
    (goes_on && end - last > SILENT_FOR * longest).then_some(last)
}

/// Bits before the point that the numbers from `least` to `most` \[mV\] need, without the sign.
fn integer_bits((least, most): (f64, f64)) -> Option<f64> {
    let magnitude = least.abs().max(most.abs());
    magnitude.is_finite().then(|| magnitude.floor().log2().floor().max(-1.0) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_before_the_point_hold_the_number() {
        assert_eq!(integer_bits((-74.9, 30.0)), Some(7.0));
        assert_eq!(integer_bits((-64.0, 63.9)), Some(7.0));
        assert_eq!(integer_bits((-63.9, 255.9)), Some(8.0));
        assert_eq!(integer_bits((-0.5, 0.5)), Some(0.0));
        assert_eq!(integer_bits((-1.0, f64::INFINITY)), None);
    }

    #[test]
    fn a_run_that_ends_early_has_stopped_and_a_slow_one_has_not() {
        let train = |times: &[f64]| SpikeTrain::new(times.to_vec()).expect("in order");
        let reference = train(&[10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(stopped(&train(&[11.0]), &reference, 55.0), Some(11.0));
        assert_eq!(stopped(&train(&[]), &reference, 55.0), Some(0.0));
        assert_eq!(stopped(&train(&[12.0, 24.0, 36.0, 48.0]), &reference, 55.0), None);
        assert_eq!(stopped(&train(&[20.0, 40.0]), &reference, 55.0), None);
        assert_eq!(lag(&train(&[12.0, 24.0, 36.0]), &reference), Some(6.0));
    }
}
