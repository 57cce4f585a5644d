//! The step of several layers together, and the loop over steps that layers and networks share.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::block::Clock;
use super::layer::{Core, Frame, Shard, Source};
use super::network::{Connection, Ends, InputBody};
use super::team::rounds;
use super::{Real, Spike, Variable, finite_inputs, hold};
use crate::error::Result;

/// Neurons times steps below which threads cost more than they bring.
const SERIAL_RUN: u64 = 1 << 17;

/// Neurons of a step below which the rounds of a team cost more than they bring.
const SERIAL_STEP: usize = 512;

/// A layer, or the inputs of a network, taken apart for a run.
pub(super) struct Part<'a, T> {
    pub(super) frame: &'a mut Frame<T>,
    pub(super) body: Body<'a, T>,
}

pub(super) enum Body<'a, T> {
    Neurons { core: &'a mut Core<T>, shards: &'a mut [Shard<T>] },
    Input(&'a mut InputBody<T>),
}

impl<T: Real> Part<'_, T> {
    /// Drops what inputs and neurons were told for a step that was taken, or was not.
    fn forget(&mut self) {
        match &mut self.body {
            Body::Neurons { core, .. } => core.clamps.clear(),
            Body::Input(body) => body.forget(),
        }
    }
}

/// What threads read during a round and the caller changes between rounds, weights included.
struct Shared<'a, 'c, T> {
    parts: Vec<Part<'a, T>>,
    connections: &'c mut [Connection<T>],
    clock: Clock,
}

/// A shard and the number of its part.
type Unit<'a, T> = (usize, Mutex<&'a mut Shard<T>>);

/// What the monitors of a step may see.
pub(super) struct View<'v, 'a, T> {
    parts: &'v [Part<'a, T>],
    units: &'v [Unit<'a, T>],
    /// The first unit of each part.
    first: &'v [usize],
}

