//! Runs cells of any kind on all cores.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use super::progress::TimeLeft;
use super::{Cell, Key, Progress};
use crate::error::{Error, Result};

/// What steers a run from outside.
#[derive(Clone, Copy)]
pub struct Control<'a> {
    /// Set to stop: cells in flight are finished, none is begun.
    pub stop: &'a AtomicBool,
    /// Told of every cell done, from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// The threads that make what cells share; `None` is rayon's own pool. Cells run on as many threads as it has.
    pub pool: Option<&'a rayon::ThreadPool>,
}

static NEVER: AtomicBool = AtomicBool::new(false);

impl Default for Control<'_> {
    /// In silence, to the end, on rayon's own pool.
    fn default() -> Self {
        Control { stop: &NEVER, progress: &|_| (), pool: None }
    }
}

/// A cell that is done.
pub struct Done<'a, C: Cell> {
    /// Its place in the list of cells.
    pub index: usize,
    /// The cell that was run.
    pub cell: &'a C,
    /// What running it gave.
    pub output: C::Output,
    /// How long it took, what it shares not counted: measured, and so of no part in any result.
    pub elapsed: Duration,
}

/// Runs `cells` in their order, on as many threads as the pool of `control` has (`RAYON_NUM_THREADS`), and hands each to
/// `sink` as soon as it is done, on the thread that did it and in any order. Gives the number of cells done.
///
/// No more than one shared solution per thread and one more is alive at any time, however many cells there are.
///
/// # Errors
/// The first error of a cell or of `sink`, by the order of the cells: cells in flight are finished, and handed on, before.
pub fn run_cells<C: Cell>(
    cells: &[&C],
    control: Control<'_>,
    sink: &(dyn Fn(Done<'_, C>) -> Result<()> + Sync),
) -> Result<usize> {
    let threads = control.pool.map_or_else(rayon::current_num_threads, |pool| pool.current_num_threads());
    let threads = threads.clamp(1, cells.len().max(1));
    // Cells in order, each with what it shares with its neighbours.
    let queue =
        Mutex::new(cells.iter().enumerate().scan(None, |last: &mut Option<(Key, Arc<Slot<C>>)>, (index, cell)| {
            let problem = cell.problem();
            let same = last.take().filter(|(known, _)| *known == problem);
            let (_, slot) = last.insert(same.unwrap_or_else(|| (problem, Arc::new(Slot(OnceLock::new())))));
            Some((index, Arc::clone(slot)))
        }));
    let left = Mutex::new(TimeLeft::new(cells.iter().map(|c| (c.class(), c.cost())), threads));
    let failed: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    let halted = AtomicBool::new(false);
    let worker = || {
        // A panic, too, keeps the other threads from taking more.
        let _guard = HaltOnPanic(&halted);
        while !control.stop.load(Ordering::Relaxed) && !halted.load(Ordering::Relaxed) {
            let Some((index, shared)) = lock(&queue).next() else { break };
            let cell = cells[index];
            let outcome = shared.get(cell, control.pool).and_then(|shared| {
                let Some(shared) = shared else { return Ok(None) };
                let start = Instant::now();
                let output = cell.run(shared)?;
                let elapsed = start.elapsed();
                sink(Done { index, cell, output, elapsed })?;
                Ok(Some(elapsed))
            });
            match outcome {
                Ok(None) => break,
                Ok(Some(elapsed)) => {
                    let progress = lock(&left).done(cell.class(), cell.cost(), elapsed.as_secs_f64());
                    (control.progress)(progress);
                }
                Err(error) => {
                    halted.store(true, Ordering::Relaxed);
                    let mut failed = lock(&failed);
                    if failed.as_ref().is_none_or(|(first, _)| index < *first) {
                        *failed = Some((index, error));
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(worker);
        }
    });
    let done = lock(&left).progress().done;
    match failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        Some((_, error)) => Err(error),
        None => Ok(done),
    }
}

/// Runs `cells` to the end and gives what `take` makes of each, called with its place and its output on the thread that ran it, in
/// the order of the cells.
pub(super) fn collect_cells<C: Cell, T: Send>(
    cells: &[C],
    control: Control<'_>,
    take: &(dyn Fn(usize, C::Output) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let taken: Mutex<Vec<Option<T>>> = Mutex::new(cells.iter().map(|_| None).collect());
    run_cells(&cells.iter().collect::<Vec<_>>(), control, &|done| {
        let made = take(done.index, done.output)?;
        lock(&taken)[done.index] = Some(made);
        Ok(())
    })?;
    let taken = taken.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(taken.into_iter().flatten().collect())
}

/// A lock whose holder has panicked guards counters only: they are still good.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

struct HaltOnPanic<'a>(&'a AtomicBool);

impl Drop for HaltOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// What the cells of one problem share, made by the first thread that needs it; the others wait. It lives as long as a thread
/// has a cell of its problem. Empty where it could not be made.
struct Slot<C: Cell>(OnceLock<Option<C::Shared>>);

impl<C: Cell> Slot<C> {
    /// What is shared; nothing where another thread has failed to make it, and has the error.
    fn get(&self, cell: &C, pool: Option<&rayon::ThreadPool>) -> Result<Option<&C::Shared>> {
        let mut error = None;
        let share = || pool.map_or_else(|| cell.share(), |pool| pool.install(|| cell.share()));
        let shared = self.0.get_or_init(|| share().map_err(|e| error = Some(e)).ok());
        match error {
            Some(error) => Err(error),
            None => Ok(shared.as_ref()),
        }
    }
}
