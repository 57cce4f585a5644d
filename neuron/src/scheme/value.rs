//! A scheme as a value: what it is called, what is known of it, and how it starts on a problem.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arithmetic::Arithmetic;

use super::grid_rule::{GridRule, OnSteps};
use super::in_arithmetic::in_arithmetic;
use super::rule::Rule;
use super::{Flow, Located, OnGrid, Sample, SchemeInfo, Setup, Stepper, Trajectory};
use crate::model::{Form, Neuron, Problem};
use crate::spike::Location;

/// Starts a fixed-step scheme on a problem.
type Start = dyn Fn(&Setup) -> Box<dyn Stepper> + Send + Sync;

/// Starts a flow with its spikes on the grid or located inside the step.
type StartFlow = dyn Fn(&Setup, Option<Location>) -> Box<dyn Stepper> + Send + Sync;

/// Solves a problem to a tolerance and tells an observer of its steps. Without one, nothing is worked out between the spikes that
/// the solver can do without.
type Solver = dyn Fn(&Problem, f64, Option<&mut dyn FnMut(Sample)>) -> Trajectory + Send + Sync;

/// Starts a rule in an arithmetic of few bits.
type StartIn = dyn Fn(&Setup, &Arithmetic) -> Box<dyn Stepper> + Send + Sync;

/// How a scheme runs.
pub(super) enum Method {
    /// Fixed step, spikes on the grid or located.
    Flow(Box<StartFlow>),
    /// Fixed step, with a handling of spikes of its own: on the grid, or inside the step where the flag is set.
    Stepper { start: Box<Start>, locates: bool },
    /// Adaptive step, from a tolerance.
    Adaptive(Box<Solver>),
}

struct Entry {
    info: SchemeInfo,
    method: Method,
}

/// A scheme: how a problem is stepped. It is a value that can be compared, hashed and copied at no cost, and displays as its name.
///
/// A scheme of this crate is found by its name ([`FromStr`](std::str::FromStr) or a [`SchemeSet`](super::SchemeSet)); one of another crate is made by
/// [`flow`](Scheme::flow), [`stepper`](Scheme::stepper) or [`adaptive`](Scheme::adaptive).
///
/// ```
/// use spikestep::Scheme;
/// let rk4: Scheme = "rk4+located".parse()?;
/// assert_eq!((rk4.to_string().as_str(), rk4.info().order), ("rk4+located", 4));
/// assert!(rk4.locates_spikes() && !rk4.is_adaptive());
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone)]
pub struct Scheme {
    entry: Arc<Entry>,
    location: Option<Location>,
    neurons_peak: bool,
    lower_bound: Option<f64>,
    /// The rule by which populations and layers step it, where it is one.
    rule: Option<Arc<dyn Any + Send + Sync>>,
    /// How it runs in few bits, where it is written over a number type.
    start_in: Option<Arc<StartIn>>,
    arithmetic: Option<Arithmetic>,
}

impl Scheme {
    /// A scheme of a [`Rule`], with everything that a [`flow`](Scheme::flow) has, for neurons of any form, but
    /// where it puts other [coefficients](Rule::coefficients) in the place of the neuron's.
    pub fn rule<R: Rule>(info: SchemeInfo, rule: R) -> Self {
        let info = if R::DEPENDS_ON_DT { info } else { info.extended() };
        Self::flow(info, move |_| rule).with_rule(rule)
    }

    /// The same scheme, stepped by `rule` in populations and layers.
    #[must_use]
    pub(super) fn with_rule<R: Rule>(self, rule: R) -> Self {
        Scheme { rule: Some(Arc::new(rule)), ..self }.with_grid_rule(OnSteps(rule))
    }

    /// The same scheme, which runs in an arithmetic of few bits as `rule`.
    #[must_use]
    pub(super) fn with_grid_rule<G: GridRule>(self, rule: G) -> Self {
        let start: Arc<StartIn> = Arc::new(move |setup, kind| in_arithmetic(rule, setup, kind));
        Scheme { start_in: Some(start), ..self }
    }

    /// The same scheme in another arithmetic than the processor's f64; `None` for one that is not written over a number type: those that
    /// locate spikes by a search, choose their steps, or keep a memory.
    #[must_use]
    pub fn in_arithmetic(&self, kind: &Arithmetic) -> Option<Scheme> {
        let can = self.start_in.is_some() && self.location.is_none();
        can.then(|| Scheme { arithmetic: Some(kind.clone()), ..self.clone() })
    }

