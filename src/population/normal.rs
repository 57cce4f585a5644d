//! The normalised system over lanes, for the kernels that work in it.
//!
//! W' = W² + K, K' = E − α K − β W with E constant over a step (`model::normal_form`). A kernel keeps (W, Q), Q = K at no input,
//! so that a state does not depend on the input: K = Q + k2 I and E = E_0 + α k2 I are formed at the start of each step.

use pulp::Simd;

use crate::model::normal_form::NormalForm;
use crate::{Neuron, State};

use super::lane::Lane;
use super::lanes::F;

/// The number of parameters of a neuron.
pub(super) const PARAMETERS: usize = 7;

/// The parameters of a neuron.
pub(super) fn parameters(neuron: &Neuron) -> [f64; PARAMETERS] {
    let n = NormalForm::new(neuron);
    [n.alpha, n.beta, n.constant, n.peak, n.reset, n.jump, n.k2]
}

/// (W, Q) of a state.
pub(super) fn encode(neuron: &Neuron, state: State) -> [f64; 2] {
    let (w, q) = NormalForm::new(neuron).normalise(state, 0.0);
    [w, q]
}

/// The state of (W, Q).
pub(super) fn decode(neuron: &Neuron, [w, q]: [f64; 2]) -> State {
    let n = NormalForm::new(neuron);
    State { v: n.v(w), u: n.u(q, 0.0) }
}

/// The system over one step.
#[derive(Clone, Copy)]
pub(super) struct System<S: Simd, T: Lane = f64> {
    pub(super) alpha: F<S, T>,
    pub(super) beta: F<S, T>,
    /// The source E of the equation of K \[1/ms³\].
    pub(super) source: F<S, T>,
    pub(super) peak: F<S, T>,
    pub(super) reset: F<S, T>,
    pub(super) jump: F<S, T>,
    /// What the input adds to K: k2 I \[1/ms²\].
    drive: F<S, T>,
}

impl<S: Simd, T: Lane> System<S, T> {
    /// From the parameters and the input \[mV/ms\].
    #[inline(always)]
    pub(super) fn new(&[alpha, beta, constant, peak, reset, jump, k2]: &[F<S, T>; PARAMETERS], input: F<S, T>) -> Self {
        let drive = k2 * input;
        System { alpha, beta, source: alpha.fma(drive, constant), peak, reset, jump, drive }
    }

    /// K from Q.
    #[inline(always)]
    pub(super) fn k(&self, q: F<S, T>) -> F<S, T> {
        q + self.drive
    }

    /// Q from K.
    #[inline(always)]
    pub(super) fn q(&self, k: F<S, T>) -> F<S, T> {
        k - self.drive
    }

    /// (W', K').
    #[inline(always)]
    pub(super) fn field(&self, w: F<S, T>, k: F<S, T>) -> (F<S, T>, F<S, T>) {
        (w.fma(w, k), (-self.beta).fma(w, (-self.alpha).fma(k, self.source)))
    }
}
