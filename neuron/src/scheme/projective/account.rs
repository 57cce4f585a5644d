//! The error of the spike times so far, estimated while the solution is computed.
//!
//! A step leaves a local error (e_W, e_K), which the flow carries to the next spike. The Jacobian of a step in the linear
//! form is known from its y(h) alone: for a given K(t), W and W + δW differ by δW/y² (difference two solutions −y'/y by their
//! Wronskian), and ∂W/∂K = ∫ y²(s) ds / y²(h). With y² taken as exponential between the ends of the step,
//!
//! ```text
//! M = ( 1/q     G  )        q = y(h)²,   G = h (1 − 1/q)/ln q
//!     ( −β G   e^{−αh} )
//! ```
//!
//! At a spike the rows of ∂(t, K)/∂(W, K) go backwards through the steps since the last one and weigh the local errors, which
//! are added in absolute value. What the last spike itself was off by, (δt, δK), starts the interval as
//! δ = −δt f + (0, δK), f the field after the reset. Under a constant input −δt f is the trajectory shifted by δt, and
//! arrives at the next spike as δt exactly; where the input changes, the shifted trajectory sees it at another time, which
//! adds δt k2 ΔI to W at a jump and δt ∫ E' = δt ΔE to K over a step. (The certified bound of the truth rests on the same equations
//! with exact Jacobians: `truth::bound`.)
//!
//! This M is wrong by 5 to 20 %, most of it along the flow. Where errors fade from one spike to the next that is good enough. Where they
//! grow, it is multiplied from interval to interval; whether it matters is seen by carrying the errors a second time with a map that is
//! worse by so much (`carried`). Then, where α h is large, and from the start under an input that varies, the M is that of `variation`, but
//! for steps in which W hardly turns.

use pulp::Simd;

use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::model::normal_form::NormalForm;

use super::carried::{Carried, Map};
use super::probes::{Errors, Probes};
use super::rows::Rows;
use super::series::Series;
use super::upstroke::{Peak, Source};
use super::variation::{self, Entry, exact};

/// Where a step ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) y: f64,
    pub(crate) log_y: f64,
    pub(crate) w: f64,
    pub(crate) k: f64,
}

/// |∂t/∂K| \[ms³\] before any spike: what regular spiking at moderate input has.
pub(crate) const FIRST_WEIGHT: f64 = 100.0;

/// What local errors are multiplied by: the tail of a series and the Jacobians are known to a few tens of percent each.
const SAFETY: f64 = 2.0;

/// How wrong an interval's Jacobian can be, as a part, when its steps are those of [`matrix`]: this, and half of (α h)², as
/// that takes recovery along to the first order in α h, and not beyond [`FIRST_ORDER`].
const DOUBT: f64 = 0.1;
const FIRST_ORDER: f64 = 0.5;
/// A doubtful estimate up to this many times the other is within what [`SAFETY`] covers.
const BELIEVED: f64 = 2.0;

/// How many times the error of W at the last step before a turn its distance from the peak has to be: the error grows up to the turn, by
/// a few times at the most, and is an estimate.
const NEAR: f64 = 10.0;

/// h² (W² + |K|) of a step up to which the M of [`matrix`] is good to 1e-3, and the same where α h is no more than [`SLOW`]: measured, then it
/// is good to 2e-3. Under an input that is constant over the step there is no kick besides.
const LITTLE: f64 = 0.02;
const LITTLE_IF_SLOW: f64 = 0.25;
const SLOW: f64 = 0.025;

/// Entries of the log of a neuron in a network, at the most.
const MOST_LOGGED: usize = 256;

/// ∫ 2|δW| dt up to which the end of a run after its last spike is believed.
const LINEAR: f64 = 1.0;

/// Variances of (W, K), their covariance, and ∫ 2|δW| dt, from the last spike over so many entries of the log.
#[derive(Clone, Copy, Debug)]
struct SoFar {
    entries: usize,
    ww: f64,
    wk: f64,
    kk: f64,
    nonlinear: f64,
}

/// The estimate.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    log: Vec<Entry>,
    /// The errors carried to some entry of the log.
    so_far: Option<SoFar>,
    /// (W', K') after the last reset \[1/ms², 1/ms³\].
    pub(crate) after_reset: [f64; 2],
    /// Jacobians are those of the variational equations.
    pub(crate) careful: bool,
    /// The errors, with M as it is known, and as if it were worse by [`DOUBT`].
    carried: Carried,
    doubtful: Carried,
    /// The largest α h of a step since the last spike.
    decay: f64,
    /// What the local errors since the spike before the last add to the time of the last and, through K, of later ones \[ms\].
    pub(crate) fresh: f64,
    /// Local errors of (t, K) at the last spike, all those since the spike before together, as they were given.
    pub(crate) local: [f64; 2],
    /// ∂(t, K)/∂K of the interval that ended with the last spike \[ms³, 1\].
    pub(crate) slope: [f64; 2],
    /// The largest |∂t/∂K| met lately \[ms³\].
    pub(crate) weight: f64,
    /// Errors with their signs, of a neuron in a network.
    pub(crate) probes: Option<Box<Probes>>,
}

