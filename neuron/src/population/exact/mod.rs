//! Networks solved event by event: the truth that a network on a clock is measured against.
//!
//! Neurons are coupled by spikes that arrive after delays of at least d_min > 0. Within a window of d_min no neuron hears of another's
//! spikes in it, so that the neurons of a window are solved side by side, each by the adaptive linear form from arrival to arrival
//! ([`Advancing`](crate::scheme::projective::Advancing)), and the spikes of the window are sent on at its end. Spikes have their true times, never those of a grid.
//! Arrivals at a neuron are taken in the order of (time, number of the sender), so that the same bytes come out whatever the number of
//! threads.
//!
//! What a spike delivers is a [charge](Delivery::Charge) q \[mV\], by which v jumps, or the same charge as a
//! [current](Delivery::Exponential) q/τ e^{−t/τ} \[mV/ms\]. The current is no third equation to be solved: E of the normal form takes it
//! as a power series whose every term is known, k2 (α − 1/τ) I (−1/τ)ⁿ/n!, and the steps do not end at it.
//!
//! **Every spike carries an estimate of its own error**: local errors of all steps, those of the spikes that arrived, and rounding, carried
//! through the variational equations of the whole network with signs by lot (`scheme::projective::probes`). [`NetworkTruth::known_until`]
//! says until when all spikes are known to a bound.
//!
//! Prior work: A. Morrison, S. Straube, H. E. Plesser, M. Diesmann, *Exact subthreshold integration with continuous spike times in
//! discrete-time neural network simulations*, Neural Computation 19 (2007) 47–79, whose windows of the minimal delay these are;
//! A. Hanuschkin, S. Kunkel, M. Helias, A. Morrison, M. Diesmann, *A general and efficient method for incorporating precise spike times in
//! globally time-driven simulations*, Frontiers in Neuroinformatics 4 (2010) 113. Both are for integrate-and-fire neurons.
//!
//! ```
//! use spikestep::population::exact::{CoupledNeurons, Edge, solve};
//! use spikestep::population::Delivery;
//! use spikestep::{Neuron, Stimulus};
//! let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
//! let edges = vec![Edge { pre: 0, post: 1, weight: 30.0, delay: 1.5 }];
//! let inputs = vec![Stimulus::constant(10.0), Stimulus::constant(0.0)];
//! let network = CoupledNeurons::new(vec![rs; 2], vec![rs.resting_start(); 2], inputs, edges, Delivery::Charge, 100.0)?;
//! let truth = solve(&network, 1e-9)?;
//! assert!(truth.spikes.iter().any(|spike| spike.neuron == 1));
//! assert_eq!(truth.known_until(1e-6), 100.0);
//! # Ok::<(), spikestep::Error>(())
//! ```

mod abreast;
mod cell;
mod columns;
mod doubt;
mod edges;
mod statistics;
mod stepped;
mod truth;

pub use doubt::{Doubt, DoubtKind};
pub use edges::{Edge, Edges, MOST_EDGES};
pub use statistics::{Curve, Group, STATISTICS, Statistic, curves, partings, statistics, trains};
pub use stepped::{GridRun, require_step, run_on_grid};
pub use truth::{NetworkTruth, TrueSpike, solve};

use std::sync::Arc;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::{Delivery, Spike};
use crate::error::{Error, Result, positive, shown};
use crate::{Neuron, State, Stimulus};

/// Neurons coupled by spikes.
#[derive(Clone, Debug)]
pub struct CoupledNeurons {
    neurons: Vec<Neuron>,
    initial: Vec<State>,
    // Those of a kicked network are the same.
    inputs: Arc<[Stimulus]>,
    edges: Arc<Edges>,
    delivery: Delivery,
    duration: f64,
}

impl CoupledNeurons {
    /// Neurons, each with its state at time 0 and the input of its own, the edges among them, what a spike delivers, and for how long
    /// they are solved \[ms\].
    ///
    /// # Errors
    /// No neuron, lists of different lengths, a neuron that cannot be solved or has more than the quadratic form, numbers that are not
    /// finite, a duration that is not positive, edges that [`Edges::new`] refuses, a [weight](Delivery::Weight) as the delivery (it means
    /// nothing without a step), a time constant that is not positive.
    pub fn new(
        neurons: Vec<Neuron>,
        initial: Vec<State>,
        inputs: Vec<Stimulus>,
        edges: Vec<Edge>,
        delivery: Delivery,
        duration: f64,
    ) -> Result<Self> {
        let neurons = super::check(&neurons, &initial, None)?;
        super::same_length("inputs", inputs.len(), neurons.len())?;
        positive("duration in ms", duration, "Give a duration such as 1000.")?;
        match delivery {
            Delivery::Charge => {}
            Delivery::Exponential { tau } if tau > 0.0 && tau.is_finite() => {}
            Delivery::Exponential { tau } => {
                let mend = "Give one such as 5.";
                return Err(Error::invalid("time constant of a synapse", shown(tau), "a positive number of ms", mend));
            }
            Delivery::Weight => {
                let mend =
                    "Take Delivery::Charge: a charge in mV is what a weight in mV/ms delivers in a step of 1 ms.";
                return Err(Error::invalid("synapse", "a weight", "a charge or an exponential current", mend));
            }
        }
        let edges = Arc::new(Edges::new(neurons.len(), edges)?);
        Ok(CoupledNeurons { neurons, initial, inputs: inputs.into(), edges, delivery, duration })
    }

    /// The neurons.
    pub fn neurons(&self) -> &[Neuron] {
        &self.neurons
    }

    /// Their states at time 0.
    pub fn initial(&self) -> &[State] {
        &self.initial
    }

    /// Their inputs.
    pub fn inputs(&self) -> &[Stimulus] {
        &self.inputs
    }

    /// What a spike delivers.
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// The edges.
    pub fn edges(&self) -> &Edges {
        &self.edges
    }

    /// For how long it is solved \[ms\].
    pub fn duration(&self) -> f64 {
        self.duration
    }

    /// The same with v of every neuron moved up or down by `kick` \[mV\], and where that is 0 to the next number, by lots drawn from
    /// `seed`: what chaos makes of it. Seed 0 moves none.
    pub fn kicked(&self, seed: u64, kick: f64) -> Self {
        let mut changed = self.clone();
        if seed > 0 {
            let mut lots = ChaCha8Rng::seed_from_u64(seed);
            for state in &mut changed.initial {
                let up = lots.random::<bool>();
                state.v += if up { kick } else { -kick };
                if kick == 0.0 {
                    state.v = if up { state.v.next_up() } else { state.v.next_down() };
                }
            }
        }
        changed
    }
}
