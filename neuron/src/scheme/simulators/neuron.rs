//! NEURON (recorded with 9.0.2): the mechanisms by which PyNN and NetPyNE run the neuron in it.
//!
//! **Names:** `neuron-implicit`, `neuron-2003b`, `neuron-2007a`, `neuron-2007b`.
//!
//! ```text
//! if the last step ended with v > peak:  v ← c,  u ← u + d
//! neuron-2007b:      u ← u + h a (b (v + 0.001) + b0 − leak u)          h/2 in the first step
//! J = −(v'(v + 0.001) − v'(v))/0.001,   v ← v + v'(v) / (1/h + J)       all but neuron-2007a
//! neuron-implicit, neuron-2003b:  u = u_n + h a (b v + b0 − leak u)     solved for u by Newton's method, with the new v
//! neuron-2007a:      v1 = v + h v',   c + 1 in its place if v ≤ c and v1 > peak;   u ← u + h a (b v1 + b0 − leak u)
//! ```
//!
//! `neuron-implicit` is PyNN's `izhikevich.mod` (`derivimplicit`), the others NetPyNE's and ModelDB's `izhi2003b.mod`, `izhi2007a.mod` and
//! `izhi2007b.mod`. Order 1. v is linearly implicit, by a slope taken over 0.001 mV, so that where 1/h + J is negative, which on the
//! upstroke it is for h > 1/(2·0.04 v + 5), *the step goes backwards*: at 1 ms v is thrown to −325 mV where it should spike, and half of
//! the spikes are lost. The section has its own say: NEURON solves for its middle and both ends, which differs from the formula by rounding
//! (1e-10 a step) alone but decides a free run at 0.25 ms and above; NetPyNE's of 2003 is 0.98960 pF where it should be 1 pF, so that its v
//! runs 1.05 % too fast. PyNN's mechanism starts at u = −14 whatever `initialize` is given, NetPyNE's of 2003 at u = 0. The cells of 2007
//! are met to rounding: here they are in mV and ms, in the simulator in pF and pA; a neuron of 2003 is taken as well. `izhi2003a.mod`,
//! fully implicit, is not here: NEURON stops it at its first spike at any step of 0.1 ms and above.
//! **When not to use them:** at steps above 0.1 ms.

use std::f64::consts::PI;

use crate::model::{Neuron, State};
use crate::scheme::grid_rule::{Cell, GridRule, Past, Scalar, Stepped};
use crate::scheme::rule::Span;
use crate::scheme::{Cost, Euler, Rule, Runaway, Setup, Step, Stepper};

/// `izhi2007a.mod`: explicit Euler in a mechanism that keeps v itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Neuron2007a;

impl GridRule for Neuron2007a {
    const COST: Cost = Euler::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, past: Past, state: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let (c, dt) = (&cell.coefficients, span.dt());
        let [start, u] = cell.start(past.spiked, state);
        let reached = start + dt * c.dv(start, u, span.input(0.0));
        let v = if start <= cell.c && reached > cell.peak { cell.c + dt.constant(1.0) } else { reached };
        Stepped::plain([v, u + dt * c.du(v, u)], v > cell.peak)
    }
}

/// A mechanism whose v is the section's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// PyNN's `izhikevich.mod`.
    Pynn,
    /// NetPyNE's `izhi2003b.mod` in the section of its wrapper.
    Netpyne2003b,
    /// NetPyNE's and ModelDB's `izhi2007b.mod` in the section of its wrapper.
    Netpyne2007b,
}

/// One neuron as a mechanism in a section.
#[derive(Clone, Copy, Debug)]
pub struct InSection {
    mechanism: Mechanism,
    neuron: Neuron,
    section: Section,
    dt: f64,
    /// The current \[nA\] that makes 1 mV/ms.
    current: f64,
    spiked: bool,
    steps: u64,
}

impl InSection {
    // Two currents 16, slope and scaling 5, elimination 35, Newton 24.
    const COST: Cost = Cost::new(2, 80);

    /// The neuron of `setup` as `mechanism`.
    pub fn new(mechanism: Mechanism, setup: &Setup) -> Self {
        // Length and diameter in µm, capacitance in µF/cm².
        let (length, diameter, capacitance, current) = match mechanism {
            Mechanism::Pynn => (10.0, 10.0 / PI, 1.0, 0.001),
            Mechanism::Netpyne2003b => (6.3, 5.0, 1.0, 0.001),
            Mechanism::Netpyne2007b => (10.0, 10.0, 31.831, 0.1),
        };
        let Setup { neuron, dt, initial, .. } = *setup;
        let section = Section::new(length, diameter, capacitance, initial.v, dt);
        InSection { mechanism, neuron, section, dt, current, spiked: false, steps: 0 }
    }
}

