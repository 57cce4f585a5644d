//! Curves of a panel: what the equations do, what a step makes of it, and the input.

use super::super::runs::fixed_step;
use crate::Side;
use crate::model::Problem;
use crate::scheme::registry::SchemeId;
use crate::truth::Truth;

/// Points of the true curve beside its spikes.
const POINTS: usize = 2000;

/// True v: (t \[ms\], v \[mV\]), the peak at every spike; ends where the truth does.
pub(super) fn truth(problem: &Problem, truth: &Truth) -> Vec<(f64, f64)> {
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

/// v of a run at the ends of its steps: (t \[ms\], v \[mV\]), the peak where a spike is on the grid, as the program of 2004 draws
/// it. A spike inside a step is drawn at its time, and then the state at the end of its step.
pub(super) fn run(scheme: SchemeId, problem: &Problem, dt: f64) -> Vec<(f64, f64)> {
    let peak = problem.neuron.peak;
    let mut rows = Vec::new();
    let trajectory = fixed_step(scheme, problem, dt, |row| rows.push(row));
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
    curve
}

/// The input: (t \[ms\], I \[mV/ms\]), two points at a jump.
pub(super) fn input(problem: &Problem) -> Vec<(f64, f64)> {
    let stimulus = &problem.stimulus;
    let mut curve: Vec<(f64, f64)> = Vec::new();
    for piece in stimulus.pieces() {
        if piece.start > 0.0 {
            curve.push((piece.start, stimulus.value(piece.start, Side::Before)));
        }
        curve.push((piece.start, piece.value));
    }
    curve.push((problem.duration, stimulus.value(problem.duration, Side::Before)));
    curve
}

/// Number of true spikes, or ∞ where the equations run away.
pub(super) fn count(truth: &Truth) -> String {
    truth.outcome.cut_at().map_or_else(|| truth.spikes.len().to_string(), |_| "∞".to_owned())
}
