//! Charts for papers: one drawing as SVG, PNG and PDF, with the CSV of what it shows beside it.
//!
//! A [`Chart`] is data: panels, each with two axes and layers (series of points, lines across, maps, small pictures).
//! [`Chart::draw`] makes the [`Figure`] of it. All charts share one look: axes with units, the colour-blind-safe palette of Okabe
//! and Ito with a dash pattern and a marker of its own for every series (so that it reads in grey), lines on each other as stripes of
//! both, letters for the panels, and a legend in an area of its own, never over data. Values that are not finite are left out; a zero
//! on a logarithmic axis is drawn at the axis' floor and marked by an arrow.
//!
//! Text is set in Liberation Sans, which is compiled into the program: no system font, font configuration or other package is
//! looked for. The same numbers give the same bytes in every format.
//!
//! ```
//! use chart::{Axis, Chart, Draw, Field, Panel, Series, columns};
//! let error = Series { draw: Draw::Marked, ..Series::line("euler", [(0.1, 2.0), (0.5, 9.5)]) };
//! let chart = Chart {
//!     name: "error_vs_dt".into(),
//!     title: "Error in ms against time step in ms".into(),
//!     columns: columns([("scheme", Field::Series), ("dt_ms", Field::X), ("error_ms", Field::Y)]),
//!     panels: vec![Panel {
//!         x: Axis::log("time step dt [ms]"),
//!         y: Axis::log("error [ms]"),
//!         layers: vec![error.into()],
//!         ..Panel::default()
//!     }],
//!     ..Chart::default()
//! };
//! let figure = chart.draw()?;
//! assert!(figure.svg.contains("time step dt [ms]"));
//! assert_eq!(figure.csv, "scheme,dt_ms,error_ms\neuler,0.1,2\neuler,0.5,9.5\n");
//! # Ok::<(), chart::Error>(())
//! ```

mod axis;
mod bar;
mod canvas;
mod chart;
mod clip;
mod colors;
mod decimate;
mod draw;
mod entries;
mod figure;
mod layers;
mod legend;
mod plot;
mod render;
mod rows;
mod sheet;
mod slopes;
mod style;
mod table;

pub use axis::Axis;
pub use chart::{
    Chart, Draw, Field, Frame, Image, Images, Layer, LegendPlace, Look, Panel, Point, Rule, Series, columns,
};
pub use colors::{Colors, Ramp};
pub use figure::{Figure, FigureFormat};
pub use style::FONT;
pub use table::number;

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
