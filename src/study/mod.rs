//! Comparisons: every scheme at every step on one problem, against one truth ([`TruthCheck`] says which).
//!
//! [`Study`] says what is compared, [`compare`] runs it, [`Comparison`] holds what came out: one [`Run`] per scheme and step
//! (or tolerance), with its errors and its cost. Nothing here prints or draws; see [`report`](crate::report).
//!
//! # Where each choice wins
//!
//! `experiments/cost_at_equal_error.toml` measures what an error of the spike times costs with every scheme, and in other programs.
//! Figures are in the README and in `results/cost_at_equal_error/`; what they say:
//!
//! * **Coarse pictures**: Euler and the half-step are the cheapest per step. At dt = 1 and 0.5 ms they lose spikes; spikes on the
//!   grid make every scheme of order 1, and to keep them within 1 ms then costs 10 to 300 times what a located scheme takes.
//! * **RK4 with located spikes** costs 1.2 to 2 times RK4 on the grid at the same step, loses none, and is the cheapest that
//!   keeps 0.5 ms at a step of 0.5 ms, or 0.002 ms at a step of 0.1 ms.
//! * **The projective form at a fixed step** is for networks, which prescribe the step: at 0.5 and 1 ms it keeps 0.1 to 1e-4 ms,
//!   where RK4 cannot, for 1.3 to 2.5 times its time.
//! * **The adaptive projective solver** is for one neuron and for input that comes as events: it needs no step to be found, keeps
//!   its tolerance, and is the cheapest of all where the input is constant, since it then interpolates intervals that recur.
//!
//! [`Verdict`] draws on it: it weighs counted flops by [`flop_time`], and names the study's choice ([`Recommended`]) beside that
//! of the comparison.
//!
//! # Many problems, hours of work
//!
//! A [`Grid`] is a study over many neurons, inputs, seeds and peaks. What it is made of works for any grid of work:
//!
//! * a [`Cell`] is one piece as a value, with a [`Key`] of everything its result depends on;
//! * [`run_cells`] runs cells on all cores, and makes what neighbours share (a true solution) once;
//! * a [`Store`] keeps what is done, whatever happens to the process: [`run_stored`] runs what it lacks;
//! * a [`Shard`] is a share of the cells for one of several machines, [`merge`] joins what the shares gave;
//! * [`write_results`] writes the table in grid order: the same bytes in whatever order, by however many processes, it was done.
//!
//! ```
//! use spikestep::study::{complete, run_stored, write_results, Control, Grid, Store};
//! use spikestep::{model::NeuronSpec, SchemeId};
//! let grid = Grid {
//!     neurons: vec![NeuronSpec::parse("RS")?, NeuronSpec::parse("FS")?],
//!     schemes: SchemeId::parse_list("euler,rk4+located")?,
//!     dts: vec![0.25, 0.5],
//!     duration: Some(100.0),
//!     ..Grid::default()
//! };
//! let cells = grid.cells().map_err(spikestep::Error::from)?;
//! # let directory = tempfile::tempdir().unwrap();
//! let store = Store::open(directory.path().join("all.log"))?;
//! let control = Control { stop: &false.into(), progress: &|_| () };
//! let summary = run_stored(&cells, &store, control)?;
//! assert_eq!((summary.run, summary.kept), (8, 0));
//! assert_eq!(run_stored(&cells, &store, control)?.run, 0);
//! complete(&cells, &store)?;
//! let mut csv = Vec::new();
//! write_results(&cells, &store, |_| true, &mut csv).unwrap();
//! assert!(csv.starts_with(b"neuron,input,seed,"));
//! # Ok::<(), spikestep::Error>(())
//! ```

mod cell;
mod columns;
mod convergence;
mod cost;
pub mod dt_list;
mod expected_cost;
mod grid;
mod grid_cell;
mod key;
mod merge;
#[cfg(feature = "parquet")]
mod parquet;
mod progress;
mod provenance;
mod recommend;
mod run;
mod runner;
mod shard;
mod store;
mod stored;
mod timing;
mod truth;
mod value;
mod verdict;

