//! The grid of times that fixed steps make.

/// Number of steps of `dt` \[ms\] that cover `duration` \[ms\]; a remainder below 1e-9 of a step is rounding.
pub fn step_count(duration: f64, dt: f64) -> u64 {
    (duration / dt - 1e-9).ceil().max(0.0) as u64
}
