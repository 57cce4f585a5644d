//! Refusals of the library as Python exceptions, with its message.

use pyo3::PyErr;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use spikestep::Error;

create_exception!(
    spikestep,
    SpikestepError,
    PyValueError,
    "What is refused, in one sentence: what was given, what is allowed, how to mend it."
);
create_exception!(
    spikestep,
    UnknownNameError,
    SpikestepError,
    "A name of a scheme, neuron, input or metric that is not known, with the nearest one that is."
);

/// The exception of a refusal.
pub(crate) fn refused(error: impl Into<Error>) -> PyErr {
    let error = error.into();
    match &error {
        Error::Unknown { .. } => {
            // The list of names is a function here and not an option.
            UnknownNameError::new_err(
                error.to_string().replace("which compare --list has", "which spikestep.schemes() has"),
            )
        }
        _ => SpikestepError::new_err(error.to_string()),
    }
}
