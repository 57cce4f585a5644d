//! Numbers on the nodes of a Gauss rule, several in a register, with the operators of a number.

use std::ops::{Add, Div, Mul, Neg, Sub};

use pulp::Simd;

use crate::lanes::F;

use super::gauss::Gauss;

/// Nodes of any rule, at the most.
const MOST_NODES: usize = 16;

/// A number for each of S nodes. What is left of the last register has that of the last node; registers beyond are never touched.
#[derive(Clone, Copy)]
pub(super) struct Nodes<V: Simd, const S: usize>([F<V>; S]);

impl<V: Simd, const S: usize> Nodes<V, S> {
    const REGISTERS: usize = S.div_ceil(V::F64_LANES);

    /// `x` on all nodes.
    #[inline(always)]
    pub(super) fn splat(simd: V, x: f64) -> Self {
        Nodes([F::splat(simd, x); S])
    }

    #[inline(always)]
    pub(super) fn load(simd: V, x: &[f64; S]) -> Self {
        let mut nodes = Self::splat(simd, x[S - 1]);
        for r in 0..S / V::F64_LANES {
            nodes.0[r] = F::load(simd, x, r);
        }
        if !S.is_multiple_of(V::F64_LANES) {
            let (mut last, from) = ([x[S - 1]; MOST_NODES], S - S % V::F64_LANES);
            last[..S - from].copy_from_slice(&x[from..]);
            nodes.0[Self::REGISTERS - 1] = F::load(simd, &last, 0);
        }
        nodes
    }

    /// The numbers of the nodes.
    #[inline(always)]
    pub(super) fn array(self) -> [f64; S] {
        let (stored, mut x) = (self.stored(), [0.0; S]);
        x.copy_from_slice(&stored[..S]);
        x
    }

    /// The registers in memory, from where a number comes into all lanes at once.
    #[inline(always)]
    fn stored(self) -> [f64; MOST_NODES] {
        let mut x = [0.0; MOST_NODES];
        for r in 0..Self::REGISTERS {
            self.0[r].store(&mut x, r);
        }
        x
    }

    /// The largest of all absolute values.
    #[inline(always)]
    pub(super) fn largest(self) -> f64 {
        let mut most = self.0[0].abs();
        for r in 1..Self::REGISTERS {
            most = most.max(self.0[r].abs());
        }
        let (lanes, mut largest) = (most.to_array(), 0.0f64);
        for x in &lanes[..V::F64_LANES] {
            largest = largest.max(*x);
        }
        largest
    }

    /// `x` on the nodes of this rule.
    #[inline(always)]
    pub(super) fn of(self, x: f64) -> Self {
        Nodes([self.0[0].of(x); S])
    }

    /// The number of node `i`.
    #[inline(always)]
    pub(super) fn node(self, i: usize) -> f64 {
        self.0[i / V::F64_LANES].to_array()[i % V::F64_LANES]
    }

    /// self · y + z, fused where the processor can.
    #[inline(always)]
    pub(super) fn fma(mut self, y: Self, z: Self) -> Self {
        for r in 0..Self::REGISTERS {
            self.0[r] = self.0[r].fma(y.0[r], z.0[r]);
        }
        self
    }

    /// Σ_n c_n selfⁿ by Horner's rule.
    #[inline(always)]
    pub(super) fn polynomial<const N: usize>(self, c: [f64; N]) -> Self {
        let mut sum = self.of(c[N - 1]);
        for n in (0..N - 1).rev() {
            sum = sum.fma(self, self.of(c[n]));
        }
        sum
    }

    /// Σ_n c_n selfⁿ, even and odd powers apart, which halves the latency.
    #[inline(always)]
    pub(super) fn series(self, c: &[f64]) -> Self {
        let square = self * self;
        let (mut even, mut odd) = (self.of(0.0), self.of(0.0));
        for n in (0..c.len().div_ceil(2)).rev() {
            even = even.fma(square, self.of(c[2 * n]));
            if 2 * n + 1 < c.len() {
                odd = odd.fma(square, self.of(c[2 * n + 1]));
            }
        }
        odd.fma(self, even)
    }

