//! The adaptive solver: a tolerance on the spike times of the whole run.

use crate::scheme::{Cost, Sample, Trajectory, observe_steps};
use crate::spike::SpikeTrain;
use crate::truth::Outcome;
use crate::truth::taylor;
use crate::truth::taylor::mesh::Mesh;
use crate::truth::taylor::record::{Record, is_solvable};
use crate::{Problem, Side};

use super::control::Hope;
use super::firing_map::FiringMap;
use super::run::{LEAST_AIM, Run};
use super::solution::Solution;

/// Runs that may follow a first one whose estimate came out above the tolerance.
const REPEATS: usize = 4;
/// Times an input that varies is taken to multiply errors from spike to spike: what the first run aims below the tolerance for. To aim
/// lower by so much costs a fifth, another run as much as the first. Where breakpoints come more often than [`DENSE`] \[1/ms\] they end
/// the steps, and to aim lower costs still less.
const GROWTH: f64 = 0.02;
const GROWTH_DENSE: f64 = 1.5e-4;
const DENSE: f64 = 0.3;
/// Periods of a sinusoidal input, and the part of the run, after which it is believed to go on to do with errors what it did.
const PERIODS: f64 = 2.0;
const WHILE: f64 = 0.1;
/// The smallest tolerance \[ms\].
pub(super) const SMALLEST: f64 = 1e-13;
/// How far above the tolerance the error is foreseen at the smallest tolerance as the aim, where a run is not repeated.
const HOPELESS: f64 = 10.0;
/// An error of a spike time \[ms\] from which on errors are not small.
const LARGE: f64 = 1e-2;

/// Solves `problem` so that every spike time is within `tolerance` \[ms\] of the true one (values are brought into 1e-13 to
/// 1 ms).
///
/// Never fails: [`Outcome`] says what can end a run early, and [`Solution::keeps_tolerance`] whether the estimated error stayed
/// below the tolerance.
///
/// Under a constant input, interspike intervals that resemble earlier ones are interpolated among those (`firing_map`).
/// [`solve_step_by_step`] integrates every one.
pub fn solve(problem: &Problem, tolerance: f64) -> Solution {
    solve_by(problem, tolerance, FiringMap::new(true))
}

/// [`solve`], with every interspike interval integrated: for comparison, and where every step is wanted, as by a
/// [certificate](Solution::residual_certificate).
pub fn solve_step_by_step(problem: &Problem, tolerance: f64) -> Solution {
    solve_by(problem, tolerance, FiringMap::new(false))
}

fn solve_by(problem: &Problem, tolerance: f64, map: FiringMap) -> Solution {
    let tolerance = if tolerance.is_nan() { SMALLEST } else { tolerance.clamp(SMALLEST, 1.0) };
    let mut run = Run::new(&problem.neuron, problem.duration, tolerance, map);
    let outcome = if is_solvable(problem) && problem.neuron.is_plain() {
        until_kept(&mut run, problem, tolerance)
    } else {
        Outcome::Refused
    };
    let error_estimate = run.error();
    let Record { times, u_before_reset, starts, resets } = run.record;
    Solution {
        spikes: SpikeTrain::from_sorted(times),
        u_before_reset,
        outcome,
        tolerance,
        error_estimate,
        steps: run.steps,
        interpolated: run.interpolated.len() as u64,
        evaluations: run.evaluations,
        flops: run.flops,
        problem: problem.clone(),
        mesh: Mesh { control: taylor::control::Control::new(taylor::TOLERANCE), starts, resets, phases: vec![] },
        interpolated_starts: run.interpolated,
        tau: run.at.control.tau,
    }
}

