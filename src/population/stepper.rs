//! The schemes a population can be stepped by, under their names in the [registry](crate::scheme::registry), and some of them in a
//! faster form that rounds differently.

use std::fmt;
use std::str::FromStr;

use super::engine::{Blocks, Engine};
use super::fused::{self, Fused};
use super::grid::Grid;
use super::lane::Lane;
use super::located::LocatedRk4;
use super::projective::Projective;
use crate::error::{Error, Result};
use crate::scheme::simulators::{NestConsistent, NestPublished};
use crate::scheme::{Euler, HalfStep, Rk4};
use crate::{Neuron, State};

/// A scheme of a population; read from its name by `parse`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepper {
    /// `euler`: forward Euler, spikes on the grid.
    Euler,
    /// `half-step`: the split half-step of 2003, spikes on the grid.
    HalfStep,
    /// `nest-published`: the same with NEST's order of products, which rounds u differently.
    NestPublished,
    /// `nest-consistent`: Euler with NEST's order of products, which rounds u differently.
    NestConsistent,
    /// `rk4`: the classical Runge-Kutta method, spikes on the grid.
    Rk4,
    /// `euler+fused`: Euler rearranged and with fused multiply-adds, equal to `euler` to rounding only.
    ///
    /// This and its two siblings are the fastest form of their schemes (in the [registry](crate::scheme::registry) without `+fused`):
    /// take them for large or long runs where nothing is to be compared bit for bit. Their numbers are the same for any number of
    /// threads, but not on processors with and without fused multiply-adds; and rounding moves a spike to the next step where v
    /// comes that near to the peak, after which trains on the grid stay apart.
    EulerFused,
    /// `half-step+fused`: the split half-step likewise.
    HalfStepFused,
    /// `rk4+fused`: the classical Runge-Kutta method likewise.
    Rk4Fused,
    /// `rk4+located`: the same in normalised variables, spikes located inside the step.
    Rk4Located,
    /// `projective-6`: power series of the linearised form, order 6, spikes located.
    Projective6,
    /// `projective-8`: the same, order 8.
    Projective8,
}

impl Stepper {
    /// All of them.
    pub const ALL: [Stepper; 11] = [
        Stepper::Euler,
        Stepper::HalfStep,
        Stepper::NestPublished,
        Stepper::NestConsistent,
        Stepper::Rk4,
        Stepper::EulerFused,
        Stepper::HalfStepFused,
        Stepper::Rk4Fused,
        Stepper::Rk4Located,
        Stepper::Projective6,
        Stepper::Projective8,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Stepper::Euler => "euler",
            Stepper::HalfStep => "half-step",
            Stepper::NestPublished => "nest-published",
            Stepper::NestConsistent => "nest-consistent",
            Stepper::Rk4 => "rk4",
            Stepper::EulerFused => "euler+fused",
            Stepper::HalfStepFused => "half-step+fused",
            Stepper::Rk4Fused => "rk4+fused",
            Stepper::Rk4Located => "rk4+located",
            Stepper::Projective6 => "projective-6",
            Stepper::Projective8 => "projective-8",
        }
    }

    /// Whether it is made for double precision alone: single precision would leave nothing of the order.
    pub(super) fn is_double(self) -> bool {
        matches!(self, Stepper::Projective6 | Stepper::Projective8)
    }

    /// The engine in precision T, or in double precision where the scheme has no other.
    pub(super) fn engine<T: Lane>(self, neurons: &[Neuron], states: &[State]) -> Box<dyn Engine> {
        match self {
            Stepper::Euler => Box::new(Blocks::<T, _, _>::new(Grid(Euler), neurons, states)),
            Stepper::HalfStep => Box::new(Blocks::<T, _, _>::new(Grid(HalfStep), neurons, states)),
            Stepper::NestPublished => Box::new(Blocks::<T, _, _>::new(Grid(NestPublished), neurons, states)),
            Stepper::NestConsistent => Box::new(Blocks::<T, _, _>::new(Grid(NestConsistent), neurons, states)),
            Stepper::Rk4 => Box::new(Blocks::<T, _, _>::new(Grid(Rk4), neurons, states)),
            Stepper::EulerFused => Box::new(Blocks::<T, _, _>::new(Fused(fused::Euler), neurons, states)),
            Stepper::HalfStepFused => Box::new(Blocks::<T, _, _>::new(Fused(fused::HalfStep), neurons, states)),
            Stepper::Rk4Fused => Box::new(Blocks::<T, _, _>::new(Fused(fused::Rk4), neurons, states)),
            Stepper::Rk4Located => Box::new(Blocks::<T, _, _>::new(LocatedRk4, neurons, states)),
            // Order p has p + 2 coefficients.
            Stepper::Projective6 => Box::new(Blocks::<f64, _, _>::new(Projective::<8>, neurons, states)),
            Stepper::Projective8 => Box::new(Blocks::<f64, _, _>::new(Projective::<10>, neurons, states)),
        }
    }
}

impl fmt::Display for Stepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Stepper {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Stepper::ALL
            .into_iter()
            .find(|stepper| stepper.name() == name.trim())
            .ok_or_else(|| Error::unknown("population scheme", name.trim(), Stepper::ALL.map(Stepper::name)))
    }
}
