//! How a spike reaches a neuron: the charge it delivers at every step, what converges in dt, before and after the update.

use crate::named;
use spikestep::Scheme;
use spikestep::population::layer::{LayerSpec, RandomWeights};
use spikestep::population::schemes;
use spikestep::population::{Layer, Monitor, Network, Real, Synapse, Variable, Weights};
use spikestep::{Neuron, State};

fn neuron() -> Neuron {
    Neuron::new(0.02, 0.2, -65.0, 8.0)
}

/// RS neurons at `rest` \[mV\] under `scheme`.
fn spec(n: usize, scheme: &Scheme) -> LayerSpec {
    // −70 mV with u = b v is the stable equilibrium without input.
    LayerSpec { scheme: scheme.clone(), rest: -70.0, sum_input: true, ..LayerSpec::new(vec![neuron(); n]) }
}

const SYNAPSES: [Synapse; 6] = [
    Synapse::BINDSNET,
    Synapse::CHARGE,
    Synapse::exponential(2.0),
    Synapse::BINDSNET.after(),
    Synapse::CHARGE.after(),
    Synapse::exponential(2.0).after(),
];

/// What one spike with the number `q` has delivered after `steps` steps, in the precision of the layer: Σ x dt \[mV\].
fn delivered<T: Real>(synapse: Synapse, scheme: &Scheme, dt: f64, q: f64, steps: u64) -> T {
    let mut network = Network::<T>::new(dt, 1).unwrap();
    let x = network.add_input("X", 1, None).unwrap();
    let y = network.add_layer("Y", spec(1, scheme)).unwrap();
    network.connect_with(x, y, Weights::dense(1, 1, vec![T::of(q)]).unwrap(), 2, synapse).unwrap();
    network.run(steps, |n, inputs| if n == 3 { inputs.spike(x, 0, 0) } else { Ok(()) }, &mut []).unwrap();
    network.values(y, Variable::Summed, 0)[0] * T::of(dt)
}

/// A step delivers (start − end)/dt, rounded twice, and is added to a sum that is rounded each time it changes: for at most
/// K = τ/dt ln(2/ε) + 1 steps, after which a step is below half a bit of the sum. Each rounding is at most ε/2 of q; the last ones are
/// the division by dt, the product with it and, for weights, w·dt.
#[test]
fn the_charge_is_kept_at_every_step_and_the_weight_is_not() {
    fn check<T: Real>() {
        let epsilon = T::epsilon().double();
        for scheme in &[named("bindsnet"), named("rk4"), named("projective-6")] {
            for synapse in SYNAPSES {
                for dt in [1.0, 0.5, 0.3, 0.1] {
                    let q = 3.7;
                    let weight = synapse.number(1.0, 2.0) == 1.0;
                    let expected = if weight { q * dt } else { q };
                    let changes = 2.0 / dt * (2.0 / epsilon).ln() + 1.0;
                    // Long enough for what is left to be below the normal numbers: it is then delivered whole.
                    let steps = (2.0 / dt * (1.0 / T::min_positive_value().double()).ln()) as u64 + 100;
                    let sum = delivered::<T>(synapse, scheme, dt, q, steps).double();
                    let bound = 0.5 * epsilon * q * (changes + 6.0);
                    assert!(
                        (sum - expected).abs() <= bound,
                        "{synapse} {scheme} {dt}: {sum} for {expected} ± {bound:e}"
                    );
                }
            }
        }
    }
    check::<f64>();
    check::<f32>();
}

/// v at 20 ms of a neuron at rest that a spike due at 10 ms reaches with a number of 4; sent at 5 ms.
fn response(synapse: Synapse, scheme: &Scheme, dt: f64) -> f64 {
    let mut network = Network::<f64>::new(dt, 1).unwrap();
    let x = network.add_input("X", 1, None).unwrap();
    let y = network.add_layer("Y", spec(1, scheme)).unwrap();
    let five = (5.0 / dt) as u64;
    network.connect_with(x, y, Weights::dense(1, 1, vec![4.0]).unwrap(), five as usize, synapse).unwrap();
    // The step that ends at 5 ms.
    network.run(4 * five, |n, inputs| if n + 1 == five { inputs.spike(x, 0, 0) } else { Ok(()) }, &mut []).unwrap();
    assert!((network.time() - 20.0).abs() < 1e-9);
    network.values(y, Variable::V, 0)[0]
}

