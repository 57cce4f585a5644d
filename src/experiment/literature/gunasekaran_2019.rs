//! Kind `gunasekaran_2019`: between which steps Euler's method loses the spike trains of RS and IB.
//!
//! Source: H. Gunasekaran, G. Spigler, A. Mazzoni, E. Cataldo et al., *Convergence of regular spiking and intrinsically bursting
//! Izhikevich neuron models as a function of discretization time with Euler method*, Neurocomputing (2019),
//! doi:10.1016/j.neucom.2019.03.021. Its abstract was read; the amplitudes, the duration and the scales of the two distances are ours, and
//! so are the limits: the paper's come from an adaptation of the CUSUM algorithm that the abstract does not give. With D the distance from
//! the reference and D₀ that of a silent neuron, both per spike where they add up (Victor–Purpura D, van Rossum D²):
//!
//! - dt1 is the last step before D first passes D₀/2: half as wrong as silence;
//! - dt2 the last before D first passes twice the metric's distance of silence. By the triangle inequality such a train is further from
//!   silence than the reference is: spikes are added that no shift can explain.

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::claims::{Claim, Claims, Expected};
use super::{check_list, mean, median, share, slope_and_correlation};
use crate::SpikeTrain;
use crate::error::{Error, Result};
use crate::experiment::runs::{check_positive, check_steps, fixed_step};
use crate::experiment::{Experiment, Outputs};
use crate::metrics::{SpikeErrors, van_rossum, victor_purpura};
use crate::model::{CellType, Problem, Stimulus};
use crate::report::figure::{CurvePanel, CurveSeries, Curves, curves};
use crate::scheme::Scheme;
use crate::study::dt_list;
use crate::truth::taylor;

const PAPER: &str = "Gunasekaran, Spigler, Mazzoni, Cataldo et al., Neurocomputing (2019), doi:10.1016/j.neucom.2019.03.021 \
                     (abstract read)";
const PLACE: &str = "abstract";

/// The parameters, as in `experiments/literature/gunasekaran_2019.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct Gunasekaran2019 {
    /// Cell types.
    neurons: Vec<String>,
    /// Steps of the input \[mV/ms\].
    amplitudes: Vec<f64>,
    /// Duration \[ms\].
    duration: f64,
    /// Steps \[ms\], as `--dt`.
    dt: String,
    /// Step of the reference \[ms\].
    reference_dt: f64,
    /// Cost of the Victor–Purpura distance \[1/ms\].
    victor_purpura_cost: f64,
    /// Time constant of the van Rossum distance \[ms\].
    van_rossum_tau: f64,
    /// Where the measurement differs, and why.
    where_we_differ: String,
}

/// One neuron under one amplitude.
struct Case {
    cell: &'static CellType,
    amplitude: f64,
    /// Spikes of the reference, and its mean interval \[ms\].
    spikes: usize,
    interval: f64,
    /// Largest error of the reference's spikes against the true ones \[ms\].
    reference_error: f64,
    /// (dt, distance over that of a silent neuron) by Victor–Purpura and by van Rossum, the latter squared.
    distances: [Vec<(f64, f64)>; 2],
    /// (dt1, dt2) by the same \[ms\]; infinite where no step passes.
    limits: [(f64, f64); 2],
}

impl Experiment for Gunasekaran2019 {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let (cells, dts) = self.checked()?;
        let cases: Vec<(&'static CellType, f64)> =
            cells.iter().flat_map(|&cell| self.amplitudes.iter().map(move |&amplitude| (cell, amplitude))).collect();
        let cases: Vec<Case> =
            cases.into_par_iter().map(|(cell, amplitude)| self.case(cell, amplitude, &dts)).collect::<Result<_>>()?;
        outputs.figure(&curves(&figure(&cells, &cases))?)?;
        outputs.dir.write("limits.csv", csv(&cases).as_bytes())?;
        let rows = claims(&cells, &cases);
        Claims { paper: PAPER, rows, where_we_differ: self.where_we_differ.clone() }.write(outputs)
    }
}

