//! All schemes by name.
//!
//! A scheme joins every table, figure and test by one entry in [`SCHEMES`]. The variant with spikes located inside the step
//! is `NAME+located` (by the step's own root), `NAME+located-hermite` or `NAME+located-linear` (by interpolation).

mod table;

pub use table::SCHEMES;

use std::fmt;
use std::str::FromStr;

use super::{Row, Scheme, Trajectory};
use crate::error::{Error, Result};
use crate::model::{Neuron, Problem, State};
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

/// Solves a problem to a tolerance and tells an observer of its steps. Without one, nothing is worked out between the spikes that
/// the solver can do without.
pub type AdaptiveSolver = fn(&Problem, f64, Option<&mut dyn FnMut(Row)>) -> Trajectory;

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
    Adaptive(AdaptiveSolver),
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
