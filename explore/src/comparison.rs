//! Schemes at steps against the truth.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use spikestep::arithmetic::Arithmetic;
use spikestep::metrics::{About, Metric, MetricSet, Samples};
use spikestep::scheme::{Scheme, applicable};
use spikestep::study::{Comparison, Fine, Keep, Run, Study, flop_time};
use spikestep::{Error, SchemeSet};

use crate::problem::Session;
use crate::reply::Reply;

/// Most parts of a path: a page cannot show more.
const MOST_PARTS: usize = 100_000;

/// What is to be run.
#[derive(Deserialize)]
pub(crate) struct Asked {
    schemes: String,
    #[serde(default)]
    arithmetic: String,
    #[serde(default)]
    dts: Vec<f64>,
    #[serde(default)]
    tolerances: Vec<f64>,
    within: f64,
    /// Whether only what a figure of spikes needs is wanted, as while a hand moves: metrics of spikes and cost.
    #[serde(default)]
    brief: bool,
    /// Whether v and u after every step are wanted.
    #[serde(default)]
    samples: bool,
    /// Parts of the path of the truth, which comes with the phase plane; neither where there are none.
    #[serde(default)]
    path: usize,
}

/// Whether a metric comes from the run's spikes and its cost at once. Others solve every scheme again, or pass over all its steps.
fn is_brief(metric: &Metric) -> bool {
    matches!(metric.about, About::Run | About::Spikes | About::Cost) && metric.name != "rounding_sensitive"
}

impl Session {
    /// Runs schemes against the truth, which must have been asked for.
    pub(crate) fn compare(&mut self, asked: Asked) -> Result<Reply, Error> {
        self.check_steps(&asked.dts)?;
        let solved = self.solved.take().ok_or_else(|| Error::Text("The truth is not known yet.".to_owned()))?;
        let study = match self.schemes(&asked) {
            Ok((schemes, left_out)) => {
                let metrics = if asked.arithmetic.is_empty() {
                    MetricSet::standard()
                } else {
                    MetricSet::standard().with_arithmetic()
                };
                let metrics = if asked.brief { metrics.only(is_brief) } else { metrics };
                let (dts, tolerances) = (asked.dts.clone(), asked.tolerances.clone());
                Ok((Study { schemes, dts, tolerances, metrics, ..self.study.clone() }, left_out))
            }
            Err(error) => Err(error),
        };
        let keep = if asked.samples { Keep::Everything } else { Keep::Nothing };
        // A refusal leaves the truth where it was.
        let made = study
            .and_then(|(study, left_out)| Ok((study.compare_known(solved.clone(), asked.within, keep)?, left_out)));
        let (comparison, left_out) = match made {
            Ok(made) => made,
            Err(error) => {
                self.solved = Some(solved);
                return Err(error);
            }
        };
        let reply = answer(&comparison, left_out, &asked);
        self.solved = Some(comparison.into_solved());
        Ok(reply)
    }

    /// The schemes that the neuron and the arithmetics can have, and the names of the others.
    fn schemes(&self, asked: &Asked) -> Result<(Vec<Scheme>, Vec<String>), Error> {
        let kinds = if asked.arithmetic.is_empty() { Vec::new() } else { Arithmetic::parse_list(&asked.arithmetic)? };
        let schemes = SchemeSet::standard().parse_list(&asked.schemes)?;
        // Nothing counts as named: what cannot be stepped is left out and not refused.
        let (schemes, misfits) = applicable(schemes, "", self.known()?.neuron.form());
        let mut left_out: Vec<String> = misfits.iter().map(Scheme::to_string).collect();
        let mut made = Vec::new();
        for scheme in schemes {
            let in_kinds: Vec<Scheme> = kinds.iter().filter_map(|kind| scheme.in_arithmetic(kind)).collect();
            match (kinds.is_empty(), in_kinds.is_empty()) {
                (true, _) => made.push(scheme),
                (false, true) => left_out.push(scheme.to_string()),
                (false, false) => made.extend(in_kinds),
            }
        }
        match made.is_empty() {
            true => Err(Error::invalid(
                "schemes",
                if left_out.is_empty() { "none".to_owned() } else { left_out.join(", ") },
                "at least one that steps this neuron in this arithmetic",
                "Take another scheme, or clear the arithmetic.",
            )),
            false => Ok((made, left_out)),
        }
    }
}

fn answer(comparison: &Comparison, left_out: Vec<String>, asked: &Asked) -> Reply {
    let mut reply = Reply::of(Value::Null);
    let runs: Vec<Value> =
        comparison.runs.iter().map(|run| run_json(&mut reply, comparison, run, asked.samples)).collect();
    let mut json = json!({
        "fine": Fine::of(comparison).map(|fine| fine.text(comparison, "compare")),
        "warning": comparison.truth_warning(),
        "left_out": left_out,
        "runs": runs,
    });
    if asked.path > 0 {
        let truth = comparison.true_path(asked.path.min(MOST_PARTS));
        json["plane"] = plane_json(&mut reply, comparison, &truth);
        json["path"] = samples_json(&mut reply, &truth, true);
    }
    reply.json = json;
    reply
}

fn run_json(reply: &mut Reply, comparison: &Comparison, run: &Run, samples: bool) -> Value {
    let metrics: Map<String, Value> =
        run.metrics.iter().map(|(metric, value)| (metric.name.to_owned(), value.into())).collect();
    let mut json = json!({
        "name": run.scheme.to_string(),
        "scheme": run.scheme.name(),
        "arithmetic": run.scheme.arithmetic().map(ToString::to_string),
        "dt": run.size.dt(),
        "tolerance": run.size.tolerance(),
        "peak": run.peak,
        "steps": run.trajectory.steps,
        "diverged_at": run.trajectory.diverged_at,
        "fine": run.keeps_within(comparison.within),
        "ns_per_ms": run.weighed_ns_per_ms(comparison.problem.duration),
        "ns_per_flop": flop_time(&run.scheme),
        "metrics": metrics,
    });
    json["spikes"] = reply.array(run.trajectory.spikes.times().iter().copied());
    json["errors"] = reply.array(run.spike_errors.errors.iter().copied());
    if samples {
        // Of a fixed step the page knows the times.
        json["samples"] = samples_json(reply, &run.samples, run.size.dt().is_none());
    }
    json
}

fn samples_json(reply: &mut Reply, samples: &Samples, times: bool) -> Value {
    let t = times.then(|| reply.array(samples.t.iter().copied()));
    json!({ "t": t, "v": reply.array(samples.v.iter().copied()), "u": reply.array(samples.u.iter().copied()) })
}

/// Nullclines and equilibria; null where the neuron has none that are known.
fn plane_json(reply: &mut Reply, comparison: &Comparison, truth: &Samples) -> Value {
    let Some(portrait) = comparison.phase_portrait(truth) else { return Value::Null };
    let mut curve = |points: &[(f64, f64)]| {
        let (v, u): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
        json!({ "v": reply.array(v), "u": reply.array(u) })
    };
    let (v, u) = (curve(&portrait.nullclines.v), curve(&portrait.nullclines.u));
    let equilibria = portrait.equilibria.iter();
    let equilibria = equilibria.map(|e| json!({ "v": e.state.v, "u": e.state.u, "kind": e.kind.to_string() }));
    json!({ "input": portrait.input, "v": v, "u": u, "equilibria": equilibria.collect::<Vec<_>>() })
}
