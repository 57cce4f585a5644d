//! One neuron under way: what is kept of it between the batches.

use crate::model::Problem;
use crate::scheme::projective::account::{Account, End, Rows, FIRST_WEIGHT};
use crate::scheme::projective::adaptive::{local_errors, DIVERGENCE, SPIKES_PER_MS, STEPS, STEPS_PER_MS};
use crate::scheme::projective::control::{Budget, Control};
use crate::scheme::projective::series::Series;
use crate::truth::exact::{Time, UNIT_ROUNDOFF};
use crate::truth::taylor::forcing::Forcing;
use crate::truth::taylor::system::{Normal, Start};
use crate::truth::Outcome;
use crate::Side;

/// What a neuron needs next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    Series,
    Upstroke,
    Nothing(Outcome),
}

/// See the [module](self).
pub(super) struct Track<'a> {
    /// Its number among the problems.
    pub(super) index: usize,
    duration: f64,
    pub(super) system: Normal,
    pub(super) forcing: Forcing<'a>,
    budget: Budget,
    pub(super) control: Control,
    pub(super) account: Account,
    pub(super) times: Vec<f64>,
    pub(super) now: Start,
    /// E \[1/ms³\], constant until `target`.
    pub(super) source: f64,
    /// Where the next step must end at the latest \[ms\], and how far that is.
    target: f64,
    pub(super) room: f64,
    /// The last step \[ms\].
    pub(super) guess: f64,
    steps: u64,
    /// Until there \[ms\] no upstroke is tried: it would pass a breakpoint.
    no_upstroke_before: f64,
}

impl<'a> Track<'a> {
    /// At the start of `problem`, to be solved to `tolerance` \[ms\] by series of N coefficients and upstrokes on Q nodes.
    pub(super) fn new<const N: usize, const Q: usize>(index: usize, problem: &'a Problem, tolerance: f64) -> Self {
        let system = Normal::new(&problem.neuron);
        let budget = Budget::new(tolerance, problem.duration);
        let control = Control::new::<N, Q>(&system, budget.tau(0.0, 0, 0.0), FIRST_WEIGHT);
        let (w, k) = system.normalise(problem.initial, problem.stimulus.value(0.0, Side::After));
        let mut track = Track {
            index,
            duration: problem.duration,
            system,
            forcing: Forcing::new(&problem.stimulus, system, 1),
            budget,
            control,
            account: Account::new(),
            times: Vec::with_capacity(64),
            now: Start { time: Time::at(0.0), w, k },
            source: 0.0,
            target: 0.0,
            room: 0.0,
            guess: 1.0,
            steps: 0,
            no_upstroke_before: 0.0,
        };
        track.forcing.restart(track.now.time);
        track.enter_piece();
        if problem.initial.v >= problem.neuron.peak {
            (track.now.w, track.now.k) = (system.reset, k - system.jump);
            track.times.push(0.0);
        }
        track
    }

    #[inline(always)]
    fn enter_piece(&mut self) {
        self.source = self.forcing.series()[0];
        self.target = self.forcing.next().min(self.duration);
    }

    /// What to do at the point reached, `tried` being true where an upstroke from it has failed.
    #[inline(always)]
    pub(super) fn next(&mut self, tried: bool) -> Next {
        let at = self.now.time.high;
        if at >= self.target {
            if at >= self.duration {
                return Next::Nothing(Outcome::Completed);
            }
            self.cross_breakpoint();
        }
        let Start { time, w, k } = self.now;
        // Written so that what is not a number is caught.
        if !(self.system.v(w) >= -DIVERGENCE && k.abs() <= self.system.k2 * DIVERGENCE && w < f64::INFINITY) {
            return Next::Nothing(Outcome::Diverged { at });
        }
        let n = self.times.len();
        if n > SPIKES_PER_MS && self.times[n - 1] - self.times[n - 1 - SPIKES_PER_MS] < 1.0 {
            return Next::Nothing(Outcome::Runaway { at });
        }
        if self.steps as f64 > STEPS + STEPS_PER_MS * self.duration {
            return Next::Nothing(Outcome::StepLimit { at });
        }
        self.room = time.until(self.target);
        if w > self.control.upstroke && at >= self.no_upstroke_before && !tried {
            return Next::Upstroke;
        }
        self.steps += 1;
        Next::Series
    }

    #[cold]
    fn cross_breakpoint(&mut self) {
        let jump = self.system.k2 * self.forcing.jump(self.forcing.next());
        let before = self.source;
        self.now.k += jump;
        self.forcing.restart(self.now.time);
        self.enter_piece();
        self.account.jump([jump, self.source - before - self.system.alpha * jump]);
    }

    /// The end (W, K) = `end` of a step of `h` \[ms\].
    #[inline(always)]
    pub(super) fn step_to(&mut self, h: f64, [w, k]: [f64; 2]) {
        let time = if h < self.room { self.now.time.plus(h) } else { Time::at(self.target) };
        self.now = Start { time, w, k };
    }

    /// The peak by an upstroke; `false` where it would pass the next breakpoint.
    #[inline(always)]
    pub(super) fn upstroke_to<const N: usize, const Q: usize>(&mut self, time: f64, k: f64, errors: [f64; 2]) -> bool {
        if time > self.room {
            self.no_upstroke_before = self.target;
            return false;
        }
        self.steps += 1;
        let (rate_w, rate_k) = self.system.field(self.now.w, self.now.k, self.source);
        let rows = Rows::upstroke(&self.system, rate_w, rate_k, time);
        let rounding = 4.0 * UNIT_ROUNDOFF;
        let k_error = errors[1] + rounding * (self.now.k.abs() + k.abs());
        self.account.spike(rows, errors[0] + rounding * time, k_error, 0.0);
        self.spike::<N, Q>(time, k);
        true
    }

    /// A step of at most `h` \[ms\] at the end of which W is beyond the peak, by the series of one neuron: rare.
    #[cold]
    pub(super) fn cross_peak<const N: usize, const Q: usize>(&mut self, h: f64) {
        let (system, Start { w, k, .. }) = (self.system, self.now);
        let series = Series::<N>::about::<false>(&system, w, k, self.forcing.series());
        let t = series.crossing::<false>(h, system.peak);
        let point = series.at::<false>(t);
        let (w_end, k_end) = point.state(&system);
        let local = local_errors::<N, f64>(system.beta, &series.last(), t, point.y, (w, k), (w_end, k_end));
        let end = End { y: point.y, log_y: point.y.ln(), w: w_end };
        self.account.step(&system, t, w, &end, local, 0.0);
        let (rate_w, rate_k) = system.field(system.peak, k_end, self.source);
        self.account.spike(Rows::crossing(rate_w, rate_k), 2.0 * UNIT_ROUNDOFF * t, 0.0, 0.0);
        self.spike::<N, Q>(t, k_end);
    }

    /// Records a spike `t` \[ms\] from now with K = `k` before the reset, resets, and brings the step control to what is left of the
    /// tolerance.
    #[inline(always)]
    fn spike<const N: usize, const Q: usize>(&mut self, t: f64, k: f64) {
        let at = self.now.time.high;
        let time = self.now.time.plus(t);
        self.times.push(time.high);
        self.now = Start { time, w: self.system.reset, k: k - self.system.jump };
        if let Some(tau) = self.budget.learn(&self.control, &self.account, at, self.steps) {
            self.control = Control::new::<N, Q>(&self.system, tau, self.account.weight.clamp(1.0, 1e6));
        }
    }
}
