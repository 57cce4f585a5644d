//! u as the convolution of v with its kernel.

use serde_json::json;
use spikestep::Error;
use spikestep::operator::{EvolutionOperator, Reconstruction, Recovery, Signal};

use crate::problem::Session;
use crate::reply::Reply;

/// Points of the true v that are convolved, and more in a run below a second: then the panels are of this length \[ms\].
const POINTS: f64 = 10_000.0;
const LONGEST: f64 = 0.1;

impl Session {
    /// The true u, and what the kernel makes of v, the start and the resets.
    pub(crate) fn operator(&self) -> Result<Reply, Error> {
        let solved = self.solved.as_ref().ok_or_else(|| Error::Text("The truth is not known yet.".to_owned()))?;
        let problem = &solved.problem;
        let operator = EvolutionOperator::of(problem)?;
        let recovery = Recovery::izhikevich(&problem.neuron, problem.initial.u)?;
        let signal = Signal::of_truth(&solved.truth, (problem.duration / POINTS).min(LONGEST))?;
        let convolved = recovery.kernel.convolve(&signal, Reconstruction::Cubic);
        let mut reply = Reply::of(json!({}));
        let mut cursor = solved.truth.cursor();
        let [mut t, mut v, mut part, mut resets, mut start, mut exact]: [Vec<f64>; 6] = Default::default();
        for (number, (stretch, values)) in signal.stretches().iter().zip(&convolved).enumerate() {
            for (k, (&at, &value)) in stretch.times.iter().zip(values).enumerate() {
                // At the end of a stretch the reset that ends it is still to come, and so it is in the true u.
                let before =
                    signal.spikes().iter().take_while(|&&spike| spike < at || (spike == at && k == 0 && number > 0));
                t.push(at);
                v.push(stretch.values[k]);
                part.push(value);
                resets.push(before.map(|spike| recovery.jump.value(at - spike)).sum::<f64>());
                start.push(recovery.initial.value(at));
                let last = k + 1 == stretch.times.len();
                let spike = signal.spikes().iter().position(|&spike| last && spike == at);
                exact.push(spike.map_or_else(|| cursor.state(at).u, |n| solved.truth.u_before_reset[n]));
            }
        }
        let json = json!({
            "equation": operator.to_string(),
            "rate": problem.neuron.a * problem.neuron.leak,
            "kernel": reply.array((0..=1000).map(|k| recovery.kernel.value(problem.duration * f64::from(k) / 1000.0))),
            "t": reply.array(t),
            "v": reply.array(v),
            "convolution": reply.array(part),
            "resets": reply.array(resets),
            "start": reply.array(start),
            "u": reply.array(exact),
        });
        reply.json = json;
        Ok(reply)
    }
}
