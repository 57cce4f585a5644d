//! What a step does to a network, told from what chaos does to it.
//!
//! Two solutions of a chaotic network part however small the difference they began with. A run under a scheme is therefore held to the
//! truth in two ways. Until when its spikes are those of the truth: by that it is right or wrong. And beyond, by statistics of its spikes:
//! the truth is solved several times from a v that is kicked by [`KICK`], the scheme is run as often from the same, and a statistic has
//! moved where the two means are further apart than both spreads explain (Student's t, one in a thousand by chance).
//!
//! Last bits alone would not do: truths that differ by them go together for a while (0.2 s in the network of 2003, whose inhibitory
//! correlation was 15 % above that of NEST and Brian2 then), and what is common to them is no chance. On a grid they may change nothing for
//! seconds, as a neuron forgets them at its resets, and the others hear of a spike by its step. Runs that still are the same count as one,
//! with the spread of the truths.

mod chaos;
mod draw;
mod drawn;
mod edge_file;
mod recommend;
mod table;
mod words;

use rayon::prelude::*;

pub use chaos::{CurveBand, Moved};
pub use recommend::{NetworkBound, NetworkRecommendation, NetworkSearch, NetworkTrial};
pub(crate) use table::CoupledTable;
#[cfg(feature = "cli")]
pub(crate) use words::{BOUNDS, between};

use crate::error::{Error, Result, shown};
use crate::population::Spike;
use crate::population::exact::{
    CoupledNeurons, Curve, GridRun, Group, NetworkTruth, Statistic, curves, partings, require_step, run_on_grid, solve,
    statistics,
};
use crate::scheme::Scheme;

/// What is asked of a network.
#[derive(Clone, Debug)]
pub struct NetworkQuestion {
    /// The network, its input and how long it runs.
    pub network: CoupledNeurons,
    /// Its populations.
    pub groups: Vec<Group>,
    /// The schemes, each at every step of `dts`.
    pub schemes: Vec<Scheme>,
    /// Steps \[ms\].
    pub dts: Vec<f64>,
    /// What the truth is solved to \[ms\].
    pub tolerance: f64,
    /// A spike within so many ms of the truth's is right.
    pub within: f64,
    /// How many truths, and runs of each scheme and step, statistics are taken of.
    pub ensemble: usize,
}

/// A network under schemes and steps, beside its truth.
#[derive(Clone, Debug)]
pub struct NetworkComparison {
    /// The truth.
    pub truth: NetworkTruth,
    /// Mean and standard deviation of each statistic over the truths: of one truth alone the statistic itself and not a number, and none
    /// where it ends early.
    pub bands: Vec<(Statistic, f64)>,
    /// The same of curves.
    pub curves: Vec<CurveBand>,
    /// The schemes at their steps.
    pub runs: Vec<NetworkRun>,
}

/// A network under one scheme at one step.
#[derive(Clone, Debug)]
pub struct NetworkRun {
    /// The scheme.
    pub scheme: Scheme,
    /// The step \[ms\].
    pub dt: f64,
    /// Its spikes.
    pub run: GridRun,
    /// When each neuron parts from the truth \[ms\], infinite where it does not, rising.
    pub partings: Vec<f64>,
    /// Its statistics against the truth's.
    pub moved: Vec<Moved>,
    /// Its curves.
    pub curves: Vec<CurveBand>,
}

/// What is seen of several runs.
#[derive(Clone, Debug, Default)]
struct Seen {
    statistics: Vec<Vec<Statistic>>,
    curves: Vec<Vec<Curve>>,
}

impl Seen {
    /// How the runs under a scheme differ from the truths.
    fn moved(&self, truths: &Seen) -> Vec<Moved> {
        (0..truths.statistics[0].len()).map(|i| chaos::moved(i, &self.statistics, &truths.statistics)).collect()
    }

    fn bands(&self) -> Vec<CurveBand> {
        (0..self.curves[0].len()).map(|i| chaos::band(i, &self.curves)).collect()
    }
}

/// What v is kicked by at the start of a truth or a run but the first \[mV\].
const KICK: f64 = 0.01;

impl NetworkRun {
    /// When the first neuron parts from the truth, or from the finite numbers \[ms\].
    pub fn follows_until(&self) -> Option<f64> {
        let ends = self.partings.first().copied().into_iter().chain(self.run.diverged_at);
        Some(ends.fold(f64::INFINITY, f64::min)).filter(|t| t.is_finite())
    }

    /// When half of the neurons have parted from it \[ms\].
    pub fn half_right_until(&self) -> Option<f64> {
        self.partings.get((self.partings.len().max(1) - 1) / 2).copied().filter(|t| t.is_finite())
    }

    /// What has moved beyond chaos.
    pub fn beyond_chaos(&self) -> impl Iterator<Item = &Moved> {
        self.moved.iter().filter(|moved| moved.is_beyond_chaos)
    }
}

impl NetworkQuestion {
    /// Refuses steps that its network cannot take.
    ///
    /// # Errors
    /// Those of [`require_step`].
    pub fn check(&self) -> Result<()> {
        self.dts.iter().try_for_each(|dt| require_step(&self.network, *dt))
    }

