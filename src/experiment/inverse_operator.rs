//! The inverse operator: its kernels, the response of each order against the truth, and how far the series holds.

use nalgebra::Complex;
use serde::Deserialize;
use std::fmt::Write;

use crate::error::{Error, Result};
use crate::metrics::ObservedOrder;
use crate::model::{NeuronSpec, StimulusSpec};
use crate::operator::inverse::{Direction, InverseOperator, MAX_RESPONSE_ORDER, SeriesErrors, SeriesStudy};
use crate::report::figure::{
    InverseErrors, InverseKernels, InverseResponse, OrderErrors, ResponsePanel, inverse_errors, inverse_kernels,
    inverse_response,
};
use crate::report::{plain, three, three_or_dash};

use super::{Experiment, Outputs};

/// Samples of v over a run.
const SAMPLES: usize = 1000;
/// Points of the kernels' figure: of h₁, and along each side of h₂.
const KERNEL_POINTS: (usize, usize) = (301, 49);
/// More orders than the kernels have are of use for the radius only.
const MOST_ORDERS: usize = 8;

/// The parameters, as in `experiments/inverse_operator.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InverseOperatorExperiment {
    neuron: String,
    input: f64,
    shape: String,
    duration: f64,
    orders: usize,
    amplitudes: Vec<f64>,
    error_amplitudes: (f64, usize),
    slope_up_to: f64,
    largest: f64,
    allowed_error: f64,
    kernel_span: (f64, f64),
}

/// What the table and the figures are made of.
struct Measured {
    operator: InverseOperator,
    study: SeriesStudy,
    spike: [Option<f64>; 2],
    radius: Option<f64>,
    errors: Vec<SeriesErrors>,
    unit: &'static str,
}

const DIRECTIONS: [Direction; 2] = [Direction::Up, Direction::Down];

impl Experiment for InverseOperatorExperiment {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        self.check()?;
        let spec = NeuronSpec::parse(&self.neuron)?;
        let operator = InverseOperator::about(&spec.neuron, self.input * spec.input_scale)?;
        let shape = StimulusSpec::parse(&self.shape)?.stimulus(self.duration)?.scaled(spec.input_scale);
        let study = SeriesStudy::new(operator, &shape, self.duration, self.orders, SAMPLES)?;
        let spike = DIRECTIONS.map(|direction| study.first_spike(direction, self.largest));
        let radius =
            SeriesStudy::new(operator, &shape, self.duration, MAX_RESPONSE_ORDER, SAMPLES)?.convergence_radius();
        let (smallest, count) = self.error_amplitudes;
        let most = spike[0].unwrap_or(self.largest);
        let amplitude = |i: usize| smallest * (most / smallest).powf(i as f64 / count as f64);
        let errors = (0..count).map(|i| study.errors(amplitude(i))).collect();
        let unit = if spec.input_scale == 1.0 { "mV/ms" } else { "pA" };
        let measured = Measured { operator, study, spike, radius, errors, unit };

        outputs.figure(&inverse_kernels(&self.kernels(&measured)?)?)?;
        outputs.figure(&inverse_response(&self.responses(&measured))?)?;
        outputs.figure(&inverse_errors(&self.error_lines(&measured))?)?;
        let rows = self.rows(&measured);
        outputs.dir.write("series.csv", series_csv(&rows).as_bytes())?;
        Ok(self.facts(&measured)? + &self.text(&measured, &rows))
    }
}

/// One order of the series in the table.
struct Row {
    order: usize,
    slope: Option<ObservedOrder>,
    /// Up and down.
    holds: [Option<f64>; 2],
    helps: [Option<f64>; 2],
}

impl InverseOperatorExperiment {
    fn check(&self) -> Result<()> {
        let positive = |what: &str, x: f64| {
            if x > 0.0 && x.is_finite() {
                return Ok(());
            }
            Err(Error::invalid(what, x, "a number above 0", "See experiments/inverse_operator.toml."))
        };
        positive("largest", self.largest)?;
        positive("slope_up_to", self.slope_up_to)?;
        positive("allowed_error", self.allowed_error)?;
        positive("kernel_span", self.kernel_span.0.min(self.kernel_span.1))?;
        positive("error_amplitudes", self.error_amplitudes.0)?;
        if self.orders == 0 || self.orders > MOST_ORDERS {
            return Err(Error::invalid("orders", self.orders, format!("1 to {MOST_ORDERS}"), "Use 4."));
        }
        if !(4..=1000).contains(&self.error_amplitudes.1) {
            let given = self.error_amplitudes.1;
            return Err(Error::invalid("number of error_amplitudes", given, "4 to 1000", "Use 30."));
        }
        match self.amplitudes.iter().find(|a| !a.is_finite()) {
            Some(a) => Err(Error::invalid("amplitudes", a, "finite numbers", "Give them like [1, 2.5].")),
            None => Ok(()),
        }
    }

