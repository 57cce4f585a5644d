//! The commands: each parses its options, calls the library and prints. No numerics here.

pub mod distance;
