//! Networks solved event by event: against 25 digits, against one neuron alone, and against themselves.

use std::collections::BTreeMap;

use spikestep::population::Delivery;
use spikestep::population::exact::{CoupledNeurons, DoubtKind, Edge, NetworkTruth, run_on_grid, solve};
use spikestep::scheme::projective::Advancing;
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, Sinusoid, State, Stimulus};

use crate::common::reference;
use crate::named;

const RS: Neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
const FS: Neuron = Neuron::new(0.1, 0.2, -65.0, 2.0);

/// Neurons at rest under constant inputs.
fn coupled(neurons: &[Neuron], inputs: &[f64], edges: Vec<Edge>, delivery: Delivery, duration: f64) -> CoupledNeurons {
    let initial = neurons.iter().map(Neuron::resting_start).collect();
    let inputs = inputs.iter().map(|input| Stimulus::constant(*input)).collect();
    CoupledNeurons::new(neurons.to_vec(), initial, inputs, edges, delivery, duration).unwrap()
}

fn edge(pre: u32, post: u32, weight: f64, delay: f64) -> Edge {
    Edge { pre, post, weight, delay }
}

/// A random number in 0 to 1, the same everywhere (the golden ratio's multiples are spread evenly).
fn spread(i: usize) -> f64 {
    (0.618_033_988_749_895 * (i + 1) as f64).fract()
}

/// A sparse network of so many neurons, a fifth of them inhibitory, with charges of `scale` \[mV\].
fn sparse(n: usize, inputs: usize, scale: f64, delivery: Delivery, duration: f64) -> CoupledNeurons {
    let inhibitory = |i: usize| i % 5 == 4;
    let neurons: Vec<Neuron> = (0..n).map(|i| if inhibitory(i) { FS } else { RS }).collect();
    let drive: Vec<f64> = (0..n).map(|i| 4.0 + 8.0 * spread(i)).collect();
    let edges = (0..n * inputs).map(|k| {
        let (post, pre) = (k / inputs, (k * 7919 + k / inputs) % n);
        let weight = if inhibitory(pre) { -2.0 } else { 0.5 } * scale * (0.5 + spread(k));
        edge(pre as u32, post as u32, weight, 1.0 + 2.0 * spread(3 * k))
    });
    coupled(&neurons, &drive, edges.collect(), delivery, duration)
}

/// Spike times of one neuron.
fn train(truth: &NetworkTruth, neuron: u32) -> Vec<f64> {
    truth.spikes.iter().filter(|spike| spike.neuron == neuron).map(|spike| spike.time).collect()
}

