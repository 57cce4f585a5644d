//! A neuron of a network in a lane, and out of it.

use super::super::Delivery;
use super::super::columns::{Columns, Row};
use super::super::doubt::{Doubt, DoubtKind};
use super::{Cell, Event};
use crate::model::normal_form::NormalForm;
use crate::scheme::projective::{Allowance, Between, Done, Entry, Errors};

/// Over so many ms \[ms\] at the most the local errors of a neuron in a lane are added up before lots are drawn for their signs: while none
/// of them grows much.
const TOGETHER: f64 = 4.0;

impl Cell<'_> {
    /// Puts the neuron into a lane; false where it cannot go there.
    pub(in super::super) fn lay(&mut self, columns: &mut Columns, lane: usize) -> bool {
        let Some(between) = self.between() else { return false };
        columns.laid |= 1 << lane;
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
    pub(in super::super) fn take(&mut self, columns: &mut Columns, lane: usize) {
        columns.laid &= !(1 << lane);
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
    pub(in super::super) fn next(&mut self, end: f64, errors: &[Errors], columns: &mut Columns, lane: usize) -> bool {
        let arrival = if self.arrived_now < self.due { self.pending.get(self.arrived_now) } else { None };
        let until = arrival.map_or(end, |arrival| arrival.time);
        let change = self.input.pieces().get(self.begun).map_or(f64::INFINITY, |piece| piece.start);
        let (time, next) = (columns.time.0[lane], until.min(change));
        let part = time + columns.limit.0[lane];
        let in_parts = time < part && part < next;
        columns.target.0[lane] = if in_parts { part } else { next };
        self.event = match arrival {
            _ if in_parts => Event::Part,
            _ if change <= until => Event::Change,
            None => Event::End,
            Some(arrival) => {
                columns.charge.0[lane] = arrival.charge;
                let displaced = arrival.displaced(errors);
                columns.displaced.iter_mut().zip(displaced).for_each(|(row, by)| row.0[lane] = by);
                Event::Arrival
            }
        };
        let arrives = self.event == Event::Arrival;
        columns.arrives.0[lane] = f64::from(u8::from(arrives));
        arrives
    }

    /// The lane goes there in parts, and nothing arrives yet.
    pub(in super::super) fn part(&mut self, columns: &mut Columns, lane: usize) {
        self.event = Event::Part;
        columns.arrives.0[lane] = 0.0;
    }

    /// Takes the neuron to where it goes next by itself, and back into its lane; false where it stays out.
    #[cold]
    pub(in super::super) fn by_itself(&mut self, columns: &mut Columns, lane: usize) -> bool {
        self.take(columns, lane);
        self.go_to(columns.target.0[lane]);
        self.lay(columns, lane)
    }

    /// What has come in a lane is beside another arrival, and a spike, or not.
    #[inline(always)]
    pub(in super::super) fn met(&mut self, columns: &Columns, lane: usize, beside: [bool; DoubtKind::ALL.len()]) {
        (self.arrived_now, self.arrived_there) = (self.arrived_now + 1, self.arrived_there + 1);
        for (kind, beside) in DoubtKind::ALL.into_iter().zip(beside) {
            if beside && self.doubts[kind as usize].is_none() {
                self.doubts[kind as usize] = Some(Doubt { kind, time: columns.time.0[lane], neuron: self.number });
            }
        }
    }

    /// What has come makes the neuron spike, by itself; false where it stays out of its lane.
    #[cold]
    pub(in super::super) fn fire(&mut self, columns: &mut Columns, lane: usize, errors: &[Errors]) -> bool {
        // That it came is counted when it is received.
        self.arrived_there -= 1;
        self.take(columns, lane);
        let arrival = self.pending[self.arrived_now - 1];
        self.receive(arrival, &arrival.displaced(errors));
        self.lay(columns, lane)
    }

    /// Changes the input of a lane where it is time; whether it has come to the end of the window.
    #[inline(always)]
    pub(in super::super) fn ends(&mut self, columns: &mut Columns, lane: usize) -> bool {
        if self.event == Event::Part {
            return false;
        }
        columns.limit.0[lane] = f64::INFINITY;
        if self.event == Event::Change {
            self.change(columns, lane);
        }
        if self.event == Event::End && columns.passed.0[lane] > TOGETHER {
            self.take(columns, lane);
            self.lay(columns, lane);
        }
        self.event == Event::End
    }

    fn change(&mut self, columns: &mut Columns, lane: usize) {
        let (system, _) = self.neuron.needs();
        while let Some(piece) = self.input.pieces().get(self.begun).filter(|piece| piece.start <= columns.time.0[lane])
        {
            let jump = system.k2 * (piece.value - self.level);
            columns.k.0[lane] += jump;
            columns.kick[0].0[lane] += jump;
            (self.level, self.begun) = (piece.value, self.begun + 1);
        }
        self.drive(columns, lane);
    }

    /// The errors of its lane are no longer small.
    #[cold]
    pub(in super::super) fn lose(&mut self, columns: &Columns, lane: usize) {
        self.lost_at = self.lost_at.or(Some(columns.time.0[lane]));
    }
}
