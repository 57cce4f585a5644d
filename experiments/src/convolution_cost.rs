//! From how many steps on does the FFT beat the direct sum, what does a recursion save, and what is one real FFT beside them?
//!
//! Operations are counted and times measured, from few steps to many: v of a neuron under forward Euler is convolved with the neuron's
//! own kernel, e^(−a t).

use std::hint::black_box;
use std::time::{Duration, Instant};

use realfft::RealFftPlanner;

use spikestep::Result;
use spikestep::operator::convolution::{Direct, Fft, OnlineConvolution, Recursive};
use spikestep::report::chart::{Chart, Field, columns};
use spikestep::report::{plain, three, three_or_dash};
use spikestep::scheme::Evolution;

use crate::shared::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    title: "What the convolution costs: direct, FFT and recursive engines",
    question: "From how many steps on does the FFT beat the direct sum, what does a recursion save, and what is one real FFT beside them?",
    run,
};

const NEURON: &str = "RS"; // The neuron
const INPUT: f64 = 10.0; // Constant input [mV/ms]
const DT: f64 = 0.5; // Step [ms]
const SMALLEST: u32 = 4; // Runs have N = 2^SMALLEST steps to 2^LARGEST
/// See [`SMALLEST`].
const LARGEST: u32 = 20;
/// The direct sum goes no further than N = 2^DIRECT_LARGEST: every doubling takes four times as long.
const DIRECT_LARGEST: u32 = 16;
const FIT_FROM: u32 = 11; // Growth is fitted from N = 2^FIT_FROM on: below, what a step costs in any case shows
const REPEATS: usize = 15; // Repeats of every timing; the fastest is shown, the median stands beside it in timings.csv

/// What a cost is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CostQuantity {
    /// Floating-point operations, counted.
    Flops,
    /// Time \[ms\], measured.
    Time,
}

/// An engine at one N.
struct Row {
    engine: Engine,
    steps: u64,
    count: Count,
    samples: Vec<Sample>,
}

impl Row {
    /// Quantile of what `of` takes from the samples.
    fn quantile(&self, q: f64, of: impl Fn(&Sample) -> f64) -> f64 {
        let mut values: Vec<f64> = self.samples.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[((values.len() - 1) as f64 * q).round() as usize]
    }

    fn cost(&self, quantity: CostQuantity) -> f64 {
        match quantity {
            CostQuantity::Flops => self.count.flops as f64,
            // Disturbances only ever add: the fastest repeat is the cost.
            CostQuantity::Time => self.quantile(0.0, |s| s.run),
        }
    }
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let rows = rows(&trajectory());
    for quantity in [CostQuantity::Flops, CostQuantity::Time] {
        outputs.figure(&figure(&rows, quantity))?;
    }
    let counts = rows.iter().map(|row| fields![row.engine.name(), row.steps, row.count.flops, row.count.held]);
    outputs.csv("counts.csv", "engine,steps,flops,numbers_held", counts)?;
    let header = "engine,steps,setup_fastest_ms,run_fastest_ms,run_median_ms,run_upper_quartile_ms,repeats";
    let timings = rows.iter().map(|row| {
        let run = |q| row.quantile(q, |s| s.run);
        let setup = row.quantile(0.0, |s| s.setup);
        fields![row.engine.name(), row.steps, setup, run(0.0), run(0.5), run(0.75), row.samples.len()]
    });
    outputs.csv("timings.csv", header, timings)?;
    Ok(text(&rows))
}

/// The cost of a run against its number of steps.
fn figure(rows: &[Row], quantity: CostQuantity) -> Chart {
    let (name, title, y, column) = match quantity {
        CostQuantity::Flops => {
            ("convolution_flops", "Counted operations of a convolution against its steps", "cost [flops]", "flops")
        }
        CostQuantity::Time => {
            ("convolution_time", "Measured time of a convolution in ms against its steps", "time [ms]", "time_ms")
        }
    };
    let points = |engine| of(rows, engine).map(|r| (r.steps as f64, r.cost(quantity))).collect::<Vec<_>>();
    let series = Engine::ALL.map(|engine| marked(engine.name(), points(engine)));
    let fields = columns([("engine", Field::Series), ("steps", Field::X), (column, Field::Y)]);
    log_log(name, title, ("number of steps N", y), &[1.0, 2.0], fields, series)
}

