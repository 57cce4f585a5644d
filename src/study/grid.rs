//! A grid of comparisons: neurons × inputs × seeds × peaks × schemes × steps (or tolerances).

use std::sync::Arc;

use super::expected_cost::expected_flops_per_ms;
use super::grid_cell::{GridCell, GridProblem};
use crate::error::{Error, Result};
use crate::metrics::{DistanceParameters, MetricSet};
use crate::model::{NeuronSpec, StimulusSpec};
use crate::scheme::Scheme;
use crate::scheme::StepSize;

/// Duration \[ms\] where neither the grid nor the neuron has one.
const DURATION: f64 = 1000.0;

/// What is compared: every combination of what stands in the lists.
///
/// ```
/// use spikestep::study::{Grid, GridInput};
/// use spikestep::model::NeuronSpec;
/// use spikestep::Scheme;
/// let grid = Grid {
///     neurons: vec![NeuronSpec::parse("RS")?, NeuronSpec::parse("FS")?],
///     inputs: vec![GridInput::parse("step:10")?],
///     schemes: SchemeSet::standard().parse_list("euler,rk4+located,taylor")?,
///     dts: vec![0.1, 0.5],
///     tolerances: vec![1e-6],
///     ..Grid::default()
/// };
/// assert_eq!(grid.cells().unwrap().len(), 2 * (2 * 2 + 1));
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// The neurons.
    pub neurons: Vec<NeuronSpec>,
    /// The inputs; where there is none, a pattern's own, and `step:10` for a neuron without.
    pub inputs: Vec<GridInput>,
    /// Seeds of the inputs that are noise; where there is none, the input's own. Other inputs have no part in this axis.
    pub seeds: Vec<u64>,
    /// Peaks \[mV\], for the truth and all schemes; where there is none, the neuron's, and for `bindsnet` its own.
    pub peaks: Vec<f64>,
    /// Duration \[ms\]; `None` is a pattern's own, and 1000 for a neuron without.
    pub duration: Option<f64>,
    /// The schemes.
    pub schemes: Vec<Scheme>,
    /// Steps of the fixed-step schemes \[ms\].
    pub dts: Vec<f64>,
    /// Tolerances of the adaptive schemes.
    pub tolerances: Vec<f64>,
    /// Lower bound of v for the rules that have one \[mV\].
    pub lbound: Option<f64>,
    /// What is measured of every run.
    pub metrics: MetricSet,
    /// Parameters of the distances.
    pub distances: DistanceParameters,
}

/// An input of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct GridInput {
    /// How tables call it: the text it was read from.
    pub label: String,
    /// What it is; `None` is the neuron's own.
    pub spec: Option<StimulusSpec>,
}

impl GridInput {
    /// Reads the text of `--input`, or `own` for a pattern's own input.
    ///
    /// # Errors
    /// Those of [`StimulusSpec::parse`].
    pub fn parse(text: &str) -> Result<Self> {
        let spec = if text.trim() == "own" { None } else { Some(StimulusSpec::parse(text)?) };
        Ok(GridInput { label: text.trim().to_owned(), spec })
    }
}

/// The part of a grid that cannot be used, by its place in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A neuron.
    Neuron(usize),
    /// An input.
    Input(usize),
    /// The seeds.
    Seeds,
    /// A peak.
    Peak(usize),
    /// The schemes.
    Schemes,
    /// The steps.
    Dts,
    /// The tolerances.
    Tolerances,
    /// The parameters of the distances.
    Distances,
    /// What concerns the whole.
    Whole,
}

/// Why a grid cannot be run, and which part of it is at fault.
#[derive(Debug)]
pub struct Misfit {
    /// The part.
    pub part: Part,
    /// What is wrong.
    pub error: Error,
}

impl From<Misfit> for Error {
    fn from(misfit: Misfit) -> Self {
        misfit.error
    }
}

impl Grid {
    /// The cells in grid order: neuron, input, seed, peak, scheme, step (the last changes fastest).
    ///
    /// # Errors
    /// The first part that cannot be used: everything is checked before anything is run.
    pub fn cells(&self) -> std::result::Result<Vec<GridCell>, Misfit> {
        self.check_axes()?;
        let settings: Vec<Vec<(StepSize, f64)>> = self.schemes.iter().map(|scheme| self.settings(scheme)).collect();
        let mut cells = Vec::new();
        for (n, neuron) in self.neurons.iter().enumerate() {
            for (i, input) in self.inputs_of(neuron).iter().enumerate() {
                for seed in self.seeds_of(input) {
                    for peak in self.peaks_of() {
                        let problem = Arc::new(self.problem(n, neuron, i, input, seed, peak)?);
                        let schemes = self.configured(peak.is_some());
                        for (class, (scheme, settings)) in schemes.iter().zip(&settings).enumerate() {
                            for &(setting, flops_per_ms) in settings {
                                cells.push(GridCell::new(&problem, scheme.clone(), setting, flops_per_ms, class));
                            }
                        }
                    }
                }
            }
        }
        Ok(cells)
    }

