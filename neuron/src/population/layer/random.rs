//! BindsNET's random layers.
//!
//! ```text
//! excitatory:  a = 0.02,           b = 0.2,            c = −65 + 15 r²,   d = 8 − 6 r²,   S[·, j] = r'/2
//! inhibitory:  a = 0.02 + 0.08 r,  b = 0.25 − 0.05 r,  c = −65,           d = 2,          S[·, j] = −r'
//! ```
//!
//! r is uniform on [0, 1) for each neuron, r' for each weight; the excitatory ones come first. The distributions are those of
//! E. M. Izhikevich, IEEE Trans. Neural Networks 14 (2003) 1569, fig. 3; the peak is BindsNET's, 45 mV, not the paper's 30.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Geometric};

use super::spec::LayerSpec;
use crate::Neuron;
use crate::error::{Error, Result, refuse_if, shown};
use crate::population::Weights;

/// How many lateral weights a random layer has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RandomWeights {
    /// No lateral weights.
    None,
    /// Between all pairs, a neuron and itself included: BindsNET's.
    Dense,
    /// Each pair with this probability, in (0, 1].
    Sparse(f64),
}

impl LayerSpec {
    /// `n` neurons with BindsNET's distributions, the first ⌊n · `excitatory`⌋ excitatory. The numbers depend on the `seed` alone
    /// (ChaCha8; first the neurons, then the weights from each neuron in turn), not on the machine.
    ///
    /// # Errors
    /// An excitatory fraction outside [0, 1], a probability outside (0, 1], no neuron.
    pub fn random(n: usize, excitatory: f64, weights: RandomWeights, seed: u64) -> Result<Self> {
        let mend = "Give the part of the neurons that is excitatory, such as 0.8.";
        refuse_if!(!(0.0..=1.0).contains(&excitatory), "excitatory fraction", shown(excitatory), "0 to 1", mend);
        let first_inhibitory = (n as f64 * excitatory) as usize;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let neurons: Vec<Neuron> = (0..n)
            .map(|i| {
                let r: f64 = rng.random();
                let neuron = if i < first_inhibitory {
                    Neuron::new(0.02, 0.2, -65.0 + 15.0 * (r * r), 8.0 - 6.0 * (r * r))
                } else {
                    Neuron::new(0.02 + 0.08 * r, 0.25 - 0.05 * r, -65.0, 2.0)
                };
                neuron.with_peak(Self::THRESH)
            })
            .collect();
        let weight = |pre: usize, rng: &mut ChaCha8Rng| {
            let r: f64 = rng.random();
            if pre < first_inhibitory { 0.5 * r } else { -r }
        };
        let lateral = match weights {
            RandomWeights::None => None,
            RandomWeights::Dense => {
                let values = (0..n).flat_map(|pre| std::iter::repeat_n(pre, n)).map(|pre| weight(pre, &mut rng));
                Some(Weights::dense(n, n, values.collect())?)
            }
            RandomWeights::Sparse(probability) => {
                // The gap to the next pair that is there is geometric.
                let gap = Geometric::new(probability).ok().filter(|_| probability > 0.0).ok_or_else(|| {
                    let mend = "Give the part of the pairs that is connected, such as 0.01.";
                    Error::invalid("connection probability", shown(probability), "above 0, at most 1", mend)
                })?;
                let (mut starts, mut targets, mut values) = (vec![0], Vec::new(), Vec::new());
                for pre in 0..n {
                    let mut post = gap.sample(&mut rng);
                    while post < n as u64 {
                        targets.push(post as u32);
                        values.push(weight(pre, &mut rng));
                        post = post.saturating_add(1).saturating_add(gap.sample(&mut rng));
                    }
                    starts.push(values.len());
                }
                Some(Weights::csr(n, n, starts, targets, values)?)
            }
        };
        let mut spec = LayerSpec::new(neurons);
        spec.excitatory = (0..n).map(|i| i < first_inhibitory).collect();
        spec.lateral = lateral;
        Ok(spec)
    }
}