/// Runs, and again more tightly while the estimate is above the tolerance and that helps.
fn until_kept(run: &mut Run, problem: &Problem, tolerance: f64) -> Outcome {
    let breaks = breaks(problem);
    if let Some(breaks) = breaks {
        run.account.careful = true;
        run.aim = lower(tolerance, breaks);
        run.hope = hope(problem, tolerance).filter(|_| breaks == 0.0);
    }
    let mut outcome = whole(run, problem);
    // A hope that failed says nothing of the aim.
    let failed = run.hope.take().is_some() && run.error() > tolerance;
    if failed && !matches!(outcome, Outcome::StepLimit { .. }) {
        outcome = whole(run, problem);
    }
    for repeat in 0..REPEATS {
        // What was cut for its many steps would be cut sooner by smaller ones.
        if matches!(outcome, Outcome::StepLimit { .. }) {
            break;
        }
        if run.account.is_doubtful() {
            run.account.careful = true;
            outcome = whole(run, problem);
        }
        let error = run.error();
        // Errors, as far as they are small, follow the aim, down to where rounding is all that is left.
        let hopeless = if error.is_finite() {
            error * (SMALLEST / run.aim).min(1.0) > HOPELESS * tolerance
        } else {
            breaks.is_some() && repeat > 0
        };
        if error <= tolerance || run.aim < LEAST_AIM || hopeless {
            break;
        }
        // The estimate of one run says little about the exact size of the next: a margin that grows with every repeat. Where errors
        // became large, they did not grow as small ones do.
        let least = if error < LARGE { 0.0 } else { 1e-3 };
        run.aim *= 0.3 * (tolerance / error).max(least);
        outcome = whole(run, problem);
    }
    outcome
}

/// The whole of `problem`, from its beginning.
fn whole(run: &mut Run, problem: &Problem) -> Outcome {
    run.record.clear();
    let (now, spiked) = run.record.begin(problem, &run.system, problem.stimulus.value(0.0, Side::After));
    run.begin(&problem.stimulus, now, spiked);
    let outcome = run.advance(&problem.stimulus, problem.duration);
    run.account.finish();
    outcome
}

/// What a first run aims at for `tolerance` \[ms\] under an input that varies, with so many `breaks` a millisecond.
pub(super) fn lower(tolerance: f64, breaks: f64) -> f64 {
    let growth = if breaks > DENSE { GROWTH_DENSE } else { GROWTH };
    (growth * tolerance).max(LEAST_AIM.min(tolerance))
}

/// What there is to hope for under a sinusoid about a level.
fn hope(problem: &Problem, tolerance: f64) -> Option<Hope> {
    let level = problem.stimulus.pieces().iter().all(|p| p.slope == 0.0);
    let wave = problem.stimulus.sinusoid().filter(|_| level)?;
    let periods = PERIODS * std::f64::consts::TAU / wave.omega.abs();
    Some(Hope { after: wave.start + periods.max(WHILE * problem.duration), tolerance })
}

/// How many breakpoints a millisecond the input has; `None` where it is constant or a single step.
fn breaks(problem: &Problem) -> Option<f64> {
    let pieces = problem.stimulus.pieces();
    let breaks = pieces.iter().filter(|p| p.start > 0.0 && p.start < problem.duration).count();
    let varies = problem.stimulus.sinusoid().is_some() || breaks > 1 || pieces.iter().any(|p| p.slope != 0.0);
    varies.then(|| breaks as f64 / problem.duration)
}

/// [`solve`] as a scheme of the registry, calling `observe` at the end of every step, and inside the interspike intervals that were
/// interpolated about where steps would have ended.
///
/// Without an observer the interpolated intervals are not expanded: their inside takes longer than their ends.
pub fn solve_projective(problem: &Problem, tolerance: f64, observe: Option<&mut dyn FnMut(Sample)>) -> Trajectory {
    let solution = solve(problem, tolerance);
    if let Some(observe) = observe {
        let mut cursor = solution.cursor();
        let times = cursor.shown_times();
        observe_steps(times.into_iter(), &solution.spikes, |t| cursor.state(t), observe);
    }
    Trajectory {
        steps: solution.steps,
        cost: Cost::new(solution.evaluations, solution.flops),
        diverged_at: solution.outcome.cut_at(),
        error_estimate: Some(solution.error_estimate),
        arithmetic: None,
        spikes: solution.spikes.clone(),
    }
}
