//! The Jacobian of a piece of the flow.

use crate::truth::error_set::{IDENTITY, Matrix};

/// Relative error of a Jacobian of one piece, above truncation and rounding of [`jacobian`].
pub(crate) const JACOBIAN_ERROR: f64 = 1e-8;

/// ∂(W, K) at the end by ∂(W, K) at the start, from the terms W_n hⁿ of the solution: the Taylor series, in the variable t/h,
/// of
///
/// ```text
/// δW' = 2 W δW + δK        δK' = −β δW − α δK
/// ```
pub(crate) fn jacobian<const N: usize>(w: &[f64; N], h: f64, alpha: f64, beta: f64) -> Matrix {
    let mut sum = IDENTITY;
    let mut dw = [[0.0; 2]; N];
    dw[0] = [1.0, 0.0];
    let mut dk = [0.0, 1.0];
    let mut small = 0;
    for n in 0..N - 1 {
        let mut rate = [0.0; 2];
        for (w, d) in w[..=n].iter().rev().zip(&dw) {
            rate[0] += w * d[0];
            rate[1] += w * d[1];
        }
        let scale = h / (n + 1) as f64;
        let next: [f64; 2] = std::array::from_fn(|j| scale * (2.0 * rate[j] + dk[j]));
        dk = std::array::from_fn(|j| -scale * (beta * dw[n][j] + alpha * dk[j]));
        dw[n + 1] = next;
        for j in 0..2 {
            sum[0][j] += next[j];
            sum[1][j] += dk[j];
        }
        // Three small terms in a row end the series: they fall at least by one third each, as the solution's own do.
        let below = (0..2).all(|j| {
            next[j].abs() <= 0.1 * JACOBIAN_ERROR * sum[0][j].abs()
                && dk[j].abs() <= 0.1 * JACOBIAN_ERROR * sum[1][j].abs()
        });
        small = if below { small + 1 } else { 0 };
        if small == 3 {
            break;
        }
    }
    sum
}
