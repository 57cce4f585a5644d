//! Through a spike.
//!
//! Let τ be where y crosses the peak P, to rounding. On X = \[τ − η, τ + η\] the exact solution z has z_W' within `spread` of the
//! slope s at τ, and at least s − `spread` > 0. By interval Newton, z crosses P in X once, at τ − D with
//!
//! ```text
//! D = (z_W(τ) − P)/z_W'(ξ),     |D| ≤ (|x_W − P| + |ε_W|)/(s − spread) ≤ η
//! ```
//!
//! and nowhere before, as it crosses once at most from the start of the piece to beyond τ + η ([`range`](super::range)). After the
//! spike the exact solution is that from (reset, K − jump) at τ − D; extended to τ, where the next point is taken, it has
//!
//! ```text
//! ε_W⁺ = ε_W W'₊/s + …        ε_K⁺ = ε_K + ε_W (K'₊ − K'₋)/s + …        D = −ε_W/s + …
//! ```
//!
//! with derivatives after (+) and before (−) the reset. What the dots hold is of second order in ε, or rounding; derivatives taken
//! anywhere within |D| of τ differ by no more than bounds of the second derivatives over the piece allow.

use crate::model::arithmetic::{DoubleDouble, OPERATION, UP};

use super::follower::Follower;
use super::range::Range;
use super::spike_enclosure::SpikeEnclosure;

/// The piece goes on for such a part of τ beyond it, and η is half of that: the first that is enough for the set.
const BEYOND: [f64; 3] = [1.0 / (1u64 << 20) as f64, 1.0 / 1024.0, 1.0 / 16.0];

