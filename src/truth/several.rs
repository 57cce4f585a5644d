//! A Taylor solver for several recovery variables: the judge of kernels that are sums of exponentials.
//!
//! ```text
//! v'   = k2 v² + k1 v + k0 − Σ u_i + I(t)
//! u_i' = w_i v − λ_i u_i                           at a spike  v ← c,  u_i ← u_i + d_i
//! ```
//!
//! Compact rather than fast: order 26, steps from the size of the last terms, spikes as roots of the step's polynomial.

use crate::model::taylor_series::{Coefficients, MAX_ORDER};
use crate::operator::RecoveryVariable;
use crate::{Neuron, SpikeTrain, Stimulus};

use super::taylor::event::first_crossing;

const ORDER: usize = 26;

/// Spike times \[ms\] of the neuron (its k2, k1, k0, c and peak) with `recovery` in place of its own u, from `v0` \[mV\], and the
/// state (v, u_1, …) at the end. Ends early, at spikes faster than 1000 in a step or a state that is not finite, with what it has.
///
/// Truncation per step is below 1e-16 relative; rounding of v' near rest, some 1e-13 mV/ms, remains.
pub fn solve_several(
    neuron: &Neuron,
    recovery: &[RecoveryVariable],
    stimulus: &Stimulus,
    v0: f64,
    duration: f64,
) -> (SpikeTrain, Vec<f64>) {
    let mut state: Vec<f64> = std::iter::once(v0).chain(recovery.iter().map(|r| r.initial)).collect();
    let mut series: Vec<Coefficients> = vec![[0.0; MAX_ORDER + 1]; state.len()];
    let mut input = [0.0; ORDER + 1];
    let (mut t, mut spikes) = (0.0f64, Vec::new());
    // Steps are about 0.1 to 2 ms long; what takes a thousand times as many runs away.
    let most = 1e5 + 1e4 * duration;
    for _ in 0..most as u64 {
        if t >= duration || state.iter().any(|x| !x.is_finite()) {
            break;
        }
        stimulus.series(t, &mut input);
        for (s, x) in series.iter_mut().zip(&state) {
            s[0] = *x;
        }
        for n in 0..ORDER {
            let square: f64 = (0..=n).map(|i| series[0][i] * series[0][n - i]).sum();
            let u: f64 = series[1..].iter().map(|s| s[n]).sum();
            let constant = if n == 0 { neuron.k0 } else { 0.0 };
            let v = series[0][n];
            series[0][n + 1] = (neuron.k2 * square + neuron.k1 * v + constant - u + input[n]) / (n + 1) as f64;
            for (s, r) in series[1..].iter_mut().zip(recovery) {
                s[n + 1] = (r.weight * v - r.rate * s[n]) / (n + 1) as f64;
            }
        }
        // |x_n| hⁿ < 1e-16 |x| for the last two terms of every variable, and half of that for safety.
        let step = series.iter().flat_map(|s| {
            (ORDER - 1..=ORDER).map(move |n| (1e-16 * s[0].abs().max(1.0) / s[n].abs()).powf(1.0 / n as f64))
        });
        let free = 0.5 * step.fold(f64::INFINITY, f64::min);
        let target = stimulus.next_breakpoint(t).unwrap_or(f64::INFINITY).min(duration);
        let h = free.min(target - t);
        let mut terms = [0.0; MAX_ORDER + 1];
        for (n, term) in terms.iter_mut().enumerate().take(ORDER + 1) {
            *term = series[0][n] * h.powi(n as i32);
        }
        let end: f64 = terms[..=ORDER].iter().rev().sum();
        let crossing = first_crossing(&terms, ORDER, end, neuron.peak);
        let taken = crossing.map_or(h, |part| part * h);
        for (x, s) in state.iter_mut().zip(&series) {
            *x = s[..=ORDER].iter().rev().fold(0.0, |sum, c| sum * taken + c);
        }
        t = if crossing.is_none() && free >= target - t { target } else { t + taken };
        if crossing.is_some() {
            spikes.push(t);
            state[0] = neuron.c;
            for (x, r) in state[1..].iter_mut().zip(recovery) {
                *x += r.jump;
            }
        }
    }
    (SpikeTrain::from_sorted(spikes), state)
}
