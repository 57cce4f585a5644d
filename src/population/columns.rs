//! Columns: one value for every neuron of a block.

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
