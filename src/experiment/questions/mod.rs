//! Kinds of `experiments/questions/`: questions people asked in public about how this neuron is stepped, each answered by an
//! experiment. The words of an answer are chosen by thresholds on its numbers; nothing in it is written beforehand that another
//! result would make untrue.

mod evaluation_order;
mod fixed_point;
mod half_steps;
mod solver_inside;
mod time_scale;
mod units_2007;
mod update_order;

pub(super) use evaluation_order::EvaluationOrder;
pub(super) use fixed_point::FixedPoint;
pub(super) use half_steps::HalfSteps;
pub(super) use solver_inside::SolverInside;
pub(super) use time_scale::TimeScale;
pub(super) use units_2007::Units2007;
pub(super) use update_order::UpdateOrder;

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::Outputs;
use super::runs::fixed_step;
use crate::error::{Error, Result};
use crate::metrics::SpikeErrors;
use crate::model::{CELL_TYPES, CellType, Neuron, Problem, State, StepInput, Stimulus};
use crate::report::figure::{StudyLine, StudyPoint};
use crate::report::wrapped;
use crate::scheme::Scheme;
use crate::scheme::Step;
use crate::truth::taylor;

/// Who asked, and in which words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The thread.
    link: String,
    /// The words.
    quote: String,
}

impl Asked {
    /// Writes `answer.md` and gives the text to print: the question, the tables, the answer.
    fn answered(&self, outputs: &mut Outputs<'_>, tables: &str, answer: &str) -> Result<String> {
        let page = format!("> {}\n\n<{}>\n\n{}\n", self.quote, self.link, wrapped(answer).trim_end());
        outputs.dir.write("answer.md", page.as_bytes())?;
        let quoted = wrapped(&format!("Asked: \"{}\"", self.quote));
        Ok(format!("{}\n{}\n\n{tables}\n{}\n", quoted.trim_end(), self.link, wrapped(answer).trim_end()))
    }
}

/// The cells of 2003 of these names.
fn cells(names: &[String]) -> Result<Vec<&'static CellType>> {
    let known = || CELL_TYPES.iter().map(|cell| cell.name);
    names
        .iter()
        .map(|name| {
            CELL_TYPES.iter().find(|cell| cell.name == name).ok_or_else(|| Error::unknown("cell type", name, known()))
        })
        .collect()
}

/// A scheme on a cell at a step.
struct Measured {
    cell: &'static str,
    scheme: String,
    dt: f64,
    errors: SpikeErrors,
    diverged: bool,
    spikes: usize,
    /// Evaluations of the right-hand side per ms.
    evaluations: f64,
}

impl Measured {
    /// Whether it has as many spikes as the equations.
    fn complete(&self) -> bool {
        !self.diverged && self.errors.missed + self.errors.extra == 0
    }

    /// Largest spike-time error \[ms\]; infinite where nothing can be compared.
    fn error(&self) -> f64 {
        self.errors.max_abs.filter(|_| !self.diverged).unwrap_or(f64::INFINITY)
    }

    /// What makes one run nearer to the equations than another: first the number of spikes, then their times.
    fn nearer_than(&self, other: &Measured) -> bool {
        let wrong = |m: &Measured| if m.diverged { usize::MAX } else { m.errors.missed + m.errors.extra };
        (wrong(self), self.error()) < (wrong(other), other.error())
    }
}

/// Every scheme at every step \[ms\] on every cell under a constant `input` \[mV/ms\], against the equations with the same peak.
fn measure(cells: &[&'static CellType], schemes: &[Scheme], dts: &[f64], input: f64, duration: f64) -> Vec<Measured> {
    let of_cell = |cell: &&'static CellType| {
        let stimulus = Stimulus::constant(input);
        let problem = Problem { neuron: cell.neuron, stimulus, initial: cell.initial, duration };
        let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
        let mut rows = Vec::new();
        for scheme in schemes {
            for &dt in dts {
                let run = fixed_step(scheme, &problem, dt, |_| {});
                rows.push(Measured {
                    cell: cell.name,
                    scheme: scheme.to_string(),
                    dt,
                    errors: SpikeErrors::between(&run.spikes, &truth),
                    diverged: run.diverged_at.is_some(),
                    spikes: run.spikes.len(),
                    evaluations: run.cost.rhs_evaluations as f64 / (run.steps as f64 * dt),
                });
            }
        }
        rows
    };
    cells.par_iter().map(of_cell).collect::<Vec<_>>().concat_rows()
}

