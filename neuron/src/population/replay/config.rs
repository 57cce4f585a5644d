//! The description of a recording.

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result, refuse_if};
use crate::population::Weights;
use crate::population::clock::checked_step;
use crate::population::layer::{LayerSpec, Traces};
use crate::population::network::{Learning, LearningRule, Reduction};
use crate::scheme::Scheme;

/// The JSON as it is written; other keys are left alone.
#[derive(Debug, Deserialize)]
#[allow(non_snake_case)] // BindsNET's name of the lateral weights.
struct Written {
    kind: String,
    n: usize,
    dt: f64,
    steps: usize,
    batch: usize,
    dtype: Option<String>,
    thresh: f64,
    rest: f64,
    lbound: Option<f64>,
    tc_trace: f64,
    trace_scale: f64,
    #[serde(default)]
    traces_additive: bool,
    a: Vec<f64>,
    b: Vec<f64>,
    c: Vec<f64>,
    d: Vec<f64>,
    S: Vec<Vec<f64>>,
    presentations: Option<usize>,
    n_input: Option<usize>,
    nu: Option<[f64; 2]>,
    wmin: Option<f64>,
    wmax: Option<f64>,
    norm: Option<f64>,
    reduction: Option<String>,
    rule: Option<String>,
    w0: Option<Vec<Vec<f64>>>,
    labels: Option<Vec<usize>>,
}

/// Most classes that a readout counts for each neuron.
const MOST_CLASSES: usize = 1000;

/// What recordings of both kinds describe.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) dt: f64,
    pub(super) steps: usize,
    pub(super) batch: usize,
    /// Whether it was recorded in single precision.
    pub(super) single: bool,
    pub(super) a: Vec<f64>,
    spec: LayerSpec,
}

/// What the recording of a network describes beside.
#[derive(Clone, Debug)]
pub(super) struct NetworkConfig {
    pub(super) presentations: usize,
    pub(super) n_input: usize,
    /// \[input\]\[neuron\], row by row.
    pub(super) w0: Vec<f64>,
    pub(super) learning: Learning,
    /// The class of each presentation, row by row, where they are known.
    pub(super) labels: Option<Vec<usize>>,
}

impl Config {
    /// The layer under `scheme`.
    pub(super) fn layer(&self, scheme: &Scheme) -> LayerSpec {
        LayerSpec { scheme: scheme.clone(), ..self.spec.clone() }
    }

    /// The traces of both layers.
    pub(super) fn traces(&self) -> Traces {
        self.spec.traces.unwrap_or_default()
    }
}

/// Reads the description in the file `path`.
pub(super) fn read(path: &Path) -> Result<(Config, Option<NetworkConfig>)> {
    let text = data::whole::read_text(path)?;
    let written: Written = serde_json::from_str(&text).map_err(|error| {
        // Its message ends with the place, which the error names before it.
        let message = error.to_string();
        let problem = message.split(" at line ").next().unwrap_or(&message).to_owned();
        let mend = "Give the .json of a recorded population or network_stdp.".to_owned();
        Error::Position { path: path.into(), line: error.line(), column: error.column(), problem, mend }
    })?;
    checked(written).map_err(|error| refused(path, error))
}

