//! What every error of a study is measured against: two solvers that check each other.
//!
//! [`projective`] and [`taylor`], both at their tightest, share neither method nor steps. The errors of each are bounded from
//! its own residuals, in double-double ([`residual`](crate::truth::residual)). No two spike times may be further apart than
//! their bounds allow; the truth is the one with the smaller bound, projective where they are equal to 10 %. Where the proof reaches
//! the end of the run, the spike times are the middles of its intervals, rounded, and their bounds those of the proof.
//!
//! Over the 33 certified cases the largest error is below 1e-12 ms by either, the largest bound below 3e-12 ms
//! (`tests/numerics/residual_bound/cases.rs`), and neither is the sharper one throughout; with hundreds of pieces of input (noise, CSV) it is
//! mostly Taylor.
//!
//! Of a neuron that has more than the quadratic form the truth is the Taylor solution, without bounds, and `dop853` says how far it is
//! from another one.

use serde::Serialize;

use crate::model::Problem;
use crate::scheme::{projective, solve_dop853};
use crate::spike::SpikeTrain;
use crate::truth::enclosure::{Enclosure, enclose};
use crate::truth::residual::{Certificate, Reading};
use crate::truth::{Outcome, SpikeBound, Truth, taylor};

/// Tolerance of the projective solver \[ms\]: the tightest it takes.
const TOLERANCE: f64 = 1e-13;

/// Tolerance of Dormand-Prince 8(5,3), relative and absolute: below it rounding decides.
const DOP853_TOLERANCE: f64 = 1e-13;

/// A solver of the truth; serialised as its name among the schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TruthSolver {
    /// The linear form, with bounds from residuals.
    Projective,
    /// Taylor series, with bounds from local errors.
    Taylor,
    /// Dormand-Prince 8(5,3), without bounds: it checks the Taylor series where the neuron has more than the quadratic form.
    Dop853,
}

impl TruthSolver {
    /// Its name among the schemes.
    pub fn name(self) -> &'static str {
        match self {
            TruthSolver::Projective => "projective",
            TruthSolver::Taylor => "taylor",
            TruthSolver::Dop853 => "dop853",
        }
    }
}

/// How the truth was found, and what the other solver says of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruthCheck {
    /// Whose solution the truth is; its spike times are those of the proof where that is complete.
    pub solver: TruthSolver,
    /// The solver that checked them.
    pub checked_by: TruthSolver,
    /// Whether both found the same number of spikes, each within the sum of both bounds; `None` where one of them knows no
    /// bound for some spike.
    pub agrees: Option<bool>,
    /// Where `agrees` is `None`: a solver that knows no bound, and from which time on \[ms\].
    pub unbounded: Option<(TruthSolver, f64)>,
    /// The largest difference of a spike time between the two \[ms\], over the spikes that both have; infinite where no bounds are known
    /// and one has more of them.
    pub largest_difference: f64,
    /// What rounding in f64 can do to a spike time \[ms\]: the largest bound of the Taylor solution by itself, which adds up all
    /// local errors without their signs. `None` where it is not known.
    pub rounding: Option<f64>,
    /// At least the largest error of a spike time \[ms\], and that their number is right, proven by interval arithmetic
    /// ([`enclosure`](crate::truth::enclosure)); `None` where the proof does not reach the end.
    pub proven: Option<f64>,
}

impl TruthCheck {
    /// Why it is not known whether the two solvers agree, in words; `None` where it is.
    pub fn why_unknown(&self) -> Option<String> {
        let (solver, from) = self.unbounded?;
        if self.checked_by == TruthSolver::Dop853 {
            return Some("errors are bounded for the plain quadratic form alone".to_owned());
        }
        Some(format!("{} bounds no errors of its own from {from:.6} ms on", solver.name()))
    }
}

/// A bound of the projective solver larger than Taylor's by no more than this factor is as good.
const AS_GOOD: f64 = 1.1;

