//! How a spike reaches a neuron: what a weight delivers, over how long, and on which side of the update.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use super::real::Real;
use crate::error::{Error, Result, shown};

/// What a spike delivers; formulas at [`Synapse`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Delivery {
    /// The weight \[mV/ms\] is input of one step; the charge is weight · dt.
    #[default]
    Weight,
    /// The number of the weight matrix is a charge \[mV\], delivered in one step whatever its length.
    Charge,
    /// The number of the weight matrix is a charge \[mV\], delivered by a current that decays with the time constant `tau` \[ms\].
    Exponential {
        /// The time constant of the decay \[ms\].
        tau: f64,
    },
}

/// On which side of the update of a step its spikes act; formulas at [`Synapse`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrival {
    /// In the input of the step.
    #[default]
    Before,
    /// At the end of the step.
    After,
}

/// How the spikes of a connection reach its neurons; read from its name by `parse`: `weight`, `charge` or `exponential:5` (5 ms), with
/// `+after` where they act after the update.
///
/// A spike of step n, delayed by D steps, is *due* at the end of step m = n + D: D·dt after the end of the step it was found in.
/// What the spikes due then bring together is `q`, the sum over them of a number of the weight matrix. With the step dt:
///
/// ```text
/// delivery           numbers are      Before: in the input of step m            After: at the end of step m
/// weight             w [mV/ms]        x ← x + Σ w                               v ← v + dt Σ w
/// charge             q [mV]           x ← x + Σ q / dt                          v ← v + Σ q
/// exponential(τ)     q [mV]           s ← s + Σ q, then the decay               the decay, then s ← s + Σ q
///                                     the decay:  x ← x + (1 − e^{−dt/τ}) s/dt;   s ← e^{−dt/τ} s
/// ```
///
/// * **weight** is BindsNET's: the input of one step. Its charge is w·dt, so that halving dt halves the drive.
/// * **charge** keeps ∫ x dt = q whatever the step. A charge in mV is the weight in mV/ms that delivers it in a step of 1 ms:
///   numbers tuned for BindsNET at dt = 1 ms are charges as they stand.
/// * **exponential** is the current q/τ e^{−t/τ}, whose integral is q. s \[mV\] is the charge still to come. It is one number for each
///   neuron and connection, because the equation is linear. A step sees the mean of the current over it, which is what s loses in
///   it over dt; formed as that difference, the charge is kept to the rounding of the sum, for every dt and in both precisions.
///
/// **Before or after**, with the meaning of the question answered in `experiments/src/nest_2647.rs` (NEST issue 2647):
/// *after* raises v when the spike is due, and is the model with its delays as given. A neuron that the jump carries to its peak
/// spikes at the end of the step. In a step with a spike of its own the jump adds to the v after the reset; BindsNET's rule, whose
/// reset waits for the next step, loses it there. *Before* lets it into the step that ends when it is due: as if the delay were up to
/// one step shorter. For an exponential current *after* means that the step after the due time is the first to see it.
///
/// A comparison over dt must keep the charge: [`Synapse::CHARGE`]. The delays of connections count steps, and must be changed with dt.
///
/// ```
/// use spikestep::population::{Arrival, Synapse};
///
/// assert_eq!("weight".parse::<Synapse>()?, Synapse::BINDSNET);
/// let synapse: Synapse = "exponential:5+after".parse()?;
/// assert_eq!((synapse, synapse.arrival), (Synapse::exponential(5.0).after(), Arrival::After));
/// assert_eq!(synapse.to_string(), "exponential:5+after");
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Synapse {
    /// What a spike delivers, and over how long.
    pub delivery: Delivery,
    /// Whether it acts before or after the update of its step.
    pub arrival: Arrival,
}

impl Synapse {
    /// BindsNET's, and the default: the weight in the input of one step.
    pub const BINDSNET: Synapse = Synapse { delivery: Delivery::Weight, arrival: Arrival::Before };

    /// The same with the charge kept: for comparisons over dt.
    pub const CHARGE: Synapse = Synapse { delivery: Delivery::Charge, arrival: Arrival::Before };

    /// A current that decays with the time constant `tau` \[ms\].
    pub const fn exponential(tau: f64) -> Synapse {
        Synapse { delivery: Delivery::Exponential { tau }, arrival: Arrival::Before }
    }

    /// The same after the update.
    pub const fn after(self) -> Synapse {
        Synapse { arrival: Arrival::After, ..self }
    }

    /// The number that delivers with this synapse, at every step, what a weight `w` \[mV/ms\] delivers in one step of `dt0` \[ms\]: a
    /// charge w·dt0 \[mV\], or w itself for a synapse that keeps the weight.
    pub fn number(self, w: f64, dt0: f64) -> f64 {
        match self.delivery {
            Delivery::Weight => w,
            Delivery::Charge | Delivery::Exponential { .. } => w * dt0,
        }
    }

