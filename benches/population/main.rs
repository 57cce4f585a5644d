//! Many neurons: million neuron-ms a second at equal error, ns a neuron-step, and one thread against two.
//!
//! The error of a scheme at a step is the largest error of any spike time in the worst of RS, IB, CH and FS over 1000 ms at
//! an input of 10 mV/ms; a lost or added spike is an infinite one. For each error asked for, the step is the largest of a grid
//! (12 a decade) that keeps it. Throughput is that of RS, IB, CH and FS in turn, so that every register holds all four, on one
//! thread, the median of five measurements; the adaptive solver runs at the tolerance asked for.
//!
//! `cargo bench --bench population` (all), or with names after `--`: of schemes (`rk4+located projective-6`) and of parts
//! (`error`, `adaptive`, `roofline`, `calls`, `threads`; `peers`, a table as CSV, only where it is named).

#![allow(clippy::print_stdout)] // A bench reports on the terminal.

use std::time::Instant;

use spikestep::metrics::SpikeErrors;
use spikestep::model::CELL_TYPES;
use spikestep::population::{Population, schemes};
use spikestep::scheme::step_count;
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, Result, Scheme, SpikeTrain, State, Stimulus};

mod adaptive;
mod calls;
mod peers;
mod roofline;

const INPUT: f64 = 10.0;
const DURATION: f64 = 1000.0;
const ERRORS: [f64; 4] = [1.0, 1e-1, 1e-2, 1e-3];
/// Of the output.
const PARTS: [&str; 6] = ["error", "adaptive", "roofline", "calls", "threads", PEERS];
const PEERS: &str = "peers";
/// Steps of the search: no error is measured where more would be taken.
const MOST_STEPS: f64 = 1.3e8;
const NEURONS: usize = 4096;

/// A scheme in its plain or its fused form.
#[derive(Clone)]
struct Form {
    scheme: Scheme,
    fused: bool,
}

impl Form {
    fn all() -> Vec<Form> {
        let plain = schemes().into_iter().map(|scheme| Form { scheme, fused: false });
        let fused =
            ["euler", "half-step", "rk4"].map(|name| Form { scheme: name.parse().expect("a scheme"), fused: true });
        plain.chain(fused).collect()
    }

    fn name(&self) -> String {
        if self.fused { format!("{}+fused", self.scheme) } else { self.scheme.to_string() }
    }

    fn population(&self, neurons: &[Neuron], states: &[State], single: bool) -> Result<Population> {
        let make = match (self.fused, single) {
            (false, false) => Population::new,
            (false, true) => Population::single,
            (true, false) => Population::fused,
            (true, true) => Population::fused_single,
        };
        make(&self.scheme, neurons, states)
    }
}

fn main() {
    // `cargo test` runs benches with --test: nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let names: Vec<String> = std::env::args().collect();
    let named: Vec<Form> = Form::all().into_iter().filter(|form| names.contains(&form.name())).collect();
    let forms = if named.is_empty() { Form::all() } else { named };
    let parts: Vec<String> = std::env::args().filter(|argument| PARTS.contains(&argument.as_str())).collect();
    let wanted = |part: &str| (parts.is_empty() && part != PEERS) || parts.iter().any(|x| x == part);
    let one = pool(1);
    if wanted("error") {
        print_at_equal_error(&forms, &one);
        println!();
    }
    if wanted("adaptive") {
        adaptive::print(&one);
        println!();
    }
    if wanted("roofline") {
        one.install(|| roofline::print(&forms));
        println!();
    }
    if wanted("calls") {
        one.install(|| calls::print(&forms));
        println!();
    }
    if wanted("threads") {
        print_threads(&forms);
    }
    if wanted(PEERS) {
        peers::print(&forms);
    }
}

fn print_at_equal_error(forms: &[Form], one: &rayon::ThreadPool) {
    println!("{:<15} {:>8} {:>10} {:>14} {:>14}", "scheme", "error_ms", "dt_ms", "Mneuron_ms/s", "ns/neuron_step");
    let mut best = [0.0f64; ERRORS.len()];
    let mut grid = [0.0f64; ERRORS.len()];
    for form in forms {
        for (e, (asked, dt)) in ERRORS.into_iter().zip(largest_steps(form)).enumerate() {
            let Some(dt) = dt else {
                println!("{:<15} {asked:>8} {:>10}", form.name(), "-");
                continue;
            };
            let ns = one.install(|| ns_per_step(form, dt, NEURONS));
            let rate = dt / ns * 1e3;
            println!("{:<15} {asked:>8} {dt:>10.3e} {rate:>14.3} {ns:>14.3}", form.name());
            let best_of = |name: &str| form.scheme.to_string() == name;
            let column = if form.scheme.locates_spikes() {
                &mut best
            } else if best_of("half-step") || best_of("rk4") {
                &mut grid
            } else {
                continue;
            };
            column[e] = column[e].max(rate);
        }
    }
    let problems: Vec<Problem> = (0..64).map(|i| problem(i % 4)).collect();
    for (e, asked) in ERRORS.into_iter().enumerate() {
        let seconds = one.install(|| fastest(7, || assert!(adaptive::solve(&problems, asked) > problems.len())));
        let rate = 64.0 * DURATION / seconds * 1e-6;
        println!("{:<15} {asked:>8} {:>10} {rate:>14.3}", "projective", "-");
        best[e] = best[e].max(rate);
        if grid[e] > 0.0 {
            println!("  best at {asked}: {:.0} times the best of half-step and rk4 on the grid", best[e] / grid[e]);
        }
    }
}

