//! A two-derivative Runge-Kutta method: order 4 from two stages.
//!
//! **Names:** `chan-tsai`.
//!
//! ```text
//! g = y'' = (∂f/∂y) f + ∂f/∂t:   v'' = (2 k2 v + k1) v' − u' + I',   u'' = a (b v' − leak u')
//! Y = y + h/2 f(y) + h²/8 g(y),     y ← y + h f(y) + h²/6 (g(y) + 2 g(Y))
//! ```
//!
//! Order 4 on smooth stretches: the second derivative of this neuron costs five operations more than the first, so that two stages do for
//! which `rk4` takes four. h I' is taken from the input at the start, the middle and the end, −3, 4, −1 and −1, 0, 1 times, which leaves
//! the quadrature of I Simpson's, and the order 4.
//! Source: R. P. K. Chan, A. Y. J. Tsai, *On explicit two-derivative Runge-Kutta methods*, Numerical Algorithms 53 (2010) 171–194.
//! **When not to use it:** with spikes on the grid, whose error is larger than that of any rule of order 2.

use super::Cost;
use super::rule::{Coefficients, Number, Rule, Span};

/// The method of two stages and order 4; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChanTsai;

/// (v'', u''), where `input` is I' \[mV/ms²\].
#[inline(always)]
fn second<N: Number>(c: &Coefficients<N>, v: N, [dv, du]: [N; 2], input: N) -> [N; 2] {
    let [a, b, _, leak] = c.recovery;
    [(v.constant(2.0) * c.k2 * v + c.k1) * dv - du + input, a * (b * dv - leak * du)]
}

impl Rule for ChanTsai {
    // f 20, g 18, Y 8, y 12, I' 5.
    const COST: Cost = Cost::new(2, 63);
    const STAGES: usize = 2;

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let (dt, half, quarter, sixth) =
            (span.dt(), span.fraction(1.0, 2.0), span.fraction(1.0, 4.0), span.fraction(1.0, 6.0));
        let [at0, middle, at1] = [0.0, 0.5, 1.0].map(|theta| span.input(theta));
        let (two, three, four) = (dt.constant(2.0), dt.constant(3.0), dt.constant(4.0));
        let first = [c.dv(v, u, at0), c.du(v, u)];
        let [p, q] = second(c, v, first, (four * middle - three * at0 - at1) / dt);
        let [y, z] = span.stage([v + half * (first[0] + quarter * p), u + half * (first[1] + quarter * q)]);
        let slope = [c.dv(y, z, middle), c.du(y, z)];
        let [r, s] = second(c, y, slope, (at1 - at0) / dt);
        [v + dt * (first[0] + sixth * (p + two * r)), u + dt * (first[1] + sixth * (q + two * s))]
    }
}
