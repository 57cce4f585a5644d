//! A neuron of a network, from arrival to arrival: by itself, or in a lane beside others ([`abreast`](super::abreast)).

use super::columns::{Columns, Row};
use super::doubt::{Doubt, DoubtKind};
use super::{CoupledNeurons, Delivery};
use crate::Stimulus;
use crate::error::Result;
use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::model::normal_form::NormalForm;
use crate::scheme::projective::{Advancing, Allowance, Between, Done, Entry, Errors, PROBES, largest};
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

impl Arrival {
    /// How far it is displaced \[ms\], `errors` being those of all spikes: the sum of the time of the spike and the delay is rounded.
    #[inline(always)]
    fn displaced(&self, errors: &[Errors]) -> Errors {
        let (spike, rounding) = (self.spike as usize, UNIT_ROUNDOFF * self.time);
        std::array::from_fn(|j| errors[spike][j] + if (spike + j).is_multiple_of(2) { rounding } else { -rounding })
    }
}

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

    /// Puts the neuron into a lane; false where it cannot go there.
    pub(super) fn lay(&mut self, columns: &mut Columns, lane: usize) -> bool {
        let Some(between) = self.between() else { return false };
        let (NormalForm { alpha, beta, peak, k2, .. }, Allowance { tau, weights: [by_w, by_k] }) = self.neuron.needs();
        let rate = self.rate();
        let put = |rows: &mut [Row], numbers: &[f64]| {
            rows.iter_mut().zip(numbers).for_each(|(row, number)| row.0[lane] = *number);
        };
        put(&mut columns.system, &[*alpha, *beta, *peak, k2 * (alpha - rate), rate]);
        put(&mut columns.allowance, &[tau, by_w, by_k]);
        columns.k2.0[lane] = *k2;
        columns.time.0[lane] = between.time;
        [columns.w.0[lane], columns.k.0[lane]] = between.state;
        columns.current.0[lane] = between.current;
        let (errors, nonlinear) = between.errors;
        columns.errors.iter_mut().zip(&errors).for_each(|(rows, errors)| put(rows, errors));
        columns.nonlinear.0[lane] = nonlinear;
        put(&mut columns.m, &[1.0, 0.0, 0.0, 1.0]);
        put(&mut columns.local, &[0.0; 2]);
        put(&mut columns.kick, &[0.0; 2]);
        (columns.passed.0[lane], columns.steps.0[lane]) = (0.0, 0.0);
        put(&mut columns.arrived, &self.arrived);
        put(&mut columns.spiked, &self.spiked);
        columns.lost |= u64::from(self.lost_at.is_some()) << lane;
        (self.level, self.begun, self.arrived_there) = (between.level, between.begun, 0);
        self.drive(columns, lane);
        true
    }

    fn between(&mut self) -> Option<Between> {
        if self.constant { self.neuron.between(self.input) } else { None }
    }

    /// At which currents decay \[1/ms\].
    fn rate(&self) -> f64 {
        if let Delivery::Exponential { tau } = self.delivery { 1.0 / tau } else { 0.0 }
    }

    /// What the present piece of the input makes of E.
    fn drive(&self, columns: &mut Columns, lane: usize) {
        let (system, _) = self.neuron.needs();
        columns.drive.0[lane] = system.k2 * system.alpha * self.level + system.constant;
    }

    /// Takes the neuron out of its lane.
    pub(super) fn take(&mut self, columns: &Columns, lane: usize) {
        fn of<const N: usize>(rows: &[Row; N], lane: usize) -> [f64; N] {
            std::array::from_fn(|i| rows[i].0[lane])
        }
        let at = Between {
            time: columns.time.0[lane],
            state: [columns.w.0[lane], columns.k.0[lane]],
            level: self.level,
            begun: self.begun,
            current: columns.current.0[lane],
            errors: ([0, 1, 2].map(|i| of(&columns.errors[i], lane)), columns.nonlinear.0[lane]),
        };
        let entry = Entry {
            m: of(&columns.m, lane),
            local: of(&columns.local, lane),
            kick: of(&columns.kick, lane),
            h: columns.passed.0[lane],
        };
        let (steps, lost) = (columns.steps.0[lane] as u64, columns.lost >> lane & 1 == 1);
        self.neuron.go_on(&at, &Done { entry, steps, arrivals: self.arrived_there, lost });
        self.arrived = of(&columns.arrived, lane);
    }

    /// Tells a lane the next event before `end` \[ms\]; whether it is an arrival.
    #[inline(always)]
    pub(super) fn next(&mut self, end: f64, errors: &[Errors], columns: &mut Columns, lane: usize) -> bool {
        let arrival = if self.arrived_now < self.due { self.pending.get(self.arrived_now) } else { None };
        let until = arrival.map_or(end, |arrival| arrival.time);
        let change = self.input.pieces().get(self.begun).map_or(f64::INFINITY, |piece| piece.start);
        let (part, next) = (columns.time.0[lane] + columns.limit.0[lane], until.min(change));
        columns.target.0[lane] = part.min(next);
        self.event = match arrival {
            _ if part < next => Event::Part,
            _ if change <= until => Event::Change,
            None => Event::End,
            Some(arrival) => {
                columns.charge.0[lane] = arrival.charge;
                let displaced = arrival.displaced(errors);
                for j in 0..PROBES {
                    columns.displaced[j].0[lane] = displaced[j];
                }
                Event::Arrival
            }
        };
        let arrives = self.event == Event::Arrival;
        columns.arrives.0[lane] = f64::from(u8::from(arrives));
        arrives
    }

    /// The lane goes there in parts, and nothing arrives yet.
    pub(super) fn part(&mut self, columns: &mut Columns, lane: usize) {
        self.event = Event::Part;
        columns.arrives.0[lane] = 0.0;
    }

    /// Takes the neuron to where it goes next by itself, and back into its lane; false where it stays out.
    #[cold]
    pub(super) fn by_itself(&mut self, columns: &mut Columns, lane: usize) -> bool {
        self.take(columns, lane);
        self.go_to(columns.target.0[lane]);
        self.lay(columns, lane)
    }

    /// What has come in a lane is beside another arrival, and a spike, or not.
    #[inline(always)]
    pub(super) fn met(&mut self, columns: &Columns, lane: usize, beside: [bool; DoubtKind::ALL.len()]) {
        (self.arrived_now, self.arrived_there) = (self.arrived_now + 1, self.arrived_there + 1);
        for (kind, beside) in DoubtKind::ALL.into_iter().zip(beside) {
            if beside && self.doubts[kind as usize].is_none() {
                self.doubts[kind as usize] = Some(Doubt { kind, time: columns.time.0[lane], neuron: self.number });
            }
        }
    }

    /// What has come makes the neuron spike, by itself; false where it stays out of its lane.
    #[cold]
    pub(super) fn fire(&mut self, columns: &mut Columns, lane: usize, errors: &[Errors]) -> bool {
        // That it came is counted when it is received.
        self.arrived_there -= 1;
        self.take(columns, lane);
        let arrival = self.pending[self.arrived_now - 1];
        self.receive(arrival, &arrival.displaced(errors));
        self.lay(columns, lane)
    }

    /// Changes the input of a lane where it is time; whether it has come to the end of the window.
    #[inline(always)]
    pub(super) fn ends(&mut self, columns: &mut Columns, lane: usize) -> bool {
        if self.event == Event::Part {
            return false;
        }
        columns.limit.0[lane] = f64::INFINITY;
        if self.event == Event::Change {
            self.change(columns, lane);
        }
        self.event == Event::End
    }

    fn change(&mut self, columns: &mut Columns, lane: usize) {
        let (system, _) = self.neuron.needs();
        while let Some(piece) = self.input.pieces().get(self.begun).filter(|piece| piece.start <= columns.time.0[lane]) {
            let jump = system.k2 * (piece.value - self.level);
            columns.k.0[lane] += jump;
            columns.kick[0].0[lane] += jump;
            (self.level, self.begun) = (piece.value, self.begun + 1);
        }
        self.drive(columns, lane);
    }

    /// The errors of its lane are no longer small.
    #[cold]
    pub(super) fn lose(&mut self, columns: &Columns, lane: usize) {
        self.lost_at = self.lost_at.or(Some(columns.time.0[lane]));
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