/// `steps` steps of `parts` from `clock`. `before` each the inputs are set, `after` each it is looked at and connections learn; both are
/// given the number of the step since the start. What one step computes depends on the steps before it alone, whatever the order of its shards.
pub(super) fn drive<'a, T: Real>(
    mut parts: Vec<Part<'a, T>>,
    connections: &mut [Connection<T>],
    clock: Clock,
    steps: u64,
    mut before: impl FnMut(u64, &mut [Part<'a, T>]) -> Result<()>,
    mut after: impl FnMut(u64, &View<'_, 'a, T>, &mut [Connection<T>]) -> Result<()>,
) -> Result<()> {
    let (mut units, mut first): (Vec<Unit<'a, T>>, _) = (Vec::new(), Vec::new());
    for (p, part) in parts.iter_mut().enumerate() {
        first.push(units.len());
        if let Body::Neurons { shards, .. } = &mut part.body {
            units.extend(std::mem::take(shards).iter_mut().map(|shard| (p, Mutex::new(shard))));
        }
    }
    let neurons: usize = parts.iter().map(|part| part.frame.input.len()).sum();
    let serial = neurons < SERIAL_STEP || neurons as u64 * steps < SERIAL_RUN;
    let threads = if serial { 1 } else { rayon::current_num_threads() };
    let shared = RwLock::new(Shared { parts, connections, clock });
    let mut n = clock.first;
    let mut outcome = Ok(());
    let between = || {
        let mut shared = shared.write().unwrap_or_else(PoisonError::into_inner);
        let shared = &mut *shared;
        outcome = (|| {
            if n > clock.first {
                shared.collect(&units, n);
                let view = View { parts: &shared.parts, units: &units, first: &first };
                after(n - 1, &view, shared.connections)?;
            }
            if n - clock.first < steps {
                shared.parts.iter_mut().for_each(Part::forget);
                before(n, &mut shared.parts)?;
                shared.parts.iter().try_for_each(|part| finite_inputs("input", &part.frame.input))?;
            }
            Ok(())
        })();
        let go_on = outcome.is_ok() && n - clock.first < steps;
        shared.clock.first = n;
        n += 1;
        go_on
    };
    let work = |next: &mut dyn FnMut() -> Option<usize>| {
        // Locked once by each thread: the threads would take the lock from each other with every unit.
        let shared = shared.read().unwrap_or_else(PoisonError::into_inner);
        while let Some(unit) = next() {
            let (part, shard) = &units[unit];
            shared.step(*part, &mut hold(shard));
        }
    };
    rounds(units.len(), threads, between, work);
    outcome
}

impl<T: Real> Shared<'_, '_, T> {
    /// One step of a shard of part `p`.
    fn step(&self, p: usize, shard: &mut Shard<T>) {
        let Body::Neurons { core, .. } = &self.parts[p].body else { return };
        let row = shard.row();
        let frame = &self.parts[p].frame;
        let n = frame.input.len() / core.rows;
        let sources = self.connections.iter().filter(|c| c.target().0 == p).map(|c| {
            let fired = self.parts[c.source().0].frame.fired(c.delay(), row);
            Source { weights: c.weights(), fired, passage: c.passage() }
        });
        let lateral =
            core.lateral.as_ref().map(|weights| Source { weights, fired: frame.fired(1, row), passage: core.passage });
        shard.reset_clamped();
        shard.step(&frame.input[row * n..(row + 1) * n], sources, lateral, core.traces, self.clock);
        if !core.clamps.is_empty() {
            shard.clamp(&core.clamps, self.clock);
        }
    }

    /// Ends a step: its spikes become the last ones, and the time reached is that of step `n`.
    fn collect(&mut self, units: &[Unit<'_, T>], n: u64) {
        for part in &mut self.parts {
            part.frame.advance();
            match &mut part.body {
                Body::Neurons { core, .. } => core.clock.first = n,
                Body::Input(body) => body.step(part.frame),
            }
        }
        for (p, shard) in units {
            let shard = hold(shard);
            self.parts[*p].frame.now(shard.row()).extend_from_slice(shard.spikes());
        }
    }
}

impl<T: Real> View<'_, '_, T> {
    /// Appends `variable` of `neurons` in `row` of part `p` to `values`.
    pub(super) fn read(&self, p: usize, variable: Variable, row: usize, neurons: &[u32], values: &mut Vec<f64>) {
        match &self.parts[p].body {
            Body::Neurons { core, .. } => {
                let mut held: Option<(usize, MutexGuard<'_, &mut Shard<T>>)> = None;
                for &i in neurons {
                    let (s, i) = core.locate(row, i as usize);
                    if held.as_ref().is_none_or(|(k, _)| *k != s) {
                        // Let go of the last one first.
                        drop(held.take());
                        let (_, shard) = &self.units[self.first[p] + s];
                        held = Some((s, hold(shard)));
                    }
                    if let Some((_, shard)) = &held {
                        values.push(shard.value(variable, i).double());
                    }
                }
            }
            Body::Input(body) => body.read(variable, self.spikes(p, row), row, neurons, values),
        }
    }

    /// The spikes of the step in `row` of part `p`, in the order of neurons.
    pub(super) fn spikes(&self, p: usize, row: usize) -> &[Spike] {
        self.parts[p].frame.fired(1, row)
    }

    /// Lets a connection learn from the step.
    pub(super) fn teach(&self, connection: &mut Connection<T>) {
        let [source, target] = [connection.source(), connection.target()].map(|node| End { view: self, p: node.0 });
        connection.learn(&source, &target);
    }
}

/// A part, to be learned from.
struct End<'v, 'p, 'a, T> {
    view: &'v View<'p, 'a, T>,
    p: usize,
}

impl<T: Real> Ends<T> for End<'_, '_, '_, T> {
    fn rows(&self) -> usize {
        self.view.parts[self.p].frame.rows()
    }

    fn spikes(&self, row: usize) -> &[Spike] {
        self.view.spikes(self.p, row)
    }

    fn traces(&self, to: &mut Vec<T>) {
        match &self.view.parts[self.p].body {
            // Shards are in the order of rows, then of neurons.
            Body::Neurons { .. } => {
                let units = self.view.units[self.view.first[self.p]..].iter().take_while(|(p, _)| *p == self.p);
                units.for_each(|(_, shard)| to.extend_from_slice(hold(shard).trace()));
            }
            Body::Input(body) => to.extend_from_slice(body.traces()),
        }
    }
}
