//! Three things are called unstable: a resting state that a scheme cannot keep (linear: |1 + h λ| > 1, λ of the Jacobian there), a
//! spike made by the step out of inhibition, and firing at another rate than the equations'. Each has its own step.

use spikestep::model::PhasePlane;
use spikestep::scheme::stability::largest_stable_dt;

use crate::shared::*;

pub(crate) const QUESTION: &str =
    "What is the tau of the 2004 program, and where does the step make the neuron unstable?";

const ASKED: Asked = [
    "https://github.com/nengo/nengo/issues/1542",
    "I am proposing that you add a time-scaling coefficient tau to your Izhikevich model parameters. [...] The Izhikevich \
            model assumes 1 KHz sampling rate. [...] by dividing the computation into two steps with tau=0.5 they were able to \
            stop the equations from exploding.",
];
const CELLS: [&str; 2] = ["RS", "FS"]; // Cell types of 2003; maps of stability and inhibition are of the first
const SCHEMES: [&str; 4] = ["euler", "half-step", "nengo", "rk4"]; // Schemes; `nengo` clips its input at -30 mV/ms
const DTS: [f64; 6] = [0.1, 0.125, 0.2, 0.25, 0.5, 1.0]; // Steps, and so values of tau [ms], rising
const INPUT: f64 = 10.0; // Constant input for the rates [mV/ms]
const DURATION: f64 = 1000.0; // ms
/// Constant inputs for the stability of rest \[mV/ms\], rising.
const REST_INPUTS: [f64; 12] = [-100.0, -80.0, -60.0, -50.0, -40.0, -30.0, -20.0, -15.0, -10.0, -5.0, -2.0, 0.0];

/// What is measured, and against what.
const STABLE: &str = "largest stable step at rest [ms] against input [mV/ms]";
const FIRES: &str = "least inhibition of one step that fires within 50 ms [mV/ms] against dt [ms]";
const SPIKES: &str = "spikes against dt [ms]";
const FORMULA: &str = "2/|λ|"; // The largest stable step of Euler's method by its formula
const EQUATIONS: &str = "equations"; // Their spikes, at dt = 0

/// A number that was measured, of a scheme (or of [`FORMULA`] or [`EQUATIONS`]) on a cell.
struct Row {
    what: &'static str,
    cell: &'static str,
    scheme: &'static str,
    x: f64,
    value: f64,
}

/// The neuron whose rates are tau times as large, so that a step of 1 is a step of tau: u in units of 1/tau.
fn scaled(n: &Neuron, tau: f64) -> Neuron {
    let (a, b, d, k2, k1, k0, b0) = (n.a * tau, n.b * tau, n.d * tau, n.k2 * tau, n.k1 * tau, n.k0 * tau, n.b0 * tau);
    Neuron { a, b, d, k2, k1, k0, b0, ..*n }
}

/// The largest stable step of forward Euler, |1 + h λ| = 1: 2/|λ| for the fastest eigenvalue where it is real.
fn euler_limit(neuron: &Neuron, rest: State) -> Option<f64> {
    let plane = PhasePlane::new(*neuron, 0.0).ok()?;
    plane.jacobian(rest).complex_eigenvalues().iter().map(|z| -2.0 * z.re / z.norm_sqr()).reduce(f64::min)
}

/// The steps at which the first spikes of forward Euler are. Rounding, where tau is no power of two, grows from spike to spike:
/// eight are far from where it shows.
fn first_spikes(problem: &Problem, dt: f64) -> Vec<u64> {
    let spikes = fixed_step(&scheme("euler"), problem, dt, |_| {}).spikes;
    spikes.times().iter().take(8).map(|t| (t / dt).round() as u64).collect()
}

/// In how many of how many runs tau in the rates and a step of 1 gave the spikes of a step of tau.
fn same() -> (usize, usize) {
    let same = CELLS.into_iter().flat_map(|name| {
        let problem = constant_input(cell(name), INPUT, DURATION);
        DTS.map(|tau| {
            let other = Problem {
                neuron: scaled(&problem.neuron, tau),
                stimulus: Stimulus::constant(tau * INPUT),
                initial: State { u: tau * problem.initial.u, ..problem.initial },
                duration: DURATION / tau,
            };
            first_spikes(&problem, tau) == first_spikes(&other, 1.0)
        })
    });
    let same: Vec<bool> = same.collect();
    (same.iter().filter(|same| **same).count(), same.len())
}

