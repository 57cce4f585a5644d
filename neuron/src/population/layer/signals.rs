//! The signals of a layer that all threads of a step read: its external input, and the spikes of its last steps.

use std::collections::VecDeque;

use crate::error::{Result, refuse_if};
use crate::population::real::Real;
use crate::population::spike::Spike;

/// The external input of a layer, and the spikes of its last steps.
#[derive(Clone, Debug)]
pub(in crate::population) struct Signals<T> {
    /// External input \[mV/ms\], row by row of the batch.
    pub(in crate::population) input: Vec<T>,
    /// Spikes of the last steps, the last first, for each row in the order of neurons.
    past: VecDeque<Vec<Vec<Spike>>>,
}

impl<T: Real> Signals<T> {
    /// The signals of `rows` rows of `n` neurons that keep the spikes of `depth` steps: no input and no spikes yet.
    pub(in crate::population) fn new(n: usize, rows: usize, depth: usize) -> Self {
        Signals { input: vec![T::zero(); n * rows], past: vec![vec![Vec::new(); rows]; depth].into() }
    }

    /// Keeps the spikes of at least `depth` steps.
    pub(in crate::population) fn deepen(&mut self, depth: usize) {
        while self.past.len() < depth {
            self.past.push_back(vec![Vec::new(); self.past[0].len()]);
        }
    }

    /// Forgets all spikes.
    pub(in crate::population) fn clear(&mut self) {
        self.past.iter_mut().flatten().for_each(Vec::clear);
    }

    /// The number of steps whose spikes are kept.
    pub(in crate::population) fn depth(&self) -> usize {
        self.past.len()
    }

    /// The number of rows of the batch.
    pub(in crate::population) fn rows(&self) -> usize {
        self.past[0].len()
    }

    /// The spikes of row `row`, `steps` steps ago: 1 is the last step.
    pub(in crate::population) fn fired(&self, steps: usize, row: usize) -> &[Spike] {
        &self.past[steps - 1][row]
    }

    /// Begins a step: the oldest is forgotten.
    pub(in crate::population) fn advance(&mut self) {
        self.past.rotate_right(1);
        self.past[0].iter_mut().for_each(Vec::clear);
    }

    /// The spikes of the step begun last, to be filled in the order of neurons.
    pub(in crate::population) fn now(&mut self, row: usize) -> &mut Vec<Spike> {
        &mut self.past[0][row]
    }
}

/// Refuses a batch without rows, or one whose inputs cannot be counted.
pub(in crate::population) fn checked_batch(batch: usize, n: usize) -> Result<()> {
    let mend = "Give the number of rows, such as 1.";
    refuse_if!(batch == 0 || batch.checked_mul(n).is_none(), "batch", batch, "at least one row", mend);
    Ok(())
}
