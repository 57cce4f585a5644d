//! Impulse responses that are functions of the lag: sums of exponentials, power laws, samples.
//!
//! A kernel κ(t) is zero for t < 0. What a quadrature needs of it are its moments over a panel of lags, which are exact here
//! for every kind, so that the weights of product integration are exact too (see [`moments`](Kernel::moments)).

#[cfg(feature = "files")]
mod csv;
mod moments;
mod sampled;

use std::fmt;

pub use sampled::SampledKernel;

use crate::error::{Error, Result, finite};
use crate::operator::short::{joint, short};
pub(super) use moments::exponential_moments;
use moments::{gamma, power_moments};

/// One term of a [`Kernel`].
#[derive(Clone, Debug, PartialEq)]
pub enum KernelTerm {
    /// An exponential, weight · e^{−rate t}.
    Exponential {
        /// The value of the exponential at t = 0.
        weight: f64,
        /// Decay rate \[1/ms\]; 0 makes it a constant.
        rate: f64,
    },
    /// weight · t^{exponent−1} / Γ(exponent): the kernel of the fractional integral of order `exponent` (Riemann-Liouville).
    Power {
        /// The weight of the power, in the unit of the kernel times ms^{−exponent}.
        weight: f64,
        /// Order of the integral, positive; below 1 the kernel is singular at 0.
        exponent: f64,
    },
    /// Samples joined by straight lines, zero after the last.
    Sampled(SampledKernel),
}

/// A causal impulse response: the sum of its terms. Its unit is that of the output per unit of the input and ms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kernel {
    terms: Vec<KernelTerm>,
}

impl Kernel {
    /// The kernel that is zero.
    pub const fn zero() -> Self {
        Kernel { terms: Vec::new() }
    }

    /// weight · e^{−rate t}, `rate` in 1/ms.
    ///
    /// # Errors
    /// Numbers that are not finite.
    pub fn exponential(weight: f64, rate: f64) -> Result<Self> {
        Self::exponentials([(weight, rate)])
    }

    /// Σ weight · e^{−rate t} over pairs (weight, rate \[1/ms\]).
    ///
    /// # Errors
    /// Numbers that are not finite.
    pub fn exponentials(pairs: impl IntoIterator<Item = (f64, f64)>) -> Result<Self> {
        let term = |(weight, rate)| -> Result<KernelTerm> {
            finite("weight of an exponential kernel", weight)?;
            finite("rate of an exponential kernel", rate)?;
            Ok(KernelTerm::Exponential { weight, rate })
        };
        Ok(Kernel { terms: pairs.into_iter().map(term).collect::<Result<_>>()? })
    }

    /// weight · t^{exponent−1} / Γ(exponent): memory that fades like a power of time.
    ///
    /// # Errors
    /// An exponent outside (0, 1), a weight that is not finite.
    pub fn power_law(weight: f64, exponent: f64) -> Result<Self> {
        finite("weight of a power-law kernel", weight)?;
        if !(exponent > 0.0 && exponent < 1.0) {
            return Err(Error::invalid(
                "exponent of a power-law kernel",
                exponent,
                "a number between 0 and 1, both excluded",
                "Take 0.5, say; at 1 the kernel is the constant Kernel::exponential(weight, 0).",
            ));
        }
        Ok(Kernel { terms: vec![KernelTerm::Power { weight, exponent }] })
    }

    /// The kernel weight · t, a straight line from 0.
    pub(super) fn ramp(weight: f64) -> Self {
        Kernel { terms: vec![KernelTerm::Power { weight, exponent: 2.0 }] }
    }

    /// A kernel from samples at 0, `spacing`, 2 `spacing`, … \[ms\], joined by straight lines, zero after the last.
    ///
    /// # Errors
    /// Fewer than two samples, samples or a spacing that are not finite, a spacing that is not positive.
    pub fn sampled(spacing: f64, values: Vec<f64>) -> Result<Self> {
        Ok(Kernel { terms: vec![KernelTerm::Sampled(SampledKernel::new(spacing, values)?)] })
    }

    /// The terms whose sum is the kernel.
    pub fn terms(&self) -> &[KernelTerm] {
        &self.terms
    }

    /// This kernel and another one, added.
    pub fn plus(mut self, other: Kernel) -> Self {
        self.terms.extend(other.terms);
        self
    }

    /// This kernel times `factor`.
    pub fn scaled(mut self, factor: f64) -> Self {
        for term in &mut self.terms {
            match term {
                KernelTerm::Exponential { weight, .. } | KernelTerm::Power { weight, .. } => *weight *= factor,
                KernelTerm::Sampled(samples) => samples.scale(factor),
            }
        }
        self
    }

