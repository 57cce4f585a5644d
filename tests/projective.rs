//! The adaptive projective solver keeps the tolerance it is asked for.

#[path = "projective/cases.rs"]
mod cases;
#[path = "projective/firing_map.rs"]
mod firing_map;
#[path = "projective/limits.rs"]
mod limits;
#[path = "projective/properties.rs"]
mod properties;
#[path = "common/random.rs"]
mod random;
#[allow(dead_code)] // the states of the cases are compared by the tests of the truth
#[path = "truth/reference.rs"]
mod reference;
