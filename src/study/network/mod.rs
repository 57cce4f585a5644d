//! What a step does to a network, told from what chaos does to it.
//!
//! Two solutions of a chaotic network part however small the difference they began with. A run under a scheme is therefore held to the
//! truth in two ways. Until when its spikes are those of the truth: by that it is right or wrong. And beyond, by statistics of its spikes:
//! the truth is solved several times with the last bits of its initial v changed, the scheme is run as often, and a statistic has moved
//! where the two means are further apart than both spreads explain (Student's t, one in a thousand by chance).
//!
//! On a grid the last bits may change nothing for seconds: a neuron forgets them at its resets, and the others hear of a spike by its step.
//! Schemes are started from a v that is kicked by [`KICK`], and runs that still are the same count as one, with the spread of the truths.

mod draw;
mod edge_file;
mod table;

use rayon::prelude::*;

pub(crate) use table::CoupledTable;

use crate::error::{Result, shown};
use crate::population::Spike;
use crate::population::exact::{
    CoupledNeurons, GridRun, Group, NetworkTruth, Statistic, partings, run_on_grid, solve, statistics,
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
    /// Mean and standard deviation of each statistic over the truths, where schemes are compared with them.
    pub bands: Vec<(Statistic, f64)>,
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
}

/// A statistic of a scheme against the truth's.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The statistic, with the mean over the runs.
    pub statistic: Statistic,
    /// The mean over the truths.
    pub truth: f64,
    /// Half the width of the interval of 95 % of the difference of the two.
    pub interval: f64,
    /// It has moved beyond what chaos explains, and by 1 % at the least.
    pub is_beyond_chaos: bool,
}

/// A difference that chance makes once in a thousand times is chaos's.
const BY_CHANCE: f64 = 3.290_527;
/// Of an interval of 95 %.
const INTERVAL: f64 = 1.959_964;
/// What v is kicked by at the start of a run under a scheme \[mV\].
const KICK: f64 = 0.01;
/// Differences below this part are not spoken of.
const LEAST: f64 = 0.01;