/// The truth of a problem, the numbers of neuron and start taken as `reading` says.
pub(super) fn solve(problem: &Problem, reading: Reading<'_>) -> (Truth, TruthCheck) {
    if !problem.neuron.is_plain() {
        return solve_extended(problem);
    }
    let by_taylor = || {
        let solution = taylor::solve_as_read(problem, taylor::TOLERANCE, reading);
        let certificate = followed(solution.outcome, || solution.residual_certificate(reading));
        (solution, certificate)
    };
    let by_projective = || {
        let solution = projective::solve_step_by_step(problem, TOLERANCE);
        let certificate = followed(solution.outcome, || solution.residual_certificate(reading));
        (solution, certificate)
    };
    let (((mut taylor, by_taylor), (projective, by_projective)), proof) =
        rayon::join(|| rayon::join(by_taylor, by_projective), || enclose(problem, reading));
    let bounds = bounds(&projective.u_before_reset, &by_projective, &taylor);
    let projective = projective.into_truth(bounds, by_projective.certain_until);
    let rounding = taylor.bound();
    sharpen(&mut taylor, &by_taylor);
    judge(choose(projective, taylor, rounding), &proof, problem.duration)
}

/// The Taylor solution of a problem, which nothing checks.
pub(super) fn solve_alone(problem: &Problem) -> (Truth, TruthCheck) {
    if !problem.neuron.is_plain() {
        return solve_extended(problem);
    }
    let truth = taylor::solve_certified(problem, taylor::TOLERANCE);
    let check = TruthCheck {
        solver: TruthSolver::Taylor,
        checked_by: TruthSolver::Taylor,
        agrees: None,
        unbounded: None,
        largest_difference: 0.0,
        rounding: truth.bound(),
        proven: None,
    };
    (truth, check)
}

/// What is certain of a run: nothing of one that was cut for its many steps, which cover a small part of the problem and whose residuals
/// would take ten times as long as they did.
fn followed(outcome: Outcome, certificate: impl FnOnce() -> Certificate) -> Certificate {
    match outcome {
        Outcome::StepLimit { .. } => Certificate { spikes: Vec::new(), certain_until: -1.0 },
        _ => certificate(),
    }
}

/// The truth where the neuron has more than the quadratic form: no bounds, and the difference from a second solution that shares neither
/// method nor steps.
fn solve_extended(problem: &Problem) -> (Truth, TruthCheck) {
    let (truth, other) = rayon::join(
        || taylor::solve_certified(problem, taylor::TOLERANCE),
        || solve_dop853(problem, DOP853_TOLERANCE, |_| {}),
    );
    let differences = truth.spikes.times().iter().zip(other.spikes.times()).map(|(x, y)| (x - y).abs());
    let same = truth.spikes.len() == other.spikes.len();
    let check = TruthCheck {
        solver: TruthSolver::Taylor,
        checked_by: TruthSolver::Dop853,
        agrees: None,
        unbounded: Some((TruthSolver::Taylor, 0.0)),
        largest_difference: if same { differences.fold(0.0, f64::max) } else { f64::INFINITY },
        rounding: None,
        proven: None,
    };
    (truth, check)
}

/// Adds what is proven. A complete proof that knows other spikes, or larger errors than their bounds, leaves no bound; one that
/// agrees gives its spike times and bounds.
fn judge((mut truth, check): (Truth, TruthCheck), proof: &Enclosure, duration: f64) -> (Truth, TruthCheck) {
    let mut proven = proof.largest_error(&truth.spikes);
    let errors = proof.spikes.iter().zip(truth.spikes.times()).map(|(spike, &t)| spike.largest_error_of(t));
    let refuted = truth.bound().is_some()
        && proof.is_complete()
        // What the proof itself does not know is not held against a bound.
        && (proven.is_none() || errors.zip(&proof.spikes).zip(&truth.error_bounds).any(|((error, spike), bound)| {
            bound.is_some_and(|bound| error - 2.0 * spike.radius > bound.t)
        }));
    if refuted {
        truth.error_bounds.fill(None);
        truth.certain_until = 0.0;
    } else if proven.is_some() && check.agrees != Some(false) && truth.outcome == Outcome::Completed {
        let known = truth.error_bounds.iter().copied().chain(std::iter::repeat(None));
        let bounds = proof.spikes.iter().zip(known).map(|(spike, known)| {
            // Of u the proof says nothing.
            let u = known.map_or(f64::INFINITY, |bound| bound.u);
            Some(SpikeBound { t: spike.largest_error_of(spike.time), u })
        });
        truth.error_bounds = bounds.collect();
        let times = proof.spikes.iter().map(|spike| spike.time).collect();
        truth.spikes = SpikeTrain::new(times).expect("the spikes of a proof are in order");
        truth.certain_until = duration;
        proven = proof.largest_error(&truth.spikes);
    }
    (truth, TruthCheck { proven, ..check })
}

