//! Named layers and the connections among them, stepped together with one dt.
//!
//! One step n, for every layer at once:
//!
//! 1. its input is the sum over the connections onto it, in the order they were made, of weights · (spikes of the source in step
//!    n − delay), then the external input, then the lateral weights (see [`layer`](super::layer)); a connection with another
//!    [`Synapse`] than BindsNET's delivers a charge that does not depend on dt, over a time of its own, or after the update;
//! 2. inputs spike as they are scheduled, layers by their scheme; traces follow.
//!
//! A delay is at least one step, so that no layer of a step waits for another one, and the order of layers means nothing. A connection
//! of one step is BindsNET's, whose networks pass on the spikes of the last step.
//!
//! 3. plastic connections learn ([`Learning`]) from the spikes and traces that the step has left, one after the other.
//!
//! A presentation is [`run`](Network::run), then [`normalize`](Network::normalize), then [`reset`](Network::reset), which leaves the weights.
//! A teacher gives neurons a current or makes them spike ([`Inputs::clamp`]).
//!
//! ```
//! use spikestep::population::{LayerSpec, Network, Variable, Weights};
//! use spikestep::Neuron;
//!
//! let mut network = Network::<f64>::new(0.5, 1)?; // dt = 0.5 ms, one row
//! let x = network.add_input("X", 2, None)?;
//! let y = network.add_layer("Y", LayerSpec::new(vec![Neuron::new(0.02, 0.2, -65.0, 8.0)]))?;
//! // 2 × 1 weights, delivered three steps later, for one step.
//! network.connect(x, y, Weights::dense(2, 1, vec![40.0, 60.0])?, 3)?;
//! network.run(4, |step, inputs| if step == 0 { inputs.spike(x, 0, 1) } else { Ok(()) }, &mut [])?;
//! // −65 mV rests 3 mV/ms below balance; two half-steps of 0.25 ms at 57 mV/ms move v.
//! assert!(network.values(y, Variable::V, 0)[0] > -40.0);
//! # Ok::<(), spikestep::Error>(())
//! ```

mod connection;
mod feed;
mod id;
mod input;
mod learning;
mod node;

pub use connection::Connection;
pub use feed::Inputs;
pub use id::{ConnectionId, NodeId};
pub use learning::{Learning, LearningRule, Reduction};

pub(super) use input::InputState;
pub(super) use learning::ConnectionEnd;

use feed::no_node;
use input::InputLayer;
use node::Node;

pub use super::clock::checked_step;

use super::clock::Clock;
use super::layer::{Layer, LayerSpec, Traces, checked_batch};
use super::monitor::Monitor;
use super::real::Real;
use super::spike::Spike;
use super::steps::{RunningNode, StepView, run_steps};
use super::synapse::Synapse;
use super::variable::Variable;
use super::weights::Weights;
use crate::error::{Error, Result, refuse_if};

/// Layers and connections in precision T; see the [module](self).
pub struct Network<T> {
    names: Vec<String>,
    nodes: Vec<Node<T>>,
    connections: Vec<Connection<T>>,
    batch: usize,
    clock: Clock,
    learning: bool,
}

impl<T: Real> Network<T> {
    /// A network without layers, for steps of `dt` \[ms\] and `batch` rows.
    ///
    /// # Errors
    /// A step that is not positive, no row.
    pub fn new(dt: f64, batch: usize) -> Result<Self> {
        checked_step(dt)?;
        checked_batch(batch, 1)?;
        let clock = Clock { origin: 0.0, dt, first: 0, steps: 1 };
        Ok(Network { names: Vec::new(), nodes: Vec::new(), connections: Vec::new(), batch, clock, learning: true })
    }

    /// Adds a layer at rest.
    ///
    /// # Errors
    /// A name that is taken, a description that cannot be used ([`LayerSpec::validate`]).
    pub fn add_layer(&mut self, name: &str, spec: LayerSpec) -> Result<NodeId> {
        self.free_name(name)?;
        let layer = Layer::new(spec, self.clock.dt, self.batch)?;
        Ok(self.add(name, Node::Layer(Box::new(layer))))
    }

