//! `compare gallery`: the twenty firing patterns by a scheme at a step, on one page.

use std::io::Write;
use std::path::PathBuf;

use super::output::{figure_format, fit_terminal, print, typed};
use super::quantity::milliseconds;
use crate::error::{Error, Result, shown};
use crate::report::{FigureFormat, OutputDir, Record, gallery_csv, gallery_figure, gallery_text, record, wrapped};
use crate::scheme::SchemeSet;
use crate::study::Gallery;

/// Draw the twenty firing patterns of 2004 by one scheme at one step, over what the equations do.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct GalleryArgs {
    /// A scheme of a fixed step, as for compare
    #[arg(long, value_name = "NAME", default_value = "rk4")]
    scheme: String,
    /// Its step: 0.5, 0.5ms, 100us
    #[arg(long, value_name = "TIME", default_value = "0.5", allow_hyphen_values = true)]
    dt: String,
    /// Directory of gallery.svg, gallery.csv and panels.csv
    #[arg(long, value_name = "DIR", default_value = "results/compare/gallery")]
    out: PathBuf,
    /// Formats of the figure
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg", value_parser = figure_format())]
    format: Vec<FigureFormat>,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &GalleryArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let schemes = set.parse_list(&args.scheme)?;
    let [scheme] = schemes.as_slice() else {
        let given = format!("'{}', which is {} schemes", args.scheme, schemes.len());
        return Err(Error::invalid("--scheme", given, "one scheme of a fixed step", "Draw a gallery for each."));
    };
    let dt = milliseconds("--dt", &args.dt)?;
    let mut dir = OutputDir::alone(args.out.clone())?;
    let gallery = Gallery::new(scheme, dt)?;
    dir.figure(&gallery_figure(&gallery), &args.format)?;
    dir.write("panels.csv", &gallery_csv(&gallery))?;
    let of = Record {
        title: &format!("Twenty firing patterns by {scheme} at {} ms", shown(dt)),
        question: "Which of the twenty firing patterns of 2004 does the scheme keep at this step?",
        kind: "gallery",
        command: typed(),
        source: "",
    };
    record(&of, &gallery_text(&gallery), &mut dir)?;
    if args.quiet {
        return Ok(());
    }
    fit_terminal();
    print(out, &format!("{}\n{}\n", gallery_text(&gallery), wrapped(&dir.told())))
}
