//! The Jacobian of a piece of the flow, and how far it may be off.
//!
//! The columns of the Jacobian solve δ' = A(s) δ with the A of the linearised flow ([`growth`](super::growth)). A polynomial J̃ that
//! nearly does is found by the recurrence of its Taylor series, in f64, and cut where its terms are small. What it lacks is
//! seen from its defect d = J̃' − A J̃, since (J̃ − J)' = A (J̃ − J) + d starts from zero: no remainder of the series and no interval is
//! needed, only a bound of the defect's coefficients. In x = s/h and with the terms p_l of W they are
//!
//! ```text
//! below the last power m   the rounding of the recurrence, at most 128 u of the sizes of its sums
//! from m on                2 h Σ_{i+l≥m} |J̃_i| |p_l| + h |J̃_m|, all that no coefficient cancels
//! all                      2 h Σ |J̃_i| times what p lacks of W, and what α and β lack
//! ```

use crate::model::arithmetic::UP;
use crate::truth::error_set::{IDENTITY, Matrix};
use crate::truth::residual::jacobian::columns;
use crate::truth::residual::system::{ExactSystem, TERMS};

use super::growth::Rates;
use super::range::Polynomial;

/// Terms of the series end where two in a row are below this part of their sums.
const SMALL: f64 = 1e-13;

/// Above the relative rounding of a coefficient, a sum of up to 49 products, and of a sum of 49 coefficients.
const ROUNDING: f64 = 64.0 * f64::EPSILON;

/// ∂(W, K) at the end of the piece by ∂(W, K) at its start, and the largest error of each entry.
pub(super) fn jacobian(system: &ExactSystem, w: &Polynomial, rates: &Rates) -> Option<(Matrix, Matrix)> {
    let (alpha, beta, h) = (system.alpha.to_f64(), system.beta.to_f64(), rates.h);
    let (mut sum, mut size, mut small) = (IDENTITY, IDENTITY, 0);
    let (dw, dk, m) = columns(w.terms, h, [alpha, beta], |terms| {
        let mut below = true;
        for (row, term) in terms.into_iter().enumerate() {
            for j in 0..2 {
                sum[row][j] += term[j];
                size[row][j] += term[j].abs();
                below &= term[j].abs() <= SMALL * size[row][j];
            }
        }
        small = if below { small + 1 } else { 0 };
        small == 2
    });

    // Σ_{l ≥ i} |p_l|.
    let mut from = [0.0; TERMS + 1];
    for (i, p) in w.terms.iter().enumerate().rev() {
        from[i] = from[i + 1] + p.abs();
    }
    let (a, b) = (system.alpha.size(), system.beta.size());
    let mut error = [[0.0; 2]; 2];
    for j in 0..2 {
        let (s_w, s_k) = (size[0][j], size[1][j]);
        let left: f64 = (0..=m).map(|i| dw[i][j].abs() * from[m - i]).sum();
        // The defect in s: that in x over h.
        let defect = [
            2.0 * left + dk[m][j].abs() + ROUNDING * (2.0 * from[0] * s_w + s_k) + 2.0 * w.off * s_w,
            (b * dw[m][j].abs() + a * dk[m][j].abs())
                + ROUNDING * (b * s_w + a * s_k)
                + (system.beta.radius * s_w + system.alpha.radius * s_k),
        ];
        let off = rates.linear([0.0; 2], defect.map(|d| d * UP + f64::MIN_POSITIVE))?;
        for (row, off) in off.into_iter().enumerate() {
            error[row][j] = (off + ROUNDING * size[row][j]) * UP;
        }
    }
    Some((sum, error))
}
