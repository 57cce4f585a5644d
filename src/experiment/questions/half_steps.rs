//! Kind `half_steps`: are the two half-steps of v wrong against the midpoint rule ("improved Euler"), and which is nearer to the
//! equations? BindsNET issue 533.

use std::fmt::Write;

use serde::Deserialize;

use super::super::runs::{check_positive, check_steps, fixed_step_schemes};
use super::super::{Experiment, Outputs};
use super::{Asked, cells, factor, least_inhibition, measure, measured_csv, median_error, median_lines};
use crate::error::{Error, Result};
use crate::model::State;
use crate::report::figure::{StudyLines, study_lines};
use crate::report::three;

/// The parameters, as in `experiments/questions/half_steps.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct HalfSteps {
    asked: Asked,
    /// Cell types of 2003.
    cells: Vec<String>,
    /// Constant input \[mV/ms\].
    input: f64,
    /// Duration \[ms\].
    duration: f64,
    /// Steps \[ms\], rising.
    dts: Vec<f64>,
    /// Schemes to show beside the two, as `--schemes`.
    others: String,
}

/// What the question is about: the scheme as it is, as proposed, and both with their spikes inside the step.
const PAIR: [&str; 4] = ["half-step", "midpoint-v", "half-step+located", "midpoint-v+located"];

impl Experiment for HalfSteps {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        check_positive("duration", self.duration)?;
        check_steps(&self.dts, self.duration)?;
        if self.dts.len() < 2 || !self.dts.windows(2).all(|w| w[0] < w[1]) {
            return Err(Error::invalid("dts", format!("{:?}", self.dts), "two rising steps or more", "Sort them."));
        }
        let schemes = fixed_step_schemes(&format!("{},{}", PAIR.join(","), self.others))?;
        let cells = cells(&self.cells)?;
        let rows = measure(&cells, &schemes, &self.dts, self.input, self.duration);
        outputs.figure(&study_lines(&StudyLines {
            name: "half_steps".to_owned(),
            x: "dt_ms".to_owned(),
            y: "max_spike_time_error_ms".to_owned(),
            series: "scheme".to_owned(),
            slopes: vec![1.0],
            lines: median_lines(&rows, &schemes, &self.dts, |m| m.dt),
        })?)?;
        outputs.dir.write("runs.csv", measured_csv(&rows).as_bytes())?;

        let mut table =
            format!("Median over {} of the largest spike-time error [ms]\n{:20}", self.cells.join(", "), "dt [ms]");
        for dt in &self.dts {
            let _ = write!(table, " {dt:>9}");
        }
        for scheme in &schemes {
            let _ = write!(table, "\n{:20}", scheme.to_string());
            for &dt in &self.dts {
                let (error, lost) = median_error(&rows, &scheme.to_string(), dt);
                let _ = write!(table, " {:>9}", format!("{}{}", three(error), if lost > 0 { "*" } else { "" }));
            }
        }
        table += "\n(*: spikes lost or added in some of the cells)\n";

        let (smallest, next, largest) = (self.dts[0], self.dts[1], self.dts[self.dts.len() - 1]);
        let order = |scheme: &str| {
            let at = |dt: f64| median_error(&rows, scheme, dt).0;
            (at(next) / at(smallest)).ln() / (next / smallest).ln()
        };
        // How often the proposal is nearer, of all pairs of a cell and a step, and by how much at the median.
        let duel = |own: &str, other: &str| {
            let pairs: Vec<_> = rows
                .iter()
                .filter(|m| m.scheme == own)
                .filter_map(|m| {
                    let twin = rows.iter().find(|t| t.scheme == other && t.cell == m.cell && t.dt == m.dt)?;
                    Some(m.nearer_than(twin))
                })
                .collect();
            (pairs.iter().filter(|&&won| won).count(), pairs.len())
        };
        let (won, of) = duel(PAIR[1], PAIR[0]);
        let (won_located, _) = duel(PAIR[3], PAIR[2]);
        let at = |scheme: &str| median_error(&rows, scheme, smallest).0;
        let rest = State::new(-70.0, -14.0);
        let neuron = cells[0].neuron;
        let kick = |name: &str, dt: f64| {
            name.parse().ok().and_then(|id| least_inhibition(&id, &neuron, rest, dt, 1)).unwrap_or(f64::NEG_INFINITY)
        };
        let (kick_half, kick_mid) = (kick(PAIR[0], largest), kick(PAIR[1], largest));
        let orders = (order(PAIR[2]), order(PAIR[3]));
        let consistent = (0.7..1.4).contains(&orders.0);
        let gained = orders.1 > 1.5;
        let nearer = |won: usize| match won as f64 / of as f64 {
            share if share > 0.8 => "the proposal is nearer to the equations",
            share if share < 0.2 => "the half-steps are nearer to the equations",
            _ => "neither is nearer throughout",
        };
        let answer = format!(
            "The two half-steps are {}: with the spikes located inside the step their error falls with order {:.2}, so they converge to \
             the model; they are forward Euler for v at half the step, with u held. They are not improved Euler, as the issue says. \
             Against the proposed midpoint rule for v {} ({won} of {of} pairs of a cell and a step; with located spikes {} \
             of {of}). At {smallest} ms the median error is {} against {} ms, a factor of {:.1}; with located spikes {} against {} ms. The \
             proposal {} order: {:.2} with located spikes, since u still moves after v{}. What limits both as they run in BindsNET is the spike on the grid \
             and the u of the step before: rk2+located has {} ms. The proposal has a price: in one step of {largest} ms an inhibition of {} mV/ms makes \
             a resting neuron spike, {} under the half-steps.",
            if consistent { "not wrong" } else { "not of order 1 here, which the formula says they are" },
            orders.0,
            nearer(won),
            won_located,
            three(at(PAIR[0])),
            three(at(PAIR[1])),
            factor(at(PAIR[0]), at(PAIR[1])),
            three(at(PAIR[2])),
            three(at(PAIR[3])),
            if gained { "gains an" } else { "gains no" },
            orders.1,
            if gained { " (by chance small here)" } else { "" },
            three(at("rk2+located")),
            three(kick_mid),
            three(kick_half),
        );
        self.asked.answered(outputs, &table, &answer)
    }
}
