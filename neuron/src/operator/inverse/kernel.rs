//! The kernels in the time domain, as sums of exponentials.
//!
//! n! h_n(t₁, …, t_n) is the part of x(0) that is linear in each of n impulses given at −t₁, …, −t_n. Let x_S be the part
//! linear in the impulses of the set S. Between impulses
//!
//! ```text
//! x_S' = α x_S − w_S + k2 Σ_{T ⊂ S} x_T x_{S∖T},     w_S' = a b x_S − μ w_S,
//! ```
//!
//! and an impulse j raises x_{j} by 1. In the eigenvectors, x_S = y_{S,1} + y_{S,2} with y_{S,j}' = λ_j y_{S,j} + c_j times
//! the forcing; a term F e^{θ t} of it, θ = p λ₁ + q λ₂, contributes c_j F (e^{θ t} − e^{λ_j t})/(θ − λ_j). So every x_S is a
//! sum of e^{(p λ₁ + q λ₂) t} with p + q ≤ |S| between impulses, and its coefficients follow from those of smaller sets.
//!
//! **Double eigenvalues and resonances.** The terms are singular where λ₁ = λ₂, and where θ = λ_j: p = 0, q λ₂ = λ₁ for
//! q = 2, 3, 4. Their sum is not: h_n is an entire function of D at fixed m, μ and times. Close to a singular D it is
//! therefore taken as its mean over a circle around D that stays clear of all of them, which the trapezoidal rule gives with
//! an error that falls faster than geometrically with the number of points.

use nalgebra::Complex;

use super::linear::Linear;
use super::transfer::{FACTORIAL, MAX_KERNEL_ORDER, proper_subsets};

/// D/m² at which terms are singular: λ₁/λ₂ = q has D/m² = ((q − 1)/(q + 1))², for q = 1 to 4.
const SINGULAR: [f64; 4] = [0.0, 1.0 / 9.0, 1.0 / 4.0, 9.0 / 25.0];
/// The least distance |D − singular D|/m² at which the sum is taken at D itself: denominators lose a digit or two there.
const CLEAR: f64 = 0.04;
/// Radii/m² of circles to choose from. The singular points are at most 0.14 apart, so one of these is clear of all.
const RADII: [f64; 3] = [0.055, 0.11, 0.165];
/// Points on the upper half of the circle; values on the lower half are the conjugates. In all 2·16 = 32 points leave
/// the terms of order 32, 64, … in R: a kernel of n times below t grows with D as e^{n t √|D|}, which leaves
/// (n t √R)^64/64! of the decay e^{m t n}: below 1e-16 for every t.
const POINTS: usize = 16;

type C = Complex<f64>;

/// h_n at `times`, sorted or not; zero where one is negative.
pub(super) fn kernel(linear: &Linear, k2: f64, times: &[f64]) -> f64 {
    if times.iter().any(|t| *t < 0.0) {
        return 0.0;
    }
    if let [t] = times {
        return linear.impulse_response(*t).0;
    }
    if times.contains(&0.0) {
        // The latest impulse has had no time to act with the others: the integral from 0 to the smallest time.
        return 0.0;
    }
    let mut ages = times.to_vec();
    // Earliest impulse first. Sorting also makes the kernel symmetric to the last bit.
    ages.sort_by(|s, t| t.total_cmp(s));
    let (mean, discriminant) = (linear.mean(), linear.discriminant());
    let unit = mean * mean;
    let at = |d: C| propagate(&Modes::new(mean, d, linear.mu), k2, &ages);
    let sum = match circle(discriminant / unit) {
        None => at(C::new(discriminant, 0.0)).re,
        Some(radius) => {
            let point = |k: usize| {
                let angle = std::f64::consts::PI * (k as f64 + 0.5) / POINTS as f64;
                at(discriminant + C::from_polar(radius * unit, angle)).re
            };
            (0..POINTS).map(point).sum::<f64>() / POINTS as f64
        }
    };
    sum / FACTORIAL[times.len()]
}

/// The radius/m² of the circle to average over, or none where D/m² = `d` is clear of what is singular.
fn circle(d: f64) -> Option<f64> {
    let clearance = |radius: f64| SINGULAR.iter().map(|s| ((s - d).abs() - radius).abs()).fold(f64::INFINITY, f64::min);
    if clearance(0.0) >= CLEAR {
        return None;
    }
    RADII.into_iter().max_by(|r, s| clearance(*r).total_cmp(&clearance(*s)))
}

/// Eigenvalues and what a unit impulse gives to each.
struct Modes {
    lambda: [C; 2],
    weight: [C; 2],
}

impl Modes {
    fn new(mean: f64, discriminant: C, mu: f64) -> Self {
        let root = discriminant.sqrt();
        let half = (mean + mu) / (root * 2.0);
        Modes { lambda: [mean + root, mean - root], weight: [half + 0.5, -half + 0.5] }
    }

    fn exponent(&self, p: usize, q: usize) -> C {
        self.lambda[0] * p as f64 + self.lambda[1] * q as f64
    }
}

/// Σ coefficients\[p\]\[q\] e^{(p λ₁ + q λ₂) t} with 1 ≤ p + q ≤ degree.
#[derive(Clone, Copy)]
struct Exponentials {
    degree: usize,
    coefficients: [[C; MAX_KERNEL_ORDER + 1]; MAX_KERNEL_ORDER + 1],
}

impl Exponentials {
    const ZERO: Self =
        Exponentials { degree: 0, coefficients: [[C::new(0.0, 0.0); MAX_KERNEL_ORDER + 1]; MAX_KERNEL_ORDER + 1] };

