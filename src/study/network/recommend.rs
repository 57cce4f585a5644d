//! The largest step that keeps the statistics of a network.

use super::chaos::{Moved, ZERO};
use super::table::MOST_STEPS;
use super::{NetworkQuestion, Seen};
use crate::error::{Error, Result, shown};
use crate::population::exact::{CoupledNeurons, STATISTICS, require_step};
use crate::scheme::Scheme;
use crate::study::recommend::{CONFIRMATIONS, steps};

/// What is to be kept.
#[derive(Clone, Debug)]
pub struct NetworkBound {
    /// Names of statistics.
    pub statistics: Vec<&'static str>,
    /// The part of each by which it may differ from the truth.
    pub within: f64,
    /// The smallest step to try \[ms\].
    pub finest: f64,
}

/// A step that was tried.
#[derive(Clone, Debug)]
pub struct NetworkTrial {
    /// The step \[ms\].
    pub dt: f64,
    /// The statistics that are to be kept, against the truth's.
    pub moved: Vec<Moved>,
    /// When a neuron left the finite numbers \[ms\].
    pub diverged_at: Option<f64>,
}

/// What the search of one scheme found.
#[derive(Clone, Debug)]
pub struct NetworkSearch {
    /// The scheme.
    pub scheme: Scheme,
    /// All steps tried, from the largest.
    pub tried: Vec<NetworkTrial>,
    answer: Option<usize>,
}

/// What a search over schemes and steps found.
#[derive(Clone, Debug)]
pub struct NetworkRecommendation {
    /// What was to be kept.
    pub bound: NetworkBound,
    /// The schemes in the order of the file.
    pub searched: Vec<NetworkSearch>,
}

impl NetworkBound {
    /// The bound `within` (a part) of the statistics that are `named`, separated by commas, or of all, with steps down to `finest`
    /// \[ms\].
    ///
    /// # Errors
    /// A name that is none of a statistic.
    pub fn new(named: Option<&str>, within: f64, finest: f64) -> Result<Self> {
        let known = |name: &str| {
            let found = STATISTICS.into_iter().find(|known| *known == name);
            found.ok_or_else(|| Error::unknown("statistic", name, STATISTICS))
        };
        let statistics = named.map(|names| names.split(',').map(|name| known(name.trim())).collect::<Result<_>>());
        Ok(NetworkBound { statistics: statistics.unwrap_or_else(|| Ok(STATISTICS.to_vec()))?, within, finest })
    }

    /// The steps to try: those that the delays of the network allow. A ladder's number may differ from the finest by its rounding.
    fn ladder(&self, network: &CoupledNeurons) -> Vec<f64> {
        let tried = steps(network.duration()).take_while(|dt| *dt >= self.finest * (1.0 - 1e-9));
        tried.filter(|dt| require_step(network, *dt).is_ok()).collect()
    }

    /// Whether a statistic is kept: within the bound, or not told from the truth's.
    fn keeps(&self, moved: &Moved) -> bool {
        let difference = (moved.statistic.value - moved.truth).abs();
        difference <= (self.within * moved.truth.abs()).max(moved.interval).max(ZERO) || moved.truth.is_nan()
    }

    /// The statistic of a trial that is furthest beyond the bound, or nearest to it.
    pub fn worst<'t>(&self, trial: &'t NetworkTrial) -> Option<&'t Moved> {
        let part = |moved: &Moved| ((moved.statistic.value - moved.truth) / moved.truth).abs();
        let kept = |moved: &&Moved| (!self.keeps(moved), part(moved));
        let order = |a: &&Moved, b: &&Moved| kept(a).0.cmp(&kept(b).0).then(kept(a).1.total_cmp(&kept(b).1));
        trial.moved.iter().filter(|moved| !part(moved).is_nan()).max_by(order)
    }

    /// The statistic of a trial that the runs know least of, where that is less than the bound asks: its interval is wider.
    pub fn vaguest<'t>(&self, trial: &'t NetworkTrial) -> Option<&'t Moved> {
        let width = |moved: &Moved| (moved.interval / moved.truth).abs();
        trial
            .moved
            .iter()
            .filter(|moved| moved.truth.abs() >= ZERO && width(moved) > self.within)
            .max_by(|a, b| width(a).total_cmp(&width(b)))
    }

    /// Whether a trial keeps all.
    pub fn is_kept(&self, trial: &NetworkTrial) -> bool {
        trial.diverged_at.is_none() && trial.moved.iter().all(|moved| self.keeps(moved))
    }
}

impl NetworkSearch {
    /// The largest step that keeps the bound together with all smaller ones that were tried.
    pub fn kept(&self) -> Option<&NetworkTrial> {
        self.answer.map(|at| &self.tried[at])
    }

