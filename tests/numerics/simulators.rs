//! The simulators' rules against the simulators' own traces (`tests/reference/README.md` has the rules in words).

use crate::common::{json, rows, state};
use approx::abs_diff_eq;
use spikestep::scheme::{Sample, StepSize, Trajectory, solve_with};
use spikestep::{Neuron, Piece, Problem, Scheme, State, Stimulus};

struct Trace {
    problem: Problem,
    dt: f64,
    lbound: Option<f64>,
    /// v, u, spike.
    rows: Vec<[f64; 3]>,
}

/// How a simulator's rows stand to its steps.
#[derive(Clone, Copy)]
struct Layout {
    /// Rows before the one after the first step: 1 where row 0 is the start.
    first: usize,
    /// By how many rows the flag of a spike is before the end of its step.
    early: usize,
}

/// A row is the state after a step, with the flag of what happened in it.
const AFTER: Layout = Layout { first: 0, early: 0 };
const FROM_START: Layout = Layout { first: 1, early: 0 };
/// PyNN on Brian2 names the start of the step.
const STAMPED_AT_START: Layout = Layout { first: 1, early: 1 };

/// A recorded trace; `keys` are the simulator's names of a, b, c, d, peak and input.
fn trace(path: &str, keys: [&str; 6], default_peak: f64, layout: Layout) -> Trace {
    let config = json(&format!("simulators/{path}.json"));
    let number = |key: &str| config[key].as_f64();
    let value = |i: usize| number(keys[i]).unwrap_or_else(|| panic!("{path}: no {}", keys[i]));
    let neuron = Neuron::new(value(0), value(1), value(2), value(3)).with_peak(number(keys[4]).unwrap_or(default_peak));
    let rows: Vec<[f64; 3]> = rows(&format!("simulators/{path}.csv")).iter().map(|r| [r[1], r[2], r[3]]).collect();
    let dt = number("dt").unwrap();
    // Where PyNN and NEURON are given nA, 0.001 nA are 1 mV/ms.
    let input = if keys[5].contains("nA") { value(5) / 0.001 } else { value(5) };
    let start = if layout.first == 1 { rows[0] } else { [-65.0, -13.0, 0.0] };
    let problem = Problem {
        neuron,
        stimulus: Stimulus::constant(input),
        initial: state(start[0], start[1]),
        duration: (rows.len() - layout.first) as f64 * dt,
    };
    assert!(rows.len() >= 300 && rows.iter().any(|r| r[2] == 1.0), "{path} holds no spiking trace");
    Trace { problem, dt, lbound: number("lbound"), rows }
}

fn run(scheme: &Scheme, problem: &Problem, dt: f64) -> (Trajectory, Vec<Sample>) {
    let mut samples = Vec::new();
    let trajectory = solve_with(problem, scheme, StepSize::Fixed(dt), |sample| samples.push(sample)).unwrap();
    (trajectory, samples)
}

/// Replays `trace` under `scheme` and checks v and u to `tolerance` relative to their size (0: bit for bit) and the spikes
/// exactly.
fn replay_as(scheme: &Scheme, name: &str, trace: &Trace, layout: Layout, tolerance: f64) {
    let (trajectory, samples) = run(&scheme.configured(true, trace.lbound), &trace.problem, trace.dt);
    let recorded = &trace.rows[layout.first..];
    assert_eq!(samples.len(), recorded.len(), "{name}: steps");
    assert_eq!(trajectory.diverged_at, None);
    for (n, (sample, expected)) in samples.iter().zip(recorded).enumerate() {
        close(name, n, sample.state, *expected, tolerance);
    }
    let flagged = trace.rows.iter().enumerate().filter(|(_, row)| row[2] == 1.0);
    let expected: Vec<f64> = flagged.map(|(n, _)| (n + 1 + layout.early - layout.first) as f64 * trace.dt).collect();
    assert_eq!(trajectory.spikes.times(), expected, "{name}: spike times");
}

