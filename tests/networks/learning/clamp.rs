//! Neurons that a teacher makes spike, or keeps from it.

use crate::named;
use spikestep::Neuron;
use spikestep::Scheme;
use spikestep::population::layer::{LayerSpec, Traces};
use spikestep::population::network::{Inputs, Learning, LearningRule};
use spikestep::population::schemes;
use spikestep::population::{Monitor, Network, Variable, Weights};

/// RS neurons with lateral weights of 3 mV/ms from the first to the second, under `scheme`.
fn spec(scheme: &Scheme) -> LayerSpec {
    let mut spec = LayerSpec::new(vec![Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0); 2]);
    spec.lateral = Some(Weights::dense(2, 2, vec![0.0, 3.0, 0.0, 0.0]).unwrap());
    spec.traces = Some(Traces::default());
    spec.scheme = scheme.clone();
    spec
}

/// v, u, spike and trace of a neuron after each step.
type Rows = Vec<[f64; 4]>;

fn run(
    scheme: &Scheme,
    dt: f64,
    current: f64,
    clamp: impl Fn(u64) -> bool,
    unclamp: impl Fn(u64) -> bool,
) -> [Rows; 2] {
    let mut network = Network::<f64>::new(dt, 1).unwrap();
    let y = network.add_layer("Y", spec(scheme)).unwrap();
    let all = [Variable::V, Variable::U, Variable::Spike, Variable::Trace];
    let mut monitors = [Monitor::states(&all)];
    let feed = |step: u64, inputs: &mut Inputs<'_, '_, f64>| {
        inputs.current(y)?[0] = current;
        if clamp(step) {
            inputs.clamp(y, 0, 0)?;
        }
        if unclamp(step) {
            inputs.unclamp(y, 0, 0)?;
        }
        Ok(())
    };
    network.run(200, feed, &mut monitors).unwrap();
    [0, 1].map(|neuron| {
        let series = all.map(|variable| monitors[0].series(variable, 0, neuron).unwrap());
        (0..200).map(|step| std::array::from_fn(|k| series[k][step])).collect()
    })
}

/// BindsNET's step of the two neurons with its masks, written out. Only `unclamp` differs: it resets all the same.
fn bindsnet(dt: f64, current: f64, clamp: impl Fn(u64) -> bool, unclamp: impl Fn(u64) -> bool) -> [Rows; 2] {
    let (mut v, mut u, mut reset, mut s, mut trace) = ([-65.0; 2], [-13.0; 2], [false; 2], [false; 2], [0.0; 2]);
    let mut rows = [Rows::new(), Rows::new()];
    for step in 0..200 {
        let x = [current, if s[0] { 3.0 } else { 0.0 }];
        for i in 0..2 {
            if reset[i] {
                (v[i], u[i]) = (-65.0, u[i] + 8.0);
            }
            for _ in 0..2 {
                v[i] += dt * 0.5 * (0.04 * (v[i] * v[i]) + 5.0 * v[i] + 140.0 - u[i] + x[i]);
            }
            u[i] += dt * 0.02 * (0.2 * v[i] - u[i]);
            let peak = v[i] >= 45.0;
            trace[i] = if peak { 1.0 } else { trace[i] * f64::exp(-dt / 20.0) };
            s[i] = (peak || i == 0 && clamp(step)) && !(i == 0 && unclamp(step));
            reset[i] = peak || s[i];
            rows[i].push([v[i], u[i], f64::from(u8::from(s[i])), trace[i]]);
        }
    }
    rows
}

