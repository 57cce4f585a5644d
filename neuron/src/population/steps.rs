//! The loop over the steps of a run, which layers and networks share: each step of all layers together, on all threads.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::clock::Clock;
use super::layer::{Core, Presynaptic, Shard, Signals};
use super::network::{Connection, ConnectionEnd, InputState};
use super::real::{Real, finite_inputs};
use super::spike::Spike;
use super::team::{hold, rounds};
use super::variable::Variable;
use crate::error::Result;

/// Neurons times steps below which threads cost more than they bring.
const SERIAL_RUN: u64 = 1 << 17;

/// Neurons of a step below which the rounds of a team cost more than they bring.
const SERIAL_STEP: usize = 512;

/// A layer, or the inputs of a network, borrowed for a run.
pub(super) struct RunningNode<'a, T> {
    pub(super) signals: &'a mut Signals<T>,
    pub(super) state: NodeState<'a, T>,
}

/// What changes in a step of a node.
pub(super) enum NodeState<'a, T> {
    Neurons { core: &'a mut Core<T>, shards: &'a mut [Shard<T>] },
    Inputs(&'a mut InputState<T>),
}

impl<T: Real> RunningNode<'_, T> {
    /// Drops the clamps and scheduled spikes of a step, whether it was taken or not.
    fn forget(&mut self) {
        match &mut self.state {
            NodeState::Neurons { core, .. } => core.clamps.clear(),
            NodeState::Inputs(inputs) => inputs.forget(),
        }
    }
}

/// What all threads read during a step and the caller changes between steps: nodes, connections with their weights, and the clock.
struct Shared<'a, 'c, T> {
    nodes: Vec<RunningNode<'a, T>>,
    connections: &'c mut [Connection<T>],
    clock: Clock,
}

/// A shard and the number of its node.
type Unit<'a, T> = (usize, Mutex<&'a mut Shard<T>>);

/// A step that has been taken, as monitors and learning rules see it.
pub(super) struct StepView<'v, 'a, T> {
    nodes: &'v [RunningNode<'a, T>],
    units: &'v [Unit<'a, T>],
    /// The first unit of each node.
    first: &'v [usize],
}

