//! The solvers every error is measured against, with their error bounds.
