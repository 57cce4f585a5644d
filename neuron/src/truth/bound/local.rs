//! The errors a single step adds: truncation and rounding.

use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::model::forcing::Forcing;
use crate::model::normal_form::{NormalForm, NormalState};
use crate::model::taylor_series::SeriesTerms;
use crate::truth::error_set::Matrix;

/// A step of the solver, up to its end or to the spike in which it ends.
#[derive(Clone, Copy)]
pub(crate) struct SolverStep<'a> {
    pub(crate) forcing: &'a Forcing<'a>,
    pub(crate) start: &'a NormalState,
    pub(crate) terms: &'a SeriesTerms,
    pub(crate) end: &'a NormalState,
}

/// Half-widths of a box that holds what a step adds to the error of (W, K), the parameters' errors apart.
///
/// `jacobian` is that of the whole step; it tells how much of an error made inside the step arrives at its end.
pub(crate) fn local_error(system: &NormalForm, step: &SolverStep, jacobian: &Matrix) -> [f64; 2] {
    let SolverStep { forcing, start, terms, end } = *step;
    let h = terms.h;
    // Σ (i+1) |W_i| hⁱ: the weight covers the number of roundings a term takes part in, since (i+1)(n−i+1) ≥ n+1. It is
    // the sum of all partial sums.
    let (mut w_abs, mut k_abs, mut w_weighted, mut k_weighted) = (0.0, 0.0, 0.0, 0.0);
    for i in (0..=terms.order).rev() {
        w_abs += terms.w[i].abs();
        k_abs += terms.k[i].abs();
        w_weighted += w_abs;
        k_weighted += k_abs;
    }
    let (alpha, beta) = (system.alpha.abs(), system.beta.abs());
    let source = forcing.bound(h);

    // The field: W_{n+1} takes at most n/2 + 4 roundings, K_{n+1} five; the constants α, β and those in E one or two more.
    // Values of I carry their own rounding and, as they are differentiated, that of I'; decimal numbers of the input that
    // were rounded to f64 act on W'.
    let inputs = forcing.errors(start.time.high + h);
    let field = [
        UNIT_ROUNDOFF * (4.0 * w_weighted * w_weighted + 3.0 * k_weighted) + system.k2 * inputs.decimal,
        UNIT_ROUNDOFF * (6.0 * beta * w_weighted + 6.0 * alpha * k_weighted + 6.0 * source)
            + system.k2 * inputs.rounding * (alpha + forcing.rate()),
    ];
    // An error made during the step arrives damped or magnified by what remains of it: by at most the larger of 1 and the
    // whole step's factor, as the exponent 2W of the factor keeps its sign or is small within a step.
    let through = [
        field[0] * jacobian[0][0].abs().max(1.0) + field[1] * jacobian[0][1].abs(),
        field[0] * jacobian[1][0].abs() + field[1] * jacobian[1][1].abs().max(1.0),
    ];

    // The sum of the terms: term i takes part in i + 1 additions and carries i roundings of hⁱ; the last addition rounds
    // the result. The length of a step cut at a breakpoint is itself rounded.
    let (w_rate, k_rate) = system.field(end.w, end.k, source);
    let sum = |end: f64, weighted: f64, first: f64, rate: f64| {
        UNIT_ROUNDOFF * (end.abs() + 2.0 * (weighted - first.abs()) + h * rate.abs())
    };

    // Truncation: the step control keeps the ratio of successive terms below one half, so the tail is below the
    // last term; three are looked at, as one can be small by chance.
    let last = |c: &[f64]| {
        let n = terms.order;
        c[n].abs().max(0.5 * c[n - 1].abs()).max(0.25 * c[n - 2].abs())
    };
    [
        h * through[0] + sum(end.w, w_weighted, terms.w[0], w_rate) + last(&terms.w),
        h * through[1] + sum(end.k, k_weighted, terms.k[0], k_rate) + last(&terms.k),
    ]
}
