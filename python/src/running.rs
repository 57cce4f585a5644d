//! Calls that may take long: on threads that survive a fork, with Ctrl-C heard while they run.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, mpsc};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use spikestep::Error;

use crate::errors::refused;

/// How often a call that waits listens for Ctrl-C and tells of its progress: half of the 0.1 s that a person takes for at once.
const LISTEN: Duration = Duration::from_millis(50);

/// The threads of this process. Those of a process do not live in its forked children, and waiting for them there would never end: a
/// child makes its own. The lock is taken by threads that hold the interpreter alone, and so it is free whenever Python forks.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// The threads of this process.
pub(crate) fn pool(_attached: Python<'_>) -> PyResult<Arc<ThreadPool>> {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some((_, known)) = pool.as_ref().filter(|(owner, _)| *owner == process) {
        return Ok(Arc::clone(known));
    }
    let made = ThreadPoolBuilder::new().build().map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    let made = Arc::new(made);
    // The parent's is forgotten: dropping it would wake threads that are not there.
    std::mem::forget(pool.replace((process, Arc::clone(&made))));
    Ok(made)
}

/// Leaves the threads to the call that was interrupted, which ends on its own: the next call makes others.
fn abandon(_attached: Python<'_>) {
    POOL.lock().unwrap_or_else(PoisonError::into_inner).take();
}

/// What a call and its work tell each other.
#[derive(Default)]
pub(crate) struct Call {
    /// Set once nobody waits any more: what can stop, stops.
    pub(crate) stop: AtomicBool,
    /// Pieces of work done.
    pub(crate) done: AtomicUsize,
    /// Pieces of work there are; 0 as long as that is not known.
    pub(crate) all: AtomicUsize,
    /// The first exception of a scheme in Python.
    raised: Mutex<Option<PyErr>>,
}

impl Call {
    /// Keeps an exception of a scheme in Python, to be raised where the call ends, and stops the work.
    pub(crate) fn raise(&self, error: PyErr) {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether to stop.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The exception that was kept.
    pub(crate) fn raised(&self) -> PyResult<()> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }

    /// Says how far the work is.
    pub(crate) fn tell(&self, done: usize, all: usize) {
        self.all.store(all, Ordering::Relaxed);
        self.done.fetch_max(done, Ordering::Relaxed);
    }
}

/// Does `work` on another thread while this one listens for signals and calls `progress(done, all)`. The interpreter is free
/// meanwhile. An exception of either ends the call at once; the work is told to stop and ends later.
pub(crate) fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    call: Arc<Call>,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&ThreadPool, &Call) -> T + Send + 'static,
) -> PyResult<T> {
    let pool = pool(py)?;
    let (sender, mut receiver) = mpsc::sync_channel(1);
    let working = Arc::clone(&call);
    std::thread::spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| work(&pool, &working)));
        // Nobody receives it after an interrupt.
        let _ = sender.send(result);
    });
    let mut told = None;
    let mut tell = || -> PyResult<()> {
        let state = (call.done.load(Ordering::Relaxed), call.all.load(Ordering::Relaxed));
        match progress {
            Some(progress) if state.1 > 0 && told != Some(state) => {
                told = Some(state);
                progress.call1(state).map(|_| ())
            }
            _ => Ok(()),
        }
    };
    loop {
        let waiting = &mut receiver;
        let received = py.detach(move || waiting.recv_timeout(LISTEN));
        let heard = py.check_signals().and_then(|()| tell());
        if let Err(interrupt) = heard {
            call.stop.store(true, Ordering::Relaxed);
            abandon(py);
            return Err(interrupt);
        }
        match received {
            Ok(Ok(output)) => return call.raised().map(|()| output),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("a thread of spikestep ended without an answer"));
            }
        }
    }
}

/// What one thread at a time may change. Another thread that waited for it would hold the interpreter meanwhile.
pub(crate) fn held<'a, T>(what: &str, mutex: &'a Mutex<T>) -> PyResult<MutexGuard<'a, T>> {
    match mutex.try_lock() {
        Ok(held) => Ok(held),
        Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => {
            let mend = "Give each thread its own.";
            Err(refused(Error::invalid(what, "in use by another thread", "one thread at a time", mend)))
        }
    }
}
