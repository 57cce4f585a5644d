//! The power series of one step of the linearised form (the derivation is in the [module](super)).

use crate::model::normal_form::NormalForm;
use crate::model::taylor_series::{Coefficients, MAX_ORDER, RECIPROCAL};

/// x y + z, in one operation where the processor has it (`FUSED`), in two elsewhere.
#[inline(always)]
pub(crate) fn fma<const FUSED: bool>(x: f64, y: f64, z: f64) -> f64 {
    if FUSED { x.mul_add(y, z) } else { x * y + z }
}

/// Repeats a block with `$n` the constants 0, 1, 2, … below `$end`: what a loop does, but unrolled whatever its length, so that
/// the arrays are addressed by constants. (Left to itself the compiler keeps the loop and spends as much on indices as on
/// arithmetic.)
macro_rules! unrolled {
    ($n:ident < $end:expr, $body:block) => {
        unrolled!(@ $n, $end, $body, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30)
    };
    (@ $n:ident, $end:expr, $body:block, $($value:literal)*) => {
        $(
            #[allow(clippy::absurd_extreme_comparisons, clippy::out_of_bounds_indexing, unused_comparisons)]
            if $value < $end {
                #[allow(non_upper_case_globals)]
                const $n: usize = $value;
                $body
            }
        )*
    };
}

pub(crate) use unrolled;

/// Σ_{first ≤ i < n − first} x_i y_{n−1−i}, from the middle outwards: the newest coefficients come last, so that all the
/// rest can be summed before they are known.
#[inline(always)]
fn cauchy<const FUSED: bool>(x: &[f64], y: &[f64], first: usize, n: usize) -> f64 {
    let middle = n / 2;
    let mut sum = if n % 2 == 1 { x[middle] * y[middle] } else { 0.0 };
    for away in 0..middle - first.min(middle) {
        let (left, right) = (middle - 1 - away, n - middle + away);
        sum = fma::<FUSED>(x[left], y[right], sum);
        sum = fma::<FUSED>(x[right], y[left], sum);
    }
    sum
}

/// The same sum of products of x with itself, every pair once: Σ_{1 ≤ i < (n−1)/2} x_i x_{n−1−i}, from the middle outwards.
#[inline(always)]
fn pairs<const FUSED: bool>(x: &[f64], n: usize) -> f64 {
    let middle = n / 2;
    let mut sum = 0.0;
    for away in 0..middle.saturating_sub(1) {
        sum = fma::<FUSED>(x[middle - 1 - away], x[n - middle + away], sum);
    }
    sum
}

/// Coefficients of y and J about the start of a step, N of each: y(t) = Σ y_n tⁿ, J(t) = Σ J_n tⁿ, n = 0 … N − 1.
///
/// With y(0) = 1, y'(0) = −W(0), J(0) = K(0):
///
/// ```text
/// W_{n+1} = (Σ_{i≤n} W_i W_{n−i} + K_n)/(n+1)          J_{n+1} = (E_n − α K_n)/(n+1)
/// K_{n+1} = J_{n+1} − β W_n/(n+1)                       y_{n+2} = −Σ_{i≤n} K_i y_{n−i} / ((n+1)(n+2))
/// ```
#[derive(Clone, Copy, Debug)]
pub(crate) struct Series<const N: usize> {
    pub(crate) y: [f64; N],
    pub(crate) j: [f64; N],
    beta: f64,
}

/// y, y' and J at one time of a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) y: f64,
    /// y' \[1/ms\].
    pub(crate) slope: f64,
    /// J \[1/ms²\].
    pub(crate) j: f64,
}

impl Point {
    /// (W, K) \[1/ms, 1/ms²\]; not a number beyond the blow-up, where y < 0.
    #[inline(always)]
    pub(crate) fn state(self, system: &NormalForm) -> (f64, f64) {
        (-self.slope / self.y, self.j + system.beta * self.y.ln())
    }
}

impl<const N: usize> Series<N> {
    /// The series about W = `w` \[1/ms\], K = `k` \[1/ms²\]; `source` has the Taylor coefficients of E \[1/ms³ …\].
    #[inline(always)]
    pub(crate) fn about<const FUSED: bool>(system: &NormalForm, w: f64, k: f64, source: &Coefficients) -> Self {
        const { assert!(N >= 4 && N <= MAX_ORDER + 1) };
        let (mut y, mut j, mut ks, mut ws) = ([0.0; N], [0.0; N], [0.0; N], [0.0; N]);
        (y[0], y[1], j[0], ks[0], ws[0]) = (1.0, -w, k, k, w);
        let (alpha, beta) = (system.alpha, system.beta);
        unrolled!(n < N - 1, {
            const R: f64 = RECIPROCAL[n];
            // W_{N−1} would enter K_N, which y_{N−1} does not need.
            if n + 2 < N {
                // Of Σ W_i W_{n−i} every pair comes twice, the middle one of an even n once. The newest, W_n, meets W_0 alone.
                let twice = 2.0 * pairs::<FUSED>(&ws, n + 1);
                let middle =
                    if n.is_multiple_of(2) && n > 0 { fma::<FUSED>(ws[n / 2], ws[n / 2], twice) } else { twice };
                let older = fma::<FUSED>(ks[n], R, middle * R);
                ws[n + 1] = fma::<FUSED>(if n == 0 { w } else { 2.0 * w * R }, ws[n], older);
            }
            let driven = source[n] * R;
            j[n + 1] = fma::<FUSED>(-alpha * R, ks[n], driven);
            ks[n + 1] = fma::<FUSED>(-alpha * R, ks[n], fma::<FUSED>(-beta * R, ws[n], driven));
            if n + 2 < N {
                let sum = fma::<FUSED>(ks[0], y[n], cauchy::<FUSED>(&ks, &y, 1, n + 1));
                let sum = if n == 0 { k } else { sum + ks[n] };
                y[n + 2] = sum * (-R * RECIPROCAL[n + 1]);
            }
        });
        Series { y, j, beta }
    }

