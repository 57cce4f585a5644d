//! `compare judge`: what made a recording, and how wrong it is.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::output::{figure_format, json_text, print, told};
use crate::error::{Error, Result};
use crate::judge::{Judgement, Known, ReadOptions, Recorded, TimeUnit, judge};
use crate::model::{Interpolation, NeuronSpec, StimulusSpec};
use crate::report::{
    FigureFormat, JudgedFile, OutputDir, judged_figure, judged_json, judged_table, judged_text, residuals_csv,
};
use crate::scheme::SchemeSet;

/// Judge recordings: which rule made them, at which step, and how wrong they are.
///
/// A recording of one neuron is v and u, v alone, or its spikes, as CSV or other text with names of the columns or without, NEST's and LEMS's
/// .dat, .npy or .npz. Every rule is tried at the spacing of the rows divided by 1 to 10 with the input up to three steps early or late; what
/// is not told of the neuron is fitted to rows. The verdict is exact, class, rule right, parameter wrong, time axis wrong, changed, or none fits.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct JudgeArgs {
    /// The recordings
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The neuron, as for compare [default: fitted; of spikes alone tried among the cells of 2003]
    #[arg(long, allow_hyphen_values = true)]
    neuron: Option<String>,
    /// The input, as for compare, or a FILE.csv [default: that beside the rows, or a constant that is fitted]
    #[arg(long, allow_hyphen_values = true)]
    input: Option<String>,
    /// Initial v in mV [default: -65, tried]
    #[arg(long, value_name = "MV", allow_hyphen_values = true)]
    v0: Option<String>,
    /// Initial u in mV/ms [default: b v, tried]
    #[arg(long, value_name = "U", allow_hyphen_values = true)]
    u0: Option<String>,
    /// Unit of the times where the file does not say: ms, s, or step for numbers of steps
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Which column is what: t=NAME,v=NAME,u=NAME,input=NAME, each a name or a number from 1
    #[arg(long, value_name = "t=..,v=..")]
    columns: Option<String>,
    /// A rule and its step: exit code 0 where the recording is that to its precision, else 1 with the first row that is not
    #[arg(long, value_name = "NAME@DT")]
    claims: Option<String>,
    /// Write the residuals of every row and their figure to a directory, as STEM.residuals.csv and STEM.judged.svg
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of the figure
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg", value_parser = figure_format())]
    format: Vec<FigureFormat>,
    /// Print one JSON object, or a list of them for several files
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &JudgeArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let options = ReadOptions {
        unit: args.unit.as_deref().map(TimeUnit::named).transpose()?,
        columns: args.columns.as_deref().map_or(Ok(Vec::new()), ReadOptions::parse_columns)?,
    };
    let claim = args.claims.as_deref().map(|text| claim(text, set)).transpose()?;
    let mut recordings = Vec::new();
    for path in &args.files {
        recordings.push((path, Recorded::read(path, &options)?));
    }
    // The place is tried before the work.
    let mut dir = args.out.clone().map(OutputDir::alone).transpose()?;
    let mut judged = Vec::new();
    for (path, recorded) in recordings {
        let (known, labels) = known(args, &recorded)?;
        let known = Known { claim: claim.clone(), ..known };
        let mut judgement = judge(&recorded, &known, set)?;
        judgement.notes.extend(ramp_note(&recorded, &known, &labels, &judgement));
        let input = input_text(path, &recorded, &known, &labels, &judgement);
        judged.push(JudgedFile::new(
            path.display().to_string(),
            recorded.reading,
            judgement,
            &known,
            command(args, path),
            input,
        )?);
    }
    if let Some(dir) = &mut dir {
        for (file, stem) in judged.iter().zip(stems(&args.files)) {
            if let Some(figure) = judged_figure(file, &format!("{stem}.judged")) {
                dir.figure(&figure, &args.format)?;
                dir.write(&format!("{stem}.residuals.csv"), &residuals_csv(file))?;
            }
        }
        let all: Vec<_> = judged.iter().map(judged_json).collect();
        dir.write("judge.json", json_text(&all).as_bytes())?;
    }
    let told = told(dir.as_ref());
    let text = match (args.json, judged.as_slice()) {
        (true, [one]) => json_text(&judged_json(one)),
        (true, all) => json_text(&all.iter().map(judged_json).collect::<Vec<_>>()),
        (false, [one]) => judged_text(one) + &told,
        (false, all) => judged_table(all) + &told,
    };
    print(out, &text)?;
    match judged.iter().find_map(JudgedFile::refuted) {
        Some(told) if claim.is_some() => Err(Error::Text(told)),
        _ => Ok(()),
    }
}