    /// κ(t) at the lag `t` \[ms\]: zero for t < 0, infinite at 0 where it is singular.
    pub fn value(&self, t: f64) -> f64 {
        if t < 0.0 {
            return 0.0;
        }
        let value = |term: &KernelTerm| match term {
            KernelTerm::Exponential { weight, rate } => weight * (-rate * t).exp(),
            KernelTerm::Power { weight, exponent } => weight * t.powf(exponent - 1.0) / gamma(*exponent),
            KernelTerm::Sampled(samples) => samples.value(t),
        };
        self.terms.iter().map(value).sum()
    }

    /// The moments over a panel of lags, from `start` ≥ 0 over `length` \[ms\]:
    ///
    /// ```text
    /// M_k = length ∫₀¹ κ(start + length y) yᵏ dy,     k = 0 … 3
    /// ```
    ///
    /// Exact to rounding: exponentials and samples in closed form, power laws in closed form near the singularity and by a
    /// Gauss rule that is exact to rounding away from it.
    pub fn moments(&self, start: f64, length: f64) -> [f64; 4] {
        let mut sum = [0.0; 4];
        for term in &self.terms {
            let moments = match term {
                KernelTerm::Exponential { weight, rate } => exponential_moments(*weight, *rate, start, length),
                KernelTerm::Power { weight, exponent } => power_moments(*weight, *exponent, start, length),
                KernelTerm::Sampled(samples) => samples.moments(start, length),
            };
            for (s, m) in sum.iter_mut().zip(moments) {
                *s += m;
            }
        }
        sum
    }

    /// The pairs (weight, rate) where every term is an exponential: what the recursive engine can take.
    pub fn as_exponentials(&self) -> Option<Vec<(f64, f64)>> {
        let pair = |term: &KernelTerm| match term {
            KernelTerm::Exponential { weight, rate } => Some((*weight, *rate)),
            KernelTerm::Power { .. } | KernelTerm::Sampled(_) => None,
        };
        self.terms.iter().map(pair).collect()
    }

    /// κ(t)/κ(0): how what a reset adds dies away, when it decays as the kernel does.
    ///
    /// # Errors
    /// A kernel that is zero or singular at t = 0.
    pub fn relaxation(&self) -> Result<Kernel> {
        let at_zero = self.value(0.0);
        if at_zero == 0.0 || !at_zero.is_finite() {
            return Err(Error::invalid(
                "kernel at t = 0",
                at_zero,
                "a finite number other than 0, so that resets can decay as the kernel does",
                "Give the response to a reset its own kernel.",
            ));
        }
        Ok(self.clone().scaled(1.0 / at_zero))
    }

    /// Checks that the kernel can be used on the grid of step `dt` \[ms\] for `duration` ms.
    ///
    /// # Errors
    /// Samples on another grid (`dt` must be a whole number of their spacings), or that end before `duration` while the
    /// kernel is not yet below 1e-6 of its largest value.
    pub fn check_grid(&self, dt: f64, duration: f64) -> Result<()> {
        self.terms.iter().try_for_each(|term| match term {
            KernelTerm::Sampled(samples) => samples.check_grid(dt, duration),
            KernelTerm::Exponential { .. } | KernelTerm::Power { .. } => Ok(()),
        })
    }
}

/// The paper's notation: "0.004 e^(-0.02 t) θ".
impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return write!(f, "0");
        }
        for (i, term) in self.terms.iter().enumerate() {
            let joint = |weight: f64| joint(i == 0, weight < 0.0);
            match term {
                KernelTerm::Exponential { weight, rate } if *rate == 0.0 => {
                    write!(f, "{}{} θ", joint(*weight), short(weight.abs()))?;
                }
                KernelTerm::Exponential { weight, rate } => {
                    write!(f, "{}{} e^({} t) θ", joint(*weight), short(weight.abs()), short(-rate))?;
                }
                KernelTerm::Power { weight, exponent } if *exponent == 2.0 => {
                    write!(f, "{}{} t θ", joint(*weight), short(weight.abs()))?;
                }
                KernelTerm::Power { weight, exponent } => {
                    let (w, e) = (short(weight.abs()), short(*exponent));
                    write!(f, "{}{w} t^({e}-1)/Γ({e}) θ", joint(*weight))?;
                }
                KernelTerm::Sampled(samples) => write!(f, "{}{samples}", joint(0.0))?,
            }
        }
        Ok(())
    }
}
