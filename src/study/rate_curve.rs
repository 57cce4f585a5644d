//! Rate against input, of the equations and of schemes: the f-I curve, and the rheobase at its foot.

use rayon::prelude::*;

use super::check::{MAX_TOTAL_STEPS, check_duration};
use super::problem::resting_state;
use crate::SpikeTrain;
use crate::error::{Error, Result, refuse_if, shown};
use crate::metrics::{coefficient_of_variation, mean_interval};
use crate::model::{NeuronSpec, Problem, State, Stimulus};
use crate::scheme::{Scheme, StepSize, projective, solve};
use crate::truth::{Outcome, taylor};

/// Most runs of all curves together.
const MOST_RUNS: usize = 100_000;
/// Halvings of the distance between two inputs in which the rheobase is searched: to a thousandth of it.
const HALVINGS: u32 = 10;
/// Spike-time error of the equations' runs \[ms\]: far below what a rate shows.
const TOLERANCE: f64 = 1e-6;
/// Tolerance of a step of the equations' runs where the neuron has more than the quadratic form: spikes as near as that, and nearer.
const TAYLOR_TOLERANCE: f64 = 1e-10;

/// What to draw f-I curves of.
#[derive(Clone, Debug)]
pub struct RateQuestion {
    /// The neuron. It starts at its stable rest without input, where there is one, or where its name says.
    pub neuron: NeuronSpec,
    /// Constant inputs in the unit of the neuron (mV/ms; pA in the 2007 form), rising.
    pub inputs: Vec<f64>,
    /// Schemes of a fixed step.
    pub schemes: Vec<Scheme>,
    /// Their steps \[ms\].
    pub dts: Vec<f64>,
    /// Length of a run \[ms\].
    pub duration: f64,
    /// From when on intervals count \[ms\]: before, the neuron adapts.
    pub from: f64,
}

/// A curve of the equations, or of a scheme at a step.
#[derive(Clone, Debug)]
pub struct RateCurve {
    /// Scheme and step \[ms\]; `None` for the equations.
    pub setting: Option<(Scheme, f64)>,
    /// What it gives at each input.
    pub points: Vec<RatePoint>,
    /// The least input from rest that is followed by firing that lasts, in the unit of the inputs, to a thousandth of their distance;
    /// `None` where the first fires already, or none does.
    pub rheobase: Option<f64>,
}

/// What a neuron does at one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// Rate \[Hz\]: one over the mean interval, 0 below two spikes; `None` where the run diverged.
    pub rate: Option<f64>,
    /// Mean interval \[ms\].
    pub mean_interval: Option<f64>,
    /// Coefficient of variation of the intervals.
    pub cv: Option<f64>,
}