    fn terms(degree: usize) -> impl Iterator<Item = (usize, usize)> {
        (1..=degree).flat_map(|total| (0..=total).map(move |p| (p, total - p)))
    }

    fn add_product(&mut self, f: &Self, g: &Self) {
        self.degree = self.degree.max(f.degree + g.degree);
        for (p, q) in Self::terms(f.degree) {
            for (r, s) in Self::terms(g.degree) {
                self.coefficients[p + r][q + s] += f.coefficients[p][q] * g.coefficients[r][s];
            }
        }
    }
}

/// n! h_n for impulses of the given ages, the oldest first.
fn propagate(modes: &Modes, k2: f64, ages: &[f64]) -> C {
    let n = ages.len();
    let zero = C::new(0.0, 0.0);
    // Both eigencomponents of x_S at the start of the interval, by the bits of S.
    let mut y = vec![[zero; 2]; 1 << n];
    let mut x = vec![Exponentials::ZERO; 1 << n];
    for (k, age) in ages.iter().enumerate() {
        y[1 << k] = modes.weight;
        let length = age - ages.get(k + 1).copied().unwrap_or(0.0);
        for set in 1..1usize << (k + 1) {
            let mut forcing = Exponentials::ZERO;
            for part in proper_subsets(set) {
                forcing.add_product(&x[part], &x[set ^ part]);
            }
            let mut solution = Exponentials { degree: forcing.degree.max(1), ..Exponentials::ZERO };
            for (j, weight) in modes.weight.into_iter().enumerate() {
                let mut own = y[set][j];
                let mut end = zero;
                for (p, q) in Exponentials::terms(forcing.degree).filter(|(p, q)| p + q > 1) {
                    let theta = modes.exponent(p, q);
                    let forced = weight * k2 * forcing.coefficients[p][q] / (theta - modes.lambda[j]);
                    solution.coefficients[p][q] += forced;
                    own -= forced;
                    end += forced * (theta * length).exp();
                }
                solution.coefficients[1 - j][j] += own;
                y[set][j] = end + own * (modes.lambda[j] * length).exp();
            }
            x[set] = solution;
        }
    }
    let [one, other] = y[(1 << n) - 1];
    one + other
}

#[cfg(test)]
mod tests {
    use super::*;

    /// h₂ by its formula of 2³ exponentials.
    fn second(linear: &Linear, k2: f64, t1: f64, t2: f64) -> f64 {
        let modes = Modes::new(linear.mean(), C::new(linear.discriminant(), 0.0), linear.mu);
        let (l, c) = (modes.lambda, modes.weight);
        let first = t1.min(t2);
        let mut sum = C::new(0.0, 0.0);
        for (i, j, k) in (0..8).map(|b| (b & 1, b >> 1 & 1, b >> 2)) {
            let z = l[i] - l[j] - l[k];
            let grown = (l[j] * (t1 - first) + l[k] * (t2 - first)).exp()
                * ((l[i] * first).exp() - ((l[j] + l[k]) * first).exp());
            sum += c[i] * c[j] * c[k] * grown / z;
        }
        k2 * sum.re
    }

    #[test]
    fn the_second_kernel_is_its_closed_form() {
        for (alpha, mu, ab) in [(-0.6, 0.02, 0.004), (-0.2, 0.1, 0.026), (-0.5, 0.0, 0.01)] {
            let linear = Linear { alpha, mu, ab };
            for (t1, t2) in [(0.3, 0.7), (2.0, 2.0), (9.0, 1.0), (30.0, 41.0)] {
                let (here, there) = (kernel(&linear, 0.04, &[t1, t2]), second(&linear, 0.04, t1, t2));
                // Eight terms of size below 1 in both: a few ulp of 1 times k2 = 0.04.
                assert!((here - there).abs() < 1e-15, "{linear:?} {t1} {t2}: {here} {there}");
            }
        }
    }

    #[test]
    fn the_kernels_pass_smoothly_through_double_eigenvalues_and_resonances() {
        // m = −1, so that D is D/m²; at fixed m and μ, α = 2 m + μ and a b = (m + μ)² − D.
        let at = |d: f64, times: &[f64]| {
            let (m, mu) = (-1.0f64, 0.3);
            kernel(&Linear { alpha: 2.0 * m + mu, mu, ab: (m + mu).powi(2) - d }, 1.0, times)
        };
        for singular in SINGULAR {
            for times in [&[0.9, 1.7][..], &[0.4, 1.1, 2.5], &[0.5, 1.0, 1.3, 3.0]] {
                // The judge is the mean over another circle, much wider and with more points, also clear of all.
                let direct = |radius: f64| {
                    let points = 64;
                    let value = |k: usize| {
                        let angle = std::f64::consts::TAU * k as f64 / points as f64;
                        let mut ages = times.to_vec();
                        ages.sort_by(|s: &f64, t: &f64| t.total_cmp(s));
                        propagate(&Modes::new(-1.0, singular + C::from_polar(radius, angle), 0.3), 1.0, &ages).re
                    };
                    (0..points).map(value).sum::<f64>() / points as f64 / FACTORIAL[times.len()]
                };
                let here = at(singular, times);
                // Terms grow to about (1/0.05)^(n−1) of the kernel where two singular points are near: 13 digits remain.
                assert!((here - direct(0.6)).abs() < 1e-12, "{singular} {times:?}: {here} {}", direct(0.6));
                // And there is no jump where averaging begins: D derivative times the change, and rounding.
                let (inside, outside) = (at(singular - CLEAR + 1e-9, times), at(singular - CLEAR - 1e-9, times));
                assert!((inside - outside).abs() < 1e-8, "{singular} {times:?}: {inside} {outside}");
            }
        }
    }
}
