//! What knows nothing of neurons: errors in one sentence each, tables as files, labelled pictures, pulse codes and readouts.
//!
//! The crate is the lowest of [spikestep](https://crates.io/crates/spikestep), which has all of it under names of its own:
//! [`error`], [`interop`], and [`images`], [`coding`] and [`readout`] in its module `recognition`. It is a crate so that it is compiled
//! beside the others.
//!
//! ```
//! use data::readout::{ConfusionMatrix, Features, nearest_centroid};
//! let digits = data::Images::digits();
//! let split = digits.split(1200, 597, 1)?;
//! let (training, labels) = Features::of_pixels(&digits, &split.training);
//! let (test, truth) = Features::of_pixels(&digits, &split.test);
//! let answers = nearest_centroid(&training, &labels, 10, &test)?;
//! assert!(ConfusionMatrix::new(10, &truth, &answers)?.accuracy() > 0.85);
//! # Ok::<(), data::Error>(())
//! ```

pub mod coding;
pub mod column;
pub mod digits;
pub mod error;
mod grid;
pub mod images;
#[cfg(feature = "files")]
pub mod interop;
pub mod quantity;
pub mod readout;
pub mod whole;
pub mod xml;

pub use coding::Coding;
pub use error::{Error, Result};
pub use grid::step_count;
pub use images::Images;
