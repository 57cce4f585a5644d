//! Cells run against a store: what is done is kept, what is kept is not done again, and what comes out is in grid order.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use super::line::line;
use super::store::{Record, Store};
use super::{Cell, Control, Done, Key, Tabulated, run_cells};
use crate::error::{Error, Result};

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many cells were run now.
    pub run: usize,
    /// How many cells the store had from before.
    pub kept: usize,
    /// How many cells are left, when the run was stopped.
    pub left: usize,
}

/// The cells that `store` does not have, each content once, in order.
pub fn to_do<'a, C: Cell>(cells: &'a [C], store: &Store) -> Vec<&'a C> {
    let mut seen: HashSet<Key> = HashSet::new();
    cells.iter().filter(|cell| !store.contains(cell.key()) && seen.insert(cell.key())).collect()
}

/// Runs the cells that `store` does not have, and appends each as soon as it is done.
///
/// # Errors
/// Those of cells; a store that cannot be written. What was done before is kept.
pub fn run_stored<C: Tabulated>(cells: &[C], store: &Store, control: Control<'_>) -> Result<Summary> {
    let missing = to_do(cells, store);
    let append = |done: Done<'_, &C>| {
        let row = line(&done.cell.row(&done.output)).into();
        store.append(done.cell.key(), Record { elapsed: done.elapsed, row })
    };
    let outcome = run_cells(&missing, control, &append);
    // Also after an error: what is there is worth keeping.
    let synced = store.sync();
    let run = outcome?;
    synced?;
    let left = missing.len() - run;
    debug_assert!(left == 0 || control.stop.load(Ordering::Relaxed), "a run ends early only when it is stopped");
    Ok(Summary { run, kept: cells.len() - missing.len(), left })
}

/// A cell behind a reference is one.
impl<C: Cell> Cell for &C {
    type Shared = C::Shared;
    type Output = C::Output;

    fn key(&self) -> Key {
        (**self).key()
    }

    fn problem(&self) -> Key {
        (**self).problem()
    }

    fn share(&self) -> Result<C::Shared> {
        (**self).share()
    }

    fn run(&self, shared: &C::Shared) -> Result<C::Output> {
        (**self).run(shared)
    }

    fn cost(&self) -> f64 {
        (**self).cost()
    }

    fn class(&self) -> usize {
        (**self).class()
    }
}

/// Refuses a list of which some cells are not done.
///
/// # Errors
/// How many are missing, and the first of them.
pub fn complete<C: Tabulated>(cells: &[C], store: &Store) -> Result<()> {
    let missing: Vec<&C> = cells.iter().filter(|cell| !store.contains(cell.key())).collect();
    let Some(first) = missing.first() else { return Ok(()) };
    Err(Error::invalid(
        "the study",
        format!("without {} of its {} cells (the first: {})", missing.len(), cells.len(), line(&first.place())),
        "a study whose cells are all done",
        "Run the shares that are missing, with this version and this file, and merge all of them; or run the study whole.",
    ))
}
