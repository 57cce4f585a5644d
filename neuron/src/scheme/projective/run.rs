//! A run of the adaptive solver, as far as it has come.

use pulp::Simd;

use crate::instructions::{are_fused, dispatch_256};
use crate::model::arithmetic::{DoubleDouble, UNIT_ROUNDOFF};
use crate::model::forcing::{Decay, Forcing};
use crate::model::normal_form::{NormalForm, NormalState};
use crate::truth::Outcome;
use crate::truth::taylor::record::{Limits, Record};
use crate::{Neuron, Stimulus};

use super::account::{Account, FIRST_WEIGHT};
use super::control::{Budget, Control, Hope, TERSE};
use super::firing_map::{FiringMap, Interval};
use super::upstroke::{self, Source, upstroke};
use super::way::{Reached, Way};

/// An aim \[ms\] below which rounding is all that is left.
pub(crate) const LEAST_AIM: f64 = 5e-12;

/// How much W has to rise after an upstroke that failed before another is tried.
const RISE: f64 = 1.3;

/// What a run needs and collects.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) system: NormalForm,
    /// \[ms\]
    duration: f64,
    /// What the run is steered to \[ms\].
    pub(crate) aim: f64,
    /// That more may be aimed at later.
    pub(crate) hope: Option<Hope>,
    pub(crate) account: Account,
    map: FiringMap,
    pub(crate) record: Record,
    /// Indices of the starts of interpolated intervals.
    pub(crate) interpolated: Vec<usize>,
    pub(crate) steps: u64,
    /// Arrivals from other neurons so far, each of which ends a step.
    pub(crate) arrivals: usize,
    /// The current of synapses.
    pub(crate) decay: Decay,
    /// How many pieces of the input have begun.
    pub(crate) begun: usize,
    pub(crate) evaluations: u64,
    pub(crate) flops: u64,
    pub(crate) at: Progress,
}

/// Where a run is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    pub(crate) now: NormalState,
    /// The input \[mV/ms\] and its slope \[mV/ms²\] that the state knows of, where the run goes on under another.
    pub(crate) input: Option<[f64; 2]>,
    /// The present step is the first after a reset.
    after_reset: bool,
    budget: Budget,
    pub(crate) control: Control,
    /// The length of the last step \[ms\], as far as breakpoints did not end it.
    guess: f64,
    /// Where the present upstroke would pass a breakpoint \[ms\]: until there it is not tried again.
    no_upstroke_before: f64,
    /// The W \[1/ms\] below which it has failed.
    no_upstroke_below: f64,
}

/// The number of terms of a step, of a short one, and of the nodes of an upstroke.
#[derive(Clone, Copy, Debug)]
enum Order {
    Low,
    Middle,
    High,
}

impl Run {
    /// A run of `duration` \[ms\] to `aim` \[ms\]; [`begin`](Self::begin) makes it ready.
    pub(crate) fn new(neuron: &Neuron, duration: f64, aim: f64, map: FiringMap) -> Self {
        let system = NormalForm::new(neuron);
        let budget = Budget::new(aim, duration);
        Run {
            system,
            duration,
            aim,
            hope: None,
            account: Account::new(),
            map,
            record: Record {
                times: Vec::with_capacity(64),
                u_before_reset: Vec::with_capacity(64),
                starts: Vec::with_capacity(512),
                resets: Vec::with_capacity(64),
            },
            interpolated: Vec::new(),
            steps: 0,
            arrivals: 0,
            decay: Decay::default(),
            begun: 0,
            evaluations: 0,
            flops: 0,
            at: Progress {
                now: NormalState { time: DoubleDouble::ZERO, w: 0.0, k: 0.0 },
                input: None,
                after_reset: false,
                budget,
                control: Control::new::<14, 8>(&system, aim, FIRST_WEIGHT),
                guess: 1.0,
                no_upstroke_before: 0.0,
                no_upstroke_below: 0.0,
            },
        }
    }

    /// Measured on four cell types (`benches/cost_at_equal_error.rs`, `benches/projective_inputs.rs`): between these, neighbouring orders
    /// cost the same to 10 %. A Jacobian costs the same at every order, which makes longer steps worth more.
    fn order(&self) -> Order {
        if !are_fused(pulp::Arch::new()) {
            return Order::High;
        }
        let high = if self.account.careful { 1e-6 } else { 1e-8 };
        match self.aim {
            aim if aim >= 5e-3 => Order::Low,
            aim if aim >= high => Order::Middle,
            _ => Order::High,
        }
    }