    /// Floating-point operations of [`about`](Self::about).
    pub(crate) const FLOPS: u64 = {
        let (mut n, mut flops) = (0, 0);
        while n + 1 < N {
            flops += n as u64 + 10 + 2 * (n as u64 + 1) + 2;
            n += 1;
        }
        flops
    };

    /// y, y' and J at `t` \[ms\] after the start.
    #[inline(always)]
    pub(crate) fn at<const FUSED: bool>(&self, t: f64) -> Point {
        // Even and odd powers apart, y = E(t²) + t O(t²), which halves the latency: y' = 2 t E' + O + 2 t² O'.
        let square = t * t;
        let (mut even, mut odd, mut j_even, mut j_odd) = (0.0, 0.0, 0.0, 0.0);
        let (mut even_slope, mut odd_slope) = (0.0, 0.0);
        for i in (0..N.div_ceil(2)).rev() {
            even_slope = fma::<FUSED>(even_slope, square, even);
            odd_slope = fma::<FUSED>(odd_slope, square, odd);
            even = fma::<FUSED>(even, square, self.y[2 * i]);
            j_even = fma::<FUSED>(j_even, square, self.j[2 * i]);
            if 2 * i + 1 < N {
                odd = fma::<FUSED>(odd, square, self.y[2 * i + 1]);
                j_odd = fma::<FUSED>(j_odd, square, self.j[2 * i + 1]);
            }
        }
        let slope = fma::<FUSED>(2.0 * t, fma::<FUSED>(odd_slope, t, even_slope), odd);
        Point { y: fma::<FUSED>(odd, t, even), slope, j: fma::<FUSED>(j_odd, t, j_even) }
    }

    /// The time \[ms\] in (0, `h`] at which W reaches `peak` \[1/ms\]: the first zero of P = y' + W_p y, P(0) > 0 and
    /// P(h) ≤ 0 (or y(h) ≤ 0) given.
    ///
    /// W = −y'/y makes P = (W_p − W) y. As P'' = −K P to leading order, a Newton step −P/P' with its correction −K x³/3 is
    /// of third order; it is replaced by a halving where it would leave the bracket.
    #[inline(always)]
    pub(crate) fn crossing<const FUSED: bool>(&self, h: f64, peak: f64) -> f64 {
        let (mut left, mut right) = (0.0, h);
        // Where −1/W would reach −1/W_p at its slope of at least one, as it nearly does in the upstroke.
        let w = -self.y[1];
        let mut t = if w > 0.0 { (1.0 / w - 1.0 / peak).clamp(0.0, h) } else { 0.5 * h };
        for _ in 0..100 {
            let point = self.at::<FUSED>(t);
            let p = fma::<FUSED>(peak, point.y, point.slope);
            // Left of the zero both y and P are positive.
            let before = p > 0.0 && point.y > 0.0;
            if before {
                left = t;
            } else {
                right = t;
            }
            let k = if point.y > 0.0 { self.beta.mul_add(point.y.ln(), point.j) } else { point.j };
            let newton = -p / (peak * point.slope - k * point.y);
            let step = newton - k * newton * newton * newton / 3.0;
            let next = t + step;
            // Third order: after a step below 1e-6 of h what is left is below 1e-16 of it.
            let inside = next >= left && next <= right;
            if inside && step.abs() <= 1e-6 * h {
                return next;
            }
            t = if inside { next } else { 0.5 * (left + right) };
            if right - left <= f64::EPSILON * right {
                return right;
            }
        }
        t
    }
}

/// What a look inside a step has found of W at the peak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inside {
    /// A time \[ms\] at which W is at the peak or beyond; `None` where there is none.
    pub(crate) until: Option<f64>,
    /// How far \[1/ms\] W there, or at its highest, is from the peak: an error of W as large would change the answer.
    pub(crate) margin: f64,
}

