//! Time of every scheme that a comparison shows: the RS neuron under a constant input of 10 mV/ms, dt = 0.5 ms, 1000 ms.
//!
//! Fixed-step schemes count steps; adaptive ones, at a tolerance of 1e-6, simulated ms. Nothing is recorded.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use spikestep::scheme::step_count;
use spikestep::{Neuron, Problem, Scheme, SchemeSet, StepSize, Stimulus, solve};

const DT: f64 = 0.5;
const TOLERANCE: f64 = 1e-6;

fn main() {
    divan::main();
}

fn problem() -> Problem {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration: 1000.0 }
}

fn schemes(adaptive: bool) -> impl Iterator<Item = Scheme> {
    SchemeSet::standard().defaults().into_iter().filter(move |scheme| scheme.is_adaptive() == adaptive)
}

#[divan::bench(args = schemes(false))]
fn fixed_step(bencher: Bencher, scheme: &Scheme) {
    let problem = problem();
    let steps = step_count(problem.duration, DT);
    bencher.counter(ItemsCount::new(steps)).bench_local(|| solve(black_box(&problem), scheme, StepSize::Fixed(DT)));
}

#[divan::bench(args = schemes(true))]
fn adaptive(bencher: Bencher, scheme: &Scheme) {
    let problem = problem();
    bencher
        .counter(ItemsCount::new(problem.duration as usize))
        .bench_local(|| solve(black_box(&problem), scheme, StepSize::Tolerance(TOLERANCE)));
}
