//! Where a step begins and where it ends.

use crate::model::normal_form::NormalState;

/// Where a step begins, and how far it may go: `room` \[ms\], to `target` \[ms\].
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub(super) now: NormalState,
    pub(super) room: f64,
    pub(super) target: f64,
}

/// Where a step by series ends.
pub(super) enum Reached {
    /// In a state; without a target the step would have taken `free` \[ms\].
    Time { state: NormalState, free: f64 },
    /// At the peak `time` \[ms\] later with K = `k`.
    Peak { time: f64, k: f64 },
}
