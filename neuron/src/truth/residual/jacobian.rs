//! The Jacobian of a piece of the flow.

use crate::truth::error_set::{IDENTITY, Matrix};

/// Relative error of a Jacobian of one piece, above truncation and rounding of [`jacobian`].
pub(crate) const JACOBIAN_ERROR: f64 = 1e-8;

/// The terms W_n and K_n of both columns of the Jacobian, and the number of the last.
pub(crate) type Columns<const N: usize> = ([[f64; 2]; N], [[f64; 2]; N], usize);

/// The Taylor series, in the variable t/h, of ∂(W, K) by ∂(W, K) at the start, from the terms W_n hⁿ of the solution,
///
/// ```text
/// δW' = 2 W δW + δK        δK' = −β δW − α δK
/// ```
///
/// up to the terms (δW, δK) of which `ends` says so.
pub(crate) fn columns<const N: usize>(
    w: &[f64; N],
    h: f64,
    [alpha, beta]: [f64; 2],
    mut ends: impl FnMut(Matrix) -> bool,
) -> Columns<N> {
    let (mut dw, mut dk) = ([[0.0; 2]; N], [[0.0; 2]; N]);
    (dw[0], dk[0]) = (IDENTITY[0], IDENTITY[1]);
    for n in 0..N - 1 {
        let mut rate = [0.0; 2];
        for (w, d) in w[..=n].iter().rev().zip(&dw) {
            rate[0] += w * d[0];
            rate[1] += w * d[1];
        }
        let scale = h / (n + 1) as f64;
        dw[n + 1] = std::array::from_fn(|j| scale * (2.0 * rate[j] + dk[n][j]));
        dk[n + 1] = std::array::from_fn(|j| -scale * (beta * dw[n][j] + alpha * dk[n][j]));
        if ends([dw[n + 1], dk[n + 1]]) {
            return (dw, dk, n + 1);
        }
    }
    (dw, dk, N - 1)
}

/// ∂(W, K) at the end by ∂(W, K) at the start.
pub(crate) fn jacobian<const N: usize>(w: &[f64; N], h: f64, alpha: f64, beta: f64) -> Matrix {
    let (mut sum, mut small) = (IDENTITY, 0);
    columns(w, h, [alpha, beta], |terms| {
        let mut below = true;
        for (sum, term) in sum.iter_mut().flatten().zip(terms.as_flattened()) {
            *sum += term;
            below &= term.abs() <= 0.1 * JACOBIAN_ERROR * sum.abs();
        }
        // Three small terms in a row end the series: they fall at least by one third each, as the solution's own do.
        small = if below { small + 1 } else { 0 };
        small == 3
    });
    sum
}
