//! How far does a Volterra series about rest describe the neuron, and what ends it?
//!
//! Shown are the kernels of the inverse operator, the response of each order against the truth, and how far the series holds.

mod series;

use nalgebra::Complex;
use spikestep::metrics::ObservedOrder;
use spikestep::operator::inverse::{InverseOperator, MAX_RESPONSE_ORDER};
use spikestep::report::chart::{
    self, Axis, Chart, Colors, Draw, Field, Layer, Look, Panel, Point, Ramp, Rule, Series, columns,
};
use spikestep::report::three;
use spikestep::{Problem, Result};

use crate::shared::*;
use series::{SeriesErrors, SeriesStudy};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    title: "The inverse operator: from input to membrane potential in powers of the input",
    question: "How far does a Volterra series about rest describe the neuron, and what ends it?",
    run,
};

const NEURON: &str = "RS"; // The neuron
const INPUT: f64 = 0.0; // Constant input under which the neuron rests [mV/ms]; RS rests below 3.7975
const SHAPE: &str = "pulse:1:20@5"; // What is added to it, at amplitude 1: 20 ms from 5 ms on
const DURATION: f64 = 60.0; // Duration [ms]
const ORDERS: usize = 4; // Terms of the series
const AMPLITUDES: [f64; 3] = [1.0, 2.5, 3.0]; // Amplitudes of the panels of the response figure [mV/ms]
/// Errors are measured from this amplitude \[mV/ms\] to the first spike, in so many steps of equal ratio.
const ERROR_AMPLITUDES: (f64, usize) = (0.002, 40);
const SLOPE_UP_TO: f64 = 0.3; // Slopes are fitted up to this amplitude, far below the convergence radius [mV/ms]
const LARGEST: f64 = 60.0; // No search goes beyond this amplitude, up or down [mV/ms]
const ALLOWED_ERROR: f64 = 1.0; // "Holds up to" means that v is off by no more than this before the first spike [mV]
const KERNEL_SPAN: (f64, f64) = (60.0, 10.0); // Times over which the figure shows h₁ and h₂ [ms]
const SAMPLES: usize = 1000; // Samples of v over a run
const KERNEL_POINTS: (usize, usize) = (301, 49); // Points of the kernels' figure: of h₁, and along each side of h₂

/// What the table and the figures are made of.
struct Measured {
    operator: InverseOperator,
    study: SeriesStudy,
    spike: [Option<f64>; 2],
    radius: Option<f64>,
    errors: Vec<SeriesErrors>,
}

const ENLARGED: f64 = 50.0; // What the undershoot of the first kernel is multiplied by to be seen
const DIRECTIONS: [f64; 2] = [1.0, -1.0]; // Signs of the amplitudes, up and down

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let Problem { neuron, stimulus: shape, .. } = preset(NEURON, SHAPE, DURATION)?;
    let operator = InverseOperator::about(&neuron, INPUT)?;
    let study = SeriesStudy::new(operator, &shape, DURATION, ORDERS, SAMPLES)?;
    let spike = DIRECTIONS.map(|direction| study.first_spike(direction, LARGEST));
    let radius = SeriesStudy::new(operator, &shape, DURATION, MAX_RESPONSE_ORDER, SAMPLES)?.convergence_radius();
    let (smallest, count) = ERROR_AMPLITUDES;
    let most = spike[0].unwrap_or(LARGEST);
    let amplitude = |i: usize| smallest * (most / smallest).powf(i as f64 / count as f64);
    let errors = (0..count).map(|i| study.errors(amplitude(i))).collect();
    let measured = Measured { operator, study, spike, radius, errors };

    outputs.figure(&kernels(&measured)?)?;
    outputs.figure(&responses(&measured))?;
    outputs.figure(&error_lines(&measured))?;
    let limit = |k: usize| measured.spike[k].unwrap_or(LARGEST);
    let row = |order: usize| {
        let slope = slope(&measured, order).map(|s| [s.order, s.standard_error, s.dt_min, s.dt_max]);
        let slope = [0, 1, 2, 3].map(|k| optional(slope.map(|s| s[k])));
        let study = &measured.study;
        let signed = |found: Option<f64>, k: usize| optional(found.map(|size| DIRECTIONS[k] * size));
        let holds = [0, 1].map(|k| signed(study.holds_up_to(order, ALLOWED_ERROR, DIRECTIONS[k], limit(k)), k));
        let helps = [0, 1].map(|k| signed(study.stops_helping(order, DIRECTIONS[k], limit(k)), k));
        [fields![order], slope.into(), holds.into(), helps.into()].concat()
    };
    let rows: Vec<Vec<String>> = (1..=ORDERS).map(row).collect();
    let header = "order,slope,slope_standard_error,slope_from_amplitude,slope_to_amplitude,holds_up_to_amplitude,\
                  holds_down_to_amplitude,helps_up_to_amplitude,helps_down_to_amplitude";
    outputs.csv("series.csv", header, rows.iter().cloned())?;
    Ok(facts(&measured)? + &text(&measured, rows))
}

