//! A layer without weights is its scheme alone, as the registry has it and as a population has it.

use crate::named;
use spikestep::model::CELL_TYPES;
use spikestep::population::layer::LayerSpec;
use spikestep::population::schemes;
use spikestep::population::{Layer, Population};
use spikestep::{Neuron, Problem, State, StepSize, Stimulus, solve_with};

/// The seven cell types in turn under inputs \[mV/ms\] between 6 and 20.
fn cells(n: usize, peak: f64) -> (Vec<Neuron>, Vec<f64>) {
    let neurons = (0..n).map(|i| CELL_TYPES[i % CELL_TYPES.len()].neuron.with_peak(peak)).collect();
    (neurons, (0..n).map(|i| 6.0 + (i * 5 % 15) as f64).collect())
}

#[test]
fn without_weights_a_scheme_is_that_of_the_registry_bit_for_bit() {
    let (dt, steps) = (0.1, 3000);
    let operator_form = [named("evolution-1-recursive"), named("evolution-2-recursive")];
    let others = schemes().into_iter().filter(|scheme| !scheme.locates_spikes() && !operator_form.contains(scheme));
    for scheme in &others.collect::<Vec<_>>() {
        let (neurons, input) = cells(40, if *scheme == named("bindsnet") { 45.0 } else { 30.0 });
        let mut spec = LayerSpec::new(neurons.clone());
        spec.scheme = scheme.clone();
        let mut layer = Layer::<f64>::new(spec, dt, 1).unwrap();
        let mut trains = vec![Vec::new(); neurons.len()];
        for _ in 0..steps {
            layer.step(&input).unwrap();
            layer.spikes(0).iter().for_each(|spike| trains[spike.neuron as usize].push(spike.t));
        }
        let (v, u) = (layer.v(0), layer.u(0));
        for (i, neuron) in neurons.iter().enumerate() {
            let initial = neuron.resting_start();
            let stimulus = Stimulus::constant(input[i]);
            let problem = Problem { neuron: *neuron, stimulus, initial, duration: dt * steps as f64 };
            let alone = scheme.at_peak_of_neuron();
            let mut last = initial;
            let trajectory = solve_with(&problem, &alone, StepSize::Fixed(dt), |sample| last = sample.state).unwrap();
            assert!(trajectory.spikes.len() > 2, "{scheme} {i}");
            assert_eq!(trains[i], trajectory.spikes.times(), "{scheme} {i}");
            assert_eq!((v[i], u[i]), (last.v, last.u), "{scheme} {i}");
        }
    }
}

#[test]
fn the_operator_form_steps_as_that_of_the_registry() {
    // The layer's one recursion for u stands for three sums of the registry's (convolution, u(0), resets). From the same state one
    // step differs by the rounding of those: their terms, up to 20 mV/ms, are summed over a memory of 1/(a dt) ≤ 500 steps, which is
    // 500 · 20 · 1.1e-16 ≈ 1e-12 in u at worst, and no more in v within a step of 0.1 ms.
    let (dt, steps) = (0.1, 3000);
    for scheme in &[named("evolution-1-recursive"), named("evolution-2-recursive")] {
        let (neurons, input) = cells(7, 30.0);
        for (neuron, input) in neurons.into_iter().zip(input) {
            let mut spec = LayerSpec::new(vec![neuron]);
            spec.scheme = scheme.clone();
            let mut layer = Layer::<f64>::new(spec, dt, 1).unwrap();
            let initial = neuron.resting_start();
            let stimulus = Stimulus::constant(input);
            let problem = Problem { neuron, stimulus, initial, duration: dt * steps as f64 };
            let alone = scheme.at_peak_of_neuron();
            let (mut from, mut spikes) = (initial, 0);
            let solved = solve_with(&problem, &alone, StepSize::Fixed(dt), |row| {
                layer.set_state(0, &[from.v], &[from.u]).unwrap();
                layer.step(&[input]).unwrap();
                assert_eq!(layer.spikes(0).len(), usize::from(row.spike), "{scheme}");
                let (v, u) = (layer.v(0)[0] - row.state.v, layer.u(0)[0] - row.state.u);
                assert!(v.abs() < 1e-12 * row.state.v.abs().max(1.0) && u.abs() < 1e-12, "{scheme}: {v:e} {u:e}");
                spikes += layer.spikes(0).len();
                from = row.state;
            });
            assert_eq!(solved.unwrap().diverged_at, None);
            assert!(spikes > 2);
        }
    }
}

#[test]
fn located_schemes_are_those_of_a_population() {
    let (neurons, input) = cells(40, 30.0);
    let states: Vec<State> = neurons.iter().map(Neuron::resting_start).collect();
    for scheme in &[named("rk4+located"), named("projective-6"), named("projective-8")] {
        let mut spec = LayerSpec::new(neurons.clone());
        spec.scheme = scheme.clone();
        let mut layer = Layer::<f64>::new(spec.clone(), 0.5, 1).unwrap();
        let mut single = Layer::<f32>::new(spec, 0.5, 1).unwrap();
        let mut population = Population::new(scheme, &neurons, &states).unwrap();
        let input32: Vec<f32> = input.iter().map(|x| *x as f32).collect();
        let mut spikes = Vec::new();
        for _ in 0..400 {
            spikes.clear();
            population.step(&input, 0.5, &mut spikes).unwrap();
            layer.step(&input).unwrap();
            single.step(&input32).unwrap();
            assert_eq!(layer.spikes(0), spikes, "{scheme}");
        }
        for i in 0..neurons.len() {
            let state = population.state(i);
            assert_eq!((layer.v(0)[i], layer.u(0)[i]), (state.v, state.u), "{scheme} {i}");
            assert!((f64::from(single.v(0)[i]) - state.v).abs() < 1e-2, "{scheme} {i}: {}", single.v(0)[i]);
        }
    }
}