pub use cell::{Cell, Column, ColumnKind, Tabulated};
pub use columns::{run_place, run_row, RUN_AXES, RUN_COLUMNS};
pub use convergence::{observed_orders, SchemeOrder};
pub use cost::{flop_time, Recommended};
pub use expected_cost::expected_flops_per_ms;
pub use grid::{Grid, GridInput, Misfit, Part};
pub use grid_cell::{GridCell, GridOutput, GridProblem, GridShared};
pub use key::{Key, KeyBuilder};
pub use merge::{include, journal, journals, merge};
#[cfg(feature = "parquet")]
pub use parquet::write_parquet;
pub use progress::Progress;
pub use provenance::Provenance;
pub use recommend::{
    default_finest, recommend, Recommendation, Searched, SimulatorRule, SimulatorSearch, Trial, CANDIDATES,
    CONFIRMATIONS, LARGEST_STEP, SIMULATOR_RULES, STEPS_A_DECADE,
};
pub use run::{grid_residual, replay, Run, RunErrors, Setting};
pub use runner::{run_cells, Control, Done};
pub use shard::Shard;
pub use store::{Record, Store};
pub use stored::{all_columns, complete, rows, run_stored, to_do, write_results, write_timings, Summary};
pub use timing::Timing;
pub use truth::{TruthCheck, TruthSolver};
pub use value::Value;
pub use verdict::Verdict;

use std::sync::atomic::AtomicBool;
use std::sync::Mutex;
use std::time::Duration;

use serde::Serialize;

use crate::error::{finite, shown, Error, Result};
use crate::metrics::{gamma, van_rossum, victor_purpura};
use crate::model::{Equilibrium, EquilibriumKind, PhasePlane, Problem};
use crate::scheme::registry::SchemeId;
use crate::scheme::step_count;
use crate::truth::{Outcome, Truth};
use crate::SpikeTrain;

/// Most steps of one run: what a run of the evolutionary form, which remembers them all, can hold in about 1 GB.
pub const MAX_STEPS: u64 = 10_000_000;

/// Most steps of all fixed-step runs of a study together: some minutes of work.
pub const MAX_TOTAL_STEPS: u64 = 1_000_000_000;

/// Longest run \[ms\]: 2.8 hours of the neuron, whose truth takes seconds to solve.
pub const MAX_DURATION: f64 = 1e7;

/// Parameters of the spike-train distances.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MetricSettings {
    /// Victor-Purpura: cost of moving a spike \[1/ms\].
    #[serde(rename = "victor_purpura_cost_per_ms")]
    pub cost: f64,
    /// van Rossum: time constant \[ms\].
    #[serde(rename = "van_rossum_tau_ms")]
    pub tau: f64,
    /// Coincidence factor: window \[ms\].
    #[serde(rename = "gamma_window_ms")]
    pub window: f64,
}

impl Default for MetricSettings {
    /// 0.1 per ms, 10 ms and 2 ms.
    fn default() -> Self {
        MetricSettings { cost: 0.1, tau: 10.0, window: 2.0 }
    }
}

/// What is compared.
#[derive(Clone, Debug)]
pub struct Study {
    /// The problem, with the peak of the truth.
    pub problem: Problem,
    /// Whether the peak was asked for: then schemes with a default of their own use it too.
    pub peak_for_all: bool,
    /// Steps of the fixed-step schemes \[ms\].
    pub dts: Vec<f64>,
    /// Tolerances of the adaptive schemes.
    pub tolerances: Vec<f64>,
    /// The schemes.
    pub schemes: Vec<SchemeId>,
    /// Lower bound of v for the rules that have one \[mV\].
    pub lbound: Option<f64>,
    /// Parameters of the distances.
    pub metrics: MetricSettings,
    /// The timing error the verdict asks for \[ms\].
    pub within: f64,
    /// Wall-clock time to spend on measuring times; `None` measures none, which makes all outputs deterministic.
    pub timing_budget: Option<Duration>,
}

