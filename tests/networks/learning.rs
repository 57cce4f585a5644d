//! Connections that learn: against BindsNET's recordings, against the rules written out, and against themselves rearranged.

mod clamp;
mod recordings;
mod rules;