impl NetworkRun {
    /// When the first neuron parts from the truth \[ms\].
    pub fn follows_until(&self) -> Option<f64> {
        self.partings.first().copied().filter(|t| t.is_finite())
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

    /// The truth, and every scheme at every step against it; `done` is called after each run.
    ///
    /// # Errors
    /// Those of [`solve`] and [`run_on_grid`].
    pub fn compare(&self, done: &(impl Fn() + Sync)) -> Result<NetworkComparison> {
        let settings: Vec<(&Scheme, f64)> =
            self.schemes.iter().flat_map(|scheme| self.dts.iter().map(move |dt| (scheme, *dt))).collect();
        let starts: Vec<CoupledNeurons> = match settings.is_empty() {
            true => vec![self.network.clone()],
            false => (0..self.ensemble as u64).map(|seed| self.network.kicked(seed, 0.0)).collect(),
        };
        let kicks = if settings.is_empty() { 0 } else { self.ensemble as u64 };
        let kicked: Vec<CoupledNeurons> = (0..kicks).map(|seed| self.network.kicked(seed, KICK)).collect();
        let statistics = |spikes: &[Spike]| statistics(spikes, &self.groups, self.network.duration());
        let mut truths: Vec<NetworkTruth> =
            starts.par_iter().map(|start| solve(start, self.tolerance).inspect(|_| done())).collect::<Result<_>>()?;
        let of_truths: Vec<_> = truths.iter().map(|truth| statistics(&truth.trains())).collect();
        let truth = truths.swap_remove(0);
        let exact = truth.trains();
        let runs = settings.into_iter().map(|(scheme, dt)| {
            let runs: Vec<GridRun> = kicked
                .par_iter()
                .map(|start| run_on_grid(start, scheme, dt).inspect(|_| done()))
                .collect::<Result<_>>()?;
            let of_runs: Vec<_> = runs.iter().map(|run| statistics(&run.spikes)).collect();
            let run = runs.into_iter().next().unwrap_or(GridRun { spikes: vec![], diverged_at: None });
            let mut partings = partings(&run.spikes, &exact, self.network.neurons().len(), self.within);
            partings.sort_by(f64::total_cmp);
            let moved = (0..of_truths[0].len()).map(|i| moved(i, &of_runs, &of_truths)).collect();
            Ok(NetworkRun { scheme: scheme.clone(), dt, run, partings, moved })
        });
        let runs: Vec<NetworkRun> = runs.collect::<Result<_>>()?;
        let band = |i: usize| {
            let (mean, variance) = moments(i, &of_truths);
            (Statistic { value: mean, ..of_truths[0][i].clone() }, variance.sqrt())
        };
        let bands = if runs.is_empty() { vec![] } else { (0..of_truths[0].len()).map(band).collect() };
        Ok(NetworkComparison { truth, bands, runs })
    }
}

/// Mean and variance (n − 1) of a statistic over runs.
fn moments(which: usize, runs: &[Vec<Statistic>]) -> (f64, f64) {
    let n = runs.len() as f64;
    let mean = runs.iter().map(|run| run[which].value).sum::<f64>() / n;
    (mean, runs.iter().map(|run| (run[which].value - mean).powi(2)).sum::<f64>() / (n - 1.0))
}

/// A statistic of the runs against that of the truths.
fn moved(which: usize, runs: &[Vec<Statistic>], truths: &[Vec<Statistic>]) -> Moved {
    let ((own, own_variance), (truth, variance)) = (moments(which, runs), moments(which, truths));
    let distinct = (0..runs.len()).filter(|&i| !runs[..i].contains(&runs[i])).count() as f64;
    let n = truths.len() as f64;
    let error = (own_variance.max(variance) / distinct + variance / n).sqrt();
    // Those of the truths alone: there are more where the runs differ, and Student's t is then less strict.
    let freedom = n - 1.0;
    let difference = (own - truth).abs();
    Moved {
        statistic: Statistic { value: own, ..truths[0][which].clone() },
        truth,
        interval: quantile(INTERVAL, freedom) * error,
        is_beyond_chaos: difference > quantile(BY_CHANCE, freedom) * error && difference >= LEAST * truth.abs(),
    }
}

/// Student's quantile of so many degrees of freedom, from the normal one (Cornish & Fisher 1938; Abramowitz & Stegun 26.7.5).
fn quantile(z: f64, freedom: f64) -> f64 {
    let terms = [
        z,
        (z.powi(3) + z) / 4.0,
        (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
        (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
    ];
    terms.iter().rev().fold(0.0, |sum, term| sum / freedom + term)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(values: &[f64]) -> Vec<Vec<Statistic>> {
        values.iter().map(|&value| vec![Statistic { group: "all".to_owned(), name: "rate_Hz", value }]).collect()
    }

    #[test]
    fn quantiles_are_those_of_tables() {
        // Student's t of 7 and 14 degrees of freedom, two-sided 5 % and 0.1 %; the series leaves 1 % at 7.
        for (z, freedom, t) in [(INTERVAL, 7.0, 2.3646), (INTERVAL, 14.0, 2.1448), (BY_CHANCE, 14.0, 4.1405)] {
            assert!((quantile(z, freedom) / t - 1.0).abs() < 2e-3, "{z} {freedom}: {}", quantile(z, freedom));
        }
        assert!((quantile(BY_CHANCE, 7.0) / 5.4079 - 1.0).abs() < 2e-2);
    }

    #[test]
    fn what_chaos_explains_has_not_moved() {
        let truths = runs(&[9.0, 10.0, 11.0, 10.0]);
        // The same spread, half a standard deviation up: chaos. Ten standard deviations up: not.
        let near = moved(0, &runs(&[9.4, 10.4, 11.4, 10.4]), &truths);
        let far = moved(0, &runs(&[28.0, 29.0, 30.0, 29.0]), &truths);
        assert!(!near.is_beyond_chaos && far.is_beyond_chaos && (far.truth, far.statistic.value) == (10.0, 29.0));
        // Variance 2/3, of three distinct runs and of four truths: a standard error of √(7/18), and 3.182 of it at three degrees of
        // freedom, where the series lacks 1 %.
        assert!((far.interval / (3.182 * (7.0f64 / 18.0).sqrt()) - 1.0).abs() < 2e-2, "{}", far.interval);
        // Without chaos every difference is the step's, but one of less than 1 % is not spoken of.
        assert!(moved(0, &runs(&[10.5; 4]), &runs(&[10.0; 4])).is_beyond_chaos);
        assert!(!moved(0, &runs(&[10.05; 4]), &runs(&[10.0; 4])).is_beyond_chaos);
    }
}
