//! What does the height of the peak do to the equations, up to a peak at infinity, and to schemes on a grid?
//!
//! Near the blow-up v' ≈ k2 v², so that du/dv = a (b v + b0 − leak u)/v' ≈ (a b/k2)/v: the time of the blow-up is finite, but
//! u at the peak grows like (a b/k2) ln W, W = k2 peak + k1/2, without bound. The state after a reset, and with it every interval,
//! depends on the peak, and there is no limit for an infinite one. What has a limit is u − (a b/k2) ln W: with
//! d − (a b/k2) ln(W/W₃₀) in place of d a higher peak does to first order what a peak of 30 mV does.
//! Source: J. Touboul, *Importance of the cutoff value in the quadratic adaptive integrate-and-fire model*, Neural Computation 21
//! (2009) 2114–2122.
//!
//! A scheme on a grid overshoots its peak by a random amount, which does the same to its u.

use std::fmt::Write;

use rayon::prelude::*;
use spikestep::model::{CELL_TYPES, CellType};
use spikestep::report::chart::Chart;
use spikestep::report::three;
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, Result, Scheme, SpikeTrain, Stimulus};

use crate::shared::{Experiment, Outputs, chart, fields, fixed_step, log_panel, marked, schemes};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "peak",
    title: "The height of the peak",
    question: "What does a peak of 45 mV (BindsNET's default) or at infinity do, beside 30 mV, to the equations and to schemes on a grid?",
    run,
};

/// Constant input \[mV/ms\].
const INPUT: f64 = 10.0;
/// Duration \[ms\].
const DURATION: f64 = 1000.0;
/// Peaks of the equations \[mV\], rising; the first is what the others are measured against.
const PEAKS: [f64; 7] = [30.0, 45.0, 100.0, 1000.0, 10000.0, 1000000.0, 100000000.0];
/// Schemes that are run with each of [`SCHEME_PEAKS`].
const SCHEMES: &str = "bindsnet,euler,rk4,rk4+located";
/// Steps \[ms\].
const DTS: [f64; 3] = [1.0, 0.5, 0.1];
/// Peaks of the schemes \[mV\].
const SCHEME_PEAKS: [f64; 2] = [30.0, 45.0];

/// The equations with one peak.
struct Exact {
    peak: f64,
    /// First spike \[ms\] and u just before its reset \[mV/ms\].
    first: f64,
    u: f64,
    spikes: usize,
    /// Last interval \[ms\].
    interval: f64,
    /// Rate after the first spike \[Hz\].
    rate: f64,
    /// The rate with d lowered by (a b/k2) ln(W/W₀) \[Hz\].
    compensated: f64,
}

/// A scheme with one peak.
struct OnGrid {
    scheme: Scheme,
    dt: f64,
    peak: f64,
    spikes: usize,
    rate: f64,
}

struct Cell {
    cell: &'static CellType,
    exact: Vec<Exact>,
    grid: Vec<OnGrid>,
}

/// W = k2 v + k1/2 \[1/ms\].
fn w(neuron: &Neuron, v: f64) -> f64 {
    neuron.k2 * v + 0.5 * neuron.k1
}

/// What u gains on top between two peaks, to leading order \[mV/ms\].
fn logarithm(neuron: &Neuron, from: f64, to: f64) -> f64 {
    neuron.a * neuron.b / neuron.k2 * (w(neuron, to) / w(neuron, from)).ln()
}

/// Mean rate after the first spike \[Hz\]; 0 below two spikes.
fn rate(spikes: &SpikeTrain) -> f64 {
    match spikes.times() {
        [first, .., last] if last > first => 1000.0 * (spikes.len() - 1) as f64 / (last - first),
        _ => 0.0,
    }
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let schemes = schemes(SCHEMES)?;
    let cells: Vec<Cell> = CELL_TYPES.par_iter().map(|cell| run_cell(cell, &schemes)).collect();
    outputs.figure(&figure(&cells))?;
    write_equations(outputs, &cells)?;
    write_schemes(outputs, &cells)?;
    Ok(text(&cells, &schemes))
}

fn problem(cell: &CellType, neuron: Neuron) -> Problem {
    Problem { neuron, stimulus: Stimulus::constant(INPUT), initial: cell.initial, duration: DURATION }
}

