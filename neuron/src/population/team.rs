//! Rounds of work shared out among threads, thousands a millisecond.
//!
//! A step of a layer takes microseconds, less than waking a thread. Helpers are therefore spawned once a run, into the pool of
//! [`rayon`], and wait for the next round without sleeping. Nobody waits for a helper that has not come: a unit of work belongs to
//! whoever takes its ticket, and the caller takes all that are left. A busy pool makes it slower, not stuck.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks `mutex`. A thread that panics leaves nothing half-done that another would go on with: the panic ends the call.
pub(super) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// On a cache line of its own.
#[repr(align(128))]
struct Apart<T>(T);

struct Board {
    /// The number of the round that is under way.
    round: Apart<AtomicUsize>,
    /// The number of units done in this round.
    done: Apart<AtomicUsize>,
    /// The next unit of each thread's lot. A thread begins with its own, so that it meets the same neurons again.
    tickets: Vec<Apart<AtomicUsize>>,
    units: usize,
    finished: AtomicBool,
}

/// Says that it is over, or that a unit is done, also where a thread panics: nobody is to wait for it.
pub(super) struct AtEnd<F: FnMut()>(pub(super) F);

impl<F: FnMut()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl Board {
    fn lot(&self, thread: usize) -> std::ops::Range<usize> {
        let threads = self.tickets.len();
        thread * self.units / threads..(thread + 1) * self.units / threads
    }

    fn take_part(&self, thread: usize, work: &impl Fn(&mut dyn FnMut() -> Option<usize>)) {
        let threads = self.tickets.len();
        let (taken, mut lots) = (Cell::new(0), 0);
        let mut next = || loop {
            let units = self.lot((thread + lots) % threads);
            let unit = units.start + self.tickets[(thread + lots) % threads].0.fetch_add(1, AcqRel);
            if unit < units.end {
                taken.set(taken.get() + 1);
                return Some(unit);
            }
            lots += 1;
            if lots >= threads {
                lots = 0;
                return None;
            }
        };
        // Who comes too late does not even begin: the caller may have gone on.
        let mut first = next();
        if first.is_some() {
            let _done = AtEnd(|| {
                self.done.0.fetch_add(taken.get(), Release);
            });
            work(&mut || first.take().or_else(&mut next));
        }
    }

    fn help(&self, thread: usize, work: &impl Fn(&mut dyn FnMut() -> Option<usize>)) {
        let mut seen = 0;
        loop {
            // The caller may share out what it does between rounds.
            let idle = || _ = rayon::yield_now();
            wait(|| self.round.0.load(Acquire) != seen || self.finished.load(Acquire), idle);
            if self.finished.load(Acquire) {
                return;
            }
            seen = self.round.0.load(Acquire);
            self.take_part(thread, work);
        }
    }
}

/// Spins until `ready`, `idle` now and then, giving the processor away when that takes long.
pub(super) fn wait(ready: impl Fn() -> bool, idle: impl Fn()) {
    let mut spins = 0;
    while !ready() {
        if spins % 64 == 63 {
            idle();
        }
        if spins < 4096 {
            spins += 1;
            std::hint::spin_loop();
        } else {
            std::thread::yield_now();
        }
    }
}

/// As long as `between` (called by this thread alone, before every round) says so: `work` by up to `threads` threads at once, each of
/// which is handed units until none is left. All `units` of a round are done before `between` is called again.
pub(super) fn rounds(
    units: usize,
    threads: usize,
    mut between: impl FnMut() -> bool,
    work: impl Fn(&mut dyn FnMut() -> Option<usize>) + Sync,
) {
    let threads = threads.min(units);
    if threads < 2 {
        while between() {
            let mut all = 0..units;
            work(&mut || all.next());
        }
        return;
    }
    let board = Board {
        round: Apart(AtomicUsize::new(0)),
        done: Apart(AtomicUsize::new(0)),
        // No tickets before the first round.
        tickets: (0..threads).map(|_| Apart(AtomicUsize::new(units))).collect(),
        units,
        finished: AtomicBool::new(false),
    };
    rayon::in_place_scope(|scope| {
        let (board, work) = (&board, &work);
        let _finished = AtEnd(|| board.finished.store(true, Release));
        for thread in 1..threads {
            scope.spawn(move |_| board.help(thread, work));
        }
        while between() {
            board.done.0.store(0, Release);
            for ticket in &board.tickets {
                ticket.0.store(0, Release);
            }
            board.round.0.fetch_add(1, Release);
            board.take_part(0, work);
            wait(|| board.done.0.load(Acquire) >= units, || ());
        }
    });
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn pool(threads: usize) -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
    }

    #[test]
    fn every_unit_is_done_once_a_round_and_before_the_next() {
        for (units, threads) in [(1, 4), (2, 2), (7, 3), (64, 2)] {
            let counts: Vec<AtomicUsize> = (0..units).map(|_| AtomicUsize::new(0)).collect();
            let mut round = 0;
            let between = || {
                assert!(counts.iter().all(|count| count.load(Relaxed) == round));
                round += 1;
                round <= 2000
            };
            let work = |next: &mut dyn FnMut() -> Option<usize>| {
                while let Some(unit) = next() {
                    counts[unit].fetch_add(1, Relaxed);
                }
            };
            pool(threads).install(|| rounds(units, threads, between, work));
            assert_eq!(round, 2001);
        }
    }

    #[test]
    fn more_threads_are_asked_for_than_there_are_and_runs_are_nested() {
        let total = AtomicUsize::new(0);
        pool(2).scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|_| {
                    let mut left = 100;
                    let between = || {
                        left -= 1;
                        left >= 0
                    };
                    rounds(8, 6, between, |next| {
                        while next().is_some() {
                            total.fetch_add(1, Relaxed);
                        }
                    });
                });
            }
        });
        assert_eq!(total.into_inner(), 4 * 100 * 8);
    }

    #[test]
    fn a_panic_comes_through() {
        let result = std::panic::catch_unwind(|| {
            let work = |next: &mut dyn FnMut() -> Option<usize>| {
                while let Some(unit) = next() {
                    assert!(unit != 3, "unit three");
                }
            };
            pool(2).install(|| rounds(4, 2, || true, work));
        });
        assert!(result.is_err());
    }
}
