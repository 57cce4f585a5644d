//! Interpolation of the firing map among its samples (Newton's form), with an estimate of what it leaves out.
//!
//! The nodes x_0, x_1, … are the samples in the order of their distance from the argument x, and
//!
//! ```text
//! f(x) ≈ Σ_j c_j π_j(x)          c_j = f[x_0, …, x_j]          π_j = Π_{i<j} (x − x_i)
//! ```
//!
//! takes as many of them as it needs. The last term is the difference of the last two orders, thus the error of the one
//! before. A term can be small by chance, so that the error is taken as
//!
//! ```text
//! |c_j π_j| + |c_{j−1} π_{j−1}| |x − x_{j−1}| / (max x_i − min x_i)
//! ```
//!
//! whose second part is what the term before the last leaves for the last where f is analytic about x as far as the nodes
//! reach. Errors e_i of the samples enter c_j with at most e\[x_0, …, x_j\] = (e\[x_1, …\] + e\[…, x_{j−1}\])/|x_j − x_0|, so that
//! Σ_j e\[x_0, …, x_j\] |π_j| bounds their Lebesgue sum Σ |l_i(x)| e_i.

use crate::model::arithmetic::UNIT_ROUNDOFF;

/// An interspike interval that was integrated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// K after the reset \[1/ms²\].
    pub(crate) start: f64,
    /// Time to the spike \[ms\], and K before the next reset \[1/ms²\].
    pub(crate) value: [f64; 2],
    /// Errors of both.
    pub(crate) error: [f64; 2],
    /// Their derivatives with respect to K after the reset \[ms³, 1\], to 20 %, from the Jacobians of the steps.
    pub(crate) slope: [f64; 2],
}

/// The interpolated map at one argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    /// Time to the spike \[ms\], and K before the next reset \[1/ms²\].
    pub(crate) value: [f64; 2],
    /// Their derivatives with respect to K after the reset \[ms³, 1\].
    pub(crate) slope: [f64; 2],
    /// Errors of the interpolation.
    pub(crate) left_out: [f64; 2],
    /// Errors that come from those of the samples.
    pub(crate) inherited: [f64; 2],
    /// Errors of the nearest sample.
    pub(crate) nearest: [f64; 2],
    /// Samples used.
    pub(crate) nodes: usize,
}

/// Samples kept: those of a burst that recurs, or a good cover of the interval in which a chaotic neuron resets.
const KEPT: usize = 64;
/// Nodes used at most.
const NODES: usize = 12;
/// Nodes used at least.
const FEWEST: usize = 3;
/// Nodes nearer to each other than this part of their distance from x are used once: their difference is mostly error.
const SEPARATION: f64 = 0.05;
/// The derivative of the polynomial is used if errors of the samples change it by less than this part. Among nodes that are
/// near each other they change it by any amount, and the derivative at the nearest node is better.
const SHARP: f64 = 0.1;
/// How far x may be outside the nodes, in units of the distance between the outermost. A neuron that adapts approaches its last
/// K from one side, K_n − K_∞ ~ λⁿ: the limit is λ/(1 − λ) gaps beyond the last of its samples, 1 for λ = 1/2.
const BEYOND: f64 = 0.5;
/// How much larger the estimate is taken there, per distance between the outermost nodes.
const OUTSIDE: f64 = 6.0;

/// Samples in the order of K after the reset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(Vec<Sample>);

impl Samples {
    /// Adds a sample; in place of its neighbour where the two coincide to rounding, or where there are many.
    pub(crate) fn insert(&mut self, sample: Sample) {
        let at = self.0.partition_point(|s| s.start <= sample.start);
        let distance = |i: usize| self.0.get(i).map_or(f64::INFINITY, |s| (s.start - sample.start).abs());
        let left = at.checked_sub(1).map_or(f64::INFINITY, distance);
        let nearest = if left <= distance(at) { at.wrapping_sub(1) } else { at };
        let coincide = left.min(distance(at)) <= 4.0 * UNIT_ROUNDOFF * sample.start.abs();
        if coincide || self.0.len() == KEPT {
            self.0[nearest] = sample;
        } else {
            self.0.insert(at, sample);
        }
    }

