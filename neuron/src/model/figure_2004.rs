//! The panels of the 2004 figure as its program computes them.

use serde::Serialize;

use super::{FiringPattern, Piece, Problem, Stimulus};
use crate::model::Neuron;

/// A panel as published: its step, and the problem that step is put to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublishedPanel {
    /// The program's step τ \[ms\].
    pub tau: f64,
    /// The problem. Its input is the one of [`FiringPattern::problem`], but for jumps that the program sees one step later;
    /// its neuron is the same but for panel T, where d = −2.
    pub problem: Problem,
}

/// Step τ \[ms\] of panels A to T.
const TAU: [f64; 20] =
    [0.25, 0.25, 0.25, 0.2, 0.25, 0.25, 0.25, 0.25, 0.2, 0.25, 0.25, 0.25, 0.2, 0.2, 0.25, 0.25, 0.1, 0.5, 0.5, 0.5];

/// How far a jump is put off so that a sample on it sees the old value, as part of τ: far above the 1e-9 that count as rounding,
/// and far below the distance of any jump that is off the grid to the next point (0.09 ms, panel L).
const PUT_OFF: f64 = 1e-6;

impl FiringPattern {
    /// The panel as the program of 2004 computes it, for [`izhikevich-2004`](crate::scheme::izhikevich_2004) at any step of which
    /// its τ is a multiple.
    ///
    /// ```
    /// use spikestep::{model::FiringPattern, Side};
    /// let panel = FiringPattern::find('A')?.published();
    /// assert_eq!(panel.tau, 0.25);
    /// // The step of panel A is on for t > 10, not at 10.
    /// assert_eq!(panel.problem.stimulus.value(10.0, Side::After), 0.0);
    /// assert_eq!(panel.problem.stimulus.value(10.25, Side::After), 14.0);
    /// assert_eq!(FiringPattern::find('T')?.published().problem.neuron.d, -2.0);
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    pub fn published(&self) -> PublishedPanel {
        let tau = TAU[self.letter as usize - 'A' as usize];
        let late = PUT_OFF * tau;
        let pieces = self.pieces.iter().enumerate().map(|(i, piece)| {
            // Pieces alternate: outside, pulse, outside, …
            let onset = i % 2 == 1;
            let old_value_at_edge = match self.letter {
                // `t < T1`, then `else`: the new value at the edge, as everywhere in this crate (the ramp of G does not jump).
                'G' | 'H' | 'R' => false,
                // `t < T1 or t > T2` for what is outside: a pulse is on at both of its edges.
                'S' | 'T' => !onset && i > 0,
                // `T1 < t < T2`: a pulse is off at both of its edges, a step off at its own.
                _ => onset,
            };
            Piece { start: piece.start + if old_value_at_edge { late } else { 0.0 }, ..*piece }
        });
        let stimulus =
            Stimulus::piecewise_linear(pieces.collect()).expect("pulses are longer than what they are put off");
        let d = if self.letter == 'T' { -2.0 } else { self.neuron.d };
        let problem = Problem { neuron: Neuron { d, ..self.neuron }, stimulus, ..self.problem() };
        PublishedPanel { tau, problem }
    }
}
