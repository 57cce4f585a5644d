//! The response of each order, as a cascade of linear problems solved by Taylor series.
//!
//! With c_n\[k\] the Taylor coefficients of x_n about the start of a step, products are Cauchy products, and
//! (k + 1) x_n\[k+1\] = α x_n\[k\] − w_n\[k\] + k2 Σ_i (x_i x_{n−i})\[k\] + i\[k\], (k + 1) w_n\[k+1\] = a b x_n\[k\] − μ w_n\[k\].
//! x_n is an entire function on a smooth piece of the input: sums of e^{θ t} (times polynomials, for ramps) with
//! |θ| ≤ n (|λ| + ω), λ the fastest eigenvalue and ω the frequency of a sinusoid. With steps of h ≤ 1/(n (|λ| + ω)) the
//! first term left out, of degree 21, is 1/21! = 2e-20 of the largest.

use super::linear::Linear;
use crate::Stimulus;

/// Terms of a series: degrees 0 to 20.
const TERMS: usize = 21;

#[derive(Clone, Copy)]
struct Series {
    x: [f64; TERMS],
    w: [f64; TERMS],
}

fn value(series: &[f64; TERMS], s: f64) -> f64 {
    series.iter().rev().fold(0.0, |sum, c| sum * s + c)
}

/// x_1 … x_orders at `times`, which do not decrease.
pub(super) fn response(linear: &Linear, k2: f64, deviation: &Stimulus, times: &[f64], orders: usize) -> Vec<Vec<f64>> {
    let mut result = vec![Vec::with_capacity(times.len()); orders];
    let omega = deviation.sinusoid().map_or(0.0, |s| s.omega.abs());
    let longest = 1.0 / (orders as f64 * (linear.fastest() + omega));
    let mut series = vec![Series { x: [0.0; TERMS], w: [0.0; TERMS] }; orders];
    let mut input = [0.0; TERMS];
    let mut t = 0.0;
    let mut next = 0;
    while next < times.len() {
        deviation.series(t, &mut input);
        expand(linear, k2, &input, &mut series);
        let end = deviation.next_breakpoint(t).map_or(t + longest, |at| at.min(t + longest));
        while next < times.len() && times[next] <= end {
            for (row, own) in result.iter_mut().zip(&series) {
                row.push(value(&own.x, times[next] - t));
            }
            next += 1;
        }
        for own in &mut series {
            (own.x[0], own.w[0]) = (value(&own.x, end - t), value(&own.w, end - t));
        }
        t = end;
    }
    result
}

/// Fills in the coefficients of degree 1 and above from those of degree 0, order by order.
fn expand(linear: &Linear, k2: f64, input: &[f64; TERMS], series: &mut [Series]) {
    for n in 0..series.len() {
        let (lower, rest) = series.split_at_mut(n);
        let own = &mut rest[0];
        for (k, &given) in input[..TERMS - 1].iter().enumerate() {
            let forcing = if n == 0 {
                given
            } else {
                // Orders i + 1 and n − i of the n + 1 that are sought.
                k2 * (0..n).map(|i| cauchy(&lower[i].x, &lower[n - 1 - i].x, k)).sum::<f64>()
            };
            let degree = (k + 1) as f64;
            own.x[k + 1] = (linear.alpha * own.x[k] - own.w[k] + forcing) / degree;
            own.w[k + 1] = (linear.ab * own.x[k] - linear.mu * own.w[k]) / degree;
        }
    }
}

fn cauchy(f: &[f64; TERMS], g: &[f64; TERMS], k: usize) -> f64 {
    (0..=k).map(|j| f[j] * g[k - j]).sum()
}
