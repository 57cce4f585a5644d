//! Kind `solver_inside`: would an adaptive Runge-Kutta solver inside the step help a neuron whose spikes are on the grid? NEST
//! issue 2654.

use std::fmt::Write;

use serde::Deserialize;

use super::super::runs::{check_positive, check_steps, fixed_step_schemes};
use super::super::{Experiment, Outputs};
use super::{Asked, cells, measure, measured_csv, median, median_error, median_lines};
use crate::error::{Error, Result};
use crate::report::figure::{StudyLines, study_lines};
use crate::report::three;

/// The parameters, as in `experiments/questions/solver_inside.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct SolverInside {
    asked: Asked,
    /// Cell types of 2003.
    cells: Vec<String>,
    /// Constant input \[mV/ms\].
    input: f64,
    /// Duration \[ms\].
    duration: f64,
    /// Steps \[ms\].
    dts: Vec<f64>,
    /// The step that the answer is about \[ms\], one of them.
    answer_dt: f64,
}

/// What NEST does, what a Runge-Kutta step between points of the grid does, what GSL's solver as in other NEST models does,
/// and what is left when spikes keep their times.
const SCHEMES: [&str; 5] = ["nest-consistent", "nest-published", "rk4", "nest-rkf45", "rk4+located"];

impl Experiment for SolverInside {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        check_positive("duration", self.duration)?;
        check_steps(&self.dts, self.duration)?;
        if !self.dts.contains(&self.answer_dt) {
            return Err(Error::invalid("answer_dt", self.answer_dt, "one of dts", "Take one of them."));
        }
        let schemes = fixed_step_schemes(&SCHEMES.join(","))?;
        let rows = measure(&cells(&self.cells)?, &schemes, &self.dts, self.input, self.duration);
        for (name, x, slopes) in
            [("error_vs_dt", "dt_ms", vec![1.0, 4.0]), ("error_vs_evaluations", "rhs_evaluations_per_ms", vec![])]
        {
            let lines = match x {
                "dt_ms" => median_lines(&rows, &schemes, &self.dts, |m| m.dt),
                _ => median_lines(&rows, &schemes, &self.dts, |m| m.evaluations),
            };
            outputs.figure(&study_lines(&StudyLines {
                name: name.to_owned(),
                x: x.to_owned(),
                y: "max_spike_time_error_ms".to_owned(),
                series: "scheme".to_owned(),
                slopes,
                lines,
            })?)?;
        }
        outputs.dir.write("runs.csv", measured_csv(&rows).as_bytes())?;

        let mut table = format!(
            "Median over {} of the largest spike-time error [ms], and right-hand sides per ms\n{:18}",
            self.cells.join(", "),
            "dt [ms]"
        );
        for dt in &self.dts {
            let _ = write!(table, " {dt:>16}");
        }
        let evaluations = |scheme: &str, dt: f64| {
            median(rows.iter().filter(|m| m.scheme == scheme && m.dt == dt).map(|m| m.evaluations).collect())
        };
        for scheme in SCHEMES {
            let _ = write!(table, "\n{scheme:18}");
            for &dt in &self.dts {
                let (error, lost) = median_error(&rows, scheme, dt);
                let mark = if lost > 0 { "*" } else { "" };
                let _ =
                    write!(table, " {:>16}", format!("{}{mark} ({})", three(error), three(evaluations(scheme, dt))));
            }
        }
        table += "\n(*: spikes lost or added in some of the cells)\n";

        let dt = self.answer_dt;
        let at = |scheme: &str| median_error(&rows, scheme, dt).0;
        let [euler, published, rk4, gsl, located] = SCHEMES.map(at);
        let helps = |gain: f64| match gain {
            gain if gain < 0.8 => "makes it worse",
            gain if gain < 2.0 => "hardly helps",
            gain if gain < 10.0 => "helps",
            _ => "helps much",
        };
        let answer = format!(
            "At NEST's step of {dt} ms the largest spike-time error within {} ms is {} ms under forward Euler and {} ms under the published form. A \
             Runge-Kutta step from grid point to grid point {}: rk4 has {} ms, {:.1} times less than Euler, because spike and reset still wait for \
             the end of the step, an error of order 1 that no solver between grid points mends. Written as NEST's other GSL models are, \
             RKF45 with a tolerance of 1e-6 and the reset made at once at the internal step that crosses the threshold, the solver {}: {} ms, {} \
             times less than Euler{}, for {} evaluations of the right-hand side per ms instead of {}. What makes the difference is the reset inside the \
             step, not the order: rk4 with its spikes located has {} ms for {} evaluations.",
            self.duration,
            three(euler),
            three(published),
            helps(euler / rk4),
            three(rk4),
            euler / rk4,
            helps(euler / gsl),
            three(gsl),
            three(euler / gsl),
            if gsl < 1.5 * dt {
                ", and most of what is left is the time stamp, rounded up to the grid, which does not add up"
            } else {
                ""
            },
            three(evaluations(SCHEMES[3], dt)),
            three(evaluations(SCHEMES[0], dt)),
            three(located),
            three(evaluations(SCHEMES[4], dt)),
        );
        self.asked.answered(outputs, &table, &answer)
    }
}