impl Account {
    pub(crate) fn new() -> Self {
        Account {
            log: Vec::with_capacity(64),
            so_far: None,
            after_reset: [0.0; 2],
            careful: false,
            carried: Carried::default(),
            doubtful: Carried::default(),
            decay: 0.0,
            fresh: 0.0,
            local: [0.0; 2],
            slope: [0.0; 2],
            weight: FIRST_WEIGHT,
            probes: None,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.log.clear();
        self.so_far = None;
        (self.carried, self.doubtful) = (Carried::default(), Carried::default());
        (self.decay, self.fresh, self.weight) = (0.0, 0.0, FIRST_WEIGHT);
    }

    /// The error of the last spike \[ms\].
    pub(crate) fn last(&self) -> f64 {
        self.carried.time
    }

    /// The largest error of any spike \[ms\].
    pub(crate) fn largest(&self) -> f64 {
        self.carried.largest
    }

    /// Whether the estimate hangs on Jacobians better than those of [`matrix`]: errors grow from spike to spike, so that
    /// what is wrong with each interval is multiplied.
    pub(crate) fn is_doubtful(&self) -> bool {
        let (doubtful, plain) = (self.doubtful.largest, self.carried.largest);
        !self.careful && (doubtful.is_nan() || doubtful > BELIEVED * plain)
    }

    /// A step of `h` \[ms\] from (W, K) = `start`, where E is `source`, by `series` to `end`, with local errors `local` of (W, K).
    #[inline(always)]
    pub(crate) fn step<const N: usize, V: Simd>(
        &mut self,
        simd: V,
        system: &NormalForm,
        source: Source<'_>,
        series: &Series<N>,
        (start, end): ((f64, f64), &End),
        (h, local): (f64, [f64; 2]),
    ) {
        let ends = [start, (end.w, end.k)];
        // From one arrival or jump to the next W turns little, and the estimate is as good.
        let turn = h * h * (start.0 * start.0 + start.1.abs()).max(end.w * end.w + end.k.abs());
        let estimated = match self.probes {
            Some(_) => turn <= LITTLE,
            None => source.length <= 1 && system.alpha.abs() * h <= SLOW && turn <= LITTLE_IF_SLOW,
        };
        let entry = if self.careful && !estimated {
            exact::<N, V>(simd, system, series, source, (h, end.y), ends, local)
        } else {
            self.decay = self.decay.max(system.alpha.abs() * h);
            let change = source.after(h) - source.series[0];
            Entry { m: matrix(system, h, start.0, end), local, kick: [0.5 * h * change, change], h }
        };
        let entry = entry.along_flow(system, source, start, (end.w, end.k));
        if let Some(probes) = &mut self.probes {
            probes.settle(self.after_reset);
            probes.step(&entry.m, entry.local, h);
            if self.log.len() >= MOST_LOGGED {
                self.fold();
            }
        }
        self.log.push(entry);
    }

    /// A spike at the end of an upstroke to `peak` from (W, K) = `start`, where E is `source`.
    #[inline(always)]
    pub(crate) fn upstroke<const S: usize, V: Simd>(
        &mut self,
        simd: V,
        system: &NormalForm,
        source: Source<'_>,
        start: (f64, f64),
        peak: &Peak<S>,
    ) {
        let after = source.after(peak.time);
        let (_, peak_k) = system.field(system.peak, peak.k, after);
        let (rows, shift) = if self.careful {
            variation::upstroke(simd, system, source, start, peak)
        } else {
            let (rate_w, rate_k) = system.field(start.0, start.1, source.series[0]);
            let rows = Rows::upstroke(system, rate_w, rate_k, peak.time);
            let half = 0.5 * (after - source.series[0]);
            (rows, [half * rows.t[1], half * rows.k[1]])
        };
        let rounding = 4.0 * UNIT_ROUNDOFF;
        let time = peak.time_error + rounding * peak.time;
        let k = peak.k_error + rounding * (start.1.abs() + peak.k.abs());
        self.spike(rows, time, k, shift, peak_k);
    }

    /// A jump of the input that moves W' and, apart from what K does, K' by `kick`.
    pub(crate) fn jump(&mut self, kick: [f64; 2]) {
        self.log.push(Entry { m: [1.0, 0.0, 0.0, 1.0], local: [0.0; 2], kick, h: 0.0 });
    }

    /// Steps and jumps taken elsewhere, as one entry; the probes have been carried there.
    pub(crate) fn passed(&mut self, entry: Entry) {
        if self.log.len() >= MOST_LOGGED {
            self.fold();
        }
        self.log.push(entry);
    }

    /// Makes one entry of the whole log, so that it does not grow with all that arrives at a neuron that is silent.
    #[cold]
    fn fold(&mut self) {
        let apply = |m: &[f64; 4], x: [f64; 2]| [m[0] * x[0] + m[1] * x[1], m[2] * x[0] + m[3] * x[1]];
        let one = self.log.drain(..).reduce(|before, Entry { m, local, kick, h }| {
            let [a, b, c, d] = before.m;
            let ([aa, cc], [bb, dd]) = (apply(&m, [a, c]), apply(&m, [b, d]));
            let ([more_w, more_k], carried) = (apply(&m.map(f64::abs), before.local), apply(&m, before.kick));
            Entry {
                m: [aa, bb, cc, dd],
                local: [local[0] + more_w, local[1] + more_k],
                kick: [kick[0] + carried[0], kick[1] + carried[1]],
                h: before.h + h,
            }
        });
        self.log.extend(one);
        self.so_far = None;
    }

    /// A spike made by a jump, displaced by `times` \[ms\], at once: its time is that of the jump. K' = `rate_k` before it.
    pub(crate) fn fire(&mut self, rate_k: f64, times: &Errors) {
        let probes = self.probes.take();
        self.spike(Rows { t: [0.0; 2], k: [0.0, 1.0] }, 0.0, 0.0, [-1.0, -rate_k], rate_k);
        self.probes = probes;
        if let Some(probes) = &mut self.probes {
            probes.fire(times, rate_k);
        }
    }

    /// The end of the run, in which no spike tells what has become of the errors since the last. A spike can have been lost
    /// there: at the threshold a small error grows to any size. As δW' = 2 W δW + δK + δW², its linearisation holds while
    /// ∫ 2|δW| dt is small; the estimate is infinite where it is not.
    pub(crate) fn finish(&mut self) {
        let [_, nonlinear] = self.since_the_spike();
        if nonlinear.is_nan() || nonlinear > LINEAR {
            self.carried.largest = f64::INFINITY;
        }
    }

    /// W comes as near to the peak as `margin` \[1/ms\] and turns: the estimate is infinite where W is not known so well that it is on
    /// this side.
    #[cold]
    pub(crate) fn near_miss(&mut self, margin: f64) {
        if let Some(probes) = &mut self.probes {
            probes.settle(self.after_reset);
            probes.near_miss(margin);
            return;
        }
        let [error, _] = self.since_the_spike();
        if error.is_nan() || NEAR * error >= margin {
            self.carried.largest = f64::INFINITY;
        }
    }

    /// The error of W \[1/ms\] at the end of the last step, and ∫ 2|δW| dt since the last spike. Variances and not absolute values are
    /// carried, since errors turn around a focus. Steps are carried once, however often it is asked.
    fn since_the_spike(&mut self) -> [f64; 2] {
        let [rate_w, rate_k] = self.after_reset;
        let (time, k) = (self.carried.time, self.carried.k);
        let mut so_far = self.so_far.take().unwrap_or(SoFar {
            entries: 0,
            ww: (rate_w * time).powi(2),
            wk: rate_w * rate_k * time * time,
            kk: (rate_k * time).powi(2) + k * k,
            nonlinear: 0.0,
        });
        for Entry { m, local, kick, h } in &self.log[so_far.entries..] {
            let SoFar { ww, wk, kk, .. } = so_far;
            let add: [f64; 2] = std::array::from_fn(|i| (SAFETY * local[i]).powi(2) + (kick[i] * time).powi(2));
            so_far.ww = m[0] * m[0] * ww + 2.0 * m[0] * m[1] * wk + m[1] * m[1] * kk + add[0];
            so_far.wk = m[0] * m[2] * ww + (m[0] * m[3] + m[1] * m[2]) * wk + m[1] * m[3] * kk;
            so_far.kk = m[2] * m[2] * ww + 2.0 * m[2] * m[3] * wk + m[3] * m[3] * kk + add[1];
            so_far.nonlinear += 2.0 * h * ww.max(so_far.ww).sqrt();
        }
        so_far.entries = self.log.len();
        self.so_far = Some(so_far);
        [so_far.ww.sqrt(), so_far.nonlinear]
    }

    /// An interval taken in one, from a reset to the next spike under a constant input: `slope` is ∂(t, K)/∂K, `error` that of
    /// (t, K), `rate_k` is K' at the peak.
    pub(crate) fn interval(&mut self, slope: [f64; 2], error: [f64; 2], rate_k: f64) {
        let weight = self.weight;
        self.spike(Rows { t: [0.0, slope[0]], k: [0.0, slope[1]] }, error[0], error[1], [0.0; 2], rate_k);
        // That of the steps, which this knows nothing of.
        self.weight = weight;
    }

    /// A spike, with `rows` at the end of the last step logged, and errors `time` \[ms\] and `k` \[1/ms²\] of its own.
    ///
    /// `shift` is what a shift by a unit of time adds to t and K after that step; `rate_k` is K' at the peak.
    #[inline(always)]
    pub(crate) fn spike(&mut self, rows: Rows, time: f64, k: f64, shift: [f64; 2], rate_k: f64) {
        if let Some(probes) = &mut self.probes {
            probes.settle(self.after_reset);
            probes.spike(rows, time, k);
        }
        let Rows { t: [mut tw, mut tk], k: [mut cw, mut ck] } = rows;
        let (mut local_t, mut local_k) = (time, k);
        let [mut shift_t, mut shift_k] = shift;
        let mut shifts = shift_t.abs();
        let mut weight = tk.abs();
        for Entry { m, local, kick, .. } in self.log.iter().rev() {
            local_t += tw.abs() * local[0] + tk.abs() * local[1];
            local_k += cw.abs() * local[0] + ck.abs() * local[1];
            shift_t += tw * kick[0] + tk * kick[1];
            shift_k += cw * kick[0] + ck * kick[1];
            shifts += (tw * kick[0]).abs() + (tk * kick[1]).abs();
            (tw, tk) = (tw * m[0] + tk * m[2], tw * m[1] + tk * m[3]);
            (cw, ck) = (cw * m[0] + ck * m[2], cw * m[1] + ck * m[3]);
            weight = weight.max(tk.abs());
        }
        (self.local, self.slope) = ([local_t, local_k], [tk, ck]);
        self.log.clear();
        self.so_far = None;
        let local = [SAFETY * local_t, SAFETY * local_k];
        let map = Map { t: [1.0 + shift_t, tk], k: [shift_k, ck] };
        self.carried.advance(map, local);
        // Nothing is known of a Jacobian that is wrong in the first order.
        let doubt = if self.decay < FIRST_ORDER { DOUBT + 0.5 * self.decay * self.decay } else { f64::INFINITY };
        self.doubtful.advance(map.enlarged(doubt, shifts, rate_k), local);
        self.decay = 0.0;
        // In a burst the interval before the next may be a hundred times as sensitive as those inside.
        self.weight = weight.max(0.99 * self.weight);
        // An error of K goes on to all later spikes, shrinking by the factor ck each time.
        self.fresh = local[0] + tk.abs() * local[1] / (1.0 - ck.abs().min(0.9));
    }
}

/// M of a step of `h` \[ms\] from W = `start` to `end`, by rows.
#[inline(always)]
fn matrix(system: &NormalForm, h: f64, start: f64, end: &End) -> [f64; 4] {
    let (alpha, beta) = (system.alpha, system.beta);
    let inverse = 1.0 / (end.y * end.y);
    // −ln q, and what the bend of ln q adds in the middle of the step: Simpson's rule has it with weight 2/3.
    let growth = -2.0 * end.log_y;
    let bend = (0.25 * h * (end.w - start)).clamp(-2.0, 2.0);
    let raised = 1.0 + 2.0 / 3.0 * (bend + 0.5 * bend * bend).max(-0.4);
    let (mean, back, forth) = if growth.abs() > 1e-3 {
        let rate = h / growth;
        let mean = (inverse - 1.0) * rate;
        (mean, (h * inverse - mean) * rate, (mean - h) * rate)
    } else {
        (h, 0.5 * h * h, 0.5 * h * h)
    };
    let decay = alpha * h;
    let along = 1.0 / (1.0 + decay + 0.5 * decay * decay);
    let rate = growth + decay;
    let mean = if rate.abs() > 1e-3 { h * (inverse - along) / rate } else { mean };
    let stay = along / (1.0 + beta * forth).max(0.5);
    [inverse - beta * back, mean * raised, -beta * mean / raised, stay]
}