impl Follower<'_> {
    /// The piece up to the spike that seems to be after `guess` \[ms\]; `None` where it is not proven.
    pub(super) fn spike(&mut self, guess: f64) -> Option<()> {
        let (tau, _) = self.flow.crossing(&self.system, DoubleDouble::from(guess))?;
        BEYOND.iter().find_map(|&beyond| self.cross(tau, beyond))
    }

    /// The piece up to the crossing of y at `tau`, shown to be the only one up to a part `beyond` of `tau` later.
    fn cross(&mut self, tau: DoubleDouble, beyond: f64) -> Option<()> {
        let eta = 0.5 * beyond * tau.high * (1.0 - f64::EPSILON);
        let far = tau.high * (1.0 + beyond);
        let at_far = self.end(DoubleDouble::from(far))?;
        let along = self.along(&at_far, far)?;
        if !Range::new(&self.flow, &at_far).crosses_once(self.level(), along.error) {
            return None;
        }
        // Of y and z up to beyond the crossing, with second derivatives.
        let (alpha, beta) = (self.system.alpha.size(), self.system.beta.size());
        let w_sup = along.sup[0];
        let [w_slope, k_slope] = along.slopes(&self.system);
        let [e, e_slope] = along.source;
        let w_bend = 2.0 * w_sup * w_slope + k_slope;
        let k_bend = e_slope + beta * w_slope + alpha * k_slope;

        // The next point but for the reset, and its ε.
        let end = self.end(tau)?;
        let next = self.time + tau;
        let (jacobian, local) = self.map(&Range::new(&self.flow, &end), &along, tau.high)?;
        let timing = 2.0 * OPERATION * next.high;
        let radii = [end.w.radius + timing * w_slope, end.k.radius + timing * k_slope];
        let mut set = self.set;
        set.advance_outward(&jacobian, [local[0] + radii[0], local[1] + radii[1]]);
        let [w_error, k_error] = [set.along_outward([1.0, 0.0]), set.along_outward([0.0, 1.0])];

        // z_W' on X, and D; with D known, all that matters is z_W' within |D| of τ.
        let (w, k) = (end.w.value.high, end.k.value.high);
        let s = w * w + k;
        let of_state = (2.0 * w_sup + w_error) * w_error + k_error;
        let rounding = 4.0 * f64::EPSILON * (w * w + k.abs());
        let offset = end.w.value - self.system.peak.value;
        let offset = (offset.high.abs() * UP + OPERATION * w.abs() + self.system.peak.radius) * UP;
        let within = |distance: f64| {
            let spread = (distance * w_bend + of_state + rounding) * UP;
            let least = (s - spread) * (1.0 - f64::EPSILON);
            (spread < 0.5 * s).then(|| (spread, least, (offset + w_error) / least * UP))
        };
        let (_, _, largest) = within(eta).filter(|&(_, _, largest)| largest <= eta)?;
        let (spread, least, late) = within(largest)?;
        // How far D is from −ε_W/s.
        let unequal = (offset / s + (offset + w_error) * spread / (s * least)) * UP;

        // The crossing is on this stretch of the input, inside the run, and after the last spike.
        let [from, to] = self.stretch;
        let gap = 4.0 * f64::EPSILON * next.high + 2.0 * late + self.shift;
        let last = self.spikes.last().map_or(0.0, |spike| spike.time + 2.0 * spike.radius + gap);
        if !(next.high - gap > from.max(last) && next.high + gap < to) {
            return None;
        }

        // The reset, and the solution after it within |D| of τ: by less than 1 from (reset, K − jump), as proven last.
        let (reset, jump) = (self.system.reset, self.system.jump);
        let after = end.k.value - jump.value;
        let k_rounding = OPERATION * after.high.abs() + jump.radius;
        let [r, k_after] = [reset.value.high, after.high];
        let [r_sup, k_after_sup] = [r.abs() + 1.0, k_after.abs() + 1.0];
        let r_slope = (r_sup * r_sup + k_after_sup) * UP;
        let k_after_slope = (e + beta * r_sup + alpha * k_after_sup) * UP;
        // K there is off k_after by ε_K, and by what K and the state after it do in |D|.
        let k_off = (k_error + k_rounding + late * (k_slope + k_after_slope) + f64::EPSILON * k_after.abs()) * UP;
        let r_off = (late * r_slope + reset.radius + f64::EPSILON * r.abs()) * UP;
        if !(k_off < 1.0 && r_off < 1.0 && r + r_off < self.level()) {
            return None;
        }
        let w_rate = r * r + k_after;
        // K'₊ − K'₋, E being the same.
        let k_change = -self.system.beta.to_f64() * (r - w) - self.system.alpha.to_f64() * (k_after - k);
        let w_rate_off = (2.0 * r_sup * r_off + k_off + 4.0 * f64::EPSILON * (r * r + k_after.abs())) * UP;
        // K'₋ and K'₊ anywhere within |D| of τ, from those of the points at τ: by their slopes, and by ε.
        let bends = late * (k_bend + e_slope + beta * r_slope + alpha * k_after_slope);
        let off = beta * (w_error + radii[0] + r_off) + alpha * (k_error + radii[1] + k_off);
        let sizes = beta * (w.abs() + r.abs()) + alpha * (k.abs() + k_after.abs());
        let k_change_off = (2.0 * (bends + off) + 16.0 * f64::EPSILON * sizes) * UP;

        let map = [[w_rate / s, 0.0], [k_change / s, 1.0]];
        // With D for −ε_W/s, and the map's own rounding.
        let first = unequal + 4.0 * f64::EPSILON * w_error / s;
        let local = [
            reset.radius + first * w_rate.abs() + late * w_rate_off,
            k_rounding + first * k_change.abs() + late * k_change_off,
        ];
        if !local.iter().all(|x| x.is_finite()) {
            return None;
        }
        set.advance_outward(&map, local.map(|x| x * UP));
        self.spikes.push(SpikeEnclosure { time: next.high, rest: next.low, radius: late });
        (self.set, self.time, self.point) = (set, next, [reset.value, after]);
        Some(())
    }
}
