//! Kind `cost_at_equal_error`: what a spike-time error costs with every scheme and in other programs, and where each choice wins.

mod choices;
mod curve;
mod files;
mod measure;
mod peers;

use std::path::PathBuf;

use serde::Deserialize;

use self::choices::choices_text;
use self::curve::Curve;
use self::measure::curves;
use super::{Experiment, Outputs};
use crate::error::{Error, Result};
use crate::report::figure::{CostAtEqualError, CostPanel, ErrorCost, ErrorCostLine, cost_at_equal_error};
use crate::report::{plain, three, three_or_dash};

/// The parameters, as in `experiments/cost_at_equal_error.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CostAtEqualErrorExperiment {
    /// Neurons, each as `--neuron`.
    neurons: Vec<String>,
    /// The input, as `--input`.
    input: String,
    /// Duration \[ms\].
    duration: f64,
    /// Sweeps of timings over all runs; the fastest counts.
    sweeps: usize,
    /// Errors \[ms\] that the tables ask for.
    errors: Vec<f64>,
    /// Steps \[ms\] that a network may prescribe.
    network_dts: Vec<f64>,
    /// Table of `benches/peers/cost_at_equal_error.py`, for the same neurons, input and duration.
    peers: Option<PathBuf>,
    /// The schemes.
    series: Vec<Series>,
}

/// Schemes that are run at the same settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Series {
    /// What kind they are, for the legend; series of the same kind may follow each other.
    group: String,
    /// Schemes, as `--schemes`.
    schemes: String,
    /// Steps \[ms\] of the fixed-step ones.
    #[serde(default)]
    dts: Vec<f64>,
    /// Tolerances of the adaptive ones.
    #[serde(default)]
    tolerances: Vec<f64>,
    /// Whether they are in the figure: at most five of a group.
    #[serde(default = "yes")]
    draw: bool,
}

fn yes() -> bool {
    true
}

/// Group of the other programs.
const PEERS: &str = "other programs";

impl Experiment for CostAtEqualErrorExperiment {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        self.validate()?;
        let peers = match &self.peers {
            Some(path) => peers::read(path, self.series.len(), self.duration)?,
            None => Vec::new(),
        };
        let rows = self.rows()?;
        let ours = curves(&rows);
        let all: Vec<&Curve> = ours.iter().chain(&peers).collect();

        outputs.dir.write("errors.csv", files::errors_csv(&rows).as_bytes())?;
        outputs.dir.write("timings.csv", files::timings_csv(&rows).as_bytes())?;
        outputs.dir.write("equal_error.csv", files::equal_error_csv(&all, &self.errors).as_bytes())?;
        outputs.dir.write("flop_times.csv", files::flop_times_csv(&rows).as_bytes())?;
        outputs.dir.write("choices.csv", files::choices_csv(&self.choices(&ours)).as_bytes())?;
        outputs.figure(&cost_at_equal_error(&self.figure(&all))?)?;

        let mut text = String::new();
        for neuron in &self.neurons {
            text += &format!("{neuron}: time in µs per simulated second to keep every spike within ... ms\n");
            text += &self.table(all.iter().copied().filter(|c| c.neuron == *neuron));
            text += "\n";
        }
        text += &self.prescribed_text(&ours);
        text += &choices_text(&self.choices(&ours));
        text += "\nAll from the runs above, geometric means over the neurons; a scheme must keep the error on each of them.\n";
        Ok(text)
    }
}

impl CostAtEqualErrorExperiment {
    fn validate(&self) -> Result<()> {
        let positive = |what: &str, values: &[f64]| -> Result<()> {
            match values.iter().find(|x| !(x.is_finite() && **x > 0.0)) {
                Some(bad) => Err(Error::invalid(what, bad, "positive, finite numbers", "Mend the file.")),
                None => Ok(()),
            }
        };
        positive("duration", &[self.duration])?;
        positive("errors", &self.errors)?;
        positive("network_dts", &self.network_dts)?;
        if !(1..=1000).contains(&self.sweeps) {
            return Err(Error::invalid("sweeps", self.sweeps, "1 to 1000", "Use 3: the fastest counts."));
        }
        if self.neurons.is_empty() || self.series.is_empty() {
            let mend = "Name neurons = [\"RS\"] and at least one [[cost_at_equal_error.series]].";
            return Err(Error::invalid("neurons or series", "empty", "at least one of each", mend));
        }
        Ok(())
    }

    /// A row a scheme, a column an error.
    fn table<'a>(&self, curves: impl Iterator<Item = &'a Curve>) -> String {
        let header: Vec<String> =
            std::iter::once("scheme".to_owned()).chain(self.errors.iter().map(|e| three(*e))).collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        plain(
            &header,
            curves.map(|curve| {
                let times = self.errors.iter().map(|&error| three_or_dash(curve.time_at(error)));
                std::iter::once(curve.name.clone()).chain(times).collect()
            }),
        )
    }

    fn figure(&self, curves: &[&Curve]) -> CostAtEqualError {
        let mut groups: Vec<String> = Vec::new();
        let mut of_series: Vec<Option<usize>> = Vec::new();
        let drawn = self.series.iter().map(|s| (s.group.as_str(), s.draw));
        let peers = curves.iter().any(|c| c.series == self.series.len());
        for (group, draw) in drawn.chain([(PEERS, peers)]) {
            let place = groups.iter().position(|known| known == group);
            of_series.push(draw.then(|| {
                place.unwrap_or_else(|| {
                    groups.push(group.to_owned());
                    groups.len() - 1
                })
            }));
        }
        let line = |curve: &Curve| {
            let point = |p: &curve::Point| Some(ErrorCost { setting: p.setting, error: p.error?, time: p.time });
            let group = of_series[curve.series]?;
            Some(ErrorCostLine {
                group,
                label: curve.name.clone(),
                points: curve.points.iter().filter_map(point).collect(),
            })
        };
        let panel = |neuron: &String| CostPanel {
            heading: neuron.clone(),
            lines: curves.iter().filter(|c| c.neuron == *neuron).filter_map(|c| line(c)).collect(),
        };
        CostAtEqualError { groups: groups.clone(), panels: self.neurons.iter().map(panel).collect() }
    }
}
