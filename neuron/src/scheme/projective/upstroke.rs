//! The upstroke in one step: collocation with x = ln(W_0/W) as independent variable (the derivation is in the [module](super)).

// Loops over the nodes index several arrays at once.
#![allow(clippy::needless_range_loop)]

use pulp::Simd;

use crate::model::normal_form::NormalForm;
use crate::model::taylor_series::{Coefficients, RECIPROCAL};

use super::elementary::{exp, ln};
use super::gauss::Gauss;
use super::nodes::Nodes;
use super::series::fma;

/// E(t) over a step \[1/ms³\]: Taylor coefficients of which those from `length` on are zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) series: &'a Coefficients,
    pub(crate) length: usize,
    /// ω of a sinusoid in it \[1/ms\], and the amplitude of its part of E \[1/ms³\]; where they are not given, the series tells all.
    pub(crate) wave: Option<[f64; 2]>,
}

impl Source<'_> {
    /// E after `h` \[ms\], to 1e-3 of what a sinusoid changes in it.
    #[inline(always)]
    pub(crate) fn after(&self, h: f64) -> f64 {
        self.series[..self.rough_length(h)].iter().rev().fold(0.0, |sum, e| sum * h + e)
    }

    /// The largest |E| of the next `h` \[ms\], or more. Of E' the part that is not the sinusoid's is constant.
    #[inline(always)]
    pub(crate) fn most(&self, h: f64) -> f64 {
        let Some([omega, amplitude]) = self.wave else {
            return self.series[..self.length].iter().rev().fold(0.0, |sum, e| sum * h + e.abs());
        };
        self.series[0].abs() + 2.0 * amplitude + (self.series[1].abs() + omega * amplitude) * h
    }

    /// The largest |E'| of the next `h` \[ms\], or more.
    #[inline(always)]
    fn steepest(&self, h: f64) -> f64 {
        let Some([omega, amplitude]) = self.wave else {
            return (1..self.length).rev().fold(0.0, |sum, n| sum * h + n as f64 * self.series[n].abs());
        };
        self.series[1].abs() + 2.0 * omega * amplitude
    }

    /// What an error of the time at which a state is reached makes of K at the most: |E − α K| for `alpha_k` = α K, and what E changes in
    /// `h` \[ms\].
    #[inline(always)]
    fn pull(&self, alpha_k: f64, h: f64) -> f64 {
        let turn = h * self.steepest(h);
        match self.wave {
            Some(_) => (self.series[0] - alpha_k).abs() + 2.0 * turn,
            None => self.most(h) + alpha_k.abs() + turn,
        }
    }

    /// How many coefficients change K by more than `least` \[1/ms²\] within `h` \[ms\].
    #[inline(always)]
    fn length(&self, h: f64, least: f64) -> usize {
        let Some([omega, amplitude]) = self.wave.filter(|_| self.length > 2) else { return self.length };
        let (mut n, mut term) = (0, amplitude * h);
        while n < self.length && (term > least || n < 2) {
            term *= omega * h * RECIPROCAL[n];
            n += 1;
        }
        n
    }

    /// How many coefficients give E' over `h` \[ms\] to 1e-3 of its size: the next is below (ω h)ⁿ/n!.
    #[inline(always)]
    pub(crate) fn rough_length(&self, h: f64) -> usize {
        // Without a sinusoid there is no end to what is asked for but the length.
        let terms = (3.0 * self.wave.map_or(f64::INFINITY, |[omega, _]| omega) * h) as usize;
        self.length.min(terms.saturating_add(5))
    }
}

/// A spike reached by one upstroke.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peak<const S: usize> {
    /// From the start of the step to the peak \[ms\].
    pub(crate) time: f64,
    /// K at the peak \[1/ms²\].
    pub(crate) k: f64,
    /// How far `time` may be off \[ms\].
    pub(crate) time_error: f64,
    /// How far `k` may be off \[1/ms²\].
    pub(crate) k_error: f64,
    /// Sweeps taken.
    pub(crate) sweeps: u64,
    /// K \[1/ms²\] and dt/dx \[ms\] on the nodes.
    pub(crate) ks: [f64; S],
    pub(crate) rate: [f64; S],
}