/// h₁ as a line over h₂ as a map.
fn kernels(measured: &Measured) -> Result<Chart> {
    let (points, side) = KERNEL_POINTS;
    let at = |i: usize, n: usize, span: f64| span * i as f64 / (n - 1) as f64;
    let first = (0..points)
        .map(|i| at(i, points, KERNEL_SPAN.0))
        .map(|t| Ok((t, measured.operator.kernel(&[t])?)))
        .collect::<Result<Vec<(f64, f64)>>>()?;
    let times: Vec<f64> = (0..side).map(|i| at(i, side, KERNEL_SPAN.1)).collect();
    let mut second = Vec::with_capacity(side * side);
    for &t1 in &times {
        for &t2 in &times {
            second.push(Point { value: measured.operator.kernel(&[t1, t2])?, ..(t1, t2).into() });
        }
    }
    let label = format!("{NEURON} at {INPUT} mV/ms");
    let names = ["kernel", "t1_ms", "t2_ms", "value", "unit"];
    let of_second = [Field::Panel, Field::X, Field::Y, Field::Value, Field::Text("1/mV")];
    Ok(Chart {
        name: "inverse_kernels".into(),
        title: "Impulse characteristics of the inverse operator, first order over time and second order over two times in ms"
            .into(),
        columns: columns(names.into_iter().zip(of_second)),
        panels: vec![first_panel(&label, &first), second_panel(second)],
        ..Chart::default()
    })
}

fn first_panel(label: &str, first: &[(f64, f64)]) -> Panel {
    let fields = [Field::Panel, Field::X, Field::Text(""), Field::Y, Field::Text("1")];
    // Cut to the height of the undershoot, which is what it shows.
    let most = largest(first.iter().map(|p| p.1));
    let cut = |(t, h): &(f64, f64)| (*t, Some(ENLARGED * h).filter(|h| *h <= most).unwrap_or(f64::NAN));
    let enlarged = Series::line(format!("{ENLARGED} × h₁"), first.iter().map(cut));
    let layers = vec![
        Rule { at: vec![0.0], look: Look::Grey(1), ..Rule::default() }.into(),
        Series { thinned: true, fields: Some(fields.to_vec()), ..Series::line("h₁", first.iter().copied()) }.into(),
        Series { look: Look::Dashed(0), fields: Some(Vec::new()), ..enlarged }.into(),
    ];
    Panel {
        name: "h1".into(),
        heading: format!("{label}: first order"),
        x: Axis::linear("time since the impulse t [ms]").with_room(0.0),
        y: Axis::linear("h₁ [1]").with_room(0.06),
        height: 150.0,
        layers,
        ..Panel::default()
    }
}

fn second_panel(second: Vec<Point>) -> Panel {
    let values = || second.iter().map(|p| p.value).filter(|h| h.is_finite());
    let ends = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    let signs = if ends.0 < 0.0 && ends.1 > 0.0 { ", dashed: h₂ = 0" } else { "" };
    let colors = Colors { description: "h₂ [1/mV]".into(), ends, ramp: Ramp::Cividis, bar: true, zero_line: true };
    Panel {
        name: "h2".into(),
        heading: format!("second order{signs}"),
        x: Axis::linear("time since the one impulse t₁ [ms]").with_room(0.0),
        y: Axis::linear("time since the other t₂ [ms]").with_room(0.0),
        height: 380.0,
        layers: vec![Series { draw: Draw::Cells(colors), points: second, ..Series::default() }.into()],
        ..Panel::default()
    }
}

/// v of the series cut after each order, and of the truth, a panel an amplitude; a panel has the range of the truth.
fn responses(measured: &Measured) -> Chart {
    let Measured { operator, study, .. } = measured;
    let (rest, peak) = (operator.equilibrium().state.v, operator.neuron().peak);
    let panel = |&amplitude: &f64| {
        let (truth, first_spike) = study.truth(amplitude);
        let over_time = |values: &[f64]| -> Vec<(f64, f64)> {
            study.times.iter().copied().zip(values.iter().map(|x| rest + x)).take(truth.len()).collect()
        };
        let mut exact = over_time(&truth);
        exact.extend(first_spike.map(|t| (t, peak)));
        let ends = exact.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), p| (lo.min(p.1), hi.max(p.1)));
        let room = 0.15 * (ends.1 - ends.0);
        let ending = first_spike.map_or("no spike".to_owned(), |t| format!("spikes at {} ms", three(t)));
        let spike = Rule {
            at: first_spike.into_iter().collect(),
            upright: true,
            label: if first_spike.is_some() { "first spike".into() } else { String::new() },
            look: Look::Grey(0),
            ..Rule::default()
        };
        let of_truth = Series { look: Look::Reference, thinned: true, ..Series::line("truth", exact) };
        let order = |order: usize| {
            let sum = study.sum(amplitude, order);
            Series { thinned: true, ..Series::line(format!("order {order}"), over_time(&sum)) }
        };
        Panel {
            name: chart::number(amplitude),
            heading: format!("amplitude {amplitude} mV/ms: {ending}"),
            x: Axis::linear("time t [ms]").with_room(0.0),
            y: Axis::linear("v [mV]").between(ends.0 - room, ends.1 + room),
            layers: std::iter::once(spike.into())
                .chain(std::iter::once(of_truth).chain((1..=ORDERS).map(order)).map(Layer::from))
                .collect(),
            ..Panel::default()
        }
    };
    let fields = [("amplitude", Field::Panel), ("series", Field::Series), ("t_ms", Field::X), ("v_mV", Field::Y)];
    Chart {
        name: "inverse_response".into(),
        title: "Membrane potential in mV against time in ms: truth and Volterra series of each order".into(),
        columns: columns(fields),
        shared: (true, false),
        panels: AMPLITUDES.iter().map(panel).collect(),
        ..Chart::default()
    }
}