/// The better of two solutions whose bounds are known, if these agree.
fn choose(projective: Truth, mut taylor: Truth, rounding: Option<f64>) -> (Truth, TruthCheck) {
    let (agrees, largest_difference) = agreement(&projective, &taylor);
    let unbounded = [(TruthSolver::Projective, &projective), (TruthSolver::Taylor, &taylor)]
        .into_iter()
        .find_map(|(solver, truth)| truth.bound().is_none().then(|| (solver, bounded_until(truth))));
    let check = |solver, checked_by| {
        let proven = None;
        TruthCheck { solver, checked_by, agrees, unbounded, largest_difference, rounding, proven }
    };
    let as_good = projective.bound().zip(taylor.bound()).is_some_and(|(p, t)| p <= AS_GOOD * t);
    if agrees == Some(true) && as_good {
        return (projective, check(TruthSolver::Projective, TruthSolver::Taylor));
    }
    if agrees == Some(false) {
        // One of the two bounds is wrong, and nothing says which.
        taylor.error_bounds.fill(None);
        taylor.certain_until = 0.0;
    }
    (taylor, check(TruthSolver::Taylor, TruthSolver::Projective))
}

/// Bounds of the projective solution: of times from its residuals; of u before a reset from the Taylor solution's, as far as
/// the two are apart and that one's own.
fn bounds(u_before_reset: &[f64], certificate: &Certificate, taylor: &Truth) -> Vec<Option<SpikeBound>> {
    let others = taylor.u_before_reset.iter().zip(&taylor.error_bounds).map(Some).chain(std::iter::repeat(None));
    let spikes = u_before_reset.iter().zip(&certificate.spikes).zip(others);
    let bounds = spikes.map(|((u, spike), other)| {
        let (other_u, other) = other?;
        Some(SpikeBound { t: (*spike)?.bound, u: (u - other_u).abs() + (*other)?.u })
    });
    bounds.collect()
}

/// Puts the bounds from the residuals of the Taylor solution in the place of its own, where all are known.
fn sharpen(taylor: &mut Truth, certificate: &Certificate) {
    let complete = certificate.certain_until >= taylor.certain_until && certificate.spikes.iter().all(Option::is_some);
    if taylor.bound().is_some() && complete {
        for (bound, spike) in taylor.error_bounds.iter_mut().flatten().zip(certificate.spikes.iter().flatten()) {
            bound.t = spike.bound;
        }
    }
}

/// Up to when a solution bounds its errors \[ms\].
fn bounded_until(truth: &Truth) -> f64 {
    let lost = truth.spikes.times().iter().zip(&truth.error_bounds).find(|(_, bound)| bound.is_none());
    lost.map_or(truth.certain_until, |(t, _)| truth.certain_until.min(*t)).max(0.0)
}

