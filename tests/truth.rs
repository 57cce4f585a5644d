//! The truth solver against 25-digit solutions, its bounds against the errors they bound, and what must not break it.

#[path = "truth/cases.rs"]
mod cases;
#[path = "truth/limits.rs"]
mod limits;
#[path = "truth/properties.rs"]
mod properties;
#[path = "common/random.rs"]
mod random;
#[path = "truth/reference.rs"]
mod reference;
