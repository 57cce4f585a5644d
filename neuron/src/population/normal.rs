//! The normalised system over lanes, for the kernels that work in it.
//!
//! W' = W² + K, K' = E − α K − β W with E constant over a step (`model::normal_form`). A kernel keeps (W, Q), Q = K at no input,
//! so that a state does not depend on the input: K = Q + k2 I and E = E_0 + α k2 I are formed at the start of each step.

use pulp::Simd;

use super::Real;
use crate::lanes::F;

/// The number of parameters of a neuron.
pub(super) const PARAMETERS: usize = 7;

/// How a kernel that works in the normal form keeps neurons and states.
macro_rules! in_normal_form {
    () => {
        fn parameters(&self, neuron: &crate::Neuron, _dt: f64) -> [f64; normal::PARAMETERS] {
            let n = crate::model::normal_form::NormalForm::new(neuron);
            [n.alpha, n.beta, n.constant, n.peak, n.reset, n.jump, n.k2]
        }

        /// (W, Q) of a state.
        fn encode(&self, neuron: &crate::Neuron, state: crate::State) -> [f64; 2] {
            crate::model::normal_form::NormalForm::new(neuron).normalise(state, 0.0).into()
        }

        /// The state of (W, Q).
        fn decode(&self, neuron: &crate::Neuron, [w, q]: [f64; 2]) -> crate::State {
            let n = crate::model::normal_form::NormalForm::new(neuron);
            crate::State { v: n.v(w), u: n.u(q, 0.0) }
        }
    };
}
pub(super) use in_normal_form;

/// The system over one step.
#[derive(Clone, Copy)]
pub(super) struct System<S: Simd, T: Real = f64> {
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

impl<S: Simd, T: Real> System<S, T> {
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
