//! Networks: what a connection delivers and when, and what monitors keep of it.

use std::io::{self, Write};

use crate::named;
use spikestep::Neuron;
use spikestep::Scheme;
use spikestep::population::layer::{LayerSpec, RandomWeights, Traces};
use spikestep::population::{Layer, Monitor, Network, Real, Variable, Weights};

/// RS with BindsNET's peak.
fn rs(n: usize) -> LayerSpec {
    LayerSpec::new(vec![Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(LayerSpec::THRESH); n])
}

/// 10 mV/ms for every neuron in every step.
fn constant<T: Real>(_: u64, input: &mut [T]) -> spikestep::Result<()> {
    input.fill(T::of(10.0));
    Ok(())
}

/// A layer whose input of `weight` in the step `at` shows when it came: the v of all steps.
fn told_at(delay: usize, spike: u64, steps: u64) -> Vec<f64> {
    let mut network = Network::<f64>::new(0.5, 1).unwrap();
    let x = network.add_input("X", 3, None).unwrap();
    let y = network.add_layer("Y", rs(2)).unwrap();
    network.connect(x, y, Weights::sparse(3, 2, [(1, 0, 25.0)]).unwrap(), delay).unwrap();
    let mut monitors = [Monitor::states(&[Variable::V]).of(y)];
    network
        .run(steps, |step, inputs| if step == spike { inputs.spike(x, 0, 1) } else { Ok(()) }, &mut monitors)
        .unwrap();
    // Nothing reaches the other neuron.
    let mut calm = Layer::<f64>::new(rs(1), 0.5, 1).unwrap();
    for v in monitors[0].series(Variable::V, 0, 1).unwrap() {
        calm.step(&[0.0]).unwrap();
        assert_eq!(v, calm.v(0)[0]);
    }
    monitors[0].series(Variable::V, 0, 0).unwrap()
}

#[test]
fn a_spike_arrives_its_delay_later_for_one_step() {
    for delay in [1, 2, 7] {
        for spike in [0, 3] {
            let v = told_at(delay, spike, 30);
            // The same current by hand.
            let mut layer = Layer::<f64>::new(rs(1), 0.5, 1).unwrap();
            for (step, v) in v.iter().enumerate() {
                layer.step(&[if step as u64 == spike + delay as u64 { 25.0 } else { 0.0 }]).unwrap();
                assert_eq!(layer.v(0)[0], *v, "delay {delay}, spike in {spike}, step {step}");
            }
        }
    }
}

#[test]
fn a_longer_delay_shifts_the_input_by_steps() {
    // Neurons at the equilibrium −70 mV, u = b v = −14, so that the shifted response is the same response.
    let response = |delay: usize| {
        let mut network = Network::<f64>::new(1.0, 1).unwrap();
        let x = network.add_input("X", 1, None).unwrap();
        let y = network.add_layer("Y", rs(1)).unwrap();
        network.connect(x, y, Weights::dense(1, 1, vec![30.0]).unwrap(), delay).unwrap();
        network.set_state(y, 0, &[-70.0], &[-14.0]).unwrap();
        let mut monitors = [Monitor::states(&[Variable::V, Variable::U]).of(y)];
        network.run(40, |step, inputs| if step < 2 { inputs.spike(x, 0, 0) } else { Ok(()) }, &mut monitors).unwrap();
        monitors[0].series(Variable::V, 0, 0).unwrap()
    };
    let (one, five) = (response(1), response(5));
    assert_eq!(five[..5], [-70.0; 5]);
    assert_eq!(one[0], -70.0);
    assert_eq!(one[1..36], five[5..]);
    assert!(one[1] > -60.0);
}

#[test]
fn lateral_weights_are_a_connection_of_one_step_onto_itself() {
    let mut spec = LayerSpec::random(60, 0.8, RandomWeights::Dense, 5).unwrap();
    let weights = spec.lateral.clone().unwrap();
    let mut alone = Layer::<f64>::new(spec.clone(), 1.0, 2).unwrap();
    spec.lateral = None;
    let mut network = Network::<f64>::new(1.0, 2).unwrap();
    let y = network.add_layer("Y", spec).unwrap();
    network.connect(y, y, weights, 1).unwrap();
    let mut input = vec![0.0; 120];
    for step in 0..150 {
        // With no rounding in the sum of one connection and the external input, the order of the two does not matter: x + s = s + x.
        input.iter_mut().enumerate().for_each(|(i, x)| *x = ((step * 31 + i * 17) % 19) as f64);
        alone.step(&input).unwrap();
        network.run(1, |_, inputs| inputs.current(y).map(|x| x.copy_from_slice(&input)), &mut []).unwrap();
        for row in 0..2 {
            assert_eq!(alone.v(row), network.values(y, Variable::V, row));
            assert_eq!(alone.spikes(row), network.spikes(y, row));
        }
    }
}

