//! Runs a [`Study`]: every scheme at every step against the truth.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use super::{Control, Run, Study, Timing, TruthCheck, expected_flops_per_ms, grid_cell, run_cells, truth};
use crate::error::Result;
use crate::model::{Equilibrium, EquilibriumKind, PhasePlane, Problem};
use crate::truth::{Outcome, Truth};

/// What came out of a study.
#[derive(Debug)]
pub struct Comparison {
    /// What was asked.
    pub study: Study,
    /// What every error is measured against.
    pub truth: Truth,
    /// Which solver the truth is of, and whether the other one confirms it.
    pub check: TruthCheck,
    /// The stable equilibrium without input, where there is one.
    pub rest: Option<Equilibrium>,
    /// One entry per scheme and step (or tolerance), schemes in the order of the study.
    pub runs: Vec<Run>,
}

impl Comparison {
    /// Bound of the error of every true spike time \[ms\]; `None` where it cannot be known.
    pub fn error_bound(&self) -> Option<f64> {
        self.truth.bound()
    }

    /// What is wrong with the truth, in a sentence, where it does not cover the whole run.
    pub fn truth_warning(&self) -> Option<String> {
        let what = match self.truth.outcome {
            Outcome::Completed if self.error_bound().is_some() => return None,
            Outcome::Completed if self.check.agrees == Some(false) => {
                return Some(format!(
                    "Two solvers of the truth, {} and {}, differ by {:.1e} ms, more than their error bounds allow: please \
                     report this problem.",
                    self.check.solver.name(),
                    self.check.checked_by.name(),
                    self.check.largest_difference
                ));
            }
            Outcome::Completed => {
                return Some(
                    "The error of the truth cannot be bounded here (a maximum of v too near the peak, or errors grown \
                     past linear theory): read its spike times with care."
                        .to_owned(),
                );
            }
            Outcome::Diverged { at } => format!("diverges at {at:.6} ms"),
            Outcome::Runaway { at } => format!("fires without end from {at:.6} ms on"),
            Outcome::StepLimit { at } => format!("is too stiff to be followed beyond {at:.6} ms"),
            Outcome::Refused => "could not be solved".to_owned(),
        };
        Some(format!("The true solution {what}: errors speak of the time before that only."))
    }
}

/// Runs a study. `progress` is told how many of how many runs are done, from any thread.
///
/// Runs are spread over the threads of the current rayon pool; what comes out does not depend on their number. Times are
/// measured afterwards, one run at a time.
///
/// # Errors
/// What [`Study::validate`] refuses.
pub fn compare(study: Study, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Comparison> {
    study.validate()?;
    let (truth, check) = truth::solve(&study.problem);
    let rest = resting_state(&study.problem);
    let mut runs = run_all(&study, &truth, rest.as_ref(), progress)?;
    if let Some(budget) = study.timing_budget {
        let share = budget / runs.len().max(1) as u32;
        for run in &mut runs {
            run.timing = Some(Timing::of(&run.scheme.problem(&study.problem), &run.scheme, run.setting, share)?);
        }
    }
    Ok(Comparison { study, truth, check, rest, runs })
}

/// The runs of a study, by the runner of all grids.
fn run_all(
    study: &Study,
    truth: &Truth,
    rest: Option<&Equilibrium>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Run>> {
    let problem = grid_cell::problem_key(study);
    let cells: Vec<grid_cell::RunCell<'_>> = study
        .cells()
        .into_iter()
        .map(|(scheme, setting)| {
            let flops = expected_flops_per_ms(&scheme, setting) * study.problem.duration;
            grid_cell::RunCell { study, truth, rest, problem, scheme, setting, flops }
        })
        .collect();
    let runs: Mutex<Vec<Option<Run>>> = Mutex::new(cells.iter().map(|_| None).collect());
    let lock = || runs.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let never = AtomicBool::new(false);
    let control = Control { stop: &never, progress: &|state| progress(state.done, state.all) };
    run_cells(&cells, control, &|done| {
        lock()[done.index] = Some(done.output);
        Ok(())
    })?;
    // Without errors or a stop, every cell has been run.
    let runs = std::mem::take(&mut *lock());
    Ok(runs.into_iter().flatten().collect())
}

/// The stable equilibrium of the problem's neuron without input.
pub(super) fn resting_state(problem: &Problem) -> Option<Equilibrium> {
    let plane = PhasePlane::new(problem.neuron, 0.0).ok()?;
    let stable = |e: &Equilibrium| matches!(e.kind, EquilibriumKind::StableNode | EquilibriumKind::StableFocus);
    plane.equilibria().into_iter().find(stable)
}
