//! Places in a network.

/// A layer or a group of inputs of a network: its place in the order they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(pub(in crate::population) usize);

/// A connection of a network: its place in the order they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub(super) usize);