    /// The next larger step that was tried, which does not.
    pub fn next_larger(&self) -> Option<&NetworkTrial> {
        self.larger().last()
    }

    /// The larger steps that were tried.
    fn larger(&self) -> &[NetworkTrial] {
        &self.tried[..self.answer.unwrap_or(self.tried.len())]
    }

    /// Steps \[ms\] that keep the bound, though a smaller one that was tried does not.
    pub fn kept_by_luck<'s>(&'s self, bound: &NetworkBound) -> impl Iterator<Item = f64> + use<'s> {
        let kept: Vec<f64> = self.larger().iter().filter(|trial| bound.is_kept(trial)).map(|trial| trial.dt).collect();
        kept.into_iter()
    }
}

impl NetworkRecommendation {
    /// The scheme with the largest step, of equal ones the first.
    pub fn best(&self) -> Option<&NetworkSearch> {
        let step = |search: &&NetworkSearch| search.kept().map_or(0.0, |kept| kept.dt);
        let found = self.searched.iter().filter(|search| search.kept().is_some());
        // The last of equal ones is the largest, in the reversed order the first.
        found.rev().max_by(|a, b| step(a).total_cmp(&step(b)))
    }
}

impl NetworkQuestion {
    /// How many runs a search makes at the most.
    pub fn runs_of_a_search(&self, bound: &NetworkBound) -> usize {
        (1 + self.schemes.len() * bound.ladder(&self.network).len()) * self.ensemble
    }

    /// Searches every scheme for the largest step at which all statistics of `bound` are within it, or not told from the truth's by as
    /// many runs as [`ensemble`](Self::ensemble) says, together with up to [`CONFIRMATIONS`] smaller steps; `done` is called after each
    /// run.
    ///
    /// # Errors
    /// No scheme, a finest step beyond the run, and those of [`compare`](Self::compare).
    pub fn recommend(
        &self,
        bound: NetworkBound,
        done: &(impl Fn() -> Result<()> + Sync),
    ) -> Result<NetworkRecommendation> {
        if self.schemes.is_empty() {
            let mend = "Name some in the file, or with --schemes.";
            return Err(Error::invalid("schemes", "none", "schemes on a grid", mend));
        }
        let duration = self.network.duration();
        let ladder = bound.ladder(&self.network);
        if ladder.is_empty() {
            let delay = shown(self.network.edges().least_delay());
            let given =
                format!("{} ms over {} ms with a shortest delay of {delay} ms", shown(bound.finest), shown(duration));
            let allowed = "a step of the run, up to the shortest delay";
            return Err(Error::invalid("smallest step to try", given, allowed, "Take a smaller one by --finest."));
        }
        let steps = duration / ladder[ladder.len() - 1] * self.network.neurons().len() as f64;
        if steps > MOST_STEPS {
            let given = format!("{} ms, {steps:e} steps of all neurons", shown(bound.finest));
            let allowed = format!("at most {MOST_STEPS:e} steps in a run");
            return Err(Error::invalid("smallest step to try", given, allowed, "Take a larger one."));
        }
        let starts = self.starts(self.ensemble);
        let (truth, truths) = self.truths(&starts, done)?;
        if truth.spikes.is_empty() {
            let given = format!("without a spike in {} ms", shown(duration));
            let mend = "Give an input that makes its neurons spike, or a longer duration.";
            return Err(Error::invalid("the truth", given, "spikes, of which something can be kept", mend));
        }
        let search = |scheme: &Scheme| self.search(scheme, &bound, &ladder, (&truths, &starts), done);
        let searched = self.schemes.iter().map(search).collect::<Result<_>>()?;
        Ok(NetworkRecommendation { bound, searched })
    }

    fn search(
        &self,
        scheme: &Scheme,
        bound: &NetworkBound,
        ladder: &[f64],
        (truths, starts): (&Seen, &[CoupledNeurons]),
        done: &(impl Fn() -> Result<()> + Sync),
    ) -> Result<NetworkSearch> {
        let (mut tried, mut answer) = (Vec::new(), None);
        for &dt in ladder {
            let (run, seen) = self.under(scheme, dt, starts, done)?;
            let mut moved = seen.moved(truths);
            moved.retain(|moved| bound.statistics.contains(&moved.statistic.name));
            let trial = NetworkTrial { dt, moved, diverged_at: run.diverged_at };
            answer = if bound.is_kept(&trial) { answer.or(Some(tried.len())) } else { None };
            tried.push(trial);
            if answer.is_some_and(|first| tried.len() - first > CONFIRMATIONS) {
                break;
            }
        }
        Ok(NetworkSearch { scheme: scheme.clone(), tried, answer })
    }
}
