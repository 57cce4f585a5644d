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

use rayon::prelude::*;
use spikestep::model::{CELL_TYPES, CellType};
use spikestep::report::chart::Panel;
use spikestep::report::three;
use spikestep::{Neuron, Problem, Result, Scheme, SpikeTrain};

use crate::shared::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    title: "The height of the peak",
    question: "What does a peak of 45 mV (BindsNET's default) or at infinity do, beside 30 mV, to the equations and to schemes on a grid?",
    run,
};

const INPUT: f64 = 10.0; // Constant input [mV/ms]
const DURATION: f64 = 1000.0; // Duration [ms]
/// Peaks of the equations \[mV\], rising; the first is what the others are measured against.
const PEAKS: [f64; 7] = [30.0, 45.0, 100.0, 1000.0, 10000.0, 1000000.0, 100000000.0];
/// Schemes that are run with each of [`SCHEME_PEAKS`].
const SCHEMES: &str = "bindsnet,euler,rk4,rk4+located";
const DTS: [f64; 3] = [1.0, 0.5, 0.1]; // Steps [ms]
const SCHEME_PEAKS: [f64; 2] = [30.0, 45.0]; // Peaks of the schemes [mV]

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

struct Cell {
    cell: &'static CellType,
    exact: Vec<Exact>,
    /// Scheme, step, and spikes with each of [`SCHEME_PEAKS`].
    grid: Vec<(Scheme, f64, [SpikeTrain; 2])>,
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
    let title = "What the height of the peak does to the equations";
    draw(outputs, "peak", title, ["peak_mV", "value"], 2, panels(&cells))?;
    let rows = cells.iter().flat_map(|Cell { cell, exact, .. }| {
        exact.iter().map(|e| {
            let limit = e.u - logarithm(&cell.neuron, exact[0].peak, e.peak);
            fields![cell.name, e.peak, e.first, e.u, limit, e.spikes, e.interval, e.rate, e.compensated]
        })
    });
    let header = "cell,peak_mV,first_spike_ms,u_at_first_spike,u_less_logarithm,spikes,last_interval_ms,rate_Hz,\
                  rate_with_lowered_d_Hz";
    let equations = outputs.table("equations.csv", header, rows)?;
    let rows = cells.iter().flat_map(|Cell { cell, grid, .. }| {
        grid.iter().flat_map(move |(scheme, dt, trains)| {
            let at = |(peak, train): (f64, &SpikeTrain)| fields![cell.name, scheme, dt, peak, train.len(), rate(train)];
            SCHEME_PEAKS.into_iter().zip(trains).map(at)
        })
    });
    outputs.csv("schemes.csv", "cell,scheme,dt_ms,peak_mV,spikes,rate_Hz", rows)?;
    Ok(equations + &text(&cells))
}

fn problem(cell: &CellType, neuron: Neuron) -> Problem {
    Problem { neuron, ..constant_input(cell, INPUT, DURATION) }
}

fn run_cell(cell: &'static CellType, schemes: &[Scheme]) -> Cell {
    let solve = |neuron: Neuron| truth(&problem(cell, neuron));
    let exact = PEAKS.map(|peak| {
        let neuron = cell.neuron.with_peak(peak);
        let truth = solve(neuron);
        let d = neuron.d - logarithm(&neuron, PEAKS[0], peak);
        let times = truth.spikes.times();
        let value = |x: Option<&f64>| x.copied().unwrap_or(f64::NAN);
        Exact {
            peak,
            first: value(times.first()),
            u: value(truth.u_before_reset.first()),
            spikes: times.len(),
            interval: times.last_chunk().map_or(f64::NAN, |[before, last]| last - before),
            rate: rate(&truth.spikes),
            compensated: rate(&solve(Neuron { d, ..neuron }).spikes),
        }
    });
    let on_grid = |scheme: &Scheme, dt: f64, peak: f64| {
        fixed_step(scheme, &problem(cell, cell.neuron.with_peak(peak)), dt, |_| {}).spikes
    };
    let grid = schemes
        .iter()
        .flat_map(|scheme| DTS.map(|dt| (scheme.clone(), dt, SCHEME_PEAKS.map(|peak| on_grid(scheme, dt, peak)))));
    Cell { cell, exact: exact.into(), grid: grid.collect() }
}

fn text(cells: &[Cell]) -> String {
    let at = |cell: &Cell, peak: f64| cell.exact.iter().find(|e| e.peak == peak).map_or(0, |e| e.spikes);
    let row = |name: String, counts: &dyn Fn(&Cell) -> [usize; 2]| {
        let both = |cell| counts(cell).map(|count| count.to_string()).join(" ");
        std::iter::once(name).chain(cells.iter().map(both)).collect::<Vec<_>>()
    };
    let equations = row("equations".to_owned(), &|cell| SCHEME_PEAKS.map(|peak| at(cell, peak)));
    let schemes = cells[0].grid.iter().enumerate().map(|(k, (scheme, dt, _))| {
        row(format!("{scheme} {dt} ms"), &|cell| cell.grid[k].2.each_ref().map(SpikeTrain::len))
    });
    let heads = cells.iter().fold(String::new(), |heads, cell| heads + "," + cell.cell.name);
    let fs = cells.iter().find(|cell| cell.cell.name == "FS").expect("FS is a cell type of 2003");
    let (low, high) = (&fs.exact[0], &fs.exact[1]);
    format!(
        "(u_less_logarithm: u at the first spike less (a b/k2) ln(W/W0), which has a limit; u has none)\n\n\
         Spikes in {DURATION} ms with the peak at {SCHEME_PEAKS:?} mV\n{}\n\
         FS at a peak of {} mV instead of {}: u at the spike {} higher, rate {} % lower.\n",
        table(&heads, std::iter::once(equations).chain(schemes)),
        high.peak,
        low.peak,
        three(high.u - low.u),
        three(100.0 * (1.0 - high.rate / low.rate))
    )
}

fn panels(cells: &[Cell]) -> Vec<Panel> {
    let panel = |heading: &str, y: &str, of: &dyn Fn(&Exact, &Exact) -> f64| {
        let points = |cell: &Cell| cell.exact.iter().map(|e| (e.peak, of(e, &cell.exact[0]))).collect::<Vec<_>>();
        log_panel(heading, ("peak [mV]", y), cells.iter().map(|cell| marked(cell.cell.name, points(cell))))
    };
    let low = PEAKS[0];
    let change = format!("change [%], against {low} mV");
    vec![
        panel(&format!("first spike, against a peak of {low} mV"), "later by [ms]", &|e, low| e.first - low.first),
        panel(&format!("u at the first spike, against {low} mV"), "higher by [mV/ms]", &|e, low| e.u - low.u),
        panel("rate", &change, &|e, low| 100.0 * (e.rate / low.rate - 1.0)),
        panel("rate with d − (a b/k2) ln(W/W0)", &change, &|e, low| 100.0 * (e.compensated / low.rate - 1.0)),
    ]
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
                let truth = truth(&Problem { neuron, ..constant_input(cell, 10.0, 20.0) });
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
