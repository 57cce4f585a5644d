//! Spikes arrive at points of the grid t_k, and each adds a jump of w mV to v. Four ways to step that:
//!
//! ```text
//! after      v moves over (t_n, t_n+1], then v += w of the arrivals at t_n+1, then the threshold      the equations at the grid
//! before     v += w of the arrivals at t_n+1, then v moves over (t_n, t_n+1], then the threshold      each arrival dt early
//! current    v moves over (t_n, t_n+1] with w/dt added to the input                                   spread over the step before
//! unscaled   the same with w added to the input: NEST with consistent_integration false               a charge w dt
//! ```
//!
//! NEST's default rule, v + h f(v) + w, *is* `after`: f is taken at the v before the jump. (`models/izhikevich.cpp`.) Arrivals are
//! at whole ms, the same for every step; the equations are solved from arrival to arrival.

mod receiver;

use crate::shared::*;
use receiver::{Order, Receiver};

pub(crate) const QUESTION: &str =
    "Synaptic input is applied before, in or after the update of v: what moves, and is there a right way?";

const ASKED: Asked = [
    "https://github.com/nest/nest-simulator/issues/2647",
    "This means that for the Izhikevich model, incoming spikes are taken into account for updating the membrane potential in \
            the current timestep. For other neurons, these spikes only affect the membrane potential in the subsequent timestep. Is \
            there a universally right way of doing this?",
];
const CELL: &str = "RS"; // Cell type of 2003
const INPUT: f64 = 3.0; // mV/ms, constant
const WEIGHT: f64 = 8.0; // Jump of v at an arrival [mV]
const INTERVALS: (u32, u32) = (5, 15); // Shortest and longest interval between arrivals [ms]
const DURATION: f64 = 1000.0; // ms
const SCHEMES: [&str; 2] = ["projective-8", "euler"]; // Schemes between arrivals; the first is the precise one
const DTS: [f64; 4] = [0.1, 0.2, 0.5, 1.0]; // Steps [ms], rising, of which whole numbers make 1 ms
/// Neurons of the chain, the delay from one to the next \[ms\], and the jump of v by which one makes the next fire \[mV\].
const CHAIN: usize = 10;
const DELAY: f64 = 1.0;
const CHAIN_WEIGHT: f64 = 30.0;

struct Row {
    scheme: &'static str,
    dt: f64,
    order: Order,
    spikes: usize,
    /// Whether they are as many as in the equations: only then is a shift one.
    complete: bool,
    /// Median of scheme less truth, spike by spike \[ms\]; not a number where there is none.
    shift: f64,
    /// Largest \[ms\].
    largest: f64,
    /// When the last neuron of the chain fires less when it should \[ms\]; not a number where it does not.
    latency: f64,
}

/// Arrivals in ms: irregular, the same everywhere, by the golden-ratio sequence.
fn arrivals() -> Vec<f64> {
    let golden = 0.5 * (5f64.sqrt() - 1.0);
    let (low, high) = INTERVALS;
    let interval = |k: u32| f64::from(low) + (f64::from(high - low + 1) * (f64::from(k) * golden).fract()).floor();
    let next = |t: &mut f64, k: u32| {
        *t += interval(k);
        Some(*t)
    };
    (1..).scan(0.0, next).take_while(|&t| t < DURATION).collect()
}

