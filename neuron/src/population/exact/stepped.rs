//! The same network on a clock, as simulators step it.

use rayon::prelude::*;

use super::{CoupledNeurons, Delivery, Spike};
use crate::error::{Result, refuse_if, shown};
use crate::model::StepInput;
use crate::scheme::{Scheme, Step, Stepper, start, step_count};
use crate::{Problem, State, Stimulus};

/// What a scheme made of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct GridRun {
    /// Spikes by the end of their step, then by number of the neuron.
    pub spikes: Vec<Spike>,
    /// The first time at which v or u of a neuron left the finite numbers \[ms\], from where on that neuron is silent.
    pub diverged_at: Option<f64>,
}

/// A neuron under a stepper, with what is due to it.
struct Stepping<'a> {
    stepper: Box<dyn Stepper>,
    state: State,
    peak: f64,
    reset: &'a crate::Neuron,
    input: &'a Stimulus,
    /// The input of a step with the current of synapses.
    with_current: Stimulus,
    /// Charge \[mV\] due at the end of a step, by its number modulo the length.
    due: Vec<f64>,
    /// Charge \[mV\] that the current has still to bring.
    left: f64,
    /// Spikes of the present block: the step, and the time \[ms\].
    spikes: Vec<(u64, f64)>,
    found: Vec<f64>,
    diverged_at: Option<f64>,
}

/// Refuses a step `dt` \[ms\] that no spike of the network could be as short as under way.
///
/// # Errors
/// A step above the shortest delay.
pub fn require_step(network: &CoupledNeurons, dt: f64) -> Result<()> {
    let shortest = network.edges.least_delay();
    // A delay that was computed may be a rounding below the step it is.
    refuse_if!(
        dt > shortest * (1.0 + 1e-9),
        "dt",
        format!("{} ms where the shortest delay is {} ms", shown(dt), shown(shortest)),
        "steps up to the shortest delay, for spikes travel whole steps",
        "Take a smaller step, or longer delays."
    );
    Ok(())
}

/// Steps a network by a scheme of fixed step `dt` \[ms\]. Spikes leave at the end of the step they are found in, and delays count whole
/// steps, the nearest to what they are and at least one. Charges raise v at the end of the step in which they are due, where a neuron that
/// they carry to its peak spikes; a current is in every step its mean over the step, from the one after the due time on. That is
/// [`Arrival::After`](crate::population::Arrival::After).
///
/// # Errors
/// An adaptive scheme, and what [`start`] and [`require_step`] refuse.
pub fn run_on_grid(network: &CoupledNeurons, scheme: &Scheme, dt: f64) -> Result<GridRun> {
    require_step(network, dt)?;
    let steps = step_count(network.duration, dt);
    let late = |delay: f64| ((delay / dt).round() as u64).clamp(1, steps.max(1));
    let block = late(network.edges.least_delay());
    let length = block + network.edges.all().iter().map(|edge| late(edge.delay)).max().unwrap_or(0);
    let begin = |i: usize| -> Result<Stepping<'_>> {
        let (neuron, input, initial) = (&network.neurons[i], &network.inputs[i], network.initial[i]);
        // The stepper is given its input step by step.
        let problem =
            Problem { neuron: *neuron, stimulus: Stimulus::constant(0.0), initial, duration: network.duration };
        Ok(Stepping {
            stepper: start(&scheme.problem(&problem), scheme, dt)?,
            state: initial,
            peak: scheme.peak(neuron),
            reset: neuron,
            input,
            with_current: Stimulus::constant(0.0),
            due: vec![0.0; length as usize],
            left: 0.0,
            spikes: Vec::new(),
            found: Vec::new(),
            diverged_at: None,
        })
    };
    let mut cells: Vec<Stepping<'_>> = (0..network.neurons.len()).map(begin).collect::<Result<_>>()?;
    let mut spikes: Vec<(u64, Spike)> = Vec::new();
    let mut first = 0;
    while first < steps {
        let last = (first + block).min(steps);
        cells.par_iter_mut().with_min_len(16).for_each(|cell| {
            for n in first..last {
                cell.step(network.delivery, n, dt);
            }
        });
        let seen = spikes.len();
        for (cell, i) in cells.iter_mut().zip(0..) {
            spikes.extend(cell.spikes.drain(..).map(|(n, t)| (n, Spike { neuron: i, t })));
        }
        spikes[seen..].sort_by_key(|(n, spike)| (*n, spike.neuron));
        for (n, spike) in &spikes[seen..] {
            for edge in network.edges.of(spike.neuron) {
                let late = late(edge.delay);
                if n + late < steps {
                    cells[edge.post as usize].due[((n + late) % length) as usize] += edge.weight;
                }
            }
        }
        first = last;
    }
    let diverged_at = cells.iter().filter_map(|cell| cell.diverged_at).min_by(f64::total_cmp);
    let spikes = spikes.into_iter().map(|(_, spike)| spike).filter(|spike| spike.t <= network.duration).collect();
    Ok(GridRun { spikes, diverged_at })
}

impl Stepping<'_> {
    fn step(&mut self, delivery: Delivery, n: u64, dt: f64) {
        if self.diverged_at.is_some() {
            return;
        }
        let (start, end) = (n as f64 * dt, (n + 1) as f64 * dt);
        let mut input = self.input;
        if let Delivery::Exponential { tau } = delivery
            && self.left != 0.0
        {
            let after = self.left * (-dt / tau).exp();
            self.with_current.become_part(self.input, [start, end], (self.left - after) / dt);
            // Charges below the normal numbers are slow, and nothing.
            self.left = if after.abs() < f64::MIN_POSITIVE { 0.0 } else { after };
            input = &self.with_current;
        }
        let step = Step { start, end, input: StepInput::new(input, start, dt) };
        match self.stepper.step(self.state, &step, &mut self.found) {
            Ok(state) if state.is_finite() => self.state = state,
            _ => self.diverged_at = Some(end),
        }
        self.spikes.extend(self.found.drain(..).map(|t| (n, t)));
        let length = self.due.len() as u64;
        let charge = std::mem::take(&mut self.due[(n % length) as usize]);
        match delivery {
            Delivery::Exponential { .. } => self.left += charge,
            // A rule that resets at the start of the next step has v at the peak still, and loses the charge there.
            _ if self.state.v >= self.peak => {}
            _ => {
                self.state.v += charge;
                if self.state.v >= self.peak {
                    self.state = self.reset.reset(self.state);
                    self.spikes.push((n, end));
                }
            }
        }
    }
}
