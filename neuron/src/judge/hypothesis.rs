//! What may have made a recording: a rule, its step, where its input enters, and what may have been changed in it.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::{Neuron, Problem, Side, State, StepInput, Stimulus};
use crate::scheme::rules::resets_next;
use crate::scheme::{Scheme, Step, Stepper, start};

/// What a program does otherwise than the rule it follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Nothing.
    None,
    /// u is updated first, and v sees the new u.
    UBeforeV,
    /// v is updated first, and u sees the new v.
    VBeforeU,
    /// The reset is made at the start of the step after the one that reached the peak.
    ResetLate,
    /// A spike is where v passes the peak, not where it meets it.
    Strict,
    /// u is advanced by half of the step.
    HalfU,
}

impl Change {
    /// Every change that is tried.
    pub(super) const ALL: [Change; 5] =
        [Change::UBeforeV, Change::VBeforeU, Change::ResetLate, Change::Strict, Change::HalfU];

    /// What it is, in words; nothing for [`Change::None`].
    pub fn text(self) -> &'static str {
        match self {
            Change::None => "",
            Change::UBeforeV => "u is updated before v: v sees the new u",
            Change::VBeforeU => "v is updated before u: u sees the new v",
            Change::ResetLate => "the reset comes one step late, at the start of the next step",
            Change::Strict => "a spike is where v > peak, not v >= peak",
            Change::HalfU => "u too is advanced by dt/2 a step: its factor is 0.5",
        }
    }
}

/// The input before the recording's time 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Its first value.
    Held,
    /// Nothing.
    Zero,
}

impl Before {
    /// Its name: "held" or "zero".
    pub fn name(self) -> &'static str {
        match self {
            Before::Held => "held",
            Before::Zero => "zero",
        }
    }
}

/// A rule at a step that may have made a recording.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Hypothesis {
    /// The rule.
    pub scheme: Scheme,
    /// What is otherwise in it.
    pub change: Change,
    /// The model's time from row to row \[ms\].
    pub interval: f64,
    /// Steps from row to row.
    pub substeps: u32,
    /// By how many steps the input is early; late where it is negative.
    pub lag: i32,
    /// The input before time 0, which a late input shows.
    pub before: Before,
}

impl Hypothesis {
    /// Its step \[ms\].
    pub fn dt(&self) -> f64 {
        self.interval / f64::from(self.substeps)
    }

    /// Whether its input is as late as NEST's current generators are: the value of a step is set at its end, and is a step on its way.
    pub(super) fn is_own_delay(&self) -> bool {
        let of_nest = ["nest-published", "nest-consistent"].contains(&self.scheme.info().name.as_ref());
        of_nest && self.lag == -2 && self.before == Before::Zero
    }

    /// By how much its input is early or late, in words: "one step late", "2 steps early".
    pub(super) fn shift(&self) -> String {
        let side = if self.lag < 0 { "late" } else { "early" };
        match self.lag.unsigned_abs() {
            1 => format!("one step {side}"),
            steps => format!("{steps} steps {side}"),
        }
    }
}

impl fmt::Display for Hypothesis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ms", self.scheme, self.dt())
    }
}

/// The neuron under its input: what a hypothesis is about besides the rule.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) neuron: Neuron,
    /// The input: that which was told times the amplitude. A recorded one has a piece a row, and is shared.
    pub(super) stimulus: Arc<Stimulus>,
    told: Arc<Stimulus>,
    amplitude: f64,
}

impl Cell {
    /// A neuron under an input.
    pub(super) fn new(neuron: Neuron, stimulus: Arc<Stimulus>) -> Self {
        Cell { neuron, told: stimulus.clone(), stimulus, amplitude: 1.0 }
    }

    /// The input that was told.
    pub(super) fn told(&self) -> &Stimulus {
        &self.told
    }

    /// The factor of the input that was told.
    pub(super) fn amplitude(&self) -> f64 {
        self.amplitude
    }

    /// The input that was told times `amplitude`.
    pub(super) fn set_amplitude(&mut self, amplitude: f64) {
        (self.amplitude, self.stimulus) = (amplitude, Arc::new(Stimulus::clone(&self.told).scaled(amplitude)));
    }
}

/// A hypothesis at work: it maps a recorded row to the next one.
pub(super) struct Mapper<'a> {
    stepper: Box<dyn Stepper>,
    /// A second one, for changes in which v and u are stepped one after the other: it steps u.
    second: Option<Box<dyn Stepper>>,
    /// Whether a spike is reset at the start of the next step.
    resets_next: bool,
    of: &'a Hypothesis,
    neuron: Neuron,
    stimulus: &'a Stimulus,
    before: Stimulus,
    /// Steps before the first row.
    first: f64,
    spikes: Vec<f64>,
    last: Option<f64>,
}

/// Higher than any peak, and than what a step may reach in an upstroke.
const NO_PEAK: f64 = 1e12;