/// The largest difference of two solutions before `until` \[ms\], in which there must be the same spikes.
fn difference(a: &NetworkTruth, b: &NetworkTruth, until: f64) -> f64 {
    let trains = |truth: &NetworkTruth| {
        let mut trains: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        // A spike at the very end may be on either side of it.
        let before = truth.spikes.iter().filter(|spike| spike.time < until - 1e-3);
        before.for_each(|spike| trains.entry(spike.neuron).or_default().push(spike.time));
        trains
    };
    let (a, b) = (trains(a), trains(b));
    let counts = |trains: &BTreeMap<u32, Vec<f64>>| trains.iter().map(|(i, t)| (*i, t.len())).collect::<Vec<_>>();
    assert_eq!(counts(&a), counts(&b));
    a.values().flatten().zip(b.values().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Two neurons that reach each other, against 25 digits (tests/reference/network/two_neurons.py): every spike is within its own estimate,
/// and that within what the run was asked for, once for either neuron.
#[test]
fn two_neurons_are_those_of_25_digits() {
    let cases = [
        ("two_charge", [12.0, -6.0], Delivery::Charge),
        ("two_current", [30.0, -20.0], Delivery::Exponential { tau: 5.0 }),
    ];
    for (name, [there, back], delivery) in cases {
        let edges = vec![edge(0, 1, there, 1.5), edge(1, 0, back, 0.75)];
        let network = coupled(&[RS, FS], &[10.0, 6.0], edges, delivery, 200.0);
        let text = std::fs::read_to_string(reference(&format!("network/{name}.csv"))).unwrap();
        let exact: Vec<(u32, f64)> = text
            .lines()
            .skip(1)
            .map(|line| {
                let (neuron, time) = line.split_once(',').unwrap();
                (neuron.parse().unwrap(), time.parse().unwrap())
            })
            .collect();
        for tolerance in [1e-3, 1e-6, 1e-9] {
            let truth = solve(&network, tolerance).unwrap();
            assert_eq!(truth.spikes.len(), exact.len(), "{name}");
            for (spike, (neuron, time)) in truth.spikes.iter().zip(&exact) {
                assert_eq!(spike.neuron, *neuron, "{name} {time}");
                let error = (spike.time - time).abs();
                assert!(
                    error <= spike.error && spike.error <= 2.0 * tolerance,
                    "{name} {tolerance}: {error:e} {spike:?}"
                );
            }
            assert_eq!((truth.known_until(2.0 * tolerance), truth.lost_at), (200.0, None));
        }
    }
}

/// What arrives at a neuron, recorded and given to it alone: the same spikes, to the tolerance; and the sender is as by the taylor solver.
#[test]
fn a_neuron_under_recorded_arrivals_is_solved_as_alone() {
    let edges = vec![edge(0, 1, 9.0, 2.0), edge(0, 1, -4.0, 5.5)];
    let truth = solve(&coupled(&[FS, RS], &[9.0, 5.0], edges, Delivery::Charge, 300.0), 1e-9).unwrap();
    let (sent, received) = (train(&truth, 0), train(&truth, 1));
    let sender =
        Problem { neuron: FS, stimulus: Stimulus::constant(9.0), initial: FS.resting_start(), duration: 300.0 };
    let alone = taylor::solve(&sender, taylor::TOLERANCE);
    assert_eq!(sent.len(), alone.spikes.len());
    assert!(sent.iter().zip(alone.spikes.times()).all(|(a, b)| (a - b).abs() <= 1e-9));

    let mut jumps: Vec<(f64, f64)> = sent.iter().flat_map(|t| [(t + 2.0, 9.0), (t + 5.5, -4.0)]).collect();
    jumps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut neuron = Advancing::new(&RS, RS.resting_start(), 300.0, 1e-9).unwrap();
    let input = Stimulus::constant(5.0);
    for (time, charge) in jumps.into_iter().filter(|jump| jump.0 < 300.0) {
        neuron.advance(time, &input);
        neuron.jump(charge, 0.0);
    }
    neuron.advance(300.0, &input);
    // The steps are others, as those of the network end at its windows.
    assert!(received.len() == 5 && neuron.spikes().len() == 5, "{received:?}");
    assert!(neuron.spikes().iter().zip(&received).all(|(a, b)| (a - b).abs() <= 1e-9), "{received:?}");
}

/// A chain passes one spike on: each is as late as its charge takes, and the last knows of the errors of all before it.
#[test]
fn a_chain_passes_a_spike_on() {
    let n = 50;
    // 30 mV at rest makes any RS neuron spike.
    let edges = (0..n - 1).map(|i| edge(i, i + 1, 30.0, 1.25)).collect();
    let mut inputs = vec![0.0; n as usize];
    inputs[0] = 10.0;
    let truth = solve(&coupled(&vec![RS; n as usize], &inputs, edges, Delivery::Charge, 200.0), 1e-9).unwrap();
    let first: Vec<f64> = (0..n).map(|i| train(&truth, i)[0]).collect();
    let lags: Vec<f64> = first.windows(2).map(|w| w[1] - w[0]).collect();
    // All links after the first see a neuron in nearly the same state: rest is reached from (−65, −13) like a decay over 1/a = 50 ms.
    assert!(lags[1..].windows(2).all(|w| (w[1] - w[0]).abs() < 0.05 && w[1] > 1.25), "{lags:?}");
    assert_eq!(truth.known_until(1e-6), 200.0);
}

/// A spike goes round a ring for as long as it is let, and renumbering the neurons changes nothing but rounding.
#[test]
fn a_ring_goes_round_and_numbers_do_not_matter() {
    let n = 40u32;
    let solved = |number: &dyn Fn(u32) -> u32| {
        let edges = (0..n).map(|i| edge(number(i), number((i + 1) % n), 30.0, 2.0)).collect();
        let inputs = vec![Stimulus::constant(0.0); n as usize];
        let mut initial = vec![RS.resting_start(); n as usize];
        // Starts the first neuron.
        initial[number(0) as usize].v = 30.0;
        let network =
            CoupledNeurons::new(vec![RS; n as usize], initial, inputs, edges, Delivery::Charge, 500.0).unwrap();
        solve(&network, 1e-9).unwrap()
    };
    let plain = solved(&|i| i);
    let mixed = solved(&|i| (i * 17 + 5) % n);
    let rounds = train(&plain, 0).len();
    assert!(rounds >= 3 && (0..n).all(|i| train(&plain, i).len().abs_diff(rounds) <= 1), "{rounds}");
    for i in 0..n {
        let (a, b) = (train(&plain, i), train(&mixed, (i * 17 + 5) % n));
        assert_eq!(a.len(), b.len());
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-10), "{a:?} {b:?}");
    }
}

