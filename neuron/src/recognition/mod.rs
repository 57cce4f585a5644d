//! Recognition: a picture becomes pulses, neurons answer them, and a readout names the class from their excitement.
//!
//! Three parts that know nothing of each other, nor of the neurons between them:
//!
//! * [`data`]: labelled pictures ([`Images`]), from the program itself, IDX files or a folder of PNGs, and how a set is split;
//! * [`coding`]: a picture as pulses ([`Coding`]), on a grid of steps or once in continuous time for every step;
//! * [`readout`]: the class from spikes, and how good the answers are.
//!
//! They are in the crate `spikestep-data`. [`recogniser`] joins them by networks that learn.
//!
//! ```
//! use spikestep::recognition::coding::{Coding, Presentation};
//! use spikestep::recognition::readout::{nearest_centroid, ConfusionMatrix, Features};
//! use spikestep::recognition::Images;
//!
//! let digits = Images::digits();
//! let split = digits.split(1200, 597, 1)?;
//!
//! // One picture as pulses: drawn once, then seen at two steps.
//! let coding: Coding = "poisson:128".parse()?;
//! let presentation = Presentation { duration: 100.0, seed: 1, index: split.training[0] as u64 };
//! let pulses = coding.draw(digits.image(split.training[0]), &presentation)?;
//! let (coarse, fine) = (pulses.bin(1.0)?, pulses.bin(0.25)?);
//! assert_eq!((coarse.steps(), fine.steps()), (100, 400));
//! assert_eq!(coarse.total(), fine.total());
//!
//! // The pixels themselves, by the nearest mean of a class: what a network has to beat.
//! let (training, labels) = Features::of_pixels(&digits, &split.training);
//! let (test, truth) = Features::of_pixels(&digits, &split.test);
//! let answers = nearest_centroid(&training, &labels, digits.classes().len(), &test)?;
//! let confusion = ConfusionMatrix::new(digits.classes().len(), &truth, &answers)?;
//! assert!(confusion.accuracy() > 0.85);
//! # Ok::<(), spikestep::Error>(())
//! ```
//!
//! # Conventions
//!
//! * **Pixels** lie in 0..=1 (1 is ink), row by row from the top left; input neuron i is pixel i.
//! * **Classes** are numbered from 0; a label is an index into [`Images::classes`].
//! * **Times** are in ms from the beginning of a presentation, rates in Hz.
//! * **A pulse** has a weight without unit: 1 for a spike, the pixel where a code repeats it. What a pulse does to a neuron is the
//!   neuron's and the connection's business.
//! * **A pulse at t on a grid** belongs to step ⌊t/dt⌋, the step \[n·dt, (n+1)·dt) that covers it; pulses of one input in one step add up.
//! * **Spike counts** ([`readout::Features`]) have one row a picture and one column a neuron.
//! * **Randomness** is seeded, with a stream for each presentation: order and threads change nothing.

pub mod recogniser;

pub use ::data::{Coding, Images, coding, images as data, readout};
