//! Which scheme, at which step, keeps every spike within a bound: the cheapest, by a search that says what it tried.
//!
//! Each scheme is run from its largest step downwards ([`STEPS_A_DECADE`] steps a decade, all of which divide a second; an
//! adaptive scheme by its tolerances). The error does not fall evenly with the step: a grid point may meet a spike by luck. So the
//! answer of a scheme is not the largest step that keeps the bound but the largest one **below which every step tried keeps it
//! too**, and the search goes on until [`CONFIRMATIONS`] smaller steps have. A step keeps the bound if the run loses and adds no
//! spike and spike k is within the bound of true spike k, for all k.
//!
//! Between schemes the lower cost decides, flops counted and weighed by [`flop_time`]: the same on every machine. Beside the
//! candidates stand the rules of simulators as they come (their own peak, precision and step): what they need, or what they miss.
//!
//! ```
//! use spikestep::study::{RecommendOptions, Study};
//! use spikestep::{Neuron, Problem, SchemeSet, Stimulus};
//! let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
//! let stimulus = Stimulus::constant(10.0);
//! let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 200.0 };
//! let schemes = SchemeSet::standard().parse_list("rk4,rk4+located,projective-8")?;
//! let study = Study { schemes, ..Study::of_problem("RS", problem) };
//! let answer = study.recommend(RecommendOptions { within: 0.1, finest: Some(0.05), ..Default::default() })?;
//! let best = answer.best().unwrap();
//! assert!(best.kept().unwrap().error.unwrap() <= 0.1 && best.margin().unwrap() >= 1.0);
//! // RK4 with its spikes on the grid is not within 0.1 ms at any of these steps; with its spikes located it is.
//! let [grid, located] = [&answer.candidates[0], &answer.candidates[1]];
//! assert!(grid.kept().is_none() && !located.next_larger().unwrap().keeps(0.1));
//! # Ok::<(), spikestep::Error>(())
//! ```

mod search;
mod simulators;
mod words;

#[cfg(feature = "files")]
pub(in crate::study) use search::steps;
pub use search::{CONFIRMATIONS, LARGEST_STEP, STEPS_A_DECADE, Searched, Trial};
pub use simulators::{SIMULATOR_RULES, SimulatorRule};
pub use words::{WORD_RULES, WORDS, Word, WordBound, WordRecommendation, WordSearch, WordTemplate};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rayon::prelude::*;

use super::comparison::check_within;
use super::{Comparison, Study, Timing};
use crate::error::{Error, Result, shown};
use crate::scheme::{MAX_STEPS, Scheme};
use crate::truth::Outcome;

/// Schemes that compete unless told otherwise: those of the registry that are no simulator's, with the evolutionary form by
/// recursion, which gives the numbers of the FFT for less.
pub const CANDIDATES: &str = "euler,euler+located,euler-semi-implicit,euler-semi-implicit+located,half-step,half-step+located,\
     rk2,rk2+located,heun,heun+located,rk4,rk4+located,rk4-wk,evolution-1-recursive,evolution-1-recursive+located,\
     evolution-2-recursive,evolution-2-recursive+located,projective-4,projective-6,projective-8,projective-12,adaptive";

/// Smallest bound asked for, as a multiple of the truth's own error bound: the tenth digit of an error does not decide, its
/// first does.
const ABOVE_TRUTH: f64 = 10.0;

/// A simulator's rule and what the search found of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SimulatorSearch {
    /// The rule of the simulator.
    pub rule: &'static SimulatorRule,
    /// The search of its largest step.
    pub searched: Searched,
    /// The run at the simulator's own step; `None` where the run is shorter.
    pub at_default: Option<Trial>,
}

/// What a search over schemes and steps found.
#[derive(Debug)]
#[non_exhaustive]
#[must_use]
pub struct Recommendation {
    /// The problem, the bound ([`Comparison::within`]) and the truth; no runs.
    pub basis: Comparison,
    /// Smallest step that was asked for \[ms\].
    pub finest: f64,
    /// Name of the metric that the bound is of.
    pub metric: &'static str,
    /// The candidates in the order given.
    pub candidates: Vec<Searched>,
    /// The rules of simulators.
    pub simulators: Vec<SimulatorSearch>,
}