/// The same from the equations: RK4 with 20,000 steps over the 10 ms after the due time, where everything is smooth.
fn truth(tau: Option<f64>) -> f64 {
    let (n, q) = (neuron(), 4.0);
    let mut state = State::new(-70.0 + if tau.is_none() { q } else { 0.0 }, -14.0);
    let rate = |s: State, t: f64| {
        let current = tau.map_or(0.0, |tau| q / tau * (-t / tau).exp());
        State::new(n.dv(s, current), n.du(s))
    };
    let h = 10.0 / 20_000.0;
    for i in 0..20_000 {
        let t = f64::from(i) * h;
        let at = |k: State, h: f64| State::new(state.v + h * k.v, state.u + h * k.u);
        let k1 = rate(state, t);
        let k2 = rate(at(k1, 0.5 * h), t + 0.5 * h);
        let k3 = rate(at(k2, 0.5 * h), t + 0.5 * h);
        let k4 = rate(at(k3, h), t + h);
        let mean = |a: f64, b: f64, c: f64, d: f64| h / 6.0 * (a + 2.0 * b + 2.0 * c + d);
        state = State::new(state.v + mean(k1.v, k2.v, k3.v, k4.v), state.u + mean(k1.u, k2.u, k3.u, k4.u));
    }
    state.v
}

/// With an error C h^p + D h^(p+1) the ratio of two errors is 2^p (1 + δ h + …): its distance from 2^p halves with h, so that one more
/// halving must bring it nearer; and a wrong p is off by a factor of 2.
fn converges(order: i32, errors: &[f64; 4], what: &str) {
    let expected = 2f64.powi(order);
    let off: Vec<f64> = errors.windows(2).map(|e| e[0] / e[1] / expected - 1.0).collect();
    assert!(off[2].abs() < 0.25, "{what}: errors {errors:?}");
    assert!(off[2].abs() < off[1].abs() || off[2].abs() < 0.01, "{what}: errors {errors:?}");
}

#[test]
fn the_membrane_converges_where_the_charge_is_kept() {
    let errors = |synapse, scheme: &Scheme, tau| {
        let truth = truth(tau);
        [0.25, 0.125, 0.0625, 0.03125].map(|dt| response(synapse, scheme, dt) - truth)
    };
    let tau = Some(2.0);
    let exponential = Synapse::exponential(2.0);
    // The flow of these two is exact, or of order 4: what is left is the synapse's.
    for scheme in &[named("projective-8"), named("rk4")] {
        // A jump when it is due is the model: projective-8 leaves rounding, RK4 (0.2 h)⁴/120 of the slopes at a rate of 0.2/ms.
        let rest = if scheme.to_string() == "rk4" { 1e-5 } else { 1e-9 };
        for e in errors(Synapse::CHARGE.after(), scheme, None) {
            assert!(e.abs() < rest, "{scheme}: {e:e}");
        }
        converges(1, &errors(Synapse::CHARGE, scheme, None), &format!("charge, {scheme}"));
        // The mean over each step from the due time on: order 2. A step early: order 1.
        converges(2, &errors(exponential.after(), scheme, tau), &format!("exponential after, {scheme}"));
        converges(1, &errors(exponential, scheme, tau), &format!("exponential, {scheme}"));
    }
    // Methods of order 1 keep theirs.
    for scheme in &[named("euler"), named("bindsnet")] {
        for (synapse, tau) in [(Synapse::CHARGE, None), (exponential, tau), (exponential.after(), tau)] {
            converges(1, &errors(synapse, scheme, tau), &format!("{synapse}, {scheme}"));
        }
    }
}

#[test]
fn a_kept_weight_vanishes_with_the_step() {
    // 4 mV/ms are 4 mV at 1 ms. The response to a charge is linear to the size of the charge over the distance from the threshold,
    // 15 mV, so that it halves to within 4/15 of itself at 1 ms, and the better the smaller it is.
    for scheme in &[named("bindsnet"), named("projective-8")] {
        let moved = [1.0, 0.5, 0.25, 0.125].map(|dt| response(Synapse::BINDSNET, scheme, dt) + 70.0);
        for pair in moved.windows(2) {
            assert!((pair[0] / pair[1] - 2.0).abs() < 2.0 * 4.0 / 15.0, "{scheme}: {moved:?}");
        }
        assert!(moved[3].abs() < 0.25 * (truth(None) + 70.0).abs(), "{scheme}: {moved:?}");
    }
}

