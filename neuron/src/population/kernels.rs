//! Which schemes populations and layers can be stepped by, and the kernel of each.
//!
//! Every scheme of a [rule](crate::scheme::rules) has one, with spikes on the grid. Three locate their spikes and have kernels of their
//! own. Three rules have a fused form beside the plain one ([`fused`](super::fused)).

use std::marker::PhantomData;

use super::Real;
use super::engine::{Blocks, Engine};
use super::fused::{self, Fused};
use super::grid::Grid;
use super::located::LocatedRk4;
use super::projective::Projective;
use crate::error::{Error, Result, refuse_if};
use crate::scheme::rules::{RuleVisitor, visit_rule};
use crate::scheme::{Rule, Scheme, SchemeSet};
use crate::spike::Location;
use crate::{Neuron, State};

/// The schemes of the [standard set](SchemeSet::standard) that populations and layers can be stepped by.
pub fn schemes() -> Vec<Scheme> {
    let located = |scheme: &Scheme| scheme.located(Location::Step);
    let all = SchemeSet::standard().iter().flat_map(|scheme| [Some(scheme.clone()), located(scheme)]);
    all.flatten().filter(|scheme| is_rule(scheme) || locates(scheme)).collect()
}

/// The scheme of this name, for a population or a layer.
///
/// # Errors
/// A name that none of [`schemes`] has, with the nearest one.
pub fn scheme(name: &str) -> Result<Scheme> {
    let all = schemes();
    let names: Vec<String> = all.iter().map(Scheme::to_string).collect();
    let found = all.iter().find(|scheme| scheme.to_string() == name.trim());
    found.cloned().ok_or_else(|| Error::unknown("layer scheme", name.trim(), names.iter().map(String::as_str)))
}

/// Refuses a scheme that populations and layers have no kernel for.
pub(super) fn check(scheme: &Scheme) -> Result<()> {
    let allowed = "one without a lower bound of its own";
    let mend = "Give a layer the bound: `lbound` of its LayerSpec.";
    refuse_if!(scheme.lower_bound().is_some(), "scheme of many neurons", scheme, allowed, mend);
    if is_rule(scheme) || locates(scheme) {
        return Ok(());
    }
    let names: Vec<_> = schemes().iter().map(Scheme::to_string).collect();
    let mend = "A rule of your own is stepped by `Population::of_rule`.";
    Err(Error::invalid("scheme of many neurons", scheme, names.join(", "), mend))
}

/// Whether the scheme steps by a rule with spikes on the grid.
fn is_rule(scheme: &Scheme) -> bool {
    struct Known;
    impl RuleVisitor for Known {
        type Output = ();
        fn visit<R: Rule>(self, _: R) {}
    }
    visit_rule(scheme, Known).is_some()
}

/// Whether the scheme is one of the three that locate their spikes here.
fn locates(scheme: &Scheme) -> bool {
    matches!(scheme.to_string().as_str(), "rk4+located" | "projective-6" | "projective-8")
}

/// The engine of a scheme for a population, in precision T.
///
/// # Errors
/// A scheme without a kernel.
pub(super) fn engine<T: Real>(scheme: &Scheme, neurons: &[Neuron], states: &[State]) -> Result<Box<dyn Engine<f64>>> {
    check(scheme)?;
    let on_grid = on_grid::<T, f64>(scheme, neurons, states, 0.0);
    Ok(on_grid.unwrap_or_else(|| located::<T, f64>(scheme, neurons, states)))
}

/// The engine of a scheme of a rule in precision T, under inputs in precision X, for steps of `dt` \[ms\]; `None` for others.
pub(super) fn on_grid<T: Real, X: Real>(
    scheme: &Scheme,
    neurons: &[Neuron],
    states: &[State],
    dt: f64,
) -> Option<Box<dyn Engine<X>>> {
    visit_rule(scheme, OnGrid { neurons, states, dt, number: PhantomData::<(T, X)> })
}

/// The engine of a scheme that [locates] its spikes, in precision T, under inputs in precision X; a projective scheme has double
/// precision alone.
pub(super) fn located<T: Real, X: Real>(scheme: &Scheme, neurons: &[Neuron], states: &[State]) -> Box<dyn Engine<X>> {
    match scheme.to_string().as_str() {
        // Order p has p + 2 coefficients.
        "projective-6" => Box::new(Blocks::<f64, _, _>::new(Projective::<8>, neurons, states, 0.0)),
        "projective-8" => Box::new(Blocks::<f64, _, _>::new(Projective::<10>, neurons, states, 0.0)),
        _ => Box::new(Blocks::<T, _, _>::new(LocatedRk4, neurons, states, 0.0)),
    }
}

/// The engine of the fused form of a scheme in precision T.
///
/// # Errors
/// A scheme that has no fused form.
pub(super) fn fused_engine<T: Real>(
    scheme: &Scheme,
    neurons: &[Neuron],
    states: &[State],
) -> Result<Box<dyn Engine<f64>>> {
    Ok(match scheme.to_string().as_str() {
        "euler" => Box::new(Blocks::<T, _, _>::new(Fused(fused::Euler), neurons, states, 0.0)),
        "half-step" => Box::new(Blocks::<T, _, _>::new(Fused(fused::HalfStep), neurons, states, 0.0)),
        "rk4" => Box::new(Blocks::<T, _, _>::new(Fused(fused::Rk4), neurons, states, 0.0)),
        _ => {
            let mend = "Take one of these, or the plain form (`Population::new`).";
            return Err(Error::invalid("scheme with a fused form", scheme, "euler, half-step, rk4", mend));
        }
    })
}

/// Makes the engine of a rule.
struct OnGrid<'a, N> {
    neurons: &'a [Neuron],
    states: &'a [State],
    dt: f64,
    number: PhantomData<N>,
}

impl<T: Real, X: Real> RuleVisitor for OnGrid<'_, (T, X)> {
    type Output = Box<dyn Engine<X>>;

    fn visit<R: Rule>(self, rule: R) -> Box<dyn Engine<X>> {
        Box::new(Blocks::<T, _, _>::new(Grid(rule), self.neurons, self.states, self.dt))
    }
}
