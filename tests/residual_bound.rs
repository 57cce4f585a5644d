//! The bound from residuals against 25-digit solutions, and what must hold for any neuron.

#[path = "residual_bound/cases.rs"]
mod cases;
#[allow(dead_code)] // written for the tests of the truth, which also read states
#[path = "truth/reference.rs"]
mod reference;
