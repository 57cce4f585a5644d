//! What a solver has to say about its run.

use crate::model::arithmetic::DoubleDouble;
use crate::model::normal_form::NormalState;

/// In which variables the states of a log are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variables {
    /// W = k2 v + k1/2 \[1/ms\] and K = k2 (k0 + I − u) − k1²/4 \[1/ms²\]; K includes the input.
    Normalised,
    /// The state is v \[mV\] and u \[mV/ms\].
    Plain,
}

/// A state at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) time: DoubleDouble,
    pub(crate) state: [f64; 2],
    /// The state is that after the reset of a spike at `time`.
    pub(crate) spike: bool,
}

/// The steps of any solver, as exact floating-point numbers: all that [`certify`](super::certify) needs to know of it.
///
/// A point is where a step ends and the next begins, from [`start`](Self::start) to the end of the run. Its state is that
/// *after* everything that happens at its time: the reset of a spike, a jump of the input (which changes K, not u). A step
/// ends at every spike and at every breakpoint of the input, at its f64. How the state was computed does not matter.
#[derive(Clone, Debug)]
pub struct StepLog {
    pub(crate) variables: Variables,
    pub(crate) points: Vec<Point>,
}

impl StepLog {
    /// A log that begins at time 0 with `state`; `spike` where the run starts at or above the peak and the state is that
    /// after the reset.
    pub fn start(variables: Variables, state: [f64; 2], spike: bool) -> Self {
        StepLog { variables, points: vec![Point { time: DoubleDouble::from(0.0), state, spike }] }
    }

    /// The steps between `starts`, of which those at the indices `resets` (in order) follow a reset; `None` without any start.
    pub(crate) fn of_starts(starts: &[NormalState], resets: &[usize]) -> Option<Self> {
        let (first, rest) = starts.split_first()?;
        let mut resets = resets.iter().copied().peekable();
        let mut is_reset = |i: usize| resets.next_if_eq(&i).is_some();
        let mut log = StepLog::start(Variables::Normalised, [first.w, first.k], is_reset(0));
        for (i, start) in rest.iter().enumerate() {
            log.push([start.time.high, start.time.low], [start.w, start.k], is_reset(i + 1));
        }
        Some(log)
    }

    /// A step ends at `time` \[ms\], an unevaluated sum of its rounded value and what that lost, with `state`.
    pub fn step(&mut self, time: [f64; 2], state: [f64; 2]) {
        self.push(time, state, false);
    }

    /// A step ends at `time` \[ms\] in a spike; `state` is that after the reset.
    pub fn spike(&mut self, time: [f64; 2], state: [f64; 2]) {
        self.push(time, state, true);
    }

    fn push(&mut self, [high, low]: [f64; 2], state: [f64; 2], spike: bool) {
        self.points.push(Point { time: DoubleDouble { high, low }, state, spike });
    }

    /// The number of steps in the log.
    pub fn len(&self) -> usize {
        self.points.len() - 1
    }

    /// Whether the log has no step.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
