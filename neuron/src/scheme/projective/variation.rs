//! The Jacobian of a stretch of the flow, where the estimate of [`account`](super::account) is not good enough.

use crate::model::normal_form::NormalForm;

use super::upstroke::Source;

/// W \[1/ms\] beyond which a spike is steep: where it rises further, what is small at a peak of 30 or 60 mV (3.7 and 4.9 per ms) is not.
pub(crate) const STEEP: f64 = 10.0;

/// What a step does to an error, and the error it adds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// M, by rows.
    pub(crate) m: [f64; 4],
    /// Local errors of W and K at the end of the step.
    pub(crate) local: [f64; 2],
    /// What a shift of the whole trajectory by one unit of time adds to W and K over the step.
    pub(crate) kick: [f64; 2],
    /// Length of the step \[ms\].
    pub(crate) h: f64,
}

impl Entry {
    /// The same; in a [`STEEP`] spike with an M that takes the field at `start` to that at `end`, as every flow does (the kick apart): of
    /// its two columns the first is put right. An error along the flow grows as W², and there it would be all that is left of M.
    #[inline(always)]
    pub(crate) fn along_flow(
        mut self,
        system: &NormalForm,
        source: Source<'_>,
        start: (f64, f64),
        end: (f64, f64),
    ) -> Self {
        if end.0 <= STEEP {
            return self;
        }
        let (w0, k0) = system.field(start.0, start.1, source.series[0]);
        let (w1, k1) = system.field(end.0, end.1, source.after(self.h));
        if w0 > 0.0 {
            let [_, wk, _, kk] = self.m;
            self.m[0] = (w1 - self.kick[0] - wk * k0) / w0;
            self.m[2] = (k1 - self.kick[1] - kk * k0) / w0;
        }
        self
    }
}

/// Length of a step of the classical Runge-Kutta method in units of 1/(|W| + √|K|). Along W' = W² it errs by less than
/// 1e-4 of the Jacobian for each factor e that W grows by: a few hundred intervals may multiply that.
const LENGTH: f64 = 0.2;
/// Steps at most, for a stretch of strong inhibition; beyond, they are longer.
const MOST_STEPS: f64 = 4000.0;

/// W, K, the Jacobian by rows, and what a shift of the input in time adds to W and K.
type Variables = [f64; 8];

/// M and the kick of the stretch of `h` \[ms\] from (W, K) = `start` \[1/ms, 1/ms²\], local errors being `local`:
///
/// ```text
/// δW' = 2 W δW + δK        δK' = −β δW − α δK (+ E' for the kick)
/// ```
///
/// solved with W' = W² + K, K' = E − β W − α K by the classical Runge-Kutta method.
#[inline(never)]
pub(crate) fn exact(system: &NormalForm, source: Source<'_>, start: (f64, f64), h: f64, local: [f64; 2]) -> Entry {
    let series = &source.series[..source.length];
    let field = |t: f64, x: &Variables| -> Variables {
        let (mut e, mut slope) = (0.0, 0.0);
        for c in series.iter().rev() {
            slope = slope * t + e;
            e = e * t + c;
        }
        let [w, k, ww, wk, kw, kk, shift_w, shift_k] = *x;
        let (alpha, beta) = (system.alpha, system.beta);
        [
            w * w + k,
            e - beta * w - alpha * k,
            2.0 * w * ww + kw,
            2.0 * w * wk + kk,
            -beta * ww - alpha * kw,
            -beta * wk - alpha * kk,
            2.0 * w * shift_w + shift_k,
            slope - beta * shift_w - alpha * shift_k,
        ]
    };
    let plus = |x: &Variables, h: f64, d: &Variables| -> Variables { std::array::from_fn(|i| x[i] + h * d[i]) };
    let (mut t, mut x) = (0.0, [start.0, start.1, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    loop {
        let rate = x[0].abs() + x[1].abs().sqrt() + system.alpha.abs();
        let step = (LENGTH / rate).max(h / MOST_STEPS);
        let (last, step) = (step >= h - t, step.min(h - t));
        let first = field(t, &x);
        let second = field(t + 0.5 * step, &plus(&x, 0.5 * step, &first));
        let third = field(t + 0.5 * step, &plus(&x, 0.5 * step, &second));
        let fourth = field(t + step, &plus(&x, step, &third));
        for i in 0..x.len() {
            x[i] += step / 6.0 * (first[i] + 2.0 * (second[i] + third[i]) + fourth[i]);
        }
        t += step;
        if last || t.is_nan() {
            break;
        }
    }
    Entry { m: [x[2], x[3], x[4], x[5]], local, kick: [x[6], x[7]], h }
}