/// Takes `steps` steps of all `nodes` from `clock`. Before each step `before` sets the inputs; after each, `after` records it and lets the
/// connections learn. Both are given the number of the step since the start. What one step computes depends on the steps before it alone, whatever the order of its shards.
pub(super) fn run_steps<'a, T: Real>(
    mut nodes: Vec<RunningNode<'a, T>>,
    connections: &mut [Connection<T>],
    clock: Clock,
    steps: u64,
    mut before: impl FnMut(u64, &mut [RunningNode<'a, T>]) -> Result<()>,
    mut after: impl FnMut(u64, &StepView<'_, 'a, T>, &mut [Connection<T>]) -> Result<()>,
) -> Result<()> {
    let (mut units, mut first): (Vec<Unit<'a, T>>, _) = (Vec::new(), Vec::new());
    for (p, node) in nodes.iter_mut().enumerate() {
        first.push(units.len());
        if let NodeState::Neurons { shards, .. } = &mut node.state {
            units.extend(std::mem::take(shards).iter_mut().map(|shard| (p, Mutex::new(shard))));
        }
    }
    let neurons: usize = nodes.iter().map(|node| node.signals.input.len()).sum();
    let serial = neurons < SERIAL_STEP || neurons as u64 * steps < SERIAL_RUN;
    let threads = if serial { 1 } else { rayon::current_num_threads() };
    let shared = RwLock::new(Shared { nodes, connections, clock });
    let mut n = clock.first;
    let mut outcome = Ok(());
    let between = || {
        let mut shared = shared.write().unwrap_or_else(PoisonError::into_inner);
        let shared = &mut *shared;
        outcome = (|| {
            if n > clock.first {
                shared.collect(&units, n);
                let view = StepView { nodes: &shared.nodes, units: &units, first: &first };
                after(n - 1, &view, shared.connections)?;
            }
            if n - clock.first < steps {
                shared.nodes.iter_mut().for_each(RunningNode::forget);
                before(n, &mut shared.nodes)?;
                shared.nodes.iter().try_for_each(|node| finite_inputs("input", &node.signals.input))?;
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
            let (node, shard) = &units[unit];
            shared.step(*node, &mut hold(shard));
        }
    };
    rounds(units.len(), threads, between, work);
    outcome
}

impl<T: Real> Shared<'_, '_, T> {
    /// One step of a shard of node `p`.
    fn step(&self, p: usize, shard: &mut Shard<T>) {
        let NodeState::Neurons { core, .. } = &self.nodes[p].state else { return };
        let row = shard.row();
        let signals = &self.nodes[p].signals;
        let n = signals.input.len() / core.rows;
        let sources = self.connections.iter().filter(|c| c.target().0 == p).map(|c| {
            let fired = self.nodes[c.source().0].signals.fired(c.delay(), row);
            Presynaptic { weights: c.weights(), fired, synapse: c.at_step() }
        });
        let lateral = core.lateral.as_ref().map(|weights| Presynaptic {
            weights,
            fired: signals.fired(1, row),
            synapse: core.synapse,
        });
        shard.reset_clamped();
        shard.step(&signals.input[row * n..(row + 1) * n], sources, lateral, core.traces, self.clock);
        if !core.clamps.is_empty() {
            shard.clamp(&core.clamps, self.clock);
        }
    }

    /// Ends a step: its spikes become the last ones, and the time reached is that of step `n`.
    fn collect(&mut self, units: &[Unit<'_, T>], n: u64) {
        for node in &mut self.nodes {
            node.signals.advance();
            match &mut node.state {
                NodeState::Neurons { core, .. } => core.clock.first = n,
                NodeState::Inputs(inputs) => inputs.step(node.signals),
            }
        }
        for (p, shard) in units {
            let shard = hold(shard);
            self.nodes[*p].signals.now(shard.row()).extend_from_slice(shard.spikes());
        }
    }
}

impl<T: Real> StepView<'_, '_, T> {
    /// Appends `variable` of `neurons` in `row` of node `p` to `values`.
    pub(super) fn read(&self, p: usize, variable: Variable, row: usize, neurons: &[u32], values: &mut Vec<f64>) {
        match &self.nodes[p].state {
            NodeState::Neurons { core, .. } => {
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
            NodeState::Inputs(inputs) => inputs.read(variable, self.spikes(p, row), row, neurons, values),
        }
    }

    /// The spikes of the step in `row` of node `p`, in the order of neurons.
    pub(super) fn spikes(&self, p: usize, row: usize) -> &[Spike] {
        self.nodes[p].signals.fired(1, row)
    }

    /// Lets a connection learn from the step.
    pub(super) fn teach(&self, connection: &mut Connection<T>) {
        let [source, target] = [connection.source(), connection.target()].map(|node| End { view: self, p: node.0 });
        connection.learn(&source, &target);
    }
}

/// A node at one end of a connection, as learning rules see it.
struct End<'v, 'p, 'a, T> {
    view: &'v StepView<'p, 'a, T>,
    p: usize,
}

impl<T: Real> ConnectionEnd<T> for End<'_, '_, '_, T> {
    fn rows(&self) -> usize {
        self.view.nodes[self.p].signals.rows()
    }

    fn spikes(&self, row: usize) -> &[Spike] {
        self.view.spikes(self.p, row)
    }

    fn traces(&self, to: &mut Vec<T>) {
        match &self.view.nodes[self.p].state {
            // Shards are in the order of rows, then of neurons.
            NodeState::Neurons { .. } => {
                let units = self.view.units[self.view.first[self.p]..].iter().take_while(|(p, _)| *p == self.p);
                units.for_each(|(_, shard)| to.extend_from_slice(hold(shard).trace()));
            }
            NodeState::Inputs(inputs) => to.extend_from_slice(inputs.traces()),
        }
    }

    fn trace_decay(&self) -> T {
        let traces = match &self.view.nodes[self.p].state {
            NodeState::Neurons { core, .. } => core.traces,
            NodeState::Inputs(inputs) => inputs.trace_step(),
        };
        traces.map_or(T::one(), |traces| traces.decay)
    }

    fn due(&self, delay: usize, row: usize) -> &[Spike] {
        self.view.nodes[self.p].signals.fired(delay, row)
    }
}