impl Study {
    /// Checks everything that can be checked before work starts.
    ///
    /// # Errors
    /// A neuron that is none, a duration, step, tolerance, lower bound or parameter of a distance out of range, a start
    /// above the peak.
    pub fn validate(&self) -> Result<()> {
        let Problem { neuron, initial, duration, .. } = &self.problem;
        neuron.validate()?;
        finite("initial v", initial.v)?;
        finite("initial u", initial.u)?;
        positive("duration", *duration, "Give --duration in ms, such as 1000.")?;
        if *duration > MAX_DURATION {
            return Err(Error::invalid(
                "duration",
                format!("{} ms", shown(*duration)),
                format!("at most {MAX_DURATION:e} ms"),
                "Shorten --duration.",
            ));
        }
        positive("verdict's timing error", self.within, "Give --within in ms, such as 1.")?;
        if initial.v >= neuron.peak {
            return Err(Error::invalid(
                "initial v",
                format!("{} mV with a peak of {} mV", shown(initial.v), neuron.peak),
                "a value below the peak",
                "Lower --v0 or raise --peak.",
            ));
        }
        if let Some(lbound) = self.lbound {
            if finite("lower bound of v", lbound)? >= neuron.peak {
                return Err(Error::invalid(
                    "lower bound of v",
                    format!("{} mV with a peak of {} mV", shown(lbound), neuron.peak),
                    "a value below the peak",
                    "Lower --lbound: a neuron held at its peak spikes without end.",
                ));
            }
        }
        // The distances know what they allow.
        let silent = SpikeTrain::default();
        victor_purpura(&silent, &silent, self.metrics.cost)?;
        van_rossum(&silent, &silent, self.metrics.tau)?;
        gamma(&silent, &silent, self.metrics.window, *duration)?;
        for &dt in &self.dts {
            positive("dt", dt, "Give --dt in ms, such as 0.5.")?;
            if dt > *duration {
                return Err(Error::invalid(
                    "dt",
                    format!("{} ms", shown(dt)),
                    format!("at most the duration of {} ms", shown(*duration)),
                    "Lower --dt or raise --duration.",
                ));
            }
            if duration / dt > MAX_STEPS as f64 {
                return Err(Error::invalid(
                    "dt",
                    format!("{} ms, which takes {:.1e} steps over {} ms", shown(dt), duration / dt, shown(*duration)),
                    format!("at most {MAX_STEPS} steps a run"),
                    format!("Take --dt {:e} or larger, or a shorter --duration.", duration / MAX_STEPS as f64),
                ));
            }
        }
        let total = self.total_steps();
        if total > MAX_TOTAL_STEPS {
            return Err(Error::invalid(
                "total work",
                format!("{:.1e} steps ({} --dt for each fixed-step scheme)", total as f64, self.dts.len()),
                format!("at most {:e} steps in all runs together", MAX_TOTAL_STEPS as f64),
                "Ask for fewer or larger --dt, fewer --schemes, or a shorter --duration.",
            ));
        }
        for &tolerance in &self.tolerances {
            if !(1e-15..=1.0).contains(&tolerance) {
                return Err(Error::invalid(
                    "tolerance",
                    shown(tolerance),
                    "1e-15 to 1",
                    "Give --tolerance, such as 1e-6.",
                ));
            }
        }
        Ok(())
    }

    /// The cells of the study: schemes in their order, each at every step or tolerance.
    fn cells(&self) -> Vec<(SchemeId, Setting)> {
        let settings = |id: &SchemeId| -> Vec<Setting> {
            if id.is_adaptive() {
                self.tolerances.iter().map(|&t| Setting::Tolerance(t)).collect()
            } else {
                self.dts.iter().map(|&dt| Setting::Step(dt)).collect()
            }
        };
        self.schemes.iter().flat_map(|id| settings(id).into_iter().map(|s| (*id, s))).collect()
    }

    /// Steps that all fixed-step runs take together: the size of the traces.
    pub fn total_steps(&self) -> u64 {
        let fixed = self.schemes.iter().filter(|id| !id.is_adaptive()).count() as u64;
        fixed * self.dts.iter().map(|&dt| step_count(self.problem.duration, dt)).sum::<u64>()
    }
}

fn positive(what: &str, value: f64, mend: &str) -> Result<f64> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(Error::invalid(what, shown(value), "a positive, finite number", mend))
    }
}

/// Where the neuron rests without input.
#[derive(Clone, Copy, Debug)]
pub struct RestingState {
    /// The stable equilibrium at zero input.
    pub equilibrium: Equilibrium,
}

