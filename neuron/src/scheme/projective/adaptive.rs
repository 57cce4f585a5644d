//! The adaptive solver: a tolerance on the spike times of the whole run.

use crate::instructions::dispatch_256;
use crate::model::arithmetic::{DoubleDouble, UNIT_ROUNDOFF, rough_log2};
use crate::model::forcing::Forcing;
use crate::model::normal_form::{NormalForm, NormalState};
use crate::scheme::{Cost, Sample, Trajectory, observe_steps};
use crate::spike::SpikeTrain;
use crate::truth::Outcome;
use crate::truth::taylor;
use crate::truth::taylor::mesh::Mesh;
use crate::truth::taylor::record::{Record, is_solvable};
use crate::{Problem, Side};

use super::account::{Account, End, FIRST_WEIGHT, Rows};
use super::control::{Budget, Control, rough_exp2};
use super::elementary::ln;
use super::firing_map::{FiringMap, Interval};
use super::series::Series;
use super::solution::Solution;
use super::upstroke::{self, Source, upstroke};

/// Runs that may follow a first one whose estimate came out above the tolerance.
const REPEATS: usize = 4;
/// An aim \[ms\] below which rounding is all that is left.
const LEAST_AIM: f64 = 5e-12;

/// Solves `problem` so that every spike time is within `tolerance` \[ms\] of the true one (values are brought into 1e-13 to
/// 1 ms).
///
/// Never fails: [`Outcome`] says what can end a run early, and [`Solution::keeps_tolerance`] whether the estimated error stayed
/// below the tolerance.
///
/// Under a constant input, interspike intervals that resemble earlier ones are interpolated among those (`firing_map`).
/// [`solve_step_by_step`] integrates every one.
pub fn solve(problem: &Problem, tolerance: f64) -> Solution {
    solve_by(problem, tolerance, FiringMap::new(true))
}

/// [`solve`], with every interspike interval integrated: for comparison, and where every step is wanted, as by a
/// [certificate](Solution::residual_certificate).
pub fn solve_step_by_step(problem: &Problem, tolerance: f64) -> Solution {
    solve_by(problem, tolerance, FiringMap::new(false))
}

fn solve_by(problem: &Problem, tolerance: f64, map: FiringMap) -> Solution {
    let tolerance = if tolerance.is_nan() { 1e-13 } else { tolerance.clamp(1e-13, 1.0) };
    let mut run = Run::new(problem, tolerance, map);
    let outcome = if is_solvable(problem) && problem.neuron.is_plain() { run.until_kept() } else { Outcome::Refused };
    run.into_solution(problem, outcome)
}

/// [`solve`] as a scheme of the registry, calling `observe` at the end of every step, and inside the interspike intervals that were
/// interpolated about where steps would have ended.
///
/// Without an observer the interpolated intervals are not expanded: their inside takes longer than their ends.
pub fn solve_projective(problem: &Problem, tolerance: f64, observe: Option<&mut dyn FnMut(Sample)>) -> Trajectory {
    let solution = solve(problem, tolerance);
    if let Some(observe) = observe {
        let mut cursor = solution.cursor();
        let times = cursor.shown_times();
        observe_steps(times.into_iter(), &solution.spikes, |t| cursor.state(t), observe);
    }
    Trajectory {
        steps: solution.steps,
        cost: Cost::new(solution.evaluations, solution.flops),
        diverged_at: solution.outcome.cut_at(),
        error_estimate: Some(solution.error_estimate),
        arithmetic: None,
        spikes: solution.spikes.clone(),
    }
}

/// What a run needs and collects.
struct Run<'a> {
    problem: &'a Problem,
    system: NormalForm,
    tolerance: f64,
    /// What the run is steered to \[ms\]: the tolerance, or less after a run that missed it.
    aim: f64,
    account: Account,
    map: FiringMap,
    /// The present step is the first after a reset.
    after_reset: bool,
    record: Record,
    /// Indices of the starts of interpolated intervals.
    interpolated: Vec<usize>,
    steps: u64,
    evaluations: u64,
    flops: u64,
    tau: f64,
}

