//! `compare --dt …`: from the options to a study, and from what came out to files and text.

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Args;
use rayon::prelude::*;

use super::bar::Bar;
use super::output::{PrintArgs, figure_format, json_text, print, table_format, told};
use super::quantity::{rate, time, voltage};
use crate::arithmetic::Arithmetic;
use crate::error::{Result, refuse_if, shown};
use crate::interop::TableFormat;
use crate::metrics::{DistanceParameters, MetricSet};
use crate::model::{Interpolation, NeuronSpec, StimulusSpec};
use crate::report::figure::undrawn;
use crate::report::{
    Described, FigureFormat, Lines, OutputDir, command_line, comparison_json, comparison_text, counted, figures,
    files_of_earlier_run, intervals_csv, metrics_csv, scheme_list, spikes_csv, timings_csv, write_trace,
};
use crate::scheme::{Scheme, SchemeSet, applicable};
use crate::study::{CompareOptions, Comparison, Control, Keep, Progress, Run, Study, StudyInput, dt_list, step_costs};

/// Where outputs go unless `--out` says otherwise.
const OUT: &str = "results/compare";

/// Above so many steps in all, traces are written only where `--trace` asks for them.
const MOST_TRACED_STEPS: u64 = 400_000;

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// Steps in ms [default: 0.5]
    ///
    /// 0.5 | 0.1,0.25,0.5,1 | 1/1024 | 100us | 0.01..1:log:9 | 0.1..1:lin:10; none where only --tolerance is given.
    #[arg(long, value_name = "MS,..", allow_hyphen_values = true)]
    dt: Option<String>,
    /// Tolerances of the adaptive schemes [default: 1e-6]
    ///
    /// For projective the largest spike-time error of the run in ms; for the others relative and absolute, per step.
    #[arg(long, value_name = "TOL,..", allow_hyphen_values = true)]
    tolerance: Option<String>,
    /// RS, IB, CH, .., a pattern A..T, a=0.02,b=0.2, or a file
    ///
    /// RS | IB | CH | FS | LTS | TC | RZ (2003), A..T (the patterns of 2004, with their input), a=0.02,b=0.2,c=-65,d=6 (any
    /// of a, b, c, d, k2, k1, k0, b0, leak, peak; the rest as in RS), or the 2007 form
    /// C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35 (input and u then in pA), of which RS2007, IB2007, CH2007,
    /// FS2007, LTS2007, TC2007, RTN2007, CA1-PYR-strong, CA1-PYR-weak and CA1-PV are known. Either form takes refractory (ms),
    /// vb with b_below or b_cubic, peak_u, c_u and umax, the 2007 form klow. Or a NeuroML 2 file with an
    /// izhikevichCell, izhikevich2007Cell or generalizedIzhikevichCell: FILE.nml or FILE.nml#ID, with the input of its network.
    /// Parameters after a name replace its own: RS,d=4. Units may be written: C=100pF,vr=-60mV,a=0.03/ms.
    #[arg(long, default_value = "RS", allow_hyphen_values = true)]
    neuron: String,
    /// Input in mV/ms, 2007: pA [default: step:10, or the neuron's own]
    ///
    /// step:10 | step:110pA | step:10@100 (from 100 ms) | ramp:0:20 (over the duration) | pulse:AMP:WIDTH@START,.. | sine:MEAN:AMP:HZ |
    /// noise:MEAN:SD[:GRID_MS[:SEED]] (frozen) | csv:FILE[:linear|:hold] (columns t_ms,input; straight lines between the
    /// samples, or each held until the next; the run is as long as the file unless --duration is given).
    #[arg(long, allow_hyphen_values = true)]
    input: Option<String>,
    /// Schemes and groups, with commas; --list has all
    ///
    /// Groups are default, grid, located, simulators and adaptive. NAME+located puts the spikes inside the step.
    #[arg(long, value_name = "NAME,..", default_value = "default")]
    schemes: String,
    /// Arithmetic of the fixed-step schemes: f32, s16.15:floor, ..
    ///
    /// f64 | f32 | f16 | bf16 | sI.F (fixed point), then /sI.F for the constants that fit into it, then in any order :ROUNDING (rne,
    /// ties_away, half_up, floor, to_zero or stochastic), :seed=N or :seeds=N (seeds 1 to N), :expanded (else (k2 v + k1) v + k0)
    /// and :wrap (else it saturates). Schemes that cannot run in it are left out of groups, and refused where they are named.
    #[arg(long, value_name = "FORMAT,..")]
    arithmetic: Option<String>,
    /// Length of the run: 1000, 1s [default: 1000 ms, or the input file's or neuron's own]
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    duration: Option<f64>,
    /// Spike peak in mV, for the truth and all schemes [default: 30; bindsnet 45]
    #[arg(long, value_name = "MV", value_parser = voltage, allow_hyphen_values = true)]
    peak: Option<f64>,
    /// Initial v in mV [default: -65, or the pattern's own]
    #[arg(long, value_name = "MV", allow_hyphen_values = true)]
    v0: Option<String>,
    /// Initial u in mV/ms, 2007: pA [default: b v, or the pattern's own]
    #[arg(long, value_name = "U", allow_hyphen_values = true)]
    u0: Option<String>,
    /// Lower bound of v in mV for bindsnet [default: none]
    #[arg(long, value_name = "MV", value_parser = voltage, allow_hyphen_values = true)]
    lbound: Option<f64>,
    /// Victor-Purpura: cost of moving a spike, per ms
    #[arg(long, value_name = "PER_MS", default_value_t = DistanceParameters::default().cost, value_parser = rate, allow_hyphen_values = true)]
    cost: f64,
    /// van Rossum: time constant in ms
    #[arg(long, value_name = "MS", default_value_t = DistanceParameters::default().tau, value_parser = time, allow_hyphen_values = true)]
    tau: f64,
    /// Coincidence factor: window in ms
    #[arg(long, value_name = "MS", default_value_t = DistanceParameters::default().window, value_parser = time, allow_hyphen_values = true)]
    window: f64,
    /// Timing error in ms for which the verdict names a scheme
    #[arg(long, value_name = "MS", default_value_t = 1.0, value_parser = time, allow_hyphen_values = true)]
    within: f64,
    /// Directory of the outputs [default: results/compare]
    ///
    /// With --json nothing is written unless this is given.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of the figures [default: svg]
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', value_parser = figure_format())]
    format: Vec<FigureFormat>,
    /// Write a trace per scheme and step to DIR
    ///
    /// Its columns are t_ms,v_mV,u,spike, a row after every step.
    #[arg(long, value_name = "DIR")]
    trace: Option<PathBuf>,
    /// Format of the traces
    ///
    /// npz is NumPy's; parquet needs a build with that feature.
    #[arg(long, value_name = "FORMAT", default_value = "csv", requires = "trace", value_parser = table_format())]
    trace_format: TableFormat,
    #[command(flatten)]
    print: PrintArgs,
    /// List the schemes with their order, cost per step and source
    #[arg(long, exclusive = true)]
    list: bool,
}

