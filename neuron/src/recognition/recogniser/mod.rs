//! A recogniser: pixels that spike, a layer of Izhikevich neurons that answers them, and charges between the two, learned or not.
//!
//! ```text
//! pixels ── charges q_ij, an exponential current, 1 ms late ──▶ neurons ──▶ spike counts ──▶ a readout
//!                                          ▲ inhibition among them, thresholds, a teacher: see the methods
//! ```
//!
//! Everything that decides a result is in the [`Recipe`] (what the network is, how it learns, seeds) and the [`Stepping`] (scheme and step). A
//! picture's pulses are drawn once in continuous time and put on the grid of any step; charges are kept over dt. What differs between
//! two steppings is then their doing alone. A picture is shown to a network at rest: its answer does not depend on those before it.
//!
//! ```
//! use spikestep::recognition::recogniser::{Method, Reader, Readout, Recipe, Recogniser, Stepping};
//! use spikestep::recognition::Images;
//!
//! let digits = Images::digits();
//! let split = digits.split(200, 100, 1)?;
//! let recipe = Recipe::new("fixed".parse()?, 200, 1);
//! let stepping = Stepping { scheme: "half-step".parse()?, dt: 1.0, lbound: None };
//!
//! let recogniser = Recogniser::train(&recipe, &stepping, &digits, &split.training)?;
//! let seen = recogniser.respond(&stepping, &digits, &split.training)?;
//! let reader = Reader::fit(Readout::Linear, &recogniser, &seen, &digits, &split.training)?;
//! let answers = reader.answers(&recogniser, &recogniser.respond(&stepping, &digits, &split.test)?)?;
//! let right = answers.iter().zip(&split.test).filter(|(answer, i)| **answer == digits.labels()[**i]).count();
//! assert!(right > 80);
//! # Ok::<(), spikestep::Error>(())
//! ```

// The digits of the program are a file in it.
#[cfg(feature = "files")]
mod ink;
mod net;
mod reader;
mod recipe;
mod respond;
#[cfg(feature = "files")]
mod saved;
mod train;

pub use reader::{Reader, Readout};
pub use recipe::{Fixed, Method, Recipe, Stepping, Teacher, Unsupervised};
pub use respond::{Observed, Responses};

/// A network with its charges and thresholds, as [`Recogniser::train`] makes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recogniser {
    /// What it was made from.
    pub recipe: Recipe,
    /// How it was stepped when it learned.
    pub trained: Stepping,
    /// Number of pixels.
    pub inputs: usize,
    /// Number of classes.
    pub classes: usize,
    /// The charges q\[pixel\]\[neuron\] \[mV\], pixel by pixel.
    pub weights: Vec<f64>,
    /// The thresholds of the neurons \[mV/ms\].
    pub theta: Vec<f64>,
}
