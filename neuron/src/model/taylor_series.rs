//! Taylor series of W and K, the solution of the normal form, over one step.

use super::normal_form::NormalForm;

/// The highest order a series can have.
pub(crate) const MAX_ORDER: usize = 31;

/// Taylor coefficients, or the terms of a series: entry i belongs to the i-th power.
pub(crate) type Coefficients = [f64; MAX_ORDER + 1];

/// 1/(n + 1), so that the recurrence multiplies instead of dividing.
pub(crate) const RECIPROCAL: Coefficients = {
    let mut table = [0.0; MAX_ORDER + 1];
    let mut n = 0;
    while n <= MAX_ORDER {
        table[n] = 1.0 / (n + 1) as f64;
        n += 1;
    }
    table
};

/// A cubic term of the recovery, in W.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cubic {
    /// Its factor \[1/ms\].
    pub(crate) factor: f64,
    /// Where it is zero \[1/ms\].
    pub(crate) zero: f64,
}

/// The Taylor series of W and K about the start of a step.
///
/// ```text
/// W_{n+1} = (Σ_{i≤n} W_i W_{n−i} + K_n) / (n + 1)
/// K_{n+1} = (E_n − β W_n − α K_n) / (n + 1)
/// ```
///
/// Source of the method: A. Jorba, M. Zou, *A software package for the numerical integration of ODEs by means of
/// high-order Taylor methods*, Experimental Mathematics 14 (2005) 99–117.
#[derive(Clone, Debug)]
pub(crate) struct TaylorSeries {
    /// The highest power that the series has.
    pub(crate) order: usize,
    /// The Taylor coefficients W_n \[1/ms^(n+1)\].
    pub(crate) w: Coefficients,
    /// The Taylor coefficients K_n \[1/ms^(n+2)\].
    pub(crate) k: Coefficients,
}

impl TaylorSeries {
    /// A series of zeros, of `order` or [`MAX_ORDER`] if that is less.
    pub(crate) fn new(order: usize) -> Self {
        let order = order.min(MAX_ORDER);
        TaylorSeries { order, w: [0.0; MAX_ORDER + 1], k: [0.0; MAX_ORDER + 1] }
    }

    /// The series about (w, k), where `source` are the Taylor coefficients of E.
    #[inline]
    pub(crate) fn expand(&mut self, system: &NormalForm, w: f64, k: f64, source: &Coefficients) {
        self.w[0] = w;
        self.k[0] = k;
        for n in 0..self.order {
            let (w_n, k_n) = (self.w[n], self.k[n]);
            // Pairs W_i W_{n−i} come twice, the middle one of an even n once; the pair with the newest coefficient, W_0 W_n,
            // comes last and alone, so that all the rest is ready before W_n is.
            let half = n.div_ceil(2).max(1);
            let pairs: f64 = self.w[1..half].iter().rev().zip(&self.w[n + 1 - half..]).map(|(a, b)| a * b).sum();
            let middle = if n % 2 == 0 && n > 0 { self.w[n / 2] * self.w[n / 2] } else { 0.0 };
            let older = (2.0 * pairs + middle + k_n) * RECIPROCAL[n];
            let newest = if n == 0 { w } else { 2.0 * w };
            self.w[n + 1] = older + newest * RECIPROCAL[n] * w_n;
            self.k[n + 1] = (source[n] - system.alpha * k_n) * RECIPROCAL[n] - system.beta * RECIPROCAL[n] * w_n;
        }
    }

    /// [`expand`](Self::expand) with a further term −`cubic`.factor (W − `cubic`.zero)³ in K'.
    pub(crate) fn expand_cubic(&mut self, system: &NormalForm, cubic: Cubic, start: (f64, f64), source: &Coefficients) {
        (self.w[0], self.k[0]) = start;
        let (mut x, mut square) = (self.w, [0.0; MAX_ORDER + 1]);
        x[0] -= cubic.zero;
        for n in 0..self.order {
            let (w_n, k_n) = (self.w[n], self.k[n]);
            let product = |p: &Coefficients, q: &Coefficients| (0..=n).map(|i| p[i] * q[n - i]).sum::<f64>();
            x[n] = if n == 0 { x[0] } else { w_n };
            square[n] = product(&x, &x);
            let cube = product(&square, &x);
            self.w[n + 1] = (product(&self.w, &self.w) + k_n) * RECIPROCAL[n];
            self.k[n + 1] = (source[n] - system.alpha * k_n - system.beta * w_n - cubic.factor * cube) * RECIPROCAL[n];
        }
    }

    /// Floating-point operations of one call of [`expand`](Self::expand).
    pub(crate) fn flops(&self) -> u64 {
        (0..self.order as u64).map(|n| 2 * n.div_ceil(2) + 7 + 7).sum()
    }

    /// (W, K) at `h` \[ms\] after the start.
    #[inline]
    pub(crate) fn at(&self, h: f64) -> (f64, f64) {
        let (mut w, mut k) = (0.0, 0.0);
        for n in (0..=self.order).rev() {
            w = w * h + self.w[n];
            k = k * h + self.k[n];
        }
        (w, k)
    }

    /// Sets `terms` to W_i hⁱ and K_i hⁱ: the series in the variable t/h, from 0 to 1.
    #[inline]
    pub(crate) fn scale(&self, h: f64, terms: &mut SeriesTerms) {
        (terms.order, terms.h) = (self.order, h);
        let mut power = 1.0;
        for n in 0..=self.order {
            terms.w[n] = self.w[n] * power;
            terms.k[n] = self.k[n] * power;
            power *= h;
        }
    }
}

/// The terms of a [`TaylorSeries`] at a step length.
#[derive(Clone, Debug)]
pub(crate) struct SeriesTerms {
    /// The highest power that the series has.
    pub(crate) order: usize,
    /// The length h of the step \[ms\].
    pub(crate) h: f64,
    /// The terms W_n hⁿ \[1/ms\].
    pub(crate) w: Coefficients,
    /// The terms K_n hⁿ \[1/ms²\].
    pub(crate) k: Coefficients,
}

impl SeriesTerms {
    /// The terms of no series yet: all are zero.
    pub(crate) fn new() -> Self {
        SeriesTerms { order: 0, h: 0.0, w: [0.0; MAX_ORDER + 1], k: [0.0; MAX_ORDER + 1] }
    }

    /// (W, K) at the end of the step; the terms are added from the smallest up.
    #[inline]
    pub(crate) fn end(&self) -> (f64, f64) {
        let (mut w, mut k) = (0.0, 0.0);
        for n in (0..=self.order).rev() {
            w += self.w[n];
            k += self.k[n];
        }
        (w, k)
    }
}
