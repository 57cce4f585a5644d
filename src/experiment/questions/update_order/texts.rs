//! What an update order does, in words and in a figure.

use std::fmt::Write;

use super::receiver::ORDERS;
use super::{Row, UpdateOrder};
use crate::report::figure::{CurvePanel, CurveSeries, Curves};
use crate::report::three;
use crate::scheme::Scheme;

impl UpdateOrder {
    pub(super) fn answer(&self, rows: &[Row], precise: Scheme) -> String {
        let dt = self.dts.iter().copied().fold(0.0, f64::max);
        let find = |scheme: &str, order: &str| {
            rows.iter().find(|r| r.scheme.to_string() == scheme && r.order == order && r.dt == dt)
        };
        let precise = precise.to_string();
        let (Some(after), Some(before), Some(current), Some(unscaled)) =
            (find(&precise, "after"), find(&precise, "before"), find(&precise, "current"), find(&precise, "unscaled"))
        else {
            return String::new();
        };
        let right = if after.largest < 0.01 * dt { "is the model" } else { "is not quite the model" };
        let early =
            if (before.shift + dt).abs() < 0.25 * dt { "one whole step early" } else { "early by a part of a step" };
        let silent = |r: &Row| {
            if r.latency.is_nan() { "falls silent".to_owned() } else { format!("ends {} ms off", three(r.latency)) }
        };
        let mut text = format!(
            "There is a right one, given where the grid says an input arrives. With {precise} between arrivals, so that nothing else errs, \
             a jump at the end of the step, before the threshold is tested, {right} (largest shift {} ms at dt = {dt} ms); before the update \
             output spikes come {early} (median {} ms), and a chain of {} neurons ends {} ms off where \
             'after' is {} ms off, which is the rounding of its spikes up to the grid: each synapse gains a step, as if its delay were dt shorter. \
             NEST's default rule, v + h f(v) + w, evaluates f before it adds the jump: in spite of its order in the code it is 'after', \
             so input does count for the threshold of the same step without entering the dynamics of it. The published form adds w to the current instead: \
             spread over the step before the arrival with the charge kept (w/dt) it shifts spikes by {} ms; without that division, as \
             NEST has it, an input is worth w dt, and at dt = {dt} ms the chain {}",
            three(after.largest),
            three(before.shift),
            self.chain,
            three(before.latency),
            three(after.latency),
            three(current.shift),
            silent(unscaled)
        );
        let small = self.dts.iter().copied().fold(f64::INFINITY, f64::min);
        if let Some(r) = rows.iter().find(|r| r.scheme.to_string() == precise && r.order == "unscaled" && r.dt == small)
        {
            let _ = write!(text, ", at {small} ms it {}", silent(r));
        }
        text += ".";
        if let (Some(after), Some(before)) = (find("euler", "after"), find("euler", "before")) {
            let _ = write!(
                text,
                " Under forward Euler the scheme's own error comes on top: median {} ms 'after', {} ms 'before'.",
                three(after.shift),
                three(before.shift)
            );
        }
        text
    }

    pub(super) fn figure(&self, schemes: &[Scheme], rows: &[Row]) -> Curves {
        let panel = |scheme: &Scheme, y: &str, what: &str, of: &dyn Fn(&Row) -> f64| CurvePanel {
            heading: format!("{scheme}: {what}"),
            x: "time step dt [ms]".to_owned(),
            y: y.to_owned(),
            log_x: true,
            log_y: false,
            series: ORDERS
                .iter()
                .map(|(_, name)| CurveSeries {
                    label: (*name).to_owned(),
                    reference: false,
                    marked: true,
                    points: rows
                        .iter()
                        .filter(|r| r.scheme.to_string() == scheme.to_string() && r.order == *name)
                        .map(|r| (r.dt, of(r)))
                        .filter(|p| p.1.is_finite())
                        .collect(),
                })
                .collect(),
        };
        let of = |scheme: &Scheme| {
            let chain = format!("end of a chain of {}", self.chain);
            [
                panel(scheme, "median shift [ms]", "output spikes", &|r| if r.complete { r.shift } else { f64::NAN }),
                panel(scheme, "late by [ms]", &chain, &|r| r.latency),
            ]
        };
        Curves {
            name: "update_order",
            title: "Where in a step input is applied, and by how much output spikes move".to_owned(),
            columns: ["dt_ms", "shift_ms"],
            per_row: 2,
            panels: schemes.iter().flat_map(of).collect(),
        }
    }
}
