//! Source: H. Gunasekaran, G. Spigler, A. Mazzoni, E. Cataldo et al., *Convergence of regular spiking and intrinsically bursting
//! Izhikevich neuron models as a function of discretization time with Euler method*, Neurocomputing (2019),
//! doi:10.1016/j.neucom.2019.03.021. Its abstract was read; the amplitudes, the duration and the scales of the two distances are ours, and
//! so are the limits: the paper's come from an adaptation of the CUSUM algorithm that the abstract does not give. With D the distance from
//! the reference and D₀ that of a silent neuron, both per spike where they add up (Victor–Purpura D, van Rossum D²):
//!
//! - dt1 is the last step before D first passes D₀/2: half as wrong as silence;
//! - dt2 the last before D first passes twice the metric's distance of silence. By the triangle inequality such a train is further from
//!   silence than the reference is: spikes are added that no shift can explain.

use spikestep::metrics::{van_rossum, victor_purpura};

use crate::shared::claims::Expected::{Above, Between, Unstated};
use crate::shared::*;

pub(crate) const QUESTION: &str = "Do RS and IB lose convergence between dt1 of 0.1 to 1 ms and dt2 of 2 to 3 ms, whatever the metric and the neuron?";

const PAPER: &str = "Gunasekaran, Spigler, Mazzoni, Cataldo et al., Neurocomputing (2019), doi:10.1016/j.neucom.2019.03.021 \
                     (abstract read)";