/// Charges, and currents, of a thousand neurons: the same bytes on one thread and on several.
#[test]
fn threads_do_not_matter() {
    for delivery in [Delivery::Charge, Delivery::Exponential { tau: 3.0 }] {
        let network = sparse(1000, 20, 1.0, delivery, 60.0);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| solve(&network, 1e-8).unwrap())
        };
        let one = on(1);
        assert!(one == on(3), "{delivery:?}");
        assert!(one.spikes.len() > 1000 && one.arrivals > 10_000, "{} {}", one.spikes.len(), one.arrivals);
    }
}

/// Neurons go side by side from arrival to arrival under an input in constant pieces, and each by itself under any other: a sinusoid of no
/// size is none of the first, and the spikes are the same as far as both are known.
#[test]
fn side_by_side_is_as_alone() {
    for delivery in [Delivery::Charge, Delivery::Exponential { tau: 3.0 }] {
        let beside = sparse(200, 40, 2.0, delivery, 100.0);
        let nothing = Sinusoid { start: 0.0, amplitude: 0.0, omega: 0.1, phase: 0.0 };
        let inputs = beside.inputs().iter().map(|input| input.clone().with_sinusoid(nothing)).collect();
        let (neurons, initial) = (beside.neurons().to_vec(), beside.initial().to_vec());
        let alone = CoupledNeurons::new(neurons, initial, inputs, beside.edges().all().to_vec(), delivery, 100.0);
        let (beside, alone) = (solve(&beside, 1e-9).unwrap(), solve(&alone.unwrap(), 1e-9).unwrap());
        let until = beside.known_until(1e-6).min(alone.known_until(1e-6));
        let off = difference(&beside, &alone, until);
        // Each to 1e-6; that they are not the same numbers shows that the ways differ.
        assert!(until > 20.0 && off <= 2e-6 && beside.spikes != alone.spikes, "{delivery:?}: {off:e} until {until}");
    }
}

/// A network that is chaotic, with its last bits changed and at another tolerance: until the time that it says, both agree as it says, and
/// soon after they do not.
#[test]
fn it_knows_until_when_it_is_known() {
    let network = sparse(200, 40, 4.0, Delivery::Charge, 2000.0);
    let truth = solve(&network, 1e-9).unwrap();
    let lost = truth.lost_at.expect("a chaotic network");
    let known = [1e-6, 1e-3].map(|bound| truth.known_until(bound));
    assert!(20.0 < known[0] && known[0] < known[1] && known[1] <= lost, "{known:?} {lost}");
    for other in [solve(&network.kicked(1, 0.0), 1e-9), solve(&network, 1e-10)] {
        let other = other.unwrap();
        for (bound, until) in [1e-6, 1e-3].into_iter().zip(known) {
            let off = difference(&truth, &other, until);
            assert!(off <= bound, "{off:e} until {until}");
        }
        // It is not modest without reason: within four times that they have parted.
        let parted = std::panic::catch_unwind(|| difference(&truth, &other, (4.0 * lost).min(2000.0)));
        assert!(parted.is_err() || parted.unwrap() > 1e-3, "{lost}");
    }
}

