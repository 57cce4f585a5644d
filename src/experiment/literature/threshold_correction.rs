//! Spikes on the grid with the threshold correction of SpiNNaker.

use crate::model::{Neuron, State};
use crate::scheme::{Cost, Flow, Runaway, Step, Stepper};

/// A flow with spikes on the grid whose step after a spike is `factor` times as long.
///
/// A spike on the grid is late: v crosses the peak before the end of the step and waits there for the reset. The next step makes up for it.
/// For a v that rises linearly the crossing is uniform in the step, half of it lost on average, and the factor 1.5. Only the step is
/// longer: the grid, and the time of the spike, stay.
///
/// Sources: the mechanism, M. Hopkins, S. Furber, Neural Computation 27 (2015) 2148–2182; the form and the factors, the implementation
/// sPyNNaker (`neuron_model_izh_impl.c`: 1.5 "for linear membrane voltages", 1.85 in use). Its arithmetic, 32-bit fixed point with
/// 0.040008544921875 in place of 0.04, is not imitated. **When not to use it:** it removes the mean of the lag, not its jitter of up to dt;
/// a located spike has neither.
pub(super) struct ThresholdCorrected<F> {
    neuron: Neuron,
    flow: F,
    factor: f64,
    spiked: bool,
    advances: u64,
}

impl<F: Flow> ThresholdCorrected<F> {
    pub(super) fn new(neuron: Neuron, flow: F, factor: f64) -> Self {
        ThresholdCorrected { neuron, flow, factor, spiked: false, advances: 0 }
    }
}

impl<F: Flow> Stepper for ThresholdCorrected<F> {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.advances += 1;
        let length = step.input.length() * if self.spiked { self.factor } else { 1.0 };
        let mut next = self.flow.advance(&self.neuron, state, &step.input.part(0.0, length));
        self.spiked = next.v >= self.neuron.peak;
        if self.spiked {
            spikes.push(step.end);
            next = self.neuron.reset(next);
        }
        Ok(next)
    }

    fn cost(&self) -> Cost {
        self.flow.cost().times(self.advances)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CELL_TYPES, Problem, Stimulus};
    use crate::scheme::{Midpoint, Scheme, SchemeInfo, StepSize, solve};

    #[test]
    fn a_factor_of_one_is_the_grid_and_a_longer_step_fires_sooner() {
        let cell = &CELL_TYPES[0];
        let problem =
            Problem { neuron: cell.neuron, stimulus: Stimulus::constant(10.0), initial: cell.initial, duration: 300.0 };
        let corrected = |factor: f64| {
            let info = SchemeInfo::new("corrected", 1, "", "");
            let scheme = Scheme::stepper(info, move |s| ThresholdCorrected::new(s.neuron, Midpoint, factor));
            solve(&problem, &scheme, StepSize::Fixed(1.0)).unwrap().spikes
        };
        let plain = solve(&problem, &"rk2".parse().unwrap(), StepSize::Fixed(1.0)).unwrap().spikes;
        assert_eq!(corrected(1.0).times(), plain.times());
        // The first spike comes before any correction; a step of v after a reset is 0.85 ms ahead, so that later ones are earlier.
        let ahead = corrected(1.85);
        assert_eq!(ahead.times()[0], plain.times()[0]);
        assert!(ahead.times()[..plain.len()].last() < plain.times().last());
    }
}
