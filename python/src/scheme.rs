//! Schemes as values: those of the library by their names, and those written in Python.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyString;
use spikestep::error::Error;
use spikestep::scheme::Cost;
use spikestep::spike::Location;
use spikestep::{SchemeInfo, SchemeSet};

use crate::errors::refused;
use crate::flow::Own;
use crate::running::Call;

/// A scheme: its name, what is known of it, and how it is stepped.
#[pyclass(frozen, module = "spikestep")]
pub(crate) struct Scheme {
    kind: Kind,
    name: String,
}

enum Kind {
    Known(spikestep::Scheme),
    Own(Arc<Own>, Option<Location>),
}

impl Scheme {
    fn known(scheme: spikestep::Scheme) -> Self {
        Scheme { name: scheme.to_string(), kind: Kind::Known(scheme) }
    }

    fn info(&self) -> &SchemeInfo {
        match &self.kind {
            Kind::Known(scheme) => scheme.info(),
            Kind::Own(own, _) => &own.info,
        }
    }

    /// The scheme for one call.
    fn for_call(&self, call: &Arc<Call>) -> spikestep::Scheme {
        match &self.kind {
            Kind::Known(scheme) => scheme.clone(),
            Kind::Own(own, location) => own.scheme(*location, call),
        }
    }
}

/// A name, or a [`Scheme`], as the scheme for one call, and whether it runs in Python.
pub(crate) fn one(given: &Bound<'_, PyAny>, call: &Arc<Call>) -> PyResult<(spikestep::Scheme, bool)> {
    if let Ok(name) = given.cast::<PyString>() {
        return Ok((SchemeSet::standard().get(name.to_str()?).map_err(refused)?, false));
    }
    let scheme = given.cast::<Scheme>()?.get();
    Ok((scheme.for_call(call), matches!(scheme.kind, Kind::Own(..))))
}

/// All schemes, and those in Python of a list: known by name to the rest of it, in their located variants too.
pub(crate) fn with_own(given: &[Bound<'_, PyAny>], call: &Arc<Call>) -> PyResult<SchemeSet> {
    let mut set = SchemeSet::standard().clone();
    for item in given.iter().filter(|item| !item.is_instance_of::<PyString>()) {
        if let Kind::Own(own, _) = &item.cast::<Scheme>()?.get().kind {
            set = set.with(own.scheme(None, call));
        }
    }
    Ok(set)
}

/// The schemes of a list of names, groups and schemes, each once, and the names with commas between them: groups leave out what does not
/// step a neuron, names do not.
pub(crate) fn many(given: &[Bound<'_, PyAny>], call: &Arc<Call>) -> PyResult<(Vec<spikestep::Scheme>, String)> {
    let set = with_own(given, call)?;
    let name = |item: &Bound<'_, PyAny>| match item.cast::<PyString>() {
        Ok(text) => Ok(text.to_str()?.to_owned()),
        Err(_) => Ok(item.cast::<Scheme>()?.get().name.clone()),
    };
    let text = given.iter().map(name).collect::<PyResult<Vec<_>>>()?.join(",");
    Ok((set.parse_list(&text).map_err(refused)?, text))
}

#[pymethods]
impl Scheme {
    /// The scheme of a name.
    #[new]
    fn new(name: &str) -> PyResult<Self> {
        SchemeSet::standard().get(name).map(Scheme::known).map_err(refused)
    }

    /// A scheme from its step in Python.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "the decorator in Python has names for them")]
    fn _own(
        name: String,
        order: u8,
        version: u32,
        summary: String,
        function: Py<PyAny>,
        neuron: Py<PyAny>,
        evaluations: u64,
        flops: u64,
    ) -> PyResult<Self> {
        let wrong = |c: char| c.is_whitespace() || "+,[]:/\\\"".contains(c);
        let taken = SchemeSet::standard().iter().any(|known| known.info().name == name);
        if name.is_empty() || name.contains(wrong) || taken || spikestep::scheme::GROUPS.contains(&name.as_str()) {
            let allowed = "a name that no other scheme has, without blanks, commas and signs";
            let error = Error::invalid("name of a scheme", format!("'{name}'"), allowed, "Give another name.");
            return Err(refused(error));
        }
        let mut info =
            SchemeInfo::new("", order, "", "a function in Python").named(name.clone()).with_revision(version);
        info.summary = summary.into();
        let own = Own { info, function, neuron, cost: Cost::new(evaluations, flops) };
        Ok(Scheme { kind: Kind::Own(Arc::new(own), None), name })
    }

    /// The variant with its spikes located inside the step.
    fn located(&self) -> PyResult<Self> {
        match &self.kind {
            Kind::Known(scheme) => Scheme::new(&format!("{}+located", scheme.name())),
            Kind::Own(own, _) => {
                let kind = Kind::Own(Arc::clone(own), Some(Location::Step));
                Ok(Scheme { kind, name: format!("{}+located", own.info.name) })
            }
        }
    }

    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    #[getter]
    fn order(&self) -> u8 {
        self.info().order
    }

    #[getter]
    fn version(&self) -> u32 {
        self.info().revision
    }

    #[getter]
    fn summary(&self) -> &str {
        &self.info().summary
    }

    #[getter]
    fn source(&self) -> &str {
        &self.info().source
    }

    #[getter]
    fn is_adaptive(&self) -> bool {
        matches!(&self.kind, Kind::Known(scheme) if scheme.is_adaptive())
    }

    #[getter]
    fn is_located(&self) -> bool {
        match &self.kind {
            Kind::Known(scheme) => scheme.locates_spikes(),
            Kind::Own(_, location) => location.is_some(),
        }
    }

    /// The function of a scheme that was written in Python.
    #[getter]
    fn function<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        match &self.kind {
            Kind::Known(_) => None,
            Kind::Own(own, _) => Some(own.function.bind(py).clone()),
        }
    }

    /// Evaluations of the right-hand side and floating-point operations of a step of a scheme that was written in Python.
    fn _cost(&self) -> Option<(u64, u64)> {
        match &self.kind {
            Kind::Known(_) => None,
            Kind::Own(own, _) => Some((own.cost.rhs_evaluations, own.cost.flops)),
        }
    }

    fn __str__(&self) -> &str {
        &self.name
    }

    fn __repr__(&self) -> String {
        format!("<scheme {}>", self.name)
    }
}

/// The schemes of a list of names and groups; of `None` all, without their located variants.
#[pyfunction]
#[pyo3(signature = (names=None))]
pub(crate) fn schemes(names: Option<&str>) -> PyResult<Vec<Scheme>> {
    let set = SchemeSet::standard();
    let found = names.map_or_else(|| Ok(set.iter().cloned().collect()), |names| set.parse_list(names));
    Ok(found.map_err(refused)?.into_iter().map(Scheme::known).collect())
}
