//! The bound from residuals against 25-digit solutions, against other solvers, and on random problems.

mod cases;
mod other_solver;
mod properties;
