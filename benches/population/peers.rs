//! The measure of `benches/peers/population_uncoupled.py` on this crate: the same neurons, inputs and columns.
//!
//! Calls of 100 steps, as the inputs are constant. One thread: processor time (where Linux tells it), as there; two: the time that
//! passes, which says little where others use the cores. The least of the runs: `peers/population_pairs.sh` takes it over several
//! that alternate with those of the other program. Numbers among the arguments are the sizes wanted.

use std::time::Instant;

use spikestep::{Neuron, State};

use crate::{Form, pool};

/// \[ms\].
const DT: f64 = 0.5;
const STEPS: u64 = 100;
/// RS, IB, CH and FS as (a, b, c, d).
const CELLS: [[f64; 4]; 4] =
    [[0.02, 0.2, -65.0, 8.0], [0.02, 0.2, -55.0, 4.0], [0.02, 0.2, -50.0, 2.0], [0.1, 0.2, -65.0, 2.0]];

/// Processor time of this thread \[s\].
fn processor_seconds() -> Option<f64> {
    // The kernel brings its account up to date where a thread offers to wait.
    std::thread::yield_now();
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(account.split_whitespace().next()?.parse::<f64>().ok()? * 1e-9)
}

/// Prints a table as CSV, without the columns of machine and load.
pub(crate) fn print(forms: &[Form]) {
    println!("program,scheme,precision,threads,n,m_neuron_steps_per_s,spikes_per_s,version");
    let pools = [1, 2].map(|threads| (threads, pool(threads)));
    let named: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if named.is_empty() { vec![1_000, 10_000, 100_000, 1_000_000] } else { named };
    for n in sizes.into_iter().filter(|n| *n > 1) {
        let input: Vec<f64> = (0..n).map(|i| 5.0 + 10.0 * i as f64 / (n - 1) as f64).collect();
        let neurons: Vec<Neuron> = (0..n).map(|i| CELLS[i % 4]).map(|[a, b, c, d]| Neuron::new(a, b, c, d)).collect();
        let states: Vec<State> = neurons.iter().map(Neuron::resting_start).collect();
        for form in forms {
            for single in [false, true] {
                let Ok(mut population) = form.population(&neurons, &states, single) else {
                    continue;
                };
                let mut best = [f64::INFINITY; 2];
                let (mut spikes, mut count, mut calls) = (Vec::new(), 0, 0u64);
                // At least 4 million neuron-steps a measurement, some milliseconds; threads take turns.
                let group = 4_000_000u64.div_ceil(n as u64 * STEPS);
                for _ in 0..(40_000_000 / (group * n as u64 * STEPS)).clamp(2, 10) {
                    for ((threads, pool), best) in pools.iter().zip(&mut best) {
                        let seconds = pool.install(|| {
                            let (before, start) = (processor_seconds(), Instant::now());
                            for _ in 0..group {
                                spikes.clear();
                                population.advance(&input, DT, STEPS, &mut spikes).expect("a step");
                                count += spikes.len();
                            }
                            let elapsed = start.elapsed().as_secs_f64();
                            match (before, processor_seconds()) {
                                (Some(before), Some(after)) if *threads == 1 => after - before,
                                _ => elapsed,
                            }
                        });
                        *best = best.min(seconds / group as f64);
                        calls += group;
                    }
                }
                let model_seconds = calls as f64 * STEPS as f64 * DT * 1e-3;
                for ((threads, _), best) in pools.iter().zip(best) {
                    println!(
                        "spikestep,{},{},{threads},{n},{:.1},{:.1},{}",
                        form.name(),
                        if single { "f32" } else { "f64" },
                        1e-6 * n as f64 * STEPS as f64 / best,
                        count as f64 / n as f64 / model_seconds,
                        env!("CARGO_PKG_VERSION")
                    );
                }
            }
        }
    }
}
