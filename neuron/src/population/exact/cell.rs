//! A neuron of a network, from arrival to arrival.

use super::doubt::{Doubt, DoubtKind};
use super::{CoupledNeurons, Delivery};
use crate::Stimulus;
use crate::error::Result;
use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::scheme::projective::{Advancing, Errors, largest};
use crate::truth::Outcome;

/// A spike on its way to a neuron.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) time: f64,
    pub(super) pre: u32,
    /// The number of the spike among all of the network.
    pub(super) spike: u32,
    pub(super) charge: f64,
}

/// A neuron with what is under way to it.
pub(super) struct Cell<'a> {
    number: u32,
    neuron: Advancing,
    input: &'a Stimulus,
    delivery: Delivery,
    pub(super) pending: Vec<Arrival>,
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
        let mut neuron = Advancing::new(&network.neurons[i], network.initial[i], network.duration, tolerance)?;
        let rate = if let Delivery::Exponential { tau } = network.delivery { 1.0 / tau } else { 0.0 };
        // Lots of their own, far apart.
        neuron.watch(rate, (i as u64 + 1).wrapping_mul(0xd134_2543_de82_ef95));
        Ok(Cell {
            number: i as u32,
            neuron,
            input: &network.inputs[i],
            delivery: network.delivery,
            pending: Vec::new(),
            spikes: Vec::new(),
            arrived: NEVER,
            spiked: NEVER,
            lost_at: None,
            doubts: Default::default(),
        })
    }

    /// Goes on to `end` \[ms\], through all that arrives before it; `errors` are those of all spikes of the network so far.
    pub(super) fn advance(&mut self, end: f64, errors: &[Errors]) {
        self.pending.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.pre.cmp(&b.pre)));
        let due = self.pending.partition_point(|arrival| arrival.time < end);
        let mut pending = std::mem::take(&mut self.pending);
        for arrival in pending.drain(..due) {
            self.go_to(arrival.time);
            // The sum of the time of the spike and the delay is rounded.
            let mut displaced = errors[arrival.spike as usize];
            let rounding = UNIT_ROUNDOFF * arrival.time;
            for (j, error) in displaced.iter_mut().enumerate() {
                *error += if (arrival.spike as usize + j) % 2 == 0 { rounding } else { -rounding };
            }
            self.beside(DoubtKind::Arrivals, self.arrived, arrival.time, &displaced);
            self.beside(DoubtKind::Spike, self.spiked, arrival.time, &displaced);
            self.arrived = [arrival.time, largest(&displaced)];
            match self.delivery {
                Delivery::Exponential { .. } => self.neuron.receive_current(arrival.charge, &displaced),
                _ => self.neuron.receive_charge(arrival.charge, &displaced),
            }
            self.collect(true);
        }
        self.pending = pending;
        self.go_to(end);
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
