//! Dense output: v and u between the steps.

use crate::truth::taylor::forcing::Forcing;
use crate::truth::taylor::system::{Normal, Start};
use crate::{Problem, Side, State};

use super::control::Control;
use super::series::Series;

/// Order and nodes do not matter between steps: 20 terms serve every tolerance.
const TERMS: usize = 20;

/// The starts of the steps, enough to compute every series again.
#[derive(Clone, Debug)]
pub(crate) struct Dense {
    problem: Problem,
    starts: Vec<Start>,
    tau: f64,
}

impl Dense {
    pub(crate) fn new(problem: Problem, starts: Vec<Start>, tau: f64) -> Self {
        Dense { problem, starts, tau }
    }

    pub(crate) fn end(&self) -> f64 {
        self.starts.last().map_or(0.0, |start| start.time.high)
    }

    pub(crate) fn step_ends(&self) -> impl Iterator<Item = f64> + '_ {
        self.starts.iter().skip(1).map(|start| start.time.high)
    }

    pub(crate) fn cursor(&self) -> Cursor<'_> {
        let system = Normal::new(&self.problem.neuron);
        Cursor {
            dense: self,
            system,
            control: Control::new::<TERMS, 12>(&system, self.tau, 100.0),
            forcing: Forcing::new(&self.problem.stimulus, system, TERMS),
            part: None,
        }
    }
}

/// Reads v and u of a [`Solution`](super::Solution) at any time.
///
/// Only the starts of the steps are stored. A step is computed again as a series when the cursor enters it, an upstroke as a
/// few of them one after the other, to the accuracy of the solution.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    dense: &'a Dense,
    system: Normal,
    control: Control,
    forcing: Forcing<'a>,
    part: Option<Part>,
}

/// A piece of a step with its series.
#[derive(Clone, Debug)]
struct Part {
    step: usize,
    start: Start,
    /// How far the series reaches \[ms\].
    reach: f64,
    series: Series<TERMS>,
}

impl Cursor<'_> {
    /// v \[mV\] and u \[mV/ms\] at `t` \[ms\]; at the time of a spike, as rounded to f64, after the reset. Outside the solution
    /// both are NaN.
    pub fn state(&mut self, t: f64) -> State {
        let nowhere = State::new(f64::NAN, f64::NAN);
        if !(t >= 0.0 && t <= self.dense.end()) {
            return nowhere;
        }
        let Some(step) = self.locate(t) else { return nowhere };
        let mut part = match self.part.take() {
            Some(part) if part.step == step && part.start.time.high <= t => part,
            _ => self.expand(step, self.dense.starts[step]),
        };
        // An upstroke has at most a few dozen parts: each is at least a fraction of what is left to the blow-up.
        for _ in 0..1000 {
            let since = part.start.time.until(t);
            if since <= part.reach {
                break;
            }
            let (w, k) = part.series.at::<false>(part.reach).state(&self.system);
            part = self.expand(step, Start { time: part.start.time.plus(part.reach), w, k });
        }
        let since = part.start.time.until(t).clamp(0.0, part.reach);
        let (w, k) = part.series.at::<false>(since).state(&self.system);
        self.part = Some(part);
        let input = self.dense.problem.stimulus.value(t, Side::After);
        State::new(self.system.v(w), self.system.u(k, input))
    }

    fn expand(&mut self, step: usize, start: Start) -> Part {
        self.forcing.restart(start.time);
        let series = Series::about::<false>(&self.system, start.w, start.k, self.forcing.series());
        let reach =
            self.control.step::<TERMS>(&series.last(), &self.system, start.w, start.k, self.forcing.series()[0], 1.0);
        Part { step, start, reach, series }
    }

    /// The step that holds `t`: from the present one onwards, or by bisection when the time has gone back.
    fn locate(&self, t: f64) -> Option<usize> {
        let starts = &self.dense.starts;
        match &self.part {
            Some(part) if starts[part.step].time.high <= t => {
                let later = starts[part.step + 1..].iter().take_while(|start| start.time.high <= t).count();
                Some(part.step + later)
            }
            _ => starts.partition_point(|start| start.time.high <= t).checked_sub(1),
        }
    }
}