const PLACE: &str = "abstract";
const CELLS: [&str; 2] = ["RS", "IB"]; // Cell types
/// Steps of the input \[mV/ms\]; ours: the abstract says "of various amplitudes".
const AMPLITUDES: [f64; 5] = [5.0, 7.5, 10.0, 15.0, 20.0];
const DURATION: f64 = 1000.0; // ms; ours
const DECADES: [f64; 3] = [0.01, 0.1, 1.0]; // Steps [ms], 21 in each decade; theirs: 10 µs to 10 ms
const PER_DECADE: usize = 21;
const REFERENCE_DT: f64 = 0.001; // Step of the reference [ms]; theirs
const COST: f64 = 0.1; // Cost of the Victor–Purpura distance [1/ms]; ours
const TAU: f64 = 10.0; // Time constant of the van Rossum distance [ms]; ours
const WHERE_WE_DIFFER: &str = "the limits are measured by a definition of ours, the paper's was not read. dt2 is where Euler's step adds spikes
that are not there, which for IB at strong inputs it never does: its trains merely become unrelated. The lag grows from spike to spike, so
that dt1 falls with the duration (the paper's was not read), and it falls with the rate, as published.";

/// One neuron under one amplitude.
struct Case {
    cell: &'static str,
    amplitude: f64,
    /// Spikes of the reference, and its mean interval \[ms\].
    spikes: usize,
    interval: f64,
    /// Largest error of the reference's spikes against the true ones \[ms\].
    reference_error: f64,
    /// (dt, distance over that of a silent neuron) by Victor–Purpura and by van Rossum, the latter squared.
    distances: [Vec<(f64, f64)>; 2],
    /// \[dt1, dt2\] by the same \[ms\]; infinite where no step passes.
    limits: [[f64; 2]; 2],
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let mut dts: Vec<f64> = DECADES.iter().flat_map(|&low| logarithmic(low, 10.0 * low, PER_DECADE)).collect();
    dts.dedup();
    let cases: Vec<_> = CELLS.iter().flat_map(|&cell| AMPLITUDES.map(|amplitude| (cell, amplitude))).collect();
    let cases: Vec<Case> =
        cases.into_par_iter().map(|(cell, amplitude)| case(cell, amplitude, &dts)).collect::<Result<_>>()?;
    let panel = |cell: &str, metric: usize| {
        let name = ["Victor-Purpura distance", "van Rossum distance"][metric];
        let y = ["D / D of silence", "(D / D of silence)²"][metric];
        let own = cases.iter().filter(|case| case.cell == cell);
        let lines = own.map(|case| line(format!("input {}", case.amplitude), case.distances[metric].clone()));
        log_panel(format!("{cell}: {name}"), ("dt [ms]", y), lines)
    };
    let panels = CELLS.iter().flat_map(|cell| [panel(cell, 0), panel(cell, 1)]).collect();
    let title = "Distance of Euler's spike trains from a reference of 1 µs against the step";
    draw(outputs, "distance_vs_dt", title, ["dt_ms", "distance"], 2, panels)?;
    let rows = cases.iter().flat_map(|c| {
        ["victor_purpura", "van_rossum"].into_iter().zip(c.limits).map(move |(metric, [dt1, dt2])| {
            fields![c.cell, c.amplitude, c.spikes, c.interval, c.reference_error, metric, dt1, dt2]
        })
    });
    let header = "neuron,amplitude,spikes,mean_interval_ms,reference_error_ms,metric,dt1_ms,dt2_ms";
    outputs.csv("limits.csv", header, rows)?;
    compare(outputs, PAPER, &claims(&cases), WHERE_WE_DIFFER)
}

fn case(name: &'static str, amplitude: f64, dts: &[f64]) -> Result<Case> {
    let problem = constant_input(cell(name), amplitude, DURATION);
    let euler = |dt: f64| fixed_step(&scheme("euler"), &problem, dt, |_| {}).spikes;
    let reference = euler(REFERENCE_DT);
    let distance = |train: &SpikeTrain| -> Result<[f64; 2]> {
        Ok([victor_purpura(train, &reference, COST)?, van_rossum(train, &reference, TAU)?.powi(2)])
    };
    let silence = distance(&SpikeTrain::default())?;
    let mut distances = [Vec::new(), Vec::new()];
    for &dt in dts {
        let found = distance(&euler(dt))?;
        for (metric, list) in distances.iter_mut().enumerate() {
            list.push((dt, found[metric] / silence[metric]));
        }
    }
    let times = reference.times();
    Ok(Case {
        cell: name,
        amplitude,
        spikes: times.len(),
        interval: (times[times.len() - 1] - times[0]) / (times.len() - 1) as f64,
        reference_error: SpikeErrors::between(&reference, &truth(&problem).spikes).max_abs.unwrap_or(f64::NAN),
        // Twice the distance is four times its square.
        limits: [
            [0.5, 2.0].map(|bound| last_below(&distances[0], bound)),
            [0.5, 4.0].map(|bound| last_below(&distances[1], bound)),
        ],
        distances,
    })
}

/// The last step before the distance first passes `bound`: 0 where the first one does, infinite where none does.
fn last_below(distances: &[(f64, f64)], bound: f64) -> f64 {
    match distances.iter().position(|&(_, distance)| distance > bound) {
        Some(0) => 0.0,
        Some(k) => distances[k - 1].0,
        None => f64::INFINITY,
    }
}

fn claims(cases: &[Case]) -> Claims {
    const BOTH: [(usize, &str, &str, (f64, f64)); 2] =
        [(0, "dt1", "dt1 in (0.1 ms, 1 ms)", (0.1, 1.0)), (1, "dt2", "dt2 in (2 ms, 3 ms)", (2.0, 3.0))];
    let limits = |metric: usize, which: usize| cases.iter().map(move |case| case.limits[metric][which]);
    let all = |which: usize| limits(0, which).chain(limits(1, which));
    let mut claims = Claims::default();
    let mut claim =
        |quantity: String, published, expected, measured| claims.add(quantity, published, PLACE, expected, measured);
    for (which, name, published, (low, high)) in BOTH {
        claim(format!("median of {name} [ms]"), published, Between(low, high), median(all(which)));
    }
    for (which, name, _, (low, high)) in BOTH {
        let quantity = format!("share of cases with {name} in {low} to {high} ms");
        claim(quantity, "in most cases", Above(0.5), share(all(which).map(|x| low <= x && x <= high)));
    }
    // "Consistent": no further apart than the ends of the narrower published interval, 2 to 3 ms.
    let consistent = Between(2.0 / 3.0, 1.5);
    for (which, name, ..) in BOTH {
        let ratio = median(limits(0, which)) / median(limits(1, which));
        let quantity = format!("{name}: median by Victor-Purpura over van Rossum");
        claim(quantity, "consistent regardless of metric", consistent, ratio);
    }
    for (which, name, ..) in BOTH {
        let of = |cell| median(cases.iter().filter(|c| c.cell == cell).map(|c| c.limits[0][which]));
        let quantity = format!("{name}: median of {} over {}", CELLS[0], CELLS[1]);
        claim(quantity, "consistent regardless of neuron type", consistent, of(CELLS[0]) / of(CELLS[1]));
    }
    for (which, name, ..) in BOTH {
        let reached = limits(0, which).zip(cases).filter(|(limit, _)| limit.is_finite() && *limit > 0.0);
        let points: Vec<(f64, f64)> = reached.map(|(limit, case)| (case.interval.ln(), limit.ln())).collect();
        let (size, two_errors) = correlation(&points);
        let quantity = format!("|correlation| of ln {name} with ln of the mean interval");
        claim(quantity, "depends on the average interval", Above(two_errors), size);
    }
    let worst = largest(cases.iter().map(|case| case.reference_error));
    claim("largest error of the reference's own spikes [ms]".into(), "-", Unstated, worst);
    claim("mean interval of the cases [ms]".into(), "-", Unstated, mean(cases.iter().map(|case| case.interval)));
    claims
}