/// Reads NAME@DT.
fn claim(text: &str, set: &SchemeSet) -> Result<(crate::Scheme, f64)> {
    let wrong = || {
        Error::invalid(
            "--claims",
            format!("'{text}'"),
            "NAME@DT, a rule and its step in ms",
            "Write --claims euler@0.5.",
        )
    };
    let (name, dt) = text.rsplit_once('@').ok_or_else(wrong)?;
    let dt = super::quantity::milliseconds("--claims", dt)?;
    Ok((set.get(name)?, dt))
}

/// The stems of the names of what is written of each file: its own, with a number where another file has the same, or where a file to be judged
/// has the name that would be written.
fn stems(files: &[PathBuf]) -> Vec<String> {
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<_> = files.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy()).collect();
    let mut taken: Vec<String> = Vec::new();
    for path in files {
        let own = stem(path);
        let numbered = (2..).map(|n| format!("{own}-{n}"));
        let read =
            |stem: &str| ENDINGS.iter().any(|ending| names.iter().any(|name| *name == format!("{stem}.{ending}")));
        let free = |stem: &String| !taken.contains(stem) && !read(stem);
        let first = std::iter::once(own.clone()).chain(numbered).find(free);
        taken.push(first.unwrap_or(own));
    }
    taken
}

/// What is written of a file behind its stem.
const ENDINGS: [&str; 5] = ["judged.csv", "judged.svg", "judged.png", "judged.pdf", "residuals.csv"];

/// The text of the input that explains a recording, for `--input`; `None` for one that stands beside the rows under another name than a recorded
/// input has.
fn input_text(path: &Path, recorded: &Recorded, known: &Known, labels: &[Label], found: &Judgement) -> Option<String> {
    let told = found.answers[0].told_input();
    if let Some(place) = known.stimuli.iter().position(|stimulus| stimulus == told) {
        return labels.get(place).map(|label| label.text.clone());
    }
    if let Some(constant) = told.as_constant() {
        return Some(format!("step:{constant}"));
    }
    let named = |wanted: &str| recorded.reading.columns.iter().find(|(role, _)| *role == wanted).map(|(_, name)| name);
    let readable = named("input")?.eq_ignore_ascii_case("input") && named("t").is_some();
    readable.then(|| format!("csv:{}:hold", path.display()))
}

/// The text of an input, and when the run ends for which it was taken \[ms\].
struct Label {
    text: String,
    end: f64,
}

/// When a ramp was taken to end, where the file does not tell when the run did.
fn ramp_note(recorded: &Recorded, known: &Known, labels: &[Label], found: &Judgement) -> Option<String> {
    let place = known.stimuli.iter().position(|stimulus| stimulus == found.answers[0].told_input())?;
    let label = labels.get(place).filter(|label| recorded.trace.is_none() && label.text.starts_with("ramp"))?;
    Some(format!("The ramp is taken to end with the run, at {} ms: spikes alone do not tell when that is.", label.end))
}

