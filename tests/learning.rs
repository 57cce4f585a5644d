//! Connections that learn: against BindsNET's recordings, against the rules written out, and against themselves rearranged.

#[path = "learning/clamp.rs"]
mod clamp;
mod common;
#[path = "learning/recordings.rs"]
mod recordings;
#[path = "learning/rules.rs"]
mod rules;