impl Recommendation {
    /// Candidates that keep the bound, the cheapest first; equal costs by the smaller error.
    pub fn ranked(&self) -> Vec<&Searched> {
        let mut kept: Vec<(&Searched, &Trial)> =
            self.candidates.iter().filter_map(|candidate| Some((candidate, candidate.kept()?))).collect();
        let error = |trial: &Trial| trial.error.unwrap_or(0.0);
        kept.sort_by(|(_, a), (_, b)| a.cost.total_cmp(&b.cost).then(error(a).total_cmp(&error(b))));
        kept.into_iter().map(|(candidate, _)| candidate).collect()
    }

    /// The cheapest candidate.
    pub fn best(&self) -> Option<&Searched> {
        self.ranked().first().copied()
    }

    /// The cheapest one but [`best`](Self::best).
    pub fn runner_up(&self) -> Option<&Searched> {
        self.ranked().get(1).copied()
    }

    /// The cheapest and the next candidate of a fixed step: what a coupled network can take.
    pub fn fixed_step(&self) -> [Option<&Searched>; 2] {
        let mut fixed = self.ranked().into_iter().filter(|candidate| !candidate.scheme.is_adaptive());
        [fixed.next(), fixed.next()]
    }
}

/// Smallest step to try unless told otherwise \[ms\]: a millionth of the run.
fn default_finest(duration: f64) -> f64 {
    1e-6 * duration
}

/// How a recommendation is searched for.
#[derive(Clone, Copy)]
pub struct RecommendOptions<'a> {
    /// The bound to keep, in the unit of `metric`: by default the largest spike-time error \[ms\].
    pub within: f64,
    /// The metric that the bound is of.
    pub metric: &'a str,
    /// Smallest step to try \[ms\]; `None` is a millionth of the run.
    pub finest: Option<f64>,
    /// Wall-clock time to spend on measuring times; `None` measures none.
    pub timing_budget: Option<Duration>,
    /// Told how many of how many schemes are done, from any thread.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl Default for RecommendOptions<'_> {
    /// Every spike within 0.1 ms; no times.
    fn default() -> Self {
        let metric = "max_spike_time_error_ms";
        RecommendOptions { within: 0.1, metric, finest: None, timing_budget: None, progress: &|_, _| () }
    }
}

impl Study {
    /// Searches the schemes of a study of one problem and the simulators' rules for the largest steps that keep
    /// `options.within`. The steps and tolerances of the study are not used.
    ///
    /// # Errors
    /// The first part of the study that cannot be used; a number of problems other than one; an unknown metric; a finest step that is no step of the run, or needs more
    /// than [`MAX_STEPS`]; a true solution that does not reach the end; a bound that is not well above the truth's own error.
    pub fn recommend(&self, options: RecommendOptions<'_>) -> Result<Recommendation> {
        check_within(options.within)?;
        let names = || self.metrics.iter().map(|metric| metric.name);
        let unknown = || Error::unknown("metric", options.metric, names());
        let metrics = self.metrics.clone();
        let metric = metrics.get(options.metric).ok_or_else(unknown)?;
        let problem = self.only_problem()?;
        let duration = problem.duration;
        let finest = options.finest.unwrap_or_else(|| default_finest(duration));
        check_finest(finest, duration)?;
        let basis = Comparison::new(self.clone(), problem.solved()?, Vec::new(), options.within);
        check_truth(&basis)?;

        let mut rules = Vec::new();
        for rule in SIMULATOR_RULES.iter() {
            let scheme: Scheme = rule.scheme.parse()?;
            // A simulator that could not run the cell has nothing to say of it.
            if scheme.takes(basis.problem.neuron.form()) {
                rules.push((rule, scheme));
            }
        }
        let all: Vec<Scheme> = self
            .schemes
            .iter()
            .chain(rules.iter().map(|(_, scheme)| scheme))
            .map(|scheme| self.configured(scheme))
            .collect();
        let done = AtomicUsize::new(0);
        let search = |scheme: &Scheme| {
            let searched = Searched::of(&basis, metric, scheme, finest);
            (options.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, all.len());
            searched
        };
        let mut found: Vec<Searched> = all.par_iter().with_max_len(1).map(search).collect::<Result<_>>()?;
        if let Some(budget) = options.timing_budget {
            let share = budget / all.len().max(1) as u32;
            for searched in &mut found {
                let Some(size) = searched.kept().map(|kept| kept.size) else { continue };
                let problem = searched.scheme.problem(&basis.problem);
                searched.timing = Some(Timing::of(&problem, &searched.scheme, size, share)?);
            }
        }
        let of_rules = found.split_off(self.schemes.len());
        let simulators = rules
            .into_iter()
            .zip(of_rules)
            .map(|((rule, _), searched)| {
                let reaches = rule.default_dt <= duration;
                let at_default = reaches.then(|| searched.at_step(&basis, metric, rule.default_dt)).transpose()?;
                Ok(SimulatorSearch { rule, searched, at_default })
            })
            .collect::<Result<_>>()?;
        Ok(Recommendation { basis, finest, metric: metric.name, candidates: found, simulators })
    }
}

