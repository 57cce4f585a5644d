//! Charts for papers: one drawing as SVG, PNG and PDF, with the CSV of what it shows beside it.
//!
//! All charts share one look: axes with units, the colour-blind-safe palette of Okabe and Ito with a dash pattern and a marker of
//! its own for every series (so that it reads in grey), and a legend in an area of its own, never over data. Values that are not
//! finite are left out; a zero on a logarithmic axis is drawn at the axis' floor and marked by an arrow.
//!
//! Text is set in Liberation Sans, which is compiled into the program: no system font, font configuration or other package is
//! looked for. The same numbers give the same bytes in every format.
#![allow(missing_docs)]

pub mod axis;
pub mod canvas;
mod clip;
mod decimate;
mod figure;
pub mod heat_map;
pub mod legend;
pub mod loglog;
pub mod panel;
pub mod pictures;
mod render;
pub mod scale_bar;
pub mod style;
pub mod table;

pub use figure::{Figure, FigureFormat};
pub use plotters::style::RGBColor;
pub use style::FONT;

/// A figure that cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The figure's name.
    pub figure: String,
    /// What the drawing library said.
    pub reason: String,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot draw {}: {}", self.figure, self.reason)
    }
}

impl std::error::Error for Error {}

/// What drawing gives.
pub type Result<T> = std::result::Result<T, Error>;