fn close(name: &str, n: usize, found: State, [v, u, _]: [f64; 3], tolerance: f64) {
    for (value, expected) in [(found.v, v), (found.u, u)] {
        assert!(
            abs_diff_eq!(value, expected, epsilon = tolerance * expected.abs().max(1.0)),
            "{name}: step {n}: {value:e} instead of {expected:e}"
        );
    }
}

fn replay(scheme: &str, name: &str, trace: &Trace, tolerance: f64) {
    replay_as(&scheme.parse().unwrap(), name, trace, AFTER, tolerance);
}

/// The scheme in single precision, products in the order in which they are published.
fn single(scheme: &str) -> Scheme {
    let scheme: Scheme = scheme.parse().unwrap();
    scheme.in_arithmetic(&"f32:expanded".parse().unwrap()).expect("a rule over a number type")
}

#[test]
fn bindsnet_bit_for_bit_in_double_precision() {
    for name in ["dt0.1_f64", "dt0.5_f64", "dt1.0_f64", "dt0.5_f64_lbound"] {
        let keys = ["a", "b", "c", "d", "thresh", "input"];
        let trace = trace(&format!("bindsnet/single_rs_{name}"), keys, 45.0, AFTER);
        assert_eq!(trace.lbound.is_some(), name.ends_with("lbound"));
        replay("bindsnet", name, &trace, 0.0);
    }
}

#[test]
fn bindsnet_in_single_precision() {
    for name in ["dt0.5_f32", "dt1.0_f32"] {
        let keys = ["a", "b", "c", "d", "thresh", "input"];
        let trace = trace(&format!("bindsnet/single_rs_{name}"), keys, 45.0, AFTER);
        replay("bindsnet-f32", name, &trace, 0.0);
        replay_as(&single("bindsnet"), name, &trace, AFTER, 0.0);
    }
}

#[test]
fn nest_bit_for_bit_in_both_forms() {
    for dt in ["0.1", "0.5", "1.0"] {
        for (form, scheme) in [("consistent", "nest-consistent"), ("published", "nest-published")] {
            let name = format!("nest/single_rs_dt{dt}_{form}");
            replay(scheme, &name, &trace(&name, ["a", "b", "c", "d", "V_th", "I_e"], 30.0, AFTER), 0.0);
        }
    }
}

#[test]
fn nengo_to_the_stated_2e_11() {
    for dt in ["0.1", "0.5", "1.0"] {
        let name = format!("nengo/single_rs_dt{dt}");
        let keys = ["tau_recovery", "coupling", "reset_voltage", "reset_recovery", "peak", "J"];
        replay("nengo", &name, &trace(&name, keys, 30.0, AFTER), 2e-11);
    }
}

#[test]
fn brian2_to_the_stated_2e_8() {
    for dt in ["0.1", "0.5", "1.0"] {
        for method in ["euler", "rk2", "rk4"] {
            let name = format!("brian2/single_rs_dt{dt}_{method}");
            let trace = trace(&name, ["a", "b", "c", "d", "threshold", "I"], 30.0, AFTER);
            replay(&format!("brian2-{method}"), &name, &trace, 2e-8);
        }
    }
}

