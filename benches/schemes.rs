//! Time of every scheme that a comparison shows: the RS neuron under a constant input of 10 mV/ms, dt = 0.5 ms, 1000 ms.
//!
//! Fixed-step schemes count steps; adaptive ones, at a tolerance of 1e-6, simulated ms. Nothing is recorded.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use spikestep::scheme::registry::{Method, Setup};
use spikestep::scheme::{run, step_count};
use spikestep::{Neuron, Problem, SchemeId, Stimulus};

const DT: f64 = 0.5;
const TOLERANCE: f64 = 1e-6;

fn main() {
    divan::main();
}

fn problem() -> Problem {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration: 1000.0 }
}

fn schemes(adaptive: bool) -> impl Iterator<Item = SchemeId> {
    SchemeId::defaults().into_iter().filter(move |scheme| scheme.is_adaptive() == adaptive)
}

#[divan::bench(args = schemes(false))]
fn fixed_step(bencher: Bencher, scheme: SchemeId) {
    let problem = problem();
    let steps = step_count(problem.duration, DT);
    let setup = Setup { neuron: problem.neuron, dt: DT, steps, initial: problem.initial, lbound: None };
    bencher
        .counter(ItemsCount::new(steps))
        .with_inputs(|| scheme.build(&setup).expect("a fixed-step scheme"))
        .bench_local_refs(|built| run(built.as_mut(), black_box(&problem), DT, |_| {}));
}

#[divan::bench(args = schemes(true))]
fn adaptive(bencher: Bencher, scheme: SchemeId) {
    let problem = problem();
    let Method::Adaptive(solve) = scheme.info.method else { unreachable!("only adaptive schemes are listed") };
    bencher
        .counter(ItemsCount::new(problem.duration as usize))
        .bench_local(|| solve(black_box(&problem), TOLERANCE, None));
}