/// Joins the rows of cells, in their order.
trait ConcatRows<T> {
    fn concat_rows(self) -> Vec<T>;
}

impl<T> ConcatRows<T> for Vec<Vec<T>> {
    fn concat_rows(self) -> Vec<T> {
        self.into_iter().flatten().collect()
    }
}

/// Rows as CSV.
fn measured_csv(rows: &[Measured]) -> String {
    let mut csv = String::from(
        "cell,scheme,dt_ms,spikes,missed,extra,diverged,max_spike_time_error_ms,drift_ms_per_spike,rhs_evaluations_per_ms\n",
    );
    let field = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
    for m in rows {
        let e = &m.errors;
        let _ = writeln!(
            csv,
            "{},{},{},{},{},{},{},{},{},{}",
            m.cell,
            m.scheme,
            m.dt,
            m.spikes,
            e.missed,
            e.extra,
            m.diverged,
            field(e.max_abs),
            field(e.drift.map(|d| d.per_spike)),
            m.evaluations
        );
    }
    csv
}

/// The median; not a number of nothing.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => f64::NAN,
        (n, half) if n % 2 == 1 => values[half],
        (_, half) => 0.5 * (values[half - 1] + values[half]),
    }
}

/// Median over the cells of the largest error \[ms\] of `scheme` at `dt`, and in how many of them spikes were lost or added.
fn median_error(rows: &[Measured], scheme: &str, dt: f64) -> (f64, usize) {
    let own = || rows.iter().filter(|m| m.scheme == scheme && m.dt == dt);
    (median(own().map(Measured::error).collect()), own().filter(|m| !m.complete()).count())
}

/// A line a scheme of medians over the cells, against `x`.
fn median_lines(rows: &[Measured], schemes: &[Scheme], dts: &[f64], x: impl Fn(&Measured) -> f64) -> Vec<StudyLine> {
    let line = |scheme: &Scheme| {
        let label = scheme.to_string();
        let points = dts.iter().map(|&dt| {
            let own: Vec<&Measured> = rows.iter().filter(|m| m.scheme == label && m.dt == dt).collect();
            let (y, lost) = median_error(rows, &label, dt);
            StudyPoint { x: median(own.iter().map(|m| x(m)).collect()), y, cells: own.len(), lost }
        });
        StudyLine { points: points.collect(), label: label.clone() }
    };
    schemes.iter().map(line).collect()
}

/// The negative input of one step \[mV/ms\] nearest to 0 from which `scheme`, at `rest` and with no input after it, spikes within `steps`
/// steps of `dt` \[ms\]; `None` where none down to −1e5 does. The equations never do within a few ms: from however low a v they come
/// back from below.
pub(super) fn least_inhibition(scheme: &Scheme, neuron: &Neuron, rest: State, dt: f64, steps: usize) -> Option<f64> {
    let fires = |input: f64| {
        let none = Stimulus::constant(0.0);
        let problem = Problem { neuron: *neuron, stimulus: none, initial: rest, duration: steps as f64 * dt };
        let Ok(mut scheme) = crate::scheme::start(&problem, &scheme.at_peak_of_neuron(), dt) else { return false };
        let (mut state, mut spikes) = (rest, Vec::new());
        for n in 0..steps {
            let stimulus = Stimulus::constant(if n == 0 { input } else { 0.0 });
            let (start, end) = (n as f64 * dt, (n + 1) as f64 * dt);
            let step = Step { start, end, input: StepInput::new(&stimulus, start, dt) };
            match scheme.step(state, &step, &mut spikes) {
                Ok(next) if next.is_finite() => state = next,
                _ => break,
            }
        }
        !spikes.is_empty()
    };
    // What fires need not be an interval (a polynomial of high degree in the input): the first is looked for, at 2 % spacing.
    const LEAST: f64 = -1e5;
    let (mut fired, mut silent) = (-1.0, 0.0);
    while !fires(fired) {
        (silent, fired) = (fired, 1.02 * fired);
        if fired < LEAST {
            return None;
        }
    }
    while silent - fired > 1e-3 {
        let middle = 0.5 * (fired + silent);
        if fires(middle) {
            fired = middle;
        } else {
            silent = middle;
        }
    }
    Some(fired)
}

/// How many times the smaller of two positive numbers the larger is.
fn factor(a: f64, b: f64) -> f64 {
    if a > b { a / b } else { b / a }
}