/// Whether two solutions agree within their bounds, and the largest difference of a spike time \[ms\].
fn agreement(a: &Truth, b: &Truth) -> (Option<bool>, f64) {
    let differences = || a.spikes.times().iter().zip(b.spikes.times()).map(|(x, y)| (x - y).abs());
    let largest = differences().fold(0.0, f64::max);
    if a.bound().is_none() || b.bound().is_none() {
        return (None, largest);
    }
    // Both bounds are known for every spike.
    let allowed = a.error_bounds.iter().flatten().zip(b.error_bounds.iter().flatten()).map(|(x, y)| x.t + y.t);
    let agrees = a.spikes.len() == b.spikes.len() && differences().zip(allowed).all(|(d, most)| d <= most);
    (Some(agrees), largest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Neuron, Stimulus};

    fn problem(duration: f64) -> Problem {
        let neuron = Neuron::new(0.02, 0.2, -55.0, 4.0);
        Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration }
    }

    /// The truth with other spikes.
    fn with(truth: &Truth, spikes: SpikeTrain) -> Truth {
        let mut other = truth.clone();
        other.spikes = spikes;
        other
    }

    #[test]
    fn the_two_agree_and_a_wrong_spike_does_not_pass() {
        let problem = problem(200.0);
        let (truth, check) = solve(&problem, Reading::Decimal);
        assert_eq!((check.solver, check.agrees), (TruthSolver::Projective, Some(true)));
        let taylor = taylor::solve_certified(&problem, taylor::TOLERANCE);
        assert!(truth.spikes.len() > 5 && truth.bound() < taylor.bound());
        assert_eq!(agreement(&truth, &taylor).0, Some(true));

        // Off by ten times what both bounds allow, and one spike less: no bound, and a check that says so.
        let off = 10.0 * (truth.bound().unwrap() + taylor.bound().unwrap());
        let mut times = truth.spikes.times().to_vec();
        times[3] += off;
        let moved = with(&truth, SpikeTrain::new(times).unwrap());
        let times = truth.spikes.times()[1..].to_vec();
        let fewer = with(&truth, SpikeTrain::new(times).unwrap());
        for wrong in [moved, fewer] {
            let (left, check) = choose(wrong, taylor.clone(), None);
            assert_eq!((check.solver, check.agrees, left.bound()), (TruthSolver::Taylor, Some(false), None));
            assert!(check.largest_difference > 0.5 * off);
        }
    }

    /// Proven is what is below the bound; a spike moved by more, or left out, is refuted whatever its bound says.
    #[test]
    fn the_truth_is_proven_and_a_wrong_one_refuted() {
        let problem = problem(200.0);
        let (truth, check) = solve(&problem, Reading::Decimal);
        assert!(check.proven.unwrap() > 0.0 && check.proven <= truth.bound());
        let proof = enclose(&problem, Reading::Decimal);
        let times = truth.spikes.times();
        let mut late = times.to_vec();
        late[2] += 2.0 * truth.bound().unwrap();
        let fewer = times[1..].to_vec();
        let more: Vec<f64> = [1.0].into_iter().chain(times.iter().copied()).collect();
        for (times, errors_known) in [(late, true), (fewer, false), (more, false)] {
            let spikes = SpikeTrain::new(times).unwrap();
            let (left, check) = judge((with(&truth, spikes), check), &proof, problem.duration);
            assert_eq!((left.bound(), check.proven.is_some()), (None, errors_known));
        }
    }

    /// Whichever has the smaller bound, by more than a tenth.
    #[test]
    fn the_sharper_solution_is_the_truth() {
        let taylor = taylor::solve_certified(&problem(200.0), taylor::TOLERANCE);
        for (factor, solver) in
            [(0.5, TruthSolver::Projective), (1.0, TruthSolver::Projective), (1.5, TruthSolver::Taylor)]
        {
            let mut other = taylor.clone();
            other.error_bounds.iter_mut().flatten().for_each(|bound| bound.t *= factor);
            let (truth, check) = choose(other, taylor.clone(), None);
            assert_eq!((check.solver, check.agrees), (solver, Some(true)), "{factor}");
            assert_eq!(truth.bound(), taylor.bound().map(|b| b * factor.min(1.0)));
        }
    }

    /// Between the steps the truth is read by Taylor series, over upstrokes by several: as near to the other solution as its
    /// times are, times the slope of v, and the rounding of v and u.
    #[test]
    fn its_dense_output_is_that_of_the_other_solver() {
        let problem = problem(200.0);
        let (truth, check) = solve(&problem, Reading::Decimal);
        assert_eq!(check.solver, TruthSolver::Projective);
        let taylor = taylor::solve_certified(&problem, taylor::TOLERANCE);
        let shift = 2.0 * (truth.bound().unwrap() + taylor.bound().unwrap());
        let (mut cursor, mut other) = (truth.cursor(), taylor.cursor());
        let mut upstroke = 0;
        // On upstrokes finely, to within a microsecond of the spike.
        let near = truth.spikes.times().iter().flat_map(|s| (1..60).map(move |i| s - 3.0 * 0.77f64.powi(i)));
        for t in near.chain((0..2000).map(|i| 0.1 * f64::from(i))) {
            let (a, b) = (cursor.state(t), other.state(t));
            let field = problem.neuron.field(b, 10.0);
            let rounding = 8.0 * 160.0 * f64::EPSILON;
            assert!((a.v - b.v).abs() <= field.v.abs() * shift + rounding, "{t}: {a:?} {b:?}");
            assert!((a.u - b.u).abs() <= field.u.abs() * shift + rounding, "{t}: {a:?} {b:?}");
            upstroke += usize::from(b.v > 0.0);
        }
        assert!(upstroke > 100, "{upstroke}");
    }

    #[test]
    fn without_a_bound_there_is_no_agreement_and_taylor_remains() {
        // Spikes without end: both are cut.
        let mut problem = problem(200.0);
        problem.neuron.d = -20.0;
        let (truth, check) = solve(&problem, Reading::Decimal);
        assert!(truth.bound().is_none());
        assert_eq!((check.solver, check.agrees), (TruthSolver::Taylor, None));
    }
}
