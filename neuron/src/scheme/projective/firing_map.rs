//! Interspike intervals from those before: the firing map.
//!
//! # Derivation
//! After a reset W is W_reset whatever came before, so that under a constant input the whole interval that follows is a function
//! of the one number K_0, K after the reset:
//!
//! ```text
//! Φ: K_0 ↦ (T, K_1)          T the time to the next spike, K_1 = K(T) before its reset, next K_0 = K_1 − k2 d
//! ```
//!
//! (Touboul & Brette 2009 call K_0 ↦ next K_0 the spike map, or adaptation map, of the model, in terms of u.) The flow is analytic in
//! (W, K), and W' > 0 where the peak is crossed, so that Φ is analytic wherever the neuron fires. In regular spiking successive
//! K_0 approach a fixed point geometrically, in bursts they recur: after a few integrated intervals those that follow start
//! among the K_0 already seen, and Φ there is known by [interpolation](super::interpolation) at a fraction of the cost of integrating.
//!
//! # What it may leave out
//! An interval of T ms may cost what the budget plans for T ms of steps. Its error is what the interpolation leaves out, and
//! what it inherits from the samples; both go into the [account](super::account) like the local errors of a step, with
//! ∂T/∂K_0 and ∂K_1/∂K_0 from the interpolating polynomial. An interval that would cost more is integrated and becomes a sample.
//!
//! Wherever an interval is integrated although there was an interpolated value, the two are compared: a difference beyond the
//! estimate raises the `doubt` by which all later estimates are multiplied, agreement halves it. That is the defence against
//! nodes on both sides of a discontinuity: Φ has one where the trajectory from the reset passes just inside or outside of the
//! stable manifold of a saddle (T grows like the logarithm of the distance), or takes another turn below the fold. Next to
//! one the terms of the interpolation do not decrease, which keeps the estimate large to begin with.
//!
//! # Limits
//! The input must be constant from the reset to beyond the spike, and the samples belong to that constant: where it varies all the
//! time nothing is gained, and after each step to a new level the first intervals are integrated. So are most of those of a chaotic neuron
//! with a tight tolerance.
//!
//! # Source
//! J. Touboul, R. Brette, *Spiking dynamics of bidimensional integrate-and-fire neurons*, SIAM J. Appl. Dyn. Syst. 8 (2009) 1462–1506.

use crate::model::arithmetic::{DoubleDouble, UNIT_ROUNDOFF};
use crate::model::normal_form::NormalState;

use super::interpolation::{Sample, Samples, Value};

/// Levels of the input whose samples are kept, so that one to which it returns need not be learnt again.
const LEVELS: usize = 8;

/// The samples at one level of the input.
#[derive(Clone, Debug)]
struct Level {
    /// E \[1/ms³\].
    source: f64,
    samples: Samples,
    /// What the estimates of the interpolation are multiplied by, at least 1.
    doubt: f64,
}

/// The reset from which the present interval, if it can become a sample, is being integrated.
#[derive(Clone, Copy, Debug)]
struct Departure {
    time: DoubleDouble,
    k: f64,
    /// The interpolated value that was not good enough.
    expected: Option<Value>,
}

/// An interval from the map.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval {
    /// Time to the spike \[ms\].
    pub(crate) time: f64,
    /// K before the next reset \[1/ms²\].
    pub(crate) k: f64,
    /// ∂(T, K_1)/∂K_0 \[ms³, 1\].
    pub(crate) slope: [f64; 2],
    /// Errors of both.
    pub(crate) error: [f64; 2],
    /// Floating-point operations.
    pub(crate) flops: u64,
}

/// The firing map of a run, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct FiringMap {
    enabled: bool,
    levels: Vec<Level>,
    /// Of `levels`, that of the last departure, and the one to be given up for the next new level.
    present: usize,
    oldest: usize,
    departure: Option<Departure>,
}

impl FiringMap {
    pub(crate) fn new(enabled: bool) -> Self {
        FiringMap { enabled, levels: Vec::new(), present: 0, oldest: 0, departure: None }
    }

