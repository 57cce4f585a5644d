//! What a run collects, and how it ends.

use crate::Problem;
use crate::model::arithmetic::DoubleDouble;
use crate::model::normal_form::{NormalForm, NormalState};

/// How the run of a solver ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// It reached the end of the problem.
    Completed,
    /// The state left every sensible range: v fell below −1e8 mV, the distance of u from its value at the fold,
    /// |k0 − k1²/(4 k2) + I − u|, passed 1e8 mV/ms, or a number was not finite.
    Diverged {
        /// The time at which the run was cut \[ms\].
        at: f64,
    },
    /// Spikes came faster than 1000 in one millisecond: the run was cut there.
    Runaway {
        /// The time at which the run was cut \[ms\].
        at: f64,
    },
    /// The number of steps passed 1e5 plus 200 per millisecond and 10 per piece of the input: the problem is too stiff for an explicit
    /// series.
    StepLimit {
        /// The time at which the run was cut \[ms\].
        at: f64,
    },
    /// Nothing was computed: the neuron does not pass [`Neuron::validate`](crate::Neuron::validate) (which has the
    /// message), or the initial state or duration is not a number.
    Refused,
}

impl Outcome {
    /// When a run was cut \[ms\]; `None` where it reached its end.
    pub fn cut_at(self) -> Option<f64> {
        match self {
            Outcome::Completed => None,
            Outcome::Diverged { at } | Outcome::Runaway { at } | Outcome::StepLimit { at } => Some(at),
            Outcome::Refused => Some(0.0),
        }
    }
}

/// −v \[mV\], and |k0 − k1²/(4 k2) + I − u| \[mV/ms\], beyond which a solution has diverged.
const DIVERGENCE: f64 = 1e8;
/// So many spikes within one millisecond are a runaway.
pub(crate) const SPIKES_PER_MS: usize = 1000;
/// Steps allowed: this many, and so many for each millisecond, of which the fastest published cell needs 4, and each piece of the input.
const STEPS: f64 = 1e5;
const STEPS_PER_MS: f64 = 200.0;
const STEPS_PER_PIECE: f64 = 10.0;

/// The spikes of a run and the starts of its steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Times of the spikes \[ms\].
    pub(crate) times: Vec<f64>,
    /// u just before each reset \[mV/ms\].
    pub(crate) u_before_reset: Vec<f64>,
    /// Starts of all steps, and the end of the last.
    pub(crate) starts: Vec<NormalState>,
    /// Indices of the starts that follow a reset.
    pub(crate) resets: Vec<usize>,
}

impl Record {
    /// The state from which `problem` is solved, its input being `input` \[mV/ms\], after the reset of a spike at once where it starts
    /// at or above the peak; whether it does.
    pub(crate) fn begin(&mut self, problem: &Problem, system: &NormalForm, input: f64) -> (NormalState, bool) {
        let (w, k) = system.normalise(problem.initial, input);
        let now = NormalState { time: DoubleDouble::ZERO, w, k };
        if problem.initial.v < problem.neuron.peak {
            return (now, false);
        }
        self.spike(0.0, problem.initial.u);
        (NormalState { w: system.reset, k: k - system.jump, ..now }, true)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.times.clear();
        self.u_before_reset.clear();
        self.starts.clear();
        self.resets.clear();
    }

    /// A spike at `t` \[ms\] with u before its reset \[mV/ms\]; the next start follows the reset.
    #[inline(always)]
    pub(crate) fn spike(&mut self, t: f64, u: f64) {
        self.times.push(t);
        self.u_before_reset.push(u);
        self.resets.push(self.starts.len());
    }

    /// How a run ends at `now`, after so many steps; `None` where it goes on.
    #[inline(always)]
    pub(crate) fn outcome(
        &self,
        limits: Limits,
        system: &NormalForm,
        now: &NormalState,
        steps: f64,
    ) -> Option<Outcome> {
        let at = now.time.high;
        if !(now.w.is_finite() && now.k.is_finite())
            || system.v(now.w) < -DIVERGENCE
            || now.k.abs() > system.k2 * DIVERGENCE
        {
            Some(Outcome::Diverged { at })
        } else {
            self.outcome_by_count(limits, at, steps)
        }
    }

    /// [`outcome`](Self::outcome) at `at` \[ms\] as far as spikes, steps and time decide.
    #[inline(always)]
    pub(crate) fn outcome_by_count(&self, limits: Limits, at: f64, steps: f64) -> Option<Outcome> {
        let n = self.times.len();
        if n > SPIKES_PER_MS && self.times[n - 1] - self.times[n - 1 - SPIKES_PER_MS] < 1.0 {
            Some(Outcome::Runaway { at })
        } else if steps > limits.steps {
            Some(Outcome::StepLimit { at })
        } else if at >= limits.until {
            Some(Outcome::Completed)
        } else {
            None
        }
    }
}

/// Where a run stops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The end, or the time at which it pauses \[ms\].
    until: f64,
    /// The most steps that it may have taken.
    steps: f64,
}

impl Limits {
    /// Of a run of `duration` \[ms\] under an input of so many pieces, until `until` \[ms\].
    pub(crate) fn new(until: f64, duration: f64, pieces: usize) -> Self {
        Limits { until, steps: STEPS + STEPS_PER_MS * duration + STEPS_PER_PIECE * pieces as f64 }
    }

    /// Of the whole of `problem`.
    pub(crate) fn of(problem: &Problem) -> Self {
        Limits::new(problem.duration, problem.duration, problem.stimulus.pieces().len())
    }
}

/// Whether a solver takes `problem` at all.
pub(crate) fn is_solvable(problem: &Problem) -> bool {
    problem.neuron.validate().is_ok() && problem.initial.is_finite() && problem.duration.is_finite()
}