    /// How much there is to do, in words.
    pub fn work(&self) -> String {
        let (neurons, edges) = (self.network.neurons().len(), self.network.edges().all().len());
        let duration = shown(self.network.duration());
        format!("{neurons} neurons and {edges} edges over {duration} ms, {} runs", self.runs())
    }

    /// The number of its runs.
    pub fn runs(&self) -> usize {
        let settings = self.schemes.len() * self.dts.len();
        if settings == 0 { 1 } else { (1 + settings) * self.ensemble }
    }

    /// The truth, and every scheme at every step against it; `done` is called after each run, and what it refuses
    /// ends the rest.
    ///
    /// # Errors
    /// Those of [`solve`], [`run_on_grid`] and `done`.
    pub fn compare(&self, done: &(impl Fn() -> Result<()> + Sync)) -> Result<NetworkComparison> {
        self.check()?;
        let settings: Vec<(&Scheme, f64)> =
            self.schemes.iter().flat_map(|scheme| self.dts.iter().map(move |dt| (scheme, *dt))).collect();
        let starts = self.starts(if settings.is_empty() { 1 } else { self.ensemble });
        let (truth, truths) = self.truths(&starts, done)?;
        let band = |(i, first): (usize, &Statistic)| {
            let (mean, variance) = chaos::moments(i, &truths.statistics);
            (Statistic { value: mean, ..first.clone() }, variance.sqrt())
        };
        let bands = truths.statistics[0].iter().enumerate().map(band).collect();
        if settings.is_empty() {
            let bands = if self.require_whole(&truth).is_ok() { bands } else { vec![] };
            return Ok(NetworkComparison { truth, bands, curves: vec![], runs: vec![] });
        }
        let exact = truth.trains();
        let runs = settings.into_iter().map(|(scheme, dt)| {
            let (run, seen) = self.under(scheme, dt, &starts, done)?;
            let mut partings = partings(&run.spikes, &exact, self.network.neurons().len(), self.within);
            partings.sort_by(f64::total_cmp);
            let (moved, curves) = (seen.moved(&truths), seen.bands());
            Ok(NetworkRun { scheme: scheme.clone(), dt, run, partings, moved, curves })
        });
        let runs = runs.collect::<Result<_>>()?;
        Ok(NetworkComparison { truth, bands, curves: truths.bands(), runs })
    }

    /// The networks that so many truths, and runs of a scheme, are started from: the first as it is.
    fn starts(&self, count: usize) -> Vec<CoupledNeurons> {
        (0..count as u64).map(|seed| self.network.kicked(seed, KICK)).collect()
    }

    /// Refuses to compare with a truth that ends before the run does: rates and the like would be of another duration.
    fn require_whole(&self, truth: &NetworkTruth) -> Result<()> {
        let end = truth.cut.and_then(|(neuron, outcome)| Some((neuron, outcome.cut_at()?)));
        let Some((neuron, end)) = end else { return Ok(()) };
        let given =
            format!("{} ms, and neuron {neuron} cannot be solved beyond {} ms", shown(truth.duration), shown(end));
        let mend = "Shorten the duration, weaken the excitation, or look at the truth alone: --truth.";
        Err(Error::invalid("the duration", given, "a time to which the truth can be solved", mend))
    }

    /// The truth from the first start, and what is seen of those from all.
    fn truths(
        &self,
        starts: &[CoupledNeurons],
        done: &(impl Fn() -> Result<()> + Sync),
    ) -> Result<(NetworkTruth, Seen)> {
        let solve = |(k, start): (usize, &CoupledNeurons)| {
            let truth = solve(start, self.tolerance)?;
            if starts.len() > 1 {
                self.require_whole(&truth)?;
            }
            done()?;
            let seen = self.see(&truth.trains());
            Ok(((k == 0).then_some(truth), seen))
        };
        let (mut truths, seen): (Vec<_>, Vec<_>) =
            starts.par_iter().enumerate().map(solve).collect::<Result<Vec<_>>>()?.into_iter().unzip();
        let (statistics, curves) = seen.into_iter().unzip();
        let truth = truths.swap_remove(0).ok_or_else(|| Error::Text("The network has no truth.".to_owned()))?;
        Ok((truth, Seen { statistics, curves }))
    }

    /// The first of the runs of a scheme at a step \[ms\], and what is seen of all.
    fn under(
        &self,
        scheme: &Scheme,
        dt: f64,
        starts: &[CoupledNeurons],
        done: &(impl Fn() -> Result<()> + Sync),
    ) -> Result<(GridRun, Seen)> {
        let run = |start| {
            let run = run_on_grid(start, scheme, dt)?;
            done().map(|()| run)
        };
        let mut runs: Vec<GridRun> = starts.par_iter().map(run).collect::<Result<_>>()?;
        let (statistics, curves) = runs.iter().map(|run| self.see(&run.spikes)).unzip();
        Ok((runs.swap_remove(0), Seen { statistics, curves }))
    }

    fn see(&self, spikes: &[Spike]) -> (Vec<Statistic>, Vec<Curve>) {
        let duration = self.network.duration();
        (statistics(spikes, &self.groups, duration), curves(spikes, &self.groups, duration))
    }
}
