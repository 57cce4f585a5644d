//! The network in windows of its least delay.

use rayon::prelude::*;

use super::abreast;
use super::cell::{Arrival, Cell};
use super::columns::Columns;
use super::doubt::{Doubt, DoubtKind};
use super::{CoupledNeurons, Delivery, Spike};
use crate::error::{Error, Result, shown};
use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::scheme::projective::{Errors, largest};
use crate::truth::Outcome;

/// Most windows of a run.
const MOST_WINDOWS: f64 = 1e7;
/// Most spikes of a run: about 2 GB with their errors.
const MOST_SPIKES: usize = 30_000_000;
/// An error \[ms\] from which on spikes are lost: beyond it errors are no longer small.
const LARGE: f64 = 0.1;
/// Parts in which threads take the neurons.
const PARTS: usize = 32;

/// A spike at its true time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrueSpike {
    /// The number of the neuron that spiked.
    pub neuron: u32,
    /// When v reached its peak \[ms\].
    pub time: f64,
    /// What the time may be off, as estimated from all errors before it in the whole network \[ms\].
    pub error: f64,
}

/// The solution of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkTruth {
    /// All spikes, by time and then by number of the neuron.
    pub spikes: Vec<TrueSpike>,
    /// For how long it was solved \[ms\].
    pub duration: f64,
    /// When all that follows is lost \[ms\]: the errors of some neuron are no longer small, its spike and an arrival are in doubt, or v
    /// came as near to a peak as it is known.
    pub lost_at: Option<f64>,
    /// The first doubt of each kind.
    pub doubts: Vec<Doubt>,
    /// Arrivals at all neurons together.
    pub arrivals: u64,
    /// Steps of all neurons together.
    pub steps: u64,
    /// How and where a neuron was cut, which ends the run.
    pub cut: Option<(u32, Outcome)>,
}

impl NetworkTruth {
    /// The spikes without their errors.
    pub fn trains(&self) -> Vec<Spike> {
        self.spikes.iter().map(|spike| Spike { neuron: spike.neuron, t: spike.time }).collect()
    }

    /// The time \[ms\] until which every spike is known to `bound` \[ms\], as estimated, and none is lost or added.
    pub fn known_until(&self, bound: f64) -> f64 {
        let first = self.spikes.iter().find(|spike| spike.error > bound).map(|spike| spike.time);
        let cut = self.cut.and_then(|(_, outcome)| outcome.cut_at());
        [first, self.lost_at, cut].into_iter().flatten().fold(self.duration, f64::min)
    }
}

/// Solves a network, every neuron as if its spikes were to be within `tolerance` \[ms\] of the true ones under what arrives (brought into
/// 1e-13 to 1 ms). What errors become in the network is [estimated](NetworkTruth::known_until), and no promise.
///
/// # Errors
/// A least delay so small that the run has more than 10⁷ windows, more than 3·10⁷ spikes.
pub fn solve(network: &CoupledNeurons, tolerance: f64) -> Result<NetworkTruth> {
    let (duration, window) = (network.duration, network.edges.least_delay());
    if duration / window > MOST_WINDOWS {
        let allowed = format!("at least {} ms in {} ms", shown(duration / MOST_WINDOWS), shown(duration));
        return Err(Error::invalid("least delay", format!("{} ms", shown(window)), allowed, "Take longer delays."));
    }
    let mut cells: Vec<Cell<'_>> =
        (0..network.neurons.len()).map(|i| Cell::new(network, i, tolerance)).collect::<Result<_>>()?;
    let mut truth = NetworkTruth {
        spikes: Vec::new(),
        duration,
        lost_at: None,
        doubts: Vec::new(),
        arrivals: 0,
        steps: 0,
        cut: None,
    };
    let (mut errors, mut found): (Vec<Errors>, Vec<(f64, u32, Errors)>) = Default::default();
    let lanes = abreast::lanes();
    let part = cells.len().div_ceil(PARTS).next_multiple_of(lanes);
    let mut columns = vec![Columns::new(); cells.len().div_ceil(lanes)];
    let (mut now, mut sent) = (0.0, 0);
    while now < duration && truth.cut.is_none() {
        // The sum is that of the delay, so that no arrival of a later spike comes before the end of the window.
        let end = f64::min(now + window, duration);
        let parts = cells.par_chunks_mut(part).zip(columns.par_chunks_mut(part / lanes)).enumerate();
        let arrivals = parts.map(|(which, (cells, columns))| {
            let first = (which * part) as u32;
            let mut arrivals = 0;
            for (spike, number) in truth.spikes[sent..].iter().zip(sent as u32..) {
                let edges = network.edges.between(spike.neuron, first..first + cells.len() as u32);
                for edge in edges {
                    let time = spike.time + edge.delay;
                    if time < duration {
                        arrivals += 1;
                        let (pre, charge) = (spike.neuron, edge.weight);
                        cells[(edge.post - first) as usize].pending.push(Arrival { time, pre, spike: number, charge });
                    }
                }
            }
            abreast::advance(cells, columns, end, &errors);
            arrivals
        });
        truth.arrivals += arrivals.sum::<u64>();
        sent = truth.spikes.len();
        for (cell, i) in cells.iter_mut().zip(0..) {
            found.extend(cell.spikes.drain(..).map(|(time, errors)| (time, i, errors)));
            if truth.cut.is_none() {
                truth.cut = cell.ended().map(|outcome| (i, outcome));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (time, neuron, own) in found.drain(..) {
            errors.push(own);
            truth.spikes.push(TrueSpike { neuron, time, error: largest(&own) + UNIT_ROUNDOFF * time });
        }
        if truth.spikes.len() > MOST_SPIKES {
            let given = format!("{} until {} ms", truth.spikes.len(), shown(end));
            let mend = "Take a shorter duration, or weaker excitation.";
            return Err(Error::invalid("number of spikes", given, format!("at most {MOST_SPIKES}"), mend));
        }
        now = end;
    }
    for (cells, columns) in cells.chunks_mut(lanes).zip(&mut columns) {
        let laid = cells.iter_mut().enumerate().filter(|(lane, _)| columns.laid >> lane & 1 == 1);
        laid.collect::<Vec<_>>().into_iter().for_each(|(lane, cell)| cell.take(columns, lane));
    }
    truth.steps = cells.iter().map(Cell::steps).sum();
    let doubt = |kind| {
        let of_kind = cells.iter().filter_map(|cell| cell.doubts[kind as usize]);
        of_kind.min_by(|a, b| a.time.total_cmp(&b.time))
    };
    truth.doubts = DoubtKind::ALL.into_iter().filter_map(doubt).collect();
    let large = truth.spikes.iter().find(|spike| spike.error > LARGE).map(|spike| spike.time);
    // A current goes on through a reset, so that the order of the two is as good as any.
    let matters = |doubt: &&Doubt| doubt.kind == DoubtKind::Spike && network.delivery == Delivery::Charge;
    let spike = truth.doubts.iter().find(matters).map(|doubt| doubt.time);
    let lost = cells.iter().filter_map(|cell| cell.lost_at).chain(large).chain(spike);
    truth.lost_at = lost.min_by(f64::total_cmp);
    Ok(truth)
}