pub(super) fn run(args: &CompareArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    if args.list {
        return print(out, &scheme_list(&step_costs(set)));
    }
    let (study, described) = study(args, set)?;
    args.trace_format.check()?;
    // Places are tried before the work, so that a wrong one costs nothing; a study that is refused takes them back.
    let place = args.out.clone().or_else(|| (!args.print.json).then(|| PathBuf::from(OUT)));
    refuse_if!(
        place.is_none() && !args.format.is_empty(),
        "--format",
        "given with --json alone",
        "formats of figures that are written",
        "Add --out DIR, or leave --format out."
    );
    let mut files = place.map(OutputDir::alone).transpose()?;
    let traces = args.trace.clone().map(|place| trace_dir(place, files.as_ref())).transpose()?.map(Mutex::new);
    let steps = study.total_steps(study.duration_of(&study.neurons[0], &study.inputs[0]));
    let keep = match (&files, steps <= MOST_TRACED_STEPS) {
        (None, _) => Keep::Nothing,
        (Some(_), true) => Keep::Everything,
        (Some(_), false) => Keep::ForFigures,
    };
    // Traces are written as the runs end: together they may be larger than the memory.
    let each = |run: &Run| match &traces {
        Some(traces) => write_run(&mut lock(traces), "", run, args.trace_format),
        None => Ok(()),
    };
    let timing_budget = (!args.print.no_timing).then_some(Duration::from_millis(150));
    let comparison = {
        let bar = Bar::new(args.print.quiet, "runs");
        let progress = |state: Progress| bar.show(state);
        let control = Control { progress: &progress, ..Control::default() };
        study.compare(CompareOptions { within: args.within, timing_budget, keep, each: &each, control })?
    };
    let mut note = None;
    if let Some(files) = &mut files {
        let traces = traces.as_ref().map(lock);
        note = write_files(files, args, &comparison, &described, traces.as_deref())?;
    }
    if args.print.quiet {
        return Ok(());
    }
    let written = files.as_ref().map(|f| f.written()).unwrap_or_default();
    if args.print.json {
        let json = comparison_json(&comparison, &described, written);
        return print(out, &json_text(&json));
    }
    print(out, &(comparison_text(&comparison, &described) + &told(files.as_ref())))?;
    if let Some(note) = note {
        print(out, &format!("{note}\n"))?;
    }
    if let Some(traces) = &traces {
        let traces = lock(traces);
        print(out, &format!("Traces in {}: {}\n", traces.root().display(), counted(traces.written().len(), "file")))?;
    }
    Ok(())
}