    /// The map at `x`, from as few samples as are `enough`, or from as many as help; `None` where too few are near.
    pub(crate) fn at(&self, x: f64, enough: impl Fn(&Value) -> bool) -> Option<Value> {
        let samples = &self.0;
        let mut right = samples.partition_point(|s| s.start <= x);
        let mut left = right;
        let mut node = [0.0; NODES];
        // f[x_i, …, x_j] for every i and the newest j, of the two functions and of their errors.
        let mut divided = [[0.0f64; 4]; NODES];
        let (mut value, mut inherited) = ([0.0; 2], [0.0; 2]);
        // The derivative of the polynomial, and what errors of the samples do to it.
        let (mut slope, mut blur) = ([0.0f64; 2], [0.0f64; 2]);
        let (mut product, mut derivative) = (1.0f64, 0.0);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut last = [0.0; 2];
        let mut nearest: Option<&Sample> = None;
        let mut best = None;
        let mut j = 0;
        while j < NODES && (left > 0 || right < samples.len()) {
            let to_left = if left > 0 { x - samples[left - 1].start } else { f64::INFINITY };
            let to_right = if right < samples.len() { samples[right].start - x } else { f64::INFINITY };
            let sample = if to_left <= to_right {
                left -= 1;
                &samples[left]
            } else {
                right += 1;
                &samples[right - 1]
            };
            let away = x - sample.start;
            if node[..j].iter().any(|other| (other - sample.start).abs() < SEPARATION * away.abs()) {
                continue;
            }
            node[j] = sample.start;
            (least, most) = (least.min(sample.start), most.max(sample.start));
            let mut newest = [sample.value[0], sample.value[1], sample.error[0], sample.error[1]];
            for i in (0..j).rev() {
                let inverse = 1.0 / (sample.start - node[i]);
                let older = divided[i];
                divided[i + 1] = newest;
                newest = [
                    (newest[0] - older[0]) * inverse,
                    (newest[1] - older[1]) * inverse,
                    (newest[2] + older[2]) * inverse.abs(),
                    (newest[3] + older[3]) * inverse.abs(),
                ];
            }
            divided[0] = newest;
            let term = [newest[0] * product, newest[1] * product];
            for f in 0..2 {
                value[f] += term[f];
                slope[f] += newest[f] * derivative;
                inherited[f] += newest[2 + f] * product.abs();
                blur[f] += newest[2 + f] * f64::abs(derivative);
            }
            let nearest = *nearest.get_or_insert(sample);
            if j + 1 >= FEWEST {
                let spread = most - least;
                let ratio = (x - node[j - 1]).abs() / spread;
                // Outside the nodes nothing holds the polynomial: the estimate was seen to be three times too small.
                let outside = (least - x).max(x - most).max(0.0) / spread;
                let left_out = [0, 1].map(|f| (term[f].abs() + f64::abs(last[f]) * ratio) * (1.0 + OUTSIDE * outside));
                let sharp = |f: usize| if blur[f] < SHARP * slope[f].abs() { slope[f] } else { nearest.slope[f] };
                let slope = [sharp(0), sharp(1)];
                let found = Value { value, slope, left_out, inherited, nearest: nearest.error, nodes: j + 1 };
                if (least - x).max(x - most) <= BEYOND * spread {
                    if enough(&found) {
                        return Some(found);
                    }
                    best = Some(found);
                    if left_out[0] < 0.1 * inherited[0] && left_out[1] < 0.1 * inherited[1] {
                        break;
                    }
                }
            }
            last = term;
            derivative = derivative * away + product;
            product *= away;
            j += 1;
        }
        best
    }
}
