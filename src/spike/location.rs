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
/// Requires `to.v ≥ peak`. A start at or above the peak crosses at once.
pub fn locate(
    location: Location,
    neuron: &Neuron,
    from: State,
    to: State,
    input: &StepInput<'_>,
    trial: impl FnMut(f64) -> State,
) -> Crossing {
    let h = input.length();
    if from.v >= neuron.peak {
        return Crossing { length: 0.0, u: from.u, trials: 0, evaluations: 0 };
    }
    match location {
        Location::Linear => {
            let theta = (neuron.peak - from.v) / (to.v - from.v);
            Crossing { length: theta * h, u: from.u + theta * (to.u - from.u), trials: 0, evaluations: 0 }
        }
        Location::Hermite => {
            let (start, end) = (neuron.field(from, input.at(0.0)), neuron.field(to, input.at(1.0)));
            let v = |theta| hermite(from.v, to.v, h * start.v, h * end.v, theta);
            let theta = bisect(|theta| v(theta) >= neuron.peak);
            let u = hermite(from.u, to.u, h * start.u, h * end.u, theta);
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
    let (mut older, mut newer) = ((0.0, phase(from.v) - target), (h, phase(to.v) - target));
    let mut u = to.u;
    let mut trials = 0;
    while trials < MOST_TRIALS {
        let secant = newer.0 - newer.1 * (newer.0 - older.0) / (newer.1 - older.1);
        let length = if secant > low && secant < high { secant } else { 0.5 * (low + high) };
        let moved = (length - newer.0).abs();
        let state = trial(length);
        trials += 1;
        u = state.u;
        (older, newer) = (newer, (length, phase(state.v) - target));
        // A step that overflowed is past the peak.
        if state.v < neuron.peak {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Stimulus;

    /// With u frozen (a = 0) the upstroke is a Riccati equation, solved by W(t) = q tan(q t + phase), q² = K.
    fn exact_step(neuron: &Neuron, from: State, input: f64, t: f64) -> State {
        let k = neuron.k2 * (neuron.k0 + input - from.u) - 0.25 * neuron.k1 * neuron.k1;
        let q = k.sqrt();
        let phase = ((neuron.k2 * from.v + 0.5 * neuron.k1) / q).atan();
        State { v: (q * (q * t + phase).tan() - 0.5 * neuron.k1) / neuron.k2, u: from.u }
    }

    fn crossing_error(location: Location, h: f64) -> f64 {
        let neuron = Neuron::new(0.0, 0.2, -65.0, 8.0);
        let stimulus = Stimulus::constant(10.0);
        let k: f64 = 0.04 * (140.0 + 10.0 + 8.0) - 6.25;
        let q = k.sqrt();
        let time_to = |v: f64| ((0.04 * v + 2.5) / q).atan() / q;
        // A step that straddles the peak, the crossing at 0.4 of it.
        let t_peak = time_to(30.0);
        let start_v = (q * (q * (t_peak - 0.4 * h)).tan() - 2.5) / 0.04;
        let from = State::new(start_v, -8.0);
        let to = exact_step(&neuron, from, 10.0, h);
        let input = StepInput::new(&stimulus, 0.0, h);
        let found = locate(location, &neuron, from, to, &input, |t| exact_step(&neuron, from, 10.0, t));
        (found.length - 0.4 * h).abs()
    }

    #[test]
    fn the_step_itself_locates_to_rounding_and_interpolants_at_their_order() {
        // The phase of a tangent is a straight line: what is left is rounding of v ≈ 30 and of tan, some ulp of 0.1.
        assert!(crossing_error(Location::Step, 0.1) < 1e-15);
        let slope = |l| (crossing_error(l, 0.02) / crossing_error(l, 0.01)).log2();
        // Local errors of interpolation are h² and h⁴; at this h the next term changes the slope by less than 0.25.
        assert!((slope(Location::Linear) - 2.0).abs() < 0.25, "linear {}", slope(Location::Linear));
        assert!((slope(Location::Hermite) - 4.0).abs() < 0.25, "hermite {}", slope(Location::Hermite));
    }

    #[test]
    fn a_step_that_overflows_is_still_located() {
        let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
        let stimulus = Stimulus::constant(10.0);
        let input = StepInput::new(&stimulus, 0.0, 1.0);
        let from = State::new(0.0, -8.0);
        let to = State::new(f64::INFINITY, -8.0);
        let trial = |t: f64| if t > 0.3 { to } else { State::new(100.0 * t + 10.0, -8.0) };
        let found = locate(Location::Step, &neuron, from, to, &input, trial);
        assert!((found.length - 0.2).abs() < 1e-12, "{found:?}");
    }
}
