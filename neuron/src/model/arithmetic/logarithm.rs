//! A logarithm that is cheap and rough.

/// log2 of a positive number to 0.09: exponent plus mantissa, read from the bits. As it is divided by the order, the step
/// comes out right to a hundredth or better.
#[inline]
pub(crate) fn rough_log2(x: f64) -> f64 {
    const MANTISSA: f64 = (1u64 << 52) as f64;
    x.to_bits() as i64 as f64 / MANTISSA - 1023.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rough_logarithm_is_within_nine_hundredths() {
        for i in -3000..3000 {
            let x = (0.1 * f64::from(i)).exp2();
            assert!((rough_log2(x) - 0.1 * f64::from(i)).abs() < 0.0861);
        }
    }
}
