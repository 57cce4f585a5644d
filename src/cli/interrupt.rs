//! Ctrl-C (or SIGTERM, SIGHUP): what is half-written goes, and a study finishes the cells in flight first.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::report::remove_unfinished;

/// Exit code of what was stopped: what a shell gives a command ended by Ctrl-C.
pub(super) const STOPPED: u8 = 130;

/// Set by the first Ctrl-C of a study: cells in flight are finished, none is begun.
pub(super) static STOP: AtomicBool = AtomicBool::new(false);

/// Whether a study runs, which has something to finish.
static FINISHES: AtomicBool = AtomicBool::new(false);

/// Listens from now on.
pub(super) fn listen() {
    let stop = || {
        if !FINISHES.load(Ordering::Relaxed) || STOP.swap(true, Ordering::Relaxed) {
            remove_unfinished();
            std::process::exit(STOPPED.into());
        }
        if std::io::stderr().is_terminal() {
            let _ = writeln!(std::io::stderr(), "\nstopping after the cells in flight; Ctrl-C again stops at once");
        }
    };
    // Where a handler cannot be set, Ctrl-C ends the process: journals survive that, too, and the next run removes what is half-written.
    let _ = ctrlc::set_handler(stop);
}

/// From now on a first Ctrl-C sets [`STOP`] alone; a second one stops at once, and nothing that was done is lost either way.
pub(super) fn finish_cells() {
    FINISHES.store(true, Ordering::Relaxed);
}
