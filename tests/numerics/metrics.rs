//! The metrics against Elephant and PySpike, against slow obvious twins, and against what the mathematics promises.

mod distances;
mod order;
mod pattern;
mod spike_errors;
mod twins;
