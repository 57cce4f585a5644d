//! The search of one scheme's largest step that keeps a bound.

use crate::error::Result;
use crate::metrics::Reference;
use crate::metrics::{About, Metric};
use crate::scheme::{Scheme, StepSize};
use crate::study::run::measured;
use crate::study::{Comparison, Timing, flop_time};

/// Mantissas of the steps, the largest first: 10^k/n, each of which divides a second, in ratios of 1.25 to 1.28.
const MANTISSAS: [f64; 10] = [8.0, 6.25, 5.0, 4.0, 3.125, 2.5, 2.0, 1.6, 1.25, 1.0];

/// Steps tried a decade.
pub const STEPS_A_DECADE: usize = MANTISSAS.len();

/// Largest step tried \[ms\]: nothing is coupled more seldom, and beyond it a scheme that cuts its steps at spikes only takes longer.
pub const LARGEST_STEP: f64 = 10.0;

/// Steps below the answer, down to 0.4 of it, that have to keep the bound too.
pub const CONFIRMATIONS: usize = 4;

/// Mantissas of tolerances, the largest first.
const TOLERANCES: [f64; 3] = [5.0, 2.0, 1.0];

/// Decades of tolerances below 1.
const TOLERANCE_DECADES: i32 = 12;

/// One run of a search.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trial {
    /// Its step or tolerance.
    pub size: StepSize,
    /// How many spikes the run has.
    pub spikes: usize,
    /// How many spikes it lost.
    pub missed: usize,
    /// How many spikes it added.
    pub extra: usize,
    /// The metric that the bound is of: unless told otherwise the largest error of spike k against true spike k \[ms\], `None`
    /// without spikes.
    pub error: Option<f64>,
    /// When it left the finite numbers \[ms\].
    pub diverged_at: Option<f64>,
    /// Flops per simulated ms.
    pub flops_per_ms: f64,
    /// Flops weighed by [`flop_time`] \[ns per simulated ms, which is µs per simulated second\].
    pub cost: f64,
}

impl Trial {
    fn of(basis: &Comparison, metric: &Metric, scheme: &Scheme, size: StepSize) -> Result<Self> {
        let (problem, truth, rest) = (&basis.problem, &basis.truth, basis.rest.as_ref());
        let reference = Reference { problem, truth, rest, distances: basis.study.distances };
        // Only metrics of the state need it after every step.
        let sampled = metric.about == About::State;
        let (_, _, trial) = measured(reference, scheme, size, sampled, |run| {
            let flops_per_ms = run.per_ms(run.trajectory.cost.flops);
            Trial {
                size,
                spikes: run.trajectory.spikes.len(),
                missed: run.spike_errors().missed,
                extra: run.spike_errors().extra,
                error: metric.of(run),
                diverged_at: run.trajectory.diverged_at,
                flops_per_ms,
                cost: flops_per_ms * flop_time(scheme),
            }
        })?;
        Ok(trial)
    }

    /// Whether it has every spike, no other, and each within `within` \[ms\].
    pub fn keeps(&self, within: f64) -> bool {
        self.diverged_at.is_none()
            && self.missed == 0
            && self.extra == 0
            && self.error.is_none_or(|error| error <= within)
    }
}

/// What the search of a scheme tried and found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Searched {
    /// The scheme that was searched.
    pub scheme: Scheme,
    /// All runs, from the largest step (or tolerance) to the smallest.
    pub tried: Vec<Trial>,
    /// The bound searched for, in the unit of the metric.
    pub within: f64,
    /// Name of the metric that the bound is of.
    pub metric: &'static str,
    /// Measured time of the answer, where it was asked for.
    pub timing: Option<Timing>,
    /// Place of the answer in `tried`: from here on all keep the bound.
    answer: Option<usize>,
}

