//! What experiments on single neurons share: schemes at a fixed step, read and run.

use crate::error::{Error, Result};
use crate::model::Problem;
use crate::scheme::{Sample, Scheme, SchemeSet, StepSize, Trajectory, solve_with};

/// Reads a list of fixed-step schemes, as `--schemes`.
///
/// # Errors
/// An unknown name, or an adaptive scheme: it has no dt.
pub(super) fn fixed_step_schemes(text: &str) -> Result<Vec<Scheme>> {
    let schemes = SchemeSet::standard().parse_list(text)?;
    match schemes.iter().find(|id| id.is_adaptive()) {
        Some(id) => Err(Error::invalid(
            "schemes",
            format!("'{id}'"),
            "schemes of a fixed step",
            "Take 'projective-8' for a precise one.",
        )),
        None => Ok(schemes),
    }
}

/// Refuses steps \[ms\] that are no steps of a run of `duration` \[ms\].
///
/// # Errors
/// No step, or one that is not positive or above the duration.
pub(super) fn check_steps(dts: &[f64], duration: f64) -> Result<()> {
    if dts.is_empty() {
        return Err(Error::invalid("dts", "an empty list", "at least one step in ms", "Give dts = [1.0, 0.5]."));
    }
    match dts.iter().find(|&&dt| !(dt > 0.0 && dt <= duration)) {
        Some(dt) => Err(Error::invalid("dts", dt, format!("steps in ms, above 0, at most {duration}"), "Mend dts.")),
        None => Ok(()),
    }
}

/// Refuses a number that is not above 0.
///
/// # Errors
/// That, with the name of the parameter.
pub(super) fn check_positive(what: &str, x: f64) -> Result<()> {
    if x > 0.0 && x.is_finite() {
        return Ok(());
    }
    Err(Error::invalid(what, x, "a finite number above 0", "See the comments of the files in experiments/."))
}

/// `scheme` on `problem` at `dt` \[ms\], with the neuron's own peak whatever the scheme's default is. An adaptive scheme, which
/// [`fixed_step_schemes`] does not let pass, gives nothing.
pub(super) fn fixed_step(scheme: &Scheme, problem: &Problem, dt: f64, observe: impl FnMut(Sample)) -> Trajectory {
    solve_with(problem, &scheme.at_peak_of_neuron(), StepSize::Fixed(dt), observe).unwrap_or_default()
}
