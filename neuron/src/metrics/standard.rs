//! The metrics of this crate, one entry each, in the order of their columns.

use super::metric::{About, Digits, Metric};
use super::{coefficient_of_variation, gamma, mean_interval, rate, van_rossum, victor_purpura};
use crate::scheme::stability::largest_stable_dt;

pub(super) fn standard() -> Vec<Metric> {
    vec![
        Metric::number("peak_mV", "The peak that the run used, in mV.", |run| Some(run.problem.neuron.peak))
            .about(About::Run),
        Metric::number("diverged_at_ms", "When v or u left the finite numbers, in ms.", |run| {
            run.trajectory.diverged_at
        })
        .about(About::Run),
        Metric::count("spike_count", "Number of spikes of the run.", |run| run.trajectory.spikes.len())
            .headed("spikes"),
        Metric::count("missed", "Spikes that the run lost: how many more the truth has.", |run| {
            run.spike_errors().missed
        })
        .headed("-/+")
        .beside("/", "extra"),
        Metric::count("extra", "Spikes that the run added: how many more it has than the truth.", |run| {
            run.spike_errors().extra
        }),
        Metric::number("first_spike_error_ms", "Error of the first spike, run minus truth, in ms.", |run| {
            run.spike_errors().first
        })
        .headed("first"),
        Metric::number("rms_spike_time_error_ms", "Root mean square error of the spike times, in ms.", |run| {
            run.spike_errors().rms
        })
        .headed("RMS"),
        Metric::number("max_spike_time_error_ms", "Largest error of a spike time, in ms.", |run| {
            run.spike_errors().max_abs
        })
        .headed("max"),
        Metric::number(
            "drift_ms_per_spike",
            "Slope of the error over the number of the spike, in ms per spike.",
            |run| run.spike_errors().drift.map(|drift| drift.per_spike),
        )
        .headed("drift±s.e.")
        .beside("±", "drift_standard_error_ms"),
        Metric::number("drift_standard_error_ms", "Standard error of the drift, in ms per spike.", |run| {
            run.spike_errors().drift.map(|drift| drift.standard_error)
        }),
        Metric::flag(
            "rounding_sensitive",
            "Whether four units in the last place of the start would move a spike by more than 1e-6 ms, or lose or add one.",
            |run| run.rounding_sensitive(),
        )
        .noted('~', true, "a start 6e-14 mV higher has other spikes: rounding decides, and these errors are one draw among many"),
        Metric::number("error_estimate_ms", "Largest error of a spike time as the scheme itself estimates it, in ms.", |run| {
            run.trajectory.error_estimate
        }),
        Metric::flag("keeps_tolerance", "Whether that is within the tolerance.", |run| {
            Some(run.trajectory.error_estimate? <= run.size.tolerance()?)
        })
        .noted('*', false, "by its own estimate the tolerance was not kept, for rounding or for a spike in doubt"),
        Metric::number("rate_error_Hz", "Error of the mean rate, run minus truth, in Hz.", |run| {
            Some(rate(run.spikes(), run.end())? - rate(&run.truth.spikes, run.end())?)
        })
        .about(About::Train)
        .headed("rate"),
        Metric::number("mean_interval_error_ms", "Error of the mean interspike interval, run minus truth, in ms.", |run| {
            Some(mean_interval(run.spikes())? - mean_interval(&run.truth.spikes)?)
        })
        .about(About::Train)
        .headed("ISI"),
        Metric::number(
            "cv_error",
            "Error of the coefficient of variation of the interspike intervals, run minus truth.",
            |run| Some(coefficient_of_variation(run.spikes())? - coefficient_of_variation(&run.truth.spikes)?),
        )
        .about(About::Train)
        .headed("CV"),
        Metric::number("victor_purpura", "Victor-Purpura distance to the true spike train.", |run| {
            victor_purpura(&run.truth.spikes, run.spikes(), run.distances.cost).ok()
        })
        .about(About::Train)
        .headed("VP"),
        Metric::number("van_rossum", "van Rossum distance to the true spike train.", |run| {
            van_rossum(&run.truth.spikes, run.spikes(), run.distances.tau).ok()
        })
        .about(About::Train)
        .headed("vR"),
        Metric::number("gamma", "Coincidence factor: the share of spikes predicted beyond chance.", |run| {
            // A grid point n dt may lie past a duration by a rounding: 3 times 0.1 past 0.3.
            let end = run.spikes().times().last().map_or(run.end(), |&last| run.end().max(last));
            // There is none over an interval without length.
            if end > 0.0 { gamma(&run.truth.spikes, run.spikes(), run.distances.window, end).ok()? } else { None }
        })
        .about(About::Train)
        .headed("Gamma")
        .rounded(Digits::Hundredths),
        Metric::number("rms_v_mV", "Root mean square error of v at the ends of the steps, in mV.", |run| {
            run.state_error().rms_v()
        })
        .about(About::State)
        .headed("RMS v"),
        Metric::number("rms_u", "Root mean square error of u at the ends of the steps, in mV/ms.", |run| {
            run.state_error().rms_u()
        })
        .about(About::State)
        .headed("RMS u"),
        Metric::number("rhs_evaluations_per_ms", "Evaluations of the right-hand side per simulated ms.", |run| {
            Some(run.per_ms(run.trajectory.cost.rhs_evaluations))
        })
        .about(About::Cost)
        .headed("RHS/ms"),
        Metric::number("flops_per_ms", "Floating-point operations per simulated ms.", |run| {
            Some(run.per_ms(run.trajectory.cost.flops))
        })
        .about(About::Cost)
        .headed("flops/ms"),
        Metric::number("largest_stable_dt_ms", "Largest step at which the resting state is stable, in ms.", |run| {
            largest_stable_dt(run.scheme, &run.problem.neuron, run.rest?.state, 0.0)
        })
        .about(About::Stability)
        .headed("stable dt"),
        Metric::number("residual_rms", "Root mean square residual of the evolution equation, in mV/ms.", |run| {
            run.residual()?.rms()
        })
        .about(About::State)
        .headed("residual"),
    ]
}
