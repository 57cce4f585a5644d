//! Errors of the library name quantities; the command names its options for them.

use crate::Error;

/// A quantity as the advice of an error of the library calls it, and the option that sets it.
type Options = [(&'static str, &'static str)];

/// The options of `compare`. A phrase that holds another one stands before it.
pub(super) const COMPARE: &Options = &[
    ("the neuron", "--neuron"),
    ("the duration", "--duration"),
    ("the timing error", "--within"),
    ("the initial v", "--v0"),
    ("the initial u", "--u0"),
    ("the peak", "--peak"),
    ("the lower bound", "--lbound"),
    ("the step", "--dt"),
    ("the tolerance", "--tolerance"),
    ("Remove dt", "Remove --dt"),
    ("Remove tolerance", "Remove --tolerance"),
    ("values of dt", "--dt"),
    ("larger steps", "larger --dt"),
    ("fewer schemes", "fewer --schemes"),
    ("a shorter duration", "a shorter --duration"),
];

/// The options of `compare recommend`.
pub(super) const RECOMMEND: &Options = &[
    ("the neuron", "--neuron"),
    ("the duration", "--over"),
    ("change the input", "change --input"),
    ("the timing error", "--within"),
    ("the smallest step", "--finest"),
    ("the peak", "--peak"),
    ("the initial v", "--v0"),
    ("the initial u", "--u0"),
];

/// The options of `compare distance`.
pub(super) const DISTANCE: &Options = &[("the cost per ms", "--cost"), ("a shorter duration", "a shorter --duration")];

/// The options of `compare judge`.
pub(super) const JUDGE: &Options =
    &[("the neuron", "--neuron"), ("the input", "--input"), ("the initial v", "--v0"), ("the initial u", "--u0")];

/// `error` with the options in the place of the quantities, in what it is about and in its advice.
pub(super) fn named(error: Error, options: &Options) -> Error {
    let name = |text: String| options.iter().fold(text, |text, (quantity, option)| text.replace(quantity, option));
    match error {
        Error::Invalid { what, given, allowed, mend } => {
            // Elsewhere what was given is in the words of the user.
            let given = if what == "total work" { name(given) } else { given };
            Error::Invalid { what: name(what), given, allowed, mend: name(mend) }
        }
        Error::Text(text) => Error::Text(name(text)),
        other => other,
    }
}
