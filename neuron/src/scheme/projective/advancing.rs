//! A neuron advanced piece by piece.

use crate::error::Error;
use crate::model::arithmetic::DoubleDouble;
use crate::model::normal_form::NormalState;
use crate::truth::Outcome;
use crate::{Neuron, Result, State, Stimulus};

use super::adaptive::{SMALLEST, lower};
use super::firing_map::FiringMap;
use super::probes::{Errors, PROBES};
use super::run::Run;

/// A neuron that is advanced piece by piece, as in a network that is solved event by event, to a tolerance on its spike times.
///
/// Each call goes on where the last one ended, and the account of the errors with it. What the tolerance means is as in
/// [`solve`](super::solve), but for one thing: what was returned cannot be computed again, so that the run aims lower from the start,
/// and [`keeps_tolerance`](Self::keeps_tolerance) says whether that was enough.
///
/// ```
/// use spikestep::scheme::projective::Advancing;
/// use spikestep::{Neuron, Stimulus};
/// let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
/// let mut cell = Advancing::new(&rs, rs.resting_start(), 100.0, 1e-6)?;
/// let input = Stimulus::constant(10.0);
/// assert_eq!(cell.advance(30.0, &input).len(), 2);
/// cell.jump(15.0, 0.0); // a synapse of 15 mV
/// cell.advance(100.0, &input);
/// assert!(cell.spikes().len() > 2 && cell.keeps_tolerance());
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Advancing {
    pub(super) run: Run,
    tolerance: f64,
    outcome: Outcome,
}

impl Advancing {
    /// `neuron` in the state `initial` at time 0, to be advanced for about `duration` \[ms\] with every spike within `tolerance`
    /// \[ms\] of the true one (brought into 1e-13 to 1 ms). The duration is what the tolerance is shared over.
    ///
    /// An error if the neuron cannot be solved or a number is not finite.
    pub fn new(neuron: &Neuron, initial: State, duration: f64, tolerance: f64) -> Result<Self> {
        neuron.validate()?;
        for (what, value) in [
            ("initial v", initial.v),
            ("initial u", initial.u),
            ("duration in ms", duration),
            ("tolerance in ms", tolerance),
        ] {
            if !value.is_finite() {
                return Err(Error::invalid(what, value, "a finite number", "Give one such as 1."));
            }
        }
        let tolerance = tolerance.clamp(SMALLEST, 1.0);
        let mut run = Run::new(neuron, duration, lower(tolerance, 0.0), FiringMap::new(false));
        run.account.careful = true;
        let (w, k) = run.system.normalise(initial, 0.0);
        run.begin(&Stimulus::constant(0.0), NormalState { time: DoubleDouble::ZERO, w, k }, false);
        run.at.input = Some([0.0; 2]);
        let mut advancing = Advancing { run, tolerance, outcome: Outcome::Completed };
        advancing.fire();
        Ok(advancing)
    }

    /// Goes on to `until` \[ms\] under `input`, whose times are those of the neuron, and returns the times of the spikes on the way
    /// \[ms\]. Where the input is another than in the call before, it jumps at once.
    ///
    /// A run that has [diverged](Outcome) stays where it is.
    pub fn advance(&mut self, until: f64, input: &Stimulus) -> &[f64] {
        let known = self.run.record.times.len();
        if self.outcome != Outcome::Completed || until.is_nan() || until <= self.time() {
            return &[];
        }
        self.run.resume();
        self.outcome = self.run.advance(input, until);
        &self.run.record.times[known..]
    }

    /// Adds `v` \[mV\] and `u` \[mV/ms\] to the state at once, as a synapse does. If v reaches the peak that is a spike, now.
    pub fn jump(&mut self, v: f64, u: f64) {
        self.jump_displaced(v, u, &[0.0; PROBES]);
    }

    /// [`jump`](Self::jump), at a time that is displaced by `times` \[ms\].
    pub(super) fn jump_displaced(&mut self, v: f64, u: f64, times: &Errors) {
        let system = self.run.system;
        let NormalState { w, k, .. } = self.run.at.now;
        let [more_w, more_k] = [system.k2 * v, -system.k2 * u];
        (self.run.at.now.w, self.run.at.now.k) = (w + more_w, k + more_k);
        let kick = [more_w * (2.0 * w + more_w) + more_k, -system.beta * more_w - system.alpha * more_k];
        let account = &mut self.run.account;
        account.jump(kick);
        if let Some(probes) = &mut account.probes {
            probes.settle(account.after_reset);
            probes.arrive(times, kick, 0.0);
            // Nearly at the peak before it, or after: whether and when there is a spike hangs on what is not known.
            probes.near_miss((w + more_w - system.peak).abs().min((w - system.peak).abs()));
        }
        self.fire_displaced(times);
    }

    /// A spike at once where v is at the peak or beyond: its time is that of the jump, and known.
    fn fire(&mut self) {
        self.fire_displaced(&[0.0; PROBES]);
    }

    /// [`fire`](Self::fire), at a time that is displaced by `times` \[ms\].
    fn fire_displaced(&mut self, times: &Errors) {
        let input = self.input();
        let run = &mut self.run;
        let (system, now) = (run.system, run.at.now);
        if now.w < system.peak {
            return;
        }
        let source = system.constant + system.k2 * (system.alpha * input[0] + input[1]);
        let (_, rate_k) = system.field(now.w, now.k, source);
        run.account.fire(rate_k, times);
        run.record.spike(now.time.high, system.u(now.k, input[0]));
        (run.at.now.w, run.at.now.k) = (system.reset, now.k - system.jump);
        run.account.after_reset = system.field(system.reset, now.k - system.jump, source).into();
    }

    /// The input \[mV/ms\] and its slope \[mV/ms²\] where the last call ended, a jump there included.
    fn input(&self) -> [f64; 2] {
        self.run.at.input.unwrap_or_default()
    }

    /// The time that has been reached \[ms\].
    pub fn time(&self) -> f64 {
        self.run.at.now.time.high
    }

    /// v \[mV\] and u \[mV/ms\] now.
    pub fn state(&self) -> State {
        let NormalState { w, k, .. } = self.run.at.now;
        State::new(self.run.system.v(w), self.run.system.u(k, self.input()[0]))
    }

    /// The times of all spikes so far \[ms\].
    pub fn spikes(&self) -> &[f64] {
        &self.run.record.times
    }

    /// How the last call ended: [`Outcome::Completed`] where it reached its end.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The largest error of any spike time so far \[ms\], as estimated from all local errors.
    pub fn error_estimate(&self) -> f64 {
        self.run.error()
    }

    /// Whether the tolerance was kept so far, as far as the estimate tells.
    pub fn keeps_tolerance(&self) -> bool {
        self.error_estimate() <= self.tolerance
    }
}
