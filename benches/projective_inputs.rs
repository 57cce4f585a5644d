//! Spike times under inputs that vary, beside those under a constant one: time of `projective::solve_step_by_step` over 1000 ms.
//!
//! ```text
//! cargo bench --bench projective_inputs                  # every input, cell and tolerance, on stdout
//! cargo bench --bench projective_inputs -- sine:10:5:10  # inputs of your own
//! cargo bench --bench projective_inputs -- peers         # times, true spikes and levels for benches/peers/varying_input.py
//! cargo bench --bench projective_inputs -- calls         # what a call of `Advancing` costs beyond its steps
//! ```
//!
//! `ratio` is to the time of the same cell at the same tolerance under `step:10`. A varying and a constant run take turns, so that
//! whatever else the machine does falls on both, and the fastest of each counts.

#![allow(clippy::print_stdout)] // a program that prints a table

use std::hint::black_box;
use std::time::Instant;

use spikestep::model::{CELL_TYPES, StimulusSpec};
use spikestep::scheme::projective::{Advancing, solve_step_by_step};
use spikestep::truth::taylor;
use spikestep::{Problem, Stimulus};

const DURATION: f64 = 1000.0;
const INPUTS: [&str; 5] = ["sine:10:5:10", "ramp:5:15", "noise:10:3:50", "noise:10:3:5", "noise:10:3:1"];
const CELLS: [&str; 4] = ["RS", "IB", "CH", "FS"];
const TOLERANCES: [f64; 4] = [1e-1, 1e-3, 1e-6, 1e-9];
/// Milliseconds for each line of the table.
const PATIENCE: u128 = 400;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let mode = |name: &str| asked.iter().any(|a| a == name);
    if mode("calls") {
        return calls();
    }
    let inputs: Vec<&str> = asked.iter().map(String::as_str).filter(|a| a.contains(':')).collect();
    let inputs = if inputs.is_empty() { INPUTS.to_vec() } else { inputs };
    println!("{}", if mode("peers") { "kind,input,cell,x,y" } else { HEADER });
    for input in inputs {
        let stimulus = StimulusSpec::parse(input).and_then(|spec| spec.stimulus(DURATION)).expect("an input");
        for piece in stimulus.pieces().iter().filter(|_| mode("peers")) {
            println!("level,{input},,{},{}", piece.start, piece.value);
        }
        for name in CELLS {
            let problems = [problem(name, Stimulus::constant(10.0)), problem(name, stimulus.clone())];
            for tolerance in TOLERANCES {
                let solve = |problem: &Problem| drop(black_box(solve_step_by_step(black_box(problem), tolerance)));
                let [constant, varying] = in_turn([&|| solve(&problems[0]), &|| solve(&problems[1])]);
                if mode("peers") {
                    println!("time,{input},{name},{tolerance},{varying}");
                    continue;
                }
                let solution = solve_step_by_step(&problems[1], tolerance);
                println!(
                    "{input},{name},{tolerance:e},{:.2},{varying:.1},{constant:.1},{},{:.1e},{}",
                    varying / constant,
                    solution.steps,
                    solution.error_estimate,
                    solution.keeps_tolerance()
                );
            }
            let spikes = taylor::solve(&problems[1], taylor::TOLERANCE).spikes;
            for t in spikes.times().iter().filter(|_| mode("peers")) {
                println!("spike,{input},{name},{t},");
            }
        }
    }
}

const HEADER: &str = "input,cell,tolerance_ms,ratio,us,constant_us,steps,estimate_ms,kept";

fn problem(name: &str, stimulus: Stimulus) -> Problem {
    let cell = CELL_TYPES.iter().find(|cell| cell.name == name).expect("a cell");
    Problem { neuron: cell.neuron, stimulus, initial: cell.initial, duration: DURATION }
}

/// The fastest time of each of two, which take turns \[µs\].
fn in_turn(work: [&dyn Fn(); 2]) -> [f64; 2] {
    let (mut best, begin) = ([f64::INFINITY; 2], Instant::now());
    while begin.elapsed().as_millis() < PATIENCE {
        for (best, work) in best.iter_mut().zip(work) {
            let start = Instant::now();
            work();
            *best = best.min(1e6 * start.elapsed().as_secs_f64());
        }
    }
    best
}

/// The input that jumps every millisecond, in one call and in one call a millisecond: the steps are the same.
fn calls() {
    println!("cell,tolerance_ms,one_call_us,thousand_calls_us,ns_a_call");
    let input = StimulusSpec::parse("noise:10:3:1").and_then(|spec| spec.stimulus(DURATION)).expect("an input");
    for name in CELLS {
        let Problem { neuron, initial, .. } = problem(name, input.clone());
        for tolerance in TOLERANCES {
            let advance = |calls: u32| {
                let mut cell = Advancing::new(&neuron, initial, DURATION, tolerance).expect("a neuron");
                for call in 1..=calls {
                    black_box(cell.advance(DURATION * f64::from(call) / f64::from(calls), &input));
                }
            };
            let [one, thousand] = in_turn([&|| advance(1), &|| advance(1000)]);
            println!("{name},{tolerance:e},{one:.1},{thousand:.1},{:.0}", thousand - one);
        }
    }
}
