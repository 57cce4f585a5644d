//! The sum itself.

use num_traits::Float;

use super::OnlineConvolution;

/// Direct convolution: y_n summed from its n + 1 terms. Cost 2(n + 1) flops a step, O(N²) in all; memory O(N).
#[derive(Clone, Debug)]
pub struct Direct<T> {
    kernel: Vec<T>,
    past: Vec<T>,
    flops: u64,
}

impl<T: Float> Direct<T> {
    /// An engine for a kernel κ_0 … κ_{N−1}, zero beyond.
    pub fn new(kernel: Vec<T>) -> Self {
        Direct { past: Vec::with_capacity(kernel.len()), kernel, flops: 0 }
    }
}

impl<T: Float + Send> OnlineConvolution<T> for Direct<T> {
    fn push(&mut self, x: T) -> T {
        self.past.push(x);
        let terms = self.past.len().min(self.kernel.len());
        self.flops += 2 * terms as u64;
        let recent = self.past.iter().rev();
        self.kernel.iter().zip(recent).fold(T::zero(), |sum, (&k, &x)| sum + k * x)
    }

    fn flops(&self) -> u64 {
        self.flops
    }
}