impl Study {
    /// Searches the rules of a study of one problem for the shortest words of `templates` that keep `bound`, with steps down to `finest`
    /// \[ms\]. `progress` is called when a rule and a template are done, from any thread.
    ///
    /// # Errors
    /// The first part of the study that cannot be used; a number of problems other than one; a true solution that does not reach the
    /// end, or does not fire; a finest step that is none of the run.
    pub fn recommend_words(
        &self,
        templates: &[WordTemplate],
        bound: WordBound,
        finest: f64,
        progress: &(dyn Fn() + Sync),
    ) -> Result<WordRecommendation> {
        if let Some(within) = bound.within {
            check_within(within)?;
        }
        let problem = self.only_problem()?;
        check_finest(finest, problem.duration)?;
        let basis = Comparison::new(self.clone(), problem.solved()?, Vec::new(), bound.within.unwrap_or(f64::INFINITY));
        check_truth(&basis)?;
        if basis.truth.spikes.is_empty() {
            let silent =
                "The neuron does not fire in this run, so that any word keeps it; take an input that makes it fire.";
            return Err(Error::Text(silent.to_owned()));
        }
        words::search(basis, &self.schemes, templates, bound, finest, progress)
    }
}

fn check_finest(finest: f64, duration: f64) -> Result<()> {
    let largest = LARGEST_STEP.min(duration);
    // Steps that confirm the smallest one are up to 2.5 times smaller.
    let smallest = 2.5 * duration / MAX_STEPS as f64;
    if (smallest..=largest).contains(&finest) {
        return Ok(());
    }
    Err(Error::invalid(
        "smallest step to try",
        format!("{} ms over {} ms", shown(finest), shown(duration)),
        format!("{} to {} ms", shown(smallest), shown(largest)),
        format!("Give the smallest step such as {}ms, or leave it out.", shown(default_finest(duration))),
    ))
}

fn check_truth(basis: &Comparison) -> Result<()> {
    if basis.truth.outcome != Outcome::Completed {
        let what = basis.truth_warning().unwrap_or_default();
        return Err(Error::Text(format!(
            "{what} There is nothing to keep after it; shorten the duration or change the input."
        )));
    }
    match basis.truth.bound() {
        Some(bound) if basis.within < ABOVE_TRUTH * bound => Err(Error::invalid(
            "the timing error",
            format!("{} ms", shown(basis.within)),
            format!("at least {ABOVE_TRUTH} times the truth's own error bound of {bound:.1e} ms"),
            "Raise the timing error.",
        )),
        _ => Ok(()),
    }
}
