//! What comes out of a comparison: tables, CSV, JSON, traces and figures.
//!
//! Every output is made in memory or streamed to a temporary name and renamed when it is whole ([`OutputDir`]), so that no
//! half-written file is ever seen. Times that were measured live in columns (and a file) of their own; all else is the same,
//! byte for byte, whatever the machine's load and number of threads.

mod csv_files;
mod described;
pub mod figure;
mod gallery;
pub(crate) mod grouped;
mod intervals;
mod json;
mod judgement;
mod network;
mod output;
mod rate_curve;
mod recommendation;
mod scheme_list;
mod study;
mod table;
mod unfinished;
mod verdict;

pub use chart;
pub use chart::FigureFormat;
pub use csv_files::{metrics_csv, spikes_csv, timings_csv, write_trace};
pub use described::Described;
pub(crate) use document::counted;
pub(crate) use document::layout;
pub use document::{DataTable, Document, DocumentFigure};
pub(crate) use document::{command_line, program, quoted};
pub use document::{plain, three, three_or_dash, wrapped};
pub use figure::judged_figure;
pub use figure::{Lines, figures};
pub use gallery::{gallery_csv, gallery_figure, gallery_text};
pub use intervals::intervals_csv;
pub use json::comparison_json;
pub(crate) use json::json_text;
pub use judgement::{JudgedFile, judged_json, judged_table, judged_text, residuals_csv};
pub use network::{
    network_curves_csv, network_drawn, network_figures, network_json, network_recommendation_json,
    network_recommendation_text, network_spikes_csv, network_statistics_csv, network_text,
};
pub use output::OutputDir;
pub use rate_curve::{rate_figure, rates_csv, rates_json, rates_text};
pub use recommendation::{
    recommendation_csv, recommendation_json, recommendation_text, recommendation_timings_csv, tried_csv, words_csv,
    words_json, words_text,
};
pub use scheme_list::scheme_list;
pub(crate) use study::{GridReport, Record, files_of_earlier_run, record, record_of, write_grid};
pub use table::comparison_text;
pub(crate) use unfinished::remove_unfinished;
