//! From window to window: where they end, what is kept of them, and marching where an iteration does not contract.

use crate::spike::{MAX_SPIKES_PER_STEP, SpikeTrain};

use super::super::signal::{Signal, Stretch};
use super::history::{History, Toeplitz};
use super::iteration::{Iterated, iterate};
use super::sweep::{Closed, Equation, Start, Window, given};
use super::{WindowMethod, WindowOptions, WindowReport, WindowSolution};

/// Steps of a block in which a window is marched; halved where it does not contract.
const BLOCK: usize = 8;
/// A length below this part of a step is rounding.
const ROUNDING: f64 = 1e-9;

pub(super) struct Solver<'a> {
    equation: Equation<'a>,
    options: WindowOptions,
    toeplitz: Toeplitz,
    history: History,
    spikes: Vec<f64>,
    v: f64,
    /// The last nodes (t, u) of the stretch under way, at most three; the last is now.
    nodes: Vec<(f64, f64)>,
    stretch: Stretch,
    u: Vec<f64>,
    solution: WindowSolution,
}

/// What a window came to.
enum Outcome {
    Ended,
    Spiked,
    Diverged,
}

impl<'a> Solver<'a> {
    pub(super) fn new(equation: Equation<'a>, options: WindowOptions, v0: f64) -> Self {
        let WindowOptions { dt, .. } = options;
        let longest = (options.longest_window.min(options.duration) / dt + ROUNDING) as usize;
        let kernel = &equation.recovery.kernel;
        let weights = (0..longest).map(|n| kernel.moments(n as f64 * dt, dt)).collect();
        let u0 = given(equation.recovery, &[], 0.0);
        Solver {
            toeplitz: Toeplitz::new(weights, longest),
            history: History::new(kernel),
            spikes: Vec::new(),
            v: v0,
            nodes: vec![(0.0, u0)],
            stretch: Stretch { times: vec![0.0], values: vec![v0] },
            u: vec![u0],
            solution: WindowSolution {
                spikes: SpikeTrain::from_sorted(Vec::new()),
                windows: Vec::new(),
                v: Signal::default(),
                u: Vec::new(),
                diverged_at: None,
            },
            equation,
            options,
        }
    }

    fn now(&self) -> f64 {
        self.nodes[self.nodes.len() - 1].0
    }

    pub(super) fn run(mut self) -> WindowSolution {
        let WindowOptions { dt, duration, longest_window, .. } = self.options;
        while self.now() < duration {
            let now = self.now();
            let smooth = self.equation.stimulus.next_breakpoint(now).unwrap_or(duration).min(duration);
            let left = smooth - now;
            match self.window(left.min(longest_window)) {
                Outcome::Diverged => {
                    self.solution.diverged_at = Some(self.now());
                    break;
                }
                Outcome::Spiked if self.runs_away() => {
                    self.solution.diverged_at = Some(self.now());
                    break;
                }
                Outcome::Spiked => {}
                Outcome::Ended => {
                    if (smooth - self.now()).abs() <= ROUNDING * dt {
                        self.cut_at(smooth);
                    }
                }
            }
        }
        self.end_stretch();
        self.solution.spikes = SpikeTrain::from_sorted(self.spikes);
        self.solution
    }

    /// Spikes that come ever faster.
    fn runs_away(&self) -> bool {
        self.spikes
            .len()
            .checked_sub(MAX_SPIKES_PER_STEP)
            .is_some_and(|i| self.now() - self.spikes[i] < self.options.dt)
    }

    /// The next window, at most `length` ms, with its report.
    fn window(&mut self, length: f64) -> Outcome {
        let WindowOptions { dt, method, tolerance, most_iterations, .. } = self.options;
        let (steps, rest) = divide(length, dt);
        let start = self.now();
        let mut report = WindowReport {
            start,
            end: start,
            spike: false,
            iterations: 0,
            updates: Vec::new(),
            contraction: None,
            fell_back: None,
        };
        let (converged, outcome) = self.block(steps, rest, method, most_iterations, &mut report.updates);
        report.iterations = report.updates.len();
        report.contraction = contraction(&report.updates);
        let outcome = if converged {
            outcome
        } else {
            report.fell_back = Some(reason(method, start, length, tolerance, &report));
            self.march(length)
        };
        report.end = self.now();
        report.spike = matches!(outcome, Outcome::Spiked);
        self.solution.windows.push(report);
        outcome
    }

    /// `length` ms in short blocks, up to a spike.
    fn march(&mut self, length: f64) -> Outcome {
        let dt = self.options.dt;
        let (end, mut size) = (self.now() + length, BLOCK);
        loop {
            let left = end - self.now();
            if left <= ROUNDING * dt {
                return Outcome::Ended;
            }
            let (steps, rest) = divide(left.min(size as f64 * dt), dt);
            let (converged, outcome) =
                self.block(steps, rest, WindowMethod::Picard, self.options.most_iterations.max(50), &mut Vec::new());
            match (converged, outcome) {
                (true, Outcome::Ended) => {}
                (true, outcome) => return outcome,
                (false, _) if size > 1 => size /= 2,
                (false, _) => return Outcome::Diverged,
            }
        }
    }

