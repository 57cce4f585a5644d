//! BindsNET's own populations and neurons, replayed.

use spikestep::population::layer::{LayerSpec, Traces};
use spikestep::population::{Layer, Variable, Weights};

use crate::common::{json, rows};

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
