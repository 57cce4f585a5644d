//! How far does a Volterra series about rest describe the neuron, and what ends it?
//!
//! Shown are the kernels of the inverse operator, the response of each order against the truth, and how far the series holds.

mod series;

use std::fmt::Write;

use nalgebra::Complex;
use spikestep::Result;
use spikestep::metrics::ObservedOrder;
use spikestep::model::{NeuronSpec, StimulusSpec};
use spikestep::operator::inverse::{InverseOperator, MAX_RESPONSE_ORDER};
use spikestep::report::figure::{
    InverseErrors, InverseKernels, InverseResponse, OrderErrors, ResponsePanel, inverse_errors, inverse_kernels,
    inverse_response,
};
use spikestep::report::{plain, three, three_or_dash};

use crate::shared::{Experiment, Outputs, fields, optional};
use series::{SeriesErrors, SeriesStudy};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "inverse_operator",
    title: "The inverse operator: from input to membrane potential in powers of the input",
    question: "How far does a Volterra series about rest describe the neuron, and what ends it?",
    run,
};

/// The neuron.
const NEURON: &str = "RS";
/// Constant input under which the neuron rests \[mV/ms\]; RS rests below 3.7975.
const INPUT: f64 = 0.0;
/// What is added to it, at amplitude 1: 20 ms from 5 ms on.
const SHAPE: &str = "pulse:1:20@5";
/// Duration \[ms\].
const DURATION: f64 = 60.0;
/// Terms of the series.
const ORDERS: usize = 4;
/// Amplitudes of the panels of the response figure \[mV/ms\].
const AMPLITUDES: [f64; 3] = [1.0, 2.5, 3.0];
/// Errors are measured from this amplitude \[mV/ms\] to the first spike, in so many steps of equal ratio.
const ERROR_AMPLITUDES: (f64, usize) = (0.002, 40);
/// Slopes are fitted up to this amplitude, far below the convergence radius \[mV/ms\].
const SLOPE_UP_TO: f64 = 0.3;
/// No search goes beyond this amplitude, up or down \[mV/ms\].
const LARGEST: f64 = 60.0;
/// "Holds up to" means that v is off by no more than this before the first spike \[mV\].
const ALLOWED_ERROR: f64 = 1.0;
/// Times over which the figure shows h₁ and h₂ \[ms\].
const KERNEL_SPAN: (f64, f64) = (60.0, 10.0);
/// Samples of v over a run.
const SAMPLES: usize = 1000;
/// Points of the kernels' figure: of h₁, and along each side of h₂.
const KERNEL_POINTS: (usize, usize) = (301, 49);

/// What the table and the figures are made of.
struct Measured {
    operator: InverseOperator,
    study: SeriesStudy,
    spike: [Option<f64>; 2],
    radius: Option<f64>,
    errors: Vec<SeriesErrors>,
    unit: &'static str,
}

/// Signs of the amplitudes, up and down.
const DIRECTIONS: [f64; 2] = [1.0, -1.0];

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let spec = NeuronSpec::parse(NEURON)?;
    let operator = InverseOperator::about(&spec.neuron, INPUT * spec.input_scale)?;
    let shape = StimulusSpec::parse(SHAPE)?.stimulus(DURATION)?.scaled(spec.input_scale);
    let study = SeriesStudy::new(operator, &shape, DURATION, ORDERS, SAMPLES)?;
    let spike = DIRECTIONS.map(|direction| study.first_spike(direction, LARGEST));
    let radius = SeriesStudy::new(operator, &shape, DURATION, MAX_RESPONSE_ORDER, SAMPLES)?.convergence_radius();
    let (smallest, count) = ERROR_AMPLITUDES;
    let most = spike[0].unwrap_or(LARGEST);
    let amplitude = |i: usize| smallest * (most / smallest).powf(i as f64 / count as f64);
    let errors = (0..count).map(|i| study.errors(amplitude(i))).collect();
    let unit = if spec.input_scale == 1.0 { "mV/ms" } else { "pA" };
    let measured = Measured { operator, study, spike, radius, errors, unit };

    outputs.figure(&inverse_kernels(&kernels(&measured)?)?)?;
    outputs.figure(&inverse_response(&responses(&measured))?)?;
    outputs.figure(&inverse_errors(&error_lines(&measured))?)?;
    let rows = rows(&measured);
    write_series(outputs, &rows)?;
    Ok(facts(&measured)? + &text(&measured, &rows))
}