/// Three groups of neurons and inputs, all connected, dense and sparse, with delays; the state of all of it as bits.
fn mixed<T: Real>(scheme: &Scheme, threads: usize, pieces: &[u64]) -> Vec<u64> {
    let mut network = Network::<T>::new(0.5, 2).unwrap();
    let layer = |n, seed| {
        let mut spec = LayerSpec::random(n, 0.8, RandomWeights::Sparse(0.1), seed).unwrap();
        spec.scheme = scheme.clone();
        spec.traces = Some(Traces::default());
        spec.lbound = Some(-100.0);
        spec
    };
    let x = network.add_input("X", 40, Some(Traces::default())).unwrap();
    let a = network.add_layer("A", layer(300, 1)).unwrap();
    let b = network.add_layer("B", layer(500, 2)).unwrap();
    let weight = |pre: usize, post: usize| T::of(((pre * 13 + post * 7) % 23) as f64 / 4.0);
    let dense = |n: usize, m: usize| {
        Weights::dense(n, m, (0..n).flat_map(|i| (0..m).map(move |j| weight(i, j))).collect()).unwrap()
    };
    network.connect(x, a, dense(40, 300), 1).unwrap();
    let entries = (0..300).flat_map(|i| (0..20).map(move |k| (i, (i * 3 + k * 11) % 500, weight(i, k))));
    network.connect(a, b, Weights::sparse(300, 500, entries).unwrap(), 3).unwrap();
    network.connect(b, a, dense(500, 300).to_sparse(), 2).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        for steps in pieces {
            let feed = |step: u64, inputs: &mut spikestep::population::network::Inputs<'_, '_, T>| {
                inputs.current(b)?.fill(T::of((step % 8) as f64));
                (0..2).try_for_each(|row| inputs.spike(x, row, (step as usize * 7 + row * 3) % 40))
            };
            network.run(*steps, feed, &mut []).unwrap();
        }
    });
    let mut all = Vec::new();
    for row in 0..2 {
        all.extend(network.values(x, Variable::Trace, row));
        for node in [a, b] {
            for variable in [Variable::V, Variable::U, Variable::Spike, Variable::Trace] {
                all.extend(network.values(node, variable, row));
            }
        }
    }
    assert!(network.values(b, Variable::Trace, 0).iter().filter(|x| **x > T::zero()).count() > 50);
    all.into_iter().map(|x| x.double().to_bits()).collect()
}

#[test]
fn threads_and_pieces_change_nothing() {
    for scheme in &[named("bindsnet"), named("rk4+located")] {
        let one = mixed::<f64>(scheme, 1, &[200]);
        assert_eq!(one, mixed::<f64>(scheme, 2, &[200]), "{scheme}");
        assert_eq!(one, mixed::<f64>(scheme, 3, &[1, 119, 80]), "{scheme}");
        let one = mixed::<f32>(scheme, 1, &[200]);
        assert_eq!(one, mixed::<f32>(scheme, 2, &[200]), "{scheme}");
    }
}

#[test]
fn reset_and_batch_begin_again_and_inputs_have_traces() {
    let mut network = Network::<f64>::new(1.0, 1).unwrap();
    let x = network.add_input("X", 2, Some(Traces { tc: 10.0, scale: 1.0, additive: false })).unwrap();
    let y = network.add_layer("Y", rs(3)).unwrap();
    let c = network.connect(x, y, Weights::dense(2, 3, vec![30.0; 6]).unwrap(), 2).unwrap();
    let run = |network: &mut Network<f64>| {
        let feed = |step: u64, inputs: &mut spikestep::population::network::Inputs<'_, '_, f64>| {
            // Told twice, it spikes once.
            (0..2).try_for_each(|_| if step < 3 { inputs.spike(x, 0, 1) } else { Ok(()) })
        };
        network.run(5, feed, &mut []).unwrap();
        (network.values(x, Variable::Trace, 0), network.values(y, Variable::V, 0))
    };
    let first = run(&mut network);
    // Set to 1 in step 2, decayed twice.
    let decay = (-0.1f64).exp();
    assert_eq!(first.0, [0.0, decay * decay]);
    assert_ne!(first.1, run(&mut network).1);
    network.reset();
    assert_eq!((network.steps(), network.time()), (0, 0.0));
    assert_eq!(network.values(x, Variable::Trace, 0), [0.0; 2]);
    assert_eq!(run(&mut network), first);
    network.set_batch(2).unwrap();
    assert_eq!(run(&mut network), first);
    // The second row was told nothing.
    assert_ne!(network.values(y, Variable::V, 1), first.1);
    network.reset();
    network.connection_mut(c).weights_mut().values_mut().fill(0.0);
    assert_eq!(run(&mut network).1, network.values(y, Variable::V, 1));
    assert_eq!((network.connection(c).delay(), network.connection(c).source(), network.find("Y").unwrap()), (2, x, y));
}