impl<'a> Run<'a> {
    fn new(problem: &'a Problem, tolerance: f64, map: FiringMap) -> Self {
        Run {
            problem,
            system: NormalForm::new(&problem.neuron),
            tolerance,
            aim: tolerance,
            account: Account::new(),
            map,
            after_reset: false,
            record: Record {
                times: Vec::with_capacity(64),
                u_before_reset: Vec::with_capacity(64),
                starts: Vec::with_capacity(512),
                resets: Vec::with_capacity(64),
            },
            interpolated: Vec::new(),
            steps: 0,
            evaluations: 0,
            flops: 0,
            tau: tolerance,
        }
    }

    /// Runs, and again more tightly while the estimate is above the tolerance and that helps.
    fn until_kept(&mut self) -> Outcome {
        let mut outcome = self.dispatch();
        for _ in 0..REPEATS {
            // What was cut for its many steps would be cut sooner by smaller ones.
            if matches!(outcome, Outcome::StepLimit { .. }) {
                break;
            }
            if self.account.is_doubtful() {
                self.account.careful = true;
                outcome = self.dispatch();
            }
            let error = self.error();
            if error <= self.tolerance || self.aim <= LEAST_AIM {
                break;
            }
            // The estimate of one run says little about the exact size of the next: a margin that grows with every repeat.
            self.aim *= 0.3 * (self.tolerance / error).max(1e-3);
            outcome = self.dispatch();
        }
        outcome
    }

    /// The order and the number of nodes for the tolerance, on the best instructions of the processor.
    fn dispatch(&mut self) -> Outcome {
        dispatch_256(pulp::Arch::new(), Fused(self))
    }

    #[inline(always)]
    fn at_order<const FUSED: bool>(&mut self) -> Outcome {
        // Measured on four cell types (`benches/cost_at_equal_error.rs`): between these, neighbouring orders cost the same to 10 %.
        match self.aim {
            aim if aim >= 5e-3 => self.integrate::<14, 8, FUSED>(),
            aim if aim >= 1e-8 => self.integrate::<20, 12, FUSED>(),
            _ => self.integrate::<28, 16, FUSED>(),
        }
    }

    /// The largest error of a spike time \[ms\]: as the account has it, and as the time is rounded to an f64.
    fn error(&self) -> f64 {
        self.account.largest() + UNIT_ROUNDOFF * self.record.times.last().map_or(0.0, |t| t.abs())
    }

    fn into_solution(self, problem: &Problem, outcome: Outcome) -> Solution {
        let error_estimate = self.error();
        let Record { times, u_before_reset, starts, resets } = self.record;
        Solution {
            spikes: SpikeTrain::from_sorted(times),
            u_before_reset,
            outcome,
            tolerance: self.tolerance,
            error_estimate,
            steps: self.steps,
            interpolated: self.interpolated.len() as u64,
            evaluations: self.evaluations,
            flops: self.flops,
            problem: problem.clone(),
            mesh: Mesh { control: taylor::control::Control::new(taylor::TOLERANCE), starts, resets, phases: vec![] },
            interpolated_starts: self.interpolated,
            tau: self.tau,
        }
    }