/// One order of the series in the table.
struct Row {
    order: usize,
    slope: Option<ObservedOrder>,
    /// Up and down.
    holds: [Option<f64>; 2],
    helps: [Option<f64>; 2],
}

fn kernels(measured: &Measured) -> Result<InverseKernels> {
    let (points, side) = KERNEL_POINTS;
    let at = |i: usize, n: usize, span: f64| span * i as f64 / (n - 1) as f64;
    let first = (0..points)
        .map(|i| at(i, points, KERNEL_SPAN.0))
        .map(|t| Ok((t, measured.operator.kernel(&[t])?)))
        .collect::<Result<_>>()?;
    let times: Vec<f64> = (0..side).map(|i| at(i, side, KERNEL_SPAN.1)).collect();
    let mut second = Vec::with_capacity(side * side);
    for &t1 in &times {
        for &t2 in &times {
            second.push(measured.operator.kernel(&[t1, t2])?);
        }
    }
    let label = format!("{} at {} {}", NEURON, INPUT, measured.unit);
    Ok(InverseKernels { label, first, times, second })
}

fn responses(measured: &Measured) -> InverseResponse {
    let Measured { operator, study, unit, .. } = measured;
    let (rest, peak) = (operator.equilibrium.state.v, operator.neuron.peak);
    let panel = |&amplitude: &f64| {
        let (truth, first_spike) = study.truth(amplitude);
        let raised = |x: &f64| rest + x;
        let orders = (1..=ORDERS)
            .map(|order| study.sum(amplitude, order).iter().map(raised).take(truth.len()).collect())
            .collect();
        let ending = first_spike.map_or("no spike".to_owned(), |t| format!("spikes at {} ms", three(t)));
        ResponsePanel {
            heading: format!("amplitude {amplitude} {unit}: {ending}"),
            amplitude,
            t: study.times.clone(),
            truth: truth.iter().map(raised).collect(),
            orders,
            spike: first_spike.map(|t| (t, peak)),
        }
    };
    InverseResponse { panels: AMPLITUDES.iter().map(panel).collect() }
}

fn error_lines(measured: &Measured) -> InverseErrors {
    let line = |order: usize| OrderErrors {
        slope: slope(measured, order).map(|s| s.order),
        points: measured.errors.iter().map(|m| (m.amplitude, m.errors[order])).collect(),
    };
    InverseErrors { unit: measured.unit.to_owned(), orders: (1..=ORDERS).map(line).collect() }
}

/// The observed power of the amplitude in the error after `order` terms.
fn slope(measured: &Measured, order: usize) -> Option<ObservedOrder> {
    let points = measured.study.errors_of_order(order, &measured.errors, SLOPE_UP_TO);
    ObservedOrder::of(&points, measured.study.floor())
}

fn rows(measured: &Measured) -> Vec<Row> {
    let study = &measured.study;
    let limit = |k: usize| measured.spike[k].unwrap_or(LARGEST);
    let row = |order: usize| Row {
        order,
        slope: slope(measured, order),
        holds: [0, 1].map(|k| study.holds_up_to(order, ALLOWED_ERROR, DIRECTIONS[k], limit(k))),
        helps: [0, 1].map(|k| study.stops_helping(order, DIRECTIONS[k], limit(k))),
    };
    (1..=ORDERS).map(row).collect()
}

