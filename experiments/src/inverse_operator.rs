//! Shown are the kernels of the inverse operator, the response of each order against the truth, and how far the series holds.

mod series;

use nalgebra::Complex;
use spikestep::operator::inverse::{InverseOperator, MAX_RESPONSE_ORDER};
use spikestep::report::chart::{self, Colors, Ramp};

use crate::shared::*;
use series::{SeriesErrors, SeriesStudy};

pub(crate) const QUESTION: &str = "How far does a Volterra series about rest describe the neuron, and what ends it?";

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

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let Problem { neuron, stimulus: shape, .. } = preset(NEURON, SHAPE, DURATION)?;
    let operator = InverseOperator::about(&neuron, INPUT)?;
    let study = SeriesStudy::new(operator, &shape, DURATION, ORDERS, SAMPLES)?;
    let spike = DIRECTIONS.map(|direction| study.first_spike(direction, LARGEST));
    let radius = SeriesStudy::new(operator, &shape, DURATION, MAX_RESPONSE_ORDER, SAMPLES)?.convergence_radius();
    let (least, count) = ERROR_AMPLITUDES;
    let most = spike[0].unwrap_or(LARGEST);
    let errors = logarithmic(least, most, count + 1)[..count].iter().map(|a| study.errors(*a)).collect();
    let measured = Measured { operator, study, spike, radius, errors };

    outputs.figure(&kernels(&measured.operator)?)?;
    let title = "Membrane potential in mV against time in ms: truth and Volterra series of each order";
    let panels = AMPLITUDES.map(|amplitude| response(&measured, amplitude)).into();
    draw(outputs, "inverse_response", title, ["t_ms", "v_mV"], 1, panels)?;
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
    Ok(facts(&measured.operator)? + &text(&measured, rows))
}

/// h₁ as a line over h₂ as a map.
fn kernels(operator: &InverseOperator) -> Result<Chart> {
    let (points, side) = KERNEL_POINTS;
    let grid = |n: usize, span: f64| (0..n).map(move |i| span * i as f64 / (n - 1) as f64);
    let over_time = grid(points, KERNEL_SPAN.0).map(|t| Ok((t, operator.kernel(&[t])?)));
    let first: Vec<(f64, f64)> = over_time.collect::<Result<_>>()?;
    let times: Vec<f64> = grid(side, KERNEL_SPAN.1).collect();
    let cell = |(t1, t2)| Ok(Point { value: operator.kernel(&[t1, t2])?, ..(t1, t2).into() });
    let places = times.iter().flat_map(|t1| times.iter().map(|t2| (*t1, *t2)));
    let second: Vec<Point> = places.map(cell).collect::<Result<_>>()?;

    // Cut to the height of the undershoot, which is what it shows.
    let most = largest(first.iter().map(|p| p.1));
    let cut = first.iter().map(|(t, h)| (*t, Some(ENLARGED * h).filter(|h| *h <= most).unwrap_or(f64::NAN)));
    let enlarged = line(format!("{ENLARGED} × h₁"), cut);
    let fields = [Field::Panel, Field::X, Field::Text(""), Field::Y, Field::Text("1")];
    let over_time = Panel {
        name: "h1".into(),
        y: Axis::linear("h₁ [1]").with_room(0.06),
        height: 150.0,
        layers: vec![
            Rule { at: vec![0.0], look: Look::Grey(1), ..Rule::default() }.into(),
            Series { thinned: true, fields: Some(fields.into()), ..line("h₁", first) }.into(),
            Series { look: Look::Dashed(0), fields: Some(Vec::new()), ..enlarged }.into(),
        ],
        ..panel(format!("{NEURON} at {INPUT} mV/ms: first order"), ("time since the impulse t [ms]", ""), [])
    };
    let values = || second.iter().map(|p| p.value).filter(|h| h.is_finite());
    let ends = (smallest(values()).min(0.0), largest(values()));
    let signs = if ends.0 < 0.0 && ends.1 > 0.0 { ", dashed: h₂ = 0" } else { "" };
    let colors = Colors { description: "h₂ [1/mV]".into(), ends, ramp: Ramp::Cividis, bar: true, zero_line: true };
    // Half a cell beyond the first and the last.
    let half = 0.5 * times[1];
    let axis = |what: &str| Axis::linear(what).between(-half, KERNEL_SPAN.1 + half);
    let over_two = Panel {
        name: "h2".into(),
        heading: format!("second order{signs}"),
        x: axis("time since the one impulse t₁ [ms]"),
        y: axis("time since the other t₂ [ms]"),
        height: 380.0,
        layers: vec![Series { draw: Draw::Cells(colors), points: second, ..Series::default() }.into()],
        ..Panel::default()
    };
    let names = ["kernel", "t1_ms", "t2_ms", "value", "unit"];
    let of_second = [Field::Panel, Field::X, Field::Y, Field::Value, Field::Text("1/mV")];
    Ok(Chart {
        name: "inverse_kernels".into(),
        title: "Impulse characteristics of the inverse operator, first order over time and second order over two times in ms"
            .into(),
        columns: columns(names.into_iter().zip(of_second)),
        panels: vec![over_time, over_two],
        ..Chart::default()
    })
}