/// The study the options ask for, and how its problem is called.
fn study(args: &CompareArgs, set: &SchemeSet) -> Result<(Study, Described)> {
    let neuron = NeuronSpec::parse(&args.neuron)?.started(args.v0.as_deref(), args.u0.as_deref())?;
    let input = StudyInput::of(&neuron, args.input.as_deref())?;
    let given =
        |text: &Option<String>, read: &dyn Fn(&str) -> Result<Vec<f64>>| text.as_deref().map_or(Ok(Vec::new()), read);
    let kinds = args.arithmetic.as_deref().map_or(Ok(Vec::new()), Arithmetic::parse_list)?;
    let schemes = set.parse_list_in(&args.schemes, &kinds)?;
    let (schemes, left_out) = applicable(schemes, &args.schemes, neuron.neuron.form());
    let mut study = Study {
        neurons: vec![neuron],
        inputs: vec![input],
        peaks: args.peak.into_iter().collect(),
        duration: args.duration,
        dts: given(&args.dt, &|text| dt_list::parse("--dt", text))?,
        tolerances: given(&args.tolerance, &|text| dt_list::tolerances("--tolerance", text))?,
        schemes,
        metrics: if kinds.is_empty() { MetricSet::standard() } else { MetricSet::standard().with_arithmetic() },
        lower_bound: args.lbound,
        distances: DistanceParameters { cost: args.cost, tau: args.tau, window: args.window },
        ..Study::default()
    };
    study.refuse_idle_lists()?;
    study.fill_sizes();
    let described = described(&study, command(args), &left_out);
    Ok((study, described))
}

/// The command line without options that change no number: places, formats, silence.
fn command(args: &CompareArgs) -> String {
    let distances = DistanceParameters::default();
    let number = |x: Option<f64>| x.map(|x| x.to_string());
    let unless = |default: f64, x: f64| number(Some(x).filter(|x| *x != default));
    let options = [
        ("dt", args.dt.clone().or_else(|| args.tolerance.is_none().then(|| "0.5".to_owned()))),
        ("tolerance", args.tolerance.clone()),
        ("neuron", Some(args.neuron.clone())),
        ("input", args.input.clone()),
        ("schemes", Some(args.schemes.clone())),
        ("arithmetic", args.arithmetic.clone()),
        ("duration", number(args.duration)),
        ("peak", number(args.peak)),
        ("v0", args.v0.clone()),
        ("u0", args.u0.clone()),
        ("lbound", number(args.lbound)),
        ("cost", unless(distances.cost, args.cost)),
        ("tau", unless(distances.tau, args.tau)),
        ("window", unless(distances.window, args.window)),
        ("within", unless(1.0, args.within)),
    ];
    command_line("", &options)
}

