//! Pulses at times, and pulses on a grid.

use crate::error::{Error, Result, refuse_if};
use crate::grid::step_count;

/// Most pulses of a presentation, steps times inputs: 1 GB.
pub(super) const MOST_VALUES: f64 = (1u64 << 28) as f64;

/// One pulse of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pulse {
    /// When \[ms\].
    pub time: f64,
    /// Which input.
    pub input: usize,
    /// Its weight: 1 for a spike.
    pub weight: f32,
}

/// The pulses of a presentation in continuous time.
#[derive(Clone, Debug, PartialEq)]
pub struct PulseTimes {
    inputs: usize,
    duration: f64,
    pulses: Vec<Pulse>,
}

impl PulseTimes {
    pub(super) fn new(inputs: usize, duration: f64, mut pulses: Vec<Pulse>) -> Self {
        pulses.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.input.cmp(&b.input)));
        Self { inputs, duration, pulses }
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How long the presentation lasts \[ms\].
    pub fn duration(&self) -> f64 {
        self.duration
    }

    /// The pulses, in order of time, then of input; all times in 0..duration.
    pub fn pulses(&self) -> &[Pulse] {
        &self.pulses
    }

    /// The pulses on a grid of steps of `dt` \[ms\].
    ///
    /// A pulse goes into the step \[n·dt, (n+1)·dt) that covers it, so it is moved, to the step's beginning, by less than dt.
    /// Several pulses of an input in one step add up: a step that holds two spikes has the value 2, and no charge is lost.
    ///
    /// # Errors
    /// A step that is not positive and finite, or so small that the grid has more than 2²⁸ values.
    pub fn bin(&self, dt: f64) -> Result<PulseGrid> {
        let mut grid = PulseGrid::new(self.inputs, self.duration, dt)?;
        self.pulses.iter().for_each(|pulse| grid.add(pulse, dt));
        Ok(grid)
    }
}

/// The pulses of a presentation on a grid: a weight for each step and input.
#[derive(Clone, Debug, PartialEq)]
pub struct PulseGrid {
    inputs: usize,
    steps: usize,
    values: Vec<f32>,
}

impl PulseGrid {
    pub(super) fn new(inputs: usize, duration: f64, dt: f64) -> Result<Self> {
        let steps = steps(inputs, duration, dt)?;
        Ok(Self { inputs, steps, values: vec![0.0; steps * inputs] })
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The weights of step `step`, one for each input: 0 no pulse, 1 a spike, 2 two spikes.
    ///
    /// # Panics
    /// A step that is not below [`steps`](Self::steps).
    #[inline]
    pub fn step(&self, step: usize) -> &[f32] {
        &self.values[step * self.inputs..(step + 1) * self.inputs]
    }

    /// The inputs that pulse in step `step`, in their order, with their weights.
    #[inline]
    pub fn pulses(&self, step: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.step(step).iter().copied().enumerate().filter(|(_, weight)| *weight != 0.0)
    }

    /// The sum of all weights: the number of spikes, where pulses are spikes.
    pub fn total(&self) -> f64 {
        self.values.iter().map(|weight| f64::from(*weight)).sum()
    }

    pub(super) fn step_mut(&mut self, step: usize) -> &mut [f32] {
        &mut self.values[step * self.inputs..(step + 1) * self.inputs]
    }

    /// Puts a pulse into the step that covers it.
    pub(super) fn add(&mut self, pulse: &Pulse, dt: f64) {
        // A presentation shorter than the rounding of a step has none.
        if self.steps == 0 {
            return;
        }
        // The quotient is rounded; the edges of the steps are products.
        let mut step = (pulse.time / dt).floor();
        if (step + 1.0) * dt <= pulse.time {
            step += 1.0;
        } else if step * dt > pulse.time {
            step -= 1.0;
        }
        // The grid may end a rounding before the duration.
        let step = (step as usize).min(self.steps - 1);
        self.step_mut(step)[pulse.input] += pulse.weight;
    }
}

/// Steps of `dt` that cover `duration` for `inputs` inputs.
fn steps(inputs: usize, duration: f64, dt: f64) -> Result<usize> {
    let mend = "Give a step such as 0.5.";
    refuse_if!(!(dt > 0.0 && dt.is_finite()), "the step of a pulse code", dt, "a positive number of ms", mend);
    if duration / dt * inputs as f64 > MOST_VALUES {
        return Err(too_long(duration, inputs));
    }
    Ok(step_count(duration, dt) as usize)
}

pub(super) fn too_long(duration: f64, inputs: usize) -> Error {
    Error::invalid(
        "the presentation",
        format!("{duration} ms of {inputs} inputs"),
        format!("at most {MOST_VALUES} pulses"),
        "Show the image for a shorter time, or take a larger step.",
    )
}
