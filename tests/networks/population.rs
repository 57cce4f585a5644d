//! A neuron of a population is the neuron alone: for every scheme, number of neurons, place and number of threads.

use crate::named;
use spikestep::model::CELL_TYPES;
use spikestep::population::{Population, Spike};
use spikestep::population::{scheme, schemes};
use spikestep::scheme::step_count;
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, Scheme, State, StepSize, Stimulus, Trajectory, solve_with};

/// The seven cell types in turn, each under an input of its own \[mV/ms\] between 6 and 20.
fn cells(n: usize) -> (Vec<Neuron>, Vec<State>, Vec<f64>) {
    let cell = |i: usize| &CELL_TYPES[i % CELL_TYPES.len()];
    let neurons = (0..n).map(|i| cell(i).neuron).collect();
    let states = (0..n).map(|i| cell(i).initial).collect();
    let input = (0..n).map(|i| 6.0 + (i * 5 % 15) as f64).collect();
    (neurons, states, input)
}

fn problem(neuron: Neuron, initial: State, input: f64, duration: f64) -> Problem {
    Problem { neuron, stimulus: Stimulus::constant(input), initial, duration }
}

/// The scheme of the registry on one neuron.
fn alone(name: &str, problem: &Problem, dt: f64) -> (Trajectory, State) {
    let scheme: Scheme = name.parse().unwrap();
    let mut last = problem.initial;
    let trajectory = solve_with(problem, &scheme, StepSize::Fixed(dt), |sample| last = sample.state).unwrap();
    (trajectory, last)
}

/// A population under constant input, and its spikes by neuron.
fn together(stepper: &Scheme, n: usize, dt: f64, steps: u64) -> (Population, Vec<Vec<f64>>) {
    together_as(false, stepper, n, dt, steps)
}

/// All schemes of populations, and whether it is their fused form.
fn forms() -> Vec<(Scheme, bool)> {
    let fused = ["euler", "half-step", "rk4"].map(|name| (named(name), true));
    schemes().into_iter().map(|scheme| (scheme, false)).chain(fused).collect()
}

fn make(fused: bool) -> fn(&Scheme, &[Neuron], &[State]) -> spikestep::Result<Population> {
    if fused { Population::fused } else { Population::new }
}

fn together_as(fused: bool, stepper: &Scheme, n: usize, dt: f64, steps: u64) -> (Population, Vec<Vec<f64>>) {
    let (neurons, states, input) = cells(n);
    let mut population = make(fused)(stepper, &neurons, &states).unwrap();
    let mut spikes = Vec::new();
    population.advance(&input, dt, steps, &mut spikes).unwrap();
    (population, by_neuron(&spikes, n))
}

fn by_neuron(spikes: &[Spike], n: usize) -> Vec<Vec<f64>> {
    let mut trains = vec![Vec::new(); n];
    for spike in spikes {
        trains[spike.neuron as usize].push(spike.t);
    }
    trains
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "{a:?} {b:?}");
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn spikes_on_the_grid_are_those_of_the_scheme_alone_bit_for_bit() {
    // The operator form alone sums a convolution that is a recursion here: equal to rounding only.
    let on_grid = |scheme: &&Scheme| !scheme.locates_spikes() && !scheme.to_string().starts_with("evolution");
    let all = schemes();
    assert!(all.iter().filter(on_grid).count() >= 12);
    for stepper in all.iter().filter(on_grid) {
        let (n, dt) = (15, 0.1);
        let (neurons, states, input) = cells(n);
        let (population, trains) = together(stepper, n, dt, 3000);
        for i in 0..n {
            let (trajectory, last) = alone(&stepper.to_string(), &problem(neurons[i], states[i], input[i], 300.0), dt);
            assert_eq!(trains[i], trajectory.spikes.times(), "{stepper} {i}");
            assert_eq!(population.state(i), last, "{stepper} {i}");
        }
    }
}

