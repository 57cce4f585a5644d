//! A step of a run by power series.

use pulp::Simd;

use crate::model::arithmetic::{DoubleDouble, UNIT_ROUNDOFF, rough_log2};
use crate::model::normal_form::{NormalForm, NormalState};

use super::account::End;
use super::control::{Control, rough_exp2};
use super::elementary::ln;
use super::rows::Rows;
use super::run::Run;
use super::series::Series;
use super::upstroke::Source;
use super::way::{Reached, Way};

/// The part of the way to the next breakpoint that a short series has to cover.
const SHORTEST: f64 = 0.9;

impl Run {
    /// A step by a series of N terms, whose length is about `guess` \[ms\]. `None` if one that was to be `SHORT`
    /// turns out to be too short.
    #[inline(always)]
    pub(super) fn series<const N: usize, const SHORT: bool, const FUSED: bool, V: Simd>(
        &mut self,
        simd: V,
        way: &Way,
        source: Source<'_>,
        control: &Control,
        guess: f64,
    ) -> Option<Reached> {
        let (system, Way { now, room, target }) = (self.system, *way);
        let series = Series::<N>::about::<FUSED>(&system, now.w, now.k, source.series);
        self.evaluations += N as u64;
        self.flops += Series::<N>::FLOPS + 6 * N as u64 + 60;
        let limit = if SHORT { room } else { 0.0 };
        let free = control.step(&series, &system, (now.w, now.k), source.series[0], guess, limit);
        if SHORT && free < SHORTEST * room {
            return None;
        }
        let h = free.min(room);
        let end = series.at::<FUSED>(h);
        let log_y = ln::<FUSED>(end.y);
        let (w, k) = (-end.slope / end.y, end.j + system.beta * log_y);
        // Until when W has reached the peak, if it has.
        let until = if end.y > 0.0 && end.slope + system.peak * end.y > 0.0 {
            let inside = series.beyond(&system, h, [(now.w, now.k), (w, k)], source.most(h));
            if inside.margin < f64::INFINITY {
                self.account.near_miss(inside.margin);
            }
            inside.until
        } else {
            Some(h)
        };
        let Some(until) = until else {
            let local = local_errors(&system, &series, h, end.y, (now.w, now.k), (w, k));
            let end = End { y: end.y, log_y, w, k };
            self.account.step(simd, &system, source, &series, ((now.w, now.k), &end), (h, local));
            let time = if free < room { now.time.plus(h) } else { DoubleDouble::from(target) };
            return Some(Reached::Time { state: NormalState { time, w, k }, free });
        };
        let t = series.crossing::<FUSED>(until, system.peak);
        let point = series.at::<FUSED>(t);
        self.flops += 4 * 6 * N as u64;
        let (w, k) = point.state(&system);
        let local = local_errors(&system, &series, t, point.y, (now.w, now.k), (w, k));
        let end = End { y: point.y, log_y: point.y.ln(), w, k };
        self.account.step(simd, &system, source, &series, ((now.w, now.k), &end), (t, local));
        let (rate_w, rate_k) = system.field(system.peak, k, source.after(t));
        self.account.spike(Rows::crossing(rate_w, rate_k), 2.0 * UNIT_ROUNDOFF * t, 0.0, [0.0; 2], rate_k);
        Some(Reached::Peak { time: t, k })
    }
}

/// Errors of (W, K) at the end of a step: the terms left out, and rounding.
#[inline(always)]
fn local_errors<const N: usize>(
    system: &NormalForm,
    series: &Series<N>,
    h: f64,
    y: f64,
    start: (f64, f64),
    end: (f64, f64),
) -> [f64; 2] {
    // What a series leaves out, from the largest of its last three terms and the ratio of those to the three before: terms can
    // be small by chance, three of them in a row, where two kinds of singularities take turns.
    let (square, power) = (h * h, h.powi(N as i32 - 6));
    let cube = square * h;
    let last = |c: &[f64; N]| {
        let three = |n: usize| c[n].abs().max(c[n + 1].abs() * h).max(c[n + 2].abs() * square);
        let (older, newer) = (three(N - 6).max(f64::MIN_POSITIVE), cube * three(N - 3));
        let ratio = rough_exp2((rough_log2(newer) - rough_log2(older)) * (1.0 / 3.0)).clamp(0.1, 0.85);
        power * newer * ratio / (1.0 - ratio)
    };
    let (error_y, error_j) = (last(&series.y), last(&series.j));
    let relative = error_y / y;
    let (w, k) = (start.0.abs().max(end.0.abs()), start.1.abs().max(end.1.abs()));
    // The series is summed with a few roundings of its largest terms.
    let rounding = 4.0 * UNIT_ROUNDOFF;
    [
        relative * (N as f64 / h + w) + rounding * (w + k * h),
        error_j + system.beta.abs() * relative + rounding * (k + system.beta.abs()),
    ]
}
