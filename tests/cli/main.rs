//! The command as a user types it.

mod bench;
mod files;
mod json;
mod others;
mod problems;
mod random;
mod refusals;
mod text;
mod traces;