#[test]
fn a_clamped_neuron_is_bindsnets() {
    let clamp = |step: u64| step % 17 == 3 || step == 4;
    let unclamp = |step: u64| (90..130).contains(&step);
    for (current, dt) in [(0.0, 1.0), (10.0, 0.5), (14.0, 1.0)] {
        let (ours, theirs) =
            (run(&named("bindsnet"), dt, current, clamp, unclamp), bindsnet(dt, current, clamp, unclamp));
        for (ours, theirs) in ours.iter().zip(&theirs) {
            for (step, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                assert_eq!(ours[2], theirs[2], "input {current}, step {step}");
                // The same operations but for their order: 1e-13 each, magnified on upstrokes by up to 1e4 in all.
                let near = |k: usize| (ours[k] - theirs[k]).abs() <= 1e-9 * (1.0 + theirs[k].abs());
                assert!(near(0) && near(1) && near(3), "input {current}, step {step}: {ours:?} {theirs:?}");
            }
        }
        // At rest, v is where it was when the neuron was made to spike, and the trace knows nothing of it.
        if current == 0.0 {
            assert!(ours[0][3][0] < -60.0 && ours[0][3][2] == 1.0 && ours[0].iter().all(|row| row[3] == 0.0));
            assert!(ours[0].iter().map(|row| row[2]).sum::<f64>() == 11.0);
            // The other neuron hears it a step later.
            assert!(ours[1][4][0] > ours[1][3][0] && ours[1].iter().any(|row| row[0] > ours[1][3][0] + 1.0));
        }
    }
}

#[test]
fn every_scheme_resets_what_was_made_to_spike() {
    for scheme in &schemes() {
        let once = run(scheme, 0.5, 0.0, |step| step == 20, |_| false);
        let never = run(scheme, 0.5, 0.0, |_| false, |_| false);
        let at = if *scheme == named("bindsnet") { 21 } else { 20 };
        assert_eq!(once[0][..20], never[0][..20], "{scheme}");
        assert_eq!(once[0][20][2], 1.0, "{scheme}");
        // u jumps by d = 8 once, wherever the scheme resets.
        let jump = once[0][at][1] - never[0][at][1];
        assert!((jump - 8.0).abs() < 0.2, "{scheme}: {jump}");
        assert!((once[0][at - 1][1] - never[0][at - 1][1]).abs() < 1e-12, "{scheme}");
        // Kept from spiking all the time, it has the same v and is not heard.
        let free = run(scheme, 0.5, 14.0, |_| false, |_| false);
        let kept = run(scheme, 0.5, 14.0, |step| step == 7, |_| true);
        assert!(free[0].iter().any(|row| row[2] > 0.0), "{scheme}");
        for (free, kept) in free[0].iter().zip(&kept[0]) {
            assert_eq!((free[0], free[1], free[3], 0.0), (kept[0], kept[1], kept[3], kept[2]), "{scheme}");
        }
        assert_ne!(free[1], kept[1], "{scheme}");
    }
}

#[test]
fn a_teacher_is_learned_from() {
    let mut network = Network::<f64>::new(1.0, 2).unwrap();
    let x = network.add_input("X", 3, Some(Traces::default())).unwrap();
    let y = network.add_layer("Y", spec(&named("bindsnet"))).unwrap();
    let c = network.connect(x, y, Weights::dense(3, 2, vec![1.0; 6]).unwrap(), 1).unwrap();
    let learning = Learning { nu: [0.0, 0.5], ..Learning::new(LearningRule::PostPre) };
    network.make_plastic(c, learning).unwrap();
    // In the second row alone, input 2 and neuron 1 spike together.
    let feed = |step: u64, inputs: &mut Inputs<'_, '_, f64>| {
        if step == 5 {
            inputs.spike(x, 1, 2)?;
            inputs.clamp(y, 1, 1)?;
        }
        Ok(())
    };
    network.run(10, feed, &mut []).unwrap();
    assert_eq!(network.connection(c).weights().values(), [1.0, 1.0, 1.0, 1.0, 1.0, 1.5]);
    let mut said =
        |row, neuron| network.run(1, |_, inputs| inputs.clamp(y, row, neuron), &mut []).unwrap_err().to_string();
    assert!(said(2, 0).contains("clamp is row 2, neuron 0; allowed: rows 0 to 1, neurons 0 to 1"));
    assert!(said(0, 2).contains("row 0, neuron 2"));
    let onto = network.run(1, |_, inputs| inputs.unclamp(x, 0, 0), &mut []).unwrap_err().to_string();
    assert!(onto.contains("layer to clamp is 'X'"), "{onto}");
    // What was told in a step that failed is not told to the next.
    let failed = |_: u64, inputs: &mut Inputs<'_, '_, f64>| {
        inputs.clamp(y, 0, 0)?;
        inputs.clamp(y, 0, 9)
    };
    assert!(network.run(1, failed, &mut []).is_err());
    network.run(1, |_, _| Ok(()), &mut []).unwrap();
    assert!(network.spikes(y, 0).is_empty());
}
