//! What the rounding of the neuron's decimal numbers to f64 does.
//!
//! W and K are defined with the f64 parameters, exactly. A parameter θ that was meant to be θ + δθ then perturbs the
//! vector field by g(t) δθ with the same unknown δθ throughout, and its effect p(t) obeys p' = A(t) p + g(t) δθ, with
//! the signs kept: summed step by step as if independent it would come out ten to a hundred times as large.

use crate::truth::taylor::forcing::decimal;
use crate::truth::taylor::system::Normal;
use crate::Neuron;

/// The most parameters there are; p of each is a column.
pub(crate) const PARAMETERS: usize = 10;

/// Effect of one parameter's error, by its terms in W' and in K' and at a spike.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Effect {
    /// In W': factors of 1, W and W².
    pub(crate) w: [f64; 3],
    /// In K': factors of 1, W, K and D, the drive (see [`Forcing::drive`](crate::truth::taylor::forcing::Forcing::drive)).
    pub(crate) k: [f64; 4],
    /// On W at the peak, and on W and K after a reset.
    pub(crate) peak: f64,
    pub(crate) reset: [f64; 2],
}

/// The effects of all parameters whose f64 may differ from the number meant, each for the largest error δθ.
pub(crate) fn effects(n: &Neuron, system: &Normal) -> Vec<Effect> {
    let Normal { alpha, beta, k2, half_k1, .. } = *system;
    let relative = |x: f64| if x == 0.0 { 0.0 } else { decimal(x) / x };
    let none = Effect::default();
    let r_k2 = relative(n.k2);
    let (d_k1, r_a, d_b, r_leak) = (decimal(n.k1), relative(n.a), n.a * decimal(n.b), relative(n.leak));
    let all: [Effect; PARAMETERS] = [
        // k2 δ-relative times (k2 v)² = (W − k1/2)².
        Effect { w: [half_k1 * half_k1 * r_k2, -n.k1 * r_k2, r_k2], ..none },
        Effect { w: [-half_k1 * d_k1, d_k1, 0.0], ..none },
        Effect { w: [k2 * decimal(n.k0), 0.0, 0.0], ..none },
        // −k2 (b v + b0 − leak u) = (D − β W − α K)/a.
        Effect { k: [0.0, -beta * r_a, -alpha * r_a, r_a], ..none },
        Effect { k: [d_b * half_k1, -d_b, 0.0, 0.0], ..none },
        Effect { k: [-k2 * n.a * decimal(n.b0), 0.0, 0.0, 0.0], ..none },
        // k2 a u = (D − β k1/2 + k2 a b0 − α K)/leak.
        Effect { k: [(k2 * n.a * n.b0 - beta * half_k1) * r_leak, 0.0, -alpha * r_leak, r_leak], ..none },
        Effect { reset: [k2 * decimal(n.c), 0.0], ..none },
        Effect { reset: [0.0, -k2 * decimal(n.d)], ..none },
        Effect { peak: k2 * decimal(n.peak), ..none },
    ];
    all.into_iter().filter(Effect::is_some).collect()
}

impl Effect {
    fn is_some(&self) -> bool {
        self.w.iter().chain(&self.k).chain(&self.reset).chain([&self.peak]).any(|&x| x != 0.0)
    }
}
