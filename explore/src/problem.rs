//! The problem on the page, and its truth.

use serde::Deserialize;
use serde_json::{Value, json};
use spikestep::model::{BIOPHYSICAL_CELLS, CELL_TYPES, FIRING_PATTERNS, NeuronSpec};
use spikestep::scheme::Scheme;
use spikestep::study::{SolvedProblem, Study, StudyInput, input_curve};
use spikestep::truth::residual::Reading;
use spikestep::truth::{SpikeBound, taylor};
use spikestep::{Error, Neuron, Piece, Problem, SchemeSet, Stimulus};

use crate::reply::Reply;

/// Most steps of one run on the page: what a hand can still move.
const MOST_STEPS: f64 = 2e6;

/// Longest run on the page \[ms\]: its truth takes a tenth of a second.
const MOST_MS: f64 = 1e5;
/// Most pieces of an input: noise of a fine grid over a long run has more than can be drawn.
const MOST_PIECES: usize = 200_000;

/// What is known from one request to the next.
#[derive(Default)]
pub(crate) struct Session {
    pub(crate) study: Study,
    pub(crate) problem: Option<Problem>,
    pub(crate) solved: Option<SolvedProblem>,
    pub(crate) network: Option<crate::network::Drawn>,
}

/// A problem in the words of the command line.
#[derive(Deserialize)]
pub(crate) struct Asked {
    neuron: String,
    /// `None` is the neuron's own, and `step:10` for one without.
    input: Option<String>,
    /// An input that was drawn by hand or recorded, in the place of `input`.
    drawn: Option<Drawn>,
    duration: Option<f64>,
    v0: Option<String>,
    u0: Option<String>,
    peak: Option<f64>,
}

#[derive(Deserialize)]
struct Drawn {
    times: Vec<f64>,
    values: Vec<f64>,
    /// Whether it is straight between its samples, and not held.
    #[serde(default)]
    linear: bool,
}

impl Drawn {
    /// Zero before the first sample, constant after the last.
    fn stimulus(&self) -> Result<Stimulus, Error> {
        let Drawn { times, values, linear } = self;
        let slope = |k: usize| match (times.get(k + 1), values.get(k + 1)) {
            (Some(t), Some(value)) if *linear => (value - values[k]) / (t - times[k]),
            _ => 0.0,
        };
        let pieces = times.iter().zip(values).enumerate();
        Stimulus::piecewise_linear(
            pieces.map(|(k, (&start, &value))| Piece { start, value, slope: slope(k) }).collect(),
        )
    }
}

impl Asked {
    fn study(&self) -> Result<Study, Error> {
        if let (None, Some(file)) =
            (&self.drawn, self.input.as_deref().and_then(|input| input.trim().strip_prefix("csv:")))
        {
            let mend = "Open the page that compare explore wrote with it.";
            return Err(Error::invalid(
                "the input",
                file,
                "an input of this page, which does not hold that file",
                mend,
            ));
        }
        let mut neuron = NeuronSpec::parse(&self.neuron)?.started(self.v0.as_deref(), self.u0.as_deref())?;
        let input = match &self.drawn {
            Some(drawn) => {
                let stimulus = drawn.stimulus()?.scaled(neuron.typed_input_scale());
                (neuron.stimulus, neuron.own) = (Some(stimulus), Default::default());
                StudyInput::parse("own")?
            }
            None => StudyInput::of(&neuron, self.input.as_deref())?,
        };
        let peaks = self.peak.into_iter().collect();
        Ok(Study { neurons: vec![neuron], inputs: vec![input], peaks, duration: self.duration, ..Study::default() })
    }
}

/// How a truth is asked for.
#[derive(Deserialize)]
pub(crate) struct AskedTruth {
    /// Whether the second solver and the proof are left out, which take most of the time.
    quick: bool,
}

