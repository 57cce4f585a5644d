//! What the f64 numbers of a problem stand for.

use crate::model::arithmetic::Ball;
use crate::model::typed::{Typed, TypedNumbers};

/// Which problem a solution is held against.
///
/// No f64 is 0.02: a neuron typed as `a = 0.02` is solved with a number that differs by up to half an ulp, which moves late
/// spikes by as much as the rounding of a good solver.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Reading<'a> {
    /// Every number is the shortest decimal that rounds to its f64: what a user typed, if it had no more than 15 digits. A
    /// longer one may have been any number that rounds to the f64; half an ulp then goes into uncertainties and bounds. An input
    /// that was computed from such numbers is what its formula makes of them ([`Typed`](crate::model::Typed)).
    #[default]
    Decimal,
    /// So are the numbers of neuron and start, but for those that a text said more of
    /// ([`NeuronSpec::numbers`](crate::model::NeuronSpec::numbers)).
    Typed(&'a TypedNumbers),
    /// Every number is its f64 exactly: what a program computed.
    Binary,
}

impl Reading<'_> {
    /// What the number `x` of an input stands for, of which nothing more is known.
    pub(crate) fn number(self, x: f64) -> Ball {
        self.named("", x).exact()
    }

    /// The number `name` of neuron or start, `x`, with what it stands for.
    pub(crate) fn named(self, name: &str, x: f64) -> Typed {
        match self {
            Reading::Decimal => Typed::from(x),
            Reading::Typed(numbers) => numbers.of(name, x),
            Reading::Binary => Typed::binary(x),
        }
    }
}
