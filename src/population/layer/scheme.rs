//! The schemes a layer can be stepped by, under their names in the [registry](crate::scheme::registry).

use std::fmt;
use std::str::FromStr;

use super::cells::{Cells, Located};
use super::grid::Grid;
use crate::error::{Error, Result};
use crate::population::{Real, Stepper};
use crate::scheme::simulators::{IzhikevichNodes, NestConsistent, NestPublished};
use crate::scheme::{Euler, EulerSemiImplicit, HalfStep, Heun, Midpoint, RecursiveEvolution, Rk4};
use crate::{Neuron, State};

/// A scheme of a layer; read from its name by `parse`. Formulas, orders and sources are in [`crate::scheme`].
///
/// Those that locate spikes keep v and u in double precision in an `f32` layer as well: single precision alone moves located spikes by
/// up to 1e-2 ms in 300 ms ([`Population::single`](crate::population::Population::single)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LayerScheme {
    /// `bindsnet`: the split half-step, the reset at the next step; BindsNET's `IzhikevichNodes`.
    #[default]
    BindsNet,
    /// `half-step`: the split half-step of 2003, the reset in the same step.
    HalfStep,
    /// `nest-published`: the same with NEST's order of products.
    NestPublished,
    /// `euler`: forward Euler.
    Euler,
    /// `nest-consistent`: the same with NEST's order of products.
    NestConsistent,
    /// `euler-semi-implicit`: Euler with u from the new v.
    EulerSemiImplicit,
    /// `rk2`: the midpoint rule.
    Midpoint,
    /// `heun`: the trapezoidal rule.
    Heun,
    /// `rk4`: the classical Runge-Kutta method.
    Rk4,
    /// `evolution-1-recursive`: u by recursive convolution of v, order 1.
    Evolution1,
    /// `evolution-2-recursive`: the same, order 2.
    Evolution2,
    /// `rk4+located`: RK4 in normalised variables, spikes located inside the step.
    Rk4Located,
    /// `projective-6`: the exact flow by power series of order 6, spikes located.
    Projective6,
    /// `projective-8`: the same, order 8.
    Projective8,
}

impl LayerScheme {
    /// All of them.
    pub const ALL: [LayerScheme; 14] = [
        LayerScheme::BindsNet,
        LayerScheme::HalfStep,
        LayerScheme::NestPublished,
        LayerScheme::Euler,
        LayerScheme::NestConsistent,
        LayerScheme::EulerSemiImplicit,
        LayerScheme::Midpoint,
        LayerScheme::Heun,
        LayerScheme::Rk4,
        LayerScheme::Evolution1,
        LayerScheme::Evolution2,
        LayerScheme::Rk4Located,
        LayerScheme::Projective6,
        LayerScheme::Projective8,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            LayerScheme::BindsNet => "bindsnet",
            LayerScheme::HalfStep => "half-step",
            LayerScheme::NestPublished => "nest-published",
            LayerScheme::Euler => "euler",
            LayerScheme::NestConsistent => "nest-consistent",
            LayerScheme::EulerSemiImplicit => "euler-semi-implicit",
            LayerScheme::Midpoint => "rk2",
            LayerScheme::Heun => "heun",
            LayerScheme::Rk4 => "rk4",
            LayerScheme::Evolution1 => "evolution-1-recursive",
            LayerScheme::Evolution2 => "evolution-2-recursive",
            LayerScheme::Rk4Located => "rk4+located",
            LayerScheme::Projective6 => "projective-6",
            LayerScheme::Projective8 => "projective-8",
        }
    }

    /// Whether it finds its spikes inside the step: these keep v and u in double precision, whatever the precision of the layer.
    pub fn locates_spikes(self) -> bool {
        matches!(self, LayerScheme::Rk4Located | LayerScheme::Projective6 | LayerScheme::Projective8)
    }

    /// The neurons of a shard, once for each row of a batch, at rest but for what is set after.
    pub(super) fn cells<T: Real>(
        self,
        neurons: &[Neuron],
        rest: f64,
        lbound: Option<f64>,
        dt: f64,
        rows: usize,
    ) -> Vec<Box<dyn Cells<T>>> {
        macro_rules! grid {
            ($rule:expr) => {
                Grid::<T, _>::rows($rule, neurons, dt, lbound, rows)
            };
        }
        let located = |stepper| {
            let rest: Vec<State> = neurons.iter().map(|n| State { v: rest, u: n.b * rest + n.b0 }).collect();
            let row = |_| Box::new(Located::new(stepper, neurons, &rest, lbound)) as Box<dyn Cells<T>>;
            (0..rows).map(row).collect()
        };
        match self {
            LayerScheme::BindsNet => grid!(IzhikevichNodes),
            LayerScheme::HalfStep => grid!(HalfStep),
            LayerScheme::NestPublished => grid!(NestPublished),
            LayerScheme::Euler => grid!(Euler),
            LayerScheme::NestConsistent => grid!(NestConsistent),
            LayerScheme::EulerSemiImplicit => grid!(EulerSemiImplicit),
            LayerScheme::Midpoint => grid!(Midpoint),
            LayerScheme::Heun => grid!(Heun),
            LayerScheme::Rk4 => grid!(Rk4),
            LayerScheme::Evolution1 => grid!(RecursiveEvolution::<1>),
            LayerScheme::Evolution2 => grid!(RecursiveEvolution::<2>),
            LayerScheme::Rk4Located => located(Stepper::Rk4Located),
            LayerScheme::Projective6 => located(Stepper::Projective6),
            LayerScheme::Projective8 => located(Stepper::Projective8),
        }
    }
}

impl fmt::Display for LayerScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for LayerScheme {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        LayerScheme::ALL
            .into_iter()
            .find(|scheme| scheme.name() == name.trim())
            .ok_or_else(|| Error::unknown("layer scheme", name.trim(), LayerScheme::ALL.map(LayerScheme::name)))
    }
}
