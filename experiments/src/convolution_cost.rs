//! Operations are counted and times measured, from few steps to many: v of a neuron under forward Euler is convolved with the neuron's
//! own kernel, e^(−a t).

use std::hint::black_box;
use std::time::{Duration, Instant};

use realfft::RealFftPlanner;

use spikestep::operator::convolution::{Direct, Fft, OnlineConvolution, Recursive};
use spikestep::scheme::Evolution;

use crate::shared::*;

pub(crate) const QUESTION: &str = "From how many steps on does the FFT beat the direct sum, what does a recursion save, and what is one real FFT beside them?";

const NEURON: &str = "RS"; // The neuron
const INPUT: f64 = 10.0; // Constant input [mV/ms]
const DT: f64 = 0.5; // Step [ms]
const SMALLEST: u32 = 4; // Runs have N = 2^SMALLEST steps to 2^LARGEST
/// See [`SMALLEST`].
const LARGEST: u32 = 20;
/// The direct sum goes no further than N = 2^DIRECT_LARGEST: every doubling takes four times as long.
const DIRECT_LARGEST: u32 = 16;
const FIT_FROM: u32 = 11; // Growth is fitted from N = 2^FIT_FROM on: below, what a step costs in any case shows
const REPEATS: usize = 15; // Repeats of every timing; the fastest counts, since disturbances only ever add
/// Short runs are repeated to about this many steps a timing, so that the clock's resolution does not show.
const STEPS_A_TIMING: usize = 1 << 14;

/// Makes an engine from a kernel, or, where the kernel is e^(−a t), from the ratio of its values a step apart.
type Build = fn(Vec<f64>, f64) -> Box<dyn OnlineConvolution<f64>>;

/// What convolves, and what it is measured by, which is no engine.
const ENGINES: [(&str, Option<Build>); 4] = [
    ("direct", Some(|kernel, _| Box::new(Direct::new(kernel)))),
    ("fft", Some(|kernel, _| Box::new(Fft::new(kernel)))),
    ("recursive", Some(|_, ratio| Box::new(Recursive::exponential(ratio)))),
    ("one real FFT of length 2N", None),
];
const NUMBERS: [usize; 4] = [0, 1, 2, 3];
const DIRECT: usize = 0;

/// What a run costs: how it is known, its unit, and the cost.
type Quantity = (&'static str, &'static str, fn(&Row) -> f64);

const QUANTITIES: [Quantity; 2] = [
    ("Counted", "flops", |row| row.flops as f64),
    ("Measured", "ns", |row| 1e6 * smallest(row.samples.iter().map(|s| s.run))),
];

/// An engine at one N.
struct Row {
    /// Its number in [`ENGINES`].
    engine: usize,
    steps: usize,
    flops: u64,
    /// Numbers held at the end of a run.
    held: usize,
    samples: Vec<Sample>,
}

/// What was measured \[ms\]: what is prepared once (plans, spectra of the kernel, memory), and the run.
#[derive(Clone, Copy)]
struct Sample {
    setup: f64,
    run: f64,
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let rows = rows(&trajectory());
    let panel = |(name, unit, cost): Quantity| {
        let y = format!("cost [{unit}]");
        let lines = NUMBERS.map(|engine| marked(ENGINES[engine].0, points(&rows, engine, cost)));
        Panel { y: Axis::log(&y), ..log_panel(name, ("number of steps N", &y), lines) }
    };
    let title = "Counted operations and measured time of a convolution against its steps";
    draw(outputs, "convolution_cost", title, ["steps", "cost"], 2, QUANTITIES.map(panel).into())?;
    let counts = rows.iter().map(|row| fields![ENGINES[row.engine].0, row.steps, row.flops, row.held]);
    outputs.csv("counts.csv", "engine,steps,flops,numbers_held", counts)?;
    let header = "engine,steps,setup_fastest_ms,run_fastest_ms,run_median_ms,repeats";
    let timings = rows.iter().map(|row| {
        let run = || row.samples.iter().map(|s| s.run);
        let setup = smallest(row.samples.iter().map(|s| s.setup));
        fields![ENGINES[row.engine].0, row.steps, setup, smallest(run()), median(run()), REPEATS]
    });
    outputs.csv("timings.csv", header, timings)?;
    Ok(text(&rows))
}

/// The cost of one engine against N, N rising.
fn points(rows: &[Row], engine: usize, cost: fn(&Row) -> f64) -> Vec<(f64, f64)> {
    rows.iter().filter(|row| row.engine == engine).map(|row| (row.steps as f64, cost(row))).collect()
}

/// v of the neuron by forward Euler \[mV\] for the longest run, and the ratio e^(−a dt) of its kernel.
fn trajectory() -> (Vec<f64>, f64) {
    let problem = constant_input(cell(NEURON), INPUT, (1u64 << LARGEST) as f64 * DT);
    let mut v = Vec::new();
    let _ = fixed_step(&scheme("euler"), &problem, DT, |row| v.push(row.state.v));
    (v, Evolution::kernel_ratio(&problem.neuron, DT))
}