#[test]
fn located_rk4_is_that_on_v_and_u_to_rounding() {
    // At 0.05 to 0.7 ms, so that RS to FS spike at every phase of a step and CH twice in some.
    for dt in [0.05, 0.25, 0.7] {
        let n = 13;
        let (neurons, states, input) = cells(n);
        let steps = step_count(300.0, dt);
        let (population, trains) = together(&named("rk4+located"), n, dt, steps);
        for i in 0..n {
            let (trajectory, last) = alone("rk4+located", &problem(neurons[i], states[i], input[i], 300.0), dt);
            let latest = 300.0 * (1.0 + 4.0 * f64::EPSILON);
            let train: Vec<f64> = trains[i].iter().copied().filter(|t| *t <= latest).collect();
            // (v, u) rounds v' to some 1e-14 mV/ms in each evaluation, of terms up to 200; on the slow manifold 1 mV/ms of u
            // moves a spike by some 10 ms, and 6000 steps add up like their root: 1e-11 ms. The location stops at 1e-11 of a
            // step, 60 times in 300 ms. Steps of the wrong order would differ by 1e-3.
            let difference = largest_difference(&train, trajectory.spikes.times());
            assert!(difference < 1e-9, "neuron {i} at {dt}: {difference:e}");
            // v moves by up to 600 mV/ms near the peak, and u by 0.5 mV/ms² there.
            let state = population.state(i);
            assert!((state.v - last.v).abs() < 1e-6 && (state.u - last.u).abs() < 1e-8, "{i} {state:?} {last:?}");
        }
    }
}

#[test]
fn located_kernels_have_their_order_through_spikes() {
    // The nearest singularity, the blow-up, is D = 1/W_p = 0.27 ms after the peak. A local error that grows as (h/(D + h))^p shows
    // the order p D/(D + h) at a step h, p in the limit. Truths are good to about 1e-12 ms, so that higher orders are seen at
    // larger steps; the scatter of the phases of the spikes within their steps is given half an order.
    let blow_up = 1.0 / 3.7;
    for (name, order, dt) in [("rk4+located", 4.0, 0.0125), ("projective-6", 6.0, 0.05), ("projective-8", 8.0, 0.1)] {
        let stepper = &named(name);
        let n = 4;
        let (neurons, states, input) = cells(n);
        let error = |dt: f64| {
            let (_, trains) = together(stepper, n, dt, step_count(200.0, dt));
            let mut largest: f64 = 0.0;
            for i in 0..n {
                let truth = taylor::solve(&problem(neurons[i], states[i], input[i], 200.0), taylor::TOLERANCE);
                let times = truth.spikes.times();
                // A step may end past the duration.
                assert!((trains[i].len() as i64 - times.len() as i64).abs() <= 1);
                let k = trains[i].len().min(times.len());
                largest = largest.max(largest_difference(&trains[i][..k], &times[..k]));
            }
            largest
        };
        let (coarse, fine) = (error(dt), error(0.25 * dt));
        let observed = 0.5 * (coarse / fine).log2();
        let least = order * blow_up / (blow_up + dt);
        assert!(observed > least && observed < order + 0.5, "{stepper}: {observed} from {coarse:e} and {fine:e}");
    }
}

/// Euler, the half-step and RK4 with spikes on the grid as they are written down, number by number in single precision.
fn grid_in_single_precision(stepper: &Scheme, n: &Neuron, from: State, input: f64, dt: f64, steps: u64) -> Vec<f64> {
    let [a, b, b0, leak, k2, k1, k0, peak, c, d] =
        [n.a, n.b, n.b0, n.leak, n.k2, n.k1, n.k0, n.peak, n.c, n.d].map(|x| x as f32);
    let (mut v, mut u, i, h, half) = (from.v as f32, from.u as f32, input as f32, dt as f32, (0.5 * dt) as f32);
    let dv = |v: f32, u: f32| k2 * v * v + k1 * v + k0 - u + i;
    let du = |v: f32, u: f32| a * (b * v + b0 - leak * u);
    let mut times = Vec::new();
    for step in 1..=steps {
        (v, u) = match stepper.to_string().as_str() {
            "euler" => (v + h * dv(v, u), u + h * du(v, u)),
            "half-step" => {
                let v = v + half * dv(v, u);
                let v = v + half * dv(v, u);
                (v, u + h * du(v, u))
            }
            _ => {
                let (sixth, third) = (1.0f32 / 6.0, 1.0f32 / 3.0);
                let (v1, u1) = (dv(v, u), du(v, u));
                let (x, y) = (v + v1 * half, u + u1 * half);
                let (v2, u2) = (dv(x, y), du(x, y));
                let (x, y) = (v + v2 * half, u + u2 * half);
                let (v3, u3) = (dv(x, y), du(x, y));
                let (x, y) = (v + v3 * h, u + u3 * h);
                let (v4, u4) = (dv(x, y), du(x, y));
                let v = v + (v1 * sixth + v2 * third + v3 * third + v4 * sixth) * h;
                (v, u + (u1 * sixth + u2 * third + u3 * third + u4 * sixth) * h)
            }
        };
        if v >= peak {
            (v, u) = (c, u + d);
            times.push(step as f64 * dt);
        }
    }
    times
}