/// How the one problem of a study is called; what its neuron has beyond the quadratic form, and which schemes are left out for that; of a
/// recorded input how it goes on between its samples, too, and whether it begins or ends inside the run.
pub(super) fn described(study: &Study, command: String, left_out: &[Scheme]) -> Described {
    let (neuron, input) = (&study.neurons[0], &study.inputs[0]);
    let mut text = input.label.clone();
    let between = input.spec.as_ref().and_then(StimulusSpec::interpolation);
    if between == Some(Interpolation::Linear) && !text.ends_with(":linear") {
        text += ":linear";
    }
    let duration = study.duration_of(neuron, input);
    let [start, end] = input.spec.as_ref().and_then(StimulusSpec::recorded_span).unwrap_or([0.0, duration]);
    let begins = (start != 0.0).then(|| match start > 0.0 {
        true => format!("The recorded input begins at {} ms; it is 0 before.", shown(start)),
        false => format!("The recorded input begins at {} ms; what it has before 0 ms is left out.", shown(start)),
    });
    let ends = (end < duration).then(|| {
        let (end, duration) = (shown(end), shown(duration));
        format!("The recorded input ends at {end} ms; its last value is held until {duration} ms.")
    });
    let names: Vec<String> = left_out.iter().map(Scheme::to_string).collect();
    let left_out =
        (!names.is_empty()).then(|| format!("Left out, since they step that form alone: {}.", names.join(", ")));
    let of_neuron = neuron.note.clone().into_iter().chain(neuron.extension_text()).chain(left_out);
    let notes = of_neuron.chain(begins).chain(ends).collect();
    Described { neuron: neuron.label.clone(), input: text, command, notes }
}

/// Writes everything but `--trace`; gives a note on what was left out.
fn write_files(
    files: &mut OutputDir,
    args: &CompareArgs,
    comparison: &Comparison,
    described: &Described,
    traces: Option<&OutputDir>,
) -> Result<Option<String>> {
    let earlier = files_of_earlier_run(&files.root().join("compare.json"));
    files.write("spikes.csv", &spikes_csv(comparison))?;
    files.write("intervals.csv", &intervals_csv(comparison))?;
    files.write("metrics.csv", &metrics_csv(comparison))?;
    if comparison.is_timed() {
        files.write("timings.csv", &timings_csv(comparison))?;
    }
    let steps = comparison.study.total_steps(comparison.problem.duration);
    let note = if steps <= MOST_TRACED_STEPS {
        comparison.runs.iter().try_for_each(|run| write_run(files, "traces/", run, TableFormat::Csv))?;
        None
    } else {
        Some(format!("Traces of {steps} steps were left out; ask for them with --trace DIR."))
    };
    let formats = if args.format.is_empty() { &[FigureFormat::Svg][..] } else { &args.format };
    // Who names schemes gets a line for each.
    let lines = if args.schemes == "default" { Lines::Families } else { Lines::All };
    let drawn = figures(comparison, lines)?
        .into_par_iter()
        .map(|figure| figure.files(formats))
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(undrawn)?;
    for (name, bytes) in drawn.into_iter().flatten() {
        files.write(&format!("figures/{name}"), &bytes)?;
    }
    let json = comparison_json(comparison, described, files.written());
    files.write("compare.json", json_text(&json).as_bytes())?;
    files.remove_stale_beside(earlier, traces);
    Ok(note)
}

/// The directory of `--trace`, which is written by one process at a time as that of the outputs is, and may be the same.
fn trace_dir(place: PathBuf, files: Option<&OutputDir>) -> Result<OutputDir> {
    let same = |files: &OutputDir| files.root().canonicalize().ok() == place.canonicalize().ok();
    if files.is_some_and(same) { OutputDir::create(place) } else { OutputDir::alone(place) }
}

/// Writes the trace of a run whose samples are there.
fn write_run(files: &mut OutputDir, folder: &str, run: &Run, format: TableFormat) -> Result<()> {
    let name = format!("{folder}{}.{}", run.file_stem(), format.extension());
    files.stream(&name, |out| write_trace(out, format, &run.samples))
}

fn lock(files: &Mutex<OutputDir>) -> MutexGuard<'_, OutputDir> {
    files.lock().unwrap_or_else(PoisonError::into_inner)
}
