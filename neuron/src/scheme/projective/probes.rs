//! Errors with their signs, for a neuron that others reach.
//!
//! The account adds errors in absolute value, which is a bound where they fade and is worth little where they grow: in a network the errors
//! of all neurons soon are those of one direction, the one that grows most, and what reaches a neuron from its senders cancels or adds up by
//! its sign. A probe is therefore one solution of the variational equations of the whole network, whose local errors have the sizes that
//! the steps estimate and signs drawn by lot. It is carried at fixed times, step by step with the Jacobians of [`variation`](super::variation):
//!
//! ```text
//! step         δ ← M δ ± local                                     δ = (δW, δK)
//! spike        δs = t_row · δ ± local,  δ ← −δs f + (0, K_row · δ)  f: the field after the reset
//! charge       δ ← δ − (f(x + Δ) − f(x)) δs                         an arrival displaced by δs, x + Δ the state after it
//! current      δE ← δE + ΔE δs/τ as well                            E is what the current adds to K'
//! ```
//!
//! The largest of [`PROBES`] of them is the estimate.

use crate::model::arithmetic::UNIT_ROUNDOFF;

use super::rows::Rows;

/// How many are carried: the largest of four normal numbers is 1.5 standard deviations in the mean, and below 0.6 once in twenty times.
pub(crate) const PROBES: usize = 4;

/// An error of some quantity in every probe.
pub(crate) type Errors = [f64; PROBES];

/// The largest of the probes.
pub(crate) fn largest(errors: &Errors) -> f64 {
    errors.iter().fold(0.0, |most, error| if error.is_nan() { f64::INFINITY } else { most.max(error.abs()) })
}

/// What local errors are multiplied by, as in the account.
const SAFETY: f64 = 2.0;
/// As in the account: how near the peak W may turn, and ∫ 2|δW| dt up to which errors are small.
pub(crate) const NEAR: f64 = 10.0;
pub(crate) const LINEAR: f64 = 1.0;

/// The probes of one neuron.
#[derive(Clone, Debug)]
pub(crate) struct Probes {
    w: Errors,
    k: Errors,
    /// Of E \[1/ms³\], by the current of synapses, which decays at `rate` \[1/ms\].
    e: Errors,
    rate: f64,
    /// Of t and K at a spike after which the field is not known yet.
    at_spike: Option<[Errors; 2]>,
    /// Of the times of spikes since they were last taken \[ms\].
    pub(crate) spikes: Vec<Errors>,
    nonlinear: f64,
    /// The errors are no longer small, or a spike may have been lost or added.
    pub(crate) lost: bool,
    lots: u64,
}

impl Probes {
    /// Of a neuron that begins at (W, K) = `state`, rounded, whose lots are drawn from `seed`.
    pub(crate) fn new(state: [f64; 2], rate: f64, seed: u64) -> Self {
        let zero = [0.0; PROBES];
        let (spikes, at_spike) = (Vec::new(), None);
        let mut probes =
            Probes { w: zero, k: zero, e: zero, rate, at_spike, spikes, nonlinear: 0.0, lost: false, lots: seed };
        let [w, k] = state.map(|x| UNIT_ROUNDOFF * x.abs());
        (probes.w, probes.k) = (probes.drawn(w), probes.drawn(k));
        probes
    }

