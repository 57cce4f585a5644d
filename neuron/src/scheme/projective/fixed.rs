//! The linearised form at a fixed step: power series of a fixed order, spikes located inside the step.
//!
//! **Names:** `projective-4`, `projective-6`, `projective-8`, `projective-12`.
//!
//! ```text
//! y'' = −K y,  J' = E(t) − α K,  K = J + β ln y,  W = −y'/y         (the derivation is in the module above)
//! ```
//!
//! Order N means: a step leaves an error of h^(N+1) in y', y and J, so that spike times converge with h^N. Near the blow-up the
//! constant grows, until h is small against the 1/W_p = 0.27 ms that the peak is away from it: FS shows order 4 fully below
//! 0.03 ms, RS, IB and CH show their orders at usual steps. One order without substeps meets every spike of these cells within
//! 7e-4 ms at 1 ms (order 8) and 1e-4 ms (order 12), so that there is no step doubling. What one step does:
//!
//! 1. The series of y and J about its start, up to y_{N+1} and J_{N+1}.
//! 2. Where they say that W has passed the peak, or that the blow-up is near the end of the step (h W(h) > 1/10), the upstroke is
//!    solved again by Gauss collocation in ln W, which knows no blow-up: to the peak, or to W(h), where one Newton step in
//!    s = −1/W, dt/ds = 1/(1 + K s²), brings its time to h. As h → 0 the span ln(W_p/W) shrinks with h, so that collocation on
//!    S ≥ N/2 nodes keeps the order, and at h = 1 ms it takes away the series' worst error.
//! 3. After a spike the reset is made at its time and the rest of the step starts there.
//!
//! The input is not sampled: linear pieces and a sinusoid enter by their own series (the sinusoid's to order N), and a breakpoint
//! inside the step splits it. A step is split too where √|K| h, −W h, α h or ω h exceeds π/4: W, whose nearest poles are about
//! ½ π/√|K| away, drives the series of K, that of ln y far below rest ends at a time of 1/|W|, and from π on the linear form may hide a
//! spike (Sturm). That touches strong inputs and
//! long steps only: |K| stays below 0.6/ms² in the cells of 2003 at an input of 10, which are not split at 1 ms. Strong
//! inhibition takes many parts, 25 a millisecond at −10,000 mV/ms; 4000 parts in a step end the run like 1000 spikes, as
//! [`Runaway`].
//!
//! Evaluations counted: N a series, S a sweep of the collocation; elementary functions count 20 flops.
//!
//! Measured: `cargo bench --bench fixed_step`, and `results/fixed_step`, made by
//!
//! ```text
//! compare --neuron IB --dt 0.125..2:log:9 --schemes rk4+located,rk4-wk,projective-4,projective-6,projective-8,projective-12 --no-timing --out results/fixed_step
//! ```
//!
//! Sources: those of the [module](super). **When not to use it:** where RK4 with located spikes is good enough; a step costs a
//! third more (order 4, few spikes) to three times as much (order 12, a spike every seven steps).

use pulp::Simd;

use crate::instructions::dispatch_256;
use crate::model::normal_form::NormalForm;
use crate::model::taylor_series::{Coefficients, MAX_ORDER};
use crate::model::{Neuron, State, StepInput};
use crate::scheme::{Cost, MAX_SPIKES_PER_STEP, Runaway, Step, Stepper};

use super::elementary::ln;
use super::series::{Series, fma};
use super::upstroke::{self, Demand, Peak, Source, ellipse, upstroke};

/// The longest part of a step, in units of the fastest rate: half the radius of convergence of W's series at K frozen, W = 0.
const REACH: f64 = std::f64::consts::FRAC_PI_4;
/// Parts of a step before it is given up.
const MOST_PARTS: usize = 4 * MAX_SPIKES_PER_STEP;
/// h W(h) from which the blow-up, about 1/W away, is near for the series: their terms fall by less than a factor of eleven. At ½
/// a step of 1 ms costs a sixth (RS) to a third (FS) less, but order 8 has seven times the error at 1 ms and a thousand times
/// at ¼ ms, since the ratio of the terms is then ⅓ at every h.
const NEAR_BLOW_UP: f64 = 0.1;

