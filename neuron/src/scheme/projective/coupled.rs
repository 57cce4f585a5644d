//! What a network asks of a neuron that is [advanced](Advancing) piece by piece.

use crate::Stimulus;
use crate::model::arithmetic::DoubleDouble;
use crate::model::forcing::Decay;
use crate::model::normal_form::{NormalForm, NormalState};
use crate::truth::Outcome;

use super::advancing::Advancing;
use super::probes::{Errors, Probes};
use super::variation::Entry;

/// A neuron between two events of a network in plain numbers, so that something else can take it on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Between {
    /// \[ms\]
    pub(crate) time: f64,
    /// W \[1/ms\] and K \[1/ms²\].
    pub(crate) state: [f64; 2],
    /// The input \[mV/ms\], which is constant, and how many of its pieces have begun.
    pub(crate) level: f64,
    pub(crate) begun: usize,
    /// The current of synapses \[mV/ms\].
    pub(crate) current: f64,
    /// The errors of (W, K, E), and ∫ 2|δW| dt since the last spike.
    pub(crate) errors: ([Errors; 3], f64),
}

/// What a step of a neuron may be wrong by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    /// In the time of the next spike \[ms\].
    pub(crate) tau: f64,
    /// |∂t/∂W| \[ms²\] and |∂t/∂K| \[ms³\] at the most.
    pub(crate) weights: [f64; 2],
}

/// What was done to a neuron elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    /// All its steps and jumps in one.
    pub(crate) entry: Entry,
    pub(crate) steps: u64,
    pub(crate) arrivals: usize,
    /// Its errors are no longer small.
    pub(crate) lost: bool,
}

/// A current \[mV/ms\] below which it is none.
pub(crate) const NOTHING: f64 = 1e-25;

impl Advancing {
    /// Carries the errors with their signs from now on; the current of synapses decays at `rate` \[1/ms\], 0 where they have none.
    pub(crate) fn watch(&mut self, rate: f64, seed: u64) {
        let now = self.run.at.now;
        let mut probes = Probes::new([now.w, now.k], rate, seed);
        // The start is given: a spike at once has no error.
        probes.spikes = vec![[0.0; super::probes::PROBES]; self.spikes().len()];
        self.run.decay = Decay { start: 0.0, value: 0.0, rate };
        self.run.account.probes = Some(Box::new(probes));
    }

    /// The neuron under `input`, whose pieces are constant; `None` where it was cut or its errors are not carried with their signs.
    pub(crate) fn between(&mut self, input: &Stimulus) -> Option<Between> {
        let NormalState { time: DoubleDouble { high: time, low }, .. } = self.run.at.now;
        if self.outcome() != Outcome::Completed || low != 0.0 {
            return None;
        }
        let run = &mut self.run;
        let pieces = input.pieces();
        let holds = |begun: usize| {
            (begun == 0 || pieces[begun - 1].start <= time) && pieces.get(begun).is_none_or(|p| time < p.start)
        };
        let mut begun = run.begun.min(pieces.len());
        if !holds(begun) {
            begun = pieces.partition_point(|p| p.start <= time);
        }
        let level = begun.checked_sub(1).map_or(0.0, |last| pieces[last].value);
        let current = run.decay.at(time);
        let jump = run.system.k2 * (level + current - run.at.input.unwrap_or_default()[0]);
        if jump != 0.0 {
            run.at.now.k += jump;
            run.account.jump([jump, 0.0]);
        }
        let state = [run.at.now.w, run.at.now.k];
        let probes = run.account.probes.as_mut()?;
        probes.settle(run.account.after_reset);
        Some(Between { time, state, level, begun, current, errors: probes.now() })
    }

    /// Goes on from where it was taken.
    pub(crate) fn go_on(&mut self, at: &Between, done: &Done) {
        let run = &mut self.run;
        let ([w, k], rate) = (at.state, run.decay.rate);
        run.at.now = NormalState { time: at.time.into(), w, k };
        run.at.input = Some([at.level + at.current, -rate * at.current]);
        run.decay = Decay { start: at.time, value: at.current, rate };
        run.begun = at.begun;
        (run.steps, run.arrivals) = (run.steps + done.steps, run.arrivals + done.arrivals);
        run.account.passed(done.entry);
        if let Some(probes) = &mut run.account.probes {
            probes.go_on(at.errors, done.entry.local, done.lost);
        }
    }

    /// The neuron in the normal form, and what its steps may be wrong by.
    pub(crate) fn needs(&self) -> (&NormalForm, Allowance) {
        let control = &self.run.at.control;
        (&self.run.system, Allowance { tau: control.tau, weights: [control.fold, control.weight] })
    }

    /// A charge \[mV\] that arrives now, displaced by `times` \[ms\]: v jumps by it.
    pub(crate) fn receive_charge(&mut self, charge: f64, times: &Errors) {
        self.run.arrivals += 1;
        self.jump_displaced(charge, 0.0, times);
    }

    /// A charge \[mV\] that begins to arrive now, displaced by `times` \[ms\], as a current that decays.
    pub(crate) fn receive_current(&mut self, charge: f64, times: &Errors) {
        let run = &mut self.run;
        run.arrivals += 1;
        let (system, rate) = (run.system, run.decay.rate);
        let more = charge * rate;
        let now = run.at.now.time.high;
        let value = run.decay.at(now) + more;
        run.decay = Decay { start: now, value: if value.abs() < NOTHING { 0.0 } else { value }, rate };
        run.at.now.k += system.k2 * more;
        if let Some([input, slope]) = &mut run.at.input {
            *input += more;
            *slope -= rate * more;
        }
        let source = system.k2 * (system.alpha - rate) * more;
        // K jumps, and with it W' and K'.
        let kick = [system.k2 * more, source - system.alpha * system.k2 * more];
        let account = &mut run.account;
        account.jump(kick);
        if let Some(probes) = &mut account.probes {
            probes.settle(account.after_reset);
            probes.arrive(times, kick, source);
        }
    }

    /// Takes the times of the spikes since the last call \[ms\], and their errors.
    pub(crate) fn take_spikes(&mut self) -> Vec<(f64, Errors)> {
        let found = self.run.account.probes.as_mut().filter(|probes| !probes.spikes.is_empty());
        let Some(errors) = found.map(|probes| std::mem::take(&mut probes.spikes)) else { return Vec::new() };
        let times = &self.run.record.times;
        times[times.len() - errors.len()..].iter().copied().zip(errors).collect()
    }

    /// Whether the errors are no longer small, so that all later spikes are in doubt.
    pub(crate) fn is_lost(&self) -> bool {
        self.run.account.probes.as_ref().is_some_and(|probes| probes.lost)
    }

    /// The number of steps so far.
    pub(crate) fn steps(&self) -> u64 {
        self.run.steps
    }
}