    /// What can be said of the lists alone.
    fn check_axes(&self) -> std::result::Result<(), Misfit> {
        let refuse = |part, error| Err(Misfit { part, error });
        if self.neurons.is_empty() {
            let error = Error::invalid("neurons", "an empty list", "at least one", "Write neurons = [\"RS\"].");
            return refuse(Part::Whole, error);
        }
        let noisy = |input: &GridInput| input.spec.as_ref().is_some_and(|spec| spec.with_seed(0).is_some());
        if !self.seeds.is_empty() && !self.inputs.iter().any(noisy) {
            let allowed = "seeds for inputs of noise";
            let error = Error::invalid(
                "seeds",
                "a list without noise among the inputs",
                allowed,
                "Remove seeds, or add noise:10:2.",
            );
            return refuse(Part::Seeds, error);
        }
        let fixed = self.schemes.iter().any(|id| !id.is_adaptive());
        let adaptive = self.schemes.iter().any(Scheme::is_adaptive);
        if fixed && self.dts.is_empty() {
            let error =
                Error::invalid("dt", "missing", "steps in ms for the fixed-step schemes", "Write dt = [0.1, 0.5].");
            return refuse(Part::Schemes, error);
        }
        if adaptive && self.tolerances.is_empty() {
            let error = Error::invalid(
                "tolerance",
                "missing",
                "tolerances for the adaptive schemes",
                "Write tolerance = [1e-6].",
            );
            return refuse(Part::Schemes, error);
        }
        if !fixed && !adaptive {
            return refuse(
                Part::Schemes,
                Error::invalid("schemes", "an empty list", "at least one", "Write schemes = \"default\"."),
            );
        }
        if !adaptive && !self.tolerances.is_empty() || !fixed && !self.dts.is_empty() {
            let (part, what, kind) =
                if fixed { (Part::Tolerances, "tolerance", "adaptive") } else { (Part::Dts, "dt", "fixed-step") };
            let given = format!("given without {} {kind} scheme", if fixed { "an" } else { "a" });
            let error = Error::invalid(
                what,
                given,
                format!("{what} with {kind} schemes"),
                format!("Remove {what}, or add a scheme."),
            );
            return refuse(part, error);
        }
        Ok(())
    }

    /// The schemes with the lower bound of the grid, and with the neuron's peak where the grid names peaks.
    fn configured(&self, at_peak_of_neuron: bool) -> Vec<Scheme> {
        self.schemes.iter().map(|scheme| scheme.configured(at_peak_of_neuron, self.lbound)).collect()
    }

    /// Steps or tolerances of a scheme, with the flops per ms expected of each.
    fn settings(&self, scheme: &Scheme) -> Vec<(StepSize, f64)> {
        let with_cost = |setting| (setting, expected_flops_per_ms(scheme, setting));
        if scheme.is_adaptive() {
            self.tolerances.iter().map(|&t| with_cost(StepSize::Tolerance(t))).collect()
        } else {
            self.dts.iter().map(|&dt| with_cost(StepSize::Fixed(dt))).collect()
        }
    }

    fn inputs_of(&self, neuron: &NeuronSpec) -> Vec<GridInput> {
        if !self.inputs.is_empty() {
            return self.inputs.clone();
        }
        let default = if neuron.stimulus.is_some() { "own" } else { "step:10" };
        GridInput::parse(default).into_iter().collect()
    }

    /// The seeds an input is run with.
    fn seeds_of(&self, input: &GridInput) -> Vec<Option<u64>> {
        let noisy = input.spec.as_ref().is_some_and(|spec| spec.with_seed(0).is_some());
        if noisy && !self.seeds.is_empty() { self.seeds.iter().copied().map(Some).collect() } else { vec![None] }
    }

    fn peaks_of(&self) -> Vec<Option<(usize, f64)>> {
        if self.peaks.is_empty() {
            return vec![None];
        }
        self.peaks.iter().copied().enumerate().map(Some).collect()
    }

    fn problem(
        &self,
        n: usize,
        neuron: &NeuronSpec,
        i: usize,
        input: &GridInput,
        seed: Option<u64>,
        peak: Option<(usize, f64)>,
    ) -> std::result::Result<GridProblem, Misfit> {
        let spec = match (&input.spec, seed) {
            (Some(spec), Some(seed)) => spec.with_seed(seed),
            (spec, _) => spec.clone(),
        };
        let problem = GridProblem {
            neuron: neuron.clone(),
            input: input.label.clone(),
            spec,
            seed,
            peak: peak.map(|(_, peak)| peak),
            duration: self.duration.or(neuron.duration).unwrap_or(DURATION),
            metrics: self.metrics.clone(),
            distances: self.distances,
            key: None,
        };
        let at = |part| move |error| Misfit { part, error };
        let mut study = problem.study().map_err(at(Part::Input(i)))?;
        let near = peak.map_or(Part::Neuron(n), |(k, _)| Part::Peak(k));
        super::Study { distances: DistanceParameters::default(), ..study.clone() }.validate().map_err(at(near))?;
        study.validate().map_err(at(Part::Distances))?;
        super::Study { schemes: self.configured(peak.is_some()), ..study.clone() }
            .validate()
            .map_err(at(Part::Whole))?;
        study.dts.clone_from(&self.dts);
        study.validate().map_err(at(Part::Dts))?;
        study.tolerances.clone_from(&self.tolerances);
        study.validate().map_err(at(Part::Tolerances))?;
        Ok(problem.with_key(&study))
    }
}
