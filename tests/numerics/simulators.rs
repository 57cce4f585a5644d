//! The simulators' rules against the simulators' own traces.

use crate::common::{json, rows, simulate_bounded, state};
use approx::abs_diff_eq;
use spikestep::{Neuron, Problem, Stimulus};

struct Trace {
    problem: Problem,
    dt: f64,
    lbound: Option<f64>,
    /// v, u, spike after each step.
    rows: Vec<[f64; 3]>,
}

/// A recorded trace; `keys` are the simulator's names of a, b, c, d, peak and input.
fn trace(path: &str, keys: [&str; 6], default_peak: f64) -> Trace {
    let config = json(&format!("simulators/{path}.json"));
    let number = |key: &str| config[key].as_f64();
    let value = |i: usize| number(keys[i]).unwrap_or_else(|| panic!("{path}: no {}", keys[i]));
    let neuron = Neuron::new(value(0), value(1), value(2), value(3)).with_peak(number(keys[4]).unwrap_or(default_peak));
    let rows: Vec<[f64; 3]> = rows(&format!("simulators/{path}.csv")).iter().map(|r| [r[1], r[2], r[3]]).collect();
    let dt = number("dt").unwrap();
    let problem = Problem {
        neuron,
        stimulus: Stimulus::constant(value(5)),
        initial: state(-65.0, -13.0),
        duration: rows.len() as f64 * dt,
    };
    assert!(rows.len() >= 300 && rows.iter().any(|r| r[2] == 1.0), "{path} holds no spiking trace");
    Trace { problem, dt, lbound: number("lbound"), rows }
}

/// Replays `trace` under `scheme` and checks v and u to `tolerance` relative to their size (0: bit for bit) and the spikes
/// exactly.
fn replay(scheme: &str, name: &str, trace: &Trace, tolerance: f64) {
    let (trajectory, rows) = simulate_bounded(scheme, &trace.problem, trace.dt, trace.lbound);
    assert_eq!(rows.len(), trace.rows.len(), "{name}: steps");
    assert_eq!(trajectory.diverged_at, None);
    for (n, (row, expected)) in rows.iter().zip(&trace.rows).enumerate() {
        let spike = f64::from(u8::from(row.spike));
        assert_eq!(spike, expected[2], "{name}: spike at step {n}");
        for (value, expected) in [(row.state.v, expected[0]), (row.state.u, expected[1])] {
            assert!(
                abs_diff_eq!(value, expected, epsilon = tolerance * expected.abs().max(1.0)),
                "{name}: step {n}: {value:e} instead of {expected:e}"
            );
        }
    }
    let expected: Vec<f64> =
        trace.rows.iter().enumerate().filter(|(_, r)| r[2] == 1.0).map(|(n, _)| (n + 1) as f64 * trace.dt).collect();
    assert_eq!(trajectory.spikes.times(), expected, "{name}: spike times");
}

#[test]
fn bindsnet_bit_for_bit_in_double_precision() {
    for name in ["dt0.1_f64", "dt0.5_f64", "dt1.0_f64", "dt0.5_f64_lbound"] {
        let trace = trace(&format!("bindsnet/single_rs_{name}"), ["a", "b", "c", "d", "thresh", "input"], 45.0);
        assert_eq!(trace.lbound.is_some(), name.ends_with("lbound"));
        replay("bindsnet", name, &trace, 0.0);
    }
}

#[test]
fn bindsnet_in_single_precision() {
    for name in ["dt0.5_f32", "dt1.0_f32"] {
        let trace = trace(&format!("bindsnet/single_rs_{name}"), ["a", "b", "c", "d", "thresh", "input"], 45.0);
        replay("bindsnet-f32", name, &trace, 0.0);
    }
}

#[test]
fn nest_bit_for_bit_in_both_forms() {
    for dt in ["0.1", "0.5", "1.0"] {
        for (form, scheme) in [("consistent", "nest-consistent"), ("published", "nest-published")] {
            let name = format!("nest/single_rs_dt{dt}_{form}");
            replay(scheme, &name, &trace(&name, ["a", "b", "c", "d", "V_th", "I_e"], 30.0), 0.0);
        }
    }
}

#[test]
fn nengo_to_the_stated_2e_11() {
    for dt in ["0.1", "0.5", "1.0"] {
        let name = format!("nengo/single_rs_dt{dt}");
        let keys = ["tau_recovery", "coupling", "reset_voltage", "reset_recovery", "peak", "J"];
        replay("nengo", &name, &trace(&name, keys, 30.0), 2e-11);
    }
}

#[test]
fn brian2_to_the_stated_2e_8() {
    for dt in ["0.1", "0.5", "1.0"] {
        for method in ["euler", "rk2", "rk4"] {
            let name = format!("brian2/single_rs_dt{dt}_{method}");
            let trace = trace(&name, ["a", "b", "c", "d", "threshold", "I"], 30.0);
            replay(&format!("brian2-{method}"), &name, &trace, 2e-8);
        }
    }
}
