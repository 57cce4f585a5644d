//! The state of a run after every step.

use crate::model::State;
use crate::scheme::Sample;

/// The state of a run after every step, as the scheme leaves it; all lists have one entry a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// Ends of the steps \[ms\].
    pub t: Vec<f64>,
    /// Membrane potential at the end of each step \[mV\].
    pub v: Vec<f64>,
    /// Recovery variable at the end of each step \[mV/ms\].
    pub u: Vec<f64>,
    /// Whether a spike fell into the step.
    pub spike: Vec<bool>,
}

impl Samples {
    /// Adds the state after one more step.
    pub fn push(&mut self, sample: Sample) {
        self.t.push(sample.t);
        self.v.push(sample.state.v);
        self.u.push(sample.state.u);
        self.spike.push(sample.spike);
    }

    /// The steps in order.
    pub fn iter(&self) -> impl Iterator<Item = Sample> {
        let times = self.t.iter().zip(&self.spike);
        times.zip(self.v.iter().zip(&self.u)).map(|((&t, &spike), (&v, &u))| Sample { t, state: State { v, u }, spike })
    }
}
