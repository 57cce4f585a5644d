//! Random neurons, inputs and problems, for the property tests of all solvers.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part

use std::ops::Range;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use spikestep::{Neuron, Piece, Problem, Sinusoid, State, Stimulus};

/// Where the numbers of a problem come from.
#[derive(Clone, Debug)]
pub struct Ranges {
    /// a \[1/ms\], b \[1/ms\].
    pub a: Range<f64>,
    pub b: Range<f64>,
    /// Whether a quarter of the neurons has a from 0.15 to 1 per ms instead: pattern Q has a = 1.
    pub fast: bool,
    /// The input's value \[mV/ms\] and slope \[mV/ms²\].
    pub value: Range<f64>,
    pub slope: Range<f64>,
    /// ω of a sinusoid \[1/ms\].
    pub omega: Range<f64>,
    /// Whether a pulse of up to 40 mV/ms comes 50 ms after the onset.
    pub pulse: bool,
    /// \[ms\].
    pub duration: f64,
}

/// Neurons around the published ones, under steps and ramps like those of their figures.
pub const PUBLISHED: Ranges = Ranges {
    a: 0.005..0.15,
    b: 0.1..0.28,
    fast: false,
    value: -5.0..30.0,
    slope: -0.05..0.05,
    omega: 0.01..0.5,
    pulse: false,
    duration: 300.0,
};

/// Neurons around the published ones and beyond, b of both signs, a up to 1, and stronger and faster inputs.
pub const BEYOND: Ranges =
    Ranges { b: -0.2..0.3, fast: true, value: -10.0..60.0, slope: -0.1..0.1, omega: 0.01..2.0, ..PUBLISHED };

/// The published inputs with a pulse, on neurons beyond the published ones.
pub const PULSED: Ranges = Ranges { b: -0.1..0.28, fast: true, pulse: true, duration: 200.0, ..PUBLISHED };

impl Ranges {
    fn neuron(&self) -> impl Strategy<Value = Neuron> {
        let fast = if self.fast { 0.15..1.0 } else { self.a.clone() };
        (prop_oneof![3 => self.a.clone(), 1 => fast], self.b.clone(), -70.0..-45.0, -1.0..9.0, 20.0..60.0)
            .prop_map(|(a, b, c, d, peak)| Neuron::new(a, b, c, d).with_peak(peak))
    }

    /// A step or ramp, perhaps a pulse on it, and perhaps a sinusoid.
    fn stimulus(&self) -> impl Strategy<Value = Stimulus> {
        let pulsed = self.pulse;
        let sinusoid = prop::option::of((0.0..8.0, self.omega.clone(), 0.0..6.0));
        (self.value.clone(), self.slope.clone(), 1.0..60.0, 1.0..30.0, -40.0..40.0, sinusoid).prop_map(
            move |(value, slope, start, width, pulse, sinusoid)| {
                let mut pieces = vec![Piece { start, value, slope }];
                if pulsed {
                    pieces.push(Piece { start: start + 50.0, value: value + pulse, slope: 0.0 });
                    pieces.push(Piece { start: start + 50.0 + width, value, slope: 0.0 });
                }
                let linear = Stimulus::piecewise_linear(pieces).unwrap();
                match sinusoid {
                    Some((amplitude, omega, phase)) => {
                        linear.with_sinusoid(Sinusoid { start: 0.5 * start, amplitude, omega, phase })
                    }
                    None => linear,
                }
            },
        )
    }

    /// Problems of these ranges.
    pub fn problem(&self) -> impl Strategy<Value = Problem> {
        let duration = self.duration;
        (self.neuron(), self.stimulus(), -75.0..-55.0, -20.0..0.0).prop_map(move |(neuron, stimulus, v, u)| Problem {
            neuron,
            stimulus,
            initial: State::new(v, u),
            duration,
        })
    }

    /// Problems of these ranges under inputs that vary in every way there is: sinusoids, ramps, pulses, noise of every grid, lines and steps
    /// between the samples of a recording; drive and inhibition are strong in a quarter of them.
    pub fn varying(&self) -> impl Strategy<Value = Problem> {
        let duration = self.duration;
        let strength = prop_oneof![3 => 1.0..2.0, 1 => 2.0..12.0f64];
        let input = (0..6usize, -10.0..30.0, -8.0..8.0, -2.0..2.0f64, 0.01..2.0f64, any::<u64>(), strength).prop_map(
            move |(kind, mean, sd, magnitude, omega, seed, strength)| {
                let (mean, sd) = (strength * mean, strength * sd);
                // 0.1 to 31 ms.
                let grid = 10f64.powf(0.75 * magnitude + 0.25);
                let noise = Stimulus::frozen_noise(mean, f64::abs(sd), grid, seed, duration).unwrap();
                let joined = |ends: &[Piece], slope: bool| {
                    let slope =
                        |p: &[Piece]| if slope { (p[1].value - p[0].value) / (p[1].start - p[0].start) } else { 0.0 };
                    ends.windows(2).map(|p| Piece { slope: slope(p), ..p[0] }).collect::<Vec<_>>()
                };
                let sinusoid = Sinusoid { start: 0.0, amplitude: sd, omega, phase: magnitude };
                match kind {
                    0 => Stimulus::constant(mean).with_sinusoid(sinusoid),
                    1 => Stimulus::piecewise_linear(vec![Piece { start: 0.0, value: mean, slope: 0.02 * sd }]).unwrap(),
                    2 => {
                        let pulses = (0..8).map(|i| Piece {
                            start: 10.0 * f64::from(i) + grid.min(9.0),
                            value: mean + if i % 2 == 0 { 3.0 * sd } else { 0.0 },
                            slope: 0.0,
                        });
                        Stimulus::piecewise_linear(
                            [Piece { start: 0.0, value: mean, slope: 0.0 }].into_iter().chain(pulses).collect(),
                        )
                        .unwrap()
                    }
                    3 => noise,
                    4 => Stimulus::piecewise_linear(joined(noise.pieces(), true)).unwrap_or(noise),
                    _ => Stimulus::piecewise_linear(joined(noise.pieces(), false))
                        .map_or(noise, |i| i.with_sinusoid(sinusoid)),
                }
            },
        );
        (self.neuron(), input, -75.0..-55.0, -20.0..0.0).prop_map(move |(neuron, stimulus, v, u)| Problem {
            neuron,
            stimulus,
            initial: State::new(v, u),
            duration,
        })
    }

    /// `number` problems, always the same.
    pub fn problems(&self, number: usize) -> Vec<Problem> {
        let mut runner = TestRunner::deterministic();
        (0..number).map(|_| self.problem().new_tree(&mut runner).unwrap().current()).collect()
    }
}
