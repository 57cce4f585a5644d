//! The verb of the crate: a problem, a scheme and a step (or a tolerance) give a trajectory.

use serde::Serialize;

use super::value::Method;
use super::{Sample, Scheme, Setup, Step, Stepper, Trajectory, step_count};
use crate::error::{Error, Result, positive, shown};
use crate::model::{Neuron, Problem, StepInput};
use crate::spike::SpikeTrain;

/// Most steps of one run: what a run of the evolutionary form, which remembers them all, can hold in about 1 GB.
pub const MAX_STEPS: u64 = 10_000_000;

/// What sets the size of the steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum StepSize {
    /// A fixed step dt \[ms\].
    Fixed(f64),
    /// The tolerance of an adaptive scheme: for `projective` the largest spike-time error of the run \[ms\], for the others relative
    /// and absolute, per step.
    Tolerance(f64),
}

impl StepSize {
    /// dt \[ms\] of a fixed step.
    pub fn dt(self) -> Option<f64> {
        match self {
            StepSize::Fixed(dt) => Some(dt),
            StepSize::Tolerance(_) => None,
        }
    }

    /// The tolerance of an adaptive scheme.
    pub fn tolerance(self) -> Option<f64> {
        match self {
            StepSize::Fixed(_) => None,
            StepSize::Tolerance(tolerance) => Some(tolerance),
        }
    }
}

/// Solves `problem` by `scheme` with steps of a given size.
///
/// The grid of a fixed step is t_n = n·dt (a product, not a running sum) and covers the duration; the last step may reach past it,
/// but spikes after it are dropped. A solution that leaves the finite numbers ends there, with [`Trajectory::diverged_at`] set.
///
/// # Errors
/// A step or tolerance that is not a positive number, a tolerance for a fixed-step scheme or a step for an adaptive one, a duration
/// that is negative or not finite, more than [`MAX_STEPS`] steps, a neuron that does not pass [`Neuron::validate`](crate::Neuron::validate)
/// with the peak of the scheme, or that the scheme does not step ([`check_form`]).
pub fn solve(problem: &Problem, scheme: &Scheme, size: StepSize) -> Result<Trajectory> {
    Ok(prepare(&scheme.problem(problem), scheme, size)?())
}

/// What [`solve`] does once everything is prepared (kernels, plans of FFTs), for measuring the time of the rest. The peak of
/// `problem` is the one the scheme uses.
pub fn prepare<'a>(
    problem: &'a Problem,
    scheme: &'a Scheme,
    size: StepSize,
) -> Result<Box<dyn FnOnce() -> Trajectory + 'a>> {
    match (checked(problem, scheme, size)?, scheme.method()) {
        (StepSize::Tolerance(tolerance), Method::Adaptive(solve)) => {
            Ok(Box::new(move || solve(problem, tolerance, None)))
        }
        (StepSize::Fixed(dt), _) => {
            let mut stepper = stepper(problem, scheme, dt)?;
            Ok(Box::new(move || run(stepper.as_mut(), problem, dt, |_| {})))
        }
        _ => Err(mismatch(scheme, size)),
    }
}

/// As [`solve`], calling `observe` at the end of every step.
///
/// # Errors
/// As [`solve`].
pub fn solve_with(
    problem: &Problem,
    scheme: &Scheme,
    size: StepSize,
    mut observe: impl FnMut(Sample),
) -> Result<Trajectory> {
    let problem = scheme.problem(problem);
    match (checked(&problem, scheme, size)?, scheme.method()) {
        (StepSize::Tolerance(tolerance), Method::Adaptive(solve)) => Ok(solve(&problem, tolerance, Some(&mut observe))),
        (StepSize::Fixed(dt), _) => {
            let mut stepper = stepper(&problem, scheme, dt)?;
            Ok(run(stepper.as_mut(), &problem, dt, observe))
        }
        _ => Err(mismatch(scheme, size)),
    }
}

/// A fixed-step scheme at the start of `problem`, to be stepped by hand.
///
/// # Errors
/// An adaptive scheme, and those of [`solve`].
pub fn start(problem: &Problem, scheme: &Scheme, dt: f64) -> Result<Box<dyn Stepper>> {
    checked(problem, scheme, StepSize::Fixed(dt))?;
    stepper(problem, scheme, dt)
}