/// What came out of a study.
#[derive(Debug)]
pub struct Comparison {
    /// What was asked.
    pub study: Study,
    /// What every error is measured against.
    pub truth: Truth,
    /// Which solver the truth is of, and whether the other one confirms it.
    pub check: TruthCheck,
    /// The stable equilibrium without input, where there is one.
    pub rest: Option<RestingState>,
    /// One entry per scheme and step (or tolerance), schemes in the order of the study.
    pub runs: Vec<Run>,
}

impl Comparison {
    /// Bound of the error of every true spike time \[ms\]; `None` where it cannot be known.
    pub fn error_bound(&self) -> Option<f64> {
        self.truth.bound()
    }

    /// What is wrong with the truth, in a sentence, where it does not cover the whole run.
    pub fn truth_warning(&self) -> Option<String> {
        let what =
            match self.truth.outcome {
                Outcome::Completed if self.error_bound().is_some() => return None,
                Outcome::Completed if self.check.agrees == Some(false) => {
                    return Some(format!(
                "Two solvers of the truth, {} and {}, differ by {:.1e} ms, more than their error bounds allow: please \
                     report this problem.",
                self.check.solver.name(),
                self.check.checked_by.name(),
                self.check.largest_difference
            ))
                }
                Outcome::Completed => return Some(
                    "The error of the truth cannot be bounded here (a maximum of v too near the peak, or errors grown \
                     past linear theory): read its spike times with care."
                        .to_owned(),
                ),
                Outcome::Diverged { at } => format!("diverges at {at:.6} ms"),
                Outcome::Runaway { at } => format!("fires without end from {at:.6} ms on"),
                Outcome::StepLimit { at } => format!("is too stiff to be followed beyond {at:.6} ms"),
                Outcome::Refused => "could not be solved".to_owned(),
            };
        Some(format!("The true solution {what}: errors speak of the time before that only."))
    }
}

/// Runs a study. `progress` is told how many of how many runs are done, from any thread.
///
/// Runs are spread over the threads of the current rayon pool; what comes out does not depend on their number. Times are
/// measured afterwards, one run at a time.
///
/// # Errors
/// What [`Study::validate`] refuses.
pub fn compare(study: Study, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Comparison> {
    study.validate()?;
    let (truth, check) = truth::solve(&study.problem);
    let rest = resting_state(&study.problem);
    let mut runs = run_all(&study, &truth, rest.as_ref(), progress)?;
    if let Some(budget) = study.timing_budget {
        let share = budget / runs.len().max(1) as u32;
        for run in &mut runs {
            run.timing = Some(Timing::of(&study, run.scheme, run.setting, share));
        }
    }
    Ok(Comparison { study, truth, check, rest, runs })
}

/// The runs of a study, by the runner of all grids.
fn run_all(
    study: &Study,
    truth: &Truth,
    rest: Option<&RestingState>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Run>> {
    let problem = grid_cell::problem_key(study);
    let cells: Vec<grid_cell::RunCell<'_>> = study
        .cells()
        .into_iter()
        .map(|(scheme, setting)| {
            let flops = expected_flops_per_ms(scheme, setting) * study.problem.duration;
            grid_cell::RunCell { study, truth, rest, problem, scheme, setting, flops }
        })
        .collect();
    let runs: Mutex<Vec<Option<Run>>> = Mutex::new(cells.iter().map(|_| None).collect());
    let lock = || runs.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let never = AtomicBool::new(false);
    let control = Control { stop: &never, progress: &|state| progress(state.done, state.all) };
    run_cells(&cells, control, &|done| {
        lock()[done.index] = Some(done.output);
        Ok(())
    })?;
    // Without errors or a stop, every cell has been run.
    let runs = std::mem::take(&mut *lock());
    Ok(runs.into_iter().flatten().collect())
}

fn resting_state(problem: &Problem) -> Option<RestingState> {
    let plane = PhasePlane::new(problem.neuron, 0.0).ok()?;
    let stable = |e: &Equilibrium| matches!(e.kind, EquilibriumKind::StableNode | EquilibriumKind::StableFocus);
    plane.equilibria().into_iter().find(stable).map(|equilibrium| RestingState { equilibrium })
}