    #[inline(always)]
    fn integrate<const N: usize, const S: usize, const FUSED: bool>(&mut self) -> Outcome {
        let (problem, system) = (self.problem, self.system);
        let duration = problem.duration;
        self.account.clear();
        self.record.clear();
        self.interpolated.clear();
        self.map.clear();
        self.steps = 0;
        let mut forcing = Forcing::new(&problem.stimulus, system, N);
        let mut budget = Budget::new(self.aim, duration);
        forcing.restart(DoubleDouble::from(0.0));
        if self.map.is_enabled() && forcing.constant {
            budget = budget.thrifty();
        }
        let mut control = Control::new::<N, S>(&system, budget.tau(0.0, 0, 0.0), FIRST_WEIGHT);

        let mut now;
        (now, self.after_reset) = self.record.begin(problem, &system, problem.stimulus.value(0.0, Side::After));
        // Where the present upstroke would pass a breakpoint: until there it is not tried again.
        let mut no_upstroke_before = 0.0;
        let mut guess = 1.0;
        let outcome = loop {
            let at = now.time.high;
            if at >= forcing.next {
                let jump = system.k2 * forcing.jump(forcing.next);
                let before = forcing.after(0.0);
                now.k += jump;
                forcing.restart(now.time);
                self.map.interrupt();
                let source = forcing.series[0] - before;
                self.account.jump([jump, source - system.alpha * jump]);
            } else {
                forcing.restart(now.time);
            }
            self.record.starts.push(now);
            if let Some(outcome) = self.record.outcome(problem, &system, &now, self.steps as f64) {
                break outcome;
            }
            let target = forcing.next.min(duration);
            let room = now.time.until(target);
            self.steps += 1;
            let source = Source { series: &forcing.series, length: forcing.length() };

            if std::mem::take(&mut self.after_reset)
                && forcing.constant
                && let Some(spike) = self.interpolate(now, source.series[0], room, &mut budget)
            {
                now = self.spike(&forcing, now, spike.time, spike.k);
                continue;
            }

            if now.w > control.upstroke && at >= no_upstroke_before {
                let peak = upstroke::<S, FUSED>(&system, now.w, now.k, source, control.demand());
                if let Some(peak) = peak {
                    self.flops += upstroke::flops(S as u64, peak.sweeps);
                    self.evaluations += S as u64 * (peak.sweeps + 1);
                    if peak.time <= room {
                        self.account.upstroke(&system, source, (now.w, now.k), &peak);
                        now = self.spike(&forcing, now, peak.time, peak.k);
                        self.adapt::<N, S>(&mut budget, &mut control, at);
                        continue;
                    }
                    no_upstroke_before = target;
                }
            }

            let series = Series::<N>::about::<FUSED>(&system, now.w, now.k, source.series);
            self.evaluations += N as u64;
            self.flops += Series::<N>::FLOPS + 6 * N as u64 + 60;
            let free = control.step(&series, &system, now.w, now.k, source.series[0], guess);
            guess = free;
            let h = free.min(room);
            let end = series.at::<FUSED>(h);
            let log_y = ln::<FUSED>(end.y);
            let (w, k) = (-end.slope / end.y, end.j + system.beta * log_y);
            // Until when W has reached the peak, if it has.
            let until = if end.y > 0.0 && end.slope + system.peak * end.y > 0.0 {
                let inside = series.beyond(&system, h, [(now.w, now.k), (w, k)], source.most(h));
                if inside.margin < f64::INFINITY {
                    self.account.near_miss(inside.margin);
                }
                inside.until
            } else {
                Some(h)
            };
            let Some(until) = until else {
                let local = local_errors(&system, &series, h, end.y, (now.w, now.k), (w, k));
                let end = End { y: end.y, log_y, w, k };
                self.account.step(&system, source, h, (now.w, now.k), &end, local);
                let time = if free < room { now.time.plus(h) } else { DoubleDouble::from(target) };
                now = NormalState { time, w, k };
                continue;
            };
            let t = series.crossing::<FUSED>(until, system.peak);
            let point = series.at::<FUSED>(t);
            self.flops += 4 * 6 * N as u64;
            let (w, k) = point.state(&system);
            let local = local_errors(&system, &series, t, point.y, (now.w, now.k), (w, k));
            let end = End { y: point.y, log_y: point.y.ln(), w, k };
            self.account.step(&system, source, t, (now.w, now.k), &end, local);
            let (rate_w, rate_k) = system.field(system.peak, k, forcing.after(t));
            self.account.spike(Rows::crossing(rate_w, rate_k), 2.0 * UNIT_ROUNDOFF * t, 0.0, 0.0, rate_k);
            now = self.spike(&forcing, now, t, k);
            self.adapt::<N, S>(&mut budget, &mut control, at);
        };
        self.account.finish();
        self.tau = control.tau;
        outcome
    }