/// The rows of one engine, N rising.
fn of(rows: &[Row], engine: Engine) -> impl Iterator<Item = &Row> {
    rows.iter().filter(move |row| row.engine == engine)
}

/// v of the neuron by forward Euler \[mV\] for the longest run, and the ratio e^(−a dt) of its kernel.
fn trajectory() -> (Vec<f64>, f64) {
    let problem = constant_input(cell(NEURON), INPUT, (1u64 << LARGEST) as f64 * DT);
    let mut v = Vec::new();
    let _ = fixed_step(&scheme("euler"), &problem, DT, |row| v.push(row.state.v));
    (v, Evolution::kernel_ratio(&problem.neuron, DT))
}

fn rows((v, ratio): &(Vec<f64>, f64)) -> Vec<Row> {
    let ratio = *ratio;
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
    for (quantity, name, unit) in [(CostQuantity::Flops, "Counted", "flops"), (CostQuantity::Time, "Measured", "ns")] {
        let points = |engine: Engine| -> Vec<(f64, f64)> {
            let fitted = of(rows, engine).filter(|r| r.steps >= 1 << FIT_FROM);
            fitted.map(|r| (r.steps as f64, r.cost(quantity))).collect()
        };
        let growth = |engine| power(points(engine).into_iter());
        let logs = power(points(Engine::Fft).into_iter().map(|(n, cost)| (n.log2(), cost / n)));
        let [direct, fft, recursive] = [Engine::Direct, Engine::Fft, Engine::Recursive].map(growth);
        let crossing = crossing(rows, quantity).map_or("none in this range".to_owned(), |n| format!("{n:.0}"));
        let last = |engine| of(rows, engine).last().map_or(f64::NAN, |row| row.cost(quantity));
        let over = |other| three(last(Engine::Fft) / last(other));
        text += &format!(
            "{name}: {unit} a step\n{}\
             Growth from N = 2^{FIT_FROM}: direct N^{direct:.2} (to 2^{DIRECT_LARGEST}), fft N^{fft:.2} or N log^{logs:.1} N, \
             recursive N^{recursive:.2}.\nThe FFT beats the direct sum from N = {crossing} on.\n\
             At N = 2^{LARGEST} the FFT costs {} times the recursion and {} times one real FFT of length 2N.\n\n",
            cost_table(rows, quantity),
            over(Engine::Recursive),
            over(Engine::OneFft)
        );
    }
    let pairs = of(rows, Engine::Fft).zip(of(rows, Engine::OneFft)).last();
    let (fft, one) = pairs.expect("both engines are run at every N");
    text + &format!(
        "Measured with its setup (plans, spectra of the kernel), {} times; it holds {} numbers a step.\n\
         For an exponential kernel the recursion is the engine to use; the FFT is for all other kernels.\n\
         The direct sum was run to N = 2^{DIRECT_LARGEST} only, and nothing is extrapolated.\n",
        three(fft.quantile(0.0, |s| s.run + s.setup) / one.cost(CostQuantity::Time)),
        three(fft.count.held as f64 / fft.steps as f64)
    )
}

/// Cost a step of each engine, in flops or ns, and the FFT engine beside one FFT.
fn cost_table(rows: &[Row], quantity: CostQuantity) -> String {
    // Flops a step, and ns a step from ms a run.
    let unit = if quantity == CostQuantity::Flops { 1.0 } else { 1e6 };
    let line = |n: u64| {
        let at = |engine| of(rows, engine).find(|row| row.steps == n).map(|row| row.cost(quantity));
        let costs = Engine::ALL.map(|engine| three_or_dash(at(engine).map(|cost| cost * unit / n as f64)));
        let ratio = three_or_dash(at(Engine::Fft).zip(at(Engine::OneFft)).map(|(fft, one)| fft / one));
        [vec![format!("2^{}", n.ilog2())], costs.into(), vec![ratio]].concat()
    };
    let header = ["N", "direct", "fft", "recursive", "one FFT", "fft / one FFT"];
    plain(&header, of(rows, Engine::Fft).map(|row| line(row.steps)))
}