    pub(crate) fn clear(&mut self) {
        (self.levels, self.departure) = (Vec::new(), None);
        (self.present, self.oldest) = (0, 0);
    }

    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// The interval that begins with the reset `start` under the constant E = `source`, if it ends before `room` \[ms\] and
    /// its effect on spike times is at most `allowed(T)` \[ms\], or `floor` times that of the nearest sample. Otherwise the interval is to be
    /// integrated; [`arrive`](Self::arrive) takes it as a sample.
    #[inline]
    pub(crate) fn depart(
        &mut self,
        start: &NormalState,
        source: f64,
        room: f64,
        floor: f64,
        allowed: impl Fn(f64) -> f64,
    ) -> Option<Interval> {
        if !self.enabled {
            return None;
        }
        self.select(source);
        let level = &self.levels[self.present];
        let doubt = level.doubt;
        let enough = |found: &Value| {
            let effect = found.effect([0, 1].map(|f| doubt * found.left_out[f] + found.inherited[f]));
            effect <= allowed(found.value[0]).max(floor * found.effect(found.nearest))
        };
        let found = level.samples.at(start.k, enough);
        match found {
            // The spike must not be at the end of the constant input, as far as its time is known.
            Some(found) if enough(&found) && found.value[0] > 0.0 && found.value[0] * (1.0 + 1e-3) < room => {
                self.departure = None;
                let m = found.nodes as u64;
                Some(Interval {
                    time: found.value[0],
                    k: found.value[1],
                    slope: found.slope,
                    error: [0, 1].map(|f| doubt * found.left_out[f] + found.inherited[f]),
                    flops: 5 * m * m + 30 * m,
                })
            }
            expected => {
                self.departure = Some(Departure { time: start.time, k: start.k, expected });
                None
            }
        }
    }

    /// The input changes: the present interval is no sample.
    pub(crate) fn interrupt(&mut self) {
        self.departure = None;
    }

    /// The integrated interval ends at `time` with K = `k` before the reset, having local errors `error` of (t, K) and
    /// derivatives `slope` with respect to K at its start.
    pub(crate) fn arrive(&mut self, time: DoubleDouble, k: f64, error: [f64; 2], slope: [f64; 2]) {
        let Some(Departure { time: from, k: start, expected }) = self.departure.take() else { return };
        let level = &mut self.levels[self.present];
        let length = from.until(time.high) + time.low;
        let error = [error[0] + UNIT_ROUNDOFF * length, error[1] + UNIT_ROUNDOFF * k.abs()];
        if !(length.is_finite() && k.is_finite() && error[0].is_finite() && error[1].is_finite()) {
            return;
        }
        if let Some(expected) = expected {
            let ratio = |f: usize| {
                let difference = ([length, k][f] - expected.value[f]).abs() - error[f] - expected.inherited[f];
                difference.max(0.0) / expected.left_out[f].max(f64::MIN_POSITIVE)
            };
            level.doubt = (2.0 * ratio(0).max(ratio(1))).max(0.5 * level.doubt).clamp(1.0, 1e12);
        }
        level.samples.insert(Sample { start, value: [length, k], error, slope });
    }

    /// Makes the level with E = `source` the present one.
    fn select(&mut self, source: f64) {
        if self.levels.get(self.present).is_some_and(|level| level.source == source) {
            return;
        }
        if let Some(known) = self.levels.iter().position(|level| level.source == source) {
            self.present = known;
            return;
        }
        let level = Level { source, samples: Samples::default(), doubt: 1.0 };
        if self.levels.len() < LEVELS {
            self.present = self.levels.len();
            self.levels.push(level);
        } else {
            self.present = self.oldest;
            self.levels[self.oldest] = level;
            self.oldest = (self.oldest + 1) % LEVELS;
        }
    }
}

impl Value {
    /// What errors of (T, K_1) do to spike times \[ms\]: that of T at once, that of K_1 through the intervals that follow.
    fn effect(&self, error: [f64; 2]) -> f64 {
        let [by_time, by_k] = self.slope.map(f64::abs);
        error[0] + by_time * error[1] / (1.0 - by_k.min(0.9))
    }
}
