//! The linearised flow over a step.

use crate::model::normal_form::NormalForm;
use crate::model::taylor_series::{MAX_ORDER, SeriesTerms};

use super::parameters::{Effect, PARAMETERS};
use crate::truth::error_set::Matrix;

/// Memory for the series of δW, all columns of one power side by side.
pub(crate) type Workspace = [[f64; PARAMETERS + 2]; MAX_ORDER + 1];
pub(crate) const WORKSPACE: Workspace = [[0.0; PARAMETERS + 2]; MAX_ORDER + 1];

/// Perturbations (δW, δK) caused by the parameters, one column each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub(crate) w: [f64; PARAMETERS],
    pub(crate) k: [f64; PARAMETERS],
}

impl Columns {
    /// Maps every column by `matrix`.
    pub(crate) fn map(&mut self, matrix: &Matrix) {
        for (w, k) in self.w.iter_mut().zip(&mut self.k) {
            (*w, *k) = (matrix[0][0] * *w + matrix[0][1] * *k, matrix[1][0] * *w + matrix[1][1] * *k);
        }
    }

    /// The largest |row · perturbation|, the parameters' errors being independent.
    pub(crate) fn along(&self, row: [f64; 2]) -> f64 {
        self.w.iter().zip(&self.k).map(|(w, k)| (row[0] * w + row[1] * k).abs()).sum()
    }
}

/// Carries `columns` over a step and returns its Jacobian, ∂(W, K) at the end by ∂(W, K) at the start.
///
/// Both come from the Taylor series, in the variable t/h, of
///
/// ```text
/// δW' = 2 W δW + δK + g_W        δK' = −β δW − α δK + g_K
/// ```
///
/// with g of the parameters' `effects`, and zero for the two columns of the Jacobian. `drive` is the series of D.
pub(crate) fn propagate(
    work: &mut Workspace,
    system: &NormalForm,
    terms: &SeriesTerms,
    drive: &[f64],
    effects: &[Effect],
    columns: &mut Columns,
) -> Matrix {
    // The number of columns is made known to the compiler: that of the published cells, three parameters, is the second.
    let series = match effects.len() {
        0 => series::<2>,
        1..=4 => series::<6>,
        _ => series::<{ PARAMETERS + 2 }>,
    };
    series(work, system, terms, drive, effects, columns)
}

fn series<const C: usize>(
    work: &mut Workspace,
    system: &NormalForm,
    terms: &SeriesTerms,
    drive: &[f64],
    effects: &[Effect],
    columns: &mut Columns,
) -> Matrix {
    let h = terms.h;
    let (mut w_sum, mut k_sum) = ([0.0; C], [0.0; C]);
    (w_sum[0], k_sum[1]) = (1.0, 1.0);
    w_sum[2..].copy_from_slice(&columns.w[..C - 2]);
    k_sum[2..].copy_from_slice(&columns.k[..C - 2]);
    work[0][..C].copy_from_slice(&w_sum);
    let mut k_term = k_sum;
    let (mut small, mut power) = (0, 1.0);
    for (n, drive) in drive.iter().take(terms.order).enumerate() {
        let mut w_rate = [0.0; C];
        for (w, dw) in terms.w[..=n].iter().rev().zip(work.iter()) {
            for j in 0..C {
                w_rate[j] += w * dw[j];
            }
        }
        for j in 0..C {
            w_rate[j] = 2.0 * w_rate[j] + k_term[j];
        }
        // Terms of 1, W, W² = W' − K, K and D.
        let (one, w, k) = (if n == 0 { 1.0 } else { 0.0 }, terms.w[n], terms.k[n]);
        let w_squared = (n + 1) as f64 * terms.w[n + 1] / h - k;
        let d = drive * power;
        power *= h;
        let mut k_source = [0.0; C];
        for (j, e) in effects.iter().enumerate() {
            w_rate[j + 2] += e.w[0] * one + e.w[1] * w + e.w[2] * w_squared;
            k_source[j + 2] = e.k[0] * one + e.k[1] * w + e.k[2] * k + e.k[3] * d;
        }
        let scale = h / (n + 1) as f64;
        let mut w_term = [0.0; C];
        for j in 0..C {
            w_term[j] = scale * w_rate[j];
            k_term[j] = scale * (k_source[j] - system.beta * work[n][j] - system.alpha * k_term[j]);
            w_sum[j] += w_term[j];
            k_sum[j] += k_term[j];
        }
        work[n + 1][..C].copy_from_slice(&w_term);
        // Two small terms in a row of both columns of the Jacobian end the series: six digits are more than a bound can
        // use.
        let below =
            (0..2).all(|j| w_term[j].abs() <= 1e-6 * w_sum[j].abs() && k_term[j].abs() <= 1e-6 * k_sum[j].abs());
        small = if below { small + 1 } else { 0 };
        if small == 2 {
            break;
        }
    }
    columns.w[..C - 2].copy_from_slice(&w_sum[2..]);
    columns.k[..C - 2].copy_from_slice(&k_sum[2..]);
    [[w_sum[0], w_sum[1]], [k_sum[0], k_sum[1]]]
}
