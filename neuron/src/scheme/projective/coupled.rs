//! What a network asks of a neuron that is [advanced](Advancing) piece by piece.

use crate::model::forcing::Decay;

use super::advancing::Advancing;
use super::probes::{Errors, Probes};

/// A current \[mV/ms\] below which it is none.
const NOTHING: f64 = 1e-25;

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