    /// Records a spike `t` after `start` with K = `k` before the reset, and resets.
    #[inline(always)]
    fn spike(&mut self, forcing: &Forcing, start: NormalState, t: f64, k: f64) -> NormalState {
        let time = start.time.plus(t);
        self.map.arrive(time, k, self.account.local, self.account.slope);
        self.after_reset = true;
        self.record.spike(time.high, self.system.u(k, forcing.input(start.time, t)));
        let (w, k) = (self.system.reset, k - self.system.jump);
        self.account.after_reset = self.system.field(w, k, forcing.after(t)).into();
        NormalState { time, w, k }
    }

    /// The interval from the reset `now` under a constant E = `source`, where the firing map knows it well enough.
    #[inline(always)]
    fn interpolate(&mut self, now: NormalState, source: f64, room: f64, budget: &mut Budget) -> Option<Interval> {
        let at = now.time.high;
        let spent = self.account.last();
        // Where rounding is all that is left, integrating costs no less than the nearest sample did.
        let floor = if self.aim <= LEAST_AIM { 2.0 } else { 0.0 };
        let interval = self.map.depart(&now, source, room, floor, |time| budget.share(at, time, spent))?;
        let (_, rate_k) = self.system.field(self.system.peak, interval.k, source);
        self.account.interval(interval.slope, interval.error, rate_k);
        budget.skip(interval.time);
        self.flops += interval.flops;
        self.interpolated.push(self.record.starts.len() - 1);
        Some(interval)
    }

    /// Brings the step control to what is left of the tolerance.
    #[inline(always)]
    fn adapt<const N: usize, const S: usize>(&self, budget: &mut Budget, control: &mut Control, at: f64) {
        if let Some(tau) = budget.learn(control, &self.account, at, self.steps - self.interpolated.len() as u64) {
            *control = Control::new::<N, S>(&self.system, tau, self.account.weight.clamp(1.0, 1e6));
        }
    }
}

/// Errors of (W, K) at the end of a step: the terms left out, and rounding.
#[inline(always)]
fn local_errors<const N: usize>(
    system: &NormalForm,
    series: &Series<N>,
    h: f64,
    y: f64,
    start: (f64, f64),
    end: (f64, f64),
) -> [f64; 2] {
    // What a series leaves out, from the largest of its last three terms and the ratio of those to the three before: terms can
    // be small by chance, three of them in a row, where two kinds of singularities take turns.
    let (square, power) = (h * h, h.powi(N as i32 - 6));
    let cube = square * h;
    let last = |c: &[f64; N]| {
        let three = |n: usize| c[n].abs().max(c[n + 1].abs() * h).max(c[n + 2].abs() * square);
        let (older, newer) = (three(N - 6).max(f64::MIN_POSITIVE), cube * three(N - 3));
        let ratio = rough_exp2((rough_log2(newer) - rough_log2(older)) * (1.0 / 3.0)).clamp(0.1, 0.85);
        power * newer * ratio / (1.0 - ratio)
    };
    let (error_y, error_j) = (last(&series.y), last(&series.j));
    let relative = error_y / y;
    let (w, k) = (start.0.abs().max(end.0.abs()), start.1.abs().max(end.1.abs()));
    // The series is summed with a few roundings of its largest terms.
    let rounding = 4.0 * UNIT_ROUNDOFF;
    [
        relative * (N as f64 / h + w) + rounding * (w + k * h),
        error_j + system.beta.abs() * relative + rounding * (k + system.beta.abs()),
    ]
}

/// The run inside a context that has the processor's fused operations.
struct Fused<'r, 'a>(&'r mut Run<'a>);

impl pulp::WithSimd for Fused<'_, '_> {
    type Output = Outcome;

    #[inline(always)]
    fn with_simd<V: pulp::Simd>(self, _: V) -> Outcome {
        // Every vector instruction set of pulp has fused multiply-add; the scalar fallback may not.
        if V::IS_SCALAR { self.0.at_order::<false>() } else { self.0.at_order::<true>() }
    }
}
