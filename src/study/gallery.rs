//! The twenty firing patterns of 2004 by a scheme at a step, over what the equations do.

use rayon::prelude::*;

use crate::error::{Result, refuse_if, shown};
use crate::metrics::Agreement;
use crate::model::{FIRING_PATTERNS, FiringPattern, Problem, Side};
use crate::scheme::{Scheme, StepSize, Trajectory, solve_with};
use crate::truth::{Truth, taylor};

/// Smallest step of a gallery \[ms\]: some seconds of work.
const SMALLEST_STEP: f64 = 1e-3;
/// Points of the true curve beside its spikes.
const POINTS: usize = 2000;

/// A curve of a figure: times \[ms\] and values.
pub type PatternCurve = Vec<(f64, f64)>;

/// The patterns as the crate has them ([`FIRING_PATTERNS`]), by one scheme at one step.
#[derive(Debug)]
#[non_exhaustive]
pub struct Gallery {
    /// The scheme.
    pub scheme: Scheme,
    /// Its step \[ms\].
    pub dt: f64,
    /// The twenty patterns, A to T.
    pub panels: Vec<GalleryPanel>,
}

/// A pattern of a gallery and what came of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct GalleryPanel {
    /// The pattern.
    pub pattern: &'static FiringPattern,
    /// Its initial-value problem.
    pub problem: Problem,
    /// The solution of that.
    pub truth: Truth,
    /// The run of the scheme.
    pub run: PatternRun,
}

/// A scheme at a step on a pattern.
#[derive(Debug)]
#[non_exhaustive]
pub struct PatternRun {
    /// The scheme.
    pub scheme: Scheme,
    /// Its step \[ms\].
    pub dt: f64,
    /// What it gave.
    pub trajectory: Trajectory,
    /// v \[mV\] at the ends of the steps, and the peak where a spike is on the grid, as the program of 2004 draws it. A spike inside a
    /// step is drawn at its time, and then the state at the end of its step.
    pub curve: PatternCurve,
    /// How it agrees with the equations.
    pub agreement: Agreement,
    /// Largest distance of spike k from true spike k \[ms\], as far as both go.
    pub largest_shift: Option<f64>,
}

impl PatternRun {
    /// Runs a scheme with the neuron's own peak, whatever the scheme's default is, at the step `dt` \[ms\], and compares it with `truth`.
    ///
    /// # Errors
    /// An adaptive scheme; a step that cannot be.
    pub fn new(problem: &Problem, truth: &Truth, scheme: &Scheme, dt: f64) -> Result<Self> {
        let mut rows = Vec::new();
        let own = scheme.at_peak_of_neuron();
        let trajectory = solve_with(problem, &own, StepSize::Fixed(dt), |row| rows.push(row))?;
        let peak = problem.neuron.peak;
        let mut curve = vec![(0.0, problem.initial.v)];
        let mut spikes = trajectory.spikes.times().iter().copied().peekable();
        for row in rows {
            let mut inside = false;
            while let Some(t) = spikes.next_if(|&t| t <= row.t) {
                if t < row.t {
                    curve.extend([(t, peak), (t, problem.neuron.c)]);
                    inside = true;
                }
            }
            curve.push((row.t, if row.spike && !inside { peak } else { row.state.v }));
        }
        let cut = trajectory.diverged_at.or(truth.outcome.cut_at()).is_some();
        let (agreement, largest_shift) = Agreement::between(&trajectory.spikes, &truth.spikes, cut);
        Ok(PatternRun { scheme: scheme.clone(), dt, trajectory, curve, agreement, largest_shift })
    }
}

impl Gallery {
    /// Runs all patterns. `dt` in ms.
    ///
    /// # Errors
    /// An adaptive scheme; a step below 1 µs or longer than the shortest pattern.
    pub fn new(scheme: &Scheme, dt: f64) -> Result<Self> {
        let (allowed, mend) = ("a scheme of a fixed step", "Take 'projective-8' for a precise one.");
        refuse_if!(scheme.is_adaptive(), "scheme", format!("'{scheme}'"), allowed, mend);
        let shortest = FIRING_PATTERNS.iter().map(|p| p.duration).fold(f64::INFINITY, f64::min);
        let allowed = format!("{SMALLEST_STEP} to {shortest} ms");
        let mend = "Smaller steps cannot be seen in a figure, and larger ones are longer than a pattern.";
        refuse_if!(!(SMALLEST_STEP..=shortest).contains(&dt), "dt", format!("{} ms", shown(dt)), allowed, mend);
        let panel = |pattern: &'static FiringPattern| {
            let problem = pattern.problem();
            let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
            // As in a comparison: a rule with a peak of its own keeps it.
            let run = PatternRun::new(&scheme.problem(&problem), &truth, scheme, dt)?;
            Ok(GalleryPanel { pattern, problem, truth, run })
        };
        let panels = FIRING_PATTERNS.par_iter().map(panel).collect::<Result<_>>()?;
        Ok(Gallery { scheme: scheme.clone(), dt, panels })
    }
}

/// The true v \[mV\] of a pattern, the peak at every spike; ends where the truth does.
pub fn true_curve(problem: &Problem, truth: &Truth) -> PatternCurve {
    let (duration, peak) = (problem.duration, problem.neuron.peak);
    let mut cursor = truth.cursor();
    let end = truth.end().min(duration);
    let mut times: Vec<f64> = (0..=POINTS).map(|i| duration * i as f64 / POINTS as f64).filter(|&t| t <= end).collect();
    // A run that is cut has thousands of spikes in its last millisecond: a picture needs those of the rest.
    let shown = truth.spikes.until(if end < duration { end - 1.0 } else { end });
    times.extend(shown.times());
    times.sort_by(f64::total_cmp);
    let mut curve = Vec::new();
    for t in times {
        if shown.times().binary_search_by(|s| s.total_cmp(&t)).is_ok() {
            curve.push((t, peak));
        }
        curve.push((t, cursor.state(t).v));
    }
    curve
}

/// The input of a pattern \[mV/ms\], two points at a jump.
pub fn input_curve(problem: &Problem) -> PatternCurve {
    let stimulus = &problem.stimulus;
    let mut curve = PatternCurve::new();
    for piece in stimulus.pieces() {
        if piece.start > 0.0 {
            curve.push((piece.start, stimulus.value(piece.start, Side::Before)));
        }
        curve.push((piece.start, piece.value));
    }
    curve.push((problem.duration, stimulus.value(problem.duration, Side::Before)));
    curve
}
