//! Measured times: the only results that are not deterministic.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::error::Result;
use crate::model::Problem;
use crate::scheme::{Scheme, StepSize, prepare};

/// Time of the processor for the numerics of one trajectory \[ns per simulated ms\]: other programs do not count, nothing is recorded, and what a scheme prepares once
/// (kernel, FFT plans) is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// Fastest of the repeats: disturbances only ever add.
    pub fastest: f64,
    /// Median of the repeats.
    pub median: f64,
    /// Lower quartile of the repeats.
    pub lower_quartile: f64,
    /// Upper quartile of the repeats.
    pub upper_quartile: f64,
    /// How many repeats there were.
    pub repeats: usize,
}

/// Repeats of a run: at least three, so that one disturbance does not decide, at most this many.
const REPEATS: std::ops::RangeInclusive<usize> = 3..=201;

impl Timing {
    /// Repeats a run within about `budget`.
    ///
    /// # Errors
    /// Those of [`solve`](crate::solve).
    pub(crate) fn of(problem: &Problem, scheme: &Scheme, setting: StepSize, budget: Duration) -> Result<Timing> {
        let once = || -> Result<Duration> {
            let prepared = prepare(black_box(problem), scheme, setting)?;
            let start = processor_time();
            let solved = prepared();
            let elapsed = processor_time() - start;
            let _ = black_box(solved);
            Ok(elapsed)
        };
        let start = Instant::now();
        let mut times = Vec::new();
        while times.len() < *REPEATS.start() || (times.len() < *REPEATS.end() && start.elapsed() < budget) {
            times.push(once()?.as_secs_f64() * 1e9 / problem.duration);
        }
        times.sort_by(f64::total_cmp);
        let quantile = |q: f64| times[((times.len() - 1) as f64 * q).round() as usize];
        Ok(Timing {
            fastest: quantile(0.0),
            median: quantile(0.5),
            lower_quartile: quantile(0.25),
            upper_quartile: quantile(0.75),
            repeats: times.len(),
        })
    }
}

/// Time that this thread has had of the processor: that of other programs is not in it.
#[cfg(all(unix, feature = "cli"))]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// Time that has passed, where that of a thread is not to be had.
#[cfg(not(all(unix, feature = "cli")))]
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed()
}
