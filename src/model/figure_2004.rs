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

/// What the program does at a jump that falls on its grid.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Edges {
    /// `T1 < t < T2`: a pulse is off at both of its edges, a step off at its own.
    PulseOpen,
    /// `t < T1 or t > T2` for what is outside: on at both edges.
    PulseClosed,
    /// `t < T1`, then `else`: the new value at the edge, as everywhere in this crate.
    NewValue,
}

/// Step τ \[ms\] and edges, panels A to T: the conditions on `t` of the program.
const PROGRAM: [(f64, Edges); 20] = [
    (0.25, Edges::PulseOpen),  // A
    (0.25, Edges::PulseOpen),  // B
    (0.25, Edges::PulseOpen),  // C
    (0.2, Edges::PulseOpen),   // D
    (0.25, Edges::PulseOpen),  // E
    (0.25, Edges::PulseOpen),  // F
    (0.25, Edges::NewValue),   // G: a ramp does not jump
    (0.25, Edges::NewValue),   // H
    (0.2, Edges::PulseOpen),   // I
    (0.25, Edges::PulseOpen),  // J
    (0.25, Edges::PulseOpen),  // K
    (0.25, Edges::PulseOpen),  // L
    (0.2, Edges::PulseOpen),   // M
    (0.2, Edges::PulseOpen),   // N
    (0.25, Edges::PulseOpen),  // O
    (0.25, Edges::PulseOpen),  // P
    (0.1, Edges::PulseOpen),   // Q
    (0.5, Edges::NewValue),    // R
    (0.5, Edges::PulseClosed), // S
    (0.5, Edges::PulseClosed), // T
];

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
        let (tau, edges) = PROGRAM[self.letter as usize - 'A' as usize];
        let late = PUT_OFF * tau;
        let pieces = self.pieces.iter().enumerate().map(|(i, piece)| {
            // Pieces alternate: outside, pulse, outside, …
            let onset = i % 2 == 1;
            let old_value_at_edge = match edges {
                Edges::PulseOpen => onset,
                Edges::PulseClosed => !onset && i > 0,
                Edges::NewValue => false,
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
