//! A rigorous bound of what a truncated Taylor series leaves out.
//!
//! Let |W_j| ρ^j ≤ A for m < j ≤ N and S = Σ_{j≤m} |W_j| ρ^j, with N ≥ 2m + 1. If these hold for all j ≤ n, the recurrence
//! gives, the m + 1 first and last terms of its sum being paired with the S and the rest being below A² each,
//!
//! ```text
//! (n+1) |W_{n+1}| ρ^n ≤ 2 A S + max(n − 2m − 1, 0) A² + B        (n+1) |K_{n+1}| ρ^n ≤ e + |β| A + |α| B
//! ```
//!
//! with B ≥ |K_n| ρ^n and e ≥ |E_n| ρ^n for n ≥ N. So by induction |W_n| ≤ A ρ^−n and |K_n| ≤ B ρ^−n for all n ≥ N when
//!
//! ```text
//! ρ (A² + max(2 A S + B − (2m + 2) A², 0)/(N + 1)) ≤ A        ρ (e + |β| A + |α| B)/(N + 1) ≤ B ≥ |K_N| ρ^N
//! ```
//!
//! and the tails at h < ρ are geometric: A (h/ρ)^{N+1}/(1 − h/ρ), and the same with B. Any ρ that passes proves the bound,
//! however it was found; it is found from the last coefficients. This is the method of majorants (Cauchy), for the scalar
//! recurrence at hand; the coefficients' own radii must be within |W_j| and |K_j|.

use crate::model::arithmetic::UP;

/// The coefficients whose sizes are kept one by one: m in the formulas.
const LOW: usize = 8;

/// The least A and B: a size that underflowed, below 2⁻¹⁰⁷⁴, is below this even times 8⁴⁸, the largest (ρ/h)ⁿ.
const NOTHING: f64 = 1e-270;

/// The constants of the system that the bounds of the tails need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
    /// A bound of |E_n| hⁿ at n = N that falls by the factor ω h/(n + 1) from there on.
    pub(crate) source: f64,
    /// The largest |ω| of the input \[1/ms\].
    pub(crate) rate: f64,
}

/// Bounds of Σ_{n>N} |W_n| hⁿ and Σ_{n>N} |K_n| hⁿ from the sizes `w`, `k` of the terms W_n hⁿ and K_n hⁿ, n ≤ N.
///
/// Infinite where no radius of convergence beyond h could be shown.
pub(crate) fn tails<const TERMS: usize>(w: &[f64; TERMS], k: &[f64; TERMS], h: f64, rates: Rates) -> [f64; 2] {
    let n = TERMS - 1;
    // Powers of κ = ρ/h. Near a pole at T the terms are h^n/T^(n+1): the three last give T/h, taken a little smaller.
    let estimate = (n - 2..=n).map(|i| (w[i] * h).powf(-1.0 / (i + 1) as f64)).fold(f64::INFINITY, f64::min);
    let mut kappa = (0.97 * estimate).min(8.0);
    while kappa > 1.05 {
        if let Some((a, b)) = majorant(w, k, h, kappa, rates) {
            let ratio = 1.0 / kappa;
            // By products: `powi` promises no accuracy.
            let geometric = (0..=n).fold(1.0, |power, _| power * ratio) / (1.0 - ratio) * UP;
            return [a * geometric, b * geometric];
        }
        kappa *= 0.93;
    }
    [f64::INFINITY; 2]
}

/// (A, B) where the induction holds at ρ = κ h.
fn majorant<const TERMS: usize>(
    w: &[f64; TERMS],
    k: &[f64; TERMS],
    h: f64,
    kappa: f64,
    rates: Rates,
) -> Option<(f64, f64)> {
    let next = TERMS as f64; // N + 1
    let (mut power, mut low, mut a) = (1.0, 0.0, 0.0f64);
    for (i, size) in w.iter().enumerate() {
        let scaled = size * power;
        if i <= LOW {
            low += scaled;
        } else {
            a = a.max(scaled);
        }
        power *= kappa;
    }
    let last = power / kappa;
    // A majorant of a solution that happens to be a short polynomial is any small number.
    let (a, low) = ((a * UP).max(1e-40 * low).max(NOTHING), low * UP);
    let rho = h * kappa;
    let decay = rho * rates.alpha / next;
    let source_falls = rates.rate * rho < next;
    if decay >= 0.5 || (rates.source > 0.0 && !source_falls) {
        return None;
    }
    let driven = rho * (rates.source * last + rates.beta * a) / next / (1.0 - decay);
    let b = driven.max(k[TERMS - 1] * last).max(NOTHING) * UP;
    let extra = (2.0 * a * low + b - (2 * LOW + 2) as f64 * a * a).max(0.0);
    (rho * (a * a + extra / next) * UP <= a).then_some((a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Rates = Rates { alpha: 0.0, beta: 0.0, source: 0.0, rate: 0.0 };

    /// W = 1/(1 − t), K = 0: the tail at h is h^{N+1}/(1 − h).
    #[test]
    fn the_tail_of_a_pole_is_bounded_and_not_by_much_more() {
        const TERMS: usize = 41;
        for h in [0.2, 0.3, 0.4f64] {
            let w: [f64; TERMS] = std::array::from_fn(|i| h.powi(i as i32));
            let [bound, k] = tails(&w, &[0.0; TERMS], h, NOTHING);
            let exact = h.powi(TERMS as i32) / (1.0 - h);
            // ρ = 0.97 costs (1/0.97)^41 = 3.5 and what rounding κ to another factor of 0.93 costs, 20.
            assert!(bound >= exact && bound < 100.0 * exact, "{h}: {bound:e} {exact:e}");
            assert!(k < 1e-250);
        }
    }

    /// W = tan t, K = 1: poles at ±π/2, one step later than the estimate from the terms of even order, which are zero.
    #[test]
    fn the_tail_of_a_tangent_is_bounded() {
        const TERMS: usize = 41;
        let mut c = [0.0f64; TERMS + 60];
        for n in 0..c.len() - 1 {
            let square: f64 = (0..=n).map(|i| c[i] * c[n - i]).sum();
            c[n + 1] = (square + f64::from(u8::from(n == 0))) / (n + 1) as f64;
        }
        for h in [0.3, 0.5, 0.8f64] {
            let term = |i: usize| c[i] * h.powi(i as i32);
            let mut k = [0.0; TERMS];
            k[0] = 1.0;
            let [bound, _] = tails(&std::array::from_fn(term), &k, h, NOTHING);
            let exact: f64 = (TERMS..c.len()).map(term).sum();
            assert!(bound >= exact && bound < 1e3 * exact, "{h}: {bound:e} {exact:e}");
        }
    }

    #[test]
    fn there_is_no_bound_beyond_the_radius_of_convergence() {
        let w: [f64; 41] = std::array::from_fn(|i| 1.01f64.powi(i as i32));
        assert_eq!(tails(&w, &[0.0; 41], 1.01, NOTHING), [f64::INFINITY; 2]);
    }
}
