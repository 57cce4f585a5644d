//! Explicit Runge-Kutta methods on y = (v, u), from their Butcher tableaux.
//!
//! **Names:** `rk2`, `heun`, `rk4`.
//!
//! ```text
//! k_i = f(y_n + h Σ_{j<i} a_ij k_j, I(t_n + c_i h)),    y_{n+1} = y_n + h Σ_i b_i k_i
//! ```
//!
//! Order 2 (`rk2`, `heun`) and 4 (`rk4`) on smooth stretches. With spikes on the grid the order over a spike train is 1
//! whatever the tableau; located spikes keep it. Flops: 10 an evaluation and 2 per component for each coefficient that is
//! not zero: 28 and 68 a step, the counts of de Alteriis & Oddo (2021).
//! **When not to use them:** `rk4` with spikes on the grid buys little over `rk2`: the grid is the error.

use super::rule::{Coefficients, Number, Rule, Span};
use super::tableau::{CLASSICAL, HEUN, MIDPOINT};
use super::{ButcherTableau, Cost};

/// The explicit midpoint rule, order 2.
#[derive(Clone, Copy, Debug, Default)]
pub struct Midpoint;

/// Heun's method, the explicit trapezoidal rule, order 2.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heun;

/// The classical Runge-Kutta method, order 4.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rk4;

/// A rule from its tableau.
macro_rules! runge_kutta {
    ($name:ident, $stages:literal, $tableau:expr) => {
        impl Rule for $name {
            const COST: Cost = cost(&$tableau);
            const STAGES: usize = $stages;

            #[inline(always)]
            fn step<N: Number>(self, c: &Coefficients<N>, state: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
                const DENOMINATOR: f64 = $tableau.common_denominator();
                if N::FEW_BITS {
                    return in_few_bits(&$tableau, DENOMINATOR, c, state, span);
                }
                explicit(&$tableau, c, state, span)
            }
        }
    };
}
runge_kutta!(Midpoint, 2, MIDPOINT);
runge_kutta!(Heun, 2, HEUN);
runge_kutta!(Rk4, 4, CLASSICAL);

/// The cost of a step by `tableau`.
const fn cost<const S: usize>(tableau: &ButcherTableau<S>) -> Cost {
    Cost::new(S as u64, S as u64 * Cost::FIELD + 4 * tableau.nonzero_coefficients())
}

/// One step by `tableau`; see the [module](self) for the formula. Inlined, so that the compiler sees the coefficients.
#[inline(always)]
fn explicit<N: Number, const S: usize>(
    tableau: &ButcherTableau<S>,
    c: &Coefficients<N>,
    [v, u]: [N; 2],
    span: &mut impl Span<N>,
) -> [N; 2] {
    let (mut points, mut sum) = ([[v, u]; S], None);
    // Written out, so that the compiler sees each number.
    const { assert!(S <= 4, "a tableau of more stages than are written out here") };
    stage(tableau, 0, c, &mut points, &mut sum, span);
    stage(tableau, 1, c, &mut points, &mut sum, span);
    stage(tableau, 2, c, &mut points, &mut sum, span);
    stage(tableau, 3, c, &mut points, &mut sum, span);
    let dt = span.dt();
    sum.map_or([v, u], |[dv, du]| [v + dv * dt, u + du * dt])
}

/// One step by `tableau` with its weights as whole numbers over one denominator, y + h/6 (k1 + 2 k2 + 2 k3 + k4): a weight such as 1/3 is
/// no number of few bits, and h/6 is rounded once.
#[inline(always)]
fn in_few_bits<N: Number, const S: usize>(
    tableau: &ButcherTableau<S>,
    denominator: f64,
    c: &Coefficients<N>,
    [v, u]: [N; 2],
    span: &mut impl Span<N>,
) -> [N; 2] {
    if S == 2 && tableau.b[0] == 0.0 {
        // The midpoint rule is two lines of program, and draws at random in the order in which they are read.
        let (half, dt) = (span.fraction(tableau.a[1][0], 1.0), span.dt());
        let [y, z] = [v + half * c.dv(v, u, span.input(0.0)), u + half * c.du(v, u)];
        return [v + dt * c.dv(y, z, span.input(tableau.c[1])), u + dt * c.du(y, z)];
    }
    let mut slopes = [[v, u]; S];
    for i in 0..S {
        let [mut y, mut z] = [v, u];
        for (&a, [dv, du]) in tableau.a[i][..i].iter().zip(slopes) {
            if a != 0.0 {
                let part = span.fraction(a, 1.0);
                (y, z) = (y + part * dv, z + part * du);
            }
        }
        slopes[i] = [c.dv(y, z, span.input(tableau.c[i])), c.du(y, z)];
    }
    let part = span.fraction(1.0, denominator);
    let sum = |component: usize| {
        let terms = tableau.b.iter().zip(slopes).filter(|(b, _)| **b != 0.0);
        let weighted = terms.map(|(b, slope)| part.constant((b * denominator).round()) * slope[component]);
        weighted.reduce(|sum, term| sum + term)
    };
    match (sum(0), sum(1)) {
        (Some(dv), Some(du)) => [v + part * dv, u + part * du],
        _ => [v, u],
    }
}

/// Stage i: k_i at its point, and what it adds to the points of later stages and to the sum; nothing where the tableau has no such
/// stage.
#[inline(always)]
fn stage<N: Number, const S: usize>(
    tableau: &ButcherTableau<S>,
    i: usize,
    c: &Coefficients<N>,
    points: &mut [[N; 2]; S],
    sum: &mut Option<[N; 2]>,
    span: &mut impl Span<N>,
) {
    if i >= S {
        return;
    }
    let [v, u] = points[i];
    let (dv, du) = (c.dv(v, u, span.input(tableau.c[i])), c.du(v, u));
    #[expect(clippy::needless_range_loop, reason = "the index of the formula, of a row of the tableau and its point")]
    for j in i + 1..S {
        let a = tableau.a[j][i];
        if a != 0.0 {
            let part = span.dt() * span.dt().constant(a);
            points[j] = [points[j][0] + dv * part, points[j][1] + du * part];
        }
    }
    if tableau.b[i] != 0.0 {
        let b = span.dt().constant(tableau.b[i]);
        let (v, u) = (dv * b, du * b);
        *sum = Some(sum.map_or([v, u], |[sum_v, sum_u]| [sum_v + v, sum_u + u]));
    }
    match (*sum, i + 1 < S) {
        (None, true) => points[i + 1] = span.stage(points[i + 1]),
        (Some([sum_v, sum_u]), true) => {
            let [v, u] = points[i + 1];
            let [v, u, sum_v, sum_u] = span.stage([v, u, sum_v, sum_u]);
            (points[i + 1], *sum) = ([v, u], Some([sum_v, sum_u]));
        }
        (Some(last), false) => *sum = Some(span.stage(last)),
        (None, false) => {}
    }
}
