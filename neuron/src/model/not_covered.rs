//! Models that people ask for and that these equations do not hold.

/// The kinds of other models, and words in lower case of which the names of such models have one: those of NeuroML, PyNN, NEST and papers.
const OTHERS: [(&str, &[&str]); 3] = [
    ("an exponential integrate-and-fire model", &["adex", "eif", "expif", "exponential"]),
    ("an integrate-and-fire model without an upstroke", &["lif", "iaf", "if_c"]),
    ("a conductance-based model", &["hh", "hodgkin", "morris", "pinsky"]),
];

/// What is asked for in place of another model.
pub(super) const COVERED: &str =
    "cells of the Izhikevich family, whose v' is quadratic in v: RS, IB, .., A to T, or parameters like a=0.02,b=0.2";

/// What to do with another model.
pub(super) const MEND: &str = "Exponential, leaky and conductance-based models are not covered (docs/questions.md); `distance` compares \
                               their spike trains, whatever made them.";

/// Which kind of other model a name is of; `None` where it is of none that is known.
pub(super) fn other_model(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    OTHERS.iter().find(|(_, words)| words.iter().any(|word| name.contains(word))).map(|(kind, _)| *kind)
}
