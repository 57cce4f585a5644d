//! The residual is the mean of (left side − right side) over each panel between two samples, in mV/ms, never across a reset. For the
//! truth it falls at the order of the quadrature (1, 2, 4, and 2 for Riccati arcs): the signs and the reset terms are right. The schemes
//! are read from their own grid values and spikes, with v as a Riccati arc in between.

use spikestep::operator::grid_residual;
use spikestep::operator::{EvolutionOperator, Reconstruction, Residual, Signal};
use spikestep::report::chart;

use crate::shared::*;

pub(crate) const QUESTION: &str = "Does the true solution satisfy the paper's equation with its initial and reset terms, and how far from it is each scheme?";

const NEURON: &str = "RS"; // The neuron
const INPUT: &str = "step:10"; // The input
const DURATION: f64 = 300.0; // Duration [ms]
const DTS: [f64; 8] = [0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025]; // Steps [ms], for the truth and the schemes
const SCHEMES: &str = "euler,euler+located,bindsnet,rk4,rk2+located,rk4+located,evolution-2+located"; // The schemes

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let problem = preset(NEURON, INPUT, DURATION)?;
    let truth = truth(&problem);
    let operator = EvolutionOperator::of(&problem)?;
    let (mut rows, mut series) = (Vec::new(), Vec::new());
    let mut add = |label: String, of: &dyn Fn(f64) -> Result<Residual>| -> Result<()> {
        let points = DTS.iter().map(|&dt| Ok((dt, of(dt)?.mean_absolute()))).collect::<Result<Vec<_>>>()?;
        // Each panel's difference quotient rounds to about eps |v|/dt.
        let floor = largest(DTS.map(|dt| f64::EPSILON * 100.0 / dt));
        let order = ObservedOrder::of(&points, floor).map(|o| o.order);
        let shown = order.map_or_else(String::new, |o| format!("{o:.2}"));
        rows.push([vec![label.clone(), shown], points.iter().map(|p| format!("{:.1e}", p.1)).collect()].concat());
        series.push(Series {
            label: order.map(|order| format!("{label} (order {order:.1})")),
            texts: vec![order.map(chart::number).unwrap_or_default()],
            ..marked(label, points)
        });
        Ok(())
    };
    for (how, name) in [
        (Reconstruction::Constant, "truth, v constant"),
        (Reconstruction::Linear, "truth, v linear"),
        (Reconstruction::Cubic, "truth, v cubic"),
        (Reconstruction::Arc, "truth, v Riccati arc"),
    ] {
        add(name.to_owned(), &|dt| operator.residual(&Signal::of_truth(&truth, dt)?, &problem.stimulus, how))?;
    }
    for scheme in schemes(SCHEMES)? {
        add(scheme.to_string(), &|dt| {
            let mut v = Vec::new();
            let spikes = fixed_step(&scheme, &problem, dt, |row| v.push(row.state.v)).spikes;
            grid_residual(&problem, &v, dt, spikes.times())
        })?;
    }
    let heads = DTS.iter().fold("mean |residual| [mV/ms] at dt,order".to_owned(), |heads, dt| format!("{heads},{dt}"));
    let (x, y) = ("dt_ms", "mean_absolute_residual_mV_per_ms");
    let fields = [("series", Field::Series), ("observed_order", Field::Of(0)), (x, Field::X), (y, Field::Y)];
    let title = "Residual of the evolution equation in mV/ms against time step in ms";
    let axes = ("time step dt [ms]", "mean |residual| [mV/ms]");
    let figure = log_log("residual_vs_dt", title, axes, &[1.0, 2.0, 4.0], [x, y], series);
    outputs.figure(&Chart { columns: columns(fields), ..figure })?;
    Ok(format!("{operator}\n\n{}", table(&heads, rows)))
}