    /// Makes the run ready to begin in the state (W, K) = `now` under `stimulus`, at time 0, where it begins with a reset or not.
    pub(crate) fn begin(&mut self, stimulus: &Stimulus, now: NormalState, after_reset: bool) {
        self.account.clear();
        self.interpolated.clear();
        self.map.clear();
        self.steps = 0;
        let mut budget = Budget::new(self.aim, self.duration).hopeful(self.hope);
        if self.map.is_enabled() {
            let mut forcing = Forcing::new(stimulus, self.system, 1);
            forcing.restart(now.time);
            if forcing.constant {
                budget = budget.thrifty();
            }
        }
        let control = self.control(budget.tau(0.0, 0, 0.0), FIRST_WEIGHT);
        let (guess, no_upstroke_before, no_upstroke_below) = (1.0, 0.0, 0.0);
        let input = None;
        self.at = Progress { now, input, after_reset, budget, control, guess, no_upstroke_before, no_upstroke_below };
    }

    /// Makes the run ready to go on from where it is, another input perhaps; of the steps so far none is kept.
    pub(crate) fn resume(&mut self) {
        self.record.starts.clear();
        self.record.resets.clear();
        self.at.no_upstroke_before = 0.0;
    }

    /// The control of steps with local errors `tau` \[ms\].
    fn control(&self, tau: f64, weight: f64) -> Control {
        match self.order() {
            Order::Low => Control::new::<8, 8>(&self.system, tau, weight),
            Order::Middle => Control::new::<14, 12>(&self.system, tau, weight),
            Order::High => Control::new::<18, 16>(&self.system, tau, weight),
        }
    }

    /// Goes on to `until` \[ms\] under `stimulus`, on the best instructions of the processor.
    pub(crate) fn advance(&mut self, stimulus: &Stimulus, until: f64) -> Outcome {
        let (arch, run) = (pulp::Arch::new(), self);
        // A function for each order: some passes of the compiler take the square of a function's length.
        match run.order() {
            Order::Low => dispatch_256(arch, Fused::<14, 8, 8> { run, stimulus, until }),
            Order::Middle => dispatch_256(arch, Fused::<20, 14, 12> { run, stimulus, until }),
            Order::High => dispatch_256(arch, Fused::<28, 18, 16> { run, stimulus, until }),
        }
    }

    /// The largest error of a spike time \[ms\]: as the account has it, and as the time is rounded to an f64.
    pub(crate) fn error(&self) -> f64 {
        self.account.largest() + UNIT_ROUNDOFF * self.record.times.last().map_or(0.0, |t| t.abs())
    }

    /// On processors without fused operations, which are few: one order has to do, since each is a twentieth of the compiled crate.
    fn unfused(&mut self, stimulus: &Stimulus, until: f64) -> Outcome {
        self.go::<28, 18, 16, false, _>(pulp::Scalar::new(), stimulus, until)
    }