/// Corrections of W at the end of an upstroke before it is left to the series.
const MOST_CORRECTIONS: usize = 4;

/// A fixed-step scheme of order `TERMS` − 2 with upstrokes on `NODES` Gauss nodes; see the [module](self).
#[derive(Clone, Debug)]
pub struct Projective<const TERMS: usize, const NODES: usize> {
    system: NormalForm,
    /// K at u = I = 0 \[1/ms²\]: conversions through it lose nothing to the size of k0 and k1²/(4 k2).
    origin: f64,
    arch: pulp::Arch,
    cost: Cost,
    /// Taylor coefficients of E about the start of the present part; from `source_length` on they are zero.
    source: Coefficients,
    source_length: usize,
}

/// What ended a part of a step.
enum End {
    /// Its length.
    Smooth { w: f64, k: f64 },
    /// A spike after `time` \[ms\], K = `k` before the reset.
    Spike { time: f64, k: f64 },
}

impl<const TERMS: usize, const NODES: usize> Projective<TERMS, NODES> {
    /// The scheme for `neuron`.
    pub fn new(neuron: Neuron) -> Self {
        const { assert!(2 * NODES >= TERMS - 2, "the collocation must keep the order of the series") };
        let system = NormalForm::new(&neuron);
        Projective {
            system,
            origin: system.normalise(State::new(0.0, 0.0), 0.0).1,
            arch: pulp::Arch::new(),
            cost: Cost::default(),
            source: [0.0; MAX_ORDER + 1],
            source_length: 1,
        }
    }

    /// Loads the coefficients of E for a part of a step.
    #[inline(always)]
    fn load(&mut self, input: &StepInput<'_>) {
        let NormalForm { k2, alpha, constant, .. } = self.system;
        let length = match input.constant() {
            Some(value) => {
                self.source[0] = constant + alpha * k2 * value;
                1
            }
            None => {
                let mut series = [0.0; MAX_ORDER + 2];
                let length = input.series(&mut series[..=TERMS]).min(TERMS);
                for n in 0..length {
                    self.source[n] = k2 * (alpha * series[n] + (n + 1) as f64 * series[n + 1]);
                }
                self.source[0] += constant;
                length
            }
        };
        for n in length..self.source_length {
            self.source[n] = 0.0;
        }
        self.source_length = length;
    }