/// The equilibrium and its kernels in numbers.
fn facts(measured: &Measured) -> Result<String> {
    let Measured { operator, unit, .. } = measured;
    let rest = operator.equilibrium.state;
    let mut text = format!(
        "{} held at {} {unit} rests at v = {} mV, u = {}: {}\n\n",
        NEURON,
        INPUT,
        three(rest.v),
        three(rest.u),
        operator.equilibrium.kind
    );
    let zeros = [Complex::new(0.0, 0.0); 4];
    let gains = (1..=4).map(|n| operator.transfer(&zeros[..n]).map(|h| h.re)).collect::<Result<Vec<f64>>>()?;
    let [fast, slow] = operator.equilibrium.eigenvalues;
    let eigenvalues = if fast.im == 0.0 {
        format!("{}, {}", three(fast.re), three(slow.re))
    } else {
        format!("{} ± {} i", three(fast.re), three(fast.im.abs()))
    };
    let gain = |n: usize| three(gains[n - 1]);
    let rows = [
        ("eigenvalues [1/ms]", eigenvalues),
        ("H1(0) [ms], H2(0,0) [ms²/mV]", format!("{}, {}", gain(1), gain(2))),
        ("H3(0,0,0) [ms³/mV²], H4 [ms⁴/mV³]", format!("{}, {}", gain(3), gain(4))),
        ("∫|h1| dt [ms]", three(operator.first_order_gain())),
        ("converges for any input below [mV/ms]", three(operator.guaranteed_amplitude())),
    ];
    text += &plain(&["kernels", ""], rows.map(|(what, value)| vec![what.to_owned(), value]));
    Ok(text)
}

fn text(measured: &Measured, rows: &[Row]) -> String {
    let unit = measured.unit;
    let mut text = format!("\nThe series for {} times an amplitude [{unit}]\n", SHAPE);
    let header = ["order", "slope ± s.e.", "over amplitudes", "holds up", "down", "helps up", "down"];
    let end = |spike: Option<f64>, found: Option<f64>| match (found, spike) {
        (Some(a), _) => three(a),
        (None, Some(_)) => "spike".to_owned(),
        (None, None) => format!(">{}", three(LARGEST)),
    };
    let both = |found: [Option<f64>; 2]| [0, 1].map(|k| end(measured.spike[k], found[k]));
    let cells = |row: &Row| {
        let slope = row.slope.map_or("-".to_owned(), |s| format!("{:.3} ± {:.3}", s.order, s.standard_error));
        let over = row.slope.map_or("-".to_owned(), |s| format!("{}..{}", three(s.dt_min), three(s.dt_max)));
        let mut cells = vec![row.order.to_string(), slope, over];
        cells.extend(both(row.holds));
        cells.extend(both(row.helps));
        cells
    };
    text += &plain(&header, rows.iter().map(cells));
    let _ = writeln!(
        text,
        "slope: power of the amplitude in the largest error of v; holds: error up to {} mV; helps: the term of\n\
         this order lowers the error; spike: it does until the neuron spikes.\n",
        ALLOWED_ERROR
    );
    let [up, down] = measured.spike;
    let _ = match up {
        Some(spike) => write!(text, "The neuron first spikes at amplitude {}", format_args!("{spike:.4} {unit}")),
        None => write!(text, "The neuron does not spike up to {} {unit}", LARGEST),
    };
    if let Some(radius) = measured.radius {
        let _ = write!(text, "; {MAX_RESPONSE_ORDER} terms put the series' convergence radius at {}", three(radius));
    }
    text += ".\n";
    if let (None, Some(last)) = (down, rows.last().filter(|row| row.helps[1].is_some())) {
        let _ = writeln!(
            text,
            "Downwards it never spikes, yet from an amplitude of -{} on the term of order {} makes things worse: a\n\
             power series converges as far on the one side as on the other.",
            three_or_dash(last.helps[1]),
            last.order
        );
    }
    text
}

fn write_series(outputs: &mut Outputs<'_>, rows: &[Row]) -> Result<()> {
    let header = [
        "order",
        "slope",
        "slope_standard_error",
        "slope_from_amplitude",
        "slope_to_amplitude",
        "holds_up_to_amplitude",
        "holds_down_to_amplitude",
        "helps_up_to_amplitude",
        "helps_down_to_amplitude",
    ];
    let row = |row: &Row| {
        let slope = row.slope;
        fields![
            row.order,
            optional(slope.map(|s| s.order)),
            optional(slope.map(|s| s.standard_error)),
            optional(slope.map(|s| s.dt_min)),
            optional(slope.map(|s| s.dt_max)),
            optional(row.holds[0]),
            optional(row.holds[1].map(|a| -a)),
            optional(row.helps[0]),
            optional(row.helps[1].map(|a| -a)),
        ]
    };
    outputs.csv("series.csv", &header, rows.iter().map(row))
}
