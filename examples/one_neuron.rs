//! One neuron by one scheme: when does a regular-spiking neuron fire, by RK4 with located spikes at a step of 0.5 ms?
//!
//! `cargo run --example one_neuron`

#![allow(clippy::print_stdout, reason = "an example prints")]

use spikestep::{Neuron, Problem, StepSize, Stimulus, solve_with};

fn main() -> spikestep::Result<()> {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(10.0); // mV/ms
    let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 200.0 };

    let mut highest = f64::NEG_INFINITY;
    let trajectory = solve_with(&problem, &"rk4+located".parse()?, StepSize::Fixed(0.5), |sample| {
        highest = highest.max(sample.state.v);
    })?;

    println!("spikes [ms]: {:?}", trajectory.spikes.times());
    println!("highest v at the end of a step: {highest:.1} mV, in {} steps", trajectory.steps);
    assert_eq!(trajectory.diverged_at, None);
    Ok(())
}