/// [`start`] of what has been checked.
fn stepper(problem: &Problem, scheme: &Scheme, dt: f64) -> Result<Box<dyn Stepper>> {
    let Problem { neuron, initial, duration, .. } = *problem;
    let neuron = neuron.with_peak(scheme.peak(&neuron));
    let setup = Setup { neuron, dt, steps: step_count(duration, dt), initial, lower_bound: scheme.lower_bound() };
    scheme.start(&setup).ok_or_else(|| mismatch(scheme, StepSize::Fixed(dt)))
}

/// `size`, where the scheme can take it.
fn checked(problem: &Problem, scheme: &Scheme, size: StepSize) -> Result<StepSize> {
    let (StepSize::Fixed(value) | StepSize::Tolerance(value)) = size;
    if scheme.is_adaptive() != size.tolerance().is_some() {
        return Err(mismatch(scheme, size));
    }
    positive(if scheme.is_adaptive() { "tolerance" } else { "step dt" }, value, "Give one such as 0.1.")?;
    if !(problem.duration >= 0.0 && problem.duration.is_finite()) {
        let given = format!("{} ms", shown(problem.duration));
        return Err(Error::invalid("duration", given, "a finite number of ms, 0 or more", "Give the duration in ms."));
    }
    check_form(scheme, &problem.neuron)?;
    // The peak that counts is the scheme's.
    problem.neuron.with_peak(scheme.peak(&problem.neuron)).validate()?;
    if size.dt().is_some_and(|dt| problem.duration / dt > MAX_STEPS as f64) {
        return Err(Error::invalid(
            "step dt",
            format!("{} ms over {} ms", shown(value), shown(problem.duration)),
            format!("at most {MAX_STEPS} steps"),
            "Take a larger step or a shorter duration.",
        ));
    }
    Ok(size)
}

/// Refuses a neuron that `scheme` does not step.
///
/// # Errors
/// A neuron with an [`Extension`](crate::model::Extension), where the scheme takes the quadratic form alone.
pub fn check_form(scheme: &Scheme, neuron: &Neuron) -> Result<()> {
    if scheme.takes(neuron.form()) { Ok(()) } else { neuron.require_plain(&format!("scheme '{scheme}'")) }
}

fn mismatch(scheme: &Scheme, size: StepSize) -> Error {
    let (given, allowed) = match size {
        StepSize::Fixed(dt) => (format!("a step of {} ms", shown(dt)), "a tolerance"),
        StepSize::Tolerance(tolerance) => (format!("a tolerance of {}", shown(tolerance)), "a step in ms"),
    };
    let kind = if scheme.is_adaptive() { "adaptive" } else { "fixed-step" };
    let mend = format!("Give {allowed}, or take another scheme.");
    Error::invalid("step size", given, format!("{allowed}, as '{scheme}' is {kind}"), mend)
}

/// Runs a stepper of one's own over the grid of `problem`, calling `observe` at the end of every step.
pub fn run(stepper: &mut dyn Stepper, problem: &Problem, dt: f64, mut observe: impl FnMut(Sample)) -> Trajectory {
    let steps = step_count(problem.duration, dt);
    let latest = problem.duration * (1.0 + 4.0 * f64::EPSILON);
    let mut spikes = Vec::new();
    let mut state = problem.initial;
    let mut diverged_at = None;
    let mut taken = 0;
    for n in 0..steps {
        let (start, end) = (n as f64 * dt, (n + 1) as f64 * dt);
        let step = Step { start, end, input: StepInput::new(&problem.stimulus, start, dt) };
        let before = spikes.len();
        taken += 1;
        match stepper.step(state, &step, &mut spikes) {
            Ok(next) if next.is_finite() => state = next,
            _ => {
                diverged_at = Some(end);
                break;
            }
        }
        observe(Sample { t: end, state, spike: spikes.len() > before });
    }
    spikes.retain(|&t| t <= latest);
    let spikes = SpikeTrain::from_sorted(spikes);
    let (cost, arithmetic) = (stepper.cost(), stepper.account());
    Trajectory { spikes, diverged_at, error_estimate: None, arithmetic, steps: taken, cost }
}
