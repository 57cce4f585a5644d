//! One scheme at one step (or tolerance), and its errors.

use serde::Serialize;

use super::{RestingState, Study, Timing};
use crate::SpikeTrain;
use crate::error::{Result, shown};
use crate::metrics::{SpikeErrors, StateError, gamma, van_rossum, victor_purpura};
use crate::model::Problem;
use crate::operator::{EvolutionOperator, Reconstruction, Residual, Signal};
use crate::scheme::registry::{Method, SchemeId, Setup};
use crate::scheme::{Row, Trajectory, run, stability, step_count};
use crate::truth::{Outcome, Truth};

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

/// Errors of a run against the truth.
#[derive(Clone, Debug)]
pub struct RunErrors {
    /// Of the spike times.
    pub spikes: SpikeErrors,
    /// Victor-Purpura distance.
    pub victor_purpura: f64,
    /// van Rossum distance.
    pub van_rossum: f64,
    /// Coincidence factor; `None` where it is not defined.
    pub gamma: Option<f64>,
    /// Root mean square error of v \[mV\] and u \[mV/ms\] over the ends of the steps.
    pub state: StateError,
    /// Root mean square residual of the evolution equation \[mV/ms\]; `None` for adaptive schemes and where it is not finite.
    pub residual_rms: Option<f64>,
}

/// A scheme at one step or tolerance.
#[derive(Clone, Debug)]
pub struct Run {
    /// The scheme.
    pub scheme: SchemeId,
    /// Its step or tolerance.
    pub setting: Setting,
    /// The peak it used \[mV\].
    pub peak: f64,
    /// What it gave.
    pub trajectory: Trajectory,
    /// How far that is from the truth.
    pub errors: RunErrors,
    /// Largest step at which the resting state without input is stable under this scheme \[ms\].
    pub largest_stable_dt: Option<f64>,
    /// Measured time, where it was asked for.
    pub timing: Option<Timing>,
}

impl Run {
    /// Runs `scheme` and measures it against `truth`.
    pub(super) fn of(
        study: &Study,
        truth: &Truth,
        rest: Option<&RestingState>,
        scheme: SchemeId,
        setting: Setting,
    ) -> Result<Run> {
        let problem = problem_of(study, scheme);
        let mut cursor = truth.cursor();
        let mut state = StateError::default();
        let mut grid = Vec::new();
        let trajectory = replay(study, scheme, setting, |row| {
            if setting.dt().is_some() {
                grid.push(row.state.v);
            }
            // An adaptive scheme ends a step at its spike, where v jumps: which side of the truth's own jump that falls on
            // says nothing of the error.
            if row.spike && scheme.is_adaptive() {
                return;
            }
            let exact = cursor.state(row.t);
            if exact.is_finite() {
                state.push(row.state.v - exact.v, row.state.u - exact.u);
            }
        });
        // Where the truth ends early there is nothing to measure later spikes against.
        let (measured, end) = match truth.outcome {
            Outcome::Completed => (None, study.problem.duration),
            _ => (Some(trajectory.spikes.until(truth.end())), truth.end()),
        };
        let (spikes, exact) = (measured.as_ref().unwrap_or(&trajectory.spikes), &truth.spikes);
        let errors = RunErrors {
            spikes: SpikeErrors::between(spikes, exact),
            victor_purpura: victor_purpura(exact, spikes, study.metrics.cost)?,
            van_rossum: van_rossum(exact, spikes, study.metrics.tau)?,
            gamma: gamma_until(exact, spikes, study.metrics.window, end)?,
            state,
            residual_rms: setting
                .dt()
                .and_then(|dt| grid_residual(&problem, &grid, dt, spikes.times()).ok())
                .and_then(|residual| residual.rms()),
        };
        let largest_stable_dt =
            rest.and_then(|r| stability::largest_stable_dt(scheme, &problem.neuron, r.equilibrium.state, 0.0));
        let peak = problem.neuron.peak;
        Ok(Run { scheme, setting, peak, trajectory, errors, largest_stable_dt, timing: None })
    }

    /// Whether every true spike has its own and there is no other.
    pub fn has_all_spikes(&self) -> bool {
        let spikes = &self.errors.spikes;
        self.trajectory.diverged_at.is_none() && spikes.missed == 0 && spikes.extra == 0
    }

    /// Right-hand-side evaluations per simulated ms.
    pub fn evaluations_per_ms(&self, duration: f64) -> f64 {
        self.trajectory.cost.rhs_evaluations as f64 / duration
    }

    /// Flops per simulated ms.
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

/// The coincidence factor over \[0, `end`\]; there is none over an interval without length.
fn gamma_until(exact: &SpikeTrain, spikes: &SpikeTrain, window: f64, end: f64) -> Result<Option<f64>> {
    // A grid point n dt may lie past a duration by a rounding: 3 times 0.1 past 0.3.
    let end = spikes.times().last().map_or(end, |&last| end.max(last));
    if end > 0.0 { gamma(exact, spikes, window, end) } else { Ok(None) }
}

/// The residual of the evolution equation that a scheme leaves: of its values on the grid `v` \[mV\] and its spikes, with v at
/// the peak and then at c at each of them. Between samples v is [`Reconstruction::Arc`]: the measure is of order 2, and what
/// it shows of the truth on the same grid is its own error.
///
/// The values of an adaptive scheme are too far apart for it.
///
/// # Errors
/// Parameters that are not finite.
pub fn grid_residual(problem: &Problem, v: &[f64], dt: f64, spikes: &[f64]) -> Result<Residual> {
    let operator = EvolutionOperator::of(problem)?;
    let signal = Signal::on_grid(problem.initial.v, v, dt, spikes, problem.neuron.peak, problem.neuron.c);
    operator.residual(&signal, &problem.stimulus, Reconstruction::Arc)
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
