//! The question of a study: lists of neurons, inputs, schemes and steps, every combination of which is run.

use std::path::Path;

use crate::error::{Error, Result};
use crate::metrics::{DistanceParameters, MetricSet};
use crate::model::{NeuronSpec, Problem, StimulusSpec};
use crate::scheme::{Scheme, StepSize, step_count};

/// Duration \[ms\] where neither the study nor the neuron has one.
const DURATION: f64 = 1000.0;

/// What is compared: every combination of what stands in the lists.
///
/// ```
/// use spikestep::SchemeSet;
/// use spikestep::model::NeuronSpec;
/// use spikestep::study::{Study, StudyInput};
/// let study = Study {
///     neurons: vec![NeuronSpec::parse("RS")?, NeuronSpec::parse("FS")?],
///     inputs: vec![StudyInput::parse("step:10")?],
///     schemes: SchemeSet::standard().parse_list("euler,rk4+located,taylor")?,
///     dts: vec![0.1, 0.5],
///     tolerances: vec![1e-6],
///     ..Study::default()
/// };
/// assert_eq!(study.cells()?.len(), 2 * (2 * 2 + 1));
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Study {
    /// The neurons, each with the state it starts from.
    pub neurons: Vec<NeuronSpec>,
    /// The inputs; where there is none, a pattern's own, and `step:10` for a neuron without.
    pub inputs: Vec<StudyInput>,
    /// Seeds of the inputs that are noise; where there is none, the input's own. Other inputs have no part in this axis.
    pub seeds: Vec<u64>,
    /// Peaks \[mV\], for the truth and all schemes; where there is none, the neuron's, and for `bindsnet` its own.
    pub peaks: Vec<f64>,
    /// Duration \[ms\]; `None` is a pattern's own, and 1000 for a neuron without.
    pub duration: Option<f64>,
    /// The schemes that are compared.
    pub schemes: Vec<Scheme>,
    /// Steps of the fixed-step schemes \[ms\].
    pub dts: Vec<f64>,
    /// Tolerances of the adaptive schemes.
    pub tolerances: Vec<f64>,
    /// Lower bound of v for the rules that have one \[mV\].
    pub lower_bound: Option<f64>,
    /// What is measured of every run.
    pub metrics: MetricSet,
    /// Parameters of the distances.
    pub distances: DistanceParameters,
}

/// An input of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyInput {
    /// How tables call it: the text it was read from.
    pub label: String,
    /// What it is; `None` is the neuron's own.
    pub spec: Option<StimulusSpec>,
}

impl StudyInput {
    /// Reads the text of `--input`, or `own` for a pattern's own input.
    ///
    /// # Errors
    /// Those of [`StimulusSpec::parse`].
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_in(text, Path::new(""))
    }

    /// As [`parse`](Self::parse), with files looked for in `folder`.
    ///
    /// # Errors
    /// Those of [`StimulusSpec::parse`].
    pub fn parse_in(text: &str, folder: &Path) -> Result<Self> {
        let spec = if text.trim() == "own" { None } else { Some(StimulusSpec::parse(text)?.in_folder(folder)) };
        Ok(StudyInput { label: text.trim().to_owned(), spec })
    }

    /// The input of `neuron` where a study names none.
    ///
    /// # Errors
    /// An input of its own that cannot be held.
    pub(super) fn default_of(neuron: &NeuronSpec) -> Result<Self> {
        neuron.own.refused.clone().map_or(Ok(()), |refused| Err(Error::Text(refused)))?;
        StudyInput::parse(if neuron.stimulus.is_some() { "own" } else { "step:10" })
    }

    /// The input of `neuron`: the one that a text gives, else its own, else `step:10`.
    ///
    /// # Errors
    /// Those of [`StimulusSpec::parse`]; where nothing is given, an input of the neuron's own that cannot be held.
    pub fn of(neuron: &NeuronSpec, given: Option<&str>) -> Result<Self> {
        let input = given.map_or_else(|| StudyInput::default_of(neuron), StudyInput::parse)?;
        Ok(if input.spec.is_none() && given.is_none() {
            StudyInput { label: neuron.own.label.clone(), ..input }
        } else {
            input
        })
    }

    fn is_noise(&self) -> bool {
        self.spec.as_ref().is_some_and(|spec| spec.with_seed(0).is_some())
    }
}

