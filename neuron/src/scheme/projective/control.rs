//! How long a step may be, and how much of the tolerance it may spend.

use crate::model::arithmetic::rough_log2;
use crate::model::normal_form::NormalForm;

use super::account::Account;
use super::series::Series;
use super::upstroke::{Demand, smallest_w};
use super::variation::STEEP;

/// y at the end of a step towards a steep spike, at the least.
const LEAST_Y: f64 = 0.05;

/// Local errors below this many ms are rounding.
const FINEST: f64 = 1e-17;

/// The inverse of [`rough_log2`], to 6 %: exponent and a linear mantissa.
#[inline(always)]
pub(crate) fn rough_exp2(x: f64) -> f64 {
    // Adding 1.5 · 2^(52 − 20) leaves x with 20 binary places in the low bits of the sum, from where they are shifted to
    // where an f64 has its exponent.
    const FIXED: f64 = 1.5 * (1u64 << 32) as f64;
    let fixed = (x.clamp(-1000.0, 1000.0) + FIXED).to_bits();
    f64::from_bits((fixed << 32).wrapping_add(1023 << 52))
}

/// Step length from the last terms of the series, for a local error of `tau` ms in the time of the next spike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Control {
    /// Local error of a step \[ms\].
    pub(crate) tau: f64,
    log2_tau: f64,
    /// |∂t/∂W| around the fold \[ms²\]: with W ~ ε and t ~ 1/ε it goes as ε^(−2) where |∂t/∂K| goes as ε^(−3).
    pub(crate) fold: f64,
    /// |∂t/∂K|, how much an error of K moves a spike \[ms³\].
    pub(crate) weight: f64,
    /// From this W on \[1/ms\] the upstroke is taken in one step.
    pub(crate) upstroke: f64,
    /// The squares of the way to the next breakpoint, in units of 1/√(W² + |K|), for which a short series is enough, and one of
    /// [`TERSE`] terms.
    short: f64,
    terse: f64,
}

/// Terms of the series of a step from one arrival to the next, in a network where many come within a millisecond.
pub(crate) const TERSE: usize = 10;

impl Control {
    pub(crate) fn new<const M: usize, const S: usize>(system: &NormalForm, tau: f64, weight: f64) -> Self {
        // Where K is constant y is a cosine, whose term of order m is below (√K h)^m/m!, and m! about (m/e)^m.
        let fold = weight.powf(2.0 / 3.0);
        let enough = |terms: f64| (0.85 * terms / std::f64::consts::E * (tau / fold).powf(1.0 / terms)).powi(2);
        Control {
            tau,
            log2_tau: tau.log2(),
            fold,
            weight,
            upstroke: smallest_w(system, S, tau).max(3.0 * system.alpha.abs()),
            short: enough(M as f64),
            terse: enough(TERSE as f64),
        }
    }

    /// What the sweeps of an upstroke have to reach, to stay below the other errors.
    #[inline(always)]
    pub(crate) fn demand(&self) -> Demand {
        Demand { time: 0.1 * self.tau, k: 0.1 * self.tau / self.weight }
    }

    /// Whether a series of M terms, M being that of [`new`](Self::new), does for all of the `room` \[ms\].
    #[inline(always)]
    pub(crate) fn is_short(&self, w: f64, k: f64, room: f64) -> bool {
        room * room * (w * w + k.abs()) <= self.short
    }

    /// The same for a series of [`TERSE`] terms.
    #[inline(always)]
    pub(crate) fn is_terse(&self, w: f64, k: f64, room: f64) -> bool {
        room * room * (w * w + k.abs()) <= self.terse
    }