/// What an upstroke has to reach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand {
    /// Error of the time \[ms\] at which the sweeps end.
    pub(crate) time: f64,
    /// Error of K \[1/ms²\] at which they end.
    pub(crate) k: f64,
}

/// K must be above this part of −W², so that the pole of T on the real axis (for K < 0) is no nearer than the complex pair
/// (for K > 0) can be: see [`ellipse`].
const MOST_NEGATIVE: f64 = -0.05;

/// Sweeps after which an upstroke is given up.
const MOST_SWEEPS: u64 = 24;

/// The sum of the half-axes, ρ, of the largest ellipse with foci at the ends of \[L, 0\] that has no pole of T inside, for the
/// worst K ≥ −0.05 W². The poles 1 + K s² = 0 lie at x = ½ ln(W²/K) ± iπ/2 for K > 0: nearest, in this sense, when over the
/// middle of the interval, where ρ = p + √(1 + p²) with p = π/|L|. For −0.05 W² ≤ K < 0 the pole x = ½ ln(W²/|K|) ≥ 1.5 is
/// real and ρ is larger for every |L|.
#[inline(always)]
pub(crate) fn ellipse(length: f64) -> f64 {
    let p = std::f64::consts::PI / length;
    p + (1.0 + p * p).sqrt()
}

/// The smallest W \[1/ms\] at which a rule of `nodes` nodes keeps the error of an upstroke below `tolerance` \[ms\].
///
/// The error of Gauss quadrature decreases as ρ^(−2S), that of the Gauss method likewise (superconvergence); in units of 64/15 |L| s.
pub(crate) fn smallest_w(system: &NormalForm, nodes: usize, tolerance: f64) -> f64 {
    // error = 64/15 |s L| ρ^(−2S) is taken with |s L| = 10 ms, which holds for W > 0.25/ms and costs little below.
    let rho = (40.0 / tolerance).max(1.5).powf(0.5 / nodes as f64);
    let p = 0.5 * (rho - 1.0 / rho);
    system.peak * (-std::f64::consts::PI / p).exp()
}

/// Less \[ms\] than an upstroke takes, K rising by a tenth at the most: W' ≤ W² (1 + K/W_0²).
#[inline(always)]
pub(crate) fn least_time(system: &NormalForm, w: f64, k: f64) -> f64 {
    (system.peak - w) * w / (system.peak * (w * w + 1.1 * k.max(0.0)))
}

