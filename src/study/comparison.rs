//! A study of one problem, with its truth and its runs in hand.

use std::sync::Arc;
use std::time::Duration;

use super::check::check_lists;
use super::keep::{Keep, kept};
use super::runner::collect_cells;
use super::{Cell, Control, Run, SolvedProblem, Study, StudyCell, StudyRun, Timing, TruthCheck, TruthSolver};
use crate::error::{Error, Result, positive, refuse_if};
use crate::model::{Equilibrium, Problem};
use crate::scheme::Scheme;
use crate::truth::{Outcome, Truth};

/// A difference between two solutions \[ms\] that is said in words, where neither has a bound: a hundred times what they have elsewhere.
const MOST_DIFFERENCE: f64 = 1e-8;

/// What came out of a study of one problem.
#[derive(Debug)]
#[non_exhaustive]
#[must_use]
pub struct Comparison {
    /// The study that was compared.
    pub study: Study,
    /// The problem, with the peak of the truth.
    pub problem: Problem,
    /// The true solution, which every error is measured against.
    pub truth: Truth,
    /// Which solver the truth is of, and whether the other one confirms it.
    pub check: TruthCheck,
    /// The stable equilibrium without input, where there is one.
    pub rest: Option<Equilibrium>,
    /// One entry per scheme and step (or tolerance), schemes in the order of the study.
    pub runs: Vec<Run>,
    /// The timing error that the verdict asks for \[ms\].
    pub within: f64,
}

/// How a comparison is run.
#[derive(Clone, Copy)]
pub struct CompareOptions<'a> {
    /// The timing error that the verdict asks for \[ms\].
    pub within: f64,
    /// Wall-clock time to spend on measuring times; `None` measures none, which makes all outputs deterministic.
    pub timing_budget: Option<Duration>,
    /// Which runs keep their state after every step.
    pub keep: Keep,
    /// Called with every run as soon as it is done, its samples there, from any thread and in any order.
    pub each: &'a (dyn Fn(&Run) -> Result<()> + Sync),
    /// What steers it from outside: it can be stopped, and tells of every run done.
    pub control: Control<'a>,
}

impl Default for CompareOptions<'_> {
    /// A verdict at 1 ms; no times, no samples.
    fn default() -> Self {
        CompareOptions {
            within: 1.0,
            timing_budget: None,
            keep: Keep::Nothing,
            each: &|_| Ok(()),
            control: Control::default(),
        }
    }
}

impl Study {
    /// Runs a study of one problem. Runs are spread over the threads of the pool of `options.control`; what comes out does not depend on
    /// their number. Times are measured afterwards, one run at a time.
    ///
    /// # Errors
    /// The first part of the study that cannot be used; a number of problems other than one; those of `options.each`; to have been stopped.
    pub fn compare(&self, options: CompareOptions<'_>) -> Result<Comparison> {
        check_within(options.within)?;
        check_lists(self)?;
        let cells = self.cells_on(vec![self.only_problem()?]);
        let kept = kept(&cells, options.keep);
        let done = collect_cells(&cells, options.control, &|index, StudyRun { solved, mut run }: StudyRun| {
            (options.each)(&run)?;
            if !kept[index] {
                run.samples = Default::default();
            }
            Ok((solved, run))
        })?;
        if done.len() < cells.len() {
            let (done, all) = (done.len(), cells.len());
            return Err(Error::Text(format!("The comparison was stopped with {done} of {all} runs done.")));
        }
        let (solved, mut runs): (Vec<_>, Vec<Run>) = done.into_iter().unzip();
        let solved = Arc::unwrap_or_clone(solved.into_iter().next().expect("a study has cells"));
        if let Some(budget) = options.timing_budget {
            let share = budget / runs.len() as u32;
            for run in &mut runs {
                run.timing = Some(Timing::of(&run.scheme.problem(&solved.problem), &run.scheme, run.size, share)?);
            }
        }
        Ok(Comparison::new(self.clone(), solved, runs, options.within))
    }

