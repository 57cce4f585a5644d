//! A layer against BindsNET's own populations, against the schemes alone, and against itself rearranged.

mod bench;
mod rearranged;
mod recordings;
mod rules;
mod schemes;