/// The upstroke from W = `w`, K = `k` to the peak, by S Gauss nodes; `None` where it does not apply: W must be positive and
/// below the peak, K above −0.05 W², and the sweeps must converge to the `demand`.
#[inline(always)]
pub(crate) fn upstroke<const S: usize, const FUSED: bool, V: Simd>(
    simd: V,
    system: &NormalForm,
    w: f64,
    k: f64,
    source: Source<'_>,
    demand: Demand,
) -> Option<Peak<S>> {
    if !(w > 0.0 && w < system.peak && k > MOST_NEGATIVE * w * w) {
        return None;
    }
    let g = &Gauss::<S>::RULE;
    let (alpha, beta) = (system.alpha, system.beta);
    let ratio = w / system.peak;
    let length = ln::<FUSED>(ratio);
    let start = -1.0 / w;

    let mut s = [0.0; S];
    for i in 0..S {
        s[i] = start * exp::<FUSED>(g.c[i] * length);
    }
    let mut base = [0.0; S];
    for i in 0..S {
        base[i] = fma::<FUSED>(beta * g.c[i], length, k);
    }
    let (nodes, base) = (Nodes::<V, S>::load(simd, &s), Nodes::load(simd, &base));
    let square = nodes * nodes;
    let mut ks = base;
    let mut growth;
    let mut before = f64::INFINITY;
    let mut sweeps = 0;
    // ∂t/∂K = ∫ s³/(1 + K s²)² dx.
    let time_per_k = (start * start * start).abs() / 3.0;
    let constant = source.length <= 1;
    let source = Source { length: source.length(-start, 0.01 * demand.k), ..source };
    // What one sweep leaves of an error of K at the most: α ∫|T| and β ∫ s² of the interval, and, where E varies, (E − α K) ∂t/∂K with
    // what E changes in ∂t/∂K. The upstroke takes up to |s|.
    let mut gain = -start * (alpha.abs() - 0.5 * beta.abs() * start);
    if !constant {
        gain += source.pull(alpha * k, -start) * time_per_k;
    }
    let (mut e, mut follows) = (nodes.of(source.series[0]), !constant);
    // What a change of K makes of K again, through the time at which E is taken.
    let through_time = time_per_k * source.steepest(-start) * -start;
    let k_error = loop {
        let inverse = nodes.of(1.0) / ks.fma(square, nodes.of(1.0));
        let rate = nodes * inverse;
        if follows {
            e = (rate.integrate(simd, 0.0) * length).series(&source.series[..source.length]);
        }
        growth = ks.fma(nodes.of(-alpha), e).fma(rate, inverse.fma(nodes.of(beta), nodes.of(-beta)));
        let next = base + growth.integrate(simd, 0.0) * length;
        let change = (next - ks).largest();
        ks = next;
        sweeps += 1;
        follows &= change * through_time > 0.1 * demand.k;
        let contraction = if before.is_finite() { gain.min(change / before) } else { gain };
        let left = change * contraction;
        if left <= demand.k && left * time_per_k <= demand.time {
            break left;
        }
        // Rounding ends the decrease of the changes.
        if change >= before && change <= 1e-14 * k.abs().max(w * w) {
            break change;
        }
        // Sweeps that run away end anywhere: W turns before the peak, and the interval of W is not one of time.
        let away = change > 100.0 * k.abs().max(system.peak * system.peak);
        if sweeps == MOST_SWEEPS || away || !change.is_finite() {
            return None;
        }
        before = change;
    };
    // The last sweep's K gives t and K at the peak.
    let (ks, growth, mut rate) = (ks.array(), growth.array(), [0.0; S]);
    let (mut t, mut m, mut lowest) = (0.0, 0.0, 0.0f64);
    let (mut older, mut newest) = (0.0, 0.0);
    for i in 0..S {
        let bend = ks[i] * (s[i] * s[i]);
        lowest = lowest.min(bend);
        let inverse = 1.0 / (1.0 + bend);
        rate[i] = s[i] * inverse;
        t = fma::<FUSED>(g.b[i], rate[i], t);
        older = fma::<FUSED>(g.last[0][i], rate[i], older);
        newest = fma::<FUSED>(g.last[1][i], rate[i], newest);
        m = fma::<FUSED>(g.b[i], growth[i], m);
    }
    let time = length * t;
    // 64/15 is the constant of Gauss quadrature (Trefethen, SIAM Review 50 (2008) 67, theorem 4.5).
    let rho = ellipse(-length);
    let poles = start * rho.powi(-2 * S as i32);
    // K is not constant: a turn of W in the virtual past of the upstroke, W² + K = 0, is a branch point next to the interval that
    // the poles at constant K know nothing of. It shows in the coefficients of T in orthonormal Legendre polynomials, which
    // decrease as ρ^(−k); the error of the quadrature is about the square of the one that would come next.
    let square = rho * rho;
    let seen = (older * older / ((2 * S - 3) as f64 * square) + newest * newest / (2 * S - 1) as f64) / (t * square);
    let quadrature = 64.0 / 15.0 * length * (poles + seen);
    // K may have fallen on the way, towards a turn before the peak.
    let enough = 30.0 * demand.time + 8.0 * f64::EPSILON * time;
    // What the series of a sinusoidal input leaves out by the end of the upstroke, from its last two terms.
    let cut = match source.length {
        0..=2 => 0.0,
        n => (source.series[n - 1].abs() * time).max(source.series[n - 2].abs()) * time.powi(n as i32 - 1),
    };
    if cut > 30.0 * demand.k {
        return None;
    }
    if !(quadrature <= enough && time > 0.0 && time.is_finite() && lowest >= 2.0 * MOST_NEGATIVE) {
        return None;
    }
    Some(Peak {
        time,
        k: fma::<FUSED>(length, m + beta, k),
        time_error: quadrature + (k_error + cut) * time_per_k,
        // K' = O(β W) near the peak and O(β W + α K + E) before.
        k_error: quadrature * (source.series[0].abs() + alpha.abs() * k.abs() + beta.abs() * w) + k_error + cut,
        sweeps,
        ks,
        rate,
    })
}

