//! Butcher tableaux as data.

/// An explicit Runge-Kutta method of `S` stages: k_i = f(t + c_i h, y + h Σ_{j<i} a_ij k_j), y ← y + h Σ b_i k_i.
///
/// Source: E. Hairer, S. P. Nørsett, G. Wanner, *Solving Ordinary Differential Equations I* (1993), II.1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ButcherTableau<const S: usize> {
    /// Stage weights a_ij, zero on and above the diagonal.
    pub a: [[f64; S]; S],
    /// Quadrature weights b_i, summing to 1.
    pub b: [f64; S],
    /// Stage times c_i = Σ_j a_ij as fractions of the step.
    pub c: [f64; S],
}

/// The explicit midpoint rule, order 2 (Runge 1895).
pub const MIDPOINT: ButcherTableau<2> = ButcherTableau { a: [[0.0, 0.0], [0.5, 0.0]], b: [0.0, 1.0], c: [0.0, 0.5] };

/// Heun's method, the explicit trapezoidal rule, order 2 (Heun 1900); also called improved Euler.
pub const HEUN: ButcherTableau<2> = ButcherTableau { a: [[0.0, 0.0], [1.0, 0.0]], b: [0.5, 0.5], c: [0.0, 1.0] };

/// The classical method of order 4 (Kutta 1901).
pub const CLASSICAL: ButcherTableau<4> = ButcherTableau {
    a: [[0.0, 0.0, 0.0, 0.0], [0.5, 0.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]],
    b: [1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0],
    c: [0.0, 0.5, 0.5, 1.0],
};

/// Formula 2 of Fehlberg (NASA TR R-315, 1969) with the weights of order 5.
pub const FEHLBERG: ButcherTableau<6> = ButcherTableau {
    a: [
        [0.0; 6],
        [1.0 / 4.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3.0 / 32.0, 9.0 / 32.0, 0.0, 0.0, 0.0, 0.0],
        [1932.0 / 2197.0, -7200.0 / 2197.0, 7296.0 / 2197.0, 0.0, 0.0, 0.0],
        [439.0 / 216.0, -8.0, 3680.0 / 513.0, -845.0 / 4104.0, 0.0, 0.0],
        [-8.0 / 27.0, 2.0, -3544.0 / 2565.0, 1859.0 / 4104.0, -11.0 / 40.0, 0.0],
    ],
    b: [16.0 / 135.0, 0.0, 6656.0 / 12825.0, 28561.0 / 56430.0, -9.0 / 50.0, 2.0 / 55.0],
    c: [0.0, 1.0 / 4.0, 3.0 / 8.0, 12.0 / 13.0, 1.0, 1.0 / 2.0],
};

impl<const S: usize> ButcherTableau<S> {
    /// The smallest whole number that makes whole numbers of the weights b_i.
    pub const fn common_denominator(&self) -> f64 {
        let mut n = 1;
        loop {
            let (mut all, mut i) = (true, 0);
            while i < S {
                let weight = self.b[i] * n as f64;
                let off = weight - (weight + 0.5) as i64 as f64;
                all &= off < 1e-9 && off > -1e-9;
                i += 1;
            }
            if all {
                return n as f64;
            }
            n += 1;
        }
    }

    /// Number of coefficients that are not zero: each costs a multiplication and an addition per component.
    pub const fn nonzero_coefficients(&self) -> u64 {
        let (mut count, mut i) = (0, 0);
        while i < S {
            let mut j = 0;
            while j < S {
                count += (self.a[i][j] != 0.0) as u64;
                j += 1;
            }
            count += (self.b[i] != 0.0) as u64;
            i += 1;
        }
        count
    }
}
