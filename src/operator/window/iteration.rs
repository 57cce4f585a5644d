//! Picard's and Newton's iteration for u = P(u) on a window.

use super::WindowMethod;
use super::sweep::{Sweep, Window};

/// So many updates in a row that each exceed the one before end the iteration: a contraction on a short window shows at once.
const GROWTHS: usize = 4;
/// Most vectors of the inner iteration of Newton's method.
const INNER: usize = 60;

/// How an iteration went.
pub(super) struct Iterated {
    pub(super) u: Vec<f64>,
    pub(super) sweep: Sweep,
    /// Largest change of u before the spike, in each iteration \[mV/ms\].
    pub(super) updates: Vec<f64>,
    pub(super) converged: bool,
}

/// Iterates from `u` on.
pub(super) fn iterate(
    window: &Window<'_>,
    method: WindowMethod,
    mut u: Vec<f64>,
    tolerance: f64,
    most: usize,
) -> Iterated {
    let mut sweep = window.sweep(&u);
    let mut updates: Vec<f64> = Vec::new();
    let first = window.before() + 1;
    for _ in 0..most {
        let picard = window.convolve(&sweep, &u);
        // Nodes that matter: those before the spike, and those of the first cubics.
        let active = sweep.panels().max(3).min(window.steps());
        let mut next = picard;
        if method == WindowMethod::Newton {
            let residual: Vec<f64> = (first..first + active).map(|i| next[i] - u[i]).collect();
            let size = residual.iter().fold(0.0f64, |m, r| m.max(r.abs()));
            // Inner errors of the size of the residual keep the convergence quadratic.
            let inner = size.clamp(1e-13, 1e-2);
            let step = gmres(|z| window.derivative(&sweep, z), &residual, inner);
            next[first..first + active].iter_mut().zip(&u[first..]).zip(step).for_each(|((n, u), s)| *n = u + s);
        }
        let old = sweep.panels();
        sweep = window.sweep(&next);
        let reached = old.max(sweep.panels());
        let update = (first..first + reached).map(|i| (next[i] - u[i]).abs()).fold(0.0, |m: f64, d| {
            // Keeps NaN, which max would drop.
            if d > m || d.is_nan() { d } else { m }
        });
        updates.push(update);
        u = next;
        if update <= tolerance {
            return Iterated { u, sweep, updates, converged: true };
        }
        let growing = updates.len() > GROWTHS && updates.windows(2).rev().take(GROWTHS).all(|w| w[1] > w[0]);
        if !update.is_finite() || growing {
            break;
        }
    }
    Iterated { u, sweep, updates, converged: false }
}

/// Solves z − A z = b to a relative residual of `tolerance` by the generalised method of minimal residuals from z = 0.
///
/// A is a Volterra operator: its powers fall like 1/n!, and so does the residual.
///
/// Source: Y. Saad, M. H. Schultz, SIAM J. Sci. Stat. Comput. 7 (1986) 856–869.
fn gmres(a: impl Fn(&[f64]) -> Vec<f64>, b: &[f64], tolerance: f64) -> Vec<f64> {
    let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let size = norm(b);
    if size == 0.0 || !size.is_finite() {
        return b.to_vec();
    }
    let mut basis: Vec<Vec<f64>> = vec![b.iter().map(|x| x / size).collect()];
    // R of the Hessenberg matrix by columns, the rotations that made it, and the right side under them.
    let (mut columns, mut rotations, mut right) = (Vec::<Vec<f64>>::new(), Vec::<(f64, f64)>::new(), vec![size]);
    for m in 0..INNER.min(b.len()) {
        let image = a(&basis[m]);
        let mut next: Vec<f64> = basis[m].iter().zip(image).map(|(z, az)| z - az).collect();
        let mut column = Vec::with_capacity(m + 2);
        for q in &basis {
            let h: f64 = q.iter().zip(&next).map(|(q, x)| q * x).sum();
            next.iter_mut().zip(q).for_each(|(x, q)| *x -= h * q);
            column.push(h);
        }
        let rest = norm(&next);
        for (i, &(c, s)) in rotations.iter().enumerate() {
            (column[i], column[i + 1]) = (c * column[i] + s * column[i + 1], c * column[i + 1] - s * column[i]);
        }
        let radius = column[m].hypot(rest);
        if radius == 0.0 || !radius.is_finite() {
            break;
        }
        let (c, s) = (column[m] / radius, rest / radius);
        column[m] = radius;
        rotations.push((c, s));
        columns.push(column);
        right.push(-s * right[m]);
        right[m] *= c;
        if right[m + 1].abs() <= tolerance * size || rest == 0.0 {
            break;
        }
        basis.push(next.iter().map(|x| x / rest).collect());
    }
    let count = columns.len();
    // Nothing finite came back: Picard's step, whose update will show it.
    if count == 0 {
        return b.to_vec();
    }
    let mut y = right[..count].to_vec();
    for i in (0..count).rev() {
        y[i] /= columns[i][i];
        for j in 0..i {
            y[j] -= columns[i][j] * y[i];
        }
    }
    let mut z = vec![0.0; b.len()];
    for (q, y) in basis.iter().zip(y) {
        z.iter_mut().zip(q).for_each(|(z, q)| *z += y * q);
    }
    z
}