/// When the last neuron of a chain at rest fires, its first neuron told at 5 ms; `fire` gives the spikes of a neuron after an
/// arrival.
fn latency(dt: f64, fire: impl Fn(Receiver, f64) -> Vec<f64>) -> f64 {
    let neuron = cell(CELL).neuron;
    let initial = rest(&neuron, 0.0).expect("the cell rests");
    let (mut arrival, mut sent) = (5.0, f64::NAN);
    for _ in 0..CHAIN {
        let link = Receiver { neuron, input: 0.0, initial, duration: arrival + 50.0, weight: CHAIN_WEIGHT };
        let Some(&spike) = fire(link, arrival).first() else { return f64::NAN };
        // A spike inside a step is sent at its end.
        sent = if dt > 0.0 { (spike / dt - 1e-9).ceil() * dt } else { spike };
        arrival = sent + DELAY;
    }
    sent
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let (neuron, initial) = (cell(CELL).neuron, cell(CELL).initial);
    let driven = Receiver { neuron, input: INPUT, initial, duration: DURATION, weight: WEIGHT };
    let arrivals = arrivals();
    let truth = driven.truth(&arrivals);
    let due = latency(0.0, |link, t| link.truth(&[t]));
    let jobs: Vec<_> = SCHEMES.iter().flat_map(|&scheme| DTS.map(|dt| (scheme, dt))).collect();
    let of_job = |(scheme, dt)| {
        Order::ALL.map(|order| {
            let spikes = driven.stepped(scheme, dt, order, &arrivals);
            let shifts: Vec<f64> = spikes.iter().zip(&truth).map(|(s, t)| s - t).collect();
            Row {
                scheme,
                dt,
                order,
                spikes: spikes.len(),
                complete: spikes.len() == truth.len(),
                largest: largest(shifts.iter().map(|s| s.abs())),
                shift: median(shifts),
                latency: latency(dt, |link, t| link.stepped(scheme, dt, order, &[t])) - due,
            }
        })
    };
    let rows: Vec<Row> = jobs.into_par_iter().flat_map_iter(of_job).collect();
    let title = "Where in a step input is applied, and by how much output spikes move";
    draw(outputs, "update_order", title, ["dt_ms", "shift_ms"], 2, panels(&rows))?;
    let number = |x: f64| optional(Some(x).filter(|x| !x.is_nan()));
    let row = |r: &Row| {
        let (shift, latency) = (number(r.shift), number(r.latency));
        fields![r.scheme, r.dt, r.order.name(), r.spikes, truth.len(), shift, r.largest, latency]
    };
    let header = "scheme,dt_ms,order,spikes,true_spikes,median_shift_ms,largest_shift_ms,chain_latency_error_ms";
    let table = outputs.table("shifts.csv", header, rows.iter().map(row))?;
    let given = format!("{} spikes in {DURATION} ms, {} arrivals of {WEIGHT} mV", truth.len(), arrivals.len());
    answered(outputs, ASKED, &format!("{given}\n{table}"), &answer(&rows))
}

fn answer(rows: &[Row]) -> String {
    let (small, dt, precise) = (DTS[0], DTS[DTS.len() - 1], SCHEMES[0]);
    let find = |scheme: &str, order: Order, dt: f64| {
        let found = rows.iter().find(|r| r.scheme == scheme && r.order == order && r.dt == dt);
        found.expect("every scheme has every order and step")
    };
    let [after, before, current, unscaled] = Order::ALL.map(|order| find(precise, order, dt));
    let right = if after.largest < 0.01 * dt { "is the model" } else { "is not quite the model" };
    let ends = |r: &Row| match r.latency.is_nan() {
        true => "falls silent".to_owned(),
        false => format!("ends {} ms late", three(r.latency)),
    };
    format!(
        "There is a right one, given where the grid says an input arrives. With {precise} between arrivals, a jump at the end of \
         the step, before the threshold is tested, {right} (largest shift {} ms at dt = {dt} ms); before the update output spikes \
         move by {} ms in the median: each synapse gains a step, and a chain of {CHAIN} neurons {} where it {} with 'after', which \
         is the rounding of its spikes up to the grid. NEST's default rule, v + h f(v) + w, is 'after', in spite of its order in \
         the code. The published form adds w to the current: with the charge kept (w/dt) it shifts spikes by {} ms; as NEST has \
         it, an input is worth w dt, and at dt = {dt} ms the chain {}, at {small} ms it {}.",
        three(after.largest),
        three(before.shift),
        ends(before),
        ends(after),
        three(current.shift),
        ends(unscaled),
        ends(find(precise, Order::Unscaled, small))
    )
}

fn panels(rows: &[Row]) -> Vec<Panel> {
    let panel = |scheme: &str, y: &str, what: &str, of: &dyn Fn(&Row) -> f64| {
        let lines = Order::ALL.map(|order| {
            let own = rows.iter().filter(|r| r.scheme == scheme && r.order == order);
            marked(order.name(), own.map(|r| (r.dt, of(r))).filter(|p| p.1.is_finite()))
        });
        log_panel(format!("{scheme}: {what}"), ("time step dt [ms]", y), lines)
    };
    let chain = format!("end of a chain of {CHAIN}");
    let of = |scheme: &&str| {
        [
            panel(scheme, "median shift [ms]", "output spikes", &|r| if r.complete { r.shift } else { f64::NAN }),
            panel(scheme, "late by [ms]", &chain, &|r| r.latency),
        ]
    };
    SCHEMES.iter().flat_map(of).collect()
}
