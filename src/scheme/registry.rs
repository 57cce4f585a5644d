//! All schemes by name.
//!
//! A scheme joins every table, figure and test by one entry in [`SCHEMES`]. The variant with spikes located inside the step
//! is `NAME+located` (by the step's own root), `NAME+located-hermite` or `NAME+located-linear` (by interpolation).

use std::fmt;
use std::str::FromStr;

use super::projective::Projective;
use super::simulators::{BindsNet, Brian2, Brian2Method, Nengo, Nest, NestForm};
use super::{
    projective::solve_projective, solve_dop853, solve_dopri5, solve_taylor, Euler, EulerSemiImplicit, Evolution,
    EvolutionOrder, Flow, HalfStep, Located, OnGrid, Rk4Wk, Row, RungeKutta, Scheme, Trajectory,
};
use crate::error::{Error, Result};
use crate::model::{Neuron, Problem, State};
use crate::operator::convolution::{Direct, Fft, Recursive};
use crate::spike::Location;

/// What a scheme is built for.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// The neuron, with the peak the scheme is to use.
    pub neuron: Neuron,
    /// Step \[ms\].
    pub dt: f64,
    /// Number of steps of the run: schemes with memory reserve it.
    pub steps: u64,
    /// State at t = 0.
    pub initial: State,
    /// Lower bound of v \[mV\], for the rules that have one (`bindsnet`).
    pub lbound: Option<f64>,
}

/// Where a scheme puts its spikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spikes {
    /// At the end of the step.
    OnGrid,
    /// Inside the step.
    Located(Location),
}

/// How a scheme runs.
#[derive(Clone, Copy)]
pub enum Method {
    /// Fixed step, spikes on the grid or located.
    Flow(fn(&Setup, Spikes) -> Box<dyn Scheme>),
    /// Fixed step, a simulator's rule that fixes the handling of spikes too.
    Rule(fn(&Setup) -> Box<dyn Scheme>),
    /// Fixed step, with a location of spikes of its own.
    Locating(fn(&Setup) -> Box<dyn Scheme>),
    /// Adaptive step, from a tolerance.
    Adaptive(fn(&Problem, f64, &mut dyn FnMut(Row)) -> Trajectory),
}

/// An entry of the registry.
pub struct SchemeInfo {
    /// Its name on the command line and in outputs.
    pub name: &'static str,
    /// Order on smooth stretches (of a single step's accumulated error); for `taylor` and `projective` it varies and 0 stands here.
    pub order: u8,
    /// One line.
    pub summary: &'static str,
    /// Where the formula comes from.
    pub source: &'static str,
    /// The peak \[mV\] used when the user gives none and it is not the neuron's.
    pub default_peak: Option<f64>,
    /// Whether a comparison includes it unless told otherwise.
    pub by_default: bool,
    /// How it runs.
    pub method: Method,
}

/// A flow with the spike handling asked for.
fn with_spikes<F: Flow + 'static>(flow: F, setup: &Setup, spikes: Spikes) -> Box<dyn Scheme> {
    match spikes {
        Spikes::OnGrid => Box::new(OnGrid::new(setup.neuron, flow)),
        Spikes::Located(location) => Box::new(Located::new(setup.neuron, flow, location)),
    }
}

/// The convolution engine of an evolution scheme.
#[derive(Clone, Copy)]
enum Engine {
    Fft,
    Direct,
    Recursive,
}

fn evolution(order: EvolutionOrder, engine: Engine, setup: &Setup, spikes: Spikes) -> Box<dyn Scheme> {
    let ratio = Evolution::kernel_ratio(&setup.neuron, setup.dt);
    let kernel = || (0..setup.steps).map(|n| ratio.powf(n as f64)).collect();
    let history: Box<dyn crate::operator::convolution::OnlineConvolution<f64>> = match engine {
        Engine::Fft => Box::new(Fft::new(kernel())),
        Engine::Direct => Box::new(Direct::new(kernel())),
        Engine::Recursive => Box::new(Recursive::exponential(ratio)),
    };
    with_spikes(Evolution::new(setup.neuron, order, setup.dt, setup.initial.u, history), setup, spikes)
}