/// A simulator's traces: the scheme, the path with `*` for "1.0" and so on, the names of peak and input, how rows stand to steps, and how
/// far a replay of the rule in other words was off at most (`replay.csv`; 0: bit for bit).
type Recorded = (&'static str, &'static str, [&'static str; 2], Layout, f64);

/// Traces of the rules of the other simulators. In single precision those that end in `_f32`.
const RECORDED: [Recorded; 24] = [
    ("genn", "genn/single_rs_dt*", ["", "I"], AFTER, 0.0),
    ("genn", "genn/single_rs_dt*_f32", ["", "I"], AFTER, 0.0),
    ("norse", "norse/single_rs_dt*", ["v_th", "I"], AFTER, 0.0),
    ("norse", "norse/single_rs_dt*_f32", ["v_th", "I"], AFTER, 0.0),
    ("annarchy", "annarchy/single_rs_dt*", ["v_thresh", "I"], AFTER, 1.02e-11),
    ("annarchy", "annarchy/single_rs_dt*_f32", ["v_thresh", "I"], AFTER, 5.95e-3),
    ("exponential-euler", "brainpy/single_rs_dt*_exp_auto", ["V_th", "I"], AFTER, 9.47e-11),
    ("exponential-euler", "brainpy/single_rs_dt*_exp_auto_f32", ["V_th", "I"], AFTER, 8.61e-3),
    ("euler", "brainpy/single_rs_dt*_euler", ["V_th", "I"], AFTER, 1.99e-11),
    ("rk2", "brainpy/single_rs_dt*_midpoint", ["V_th", "I"], AFTER, 1.89e-11),
    ("heun", "brainpy/single_rs_dt*_heun2", ["V_th", "I"], AFTER, 3.17e-10),
    ("brainpy-rk2", "brainpy/single_rs_dt*_rk2", ["V_th", "I"], AFTER, 1.24e-10),
    ("rk4", "brainpy/single_rs_dt*_rk4", ["V_th", "I"], AFTER, 2.68e-8),
    ("rk4", "brainpy/single_rs_dt*_rk4_f32", ["V_th", "I"], AFTER, 4.53e-3),
    ("brainpy-state", "brainpy/single_rs_dt*_state", ["V_th", "I"], AFTER, 1.88e-3),
    ("jneuroml", "jneuroml/single_rs_dt*", ["thresh", "I"], FROM_START, 7.35e-6),
    ("jneuroml", "pylems/single_rs_dt*", ["thresh", "I"], AFTER, 3.72e-11),
    ("nest-consistent", "pynn/single_rs_dt*_nest", ["", "i_offset_nA"], FROM_START, 0.0),
    ("brian2-euler", "pynn/single_rs_dt*_brian2", ["", "i_offset_nA"], STAMPED_AT_START, 3.46e-11),
    ("neuron-implicit", "pynn/single_rs_dt*_neuron", ["", "i_offset_nA"], FROM_START, 0.0),
    ("neuron-implicit", "neuron/single_rs_dt*_pynnmod", ["vthresh", "IClamp_nA"], AFTER, 0.0),
    ("neuron-2003b", "neuron/single_rs_dt*_izhi2003b", ["thresh", "Iin"], AFTER, 0.0),
    // By the ms: below.
    ("carlsim", "carlsim/single_rs_dt*_euler", ["peak", "I"], FROM_START, 0.0),
    ("carlsim-rk4", "carlsim/single_rs_dt*_rk4", ["peak", "I"], FROM_START, 0.0),
];

#[test]
fn every_other_simulator_as_its_replay_says() {
    let mut met = 0;
    for (scheme, path, [peak, input], layout, off) in RECORDED {
        for dt in ["0.1", "0.5", "1.0"] {
            let name = path.replace('*', dt);
            if !crate::common::reference(&format!("simulators/{name}.csv")).exists() {
                continue;
            }
            let trace = trace(&name, ["a", "b", "c", "d", peak, input], 30.0, layout);
            // Another order of the same operations may be off by some times as much.
            let tolerance = 5.0 * off;
            if scheme.starts_with("carlsim") {
                by_the_ms(scheme, &name, &trace);
            } else if name.ends_with("_f32") {
                replay_as(&single(scheme), &name, &trace, layout, tolerance);
            } else {
                replay_as(&scheme.parse().unwrap(), &name, &trace, layout, tolerance);
            }
            met += 1;
        }
    }
    assert_eq!(met, 63);
}

/// CARLsim: a row is the state at the start of a ms, its flag a spike of the ms before.
fn by_the_ms(scheme: &str, name: &str, trace: &Trace) {
    let a_ms = (1.0 / trace.dt).round() as usize;
    let problem = Problem { duration: (trace.rows.len() - 1) as f64, ..trace.problem.clone() };
    let (trajectory, samples) = run(&scheme.parse().unwrap(), &problem, trace.dt);
    for (n, (sample, row)) in samples.iter().skip(a_ms - 1).step_by(a_ms).zip(&trace.rows[1..]).enumerate() {
        close(name, n, sample.state, *row, 0.0);
    }
    let flagged = trace.rows.iter().enumerate().filter(|(_, row)| row[2] == 1.0);
    let expected: Vec<f64> = flagged.map(|(ms, _)| ms as f64).collect();
    assert_eq!(trajectory.spikes.times(), expected, "{name}: spike times");
}

#[test]
fn genn_counts_a_spike_below_the_reset_twice() {
    let config = json("simulators/genn/double_spike_dt0.5.json");
    let inputs: Vec<f64> = config["input"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    let pieces = inputs.iter().enumerate().map(|(n, &value)| Piece { start: 0.5 * n as f64, value, slope: 0.0 });
    let problem = Problem {
        neuron: Neuron::new(0.02, 0.2, -65.0, 8.0),
        stimulus: Stimulus::piecewise_linear(pieces.collect()).unwrap(),
        initial: state(-65.0, -13.0),
        duration: 0.5 * inputs.len() as f64,
    };
    let (trajectory, samples) = run(&"genn".parse().unwrap(), &problem, 0.5);
    for (n, (sample, row)) in samples.iter().zip(rows("simulators/genn/double_spike_dt0.5.csv")).enumerate() {
        close("genn", n, sample.state, [row[1], row[2], row[3]], 0.0);
        assert_eq!(sample.spike, row[3] == 1.0, "step {n}");
    }
    assert_eq!(trajectory.spikes.times()[..2], [4.0, 4.5]);
}

#[test]
fn neuron_of_2007_to_rounding() {
    let cell = spikestep::model::Biophysical::find("RS").unwrap();
    let (neuron, capacitance) = (cell.neuron(), 100.0);
    for dt in [0.1, 0.5, 1.0] {
        for form in ["2007a", "2007b"] {
            let name = format!("neuron/single_rs_dt{dt:?}_izhi{form}");
            let rows: Vec<[f64; 3]> =
                rows(&format!("simulators/{name}.csv")).iter().map(|r| [r[1], r[2] / capacitance, r[3]]).collect();
            let problem = Problem {
                neuron,
                stimulus: Stimulus::constant(100.0 / capacitance),
                initial: state(-60.0, 0.0),
                duration: rows.len() as f64 * dt,
            };
            let trace = Trace { problem, dt, lbound: None, rows };
            // Four spikes magnify the rounding of other units, 1e-16, as they do that of the time in NEURON, which a replay with the
            // steps as they are was off by 6e-10 mV for.
            replay(&format!("neuron-{form}"), &name, &trace, 5.0 * 6e-10);
        }
    }
}

#[test]
fn an_array_of_inputs_is_seen_a_step_early_by_brian2s_last_stage() {
    // One step at v = 0, u = 0 of a neuron with k1 = k2 = k0 = a = 0 would be the quadrature of the input alone; k2 > 0 is needed: 1e-9.
    let neuron = Neuron { k2: 1e-9, k1: 0.0, k0: 0.0, a: 0.0, ..Neuron::new(0.0, 0.0, -65.0, 8.0) };
    let pieces = vec![Piece { start: 0.0, value: 6.0, slope: 0.0 }, Piece { start: 1.0, value: 12.0, slope: 0.0 }];
    let stimulus = Stimulus::piecewise_linear(pieces).unwrap();
    let problem = Problem { neuron, stimulus, initial: state(0.0, 0.0), duration: 1.0 };
    for (scheme, v) in [("brian2-rk4", 6.0), ("brian2-rk4-array", (5.0 * 6.0 + 12.0) / 6.0), ("rk4", 6.0)] {
        let (_, samples) = run(&scheme.parse().unwrap(), &problem, 1.0);
        assert!((samples[0].state.v - v).abs() < 1e-6, "{scheme}: {}", samples[0].state.v);
    }
}
