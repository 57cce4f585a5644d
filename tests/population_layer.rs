//! A layer against BindsNET's own populations, against the schemes alone, and against itself rearranged.

mod common;

use common::{json, rows};
use spikestep::model::CELL_TYPES;
use spikestep::population::layer::{LayerScheme, LayerSpec, RandomWeights, Traces};
use spikestep::population::{Layer, Population, Real, Stepper, Variable, Weights};
use spikestep::scheme::registry::Setup;
use spikestep::scheme::run;
use spikestep::{Neuron, Problem, SchemeId, State, Stimulus};

const RECORDINGS: [&str; 3] =
    ["population_n20_dt1.0_batch1", "population_n20_dt0.5_batch1", "population_n20_dt1.0_batch2"];

/// A recorded population: its layer, its input step by step, and v, u, spike and trace after each step.
struct Recording {
    spec: LayerSpec,
    dt: f64,
    batch: usize,
    /// \[step\]\[row · n + neuron\].
    input: Vec<Vec<f64>>,
    states: Vec<Vec<[f64; 4]>>,
}

fn recording(name: &str) -> Recording {
    let config = json(&format!("simulators/bindsnet/{name}.json"));
    let number = |key: &str| config[key].as_f64().unwrap_or_else(|| panic!("{name}: no {key}"));
    let list =
        |key: &str| -> Vec<f64> { config[key].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect() };
    let parameters = ["a", "b", "c", "d"].map(list);
    let [a, b, c, d] = &parameters;
    let n = a.len();
    let s: Vec<f64> = config["S"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|r| r.as_array().unwrap())
        .map(|x| x.as_f64().unwrap())
        .collect();
    let mut spec = LayerSpec::from_parameters(a, b, c, d, number("thresh")).unwrap();
    spec.lateral = Some(Weights::lateral(n, &s).unwrap());
    spec.rest = number("rest");
    spec.lbound = config["lbound"].as_f64();
    spec.traces = Some(Traces {
        tc: number("tc_trace"),
        scale: number("trace_scale"),
        additive: config["traces_additive"].as_bool().unwrap(),
    });
    spec.sum_input = true;
    let batch = number("batch") as usize;
    let steps = number("steps") as usize;
    let (mut input, mut states) = (vec![vec![f64::NAN; n * batch]; steps], vec![vec![[f64::NAN; 4]; n * batch]; steps]);
    for r in rows(&format!("simulators/bindsnet/{name}.input.csv")) {
        input[r[0] as usize][r[1] as usize * n + r[2] as usize] = r[3];
    }
    for r in rows(&format!("simulators/bindsnet/{name}.csv")) {
        states[r[0] as usize][r[1] as usize * n + r[2] as usize] = [r[3], r[4], r[5], r[6]];
    }
    assert!(input.iter().flatten().chain(states.iter().flatten().flatten()).all(|x| x.is_finite()));
    assert!(states.iter().flatten().any(|state| state[2] == 1.0), "{name} holds no spikes");
    Recording { spec, dt: number("dt"), batch, input, states }
}

#[test]
fn bindsnet_populations_are_replayed() {
    for name in RECORDINGS {
        let Recording { spec, dt, batch, input, states } = recording(name);
        let mut layer = Layer::<f64>::new(spec, dt, batch).unwrap();
        let n = layer.n();
        for (step, (input, expected)) in input.iter().zip(&states).enumerate() {
            layer.step(input).unwrap();
            for row in 0..batch {
                let values = [Variable::V, Variable::U, Variable::Spike, Variable::Trace].map(|x| layer.values(x, row));
                for i in 0..n {
                    let expected = expected[row * n + i];
                    assert_eq!(values[2][i], expected[2], "{name}: spike of {i} in step {step}");
                    for k in [0, 1, 3] {
                        let difference = (values[k][i] - expected[k]).abs();
                        assert!(difference <= 1e-9, "{name}: step {step}, neuron {i}, column {k}: {difference:e}");
                    }
                }
            }
        }
        // The sum of the inputs holds what the lateral weights added.
        let external: f64 = input.iter().map(|input| input[0]).sum();
        assert!((layer.values(Variable::Summed, 0)[0] - external).abs() > 0.01, "{name}");
    }
}