const IZHIKEVICH_2003: &str = "Izhikevich, IEEE Trans. Neural Networks 14 (2003) 1569";
const HAIRER: &str = "Hairer, Nørsett & Wanner, Solving ODEs I (1993)";
const RICCATI: &str = "Schiff & Shnider, SIAM J. Numer. Anal. 36 (1999) 1392; Stewart & Bair (2009)";
const LUBICH: &str = "Hairer, Lubich & Schlichte, SIAM J. Sci. Stat. Comput. 6 (1985) 532";

const fn entry(
    name: &'static str,
    order: u8,
    summary: &'static str,
    source: &'static str,
    method: Method,
) -> SchemeInfo {
    SchemeInfo { name, order, summary, source, default_peak: None, by_default: true, method }
}

const fn on_request(mut info: SchemeInfo) -> SchemeInfo {
    info.by_default = false;
    info
}

/// All schemes, in the order they are shown.
pub static SCHEMES: &[SchemeInfo] = &[
    entry("euler", 1, "forward Euler", HAIRER, Method::Flow(|s, k| with_spikes(Euler, s, k))),
    entry(
        "euler-semi-implicit",
        1,
        "Euler with u from the new v",
        HAIRER,
        Method::Flow(|s, k| with_spikes(EulerSemiImplicit, s, k)),
    ),
    entry(
        "half-step",
        1,
        "two half-steps of v, then u, as Izhikevich published it",
        IZHIKEVICH_2003,
        Method::Flow(|s, k| with_spikes(HalfStep, s, k)),
    ),
    SchemeInfo {
        default_peak: Some(BindsNet::<f64>::THRESH),
        ..entry(
            "bindsnet",
            1,
            "BindsNET IzhikevichNodes: half-steps, reset at the next step, peak 45",
            "BindsNET (traces of torch 2.15)",
            Method::Rule(|s| Box::new(BindsNet::<f64>::new(&s.neuron, s.dt, s.lbound))),
        )
    },
    SchemeInfo {
        default_peak: Some(BindsNet::<f64>::THRESH),
        by_default: false,
        ..entry(
            "bindsnet-f32",
            1,
            "the same in single precision, BindsNET's default",
            "BindsNET (traces of torch 2.15)",
            Method::Rule(|s| Box::new(BindsNet::<f32>::new(&s.neuron, s.dt, s.lbound))),
        )
    },
    entry(
        "nest-consistent",
        1,
        "NEST izhikevich, consistent_integration true",
        "NEST 3.10",
        Method::Rule(|s| Box::new(Nest::new(s.neuron, NestForm::Consistent))),
    ),
    entry(
        "nest-published",
        1,
        "NEST izhikevich, consistent_integration false",
        "NEST 3.10",
        Method::Rule(|s| Box::new(Nest::new(s.neuron, NestForm::Published))),
    ),
    entry(
        "nengo",
        1,
        "Nengo Izhikevich: Euler, input clipped at -30, u from the reset v",
        "Nengo 4.1",
        Method::Rule(|s| Box::new(Nengo::new(s.neuron))),
    ),
    entry(
        "brian2-euler",
        1,
        "Brian2 euler",
        "Brian2 2.9",
        Method::Rule(|s| Box::new(Brian2::new(s.neuron, Brian2Method::Euler))),
    ),
    entry(
        "brian2-rk2",
        2,
        "Brian2 rk2 (midpoint), input constant over the step",
        "Brian2 2.9",
        Method::Rule(|s| Box::new(Brian2::new(s.neuron, Brian2Method::Rk2))),
    ),
    entry(
        "brian2-rk4",
        4,
        "Brian2 rk4, input constant over the step",
        "Brian2 2.9",
        Method::Rule(|s| Box::new(Brian2::new(s.neuron, Brian2Method::Rk4))),
    ),
    entry("rk2", 2, "explicit midpoint rule", HAIRER, Method::Flow(|s, k| with_spikes(RungeKutta::MIDPOINT, s, k))),
    entry("heun", 2, "explicit trapezoidal rule", HAIRER, Method::Flow(|s, k| with_spikes(RungeKutta::HEUN, s, k))),
    entry("rk4", 4, "classical Runge-Kutta", HAIRER, Method::Flow(|s, k| with_spikes(RungeKutta::CLASSICAL, s, k))),
    entry(
        "evolution-1",
        1,
        "u by FFT convolution of v, rectangle rule",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::First, Engine::Fft, s, k)),
    ),
    entry(
        "evolution-2",
        2,
        "u by FFT convolution of v, product integration",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::Second, Engine::Fft, s, k)),
    ),
    on_request(entry(
        "evolution-1-direct",
        1,
        "evolution-1, the convolution summed term by term",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::First, Engine::Direct, s, k)),
    )),
    on_request(entry(
        "evolution-1-recursive",
        1,
        "evolution-1, the convolution by recursion",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::First, Engine::Recursive, s, k)),
    )),
    on_request(entry(
        "evolution-2-direct",
        2,
        "evolution-2, the convolution summed term by term",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::Second, Engine::Direct, s, k)),
    )),
    on_request(entry(
        "evolution-2-recursive",
        2,
        "evolution-2, the convolution by recursion",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::Second, Engine::Recursive, s, k)),
    )),
    on_request(entry(
        "rk4-wk",
        4,
        "rk4 on (W, K), spikes located by two corrections",
        HAIRER,
        Method::Locating(|s| Box::new(Rk4Wk::new(s.neuron))),
    )),
    entry(
        "projective-4",
        4,
        "series of the linear form, spikes located, upstroke by collocation",
        RICCATI,
        Method::Locating(|s| Box::new(Projective::<6, 4>::new(s.neuron))),
    ),
    entry(
        "projective-6",
        6,
        "series of the linear form, spikes located, upstroke by collocation",
        RICCATI,
        Method::Locating(|s| Box::new(Projective::<8, 6>::new(s.neuron))),
    ),
    entry(
        "projective-8",
        8,
        "series of the linear form, spikes located, upstroke by collocation",
        RICCATI,
        Method::Locating(|s| Box::new(Projective::<10, 6>::new(s.neuron))),
    ),
    entry(
        "projective-12",
        12,
        "series of the linear form, spikes located, upstroke by collocation",
        RICCATI,
        Method::Locating(|s| Box::new(Projective::<14, 8>::new(s.neuron))),
    ),
    entry(
        "dopri5",
        5,
        "Dormand-Prince 5(4) of ode_solvers, spikes located",
        HAIRER,
        Method::Adaptive(|p, tolerance, observe| solve_dopri5(p, tolerance, observe)),
    ),
    entry(
        "dop853",
        8,
        "Dormand-Prince 8(5,3) of ode_solvers, spikes located",
        HAIRER,
        Method::Adaptive(|p, tolerance, observe| solve_dop853(p, tolerance, observe)),
    ),
    entry(
        "taylor",
        0,
        "Taylor series, order from the tolerance, spikes located",
        "Jorba & Zou, Experimental Math. 14 (2005) 99",
        Method::Adaptive(|p, tolerance, observe| solve_taylor(p, tolerance, observe)),
    ),
    entry(
        "projective",
        0,
        "linearised form by power series; the tolerance is ms on spike times",
        "Schiff & Shnider, SIAM J. Numer. Anal. 36 (1999) 1392",
        Method::Adaptive(|p, tolerance, observe| solve_projective(p, tolerance, observe)),
    ),
];