    /// `steps` whole steps and a panel of `rest` ms as one window; whether it converged, without which nothing has changed.
    fn block(
        &mut self,
        steps: usize,
        rest: f64,
        method: WindowMethod,
        most: usize,
        updates: &mut Vec<f64>,
    ) -> (bool, Outcome) {
        let dt = self.options.dt;
        let start = Start { v: self.v, nodes: &self.nodes };
        let window = Window::new(self.equation, &self.history, &self.spikes, &self.toeplitz, (dt, steps), &start);
        let Iterated { u, sweep, updates: found, converged } =
            iterate(&window, method, window.guess(&start), self.options.tolerance, most);
        *updates = found;
        if !converged {
            return (false, Outcome::Diverged);
        }
        let panels = sweep.panels();
        let longest = if panels < steps { dt } else { rest };
        let closed = if longest > 0.0 { window.close(panels, &u, &sweep, longest) } else { None };
        if longest > 0.0 && closed.is_none() {
            return (true, Outcome::Diverged);
        }
        let times = window.times()[..=panels].to_vec();
        let values = u[window.before()..=window.before() + panels].to_vec();
        let finite = values.iter().chain(&sweep.v[..=panels]).all(|x| x.is_finite());
        if !finite || closed.as_ref().is_some_and(|c| !(c.u.is_finite() && c.v.is_finite())) {
            return (true, Outcome::Diverged);
        }
        self.history.push_steps(times[0], dt, &sweep.x[..panels]);
        for i in 1..=panels {
            self.push_node(times[i], sweep.v[i], values[i]);
        }
        (true, closed.map_or(Outcome::Ended, |closed| self.push_closed(closed)))
    }

    fn push_node(&mut self, t: f64, v: f64, u: f64) {
        self.v = v;
        self.nodes.push((t, u));
        if self.nodes.len() > 3 {
            self.nodes.remove(0);
        }
        self.stretch.times.push(t);
        self.stretch.values.push(v);
        self.u.push(u);
    }

    fn push_closed(&mut self, closed: Closed) -> Outcome {
        let end = self.now() + closed.length;
        self.history.push(end, closed.length, closed.x);
        self.push_node(end, closed.v, closed.u);
        if !closed.spike {
            return Outcome::Ended;
        }
        self.spikes.push(end);
        self.end_stretch();
        self.solution.v.spikes.push(end);
        self.begin_stretch(end, self.equation.neuron.c, closed.u + self.equation.recovery.jump.value(0.0));
        Outcome::Spiked
    }

    /// The input is not smooth at `t`, which is now but for rounding.
    fn cut_at(&mut self, t: f64) {
        if let Some(last) = self.stretch.times.last_mut() {
            *last = t;
        }
        if let Some(report) = self.solution.windows.last_mut() {
            report.end = t;
        }
        let u = self.nodes[self.nodes.len() - 1].1;
        self.end_stretch();
        self.begin_stretch(t, self.v, u);
    }

    fn end_stretch(&mut self) {
        let (stretch, u) = (std::mem::take(&mut self.stretch), std::mem::take(&mut self.u));
        if stretch.times.len() > 1 {
            self.solution.v.stretches.push(stretch);
            self.solution.u.push(u);
        }
    }

    fn begin_stretch(&mut self, t: f64, v: f64, u: f64) {
        self.v = v;
        self.nodes = vec![(t, u)];
        self.stretch = Stretch { times: vec![t], values: vec![v] };
        self.u = vec![u];
    }
}

/// Whole steps in `length`, and what is left.
fn divide(length: f64, dt: f64) -> (usize, f64) {
    let steps = (length / dt + ROUNDING) as usize;
    let rest = length - steps as f64 * dt;
    (steps, if rest > ROUNDING * dt { rest } else { 0.0 })
}

/// The geometric mean of the factors between updates.
fn contraction(updates: &[f64]) -> Option<f64> {
    let (first, last) = (*updates.first()?, *updates.last()?);
    let count = updates.len() - 1;
    (count > 0 && first > 0.0 && last > 0.0 && last.is_finite()).then(|| (last / first).powf(1.0 / count as f64))
}

/// Why a window was marched, and what to do.
fn reason(method: WindowMethod, start: f64, length: f64, tolerance: f64, report: &WindowReport) -> String {
    let last = report.updates.last().copied().unwrap_or(f64::NAN);
    let other = match method {
        WindowMethod::Picard => "take Newton's method or windows",
        WindowMethod::Newton => "take windows",
    };
    format!(
        "{method:?}'s iteration did not contract to {tolerance:e} mV/ms on the window of {length:.4} ms from {start:.4} ms (update \
         {last:.1e} mV/ms after {} iterations); the window was marched in blocks of up to {BLOCK} steps. To mend it, {other} of \
         {:.4} ms or less.",
        report.iterations,
        0.5 * length
    )
}
