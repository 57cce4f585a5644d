//! The first equation over a step with u and the input held: a Riccati equation, solved in closed form.
//!
//! With W = k2 v + k1/2 \[1/ms\] and K = k2 (k0 + I − u) − k1²/4 \[1/ms²\], v' = k2 v² + k1 v + k0 − u + I is W' = W² + K.
//! With C = cos(√K h) and S = sin(√K h)/√K (hyperbolic for K < 0)
//!
//! ```text
//! W(h) = (W₀ C + K S) / (C − W₀ S),        ∫₀ʰ W dt = −ln(C − W₀ S)
//! ```
//!
//! Nothing here has trouble with the upstroke of a spike, where polynomials in t fail until h is tiny.
//!
//! Sources: M. Hopkins, S. Furber, Neural Computation 27 (2015) 2148–2182; J. Schiff, S. Shnider, SIAM J. Numer. Anal. 36
//! (1999) 1392–1413.

/// C and S at x = K h², in units of h; both times e^{−√−x} far on the negative side, where they would overflow. What they
/// were multiplied by comes third, as its logarithm.
pub(super) fn trigonometric(x: f64) -> (f64, f64, f64) {
    if x.abs() < 1e-4 {
        // Three terms leave x³/40320 < 1e-16.
        let c = 1.0 - x / 2.0 * (1.0 - x / 12.0 * (1.0 - x / 30.0));
        let s = 1.0 - x / 6.0 * (1.0 - x / 20.0 * (1.0 - x / 42.0));
        (c, s, 0.0)
    } else if x > 0.0 {
        let q = x.sqrt();
        let (sin, cos) = q.sin_cos();
        (cos, sin / q, 0.0)
    } else {
        let p = (-x).sqrt();
        let twice = (-2.0 * p).exp();
        (0.5 * (1.0 + twice), 0.5 * (1.0 - twice) / p, p)
    }
}

/// A piece of the solution of W' = W² + K.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RiccatiArc {
    /// The coefficient K of the linear form \[1/ms²\].
    pub(super) k: f64,
    /// W at the end \[1/ms\].
    pub(super) end: f64,
    /// Mean of W over the piece \[1/ms\].
    pub(super) mean: f64,
}

impl RiccatiArc {
    /// From `w0` over `h` ms at given `k`; `None` where W passes through infinity on the way.
    pub(super) fn flow(w0: f64, k: f64, h: f64) -> Option<Self> {
        let (a, x) = (w0 * h, k * h * h);
        let (c, s, log) = trigonometric(x);
        let denominator = c - a * s;
        // Beyond √x = π there has been a pole for certain.
        if denominator <= 0.0 || x >= std::f64::consts::PI.powi(2) {
            return None;
        }
        Some(RiccatiArc { k, end: (a * c + x * s) / denominator / h, mean: -(denominator.ln() + log) / h })
    }

    /// The arc that leads from `w0` to `w1` in `h` ms: which constant K it takes.
    ///
    /// W(h) grows with K, from −∞ to the K of the first pole: the solution is unique. Newton's method on
    /// (a − b) C + (x + a b) S = 0 in x = K h², a = W₀ h, b = W₁ h, from x = b − a − a b (right to first order), inside a
    /// bracket.
    pub(super) fn between(w0: f64, w1: f64, h: f64) -> Self {
        let (a, b) = (w0 * h, w1 * h);
        let mut x = b - a - a * b;
        let (mut low, mut high) = (f64::NEG_INFINITY, std::f64::consts::PI.powi(2));
        // Newton's method takes three or four rounds; bisection from 1e10 down to rounding, ninety.
        for _ in 0..100 {
            if x >= high {
                x = if low.is_finite() { 0.5 * (low + high) } else { high - 1.0 };
            }
            let (c, s, _) = trigonometric(x);
            let g = (a - b) * c + (x + a * b) * s;
            // Left of the pole the sign of g says on which side of the solution x lies.
            let beyond_pole = c - a * s <= 0.0;
            if beyond_pole || g > 0.0 {
                high = high.min(x);
            } else {
                low = low.max(x);
            }
            let ds = if x.abs() < 1e-4 { -1.0 / 6.0 * (1.0 - x / 10.0) } else { (c - s) / (2.0 * x) };
            let slope = (b - a) * s / 2.0 + s + (x + a * b) * ds;
            // Near a level place of g a step may go far below the solution, from where the way back is slow: it is kept short.
            let newton = (x - g / slope).max(x - 2.0 * (1.0 + x.abs()));
            // Beyond the pole Newton's method would find another root, of a path through infinity.
            let next = if !beyond_pole && newton >= low && newton <= high {
                newton
            } else if low.is_finite() {
                0.5 * (low + high)
            } else {
                high - 1.0 - 2.0 * high.abs()
            };
            let moved = (next - x).abs();
            x = next;
            // After a move of 1e-9 Newton's error is its square.
            if !beyond_pole && (moved <= 1e-9 * (1.0 + x.abs()) || g == 0.0) {
                break;
            }
        }
        let (c, s, log) = trigonometric(x);
        RiccatiArc { k: x / (h * h), end: w1, mean: -((c - a * s).ln() + log) / h }
    }

    /// The time \[ms\] from `w0` up to `target` > `w0` at given `k`; `None` where it is never reached.
    pub(super) fn time_to(w0: f64, target: f64, k: f64) -> Option<f64> {
        // From the addition theorem: tan(√K t)/√K = (W₁ − W₀)/(K + W₀ W₁).
        let (rise, base) = (target - w0, k + w0 * target);
        if k > 0.0 {
            let q = k.sqrt();
            return Some((q * rise).atan2(base) / q);
        }
        let p = (-k).sqrt();
        // Below the unstable equilibrium W = p it never rises beyond p.
        if w0 <= p {
            return None;
        }
        let ratio = p * rise / base;
        Some(if ratio < 1e-8 { rise / base } else { ratio.atanh() / p })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_arc_between_two_points_is_the_flow(w0 in -5.0..3.0f64, k in -20.0..3.0f64, h in 0.001..1.0f64) {
            if let Some(flow) = RiccatiArc::flow(w0, k, h).filter(|arc| arc.end.abs() < 50.0) {
                let found = RiccatiArc::between(w0, flow.end, h);
                // W₁ is rounded to eps |W₁|; dK/dW₁ is (C − W₀ S)²/h times a number near 1, at least 1e-4/h here for W₁ < 50.
                let scale = (k.abs() + w0 * w0 + flow.end * flow.end + flow.end.abs() / h + w0.abs() / h).max(1.0);
                prop_assert!((found.k - k).abs() < 1e-12 * scale / h, "{found:?} {flow:?}");
                prop_assert!((found.mean - flow.mean).abs() < 1e-12 * scale, "{found:?} {flow:?}");
                if flow.end > w0 && k > 0.0 {
                    let t = RiccatiArc::time_to(w0, flow.end, k).unwrap();
                    prop_assert!((t - h).abs() < 1e-11, "{t} {h}");
                }
            }
        }
    }
}
