//! The least inhibition of which a step makes a spike.

use spikestep::scheme::projective;
use spikestep::{Neuron, Piece, Problem, Scheme, State, Stimulus};

use super::{fixed_step, halved};

/// An `input` \[mV/ms\] over the first `dt` \[ms\], and none after it.
pub(crate) fn pulse(input: f64, dt: f64) -> Stimulus {
    let pieces = [(0.0, input), (dt, 0.0)].map(|(start, value)| Piece { start, value, slope: 0.0 });
    Stimulus::piecewise_linear(pieces.into()).expect("two pieces one after the other")
}

/// How long a neuron takes back to rest after an input of one step, and so how far a claim about its spikes looks \[ms\]: v comes back
/// within some ms, and what the step has made of u decays with it.
pub(crate) const TO_REST: f64 = 50.0;

/// The number of steps of `dt` \[ms\] to the next rest.
pub(crate) fn steps_to_rest(dt: f64) -> u32 {
    (TO_REST / dt).ceil() as u32
}

/// The negative input of one step \[mV/ms\] nearest to 0 from which `scheme`, at `rest` and with no input after it, spikes within `steps`
/// steps of `dt` \[ms\] where the equations do not; `None` where none down to −1e5 does. The equations never do within a few ms: from
/// however low a v they come back from below. Later they do, where the input was so strong that u has fallen far.
pub(crate) fn least_inhibition(scheme: Scheme, neuron: &Neuron, rest: State, dt: f64, steps: u32) -> Option<f64> {
    const TOLERANCE: f64 = 1e-6; // ms
    let fires = |input: f64| {
        let (stimulus, duration) = (pulse(input, dt), f64::from(steps) * dt);
        let problem = Problem { neuron: *neuron, stimulus, initial: rest, duration };
        !fixed_step(&scheme, &problem, dt, |_| {}).spikes.is_empty()
            && projective::solve(&problem, TOLERANCE).spikes.is_empty()
    };
    // What fires need not be an interval (a polynomial of high degree in the input): the first is looked for, at 2 % spacing.
    const LEAST: f64 = -1e5;
    let (mut fired, mut silent) = (-1.0, 0.0);
    while !fires(fired) {
        (silent, fired) = (fired, 1.02 * fired);
        if fired < LEAST {
            return None;
        }
    }
    Some(halved(silent, fired, |silent, fired| silent - fired > 1e-3, |input| !fires(input)).1)
}