#[test]
fn monitors_record_chosen_neurons_to_memory_and_csv() {
    let mut spec = LayerSpec::random(50, 0.8, RandomWeights::Dense, 9).unwrap();
    spec.traces = Some(Traces::default());
    let mut layer = Layer::<f32>::new(spec, 1.0, 2).unwrap();
    let (mut states, mut spikes) = (Vec::new(), Vec::new());
    let all = [Variable::V, Variable::U, Variable::Spike, Variable::Trace];
    let mut monitors = [
        Monitor::states(&all).neurons(&[7, 3, 7]),
        Monitor::states(&all).neurons(&[3, 7]).csv("states.csv", &mut states),
        Monitor::spikes(),
        Monitor::spikes().csv("spikes.csv", &mut spikes),
        Monitor::states(&[Variable::U]).every(10).keep_last(3),
        Monitor::spikes().keep_last(20),
    ];
    let mut expected = Vec::new();
    let mut fired = Vec::new();
    for _ in 0..100 {
        layer.run_recorded(1, constant, &mut monitors).unwrap();
        expected.push(all.map(|variable| f64::from(layer.values(variable, 1)[7])));
        fired.extend((0..2).flat_map(|row| layer.spikes(row).iter().map(move |spike| (row, *spike))));
    }
    for (k, variable) in all.into_iter().enumerate() {
        let column: Vec<f64> = expected.iter().map(|values| values[k]).collect();
        assert_eq!(monitors[0].series(variable, 1, 7), Some(column));
    }
    assert_eq!(monitors[0].series(Variable::V, 1, 5), None);
    assert_eq!(monitors[0].series(Variable::Summed, 1, 7), None);
    assert_eq!(monitors[2].recorded_spikes(), fired);
    assert!(fired.len() > 50);
    assert_eq!(monitors[4].steps(), [70, 80, 90]);
    let late: Vec<_> = fired.iter().copied().filter(|(_, spike)| spike.t > 80.0).collect();
    assert_eq!(monitors[5].recorded_spikes(), late);
    drop(monitors);
    let text = String::from_utf8(states).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("step,batch,neuron,v_mV,u,spike,trace"));
    let read: Vec<Vec<f32>> = lines.map(|line| line.split(',').map(|x| x.parse().unwrap()).collect()).collect();
    assert_eq!(read.len(), 100 * 2 * 2);
    for (step, values) in expected.iter().enumerate() {
        let line = &read[step * 4 + 3];
        assert_eq!(line[..3], [step as f32, 1.0, 7.0]);
        // Read back in single precision, they are the very numbers.
        assert!(line[3..].iter().zip(values).all(|(x, y)| f64::from(*x) == *y), "{step}");
    }
    assert_eq!(String::from_utf8(spikes).unwrap().lines().count(), 1 + fired.len());
}

/// Counts bytes and forgets them.
struct Count<'a>(&'a mut u64, &'a mut usize);

impl Write for Count<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        *self.0 += bytes.len() as u64;
        *self.1 = bytes.len().max(*self.1);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn recording_to_csv_keeps_nothing() {
    let (mut bytes, mut largest) = (0, 0);
    let (mut more_bytes, mut more_largest) = (0, 0);
    for (steps, bytes, largest) in [(10, &mut bytes, &mut largest), (2000, &mut more_bytes, &mut more_largest)] {
        let mut layer = Layer::<f64>::new(rs(100), 1.0, 1).unwrap();
        let mut monitors = [Monitor::states(&[Variable::V]).csv("v.csv", Count(bytes, largest))];
        layer.run_recorded(steps, constant, &mut monitors).unwrap();
        assert!(monitors[0].steps().is_empty() && monitors[0].series(Variable::V, 0, 0).is_none());
    }
    // Written as it comes: 200 times the steps in pieces no larger than before, never a step as a whole.
    assert!(more_bytes > 150 * bytes && more_largest <= 2 * largest && more_largest < 100, "{more_largest} {largest}");
}