    /// The longest step \[ms\] whose last terms move the next spike by less than tau.
    ///
    /// A term y_m h^m left out of y changes W at the end of the step by about N y_m h^(m−1)/y(h), one left out of J changes K by
    /// J_m h^m. What that does to the spike depends on where the step *ends*; a guess of h, the step before, is good enough for
    /// it, and leaves nothing of this to be computed after the series:
    ///
    /// * on the slow manifold (K < 0, W < 0) a perturbation of W decays and is felt through K only, |∂t/∂W| = β |∂t/∂K|/(2|W|),
    ///   and y(h) ≈ e^(|W| h) is large;
    /// * beyond, |∂t/∂W| = 1/W' and |∂t/∂K| ≈ 1/(2 W W'), below their largest values around the fold.
    ///
    /// Three terms are looked at, since one or two can be small by chance where the nearest singularities are a conjugate pair.
    #[inline(always)]
    pub(crate) fn step<const N: usize>(
        &self,
        series: &Series<N>,
        system: &NormalForm,
        (w, k): (f64, f64),
        source: f64,
        guess: f64,
        short: f64,
    ) -> f64 {
        if short > 0.0 && system.peak <= STEEP {
            // What follows is below this, and costs more than such a series.
            let (scale_y, scale_j) = (self.fold * (N as f64), self.weight * short);
            let size = |m: usize| (series.y[m].abs() * scale_y).max(series.j[m].abs() * scale_j);
            let last = size(N - 3).max(short * size(N - 2)).max(short * short * size(N - 1));
            if last * short.powi(N as i32 - 4) <= self.tau {
                return short;
            }
        }
        let per_g = 1.0 / (w * w + k.abs()).sqrt().max(1e-6);
        // W grows from −1/W' to the upstroke; on the slow manifold a step spans a few units of 1/|W|.
        let guess = guess.clamp(0.3 * per_g, 3.0 * per_g);
        let k_end = k + (source - system.alpha * k - system.beta * w) * guess;
        let (per_w, per_k, growth) = if w > 0.0 {
            let rate = 1.0 / (w * w + k_end.max(0.0));
            (rate.min(self.fold), (0.5 * rate / w).min(self.weight), 1.0)
        } else {
            let per_w = if k_end > 0.0 { self.fold } else { 0.5 * system.beta.abs() * self.weight * per_g };
            (per_w.min(self.fold), self.weight, 1.0 / (1.0 + w * guess * (0.4 * w * guess - 0.7)))
        };
        let (mut scale_y, mut scale_j) = (per_w * growth * (N as f64 / guess), per_k);
        // Towards a high peak W forgets its errors, and K = J + β ln y, which goes on to the next spike, does not.
        let steep = w > 0.0 && system.peak > STEEP;
        if steep {
            scale_y = scale_y.max(system.beta.abs() * self.weight / (1.0 - w * guess).max(LEAST_Y));
            scale_j = self.weight;
        }
        let mut log2_h = f64::INFINITY;
        for m in N - 3..N {
            let size = (series.y[m].abs() * scale_y).max(series.j[m].abs() * scale_j);
            log2_h = log2_h.min((self.log2_tau - rough_log2(size)) * (1.0 / m as f64));
        }
        // rough_exp2 is up to 6 % too large, never too small.
        let free = 0.97 * rough_exp2(log2_h);
        // Sturm: at most one zero of P within π/√K. On the branch above the slow manifold with K < 0, W can turn near the
        // peak; there P is followed in small steps.
        let largest = if k > 0.0 {
            2.8 / k.sqrt()
        } else if w > 0.0 {
            per_g
        } else {
            f64::INFINITY
        };
        // y falls as 1 − W t, and its rounding does not.
        let largest = if steep { largest.min((1.0 - LEAST_Y) / w) } else { largest };
        free.min(largest)
    }
}

/// The hope that errors will not grow: the input recurs, and what it has done with them for a while it will go on to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hope {
    /// The time \[ms\] after which there is hope.
    pub(crate) after: f64,
    /// The tolerance of the run \[ms\], above its aim by what errors are feared to grow.
    pub(crate) tolerance: f64,
}

/// The part of the tolerance that the error is steered to where there is hope, if it grows in proportion to time.
const HOPED: f64 = 0.2;
/// The part of the tolerance aimed at then, at the most.
const RAISED: f64 = 0.5;

/// Shares the tolerance among the steps of a run, from how much each of them turned out to cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    tolerance: f64,
    /// What the tolerance is without hope.
    aim: f64,
    hope: Option<Hope>,
    duration: f64,
    /// Errors of spike times in units of the tau of their step, summed over the steps so far, and the number of those.
    response: f64,
    taken: f64,
    /// Steps when the last interval ended.
    steps: u64,
    /// Time \[ms\] that interpolated intervals took, without steps.
    skipped: f64,
    /// The part of its share that a step may spend.
    thrift: f64,
}

