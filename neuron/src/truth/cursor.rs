//! Dense output: the state between the steps.

use crate::model::normal_form::NormalState;
use crate::model::taylor_series::TaylorSeries;
use crate::truth::taylor::mesh::{Mesh, Phase};
use crate::truth::taylor::pieces::Piece;
use crate::{Problem, Side, State};

/// Reads the state of a solution at any time.
///
/// Only the starts of the steps are stored; the Taylor series of a step is computed again when the cursor enters it, so
/// that increasing times cost one evaluation of a polynomial each, and one series per step passed. A step longer than its
/// series reaches (another solver's: an upstroke in one step) takes several, one after the other.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    problem: &'a Problem,
    mesh: &'a Mesh,
    pieces: Vec<Piece<'a>>,
    series: TaylorSeries,
    part: Option<ExpandedPiece>,
}

/// The piece of a step about whose start `series` is expanded.
#[derive(Clone, Copy, Debug)]
struct ExpandedPiece {
    step: usize,
    start: NormalState,
    /// The length up to which the series is accurate \[ms\].
    reach: f64,
}

/// The most series that one step may take: each reaches at least a fraction of what is left to the blow-up.
const MOST_PARTS: usize = 1000;

impl<'a> Cursor<'a> {
    pub(crate) fn new(problem: &'a Problem, mesh: &'a Mesh) -> Self {
        let order = mesh.control.order;
        Cursor { problem, mesh, pieces: Piece::all(problem, order), series: TaylorSeries::new(order), part: None }
    }

    /// v \[mV\] and u \[mV/ms\] at `t` \[ms\]; at the time of a spike, as rounded to f64, after the reset.
    ///
    /// Outside the solution, from 0 to [`Truth::end`](super::Truth::end), both are NaN.
    pub fn state(&mut self, t: f64) -> State {
        let nowhere = State::new(f64::NAN, f64::NAN);
        if !(t >= 0.0 && t <= self.mesh.end()) {
            return nowhere;
        }
        let Some(index) = self.mesh.step_at(t, self.part.map(|part| part.step)) else { return nowhere };
        let start = self.mesh.starts[index];
        let piece = match self.mesh.phase(index) {
            Phase::Moving(piece) => piece,
            Phase::Held => return self.problem.neuron.held(State::new(start.w, start.k), start.time.until(t).max(0.0)),
        };
        let mut part = match self.part {
            Some(part) if part.step == index && part.start.time.high <= t => part,
            _ => self.expand(index, piece, start),
        };
        for _ in 0..MOST_PARTS {
            // The solver's own steps are as long as this or shorter, but for the rounding of their ends.
            let beyond = part.start.time.until(t) > part.reach * (1.0 + 1e-9);
            if !beyond {
                break;
            }
            let (w, k) = self.series.at(part.reach);
            part = self.expand(index, piece, NormalState { time: part.start.time.plus(part.reach), w, k });
        }
        self.part = Some(part);
        let (w, k) = self.series.at(part.start.time.until(t).max(0.0));
        let (input, system) = (self.problem.stimulus.value(t, Side::After), &self.pieces[piece].system);
        State::new(system.v(w), system.u(k, input))
    }

    fn expand(&mut self, step: usize, piece: usize, start: NormalState) -> ExpandedPiece {
        let field = &mut self.pieces[piece];
        field.forcing.restart(start.time);
        field.expand(start.w, start.k, &mut self.series);
        ExpandedPiece { step, start, reach: self.mesh.control.step(&self.series, &field.system) }
    }
}