/// Operations of an upstroke of `sweeps` sweeps over S nodes, an elementary function counting 20.
pub(crate) const fn flops(nodes: u64, sweeps: u64) -> u64 {
    20 + nodes * 14 + sweeps * (2 * nodes * nodes + 14 * nodes) + 9 * nodes + 30
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::taylor_series::MAX_ORDER;

    const RS: crate::Neuron = crate::Neuron::new(0.02, 0.2, -65.0, 8.0);

    fn peak<const S: usize>(system: &NormalForm, w: f64, k: f64, input: f64) -> Option<Peak<S>> {
        let mut series = [0.0; MAX_ORDER + 1];
        series[0] = system.constant + system.alpha * system.k2 * input;
        // Sweeps to rounding; the nodes may err by 0.03 ms.
        let demand = Demand { time: 1e-3, k: 1e-17 };
        upstroke::<S, false, _>(
            pulp::Scalar::new(),
            system,
            w,
            k,
            Source { series: &series, length: 1, wave: None },
            demand,
        )
    }

    #[test]
    fn it_ends_where_the_taylor_solver_does() {
        let system = NormalForm::new(&RS);
        for (v, u, input) in [(-50.0, -8.0, 10.0), (-54.0, -10.0, 10.0), (-40.0, 3.0, 20.0), (0.0, -15.0, 0.0)] {
            let stimulus = crate::Stimulus::constant(input);
            let problem = crate::Problem { neuron: RS, stimulus, initial: crate::State::new(v, u), duration: 10.0 };
            let truth = crate::truth::taylor::solve(&problem, crate::truth::taylor::TOLERANCE);
            let (w, k) = system.normalise(problem.initial, input);
            let peak = peak::<16>(&system, w, k, input).unwrap();
            assert!((peak.time - truth.spikes.times()[0]).abs() < 1e-13, "{peak:?}");
            assert!((system.u(peak.k, input) - truth.u_before_reset[0]).abs() < 1e-12, "{peak:?}");
        }
    }

    /// Over the whole range in which it applies, against 16 nodes where those are at rounding.
    #[test]
    fn the_error_stays_below_its_estimate() {
        for neuron in [RS, crate::Neuron::new(0.1, 0.2, -65.0, 2.0)] {
            let system = NormalForm::new(&neuron);
            for w in [0.3, 0.5, 1.0, 2.0] {
                for part in [-0.049, -0.01, 0.0, 0.1, 0.3, 1.0, 3.0, 10.0] {
                    let k = part * w * w;
                    let (Some(few), Some(exact)) = (peak::<6>(&system, w, k, 10.0), peak::<16>(&system, w, k, 10.0))
                    else {
                        panic!("{w} {k}: not converged");
                    };
                    let (time, k_end) = ((few.time - exact.time).abs(), (few.k - exact.k).abs());
                    let room = exact.time_error + 1e-15;
                    assert!(time <= few.time_error + room, "W {w} K {k}: {time:e} {few:?}");
                    assert!(k_end <= few.k_error + exact.k_error + 1e-16, "W {w} K {k}: {k_end:e} {few:?}");
                }
            }
        }
    }
}