/// What interpolated intervals inherit from the steps of others must leave room for what the interpolation itself adds. At
/// the orders in use a quarter of the error costs 5 to 10 % in the length of a step.
const THRIFT: f64 = 0.25;

/// Steps a millisecond expected before any were taken, and for how many milliseconds that guess counts.
const STEPS_PER_MS: f64 = 0.25;
const GUESS_MS: f64 = 30.0;
/// The error of a spike time that a step is expected to cause, in units of its tau, before any spike.
const GUESS_RESPONSE: f64 = 0.5;
/// For how many steps the first guess of the response counts.
const GUESS_STEPS: f64 = 10.0;
/// The part of what the past still says after another spike.
const MEMORY: f64 = 0.97;
/// The part of the tolerance planned for; the rest is for what later spikes cost more than earlier ones.
const PLANNED: f64 = 0.8;

impl Budget {
    /// For a run of `duration` \[ms\] to `tolerance` \[ms\].
    pub(crate) fn new(tolerance: f64, duration: f64) -> Self {
        Budget {
            tolerance,
            aim: tolerance,
            hope: None,
            duration,
            response: GUESS_RESPONSE * GUESS_STEPS,
            taken: GUESS_STEPS,
            steps: 0,
            skipped: 0.0,
            thrift: 1.0,
        }
    }

    /// With a tolerance that is raised where there is `hope`.
    pub(crate) fn hopeful(self, hope: Option<Hope>) -> Self {
        Budget { hope, ..self }
    }

    /// With steps whose errors intervals interpolated among theirs can afford to inherit.
    pub(crate) fn thrifty(self) -> Self {
        Budget { thrift: THRIFT, ..self }
    }

    /// What is left of the tolerance for the time after `spent` \[ms\] of error were made.
    fn left(&self, spent: f64) -> f64 {
        (PLANNED * self.tolerance - spent).max(0.05 * self.tolerance)
    }

    /// The error of spike times \[ms\] that an interval of `length` \[ms\] after `time` \[ms\] may cause when it is taken in one.
    pub(crate) fn share(&self, time: f64, length: f64, spent: f64) -> f64 {
        self.left(spent) * length / ((self.duration - time).max(length) + GUESS_MS)
    }

    /// An interval of `length` \[ms\] was taken in one.
    pub(crate) fn skip(&mut self, length: f64) {
        self.skipped += length;
    }

    /// The local error that each step after `time` \[ms\] may make, `steps` having been taken and `spent` \[ms\] of error made.
    pub(crate) fn tau(&self, time: f64, steps: u64, spent: f64) -> f64 {
        let rate = (steps as f64 + STEPS_PER_MS * GUESS_MS) / (time - self.skipped + GUESS_MS);
        let expected = rate * (self.duration - time).max(0.0) + 10.0;
        (self.thrift * self.left(spent) * self.taken / (expected * self.response)).clamp(FINEST, 1.0)
    }

    /// Learns from the interval that ended with a spike after `steps` in all, and says whether tau has to change by more than
    /// a factor of 1.5.
    pub(crate) fn learn(&mut self, control: &Control, account: &Account, time: f64, steps: u64) -> Option<f64> {
        self.response = MEMORY * self.response + account.fresh / control.tau;
        self.taken = MEMORY * self.taken + (steps - self.steps) as f64;
        self.steps = steps;
        if let Some(hope) = self.hope.filter(|hope| time > hope.after) {
            let foreseen = account.largest() * self.duration / time;
            let wanted = (HOPED * hope.tolerance / foreseen * self.tolerance).min(RAISED * hope.tolerance);
            self.tolerance = wanted.max(self.aim);
        }
        let tau = self.tau(time, steps, account.last());
        (tau > 1.5 * control.tau || 1.5 * tau < control.tau).then_some(tau)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rough_power_is_above_the_power_by_six_percent_at_most() {
        for i in -3000..3000 {
            let x = 0.1 * f64::from(i);
            let ratio = rough_exp2(x) / x.exp2();
            assert!((1.0 - 1e-6..1.0615).contains(&ratio), "{x}: {ratio}");
        }
    }
}
