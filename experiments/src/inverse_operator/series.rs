//! How far the series holds: its error against the truth over amplitudes, and where it ends.

use spikestep::operator::inverse::InverseOperator;

use crate::shared::*;

/// The error of the series, cut after each order, at one amplitude.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeriesErrors {
    /// Amplitude: the factor on the input's shape.
    pub(crate) amplitude: f64,
    /// When the neuron first spikes \[ms\]; errors speak of the time before.
    pub(crate) first_spike: Option<f64>,
    /// max |v − v\* − x₁ − … − x_n| \[mV\] over the samples, at index n; at index 0 the response itself.
    pub(crate) errors: Vec<f64>,
}

/// The series for one shape of input against the truth, at any amplitude.
///
/// The terms are solved once, at amplitude 1: that of order n at amplitude A is Aⁿ times as large.
#[derive(Clone, Debug)]
pub(crate) struct SeriesStudy {
    operator: InverseOperator,
    shape: Stimulus,
    /// Times of the samples \[ms\].
    pub(crate) times: Vec<f64>,
    terms: Vec<Vec<f64>>,
}

const BRACKET: f64 = 1e-9; // How much of a bracket of amplitudes is left after bisection, relative to its upper end
const SEARCH: f64 = 1.02; // Ratio of neighbouring amplitudes in a search for the smallest one at which something happens
const SEARCH_FROM: f64 = 1e-3; // Where such a search starts, as a part of the largest amplitude
const RADIUS_TERMS: usize = 8; // The least number of terms from which a convergence radius is estimated

impl SeriesStudy {
    /// The study of `shape` times an amplitude, `shape` in mV/ms and added to the operator's constant input, over
    /// `duration` \[ms\] with `orders` terms; v is compared at `samples` equal steps.
    ///
    /// # Errors
    /// Orders that are out of range.
    pub(crate) fn new(
        operator: InverseOperator,
        shape: &Stimulus,
        duration: f64,
        orders: usize,
        samples: usize,
    ) -> Result<Self> {
        let times: Vec<f64> = (0..=samples).map(|i| duration * i as f64 / samples as f64).collect();
        let terms = operator.response(shape, &times, orders)?;
        Ok(SeriesStudy { operator, shape: shape.clone(), times, terms })
    }

    /// x₁ + … + x_order \[mV\] at the samples.
    pub(crate) fn sum(&self, amplitude: f64, order: usize) -> Vec<f64> {
        let at = |i: usize| self.terms[..order].iter().rev().fold(0.0, |sum, term| (sum + term[i]) * amplitude);
        (0..self.times.len()).map(at).collect()
    }

    /// v − v\* \[mV\] of the truth at the samples before the first spike, and when that is \[ms\].
    pub(crate) fn truth(&self, amplitude: f64) -> (Vec<f64>, Option<f64>) {
        let Ok(stimulus) = self.operator.whole_input(&self.shape, amplitude) else { return (Vec::new(), None) };
        let duration = self.times[self.times.len() - 1];
        let initial = self.operator.equilibrium().state;
        let problem = Problem { neuron: *self.operator.neuron(), stimulus, initial, duration };
        let truth = truth(&problem);
        let first_spike = truth.spikes.times().first().copied();
        let end = first_spike.unwrap_or(f64::INFINITY).min(truth.end());
        let mut cursor = truth.cursor();
        let before = self.times.iter().take_while(|t| **t < end || (first_spike.is_none() && **t == end));
        (before.map(|t| cursor.state(*t).v - initial.v).collect(), first_spike)
    }

    /// The errors of all orders at `amplitude`.
    pub(crate) fn errors(&self, amplitude: f64) -> SeriesErrors {
        let (truth, first_spike) = self.truth(amplitude);
        let mut rest = truth;
        let mut errors = vec![size(&rest)];
        let mut power = 1.0;
        for term in &self.terms {
            power *= amplitude;
            rest.iter_mut().zip(term).for_each(|(r, x)| *r -= power * x);
            errors.push(size(&rest));
        }
        SeriesErrors { amplitude, first_spike, errors }
    }

    /// Below which error \[mV\] what is measured is the rounding of the truth's v: a hundred ulp of v\*. A spike-free run
    /// to a stable equilibrium forgets its errors, and its steps number about a hundred.
    pub(crate) fn floor(&self) -> f64 {
        100.0 * f64::EPSILON * self.operator.equilibrium().state.v.abs()
    }

    /// |amplitude| and the error after `order` terms \[mV\], of the runs in `measured` without a spike and up to the amplitude `up_to`:
    /// towards the convergence radius the errors rise faster. Their slope on logarithmic axes is order + 1 where the series
    /// holds; `ObservedOrder::of` finds it, with [`floor`](Self::floor) for its floor.
    pub(crate) fn errors_of_order(&self, order: usize, measured: &[SeriesErrors], up_to: f64) -> Vec<(f64, f64)> {
        let quiet = measured.iter().filter(|m| m.first_spike.is_none() && m.amplitude.abs() <= up_to);
        quiet.map(|m| (m.amplitude.abs(), m.errors[order])).collect()
    }

    /// The smallest |amplitude| up to `limit` of the given `sign` at which the neuron spikes; `None` where it does not.
    pub(crate) fn first_spike(&self, sign: f64, limit: f64) -> Option<f64> {
        smallest(limit, |size| self.truth(sign * size).1.is_some())
    }

