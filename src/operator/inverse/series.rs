//! How far the series holds: its error against the truth over amplitudes, and where it ends.

use crate::error::{Error, Result, finite};
use crate::truth::taylor;
use crate::{Problem, Stimulus};

use super::InverseOperator;

/// The sign of the amplitudes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Amplitudes are positive.
    Up,
    /// Amplitudes are negative.
    Down,
}

impl Direction {
    /// The sign of the amplitudes as a number, 1 or −1.
    pub fn sign(self) -> f64 {
        match self {
            Direction::Up => 1.0,
            Direction::Down => -1.0,
        }
    }
}

/// The error of the series, cut after each order, at one amplitude.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesErrors {
    /// Amplitude: the factor on the input's shape.
    pub amplitude: f64,
    /// When the neuron first spikes \[ms\]; errors speak of the time before.
    pub first_spike: Option<f64>,
    /// max |v − v\* − x₁ − … − x_n| \[mV\] over the samples, at index n; at index 0 the response itself.
    pub errors: Vec<f64>,
}

/// The series for one shape of input against the truth, at any amplitude.
///
/// The terms are solved once, at amplitude 1: that of order n at amplitude A is Aⁿ times as large.
#[derive(Clone, Debug)]
pub struct SeriesStudy {
    operator: InverseOperator,
    shape: Stimulus,
    times: Vec<f64>,
    terms: Vec<Vec<f64>>,
}

/// How much of a bracket of amplitudes is left after bisection, relative to its upper end.
const BRACKET: f64 = 1e-9;
/// Ratio of neighbouring amplitudes in a search for the smallest one at which something happens.
const SEARCH: f64 = 1.02;
/// Where such a search starts, as a part of the largest amplitude: 2 % steps over three decades.
const SEARCH_FROM: f64 = 1e-3;
/// The least number of terms from which a convergence radius is estimated.
const RADIUS_TERMS: usize = 8;

impl SeriesStudy {
    /// The study of `shape` times an amplitude, `shape` in mV/ms and added to the operator's constant input, over
    /// `duration` \[ms\] with `orders` terms; v is compared at `samples` equal steps.
    ///
    /// # Errors
    /// A duration that is not positive and finite, fewer than 2 samples, orders out of range, an input that is zero.
    pub fn new(
        operator: InverseOperator,
        shape: &Stimulus,
        duration: f64,
        orders: usize,
        samples: usize,
    ) -> Result<Self> {
        if finite("duration", duration)? <= 0.0 {
            return Err(Error::invalid("duration", format!("{duration} ms"), "more than 0 ms", "Give it like 100."));
        }
        if samples < 2 {
            return Err(Error::invalid("samples", samples, "2 or more", "Use 1000 for a smooth curve."));
        }
        let times: Vec<f64> = (0..=samples).map(|i| duration * i as f64 / samples as f64).collect();
        let terms = operator.response(shape, &times, orders)?;
        if terms[0].iter().all(|x| *x == 0.0) {
            let allowed = "one that starts before the end of the run";
            return Err(Error::invalid(
                "input",
                "zero throughout",
                allowed,
                "Give it an amplitude and an earlier onset.",
            ));
        }
        Ok(SeriesStudy { operator, shape: shape.clone(), times, terms })
    }

    /// Times of the samples \[ms\].
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// x₁ + … + x_order \[mV\] at the samples.
    pub fn sum(&self, amplitude: f64, order: usize) -> Vec<f64> {
        let at = |i: usize| self.terms[..order].iter().rev().fold(0.0, |sum, term| (sum + term[i]) * amplitude);
        (0..self.times.len()).map(at).collect()
    }

    /// v − v\* \[mV\] of the truth at the samples before the first spike, and when that is \[ms\].
    pub fn truth(&self, amplitude: f64) -> (Vec<f64>, Option<f64>) {
        let Ok(stimulus) = self.operator.whole_input(&self.shape, amplitude) else { return (Vec::new(), None) };
        let duration = self.times[self.times.len() - 1];
        let initial = self.operator.equilibrium();
        let problem = Problem { neuron: *self.operator.neuron(), stimulus, initial, duration };
        let truth = taylor::solve(&problem, taylor::TOLERANCE);
        let first_spike = truth.spikes.times().first().copied();
        let end = first_spike.unwrap_or(f64::INFINITY).min(truth.end());
        let mut cursor = truth.cursor();
        let before = self.times.iter().take_while(|t| **t < end || (first_spike.is_none() && **t == end));
        (before.map(|t| cursor.state(*t).v - initial.v).collect(), first_spike)
    }