#[test]
fn the_recordings_tell_the_rules_apart() {
    // The replay above would pass without the lateral weights if they did nothing in it.
    let Recording { mut spec, dt, batch, input, states } = recording(RECORDINGS[0]);
    spec.lateral = None;
    let mut layer = Layer::<f64>::new(spec, dt, batch).unwrap();
    let mut largest: f64 = 0.0;
    for (input, expected) in input.iter().zip(&states) {
        layer.step(input).unwrap();
        largest = layer.v(0).iter().zip(expected).map(|(v, e)| (v - e[0]).abs()).fold(largest, f64::max);
    }
    assert!(largest > 0.1, "{largest:e}");
}

#[test]
fn a_single_neuron_in_single_precision_is_bindsnets_bit_for_bit() {
    for (name, dt) in [("single_rs_dt0.5_f32", 0.5), ("single_rs_dt1.0_f32", 1.0)] {
        let config = json(&format!("simulators/bindsnet/{name}.json"));
        let p = ["a", "b", "c", "d", "input"].map(|key| config[key].as_f64().unwrap());
        let spec = LayerSpec::from_parameters(&[p[0]], &[p[1]], &[p[2]], &[p[3]], 45.0).unwrap();
        let mut layer = Layer::<f32>::new(spec, dt, 1).unwrap();
        let recorded = rows(&format!("simulators/bindsnet/{name}.csv"));
        assert!(recorded.len() >= 300);
        for (step, row) in recorded.iter().enumerate() {
            layer.step(&[p[4] as f32]).unwrap();
            assert_eq!(layer.v(0)[0], row[1] as f32, "{name}: v in step {step}");
            assert_eq!(layer.u(0)[0], row[2] as f32, "{name}: u in step {step}");
            assert_eq!(layer.spikes(0).len(), row[3] as usize, "{name}: spike in step {step}");
        }
    }
}

/// The seven cell types in turn under inputs \[mV/ms\] between 6 and 20.
fn cells(n: usize, peak: f64) -> (Vec<Neuron>, Vec<f64>) {
    let neurons = (0..n).map(|i| CELL_TYPES[i % CELL_TYPES.len()].neuron.with_peak(peak)).collect();
    (neurons, (0..n).map(|i| 6.0 + (i * 5 % 15) as f64).collect())
}