/// The monitored v of a neuron that spikes sent in the steps `sent` reach a step later with `number`.
fn series(synapse: Synapse, scheme: &Scheme, number: f64, delay: usize, sent: &[u64], steps: u64) -> Vec<f64> {
    let mut network = Network::<f64>::new(0.5, 1).unwrap();
    let x = network.add_input("X", 1, None).unwrap();
    let y = network.add_layer("Y", spec(1, scheme)).unwrap();
    network.connect_with(x, y, Weights::dense(1, 1, vec![number]).unwrap(), delay, synapse).unwrap();
    let mut monitors = [Monitor::states(&[Variable::V]).of(y)];
    network
        .run(steps, |n, inputs| if sent.contains(&n) { inputs.spike(x, 0, 0) } else { Ok(()) }, &mut monitors)
        .unwrap();
    monitors[0].series(Variable::V, 0, 0).unwrap()
}

#[test]
fn before_is_in_the_input_and_after_is_a_jump_at_the_end_of_the_same_step() {
    for scheme in &schemes() {
        let sent = [2, 3, 7];
        let before = series(Synapse::CHARGE, scheme, 3.0, 1, &sent, 20);
        let after = series(Synapse::CHARGE.after(), scheme, 3.0, 1, &sent, 20);
        let mut fed = Layer::<f64>::new(spec(1, scheme), 0.5, 1).unwrap();
        let mut raised = Layer::<f64>::new(spec(1, scheme), 0.5, 1).unwrap();
        for n in 0..20 {
            let due = sent.contains(&(n as u64).wrapping_sub(1));
            fed.step(&[if due { 3.0 / 0.5 } else { 0.0 }]).unwrap();
            assert_eq!(fed.v(0)[0], before[n], "{scheme}, step {n}");
            raised.step(&[0.0]).unwrap();
            if due {
                let (v, u) = (raised.v(0)[0] + 3.0, raised.u(0));
                raised.set_state(0, &[v], &u).unwrap();
            }
            assert_eq!(raised.v(0)[0], after[n], "{scheme}, step {n}");
        }
        // An exponential current after the update is the same one a step later.
        let late = series(Synapse::exponential(2.0).after(), scheme, 3.0, 1, &sent, 20);
        assert_eq!(late, series(Synapse::exponential(2.0), scheme, 3.0, 2, &sent, 20), "{scheme}");
        // A weight after the update is the charge weight · dt.
        assert_eq!(after, series(Synapse::BINDSNET.after(), scheme, 6.0, 1, &sent, 20), "{scheme}");
    }
}

#[test]
fn after_under_nests_rule_is_v_plus_h_f_plus_w() {
    let found = series(Synapse::CHARGE.after(), &named("nest-consistent"), 3.0, 1, &[2, 3, 7], 20);
    let (mut v, mut u) = (-70.0, 0.2 * -70.0);
    for (n, found) in found.into_iter().enumerate() {
        let (old_v, old_u) = (v, u);
        v +=
            0.5 * (0.04 * old_v * old_v + 5.0 * old_v + 140.0 - old_u) + if [3, 4, 8].contains(&n) { 3.0 } else { 0.0 };
        u += 0.5 * 0.02 * (0.2 * old_v - old_u);
        assert_eq!(found, v, "step {n}");
    }
}

#[test]
fn a_jump_to_the_peak_spikes_at_the_end_of_the_step() {
    for scheme in &schemes() {
        let mut network = Network::<f64>::new(0.5, 1).unwrap();
        let x = network.add_input("X", 1, None).unwrap();
        let y = network.add_layer("Y", spec(70, scheme)).unwrap();
        // The last neuron too, whose lanes are repeated.
        let weights = Weights::sparse(1, 70, [(0, 3, 200.0), (0, 69, 200.0)]).unwrap();
        network.connect_with(x, y, weights, 1, Synapse::CHARGE.after()).unwrap();
        let run = |network: &mut Network<f64>, steps| {
            network.run(steps, |n, inputs| if n == 0 { inputs.spike(x, 0, 0) } else { Ok(()) }, &mut []).unwrap();
        };
        run(&mut network, 2);
        let spikes: Vec<(u32, f64)> = network.spikes(y, 0).iter().map(|s| (s.neuron, s.t)).collect();
        assert_eq!(spikes, [(3, 1.0), (69, 1.0)], "{scheme}");
        let (v, waits) = (network.values(y, Variable::V, 0)[69], *scheme == named("bindsnet"));
        // To the reset, or to be seen until the next step.
        let shown = if waits { 130.0 } else { -65.0 };
        assert!((v - shown).abs() < 1e-9, "{scheme}: {v}");
        run(&mut network, 1);
        assert!(network.spikes(y, 0).is_empty(), "{scheme}");
        assert!(network.values(y, Variable::V, 0)[69] < -50.0, "{scheme}");
    }
}

