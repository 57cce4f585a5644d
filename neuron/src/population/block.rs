//! A block of neurons, held as columns.

use super::Real;

/// Neurons in a block: their columns fit the first-level cache, with what the stages of a step leave, and each stage is long enough
/// for its ends to cost little.
pub(super) const BLOCK: usize = 128;

/// One value for every neuron of a block.
pub(super) type Column<T> = [T; BLOCK];

/// Numbers that a stage of a step may leave of each neuron.
pub(super) const RESULTS: usize = 4;

/// What a stage of a step leaves of all neurons of a block.
pub(super) type Results<T> = [Column<T>; RESULTS];

/// Columns in whose memory no vector straddles two lines of the cache.
#[repr(align(64))]
pub(super) struct Aligned<C>(pub(super) C);

/// The state of a block of neurons, as columns.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Block<T> {
    pub(super) x: [Column<T>; 2],
    /// The time \[ms\] at which each left the finite numbers; not a number where it has not.
    diverged_at: Column<f64>,
}

impl<T: Real> Block<T> {
    /// The block of up to [`BLOCK`] neurons whose states are kept as the `states`. Lanes without a neuron of their own repeat the last
    /// one; their spikes are dropped.
    pub(super) fn new(states: &[[f64; 2]]) -> Self {
        Block { x: columns(states), diverged_at: [f64::NAN; BLOCK] }
    }

    /// The numbers that stand for the state in `lane`.
    pub(super) fn x(&self, lane: usize) -> [f64; 2] {
        self.x.map(|column| column[lane].double())
    }

    /// Puts `lane` at the numbers that stand for a state.
    pub(super) fn set(&mut self, lane: usize, x: [f64; 2]) {
        for (column, x) in self.x.iter_mut().zip(x) {
            column[lane] = T::of(x);
        }
        self.diverged_at[lane] = f64::NAN;
    }

    /// Raises the first number of each lane from `first` on to `least`; one that is not a number stays so.
    pub(super) fn raise(&mut self, first: usize, least: &[T]) {
        for (x, least) in self.x[0][first..].iter_mut().zip(least) {
            *x = if *x < *least { *least } else { *x };
        }
    }

    /// Notes the first step, until `end` \[ms\], in which a neuron left the finite numbers.
    #[cold]
    pub(super) fn mark(&mut self, end: f64) {
        for (lane, at) in self.diverged_at.iter_mut().enumerate() {
            if at.is_nan() && !self.x.iter().all(|column| column[lane].is_finite()) {
                *at = end;
            }
        }
    }

    /// Whether a lane has left the finite numbers of which that is not noted yet.
    #[cold]
    pub(super) fn has_new_losses(&self) -> bool {
        let lost = |lane: usize| !self.x.iter().all(|column| column[lane].is_finite());
        (0..BLOCK).any(|lane| self.diverged_at[lane].is_nan() && lost(lane))
    }

    /// The time \[ms\] at which `lane` left the finite numbers; `None` where it has not.
    pub(super) fn diverged_at(&self, lane: usize) -> Option<f64> {
        let t = self.diverged_at[lane];
        (!t.is_nan()).then_some(t)
    }
}

/// The numbers of each neuron in its lane, and those of the last one in the lanes that are left.
pub(super) fn columns<T: Real, const N: usize>(neurons: &[[f64; N]]) -> [Column<T>; N] {
    let mut columns = [[T::zero(); BLOCK]; N];
    for lane in 0..BLOCK {
        let numbers = neurons[lane.min(neurons.len() - 1)];
        for (column, number) in columns.iter_mut().zip(numbers) {
            column[lane] = T::of(number);
        }
    }
    columns
}
