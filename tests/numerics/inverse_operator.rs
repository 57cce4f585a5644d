//! The inverse operator: its kernels against each other, against convolutions and against the truth.

use nalgebra::Complex;
use spikestep::model::{CellType, FiringPattern};
use spikestep::operator::inverse::InverseOperator;
use spikestep::truth::taylor;
use spikestep::{Neuron, Piece, Problem, Side, Sinusoid, Stimulus};

type C = Complex<f64>;

fn cell(name: &str) -> Neuron {
    CellType::find(name).unwrap().neuron
}

/// A stable node with very different eigenvalues, a stable focus, and the focus with leak = 0.
fn operators() -> [(&'static str, InverseOperator); 3] {
    let without_leak = Neuron { leak: 0.0, b0: 13.0, ..cell("RS") };
    [("RS", cell("RS")), ("RZ", cell("RZ")), ("no leak", without_leak)]
        .map(|(name, neuron)| (name, InverseOperator::about(&neuron, 0.0).unwrap()))
}

fn pulse(height: f64, start: f64, width: f64) -> Stimulus {
    let piece = |start, value| Piece { start, value, slope: 0.0 };
    Stimulus::piecewise_linear(vec![piece(start, height), piece(start + width, 0.0)]).unwrap()
}

/// Nodes and weights of Gauss–Legendre quadrature with 10 points on [-1, 1] (Abramowitz & Stegun, table 25.4).
const GAUSS: [(f64, f64); 5] = [
    (0.148_874_338_981_631_21, 0.295_524_224_714_752_87),
    (0.433_395_394_129_247_19, 0.269_266_719_309_996_36),
    (0.679_409_568_299_024_41, 0.219_086_362_515_982_04),
    (0.865_063_366_688_984_51, 0.149_451_349_150_580_59),
    (0.973_906_528_517_171_72, 0.066_671_344_308_688_14),
];

/// Nodes and weights on the panels between `edges`.
fn quadrature(edges: &[f64]) -> Vec<(f64, f64)> {
    let panel = |w: &[f64]| {
        let (middle, half) = (0.5 * (w[0] + w[1]), 0.5 * (w[1] - w[0]));
        GAUSS.map(|(x, weight)| [(middle - half * x, half * weight), (middle + half * x, half * weight)]).concat()
    };
    edges.windows(2).flat_map(panel).collect()
}

#[test]
fn the_first_transfer_function_is_the_response_of_the_neuron_to_a_small_sinusoid() {
    for (name, operator) in operators() {
        for omega in [0.01, 0.15, 1.0] {
            let amplitude = 1e-4 * operator.guaranteed_amplitude();
            let sinusoid = Sinusoid { start: 0.0, amplitude: 1.0, omega, phase: 0.0 };
            let input = operator.whole_input(&Stimulus::constant(0.0).with_sinusoid(sinusoid), amplitude).unwrap();
            // The slowest eigenvalue decays to e^-25 before the measurement begins.
            let slowest = operator.equilibrium().eigenvalues.map(|l| -l.re).into_iter().fold(f64::INFINITY, f64::min);
            let settled = 25.0 / slowest;
            let period = std::f64::consts::TAU / omega;
            let initial = operator.equilibrium().state;
            let problem = Problem { neuron: *operator.neuron(), stimulus: input, initial, duration: settled + period };
            let truth = taylor::solve(&problem, taylor::TOLERANCE);
            let mut cursor = truth.cursor();
            // The Fourier coefficient over one period by the trapezoidal rule: the harmonics below 64 do not enter.
            let mut sum = C::new(0.0, 0.0);
            for k in 0..64 {
                let t = settled + period * f64::from(k) / 64.0;
                sum += C::from_polar((cursor.state(t).v - initial.v) / 32.0, -omega * t);
            }
            // Im(H e^{iwt}) has the coefficient -i H.
            let measured = sum * C::new(0.0, 1.0) / amplitude;
            let expected = operator.transfer(&[C::new(0.0, omega)]).unwrap();
            // The next contribution at this frequency is of third order: relative 3/4 |H3/H1| A^2 <= A^2/A_g^2, 1e-8; the
            // rounding of v, 1e-14, is 1e-14/(A |H1|). e^-25 = 1.4e-11 of the transient remains.
            let scale = operator.first_order_gain();
            let allowed = 2e-8 * scale + 1e-12 / amplitude;
            assert!((measured - expected).norm() < allowed, "{name} {omega}: {measured} {expected} {allowed}");
        }
    }
}

#[test]
fn kernels_are_symmetric_and_causal_in_time_and_in_frequency() {
    let times = [0.7, 2.5, 1.1, 6.0];
    let frequencies = [C::new(0.1, 0.2), C::new(0.0, -0.4), C::new(0.3, 0.0), C::new(0.05, 1.0)];
    for (name, operator) in operators() {
        for n in 1..=4 {
            let (mut t, mut s) = (times[..n].to_vec(), frequencies[..n].to_vec());
            let (h, transfer) = (operator.kernel(&t).unwrap(), operator.transfer(&s).unwrap());
            assert!(h != 0.0);
            for _ in 0..n {
                t.rotate_left(1);
                s.rotate_left(1);
                assert_eq!(operator.kernel(&t).unwrap(), h, "{name} {t:?}");
                // Sums of at most 14 terms in another order.
                assert!((operator.transfer(&s).unwrap() - transfer).norm() < 1e-13 * transfer.norm(), "{name} {n}");
            }
            t.swap(0, n - 1);
            assert_eq!(operator.kernel(&t).unwrap(), h);
            t[n / 2] = -1e-9;
            assert_eq!(operator.kernel(&t).unwrap(), 0.0, "{name}: an effect before its cause");
        }
        // The response starts with the input.
        let x = operator.response(&pulse(1.0, 3.0, 2.0), &[0.0, 2.9, 3.0, 3.1], 4).unwrap();
        assert!(x.iter().all(|x| x[..3] == [0.0; 3]) && x.iter().all(|x| x[3] > 0.0), "{name} {x:?}");
    }
}

/// The Laplace transform of h_n at real `s` over t_1 > t_2 > … > t_n and all other orders of the times, which are equal in
/// number to the permutations of `s`.
fn laplace(operator: &InverseOperator, s: &[f64], nodes: &[(f64, f64)]) -> f64 {
    // In t_n and the differences of times h_n is smooth: t_k = d_k + … + d_n.
    let n = s.len();
    let mut total = 0.0;
    let mut index = vec![0; n];
    let orders = permutations(n);
    loop {
        let mut times = vec![0.0; n];
        let mut weight = 1.0;
        let mut time = 0.0;
        for (k, &i) in index.iter().enumerate() {
            time += nodes[i].0;
            times[n - 1 - k] = time;
            weight *= nodes[i].1;
        }
        let sum: f64 = orders.iter().map(|o| (-o.iter().zip(&times).map(|(i, t)| s[*i] * t).sum::<f64>()).exp()).sum();
        total += weight * sum * operator.kernel(&times).unwrap();
        let Some(k) = index.iter().position(|i| i + 1 < nodes.len()) else { return total };
        index[k] += 1;
        index[..k].fill(0);
    }
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    match n {
        0 => vec![vec![]],
        _ => permutations(n - 1)
            .into_iter()
            .flat_map(|p| (0..n).map(move |at| [&p[..at], &[n - 1], &p[at..]].concat()))
            .collect(),
    }
}

#[test]
fn the_transfer_functions_are_the_laplace_transforms_of_the_kernels() {
    // Ten-point Gauss on a panel of length L misses (r L)^20 (10!)^4/(21 (20!)^3) = 6e-31 (r L)^20 of an exponential of rate
    // r. The fastest here is r = 3.5 + 3 · 0.6 = 5.3 per ms, which has decayed by e^{-rT} where a panel starts at T: 2e-15,
    // 4e-16, 3e-14, 5e-16, … on these panels in turn, and less than 1e-15 for slower ones on the later panels. What is
    // cut off has decayed by e^{-0.8 · 45} = 2e-16, in each difference of times. Three dimensions triple that, and terms of
    // h_3 are up to a few hundred times as large as their sum: 1e-10.
    let edges = [0.0, 1.1, 2.5, 5.0, 9.0, 16.0, 30.0, 45.0];
    let nodes = quadrature(&edges);
    for (name, operator) in &operators()[..2] {
        for s in [&[0.8][..], &[0.8, 1.3], &[1.0, 0.8, 1.7]] {
            let here = laplace(operator, s, &nodes);
            let frequencies: Vec<C> = s.iter().map(|s| C::new(*s, 0.0)).collect();
            let expected = operator.transfer(&frequencies).unwrap();
            assert!((here - expected.re).abs() < 1e-10 * expected.re.abs(), "{name} {s:?}: {here} {expected}");
            assert_eq!(expected.im, 0.0);
        }
    }
}

#[test]
fn the_cascade_is_the_convolution_with_the_kernels() {
    // i = 1 from 0.5 to 2.5 ms, then a ramp that falls from 0.5 to zero at 4.5 ms.
    let input = Stimulus::piecewise_linear(vec![
        Piece { start: 0.5, value: 1.0, slope: 0.0 },
        Piece { start: 2.5, value: 0.5, slope: -0.25 },
        Piece { start: 4.5, value: 0.0, slope: 0.0 },
    ])
    .unwrap();
    let t = 6.0;
    // Times since the input's breakpoints; both factors are smooth between them where times are in order.
    let edges = [t - 4.5, t - 2.5, t - 0.5];
    for (name, operator) in operators() {
        let x = operator.response(&input, &[t], 3).unwrap();
        for n in 1..=3 {
            let sum = convolve(&operator, &input, t, &edges, n);
            // Gauss on panels of 2 ms and rates below 4/ms: (8)^20 · 6e-31 = 7e-13 relative, of integrals of at most the
            // size of the sum for all-positive factors.
            assert!((sum - x[n - 1][0]).abs() < 1e-11 * x[n - 1][0].abs(), "{name} {n}: {sum} {}", x[n - 1][0]);
        }
    }
}

/// ∫…∫ h_n(t_1, …) i(t − t_1) … over t_1 > t_2 > …, times n!: h_n has kinks where two times are equal.
fn convolve(operator: &InverseOperator, input: &Stimulus, t: f64, edges: &[f64], n: usize) -> f64 {
    fn level(
        operator: &InverseOperator,
        input: &Stimulus,
        t: f64,
        edges: &[f64],
        times: &mut Vec<f64>,
        left: usize,
    ) -> f64 {
        if left == 0 {
            return operator.kernel(times).unwrap();
        }
        let last = times.last().copied().unwrap_or(f64::INFINITY);
        let below: Vec<f64> =
            edges.iter().copied().filter(|e| *e < last).chain(Some(last).filter(|l| l.is_finite())).collect();
        let mut sum = 0.0;
        for (time, weight) in quadrature(&below) {
            times.push(time);
            sum += weight * input.value(t - time, Side::After) * level(operator, input, t, edges, times, left - 1);
            times.pop();
        }
        sum
    }
    (1..=n).product::<usize>() as f64 * level(operator, input, t, edges, &mut Vec::new(), n)
}

#[test]
fn an_unstable_equilibrium_is_refused_with_the_inputs_that_would_do() {
    let error = |neuron: &Neuron, input: f64| InverseOperator::about(neuron, input).unwrap_err().to_string();
    // Stability of RS ends at the Andronov–Hopf point, v = (a − 5)/0.08 = −62.25, just below the saddle-node at 4.
    let message = error(&cell("RS"), 10.0);
    assert!(message.contains("10 mV/ms (no equilibrium)") && message.contains("below 3.7975 mV/ms"), "{message}");
    // The resonator loses its rest at the Andronov–Hopf point, before the equilibrium is gone.
    let message = error(&cell("RZ"), 0.28);
    assert!(message.contains("unstable focus") && message.contains("below 0.2625 mV/ms"), "{message}");
    // Without leak, rest does not depend on the input: with b0 = 0 it would be at v = 0, on the rising branch.
    let message = error(&Neuron { leak: 0.0, ..cell("RS") }, 0.0);
    assert!(message.contains("this neuron has none"), "{message}");
    assert!(error(&cell("RS"), f64::NAN).contains("finite"));
    let operator = InverseOperator::about(&cell("RS"), 0.0).unwrap();
    assert!(operator.kernel(&[1.0; 5]).unwrap_err().to_string().contains("1 to 4"));
    assert!(operator.transfer(&[]).is_err() && operator.kernel(&[f64::NAN]).is_err());
    let zero = Stimulus::constant(0.0);
    assert!(operator.response(&zero, &[1.0, 0.5], 2).is_err() && operator.response(&zero, &[-1.0], 2).is_err());
    assert!(operator.response(&zero, &[1.0], 0).is_err());
}

#[test]
fn kernels_of_order_n_scale_with_the_curvature_to_the_power_n_minus_one() {
    // k2' = 3 k2 about the same v* with the same alpha: k1' = k1 − 2 (k2' − k2) v*, k0' from v' = 0.
    let neuron = cell("RS");
    let operator = InverseOperator::about(&neuron, 0.0).unwrap();
    let v = operator.equilibrium().state.v;
    let k2 = 3.0 * neuron.k2;
    let k1 = neuron.k1 - 2.0 * (k2 - neuron.k2) * v;
    let k0 = neuron.k0 + (k2 - neuron.k2) * v * v;
    let curved = InverseOperator::about(&Neuron { k2, k1, k0, ..neuron }, 0.0).unwrap();
    let times = [1.0, 2.0, 0.5, 3.0];
    let frequencies = [C::new(0.3, 0.1), C::new(0.2, -0.7), C::new(0.4, 0.0), C::new(1.0, 1.0)];
    for n in 1..=4 {
        let factor = 3f64.powi(n as i32 - 1);
        let time = curved.kernel(&times[..n]).unwrap() / operator.kernel(&times[..n]).unwrap();
        let frequency = curved.transfer(&frequencies[..n]).unwrap() / operator.transfer(&frequencies[..n]).unwrap();
        // alpha is the difference of numbers up to 22: off by 22 ulp = 5e-15 of 0.6, which times of 3 ms and n
        // exponents turn into 1e-13; kernels are sums of terms up to a few hundred times as large at order 4.
        assert!((time / factor - 1.0).abs() < 1e-10, "{n}: {time}");
        assert!((frequency / factor - 1.0).norm() < 1e-12, "{n}: {frequency}");
    }
}

#[test]
fn published_patterns_have_an_inverse_where_they_rest() {
    for letter in 'A'..='R' {
        let operator = InverseOperator::about(&FiringPattern::find(letter).unwrap().neuron, 0.0).unwrap();
        assert!(operator.equilibrium().eigenvalues.iter().all(|l| l.re < 0.0));
        assert_eq!(operator.kernel(&[0.0]).unwrap(), 1.0);
    }
    // S and T, induced to spike by inhibition, have a < 0 and rest only near the input they are held at, 80 mV/ms: from
    // α = μ = a, v = (a − 5)/0.08, down to the saddle-node at α = b = −1, v = −75.
    for (letter, lowest) in [('S', 78.9975), ('T', 79.070775)] {
        let neuron = FiringPattern::find(letter).unwrap().neuron;
        assert!(InverseOperator::about(&neuron, 80.0).is_ok());
        let message = InverseOperator::about(&neuron, 0.0).unwrap_err().to_string();
        assert!(message.contains(&format!("between {lowest:.4} and 85.0000 mV/ms")), "{message}");
        for (input, stable) in [(lowest - 1e-3, false), (lowest + 1e-3, true), (84.999, true), (85.001, false)] {
            assert_eq!(InverseOperator::about(&neuron, input).is_ok(), stable, "{letter} {input}");
        }
    }
}
