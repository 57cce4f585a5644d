//! The first crossing of the peak inside a step.
//!
//! A step is the polynomial p(x) = Σ terms_i xⁱ on 0 ≤ x ≤ 1. Pieces of it are excluded, or shown to be monotone, by
//! bounds from its terms; the rest is halved. So no crossing is missed, however often v turns inside the step.

use crate::model::taylor_series::Coefficients;

/// Pieces that are looked at in a step. Where its terms leave the range of numbers no bound excludes any: what is left then is decided by
/// its ends.
const MOST_PIECES: u32 = 100_000;

/// The first x in (0, 1] at which the polynomial reaches `level` from below, if any; p(0) < level is assumed.
#[inline]
pub(crate) fn first_crossing(terms: &Coefficients, order: usize, end: f64, level: f64) -> Option<f64> {
    if end < level && ceiling(terms, order, end) < level {
        return None;
    }
    let p = Polynomial { terms: &terms[..=order], level };
    p.first_crossing(0.0, 1.0, p.curvature(), &mut { MOST_PIECES })
}

/// An upper bound of the polynomial on the step, `end` being p(1): the chord plus all terms from the second on, since
/// |xⁱ − x| ≤ 1.
#[inline]
pub(crate) fn ceiling(terms: &Coefficients, order: usize, end: f64) -> f64 {
    let bend: f64 = terms[2..=order].iter().rev().map(|c| c.abs()).sum();
    terms[0].max(end) + bend
}

/// The largest value the polynomial takes where p' changes from positive at 0 to negative at 1.
pub(crate) fn maximum(terms: &Coefficients, order: usize) -> f64 {
    let p = Polynomial { terms: &terms[..=order], level: 0.0 };
    let (mut left, mut right) = (0.0, 1.0);
    // 30 halvings leave an error of p'' · 2⁻⁶⁰ in the value.
    for _ in 0..30 {
        let middle = 0.5 * (left + right);
        if p.value_and_slope(middle).1 > 0.0 {
            left = middle;
        } else {
            right = middle;
        }
    }
    p.value_and_slope(left).0
}

struct Polynomial<'a> {
    terms: &'a [f64],
    level: f64,
}

impl Polynomial<'_> {
    /// p(x) − level and p'(x).
    fn value_and_slope(&self, x: f64) -> (f64, f64) {
        let (mut value, mut slope) = (0.0, 0.0);
        for (i, &c) in self.terms.iter().enumerate().rev() {
            slope = slope * x + value;
            value = value * x + if i == 0 { c - self.level } else { c };
        }
        (value, slope)
    }

    /// A bound of |p''| on the step.
    fn curvature(&self) -> f64 {
        self.terms.iter().enumerate().skip(2).map(|(i, c)| (i * (i - 1)) as f64 * c.abs()).sum()
    }

    /// The first crossing in (left, right], p(left) < level given. Depth: pieces shorter than 2⁻⁴⁰ are decided by their
    /// ends, so that a maximum that touches the level within rounding counts as a crossing only if an end shows it. So are all when
    /// `pieces` have been looked at.
    fn first_crossing(&self, left: f64, right: f64, curvature: f64, pieces: &mut u32) -> Option<f64> {
        *pieces = pieces.saturating_sub(1);
        let (middle, half) = (0.5 * (left + right), 0.5 * (right - left));
        let (value, slope) = self.value_and_slope(middle);
        let slack = 0.5 * curvature * half * half;
        if value + slope.abs() * half + slack < 0.0 {
            return None;
        }
        let end = self.value_and_slope(right).0;
        let rising = slope - curvature * half > 0.0;
        if rising || half < 2.0f64.powi(-40) || *pieces == 0 {
            return (end >= 0.0).then(|| self.root(left, right));
        }
        self.first_crossing(left, middle, curvature, pieces)
            .or_else(|| if value >= 0.0 { Some(middle) } else { self.first_crossing(middle, right, curvature, pieces) })
    }

    /// The root in [left, right] with p < level on the left and p ≥ level on the right: Newton's method, replaced by a
    /// halving where it would leave the bracket.
    fn root(&self, mut left: f64, mut right: f64) -> f64 {
        let mut x = self.hyperbolic_guess(left, right);
        for _ in 0..64 {
            let (value, slope) = self.value_and_slope(x);
            if value < 0.0 {
                left = x;
            } else {
                right = x;
            }
            let newton = x - value / slope;
            let next = if newton >= left && newton <= right { newton } else { 0.5 * (left + right) };
            if (next - x).abs() <= f64::EPSILON * x {
                return next;
            }
            x = next;
        }
        x
    }

    /// Where W would cross if −1/W were linear in time, as it nearly is in the upstroke.
    fn hyperbolic_guess(&self, left: f64, right: f64) -> f64 {
        let w = |x| self.value_and_slope(x).0 + self.level;
        let (start, end) = (w(left), w(right));
        if start > 0.0 && end > self.level {
            let part = (1.0 / start - 1.0 / self.level) / (1.0 / start - 1.0 / end);
            (left + part * (right - left)).clamp(left, right)
        } else {
            0.5 * (left + right)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::taylor_series::MAX_ORDER;

    fn crossing(coefficients: &[f64], level: f64) -> Option<f64> {
        let mut terms = [0.0; MAX_ORDER + 1];
        terms[..coefficients.len()].copy_from_slice(coefficients);
        first_crossing(&terms, coefficients.len() - 1, coefficients.iter().sum(), level)
    }

    #[test]
    fn a_bump_that_ends_below_the_level_is_found_at_its_first_flank() {
        // 4 x (1 − x): above 0.75 between 1/4 and 3/4.
        let x = crossing(&[0.0, 4.0, -4.0], 0.75).unwrap();
        assert!((x - 0.25).abs() < 4.0 * f64::EPSILON);
        assert_eq!(crossing(&[0.0, 4.0, -4.0], 1.000_001), None);
    }

    #[test]
    fn of_three_crossings_the_first_is_returned() {
        // (x − 0.2)(x − 0.5)(x − 0.9) starts below zero and ends above.
        let x = crossing(&[-0.09, 0.73, -1.6, 1.0], 0.0).unwrap();
        assert!((x - 0.2).abs() < 1e-15);
    }

    #[test]
    fn a_crossing_at_the_very_end_counts() {
        assert_eq!(crossing(&[0.0, 1.0], 1.0), Some(1.0));
        assert_eq!(crossing(&[0.0, 1.0], 1.0 + f64::EPSILON), None);
    }

    #[test]
    fn the_maximum_of_a_parabola() {
        let mut terms = [0.0; MAX_ORDER + 1];
        terms[1] = 4.0;
        terms[2] = -4.0;
        assert!((maximum(&terms, 2) - 1.0).abs() < 1e-15);
    }
}
