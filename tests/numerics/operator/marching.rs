//! Marching with other kernels, against ODE systems and against the Mittag-Leffler relaxation of a linear problem.

use rustfft::num_complex::Complex;
use spikestep::operator::{Kernel, Recovery, RecoveryVariable, march};
use spikestep::truth::taylor;
use spikestep::{Neuron, Stimulus};

use crate::common::{CELLS, constant_input, largest_error};

const TWO: [RecoveryVariable; 2] = [
    RecoveryVariable { rate: 0.03, weight: 0.005, initial: -11.0, jump: 5.0 },
    RecoveryVariable { rate: 0.004, weight: 0.0002, initial: -3.0, jump: 1.5 },
];

/// Spike times \[ms\] of v' = k2 v² + k1 v + k0 − Σ u_i + 10, u_i' = w_i v − λ_i u_i from v = −65 mV, in 300 ms: the classical
/// Runge-Kutta method at 1 µs with each spike found by bisection, slow and obvious. Its error falls with the fourth power of
/// the step, which for FS leaves below 1e-9 ms.
fn judge(n: &Neuron, recovery: &[RecoveryVariable]) -> Vec<f64> {
    type Variables = [f64; 3];
    let field = |x: &Variables| -> Variables {
        let mut slope = [n.k2 * x[0] * x[0] + n.k1 * x[0] + n.k0 + 10.0, 0.0, 0.0];
        for (i, r) in recovery.iter().enumerate() {
            slope[0] -= x[i + 1];
            slope[i + 1] = r.weight * x[0] - r.rate * x[i + 1];
        }
        slope
    };
    let add = |x: &Variables, h: f64, y: &Variables| -> Variables { std::array::from_fn(|i| x[i] + h * y[i]) };
    let step = |x: &Variables, h: f64| -> Variables {
        let a = field(x);
        let b = field(&add(x, 0.5 * h, &a));
        let c = field(&add(x, 0.5 * h, &b));
        let d = field(&add(x, h, &c));
        std::array::from_fn(|i| x[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]))
    };
    // Times count steps since the last spike, so that their rounding does not add up.
    let (mut x, mut since, mut steps, mut spikes) = ([-65.0, 0.0, 0.0], 0.0, 0, Vec::new());
    recovery.iter().enumerate().for_each(|(i, r)| x[i + 1] = r.initial);
    loop {
        let t = since + 1e-3 * f64::from(steps);
        if t >= 300.0 {
            return spikes;
        }
        let mut h = 1e-3;
        steps += 1;
        let mut end = step(&x, h);
        if end[0] >= n.peak {
            let mut below = 0.0;
            for _ in 0..50 {
                let middle = 0.5 * (below + h);
                if step(&x, middle)[0] >= n.peak { h = middle } else { below = middle }
            }
            end = step(&x, h);
            spikes.push(t + h);
            (since, steps) = (t + h, 0);
            end[0] = n.c;
            recovery.iter().enumerate().for_each(|(i, r)| end[i + 1] += r.jump);
        }
        x = end;
    }
}

#[test]
fn the_judge_with_one_variable_is_the_truth() {
    for (_, n) in CELLS {
        let own = RecoveryVariable { rate: n.a, weight: n.a * n.b, initial: -13.0, jump: n.d };
        let spikes = judge(&n, &[own]);
        let truth = taylor::solve(&constant_input(n, 10.0, 300.0), taylor::TOLERANCE);
        assert_eq!(spikes.len(), truth.spikes.len());
        assert!(largest_error(&spikes, truth.spikes.times()) < 1e-9);
    }
}

/// Largest spike-time errors of marching at dt, dt/2, dt/4, … against `truth`.
fn errors(neuron: &Neuron, recovery: &Recovery, truth: &[f64], dts: &[f64]) -> Vec<(f64, Vec<f64>)> {
    dts.iter()
        .map(|&dt| {
            let run = march(neuron, recovery, &Stimulus::constant(10.0), -65.0, dt, 300.0).unwrap();
            assert_eq!(run.spikes.len(), truth.len(), "dt {dt}");
            (largest_error(run.spikes.times(), truth), run.spikes.times().to_vec())
        })
        .collect()
}

#[test]
fn sums_of_exponentials_converge_to_their_ode_at_order_two() {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let truth = judge(&neuron, &TWO);
    assert!(truth.len() > 5);
    let found = errors(&neuron, &Recovery::several(&TWO).unwrap(), &truth, &[0.5, 0.25, 0.125, 0.0625]);
    for pair in found.windows(2) {
        let order = (pair[0].0 / pair[1].0).log2();
        // The recovery's time scale is 33 ms, but after a reset v relaxes in about 1/p = 0.3 ms: at 0.5 ms the next term
        // is not small.
        assert!((order - 2.0).abs() < 0.4, "order {order}");
    }
}