    /// Adds `n` inputs, which spike when they are scheduled to, with traces where they are wanted.
    ///
    /// # Errors
    /// A name that is taken, no input, traces that cannot be used.
    pub fn add_input(&mut self, name: &str, n: usize, traces: Option<Traces>) -> Result<NodeId> {
        self.free_name(name)?;
        let input = InputLayer::new(n, traces, self.clock.dt, self.batch)?;
        Ok(self.add(name, Node::Input(input)))
    }

    /// Connects `source` to `target` by `weights` \[mV/ms\], `delay` steps late. The spikes of the steps before count, as far as they are
    /// kept: those of the last step, or of as many as the longest delay from there so far.
    ///
    /// # Errors
    /// Weights of other sizes than both ends, a delay below one step, a target that is an input.
    pub fn connect(
        &mut self,
        source: NodeId,
        target: NodeId,
        weights: Weights<T>,
        delay: usize,
    ) -> Result<ConnectionId> {
        let (pre, post) = (self.node(source)?.shape_of().1, self.node(target)?.shape_of().1);
        let what = format!("connection from '{}' to '{}'", self.names[source.0], self.names[target.0]);
        let mend = "Inputs spike as they are told.";
        refuse_if!(matches!(self.nodes[target.0], Node::Input(_)), what, "one onto inputs", "one onto a layer", mend);
        if (weights.pre(), weights.post()) != (pre, post) {
            let given = format!("of {} × {} weights", weights.pre(), weights.post());
            return Err(Error::invalid(what, given, format!("{pre} × {post}"), "Give w[source][target]."));
        }
        let mend = "Spikes of a step are not known before its end: give 1 for the next step.";
        refuse_if!(delay == 0, what, "delayed by 0 steps", "a delay of at least one step", mend);
        self.nodes[source.0].signals_mut().deepen(delay);
        self.connections.push(Connection::new(source, target, weights, delay));
        Ok(ConnectionId(self.connections.len() - 1))
    }

    /// Lets the weights of a connection change by `learning` after each step, and brings them inside its bounds, as BindsNET does when a
    /// connection is made.
    ///
    /// # Errors
    /// A learning that weights cannot follow ([`Learning::validate`]), a rule at a layer without traces.
    ///
    /// # Panics
    /// Where the connection is of another network.
    pub fn make_plastic(&mut self, id: ConnectionId, learning: Learning) -> Result<()> {
        learning.validate()?;
        let connection = &self.connections[id.0];
        for (end, node) in [("source", connection.source()), ("target", connection.target())] {
            refuse_if!(
                learning.rule != LearningRule::None && !self.nodes[node.0].keeps_traces(),
                format!("{end} of a connection that learns"),
                format!("'{}', without traces", self.names[node.0]),
                "layers that keep traces",
                "Give Traces to add_input, or to the LayerSpec of add_layer."
            );
        }
        self.connections[id.0].set_learning(learning);
        Ok(())
    }

    /// Switches the learning of all connections off and on; at first it is on. BindsNET's `learning` of a network.
    pub fn set_learning(&mut self, on: bool) {
        self.learning = on;
    }

    /// Scales the weights onto each target so that their |w| add up to the `norm` of the connection's [`Learning`], where it has one,
    /// whether learning is on or off, as BindsNET after each presentation. Weights may leave their bounds by it until the next step.
    pub fn normalize(&mut self) {
        self.connections.iter_mut().for_each(Connection::normalize);
    }