impl Searched {
    /// Searches `scheme`, a fixed step down to `finest` \[ms\].
    pub(in crate::study) fn of(basis: &Comparison, metric: &Metric, scheme: &Scheme, finest: f64) -> Result<Self> {
        let within = basis.within;
        let sizes: Vec<StepSize> = if scheme.is_adaptive() {
            tolerances().map(StepSize::Tolerance).collect()
        } else {
            steps(basis.problem.duration).map(StepSize::Fixed).collect()
        };
        let mut tried: Vec<Trial> = Vec::new();
        let mut answer = None;
        for size in sizes {
            // Steps below the finest only confirm larger ones. A ladder's number may differ from `finest` by its rounding.
            if answer.is_none() && size.dt().is_some_and(|dt| dt < finest * (1.0 - 1e-9)) {
                break;
            }
            let trial = Trial::of(basis, metric, scheme, size)?;
            answer = if trial.keeps(within) { answer.or(Some(tried.len())) } else { None };
            tried.push(trial);
            if answer.is_some_and(|first| tried.len() - first > CONFIRMATIONS) {
                break;
            }
        }
        Ok(Searched { scheme: scheme.clone(), tried, within, metric: metric.name, timing: None, answer })
    }

    /// The run at the step `dt` \[ms\]: one that was tried, or a new one.
    pub(super) fn at_step(&self, basis: &Comparison, metric: &Metric, dt: f64) -> Result<Trial> {
        let size = StepSize::Fixed(dt);
        let tried = self.tried.iter().find(|trial| trial.size == size);
        tried.map_or_else(|| Trial::of(basis, metric, &self.scheme, size), |trial| Ok(*trial))
    }

    /// The largest step that keeps the bound together with all smaller ones that were tried.
    pub fn kept(&self) -> Option<&Trial> {
        self.answer.map(|at| &self.tried[at])
    }

    /// Bound over measured error of the answer; `None` where there is no answer, or no error.
    pub fn margin(&self) -> Option<f64> {
        self.kept()?.error.filter(|&error| error > 0.0).map(|error| self.within / error)
    }

    /// How many smaller steps than the answer were tried, all of which keep the bound.
    pub fn smaller_that_keep(&self) -> usize {
        self.answer.map_or(0, |at| self.tried.len() - 1 - at)
    }

    /// The next larger step that was tried, which does not keep the bound; `None` where the answer is the largest.
    pub fn next_larger(&self) -> Option<&Trial> {
        self.answer.and_then(|at| self.tried[..at].last())
    }

    /// How many larger steps keep the bound by luck: a step between them and the answer does not.
    pub fn larger_by_luck(&self) -> usize {
        let larger = &self.tried[..self.answer.unwrap_or(self.tried.len())];
        larger.iter().filter(|trial| trial.keeps(self.within)).count()
    }
}

/// Steps from [`LARGEST_STEP`], or what the run allows, downwards \[ms\].
pub(in crate::study) fn steps(duration: f64) -> impl Iterator<Item = f64> {
    let largest = LARGEST_STEP.min(duration);
    let down = (-12..=1).rev().flat_map(|decade| MANTISSAS.map(|mantissa| typed(mantissa, decade)));
    down.filter(move |&dt| dt <= largest)
}

/// Tolerances from 1 downwards.
fn tolerances() -> impl Iterator<Item = f64> {
    let down = (1..=TOLERANCE_DECADES).flat_map(|decade| TOLERANCES.map(|mantissa| typed(mantissa, -decade)));
    std::iter::once(1.0).chain(down)
}

/// The number a user types: 3.125e-1 is 0.3125, which a product with 0.1 need not be.
fn typed(mantissa: f64, decade: i32) -> f64 {
    format!("{mantissa}e{decade}").parse().expect("a number in the form of a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_fall_evenly_and_divide_a_second() {
        let all: Vec<f64> = steps(1000.0).take_while(|&dt| dt >= 1e-3).collect();
        assert_eq!((all[0], all[1], all.last()), (10.0, 8.0, Some(&1e-3)));
        assert_eq!(all.len(), 4 * STEPS_A_DECADE + 1);
        for pair in all.windows(2) {
            assert!((1.249..1.281).contains(&(pair[0] / pair[1])), "{pair:?}");
        }
        for dt in &all {
            let count = 1000.0 / dt;
            // A quotient of two numbers, each off by half an ulp.
            assert!((count - count.round()).abs() <= 2.0 * f64::EPSILON * count, "{dt}");
        }
        assert!(all.contains(&0.3125) && all.contains(&0.1) && all.contains(&0.016));
        assert_eq!(steps(0.3).next(), Some(0.25));
    }

    #[test]
    fn tolerances_are_one_two_five() {
        let all: Vec<f64> = tolerances().collect();
        assert_eq!((all[0], all[1], all[3], all.last()), (1.0, 0.5, 0.1, Some(&1e-12)));
        assert!(all.windows(2).all(|pair| pair[0] > pair[1]));
    }
}
