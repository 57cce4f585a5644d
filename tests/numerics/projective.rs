//! The adaptive projective solver keeps the tolerance it is asked for.

mod cases;
mod firing_map;
mod limits;
mod properties;
mod turning;