/// What is told of a recording, and the text of each of its inputs.
fn known(args: &JudgeArgs, recorded: &Recorded) -> Result<(Known, Vec<Label>)> {
    let spec = match &args.neuron {
        None => None,
        Some(text) => Some(NeuronSpec::parse(text)?.started(args.v0.as_deref(), args.u0.as_deref())?),
    };
    let plain = NeuronSpec::parse("RS")?;
    let initial = match (&spec, &args.v0, &args.u0) {
        (_, None, None) => None,
        (Some(spec), ..) => Some(spec.initial),
        (None, Some(_), Some(_)) => Some(plain.clone().started(args.v0.as_deref(), args.u0.as_deref())?.initial),
        _ => {
            let mend = "Give both --v0 and --u0, or --neuron too.";
            return Err(Error::invalid("the start", "one of --v0 and --u0, without a neuron", "both", mend));
        }
    };
    let (mut stimuli, mut labels) = (Vec::new(), Vec::new());
    if let Some(text) = &args.input {
        let is_file = !text.starts_with("csv:")
            && Path::new(text.trim_end_matches(":hold").trim_end_matches(":linear")).is_file();
        let text = if is_file { format!("csv:{text}") } else { text.clone() };
        let told = text.ends_with(":hold") || text.ends_with(":linear");
        let of = spec.as_ref().unwrap_or(&plain);
        // Between samples a simulator holds them, more often than not.
        let held = format!("{text}:hold");
        let linear = !told && StimulusSpec::parse(&text)?.interpolation() == Some(Interpolation::Linear);
        let texts = if linear { vec![&held, &text] } else { vec![&text] };
        for text in texts {
            let input = StimulusSpec::parse(text)?;
            // A ramp alone depends on when the run ends.
            let ends = durations(recorded);
            let ends = if text.starts_with("ramp") { &ends[..] } else { &ends[ends.len() - 1..] };
            for &duration in ends {
                let stimulus = input.stimulus_of(of, duration)?;
                if !stimuli.contains(&stimulus) {
                    stimuli.push(stimulus);
                    labels.push(Label { text: text.clone(), end: duration });
                }
            }
        }
    } else if let Some(own) = spec.as_ref().and_then(|spec| spec.stimulus.clone()) {
        stimuli.push(own);
    }
    Ok((Known { neuron: spec.map(|spec| spec.neuron), stimuli, initial, claim: None }, labels))
}

/// When the run may have ended \[ms\]: a ramp ends with it. Rows may be of the ends of the steps, or of their starts; after the last spike a run
/// ends at a round time.
fn durations(recorded: &Recorded) -> Vec<f64> {
    // 3000 times 0.1 is 300, and not 300.00000000000006.
    let clean = |t: f64| (t * 1e9).round() / 1e9;
    match (&recorded.trace, &recorded.spikes) {
        (Some(trace), _) => {
            let spacing = recorded.reading.spacing.unwrap_or(1.0);
            let rows = trace.first.unwrap_or(0.0) + trace.v.len() as f64;
            vec![clean((rows - 1.0).max(1.0) * spacing), clean(rows * spacing)]
        }
        (None, Some(spikes)) => {
            let last = spikes.times().last().copied().unwrap_or(1.0).max(1.0);
            let mut ends: Vec<f64> = ROUND
                .iter()
                .flat_map(|unit| [0.0, 1.0].map(|more| ((last / unit).floor() + 1.0 + more) * unit))
                .collect();
            ends.sort_by(f64::total_cmp);
            ends.dedup();
            ends
        }
        (None, None) => vec![1.0],
    }
}

/// A run is a multiple of one of these long \[ms\].
const ROUND: [f64; 7] = [10.0, 25.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// The command that judges one of the files.
fn command(args: &JudgeArgs, path: &Path) -> String {
    let options = [
        ("neuron", args.neuron.clone()),
        ("input", args.input.clone()),
        ("v0", args.v0.clone()),
        ("u0", args.u0.clone()),
        ("unit", args.unit.clone()),
        ("columns", args.columns.clone()),
        ("claims", args.claims.clone()),
    ];
    crate::report::command_line(&format!("judge {}", crate::report::quoted(&path.display().to_string())), &options)
}
