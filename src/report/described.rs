//! How a problem is called.

/// How the command's texts described the problem.
#[derive(Clone, Debug)]
pub struct Described {
    /// The neuron: "RS", "A tonic spiking".
    pub neuron: String,
    /// The input as it was asked for: "step:10".
    pub input: String,
    /// The command that gives the same numbers, without options of place and format.
    pub command: String,
    /// What else is to be known of the problem, as sentences.
    pub notes: Vec<String>,
}
