//! What the convolution of the evolutionary form costs by each engine, counted and measured, from few steps to many.

mod measure;

use std::fmt::Write;


use self::measure::{Count, Engine, Sample};
use crate::shared::{Experiment, Outputs, fields, fixed_step, schemes};
use spikestep::error::{Error, Result, finite};
use spikestep::metrics::line;
use spikestep::model::{NeuronSpec, Problem, Stimulus};
use spikestep::report::figure::{ConvolutionCost, CostPoint, CostQuantity, CostSeries, convolution_cost};
use spikestep::report::{plain, three};
use spikestep::scheme::{Euler, Evolution, OnGrid, run};

// FROM TOML:

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "convolution_cost",
    title: "What the convolution costs: direct, FFT and recursive engines",
    question: "From how many steps on does the FFT beat the direct sum, what does a recursion save, and what is one real FFT beside them?",
    run,
};

const NEURON: &str = "RS";
const INPUT: f64 = 10.0;
const DT: f64 = 0.5;
const SMALLEST: u32 = 4;
const LARGEST: u32 = 20;
const DIRECT_LARGEST: u32 = 16;
const FIT_FROM: u32 = 11;
const REPEATS: usize = 15;

/// An engine at one N.
struct Row {
    engine: Engine,
    steps: u64,
    count: Count,
    samples: Vec<Sample>,
}

impl Row {
    /// Quantile of what `of` takes from the samples.
    fn quantile(q: f64, of: impl Fn(&Sample) -> f64) -> f64 {
        let mut values: Vec<f64> = self.samples.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[((values.len() - 1) as f64 * q).round() as usize]
    }

    fn cost(quantity: CostQuantity) -> f64 {
        match quantity {
            CostQuantity::Flops => self.count.flops as f64,
            // Disturbances only ever add: the fastest repeat is the cost.
            CostQuantity::Time => quantile(0.0, |s| s.run),
        }
    }
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    check()?;
    let rows = rows(&NeuronSpec::parse(&NEURON)?);
    for quantity in [CostQuantity::Flops, CostQuantity::Time] {
        let series = |engine: Engine| CostSeries {
            label: engine.name().to_owned(),
            points: of(&rows, engine).map(|r| CostPoint { steps: r.steps, cost: r.cost(quantity) }).collect(),
        };
        let series = Engine::ALL.into_iter().map(series).collect();
        outputs.figure(&convolution_cost(&ConvolutionCost { quantity, series })?)?;
    }
    outputs.text("counts.csv", counts_csv(&rows))?;
    outputs.text("timings.csv", timings_csv(&rows))?;
    Ok(text(&rows))
}

/// The rows of one engine, N rising.
fn of(rows: &[Row], engine: Engine) -> impl Iterator<Item = &Row> {
    rows.iter().filter(move |row| row.engine == engine)
}

fn check() -> Result<()> {
    finite("input", INPUT)?;
    if !(DT > 0.0 && DT.is_finite()) {
        return Err(Error::invalid("dt", DT, "a step above 0 ms", "Use 0.5."));
    }
    let powers = [
        ("smallest", SMALLEST, *POWERS.start(), *POWERS.end()),
        ("largest", LARGEST, SMALLEST + 3, *POWERS.end()),
        ("direct_largest", DIRECT_LARGEST, SMALLEST + 3, LARGEST),
        // Three points are needed for a slope.
        ("fit_from", FIT_FROM, SMALLEST, DIRECT_LARGEST - 2),
    ];
    for (what, given, least, most) in powers {
        if !(least..=most).contains(&given) {
            let mend = "N is 2 to this power; see experiments/convolution_cost.toml.";
            return Err(Error::invalid(what, given, format!("{least} to {most}"), mend));
        }
    }
    if !(3..=1000).contains(&REPEATS) {
        return Err(Error::invalid("repeats", REPEATS, "3 to 1000", "Use 15: the fastest is shown."));
    }
    Ok(())
}

/// v of the neuron by Euler \[mV\], for the longest run.
fn trajectory(spec: &NeuronSpec) -> Vec<f64> {
    let steps = 1u64 << LARGEST;
    let stimulus = Stimulus::constant(INPUT * spec.input_scale);
    let duration = steps as f64 * DT;
    let problem = Problem { neuron: spec.neuron, stimulus, initial: spec.initial, duration };
    let mut v = Vec::with_capacity(steps as usize);
    run(&mut OnGrid::new(spec.neuron, Euler), &problem, DT, |row| v.push(row.state.v));
    v
}

fn rows(spec: &NeuronSpec) -> Vec<Row> {
    let v = trajectory(spec);
    let ratio = Evolution::kernel_ratio(&spec.neuron, DT);
    let mut rows = Vec::new();
    for power in SMALLEST..=LARGEST {
        let steps = 1usize << power;
        let x = &v[..steps.min(v.len())];
        let engines = Engine::ALL.into_iter().filter(|&e| e != Engine::Direct || power <= DIRECT_LARGEST);
        let from = rows.len();
        rows.extend(engines.map(|engine| {
            let count = engine.count(x, ratio);
            Row { engine, steps: steps as u64, count, samples: Vec::new() }
        }));
        // All engines in turn: a disturbance meets all of them.
        for _ in 0..REPEATS {
            for row in &mut rows[from..] {
                row.samples.push(row.engine.time(x, ratio));
            }
        }
    }
    rows
}

fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    for (quantity, name, unit) in
        [(CostQuantity::Flops, "Counted", "flops"), (CostQuantity::Time, "Measured", "ns")]
    {
        let _ = write!(text, "{name}: {unit} a step\n{}", table(rows, quantity));
        let points = |engine: Engine| -> Vec<(f64, f64)> {
            let fitted = of(rows, engine).filter(|r| r.steps >= 1 << FIT_FROM);
            fitted.map(|r| (r.steps as f64, r.cost(quantity))).collect()
        };
        let growth = |engine| power(points(engine).into_iter());
        let logs = power(points(Engine::Fft).into_iter().map(|(n, cost)| (n.log2(), cost / n)));
        let _ = writeln!(
            text,
            "Growth from N = 2^{}: direct N^{:.2} (to 2^{}), fft N^{:.2} or N log^{:.1} N, recursive N^{:.2}.",
            FIT_FROM,
            growth(Engine::Direct),
            DIRECT_LARGEST,
            growth(Engine::Fft),
            logs,
            growth(Engine::Recursive),
        );
        let _ = match crossing(rows, quantity) {
            Some(n) => writeln!(text, "The FFT beats the direct sum from N = {n:.0} on."),
            None => writeln!(text, "The FFT and the direct sum do not cross in this range."),
        };
        let last = |engine| of(rows, engine).last().map_or(f64::NAN, |row| row.cost(quantity));
        let _ = writeln!(
            text,
            "At N = 2^{} the FFT costs {} times the recursion and {} times one real FFT of length 2N.\n",
            LARGEST,
            three(last(Engine::Fft) / last(Engine::Recursive)),
            three(last(Engine::Fft) / last(Engine::OneFft)),
        );
    }
    let pairs = of(rows, Engine::Fft).zip(of(rows, Engine::OneFft)).last();
    if let Some((fft, one)) = pairs {
        let with_setup = fft.quantile(0.0, |s| s.run + s.setup) / one.cost(CostQuantity::Time);
        let _ = writeln!(
            text,
            "Measured with its setup (plans, spectra of the kernel), {} times; it holds {} numbers a step.",
            three(with_setup),
            three(fft.count.held as f64 / fft.steps as f64),
        );
    }
    let _ = writeln!(
        text,
        "For an exponential kernel the recursion is the engine to use; the FFT is for all other kernels.\n\
         The direct sum was run to N = 2^{} only, and nothing is extrapolated.",
        DIRECT_LARGEST
    );
    text
}

/// Cost a step of each engine, in flops or ns, and the FFT engine beside one FFT.
fn table(rows: &[Row], quantity: CostQuantity) -> String {
    // Flops a step, and ns a step from ms a run.
    let unit = if quantity == CostQuantity::Flops { 1.0 } else { 1e6 };
    let line = |n: u64| {
        let at = |engine| of(rows, engine).find(|row| row.steps == n).map(|row| row.cost(quantity));
        let shown = |cost: Option<f64>| cost.map_or("-".to_owned(), three);
        let mut line = vec![format!("2^{}", n.ilog2())];
        line.extend(Engine::ALL.map(|engine| shown(at(engine).map(|cost| cost * unit / n as f64))));
        line.push(shown(at(Engine::Fft).zip(at(Engine::OneFft)).map(|(fft, one)| fft / one)));
        line
    };
    let header = ["N", "direct", "fft", "recursive", "one FFT", "fft / one FFT"];
    plain(&header, of(rows, Engine::Fft).map(|row| line(row.steps)))
}

/// The exponent of y ∝ x^p, by least squares of the logarithms.
fn power(points: impl Iterator<Item = (f64, f64)>) -> f64 {
    let logs: Vec<(f64, f64)> = points.map(|(x, y)| (x.ln(), y.ln())).collect();
    line::fit(&logs).map_or(f64::NAN, |line| line.slope)
}

/// N from which on the FFT engine costs less than the direct one, interpolated between two N in the logarithms.
fn crossing(rows: &[Row], quantity: CostQuantity) -> Option<f64> {
    let differences: Vec<(f64, f64)> = of(rows, Engine::Direct)
        .zip(of(rows, Engine::Fft))
        .map(|(direct, fft)| ((fft.steps as f64).ln(), (fft.cost(quantity) / direct.cost(quantity)).ln()))
        .collect();
    let last = differences.windows(2).rev().find(|w| w[0].1 >= 0.0 && w[1].1 < 0.0)?;
    let ((x0, y0), (x1, y1)) = (last[0], last[1]);
    Some((x0 + (x1 - x0) * y0 / (y0 - y1)).exp())
}

/// `engine,steps,flops,numbers_held`: the same on every machine.
fn counts_csv(rows: &[Row]) -> String {
    let mut text = "engine,steps,flops,numbers_held\n".to_owned();
    for Row { engine, steps, count, .. } in rows {
        let _ = writeln!(text, "{},{steps},{},{}", engine.name(), count.flops, count.held);
    }
    text
}

/// Fastest, median and upper quartile of the times \[ms\].
fn timings_csv(rows: &[Row]) -> String {
    let mut text =
        "engine,steps,setup_fastest_ms,run_fastest_ms,run_median_ms,run_upper_quartile_ms,repeats\n".to_owned();
    for row in rows {
        let run = |q| row.quantile(q, |s| s.run);
        let setup = row.quantile(0.0, |s| s.setup);
        let (name, steps, repeats) = (row.engine.name(), row.steps, row.samples.len());
        let _ = writeln!(text, "{name},{steps},{setup},{},{},{},{repeats}", run(0.0), run(0.5), run(0.75));
    }
    text
}