fn print_threads(forms: &[Form]) {
    println!(
        "{:<15} {:>10} {:>10} {:>8}   (ns a neuron-step at dt 0.25, 65536 neurons)",
        "threads", "one", "two", "ratio"
    );
    for form in forms {
        // In turns, so that a change of the clock rate falls on both.
        let pair = |_| [1, 2].map(|threads| pool(threads).install(|| ns_per_step(form, 0.25, 65536)));
        let pairs: Vec<_> = (0..3).map(pair).collect();
        let [one, two] = [0, 1].map(|i| median(pairs.iter().map(|pair| pair[i]).collect()));
        println!("{:<15} {one:>10.3} {two:>10.3} {:>8.2}", form.name(), one / two);
    }
    let problems: Vec<Problem> = (0..4096).map(|i| problem(i % 4)).collect();
    let seconds =
        [1, 2].map(|threads| pool(threads).install(|| fastest(3, || assert!(adaptive::solve(&problems, 1e-2) > 4096))));
    println!("{:<15} {:>9.4}s {:>9.4}s {:>8.2}", "projective", seconds[0], seconds[1], seconds[0] / seconds[1]);
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// RS, IB, CH, FS in turn.
fn cells(n: usize) -> (Vec<Neuron>, Vec<State>) {
    (0..n).map(|i| &CELL_TYPES[i % 4]).map(|cell| (cell.neuron, cell.initial)).unzip()
}

fn problem(i: usize) -> Problem {
    let (neurons, states) = cells(i + 1);
    Problem { neuron: neurons[i], stimulus: Stimulus::constant(INPUT), initial: states[i], duration: DURATION }
}

/// For each of [`ERRORS`], the largest step that keeps it.
fn largest_steps(form: &Form) -> [Option<f64>; ERRORS.len()] {
    let truths: Vec<_> = (0..4).map(|i| taylor::solve(&problem(i), taylor::TOLERANCE).spikes).collect();
    let mut found = [None; ERRORS.len()];
    for n in 0.. {
        let dt = 4.0 * 10f64.powf(-f64::from(n) / 12.0);
        if DURATION / dt > MOST_STEPS || found.iter().all(Option::is_some) {
            break;
        }
        let error = error(form, dt, &truths);
        for (dt_found, asked) in found.iter_mut().zip(ERRORS) {
            if dt_found.is_none() && error <= asked {
                *dt_found = Some(dt);
            }
        }
    }
    found
}

fn error(form: &Form, dt: f64, truths: &[SpikeTrain]) -> f64 {
    let (neurons, states) = cells(4);
    let mut population = form.population(&neurons, &states, false).expect("four cells");
    let mut spikes = Vec::new();
    population.advance(&[INPUT; 4], dt, step_count(DURATION, dt), &mut spikes).expect("a step");
    (0..4)
        .map(|i| {
            // The last step may end past the duration, and a spike of the truth fall next to it.
            let times = spikes.iter().filter(|s| s.neuron as usize == i && s.t <= DURATION).map(|s| s.t).collect();
            let errors = SpikeErrors::between(&SpikeTrain::new(times).expect("in order"), &truths[i]);
            if errors.missed + errors.extra > 0 { f64::INFINITY } else { errors.max_abs.unwrap_or(f64::INFINITY) }
        })
        .fold(0.0, f64::max)
}

/// Time of one step of one of `n` neurons \[ns\], over up to 1000 ms.
fn ns_per_step(form: &Form, dt: f64, n: usize) -> f64 {
    let (neurons, states) = cells(n);
    let input = vec![INPUT; n];
    // About 16 million neuron-steps a measurement, from the start of the solution.
    let steps = step_count(DURATION, dt).min(16_000_000 / n as u64);
    let mut spikes = Vec::new();
    let measure = |_| {
        let mut population = form.population(&neurons, &states, false).expect("neurons");
        spikes.clear();
        let start = Instant::now();
        population.advance(&input, dt, steps, &mut spikes).expect("a step");
        start.elapsed().as_secs_f64() * 1e9 / (n as f64 * steps as f64)
    };
    median((0..5).map(measure).collect())
}

/// Time \[s\] of `run`: the fastest of `repeats`, since whatever else the machine does only adds to it.
fn fastest(repeats: usize, mut run: impl FnMut()) -> f64 {
    let measure = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..repeats).map(measure).fold(f64::INFINITY, f64::min)
}

fn median(mut x: Vec<f64>) -> f64 {
    x.sort_by(f64::total_cmp);
    x[x.len() / 2]
}
