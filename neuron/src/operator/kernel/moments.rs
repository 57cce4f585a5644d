//! Exact moments of exponentials and power laws over a panel of lags.

/// M_k of weight · e^{−rate t}; see [`Kernel::moments`](super::Kernel::moments).
pub(in crate::operator) fn exponential_moments(weight: f64, rate: f64, start: f64, length: f64) -> [f64; 4] {
    let z = -rate * length;
    let scale = weight * length * (-rate * start).exp();
    unit_exponential_moments(z).map(|m| scale * m)
}

/// μ_k(z) = ∫₀¹ e^{z y} yᵏ dy. They obey μ_k = (e^z − k μ_{k−1})/z: upwards this divides by z, downwards it multiplies by it,
/// so that the direction is chosen by the size of z.
fn unit_exponential_moments(z: f64) -> [f64; 4] {
    let exp = z.exp();
    let mut mu = [0.0; 4];
    if z.abs() < 2.0 {
        // μ₃ = Σ zⁿ/(n! (n + 4)); 2²⁸/28!/32 < 1e-22.
        mu[3] = (0..28).rev().fold(0.0, |sum, n| {
            // Horner's rule on Σ zⁿ/n! · 1/(n+4), the factorials taken along in the step.
            1.0 / f64::from(n + 4) + z * sum / f64::from(n + 1)
        });
        for k in (1..4).rev() {
            mu[k - 1] = (exp - z * mu[k]) / k as f64;
        }
    } else {
        mu[0] = z.exp_m1() / z;
        for k in 1..4 {
            mu[k] = (exp - k as f64 * mu[k - 1]) / z;
        }
    }
    mu
}

/// M_k of weight · t^{α−1}/Γ(α).
pub(super) fn power_moments(weight: f64, alpha: f64, start: f64, length: f64) -> [f64; 4] {
    let scale = weight * length.powf(alpha) / gamma(alpha);
    let r = start / length;
    let unit = if r == 0.0 {
        [0, 1, 2, 3].map(|k| 1.0 / (alpha + f64::from(k)))
    } else if r < 1.0 {
        // With x = r + y: ∫ x^{α−1} (x − r)ᵏ dx, expanded. As r < 1 the terms do not cancel by more than a digit.
        let [p0, p1, p2, p3] = [0, 1, 2, 3].map(|k| alpha + f64::from(k)).map(|e| ((1.0 + r).powf(e) - r.powf(e)) / e);
        [p0, p1 - r * p0, p2 - 2.0 * r * p1 + r * r * p0, p3 - 3.0 * r * p2 + 3.0 * r * r * p1 - r * r * r * p0]
    } else {
        // The singularity lies at least a panel away: the kernel is analytic in an ellipse with ρ ≥ 3 + √8, and twelve
        // points leave an error of ρ⁻²⁴ < 1e-18.
        let mut sum = [0.0; 4];
        for (y, w) in GAUSS_12 {
            let mut term = w * (r + y).powf(alpha - 1.0);
            for s in &mut sum {
                *s += term;
                term *= y;
            }
        }
        sum
    };
    unit.map(|m| scale * m)
}

/// Nodes and weights of the Gauss-Legendre rule of twelve points on [0, 1].
const GAUSS_12: [(f64, f64); 12] = {
    // Abramowitz & Stegun, table 25.4, on [−1, 1].
    const HALF: [(f64, f64); 6] = [
        (0.125_233_408_511_468_92, 0.249_147_045_813_402_79),
        (0.367_831_498_998_180_19, 0.233_492_536_538_354_81),
        (0.587_317_954_286_617_45, 0.203_167_426_723_065_92),
        (0.769_902_674_194_304_69, 0.160_078_328_543_346_23),
        (0.904_117_256_370_474_86, 0.106_939_325_995_318_43),
        (0.981_560_634_246_719_25, 0.047_175_336_386_511_83),
    ];
    let mut rule = [(0.0, 0.0); 12];
    let mut i = 0;
    while i < 6 {
        let (x, w) = HALF[i];
        rule[5 - i] = (0.5 - 0.5 * x, 0.5 * w);
        rule[6 + i] = (0.5 + 0.5 * x, 0.5 * w);
        i += 1;
    }
    rule
};

/// Γ(x) for x > 0 by the Lanczos approximation (g = 7, nine terms), good to about 1e-15.
///
/// Source: C. Lanczos, SIAM J. Numer. Anal. B 1 (1964) 86–96; coefficients of P. Godfrey.
pub(crate) fn gamma(x: f64) -> f64 {
    const TERMS: [f64; 9] = [
        0.999_999_999_999_809_93,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_13,
        -176.615_029_162_140_59,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_571_6e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return std::f64::consts::PI / ((std::f64::consts::PI * x).sin() * gamma(1.0 - x));
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let sum = (1..9).fold(TERMS[0], |sum, i| sum + TERMS[i] / (x + i as f64));
    (2.0 * std::f64::consts::PI).sqrt() * t.powf(x + 0.5) * (-t).exp() * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moments by composite Gauss: 64 panels of twelve points leave nothing but rounding for a smooth kernel.
    fn by_quadrature(kernel: impl Fn(f64) -> f64, start: f64, length: f64) -> [f64; 4] {
        let mut sum = [0.0; 4];
        for panel in 0..64 {
            for (x, w) in GAUSS_12 {
                let y = (f64::from(panel) + x) / 64.0;
                for (k, s) in sum.iter_mut().enumerate() {
                    *s += w / 64.0 * length * kernel(start + length * y) * y.powi(k as i32);
                }
            }
        }
        sum
    }

    #[test]
    fn moments_are_the_integrals() {
        for (rate, start, length) in [(0.02, 0.0, 0.5), (3.0, 0.2, 1.5), (-0.4, 1.0, 6.0), (0.0, 5.0, 0.1)] {
            let exact = exponential_moments(0.7, rate, start, length);
            let sums = by_quadrature(|t| 0.7 * (-rate * t).exp(), start, length);
            for (e, s) in exact.iter().zip(sums) {
                // Both round: some ulp of the sum of 768 positive terms, and up to 3!/2³ ulp of the recurrence.
                assert!((e - s).abs() < 1e-13 * s.abs(), "{rate} {start} {length}: {exact:?} {sums:?}");
            }
        }
        for (alpha, start, length) in [(0.3, 0.4, 0.5), (0.8, 0.5, 0.5), (0.5, 40.0, 0.1), (2.0, 0.3, 2.0)] {
            let exact = power_moments(1.3, alpha, start, length);
            let sums = by_quadrature(|t| 1.3 * t.powf(alpha - 1.0) / gamma(alpha), start, length);
            for (e, s) in exact.iter().zip(sums) {
                assert!((e - s).abs() < 1e-13 * s.abs(), "{alpha} {start} {length}: {exact:?} {sums:?}");
            }
        }
    }

    #[test]
    fn gamma_at_known_arguments() {
        let pi = std::f64::consts::PI;
        for (x, exact) in
            [(0.5, pi.sqrt()), (1.0, 1.0), (5.0, 24.0), (1.5, pi.sqrt() / 2.0), (0.25, 3.625_609_908_221_908_3)]
        {
            assert!((gamma(x) / exact - 1.0).abs() < 3e-15, "{x}");
        }
    }
}