/// Groups that stand for several schemes on the command line.
pub const GROUPS: [&str; 5] = ["default", "grid", "located", "simulators", "adaptive"];

/// A scheme of the registry together with how it handles spikes.
#[derive(Clone, Copy)]
pub struct SchemeId {
    /// The entry.
    pub info: &'static SchemeInfo,
    /// How spikes are located; `None` where they are on the grid, or the method decides.
    pub location: Option<Location>,
}

impl SchemeId {
    /// Whether it chooses its own steps from a tolerance.
    pub fn is_adaptive(&self) -> bool {
        matches!(self.info.method, Method::Adaptive(_))
    }

    /// Whether it puts spikes between the points of a grid.
    pub fn locates_spikes(&self) -> bool {
        self.location.is_some() || matches!(self.info.method, Method::Locating(_) | Method::Adaptive(_))
    }

    /// The fixed-step scheme for `setup`; `None` for an adaptive one.
    pub fn build(&self, setup: &Setup) -> Option<Box<dyn Scheme>> {
        match self.info.method {
            Method::Flow(build) => Some(build(setup, self.location.map_or(Spikes::OnGrid, Spikes::Located))),
            Method::Rule(build) | Method::Locating(build) => Some(build(setup)),
            Method::Adaptive(_) => None,
        }
    }

