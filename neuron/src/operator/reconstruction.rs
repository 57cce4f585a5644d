//! What is taken for v between its samples, and the weights that follow: product integration.
//!
//! On a panel, from t_j over h, v is replaced by a polynomial in y = (t_{j+1} − t)/h, the lag from the panel's end; the integral
//! against the kernel is then Σ c_k M_k, exact with the kernel's [moments](super::Kernel::moments). The order of the replacement
//! is the order of the quadrature, as long as it does not reach across a jump of v: each stretch is taken by itself.

use super::signal::Stretch;

/// How v is continued between its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconstruction {
    /// Held at the value at the start of a panel: order 1, the rectangle rule.
    Constant,
    /// Straight lines: order 2, the trapezoidal rule.
    Linear,
    /// The cubic through the four samples around a panel, fewer where the stretch has fewer: order 4.
    Cubic,
    /// The solution of the first equation with u and the input held, W' = W² + K, through both samples: order 2 too, since u
    /// does change, but without the error of a polynomial in the upstroke of a spike. Knows only local quadratic operators.
    Arc,
}

impl Reconstruction {
    /// Order of the quadrature.
    pub fn order(self) -> u32 {
        match self {
            Reconstruction::Constant => 1,
            Reconstruction::Linear | Reconstruction::Arc => 2,
            Reconstruction::Cubic => 4,
        }
    }

    /// Coefficients c_k of `values` on panel `j` (from node j to j + 1) as a polynomial Σ c_k yᵏ. An arc is represented by a
    /// straight line here: see [`RiccatiArc`](super::riccati::RiccatiArc) for v itself.
    pub(super) fn polynomial(self, times: &[f64], values: &[f64], j: usize) -> [f64; 4] {
        match self {
            Reconstruction::Constant => [values[j], 0.0, 0.0, 0.0],
            Reconstruction::Linear | Reconstruction::Arc => [values[j + 1], values[j] - values[j + 1], 0.0, 0.0],
            Reconstruction::Cubic => cubic(times, values, j),
        }
    }
}

/// The polynomial of degree 3 (or less, in a short stretch) through the nodes nearest to panel `j`, by divided differences.
fn cubic(times: &[f64], values: &[f64], j: usize) -> [f64; 4] {
    let n = times.len();
    let count = n.min(4);
    let first = j.saturating_sub(1).min(n - count);
    let (end, h) = (times[j + 1], times[j + 1] - times[j]);
    let mut y = [0.0; 4];
    let mut differences = [0.0; 4];
    for i in 0..count {
        y[i] = (end - times[first + i]) / h;
        differences[i] = values[first + i];
    }
    for level in 1..count {
        for i in (level..count).rev() {
            differences[i] = (differences[i] - differences[i - 1]) / (y[i] - y[i - level]);
        }
    }
    // Newton's form, multiplied out from the inside.
    let mut c = [0.0; 4];
    for i in (0..count).rev() {
        for k in (1..4).rev() {
            c[k] = c[k - 1] - y[i] * c[k];
        }
        c[0] = differences[i] - y[i] * c[0];
    }
    c
}

/// The mean of Σ c_k yᵏ over a panel.
pub(super) fn mean(c: [f64; 4]) -> f64 {
    c[0] + c[1] / 2.0 + c[2] / 3.0 + c[3] / 4.0
}

/// The means over the panels of a stretch of a function known at its nodes.
pub(super) fn means(how: Reconstruction, stretch: &Stretch, values: &[f64]) -> Vec<f64> {
    (0..stretch.times.len() - 1).map(|j| mean(how.polynomial(&stretch.times, values, j))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cubic_is_reproduced_on_uneven_nodes() {
        let f = |t: f64| 1.0 + t * (2.0 - t * (0.5 + 0.25 * t));
        let times = [0.0, 0.3, 0.5, 1.1, 1.2, 2.0];
        let values = times.map(f);
        for j in 0..5 {
            let c = Reconstruction::Cubic.polynomial(&times, &values, j);
            for y in [0.0, 0.4, 1.0] {
                let t = times[j + 1] - y * (times[j + 1] - times[j]);
                let value = c[0] + y * (c[1] + y * (c[2] + y * c[3]));
                // Nodes up to eight panels away: divided differences lose two or three digits.
                assert!((value - f(t)).abs() < 1e-13, "{j} {y}");
            }
        }
    }
}