/// v of the series cut after each order, and of the truth, at an amplitude; the panel has the range of the truth.
fn response(Measured { operator, study, .. }: &Measured, amplitude: f64) -> Panel {
    let (rest, peak) = (operator.equilibrium().state.v, operator.neuron().peak);
    let (truth, first_spike) = study.truth(amplitude);
    let over_time = |values: &[f64]| -> Vec<(f64, f64)> {
        study.times.iter().copied().zip(values.iter().map(|x| rest + x)).take(truth.len()).collect()
    };
    let mut exact = over_time(&truth);
    exact.extend(first_spike.map(|t| (t, peak)));
    let ends = exact.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), p| (lo.min(p.1), hi.max(p.1)));
    let room = 0.15 * (ends.1 - ends.0);
    let ending = first_spike.map_or("no spike".to_owned(), |t| format!("spikes at {} ms", three(t)));
    let of_truth = Series { look: Look::Reference, thinned: true, ..line("truth", exact) };
    let order = |order: usize| {
        let points = over_time(&study.sum(amplitude, order));
        Series { thinned: true, ..line(format!("order {order}"), points) }
    };
    let axes = ("time t [ms]", "v [mV]");
    let heading = format!("amplitude {amplitude} mV/ms: {ending}");
    Panel {
        name: chart::number(amplitude),
        x: Axis::linear(axes.0).between(0.0, DURATION),
        y: Axis::linear(axes.1).between(ends.0 - room, ends.1 + room),
        ..panel(heading, axes, std::iter::once(of_truth).chain((1..=ORDERS).map(order)))
    }
}

/// The error of each order against the amplitude, with the observed slopes in the legend.
fn error_lines(measured: &Measured) -> Chart {
    let line = |order: usize| {
        let label = slope(measured, order).map(|slope| format!("order {order} (slope {:.2})", slope.order));
        Series {
            label,
            ..marked(format!("order {order}"), measured.errors.iter().map(|m| (m.amplitude, m.errors[order])))
        }
    };
    let title = "Largest error of v in mV against the amplitude of the input";
    // The fitted slopes stand in the legend; guides would cross the lines.
    let axes = ("amplitude of the input [mV/ms]", "largest error of v before a spike [mV]");
    log_log("inverse_errors", title, axes, &[], ["amplitude", "max_error_mV"], (1..=ORDERS).map(line))
}

/// The observed power of the amplitude in the error after `order` terms.
fn slope(measured: &Measured, order: usize) -> Option<ObservedOrder> {
    let points = measured.study.errors_of_order(order, &measured.errors, SLOPE_UP_TO);
    ObservedOrder::of(&points, measured.study.floor())
}

/// The equilibrium and its kernels in numbers.
fn facts(operator: &InverseOperator) -> Result<String> {
    let equilibrium = operator.equilibrium();
    let zeros = [Complex::new(0.0, 0.0); 4];
    let gain = |n: usize| operator.transfer(&zeros[..n]).map(|h| three(h.re));
    let [fast, slow] = equilibrium.eigenvalues;
    let eigenvalues = match fast.im == 0.0 {
        true => format!("{}, {}", three(fast.re), three(slow.re)),
        false => format!("{} ± {} i", three(fast.re), three(fast.im.abs())),
    };
    let rows = [
        ("eigenvalues [1/ms]", eigenvalues),
        ("H1(0) [ms], H2(0,0) [ms²/mV]", format!("{}, {}", gain(1)?, gain(2)?)),
        ("H3(0,0,0) [ms³/mV²], H4 [ms⁴/mV³]", format!("{}, {}", gain(3)?, gain(4)?)),
        ("∫|h1| dt [ms]", three(operator.first_order_gain())),
        ("converges for any input below [mV/ms]", three(operator.guaranteed_amplitude())),
    ];
    let facts = table("kernels,", rows.map(|(what, value)| fields![what, value]));
    let (v, u) = (three(equilibrium.state.v), three(equilibrium.state.u));
    Ok(format!("{NEURON} held at {INPUT} mV/ms rests at v = {v} mV, u = {u}: {}\n\n{facts}", equilibrium.kind))
}

fn text(measured: &Measured, rows: Vec<Vec<String>>) -> String {
    let heads = "order,slope,s.e.,from amplitude,to,holds up to,down to,helps up to,down to";
    let spike = measured.spike[0]
        .map_or(format!("does not spike up to {LARGEST} mV/ms"), |a| format!("first spikes at amplitude {a:.4} mV/ms"));
    let radius = measured.radius.map_or_else(String::new, |radius| {
        format!("; {MAX_RESPONSE_ORDER} terms put the series' convergence radius at {}", three(radius))
    });
    format!(
        "\nThe series for {SHAPE} times an amplitude [mV/ms]\n{}\
         slope: power of the amplitude in the largest error of v; holds: error up to {ALLOWED_ERROR} mV; helps: the term of\n\
         this order lowers the error; -: until the neuron spikes, or to {LARGEST} mV/ms.\n\n\
         The neuron {spike}{radius}, and a power series converges as far down as up.\n",
        table(heads, rows)
    )
}
