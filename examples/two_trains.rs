//! Two spike trains compared: how far are the spikes of BindsNET's rule from those of the equations?
//!
//! `cargo run --example two_trains`

#![allow(clippy::print_stdout, reason = "an example prints")]

use spikestep::metrics::{SpikeErrors, gamma, van_rossum, victor_purpura};
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, StepSize, Stimulus, solve};

fn main() -> spikestep::Result<()> {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(10.0); // mV/ms
    let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 1000.0 };

    let truth = taylor::solve_certified(&problem, taylor::TOLERANCE).spikes;
    let found = solve(&problem, &"bindsnet".parse()?, StepSize::Fixed(0.5))?.spikes;

    let errors = SpikeErrors::between(&found, &truth);
    println!("{} spikes of {}: {} lost, {} added", found.len(), truth.len(), errors.missed, errors.extra);
    println!("largest error of a spike: {:.1} ms", errors.max_abs.unwrap_or(f64::NAN));
    println!("Victor-Purpura distance at 0.1 per ms: {:.1}", victor_purpura(&truth, &found, 0.1)?);
    println!("van Rossum distance at 10 ms: {:.2}", van_rossum(&truth, &found, 10.0)?);
    println!("coincidence factor within 2 ms: {:.2}", gamma(&truth, &found, 2.0, 1000.0)?.unwrap_or(f64::NAN));
    Ok(())
}
