//! The network of 2003 under a scheme and a step.

use serde::Deserialize;
use serde_json::json;
use spikestep::population::Network2003;
use spikestep::{Error, Scheme};

use crate::problem::Session;
use crate::reply::Reply;

/// Largest size on the page.
const MOST_NEURONS: f64 = 2000.0;
/// Longest run on the page \[ms\].
const MOST_MS: f64 = 5000.0;

/// Smallest step on the page \[ms\].
const SMALLEST_STEP: f64 = 1.0 / 64.0;

/// What is to be run, in the numbers of JavaScript.
#[derive(Deserialize)]
pub(crate) struct Asked {
    excitatory: f64,
    inhibitory: f64,
    milliseconds: f64,
    seed: f64,
    scheme: String,
    dt: f64,
}

impl Asked {
    /// Sizes, length and seed as the library takes them; refuses what nobody can wait for.
    fn drawn_of(&self) -> Result<(usize, usize, usize, u64), Error> {
        let Asked { excitatory, inhibitory, milliseconds, seed, dt, .. } = *self;
        let neurons = excitatory + inhibitory;
        let whole = |x: f64| x >= 0.0 && x.fract() == 0.0;
        let sizes = whole(excitatory) && whole(inhibitory) && (1.0..=MOST_NEURONS).contains(&neurons);
        if !sizes || !whole(milliseconds) || !(1.0..=MOST_MS).contains(&milliseconds) {
            let given = format!("{neurons} neurons over {milliseconds} ms");
            let allowed = format!("1 to {MOST_NEURONS} neurons over 1 to {MOST_MS} ms, whole numbers");
            return Err(Error::invalid("the network", given, allowed, "Take a smaller one, or the command."));
        }
        // Above 2^53 neighbouring seeds are one number in JavaScript.
        if !whole(seed) || seed >= 9_007_199_254_740_992.0 {
            return Err(Error::invalid("the seed", seed, "a whole number from 0 to 2^53 - 1", "Take 1."));
        }
        if dt < SMALLEST_STEP {
            return Err(Error::invalid(
                "the step",
                format!("{dt} ms"),
                format!("at least {SMALLEST_STEP} ms"),
                "Take 0.1.",
            ));
        }
        Ok((excitatory as usize, inhibitory as usize, milliseconds as usize, seed as u64))
    }
}

/// A network that was drawn, and of what.
pub(crate) struct Drawn {
    of: (usize, usize, usize, u64),
    network: Network2003,
}

impl Session {
    /// The spikes of the network.
    pub(crate) fn network(&mut self, asked: Asked) -> Result<Reply, Error> {
        let of = asked.drawn_of()?;
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
