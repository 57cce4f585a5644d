//! Events whose order is not known.

/// What order may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoubtKind {
    /// Two arrivals at a neuron. By itself it changes nothing beyond their errors.
    Arrivals,
    /// A spike of a neuron and an arrival at it: of a charge the reset leaves nothing, and what arrives after it counts in full.
    Spike,
}

impl DoubtKind {
    pub(super) const ALL: [DoubtKind; 2] = [DoubtKind::Arrivals, DoubtKind::Spike];
}

/// Two events that come closer than their errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Doubt {
    /// What they are.
    pub kind: DoubtKind,
    /// The time of the later \[ms\].
    pub time: f64,
    /// The neuron at which they come.
    pub neuron: u32,
}
