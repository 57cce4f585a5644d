//! The compiled part of the Python package `spikestep`. What people call is in `python/spikestep/`, and turns what they give (numbers,
//! quantities, lists of names) into the plain texts, numbers and arrays that these functions take.

mod compare;
mod coupled;
mod distances;
mod errors;
mod explore;
mod flow;
mod judge;
mod layer;
mod network;
mod plan;
mod population;
mod problem;
mod read;
mod recogniser;
mod recommend;
mod replay;
mod running;
mod scheme;
mod solve;
mod study;
mod truth;

use pyo3::prelude::*;

/// The compiled part of spikestep.
#[pymodule(name = "_spikestep")]
mod spikestep_module {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::compare::compare;
    #[pymodule_export]
    use super::coupled::network;
    #[pymodule_export]
    use super::distances::distances;
    #[pymodule_export]
    use super::errors::{SpikestepError, UnknownNameError};
    #[pymodule_export]
    use super::explore::page;
    #[pymodule_export]
    use super::judge::judge;
    #[pymodule_export]
    use super::network::{Network, random_layer};
    #[pymodule_export]
    use super::population::Population;
    #[pymodule_export]
    use super::problem::{Problem, step_inputs, times};
    #[pymodule_export]
    use super::read::read_trains;
    #[pymodule_export]
    use super::recogniser::{Images, Reader, Recogniser, Responses};
    #[pymodule_export]
    use super::recommend::recommend;
    #[pymodule_export]
    use super::replay::replay;
    #[pymodule_export]
    use super::scheme::{Scheme, schemes};
    #[pymodule_export]
    use super::solve::{Solution, solve};
    #[pymodule_export]
    use super::study::{Session, chunk, leave_journals, study};
    #[pymodule_export]
    use super::truth::truth;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        // Made before anybody forks: a child must not find it half made.
        spikestep::SchemeSet::standard();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
