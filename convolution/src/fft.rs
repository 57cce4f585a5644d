//! Any kernel, in blocks, by FFT.
//!
//! The triangle j ≤ n of all pairs is cut into squares that are finished when their last x is known. Blocks of the
//! lowest level have L = 64 values; eight of them fill one block of the next level (fewer where the kernel's length asks for
//! it). When block s of a level is full, its spectrum of
//! length 2L is kept, and what the blocks so far of the same parent do to the next one, t, is
//!
//! ```text
//! y[tL .. tL + L]  +=  the last L values of  F⁻¹( Σ_{s < t} K_{t−s} · F(x[sL .. sL + L], 0) ),    K_d = F(κ[(d−1)L .. (d+1)L])
//! ```
//!
//! one forward and one inverse real FFT a block, the sums in the frequency domain. The highest level has no parent: there the
//! last D blocks count, as many as the kernel is long, so that a run may be longer than its kernel. What lies inside a block
//! of 64 is added directly, x_n to the y after it. Every y_n is complete as soon as x_n is there, and never needs an x_j
//! with j > n.
//!
//! With 8 blocks a level, a level costs 7/4 FFTs of length 2L per L steps where three levels of halves cost 3. In all
//! O(N log² N) flops; for a kernel of K values 5 K to 9 K numbers are held, whatever the length of the run.
//!
//! Rounding: an error is relative to the *norm* of the blocks it comes from, about log2(2L) ε ‖x‖₂‖κ‖₂, not to the y_n at
//! hand: one huge x blurs the small y of every block its own acts on.
//!
//! Sources: E. Hairer, C. Lubich, M. Schlichte, *Fast numerical solution of nonlinear Volterra convolution equations*, SIAM
//! J. Sci. Stat. Comput. 6 (1985) 532–541 (the squares); J. van der Hoeven, *Faster relaxed multiplication*, ISSAC (2014)
//! (several blocks a level). Rounding: N. J. Higham, *Accuracy and Stability of Numerical Algorithms* (2002), theorem 24.2.

use std::sync::Arc;