impl RateQuestion {
    /// The curves: the equations first, then every scheme at every step.
    ///
    /// # Errors
    /// Inputs that do not rise, an adaptive scheme, more runs than fit, or a step that cannot be.
    pub fn curves(&self) -> Result<Vec<RateCurve>> {
        let RateQuestion { inputs, schemes, dts, duration, from, .. } = self;
        check_duration(*duration)?;
        self.neuron.neuron.validate()?;
        let rising = inputs.len() > 1 && inputs.windows(2).all(|w| w[0] < w[1]) && inputs.iter().all(|i| i.is_finite());
        refuse_if!(
            !rising,
            "the inputs",
            format!("{} of them", inputs.len()),
            "two or more that rise",
            "Give 0:20:41."
        );
        refuse_if!(
            !(*from >= 0.0 && from < duration && duration.is_finite()),
            "the start of what counts",
            format!("{} ms of {} ms", shown(*from), shown(*duration)),
            "0 or more, and before the end",
            "Let the second half count."
        );
        if let Some(adaptive) = schemes.iter().find(|scheme| scheme.is_adaptive()) {
            let (given, allowed) = (format!("'{adaptive}'"), "schemes of a fixed step");
            return Err(Error::invalid("scheme", given, allowed, "The equations are solved by 'projective' anyway."));
        }
        let runs = (1 + schemes.len() * dts.len()) * (inputs.len() + HALVINGS as usize);
        refuse_if!(
            runs > MOST_RUNS,
            "the runs",
            runs,
            format!("at most {MOST_RUNS}"),
            "Take fewer inputs, steps or schemes."
        );
        if let Some(&long) = dts.iter().find(|dt| *dt > duration) {
            let allowed = format!("at most the duration of {} ms", shown(*duration));
            let mend = "Lower the step or raise the duration.";
            return Err(Error::invalid("dt", format!("{} ms", shown(long)), allowed, mend));
        }
        let steps: f64 = dts.iter().map(|dt| duration / dt).sum();
        let steps = steps * (schemes.len() * (inputs.len() + HALVINGS as usize)) as f64;
        let allowed = format!("at most {:e} steps in all runs together", MAX_TOTAL_STEPS as f64);
        let mend = "Take fewer inputs, steps or schemes, larger steps, or a shorter duration.";
        refuse_if!(steps > MAX_TOTAL_STEPS as f64, "total work", format!("{steps:.1e} steps"), allowed, mend);
        let of_scheme = |scheme: &Scheme| dts.iter().map(|dt| Some((scheme.clone(), *dt))).collect::<Vec<_>>();
        let settings: Vec<_> = std::iter::once(None).chain(schemes.iter().flat_map(of_scheme)).collect();
        let rest = resting_state(self.neuron.neuron).map_or(self.neuron.initial, |rest| rest.state);
        settings.into_par_iter().map(|setting| self.curve(setting, rest)).collect()
    }

    fn curve(&self, setting: Option<(Scheme, f64)>, initial: State) -> Result<RateCurve> {
        let point = |input: f64| self.point(&setting, initial, input);
        let points: Vec<RatePoint> = self.inputs.par_iter().map(|input| point(*input)).collect::<Result<_>>()?;
        let fires = |point: &RatePoint| point.rate != Some(0.0);
        let mut rheobase = None;
        if let Some(first) = points.iter().position(fires).filter(|&first| first > 0) {
            let (mut silent, mut firing) = (self.inputs[first - 1], self.inputs[first]);
            for _ in 0..HALVINGS {
                let middle = 0.5 * (silent + firing);
                *(if fires(&point(middle)?) { &mut firing } else { &mut silent }) = middle;
            }
            rheobase = Some(0.5 * (silent + firing));
        }
        Ok(RateCurve { setting, points, rheobase })
    }

    fn point(&self, setting: &Option<(Scheme, f64)>, initial: State, input: f64) -> Result<RatePoint> {
        let neuron = self.neuron.neuron;
        let stimulus = Stimulus::constant(self.neuron.input_scale * input);
        let problem = Problem { neuron, stimulus, initial, duration: self.duration };
        let (spikes, cut_at) = match setting {
            None if neuron.is_plain() => {
                let run = projective::solve(&problem, TOLERANCE);
                if let Outcome::StepLimit { at } = run.outcome {
                    let given = format!("too stiff to be followed beyond {at:.6} ms at the input {}", shown(input));
                    let mend = "Make its rates smaller, or the duration shorter.";
                    return Err(Error::invalid("the neuron", given, "one that some hundred steps a ms follow", mend));
                }
                (run.spikes, run.outcome.cut_at())
            }
            None => {
                let run = taylor::solve(&problem, TAYLOR_TOLERANCE);
                (run.spikes, run.outcome.cut_at())
            }
            Some((scheme, dt)) => {
                let run = solve(&problem, scheme, StepSize::Fixed(*dt))?;
                (run.spikes, run.diverged_at)
            }
        };
        if cut_at.is_some() {
            return Ok(RatePoint { rate: None, mean_interval: None, cv: None });
        }
        let first = spikes.times().partition_point(|&t| t < self.from);
        let late = SpikeTrain::new(spikes.times()[first..].to_vec())?;
        let mean_interval = mean_interval(&late);
        let rate = mean_interval.map_or(0.0, |mean| 1000.0 / mean);
        Ok(RatePoint { rate: Some(rate), mean_interval, cv: coefficient_of_variation(&late) })
    }
}