impl Study {
    /// A study of one problem, which tables call `label`; it still wants schemes and steps.
    pub fn of_problem(label: impl Into<String>, problem: Problem) -> Self {
        let Problem { neuron, stimulus, initial, duration } = problem;
        let mut neuron = NeuronSpec::plain(&label.into(), neuron, initial);
        (neuron.stimulus, neuron.duration) = (Some(stimulus), Some(duration));
        Study { neurons: vec![neuron], ..Study::default() }
    }

    /// `scheme` as this study runs it: with the peak that was asked for, and the lower bound where it has one.
    pub fn configured(&self, scheme: &Scheme) -> Scheme {
        scheme.configured(!self.peaks.is_empty(), self.lower_bound)
    }

    /// Gives a study without steps and tolerances a step of 0.5 ms and a tolerance of 1e-6, and one with steps alone that tolerance.
    /// Tolerances alone are for adaptive schemes alone: the others are taken out.
    pub fn fill_sizes(&mut self) {
        match (self.dts.is_empty(), self.tolerances.is_empty()) {
            (true, true) => (self.dts, self.tolerances) = (vec![0.5], vec![1e-6]),
            (false, true) => self.tolerances = vec![1e-6],
            (true, false) => self.schemes.retain(Scheme::is_adaptive),
            (false, false) => {}
        }
    }

    /// Steps or tolerances of a scheme.
    pub(super) fn sizes(&self, scheme: &Scheme) -> impl Iterator<Item = StepSize> {
        let (dts, tolerances) =
            if scheme.is_adaptive() { (&[][..], &self.tolerances[..]) } else { (&self.dts[..], &[][..]) };
        dts.iter().map(|&dt| StepSize::Fixed(dt)).chain(tolerances.iter().map(|&t| StepSize::Tolerance(t)))
    }

    /// Whether there are seeds without an input that is noise.
    pub(super) fn has_idle_seeds(&self) -> bool {
        !self.seeds.is_empty() && !self.inputs.iter().any(StudyInput::is_noise)
    }

    /// The seeds an input is run with.
    pub(super) fn seeds_of(&self, input: &StudyInput) -> Vec<Option<u64>> {
        let seeded = input.is_noise() && !self.seeds.is_empty();
        if seeded { self.seeds.iter().copied().map(Some).collect() } else { vec![None] }
    }

    /// Every peak with its place in the list; none where the neuron's is taken.
    pub(super) fn peaks_or_none(&self) -> Vec<(Option<usize>, Option<f64>)> {
        let given = self.peaks.iter().enumerate().map(|(k, &peak)| (Some(k), Some(peak)));
        if self.peaks.is_empty() { vec![(None, None)] } else { given.collect() }
    }

    /// Steps that all fixed-step runs on a problem of `duration` \[ms\] take together: the size of their traces.
    pub fn total_steps(&self, duration: f64) -> u64 {
        let fixed = self.schemes.iter().filter(|scheme| !scheme.is_adaptive()).count() as u64;
        let steps = self.dts.iter().map(|&dt| step_count(duration, dt)).fold(0, u64::saturating_add);
        fixed.saturating_mul(steps)
    }

    /// Duration \[ms\] of the runs of `neuron` under `input`: as given, else that of a recorded input, else the neuron's own.
    pub fn duration_of(&self, neuron: &NeuronSpec, input: &StudyInput) -> f64 {
        let recorded = || input.spec.as_ref()?.recorded_span().map(|[_, end]| end).filter(|end| *end > 0.0);
        self.duration.or_else(recorded).or(neuron.duration).unwrap_or(DURATION)
    }
}
