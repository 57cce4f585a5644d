//! The metrics of this crate, one entry each, in the order of their columns.

use super::metric::{About, Digits, Metric};
use super::{Measured, gamma, van_rossum, victor_purpura};
use crate::scheme::stability::largest_stable_dt;

/// The metrics of rows `kind of value, name, meaning, what else is known of it => how it comes from a run`.
macro_rules! metrics {
    ($($kind:ident $name:literal, $meaning:literal $(, $more:ident($($argument:expr),*))* => $of:expr;)*) => {
        vec![$(Metric::$kind($name, $meaning, $of)$(.$more($($argument),*))*),*]
    };
}

pub(super) fn standard() -> Vec<Metric> {
    metrics! {
        number "peak_mV", "The peak that the run used, in mV.", about(About::Run) => |run| Some(run.problem.neuron.peak);
        number "diverged_at_ms", "When v or u left the finite numbers, in ms.", about(About::Run)
            => |run| run.trajectory.diverged_at;
        count "spike_count", "Number of spikes of the run.", headed("spikes") => |run| run.trajectory.spikes.len();
        count "missed", "Spikes that the run lost: how many more the truth has.", headed("-/+"), beside("/", "extra")
            => |run| run.spike_errors().missed;
        count "extra", "Spikes that the run added: how many more it has than the truth."
            => |run| run.spike_errors().extra;
        number "first_spike_error_ms", "Error of the first spike, run minus truth, in ms.", headed("first")
            => |run| run.spike_errors().first;
        number "rms_spike_time_error_ms", "Root mean square error of the spike times, in ms.", headed("RMS")
            => |run| run.spike_errors().rms;
        number "max_spike_time_error_ms", "Largest error of a spike time, in ms.", headed("max")
            => |run| run.spike_errors().max_abs;
        number "drift_ms_per_spike", "Slope of the error over the number of the spike, in ms per spike.",
            headed("drift±s.e."), beside("±", "drift_standard_error_ms")
            => |run| run.spike_errors().drift.map(|drift| drift.per_spike);
        number "drift_standard_error_ms", "Standard error of the drift, in ms per spike."
            => |run| run.spike_errors().drift.map(|drift| drift.standard_error);
        number "victor_purpura", "Victor-Purpura distance to the true spike train.", headed("VP")
            => |run| victor_purpura(&run.truth.spikes, run.spikes(), run.distances.cost).ok();
        number "van_rossum", "van Rossum distance to the true spike train.", headed("vR")
            => |run| van_rossum(&run.truth.spikes, run.spikes(), run.distances.tau).ok();
        number "gamma", "Coincidence factor: the share of spikes predicted beyond chance.", headed("Gamma"),
            rounded(Digits::Hundredths) => coincidence;
        number "rms_v_mV", "Root mean square error of v at the ends of the steps, in mV.", about(About::State),
            headed("RMS v") => |run| run.state_error().rms_v();
        number "rms_u", "Root mean square error of u at the ends of the steps, in mV/ms.", about(About::State),
            headed("RMS u") => |run| run.state_error().rms_u();
        number "rhs_evaluations_per_ms", "Evaluations of the right-hand side per simulated ms.", about(About::Cost),
            headed("RHS/ms") => |run| Some(run.per_ms(run.trajectory.cost.rhs_evaluations));
        number "flops_per_ms", "Floating-point operations per simulated ms.", about(About::Cost), headed("flops/ms")
            => |run| Some(run.per_ms(run.trajectory.cost.flops));
        number "largest_stable_dt_ms", "Largest step at which the resting state is stable, in ms.",
            about(About::Stability), headed("stable dt")
            => |run| largest_stable_dt(run.scheme, &run.problem.neuron, run.rest?.state, 0.0);
        number "residual_rms", "Root mean square residual of the evolution equation, in mV/ms.", about(About::State),
            headed("residual") => |run| run.residual()?.rms();
    }
}

/// The coincidence factor; there is none over an interval without length.
fn coincidence(run: &Measured<'_>) -> Option<f64> {
    // A grid point n dt may lie past a duration by a rounding: 3 times 0.1 past 0.3.
    let end = run.spikes().times().last().map_or(run.end(), |&last| run.end().max(last));
    if end > 0.0 { gamma(&run.truth.spikes, run.spikes(), run.distances.window, end).ok()? } else { None }
}