#[test]
fn without_weights_a_scheme_is_that_of_the_registry_bit_for_bit() {
    let (dt, steps) = (0.1, 3000);
    let operator_form = [LayerScheme::Evolution1, LayerScheme::Evolution2];
    let others =
        LayerScheme::ALL.into_iter().filter(|scheme| !scheme.locates_spikes() && !operator_form.contains(scheme));
    for scheme in others {
        let (neurons, input) = cells(40, if scheme == LayerScheme::BindsNet { 45.0 } else { 30.0 });
        let mut spec = LayerSpec::new(neurons.clone());
        spec.scheme = scheme;
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
            let id: SchemeId = scheme.name().parse().unwrap();
            let mut alone = id.build(&Setup { neuron: *neuron, dt, steps, initial, lbound: None }).unwrap();
            let mut last = initial;
            let trajectory = run(alone.as_mut(), &problem, dt, |row| last = row.state);
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
    for scheme in [LayerScheme::Evolution1, LayerScheme::Evolution2] {
        let (neurons, input) = cells(7, 30.0);
        for (neuron, input) in neurons.into_iter().zip(input) {
            let mut spec = LayerSpec::new(vec![neuron]);
            spec.scheme = scheme;
            let mut layer = Layer::<f64>::new(spec, dt, 1).unwrap();
            let initial = neuron.resting_start();
            let stimulus = Stimulus::constant(input);
            let problem = Problem { neuron, stimulus, initial, duration: dt * steps as f64 };
            let id: SchemeId = scheme.name().parse().unwrap();
            let mut alone = id.build(&Setup { neuron, dt, steps, initial, lbound: None }).unwrap();
            let (mut from, mut spikes) = (initial, 0);
            run(alone.as_mut(), &problem, dt, |row| {
                layer.set_state(0, &[from.v], &[from.u]).unwrap();
                layer.step(&[input]).unwrap();
                assert_eq!(layer.spikes(0).len(), usize::from(row.spike), "{scheme}");
                let (v, u) = (layer.v(0)[0] - row.state.v, layer.u(0)[0] - row.state.u);
                assert!(v.abs() < 1e-12 * row.state.v.abs().max(1.0) && u.abs() < 1e-12, "{scheme}: {v:e} {u:e}");
                spikes += layer.spikes(0).len();
                from = row.state;
            });
            assert!(spikes > 2);
        }
    }
}

#[test]
fn located_schemes_are_those_of_a_population() {
    let (neurons, input) = cells(40, 30.0);
    let states: Vec<State> = neurons.iter().map(Neuron::resting_start).collect();
    for (scheme, stepper) in [
        (LayerScheme::Rk4Located, Stepper::Rk4Located),
        (LayerScheme::Projective6, Stepper::Projective6),
        (LayerScheme::Projective8, Stepper::Projective8),
    ] {
        let mut spec = LayerSpec::new(neurons.clone());
        spec.scheme = scheme;
        let mut layer = Layer::<f64>::new(spec.clone(), 0.5, 1).unwrap();
        let mut single = Layer::<f32>::new(spec, 0.5, 1).unwrap();
        let mut population = Population::new(stepper, &neurons, &states).unwrap();
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

/// A network of `n` that fires, with traces.
fn active(n: usize, scheme: LayerScheme, weights: RandomWeights) -> LayerSpec {
    let mut spec = LayerSpec::random(n, 0.8, weights, 11).unwrap();
    spec.scheme = scheme;
    spec.traces = Some(Traces { additive: true, ..Traces::default() });
    spec.lbound = Some(-90.0);
    spec
}

/// Input that differs from neuron to neuron and step to step, in multiples of 1/8 so that single precision holds it.
fn drive(step: u64, i: usize) -> f64 {
    ((step as usize * 7919 + i * 104_729) % 160) as f64 / 8.0
}

fn feed<T: Real>(step: u64, input: &mut [T]) -> spikestep::Result<()> {
    input.iter_mut().enumerate().for_each(|(i, x)| *x = T::of(drive(step, i)));
    Ok(())
}

/// 10 mV/ms for every neuron in every step.
fn constant<T: Real>(_: u64, input: &mut [T]) -> spikestep::Result<()> {
    input.fill(T::of(10.0));
    Ok(())
}

/// v, u, traces of all rows, bit by bit.
fn everything<T: Real>(layer: &Layer<T>) -> Vec<u64> {
    let rows = 0..layer.batch();
    let all = rows.flat_map(|row| {
        [Variable::V, Variable::U, Variable::Spike, Variable::Trace].into_iter().flat_map(move |x| layer.values(x, row))
    });
    all.map(|x| x.double().to_bits()).collect()
}

#[test]
fn permuting_the_neurons_permutes_the_result() {
    let n = 90;
    for scheme in [LayerScheme::BindsNet, LayerScheme::Rk4, LayerScheme::Projective6] {
        let mut spec = active(n, scheme, RandomWeights::Dense);
        // Multiples of 1/64 add up without rounding, so that the order of summation does not matter.
        let round = |w: f64| (w * 64.0).round() / 64.0;
        let w = spec.lateral.take().unwrap();
        let to = |i: usize| (i * 37 + 5) % n; // 37 and 90 have no common factor
        let mut moved = spec.clone();
        for i in 0..n {
            moved.neurons[to(i)] = spec.neurons[i];
        }
        let pairs = || (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        spec.lateral = Some(Weights::sparse(n, n, pairs().map(|(i, j)| (i, j, round(w.get(i, j))))).unwrap());
        moved.lateral = Some(Weights::sparse(n, n, pairs().map(|(i, j)| (to(i), to(j), round(w.get(i, j))))).unwrap());
        let (mut a, mut b) = (Layer::<f64>::new(spec, 0.5, 1).unwrap(), Layer::<f64>::new(moved, 0.5, 1).unwrap());
        let mut spikes = 0;
        for step in 0..300 {
            let input: Vec<f64> = (0..n).map(|i| drive(step, i)).collect();
            let mut permuted = vec![0.0; n];
            (0..n).for_each(|i| permuted[to(i)] = input[i]);
            a.step(&input).unwrap();
            b.step(&permuted).unwrap();
            spikes += a.spikes(0).len();
        }
        assert!(spikes > 100, "{scheme}: {spikes}");
        for variable in [Variable::V, Variable::U, Variable::Trace] {
            let (a, b) = (a.values(variable, 0), b.values(variable, 0));
            (0..n).for_each(|i| assert_eq!(a[i], b[to(i)], "{scheme} {variable:?} {i}"));
        }
    }
}

#[test]
fn rows_of_equal_inputs_are_equal_and_those_of_a_run_alone() {
    fn check<T: Real>(scheme: LayerScheme) {
        let spec = active(130, scheme, RandomWeights::Dense);
        let mut alone = Layer::<T>::new(spec.clone(), 0.5, 1).unwrap();
        let mut batch = Layer::<T>::new(spec, 0.5, 3).unwrap();
        alone.run(200, feed).unwrap();
        let n = alone.n();
        // The middle row has no input.
        let fill = |step: u64, input: &mut [T]| {
            for (k, x) in input.iter_mut().enumerate() {
                *x = if k / n == 1 { T::zero() } else { T::of(drive(step, k % n)) };
            }
            Ok(())
        };
        batch.run(200, fill).unwrap();
        for variable in [Variable::V, Variable::U, Variable::Trace] {
            let expected = alone.values(variable, 0);
            assert_eq!(batch.values(variable, 0), expected, "{scheme}");
            assert_eq!(batch.values(variable, 2), expected, "{scheme}");
            assert_ne!(batch.values(variable, 1), expected, "{scheme}");
        }
    }
    for scheme in LayerScheme::ALL {
        check::<f64>(scheme);
        check::<f32>(scheme);
    }
}

#[test]
fn sparse_weights_are_the_dense_ones_with_their_zeros() {
    for scheme in [LayerScheme::BindsNet, LayerScheme::Projective8] {
        let sparse = active(300, scheme, RandomWeights::Sparse(0.1));
        let weights = sparse.lateral.as_ref().unwrap();
        let entries = weights.values().len() as f64;
        // Binomial: 90000 pairs at 0.1, standard deviation 90.
        assert!((entries - 9000.0).abs() < 5.0 * 90.0, "{entries}");
        let mut dense = sparse.clone();
        dense.lateral = Some(weights.to_dense());
        assert_eq!(dense.lateral.as_ref().unwrap().to_sparse(), *weights);
        let (mut a, mut b) = (Layer::<f64>::new(sparse, 1.0, 1).unwrap(), Layer::<f64>::new(dense, 1.0, 1).unwrap());
        a.run(200, feed).unwrap();
        b.run(200, feed).unwrap();
        assert_eq!(everything(&a), everything(&b), "{scheme}");
        assert!(a.values(Variable::Trace, 0).iter().filter(|x| **x > 0.0).count() > 100);
    }
}

#[test]
fn threads_and_single_steps_change_nothing() {
    fn check<T: Real>(scheme: LayerScheme, weights: RandomWeights) {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let spec = active(700, scheme, weights);
        let steps = 200; // 140 000 neuron-steps a row: beyond what is left to one thread
        let ran = |threads| {
            let mut layer = Layer::<T>::new(spec.clone(), 0.5, 2).unwrap();
            pool(threads).install(|| layer.run(steps, feed)).unwrap();
            everything(&layer)
        };
        let one = ran(1);
        assert_eq!(one, ran(2), "{scheme}");
        assert_eq!(one, ran(5), "{scheme}");
        let mut layer = Layer::<T>::new(spec.clone(), 0.5, 2).unwrap();
        let mut input = vec![T::zero(); 1400];
        for step in 0..steps {
            feed(step, &mut input).unwrap();
            layer.step(&input).unwrap();
        }
        assert_eq!(one, everything(&layer), "{scheme}");
        assert_eq!((layer.steps(), layer.time()), (steps, 100.0));
    }
    for scheme in [LayerScheme::BindsNet, LayerScheme::Evolution2, LayerScheme::Projective6] {
        check::<f64>(scheme, RandomWeights::Dense);
        check::<f32>(scheme, RandomWeights::Sparse(0.2));
    }
}

#[test]
fn reset_and_another_batch_begin_again() {
    for scheme in LayerScheme::ALL {
        let mut spec = active(70, scheme, RandomWeights::Dense);
        spec.sum_input = true;
        let mut layer = Layer::<f64>::new(spec, 0.5, 1).unwrap();
        let start = everything(&layer);
        layer.run(100, feed).unwrap();
        let first = everything(&layer);
        assert!(layer.values(Variable::Summed, 0).iter().all(|x| *x != 0.0));
        layer.reset();
        assert_eq!(everything(&layer), start, "{scheme}");
        assert_eq!((layer.time(), layer.values(Variable::Summed, 0)), (0.0, vec![0.0; 70]));
        layer.run(100, feed).unwrap();
        assert_eq!(everything(&layer), first, "{scheme}");
        layer.set_batch(3).unwrap();
        assert_eq!(everything(&layer), [&start[..], &start, &start].concat(), "{scheme}");
        layer.set_batch(1).unwrap();
        layer.run(100, feed).unwrap();
        assert_eq!(everything(&layer), first, "{scheme}");
    }
}

#[test]
fn traces_decay_and_are_set_or_added() {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0);
    let mut spec = LayerSpec::new(vec![neuron]);
    for additive in [false, true] {
        spec.traces = Some(Traces { tc: 15.0, scale: 0.75, additive });
        let mut layer = Layer::<f64>::new(spec.clone(), 0.5, 1).unwrap();
        let mut expected: f64 = 0.0;
        let decay = (-0.5f64 / 15.0).exp();
        let mut spikes = 0;
        for _ in 0..400 {
            layer.step(&[15.0]).unwrap();
            expected *= decay;
            if !layer.spikes(0).is_empty() {
                spikes += 1;
                expected = if additive { expected + 0.75 } else { 0.75 };
            }
            assert_eq!(layer.values(Variable::Trace, 0), [expected]);
        }
        assert!(spikes > 3);
    }
}

#[test]
fn the_lower_bound_holds_in_every_scheme() {
    for scheme in LayerScheme::ALL {
        let mut spec = LayerSpec::new(vec![Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0); 3]);
        spec.scheme = scheme;
        spec.lbound = Some(-70.0);
        let mut layer = Layer::<f64>::new(spec, 0.5, 1).unwrap();
        (0..50).for_each(|_| layer.step(&[-40.0, 2.0, -40.0]).unwrap());
        let v = layer.v(0);
        // Schemes in W = 0.04 v + 2.5 hold the bound to the rounding of W.
        assert!((v[0] + 70.0).abs() < 1e-12 && v[2] == v[0] && v[1] > -70.0, "{scheme}: {v:?}");
    }
}

#[test]
fn divergence_is_flagged_and_stays_where_it_is() {
    let rs = Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0);
    let neurons = vec![rs, Neuron { a: -200.0, ..rs }, rs];
    for scheme in LayerScheme::ALL {
        let mut spec = LayerSpec::new(neurons.clone());
        spec.scheme = scheme;
        let mut layer = Layer::<f64>::new(spec, 0.5, 1).unwrap();
        layer.run(400, constant).unwrap();
        assert!(layer.diverged_at(0, 1).is_some_and(|t| t > 0.0 && t <= 200.0), "{scheme}");
        assert_eq!((layer.diverged_at(0, 0), layer.v(0)[0]), (None, layer.v(0)[2]), "{scheme}");
        layer.reset();
        assert_eq!(layer.diverged_at(0, 1), None);
    }
}

#[test]
fn random_layers_have_bindsnets_distributions() {
    let spec = LayerSpec::random(1000, 0.8, RandomWeights::Dense, 3).unwrap();
    assert_eq!(spec, LayerSpec::random(1000, 0.8, RandomWeights::Dense, 3).unwrap());
    assert_ne!(spec, LayerSpec::random(1000, 0.8, RandomWeights::Dense, 4).unwrap());
    let weights = spec.lateral.as_ref().unwrap();
    let (mut excitatory, mut inhibitory) = (0.0, 0.0);
    for (i, n) in spec.neurons.iter().enumerate() {
        assert_eq!(spec.excitatory[i], i < 800);
        // r from c and d, or from a and b, must be the same r in [0, 1).
        let (r, again) = if i < 800 {
            assert_eq!((n.a, n.b), (0.02, 0.2));
            (((n.c + 65.0) / 15.0).sqrt(), ((8.0 - n.d) / 6.0).sqrt())
        } else {
            assert_eq!((n.c, n.d), (-65.0, 2.0));
            ((n.a - 0.02) / 0.08, (0.25 - n.b) / 0.05)
        };
        // c and d lose digits where r² is small against 65: √(1e-14) at worst.
        assert!((0.0..1.0).contains(&r) && (r - again).abs() < 1e-6, "{i}: {r} {again}");
        let sum: f64 = (0..1000).map(|j| weights.get(i, j)).sum();
        assert!((0..1000).all(|j| if i < 800 {
            (0.0..0.5).contains(&weights.get(i, j))
        } else {
            weights.get(i, j) <= 0.0
        }));
        *(if i < 800 { &mut excitatory } else { &mut inhibitory }) += sum;
    }
    // Means 1/4 and −1/2 of 8e5 and 2e5 uniform weights with standard deviations of 0.144 and 0.289: five standard errors.
    assert!((excitatory / 8e5 - 0.25).abs() < 5.0 * 0.144 / 8e5f64.sqrt());
    assert!((inhibitory / 2e5 + 0.5).abs() < 5.0 * 0.289 / 2e5f64.sqrt());
    for (fraction, count) in [(0.0, 0), (1.0, 50), (0.5, 25)] {
        let spec = LayerSpec::random(50, fraction, RandomWeights::None, 1).unwrap();
        assert_eq!(spec.excitatory.iter().filter(|yes| **yes).count(), count);
        assert!(spec.lateral.is_none());
    }
}

#[test]
fn bad_input_gets_a_message() {
    let told = |change: &dyn Fn(&mut LayerSpec)| {
        let mut spec = LayerSpec::random(6, 0.5, RandomWeights::Dense, 1).unwrap();
        change(&mut spec);
        Layer::<f64>::new(spec, 1.0, 1).unwrap_err().to_string()
    };
    assert!(told(&|s| s.shape = vec![2, 2]).contains("product is 6"));
    assert!(told(&|s| s.neurons.clear()).contains("at least one neuron"));
    assert!(told(&|s| s.excitatory.clear()).contains("number of labels"));
    assert!(told(&|s| s.rest = 50.0).contains("below the peak"));
    assert!(told(&|s| s.lbound = Some(-60.0)).contains("at most rest"));
    assert!(told(&|s| s.neurons[2].a = f64::NAN).contains("neuron parameter a"));
    assert!(told(&|s| s.traces = Some(Traces { tc: 0.0, ..Traces::default() })).contains("tc is 0"));
    assert!(told(&|s| s.lateral = Some(Weights::dense(2, 6, vec![0.0; 12]).unwrap())).contains("2 × 6"));
    let message = |result: spikestep::Result<LayerSpec>| result.unwrap_err().to_string();
    assert!(message(LayerSpec::random(6, 1.5, RandomWeights::None, 1)).contains("excitatory fraction is 1.5"));
    assert!(message(LayerSpec::random(6, f64::NAN, RandomWeights::None, 1)).contains("excitatory fraction"));
    for p in [0.0, -0.1, 1.1, f64::NAN] {
        assert!(
            message(LayerSpec::random(6, 0.5, RandomWeights::Sparse(p), 1)).contains("connection probability"),
            "{p}"
        );
    }
    assert!(message(LayerSpec::from_parameters(&[0.02], &[], &[-65.0], &[8.0], 45.0)).contains("values of b is 0"));
    assert!("bindsnett".parse::<LayerScheme>().unwrap_err().to_string().contains("did you mean 'bindsnet'"));

    let weights = |result: spikestep::Result<Weights<f64>>| result.unwrap_err().to_string();
    assert!(weights(Weights::dense(2, 3, vec![0.0; 5])).contains("2 × 3"));
    assert!(weights(Weights::dense(0, 3, vec![])).contains("0 × 3"));
    assert!(weights(Weights::dense(1, 2, vec![0.0, f64::NAN])).contains("weight 1 is NaN"));
    assert!(weights(Weights::lateral(2, &[0.0; 3])).contains("2 × 2"));
    assert!(weights(Weights::sparse(2, 2, [(0, 2, 1.0)])).contains("(0, 2)"));
    assert!(weights(Weights::sparse(2, 2, [(0, 1, 1.0), (0, 1, 2.0)])).contains("given twice"));
    assert!(weights(Weights::csr(2, 2, vec![0, 1], vec![0], vec![1.0])).contains("row starts"));
    assert!(weights(Weights::csr(1, 3, vec![0, 2], vec![2, 1], vec![1.0, 1.0])).contains("ascending targets"));

    let spec = LayerSpec::random(6, 0.5, RandomWeights::Dense, 1).unwrap();
    assert!(Layer::<f64>::new(spec.clone(), 0.0, 1).unwrap_err().to_string().contains("step dt"));
    assert!(Layer::<f64>::new(spec.clone(), 1.0, 0).unwrap_err().to_string().contains("batch is 0"));
    let mut layer = Layer::<f64>::new(spec, 1.0, 2).unwrap();
    assert!(layer.step(&[0.0; 6]).unwrap_err().to_string().contains("12, 2 rows of 6 neurons"));
    let mut input = [0.0; 12];
    input[7] = f64::INFINITY;
    assert!(layer.step(&input).unwrap_err().to_string().contains("input 7 is inf"));
    assert_eq!(layer.steps(), 0);
    assert!(layer.set_state(2, &[0.0; 6], &[0.0; 6]).unwrap_err().to_string().contains("row is 2"));
    assert!(layer.set_state(1, &[0.0; 5], &[0.0; 6]).unwrap_err().to_string().contains("values of v"));
    assert!(layer.set_batch(0).is_err());
    layer.set_state(1, &[-50.0; 6], &[-10.0; 6]).unwrap();
    assert_eq!((layer.v(0)[5], layer.v(1)[5], layer.u(1)[0]), (-65.0, -50.0, -10.0));
}
