//! What the rounding of the neuron's decimal numbers to f64 does.
//!
//! W and K are defined with the f64 parameters, exactly. A parameter θ that was meant to be θ + δθ then perturbs the
//! vector field by g(t) δθ with the same unknown δθ throughout, and its effect p(t) obeys p' = A(t) p + g(t) δθ, with
//! the signs kept: summed step by step as if independent it would come out ten to a hundred times as large.

use crate::Neuron;
use crate::model::forcing::distance;
use crate::model::normal_form::NormalForm;
use crate::truth::residual::Reading;

/// The most parameters there are; p of each is a column.
pub(crate) const PARAMETERS: usize = 10;

/// Effect of one parameter's error, by its terms in W' and in K' and at a spike.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Effect {
    /// In W': factors of 1, W and W².
    pub(crate) w: [f64; 3],
    /// In K': factors of 1, W, K and D, the drive (see [`Forcing::drive`](crate::model::forcing::Forcing::drive)).
    pub(crate) k: [f64; 4],
    /// On W at the peak, and on W and K after a reset.
    pub(crate) peak: f64,
    pub(crate) reset: [f64; 2],
}

/// The effects of all parameters whose f64 may differ from the number meant, as `reading` says, each for the largest error δθ.
pub(crate) fn effects(n: &Neuron, system: &NormalForm, reading: Reading<'_>) -> Vec<Effect> {
    let NormalForm { alpha, beta, k2, half_k1, .. } = *system;
    let off = |name, x| distance(reading.named(name, x));
    let relative = |name, x: f64| if x == 0.0 { 0.0 } else { off(name, x) / x };
    let none = Effect::default();
    let (r_k2, r_a, r_leak) = (relative("k2", n.k2), relative("a", n.a), relative("leak", n.leak));
    let (d_k1, d_b) = (off("k1", n.k1), n.a * off("b", n.b));
    let all: [Effect; PARAMETERS] = [
        // k2 δ-relative times (k2 v)² = (W − k1/2)².
        Effect { w: [half_k1 * half_k1 * r_k2, -n.k1 * r_k2, r_k2], ..none },
        Effect { w: [-half_k1 * d_k1, d_k1, 0.0], ..none },
        Effect { w: [k2 * off("k0", n.k0), 0.0, 0.0], ..none },
        // −k2 (b v + b0 − leak u) = (D − β W − α K)/a.
        Effect { k: [0.0, -beta * r_a, -alpha * r_a, r_a], ..none },
        Effect { k: [d_b * half_k1, -d_b, 0.0, 0.0], ..none },
        Effect { k: [-k2 * n.a * off("b0", n.b0), 0.0, 0.0, 0.0], ..none },
        // k2 a u = (D − β k1/2 + k2 a b0 − α K)/leak.
        Effect { k: [(k2 * n.a * n.b0 - beta * half_k1) * r_leak, 0.0, -alpha * r_leak, r_leak], ..none },
        Effect { reset: [k2 * off("c", n.c), 0.0], ..none },
        Effect { reset: [0.0, -k2 * off("d", n.d)], ..none },
        Effect { peak: k2 * off("peak", n.peak), ..none },
    ];
    all.into_iter().filter(|effect| *effect != none).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Certificate;
    use super::*;
    use crate::truth::taylor::{TOLERANCE, run};
    use crate::{Piece, Problem, Sinusoid, State, Stimulus};

    /// Effect of every parameter on the state after several spikes, against central differences.
    #[test]
    fn the_columns_are_the_derivatives_by_the_parameters() {
        let neuron = Neuron {
            k2: 0.041,
            k1: 4.9,
            k0: 137.3,
            b0: 0.7,
            leak: 1.1,
            ..Neuron::new(0.021, 0.23, -60.3, 3.7).with_peak(30.3)
        };
        let pieces =
            vec![Piece { start: 3.0, value: 14.0, slope: 0.01 }, Piece { start: 31.0, value: 12.0, slope: 0.0 }];
        let sinusoid = Sinusoid { start: 5.0, amplitude: 2.0, omega: 0.3, phase: 0.5 };
        let stimulus = Stimulus::piecewise_linear(pieces).unwrap().with_sinusoid(sinusoid);
        let solve = |neuron: Neuron| {
            let problem =
                Problem { neuron, stimulus: stimulus.clone(), initial: State::new(-65.0, -13.0), duration: 60.0 };
            let mut certificate = Certificate::new(&problem, Reading::Decimal);
            let truth = run(&problem, TOLERANCE, Some(&mut certificate));
            (truth, certificate.columns)
        };
        let (truth, columns) = solve(neuron);
        assert!(truth.spikes.len() > 3, "{}", truth.spikes.len());

        type Access = fn(&mut Neuron) -> &mut f64;
        let parameters: [Access; PARAMETERS] = [
            |n| &mut n.k2,
            |n| &mut n.k1,
            |n| &mut n.k0,
            |n| &mut n.a,
            |n| &mut n.b,
            |n| &mut n.b0,
            |n| &mut n.leak,
            |n| &mut n.c,
            |n| &mut n.d,
            |n| &mut n.peak,
        ];
        for (i, parameter) in parameters.into_iter().enumerate() {
            let value = *parameter(&mut neuron.clone());
            let step = 1e-6 * value.abs();
            let at = |shift: f64| {
                let mut shifted = neuron;
                *parameter(&mut shifted) = value + shift;
                solve(shifted).0.state(60.0)
            };
            let (above, below) = (at(step), at(-step));
            // Both sides per unit of the parameter; (δW, δK) = k2 (δv, −δu).
            let by_difference =
                [(above.v - below.v) / (2.0 * step), -(above.u - below.u) / (2.0 * step)].map(|x| x * neuron.k2);
            let by_column = [columns.w[i], columns.k[i]].map(|x| x / distance(value.into()));
            // Central differences are good to step² and to rounding (1e-12 of the state) over the step: below 1e-5 of the
            // larger component.
            let size = by_difference[0].abs().max(by_difference[1].abs());
            for j in 0..2 {
                let error = (by_difference[j] - by_column[j]).abs();
                assert!(error < 1e-4 * size, "parameter {i}: {by_difference:?} {by_column:?}");
            }
        }
    }
}