/// The exponent of y ∝ x^p, by least squares of the logarithms.
fn power(points: impl Iterator<Item = (f64, f64)>) -> f64 {
    let logs: Vec<(f64, f64)> = points.map(|(x, y)| (x.ln(), y.ln())).collect();
    slope(&logs)
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

/// Short runs are repeated to about this many steps a timing, so that the clock's resolution does not show.
const STEPS_A_TIMING: usize = 1 << 14;

/// What convolves, and what it is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Direct,
    Fft,
    Recursive,
    /// One real FFT of length 2N: the yardstick.
    OneFft,
}

impl Engine {
    const ALL: [Engine; 4] = [Engine::Direct, Engine::Fft, Engine::Recursive, Engine::OneFft];

    fn name(self) -> &'static str {
        match self {
            Engine::Direct => "direct",
            Engine::Fft => "fft",
            Engine::Recursive => "recursive",
            Engine::OneFft => "one real FFT of length 2N",
        }
    }

    fn build(self, kernel: Vec<f64>, ratio: f64) -> Option<Box<dyn OnlineConvolution<f64>>> {
        match self {
            Engine::Direct => Some(Box::new(Direct::new(kernel))),
            Engine::Fft => Some(Box::new(Fft::new(kernel))),
            Engine::Recursive => Some(Box::new(Recursive::exponential(ratio))),
            Engine::OneFft => None,
        }
    }

    /// Flops of a run over `x`, and numbers held at its end.
    fn count(self, x: &[f64], ratio: f64) -> Count {
        let Some(mut engine) = self.build(kernel(ratio, x.len()), ratio) else {
            let size = 2 * x.len() as u64;
            // The input and half a spectrum of complex numbers.
            return Count { flops: 5 * size * u64::from(size.ilog2()) / 2, held: 2 * size as usize + 2 };
        };
        x.iter().for_each(|&x| {
            black_box(engine.push(x));
        });
        Count { flops: engine.flops(), held: engine.held() }
    }

    /// One timing of a run over `x`.
    fn time(self, x: &[f64], ratio: f64) -> Sample {
        let runs = (STEPS_A_TIMING / x.len()).max(1);
        let each = |total: Duration| total.as_secs_f64() * 1e3 / runs as f64;
        if self == Engine::OneFft {
            let start = Instant::now();
            let plan = RealFftPlanner::new().plan_fft_forward(2 * x.len());
            let mut buffers = (plan.make_input_vec(), plan.make_output_vec(), plan.make_scratch_vec());
            let setup = start.elapsed().as_secs_f64() * 1e3;
            let mut run = Duration::ZERO;
            for _ in 0..runs {
                // The transform destroys its input; the output is written before, so that no page of it is new.
                buffers.0[..x.len()].copy_from_slice(x);
                buffers.0[x.len()..].fill(0.0);
                buffers.1.fill(1.0.into());
                buffers.2.fill(1.0.into());
                let start = Instant::now();
                let done = plan.process_with_scratch(&mut buffers.0, &mut buffers.1, &mut buffers.2);
                run += start.elapsed();
                black_box(done.is_ok());
            }
            return Sample { setup, run: each(run) };
        }
        let kernels: Vec<_> = (0..runs).map(|_| kernel(ratio, x.len())).collect();
        let start = Instant::now();
        let mut engines: Vec<_> = kernels.into_iter().filter_map(|kernel| self.build(kernel, ratio)).collect();
        let setup = start.elapsed();
        let start = Instant::now();
        for engine in &mut engines {
            for &x in x {
                black_box(engine.push(x));
            }
        }
        Sample { setup: each(setup), run: each(start.elapsed()) }
    }
}

/// κ_n = ratio^n.
fn kernel(ratio: f64, n: usize) -> Vec<f64> {
    (0..n).map(|n| ratio.powf(n as f64)).collect()
}

/// What was counted.
#[derive(Clone, Copy, Debug)]
struct Count {
    flops: u64,
    held: usize,
}

/// What was measured \[ms\]: what is prepared once (plans, spectra of the kernel, memory), and the run.
#[derive(Clone, Copy, Debug)]
struct Sample {
    setup: f64,
    run: f64,
}
