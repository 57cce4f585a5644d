//! One scheme at one step (or tolerance), measured against the truth.

use super::{Study, Timing};
use crate::error::{Result, shown};
use crate::metrics::{Measured, MetricValues, SpikeErrors};
use crate::model::Equilibrium;
use crate::scheme::{Scheme, StepSize, Trajectory, solve_with};
use crate::truth::Truth;

/// A scheme at one step or tolerance, measured against the truth.
#[derive(Clone, Debug)]
pub struct Run {
    /// The scheme.
    pub scheme: Scheme,
    /// Its step or tolerance.
    pub setting: StepSize,
    /// The peak it used \[mV\].
    pub peak: f64,
    /// Its spikes, how it ended, and what it cost.
    pub trajectory: Trajectory,
    /// Errors of its spike times.
    pub spike_errors: SpikeErrors,
    /// The metrics of the study.
    pub metrics: MetricValues,
    /// Measured time, where it was asked for.
    pub timing: Option<Timing>,
}

impl Run {
    /// Runs `scheme` and measures it against `truth`.
    pub(super) fn of(
        study: &Study,
        truth: &Truth,
        rest: Option<&Equilibrium>,
        scheme: &Scheme,
        setting: StepSize,
    ) -> Result<Run> {
        let problem = scheme.problem(&study.problem);
        let mut samples = Vec::new();
        let trajectory = solve_with(&problem, scheme, setting, |sample| samples.push(sample))?;
        let distances = study.distances;
        let measured = Measured::new(&problem, truth, rest, scheme, setting.dt(), &trajectory, &samples, distances);
        let (spike_errors, metrics) = (measured.spike_errors().clone(), study.metrics.of(&measured));
        let (scheme, peak) = (scheme.clone(), problem.neuron.peak);
        Ok(Run { scheme, setting, peak, trajectory, spike_errors, metrics, timing: None })
    }

    /// Whether every true spike has its own and there is no other.
    pub fn has_all_spikes(&self) -> bool {
        self.trajectory.diverged_at.is_none() && self.spike_errors.missed == 0 && self.spike_errors.extra == 0
    }

    /// Flops per simulated ms of a run of `duration` \[ms\].
    pub fn flops_per_ms(&self, duration: f64) -> f64 {
        self.trajectory.cost.flops as f64 / duration
    }

    /// Name of its trace: "rk4+located_dt0.5", "dopri5_tol1e-6".
    pub fn file_stem(&self) -> String {
        match self.setting {
            StepSize::Fixed(dt) => format!("{}_dt{}", self.scheme, shown(dt)),
            StepSize::Tolerance(tolerance) => format!("{}_tol{tolerance:e}", self.scheme),
        }
    }
}
