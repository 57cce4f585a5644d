//! Where inside a step the potential reaches the peak.

use crate::model::{Neuron, State, StepInput};

/// Most spikes that a step of a scheme with located spikes may hold; faster ones count as accelerating without end.
pub const MAX_SPIKES_PER_STEP: usize = 1000;

/// How a spike inside a step is located.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Location {
    /// By the root of the scheme itself: the length of the step that ends exactly at the peak, found by the secant method
    /// on the phase atan(W/q), W = k2 v + k1/2, safeguarded by bisection. With u frozen, W = q tan(q t + const) for
    /// q² = K = k2 (k0 + I − u) − k1²/4, so the phase is a straight line in time even where v explodes (Hopkins & Furber
    /// 2015). No interpolant limits it: the scheme keeps its order and its own error constant.
    Step,
    /// By cubic Hermite interpolation of v (and of u) over the whole step. Order 4 in the limit, but over the steep end of
    /// the upstroke the cubic is far off until dt is small.
    Hermite,
    /// By linear interpolation of v (and of u) over the step: order 2.
    Linear,
}

/// Where inside a step the potential reaches the peak, and what it took to find it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// Time from the start of the step to the crossing \[ms\].
    pub length: f64,
    /// u at the crossing, before the reset \[mV/ms\].
    pub u: f64,
    /// Steps taken on trial to find it.
    pub trials: u64,
    /// Further evaluations of the vector field.
    pub evaluations: u64,
}

/// Finds where the step `from` → `to` crosses the peak. `input` is the input over the step, whose length is the step's;
/// `trial(length)` is the scheme's own step from `from`, shortened to `length` \[ms\].
///
/// Requires `to` at the peak or above. A start at or above the peak crosses at once.
pub fn locate(
    location: Location,
    neuron: &Neuron,
    from: State,
    to: State,
    input: &StepInput<'_>,
    trial: impl FnMut(f64) -> State,
) -> Crossing {
    let h = input.length();
    if neuron.is_spike(from) {
        return Crossing { length: 0.0, u: from.u, trials: 0, evaluations: 0 };
    }
    match location {
        Location::Linear => {
            let (low, high) = (neuron.height(from), neuron.height(to));
            let theta = (neuron.peak - low) / (high - low);
            Crossing { length: theta * h, u: from.u + theta * (to.u - from.u), trials: 0, evaluations: 0 }
        }
        Location::Hermite => {
            let (start, end) = (neuron.field(from, input.at(0.0)), neuron.field(to, input.at(1.0)));
            let v = |theta| hermite(from.v, to.v, h * start.v, h * end.v, theta);
            let u = |theta| hermite(from.u, to.u, h * start.u, h * end.u, theta);
            let theta = bisect(|theta| neuron.is_spike(State { v: v(theta), u: u(theta) }));
            let u = u(theta);
            Crossing { length: theta * h, u, trials: 0, evaluations: 2 }
        }
        Location::Step => locate_by_step(neuron, from, to, input, trial),
    }
}

fn locate_by_step(
    neuron: &Neuron,
    from: State,
    to: State,
    input: &StepInput<'_>,
    mut trial: impl FnMut(f64) -> State,
) -> Crossing {
    // 60 halvings alone reach rounding; the secant method needs about four trials.
    const MOST_TRIALS: u64 = 60;
    let h = input.length();
    let half_k1 = 0.5 * neuron.k1;
    let k = neuron.k2 * (neuron.k0 + input.at(0.0) - from.u) - half_k1 * half_k1;
    // Any q > 0 gives a monotone phase; this one a straight one.
    let q = k.abs().sqrt().max(f64::MIN_POSITIVE);
    let phase = |v: f64| ((neuron.k2 * v + half_k1) / q).atan();
    let target = phase(neuron.peak);
    let (mut low, mut high) = (0.0, h);
    // The last two points of the secant, (length, phase − target).
    let (mut older, mut newer) = ((0.0, phase(neuron.height(from)) - target), (h, phase(neuron.height(to)) - target));
    let mut u = to.u;
    let mut trials = 0;
    while trials < MOST_TRIALS {
        let secant = newer.0 - newer.1 * (newer.0 - older.0) / (newer.1 - older.1);
        let length = if secant > low && secant < high { secant } else { 0.5 * (low + high) };
        let moved = (length - newer.0).abs();
        let state = trial(length);
        trials += 1;
        u = state.u;
        (older, newer) = (newer, (length, phase(neuron.height(state)) - target));
        // A step that overflowed is past the peak.
        if neuron.height(state) < neuron.peak {
            low = length;
        } else {
            high = length;
        }
        // The error after a move is about the product of the last two: below rounding of the step.
        if moved <= 1e-11 * h || newer.1 == 0.0 || high - low <= f64::EPSILON * h {
            break;
        }
    }
    Crossing { length: newer.0, u, trials, evaluations: 0 }
}

/// Finds where the step `from` → `to` of `length` \[ms\] takes `height` across `level`, in either direction; `trial(length)` as for [`locate`].
/// The root of the scheme itself, by the secant method with a bracket (Illinois).
pub fn locate_level(
    height: impl Fn(State) -> f64,
    level: f64,
    from: State,
    to: State,
    length: f64,
    mut trial: impl FnMut(f64) -> State,
) -> Crossing {
    // As for a spike: halvings alone reach rounding.
    const MOST_TRIALS: u64 = 60;
    let (mut near, mut far) = ((0.0, height(from) - level), (length, height(to) - level));
    let (mut u, mut trials, mut newest) = (to.u, 0, length);
    while trials < MOST_TRIALS && far.1 != 0.0 {
        let secant = (near.0 * far.1 - far.0 * near.1) / (far.1 - near.1);
        let inside = secant > near.0.min(far.0) && secant < near.0.max(far.0);
        let next = if inside { secant } else { 0.5 * (near.0 + far.0) };
        let state = trial(next);
        trials += 1;
        let moved = (next - newest).abs();
        (u, newest) = (state.u, next);
        let value = height(state) - level;
        if value * far.1 > 0.0 {
            // The other end stays: halved, its value lets the next secant pass the root.
            near.1 *= 0.5;
        } else {
            near = far;
        }
        far = (next, value);
        if moved <= 1e-13 * length {
            break;
        }
    }
    Crossing { length: newest, u, trials, evaluations: 0 }
}

/// The cubic through (0, y0) and (1, y1) with slopes d0 and d1 there (per unit of theta).
fn hermite(y0: f64, y1: f64, d0: f64, d1: f64, theta: f64) -> f64 {
    let rest = 1.0 - theta;
    rest * rest * ((1.0 + 2.0 * theta) * y0 + theta * d0) + theta * theta * ((3.0 - 2.0 * theta) * y1 - rest * d1)
}

/// The least theta in (0, 1] from which `above` holds, for a predicate that is false at 0 and true at 1.
fn bisect(above: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // Each halving gains a bit of the 53.
    for _ in 0..54 {
        let middle = 0.5 * (low + high);
        if above(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}
