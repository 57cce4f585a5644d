//! Layers, weights and learning as Python gives them.

use numpy::{Element, PyArray1, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use spikestep::error::{Error, Result};
use spikestep::population::layer::{LayerSpec, Traces};
use spikestep::population::network::{Learning, LearningRule, Reduction};
use spikestep::population::{Real, Weights, scheme};

use crate::population::neurons;

pub(crate) type Array<'py, T> = Bound<'py, PyArray1<T>>;

/// Weights w[pre][post] [mV/ms]: all of them, or the numbers of neurons on both sides, and pre, post and w of those that there are.
#[derive(FromPyObject)]
pub(crate) enum Given<'py> {
    Dense(PyReadonlyArray2<'py, f64>),
    Sparse((usize, usize, PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, f64>)),
}

impl Given<'_> {
    pub(crate) fn weights<T: Real>(&self) -> Result<Weights<T>> {
        match self {
            Given::Dense(all) => {
                let all = all.as_array();
                let (pre, post) = all.dim();
                Weights::dense(pre, post, all.iter().map(|w| T::of(*w)).collect())
            }
            Given::Sparse((pre, post, from, to, w)) => {
                // A number below zero is beyond every one that there is.
                let place = |i: &i64| usize::try_from(*i).unwrap_or(usize::MAX);
                let (from, to, w) = (from.as_array(), to.as_array(), w.as_array());
                let entries = from.iter().zip(to).zip(w).map(|((i, j), w)| (place(i), place(j), T::of(*w)));
                Weights::sparse(*pre, *post, entries)
            }
        }
    }
}

/// Weights as they go to Python: pre, post, whether all are there, and pre, post (both empty where all are) and w of those that are kept.
pub(crate) type Kept<'py> = (usize, usize, bool, Array<'py, i64>, Array<'py, i64>, Bound<'py, PyAny>);

pub(crate) fn kept<'py, T: Real + Element>(py: Python<'py>, weights: &Weights<T>) -> Kept<'py> {
    let (pre, post) = if weights.is_sparse() {
        weights.entries().map(|(i, j, _)| (i as i64, j as i64)).unzip()
    } else {
        (Vec::new(), Vec::new())
    };
    let values = PyArray1::from_slice(py, weights.values()).into_any();
    let [pre, post] = [pre, post].map(|places| PyArray1::from_vec(py, places));
    (weights.pre(), weights.post(), !weights.is_sparse(), pre, post, values)
}

/// Traces as their time constant [ms], what a spike leaves, and whether it adds.
pub(crate) type GivenTraces = Option<(f64, f64, bool)>;

pub(crate) fn traces(given: GivenTraces) -> Option<Traces> {
    given.map(|(tc, scale, additive)| Traces { tc, scale, additive })
}

/// What a layer is made from.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct GivenLayer<'py> {
    columns: [PyReadonlyArray1<'py, f64>; 10],
    scheme: String,
    lateral: Option<Given<'py>>,
    synapse: String,
    rest: f64,
    lower_bound: Option<f64>,
    traces: GivenTraces,
    sum_input: bool,
}

impl GivenLayer<'_> {
    pub(crate) fn spec(&self) -> Result<LayerSpec> {
        Ok(LayerSpec {
            lateral: self.lateral.as_ref().map(Given::weights).transpose()?,
            synapse: self.synapse.parse()?,
            scheme: scheme(&self.scheme)?,
            rest: self.rest,
            lbound: self.lower_bound,
            traces: traces(self.traces),
            sum_input: self.sum_input,
            ..LayerSpec::new(neurons(&self.columns))
        })
    }
}

/// How a connection learns.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct GivenLearning {
    rule: String,
    nu: [f64; 2],
    wmin: f64,
    wmax: f64,
    norm: Option<f64>,
    reduction: String,
}

impl GivenLearning {
    pub(crate) fn learning(&self) -> Result<Learning> {
        let rules = [
            ("none", LearningRule::None),
            ("PostPre", LearningRule::PostPre),
            ("WeightDependentPostPre", LearningRule::WeightDependentPostPre),
        ];
        let reductions = [("sum", Reduction::Sum), ("mean", Reduction::Mean)];
        let rule = named("learning rule", &self.rule, &rules)?;
        let reduction = named("reduction", &self.reduction, &reductions)?;
        Ok(Learning { rule, nu: self.nu, wmin: self.wmin, wmax: self.wmax, norm: self.norm, reduction })
    }
}

pub(crate) fn named<T: Copy>(kind: &'static str, name: &str, known: &[(&str, T)]) -> Result<T> {
    let found = known.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    found.ok_or_else(|| Error::unknown(kind, name, known.iter().map(|(name, _)| *name)))
}
