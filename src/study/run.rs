//! One scheme at one step (or tolerance), measured against the truth.

use serde::Serialize;

use super::{Study, Timing};
use crate::error::shown;
use crate::metrics::{Measured, MetricValues, SpikeErrors};
use crate::model::{Equilibrium, Problem};
use crate::scheme::registry::{Method, SchemeId, Setup};
use crate::scheme::{Row, Trajectory, run, step_count};
use crate::truth::Truth;

/// What sets the size of the steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Setting {
    /// A fixed step dt \[ms\].
    Step(f64),
    /// The tolerance of an adaptive scheme.
    Tolerance(f64),
}

impl Setting {
    /// dt \[ms\] of a fixed step.
    pub fn dt(self) -> Option<f64> {
        match self {
            Setting::Step(dt) => Some(dt),
            Setting::Tolerance(_) => None,
        }
    }

    /// The tolerance of an adaptive scheme.
    pub fn tolerance(self) -> Option<f64> {
        match self {
            Setting::Step(_) => None,
            Setting::Tolerance(tolerance) => Some(tolerance),
        }
    }
}

/// A scheme at one step or tolerance, measured against the truth.
#[derive(Clone, Debug)]
pub struct Run {
    /// The scheme.
    pub scheme: SchemeId,
    /// Its step or tolerance.
    pub setting: Setting,
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
        scheme: SchemeId,
        setting: Setting,
    ) -> Run {
        let problem = problem_of(study, scheme);
        let mut samples = Vec::new();
        let trajectory = replay(study, scheme, setting, |sample| samples.push(sample));
        let distances = study.distances;
        let measured = Measured::new(&problem, truth, rest, scheme, setting.dt(), &trajectory, &samples, distances);
        let (spike_errors, metrics) = (measured.spike_errors().clone(), study.metrics.of(&measured));
        Run { scheme, setting, peak: problem.neuron.peak, trajectory, spike_errors, metrics, timing: None }
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
            Setting::Step(dt) => format!("{}_dt{}", self.scheme, shown(dt)),
            Setting::Tolerance(tolerance) => format!("{}_tol{tolerance:e}", self.scheme),
        }
    }
}

/// The study's problem with the peak `scheme` is run with.
pub(super) fn problem_of(study: &Study, scheme: SchemeId) -> Problem {
    let mut problem = study.problem.clone();
    if let (Some(peak), false) = (scheme.info.default_peak, study.peak_for_all) {
        problem.neuron.peak = peak;
    }
    problem
}

/// Runs `scheme` as the study does, calling `observe` after every step: the way to its trace.
pub fn replay(study: &Study, scheme: SchemeId, setting: Setting, mut observe: impl FnMut(Row)) -> Trajectory {
    let problem = problem_of(study, scheme);
    match setting {
        Setting::Tolerance(tolerance) => match scheme.info.method {
            Method::Adaptive(solve) => solve(&problem, tolerance, Some(&mut observe)),
            Method::Flow(_) | Method::Rule(_) | Method::Locating(_) => {
                unreachable!("a tolerance belongs to an adaptive scheme")
            }
        },
        Setting::Step(dt) => {
            let mut fixed = scheme.build(&setup(study, &problem, dt)).expect("a step belongs to a fixed-step scheme");
            run(fixed.as_mut(), &problem, dt, observe)
        }
    }
}

/// What a fixed-step scheme of the study is built from.
pub(super) fn setup(study: &Study, problem: &Problem, dt: f64) -> Setup {
    Setup {
        neuron: problem.neuron,
        dt,
        steps: step_count(problem.duration, dt),
        initial: problem.initial,
        lbound: study.lbound,
    }
}
