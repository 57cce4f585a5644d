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
//! with exact Jacobians: `truth::bound`. Here 10 to 30 % are good enough.)

use super::number::Number;
use crate::truth::taylor::system::Normal;

/// What a step does to an error, and the error it adds.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// M, by rows.
    m: [f64; 4],
    /// Local errors of W and K at the end of the step.
    local: [f64; 2],
    /// What a shift of the whole trajectory by one unit of time adds to W and K over the step.
    kick: [f64; 2],
}

/// Where a step ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End<T> {
    pub(crate) y: T,
    pub(crate) log_y: T,
    pub(crate) w: T,
}

/// Rows of ∂(t, K)/∂(W, K) at the last point before a spike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows {
    pub(crate) t: [f64; 2],
    pub(crate) k: [f64; 2],
}

impl Rows {
    /// At the crossing itself: δt = −δW/W', δK = δK + K' δt.
    #[inline(always)]
    pub(crate) fn crossing(rate_w: f64, rate_k: f64) -> Self {
        let inverse = 1.0 / rate_w;
        Rows { t: [-inverse, 0.0], k: [-rate_k * inverse, 1.0] }
    }

    /// At the start of an upstroke of `time`: t = ∫ dW/(W² + K), of which ∂/∂W is exact, and ∂/∂K = −∫ dW/(W² + K)² is
    /// between 0.33 and 0.37 of −t/(W² + K) for 0 ≤ K ≤ W².
    #[inline(always)]
    pub(crate) fn upstroke(system: &Normal, rate_w: f64, rate_k: f64, time: f64) -> Self {
        let inverse = 1.0 / rate_w;
        let decay = system.alpha * time;
        let along = 1.0 / (1.0 + decay + 0.5 * decay * decay) + 0.5 * system.beta.abs() * inverse;
        Rows { t: [-inverse, -0.37 * time * inverse], k: [-rate_k * inverse, along] }
    }
}

/// |∂t/∂K| \[ms³\] before any spike: what regular spiking at moderate input has.
pub(crate) const FIRST_WEIGHT: f64 = 100.0;

/// What local errors are multiplied by: the tail of a series and the Jacobians are known to a few tens of percent each.
const SAFETY: f64 = 2.0;

/// The estimate.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    log: Vec<Entry>,
    /// Sums of squares and products of the errors of (t, K) by each of `sources` local errors: tt, tK, KK.
    squares: [f64; 3],
    sources: f64,
    /// Of the last spike's time \[ms\].
    pub(crate) time: f64,
    /// Of K at the last spike \[1/ms²\].
    pub(crate) k: f64,
    /// The largest of any spike time \[ms\].
    pub(crate) largest: f64,
    /// What the local errors since the spike before the last add to the time of the last and, through K, of later ones \[ms\].
    pub(crate) fresh: f64,
    /// Local errors of (t, K) at the last spike, all those since the spike before together, as they were given.
    pub(crate) local: [f64; 2],
    /// The largest |∂t/∂K| met lately \[ms³\].
    pub(crate) weight: f64,
}

