//! Error-free transformations: sums and products whose rounding error is kept.
//!
//! Sources: T. J. Dekker, *A floating-point technique for extending the available precision*, Numer. Math. 18 (1971)
//! 224–242; T. Ogita, S. M. Rump, S. Oishi, *Accurate sum and dot product*, SIAM J. Sci. Comput. 26 (2005) 1955–1988.

/// Unit roundoff of f64, 2⁻⁵³: the largest relative error of one operation.
pub(crate) const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

/// a + b as its rounded value and the error of that.
#[inline]
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// Σ xᵢ yᵢ as if computed with twice the digits and rounded once (algorithm Dot2).
pub(crate) fn dot<const N: usize>(terms: [(f64, f64); N]) -> f64 {
    let (mut high, mut low) = (0.0, 0.0);
    for (x, y) in terms {
        let product = x * y;
        let (sum, error) = two_sum(high, product);
        low += error + x.mul_add(y, -product);
        high = sum;
    }
    high + low
}

/// A time \[ms\] as an unevaluated sum: thousands of steps add up without losing anything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Time {
    /// The time rounded to f64.
    pub(crate) high: f64,
    /// What the rounding lost, at most half an ulp of `high`.
    pub(crate) low: f64,
}

impl Time {
    /// A time that is a number of f64.
    pub(crate) const fn at(t: f64) -> Self {
        Time { high: t, low: 0.0 }
    }

    /// This time plus `h` \[ms\].
    #[inline]
    pub(crate) fn plus(self, h: f64) -> Self {
        let (sum, error) = two_sum(self.high, h);
        let (high, low) = two_sum(sum, error + self.low);
        Time { high, low }
    }

    /// `t` minus this time \[ms\]; the difference of the two high parts is exact when they are close (Sterbenz).
    #[inline]
    pub(crate) fn until(self, t: f64) -> f64 {
        let (difference, error) = two_sum(t, -self.high);
        difference + (error - self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_tenths_add_up_to_the_last_digit() {
        let end = (0..1_000_000).fold(Time::at(0.0), |t, _| t.plus(0.1));
        // Exactly, 1e6 times the f64 nearest to 0.1 is 1e5 + 5.55e-12; the plain sum is off by 1.3e-6.
        assert!((end.until(1e5) + 5.551_115_123_125_783e-12).abs() < 1e-20);
    }

    #[test]
    fn a_dot_product_survives_cancellation() {
        let x = 1.0 + f64::EPSILON;
        // x² − 1 − 2 eps = eps², which plain arithmetic returns as 0.
        assert_eq!(dot([(x, x), (-1.0, 1.0), (-2.0, f64::EPSILON)]), f64::EPSILON * f64::EPSILON);
    }
}
