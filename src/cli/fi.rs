//! `compare fi`: firing rate against constant input, of the equations and of schemes.

use std::io::Write;
use std::path::PathBuf;

use super::output::{figure_format, json_text, print, told};
use super::quantity::milliseconds;
use crate::error::{Error, Result};
use crate::model::NeuronSpec;
use crate::report::{FigureFormat, OutputDir, rate_figure, rates_csv, rates_json, rates_text};
use crate::scheme::SchemeSet;
use crate::study::{RateQuestion, dt_list};

/// Draw firing rate against constant input (the f-I curve), with rheobase, rates, mean intervals and their CV, of the equations and of
/// schemes at each step.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct FiArgs {
    /// The neuron, as for compare
    #[arg(long, default_value = "RS", allow_hyphen_values = true)]
    neuron: String,
    /// First and last input, and how many at equal distances [default: 0:20:41, in mV/ms; for a 2007 cell to 20 pA a pF]
    #[arg(long, value_name = "FROM:TO:N", allow_hyphen_values = true)]
    input: Option<String>,
    /// Steps, as for compare
    #[arg(long, value_name = "MS,..", default_value = "0.5", allow_hyphen_values = true)]
    dt: String,
    /// Schemes of a fixed step, as for compare
    #[arg(long, value_name = "NAME,..", default_value = "euler,half-step,rk4,rk4+located")]
    schemes: String,
    /// Length of a run
    #[arg(long, value_name = "TIME", default_value = "2000", allow_hyphen_values = true)]
    duration: String,
    /// From when on intervals count [default: half of the duration]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<String>,
    /// Directory of fi.svg and rates.csv; with --json nothing is written unless this is given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of the figure
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg", value_parser = figure_format())]
    format: Vec<FigureFormat>,
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
}

/// Where outputs go unless `--out` says otherwise.
const OUT: &str = "results/compare/fi";

pub(super) fn run(args: &FiArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let neuron = NeuronSpec::parse(&args.neuron)?;
    let duration = milliseconds("--duration", &args.duration)?;
    let question = RateQuestion {
        inputs: match &args.input {
            Some(text) => inputs(text)?,
            None => equal(0.0, 20.0 / neuron.input_scale, 41),
        },
        schemes: set.parse_list(&args.schemes)?,
        dts: dt_list::parse("--dt", &args.dt)?,
        from: args.from.as_ref().map_or(Ok(0.5 * duration), |text| milliseconds("--from", text))?,
        neuron,
        duration,
    };
    let place = args.out.clone().or_else(|| (!args.json).then(|| PathBuf::from(OUT)));
    let mut dir = place.map(OutputDir::alone).transpose()?;
    let curves = question.curves()?;
    if let Some(dir) = &mut dir {
        dir.figure(&rate_figure(&question, &curves), &args.format)?;
        dir.write("rates.csv", &rates_csv(&question, &curves))?;
    }
    match (args.json, dir) {
        (true, _) => print(out, &json_text(&rates_json(&question, &curves))),
        (false, dir) => print(out, &(rates_text(&question, &curves) + &told(dir.as_ref()))),
    }
}

/// Reads FROM:TO:N.
fn inputs(text: &str) -> Result<Vec<f64>> {
    let wrong = || {
        let allowed = "FROM:TO:N with finite numbers, FROM below TO, N from 2 to 10000";
        Error::invalid("--input", format!("'{text}'"), allowed, "Write --input 0:20:41.")
    };
    let [from, to, count] = text.split(':').collect::<Vec<_>>()[..] else { return Err(wrong()) };
    let number = |text: &str| data::quantity::plain::<f64>(text).ok_or_else(wrong);
    let (from, to) = (number(from)?, number(to)?);
    let count: usize = count.trim().parse().map_err(|_| wrong())?;
    if !(from < to && (2..=10_000).contains(&count) && (to - from).is_finite()) {
        return Err(wrong());
    }
    Ok(equal(from, to, count))
}

fn equal(from: f64, to: f64, count: usize) -> Vec<f64> {
    (0..count).map(|i| from + (to - from) * i as f64 / (count - 1) as f64).collect()
}
