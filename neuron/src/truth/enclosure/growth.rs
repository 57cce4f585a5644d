//! Grönwall bounds of the difference of two solutions, and of what is linear in it.
//!
//! Of two solutions y and z of W' = W² + K, K' = E − β W − α K, the difference ε = y − z obeys exactly
//!
//! ```text
//! ε_W' = 2 y_W ε_W + ε_K − ε_W²        ε_K' = −β ε_W − α ε_K
//! ```
//!
//! Without the square this is the linearised flow. Let r ≥ 2 y_W over a time h, g = exp(max(r, 0) h), γ = exp(max(−α, 0) h), and
//! let f bound what else is added to ε'. By variation of constants the largest values m over h obey
//!
//! ```text
//! m_W ≤ g (|ε_W(0)| + h (m_K + f_W))        m_K ≤ γ (|ε_K(0)| + h (|β| m_W + f_K))
//! ```
//!
//! which, put into each other, bound m_W wherever g γ h² |β| < 1; a time too long for that is cut in parts.

use crate::model::arithmetic::UP;

/// The most parts into which a piece is cut.
const MOST_PARTS: usize = 256;

/// Bounds over a piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// An upper bound of 2 W \[1/ms\].
    pub(super) twice_w: f64,
    /// An upper bound of −α \[1/ms\].
    pub(super) growth_of_k: f64,
    /// An upper bound of |β| \[1/ms²\].
    pub(super) beta: f64,
    /// The length of the piece \[ms\], to rounding.
    pub(super) h: f64,
}

impl Rates {
    /// The largest |ε_W| and |ε_K| of the linearised flow over the piece, from `start` at its beginning and with `added` to the
    /// derivatives. `None` where the piece is too long to say.
    pub(super) fn linear(&self, start: [f64; 2], added: [f64; 2]) -> Option<[f64; 2]> {
        // `max` would take 0 for what is no number.
        if !(self.twice_w.is_finite() && self.growth_of_k.is_finite()) {
            return None;
        }
        let mut parts = 1;
        loop {
            let h = self.h / parts as f64 * UP;
            let g = exp_above(self.twice_w.max(0.0) * h)?;
            let gamma = exp_above(self.growth_of_k.max(0.0) * h)?;
            let loop_gain = g * gamma * h * h * self.beta * UP;
            if loop_gain <= 0.5 {
                return Some((0..parts).fold(start, |[w, k], _| {
                    let k = gamma * (k + h * added[1]);
                    let w = g * (w + h * (k + added[0])) / (1.0 - loop_gain) * UP;
                    [w, (k + gamma * h * self.beta * w) * UP]
                }));
            }
            if parts >= MOST_PARTS || loop_gain.is_nan() {
                return None;
            }
            parts *= 2;
        }
    }

    /// The same for the difference of two solutions, of which W of one is known.
    ///
    /// The square is part of the rate: r = 2 y_W + b with b > m_W. That |ε_W| stays below b follows from continuity: up to the
    /// first time it were b, the rate would be right and |ε_W| at most m_W < b. So both solutions exist over the piece, too.
    pub(super) fn difference(&self, start: [f64; 2]) -> Option<[f64; 2]> {
        let most = 2.0 * self.linear(start, [0.0; 2])?[0] + f64::MIN_POSITIVE;
        let largest = Rates { twice_w: (self.twice_w + most) + f64::EPSILON * self.twice_w.abs(), ..*self }
            .linear(start, [0.0; 2])?;
        (largest[0] < most && largest[1].is_finite()).then_some(largest)
    }
}

/// At least eˣ for 0 ≤ x ≤ 64, without a mathematical library: eˣ ≤ (1 − x/n)^−n for x < n, here n = 1024; the ten squarings
/// carry less than 2¹² roundings.
fn exp_above(x: f64) -> Option<f64> {
    (x <= 64.0).then(|| (0..10).fold(1.0 / (1.0 - x / 1024.0), |power, _| power * power) * UP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_bounded_from_above_and_closely() {
        for i in 0..=640 {
            let x = f64::from(i) / 10.0;
            let bound = exp_above(x).unwrap();
            // The excess is exp(x²/2n + x³/3n² + …).
            assert!(bound > x.exp() && bound <= x.exp() * (1e-9 + 1.2 * x * x / 2048.0).exp(), "{x}");
        }
        assert_eq!((exp_above(65.0), exp_above(f64::NAN)), (None, None));
    }

    /// W = 1/(1 − t) beside 1/(1 + d − t), K = 0 = α = β: the difference is known.
    #[test]
    fn the_difference_of_two_hyperbolas_is_bounded() {
        for (d, h) in [(1e-3, 0.3), (0.1, 0.3), (1e-12, 0.5f64)] {
            let w = |t: f64| [1.0 / (1.0 - t), 1.0 / (1.0 + d - t)];
            let gap = |t: f64| w(t)[0] - w(t)[1];
            let rates = Rates { twice_w: 2.0 * w(h)[0], growth_of_k: 0.0, beta: 0.0, h };
            let [bound, k] = rates.difference([gap(0.0), 0.0]).unwrap();
            // The largest rate in place of the mean, ln 1/(1 − h)², and the square on top of it.
            assert!(bound >= gap(h) && bound < 4.0 * gap(h) && k == 0.0, "{d} {h}: {bound} {}", gap(h));
        }
    }

    #[test]
    fn a_long_piece_is_cut_and_a_hopeless_one_refused() {
        // ε_W' = ε_K, ε_K' = −β ε_W: a rotation, whose bound is cosh in place of cos.
        let rates = Rates { twice_w: 0.0, growth_of_k: 0.0, beta: 1.0, h: 3.0 };
        let [w, k] = rates.linear([1.0, 0.0], [0.0; 2]).unwrap();
        assert!(w >= 3f64.cosh() && k >= 3f64.sinh() && w < 1e4);
        assert_eq!(Rates { h: 1e4, ..rates }.linear([1.0, 0.0], [0.0; 2]), None);
        assert_eq!(Rates { twice_w: f64::NAN, ..rates }.linear([1.0, 0.0], [0.0; 2]), None);
    }
}