    /// As [`connect`](Network::connect), by a `synapse` other than BindsNET's; where it keeps the charge, the weights are charges \[mV\].
    ///
    /// # Errors
    /// As [`connect`](Network::connect), and a time constant that is not positive.
    pub fn connect_with(
        &mut self,
        source: NodeId,
        target: NodeId,
        weights: Weights<T>,
        delay: usize,
        synapse: Synapse,
    ) -> Result<ConnectionId> {
        synapse.validate()?;
        let id = self.connect(source, target, weights, delay)?;
        self.connections[id.0].set_synapse(synapse, self.clock.dt);
        Ok(id)
    }

    /// Changes how the spikes of a connection reach its target. What the old synapse still had to deliver is dropped.
    ///
    /// # Errors
    /// A time constant that is not positive.
    ///
    /// # Panics
    /// Where the connection is of another network.
    pub fn set_synapse(&mut self, id: ConnectionId, synapse: Synapse) -> Result<()> {
        synapse.validate()?;
        let target = self.connections[id.0].target();
        self.connections[id.0].set_synapse(synapse, self.clock.dt);
        let place = self.connections[..id.0].iter().filter(|c| c.target() == target).count();
        if let Node::Layer(layer) = &mut self.nodes[target.0] {
            layer.forget_current(place);
        }
        Ok(())
    }