#[test]
fn spikes_on_the_grid_in_single_precision_are_those_of_the_formulas_bit_for_bit() {
    for stepper in &[named("euler"), named("half-step"), named("rk4")] {
        // Two blocks, the second with a part of a vector.
        let (n, dt, steps) = (43, 0.25, 2000);
        let (neurons, states, input) = cells(n);
        let mut population = Population::single(stepper, &neurons, &states).unwrap();
        let mut spikes = Vec::new();
        population.advance(&input, dt, steps, &mut spikes).unwrap();
        for (i, train) in by_neuron(&spikes, n).iter().enumerate() {
            let twin = grid_in_single_precision(stepper, &neurons[i], states[i], input[i], dt, steps);
            assert_eq!(train, &twin, "{stepper} {i}");
        }
        assert!(spikes.len() > 500);
    }
}

#[test]
fn located_spikes_in_single_precision_are_off_by_its_rounding() {
    let (n, dt) = (8, 0.25);
    let (neurons, states, input) = cells(n);
    let steps = step_count(300.0, dt);
    let (_, double) = together(&named("rk4+located"), n, dt, steps);
    let mut population = Population::single(&named("rk4+located"), &neurons, &states).unwrap();
    let mut spikes = Vec::new();
    population.advance(&input, dt, steps, &mut spikes).unwrap();
    let mut largest: f64 = 0.0;
    for (single, double) in by_neuron(&spikes, n).iter().zip(&double) {
        // A step rounds K, up to 0.5, to 3e-8, and a change of K moves a spike by up to 200 ms. The roundings of the 50 to 300
        // steps of an interval add up like their root, 1e-4 ms, and those of up to 60 intervals of neurons that adapt little
        // likewise: 1e-3 ms. All of one sign they would make 2e-3 ms an interval.
        let difference = largest_difference(single, double);
        assert!(difference < 1e-2, "{difference:e}");
        largest = largest.max(difference);
    }
    // It is single precision.
    assert!(largest > 1e-7, "{largest:e}");
}

#[test]
fn single_precision_is_refused_to_schemes_of_high_order() {
    let (neurons, states, _) = cells(1);
    let error = Population::single(&named("projective-8"), &neurons, &states).unwrap_err().to_string();
    assert!(error.contains("projective-8") && error.contains("rk4+located"), "{error}");
}

#[test]
fn projective_steps_of_a_millisecond_keep_their_spike_times() {
    // The accuracy stated for order 8 at input 10: 5e-4 (RS), 5e-3 (IB), 2e-2 (CH), 3e-2 ms (FS) over 1000 ms.
    let cells = &CELL_TYPES[..4];
    let neurons: Vec<_> = cells.iter().map(|cell| cell.neuron).collect();
    let states: Vec<_> = cells.iter().map(|cell| cell.initial).collect();
    let mut population = Population::new(&named("projective-8"), &neurons, &states).unwrap();
    let mut spikes = Vec::new();
    population.advance(&[10.0; 4], 1.0, 1000, &mut spikes).unwrap();
    for (i, (train, allowed)) in by_neuron(&spikes, 4).iter().zip([5e-4, 5e-3, 2e-2, 3e-2]).enumerate() {
        let truth = taylor::solve(&problem(neurons[i], states[i], 10.0, 1000.0), taylor::TOLERANCE);
        let error = largest_difference(train, truth.spikes.times());
        assert!(error <= allowed, "{}: {error:e}", cells[i].name);
    }
}

