//! Which runs keep their state after every step, and which of them figures show.

use super::StudyCell;
use crate::scheme::{Scheme, StepSize};

/// Which runs of a comparison keep their state after every step: 25 bytes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keep {
    /// No run keeps it.
    Nothing,
    /// Those runs keep it of which the figures show the state: at most nine.
    ForFigures,
    /// All runs keep it.
    Everything,
}

/// Most schemes in a figure of the state: more cannot be told apart.
const TRACED: usize = 4;

/// Schemes that such a figure takes first: the plain one, a simulator, and what locating spikes changes.
const TRACED_FIRST: [&str; 4] = ["euler", "bindsnet", "rk4", "rk4+located"];

/// Those of `runs` that have room in a figure of the state, the preferred ones first.
pub(super) fn traced<'a, T: Copy>(runs: &[T], scheme: impl Fn(T) -> &'a Scheme) -> Vec<T> {
    let preferred = |run: &T| TRACED_FIRST.contains(&scheme(*run).to_string().as_str());
    let (mut chosen, others): (Vec<T>, Vec<T>) = runs.iter().copied().partition(preferred);
    let missing = TRACED.saturating_sub(chosen.len());
    chosen.extend(others.into_iter().take(missing));
    chosen
}

/// The runs at the largest step, and the adaptive ones at their largest tolerance: where there is most to see.
pub(super) fn at_largest_step<T: Copy>(runs: &[T], size: impl Fn(T) -> StepSize) -> Vec<T> {
    let largest = |of: fn(StepSize) -> Option<f64>| runs.iter().filter_map(|&run| of(size(run))).reduce(f64::max);
    let (dt, tolerance) = (largest(StepSize::dt), largest(StepSize::tolerance));
    let shown = |run: &T| match size(*run) {
        StepSize::Fixed(step) => Some(step) == dt,
        StepSize::Tolerance(value) => Some(value) == tolerance,
    };
    runs.iter().copied().filter(shown).collect()
}

/// Those of a fixed step.
pub(super) fn fixed_step<'a, T: Copy>(runs: &[T], scheme: impl Fn(T) -> &'a Scheme) -> Vec<T> {
    runs.iter().copied().filter(|&run| !scheme(run).is_adaptive()).collect()
}

/// For each cell whether its run keeps its samples.
pub(super) fn kept(cells: &[StudyCell], keep: Keep) -> Vec<bool> {
    let mut kept = vec![keep == Keep::Everything; cells.len()];
    if keep == Keep::ForFigures {
        let scheme = |index: usize| &cells[index].scheme;
        let all: Vec<usize> = (0..cells.len()).collect();
        let shown = at_largest_step(&all, |index| cells[index].size);
        let fixed = fixed_step(&shown, scheme);
        // The phase plane shows the first of a fixed step, or the first of all.
        let plane = fixed.first().or(shown.first()).copied();
        for index in traced(&shown, scheme).into_iter().chain(traced(&fixed, scheme)).chain(plane) {
            kept[index] = true;
        }
    }
    kept
}
