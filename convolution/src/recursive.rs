//! Exponential kernels by recursion.

use num_traits::Float;

use crate::OnlineConvolution;

/// Convolution with a sum of exponentials, κ_n = Σ_i weight_i · ratio_i^n, by the recursion
/// y_i ← ratio_i y_i + weight_i x. Cost 4 flops a step and exponential; memory O(1).
///
/// Rounding: the term that x_j contributes to y_n has gone through n − j + 2 operations more than κ_{n−j} x_j has; it is off
/// by about (n − j) ε of its size, which for a decaying kernel stays below ε / (1 − ratio).
#[derive(Clone, Debug)]
pub struct Recursive<T> {
    terms: Vec<Term<T>>,
    flops: u64,
}

#[derive(Clone, Copy, Debug)]
struct Term<T> {
    weight: T,
    ratio: T,
    value: T,
}

impl<T: Float> Recursive<T> {
    /// The engine for the kernel whose n-th weight is `ratio`ⁿ.
    pub fn exponential(ratio: T) -> Self {
        Self::sum([(T::one(), ratio)])
    }

    /// The kernel Σ weight · ratio^n over the pairs (weight, ratio).
    pub fn sum(terms: impl IntoIterator<Item = (T, T)>) -> Self {
        let terms = terms.into_iter().map(|(weight, ratio)| Term { weight, ratio, value: T::zero() }).collect();
        Recursive { terms, flops: 0 }
    }
}

impl<T: Float + Send> OnlineConvolution<T> for Recursive<T> {
    fn push(&mut self, x: T) -> T {
        self.flops += 4 * self.terms.len() as u64;
        self.terms.iter_mut().fold(T::zero(), |sum, term| {
            term.value = term.ratio * term.value + term.weight * x;
            sum + term.value
        })
    }

    fn flops(&self) -> u64 {
        self.flops
    }

    fn held(&self) -> usize {
        3 * self.terms.len()
    }
}
