//! A set of errors of two variables, carried along by linear maps.

use crate::model::arithmetic::UP;

/// A 2 × 2 matrix by rows.
pub(crate) type Matrix = [[f64; 2]; 2];

pub(crate) const IDENTITY: Matrix = [[1.0, 0.0], [0.0, 1.0]];

/// A row vector times a matrix.
#[inline]
pub(crate) fn row_times(row: [f64; 2], m: &Matrix) -> [f64; 2] {
    [row[0] * m[0][0] + row[1] * m[1][0], row[0] * m[0][1] + row[1] * m[1][1]]
}

/// The parallelogram { G r : |r₁|, |r₂| ≤ 1 } of errors.
///
/// It is kept as an orthogonal matrix times a scaling. After each map it is enclosed by a rectangle in new axes, the
/// first along its longer side: boxes along fixed axes would grow by their turning alone (the wrapping effect).
///
/// Source: R. J. Lohner, *Enclosing the solutions of ordinary initial and boundary value problems*, in: Computer
/// Arithmetic, Teubner 1987, 225–286.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ErrorSet {
    generators: Matrix,
}

impl ErrorSet {
    /// The largest |row · error|.
    pub(crate) fn along(&self, row: [f64; 2]) -> f64 {
        let [first, second] = row_times(row, &self.generators);
        first.abs() + second.abs()
    }

    /// Maps the set by `matrix` and adds every error of a box with half-widths `local`.
    pub(crate) fn advance(&mut self, matrix: &Matrix, local: [f64; 2]) {
        let g = &self.generators;
        let column = |j: usize| {
            [matrix[0][0] * g[0][j] + matrix[0][1] * g[1][j], matrix[1][0] * g[0][j] + matrix[1][1] * g[1][j]]
        };
        let (mut long, mut short) = (column(0), column(1));
        if norm(short) > norm(long) {
            (long, short) = (short, long);
        }
        let length = norm(long);
        let axis = if length > 0.0 { [long[0] / length, long[1] / length] } else { [1.0, 0.0] };
        // Rotated by a right angle, `axis` gives the second axis.
        let along = length + (axis[0] * short[0] + axis[1] * short[1]).abs();
        let across = (axis[0] * short[1] - axis[1] * short[0]).abs();
        let along = along + axis[0].abs() * local[0] + axis[1].abs() * local[1];
        let across = across + axis[1].abs() * local[0] + axis[0].abs() * local[1];
        self.generators = [[axis[0] * along, -axis[1] * across], [axis[1] * along, axis[0] * across]];
    }

    /// [`along`](Self::along), and all roundings in it.
    pub(crate) fn along_outward(&self, row: [f64; 2]) -> f64 {
        let g = self.generators.map(|g| g[0].abs() + g[1].abs());
        (self.along(row) + ROUNDING * (row[0].abs() * g[0] + row[1].abs() * g[1])) * UP
    }

    /// [`advance`](Self::advance), such that no rounding takes anything from the set.
    ///
    /// With G the generators before, a box of 16 u |M| |G| is added to `local`. It covers, row by row: that G is rounded (u),
    /// the columns of M G (2 u), both inner products of each with the axis and the one across it (2 u of the same sizes), and
    /// axes whose length is 1 to 4 u. Columns so short that their length underflows lie in the smallest box that is added.
    pub(crate) fn advance_outward(&mut self, matrix: &Matrix, local: [f64; 2]) {
        let g = self.generators.map(|g| g[0].abs() + g[1].abs());
        let rounding = matrix.map(|m| ROUNDING * (m[0].abs() * g[0] + m[1].abs() * g[1]));
        self.advance(matrix, std::array::from_fn(|i| (local[i] + rounding[i]) * UP + 1e-140));
    }
}

/// 16 u: above all relative roundings of one map or one reading of a set.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// Length of a vector; what under- or overflows here is no bound that is used.
fn norm(v: [f64; 2]) -> f64 {
    (v[0] * v[0] + v[1] * v[1]).sqrt()
}

/// Bounds of what the errors of all steps since the start of a run do to its last spike and to the present state.
#[derive(Clone, Debug, Default)]
pub(crate) struct ErrorSums {
    /// The errors of (t, K) at the last spike, or of (W, K) at the start of the run.
    pub(crate) at_spike: ErrorSet,
    /// For every step since then, the half-widths of the box of errors of (W, K) that it adds.
    log: Vec<[f64; 2]>,
    /// The errors of (W, K) now, less sharply than the sums at a spike.
    pub(crate) now: ErrorSet,
}

impl ErrorSums {
    pub(crate) fn step(&mut self, jacobian: &Matrix, local: [f64; 2]) {
        self.log.push(local);
        self.now.advance(jacobian, local);
    }

    pub(crate) fn size(&self) -> [f64; 2] {
        [self.now.along([1.0, 0.0]), self.now.along([0.0, 1.0])]
    }

    /// At a spike: `rows` are those of ∂(t, K)/∂(W, K), `jacobians` the steps' since the last one.
    pub(crate) fn spike(&mut self, mut rows: Matrix, jacobians: &[Matrix], entry: &Matrix, local: [f64; 2]) {
        let mut sum = local;
        for (jacobian, error) in jacobians.iter().zip(&self.log).rev() {
            for (sum, row) in sum.iter_mut().zip(&mut rows) {
                *sum += (row[0] * error[0]).abs() + (row[1] * error[1]).abs();
                *row = row_times(*row, jacobian);
            }
        }
        let map = rows.map(|row| row_times(row, entry));
        self.at_spike.advance(&map, sum);
        self.log.clear();
    }

    /// After a spike, from (t, K) to (W, K).
    pub(crate) fn enter(&mut self, entry: &Matrix) {
        self.now = self.at_spike;
        self.now.advance(entry, [0.0; 2]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_does_not_make_the_set_grow() {
        let mut set = ErrorSet::default();
        set.advance(&IDENTITY, [1.0, 0.1]);
        let (sin, cos) = 0.7f64.sin_cos();
        for _ in 0..1000 {
            set.advance(&[[cos, -sin], [sin, cos]], [0.0, 0.0]);
        }
        // A box along the axes would be (|cos| + |sin|)^1000 = 1e149 times as large.
        let (x, y) = (set.along([1.0, 0.0]), set.along([0.0, 1.0]));
        assert!(x < 1.1 && y < 1.1, "{x} {y}");
    }

    #[test]
    fn the_set_holds_the_images_of_its_corners() {
        let mut set = ErrorSet::default();
        set.advance(&IDENTITY, [2.0, 3.0]);
        let matrix = [[0.5, -1.0], [2.0, 0.25]];
        set.advance(&matrix, [0.1, 0.2]);
        let (x, y) = (set.along([1.0, 0.0]), set.along([0.0, 1.0]));
        // Images of the box alone reach 0.5·2 + 3 and 2·2 + 0.25·3, plus the new errors.
        assert!(x >= 4.1 && y >= 4.95);
        for row in [[1.0, 1.0], [1.0, -1.0], [0.3, 2.0]] {
            let exact = (row[0] * 0.5 + row[1] * 2.0f64).abs() * 2.0
                + (row[1] * 0.25 - row[0]).abs() * 3.0
                + row[0] * 0.1
                + row[1].abs() * 0.2;
            assert!(set.along(row) >= exact * (1.0 - 1e-14));
        }
    }
}
