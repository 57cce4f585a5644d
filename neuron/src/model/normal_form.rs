//! The normal form (W, K) of a neuron: the model as a Riccati equation with a driven coefficient, in which the solvers work.
//!
//! With W = k2 v + k1/2 and K = k2 (k0 + I − u) − k1²/4 the model becomes, exactly,
//!
//! ```text
//! W' = W² + K                          [1/ms²]
//! K' = E(t) − β W − α K                [1/ms³]       α = a leak,  β = a b
//! E  = k2 I' + α k2 I + β k1/2 − a k2 b0 + α (k2 k0 − k1²/4)
//! ```
//!
//! Peak and reset are W_p = k2 peak + k1/2 and W ← k2 c + k1/2, K ← K − k2 d; a jump of I adds k2 ΔI to K. The
//! cancellation of hundreds of mV/ms in v' that the plain form repeats in every evaluation is made once, in the constants,
//! with twice the digits: near rest the rounding of v' shrinks about eighty times.

use super::arithmetic::{DoubleDouble, dot};
use super::neuron::{Neuron, State};

/// The constants of the normal form of one neuron.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NormalForm {
    /// The decay rate of K, α = a leak \[1/ms\].
    pub(crate) alpha: f64,
    /// The coupling of K to W, β = a b \[1/ms²\].
    pub(crate) beta: f64,
    /// The part of E that does not depend on the input \[1/ms³\].
    pub(crate) constant: f64,
    /// W at the peak \[1/ms\].
    pub(crate) peak: f64,
    /// W after a reset \[1/ms\].
    pub(crate) reset: f64,
    /// What a spike subtracts from K \[1/ms²\].
    pub(crate) jump: f64,
    /// The coefficient of v² \[1/(mV ms)\].
    pub(crate) k2: f64,
    /// Half of the coefficient of v \[1/ms\].
    pub(crate) half_k1: f64,
    /// The constant of v' \[mV/ms\].
    pub(crate) k0: f64,
}

impl NormalForm {
    /// The normal form of `neuron`; every constant is rounded once, from sums with twice the digits.
    pub(crate) fn new(neuron: &Neuron) -> Self {
        let n = neuron;
        let half_k1 = n.k1 / 2.0;
        let (alpha, beta) = (n.a * n.leak, n.a * n.b);
        let at_zero = dot([(n.k2, n.k0), (-half_k1, half_k1)]);
        NormalForm {
            alpha,
            beta,
            constant: dot([(beta, half_k1), (-n.a * n.k2, n.b0), (alpha, at_zero)]),
            peak: dot([(n.k2, n.peak), (half_k1, 1.0)]),
            reset: dot([(n.k2, n.c), (half_k1, 1.0)]),
            jump: n.k2 * n.d,
            k2: n.k2,
            half_k1,
            k0: n.k0,
        }
    }

    /// (W, K) of a state under `input` \[mV/ms\].
    pub(crate) fn normalise(&self, state: State, input: f64) -> (f64, f64) {
        let w = dot([(self.k2, state.v), (self.half_k1, 1.0)]);
        let k = dot([(self.k2, self.k0), (self.k2, input), (-self.k2, state.u), (-self.half_k1, self.half_k1)]);
        (w, k)
    }

    /// The membrane potential v \[mV\] that belongs to W \[1/ms\].
    pub(crate) fn v(&self, w: f64) -> f64 {
        (w - self.half_k1) / self.k2
    }

    /// u \[mV/ms\] from K under `input` \[mV/ms\].
    pub(crate) fn u(&self, k: f64, input: f64) -> f64 {
        self.k0 + input - (self.half_k1 * self.half_k1 + k) / self.k2
    }

    /// (W', K') where E has the value `source`.
    #[inline]
    pub(crate) fn field(&self, w: f64, k: f64, source: f64) -> (f64, f64) {
        (w * w + k, source - self.beta * w - self.alpha * k)
    }
}

/// A time with W \[1/ms\] and K \[1/ms²\] there: where a step starts or ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NormalState {
    pub(crate) time: DoubleDouble,
    pub(crate) w: f64,
    pub(crate) k: f64,
}
