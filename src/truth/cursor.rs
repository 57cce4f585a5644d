//! Dense output: the state between the steps.

use crate::{Problem, Side, State};

use super::taylor::forcing::Forcing;
use super::taylor::recurrence::Series;
use super::taylor::system::{Mesh, Normal};

/// Reads the state of a solution at any time.
///
/// Only the starts of the steps are stored; the Taylor series of a step is computed again when the cursor enters it, so
/// that increasing times cost one evaluation of a polynomial each, and one series per step passed.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    problem: &'a Problem,
    mesh: &'a Mesh,
    system: Normal,
    forcing: Forcing<'a>,
    series: Series,
    step: Option<usize>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(problem: &'a Problem, mesh: &'a Mesh) -> Self {
        let system = Normal::new(&problem.neuron);
        Cursor {
            problem,
            mesh,
            system,
            forcing: Forcing::new(&problem.stimulus, system, mesh.order),
            series: Series::new(mesh.order),
            step: None,
        }
    }

    /// v \[mV\] and u \[mV/ms\] at `t` \[ms\]; at the time of a spike, as rounded to f64, after the reset.
    ///
    /// Outside the solution, from 0 to [`Truth::end`](super::Truth::end), both are NaN.
    pub fn state(&mut self, t: f64) -> State {
        let nowhere = State::new(f64::NAN, f64::NAN);
        if !(t >= 0.0 && t <= self.mesh.end().high) {
            return nowhere;
        }
        let Some(index) = self.locate(t) else { return nowhere };
        let start = self.mesh.starts[index];
        if self.step != Some(index) {
            self.forcing.restart(start.time);
            self.series.expand(&self.system, start.w, start.k, self.forcing.series());
            self.step = Some(index);
        }
        let (w, k) = self.series.at(start.time.until(t).max(0.0));
        let input = self.problem.stimulus.value(t, Side::After);
        State::new(self.system.v(w), self.system.u(k, input))
    }

    /// The step that holds `t`: from the present one onwards, or by bisection when the time has gone back.
    fn locate(&self, t: f64) -> Option<usize> {
        let starts = &self.mesh.starts;
        let begins = |i: usize| starts[i].time.high <= t;
        match self.step {
            Some(mut i) if begins(i) => {
                while i + 1 < starts.len() && begins(i + 1) {
                    i += 1;
                }
                Some(i)
            }
            _ => starts.partition_point(|s| s.time.high <= t).checked_sub(1),
        }
    }
}
