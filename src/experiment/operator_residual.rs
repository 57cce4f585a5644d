//! Kind `operator_residual`: the residual of the evolution equation, of the truth by each quadrature and of schemes, against dt.

use std::fmt::Write;

use serde::Deserialize;

use super::{Experiment, Outputs};
use crate::error::{Error, Result};
use crate::metrics::ObservedOrder;
use crate::model::{NeuronSpec, Problem, StimulusSpec};
use crate::operator::{EvolutionOperator, Reconstruction, Residual, Signal, grid_residual};
use crate::report::figure::{ResidualLine, ResidualVsDt, residual_vs_dt};
use crate::scheme::{SchemeSet, StepSize, solve_with};
use crate::truth::taylor;

/// The parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OperatorResidual {
    /// The neuron, as `--neuron`.
    neuron: String,
    /// The input, as `--input`.
    input: String,
    /// Duration \[ms\].
    duration: f64,
    /// Steps \[ms\], for the truth and the schemes.
    dts: Vec<f64>,
    /// Schemes, as `--schemes`.
    schemes: String,
}

impl Experiment for OperatorResidual {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let spec = NeuronSpec::parse(&self.neuron)?;
        let stimulus = StimulusSpec::parse(&self.input)?.stimulus(self.duration)?.scaled(spec.input_scale);
        let problem = Problem { neuron: spec.neuron, stimulus, initial: spec.initial, duration: self.duration };
        problem.neuron.validate()?;
        for &dt in &self.dts {
            if !(dt > 0.0 && dt <= self.duration) {
                return Err(Error::invalid("dts", dt, "steps in ms, positive and at most the duration", "Mend dts."));
            }
        }
        let schemes = SchemeSet::standard().parse_list(&self.schemes)?;
        let truth = taylor::solve(&problem, taylor::TOLERANCE);
        let operator = EvolutionOperator::of(&problem)?;
        let mut series = Vec::new();
        let mut add = |label: String, of: &dyn Fn(f64) -> Result<Residual>| -> Result<()> {
            let points = self.dts.iter().map(|&dt| Ok((dt, of(dt)?.mean_absolute()))).collect::<Result<Vec<_>>>()?;
            // Each panel's difference quotient rounds to about eps |v|/dt.
            let floor = self.dts.iter().fold(0.0, |m: f64, dt| m.max(f64::EPSILON * 100.0 / dt));
            let order = ObservedOrder::of(&points, floor).map(|o| o.order);
            series.push(ResidualLine { label, order, points });
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
        for id in schemes.iter().filter(|id| !id.is_adaptive()) {
            add(id.to_string(), &|dt| {
                let mut v = Vec::new();
                let scheme = id.at_peak_of_neuron();
                let trajectory = solve_with(&problem, &scheme, StepSize::Fixed(dt), |sample| v.push(sample.state.v))?;
                let spikes = trajectory.spikes;
                grid_residual(&problem, &v, dt, spikes.times())
            })?;
        }
        let mut text = format!("{operator}\n\n{:34} {:>6}  mean |residual| [mV/ms] at dt =", "", "order");
        for dt in &self.dts {
            let _ = write!(text, " {dt}");
        }
        text.push('\n');
        for line in &series {
            let order = line.order.map_or_else(|| "-".to_owned(), |o| format!("{o:.2}"));
            let values: Vec<String> = line.points.iter().map(|p| format!("{:.1e}", p.1)).collect();
            let _ = writeln!(text, "{:34} {order:>6}  {}", line.label, values.join(" "));
        }
        outputs.figure(&residual_vs_dt(&ResidualVsDt { series })?)?;
        Ok(text)
    }
}
