//! What of a neuron can be recorded.

/// A quantity that a neuron has after each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The membrane potential v \[mV\].
    V,
    /// The recovery variable u \[mV/ms\].
    U,
    /// 1 where the neuron spiked in the step, else 0.
    Spike,
    /// The spike trace of the neuron.
    Trace,
    /// The input \[mV/ms\] summed over the steps; a jump after the update counts as jump / dt.
    Summed,
    /// The input of the step \[mV/ms\], all of it but what came after the update.
    Input,
    /// What came after the update of the step \[mV\]: see [`Synapse`](super::Synapse).
    Jump,
}

impl Variable {
    /// Its column in a CSV file.
    pub fn column(self) -> &'static str {
        match self {
            Variable::V => "v_mV",
            Variable::U => "u",
            Variable::Spike => "spike",
            Variable::Trace => "trace",
            Variable::Summed => "summed",
            Variable::Input => "input",
            Variable::Jump => "jump_mV",
        }
    }
}