/// All numbers; those that there are not (a run that diverged, an inhibition that never fires) are left out.
fn measure() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |what, cell, scheme, x, value: Option<f64>| {
        rows.extend(value.map(|value| Row { what, cell, scheme, x, value }));
    };
    let (first, neuron) = (CELLS[0], &cell(CELLS[0]).neuron);
    let at_rest = |input: f64| rest(neuron, input).expect("the first cell rests");
    for input in REST_INPUTS {
        add(STABLE, first, FORMULA, input, euler_limit(neuron, at_rest(input)));
    }
    for name in SCHEMES {
        for input in REST_INPUTS {
            add(STABLE, first, name, input, largest_stable_dt(&scheme(name), neuron, at_rest(input), input));
        }
        for dt in DTS {
            add(FIRES, first, name, dt, least_inhibition(scheme(name), neuron, at_rest(0.0), dt, steps_to_rest(dt)));
        }
    }
    for of in CELLS {
        let problem = constant_input(cell(of), INPUT, DURATION);
        add(SPIKES, of, EQUATIONS, 0.0, Some(truth(&problem).spikes.len() as f64));
        for name in SCHEMES {
            for dt in DTS {
                let run = fixed_step(&scheme(name), &problem, dt, |_| {});
                add(SPIKES, of, name, dt, run.diverged_at.is_none().then_some(run.spikes.len() as f64));
            }
        }
    }
    rows
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let rows = measure();
    let title = "Where the step makes the neuron unstable: at rest, under inhibition, in its rate";
    draw(outputs, "time_scale", title, ["x", "y"], 2, panels(&rows))?;
    let fields = rows.iter().map(|r| fields![r.what, r.cell, r.scheme, r.x, r.value]);
    outputs.csv("time_scale.csv", "what,cell,scheme,x,value", fields)?;
    let block = |what: &'static str, cell: &'static str, above: &[&'static str], xs: &[f64]| {
        let at = |name: &str, x: f64| if name == EQUATIONS { 0.0 } else { x };
        let entry = |name: &&str, x: &f64| optional(value(&rows, what, cell, name, at(name, *x)));
        format!("{cell}: {what}\n{}\n", pivot("", above.iter().copied().chain(SCHEMES), xs, entry))
    };
    let (stable, fires) = (block(STABLE, CELLS[0], &[FORMULA], &REST_INPUTS), block(FIRES, CELLS[0], &[], &DTS));
    let spikes = CELLS.map(|cell| block(SPIKES, cell, &[EQUATIONS], &DTS)).concat();
    let given = format!("Input {INPUT} mV/ms, {DURATION} ms");
    answered(outputs, ASKED, &format!("{stable}{fires}{given}\n{spikes}"), &answer(&rows))
}

fn value(rows: &[Row], what: &str, cell: &str, scheme: &str, x: f64) -> Option<f64> {
    let mut own = rows.iter().filter(|r| (r.what, r.cell, r.scheme, r.x) == (what, cell, scheme, x));
    own.next().map(|r| r.value)
}

fn answer(rows: &[Row]) -> String {
    let ((same, compared), largest, weakest) = (same(), largest(DTS), REST_INPUTS[0]);
    let at = |what: &str, cell: &str, scheme: &str, x: f64| {
        let shown = |value: f64| if what == SPIKES { value.to_string() } else { three(value) };
        value(rows, what, cell, scheme, x).map_or("none found".to_owned(), shown)
    };
    let stable = |scheme: &str, input: f64| at(STABLE, CELLS[0], scheme, input);
    let fires = |scheme: &str| at(FIRES, CELLS[0], scheme, largest);
    let immune = if value(rows, FIRES, CELLS[0], "nengo", largest).is_none() { "immune" } else { "not immune" };
    let lost = CELLS
        .map(|cell| format!("{cell} {} of {}", at(SPIKES, cell, "euler", largest), at(SPIKES, cell, EQUATIONS, 0.0)));
    format!(
        "tau is the time step in ms: with tau in front of both equations and a step of 1, forward Euler has its first 8 spikes at \
         the same steps as with dt = tau in {same} of {compared} runs, and Nengo's dt is it. It is no parameter of the neuron, and \
         the model assumes no sampling rate. Rest is stable under forward Euler up to {} ms without input and up to {} ms at \
         {weakest} mV/ms, under two half-steps up to {} and {} ms. What explodes at large steps is inhibition: one step of {} mV/ms \
         at dt = {largest} makes a resting neuron fire within {TO_REST} ms under Euler, {} under the half-steps; Nengo clips its input at -30 and is \
         {immune}. What fails first is the rate: at {largest} ms Euler has {} spikes.",
        stable("euler", 0.0),
        stable("euler", weakest),
        stable("half-step", 0.0),
        stable("half-step", weakest),
        fires("euler"),
        fires("half-step"),
        lost.join(", ")
    )
}

fn panels(rows: &[Row]) -> Vec<Panel> {
    let of = |what: &'static str, cell: &'static str, of: &dyn Fn(f64) -> f64| -> Vec<Series> {
        let names = std::iter::once(FORMULA).chain(SCHEMES);
        let lines = names.map(|name| {
            let own = rows.iter().filter(|r| (r.what, r.cell, r.scheme) == (what, cell, name));
            let look = if name == FORMULA { Look::Reference } else { Look::Own };
            Series { look, ..line(name, own.map(|r| (r.x, of(r.value)))) }
        });
        lines.filter(|line| !line.points.is_empty()).collect()
    };
    let (dt, inhibition, first) = ("time step dt [ms]", "−input [mV/ms]", CELLS[0]);
    let stable = of(STABLE, first, &|x| x);
    let fires =
        log_panel(format!("{first}: one step of input that fires"), (dt, inhibition), of(FIRES, first, &|x| -x));
    let spikes = CELLS.map(|cell| {
        let truth = value(rows, SPIKES, cell, EQUATIONS, 0.0).unwrap_or(f64::NAN);
        log_panel(format!("{cell} at input {INPUT}"), (dt, "spikes / true spikes"), of(SPIKES, cell, &|x| x / truth))
    });
    let stable = panel(format!("{first}: rest is stable below"), ("input [mV/ms]", "time step [ms]"), stable);
    [stable, Panel { y: Axis::log(inhibition), ..fires }].into_iter().chain(spikes).collect()
}
