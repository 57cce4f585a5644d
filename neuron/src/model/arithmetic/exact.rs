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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_product_survives_cancellation() {
        let x = 1.0 + f64::EPSILON;
        // x² − 1 − 2 eps = eps², which plain arithmetic returns as 0.
        assert_eq!(dot([(x, x), (-1.0, 1.0), (-2.0, f64::EPSILON)]), f64::EPSILON * f64::EPSILON);
    }
}
