//! What is known of a scheme.

use std::borrow::Cow;

use crate::model::Form;

/// What is known of a scheme, for lists, tables and cache keys.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SchemeInfo {
    /// Its name on the command line and in outputs, with its parameters where it has any: "euler", "theta:0.5".
    pub name: Cow<'static, str>,
    /// Its order on smooth stretches, in powers of dt; 0 where it varies, as it does for `taylor` and `projective`.
    pub order: u8,
    /// What it is, in one line.
    pub summary: Cow<'static, str>,
    /// Where its formula comes from.
    pub source: Cow<'static, str>,
    /// A number that changes whenever the scheme gives other results: kept results of another revision are not used again.
    pub revision: u32,
    /// The peak \[mV\] that it uses in place of the neuron's, unless [`Scheme::at_peak_of_neuron`](super::Scheme::at_peak_of_neuron) was taken.
    pub own_peak: Option<f64>,
    /// Whether it has a lower bound of v, which [`Scheme::with_lower_bound`](super::Scheme::with_lower_bound) sets.
    pub has_lower_bound: bool,
    /// Whether a comparison includes it where no schemes are named.
    pub by_default: bool,
    /// Whether it is the update rule of a simulator, which handles spikes in a way of its own.
    pub of_simulator: bool,
    /// Which neurons it steps: of the quadratic form alone, unless it takes [`Form::Extended`].
    pub takes: Form,
}

impl SchemeInfo {
    /// A scheme of revision 1 that uses the neuron's peak, has no lower bound, and is part of every comparison.
    pub const fn new(name: &'static str, order: u8, summary: &'static str, source: &'static str) -> Self {
        SchemeInfo {
            name: Cow::Borrowed(name),
            order,
            summary: Cow::Borrowed(summary),
            source: Cow::Borrowed(source),
            revision: 1,
            own_peak: None,
            has_lower_bound: false,
            by_default: true,
            of_simulator: false,
            takes: Form::Plain,
        }
    }

    /// The same, taking neurons with an [`Extension`](crate::model::Extension) too: its steps ask [`Neuron::dv`](crate::Neuron::dv) and [`Neuron::du`](crate::Neuron::du), or
    /// [`Coefficients`](super::rule::Coefficients), for the field and nothing else.
    #[must_use]
    pub const fn extended(mut self) -> Self {
        self.takes = Form::Extended;
        self
    }

    /// The same under another name, such as one with the value of a parameter in it.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Cow::Owned(name.into());
        self
    }

    /// The same with another [`revision`](SchemeInfo::revision).
    #[must_use]
    pub const fn with_revision(mut self, revision: u32) -> Self {
        self.revision = revision;
        self
    }

    /// The same with a peak of its own \[mV\].
    #[must_use]
    pub const fn with_peak(mut self, peak: f64) -> Self {
        self.own_peak = Some(peak);
        self
    }

    /// The same with a lower bound of v that can be set.
    #[must_use]
    pub const fn bounded(mut self) -> Self {
        self.has_lower_bound = true;
        self
    }

    /// The same, left out of a comparison unless it is asked for by name.
    #[must_use]
    pub const fn on_request(mut self) -> Self {
        self.by_default = false;
        self
    }

    /// The same, as the update rule of a simulator.
    #[must_use]
    pub const fn of_simulator(mut self) -> Self {
        self.of_simulator = true;
        self
    }
}
