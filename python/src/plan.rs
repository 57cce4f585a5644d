//! How the cells of a study are divided among workers.

use std::collections::BTreeMap;

use spikestep::study::{Cell, StudyCell};

/// A truth is made anew by every chunk that has cells of its problem: a problem is cut where that is a tenth of the work at most.
const TRUTHS: f64 = 10.0;

/// Cells from one place to before another.
pub(crate) type Span = (usize, usize);

/// What work takes.
pub(crate) struct Rates {
    /// Seconds of a truth a simulated ms.
    pub(crate) truth: f64,
    /// Seconds a unit of a cell's cost, by the class of the cell.
    pub(crate) classes: BTreeMap<usize, f64>,
}

impl Rates {
    fn of_cell(&self, cell: &StudyCell) -> f64 {
        let known = || self.classes.values().copied().fold(0.0, f64::max);
        cell.cost() * self.classes.get(&cell.class()).copied().unwrap_or_else(known)
    }

    fn of_truth(&self, cell: &StudyCell) -> f64 {
        self.truth * cell.problem.duration
    }

    /// Cells, by their places, in chunks that are expected to take so many seconds: whole problems, but for one that takes twice as long.
    pub(crate) fn chunks(&self, cells: &[StudyCell], missing: &[usize], seconds: f64) -> Vec<Vec<Span>> {
        let mut chunks: Vec<Vec<usize>> = vec![Vec::new()];
        let mut filled = 0.0;
        for problem in missing.chunk_by(|&a, &b| cells[a].problem() == cells[b].problem()) {
            let truth = self.of_truth(&cells[problem[0]]);
            let whole = truth + problem.iter().map(|&place| self.of_cell(&cells[place])).sum::<f64>();
            // Each piece of a long one is a chunk.
            let most = if whole > 2.0 * seconds { seconds.max(TRUTHS * truth) } else { f64::INFINITY };
            if filled > 0.0 && most.is_finite() {
                chunks.push(Vec::new());
                filled = 0.0;
            }
            for &place in problem {
                if let Some(chunk) = chunks.last_mut() {
                    chunk.push(place);
                }
                filled += self.of_cell(&cells[place]);
                if filled >= most {
                    chunks.push(Vec::new());
                    filled = 0.0;
                }
            }
            filled += truth;
            if filled >= seconds {
                chunks.push(Vec::new());
                filled = 0.0;
            }
        }
        chunks.into_iter().filter(|chunk| !chunk.is_empty()).map(|chunk| spans(&chunk)).collect()
    }
}

/// Places that rise, as stretches.
fn spans(places: &[usize]) -> Vec<Span> {
    places.chunk_by(|a, b| a + 1 == *b).map(|run| (run[0], run[run.len() - 1] + 1)).collect()
}
