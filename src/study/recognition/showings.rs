//! How far trainings are, for a terminal.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use crate::error::Result;

/// The pictures shown to networks that learn, by all trainings of the process, for a terminal: measured, and so of no part in any result.
#[derive(Debug)]
pub(crate) struct Showings {
    done: AtomicU64,
    all: AtomicU64,
    nanoseconds: AtomicU64,
}

/// Those of this process.
pub(crate) static SHOWINGS: Showings =
    Showings { done: AtomicU64::new(0), all: AtomicU64::new(0), nanoseconds: AtomicU64::new(0) };

impl Showings {
    /// What a training that begins now is to be told.
    pub(in crate::study) fn training(&self) -> impl FnMut(usize, usize) -> Result<()> {
        let mut last = Instant::now();
        move |done, all| {
            if done == 1 {
                self.all.fetch_add(all as u64, Relaxed);
            }
            self.done.fetch_add(1, Relaxed);
            let now = Instant::now();
            self.nanoseconds.fetch_add((now - last).as_nanos() as u64, Relaxed);
            last = now;
            Ok(())
        }
    }
}

impl fmt::Display for Showings {
    /// Nothing before the first and after the last one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [done, all, nanoseconds] = [&self.done, &self.all, &self.nanoseconds].map(|n| n.load(Relaxed));
        if done == all {
            return Ok(());
        }
        write!(f, "; training: picture {done} of {all}, {:.2} ms each", nanoseconds as f64 * 1e-6 / done as f64)
    }
}