/// A charge that comes at the very spike of its neuron, from a twin of it: whether it comes before the reset is not known, and that is said.
#[test]
fn an_order_that_is_in_doubt_is_said_to_be() {
    // Neuron 0 spikes at 0, and its charge comes where neuron 1 has its fourth spike, which is known to some 1e-5 ms.
    let lone = Problem { neuron: RS, stimulus: Stimulus::constant(10.0), initial: RS.resting_start(), duration: 200.0 };
    let delay = taylor::solve(&lone, taylor::TOLERANCE).spikes.times()[3];
    let solved = |delay: f64| {
        let initial = vec![State::new(30.0, -13.0), RS.resting_start()];
        let inputs = vec![Stimulus::constant(0.0), Stimulus::constant(10.0)];
        let edges = vec![edge(0, 1, 1.0, delay)];
        let network = CoupledNeurons::new(vec![RS; 2], initial, inputs, edges, Delivery::Charge, 200.0).unwrap();
        solve(&network, 1e-3).unwrap()
    };
    let beside = solved(delay);
    let doubt = beside.doubts.iter().find(|doubt| doubt.kind == DoubtKind::Spike);
    let at = doubt.map(|doubt| (doubt.time - delay).abs() < 1e-3 && doubt.neuron == 1);
    assert!(at == Some(true) || beside.lost_at.is_some_and(|lost| (lost - delay).abs() < 1e-3), "{beside:?}");
    assert!(beside.known_until(1e-3) < delay + 1e-3);
    let apart = solved(delay + 1.0);
    assert!(apart.doubts.is_empty() && apart.known_until(1e-3) == 200.0, "{apart:?}");
}

/// A scheme that is good to 1e-4 ms at a small step, with delays on its grid, comes to the truth as far as the grid lets it: a spike is
/// late by a step at the most, and so is what follows.
#[test]
fn a_grid_comes_to_the_truth() {
    for delivery in [Delivery::Charge, Delivery::Exponential { tau: 4.0 }] {
        let edges = vec![edge(0, 1, 12.0, 1.5), edge(1, 0, -6.0, 0.75)];
        let network = coupled(&[RS, FS], &[10.0, 6.0], edges, delivery, 200.0);
        let truth = solve(&network, 1e-9).unwrap();
        let error = |dt: f64| {
            let run = run_on_grid(&network, &named("rk4+located"), dt).unwrap();
            let mut own: Vec<_> = run.spikes.iter().map(|spike| (spike.neuron, spike.t)).collect();
            let mut exact: Vec<_> = truth.spikes.iter().map(|spike| (spike.neuron, spike.time)).collect();
            own.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            exact.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            assert_eq!(own.len(), exact.len(), "{delivery:?} {dt}");
            own.iter().zip(&exact).map(|(a, b)| (a.1 - b.1).abs()).fold(0.0, f64::max)
        };
        let errors = [1.0 / 64.0, 1.0 / 1024.0].map(error);
        // The delivery at the end of a step is of the first order: a sixteenth of the step, about a sixteenth of the error.
        assert!(errors[0] < 0.5 && errors[1] < errors[0] / 4.0 && errors[1] > 0.0, "{delivery:?} {errors:?}");
    }
}

#[test]
fn what_cannot_be_solved_is_refused() {
    let refused = |edges, delivery| {
        let initial = vec![RS.resting_start(); 2];
        let made = CoupledNeurons::new(vec![RS; 2], initial, vec![Stimulus::constant(0.0); 2], edges, delivery, 10.0);
        made.unwrap_err().to_string()
    };
    for (edges, delivery, said) in [
        (vec![edge(0, 2, 1.0, 1.0)], Delivery::Charge, "neuron of an edge is 2; allowed: a number from 0 to 1"),
        (
            vec![edge(0, 1, 1.0, 0.0)],
            Delivery::Charge,
            "delay of the edge from 0 to 1 is 0; allowed: a positive number",
        ),
        (vec![edge(0, 1, f64::NAN, 1.0)], Delivery::Charge, "weight of the edge from 0 to 1 is NaN"),
        (vec![], Delivery::Weight, "synapse is a weight; allowed: a charge or an exponential current"),
        (vec![], Delivery::Exponential { tau: -1.0 }, "time constant of a synapse is -1"),
    ] {
        let message = refused(edges, delivery);
        assert!(message.contains(said), "{message}");
    }
    let short = coupled(&[RS, RS], &[0.0, 0.0], vec![edge(0, 1, 1.0, 1e-9)], Delivery::Charge, 1000.0);
    assert!(solve(&short, 1e-6).unwrap_err().to_string().contains("least delay is 1e-9 ms"), "windows");
}