    /// The errors of all orders at `amplitude`.
    pub fn errors(&self, amplitude: f64) -> SeriesErrors {
        let (truth, first_spike) = self.truth(amplitude);
        let mut rest = truth;
        let mut errors = vec![largest(&rest)];
        let mut power = 1.0;
        for term in &self.terms {
            power *= amplitude;
            rest.iter_mut().zip(term).for_each(|(r, x)| *r -= power * x);
            errors.push(largest(&rest));
        }
        SeriesErrors { amplitude, first_spike, errors }
    }

    /// Below which error \[mV\] what is measured is the rounding of the truth's v: a hundred ulp of v\*. A spike-free run
    /// to a stable equilibrium forgets its errors, and its steps number about a hundred.
    pub fn floor(&self) -> f64 {
        100.0 * f64::EPSILON * self.operator.equilibrium().v.abs()
    }

    /// |amplitude| and the error after `order` terms \[mV\], of the runs in `measured` without a spike and up to the amplitude `up_to`:
    /// towards the convergence radius the errors rise faster. Their slope on logarithmic axes is order + 1 where the series
    /// holds; [`ObservedOrder::of`](crate::metrics::ObservedOrder::of) finds it, with [`floor`](Self::floor) for its floor.
    pub fn errors_of_order(&self, order: usize, measured: &[SeriesErrors], up_to: f64) -> Vec<(f64, f64)> {
        let quiet = measured.iter().filter(|m| m.first_spike.is_none() && m.amplitude.abs() <= up_to);
        quiet.map(|m| (m.amplitude.abs(), m.errors[order])).collect()
    }

    /// The smallest |amplitude| up to `limit` at which the neuron spikes; `None` where it does not.
    pub fn first_spike(&self, direction: Direction, limit: f64) -> Option<f64> {
        smallest(limit, |size| self.truth(direction.sign() * size).1.is_some())
    }

    /// The smallest |amplitude| up to `limit` at which the term of `order` no longer lowers the error, without a spike.
    pub fn stops_helping(&self, order: usize, direction: Direction, limit: f64) -> Option<f64> {
        smallest(limit, |size| {
            let measured = self.errors(direction.sign() * size);
            measured.first_spike.is_none() && measured.errors[order] >= measured.errors[order - 1].max(self.floor())
        })
    }

    /// The smallest |amplitude| up to `limit` at which the error after `order` terms passes `allowed` \[mV\], or a spike
    /// comes.
    pub fn holds_up_to(&self, order: usize, allowed: f64, direction: Direction, limit: f64) -> Option<f64> {
        smallest(limit, |size| {
            let measured = self.errors(direction.sign() * size);
            measured.first_spike.is_some() || measured.errors[order] > allowed
        })
    }

    /// The convergence radius of the power series in the amplitude, over the whole run, estimated from the terms there are
    /// ([`MAX_RESPONSE_ORDER`](super::MAX_RESPONSE_ORDER) of them for a few percent). `None` with fewer than eight.
    ///
    /// Ratios max|x_n|/max|x_{n−1}| behave as (1/R)(1 + g/n) near an algebraic singularity or a pole at |A| = R (C. Domb &
    /// M. F. Sykes, Proc. R. Soc. A 240 (1957) 214–228): a straight line in 1/n through the later half of them meets 0 at 1/R.
    pub fn convergence_radius(&self) -> Option<f64> {
        let sizes: Vec<f64> = self.terms.iter().map(|term| largest(term)).collect();
        if sizes.len() < RADIUS_TERMS {
            return None;
        }
        let late: Vec<(f64, f64)> =
            (sizes.len() / 2..sizes.len()).map(|k| (1.0 / (k + 1) as f64, sizes[k] / sizes[k - 1])).collect();
        let mean = |f: &dyn Fn(f64, f64) -> f64| late.iter().map(|&(x, y)| f(x, y)).sum::<f64>() / late.len() as f64;
        let (mean_x, mean_y) = (mean(&|x, _| x), mean(&|_, y| y));
        let slope = mean(&|x, y| (x - mean_x) * (y - mean_y)) / mean(&|x, _| (x - mean_x).powi(2));
        Some((mean_y - slope * mean_x).recip()).filter(|radius| radius.is_finite() && *radius > 0.0)
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, x| x.abs().max(most))
}

/// The smallest size at which `happens`, found on a geometric grid up to `limit` and then by bisection.
fn smallest(limit: f64, happens: impl Fn(f64) -> bool) -> Option<f64> {
    let mut below = 0.0;
    let mut above = SEARCH_FROM * limit;
    while !happens(above) {
        if above >= limit {
            return None;
        }
        below = above;
        above = (SEARCH * above).min(limit);
    }
    while above - below > BRACKET * above {
        let middle = 0.5 * (below + above);
        if happens(middle) {
            above = middle;
        } else {
            below = middle;
        }
    }
    Some(above)
}