impl Gunasekaran2019 {
    fn checked(&self) -> Result<(Vec<&'static CellType>, Vec<f64>)> {
        check_positive("duration", self.duration)?;
        check_list("amplitudes", &self.amplitudes)?;
        let mut dts = dt_list::parse("dt", &self.dt)?;
        dts.sort_by(f64::total_cmp);
        check_steps(&dts, self.duration)?;
        check_positive("victor_purpura_cost", self.victor_purpura_cost)?;
        check_positive("van_rossum_tau", self.van_rossum_tau)?;
        // 1e9 steps would run for a minute each.
        if !(self.reference_dt > 0.0 && self.reference_dt <= dts[0] && self.duration / self.reference_dt <= 1e8) {
            let allowed = "at most the smallest step, and no more than 1e8 steps in a run";
            return Err(Error::invalid("reference_dt", self.reference_dt, allowed, "Give reference_dt = 0.001."));
        }
        let cells: Vec<_> = self.neurons.iter().map(|name| CellType::find(name)).collect::<Result<_>>()?;
        if cells.is_empty() {
            return Err(Error::invalid("neurons", "an empty list", "names of cell types", "Give [\"RS\", \"IB\"]."));
        }
        Ok((cells, dts))
    }

    fn case(&self, cell: &'static CellType, amplitude: f64, dts: &[f64]) -> Result<Case> {
        let stimulus = Stimulus::constant(amplitude);
        let problem = Problem { neuron: cell.neuron, stimulus, initial: cell.initial, duration: self.duration };
        let euler: Scheme = "euler".parse()?;
        let spikes = |dt: f64| fixed_step(&euler, &problem, dt, |_| {}).spikes;
        let reference = spikes(self.reference_dt);
        if reference.len() < 3 {
            let given = format!("{amplitude}, at which {} fires {} times", cell.name, reference.len());
            return Err(Error::invalid("amplitude", given, "inputs that make 3 spikes or more", "Give a larger one."));
        }
        let truth = taylor::solve(&problem, taylor::TOLERANCE);
        let distance = |train: &SpikeTrain| -> Result<[f64; 2]> {
            let purpura = victor_purpura(train, &reference, self.victor_purpura_cost)?;
            Ok([purpura, van_rossum(train, &reference, self.van_rossum_tau)?.powi(2)])
        };
        let silence = distance(&SpikeTrain::default())?;
        let mut distances = [Vec::new(), Vec::new()];
        for &dt in dts {
            let found = distance(&spikes(dt))?;
            for (metric, list) in distances.iter_mut().enumerate() {
                list.push((dt, found[metric] / silence[metric]));
            }
        }
        // Twice the distance is four times its square.
        let limits = [
            (last_below(&distances[0], 0.5), last_below(&distances[0], 2.0)),
            (last_below(&distances[1], 0.5), last_below(&distances[1], 4.0)),
        ];
        let times = reference.times();
        Ok(Case {
            cell,
            amplitude,
            spikes: times.len(),
            interval: (times[times.len() - 1] - times[0]) / (times.len() - 1) as f64,
            reference_error: SpikeErrors::between(&reference, &truth.spikes).max_abs.unwrap_or(f64::NAN),
            distances,
            limits,
        })
    }
}

/// The last step before the distance first passes `bound`: 0 where the first one does, infinite where none does.
fn last_below(distances: &[(f64, f64)], bound: f64) -> f64 {
    match distances.iter().position(|&(_, distance)| distance > bound) {
        Some(0) => 0.0,
        Some(k) => distances[k - 1].0,
        None => f64::INFINITY,
    }
}

