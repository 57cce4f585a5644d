//! κ ∗ v and Σ κ(t − t_k) at the ends of panels of any length.

use super::kernel::{Kernel, exponential_moments};
use super::reconstruction::Reconstruction;
use super::signal::{Signal, Stretch};

/// Exponentials by recursion: the value of each, and what `length` ms do to it.
#[derive(Clone, Debug)]
pub(super) struct Decays {
    terms: Vec<Decay>,
    length: f64,
}

#[derive(Clone, Debug)]
struct Decay {
    weight: f64,
    rate: f64,
    value: f64,
    ratio: f64,
    moments: [f64; 4],
}

impl Decays {
    /// Those of a kernel that is a sum of exponentials.
    pub(super) fn of(kernel: &Kernel) -> Option<Self> {
        let decay = |(weight, rate)| Decay { weight, rate, value: 0.0, ratio: 1.0, moments: [0.0; 4] };
        Some(Decays { terms: kernel.as_exponentials()?.into_iter().map(decay).collect(), length: 0.0 })
    }

    /// Adds a panel of `length` ms on which v is Σ c_k yᵏ, y the lag from its end over its length; the sum at its end.
    pub(super) fn push(&mut self, length: f64, c: [f64; 4]) -> f64 {
        if length != self.length {
            self.length = length;
            for decay in &mut self.terms {
                decay.ratio = (-decay.rate * length).exp();
                decay.moments = exponential_moments(decay.weight, decay.rate, 0.0, length);
            }
        }
        self.terms.iter_mut().fold(0.0, |sum, decay| {
            decay.value = decay.ratio * decay.value + dot(decay.moments, c);
            sum + decay.value
        })
    }

    /// Moves `length` ms on, over which v is zero.
    fn advance(&mut self, length: f64) {
        self.push(length, [0.0; 4]);
    }

    /// The sum after `lag` ms without a panel.
    pub(super) fn after(&self, lag: f64) -> f64 {
        self.terms.iter().map(|decay| decay.value * (-decay.rate * lag).exp()).sum()
    }
}

/// (κ ∗ v)(t) at the ends of successive panels, v being a polynomial on each.
///
/// Exponential kernels by recursion, O(1) a panel; others by the sum over all panels so far, O(N).
#[derive(Clone, Debug)]
pub(super) enum PanelConvolution {
    Recursive(Decays),
    Direct { kernel: Kernel, panels: Vec<(f64, f64, [f64; 4])>, end: f64 },
}

impl PanelConvolution {
    pub(super) fn new(kernel: &Kernel) -> Self {
        Decays::of(kernel).map_or_else(
            || PanelConvolution::Direct { kernel: kernel.clone(), panels: Vec::new(), end: 0.0 },
            PanelConvolution::Recursive,
        )
    }

    /// Adds a panel of `length` ms on which v is Σ c_k yᵏ, y the lag from its end over its length; the value at its end.
    pub(super) fn push(&mut self, length: f64, c: [f64; 4]) -> f64 {
        match self {
            PanelConvolution::Recursive(decays) => decays.push(length, c),
            PanelConvolution::Direct { kernel, panels, end } => {
                *end += length;
                panels.push((*end, length, c));
                let last = panels.len() - 1;
                let part = |(i, &(panel_end, length, c)): (usize, &(f64, f64, [f64; 4]))| {
                    // The newest panel begins at lag 0 exactly, where a kernel may be singular.
                    let lag = if i == last { 0.0 } else { *end - panel_end };
                    dot(kernel.moments(lag, length), c)
                };
                panels.iter().enumerate().map(part).sum()
            }
        }
    }
}

pub(super) fn dot(moments: [f64; 4], c: [f64; 4]) -> f64 {
    moments[0] * c[0] + moments[1] * c[1] + moments[2] * c[2] + moments[3] * c[3]
}

impl Kernel {
    /// (κ ∗ v)(t) at every sample of `signal`, one list a stretch, by product integration: v between the samples as `how` says
    /// ([`Reconstruction::Arc`] as a straight line), integrated against the kernel exactly, never across a spike.
    ///
    /// Costs O(N) for sums of exponentials, O(N²) for others.
    pub fn convolve(&self, signal: &Signal, how: Reconstruction) -> Vec<Vec<f64>> {
        let mut engine = PanelConvolution::new(self);
        let mut last = 0.0;
        let mut stretch_values = |stretch: &Stretch| {
            let mut values = vec![last];
            for j in 0..stretch.times.len() - 1 {
                let c = how.polynomial(&stretch.times, &stretch.values, j);
                last = engine.push(stretch.times[j + 1] - stretch.times[j], c);
                values.push(last);
            }
            values
        };
        signal.stretches().iter().map(&mut stretch_values).collect()
    }
}

/// Σ_k κ(t − t_k) at the ends of successive panels, for impulses between them.
#[derive(Clone, Debug)]
pub(super) enum Impulses {
    Recursive(Decays),
    Direct { kernel: Kernel, ages: Vec<f64> },
}

impl Impulses {
    pub(super) fn new(kernel: &Kernel) -> Self {
        Decays::of(kernel)
            .map_or_else(|| Impulses::Direct { kernel: kernel.clone(), ages: Vec::new() }, Impulses::Recursive)
    }

    /// Adds a unit impulse at the present time.
    pub(super) fn kick(&mut self) {
        match self {
            Impulses::Recursive(decays) => decays.terms.iter_mut().for_each(|decay| decay.value += decay.weight),
            Impulses::Direct { ages, .. } => ages.push(0.0),
        }
    }

    /// Moves `length` ms on.
    pub(super) fn advance(&mut self, length: f64) {
        match self {
            Impulses::Recursive(decays) => decays.advance(length),
            Impulses::Direct { ages, .. } => ages.iter_mut().for_each(|age| *age += length),
        }
    }

    /// The sum now, from the right.
    pub(super) fn value(&self) -> f64 {
        match self {
            Impulses::Recursive(decays) => decays.terms.iter().map(|decay| decay.value).sum(),
            Impulses::Direct { kernel, ages } => ages.iter().map(|&age| kernel.value(age)).sum(),
        }
    }
}
