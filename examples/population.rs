//! Many neurons at a fixed step, each under an input of its own that changes with time.
//!
//! `cargo run --example population`

#![allow(clippy::print_stdout)] // an example shows what it finds

use spikestep::population::Population;
use spikestep::{Neuron, Scheme};

fn main() -> spikestep::Result<()> {
    // A thousand regular-spiking neurons, from a little less adaptation to a little more.
    let neurons: Vec<Neuron> = (0..1000).map(|i| Neuron::new(0.02, 0.2, -65.0, 6.0 + 0.004 * f64::from(i))).collect();
    let states: Vec<_> = neurons.iter().map(Neuron::resting_start).collect();
    let scheme: Scheme = "rk4+located".parse()?;
    let mut population = Population::new(&scheme, &neurons, &states)?;

    let (dt, duration) = (0.25, 1000.0);
    let mut input = vec![0.0; neurons.len()];
    let mut spikes = Vec::new();
    while population.time() < duration {
        // A travelling wave [mV/ms]: 10 on average, 4 Hz, later for later neurons.
        let phase = 2.0 * std::f64::consts::PI * population.time() / 250.0;
        for (i, x) in input.iter_mut().enumerate() {
            *x = 10.0 + 5.0 * (phase - 0.01 * i as f64).sin();
        }
        population.step(&input, dt, &mut spikes)?;
    }

    println!("{} spikes of {} neurons in {duration} ms under {scheme}", spikes.len(), neurons.len());
    let first = spikes.iter().filter(|spike| spike.neuron == 0).map(|spike| format!("{:.2}", spike.t));
    println!("neuron 0 spikes at {} ms", first.take(8).collect::<Vec<_>>().join(", "));
    Ok(())
}
