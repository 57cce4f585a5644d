//! Dense output: v and u between the steps.

use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::model::forcing::Forcing;
use crate::model::normal_form::{NormalForm, NormalState};
use crate::truth::taylor::mesh::Mesh;
use crate::{Problem, Side, State};

use super::control::Control;
use super::series::Series;

/// Order and nodes do not matter between steps: 20 terms serve every tolerance.
const TERMS: usize = 20;

/// Reads v and u of a [`Solution`](super::Solution) at any time.
///
/// Only the starts of the steps are stored. A step is computed again as a series when the cursor enters it, an upstroke as a
/// few of them one after the other, to the accuracy of the solution. So is an interspike interval that was interpolated (about a
/// microsecond, when the cursor enters it); the peak it reaches is moved to the interpolated spike by a stretch of the time in
/// between, which is within the local error of the interval.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    problem: &'a Problem,
    mesh: &'a Mesh,
    /// Indices of the starts of interpolated intervals.
    interpolated: &'a [usize],
    system: NormalForm,
    control: Control,
    forcing: Forcing<'a>,
    /// The step that `parts` belong to.
    step: usize,
    /// The series of the step as far as they were needed, one after the other.
    parts: Vec<Part>,
    /// Time in the series per time in the solution.
    stretch: f64,
}

/// A piece of a step with its series.
#[derive(Clone, Debug)]
struct Part {
    /// Where it begins, since the start of the step, and how far it reaches \[ms\].
    begin: f64,
    reach: f64,
    series: Series<TERMS>,
}

/// Parts of a step at the most: each is at least a fraction of what is left to the blow-up, so that an upstroke has a few dozen.
const MOST_PARTS: usize = 1000;

impl<'a> Cursor<'a> {
    /// A reader of the solution of `problem` with those steps, whose local errors are `tau` \[ms\].
    pub(crate) fn new(problem: &'a Problem, mesh: &'a Mesh, interpolated: &'a [usize], tau: f64) -> Self {
        let system = NormalForm::new(&problem.neuron);
        Cursor {
            problem,
            mesh,
            interpolated,
            system,
            control: Control::new::<TERMS, 12>(&system, tau, 100.0),
            forcing: Forcing::new(&problem.stimulus, system, TERMS),
            step: 0,
            parts: Vec::new(),
            stretch: 1.0,
        }
    }

    /// v \[mV\] and u \[mV/ms\] at `t` \[ms\]; at the time of a spike, as rounded to f64, after the reset. Outside the solution
    /// both are NaN.
    pub fn state(&mut self, t: f64) -> State {
        let nowhere = State::new(f64::NAN, f64::NAN);
        if !(t >= 0.0 && t <= self.mesh.end()) {
            return nowhere;
        }
        let Some(step) = self.mesh.step_at(t, Some(self.step)) else { return nowhere };
        let start = self.mesh.starts[step];
        let since = start.time.until(t).max(0.0);
        // At the start itself, to the rounding of t, nothing has to be expanded.
        let (w, k) = if since <= UNIT_ROUNDOFF * t { (start.w, start.k) } else { self.inside(step, since) };
        let input = self.problem.stimulus.value(t, Side::After);
        State::new(self.system.v(w), self.system.u(k, input))
    }

    /// Times \[ms\] at which the solution shows what it does: the ends of the steps, and those of the series that an interpolated
    /// interval is expanded into.
    pub(crate) fn shown_times(&mut self) -> Vec<f64> {
        let starts = &self.mesh.starts;
        let mut times = Vec::with_capacity(starts.len());
        for (step, end) in starts.iter().enumerate().skip(1).map(|(i, end)| (i - 1, end.time.high)) {
            if self.interpolated.binary_search(&step).is_ok() {
                self.enter(step);
                let inner = self.parts[1..].iter().map(|part| starts[step].time.plus(part.begin / self.stretch).high);
                times.extend(inner.filter(|t| *t < end));
            }
            times.push(end);
        }
        times
    }

    /// (W, K) `since` \[ms\] after the start of `step`.
    fn inside(&mut self, step: usize, since: f64) -> (f64, f64) {
        if self.parts.is_empty() || self.step != step {
            self.enter(step);
        }
        let since = since * self.stretch;
        while self.parts.last().is_some_and(|last| last.begin + last.reach < since) && self.parts.len() < MOST_PARTS {
            self.extend();
        }
        let part = self.parts.partition_point(|part| part.begin <= since).saturating_sub(1);
        let part = &self.parts[part];
        part.series.at::<false>((since - part.begin).clamp(0.0, part.reach)).state(&self.system)
    }

    /// Makes `step` the present one.
    fn enter(&mut self, step: usize) {
        (self.step, self.stretch) = (step, 1.0);
        self.parts.clear();
        let NormalState { w, k, .. } = self.mesh.starts[step];
        self.expand(0.0, w, k);
        if self.interpolated.binary_search(&step).is_err() {
            return;
        }
        // All parts up to the peak: where W passes it, P = (W_p − W) y changes its sign.
        while self.parts.len() < MOST_PARTS {
            let Part { begin, reach, series, .. } = &self.parts[self.parts.len() - 1];
            let end = series.at::<false>(*reach);
            if end.y > 0.0 && end.slope + self.system.peak * end.y > 0.0 {
                self.extend();
                continue;
            }
            let last = series.crossing::<false>(*reach, self.system.peak);
            let [from, to] = [step, step + 1].map(|i| self.mesh.starts[i].time);
            self.stretch = (begin + last) / (from.until(to.high) + to.low);
            if let Some(part) = self.parts.last_mut() {
                part.reach = last;
            }
            break;
        }
    }

    /// Adds the part after the last.
    fn extend(&mut self) {
        if let Some(Part { begin, reach, series, .. }) = self.parts.last() {
            let (w, k) = series.at::<false>(*reach).state(&self.system);
            self.expand(begin + reach, w, k);
        }
    }

    /// Adds a part that begins `begin` \[ms\] after the start of the step with (W, K).
    fn expand(&mut self, begin: f64, w: f64, k: f64) {
        self.forcing.restart(self.mesh.starts[self.step].time.plus(begin));
        let source = &self.forcing.series;
        let series = Series::about::<false>(&self.system, w, k, source);
        // Without a step before, that of the slow manifold; the control brings it to the scale of (W, K).
        let guess = self.parts.last().map_or(1.0, |part| part.reach);
        let reach = self.control.step(&series, &self.system, (w, k), source[0], guess, 0.0);
        self.parts.push(Part { begin, reach, series });
    }
}