use num_traits::{Float, Zero};
use realfft::{ComplexToReal, FftNum, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;

use crate::OnlineConvolution;

/// Values of a block that is summed directly.
const BASE_BLOCK: usize = 64;
/// Eight blocks fill one block of the next level.
const RADIX_BITS: usize = 3;
/// Bins whose sums over blocks are formed together: they stay in the first cache.
const BINS: usize = 256;

/// Numbers whose sequences are transformed: f32 and f64.
pub trait Transformed: FftNum + Float {
    /// The real transform of `size` values, and the way back.
    fn plan(size: usize) -> (Forward<Self>, Inverse<Self>);
}

/// From values to their spectrum.
type Forward<T> = Arc<dyn RealToComplex<T>>;
/// From a spectrum to its values.
type Inverse<T> = Arc<dyn ComplexToReal<T>>;

/// Not inlined, so that the code of the transforms, which is a seventh of the library's, is compiled in this crate, beside it.
impl Transformed for f64 {
    #[inline(never)]
    fn plan(size: usize) -> (Forward<Self>, Inverse<Self>) {
        planned(size)
    }
}

/// Inlined, so that only who uses it compiles it.
impl Transformed for f32 {
    #[inline]
    fn plan(size: usize) -> (Forward<Self>, Inverse<Self>) {
        planned(size)
    }
}

fn planned<T: FftNum>(size: usize) -> (Forward<T>, Inverse<T>) {
    let mut planner = RealFftPlanner::new();
    (planner.plan_fft_forward(size), planner.plan_fft_inverse(size))
}

/// Blocked FFT convolution; see the [module](self) for the scheme.
pub struct Fft<T: FftNum> {
    /// κ_0 … κ_63, as many as there are.
    near: Vec<T>,
    /// The values since the last whole block of the highest level.
    recent: Vec<T>,
    /// Sums for that block as far as they are known, y_n at the place of x_n.
    sums: Vec<T>,
    /// Place of the next value in both.
    at: usize,
    levels: Vec<Level<T>>,
    flops: u64,
}

/// Blocks of one length L.
struct Level<T> {
    /// Blocks that fill one of the next level; no number of them at the highest.
    radix: usize,
    /// A block acts on this many after it.
    reach: usize,
    /// K_1 … K_reach, each of L + 1 bins, divided by 2L.
    kernel: Vec<Complex<T>>,
    /// Spectra of the last `reach` blocks: block s in place s mod `reach`.
    past: Vec<Complex<T>>,
    /// Blocks kept so far (since the parent block began; since the start, for the highest level).
    blocks: usize,
    forward: Forward<T>,
    inverse: Inverse<T>,
    time: Vec<T>,
    sum: Vec<Complex<T>>,
    scratch: Vec<Complex<T>>,
}

impl<T: Transformed> Fft<T> {
    /// An engine for a kernel κ_0 … κ_{K−1}, zero beyond. It plans its FFTs and transforms the kernel: O(K log K).
    pub fn new(kernel: Vec<T>) -> Self {
        let mut levels = Vec::new();
        // κ_{K−1} acts on the block ⌈(K−1)/L⌉ further: at most eight blocks at the highest level.
        let farthest = kernel.len().saturating_sub(1);
        let mut doublings = 0;
        while farthest > (BASE_BLOCK << RADIX_BITS) << doublings {
            doublings += 1;
        }
        let mut length = BASE_BLOCK;
        while doublings > 0 {
            // What is no multiple of three doublings goes into the lowest level.
            let bits = (doublings - 1) % RADIX_BITS + 1;
            let radix = 1 << bits;
            levels.push(Level::new(&kernel, length, radix, radix - 1));
            length <<= bits;
            doublings -= bits;
        }
        if farthest > 0 {
            levels.push(Level::new(&kernel, length, usize::MAX, farthest.div_ceil(length)));
        }
        let mut near = kernel;
        near.truncate(BASE_BLOCK);
        near.shrink_to_fit();
        Fft { near, recent: vec![T::zero(); length], sums: vec![T::zero(); length], at: 0, levels, flops: 0 }
    }

    /// A block of 64 is full and a value comes after it: adds what the full blocks do to those that begin here.
    fn begin_block(&mut self) {
        let end = self.at;
        let whole = end == self.recent.len();
        if whole {
            self.at = 0;
            self.sums.fill(T::zero());
        }
        let mut length = BASE_BLOCK;
        for level in &mut self.levels {
            if level.blocks + 1 < level.radix {
                let sums = &mut self.sums[self.at..self.at + length];
                self.flops += level.spread(&self.recent[end - length..end], sums);
                return;
            }
            // The parent is full: its own level takes over.
            level.blocks = 0;
            length *= level.radix;
        }
    }
}

impl<T: Transformed> Level<T> {
    fn new(kernel: &[T], length: usize, radix: usize, reach: usize) -> Self {
        let size = 2 * length;
        let (forward, inverse) = T::plan(size);
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        let mut level = Level {
            radix,
            reach,
            kernel: Vec::with_capacity(reach * (length + 1)),
            past: vec![Complex::zero(); reach * (length + 1)],
            blocks: 0,
            time: vec![T::zero(); size],
            sum: vec![Complex::zero(); length + 1],
            scratch: vec![Complex::zero(); scratch],
            forward,
            inverse,
        };
        // The 1/2L of the inverse transform: a power of two, so no rounding.
        let scale = T::one() / T::from_usize(size).unwrap_or_else(T::one);
        for piece in (0..reach).map(|d| &kernel[(d * length).min(kernel.len())..kernel.len().min((d + 2) * length)]) {
            level.time[piece.len()..].fill(T::zero());
            for (t, &k) in level.time.iter_mut().zip(piece) {
                *t = k * scale;
            }
            let Level { forward, time, sum, scratch, .. } = &mut level;
            forward.process_with_scratch(time, sum, scratch).expect("buffers are made for the plan");
            level.kernel.extend_from_slice(&level.sum);
        }
        level
    }

    /// Keeps the spectrum of the block `x`, adds what the blocks so far do to the next one to `y`, and gives the flops.
    fn spread(&mut self, x: &[T], y: &mut [T]) -> u64 {
        let length = x.len();
        let bins = length + 1;
        self.time[..length].copy_from_slice(x);
        self.time[length..].fill(T::zero());
        let newest = self.blocks % self.reach;
        let spectrum = &mut self.past[newest * bins..(newest + 1) * bins];
        self.forward
            .process_with_scratch(&mut self.time, spectrum, &mut self.scratch)
            .expect("buffers are made for the plan");
        self.blocks += 1;

        let terms = self.blocks.min(self.reach);
        for (chunk, sum) in self.sum.chunks_mut(BINS).enumerate() {
            sum.fill(Complex::zero());
            for d in 0..terms {
                let k = d * bins + chunk * BINS;
                let p = (newest + self.reach - d) % self.reach * bins + chunk * BINS;
                add_products(sum, &self.kernel[k..k + sum.len()], &self.past[p..p + sum.len()]);
            }
        }
        // The spectrum of a real sequence is real at its ends; rounding in the products must not say otherwise.
        self.sum[0].im = T::zero();
        self.sum[length].im = T::zero();
        self.inverse
            .process_with_scratch(&mut self.sum, &mut self.time, &mut self.scratch)
            .expect("buffers are made for the plan");
        for (y, &sum) in y.iter_mut().zip(&self.time[length..]) {
            *y = *y + sum;
        }
        let (size, bins, terms) = (2 * length as u64, bins as u64, terms as u64);
        5 * size * u64::from(size.ilog2()) + 8 * bins * terms + length as u64
    }
}

impl<T> Level<T> {
    fn held(&self) -> usize {
        self.time.len() + 2 * (self.kernel.len() + self.past.len() + self.sum.len() + self.scratch.len())
    }
}

/// sum += a · b, bin by bin.
fn add_products<T: FftNum>(sum: &mut [Complex<T>], a: &[Complex<T>], b: &[Complex<T>]) {
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        sum.re = sum.re + (a.re * b.re - a.im * b.im);
        sum.im = sum.im + (a.re * b.im + a.im * b.re);
    }
}

impl<T: Transformed> OnlineConvolution<T> for Fft<T> {
    fn push(&mut self, x: T) -> T {
        if self.at > 0 && self.at.is_multiple_of(BASE_BLOCK) {
            self.begin_block();
        }
        let at = self.at;
        self.recent[at] = x;
        // Into the sums of the rest of the block: no sum waits for the one before it.
        let rest = BASE_BLOCK - at % BASE_BLOCK;
        for (y, &k) in self.sums[at..at + rest].iter_mut().zip(&self.near) {
            *y = *y + k * x;
        }
        self.flops += 2 * rest.min(self.near.len()) as u64;
        self.at += 1;
        self.sums[at]
    }

    fn flops(&self) -> u64 {
        self.flops
    }

    fn held(&self) -> usize {
        let levels: usize = self.levels.iter().map(Level::held).sum();
        self.near.len() + self.recent.len() + self.sums.len() + levels
    }
}