#[test]
fn a_jump_in_a_step_with_a_spike_adds_to_the_reset_and_bindsnets_reset_takes_it_away() {
    for scheme in &schemes() {
        let after_two_steps = |jump: f64| {
            let mut network = Network::<f64>::new(0.5, 1).unwrap();
            let x = network.add_input("X", 1, None).unwrap();
            let y = network.add_layer("Y", spec(1, scheme)).unwrap();
            network.connect_with(x, y, Weights::dense(1, 1, vec![jump]).unwrap(), 1, Synapse::CHARGE.after()).unwrap();
            network.run(1, |_, inputs| inputs.spike(x, 0, 0), &mut []).unwrap();
            network.set_state(y, 0, &[25.0], &[-14.0]).unwrap();
            network.run(1, |_, _| Ok(()), &mut []).unwrap();
            assert_eq!(network.spikes(y, 0).len(), 1, "{scheme}");
            let at_end = network.values(y, Variable::V, 0)[0];
            network.run(1, |_, _| Ok(()), &mut []).unwrap();
            (at_end, network.values(y, Variable::V, 0)[0])
        };
        // Downwards too: a spike is no less one for it.
        for jump in [5.0, -60.0] {
            let (with, without) = (after_two_steps(jump), after_two_steps(0.0));
            if *scheme == named("bindsnet") {
                assert_eq!(with, without);
            } else {
                assert!((with.0 - without.0 - jump).abs() < 1e-9, "{scheme}");
            }
        }
    }
}

#[test]
fn the_lower_bound_holds_after_a_jump() {
    for scheme in &schemes() {
        let spec = LayerSpec { lbound: Some(-80.0), ..spec(1, scheme) };
        let mut network = Network::<f64>::new(0.5, 1).unwrap();
        let x = network.add_input("X", 1, None).unwrap();
        let y = network.add_layer("Y", spec).unwrap();
        let weights = Weights::dense(1, 1, vec![-40.0]).unwrap();
        network.connect_with(x, y, weights, 1, Synapse::CHARGE.after()).unwrap();
        network.run(2, |n, inputs| if n == 0 { inputs.spike(x, 0, 0) } else { Ok(()) }, &mut []).unwrap();
        // The located schemes keep (v + 62.5)/25: two roundings.
        assert!((network.values(y, Variable::V, 0)[0] + 80.0).abs() < 1e-12, "{scheme}");
        assert_eq!(network.values(y, Variable::Jump, 0), [-40.0]);
    }
}

/// 600 neurons that inhibit and excite each other by exponential currents and by jumps, fed by inputs with a delay.
fn busy<T: Real>(batch: usize, scheme: &Scheme, told: impl Fn(usize) -> usize) -> (Network<T>, Vec<Vec<T>>) {
    let mut lateral = LayerSpec::random(600, 0.8, RandomWeights::Sparse(0.05), 3).unwrap();
    lateral.synapse = Synapse::exponential(3.0);
    lateral.scheme = scheme.clone();
    let mut network = Network::<T>::new(0.5, batch).unwrap();
    let x = network.add_input("X", 4, None).unwrap();
    let y = network.add_layer("Y", lateral).unwrap();
    let dense = |w: f64| {
        let values = (0..2400).map(|k| T::of(w * (0.4 + 0.4 * (k / 600) as f64))).collect();
        Weights::dense(4, 600, values).unwrap()
    };
    network.connect_with(x, y, dense(6.0), 3, Synapse::exponential(5.0).after()).unwrap();
    network.connect_with(x, y, dense(4.0), 1, Synapse::CHARGE.after()).unwrap();
    network.connect(x, y, dense(3.0), 2).unwrap();
    network
        .run(300, |n, inputs| (0..batch).try_for_each(|r| inputs.spike(x, r, (n as usize + told(r)) % 7 % 4)), &mut [])
        .unwrap();
    let states = (0..batch).map(|r| network.values(y, Variable::V, r)).collect();
    (network, states)
}

#[test]
fn threads_and_batches_change_nothing() {
    fn check<T: Real>(scheme: &Scheme) {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let one = pool(1).install(|| busy::<T>(3, scheme, |row| row)).1;
        assert_eq!(one, pool(3).install(|| busy::<T>(3, scheme, |row| row)).1);
        assert_ne!(one[0], one[1]);
        for (row, states) in one.iter().enumerate() {
            assert_eq!(*states, busy::<T>(1, scheme, |_| row).1[0], "row {row}");
        }
    }
    check::<f64>(&named("bindsnet"));
    check::<f32>(&named("rk4"));
    check::<f32>(&named("rk4+located"));
}