impl<const N: usize> Series<N> {
    /// Looks whether W is at the peak or beyond inside a step of `h` \[ms\], though it is below at both `ends`, given as (W, K). |E| is at
    /// most `source` \[1/ms³\] inside the step.
    ///
    /// Coming back, W' = W² + K ≤ 0 at the peak, so that K was at most −W_p². From there to the end, where W was below the peak
    /// again, K cannot have risen faster than K' = E − α K − β W allows: that leaves out nearly every step.
    #[inline(always)]
    pub(crate) fn beyond(&self, system: &NormalForm, h: f64, ends: [(f64, f64); 2], source: f64) -> Inside {
        let ([(w0, k0), (w1, k1)], peak) = (ends, system.peak);
        let w = w0.abs().max(w1.abs()).max(peak.abs());
        let k = k0.abs().max(k1.abs()).max(peak * peak);
        let rise = source + system.alpha.abs() * k + system.beta.abs() * w;
        if k1 - rise * h > -peak * peak {
            return Inside { until: None, margin: f64::INFINITY };
        }
        self.look_inside(h, peak)
    }

    /// [`beyond`](Self::beyond), by looking: P = y' + W_p y, positive at the ends, has a minimum inside that is not.
    ///
    /// P' = W_p y' − K y is looked at in [`LOOKS`](Self::LOOKS) places; between two of them a polynomial of N terms, of which the last do
    /// not count, turns once at the most.
    #[cold]
    fn look_inside(&self, h: f64, peak: f64) -> Inside {
        let mut found = Inside { until: None, margin: f64::INFINITY };
        let mut at = |t: f64| {
            let point = self.at::<false>(t);
            let k = self.beta.mul_add(point.y.ln(), point.j);
            let p = peak.mul_add(point.y, point.slope);
            let below = p > 0.0 && point.y > 0.0;
            // P = (W_p − W) y.
            let margin = if point.y > 0.0 { (p / point.y).abs() } else { f64::INFINITY };
            found = if below {
                Inside { margin: found.margin.min(margin), ..found }
            } else {
                Inside { until: Some(t), margin }
            };
            (below, peak * point.slope - k * point.y)
        };
        let (mut left, mut falls) = (0.0, at(0.0).1 < 0.0);
        'looking: for i in 1..=Self::LOOKS {
            let t = h * i as f64 / Self::LOOKS as f64;
            let (below, slope) = at(t);
            if !below {
                break;
            }
            if falls && slope > 0.0 {
                let (mut low, mut high) = (left, t);
                while high - low > f64::EPSILON * high {
                    let middle = 0.5 * (low + high);
                    let (below, slope) = at(middle);
                    if !below {
                        break 'looking;
                    }
                    *(if slope < 0.0 { &mut low } else { &mut high }) = middle;
                }
            }
            (left, falls) = (t, slope < 0.0);
        }
        found
    }

    /// Places of a step at which [`look_inside`](Self::look_inside) looks.
    const LOOKS: usize = 32;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::taylor;
    use crate::{Neuron, Problem, State, Stimulus};

    const RS: Neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);

    fn coefficients(constant: f64) -> Coefficients {
        let mut source = [0.0; MAX_ORDER + 1];
        source[0] = constant;
        source
    }

    fn problem(initial: State, input: f64) -> Problem {
        Problem { neuron: RS, stimulus: Stimulus::constant(input), initial, duration: 4.0 }
    }

    fn series<const N: usize>(problem: &Problem) -> (NormalForm, Series<N>) {
        let system = NormalForm::new(&problem.neuron);
        let input = problem.stimulus.pieces()[0].value;
        let (w, k) = system.normalise(problem.initial, input);
        let source = coefficients(system.constant + system.alpha * system.k2 * input);
        (system, Series::about::<false>(&system, w, k, &source))
    }

    #[test]
    fn a_step_is_that_of_the_taylor_solver() {
        // From the slow manifold, over the ghost of the saddle-node, and on the way to a spike.
        for (v, u, input) in [(-65.0, -13.0, 10.0), (-62.0, -9.0, 10.0), (-60.0, 0.0, 20.0), (-80.0, 5.0, -30.0)] {
            let problem = problem(State::new(v, u), input);
            let (system, series) = series::<24>(&problem);
            let t = 0.5;
            let (w, k) = series.at::<false>(t).state(&system);
            let exact = taylor::solve(&problem, taylor::TOLERANCE).state(t);
            let (v, u) = (system.v(w), system.u(k, input));
            // The series' terms fall below rounding at t = 0.5; v and u carry a few roundings of numbers up to 160.
            assert!((v - exact.v).abs() < 1e-12 && (u - exact.u).abs() < 1e-12, "{v} {u} {exact:?}");
        }
    }

    #[test]
    fn the_spike_is_where_the_taylor_solver_finds_it() {
        // From W = 2.5/ms to 3.7/ms: a third of the way to the blow-up, so that 28 terms are at rounding.
        let problem = problem(State::new(0.0, -8.0), 20.0);
        let (system, series) = series::<28>(&problem);
        let t = series.crossing::<false>(0.3, system.peak);
        let exact = taylor::solve(&problem, taylor::TOLERANCE).spikes.times()[0];
        assert!((t - exact).abs() < 1e-15, "{t} {exact}");
    }
}
