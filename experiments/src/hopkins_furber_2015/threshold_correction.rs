//! Spikes on the grid with the threshold correction of SpiNNaker.

use spikestep::scheme::{Cost, Euler, Flow, Heun, Midpoint, Rk4, Runaway, Step, Stepper};
use spikestep::{Neuron, State};

/// A method with spikes on the grid whose step after a spike is `factor` times as long.
///
/// A spike on the grid is late: v crosses the peak before the end of the step and waits there for the reset. The next step makes up for it.
/// For a v that rises linearly the crossing is uniform in the step, half of it lost on average, and the factor 1.5. Only the step is
/// longer: the grid, and the time of the spike, stay.
///
/// Sources: the mechanism, M. Hopkins, S. Furber, Neural Computation 27 (2015) 2148–2182; the form and the factors, the implementation
/// sPyNNaker (`neuron_model_izh_impl.c`: 1.5 "for linear membrane voltages", 1.85 in use). Its arithmetic, 32-bit fixed point with
/// 0.040008544921875 in place of 0.04, is not imitated. **When not to use it:** it removes the mean of the lag, not its jitter of up to dt;
/// a located spike has neither.
pub(super) struct ThresholdCorrected {
    neuron: Neuron,
    flow: Box<dyn Flow>,
    factor: f64,
    spiked: bool,
    advances: u64,
}

impl ThresholdCorrected {
    /// The method of this name.
    pub(super) fn new(method: &str, neuron: Neuron, factor: f64) -> Self {
        let flow: Box<dyn Flow> = match method {
            "euler" => Box::new(Euler),
            "rk2" => Box::new(Midpoint),
            "heun" => Box::new(Heun),
            _ => Box::new(Rk4),
        };
        ThresholdCorrected { neuron, flow, factor, spiked: false, advances: 0 }
    }
}

impl Stepper for ThresholdCorrected {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.advances += 1;
        let length = step.input.length() * if self.spiked { self.factor } else { 1.0 };
        let next = self.flow.advance(&self.neuron, state, &step.input.part(0.0, length));
        self.spiked = next.v >= self.neuron.peak;
        if !self.spiked {
            return Ok(next);
        }
        spikes.push(step.end);
        Ok(self.neuron.reset(next))
    }

    fn cost(&self) -> Cost {
        self.flow.cost().times(self.advances)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spikestep::scheme::run;

    use crate::shared::{cell, constant_input, fixed_step, scheme};

    #[test]
    fn a_factor_of_one_is_the_grid_and_a_longer_step_fires_sooner() {
        let problem = constant_input(cell("RS"), 10.0, 300.0);
        let corrected = |factor: f64| {
            run(&mut ThresholdCorrected::new("rk2", problem.neuron, factor), &problem, 1.0, |_| {}).spikes
        };
        let plain = fixed_step(&scheme("rk2"), &problem, 1.0, |_| {}).spikes;
        assert_eq!(corrected(1.0).times(), plain.times());
        // The first spike comes before any correction; a step of v after a reset is 0.85 ms ahead, so that later ones are earlier.
        let ahead = corrected(1.85);
        assert_eq!(ahead.times()[0], plain.times()[0]);
        assert!(ahead.times()[..plain.len()].last() < plain.times().last());
    }
}