    /// Runs a study of one problem whose truth is `solved`, on this thread, one run after the other and without a clock: what moves under
    /// a hand, where schemes and steps change and the truth does not. The numbers are those of [`compare`](Self::compare).
    ///
    /// ```
    /// use spikestep::SchemeSet;
    /// use spikestep::model::NeuronSpec;
    /// use spikestep::study::{Keep, SolvedProblem, Study};
    /// let schemes = SchemeSet::standard().parse_list("euler,rk4+located")?;
    /// let mut study = Study { neurons: vec![NeuronSpec::parse("RS")?], schemes, dts: vec![0.5], ..Study::default() };
    /// let mut solved = SolvedProblem::of(study.problem()?);
    /// for dt in [0.5, 0.25] {
    ///     study.dts = vec![dt];
    ///     let comparison = study.compare_known(solved, 1.0, Keep::Nothing)?;
    ///     assert!(comparison.runs[0].largest_error() > 10.0 * comparison.runs[1].largest_error());
    ///     solved = comparison.into_solved();
    /// }
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`compare`](Self::compare), and a truth of another problem.
    pub fn compare_known(&self, solved: SolvedProblem, within: f64, keep: Keep) -> Result<Comparison> {
        check_within(within)?;
        check_lists(self)?;
        let problem = self.only_problem()?;
        let same = problem.problem()? == solved.problem;
        let mend = "Solve the problem of the study, or call Study::compare.";
        refuse_if!(!same, "the truth", "that of another problem", "the truth of the problem of the study", mend);
        let cells = self.cells_on(vec![problem]);
        let solved = Arc::new(solved);
        let run = |(cell, kept): (&StudyCell, bool)| -> Result<Run> {
            let mut run = cell.run(&solved)?.run;
            if !kept {
                run.samples = Default::default();
            }
            Ok(run)
        };
        let runs = cells.iter().zip(kept(&cells, keep)).map(run).collect::<Result<_>>()?;
        Ok(Comparison::new(self.clone(), Arc::unwrap_or_clone(solved), runs, within))
    }
}

/// Refuses a timing error that is none.
pub(super) fn check_within(within: f64) -> Result<()> {
    positive("verdict's timing error", within, "Give the timing error in ms, such as 1.").map(|_| ())
}

impl Comparison {
    pub(super) fn new(study: Study, solved: SolvedProblem, runs: Vec<Run>, within: f64) -> Self {
        let SolvedProblem { problem, truth, check, rest } = solved;
        Comparison { study, problem, truth, check, rest, runs, within }
    }

    /// The problem with its truth, for other runs on it.
    pub fn into_solved(self) -> SolvedProblem {
        let Comparison { problem, truth, check, rest, .. } = self;
        SolvedProblem { problem, truth, check, rest }
    }

    /// The runs of each scheme, in the order of the study.
    pub fn by_scheme(&self) -> Vec<(&Scheme, Vec<&Run>)> {
        let of = |scheme: &Scheme| {
            let name = scheme.to_string();
            self.runs.iter().filter(|run| run.scheme.to_string() == name).collect()
        };
        self.study.schemes.iter().map(|scheme| (scheme, of(scheme))).collect()
    }

    /// Whether times were measured.
    pub fn is_timed(&self) -> bool {
        self.runs.iter().any(|run| run.timing.is_some())
    }

    /// Until when the truth is known \[ms\], where that is not the whole run: nothing is told of what comes after.
    pub fn truth_ends_at(&self) -> Option<f64> {
        self.truth.outcome.cut_at()
    }

    /// What is wrong with the truth, in a sentence, where it does not cover the whole run.
    pub fn truth_warning(&self) -> Option<String> {
        let what = match self.truth.outcome {
            Outcome::Completed if self.truth.bound().is_some() => return None,
            Outcome::Completed if self.check.agrees == Some(false) => {
                return Some(format!(
                    "Two solvers of the truth, {} and {}, differ by {:.1e} ms, more than their error bounds allow: please \
                     report this problem.",
                    self.check.solver.name(),
                    self.check.checked_by.name(),
                    self.check.largest_difference
                ));
            }
            Outcome::Completed if self.check.checked_by == TruthSolver::Dop853 => {
                let other = self.check.checked_by.name();
                return match self.check.largest_difference {
                    difference if difference <= MOST_DIFFERENCE => None,
                    difference if difference.is_finite() => Some(format!(
                        "{other} differs by {difference:.1e} ms from the truth: read its spike times with care."
                    )),
                    _ => Some(format!("{other} finds another number of spikes: read those of the truth with care.")),
                };
            }
            Outcome::Completed => {
                return Some(
                    "The error of the truth cannot be bounded here (a maximum of v too near the peak, or errors grown \
                     past linear theory): read its spike times with care."
                        .to_owned(),
                );
            }
            Outcome::Diverged { at } => format!("diverges, or leaves what is computed (1e8 mV), at {at:.6} ms"),
            Outcome::Runaway { at } => format!("fires without end from {at:.6} ms on"),
            Outcome::StepLimit { at } => format!("is too stiff to be followed beyond {at:.6} ms"),
            Outcome::Refused => "could not be solved".to_owned(),
        };
        let mend = match self.truth.outcome {
            Outcome::StepLimit { .. } => " Make the rates of the neuron or its input smaller, or shorten the duration.",
            _ => "",
        };
        Some(format!("The true solution {what}: errors speak of the time before that only.{mend}"))
    }
}