    /// The same scheme in the processor's f64, as the rule is written.
    #[must_use]
    pub fn in_f64(&self) -> Scheme {
        Scheme { arithmetic: None, ..self.clone() }
    }

    /// The arithmetic it runs in; `None` for f64 as the rule is written.
    pub fn arithmetic(&self) -> Option<&Arithmetic> {
        self.arithmetic.as_ref()
    }

    /// The rule by which populations and layers step it with spikes on the grid; `None` for other schemes and for located variants.
    pub(super) fn any_rule(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.rule.as_deref().filter(|_| self.location.is_none() && self.arithmetic.is_none())
    }

    /// A scheme of one step of the smooth equations, which gets spikes on the grid, and spikes located inside the step under the
    /// name `NAME+located`, for nothing.
    pub fn flow<F: Flow + 'static>(info: SchemeInfo, start: impl Fn(&Setup) -> F + Send + Sync + 'static) -> Self {
        let start = move |setup: &Setup, location: Option<Location>| -> Box<dyn Stepper> {
            let flow = start(setup);
            match location {
                None => Box::new(OnGrid::new(setup.neuron, flow)),
                Some(location) => Box::new(Located::new(setup.neuron, flow, location)),
            }
        };
        Self::new(info, Method::Flow(Box::new(start)))
    }

    /// A fixed-step scheme that handles spikes itself and puts them on the grid, as the rules of simulators do.
    pub fn stepper<S: Stepper + 'static>(
        info: SchemeInfo,
        start: impl Fn(&Setup) -> S + Send + Sync + 'static,
    ) -> Self {
        let start = Box::new(move |setup: &Setup| Box::new(start(setup)) as Box<dyn Stepper>);
        Self::new(info, Method::Stepper { start, locates: false })
    }

    /// A fixed-step scheme that finds its spikes inside the step by a way of its own.
    pub fn locating_stepper<S: Stepper + 'static>(
        info: SchemeInfo,
        start: impl Fn(&Setup) -> S + Send + Sync + 'static,
    ) -> Self {
        let start = Box::new(move |setup: &Setup| Box::new(start(setup)) as Box<dyn Stepper>);
        Self::new(info, Method::Stepper { start, locates: true })
    }

    /// A solver that chooses its own steps from a tolerance. It is given the problem, the tolerance and, where somebody looks, an
    /// observer to call at the end of every step.
    pub fn adaptive(
        info: SchemeInfo,
        solve: impl Fn(&Problem, f64, Option<&mut dyn FnMut(Sample)>) -> Trajectory + Send + Sync + 'static,
    ) -> Self {
        Self::new(info, Method::Adaptive(Box::new(solve)))
    }

    fn new(info: SchemeInfo, method: Method) -> Self {
        let entry = Arc::new(Entry { info, method });
        Scheme {
            entry,
            location: None,
            neurons_peak: false,
            lower_bound: None,
            rule: None,
            start_in: None,
            arithmetic: None,
        }
    }

    /// What is known of it.
    pub fn info(&self) -> &SchemeInfo {
        &self.entry.info
    }

    pub(super) fn method(&self) -> &Method {
        &self.entry.method
    }

    /// Whether it steps neurons of that form.
    pub fn takes(&self, form: Form) -> bool {
        // Few bits are computed in lines without a fork, as lanes are.
        self.info().takes >= form && (self.arithmetic.is_none() || form == Form::Plain)
    }

    /// How spikes are located; `None` where they are on the grid, or the scheme has a way of its own.
    pub fn location(&self) -> Option<Location> {
        self.location
    }

    /// Its name as it is typed, "rk4+located", whatever its arithmetic.
    pub fn name(&self) -> Cow<'static, str> {
        match LOCATIONS.iter().find(|(_, location)| Some(*location) == self.location) {
            Some((suffix, _)) => format!("{}+{suffix}", self.info().name).into(),
            None => self.info().name.clone(),
        }
    }

    /// Whether it chooses its own steps from a tolerance.
    pub fn is_adaptive(&self) -> bool {
        matches!(self.method(), Method::Adaptive(_))
    }

    /// Whether it puts spikes between the points of a grid.
    pub fn locates_spikes(&self) -> bool {
        self.location.is_some() || matches!(self.method(), Method::Stepper { locates: true, .. } | Method::Adaptive(_))
    }

    /// Whether there are variants of it with located spikes.
    pub(super) fn is_flow(&self) -> bool {
        matches!(self.method(), Method::Flow(_))
    }

    /// The variant with spikes located inside the step by `location`; `None` where the scheme handles its spikes itself.
    pub fn located(&self, location: Location) -> Option<Scheme> {
        (self.is_flow() && self.arithmetic.is_none()).then(|| Scheme { location: Some(location), ..self.clone() })
    }

    /// The scheme without located spikes: itself, but for a variant.
    pub fn on_grid(&self) -> Scheme {
        Scheme { location: None, ..self.clone() }
    }

    /// The same scheme with the neuron's peak, where it has a peak of its own otherwise.
    #[must_use]
    pub fn at_peak_of_neuron(&self) -> Scheme {
        Scheme { neurons_peak: self.entry.info.own_peak.is_some(), ..self.clone() }
    }

    /// The same scheme with v kept at `bound` \[mV\] or above; `None` for a scheme that has no lower bound.
    pub fn with_lower_bound(&self, bound: f64) -> Option<Scheme> {
        self.entry.info.has_lower_bound.then(|| Scheme { lower_bound: Some(bound), ..self.clone() })
    }

    /// The same scheme without a lower bound of v.
    #[must_use]
    pub fn without_lower_bound(&self) -> Scheme {
        Scheme { lower_bound: None, ..self.clone() }
    }

    /// The same scheme as the options of a run ask for: with the neuron's peak, and with a lower bound of v \[mV\] where it has one.
    #[must_use]
    pub fn configured(&self, at_peak_of_neuron: bool, lower_bound: Option<f64>) -> Scheme {
        let scheme = if at_peak_of_neuron { self.at_peak_of_neuron() } else { self.clone() };
        lower_bound.and_then(|bound| scheme.with_lower_bound(bound)).unwrap_or(scheme)
    }

    /// The lower bound of v \[mV\]; `None` where there is none.
    pub fn lower_bound(&self) -> Option<f64> {
        self.lower_bound
    }

    /// The peak of its own \[mV\] that it uses; `None` where it uses the neuron's.
    pub fn own_peak(&self) -> Option<f64> {
        self.entry.info.own_peak.filter(|_| !self.neurons_peak)
    }

    /// The peak \[mV\] that it uses for `neuron`: its own, or the neuron's.
    pub fn peak(&self, neuron: &Neuron) -> f64 {
        self.own_peak().unwrap_or(neuron.peak)
    }

    /// `problem` with the peak that the scheme uses.
    pub fn problem<'a>(&self, problem: &'a Problem) -> Cow<'a, Problem> {
        let peak = self.peak(&problem.neuron);
        if peak == problem.neuron.peak {
            return Cow::Borrowed(problem);
        }
        Cow::Owned(Problem { neuron: problem.neuron.with_peak(peak), ..problem.clone() })
    }

    /// Starts it for `setup`; `None` for an adaptive scheme.
    pub(super) fn start(&self, setup: &Setup) -> Option<Box<dyn Stepper>> {
        if let (Some(start), Some(kind)) = (&self.start_in, &self.arithmetic) {
            return Some(start(setup, kind));
        }
        match self.method() {
            Method::Flow(start) => Some(start(setup, self.location)),
            Method::Stepper { start, .. } => Some(start(setup)),
            Method::Adaptive(_) => None,
        }
    }

    /// What tells two schemes apart: name, revision, location, whose peak, the bits of the lower bound, and the arithmetic.
    fn identity(&self) -> (&str, u32, Option<Location>, bool, Option<u64>, Option<&Arithmetic>) {
        let info = self.info();
        let bound = self.lower_bound.map(f64::to_bits);
        (&info.name, info.revision, self.location, self.neurons_peak, bound, self.arithmetic.as_ref())
    }
}

impl PartialEq for Scheme {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Scheme {}

impl Hash for Scheme {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// Suffixes of the located variants.
pub(super) const LOCATIONS: [(&str, Location); 3] =
    [("located", Location::Step), ("located-hermite", Location::Hermite), ("located-linear", Location::Linear)];

impl fmt::Display for Scheme {
    /// Its name, and in brackets the arithmetic, where it has one: "euler [s16.15:floor]".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        match &self.arithmetic {
            Some(kind) => write!(f, " [{kind}]"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