#[test]
fn the_general_engine_gives_what_the_recursion_gives() {
    // The same kernel, sampled finely: straight lines between samples are off by (0.02 · 0.0625)²/8 relative.
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(10.0);
    let exact = march(&neuron, &Recovery::izhikevich(&neuron, -13.0).unwrap(), &stimulus, -65.0, 0.125, 300.0).unwrap();
    let samples = (0..=4900).map(|n| 0.004 * (-0.02 * 0.0625 * f64::from(n)).exp()).collect();
    let kernel = Kernel::sampled(0.0625, samples).unwrap();
    let sampled =
        march(&neuron, &Recovery::of_kernel(kernel, -13.0, 8.0).unwrap(), &stimulus, -65.0, 0.125, 300.0).unwrap();
    assert_eq!(exact.spikes.len(), sampled.spikes.len());
    // 2e-7 relative of u ≈ 10 shifts a period of 50 ms (which changes by about 5 ms per mV/ms) by 1e-5 ms a spike.
    assert!(largest_error(exact.spikes.times(), sampled.spikes.times()) < 2e-4);
}

/// The inverse Laplace transform of `f` at `t` by the fixed Talbot contour with 24 nodes: about 12 digits.
///
/// Source: J. Abate, P. P. Valkó, Int. J. Numer. Meth. Eng. 60 (2004) 979–993.
fn talbot(f: impl Fn(Complex<f64>) -> Complex<f64>, t: f64) -> f64 {
    let m = 24;
    let r = 2.0 * f64::from(m) / (5.0 * t);
    let mut sum = 0.5 * (r * t).exp() * f(Complex::new(r, 0.0)).re;
    for k in 1..m {
        let theta = f64::from(k) * std::f64::consts::PI / f64::from(m);
        let cot = 1.0 / theta.tan();
        let s = Complex::new(r * theta * cot, r * theta);
        let sigma = Complex::new(1.0, theta + (theta * cot - 1.0) * cot);
        sum += ((s * t).exp() * f(s) * sigma).re;
    }
    r / f64::from(m) * sum
}

#[test]
fn the_contour_gives_the_mittag_leffler_function_of_its_series() {
    // E_{1/2}(−x) = Σ (−x)ᵏ/Γ(k/2 + 1), with Γ by recurrence from Γ(1) and Γ(3/2).
    let mut gamma = [1.0, std::f64::consts::PI.sqrt() / 2.0];
    let (x, mut power, mut series) = (0.8f64, 1.0, 0.0);
    for k in 0..80 {
        series += power / gamma[k % 2];
        gamma[k % 2] *= k as f64 / 2.0 + 1.0;
        power *= -x;
    }
    let contour = talbot(|s| s.powf(-0.5) / (s.powf(0.5) + 0.8), 1.0);
    assert!((contour - series).abs() < 1e-10, "{contour} {series}");
}

#[test]
fn fractional_recovery_below_threshold_relaxes_as_mittag_leffler() {
    // RS rests at v = −70, u = −14 without input. A small disturbance of v obeys y' = (2 k2 v + k1) y − z,
    // D^α z = a^α (b y − z), whose Laplace transform is y(0) / (s − λ + a^α b/(s^α + a^α)).
    let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let (alpha, epsilon, end) = (0.7, 1e-3, 40.0);
    let strength = rs.a.powf(alpha);
    let lambda = 2.0 * rs.k2 * -70.0 + rs.k1;
    let exact = talbot(|s| (s - lambda + strength * rs.b / (s.powf(alpha) + strength)).inv(), end);
    let recovery = Recovery::fractional(&rs, alpha, -14.0).unwrap();
    let error = |dt: f64| {
        let v = |sign: f64| {
            let run = march(&rs, &recovery, &Stimulus::constant(0.0), -70.0 + sign * epsilon, dt, end).unwrap();
            run.states.last().unwrap().v
        };
        // The symmetric difference is off the linear problem by (k2 ε/λ)², 1e-9.
        ((v(1.0) - v(-1.0)) / (2.0 * epsilon) - exact).abs()
    };
    let errors = [0.4, 0.2, 0.1].map(error);
    let scale = exact.abs();
    assert!(errors[2] < 2e-3 * scale, "{errors:?} of {exact}");
    for pair in errors.windows(2) {
        let order = (pair[0] / pair[1]).log2();
        // Between 1 + α, for the kink of u at the start, and 2; and the next term.
        assert!((1.5..2.4).contains(&order), "order {order} {errors:?}");
    }
}

#[test]
fn an_exponent_near_one_is_the_izhikevich_neuron() {
    let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let spikes = |recovery: Recovery| {
        march(&rs, &recovery, &Stimulus::constant(10.0), -65.0, 0.25, 200.0).unwrap().spikes.times().to_vec()
    };
    let own = spikes(Recovery::izhikevich(&rs, -13.0).unwrap());
    let distance = |alpha: f64| {
        let near = spikes(Recovery::fractional(&rs, alpha, -13.0).unwrap());
        assert_eq!(near.len(), own.len());
        largest_error(&near, &own)
    };
    let (near, nearer) = (distance(0.999), distance(0.9999));
    // Linear in 1 − α, down to what the two quadratures differ by.
    assert!(nearer < 0.2 * near && nearer < 0.1, "{near} {nearer}");
}