    /// An error of that size with a sign by lot in every probe (splitmix64; Steele, Lea & Flood 2014).
    #[inline(always)]
    fn drawn(&mut self, size: f64) -> Errors {
        self.lots = self.lots.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = (self.lots ^ (self.lots >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
        std::array::from_fn(|j| f64::from_bits((SAFETY * size).to_bits() ^ (x << (63 - j) & (1 << 63))))
    }

    /// Over a step of `h` \[ms\] with the Jacobian `m`, by rows, and local errors of (W, K).
    #[inline(always)]
    pub(crate) fn step(&mut self, m: &[f64; 4], local: [f64; 2], h: f64) {
        let [local_w, local_k] = local.map(|size| self.drawn(size));
        let decay = if self.rate > 0.0 { (-self.rate * h).exp() } else { 0.0 };
        let before = self.potential();
        for j in 0..PROBES {
            // What E lacks over the step, half of it at either end.
            let (w, k) = (self.w[j], self.k[j] + 0.5 * h * self.e[j]);
            self.e[j] *= decay;
            self.w[j] = m[0] * w + m[1] * k + local_w[j];
            self.k[j] = m[2] * w + m[3] * k + local_k[j] + 0.5 * h * self.e[j];
        }
        self.nonlinear += 2.0 * h * before.max(self.potential());
        self.lost |= self.nonlinear > LINEAR;
    }

    /// A spike, with `rows` at the end of the last step and errors `time` \[ms\] and `k` \[1/ms²\] of its own.
    #[inline(always)]
    pub(crate) fn spike(&mut self, rows: Rows, time: f64, k: f64) {
        let (mut times, mut ks) = (self.drawn(time), self.drawn(k));
        for j in 0..PROBES {
            times[j] += rows.t[0] * self.w[j] + rows.t[1] * self.k[j];
            ks[j] += rows.k[0] * self.w[j] + rows.k[1] * self.k[j];
        }
        self.fired(times, ks);
    }

    /// A spike made by an arrival that is displaced by `times` \[ms\], where K' = `rate_k` before it.
    pub(crate) fn fire(&mut self, times: &Errors, rate_k: f64) {
        let k = std::array::from_fn(|j| self.k[j] + rate_k * times[j]);
        self.fired(*times, k);
    }

    #[inline(always)]
    fn fired(&mut self, times: Errors, k: Errors) {
        self.spikes.push(times);
        self.at_spike = Some([times, k]);
        self.nonlinear = 0.0;
    }

    /// Begins after a reset, where the field is (W', K') = `field`, if there was one.
    #[inline(always)]
    pub(crate) fn settle(&mut self, field: [f64; 2]) {
        if let Some([times, k]) = self.at_spike.take() {
            for j in 0..PROBES {
                self.w[j] = -times[j] * field[0];
                self.k[j] = k[j] - times[j] * field[1];
            }
        }
    }

    /// An arrival displaced by `times` \[ms\] that changes the field by `kick`, and E by `source` \[1/ms³\] for as long as its current
    /// lasts.
    #[inline(always)]
    pub(crate) fn arrive(&mut self, times: &Errors, kick: [f64; 2], source: f64) {
        for (j, time) in times.iter().enumerate() {
            self.w[j] -= kick[0] * time;
            self.k[j] -= kick[1] * time;
            self.e[j] += source * self.rate * time;
        }
    }

    /// The errors of (W, K, E), and ∫ 2|δW| dt since the last spike.
    pub(crate) fn now(&self) -> ([Errors; 3], f64) {
        ([self.w, self.k, self.e], self.nonlinear)
    }

    /// Goes on from errors that were carried elsewhere, but for the `local` ones of (W, K), which come upon them.
    pub(crate) fn go_on(&mut self, ([w, k, e], nonlinear): ([Errors; 3], f64), local: [f64; 2], lost: bool) {
        let [local_w, local_k] = local.map(|size| self.drawn(size));
        self.w = std::array::from_fn(|j| w[j] + local_w[j]);
        self.k = std::array::from_fn(|j| k[j] + local_k[j]);
        (self.e, self.nonlinear) = (e, nonlinear);
        self.lost |= lost;
    }

    /// W comes as near to the peak as `margin` \[1/ms\], from either side.
    pub(crate) fn near_miss(&mut self, margin: f64) {
        self.lost |= NEAR * self.potential() >= margin;
    }

    /// The error of W \[1/ms\].
    pub(crate) fn potential(&self) -> f64 {
        largest(&self.w)
    }
}
