//! The truth solver against 25-digit solutions, its bounds against the errors they bound, and what must not break it.

mod cases;
mod limits;
mod properties;
