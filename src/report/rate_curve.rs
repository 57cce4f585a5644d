//! f-I curves as a figure, tables and a text.

use chart::{Axis, Chart, Field, Look, Panel, Series, columns};
use serde_json::{Value, json};

use super::csv_files::{number, table};
use super::{plain, three_or_dash, wrapped};
use crate::error::shown;
use crate::study::{RateCurve, RateQuestion};

/// The unit of the inputs.
fn unit(question: &RateQuestion) -> &'static str {
    if question.neuron.input_scale == 1.0 { "mV/ms" } else { "pA" }
}

fn name(curve: &RateCurve) -> String {
    curve.setting.as_ref().map_or_else(|| "equations".to_owned(), |(scheme, _)| scheme.to_string())
}

fn step(curve: &RateCurve) -> Option<f64> {
    curve.setting.as_ref().map(|(_, dt)| *dt)
}

/// Rate against input, a panel a step, the equations in each.
pub fn rate_figure(question: &RateQuestion, curves: &[RateCurve]) -> Chart {
    let panel = |dt: &f64| {
        let shown_here = curves.iter().filter(|curve| step(curve).is_none_or(|own| own == *dt));
        let series = shown_here.map(|curve| {
            let points = question.inputs.iter().zip(&curve.points).filter_map(|(x, point)| Some((*x, point.rate?)));
            let look = if curve.setting.is_none() { Look::Reference } else { Look::Own };
            Series { look, ..Series::line(name(curve), points) }
        });
        Panel {
            heading: format!("dt = {} ms", shown(*dt)),
            x: Axis::linear(format!("constant input [{}]", unit(question))).with_room(0.02),
            y: Axis::linear("firing rate [Hz]"),
            layers: series.map(Into::into).collect(),
            ..Panel::default()
        }
    };
    let fields = [("panel", Field::Panel), ("series", Field::Series), ("input", Field::X), ("rate_Hz", Field::Y)];
    Chart {
        name: "fi".into(),
        title: format!("{}: firing rate in Hz against constant input in {}", question.neuron.label, unit(question)),
        columns: columns(fields),
        per_row: 2,
        panels: question.dts.iter().map(panel).collect(),
        ..Chart::default()
    }
}

/// A row for each curve and input: rate, mean interval and its coefficient of variation.
pub fn rates_csv(question: &RateQuestion, curves: &[RateCurve]) -> Vec<u8> {
    let header = ["scheme", "dt_ms", "input", "rate_Hz", "mean_interval_ms", "cv"];
    let rows = curves.iter().flat_map(|curve| {
        question.inputs.iter().zip(&curve.points).map(|(input, point)| {
            let numbers = [Some(*input), point.rate, point.mean_interval, point.cv].map(number);
            [vec![name(curve), number(step(curve))], numbers.into()].concat()
        })
    });
    table(&header, rows)
}

/// The curves as JSON.
pub fn rates_json(question: &RateQuestion, curves: &[RateCurve]) -> Value {
    let curve = |curve: &RateCurve| {
        json!({
            "scheme": name(curve),
            "dt_ms": step(curve),
            "rheobase": curve.rheobase,
            "rates_Hz": curve.points.iter().map(|point| point.rate).collect::<Vec<_>>(),
            "cv": curve.points.iter().map(|point| point.cv).collect::<Vec<_>>(),
        })
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "neuron": question.neuron.label,
        "input_unit": unit(question),
        "inputs": question.inputs,
        "duration_ms": question.duration,
        "counted_from_ms": question.from,
        "curves": curves.iter().map(curve).collect::<Vec<_>>(),
    })
}

/// Rheobase and rates of every scheme beside the equations'.
pub fn rates_text(question: &RateQuestion, curves: &[RateCurve]) -> String {
    let Some((truth, schemes)) = curves.split_first() else { return String::new() };
    let last = |curve: &RateCurve| curve.points.last().and_then(|point| point.rate);
    let difference = |a: Option<f64>, b: Option<f64>| Some(a? - b?);
    let lost = |curve: &RateCurve| {
        curve.points.iter().zip(&truth.points).filter(|(own, exact)| own.rate.is_none() && exact.rate.is_some()).count()
    };
    let row = |curve: &RateCurve| {
        let errors = curve.points.iter().zip(&truth.points).map(|(own, exact)| difference(own.rate, exact.rate));
        let worst = errors.zip(&question.inputs).filter_map(|(error, input)| Some((error?, *input)));
        let worst = worst.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
        let of_scheme =
            |number: Option<f64>| if curve.setting.is_some() { three_or_dash(number) } else { String::new() };
        let [error, input] = match lost(curve) {
            0 => [worst.map(|w| w.0), worst.map(|w| w.1)].map(of_scheme),
            _ => ["!".to_owned(), String::new()],
        };
        vec![
            name(curve),
            step(curve).map(shown).unwrap_or_default(),
            three_or_dash(curve.rheobase),
            of_scheme(difference(curve.rheobase, truth.rheobase)),
            three_or_dash(last(curve)),
            error,
            input,
        ]
    };
    let head = ["scheme", "dt [ms]", "rheobase", "shift", "last rate", "largest error", "at input"];
    let rows = std::iter::once(truth).chain(schemes).map(row);
    let (first, end) = (question.inputs.first().copied(), question.inputs.last().copied());
    let about = format!(
        "{}: rates in Hz of the last {} ms of {} ms under constant inputs from {} to {} {}, started at rest; the rheobase is the least of them from which it fires twice in that time",
        question.neuron.label,
        shown(question.duration - question.from),
        shown(question.duration),
        shown(first.unwrap_or_default()),
        shown(end.unwrap_or_default()),
        unit(question)
    );
    let all = question.inputs.len();
    let failed = schemes.iter().map(|curve| (curve, lost(curve))).filter(|(_, lost)| *lost > 0).map(|(curve, lost)| {
        let step = step(curve).map(shown).unwrap_or_default();
        format!("! {} at {step} ms diverges at {lost} of {all} inputs, and has no rate there.\n", name(curve))
    });
    let failed: String = failed.collect();
    format!("{}\n\n{}{failed}", wrapped(&about), plain(&head, rows))
}
