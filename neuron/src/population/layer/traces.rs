//! Spike traces.

use crate::error::{Result, finite, refuse_if, shown};
use crate::population::real::Real;
use crate::population::spike::Spike;

/// Spike traces, as learning rules use them: x ← x e^{−dt/tc} in each step, and at a spike x ← scale, or x ← x + scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traces {
    /// Time constant of the decay \[ms\]; BindsNET's `tc_trace`.
    pub tc: f64,
    /// The value that a spike sets or adds; BindsNET's `trace_scale`.
    pub scale: f64,
    /// Whether a spike adds its value to the trace instead of setting it.
    pub additive: bool,
}

impl Default for Traces {
    /// BindsNET's: 20 ms, set to 1.
    fn default() -> Self {
        Traces { tc: 20.0, scale: 1.0, additive: false }
    }
}

impl Traces {
    pub(in crate::population) fn validate(&self) -> Result<()> {
        let allowed = "a positive number of ms";
        let mend = "BindsNET's value is 20.";
        refuse_if!(!(self.tc > 0.0 && self.tc.is_finite()), "trace time constant tc", shown(self.tc), allowed, mend);
        finite("trace scale", self.scale).map(drop)
    }
}

/// The decay of traces over a step, and what a spike does to one.
#[derive(Clone, Copy, Debug)]
pub(in crate::population) struct TraceStep<T> {
    pub(in crate::population) decay: T,
    pub(in crate::population) scale: T,
    pub(in crate::population) additive: bool,
}

impl<T: Real> TraceStep<T> {
    /// `traces` over `dt` \[ms\].
    pub(in crate::population) fn new(traces: Traces, dt: f64) -> Self {
        let decay = (-T::of(dt) / T::of(traces.tc)).exp();
        TraceStep { decay, scale: T::of(traces.scale), additive: traces.additive }
    }

    /// One step of the traces of neurons `first` and on.
    pub(in crate::population) fn apply(&self, trace: &mut [T], spikes: &[Spike], first: usize) {
        for x in trace.iter_mut() {
            *x *= self.decay;
        }
        for spike in spikes {
            let x = &mut trace[spike.neuron as usize - first];
            *x = if self.additive { *x + self.scale } else { self.scale };
        }
    }
}
