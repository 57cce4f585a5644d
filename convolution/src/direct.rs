//! The sum itself.

use num_traits::Float;

use crate::OnlineConvolution;

/// Partial sums that run side by side: no addition waits for the one before it.
const LANES: usize = 8;

/// Direct convolution: y_n summed from its terms. Cost 2(n + 1) flops a step, O(N²) in all; memory O(K) for a kernel of K
/// values, whatever the length of the run.
#[derive(Clone, Debug)]
pub struct Direct<T> {
    /// κ_{K−1} … κ_0: kernel and past are read in the same direction.
    kernel: Vec<T>,
    /// The last values, at least K where there are so many.
    past: Vec<T>,
    flops: u64,
}

impl<T: Float> Direct<T> {
    /// An engine for a kernel κ_0 … κ_{K−1}, zero beyond.
    pub fn new(mut kernel: Vec<T>) -> Self {
        kernel.reverse();
        Direct { past: Vec::with_capacity(kernel.len()), kernel, flops: 0 }
    }
}

impl<T: Float + Send> OnlineConvolution<T> for Direct<T> {
    fn push(&mut self, x: T) -> T {
        let length = self.kernel.len();
        // At most once in K steps: what no value of the kernel reaches any more is dropped.
        if self.past.len() > 2 * length {
            self.past.drain(..self.past.len() - length);
        }
        self.past.push(x);
        let terms = self.past.len().min(length);
        self.flops += 2 * terms as u64;
        dot(&self.kernel[length - terms..], &self.past[self.past.len() - terms..])
    }

    fn flops(&self) -> u64 {
        self.flops
    }

    fn held(&self) -> usize {
        self.kernel.len() + self.past.len()
    }
}

/// The inner product of two slices of one length.
fn dot<T: Float>(a: &[T], b: &[T]) -> T {
    let (a_lanes, b_lanes) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a_lanes.remainder().iter().zip(b_lanes.remainder()).fold(T::zero(), |sum, (&a, &b)| sum + a * b);
    let mut sums = [T::zero(); LANES];
    for (a, b) in a_lanes.zip(b_lanes) {
        for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
            *sum = *sum + a * b;
        }
    }
    sums.iter().fold(rest, |total, &sum| total + sum)
}