    #[inline(always)]
    fn go<const N: usize, const M: usize, const S: usize, const FUSED: bool, V: Simd>(
        &mut self,
        simd: V,
        stimulus: &Stimulus,
        until: f64,
    ) -> Outcome {
        let system = self.system;
        let mut forcing = Forcing::new(stimulus, system, N).with(self.decay, self.begun);
        let wave = stimulus.sinusoid().map_or([0.0; 2], |s| {
            [s.omega.abs(), (system.k2 * s.amplitude).abs() * (system.alpha.abs() + s.omega.abs())]
        });
        // The derivatives of a current that decays are bounded as those of a sinusoid are.
        let current = self.decay.at(self.at.now.time.high);
        let wave = match current == 0.0 {
            true => wave,
            false => {
                let amplitude = (system.k2 * current).abs() * (system.alpha.abs() + self.decay.rate);
                [wave[0].max(self.decay.rate), wave[1] + amplitude]
            }
        };
        let Progress {
            mut now,
            mut input,
            mut after_reset,
            mut budget,
            mut control,
            mut guess,
            mut no_upstroke_before,
            mut no_upstroke_below,
        } = self.at;
        if let Some(before) = input {
            forcing.restart(now.time);
            let jump = [0, 1].map(|i| system.k2 * (forcing.level[i] - before[i]));
            if jump != [0.0; 2] {
                now.k += jump[0];
                self.account.jump(jump);
            }
        }
        let limits = Limits::new(until, self.duration, stimulus.pieces().len() + self.arrivals);
        let outcome = loop {
            let at = now.time.high;
            if at >= forcing.next {
                let kick = forcing.jump(forcing.next).map(|jump| system.k2 * jump);
                now.k += kick[0];
                forcing.restart(now.time);
                self.map.interrupt();
                self.account.jump(kick);
            } else {
                forcing.restart(now.time);
            }
            self.record.starts.push(now);
            if let Some(outcome) = self.record.outcome(limits, &system, &now, self.steps as f64) {
                break outcome;
            }
            let target = forcing.next.min(until);
            let room = now.time.until(target);
            self.steps += 1;
            let source = Source { series: &forcing.series, length: forcing.length(), wave: Some(wave) };

            if std::mem::take(&mut after_reset)
                && forcing.constant
                && let Some(spike) = self.interpolate(now, source.series[0], room, &mut budget)
            {
                now = self.spike(&forcing, source, now, spike.time, spike.k);
                after_reset = true;
                continue;
            }

            if now.w > control.upstroke.max(no_upstroke_below)
                && at >= no_upstroke_before
                && upstroke::least_time(&system, now.w, now.k) < room
            {
                let peak = upstroke::<S, FUSED, V>(simd, &system, now.w, now.k, source, control.demand());
                if let Some(peak) = peak {
                    self.flops += upstroke::flops(S as u64, peak.sweeps);
                    self.evaluations += S as u64 * (peak.sweeps + 1);
                    if peak.time <= room {
                        self.account.upstroke(simd, &system, source, (now.w, now.k), &peak);
                        now = self.spike(&forcing, source, now, peak.time, peak.k);
                        (after_reset, no_upstroke_below) = (true, 0.0);
                        self.adapt(&mut budget, &mut control, at);
                        continue;
                    }
                    no_upstroke_before = target;
                } else if self.account.careful {
                    no_upstroke_below = RISE * now.w;
                }
            }

            let way = Way { now, room, target };
            let short = control.is_short(now.w, now.k, room);
            let mut end = None;
            if short && self.arrivals > 0 && control.is_terse(now.w, now.k, room) {
                end = self.series::<TERSE, true, FUSED, V>(simd, &way, source, &control, room);
            }
            if short && end.is_none() {
                end = self.series::<M, true, FUSED, V>(simd, &way, source, &control, room);
            }
            if end.is_none() {
                end = self.series::<N, false, FUSED, V>(simd, &way, source, &control, guess);
            }
            match end {
                Some(Reached::Time { state, free }) => {
                    if !short {
                        guess = free;
                    }
                    now = state;
                }
                Some(Reached::Peak { time, k }) => {
                    now = self.spike(&forcing, source, now, time, k);
                    (after_reset, no_upstroke_below) = (true, 0.0);
                    self.adapt(&mut budget, &mut control, at);
                }
                None => {}
            }
        };
        input = input.map(|_| forcing.level);
        self.begun = forcing.begun();
        self.at = Progress { now, input, after_reset, budget, control, guess, no_upstroke_before, no_upstroke_below };
        outcome
    }

    /// Records a spike `t` after `start` with K = `k` before the reset, and resets.
    #[inline(always)]
    fn spike(&mut self, forcing: &Forcing, source: Source<'_>, start: NormalState, t: f64, k: f64) -> NormalState {
        let time = start.time.plus(t);
        self.map.arrive(time, k, self.account.local, self.account.slope);
        self.record.spike(time.high, self.system.u(k, forcing.input(start.time, t)));
        let (w, k) = (self.system.reset, k - self.system.jump);
        self.account.after_reset = self.system.field(w, k, source.after(t)).into();
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
    fn adapt(&self, budget: &mut Budget, control: &mut Control, at: f64) {
        if let Some(tau) = budget.learn(control, &self.account, at, self.steps - self.interpolated.len() as u64) {
            *control = self.control(tau, self.account.weight.clamp(1.0, 1e6));
        }
    }
}

/// The run inside a context that has the processor's fused operations.
struct Fused<'r, const N: usize, const M: usize, const S: usize> {
    run: &'r mut Run,
    stimulus: &'r Stimulus,
    until: f64,
}

impl<const N: usize, const M: usize, const S: usize> pulp::WithSimd for Fused<'_, N, M, S> {
    type Output = Outcome;

    #[inline(always)]
    fn with_simd<V: Simd>(self, simd: V) -> Outcome {
        if V::IS_SCALAR {
            self.run.unfused(self.stimulus, self.until)
        } else {
            self.run.go::<N, M, S, true, V>(simd, self.stimulus, self.until)
        }
    }
}