impl<'a> Mapper<'a> {
    /// The hypothesis on `rows` rows, of which the first is `first` intervals after time 0.
    pub(super) fn new(of: &'a Hypothesis, cell: &'a Cell, initial: State, first: f64, rows: usize) -> Result<Self> {
        let neuron = cell.neuron.with_peak(of.scheme.peak(&cell.neuron));
        let mut stepped = neuron;
        let mut scheme = of.scheme.clone();
        match of.change {
            Change::None => {}
            Change::HalfU => stepped.a *= 0.5,
            _ => {
                stepped.peak = NO_PEAK;
                scheme = scheme.at_peak_of_neuron();
            }
        }
        let stimulus = Stimulus::constant(0.0);
        let problem = Problem { neuron: stepped, stimulus, initial, duration: rows as f64 * of.interval };
        let stepper = start(&problem, &scheme, of.dt())?;
        let second = match of.change {
            // Where u sees the v of the end of its step, it is stepped by Euler before there is one.
            Change::UBeforeV if u_sees_new_v(&problem, &scheme, of.dt())? => {
                Some(start(&problem, &EULER.parse()?, of.dt())?)
            }
            Change::UBeforeV | Change::VBeforeU => Some(start(&problem, &scheme, of.dt())?),
            _ => None,
        };
        let before = match of.before {
            Before::Held => cell.stimulus.value(0.0, Side::After),
            Before::Zero => 0.0,
        };
        let (before, first) = (Stimulus::constant(before), first * f64::from(of.substeps));
        Ok(Mapper {
            stepper,
            second,
            resets_next: resets_next(&of.scheme),
            of,
            neuron,
            stimulus: &cell.stimulus,
            before,
            first,
            spikes: Vec::new(),
            last: None,
        })
    }

    /// The row after row `k`, which is `state`, and whether there was a spike on the way. A state that is not finite stays so.
    pub(super) fn row(&mut self, mut state: State, k: usize) -> (State, bool) {
        let dt = self.of.dt();
        let mut spiked = false;
        for j in 0..self.of.substeps {
            let n = self.first + k as f64 * f64::from(self.of.substeps) + f64::from(j);
            match self.step(state, n, dt) {
                Some((next, spike)) => (state, spiked) = (next, spiked | spike),
                None => return (State { v: f64::NAN, u: f64::NAN }, spiked),
            }
        }
        (state, spiked)
    }

    /// The time of the last spike so far \[ms\].
    pub(super) fn last_spike(&self) -> Option<f64> {
        self.last
    }

    /// What it cost so far, in flops.
    pub(super) fn flops(&self) -> u64 {
        self.stepper.cost().flops
    }

    /// One step, the `n`-th.
    fn step(&mut self, state: State, n: f64, dt: f64) -> Option<(State, bool)> {
        let (start, sampled) = (n * dt, (n + f64::from(self.of.lag)) * dt);
        let (stimulus, at) = if sampled < -1e-6 * dt { (&self.before, 0.0) } else { (self.stimulus, sampled.max(0.0)) };
        let step = Step { start, end: start + dt, input: StepInput::new(stimulus, at, dt) };
        self.spikes.clear();
        let mut stepped = |stepper: &mut Box<dyn Stepper>, from: State| {
            stepper.step(from, &step, &mut self.spikes).ok().filter(|next| next.is_finite())
        };
        let neuron = &self.neuron;
        let starts = |state: State| if state.v >= neuron.peak { neuron.reset(state) } else { state };
        let state = if self.second.is_some() && self.resets_next { starts(state) } else { state };
        let next = match (self.of.change, &mut self.second) {
            (Change::UBeforeV, Some(second)) => {
                let u = stepped(second, state)?.u;
                State { v: stepped(&mut self.stepper, State { u, ..state })?.v, u }
            }
            (Change::VBeforeU, Some(second)) => {
                let v = stepped(&mut self.stepper, state)?.v;
                State { v, u: stepped(second, State { v, ..state })?.u }
            }
            (Change::ResetLate, _) => stepped(&mut self.stepper, starts(state))?,
            _ => stepped(&mut self.stepper, state)?,
        };
        let (next, spiked) = match self.of.change {
            Change::None | Change::HalfU => (next, !self.spikes.is_empty()),
            Change::ResetLate => (next, next.v >= neuron.peak),
            Change::UBeforeV | Change::VBeforeU if self.resets_next => (next, next.v >= neuron.peak),
            Change::Strict if next.v > neuron.peak => (neuron.reset(next), true),
            Change::UBeforeV | Change::VBeforeU if next.v >= neuron.peak => (neuron.reset(next), true),
            _ => (next, false),
        };
        if spiked {
            self.last = Some(self.spikes.last().copied().unwrap_or(start + dt));
        }
        Some((next, spiked))
    }
}

/// The rule by which u is stepped before there is a new v.
const EULER: &str = "euler";

/// Whether u of one step of a rule of first order hangs on the input of that step, as it does where it sees the v that the input has moved.
fn u_sees_new_v(problem: &Problem, scheme: &Scheme, dt: f64) -> Result<bool> {
    if scheme.info().order != 1 {
        return Ok(false);
    }
    let u_under = |input: f64| -> Result<Option<f64>> {
        let stimulus = Stimulus::constant(input);
        let step = Step { start: 0.0, end: dt, input: StepInput::new(&stimulus, 0.0, dt) };
        let next = start(problem, scheme, dt)?.step(State { v: -60.0, u: -12.0 }, &step, &mut Vec::new());
        Ok(next.ok().map(|state| state.u))
    };
    Ok(u_under(0.0)? != u_under(1.0)?)
}

/// Refuses a neuron that cannot be judged.
pub(super) fn check(neuron: &Neuron) -> Result<()> {
    if neuron.is_plain() {
        return Ok(());
    }
    let mend = "Give the neuron without them.";
    Err(Error::invalid("the neuron", "one with parts beyond the quadratic form", "a plain one", mend))
}