impl Session {
    /// Takes a problem; what was known of the last one is forgotten.
    pub(crate) fn set(&mut self, asked: Asked) -> Result<Reply, Error> {
        let study = asked.study()?;
        let duration = study.duration.unwrap_or(0.0);
        if duration > MOST_MS {
            return Err(Error::invalid(
                "the duration",
                format!("{duration} ms"),
                format!("at most {MOST_MS:e} ms on this page"),
                "Take a shorter one, or the command.",
            ));
        }
        let problem = study.problem()?;
        let pieces = problem.stimulus.pieces().len();
        if pieces > MOST_PIECES {
            return Err(Error::invalid(
                "the input",
                format!("{pieces} pieces"),
                format!("at most {MOST_PIECES} on this page"),
                "Take a wider grid of noise or a shorter duration, or the command.",
            ));
        }
        let spec = &study.neurons[0];
        let mut reply = Reply::of(json!({
            "label": spec.label,
            "unit": spec.unit().name(),
            "parameters": named(&problem.neuron),
            "typed": typed(spec),
            "notes": spec.note.iter().cloned().chain(spec.extension_text()).collect::<Vec<_>>(),
            "duration": problem.duration,
            "v0": problem.initial.v,
            "u0": problem.initial.u,
        }));
        let (t, input): (Vec<f64>, Vec<f64>) = input_curve(&problem).into_iter().unzip();
        let (t, input) = (reply.array(t), reply.array(input));
        reply.json["input"] = json!({ "t": t, "value": input, "scale": spec.input_scale });
        (self.study, self.problem, self.solved) = (study, Some(problem), None);
        Ok(reply)
    }

    pub(crate) fn known(&self) -> Result<&Problem, Error> {
        self.problem.as_ref().ok_or_else(|| Error::Text("There is no problem yet: ask for one first.".to_owned()))
    }

    /// Solves the problem.
    pub(crate) fn truth(&mut self, asked: AskedTruth) -> Result<Reply, Error> {
        let problem = self.known()?.clone();
        let solved = if asked.quick && problem.neuron.is_plain() {
            SolvedProblem::unproven(problem)
        } else {
            SolvedProblem::read(problem, Reading::Typed(self.study.neurons[0].numbers()))
        };
        let mut reply = Reply::of(json!({}));
        let (truth, check) = (&solved.truth, &solved.check);
        let spikes = reply.array(truth.spikes.times().iter().copied());
        let bounds = reply.known(truth.error_bounds.iter().map(|bound| bound.map(|SpikeBound { t, .. }| t)));
        reply.json = json!({
            "spikes": spikes,
            "bounds": bounds,
            "bound": truth.bound(),
            "proven": check.proven,
            "solver": check.solver.name(),
            "checked_by": check.checked_by.name(),
            "agrees": check.agrees,
            "difference": check.largest_difference,
            "why_unknown": check.why_unknown(),
            "tolerance": taylor::TOLERANCE,
        });
        self.solved = Some(solved);
        Ok(reply)
    }

    /// Refuses runs that nobody can wait for.
    pub(crate) fn check_steps(&self, dts: &[f64]) -> Result<(), Error> {
        let duration = self.known()?.duration;
        match dts.iter().find(|&&dt| dt > 0.0 && duration / dt > MOST_STEPS) {
            Some(dt) => Err(Error::invalid(
                "the step",
                format!("{dt:?} ms over {duration} ms"),
                format!("at most {MOST_STEPS:e} steps on this page"),
                "Take a larger step or a shorter duration, or the command.",
            )),
            None => Ok(()),
        }
    }
}

/// The parameters as they are typed, in the neuron's own units.
fn typed(spec: &NeuronSpec) -> Value {
    match &spec.biophysical {
        Some(cell) => json!({
            "C": cell.capacitance, "k": cell.k, "vr": cell.v_r, "vt": cell.v_t,
            "a": cell.a, "b": cell.b, "c": cell.c, "d": cell.d, "vpeak": cell.v_peak,
        }),
        None => named(&spec.neuron),
    }
}

/// The parameters of the general form by their names.
fn named(neuron: &Neuron) -> Value {
    neuron.parameters().into_iter().collect()
}

/// The names that the page offers.
pub(crate) fn about() -> Reply {
    let scheme = |scheme: &Scheme| {
        let info = scheme.info();
        let located = scheme.located(spikestep::spike::Location::Step).is_some();
        json!({
            "name": info.name, "order": info.order, "summary": info.summary, "source": info.source,
            "simulator": info.of_simulator, "adaptive": scheme.is_adaptive(), "located": located, "default": info.by_default,
        })
    };
    let neurons = CELL_TYPES.iter().map(|cell| [cell.name.to_owned(), cell.description.to_owned()]);
    let patterns = FIRING_PATTERNS.iter().map(|p| [p.letter.to_string(), p.name.to_owned()]);
    Reply::of(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "schemes": SchemeSet::standard().iter().map(scheme).collect::<Vec<_>>(),
        "neurons": neurons.collect::<Vec<_>>(),
        "patterns": patterns.collect::<Vec<_>>(),
        "cells": BIOPHYSICAL_CELLS.iter().map(|(name, _)| name).collect::<Vec<_>>(),
    }))
}