    fn kernels(&self, measured: &Measured) -> Result<InverseKernels> {
        let (points, side) = KERNEL_POINTS;
        let at = |i: usize, n: usize, span: f64| span * i as f64 / (n - 1) as f64;
        let first = (0..points)
            .map(|i| at(i, points, self.kernel_span.0))
            .map(|t| Ok((t, measured.operator.kernel(&[t])?)))
            .collect::<Result<_>>()?;
        let times: Vec<f64> = (0..side).map(|i| at(i, side, self.kernel_span.1)).collect();
        let mut second = Vec::with_capacity(side * side);
        for &t1 in &times {
            for &t2 in &times {
                second.push(measured.operator.kernel(&[t1, t2])?);
            }
        }
        let label = format!("{} at {} {}", self.neuron, self.input, measured.unit);
        Ok(InverseKernels { label, first, times, second })
    }

    fn responses(&self, measured: &Measured) -> InverseResponse {
        let Measured { operator, study, unit, .. } = measured;
        let (rest, peak) = (operator.equilibrium().v, operator.neuron().peak);
        let panel = |&amplitude: &f64| {
            let (truth, first_spike) = study.truth(amplitude);
            let raised = |x: &f64| rest + x;
            let orders = (1..=self.orders)
                .map(|order| study.sum(amplitude, order).iter().map(raised).take(truth.len()).collect())
                .collect();
            let ending = first_spike.map_or("no spike".to_owned(), |t| format!("spikes at {} ms", three(t)));
            ResponsePanel {
                heading: format!("amplitude {amplitude} {unit}: {ending}"),
                amplitude,
                t: study.times().to_vec(),
                truth: truth.iter().map(raised).collect(),
                orders,
                spike: first_spike.map(|t| (t, peak)),
            }
        };
        InverseResponse { panels: self.amplitudes.iter().map(panel).collect() }
    }

    fn error_lines(&self, measured: &Measured) -> InverseErrors {
        let line = |order: usize| OrderErrors {
            slope: self.slope(measured, order).map(|s| s.order),
            points: measured.errors.iter().map(|m| (m.amplitude, m.errors[order])).collect(),
        };
        InverseErrors { unit: measured.unit.to_owned(), orders: (1..=self.orders).map(line).collect() }
    }

    /// The observed power of the amplitude in the error after `order` terms.
    fn slope(&self, measured: &Measured, order: usize) -> Option<ObservedOrder> {
        let points = measured.study.errors_of_order(order, &measured.errors, self.slope_up_to);
        ObservedOrder::of(&points, measured.study.floor())
    }

    fn rows(&self, measured: &Measured) -> Vec<Row> {
        let study = &measured.study;
        let limit = |k: usize| measured.spike[k].unwrap_or(self.largest);
        let row = |order: usize| Row {
            order,
            slope: self.slope(measured, order),
            holds: [0, 1].map(|k| study.holds_up_to(order, self.allowed_error, DIRECTIONS[k], limit(k))),
            helps: [0, 1].map(|k| study.stops_helping(order, DIRECTIONS[k], limit(k))),
        };
        (1..=self.orders).map(row).collect()
    }

    /// The equilibrium and its kernels in numbers.
    fn facts(&self, measured: &Measured) -> Result<String> {
        let Measured { operator, unit, .. } = measured;
        let rest = operator.equilibrium();
        let mut text = format!(
            "{} held at {} {unit} rests at v = {} mV, u = {}: {}\n\n",
            self.neuron,
            self.input,
            three(rest.v),
            three(rest.u),
            operator.kind()
        );
        let zeros = [Complex::new(0.0, 0.0); 4];
        let gains = (1..=4).map(|n| operator.transfer(&zeros[..n]).map(|h| h.re)).collect::<Result<Vec<f64>>>()?;
        let [fast, slow] = operator.eigenvalues();
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

    fn text(&self, measured: &Measured, rows: &[Row]) -> String {
        let unit = measured.unit;
        let mut text = format!("\nThe series for {} times an amplitude [{unit}]\n", self.shape);
        let header = ["order", "slope ± s.e.", "over amplitudes", "holds up", "down", "helps up", "down"];
        let end = |spike: Option<f64>, found: Option<f64>| match (found, spike) {
            (Some(a), _) => three(a),
            (None, Some(_)) => "spike".to_owned(),
            (None, None) => format!(">{}", three(self.largest)),
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
            self.allowed_error
        );
        let [up, down] = measured.spike;
        let _ = match up {
            Some(spike) => write!(text, "The neuron first spikes at amplitude {}", format_args!("{spike:.4} {unit}")),
            None => write!(text, "The neuron does not spike up to {} {unit}", self.largest),
        };
        if let Some(radius) = measured.radius {
            let _ =
                write!(text, "; {MAX_RESPONSE_ORDER} terms put the series' convergence radius at {}", three(radius));
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
}

fn series_csv(rows: &[Row]) -> String {
    let mut text = String::from(
        "order,slope,slope_standard_error,slope_from_amplitude,slope_to_amplitude,\
         holds_up_to_amplitude,holds_down_to_amplitude,helps_up_to_amplitude,helps_down_to_amplitude\n",
    );
    for row in rows {
        let cell = |x: Option<f64>| x.map_or(String::new(), |x| x.to_string());
        let slope = row.slope;
        let cells = [
            slope.map(|s| s.order),
            slope.map(|s| s.standard_error),
            slope.map(|s| s.dt_min),
            slope.map(|s| s.dt_max),
            row.holds[0],
            row.holds[1].map(|a| -a),
            row.helps[0],
            row.helps[1].map(|a| -a),
        ];
        let _ = writeln!(text, "{},{}", row.order, cells.map(cell).join(","));
    }
    text
}
