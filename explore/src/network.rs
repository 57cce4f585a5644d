//! The network of 2003 under a scheme and a step.

use serde::Deserialize;
use serde_json::json;
use spikestep::population::Network2003;
use spikestep::{Error, Scheme};

use crate::problem::Session;
use crate::reply::Reply;

/// Largest size on the page.
const MOST_NEURONS: usize = 2000;
/// Longest run on the page \[ms\].
const MOST_MS: usize = 5000;

/// What is to be run.
#[derive(Deserialize)]
pub(crate) struct Asked {
    excitatory: usize,
    inhibitory: usize,
    milliseconds: usize,
    seed: u64,
    scheme: String,
    dt: f64,
}

/// A network that was drawn, and of what.
pub(crate) struct Drawn {
    of: (usize, usize, usize, u64),
    network: Network2003,
}

impl Session {
    /// The spikes of the network.
    pub(crate) fn network(&mut self, asked: Asked) -> Result<Reply, Error> {
        let of = (asked.excitatory, asked.inhibitory, asked.milliseconds, asked.seed);
        let neurons = asked.excitatory.saturating_add(asked.inhibitory);
        if !(1..=MOST_NEURONS).contains(&neurons) || !(1..=MOST_MS).contains(&asked.milliseconds) {
            let given = format!("{neurons} neurons over {} ms", asked.milliseconds);
            let allowed = format!("1 to {MOST_NEURONS} neurons over 1 to {MOST_MS} ms");
            return Err(Error::invalid("the network", given, allowed, "Take a smaller one, or the command."));
        }
        let scheme: Scheme = asked.scheme.parse()?;
        if self.network.as_ref().is_none_or(|drawn| drawn.of != of) {
            let (excitatory, inhibitory, milliseconds, seed) = of;
            self.network = Some(Drawn { of, network: Network2003::draw(excitatory, inhibitory, milliseconds, seed) });
        }
        let drawn = self.network.as_ref().expect("it was just drawn");
        let spikes = drawn.network.run(&scheme, asked.dt, 0.0)?;
        let mut reply = Reply::of(json!({}));
        let json = json!({
            "t": reply.array(spikes.iter().map(|spike| spike.t)),
            "neuron": reply.array(spikes.iter().map(|spike| f64::from(spike.neuron))),
        });
        reply.json = json;
        Ok(reply)
    }
}