    /// Refuses a time constant that is not positive.
    pub(super) fn validate(&self) -> Result<()> {
        match self.delivery {
            Delivery::Exponential { tau } if !(tau > 0.0 && tau.is_finite()) => {
                let mend = "Give a time constant such as 5, or deliver the charge in one step: 'charge'.";
                Err(Error::invalid("time constant of a synapse", shown(tau), "a positive number of ms", mend))
            }
            _ => Ok(()),
        }
    }

    /// What it does in a step of `dt` \[ms\].
    pub(super) fn at_step<T: Real>(&self, dt: f64) -> SynapseStep<T> {
        match (self.delivery, self.arrival) {
            (Delivery::Weight, Arrival::Before) => SynapseStep::Plain,
            (Delivery::Charge, Arrival::Before) => SynapseStep::Spread { dt: T::of(dt) },
            (Delivery::Weight, Arrival::After) => SynapseStep::Jump { gain: T::of(dt) },
            (Delivery::Charge, Arrival::After) => SynapseStep::Jump { gain: T::one() },
            (Delivery::Exponential { tau }, arrival) => {
                SynapseStep::Decay { decay: T::of((-dt / tau).exp()), dt: T::of(dt), late: arrival == Arrival::After }
            }
        }
    }
}

/// What a synapse does in a step of one length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum SynapseStep<T> {
    /// The weighted sum of the spikes is input.
    Plain,
    /// The sum over dt is input.
    Spread { dt: T },
    /// The sum times the gain raises v at the end.
    Jump { gain: T },
    /// The sum joins what decays, before the decay or after.
    Decay { decay: T, dt: T, late: bool },
}

impl<T: Real> SynapseStep<T> {
    /// Whether it acts in steps without a spike.
    pub(super) fn lasts(&self) -> bool {
        matches!(self, SynapseStep::Decay { .. })
    }

    /// Lets `sum`, what the spikes due in this step bring, into the input `x` \[mV/ms\] of the step or the jumps \[mV\] at its end;
    /// `left` is the charge \[mV\] that is still to come.
    #[inline(always)]
    pub(super) fn deliver(&self, sum: &[T], x: &mut [T], jumps: &mut [T], left: &mut [T]) {
        match *self {
            SynapseStep::Plain => {
                for (x, sum) in x.iter_mut().zip(sum) {
                    *x += *sum;
                }
            }
            SynapseStep::Spread { dt } => {
                for (x, sum) in x.iter_mut().zip(sum) {
                    *x += *sum / dt;
                }
            }
            SynapseStep::Jump { gain } => {
                for (jump, sum) in jumps.iter_mut().zip(sum) {
                    *jump += *sum * gain;
                }
            }
            SynapseStep::Decay { decay, dt, late } => {
                for ((left, x), sum) in left.iter_mut().zip(x).zip(sum) {
                    let start = if late { *left } else { *left + *sum };
                    let end = start * decay;
                    // Numbers below the normal ones are slow: their charge is delivered at once.
                    let end = if end.abs() < T::min_positive_value() { T::zero() } else { end };
                    *x += (start - end) / dt;
                    *left = if late { end + *sum } else { end };
                }
            }
        }
    }
}

/// The names of deliveries, without `+after`.
const NAMES: [&str; 3] = ["weight", "charge", "exponential"];

impl fmt::Display for Synapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.delivery {
            Delivery::Weight => f.write_str(NAMES[0])?,
            Delivery::Charge => f.write_str(NAMES[1])?,
            Delivery::Exponential { tau } => write!(f, "{}:{tau}", NAMES[2])?,
        }
        f.write_str(if self.arrival == Arrival::After { "+after" } else { "" })
    }
}

impl FromStr for Synapse {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let (name, arrival) = match text.split_once('+') {
            None | Some((_, "before")) => (text.split('+').next().unwrap_or(text), Arrival::Before),
            Some((name, "after")) => (name, Arrival::After),
            Some((_, other)) => return Err(Error::unknown("arrival of a synapse", other, ["before", "after"])),
        };
        let delivery = match (name, name.split_once(':')) {
            ("weight", _) => Delivery::Weight,
            ("charge", _) => Delivery::Charge,
            (_, Some(("exponential", tau))) => Delivery::Exponential { tau: tau.trim().parse().unwrap_or(f64::NAN) },
            ("exponential", None) => {
                let mend = "Its time constant follows a colon.";
                return Err(Error::invalid("synapse", "'exponential'", "'exponential:5' for 5 ms", mend));
            }
            _ => return Err(Error::unknown("synapse", name, NAMES)),
        };
        let synapse = Synapse { delivery, arrival };
        synapse.validate()?;
        Ok(synapse)
    }
}

impl TryFrom<String> for Synapse {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}