fn claims(cells: &[&'static CellType], cases: &[Case]) -> Vec<Claim> {
    let limits = |of: &dyn Fn(&Case) -> bool, metric: usize, which: usize| -> Vec<f64> {
        let pick = |case: &Case| if which == 0 { case.limits[metric].0 } else { case.limits[metric].1 };
        cases.iter().filter(|case| of(case)).map(pick).collect()
    };
    let all = |which: usize| [limits(&|_| true, 0, which), limits(&|_| true, 1, which)].concat();
    let inside = |which: usize, low: f64, high: f64| share(all(which).into_iter().map(|x| low <= x && x <= high));
    let claim = |quantity, published, expected, measured| Claim::new(quantity, published, PLACE, expected, measured);
    let mut rows = vec![
        claim("median of dt1 [ms]".into(), "dt1 in (0.1 ms, 1 ms)", Expected::Between(0.1, 1.0), median(all(0))),
        claim("median of dt2 [ms]".into(), "dt2 in (2 ms, 3 ms)", Expected::Between(2.0, 3.0), median(all(1))),
        claim(
            "share of cases with dt1 in 0.1 to 1 ms".into(),
            "in most cases",
            Expected::Above(0.5),
            inside(0, 0.1, 1.0),
        ),
        claim(
            "share of cases with dt2 in 2 to 3 ms".into(),
            "in most cases",
            Expected::Above(0.5),
            inside(1, 2.0, 3.0),
        ),
    ];
    // "Consistent": no further apart than the ends of the narrower published interval, 2 to 3 ms.
    let consistent = Expected::Between(2.0 / 3.0, 1.5);
    for (which, name) in ["dt1", "dt2"].into_iter().enumerate() {
        let ratio = median(limits(&|_| true, 0, which)) / median(limits(&|_| true, 1, which));
        let quantity = format!("{name}: median by Victor-Purpura over van Rossum");
        rows.push(claim(quantity, "consistent regardless of metric", consistent, ratio));
    }
    if let [first, second, ..] = cells {
        for (which, name) in ["dt1", "dt2"].into_iter().enumerate() {
            let of = |cell: &'static CellType| median(limits(&|case| case.cell.name == cell.name, 0, which));
            let quantity = format!("{name}: median of {} over {}", first.name, second.name);
            rows.push(claim(quantity, "consistent regardless of neuron type", consistent, of(first) / of(second)));
        }
    }
    for (which, name) in ["dt1", "dt2"].into_iter().enumerate() {
        let points: Vec<(f64, f64)> = limits(&|_| true, 0, which)
            .into_iter()
            .zip(cases)
            .filter(|(limit, _)| limit.is_finite() && *limit > 0.0)
            .map(|(limit, case)| (case.interval.ln(), limit.ln()))
            .collect();
        let correlation = slope_and_correlation(&points).map_or(f64::NAN, |(_, r)| r.abs());
        // 1/√(n − 1) is the standard error of a correlation of what does not depend on each other.
        let two_errors = 2.0 / (points.len().max(2) as f64 - 1.0).sqrt();
        let quantity = format!("|correlation| of ln {name} with ln of the mean interval");
        rows.push(claim(quantity, "depends on the average interval", Expected::Above(two_errors), correlation));
    }
    let worst = cases.iter().map(|case| case.reference_error).fold(0.0, f64::max);
    rows.push(claim("largest error of the reference's own spikes [ms]".into(), "-", Expected::Unstated, worst));
    let intervals = mean(cases.iter().map(|case| case.interval));
    rows.push(claim("mean interval of the cases [ms]".into(), "-", Expected::Unstated, intervals));
    rows
}

fn csv(cases: &[Case]) -> String {
    let mut text = "neuron,amplitude,spikes,mean_interval_ms,reference_error_ms,metric,dt1_ms,dt2_ms\n".to_owned();
    for case in cases {
        for (metric, limits) in ["victor_purpura", "van_rossum"].iter().zip(case.limits) {
            let (low, high) = limits;
            let Case { cell, amplitude, spikes, interval, reference_error, .. } = case;
            let _ =
                writeln!(text, "{},{amplitude},{spikes},{interval},{reference_error},{metric},{low},{high}", cell.name);
        }
    }
    text
}

fn figure(cells: &[&'static CellType], cases: &[Case]) -> Curves {
    let names = ["Victor-Purpura distance", "van Rossum distance"];
    let panel = |cell: &CellType, metric: usize| CurvePanel {
        heading: format!("{}: {}", cell.name, names[metric]),
        x: "dt [ms]".to_owned(),
        y: if metric == 0 { "D / D of silence" } else { "(D / D of silence)²" }.to_owned(),
        log_x: true,
        log_y: false,
        series: cases
            .iter()
            .filter(|case| case.cell.name == cell.name)
            .map(|case| CurveSeries {
                label: format!("input {}", case.amplitude),
                points: case.distances[metric].clone(),
                ..CurveSeries::default()
            })
            .collect(),
    };
    Curves {
        name: "distance_vs_dt",
        title: "Distance of Euler's spike trains from a reference of 1 µs against the step".to_owned(),
        columns: ["dt_ms", "distance"],
        per_row: 2,
        panels: cells.iter().flat_map(|cell| [panel(cell, 0), panel(cell, 1)]).collect(),
    }
}
