//! What stochastic rounding gives on average: the spread of runs that differ in the seed alone.

use serde::Serialize;

use super::{Comparison, Run};
use crate::scheme::StepSize;

/// The runs of one rule in one arithmetic at one step, over seeds.
#[derive(Clone, Debug, Serialize)]
pub struct SeedSpread {
    /// The scheme.
    pub scheme: String,
    /// The arithmetic, without its seed.
    pub arithmetic: String,
    /// The step \[ms\].
    pub dt_ms: Option<f64>,
    /// How many seeds.
    pub seeds: usize,
    /// Of some metrics, the name, the mean, and the standard deviation of one run.
    pub metrics: Vec<(&'static str, f64, f64)>,
}

impl SeedSpread {
    /// The metrics that are summed up.
    const METRICS: [&'static str; 4] = ["spike_count", "lag_f64_ms", "lag_truth_ms", "max_spike_time_error_ms"];

    /// The groups of at least two runs that differ in the seed alone, in the order of their first runs.
    pub fn of(runs: &[&Run]) -> Vec<SeedSpread> {
        let group = |run: &Run| Some((run.scheme.name(), run.scheme.arithmetic()?.without_seed(), run.size));
        let mut groups: Vec<(_, Vec<&Run>)> = vec![];
        for run in runs {
            let Some(of_run) = group(run) else { continue };
            match groups.iter_mut().find(|(known, _)| *known == of_run) {
                Some((_, members)) => members.push(run),
                None => groups.push((of_run, vec![run])),
            }
        }
        let several = groups.into_iter().filter(|(_, members)| members.len() > 1);
        let spread = |((scheme, arithmetic, size), members): ((_, _, StepSize), Vec<&Run>)| SeedSpread {
            scheme: String::from(scheme),
            arithmetic,
            dt_ms: size.dt(),
            seeds: members.len(),
            metrics: Self::METRICS
                .iter()
                .filter_map(|&name| Some((name, of_all(&members, name)?)))
                .map(|(name, (m, s))| (name, m, s))
                .collect(),
        };
        several.map(spread).collect()
    }
}

/// Mean and standard deviation of a metric; `None` where a run has none.
fn of_all(runs: &[&Run], name: &str) -> Option<(f64, f64)> {
    let values = runs.iter().map(|run| run.metrics.get(name)).collect::<Option<Vec<f64>>>()?;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    Some((mean, variance.sqrt()))
}

impl Comparison {
    /// The spread over the seeds of stochastic rounding, where runs differ in them alone.
    pub fn seed_spreads(&self) -> Vec<SeedSpread> {
        SeedSpread::of(&self.runs.iter().collect::<Vec<_>>())
    }
}
