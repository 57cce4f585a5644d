//! The schemes of a program by name: those of this crate, and any that are added.

use std::str::FromStr;
use std::sync::OnceLock;

use arithmetic::Arithmetic;

use super::value::LOCATIONS;
use super::{Scheme, table};
use crate::error::{Error, Result};
use crate::model::Form;
use crate::spike::Location;

/// Groups that stand for several schemes in a list of names.
pub const GROUPS: [&str; 5] = ["default", "grid", "located", "simulators", "adaptive"];

/// Schemes by name, in the order in which tables show them. The variant of a scheme with spikes located inside the step is
/// `NAME+located` (by the step's own root), `NAME+located-hermite` or `NAME+located-linear` (by interpolation).
///
/// ```
/// use spikestep::SchemeSet;
/// let names: Vec<String> = SchemeSet::standard().parse_list("euler,rk4+located")?.iter().map(|s| s.to_string()).collect();
/// assert_eq!(names, ["euler", "rk4+located"]);
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SchemeSet(Vec<Scheme>);

impl SchemeSet {
    /// The schemes of this crate.
    pub fn standard() -> &'static SchemeSet {
        static STANDARD: OnceLock<SchemeSet> = OnceLock::new();
        STANDARD.get_or_init(|| SchemeSet(table::schemes()))
    }

    /// The same set with one more scheme, which takes the place of one of its name.
    #[must_use]
    pub fn with(&self, scheme: Scheme) -> SchemeSet {
        let mut all = self.clone();
        match all.0.iter_mut().find(|known| known.info().name == scheme.info().name) {
            Some(known) => *known = scheme,
            None => all.0.push(scheme),
        }
        all
    }

    /// All schemes, without their located variants.
    pub fn iter(&self) -> impl Iterator<Item = &Scheme> {
        self.0.iter()
    }

    /// The scheme of a name.
    ///
    /// # Errors
    /// An unknown name (with the nearest one), an unknown variant, or a variant that the scheme does not have.
    pub fn get(&self, text: &str) -> Result<Scheme> {
        let (name, suffix) = match text.split_once('+') {
            Some((name, suffix)) => (name, Some(suffix)),
            None => (text, None),
        };
        let found = self.0.iter().find(|scheme| scheme.info().name == name);
        let scheme = found.ok_or_else(|| self.unknown(name))?;
        let Some(suffix) = suffix else { return Ok(scheme.clone()) };
        let (_, location) = LOCATIONS
            .into_iter()
            .find(|(known, _)| *known == suffix)
            .ok_or_else(|| Error::unknown("spike handling", suffix, LOCATIONS.map(|(known, _)| known)))?;
        scheme.located(location).ok_or_else(|| {
            Error::invalid(
                "scheme",
                format!("'{text}'"),
                "a located variant of a scheme that leaves spikes to the toolkit",
                format!("'{name}' handles its spikes itself; take '{name}', or 'rk4+{suffix}'."),
            )
        })
    }

    /// The error of a name that is not there: with the names that hold it, or the nearest one, and how to see all.
    fn unknown(&self, given: &str) -> Error {
        let names = || self.0.iter().map(|scheme| &*scheme.info().name).chain(GROUPS);
        let mut error = Error::unknown("scheme", given, names());
        if let Error::Unknown { nearest, known, .. } = &mut error {
            let typed = given.to_lowercase();
            let near: Vec<&str> = names().filter(|name| typed.len() > 2 && name.contains(&typed)).take(4).collect();
            if !near.is_empty() {
                *nearest = Some(near.join("' or '"));
            }
            *known = format!("{} names, which compare --list has", names().count());
        }
        error
    }

    /// The schemes that a comparison shows where none are named: each on the grid, and located where that is defined.
    pub fn defaults(&self) -> Vec<Scheme> {
        let chosen = self.0.iter().filter(|scheme| scheme.info().by_default);
        chosen.flat_map(|scheme| std::iter::once(scheme.clone()).chain(scheme.located(Location::Step))).collect()
    }

    /// Reads a list of names and groups (`default`, `grid`, `located`, `simulators`, `adaptive`) with commas between them; what is
    /// named twice is there once.
    ///
    /// # Errors
    /// As [`get`](SchemeSet::get).
    pub fn parse_list(&self, text: &str) -> Result<Vec<Scheme>> {
        let mut list: Vec<Scheme> = Vec::new();
        for name in text.split(',').map(str::trim) {
            let those = |wanted: fn(&Scheme) -> bool| self.defaults().into_iter().filter(wanted).collect();
            let named = match name {
                "default" => self.defaults(),
                "grid" => those(|s| !s.locates_spikes()),
                "located" => those(|s| s.locates_spikes() && !s.is_adaptive()),
                "simulators" => those(|s| s.info().of_simulator),
                "adaptive" => those(Scheme::is_adaptive),
                name => vec![self.get(name)?],
            };
            for scheme in named {
                if !list.contains(&scheme) {
                    list.push(scheme);
                }
            }
        }
        Ok(list)
    }

    /// The schemes of a list, each in every one of `kinds`. Of groups, those that are written over a number type; with no kinds, the
    /// schemes as they are.
    ///
    /// # Errors
    /// As [`get`](SchemeSet::get), and a scheme named that cannot run in an arithmetic.
    pub fn parse_list_in(&self, text: &str, kinds: &[Arithmetic]) -> Result<Vec<Scheme>> {
        let schemes = self.parse_list(text)?;
        let Some(first) = kinds.first() else { return Ok(schemes) };
        let can = |scheme: &Scheme| scheme.in_arithmetic(first).is_some();
        if let Some(other) = schemes.iter().find(|scheme| is_named(text, scheme) && !can(scheme)) {
            return Err(Error::invalid(
                "arithmetic",
                format!("{first} for '{other}'"),
                "fixed-step rules with spikes on the grid",
                "Name such schemes, or leave this one out: it locates spikes, chooses its steps, or keeps a memory, in f64.",
            ));
        }
        let in_each = |scheme: &Scheme| kinds.iter().filter_map(|kind| scheme.in_arithmetic(kind)).collect::<Vec<_>>();
        Ok(schemes.iter().flat_map(in_each).collect())
    }
}

/// The schemes of a list that step neurons of `form`, and those that do not and are in it by a group: what a comparison leaves out.
/// Schemes that the `text` of the list names stay, and are refused where they are run.
pub fn applicable(schemes: Vec<Scheme>, text: &str, form: Form) -> (Vec<Scheme>, Vec<Scheme>) {
    schemes.into_iter().partition(|scheme| scheme.takes(form) || is_named(text, scheme))
}

/// Whether a list of names has that of `scheme` itself, and not only a group with it.
fn is_named(text: &str, scheme: &Scheme) -> bool {
    text.split(',').any(|name| name.trim() == scheme.name())
}

impl FromStr for Scheme {
    type Err = Error;

    /// The scheme of the [standard set](SchemeSet::standard) with this name, such as "rk4+located".
    fn from_str(name: &str) -> Result<Self> {
        SchemeSet::standard().get(name)
    }
}
