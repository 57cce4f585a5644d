//! The command as a user types it.

#[path = "../common/mod.rs"]
mod common;

mod arithmetic;
mod bench;
mod distance;
mod family;
mod fi;
mod files;
mod frozen;
mod gallery;
mod hostile;
mod json;
mod judge;
mod network;
mod others;
mod parsers;
mod problems;
mod random;
mod recognise;
mod recommend;
mod refusals;
mod replay;
mod text;
mod traces;
mod units;