/// The error of each order against the amplitude, with the observed slopes in the legend.
fn error_lines(measured: &Measured) -> Chart {
    let line = |order: usize| {
        let slope = slope(measured, order).map(|s| s.order);
        Series {
            label: slope.map(|slope| format!("order {order} (slope {slope:.2})")),
            texts: vec![order.to_string(), slope.map(chart::number).unwrap_or_default()],
            ..marked(format!("order {order}"), measured.errors.iter().map(|m| (m.amplitude, m.errors[order])))
        }
    };
    let names = ["order", "observed_slope", "amplitude", "max_error_mV"];
    let fields = columns(names.into_iter().zip([Field::Of(0), Field::Of(1), Field::X, Field::Y]));
    let title = "Largest error of v in mV against the amplitude of the input";
    // The fitted slopes stand in the legend; guides would cross the lines.
    let axes = ("amplitude of the input [mV/ms]", "largest error of v before a spike [mV]");
    log_log("inverse_errors", title, axes, &[], fields, (1..=ORDERS).map(line))
}

/// The observed power of the amplitude in the error after `order` terms.
fn slope(measured: &Measured, order: usize) -> Option<ObservedOrder> {
    let points = measured.study.errors_of_order(order, &measured.errors, SLOPE_UP_TO);
    ObservedOrder::of(&points, measured.study.floor())
}

/// The equilibrium and its kernels in numbers.
fn facts(measured: &Measured) -> Result<String> {
    let operator = &measured.operator;
    let (rest, kind) = (operator.equilibrium().state, &operator.equilibrium().kind);
    let zeros = [Complex::new(0.0, 0.0); 4];
    let gain = |n: usize| operator.transfer(&zeros[..n]).map(|h| three(h.re));
    let [h1, h2, h3, h4] = [gain(1)?, gain(2)?, gain(3)?, gain(4)?];
    let [fast, slow] = operator.equilibrium().eigenvalues;
    let eigenvalues = if fast.im == 0.0 {
        format!("{}, {}", three(fast.re), three(slow.re))
    } else {
        format!("{} ± {} i", three(fast.re), three(fast.im.abs()))
    };
    let rows = [
        ("eigenvalues [1/ms]", eigenvalues),
        ("H1(0) [ms], H2(0,0) [ms²/mV]", format!("{h1}, {h2}")),
        ("H3(0,0,0) [ms³/mV²], H4 [ms⁴/mV³]", format!("{h3}, {h4}")),
        ("∫|h1| dt [ms]", three(operator.first_order_gain())),
        ("converges for any input below [mV/ms]", three(operator.guaranteed_amplitude())),
    ];
    let (v, u, facts) =
        (three(rest.v), three(rest.u), table("kernels,", rows.map(|(what, value)| fields![what, value])));
    Ok(format!("{NEURON} held at {INPUT} mV/ms rests at v = {v} mV, u = {u}: {kind}\n\n{facts}"))
}

fn text(measured: &Measured, rows: Vec<Vec<String>>) -> String {
    let heads = "order,slope,s.e.,from amplitude,to,holds up to,down to,helps up to,down to";
    let [up, down] = measured.spike;
    let spike = up
        .map_or(format!("does not spike up to {LARGEST} mV/ms"), |a| format!("first spikes at amplitude {a:.4} mV/ms"));
    let radius = measured.radius.map_or_else(String::new, |radius| {
        format!("; {MAX_RESPONSE_ORDER} terms put the series' convergence radius at {}", three(radius))
    });
    let last = rows[ORDERS - 1][8].parse().ok().filter(|_| down.is_none()).map_or_else(String::new, |amplitude| {
        format!(
            "Downwards it never spikes, yet from an amplitude of {} on the term of order {ORDERS} makes things worse: a\n\
             power series converges as far on the one side as on the other.\n",
            three(amplitude)
        )
    });
    format!(
        "\nThe series for {SHAPE} times an amplitude [mV/ms]\n{}\
         slope: power of the amplitude in the largest error of v; holds: error up to {ALLOWED_ERROR} mV; helps: the term of\n\
         this order lowers the error; -: until the neuron spikes, or to {LARGEST} mV/ms.\n\n\
         The neuron {spike}{radius}.\n{last}",
        table(heads, rows)
    )
}