fn checked(written: Written) -> Result<(Config, Option<NetworkConfig>)> {
    let network = match written.kind.as_str() {
        "population" => None,
        "network_stdp" => Some(network(&written)?),
        other => return Err(Error::unknown("kind of recording", other, ["population", "network_stdp"])),
    };
    let single = match written.dtype.as_deref() {
        None | Some("float64") => false,
        Some("float32") => true,
        Some(other) => return Err(Error::unknown("dtype", other, ["float64", "float32"])),
    };
    checked_step(written.dt)?;
    for (name, count) in [("steps", written.steps), ("batch", written.batch)] {
        refuse_if!(count == 0, name, 0, "at least 1", "Count the steps and rows of the recording.");
    }
    let Written { n, a, b, c, d, .. } = &written;
    refuse_if!(*n != a.len(), "n", n, format!("{}, the number of values of a", a.len()), "Make them agree.");
    let mut spec = LayerSpec::from_parameters(a, b, c, d, written.thresh)?;
    spec.lateral = Some(Weights::lateral(*n, &matrix("S", &written.S, *n, *n)?)?);
    spec.rest = written.rest;
    spec.lbound = written.lbound;
    spec.traces = Some(Traces { tc: written.tc_trace, scale: written.trace_scale, additive: written.traces_additive });
    spec.validate()?;
    let Written { dt, steps, batch, a, .. } = written;
    Ok((Config { dt, steps, batch, single, a, spec }, network))
}

fn network(written: &Written) -> Result<NetworkConfig> {
    let missing = |name: &str| {
        let mend = "Give the .json of a recorded network.";
        Error::invalid(format!("{name} of a network_stdp"), "missing", "a value", mend)
    };
    let n_input = written.n_input.ok_or_else(|| missing("n_input"))?;
    let presentations = written.presentations.ok_or_else(|| missing("presentations"))?;
    let nu = written.nu.ok_or_else(|| missing("nu"))?;
    let w0 = written.w0.as_ref().ok_or_else(|| missing("w0"))?;
    if n_input == 0 || presentations == 0 {
        let given = format!("{n_input} and {presentations}");
        return Err(Error::invalid("n_input and presentations", given, "at least 1", "Count those of the recording."));
    }
    // "sum over the batch"
    let reduction = match written.reduction.as_deref().and_then(|text| text.split_whitespace().next()) {
        None | Some("sum") => Reduction::Sum,
        Some("mean") => Reduction::Mean,
        Some(other) => return Err(Error::unknown("reduction over the batch", other, ["sum", "mean"])),
    };
    let wmin = written.wmin.unwrap_or(f64::NEG_INFINITY);
    let wmax = written.wmax.unwrap_or(f64::INFINITY);
    let rule = match written.rule.as_deref() {
        None | Some("PostPre") => LearningRule::PostPre,
        Some("WeightDependentPostPre") => LearningRule::WeightDependentPostPre,
        Some("NoOp") => LearningRule::None,
        Some(other) => return Err(Error::unknown("rule", other, ["PostPre", "WeightDependentPostPre", "NoOp"])),
    };
    let learning = Learning { rule, nu, wmin, wmax, norm: written.norm, reduction };
    learning.validate()?;
    if let Some(labels) = &written.labels {
        let (given, allowed) = (labels.len(), presentations.saturating_mul(written.batch));
        let mend = "Give one for each row of each presentation.";
        refuse_if!(given != allowed, "number of labels", given, allowed.to_string(), mend);
        let most = labels.iter().max().copied().unwrap_or(0);
        refuse_if!(most >= MOST_CLASSES, "label", most, format!("0 to {}", MOST_CLASSES - 1), "Count classes from 0.");
    }
    let w0 = matrix("w0", w0, n_input, written.n)?;
    Ok(NetworkConfig { presentations, n_input, w0, learning, labels: written.labels.clone() })
}

/// The rows of a matrix one after the other.
fn matrix(name: &str, rows: &[Vec<f64>], height: usize, width: usize) -> Result<Vec<f64>> {
    let uneven = rows.iter().position(|row| row.len() != width);
    let given = match uneven {
        Some(i) => format!("a matrix with {} values in row {i}", rows[i].len()),
        None if rows.len() != height => format!("a matrix of {} rows", rows.len()),
        None => return Ok(rows.concat()),
    };
    Err(Error::invalid(name, given, format!("{height} rows of {width} values"), "Give a row for each neuron it is of."))
}

/// The error about a file as a whole.
pub(super) fn refused(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::Text(format!("{}: {why}", path.display()))
}