#[test]
fn what_is_still_to_come_is_forgotten_at_a_reset_and_with_its_synapse() {
    let (mut network, states) = busy::<f64>(1, &named("bindsnet"), |_| 0);
    let y = network.find("Y").unwrap();
    let x = network.find("X").unwrap();
    network.reset();
    let again = |network: &mut Network<f64>| {
        network.run(300, |n, inputs| inputs.spike(x, 0, n as usize % 7 % 4), &mut []).unwrap();
        network.values(y, Variable::V, 0)
    };
    assert_eq!(again(&mut network), states[0]);
    network.set_batch(1).unwrap();
    assert_eq!(again(&mut network), states[0]);

    // One spike is under way when its synapse is taken away.
    let mut network = Network::<f64>::new(0.5, 1).unwrap();
    let x = network.add_input("X", 1, None).unwrap();
    let y = network.add_layer("Y", spec(1, &named("rk4"))).unwrap();
    let id =
        network.connect_with(x, y, Weights::dense(1, 1, vec![3.0]).unwrap(), 1, Synapse::exponential(5.0)).unwrap();
    network.run(3, |n, inputs| if n == 0 { inputs.spike(x, 0, 0) } else { Ok(()) }, &mut []).unwrap();
    assert!(network.values(y, Variable::Input, 0)[0] > 0.1);
    network.set_synapse(id, Synapse::CHARGE).unwrap();
    network.set_synapse(id, Synapse::exponential(5.0)).unwrap();
    assert_eq!(network.connection(id).synapse(), Synapse::exponential(5.0));
    network.run(1, |_, _| Ok(()), &mut []).unwrap();
    assert_eq!(network.values(y, Variable::Input, 0), [0.0]);
}

#[test]
fn lateral_currents_are_those_of_a_connection_onto_itself() {
    for synapse in SYNAPSES {
        let mut spec = LayerSpec::random(60, 0.8, RandomWeights::Dense, 5).unwrap();
        spec.synapse = synapse;
        let weights = spec.lateral.clone().unwrap();
        let mut alone = Layer::<f64>::new(spec.clone(), 0.5, 1).unwrap();
        spec.lateral = None;
        let mut network = Network::<f64>::new(0.5, 1).unwrap();
        let y = network.add_layer("Y", spec).unwrap();
        network.connect_with(y, y, weights, 1, synapse).unwrap();
        let mut spikes = 0;
        for _ in 0..200 {
            alone.step(&[10.0; 60]).unwrap();
            network
                .run(
                    1,
                    |_, inputs| {
                        inputs.current(y)?.fill(10.0);
                        Ok(())
                    },
                    &mut [],
                )
                .unwrap();
            assert_eq!(alone.v(0), network.values(y, Variable::V, 0), "{synapse}");
            spikes += alone.spikes(0).len();
        }
        assert!(spikes > 100);
    }
}

#[test]
fn names_are_read_back_and_mistakes_are_told() {
    for synapse in SYNAPSES {
        assert_eq!(synapse.to_string().parse::<Synapse>().unwrap(), synapse);
    }
    let message = |text: &str| text.parse::<Synapse>().unwrap_err().to_string();
    assert!(message("chrage").contains("did you mean 'charge'"), "{}", message("chrage"));
    assert!(message("charge+later").contains("known: before, after"), "{}", message("charge+later"));
    assert!(message("exponential").contains("'exponential:5'"), "{}", message("exponential"));
    for bad in ["exponential:0", "exponential:-1", "exponential:x", "exponential:inf"] {
        assert!(message(bad).contains("a positive number of ms"), "{bad}: {}", message(bad));
    }
    let spec = LayerSpec { synapse: Synapse::exponential(f64::NAN), ..spec(1, &named("rk4")) };
    assert!(Layer::<f64>::new(spec.clone(), 0.5, 1).is_err());
    let mut network = Network::<f64>::new(0.5, 1).unwrap();
    let x = network.add_input("X", 1, None).unwrap();
    let weights = || Weights::dense(1, 1, vec![1.0]).unwrap();
    let y = network.add_layer("Y", LayerSpec { synapse: Synapse::BINDSNET, ..spec }).unwrap();
    assert!(network.connect_with(x, y, weights(), 1, Synapse::exponential(0.0)).is_err());
    let id = network.connect(x, y, weights(), 1).unwrap();
    assert_eq!(network.connection(id).synapse(), Synapse::BINDSNET);
    assert!(network.set_synapse(id, Synapse::exponential(f64::INFINITY)).is_err());
}
