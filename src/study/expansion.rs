//! From the lists of a study to its cells, and to a row for each of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::check::{Axis, StudyError, check_duration, check_lists, check_number, check_problem};
use super::expected_cost::expected_flops_per_ms;
use super::run::{StudyCell, StudyRun};
use super::runner::collect_cells;
use super::{Control, Run, Study, StudyInput, StudyProblem};
use crate::error::{Result, refuse_if};
use crate::model::Problem;
use crate::scheme::{Scheme, StepSize};

/// A row of a study that was run from code: what was run, and what came out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StudyRow {
    /// The problem, one value for all its rows.
    pub problem: Arc<StudyProblem>,
    /// Number of spikes of the truth.
    pub truth_spikes: usize,
    /// Bound of the error of its spike times \[ms\]; `None` where it is not known.
    pub truth_error_bound: Option<f64>,
    /// The run and its metrics, without samples.
    pub run: Run,
}

impl Study {
    /// The cells in order: neuron, input, seed, peak, scheme, step (the last changes fastest).
    ///
    /// # Errors
    /// The first part of the study that cannot be used: everything is checked before anything is run.
    pub fn cells(&self) -> std::result::Result<Vec<StudyCell>, StudyError> {
        check_lists(self)?;
        check_number(self)?;
        Ok(self.cells_on(self.problems_at(|_| true, StudyProblem::with_key)?))
    }

    /// The cells on some problems, of lists that are right.
    pub(super) fn cells_on(&self, problems: Vec<StudyProblem>) -> Vec<StudyCell> {
        let schemes: Vec<(Scheme, Vec<(StepSize, f64)>)> = self
            .schemes
            .iter()
            .map(|scheme| {
                let scheme = self.configured(scheme);
                let sizes = self.sizes(&scheme).map(|size| (size, expected_flops_per_ms(&scheme, size))).collect();
                (scheme, sizes)
            })
            .collect();
        let mut cells = Vec::new();
        for problem in problems {
            let problem = Arc::new(problem);
            for (class, (scheme, sizes)) in schemes.iter().enumerate() {
                for &(size, flops_per_ms) in sizes {
                    cells.push(StudyCell::new(&problem, scheme, size, flops_per_ms, class));
                }
            }
        }
        cells
    }

    /// The cells of some problems, by their places among all: those that [`cells`](Self::cells) has there.
    ///
    /// # Errors
    /// The first part of the study that cannot be used.
    pub fn cells_of(&self, problems: &BTreeSet<usize>) -> std::result::Result<Vec<StudyCell>, StudyError> {
        check_lists(self)?;
        Ok(self.cells_on(self.problems_at(|place| problems.contains(&place), StudyProblem::with_key)?))
    }

    /// The problem of a study that has one, for its cells.
    pub(super) fn only_problem(&self) -> Result<StudyProblem> {
        only(self.problems_at(|_| true, StudyProblem::with_key)?)
    }

    /// The problem of a study that has one.
    ///
    /// # Errors
    /// The first part of the study that cannot be used; another number of problems.
    pub fn problem(&self) -> Result<Problem> {
        only(self.problems_at(|_| true, |_, solvable| solvable)?)
    }

    /// What `made` makes of the problems whose places among all are wanted, in order: neuron, input, seed, peak.
    fn problems_at<T>(
        &self,
        wanted: impl Fn(usize) -> bool,
        made: impl Fn(StudyProblem, Problem) -> T,
    ) -> std::result::Result<Vec<T>, StudyError> {
        let mut problems = Vec::new();
        let mut places = 0..;
        for (n, neuron) in self.neurons.iter().enumerate() {
            let inputs = match self.inputs.is_empty() {
                true => StudyInput::default_of(neuron).into_iter().collect(),
                false => self.inputs.clone(),
            };
            for (i, input) in inputs.iter().enumerate() {
                for seed in self.seeds_of(input) {
                    for (place, peak) in self.peaks_or_none() {
                        if !places.next().is_some_and(&wanted) {
                            continue;
                        }
                        let near = place.map_or(Axis::Neuron(n), Axis::Peak);
                        let problem = StudyProblem::new(self, neuron, input, seed, peak);
                        check_duration(problem.duration).map_err(|error| StudyError { axis: near, error })?;
                        let solvable = problem.problem().map_err(|error| StudyError { axis: Axis::Input(i), error })?;
                        check_problem(self, &solvable, near)?;
                        problems.push(made(problem, solvable));
                    }
                }
            }
        }
        Ok(problems)
    }

    /// Runs the study on all cores and gives one row a cell, in the order of the cells; nothing is written anywhere.
    ///
    /// ```
    /// use spikestep::SchemeSet;
    /// use spikestep::model::NeuronSpec;
    /// use spikestep::study::Study;
    /// let study = Study {
    ///     neurons: vec![NeuronSpec::parse("RS")?],
    ///     schemes: SchemeSet::standard().parse_list("euler,rk4+located")?,
    ///     dts: vec![0.25],
    ///     duration: Some(200.0),
    ///     ..Study::default()
    /// };
    /// let rows = study.run()?;
    /// let error = |k: usize| rows[k].run.metrics.get("max_spike_time_error_ms").unwrap();
    /// assert!(error(1) < error(0));
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// The first part of the study that cannot be used.
    pub fn run(&self) -> Result<Vec<StudyRow>> {
        let cells = self.cells()?;
        collect_cells(&cells, Control::default(), &|index, StudyRun { solved, mut run }: StudyRun| {
            run.samples = Default::default();
            let problem = Arc::clone(&cells[index].problem);
            Ok(StudyRow {
                problem,
                truth_spikes: solved.truth.spikes.len(),
                truth_error_bound: solved.truth.bound(),
                run,
            })
        })
    }
}

/// The only one.
fn only<T>(mut problems: Vec<T>) -> Result<T> {
    let mend = "Take Study::run, or one neuron, input, seed and peak.";
    refuse_if!(problems.len() != 1, "the number of problems", problems.len(), "one", mend);
    Ok(problems.swap_remove(0))
}
