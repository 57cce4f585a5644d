//! The bound from residuals against 25-digit solutions, against other solvers, and on random problems.

#[path = "residual_bound/cases.rs"]
mod cases;
#[path = "residual_bound/other_solver.rs"]
mod other_solver;
#[path = "residual_bound/properties.rs"]
mod properties;
#[path = "common/random.rs"]
mod random;
#[allow(dead_code)] // written for the tests of the truth, which also read states
#[path = "truth/reference.rs"]
mod reference;