    /// The schemes a comparison shows unless told otherwise: each on the grid, and located where that is defined.
    pub fn defaults() -> Vec<SchemeId> {
        let chosen = SCHEMES.iter().filter(|info| info.by_default);
        chosen.flat_map(|info| std::iter::once(SchemeId { info, location: None }).chain(located(info))).collect()
    }

    /// Reads a comma-separated list of names and groups, duplicates dropped.
    ///
    /// # Errors
    /// An unknown name (with the nearest one), an unknown variant, or a variant a scheme does not have.
    pub fn parse_list(text: &str) -> Result<Vec<SchemeId>> {
        let mut list: Vec<SchemeId> = Vec::new();
        for name in text.split(',').map(str::trim) {
            let named = match name {
                "default" => Self::defaults(),
                "grid" => Self::defaults().into_iter().filter(|s| !s.locates_spikes()).collect(),
                "located" => Self::defaults().into_iter().filter(|s| s.locates_spikes() && !s.is_adaptive()).collect(),
                "simulators" => {
                    Self::defaults().into_iter().filter(|s| matches!(s.info.method, Method::Rule(_))).collect()
                }
                "adaptive" => Self::defaults().into_iter().filter(SchemeId::is_adaptive).collect(),
                name => vec![name.parse()?],
            };
            for id in named {
                if !list.iter().any(|known| known.to_string() == id.to_string()) {
                    list.push(id);
                }
            }
        }
        Ok(list)
    }
}

fn located(info: &'static SchemeInfo) -> Option<SchemeId> {
    matches!(info.method, Method::Flow(_)).then_some(SchemeId { info, location: Some(Location::Step) })
}

/// Suffixes of the located variants.
const LOCATIONS: [(&str, Location); 3] =
    [("located", Location::Step), ("located-hermite", Location::Hermite), ("located-linear", Location::Linear)];

impl FromStr for SchemeId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, suffix) = match text.split_once('+') {
            Some((name, suffix)) => (name, Some(suffix)),
            None => (text, None),
        };
        let names = SCHEMES.iter().map(|info| info.name);
        let info = SCHEMES
            .iter()
            .find(|info| info.name == name)
            .ok_or_else(|| Error::unknown("scheme", name, names.chain(GROUPS)))?;
        let Some(suffix) = suffix else { return Ok(SchemeId { info, location: None }) };
        let (_, location) = LOCATIONS
            .into_iter()
            .find(|(known, _)| *known == suffix)
            .ok_or_else(|| Error::unknown("spike handling", suffix, LOCATIONS.map(|(known, _)| known)))?;
        if !matches!(info.method, Method::Flow(_)) {
            return Err(Error::invalid(
                "scheme",
                format!("'{text}'"),
                "a located variant of a scheme that leaves spikes to the toolkit",
                format!("'{name}' handles its spikes itself; take '{name}', or 'rk4+{suffix}'."),
            ));
        }
        Ok(SchemeId { info, location: Some(location) })
    }
}

impl fmt::Display for SchemeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.info.name)?;
        match LOCATIONS.iter().find(|(_, location)| Some(*location) == self.location) {
            Some((suffix, _)) => write!(f, "+{suffix}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for SchemeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        for (i, info) in SCHEMES.iter().enumerate() {
            assert!(SCHEMES[..i].iter().all(|other| other.name != info.name), "{}", info.name);
        }
        for id in SchemeId::defaults() {
            assert_eq!(id.to_string().parse::<SchemeId>().unwrap().to_string(), id.to_string());
        }
    }

    #[test]
    fn a_wrong_name_gets_the_nearest_one() {
        let message = "eulr".parse::<SchemeId>().unwrap_err().to_string();
        assert!(message.contains("did you mean 'euler'"), "{message}");
        let message = "nest-published+located".parse::<SchemeId>().unwrap_err().to_string();
        assert!(message.contains("handles its spikes itself"), "{message}");
        let message = "rk4+locatd".parse::<SchemeId>().unwrap_err().to_string();
        assert!(message.contains("did you mean 'located'"), "{message}");
    }
}