    /// E over the part.
    #[inline(always)]
    fn source(&self) -> Source<'_> {
        Source { series: &self.source, length: self.source_length, wave: None }
    }

    /// How much of `room` \[ms\] may be taken at once.
    #[inline(always)]
    fn reach(&self, w: f64, k: f64, room: f64, omega: f64) -> f64 {
        let later = k + (self.source[0] - self.system.alpha * k - self.system.beta * w) * room;
        let rate = k.abs().max(later.abs()).sqrt().max(-w).max(self.system.alpha.abs()).max(omega);
        if room * rate <= REACH { room } else { room / (room * rate / REACH).ceil() }
    }

    /// One part of a step, over which the input is smooth.
    #[inline(always)]
    fn part<const FUSED: bool, V: Simd>(&mut self, simd: V, w: f64, k: f64, h: f64) -> End {
        let system = self.system;
        let series = Series::<TERMS>::about::<FUSED>(&system, w, k, &self.source);
        let end = series.at::<FUSED>(h);
        self.count(TERMS as u64 - 2, Series::<TERMS>::FLOPS + 6 * TERMS as u64 + 25);
        // P = y' + W_p y is positive until W reaches the peak.
        let smooth = (end.y > 0.0 && fma::<FUSED>(system.peak, end.y, end.slope) > 0.0)
            .then(|| (-end.slope / end.y, fma::<FUSED>(system.beta, ln::<FUSED>(end.y), end.j)));
        if let Some((w_end, k_end)) = smooth {
            if let Some(until) = series.beyond(&system, h, [(w, k), (w_end, k_end)], self.source().most(h)).until {
                return self.cross::<FUSED>(&series, until);
            }
            if !(w > 0.0 && h * w_end > NEAR_BLOW_UP) {
                return End::Smooth { w: w_end, k: k_end };
            }
        }
        if w > 0.0 {
            if let Some((w_end, _)) = smooth
                && let Some(end) = self.upstroke_for::<FUSED, V>(simd, w, k, h, w_end)
            {
                return end;
            }
            if let Some(peak) = self.collocate::<FUSED, V>(simd, w, k, system.peak) {
                if peak.time <= h {
                    return End::Spike { time: peak.time, k: peak.k };
                }
                // The series took the step past the peak, collocation does not: back from the peak.
                let (_, w_end, _) = self.correct(system.peak, &peak, h);
                if let Some(end) = self.upstroke_for::<FUSED, V>(simd, w, k, h, w_end) {
                    return end;
                }
            }
        }
        match smooth {
            Some((w, k)) => End::Smooth { w, k },
            None => self.cross::<FUSED>(&series, h),
        }
    }

    /// The spike of a series that has reached the peak `until` \[ms\] after its start.
    #[inline(always)]
    fn cross<const FUSED: bool>(&mut self, series: &Series<TERMS>, until: f64) -> End {
        let time = series.crossing::<FUSED>(until, self.system.peak);
        // Four to six evaluations of the series.
        self.count(0, 5 * (6 * TERMS as u64 + 25));
        let point = series.at::<FUSED>(time);
        End::Spike { time, k: fma::<FUSED>(self.system.beta, ln::<FUSED>(point.y), point.j) }
    }

    /// The state `h` ms after (w, k) in an upstroke, W(h) being known roughly; `None` where collocation does not apply or W(h)
    /// is not below the peak.
    #[inline(always)]
    fn upstroke_for<const FUSED: bool, V: Simd>(
        &mut self,
        simd: V,
        w: f64,
        k: f64,
        h: f64,
        mut w_end: f64,
    ) -> Option<End> {
        for _ in 0..MOST_CORRECTIONS {
            if !(w_end > w && w_end < self.system.peak) {
                return None;
            }
            let point = self.collocate::<FUSED, V>(simd, w, k, w_end)?;
            let (relative, w, k) = self.correct(w_end, &point, h);
            // What is left is of the square of a correction, and smaller by K s².
            if relative.abs() <= 1e-3 {
                return (w > 0.0 && w < self.system.peak).then_some(End::Smooth { w, k });
            }
            w_end = w;
        }
        None
    }

    /// From W = `w` reached at `point.time` to the time `h`, in s = −1/W with s' = 1 + K s²: the change of s, relative, and
    /// (W, K) there. ∫ W dt = −ln(s/s_0)/(1 + K s²).
    #[inline(always)]
    fn correct(&self, w: f64, point: &Peak<NODES>, h: f64) -> (f64, f64, f64) {
        let left = h - point.time;
        let s = -1.0 / w;
        let slope = 1.0 + point.k * s * s;
        let relative = slope * left / s;
        let source = self.source().after(h) - self.system.alpha * point.k;
        let k = point.k + source * left + self.system.beta * relative.ln_1p() / slope;
        (relative, w / (1.0 + relative), k)
    }

    /// The upstroke from (w, k) to W = `target` on the Gauss nodes.
    #[inline(always)]
    fn collocate<const FUSED: bool, V: Simd>(&mut self, simd: V, w: f64, k: f64, target: f64) -> Option<Peak<NODES>> {
        let system = NormalForm { peak: target, ..self.system };
        // Sweeps until their error is a tenth of the quadrature's, as estimated by `upstroke`.
        let length = (target / w).ln();
        let quadrature = (64.0 / 15.0 * length / w * ellipse(length).powi(-2 * NODES as i32)).max(1e-15);
        let rate = self.source[0].abs() + system.alpha.abs() * k.abs() + system.beta.abs() * w;
        let demand = Demand { time: 0.1 * quadrature, k: 0.1 * quadrature * rate };
        let peak = upstroke::<NODES, FUSED, V>(simd, &system, w, k, self.source(), demand)?;
        let nodes = NODES as u64;
        self.count(nodes * (peak.sweeps + 1), upstroke::flops(nodes, peak.sweeps) + 30);
        Some(peak)
    }

    #[inline(always)]
    fn count(&mut self, evaluations: u64, flops: u64) {
        self.cost = self.cost + Cost::new(evaluations, flops);
    }

    #[inline(always)]
    fn whole_step<const FUSED: bool, V: Simd>(
        &mut self,
        simd: V,
        state: State,
        step: &Step<'_>,
        spikes: &mut Vec<f64>,
    ) -> Result<State, Runaway> {
        let dt = step.input.length();
        let NormalForm { k2, half_k1, peak, reset, jump, .. } = self.system;
        let omega = step.input.omega();
        let mut input = step.input;
        let now = input.smooth_value(0.0);
        let mut w = k2 * state.v + half_k1;
        let mut k = k2 * (now - state.u) + self.origin;
        self.count(0, 5);
        let mut elapsed = 0.0;
        let mut found = 0;
        if w >= peak {
            spikes.push(step.start);
            (w, k, found) = (reset, k - jump, 1);
        }
        for _ in 0..MOST_PARTS {
            self.load(&input);
            let room = input.smooth_length();
            let h = self.reach(w, k, room, omega);
            let taken = match self.part::<FUSED, V>(simd, w, k, h) {
                End::Smooth { w: w_end, k: k_end } => {
                    (w, k) = (w_end, k_end);
                    h
                }
                End::Spike { time, k: k_end } => {
                    (w, k) = (reset, k_end - jump);
                    elapsed += time;
                    spikes.push(step.start + elapsed);
                    elapsed -= time;
                    found += 1;
                    time
                }
            };
            elapsed += taken;
            let before = input.smooth_value(taken);
            if !(dt - elapsed > dt * f64::EPSILON && w.is_finite() && k.is_finite()) {
                self.count(0, 5);
                return Ok(State { v: self.system.v(w), u: before - (k - self.origin) / k2 });
            }
            if found > MAX_SPIKES_PER_STEP {
                break;
            }
            input = step.input.part(elapsed / dt, dt - elapsed);
            k += k2 * (input.smooth_value(0.0) - before);
        }
        Err(Runaway)
    }
}

impl<const TERMS: usize, const NODES: usize> Stepper for Projective<TERMS, NODES> {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        let arch = self.arch;
        dispatch_256(arch, Fused { scheme: self, state, step, spikes })
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}

/// A step inside a context that has the processor's fused operations.
struct Fused<'r, 's, const TERMS: usize, const NODES: usize> {
    scheme: &'r mut Projective<TERMS, NODES>,
    state: State,
    step: &'r Step<'s>,
    spikes: &'r mut Vec<f64>,
}

impl<const TERMS: usize, const NODES: usize> pulp::WithSimd for Fused<'_, '_, TERMS, NODES> {
    type Output = Result<State, Runaway>;

    #[inline(always)]
    fn with_simd<V: Simd>(self, simd: V) -> Self::Output {
        // Every vector instruction set of pulp has fused multiply-add; the scalar fallback may not.
        if V::IS_SCALAR {
            self.scheme.whole_step::<false, V>(simd, self.state, self.step, self.spikes)
        } else {
            self.scheme.whole_step::<true, V>(simd, self.state, self.step, self.spikes)
        }
    }
}