    /// `steps` steps, every one recorded by the `monitors`. Before each, `feed` is given the number of the step since the start, sets the
    /// external inputs of layers (which stay as they are until they are set again) and tells the inputs that spike in it.
    ///
    /// # Errors
    /// Those of `feed`, an input that is not finite, a monitor that does not fit the network or cannot write; the steps before it have
    /// been taken.
    pub fn run(
        &mut self,
        steps: u64,
        mut feed: impl FnMut(u64, &mut Inputs<'_, '_, T>) -> Result<()>,
        monitors: &mut [Monitor<'_>],
    ) -> Result<()> {
        let shapes: Vec<_> = self.nodes.iter().map(Node::shape_of).collect();
        monitors.iter_mut().try_for_each(|monitor| monitor.begin(&shapes))?;
        let clock = self.clock;
        let nodes = self.nodes.iter_mut().map(Node::running).collect();
        let mut taken = clock.first;
        let learning = self.learning;
        let before = |n: u64, nodes: &mut [RunningNode<'_, T>]| {
            feed(n, &mut Inputs { nodes, names: &self.names, end: clock.start(n + 1) })
        };
        let after = |n: u64, view: &StepView<'_, '_, T>, connections: &mut [Connection<T>]| {
            taken = n + 1;
            if learning {
                connections.iter_mut().for_each(|connection| view.teach(connection));
            }
            monitors.iter_mut().try_for_each(|monitor| monitor.record(n, view))
        };
        let outcome = run_steps(nodes, &mut self.connections, clock, steps, before, after);
        self.clock.first = taken;
        self.connections.iter_mut().for_each(Connection::settle);
        outcome.and_then(|()| monitors.iter_mut().try_for_each(Monitor::flush))
    }

    /// All layers back to rest, spikes and traces forgotten, the time to 0. Weights and external inputs stay.
    pub fn reset(&mut self) {
        for node in &mut self.nodes {
            match node {
                Node::Layer(layer) => layer.reset(),
                Node::Input(input) => input.reset(),
            }
        }
        self.clock.first = 0;
    }

    /// Changes the number of rows; all are at rest then, as after [`reset`](Network::reset), without external input.
    ///
    /// # Errors
    /// No row, or more than can be counted; nothing has changed then.
    pub fn set_batch(&mut self, batch: usize) -> Result<()> {
        let largest = self.nodes.iter().map(|node| node.shape_of().1).max().unwrap_or(1);
        checked_batch(batch, largest)?;
        self.batch = batch;
        self.clock.first = 0;
        self.nodes.iter_mut().try_for_each(|node| match node {
            Node::Layer(layer) => layer.set_batch(batch),
            Node::Input(input) => input.set_batch(batch),
        })
    }

    /// Puts the neurons of a row of a layer somewhere: [`Layer::set_state`].
    ///
    /// # Errors
    /// As [`Layer::set_state`]; a node that is not a layer.
    pub fn set_state(&mut self, node: NodeId, row: usize, v: &[T], u: &[T]) -> Result<()> {
        self.layer(node)?;
        match &mut self.nodes[node.0] {
            Node::Layer(layer) => layer.set_state(row, v, u),
            Node::Input(_) => Ok(()),
        }
    }

    /// The layer or the inputs called `name`.
    ///
    /// # Errors
    /// An unknown name, with the nearest known one.
    pub fn find(&self, name: &str) -> Result<NodeId> {
        let place = self.names.iter().position(|known| known == name);
        place.map(NodeId).ok_or_else(|| Error::unknown("layer", name, self.names.iter().map(String::as_str)))
    }

    /// The names of all layers and inputs, in the order in which they were added.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// A layer, to be looked at.
    ///
    /// # Errors
    /// A node of another network, or one that is not a layer.
    pub fn layer(&self, node: NodeId) -> Result<&Layer<T>> {
        match self.node(node)? {
            Node::Layer(layer) => Ok(layer),
            Node::Input(_) => {
                let mend = "Inputs have no state but spikes and traces.";
                Err(Error::invalid("layer", format!("'{}'", self.names[node.0]), "a layer of neurons", mend))
            }
        }
    }

    /// Spikes of the last step in `row`, in the order of neurons.
    ///
    /// # Panics
    /// Where there is no such node or row.
    pub fn spikes(&self, node: NodeId, row: usize) -> &[Spike] {
        match &self.nodes[node.0] {
            Node::Layer(layer) => layer.spikes(row),
            Node::Input(input) => input.spikes(row),
        }
    }

    /// The values of `variable` of the neurons of `row` as the last step left them; zero where they are not kept.
    ///
    /// # Panics
    /// Where there is no such node or row.
    pub fn values(&self, node: NodeId, variable: Variable, row: usize) -> Vec<T> {
        match &self.nodes[node.0] {
            Node::Layer(layer) => layer.values(variable, row),
            Node::Input(input) => input.values(variable, row),
        }
    }

    /// The connection `id`.
    ///
    /// # Panics
    /// Where it is of another network.
    pub fn connection(&self, id: ConnectionId) -> &Connection<T> {
        &self.connections[id.0]
    }

    /// A connection, whose weights may be changed between runs.
    ///
    /// # Panics
    /// Where it is of another network.
    pub fn connection_mut(&mut self, id: ConnectionId) -> &mut Connection<T> {
        &mut self.connections[id.0]
    }

    /// The number of rows of the batch.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The length of a step \[ms\].
    pub fn dt(&self) -> f64 {
        self.clock.dt
    }

    /// Steps taken since the start or the last reset.
    #[allow(clippy::misnamed_getters)] // The first step to come has the number of those taken.
    pub fn steps(&self) -> u64 {
        self.clock.first
    }

    /// The time reached \[ms\].
    pub fn time(&self) -> f64 {
        self.clock.start(self.clock.first)
    }

    fn add(&mut self, name: &str, node: Node<T>) -> NodeId {
        self.names.push(name.to_owned());
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    fn free_name(&self, name: &str) -> Result<()> {
        if name.is_empty() || self.names.iter().any(|known| known == name) {
            let allowed = "a name that no other has";
            return Err(Error::invalid("layer name", format!("'{name}'"), allowed, "Choose another name."));
        }
        Ok(())
    }

    fn node(&self, id: NodeId) -> Result<&Node<T>> {
        self.nodes.get(id.0).ok_or_else(|| no_node(id, self.nodes.len()))
    }
}

impl<T: Real> std::fmt::Debug for Network<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network")
            .field("layers", &self.names)
            .field("connections", &self.connections.len())
            .field("batch", &self.batch)
            .field("time", &self.time())
            .finish_non_exhaustive()
    }
}