fn run_cell(cell: &'static CellType, schemes: &[Scheme]) -> Cell {
    let solve = |neuron: Neuron| taylor::solve(&problem(cell, neuron), taylor::TOLERANCE);
    let exact = PEAKS.map(|peak| {
        let neuron = cell.neuron.with_peak(peak);
        let truth = solve(neuron);
        let d = neuron.d - logarithm(&neuron, PEAKS[0], peak);
        let compensated = solve(Neuron { d, ..neuron });
        let times = truth.spikes.times();
        let value = |x: Option<&f64>| x.copied().unwrap_or(f64::NAN);
        Exact {
            peak,
            first: value(times.first()),
            u: value(truth.u_before_reset.first()),
            spikes: times.len(),
            interval: times.last_chunk().map_or(f64::NAN, |[before, last]| last - before),
            rate: rate(&truth.spikes),
            compensated: rate(&compensated.spikes),
        }
    });
    let mut grid = Vec::new();
    for scheme in schemes {
        for dt in DTS {
            for peak in SCHEME_PEAKS {
                let problem = problem(cell, cell.neuron.with_peak(peak));
                let spikes = fixed_step(scheme, &problem, dt, |_| {}).spikes;
                grid.push(OnGrid { scheme: scheme.clone(), dt, peak, spikes: spikes.len(), rate: rate(&spikes) });
            }
        }
    }
    Cell { cell, exact: Vec::from(exact), grid }
}

fn text(cells: &[Cell], schemes: &[Scheme]) -> String {
    let mut text = format!(
        "Equations: {:>10} {:>12} {:>10} {:>12} {:>7} {:>10} {:>10} {:>12}\n",
        "peak [mV]", "first [ms]", "u at it", "u - log W", "spikes", "interval", "rate", "with d - log"
    );
    for Cell { cell, exact, .. } in cells {
        for e in exact {
            let _ = writeln!(
                text,
                "{:10} {:>10} {:>12.7} {:>10.5} {:>12.7} {:>7} {:>10.4} {:>10.4} {:>12.4}",
                cell.name,
                if e.peak < 1e4 { e.peak.to_string() } else { format!("{:e}", e.peak) },
                e.first,
                e.u,
                e.u - logarithm(&cell.neuron, exact[0].peak, e.peak),
                e.spikes,
                e.interval,
                e.rate,
                e.compensated
            );
        }
    }
    let _ = write!(text, "\nSpikes in {} ms with the peak at {:?} mV\n{:24}", DURATION, SCHEME_PEAKS, "");
    for cell in cells {
        let _ = write!(text, " {:>11}", cell.cell.name);
    }
    let mut line = |name: String, counts: &dyn Fn(&Cell) -> Vec<usize>| {
        let _ = write!(text, "\n{name:24}");
        for cell in cells {
            let counts: Vec<String> = counts(cell).iter().map(usize::to_string).collect();
            let _ = write!(text, " {:>11}", counts.join(" "));
        }
    };
    line("equations".to_owned(), &|cell| {
        let at = |p: &f64| cell.exact.iter().find(|e| e.peak == *p).map(|e| e.spikes);
        SCHEME_PEAKS.iter().filter_map(at).collect()
    });
    for scheme in schemes {
        for dt in DTS {
            line(format!("{scheme} {dt} ms"), &|cell| {
                let own = |g: &&OnGrid| g.scheme.to_string() == scheme.to_string() && g.dt == dt;
                cell.grid.iter().filter(own).map(|g| g.spikes).collect()
            });
        }
    }
    let _ = writeln!(text, "\n(u - log W: u at the first spike less (a b/k2) ln(W/W0), which has a limit; u has none)");
    if let Some(fs) = cells.iter().find(|c| c.cell.name == "FS")
        && let [low, high, ..] = &fs.exact[..]
    {
        let _ = writeln!(
            text,
            "FS at a peak of {} mV instead of {}: u at the spike {} higher, rate {} % lower.",
            high.peak,
            low.peak,
            three(high.u - low.u),
            three(100.0 * (1.0 - high.rate / low.rate))
        );
    }
    text
}