    /// Σ_j m_ji x_j, the x_j being on the nodes of another rule.
    #[inline(always)]
    pub(super) fn from<const R: usize>(simd: V, m: &[[f64; S]; R], x: &[f64; R]) -> Self {
        let mut sum = Self::splat(simd, 0.0);
        for (row, x) in m.iter().zip(x) {
            sum = Self::load(simd, row).fma(sum.of(*x), sum);
        }
        sum
    }

    /// `start` + ∫ from the start of the interval to each node.
    #[inline(always)]
    pub(super) fn integrate(self, simd: V, start: f64) -> Self {
        let (x, a) = (self.stored(), &Gauss::<S>::RULE.a);
        // Even and odd nodes apart, which halves the latency: the sweeps that this is for wait for it.
        let (mut even, mut odd) = (self.of(start), self.of(0.0));
        for j in (0..S).step_by(2) {
            even = Self::load(simd, &a[j]).fma(self.of(x[j]), even);
            if j + 1 < S {
                odd = Self::load(simd, &a[j + 1]).fma(self.of(x[j + 1]), odd);
            }
        }
        even + odd
    }

    /// `start` + ∫ over the whole interval.
    #[inline(always)]
    pub(super) fn integral(self, start: f64) -> f64 {
        Gauss::<S>::RULE.b.iter().zip(self.stored()).fold(start, |sum, (b, x)| sum + b * x)
    }
}

macro_rules! operator {
    ($name:ident, $method:ident) => {
        impl<V: Simd, const S: usize> $name for Nodes<V, S> {
            type Output = Self;
            #[inline(always)]
            fn $method(mut self, y: Self) -> Self {
                for r in 0..Self::REGISTERS {
                    self.0[r] = self.0[r].$method(y.0[r]);
                }
                self
            }
        }
    };
}
operator!(Add, add);
operator!(Mul, mul);
operator!(Sub, sub);
operator!(Div, div);

impl<V: Simd, const S: usize> Mul<f64> for Nodes<V, S> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, y: f64) -> Self {
        self * self.of(y)
    }
}

impl<V: Simd, const S: usize> Neg for Nodes<V, S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self * -1.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::gauss::Onto;
    use super::*;

    /// The polynomial xⁿ for n < 8, from 8 nodes looked at on S, by registers of whatever size the processor has.
    struct Powers<const S: usize>;

    impl<const S: usize> pulp::WithSimd for Powers<S> {
        type Output = ();
        #[inline(always)]
        fn with_simd<V: Simd>(self, simd: V) {
            let to = Gauss::<S>::RULE.c;
            for n in 0..8 {
                let f = Gauss::<8>::RULE.c.map(|c| c.powi(n));
                let values = Nodes::<V, S>::from(simd, &Onto::VALUES, &f).array();
                let integrals = Nodes::<V, S>::from(simd, &Onto::INTEGRALS, &f).array();
                for i in 0..S {
                    // Eight products of numbers below 2.
                    assert!((values[i] - to[i].powi(n)).abs() < 4e-15, "power {n}, node {i}");
                    assert!((integrals[i] - to[i].powi(n + 1) / f64::from(n + 1)).abs() < 4e-15, "power {n}, node {i}");
                }
            }
            let x = Nodes::<V, S>::load(simd, &to);
            let square = x * x;
            assert!((square.integral(0.0) - 1.0 / 3.0).abs() < 1e-15);
            assert_eq!((x - square).largest(), to.iter().fold(0.0, |most: f64, c| most.max(c - c * c)));
            assert_eq!(
                x.series(&[0.5, 2.0, 4.0]).array(),
                to.map(|c| (2.0f64).mul_add(c, (4.0f64).mul_add(c * c, 0.5)))
            );
        }
    }

    #[test]
    fn polynomials_are_the_same_on_other_nodes() {
        for dispatch in [true, false] {
            if dispatch {
                crate::instructions::dispatch_256(pulp::Arch::new(), Powers::<4>);
                crate::instructions::dispatch_256(pulp::Arch::new(), Powers::<6>);
            } else {
                pulp::WithSimd::with_simd(Powers::<4>, pulp::Scalar::new());
                pulp::WithSimd::with_simd(Powers::<6>, pulp::Scalar::new());
            }
        }
    }
}