    /// The smallest |amplitude| up to `limit` at which the term of `order` no longer lowers the error, without a spike.
    pub(crate) fn stops_helping(&self, order: usize, sign: f64, limit: f64) -> Option<f64> {
        smallest(limit, |size| {
            let measured = self.errors(sign * size);
            measured.first_spike.is_none() && measured.errors[order] >= measured.errors[order - 1].max(self.floor())
        })
    }

    /// The smallest |amplitude| up to `limit` at which the error after `order` terms passes `allowed` \[mV\], or a spike
    /// comes.
    pub(crate) fn holds_up_to(&self, order: usize, allowed: f64, sign: f64, limit: f64) -> Option<f64> {
        smallest(limit, |size| {
            let measured = self.errors(sign * size);
            measured.first_spike.is_some() || measured.errors[order] > allowed
        })
    }

    /// The convergence radius of the power series in the amplitude, over the whole run, estimated from the terms there are
    /// (`MAX_RESPONSE_ORDER` of them for a few percent). `None` with fewer than eight.
    ///
    /// Ratios max|x_n|/max|x_{n−1}| behave as (1/R)(1 + g/n) near an algebraic singularity or a pole at |A| = R (C. Domb &
    /// M. F. Sykes, Proc. R. Soc. A 240 (1957) 214–228): a straight line in 1/n through the later half of them meets 0 at 1/R.
    pub(crate) fn convergence_radius(&self) -> Option<f64> {
        let sizes: Vec<f64> = self.terms.iter().map(|term| size(term)).collect();
        if sizes.len() < RADIUS_TERMS {
            return None;
        }
        let late: Vec<(f64, f64)> =
            (sizes.len() / 2..sizes.len()).map(|k| (1.0 / (k + 1) as f64, sizes[k] / sizes[k - 1])).collect();
        let (mean_x, mean_y) = (mean(late.iter().map(|p| p.0)), mean(late.iter().map(|p| p.1)));
        let slope = slope(&late);
        Some((mean_y - slope * mean_x).recip()).filter(|radius| radius.is_finite() && *radius > 0.0)
    }
}

fn size(values: &[f64]) -> f64 {
    largest(values.iter().map(|x| x.abs()))
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
    Some(halved(below, above, |below, above| above - below > BRACKET * above, |size| !happens(size)).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stable node with very different eigenvalues, a stable focus, and the focus with leak = 0.
    fn operators() -> [(&'static str, InverseOperator); 3] {
        let without_leak = Neuron { leak: 0.0, b0: 13.0, ..cell("RS").neuron };
        [("RS", cell("RS").neuron), ("RZ", cell("RZ").neuron), ("no leak", without_leak)]
            .map(|(name, neuron)| (name, InverseOperator::about(&neuron, 0.0).unwrap()))
    }

    fn pulse(width: f64) -> Stimulus {
        Stimulus::pulses(1.0, width, &[1.0]).unwrap()
    }

    #[test]
    fn errors_fall_with_one_power_more_of_the_amplitude_per_order() {
        for (name, operator) in operators() {
            let study = SeriesStudy::new(operator, &pulse(10.0), 40.0, 4, 200).unwrap();
            let radius = SeriesStudy::new(operator, &pulse(10.0), 40.0, 32, 200).unwrap().convergence_radius();
            let radius = radius.unwrap();
            let sizes = (0..12).map(|k| 0.1 * radius * 0.8f64.powi(k));
            let measured: Vec<_> = sizes.map(|size| study.errors(size)).collect();
            for order in 1..=4 {
                let slope = ObservedOrder::of(&study.errors_of_order(order, &measured, radius), study.floor()).unwrap();
                // error = |x_{n+1}| (1 + q + …) with q = A |x_{n+2}|/|x_{n+1}|, and ratios of terms below 1/R (1 + g/n) with g < 1
                // for these: the local slope is n + 1 + q, and q < 0.1 up to A = R/10.
                assert!((slope.order - order as f64 - 1.0).abs() < 0.1, "{name} {order}: {slope:?}");
                assert!(slope.points >= 5, "{name} {order}: {slope:?}");
            }
        }
    }

    #[test]
    fn the_series_ends_where_the_neuron_spikes_and_not_before_it_must_converge() {
        for name in ["RS", "FS", "RZ"] {
            let operator = InverseOperator::about(&cell(name).neuron, 0.0).unwrap();
            let study = SeriesStudy::new(operator, &pulse(20.0), 60.0, 32, 300).unwrap();
            let spike = study.first_spike(1.0, 100.0).unwrap();
            let radius = study.convergence_radius().unwrap();
            // A spike at 30 mV is 0.3 ms from the pole of v; the radius is an extrapolation from the ratio of the 32nd terms, whose
            // distance from its limit is of order 1/32² times a constant of a few.
            assert!((radius / spike - 1.0).abs() < 0.03, "{name}: {radius} {spike}");
            let guaranteed = operator.guaranteed_amplitude();
            assert!(guaranteed < radius, "{name}: {guaranteed} {radius}");
            // Where it converges for certain, 32 terms leave less than the majorant's tail: terms of X = c (A + k2 X²) at half its
            // radius are 2^-n Catalan, below 2^-33 of the sum.
            let measured = study.errors(0.5 * guaranteed);
            assert!(measured.errors[32] < 1e-9 * measured.errors[0], "{name}: {:?}", measured.errors);
        }
    }
}
