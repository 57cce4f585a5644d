//! Figures for a paper: one drawing as SVG, PNG and PDF, with the CSV of what it shows beside it.
//!
//! Each figure is a function from a plain data structure, which owns its numbers, to a [`Figure`]. All of them share one
//! look: axes with units, the colour-blind-safe palette of Okabe and Ito with a dash pattern and a marker of its own for every
//! series (so that it reads in grey), and a legend in an area of its own, never over data. Values that are not finite
//! are left out; a zero on a logarithmic axis is drawn at the axis' floor and marked by an arrow.
//!
//! Text is set in Liberation Sans, which is compiled into the program: no system font, font configuration or other
//! package is looked for. The same numbers give the same bytes in every format.
//!
//! ```
//! use spikestep::report::figure::{raster, Raster, RasterRow};
//! let figure = raster(&Raster {
//!     duration: 100.0,
//!     truth: RasterRow { label: "truth".into(), times: vec![12.5, 61.0] },
//!     schemes: vec![RasterRow { label: "euler".into(), times: vec![13.0, 64.0] }],
//! })?;
//! assert!(figure.svg.contains("time t [ms]"));
//! assert!(figure.csv.starts_with("series,spike,t_ms\ntruth,1,12.5\n"));
//! # Ok::<(), spikestep::Error>(())
//! ```

mod accuracy;
mod confusion;
mod convolution_cost;
mod cost_at_equal_error;
mod curves;
mod error_vs_dt;
mod excitement;
mod firing_patterns;
mod intervals;
mod inverse_errors;
mod inverse_kernels;
mod inverse_response;
mod missed_spikes;
mod phase_plane;
mod pulse_code;
mod raster;
mod residual;
mod residual_vs_dt;
mod spike_errors;
mod spurious_map;
mod study_lines;
mod traces;
mod weight_images;
mod work_precision;

pub use accuracy::{Accuracy, AccuracyPanel, AccuracyPoint, AccuracySeries, accuracy};
pub use confusion::{Confusion, confusion};
pub use convolution_cost::{ConvolutionCost, CostPoint, CostQuantity, CostSeries, convolution_cost};
pub use cost_at_equal_error::{CostAtEqualError, CostPanel, ErrorCost, ErrorCostLine, cost_at_equal_error};
pub use curves::{CurvePanel, CurveSeries, Curves, curves};
pub use error_vs_dt::{Convergence, ConvergencePoint, ErrorVsDt, error_vs_dt};
pub use excitement::{Excitement, Membrane, NeuronGroup, excitement};
pub use firing_patterns::{FiringPatterns, PatternPanel, firing_patterns};
pub use intervals::{IntervalSeries, Intervals, intervals};
pub use inverse_errors::{InverseErrors, OrderErrors, inverse_errors};
pub use inverse_kernels::{InverseKernels, inverse_kernels};
pub use inverse_response::{InverseResponse, ResponsePanel, inverse_response};
pub use missed_spikes::{MissedPoint, MissedSeries, MissedSpikes, missed_spikes};
pub use phase_plane::{Curve, Equilibrium, PhasePlane, phase_plane};
pub use pulse_code::{CodedPicture, PulseCode, pulse_code};
pub use raster::{Raster, RasterRow, raster};
pub use residual::{ResidualSeries, Residuals, residual};
pub use residual_vs_dt::{ResidualLine, ResidualVsDt, residual_vs_dt};
pub use spike_errors::{SpikeErrorSeries, SpikeErrors, spike_errors};
pub use spurious_map::{MapPanel, SpuriousMap, spurious_map};
pub use study_lines::{StudyLine, StudyLines, StudyPoint, study_lines};
pub use traces::{Trace, Traces, traces};
pub use weight_images::{WeightImage, WeightImages, weight_images};
pub use work_precision::{WorkPoint, WorkPrecision, WorkSeries, work_precision};

pub use chart::Figure;