impl Stepper for InSection {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        let (n, dt, explicit) = (&self.neuron, self.dt, self.mechanism == Mechanism::Netpyne2007b);
        let State { v, mut u } = if self.spiked { n.reset(state) } else { state };
        // An event sets v of the middle alone.
        self.section.v[1] = v;
        if explicit {
            // The first evaluation of two, at t + h/2: the time since the last one is h, but in the first step.
            let since = if self.steps == 0 { dt / 2.0 } else { dt };
            u += since * n.a * (n.b * (v + 0.001) + n.b0 - n.leak * u);
        }
        let input = step.input.at(0.0);
        // PyNN's input is an electrode's.
        let (clamp, own) = if self.mechanism == Mechanism::Pynn { (input * self.current, 0.0) } else { (0.0, input) };
        let current = |v: f64| -self.current * (n.k2 * v * v + n.k1 * v + n.k0 - u + own);
        let slope = (current(v + 0.001) - current(v)) / 0.001;
        let v = self.section.advance(clamp, current(v), slope);
        if !explicit {
            u = implicit_recovery(n, v, u, dt);
        }
        self.steps += 1;
        self.spiked = v > n.peak;
        if self.spiked {
            spikes.push(step.end);
        }
        Ok(State { v, u })
    }

    fn cost(&self) -> Cost {
        Self::COST.times(self.steps)
    }
}

/// A section of one segment: its middle, between two ends without a membrane.
#[derive(Clone, Copy, Debug)]
struct Section {
    /// v \[mV\] of the first end, the middle and the other end.
    v: [f64; 3],
    /// What couples an end to the middle, in the row of the end and in that of the middle.
    ends: f64,
    middle: f64,
    /// What makes mA/cm² of a current in nA.
    per_area: f64,
    /// Capacitance over dt.
    capacity: f64,
}

impl Section {
    fn new(length: f64, diameter: f64, capacitance: f64, v: f64, dt: f64) -> Self {
        // Of the cytoplasm [Ω cm], NEURON's default.
        const RESISTIVITY: f64 = 35.4;
        let area = PI * diameter * length;
        let resistance = 1e-2 * RESISTIVITY * (length / 2.0) / (PI * diameter * diameter / 4.0);
        let conductance = 1.0 / resistance;
        Section {
            v: [v; 3],
            ends: -1e2 * conductance / 100.0,
            middle: -1e2 * conductance / area,
            per_area: 1e2 / area,
            capacity: 0.001 * (1.0 / dt) * capacitance,
        }
    }

    /// v \[mV\] of the middle after a step under the current of an electrode and one through the membrane \[nA\] with its slope: NEURON's
    /// elimination from the last node to the first and back.
    fn advance(&mut self, electrode: f64, membrane: f64, slope: f64) -> f64 {
        let (a, b) = ([self.ends, self.middle], [self.middle, self.ends]);
        let v = &mut self.v;
        let mut right = [0.0, electrode * self.per_area - membrane * self.per_area, 0.0];
        let mut diagonal = [0.0, slope * self.per_area + self.capacity, 0.0];
        for i in 0..2 {
            let difference = v[i] - v[i + 1];
            right[i + 1] -= b[i] * difference;
            right[i] += a[i] * difference;
        }
        for i in 0..2 {
            diagonal[i + 1] -= b[i];
            diagonal[i] -= a[i];
        }
        for i in [1, 0] {
            let part = a[i] / diagonal[i + 1];
            diagonal[i] -= part * b[i];
            right[i] -= part * right[i + 1];
        }
        right[0] /= diagonal[0];
        for i in 0..2 {
            right[i + 1] = (right[i + 1] - b[i] * right[i]) / diagonal[i + 1];
        }
        for i in 0..3 {
            v[i] += right[i];
        }
        v[1]
    }
}

/// u \[mV/ms\] that solves u = u_n + dt u'(v, u), by NEURON's Newton iteration with its slope by differences: the solution to rounding.
fn implicit_recovery(n: &Neuron, v: f64, before: f64, dt: f64) -> f64 {
    const MOST_ITERATIONS: usize = 21;
    let excess = |u: f64| n.a * (n.b * v + n.b0 - n.leak * u) - (u - before) / dt;
    let (mut u, mut value, mut slope, mut change) = (before, 0.0, 1.0, 1.0f64);
    for _ in 0..MOST_ITERATIONS {
        if change > 0.05 {
            let increment = (0.02 * u).abs().max(1e-6);
            u += increment;
            let above = excess(u);
            u -= 2.0 * increment;
            let below = excess(u);
            slope = (above - below) / (2.0 * increment);
            u += increment;
            value = -excess(u);
        }
        let correction = value / slope;
        change = if u.abs() > 1e-8 { (correction / u).abs() } else { 0.0 };
        u += correction;
        value = -excess(u);
        if change <= 1e-6 && value.abs() <= 1e-8 {
            break;
        }
    }
    u
}
