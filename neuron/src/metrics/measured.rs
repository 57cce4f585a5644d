//! One run beside the truth: what every metric is computed from.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde::{Deserialize, Serialize};

use super::{Samples, SpikeErrors, StateError};
use crate::SpikeTrain;
use crate::model::{Equilibrium, Problem, State};
use crate::operator::{Residual, grid_residual};
use crate::scheme::{Scheme, StepSize, Trajectory, solve};
use crate::truth::{Outcome, Truth};

/// Units in the last place by which a start is nudged to see whether rounding decides: 6e-14 mV at -65 mV. One alone can be lost in the
/// rounding of the first step.
const NUDGE: u32 = 4;

/// Parameters of the spike-train distances.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DistanceParameters {
    /// Victor-Purpura: cost of moving a spike \[1/ms\].
    #[serde(rename(serialize = "victor_purpura_cost_per_ms", deserialize = "victor_purpura_cost"))]
    pub cost: f64,
    /// van Rossum: time constant \[ms\].
    #[serde(rename(serialize = "van_rossum_tau_ms", deserialize = "van_rossum_tau"))]
    pub tau: f64,
    /// Coincidence factor: window \[ms\].
    #[serde(rename(serialize = "gamma_window_ms", deserialize = "gamma_window"))]
    pub window: f64,
}

impl Default for DistanceParameters {
    /// 0.1 per ms, 10 ms and 2 ms.
    fn default() -> Self {
        DistanceParameters { cost: 0.1, tau: 10.0, window: 2.0 }
    }
}

/// What a run is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// The true solution.
    pub truth: &'a Truth,
    /// The stable equilibrium without input, where there is one.
    pub rest: Option<&'a Equilibrium>,
    /// Parameters of the distances.
    pub distances: DistanceParameters,
}

/// One run beside the truth. What several metrics need is computed when the first of them asks for it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Measured<'a> {
    /// The problem, with the peak that the run used.
    pub problem: Cow<'a, Problem>,
    /// The true solution.
    pub truth: &'a Truth,
    /// The stable equilibrium without input, where there is one.
    pub rest: Option<&'a Equilibrium>,
    /// The scheme.
    pub scheme: &'a Scheme,
    /// Its step or tolerance.
    pub size: StepSize,
    /// The run: its spikes, how it ended, and what it cost.
    pub trajectory: &'a Trajectory,
    /// Its state after every step.
    pub samples: &'a Samples,
    /// Parameters of the distances.
    pub distances: DistanceParameters,
    /// What metrics have asked for.
    cache: Cache,
}

/// What several metrics need, computed once.
#[derive(Debug, Default)]
struct Cache {
    spikes: OnceCell<SpikeTrain>,
    spike_errors: OnceCell<SpikeErrors>,
    state_error: OnceCell<StateError>,
    residual: OnceCell<Option<Residual>>,
    in_f64: OnceCell<Option<SpikeTrain>>,
}

impl<'a> Measured<'a> {
    /// A run of `scheme` beside what it is measured against; `samples` are its state after every step, and may be empty where no metric
    /// asks for them.
    pub fn new(
        reference: Reference<'a>,
        scheme: &'a Scheme,
        size: StepSize,
        trajectory: &'a Trajectory,
        samples: &'a Samples,
    ) -> Self {
        let Reference { problem, truth, rest, distances } = reference;
        let (problem, cache) = (scheme.problem(problem), Cache::default());
        Measured { problem, truth, rest, scheme, size, trajectory, samples, distances, cache }
    }

    /// End of what can be measured \[ms\]: of the run, or of the truth where that ends early.
    pub fn end(&self) -> f64 {
        if self.truth.outcome == Outcome::Completed { self.problem.duration } else { self.truth.end() }
    }

    /// The spikes of the run that can be measured: where the truth ends early, those until then.
    pub fn spikes(&self) -> &SpikeTrain {
        if self.truth.outcome == Outcome::Completed {
            return &self.trajectory.spikes;
        }
        self.cache.spikes.get_or_init(|| self.trajectory.spikes.until(self.truth.end()))
    }

    /// Errors of the spike times, spike k against true spike k.
    pub fn spike_errors(&self) -> &SpikeErrors {
        self.cache.spike_errors.get_or_init(|| SpikeErrors::between(self.spikes(), &self.truth.spikes))
    }

    /// Errors of v and u at the ends of the steps.
    pub fn state_error(&self) -> StateError {
        *self.cache.state_error.get_or_init(|| {
            let mut cursor = self.truth.cursor();
            let mut error = StateError::default();
            // An adaptive scheme ends a step at its spike, where v jumps: which side of the truth's own jump that falls on
            // says nothing of the error.
            for sample in self.samples.iter().filter(|sample| !(sample.spike && self.scheme.is_adaptive())) {
                let exact = cursor.state(sample.t);
                if exact.is_finite() {
                    error.push(sample.state.v - exact.v, sample.state.u - exact.u);
                }
            }
            error
        })
    }

    /// The residual that the run leaves in the evolution equation; `None` for an adaptive scheme, whose steps are too far apart.
    pub fn residual(&self) -> Option<&Residual> {
        let of_grid = |dt| grid_residual(&self.problem, &self.samples.v, dt, self.spikes().times()).ok();
        self.cache.residual.get_or_init(|| self.size.dt().and_then(of_grid)).as_ref()
    }

    /// Whether a run of fixed steps would have other spikes had v or u started four units in the last place higher: more or fewer of
    /// them, or one moved by more than 1e-6 ms. The map of a scheme on a grid can be chaotic where the neuron is not, and then its spikes
    /// are those of its rounding. `None` for an adaptive scheme.
    pub fn rounding_sensitive(&self) -> Option<bool> {
        self.size.dt()?;
        let nudged = |x: f64| (0..NUDGE).fold(x, |x, _| x.next_up());
        let State { v, u } = self.problem.initial;
        let other = |initial: State| {
            let problem = Problem { initial, ..self.problem.as_ref().clone() };
            let Ok(run) = solve(&problem, self.scheme, self.size) else { return false };
            let (own, other) = (self.trajectory.spikes.times(), run.spikes.times());
            own.len() != other.len() || own.iter().zip(other).any(|(a, b)| (a - b).abs() > 1e-6)
        };
        Some(other(State::new(nudged(v), u)) || other(State::new(v, nudged(u))))
    }

    /// The spikes of the same rule in f64, for a run that was made in few bits; `None` for any other.
    pub fn in_f64(&self) -> Option<&SpikeTrain> {
        let solved = || {
            let double = self.scheme.in_arithmetic(&self.scheme.arithmetic()?.in_double())?;
            Some(solve(&self.problem, &double, self.size).ok()?.spikes)
        };
        self.cache.in_f64.get_or_init(solved).as_ref()
    }

    /// `total` per simulated ms.
    pub fn per_ms(&self, total: u64) -> f64 {
        total as f64 / self.problem.duration
    }
}