fn rows((v, ratio): &(Vec<f64>, f64)) -> Vec<Row> {
    let mut rows = Vec::new();
    for power in SMALLEST..=LARGEST {
        let steps = 1usize << power;
        let x = &v[..steps.min(v.len())];
        let engines = NUMBERS.into_iter().filter(|&e| e != DIRECT || power <= DIRECT_LARGEST);
        let from = rows.len();
        rows.extend(engines.map(|engine| {
            let (flops, held) = count(ENGINES[engine].1, x, *ratio);
            Row { engine, steps, flops, held, samples: Vec::new() }
        }));
        // All engines in turn: a disturbance meets all of them.
        for _ in 0..REPEATS {
            for row in &mut rows[from..] {
                row.samples.push(time(ENGINES[row.engine].1, x, *ratio));
            }
        }
    }
    rows
}

fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    for (name, unit, cost) in QUANTITIES {
        let all @ [direct, fft, recursive, one] = &NUMBERS.map(|engine| points(rows, engine, cost));
        let ratios: Vec<(f64, f64)> = fft.iter().zip(one).map(|(fft, one)| (1.0, fft.1 / one.1)).collect();
        let row = |k: usize| {
            let a_step = all.iter().chain([&ratios]).map(|of| three_or_dash(of.get(k).map(|(n, cost)| cost / n)));
            std::iter::once(format!("2^{}", SMALLEST + k as u32)).chain(a_step).collect()
        };
        let logarithms = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
            let large = points.iter().filter(|p| p.0 >= f64::from(1u32 << FIT_FROM));
            large.map(|(n, cost)| (n.ln(), cost.ln())).collect()
        };
        let growth = |points: &[(f64, f64)]| slope(&logarithms(points));
        let logs: Vec<(f64, f64)> = logarithms(fft).iter().map(|(n, cost)| (n.ln(), cost - n)).collect();
        let last = |points: &[(f64, f64)]| points.last().map_or(f64::NAN, |p| p.1);
        text += &format!(
            "{name}: {unit} a step\n{}\
             Growth from N = 2^{FIT_FROM}: direct N^{:.2} (to 2^{DIRECT_LARGEST}), fft N^{:.2} or N log^{:.1} N, recursive N^{:.2}.\n\
             The FFT beats the direct sum from N = {} on.\n\
             At N = 2^{LARGEST} the FFT costs {} times the recursion and {} times one real FFT of length 2N.\n\n",
            table("N,direct,fft,recursive,one FFT,fft / one FFT", (0..fft.len()).map(row)),
            growth(direct),
            growth(fft),
            slope(&logs),
            growth(recursive),
            crossing(direct, fft).map_or("none in this range".to_owned(), |n| format!("{n:.0}")),
            three(last(fft) / last(recursive)),
            three(last(fft) / last(one))
        );
    }
    text + "For an exponential kernel the recursion is the engine to use; the FFT is for all other kernels.\n"
}

/// N from which on the FFT engine costs less than the direct one, interpolated between two N in the logarithms.
fn crossing(direct: &[(f64, f64)], fft: &[(f64, f64)]) -> Option<f64> {
    let differences: Vec<(f64, f64)> =
        direct.iter().zip(fft).map(|(direct, fft)| (fft.0.ln(), (fft.1 / direct.1).ln())).collect();
    let last = differences.windows(2).rev().find(|w| w[0].1 >= 0.0 && w[1].1 < 0.0)?;
    let ((x0, y0), (x1, y1)) = (last[0], last[1]);
    Some((x0 + (x1 - x0) * y0 / (y0 - y1)).exp())
}

/// Flops of a run over `x`, and numbers held at its end.
fn count(build: Option<Build>, x: &[f64], ratio: f64) -> (u64, usize) {
    let Some(build) = build else {
        let size = 2 * x.len() as u64;
        // The input and half a spectrum of complex numbers.
        return (5 * size * u64::from(size.ilog2()) / 2, 2 * size as usize + 2);
    };
    let mut engine = build(kernel(ratio, x.len()), ratio);
    x.iter().for_each(|&x| {
        black_box(engine.push(x));
    });
    (engine.flops(), engine.held())
}

/// One timing of a run over `x`.
fn time(build: Option<Build>, x: &[f64], ratio: f64) -> Sample {
    let runs = (STEPS_A_TIMING / x.len()).max(1);
    let each = |total: Duration| total.as_secs_f64() * 1e3 / runs as f64;
    let Some(build) = build else {
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
    };
    let kernels: Vec<_> = (0..runs).map(|_| kernel(ratio, x.len())).collect();
    let start = Instant::now();
    let mut engines: Vec<_> = kernels.into_iter().map(|kernel| build(kernel, ratio)).collect();
    let setup = start.elapsed();
    let start = Instant::now();
    for engine in &mut engines {
        for &x in x {
            black_box(engine.push(x));
        }
    }
    Sample { setup: each(setup), run: each(start.elapsed()) }
}

/// κ_n = ratio^n.
fn kernel(ratio: f64, n: usize) -> Vec<f64> {
    (0..n).map(|n| ratio.powf(n as f64)).collect()
}
