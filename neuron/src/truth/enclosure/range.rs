//! What the solution does all along a piece, from its series.
//!
//! With x = s/h the series at hand are polynomials p(x) of W and q(x) of K on 0 ≤ x ≤ 1, off from the solution y by no more than
//! `off`: the radius of y(h), which holds remainder and roundings of all coefficients and grows with s, and the rounding of the
//! terms. About the middle m of a part of half-width d, p is within |p'(m)| d + ½ d² max|p''| of p(m), and |p''| ≤ Σ n (n − 1)
//! |p_n|. A solution z of which |z − y| ≤ `error` is known is proven by halving to cross a level once or not at all.

use crate::model::arithmetic::UP;
use crate::truth::residual::flow::{ExactFlow, Position};
use crate::truth::residual::system::TERMS;

/// Halvings of a piece before a proof is given up.
const DEPTH: usize = 32;

/// Above (2 n + 3) u, n ≤ 48, the relative rounding of a term, and above that of a sum by Horner's rule.
const ROUNDING: f64 = 128.0 * f64::EPSILON;

/// Above what a term loses whose power of h underflows: 1e100 times 49 times the smallest normal number.
const UNDERFLOW: f64 = 1e-200;

/// The largest coefficient for which that is so.
pub(super) const LARGEST: f64 = 1e100;

/// A polynomial on \[0, 1\] whose range is enclosed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Polynomial<'a> {
    pub(super) terms: &'a [f64; TERMS],
    /// The largest distance of the polynomial from the solution.
    pub(super) off: f64,
    /// The sum of the absolute values of all coefficients.
    size: f64,
    /// Σ n |p_n| and Σ n (n − 1) |p_n|.
    slope: f64,
    curvature: f64,
}

impl<'a> Polynomial<'a> {
    fn new(terms: &'a [f64; TERMS], radius: f64) -> Self {
        let (mut size, mut slope, mut curvature) = (0.0, 0.0, 0.0);
        for (n, term) in terms.iter().enumerate() {
            let (n, term) = (n as f64, term.abs());
            size += term;
            slope += n * term;
            curvature += n * (n - 1.0) * term;
        }
        Polynomial {
            terms,
            off: (radius + ROUNDING * size) * UP + UNDERFLOW,
            size: size * UP,
            slope: slope * UP,
            curvature: curvature * UP,
        }
    }

    /// An upper bound of |y| on the piece.
    pub(super) fn sup(&self) -> f64 {
        (self.size + self.off) * UP
    }

    /// Above y on the piece, as 0 ≤ xⁿ ≤ 1.
    pub(super) fn upper(&self) -> f64 {
        let rising: f64 = self.terms[1..].iter().map(|term| term.max(0.0)).sum();
        self.terms[0] + rising + self.off + ROUNDING * self.size
    }

    /// y at the middle of a part, and how far it is from that anywhere on the part.
    fn on_part(&self, left: f64, right: f64) -> (f64, f64) {
        let (middle, half) = (0.5 * (left + right), 0.5 * (right - left));
        let (mut value, mut slope) = (0.0, 0.0);
        for term in self.terms.iter().rev() {
            slope = slope * middle + value;
            value = value * middle + term;
        }
        let rounding = ROUNDING * (self.size + self.slope);
        (value, (slope.abs() * half + 0.5 * self.curvature * half * half + self.off + rounding) * UP)
    }
}

/// W and K along a piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range<'a> {
    pub(super) w: Polynomial<'a>,
    pub(super) k: Polynomial<'a>,
}

impl<'a> Range<'a> {
    /// Of the piece whose series `flow` has last summed, to `end`.
    pub(super) fn new(flow: &'a ExactFlow, end: &Position) -> Self {
        Range { w: Polynomial::new(&flow.w_terms, end.w.radius), k: Polynomial::new(&flow.k_terms, end.k.radius) }
    }

    /// Whether W of every solution within `error` of this one is proven to stay below `level`.
    pub(super) fn stays_below(&self, level: f64, error: [f64; 2]) -> bool {
        self.w.upper() + error[0] < level - f64::EPSILON * (level.abs() + self.w.size)
            || self.holds(0.0, 1.0, DEPTH, level, error, false)
    }

    /// Whether W of every solution within `error` of this one is proven to cross `level` once at most.
    ///
    /// It is when each part of the piece is below the level or has W' = W² + K > 0 all along: where W first reaches the level
    /// the part must be rising, and so must all later ones, as none begins below.
    pub(super) fn crosses_once(&self, level: f64, error: [f64; 2]) -> bool {
        self.holds(0.0, 1.0, DEPTH, level, error, true)
    }

    fn holds(&self, left: f64, right: f64, depth: usize, level: f64, error: [f64; 2], may_rise: bool) -> bool {
        let (w, w_off) = self.w.on_part(left, right);
        let w_off = w_off + error[0];
        if (w + w_off) + ROUNDING * (w.abs() + w_off) < level {
            return true;
        }
        if may_rise {
            let (k, k_off) = self.k.on_part(left, right);
            let least = (w.abs() - w_off).max(0.0);
            if least * least + k > (k_off + error[1]) * UP + ROUNDING * (least * least + k.abs()) {
                return true;
            }
        }
        let middle = 0.5 * (left + right);
        depth > 0
            && self.holds(left, middle, depth - 1, level, error, may_rise)
            && self.holds(middle, right, depth - 1, level, error, may_rise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range<'a>(w: &'a [f64; TERMS], k: &'a [f64; TERMS]) -> Range<'a> {
        Range { w: Polynomial::new(w, 0.0), k: Polynomial::new(k, 0.0) }
    }

    fn polynomial(terms: &[f64]) -> [f64; TERMS] {
        std::array::from_fn(|n| terms.get(n).copied().unwrap_or(0.0))
    }

    #[test]
    fn a_bump_is_below_what_it_does_not_reach_and_no_less() {
        // 4 x (1 − x) has its maximum 1 inside.
        let (w, k) = (polynomial(&[0.0, 4.0, -4.0]), polynomial(&[]));
        let range = range(&w, &k);
        assert!(range.w.upper() >= 4.0 && range.w.sup() >= 8.0);
        assert!(range.stays_below(1.0 + 1e-12, [0.0; 2]));
        assert!(!range.stays_below(1.0, [0.0; 2]));
        assert!(!range.stays_below(1.0 + 1e-12, [1e-11, 0.0]));
        assert!(range.stays_below(1.1, [0.09, 0.0]));
    }

    #[test]
    fn one_crossing_needs_a_rise_wherever_the_level_is_reached() {
        // W = x crosses 0.5 with W' = W² + K > 0 there, K = 1 or −0.2; not with K = −0.3.
        let w = polynomial(&[0.0, 1.0]);
        for (k, once) in [(1.0, true), (-0.2, true), (-0.3, false)] {
            let k = polynomial(&[k]);
            assert_eq!(range(&w, &k).crosses_once(0.5, [1e-9; 2]), once);
        }
        let k = polynomial(&[1.0]);
        assert!(!range(&w, &k).crosses_once(0.5, [0.0, 1.5]));
    }
}
