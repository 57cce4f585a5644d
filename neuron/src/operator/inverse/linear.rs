//! The linear part: x' = α x − w + i, w' = a b x − μ w, its eigenvalues, h₁ and H₁.

use nalgebra::Complex;

use crate::{Neuron, State};

/// The linearisation of a neuron at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Linear {
    /// α = 2 k2 v + k1 \[1/ms\].
    pub(super) alpha: f64,
    /// The decay rate of u, μ = a leak \[1/ms\].
    pub(super) mu: f64,
    /// The coupling of u to v, a b \[1/ms²\].
    pub(super) ab: f64,
}

/// cosh √z and sinh(√z)/√z, which are cos and sin/· of √−z for z < 0.
fn hyperbolic(z: f64) -> (f64, f64) {
    if z > 1.0 {
        let root = z.sqrt();
        (root.cosh(), root.sinh() / root)
    } else if z < -1.0 {
        let (sin, cos) = (-z).sqrt().sin_cos();
        (cos, sin / (-z).sqrt())
    } else {
        // Σ z^k/(2k)! and Σ z^k/(2k+1)!; the terms left out are below 1/20! = 4e-19.
        (0..10).rev().fold((0.0, 0.0), |(cosh, sinhc), k| {
            let even = f64::from(2 * k);
            (1.0 / factorial(even) + z * cosh, 1.0 / factorial(even + 1.0) + z * sinhc)
        })
    }
}

fn factorial(n: f64) -> f64 {
    (2..=n as u32).map(f64::from).product()
}

impl Linear {
    pub(super) fn new(neuron: &Neuron, at: State) -> Self {
        let Neuron { a, b, k2, k1, leak, .. } = *neuron;
        Linear { alpha: 2.0 * k2 * at.v + k1, mu: a * leak, ab: a * b }
    }

    /// m, half the trace: the mean of the eigenvalues \[1/ms\].
    pub(super) fn mean(&self) -> f64 {
        0.5 * (self.alpha - self.mu)
    }

    /// D \[1/ms²\]: the eigenvalues are m ± √D.
    pub(super) fn discriminant(&self) -> f64 {
        (0.5 * (self.alpha + self.mu)).powi(2) - self.ab
    }

    fn determinant(&self) -> f64 {
        self.ab - self.alpha * self.mu
    }

    /// The largest |λ| \[1/ms\], from above: the eigenvalues lie in |λ| ≤ |m| + √|D|.
    pub(super) fn fastest(&self) -> f64 {
        self.mean().abs() + self.discriminant().abs().sqrt()
    }

    /// The transfer function H₁(s) \[ms\] at the complex frequency s \[1/ms\].
    pub(super) fn transfer(&self, s: Complex<f64>) -> Complex<f64> {
        (s + self.mu) / ((s - self.alpha) * (s + self.mu) + self.ab)
    }

    /// x and w at `t` ≥ 0 after a unit impulse of the input: x is h₁.
    pub(super) fn impulse_response(&self, t: f64) -> (f64, f64) {
        let (m, d) = (self.mean(), self.discriminant());
        let z = d * t * t;
        if z > 1.0 {
            // Separate exponentials: cosh would overflow where the decay before it underflows. The slow eigenvalue comes
            // from the product of the two, without cancellation.
            let root = d.sqrt();
            let fast = m - root;
            let slow = self.determinant() / fast;
            let (fast_part, slow_part) = ((fast * t).exp(), (slow * t).exp());
            let half = 0.5 * (m + self.mu) / root;
            return (
                (0.5 + half) * slow_part + (0.5 - half) * fast_part,
                0.5 * self.ab / root * (slow_part - fast_part),
            );
        }
        let (cosh, sinhc) = hyperbolic(z);
        let decay = (m * t).exp();
        (decay * (cosh + (m + self.mu) * t * sinhc), decay * self.ab * t * sinhc)
    }

    /// ∫₀^t h₁: the two equations, integrated, are two equations for ∫x and ∫w.
    fn integral(&self, t: f64) -> f64 {
        let (x, w) = self.impulse_response(t);
        (self.mu * (1.0 - x) + w) / self.determinant()
    }

    /// ∫₀^∞ |h₁| \[ms\] of a stable equilibrium, from the zeros of h₁: tanh(√D t)/√D = −1/(m + μ) has at most one solution
    /// for D ≥ 0; for D < 0 they are π/√−D apart, and the lobes between them form a geometric series.
    pub(super) fn absolute_integral(&self) -> f64 {
        let (m, d) = (self.mean(), self.discriminant());
        let lean = -(m + self.mu);
        let total = self.mu / self.determinant();
        if d < 0.0 {
            let omega = (-d).sqrt();
            let first = omega.atan2(lean) / omega;
            let second = first + std::f64::consts::PI / omega;
            let (to_first, to_second) = (self.integral(first), self.integral(second));
            let ratio = (m * std::f64::consts::PI / omega).exp();
            return to_first + (to_second - to_first).abs() / (1.0 - ratio);
        }
        let y = d.sqrt() / lean;
        if !(0.0..1.0).contains(&y) || lean <= 0.0 {
            return total;
        }
        // atanh(y)/y = 1 + y²/3 + …, without 0/0 at a double eigenvalue.
        let stretch = if y < 1e-4 { 1.0 + y * y / 3.0 } else { y.atanh() / y };
        2.0 * self.integral(stretch / lean) - total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branches_of_the_hyperbolic_functions_join() {
        for z in [1.0, -1.0f64] {
            let (inside, outside) = (hyperbolic(z), hyperbolic(z * (1.0 + f64::EPSILON)));
            // Both are smooth with slopes below 1; each value is off by a few ulp of 1.
            assert!((inside.0 - outside.0).abs() < 8.0 * f64::EPSILON, "{z}");
            assert!((inside.1 - outside.1).abs() < 8.0 * f64::EPSILON, "{z}");
        }
        assert_eq!(hyperbolic(0.0), (1.0, 1.0));
    }

    #[test]
    fn the_absolute_integral_is_that_of_a_fine_sum_for_every_kind_of_eigenvalues() {
        // Real, complex, double (α = −2, μ = 0.5: D = 0.5625 − a b), positive throughout (b < 0), no leak.
        for (alpha, mu, ab) in
            [(-0.6, 0.02, 0.004), (-0.2, 0.1, 0.026), (-2.0, 0.5, 0.5625), (-0.6, 0.02, -0.004), (-0.5, 0.0, 0.01)]
        {
            let linear = Linear { alpha, mu, ab };
            let (h, end) = (1e-3, 2000.0);
            let sum: f64 = (0..(end / h) as u64).map(|n| linear.impulse_response((n as f64 + 0.5) * h).0.abs()).sum();
            // Midpoint rule: h²/24 times the total variation of h₁', which is below 4 for these, plus at most h²·|h₁'| for
            // each kink of |h₁|; the tail beyond the end is below e^{−0.02·2000}.
            assert!((linear.absolute_integral() - h * sum).abs() < 5.0 * h * h, "{linear:?}");
        }
    }
}
