//! v over one panel, given u and the input there: the first equation to order 4.
//!
//! W = k2 v + k1/2 obeys W' = W² + K(t); with W = −y'/y this is y'' + K y = 0, whose propagator over a panel of length h is the
//! exponential of Magnus' series to order 4, from K at the two Gauss points:
//!
//! ```text
//! Ω = ( e   h )      e = √3/12 h² (K₂ − K₁)      q = h² (K₁ + K₂)/2 − e²      exp Ω = cos √q + Ω sin √q/√q
//!     (−hK̄ −e )
//! ```
//!
//! The mean of W is −ln y(h)/h, with no quadrature of the upstroke. For K₁ = K₂ this is [`RiccatiArc`]. Derivatives with respect
//! to W at the start and to K₁ and K₂ come with it: Newton's method needs them.
//!
//! Sources: A. Iserles, S. P. Nørsett, Phil. Trans. R. Soc. A 357 (1999) 983–1019; J. Schiff, S. Shnider, SIAM J. Numer. Anal. 36
//! (1999) 1392–1413.

use super::super::riccati::{RiccatiArc, trigonometric};

/// √3/6: the Gauss points lie this far from the middle of a panel of length 1.
pub(super) const GAUSS_OFFSET: f64 = 0.288_675_134_594_812_9;

/// Rounds of Newton's method for the time of a spike, each of which starts on the arc of frozen K: three or four are taken.
const ROUNDS: usize = 30;

/// W over a panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flow {
    /// W at the end \[1/ms\].
    pub(super) end: f64,
    /// Mean of W \[1/ms\].
    pub(super) mean: f64,
    /// Derivatives of both with respect to W at the start.
    pub(super) by_start: [f64; 2],
    /// Derivatives of both with respect to K₁ and K₂ \[ms\].
    pub(super) by_k: [[f64; 2]; 2],
}

/// The flow from `w0` over `h` ms with K at the Gauss points; `None` where W passes through infinity on the way.
pub(super) fn flow(w0: f64, k: [f64; 2], h: f64) -> Option<Flow> {
    let skew = 0.5 * GAUSS_OFFSET * h * h;
    let (mean_k, e) = (0.5 * (k[0] + k[1]), skew * (k[1] - k[0]));
    let q = h * h * mean_k - e * e;
    // All of c, s, y and their derivatives may carry a factor e^{−log}, which cancels in every ratio but one.
    let (c, s, log) = trigonometric(q);
    let start = e - h * w0;
    let y = c + s * start;
    let scale = (-log).exp();
    if y <= 0.0 || !y.is_finite() || q >= std::f64::consts::PI.powi(2) {
        return None;
    }
    let end = (s * h * mean_k + (c - s * e) * w0) / y;
    let ds = if q.abs() < 1e-4 { -1.0 / 6.0 * (1.0 - q / 10.0) } else { (c - s) / (2.0 * q) };
    let by_k = [-skew, skew].map(|de| {
        let dq = 0.5 * h * h - 2.0 * e * de;
        let (dc, ds) = (-0.5 * s * dq, ds * dq);
        let dy = dc + ds * start + s * de;
        let dn = ds * h * mean_k + 0.5 * s * h + (dc - ds * e - s * de) * w0;
        [(dn - end * dy) / y, -dy / (h * y)]
    });
    // The determinant of exp Ω is 1, of what is computed scale².
    Some(Flow { end, mean: -(y.ln() + log) / h, by_start: [(scale / y).powi(2), s / y], by_k })
}

/// The first time, at most `longest` ms, at which W from `w0` reaches `target` above it, with the flow up to there; `None` where
/// it does not. `k` gives K at the Gauss points of a panel of the length it is asked for.
pub(super) fn flow_to(w0: f64, target: f64, longest: f64, k: impl Fn(f64) -> [f64; 2]) -> Option<(f64, Flow)> {
    if flow(w0, k(longest), longest).is_some_and(|whole| whole.end < target) {
        return None;
    }
    let frozen = |k: [f64; 2]| 0.5 * (k[0] + k[1]);
    let mut length = RiccatiArc::time_to(w0, target, frozen(k(longest))).unwrap_or(longest).min(longest);
    for _ in 0..ROUNDS {
        let at = k(length);
        let Some(found) = flow(w0, at, length) else {
            length *= 0.5;
            continue;
        };
        // At the peak K changes by nothing on the way that is left: the arc leads to the target at once.
        let part = if found.end < target {
            RiccatiArc::time_to(found.end, target, at[1])
        } else {
            RiccatiArc::time_to(target, found.end, at[1]).map(|t| -t)
        };
        let next = (length + part?).clamp(0.0, longest);
        let moved = (next - length).abs();
        length = next;
        if moved <= 1e-14 * longest {
            break;
        }
    }
    let found = flow(w0, k(length), length)?;
    Some((length, found))
}

/// v on a panel as the parabola in y (lag from the end over length) through both ends with the given mean: order 4 in a
/// convolution with a smooth kernel, which its exact mean decides.
pub(super) fn parabola(start: f64, end: f64, mean: f64) -> [f64; 4] {
    let (rise, mean) = (start - end, mean - end);
    [end, 6.0 * mean - 2.0 * rise, 3.0 * rise - 6.0 * mean, 0.0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn derivatives_are_those_of_the_flow(
            w0 in -5.0..2.0f64, k1 in -20.0..3.0f64, dk in -0.5..0.5f64, h in 0.01..0.5f64,
        ) {
            let k = [k1, k1 + dk];
            let step = 1e-5;
            let at = |w: f64, a: f64, b: f64| flow(w, [k[0] + a, k[1] + b], h);
            let difference = |plus: Option<Flow>, minus: Option<Flow>| {
                plus.zip(minus).map(|(p, m)| [(p.end - m.end) / (2.0 * step), (p.mean - m.mean) / (2.0 * step)])
            };
            if let Some(found) = at(w0, 0.0, 0.0).filter(|f| f.end.abs() < 10.0) {
                let pairs = [
                    (found.by_start, difference(at(w0 + step, 0.0, 0.0), at(w0 - step, 0.0, 0.0))),
                    (found.by_k[0], difference(at(w0, step, 0.0), at(w0, -step, 0.0))),
                    (found.by_k[1], difference(at(w0, 0.0, step), at(w0, 0.0, -step))),
                ];
                for (exact, numeric) in pairs {
                    let Some(numeric) = numeric else { continue };
                    for (e, n) in exact.iter().zip(numeric) {
                        // Differences round to 1e-16 · 10/1e-5 = 1e-10; their error is step²/6 times the third derivative,
                        // 6 h²/y⁴ for that by W₀, with 1/y < 1 + |W| h < 6 here: 2e-7.
                        prop_assert!((e - n).abs() < 1e-6 * (1.0 + e.abs()), "{exact:?} {numeric:?}");
                    }
                }
            }
        }

        #[test]
        fn the_spike_is_where_the_flow_reaches_it(w0 in -2.0..2.0f64, k0 in 0.1..3.0f64, slope in -1.0..1.0f64) {
            let k = |length: f64| [0.5 - GAUSS_OFFSET, 0.5 + GAUSS_OFFSET].map(|x| k0 + slope * x * length);
            if let Some((length, found)) = flow_to(w0, 3.7, 0.5, k) {
                prop_assert!(length <= 0.5);
                // W' is below 3.7² + 4: a time right to 1e-14.
                prop_assert!((found.end - 3.7).abs() < 1e-11, "{found:?}");
            }
        }
    }
}
