//! The neurons of a shard without the name of their scheme.

use crate::population::clock::Clock;
use crate::population::spike::Spike;

/// Some neurons in a row of a layer, and how they are stepped.
pub(super) trait Cells<T>: Send + Sync {
    /// One step under `input` \[mV/ms\], one for each; spikes are appended in the order of neurons, counted from the first here.
    fn step(&mut self, input: &[T], clock: Clock, spikes: &mut Vec<Spike>);

    /// Raises v by `jumps` \[mV\] at the `end` \[ms\] of the step just made. What reaches the peak spikes then; its spikes are appended.
    fn jump(&mut self, jumps: &[T], end: f64, spikes: &mut Vec<Spike>);

    /// v \[mV\] and u \[mV/ms\] of neuron `i`.
    fn get(&self, i: usize) -> (T, T);

    /// Puts neuron `i` there; it counts as not diverged again.
    fn set(&mut self, i: usize, v: T, u: T);

    /// The end \[ms\] of the step in which it left the finite numbers.
    fn diverged_at(&self, i: usize) -> Option<f64>;

    /// Whether a spike's reset waits for the next step.
    fn resets_next(&self) -> bool;

    /// v ← c, u ← u + d of neuron `i`; nothing where it has left the finite numbers.
    fn reset(&mut self, i: usize);
}