impl Account {
    pub(crate) fn new() -> Self {
        Account {
            log: Vec::with_capacity(64),
            squares: [0.0; 3],
            sources: 0.0,
            time: 0.0,
            k: 0.0,
            largest: 0.0,
            fresh: 0.0,
            local: [0.0; 2],
            weight: FIRST_WEIGHT,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.log.clear();
        (self.squares, self.sources) = ([0.0; 3], 0.0);
        (self.time, self.k, self.largest, self.fresh, self.weight) = (0.0, 0.0, 0.0, 0.0, FIRST_WEIGHT);
    }

    /// A step of `h` \[ms\] from W = `start` to W = `end` with y(h) = `y` and ln y(h) = `log_y`, local errors `local` of (W, K),
    /// and E changing by `change` over it.
    #[inline(always)]
    pub(crate) fn step(&mut self, system: &Normal, h: f64, start: f64, end: &End<f64>, local: [f64; 2], change: f64) {
        self.record(matrix(system.alpha, system.beta, h, start, end), h, local, change);
    }

    /// The same, the Jacobian `m` of the step being known.
    #[inline(always)]
    pub(crate) fn record(&mut self, m: [f64; 4], h: f64, local: [f64; 2], change: f64) {
        self.log.push(Entry { m, local, kick: [0.5 * h * change, change] });
    }

    /// A jump of the input that moves W' and K' by `kick`.
    pub(crate) fn jump(&mut self, kick: [f64; 2]) {
        self.log.push(Entry { m: [1.0, 0.0, 0.0, 1.0], local: [0.0; 2], kick });
    }

    /// An interval taken in one, from a reset to the next spike under a constant input: `slope` is ∂(t, K)/∂K, `error` that of
    /// (t, K).
    pub(crate) fn interval(&mut self, slope: [f64; 2], error: [f64; 2]) {
        let weight = self.weight;
        self.spike(Rows { t: [0.0, slope[0]], k: [0.0, slope[1]] }, error[0], error[1], 0.0);
        // That of the steps, which this knows nothing of.
        self.weight = weight;
    }

    /// A spike, with `rows` at the end of the last step logged, and errors `time` \[ms\] and `k` \[1/ms²\] of its own.
    #[inline(always)]
    ///
    /// `change` is that of E over the upstroke, which acts on K for half of it in the mean.
    pub(crate) fn spike(&mut self, rows: Rows, time: f64, k: f64, change: f64) {
        let Rows { t: [mut tw, mut tk], k: [mut cw, mut ck] } = rows;
        let (mut local_t, mut local_k) = (time, k);
        let (mut shift_t, mut shift_k) = (0.5 * tk * change, 0.5 * ck * change);
        let mut weight = tk.abs();
        for Entry { m, local, kick } in self.log.iter().rev() {
            local_t += tw.abs() * local[0] + tk.abs() * local[1];
            local_k += cw.abs() * local[0] + ck.abs() * local[1];
            shift_t += tw * kick[0] + tk * kick[1];
            shift_k += cw * kick[0] + ck * kick[1];
            (tw, tk) = (tw * m[0] + tk * m[2], tw * m[1] + tk * m[3]);
            (cw, ck) = (cw * m[0] + ck * m[2], cw * m[1] + ck * m[3]);
            weight = weight.max(tk.abs());
        }
        self.local = [local_t, local_k];
        (local_t, local_k) = (SAFETY * local_t, SAFETY * local_k);
        self.log.clear();
        let (before_t, before_k) = (self.time, self.k);
        self.time = (1.0 + shift_t).abs() * before_t + tk.abs() * before_k + local_t;
        self.k = shift_k.abs() * before_t + ck.abs() * before_k + local_k;
        // Where a varying input draws spikes back in time, the errors of t and K cancel, which sums of absolute values do not
        // see. The squares of the effects of every local error do: |Σ c_i| ≤ √(n Σ c_i²).
        let ([tt, cross, kk], stay) = (self.squares, 1.0 + shift_t);
        self.squares = [
            stay * stay * tt + 2.0 * stay * tk * cross + tk * tk * kk + local_t * local_t,
            stay * shift_k * tt + (stay * ck + tk * shift_k) * cross + tk * ck * kk,
            shift_k * shift_k * tt + 2.0 * shift_k * ck * cross + ck * ck * kk + local_k * local_k,
        ];
        self.sources += 2.0;
        self.time = self.time.min((self.sources * self.squares[0]).sqrt());
        self.k = self.k.min((self.sources * self.squares[2]).sqrt());
        // Not a number, once it appears, has to stay.
        if self.time > self.largest || self.time.is_nan() {
            self.largest = self.time;
        }
        // In a burst the interval before the next may be a hundred times as sensitive as those inside.
        self.weight = weight.max(0.99 * self.weight);
        // An error of K goes on to all later spikes, shrinking by the factor ck each time.
        self.fresh = local_t + tk.abs() * local_k / (1.0 - ck.abs().min(0.9));
    }
}

/// M, by rows, of a step of `h` \[ms\] from W = `start` to `end`.
#[inline(always)]
pub(crate) fn matrix<T: Number>(alpha: T, beta: T, h: T, start: T, end: &End<T>) -> [T; 4] {
    let (one, half) = (h.of(1.0), h.of(0.5));
    let inverse = one / (end.y * end.y);
    // −ln q, and what the bend of ln q adds in the middle of the step: Simpson's rule has it with weight 2/3.
    let growth = h.of(-2.0) * end.log_y;
    let bend = (h.of(0.25) * h * (end.w - start)).max(h.of(-2.0)).min(h.of(2.0));
    let raised = one + h.of(2.0 / 3.0) * (bend + half * bend * bend).max(h.of(-0.4));
    let rate = h / growth;
    let mean = (inverse - one) * rate;
    let (back, forth) = ((h * inverse - mean) * rate, (mean - h) * rate);
    // Where q is one to 0.1 %, the quotients are replaced by their limits.
    let (curved, level) = (growth.abs() - h.of(1e-3), half * h * h);
    let mean = curved.if_positive(mean, h);
    let (back, forth) = (curved.if_positive(back, level), curved.if_positive(forth, level));
    let decay = alpha * h;
    let stay = one / (one + decay + half * decay * decay) / (one + beta * forth).max(half);
    [inverse - beta * back, mean * raised, -beta * mean / raised, stay]
}
