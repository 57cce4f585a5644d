//! Any kernel, in blocks, by FFT.
//!
//! The triangle j ≤ n of all pairs is cut into squares: when n + 1 is L times an odd number (L a power of two, at least the
//! base block), the last L values x_{n+1−L} … x_n are convolved with κ_0 … κ_{2L−1} by one FFT of length 2L, and the
//! result is added to y_{n+1} … y_{n+L}. What lies nearer than the base block is summed directly, so y_n never needs an
//! x_j with j > n. Cost O(N log² N), memory O(N).
//!
//! Source: E. Hairer, C. Lubich, M. Schlichte, *Fast numerical solution of nonlinear Volterra convolution equations*, SIAM
//! J. Sci. Stat. Comput. 6 (1985) 532–541.

use std::sync::Arc;

use num_traits::Float;
use realfft::{ComplexToReal, FftNum, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;

use super::OnlineConvolution;

/// Below this length the direct sum is cheaper than an FFT (measured between 32 and 128; the choice is flat).
const BASE_BLOCK: usize = 64;

/// Blocked FFT convolution; see the [module](self) for the scheme.
pub struct Fft<T: FftNum> {
    kernel: Vec<T>,
    past: Vec<T>,
    /// Sums over finished blocks for the steps to come, y_n at index n.
    pending: Vec<T>,
    levels: Vec<Level<T>>,
    planner: RealFftPlanner<T>,
    flops: u64,
}

/// What a block length needs: transforms of length 2L and the kernel's spectrum.
struct Level<T> {
    forward: Arc<dyn RealToComplex<T>>,
    inverse: Arc<dyn ComplexToReal<T>>,
    kernel: Vec<Complex<T>>,
    time: Vec<T>,
    spectrum: Vec<Complex<T>>,
    scratch_forward: Vec<Complex<T>>,
    scratch_inverse: Vec<Complex<T>>,
}

impl<T: FftNum + Float> Fft<T> {
    /// An engine for a kernel κ_0 … κ_{N−1}, zero beyond. The kernel of a run of N steps needs N values.
    pub fn new(kernel: Vec<T>) -> Self {
        let n = kernel.len();
        Fft {
            kernel,
            past: Vec::with_capacity(n),
            pending: vec![T::zero(); n],
            levels: Vec::new(),
            planner: RealFftPlanner::new(),
            flops: 0,
        }
    }

    /// Adds what the last `BASE_BLOCK << level` values do to as many values to come.
    fn spread(&mut self, level: usize) {
        while self.levels.len() <= level {
            let next = self.plan(BASE_BLOCK << self.levels.len());
            self.levels.push(next);
        }
        let length = BASE_BLOCK << level;
        let end = self.past.len();
        if self.pending.len() < end + length {
            self.pending.resize(end + length, T::zero());
        }
        let level = &mut self.levels[level];
        level.time[..length].copy_from_slice(&self.past[end - length..]);
        level.time[length..].fill(T::zero());
        level.transform();
        for (bin, k) in level.spectrum.iter_mut().zip(&level.kernel) {
            *bin = *bin * *k;
        }
        level.transform_back();
        for (y, &sum) in self.pending[end..].iter_mut().zip(&level.time[length..]) {
            *y = *y + sum;
        }
        self.flops += Self::block_flops(2 * length);
    }

    /// Two real FFTs, the product of the spectra and the sums.
    fn block_flops(size: usize) -> u64 {
        let (size, log) = (size as u64, u64::from(size.ilog2()));
        5 * size * log + 3 * size + size / 2
    }

    fn plan(&mut self, length: usize) -> Level<T> {
        let size = 2 * length;
        let forward = self.planner.plan_fft_forward(size);
        let inverse = self.planner.plan_fft_inverse(size);
        let mut level = Level {
            kernel: Vec::new(),
            time: vec![T::zero(); size],
            spectrum: forward.make_output_vec(),
            scratch_forward: forward.make_scratch_vec(),
            scratch_inverse: inverse.make_scratch_vec(),
            forward,
            inverse,
        };
        // The 1/size of the inverse transform goes into the kernel.
        let scale = T::one() / T::from_usize(size).unwrap_or_else(T::one);
        for (t, &k) in level.time.iter_mut().zip(&self.kernel) {
            *t = k * scale;
        }
        level.transform();
        level.kernel = level.spectrum.clone();
        level
    }
}

impl<T: FftNum> Level<T> {
    fn transform(&mut self) {
        self.forward
            .process_with_scratch(&mut self.time, &mut self.spectrum, &mut self.scratch_forward)
            .expect("buffers are made by the plan");
    }

    fn transform_back(&mut self) {
        // The spectrum of a real sequence is real at its ends; rounding in the product must not say otherwise.
        let last = self.spectrum.len() - 1;
        self.spectrum[0].im = T::zero();
        self.spectrum[last].im = T::zero();
        self.inverse
            .process_with_scratch(&mut self.spectrum, &mut self.time, &mut self.scratch_inverse)
            .expect("buffers are made by the plan");
    }
}

impl<T: FftNum + Float> OnlineConvolution<T> for Fft<T> {
    fn push(&mut self, x: T) -> T {
        let n = self.past.len();
        // A finished block is spread only when a step comes after it.
        if n > 0 && n % BASE_BLOCK == 0 {
            self.spread((n / BASE_BLOCK).trailing_zeros() as usize);
        }
        self.past.push(x);
        let near = &self.past[n - n % BASE_BLOCK..];
        self.flops += 2 * near.len() as u64;
        let finished = self.pending.get(n).copied().unwrap_or_else(T::zero);
        self.kernel.iter().zip(near.iter().rev()).fold(finished, |sum, (&k, &x)| sum + k * x)
    }

    fn flops(&self) -> u64 {
        self.flops
    }
}