#[test]
fn a_neuron_does_not_depend_on_its_place_its_neighbours_or_the_threads() {
    for (stepper, fused) in &forms() {
        // Ten blocks and a part of one: with 1200 steps well beyond what is left to one thread.
        let (n, dt, steps) = (323, 0.25, 1200);
        let (neurons, states, input) = cells(n);
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (many, trains) = pool(3).install(|| together_as(*fused, stepper, n, dt, steps));
        let (single, same) = pool(1).install(|| together_as(*fused, stepper, n, dt, steps));
        assert_eq!(trains, same, "{stepper}");
        assert!(trains.iter().any(|train| train.len() > 1));
        for i in [0, 1, 5, 100, 322] {
            assert_eq!(many.state(i), single.state(i));
            // Alone, step by step; the fused kernels round at the ends of calls.
            let mut one = make(*fused)(stepper, &neurons[i..=i], &states[i..=i]).unwrap();
            let mut spikes = Vec::new();
            let steps_a_call = if *fused { steps } else { 1 };
            for _ in 0..steps / steps_a_call {
                one.advance(&input[i..=i], dt, steps_a_call, &mut spikes).unwrap();
            }
            assert_eq!(by_neuron(&spikes, 1)[0], trains[i], "{stepper} {i}");
            assert_eq!(one.state(0), many.state(i), "{stepper} {i}");
            assert_eq!(one.time(), 300.0);
        }
    }
}

#[test]
fn several_spikes_fall_into_one_step() {
    // At 1000 mV/ms FS spikes every 0.24 ms or so: four in a step of 1 ms.
    let neuron = CELL_TYPES[3].neuron;
    let initial = CELL_TYPES[3].initial;
    let truth = taylor::solve(&problem(neuron, initial, 1000.0, 10.0), taylor::TOLERANCE);
    assert!(truth.spikes.len() > 30);
    // A quiet neighbour at either side must stay as it is alone.
    let quiet = CELL_TYPES[0].neuron;
    let neurons = [quiet, neuron, quiet];
    let states = [CELL_TYPES[0].initial, initial, CELL_TYPES[0].initial];
    let input = [0.0, 1000.0, 0.0];
    for (stepper, dt, allowed) in [
        // Located RK4 at a tenth of an interval: order 4 leaves about (1/10)^4 of it a spike, over 40 spikes.
        (&named("rk4+located"), 0.025, 0.05),
        // The parts of a step are limited to 2/√K, so that each is resolved whatever dt: 9 and 11 terms of cos at 2.
        (&named("projective-8"), 1.0, 0.05),
    ] {
        let mut population = Population::new(stepper, &neurons, &states).unwrap();
        let mut spikes = Vec::new();
        population.advance(&input, dt, step_count(10.0, dt), &mut spikes).unwrap();
        let trains = by_neuron(&spikes, 3);
        assert!(trains[0].is_empty() && trains[2].is_empty());
        let times = truth.spikes.times();
        let k = trains[1].len().min(times.len());
        assert!((trains[1].len() as i64 - times.len() as i64).abs() <= 1, "{stepper}: {} {}", trains[1].len(), k);
        let error = largest_difference(&trains[1][..k], &times[..k]);
        assert!(error < allowed, "{stepper}: {error:e}");
        assert!(trains[1].windows(2).all(|pair| pair[0] < pair[1]));
        let mut calm = Population::new(stepper, &[quiet], &states[..1]).unwrap();
        calm.advance(&[0.0], dt, step_count(10.0, dt), &mut spikes).unwrap();
        assert_eq!(calm.state(0), population.state(0));
        assert_eq!(calm.state(0), population.state(2));
    }
    // The same located RK4 alone at a step with several spikes, coarse as it is.
    let (trajectory, _) = alone("rk4+located", &problem(neuron, initial, 1000.0, 10.0), 0.5);
    let mut population = Population::new(&named("rk4+located"), &neurons, &states).unwrap();
    let mut spikes = Vec::new();
    population.advance(&input, 0.5, 20, &mut spikes).unwrap();
    assert!(trajectory.spikes.len() > 20);
    assert!(largest_difference(&by_neuron(&spikes, 3)[1], trajectory.spikes.times()) < 1e-9);
}

