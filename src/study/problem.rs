//! One problem of a study: how tables call it, and what all its runs share.

use super::{Key, KeyBuilder, Study, StudyInput, TruthCheck, truth};
use crate::error::{Error, Result, shown};
use crate::metrics::{DistanceParameters, MetricSet};
use crate::model::{Equilibrium, EquilibriumKind, Neuron, NeuronSpec, PhasePlane, Problem, StimulusSpec};
use crate::truth::Truth;
use crate::truth::residual::Reading;

/// A problem of a study, and what is measured of the runs on it. Its input, which may be long, is made when it is needed.
#[derive(Clone, Debug)]
pub struct StudyProblem {
    /// The neuron, with the peak of the truth.
    pub neuron: NeuronSpec,
    /// How tables call the input.
    pub input: String,
    /// The seed of an input that is noise, where the study has seeds.
    pub seed: Option<u64>,
    /// Length of the runs \[ms\].
    pub duration: f64,
    pub(super) metrics: MetricSet,
    pub(super) distances: DistanceParameters,
    stimulus: Option<StimulusSpec>,
    key: Option<Key>,
}

impl StudyProblem {
    pub(super) fn new(
        study: &Study,
        neuron: &NeuronSpec,
        input: &StudyInput,
        seed: Option<u64>,
        peak: Option<f64>,
    ) -> Self {
        let duration = study.duration_of(neuron, input);
        let seeded = |spec: &StimulusSpec| seed.and_then(|seed| spec.with_seed(seed)).unwrap_or_else(|| spec.clone());
        let mut neuron = neuron.clone();
        neuron.neuron.peak = peak.unwrap_or(neuron.neuron.peak);
        StudyProblem {
            neuron,
            input: input.label.clone(),
            seed,
            duration,
            metrics: study.metrics.clone(),
            distances: study.distances,
            stimulus: input.spec.as_ref().map(seeded),
            key: None,
        }
    }

    /// The problem to solve.
    ///
    /// # Errors
    /// An input that cannot be made for this duration, or a neuron's own input where it has none.
    pub fn problem(&self) -> Result<Problem> {
        let NeuronSpec { neuron, initial, .. } = self.neuron;
        let stimulus = match (&self.stimulus, &self.neuron.stimulus) {
            (Some(spec), _) => spec.stimulus_of(&self.neuron, self.duration)?,
            (None, Some(own)) => {
                if let Some(until) = self.neuron.own.until.filter(|&until| until < self.duration) {
                    let given = format!("{} ms with an input whose sine ends at {until} ms", shown(self.duration));
                    let mend = "Shorten the duration, or give an input.";
                    return Err(Error::invalid("the duration", given, format!("at most {until} ms"), mend));
                }
                own.clone()
            }
            (None, None) if self.neuron.own.refused.is_some() => {
                return Err(Error::Text(self.neuron.own.refused.clone().unwrap_or_default()));
            }
            (None, None) => {
                let given = format!("'own' with the neuron {}", self.neuron.label);
                let allowed = "'own' with the patterns A to T or a network of NeuroML, which have one";
                return Err(Error::invalid("input", given, allowed, "Give an input such as step:10."));
            }
        };
        Ok(Problem { neuron, stimulus, initial, duration: self.duration })
    }

    /// The problem with its true solution.
    ///
    /// # Errors
    /// Those of [`problem`](Self::problem).
    pub(super) fn solved(&self) -> Result<SolvedProblem> {
        Ok(SolvedProblem::read(self.problem()?, Reading::Typed(self.neuron.numbers())))
    }

    /// With the key of what `problem` is and what is measured on it: not of names, so that `RS` is `a=0.02,b=0.2,c=-65,d=8`.
    pub(super) fn with_key(self, problem: Problem) -> Self {
        let metrics = self.metrics.iter().fold(KeyBuilder::new("comparison"), |key, metric| {
            key.text("metric", metric.name).number("revision", metric.revision.into())
        });
        let key = metrics
            .structure("problem", &problem)
            .structure("numbers", self.neuron.numbers())
            .structure("distances", &self.distances)
            .key();
        StudyProblem { key: Some(key), ..self }
    }

    pub(super) fn key(&self) -> Key {
        self.key.expect("a study gives its problems their keys")
    }
}

/// A problem with its true solution: what all runs on it are measured against.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SolvedProblem {
    /// The problem, with the peak of the truth.
    pub problem: Problem,
    /// The true solution, with a bound of the error of every spike where it is known.
    pub truth: Truth,
    /// Which solver the truth is of, and whether the other one confirms it.
    pub check: TruthCheck,
    /// The stable equilibrium without input, where there is one.
    pub rest: Option<Equilibrium>,
}

impl SolvedProblem {
    /// Solves `problem` by two solvers that check each other.
    pub fn of(problem: Problem) -> Self {
        Self::read(problem, Reading::Decimal)
    }

    /// Solves `problem` by one solver, with bounds from its own local errors: no other solver checks it and nothing is proven. Good to
    /// rounding as well, and several times faster. Of a neuron that has more than the quadratic form it is the truth of [`of`](Self::of).
    pub fn unproven(problem: Problem) -> Self {
        let (truth, check) = truth::solve_alone(&problem);
        let rest = resting_state(problem.neuron);
        SolvedProblem { problem, truth, check, rest }
    }

    /// [`of`](Self::of), the numbers of neuron and start taken as `reading` says.
    pub fn read(problem: Problem, reading: Reading<'_>) -> Self {
        let (truth, check) = truth::solve(&problem, reading);
        let rest = resting_state(problem.neuron);
        SolvedProblem { problem, truth, check, rest }
    }
}

/// The stable equilibrium of a neuron without input.
pub(super) fn resting_state(neuron: Neuron) -> Option<Equilibrium> {
    let plane = PhasePlane::new(neuron, 0.0).ok()?;
    let stable = |e: &Equilibrium| matches!(e.kind, EquilibriumKind::StableNode | EquilibriumKind::StableFocus);
    plane.equilibria().into_iter().find(stable)
}