/// Resident memory of the process \[MB\], the largest so far.
#[cfg(target_os = "linux")]
fn most_resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// A million steps of a thousand neurons: their 2 million spikes and more straight to CSV, v of ten of them as well.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "some ten seconds; alone in its process: cargo test --test networks -- --ignored bounded_memory"]
fn a_million_steps_of_a_thousand_neurons_are_recorded_in_bounded_memory() {
    let (mut bytes, mut largest) = (0, 0);
    let (mut states, mut largest_state) = (0, 0);
    let mut layer = Layer::<f32>::new(rs(1000), 0.1, 1).unwrap();
    let ten: Vec<u32> = (0..10).map(|i| 100 * i).collect();
    let mut monitors = [
        Monitor::spikes().csv("spikes.csv", Count(&mut bytes, &mut largest)),
        Monitor::states(&[Variable::V]).neurons(&ten).csv("v.csv", Count(&mut states, &mut largest_state)),
    ];
    layer.run_recorded(1000, constant, &mut monitors).unwrap();
    let before = most_resident();
    layer.run_recorded(1_000_000, constant, &mut monitors).unwrap();
    let grown = most_resident() - before;
    drop(monitors);
    assert!(bytes > 2_000_000 * 10 && states > 10_000_000 * 10, "{bytes} {states}");
    // What was written is hundreds of MB; a step of the layer holds some 50 kB, and all of it was there before.
    assert!(grown < 4.0, "{grown} MB");
}

struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("no space left"))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn bad_input_gets_a_message() {
    let said = |error: spikestep::Error| error.to_string();
    assert!(said(Network::<f64>::new(-1.0, 1).unwrap_err()).contains("step dt is -1"));
    assert!(said(Network::<f64>::new(1.0, 0).unwrap_err()).contains("batch is 0"));
    let mut network = Network::<f64>::new(1.0, 1).unwrap();
    let x = network.add_input("X", 2, None).unwrap();
    let y = network.add_layer("Layer", rs(3)).unwrap();
    assert!(said(network.add_input("X", 2, None).unwrap_err()).contains("name is 'X'"));
    assert!(said(network.add_layer("", rs(1)).unwrap_err()).contains("name is ''"));
    assert!(said(network.add_input("Z", 0, None).unwrap_err()).contains("number of inputs is 0"));
    assert!(said(network.find("Lyer").unwrap_err()).contains("did you mean 'Layer'"));
    assert!(said(network.layer(x).unwrap_err()).contains("'X'"));
    let weights = |pre, post| Weights::dense(pre, post, vec![1.0; pre * post]).unwrap();
    assert!(said(network.connect(x, y, weights(3, 2), 1).unwrap_err()).contains("allowed: 2 × 3"));
    assert!(said(network.connect(x, y, weights(2, 3), 0).unwrap_err()).contains("at least one step"));
    assert!(said(network.connect(y, x, weights(3, 2), 1).unwrap_err()).contains("onto inputs"));
    let mut other = Network::<f64>::new(1.0, 1).unwrap();
    for name in ["a", "b", "c"] {
        other.add_layer(name, rs(1)).unwrap();
    }
    let foreign = other.find("c").unwrap();
    assert!(said(network.connect(x, foreign, weights(2, 3), 1).unwrap_err()).contains("of this network"));

    let error = |network: &mut Network<f64>, monitor: Monitor<'_>| {
        said(network.run(1, |_, _| Ok(()), &mut [monitor]).unwrap_err())
    };
    assert!(error(&mut network, Monitor::spikes().of(foreign)).contains("layer of a monitor"));
    assert!(
        error(&mut network, Monitor::spikes().of(y).neurons(&[3]))
            .contains("neuron of a monitor is 3; allowed: 0 to 2")
    );
    assert!(
        error(&mut network, Monitor::states(&[Variable::V]).of(y).csv("full.csv", Full))
            .contains("cannot write full.csv")
    );
    let before = network.steps();
    let fed = network.run(1, |_, inputs| inputs.spike(x, 0, 2), &mut []).unwrap_err();
    assert!(said(fed).contains("row 0, input 2"));
    assert!(said(network.run(1, |_, inputs| inputs.spike(y, 0, 0), &mut []).unwrap_err()).contains("'Layer'"));
    assert!(said(network.run(1, |_, inputs| inputs.current(x).map(drop), &mut []).unwrap_err()).contains("'X'"));
    let infinite = network.run(1, |_, inputs| inputs.current(y).map(|x| x[1] = f64::NAN), &mut []).unwrap_err();
    assert!(said(infinite).contains("input 1 is NaN"));
    assert_eq!(network.steps(), before);
    // What was told for a step that failed is not told to the next one.
    let mixed = |_, inputs: &mut spikestep::population::network::Inputs<'_, '_, f64>| {
        inputs.current(y)?.fill(0.0);
        inputs.spike(x, 0, 1)?;
        inputs.spike(x, 0, 5)
    };
    assert!(network.run(1, mixed, &mut []).is_err());
    network.run(1, |_, _| Ok(()), &mut []).unwrap();
    assert!(network.spikes(x, 0).is_empty());
}
