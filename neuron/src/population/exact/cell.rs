//! A neuron of a network, from arrival to arrival: by itself, or in a lane beside others ([`abreast`](super::abreast)).

mod lane;

use super::doubt::{Doubt, DoubtKind};
use super::{CoupledNeurons, Delivery};
use crate::Stimulus;
use crate::error::Result;
use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::scheme::projective::{Advancing, Errors, largest};
use crate::truth::Outcome;

/// Where a neuron in a lane goes next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Arrival,
    /// The input changes.
    Change,
    /// Nothing yet: a part of the way.
    Part,
    End,
}

/// A spike on its way to a neuron.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) time: f64,
    pub(super) pre: u32,
    /// The number of the spike among all of the network.
    pub(super) spike: u32,
    pub(super) charge: f64,
}

impl Arrival {
    /// How far it is displaced \[ms\], `errors` being those of all spikes: the sum of the time of the spike and the delay is rounded.
    #[inline(always)]
    fn displaced(&self, errors: &[Errors]) -> Errors {
        let (spike, rounding) = (self.spike as usize, UNIT_ROUNDOFF * self.time);
        std::array::from_fn(|j| errors[spike][j] + if (spike + j) % 2 == 0 { rounding } else { -rounding })
    }
}

/// A neuron with what is under way to it.
pub(super) struct Cell<'a> {
    number: u32,
    neuron: Advancing,
    input: &'a Stimulus,
    /// The pieces of the input are constant.
    constant: bool,
    delivery: Delivery,
    pub(super) pending: Vec<Arrival>,
    /// How many of these arrive in the present window, how many have, and how many of those in a lane since it was last laid there.
    due: usize,
    arrived_now: usize,
    arrived_there: usize,
    event: Event,
    /// The present piece of the input, and how many have begun.
    level: f64,
    begun: usize,
    /// Spikes of the present window \[ms\], with their errors.
    pub(super) spikes: Vec<(f64, Errors)>,
    /// The last arrival and the last spike, with what they may be off \[ms\].
    arrived: [f64; 2],
    spiked: [f64; 2],
    /// When its errors were no longer small \[ms\].
    pub(super) lost_at: Option<f64>,
    /// The first doubt of each kind.
    pub(super) doubts: [Option<Doubt>; DoubtKind::ALL.len()],
}

/// Long before any run.
const NEVER: [f64; 2] = [f64::NEG_INFINITY, 0.0];

impl<'a> Cell<'a> {
    pub(super) fn new(network: &'a CoupledNeurons, i: usize, tolerance: f64) -> Result<Self> {
        let input = &network.inputs[i];
        let mut neuron = Advancing::new(&network.neurons[i], network.initial[i], network.duration, tolerance)?;
        let rate = if let Delivery::Exponential { tau } = network.delivery { 1.0 / tau } else { 0.0 };
        // Lots of their own, far apart.
        neuron.watch(rate, (i as u64 + 1).wrapping_mul(0xd134_2543_de82_ef95));
        Ok(Cell {
            number: i as u32,
            neuron,
            input,
            constant: input.sinusoid().is_none() && input.pieces().iter().all(|piece| piece.slope == 0.0),
            delivery: network.delivery,
            pending: Vec::new(),
            due: 0,
            arrived_now: 0,
            arrived_there: 0,
            event: Event::End,
            level: 0.0,
            begun: 0,
            spikes: Vec::new(),
            arrived: NEVER,
            spiked: NEVER,
            lost_at: None,
            doubts: Default::default(),
        })
    }

    /// What a spike delivers.
    pub(super) fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Looks what arrives before `end` \[ms\], in order.
    pub(super) fn sort(&mut self, end: f64) {
        self.pending.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.pre.cmp(&b.pre)));
        self.due = self.pending.partition_point(|arrival| arrival.time < end);
        self.arrived_now = 0;
    }

    /// Forgets what has arrived.
    pub(super) fn forget(&mut self) {
        self.pending.drain(..self.arrived_now);
    }

    /// Goes on to `end` \[ms\], through all that arrives before it; `errors` are those of all spikes of the network so far.
    pub(super) fn advance_alone(&mut self, end: f64, errors: &[Errors]) {
        while self.arrived_now < self.due {
            let arrival = self.pending[self.arrived_now];
            self.go_to(arrival.time);
            let displaced = arrival.displaced(errors);
            self.beside(DoubtKind::Arrivals, self.arrived, arrival.time, &displaced);
            self.beside(DoubtKind::Spike, self.spiked, arrival.time, &displaced);
            self.arrived = [arrival.time, largest(&displaced)];
            self.receive(arrival, &displaced);
            self.arrived_now += 1;
        }
        self.go_to(end);
    }

    fn receive(&mut self, arrival: Arrival, displaced: &Errors) {
        match self.delivery {
            Delivery::Exponential { .. } => self.neuron.receive_current(arrival.charge, displaced),
            _ => self.neuron.receive_charge(arrival.charge, displaced),
        }
        self.collect(true);
    }

    fn go_to(&mut self, time: f64) {
        self.neuron.advance(time, self.input);
        self.collect(false);
    }

    /// Takes the spikes of the neuron; those `made` by an arrival are beside it by nature.
    fn collect(&mut self, made: bool) {
        for (time, errors) in self.neuron.take_spikes() {
            if !made {
                self.beside(DoubtKind::Spike, self.arrived, time, &errors);
            }
            self.spiked = [time, largest(&errors)];
            self.spikes.push((time, errors));
        }
        if self.lost_at.is_none() && self.neuron.is_lost() {
            self.lost_at = Some(self.neuron.time());
        }
    }

    /// Whether an event at `time` is nearer to the one `before` than both are known.
    fn beside(&mut self, kind: DoubtKind, [before, within]: [f64; 2], time: f64, errors: &Errors) {
        let first = &mut self.doubts[kind as usize];
        if first.is_none() && time - before <= within + largest(errors) {
            *first = Some(Doubt { kind, time, neuron: self.number });
        }
    }

    /// When and how it was cut.
    pub(super) fn ended(&self) -> Option<Outcome> {
        Some(self.neuron.outcome()).filter(|outcome| *outcome != Outcome::Completed)
    }

    pub(super) fn steps(&self) -> u64 {
        self.neuron.steps()
    }
}