#[test]
fn divergence_is_flagged_and_stays_where_it_is() {
    let rs = CELL_TYPES[0].neuron;
    // u grows without bound: a < 0 turns the recovery into an instability of e^{200 t}.
    let wild = Neuron { a: -200.0, ..rs };
    let neurons = [rs, wild, rs, rs, rs];
    let states = [CELL_TYPES[0].initial; 5];
    for (stepper, fused) in &forms() {
        let mut population = make(*fused)(stepper, &neurons, &states).unwrap();
        let mut calm = make(*fused)(stepper, &[rs], &states[..1]).unwrap();
        let (mut spikes, mut calm_spikes) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            population.step(&[10.0; 5], 0.5, &mut spikes).unwrap();
            calm.step(&[10.0], 0.5, &mut calm_spikes).unwrap();
        }
        assert!(population.diverged_at(1).is_some_and(|t| t > 0.0 && t <= 100.0), "{stepper}");
        for i in [0, 2, 3, 4] {
            assert_eq!(population.diverged_at(i), None);
            assert_eq!(population.state(i), calm.state(0), "{stepper} {i}");
            let train = &by_neuron(&spikes, 5)[i];
            assert_eq!(train, &by_neuron(&calm_spikes, 1)[0]);
        }
        assert!(spikes.iter().all(|spike| spike.t.is_finite()));
    }
}

#[test]
fn spikes_that_accelerate_without_end_are_cut() {
    // The reset raises the drive: d < 0 with K growing by 40 each time.
    let runaway = Neuron { d: -1000.0, ..CELL_TYPES[3].neuron };
    for stepper in &[named("rk4+located"), named("projective-6"), named("projective-8")] {
        let mut population = Population::new(stepper, &[runaway], &[CELL_TYPES[3].initial]).unwrap();
        let mut spikes = Vec::new();
        population.advance(&[100.0], 1.0, 20, &mut spikes).unwrap();
        assert!(population.diverged_at(0).is_some(), "{stepper}: {} spikes", spikes.len());
        assert!(spikes.len() <= 20 * 10_000);
    }
}

#[test]
fn strong_inhibition_stays_inhibition_in_the_linear_form() {
    // One step of −3000 mV/ms at 1 ms makes every explicit scheme spike; the equations settle near −62.5 − 5 √(3016 + u) mV.
    let rs = CELL_TYPES[0];
    let truth = taylor::solve(&problem(rs.neuron, rs.initial, -3000.0, 5.0), taylor::TOLERANCE);
    let mut population = Population::new(&named("projective-8"), &[rs.neuron], &[rs.initial]).unwrap();
    let mut spikes = Vec::new();
    population.advance(&[-3000.0], 1.0, 5, &mut spikes).unwrap();
    assert!(spikes.is_empty() && truth.spikes.is_empty());
    let state = population.state(0);
    // Parts of length 2/√|K|: the truncated series for e^{2}, of which 2^10/10! is left, on a v of 300 mV that contracts.
    assert!((state.v - truth.cursor().state(5.0).v).abs() < 0.3, "{state:?}");
}

#[test]
fn bad_input_gets_a_message() {
    let (neurons, states, input) = cells(3);
    let message = |result: spikestep::Result<Population>| result.unwrap_err().to_string();
    assert!(message(Population::new(&named("rk4"), &[], &[])).contains("at least one"));
    assert!(message(Population::new(&named("rk4"), &neurons, &states[..2])).contains("number of states is 2"));
    let nan = [State::new(f64::NAN, 0.0); 3];
    assert!(message(Population::new(&named("rk4"), &neurons, &nan)).contains("v of neuron 0"));
    let mut population = Population::new(&named("rk4"), &neurons, &states).unwrap();
    let mut spikes = Vec::new();
    for dt in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(population.step(&input, dt, &mut spikes).unwrap_err().to_string().contains("step dt"));
    }
    assert!(population.step(&input[..2], 1.0, &mut spikes).is_err());
    assert!(population.step(&[0.0, f64::INFINITY, 0.0], 1.0, &mut spikes).is_err());
    assert_eq!(population.time(), 0.0);
    assert!(scheme("rk4+lokated").unwrap_err().to_string().contains("did you mean 'rk4+located'"));
}