fn figure(cells: &[Cell]) -> Chart {
    let panel = |heading: &str, y: &str, of: &dyn Fn(&Exact, &Exact) -> f64| {
        let points = |cell: &Cell| cell.exact.iter().map(|e| (e.peak, of(e, &cell.exact[0]))).collect::<Vec<_>>();
        log_panel(heading, ("peak [mV]", y), cells.iter().map(|cell| marked(cell.cell.name, points(cell))))
    };
    let low = cells.first().and_then(|c| c.exact.first()).map_or(Neuron::PEAK, |e| e.peak);
    let change = format!("change [%], against {low} mV");
    let panels = vec![
        panel(&format!("first spike, against a peak of {low} mV"), "later by [ms]", &|e, low| e.first - low.first),
        panel(&format!("u at the first spike, against {low} mV"), "higher by [mV/ms]", &|e, low| e.u - low.u),
        panel("rate", &change, &|e, low| 100.0 * (e.rate / low.rate - 1.0)),
        panel("rate with d − (a b/k2) ln(W/W0)", &change, &|e, low| 100.0 * (e.compensated / low.rate - 1.0)),
    ];
    let title = "What the height of the peak does to the equations";
    chart("peak", title, ["peak_mV", "value"], 2, panels)
}

fn write_equations(outputs: &mut Outputs<'_>, cells: &[Cell]) -> Result<()> {
    let header = [
        "cell",
        "peak_mV",
        "first_spike_ms",
        "u_at_first_spike",
        "u_less_logarithm",
        "spikes",
        "last_interval_ms",
        "rate_Hz",
        "rate_with_lowered_d_Hz",
    ];
    let rows = cells.iter().flat_map(|Cell { cell, exact, .. }| {
        exact.iter().map(|e| {
            let limit = e.u - logarithm(&cell.neuron, exact[0].peak, e.peak);
            fields![cell.name, e.peak, e.first, e.u, limit, e.spikes, e.interval, e.rate, e.compensated]
        })
    });
    outputs.csv("equations.csv", &header, rows)
}

fn write_schemes(outputs: &mut Outputs<'_>, cells: &[Cell]) -> Result<()> {
    let rows = cells.iter().flat_map(|Cell { cell, grid, .. }| {
        grid.iter().map(|g| fields![cell.name, g.scheme, g.dt, g.peak, g.spikes, g.rate])
    });
    outputs.csv("schemes.csv", &["cell", "scheme", "dt_ms", "peak_mV", "spikes", "rate_Hz"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// u at the blow-up: the logarithm is all that grows, and what is left over ln p/p at a peak p.
    #[test]
    fn u_at_the_peak_grows_as_the_logarithm_and_the_blow_up_is_in_time() {
        for cell in &CELL_TYPES {
            let at = |peak: f64| {
                let neuron = cell.neuron.with_peak(peak);
                let stimulus = Stimulus::constant(10.0);
                let truth = taylor::solve(
                    &Problem { neuron, stimulus, initial: cell.initial, duration: 20.0 },
                    taylor::TOLERANCE,
                );
                (truth.spikes.times()[0], truth.u_before_reset[0])
            };
            let (low, high) = (at(1e4), at(1e6));
            let grown = high.1 - low.1;
            // du/dv − (a b/k2)/(v + k1/(2 k2)) is −(a leak u + …)/(k2 v²): with |u| < 20 below a·(20 + b·62.5)·25/1e4 in all.
            let rest = cell.neuron.a * (20.0 + cell.neuron.b * 62.5) * 25.0 / 1e4;
            assert!((grown - logarithm(&cell.neuron, 1e4, 1e6)).abs() < rest, "{}: {grown}", cell.name);
            assert!(grown > 10.0 * rest, "{}: the logarithm must show", cell.name);
            // The time left to the blow-up is 1/W to first order, and the next one is K/(3 W³), K below 2.
            let left = 1.0 / w(&cell.neuron, 1e4) - 1.0 / w(&cell.neuron, 1e6);
            let next = 2.0 / (3.0 * w(&cell.neuron, 1e4).powi(3));
            // Rounding of a time of 10 ms: 1e-14 for each of some dozens of steps.
            assert!((high.0 - low.0 - left).abs() < next + 1e-12, "{}", cell.name);
        }
    }
}
