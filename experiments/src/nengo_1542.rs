//! What is tau in the program of the 2004 figure, and at which step is this neuron unstable? Nengo issue 1542.
//!
//! Three things are called unstable: a resting state that a scheme cannot keep (linear: |1 + h λ| > 1, λ of the Jacobian there), a
//! spike made by the step out of inhibition, and firing at another rate than the equations'. Each has its own step.

use spikestep::model::PhasePlane;
use spikestep::report::chart::{Axis, Look, Panel, Series};
use spikestep::report::three;
use spikestep::scheme::stability::largest_stable_dt;
use spikestep::{Neuron, Problem, Result, State, Stimulus};

use crate::shared::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    title: "Nengo issue 1542: what is tau, and which step is unstable?",
    question: "What is the tau of the 2004 program, and where does the step make the neuron unstable?",
    run,
};

const ASKED: Asked = Asked {
    link: "https://github.com/nengo/nengo/issues/1542",
    quote: "I am proposing that you add a time-scaling coefficient tau to your Izhikevich model parameters. [...] The Izhikevich \
            model assumes 1 KHz sampling rate. [...] by dividing the computation into two steps with tau=0.5 they were able to \
            stop the equations from exploding.",
};
const CELLS: [&str; 2] = ["RS", "FS"]; // Cell types of 2003; maps of stability and inhibition are of the first
const SCHEMES: [&str; 4] = ["euler", "half-step", "nengo", "rk4"]; // Schemes; `nengo` clips its input at -30 mV/ms
const DTS: [f64; 6] = [0.1, 0.125, 0.2, 0.25, 0.5, 1.0]; // Steps, and so values of tau [ms], rising
const INPUT: f64 = 10.0; // Constant input for the rates [mV/ms]
const DURATION: f64 = 1000.0; // ms
/// Constant inputs for the stability of rest \[mV/ms\], rising.
const REST_INPUTS: [f64; 12] = [-100.0, -80.0, -60.0, -50.0, -40.0, -30.0, -20.0, -15.0, -10.0, -5.0, -2.0, 0.0];

/// Points (x, y) of one name.
type Line = (&'static str, Vec<(f64, f64)>);

/// Spikes of a scheme on a cell at a step; `None` where it diverged.
struct Rate {
    cell: &'static str,
    scheme: &'static str,
    dt: f64,
    spikes: Option<usize>,
    truth: usize,
}

impl Rate {
    fn text(&self) -> String {
        self.spikes.map_or("diverged".to_owned(), |n| n.to_string())
    }
}

/// All that was measured.
struct Measured {
    /// In how many of how many runs tau in the rates and a step of 1 gave the spikes of a step of tau.
    same: (usize, usize),
    /// Largest stable step at rest \[ms\] against the input \[mV/ms\].
    stable: Vec<Line>,
    /// Least inhibition of one step that fires \[mV/ms\] against the step \[ms\].
    kicks: Vec<Line>,
    rates: Vec<Rate>,
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

fn measure() -> Measured {
    let (mut same, mut rates) = ((0, 0), Vec::new());
    for name in CELLS {
        let problem = constant_input(cell(name), INPUT, DURATION);
        for tau in DTS {
            let other = Problem {
                neuron: scaled(&problem.neuron, tau),
                stimulus: Stimulus::constant(tau * INPUT),
                initial: State { u: tau * problem.initial.u, ..problem.initial },
                duration: DURATION / tau,
            };
            same.0 += usize::from(first_spikes(&problem, tau) == first_spikes(&other, 1.0));
            same.1 += 1;
        }
        let truth = truth(&problem).spikes.len();
        for own in SCHEMES {
            for dt in DTS {
                let run = fixed_step(&scheme(own), &problem, dt, |_| {});
                let spikes = run.diverged_at.is_none().then_some(run.spikes.len());
                rates.push(Rate { cell: name, scheme: own, dt, spikes, truth });
            }
        }
    }
    let neuron = &cell(CELLS[0]).neuron;
    let stable = |name: &'static str, limit: &dyn Fn(State, f64) -> Option<f64>| -> Line {
        (name, REST_INPUTS.iter().filter_map(|&input| Some((input, limit(rest(neuron, input)?, input)?))).collect())
    };
    let of_scheme = |name| stable(name, &|at, input| largest_stable_dt(&scheme(name), neuron, at, input));
    let at_rest = rest(neuron, 0.0).expect("the first cell rests");
    let kick = |name: &'static str| -> Line {
        let least = |dt: f64| Some((dt, least_inhibition(scheme(name), neuron, at_rest, dt, 2)?));
        (name, DTS.into_iter().filter_map(least).collect())
    };
    let formula = stable("2/|λ|", &|at, _| euler_limit(neuron, at));
    let stable = std::iter::once(formula).chain(SCHEMES.map(of_scheme)).collect();
    Measured { same, stable, kicks: SCHEMES.map(kick).into(), rates }
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let measured = measure();
    let title = "Where the step makes the neuron unstable: at rest, under inhibition, in its rate";
    draw(outputs, "time_scale", title, ["x", "y"], 2, panels(&measured))?;
    let lines = |lines: &[Line], what: &str, units: [&str; 2]| -> Vec<Vec<String>> {
        let of = |(scheme, points): &Line| -> Vec<_> {
            points.iter().map(|(x, y)| fields![what, CELLS[0], scheme, x, units[0], y, units[1]]).collect()
        };
        lines.iter().flat_map(of).collect()
    };
    let mut rows = lines(&measured.stable, "largest stable step at rest", ["mV/ms", "ms"]);
    rows.extend(lines(&measured.kicks, "least inhibition that fires", ["ms", "mV/ms"]));
    rows.extend(measured.rates.iter().map(|r| {
        let spikes = r.spikes.map_or_else(String::new, |n| n.to_string());
        fields![format!("spikes ({} true)", r.truth), r.cell, r.scheme, r.dt, "ms", spikes, 1]
    }));
    outputs.csv("time_scale.csv", "what,cell,scheme,x,x_unit,value,value_unit", rows)?;
    ASKED.answered(outputs, &tables(&measured), &answer(&measured))
}

fn value(lines: &[Line], name: &str, x: f64) -> Option<f64> {
    let (_, points) = lines.iter().find(|(label, _)| *label == name)?;
    points.iter().find(|p| p.0 == x).map(|p| p.1)
}

fn tables(measured: &Measured) -> String {
    let block = |corner: &str, lines: &[Line], xs: &[f64]| {
        pivot(corner, lines.iter().map(|line| line.0), xs, |name, x| optional(value(lines, name, *x)))
    };
    let counts = CELLS.map(|cell| {
        let own = || measured.rates.iter().filter(move |r| r.cell == cell);
        let corner = format!("{cell} ({}) at dt [ms]", own().next().map_or(0, |r| r.truth));
        let text = |scheme: &&str, dt: &f64| {
            own().find(|r| r.scheme == *scheme && r.dt == *dt).map_or_else(String::new, Rate::text)
        };
        pivot(&corner, SCHEMES, &DTS, text)
    });
    format!(
        "Largest step at which rest is stable [ms], {cell}\n{}\n\
         Input of one step from which a resting {cell} fires within two [mV/ms]; - where none was found\n{}\n\
         Spikes within {DURATION} ms at input {INPUT}\n{}",
        block("at input [mV/ms]", &measured.stable, &REST_INPUTS),
        block("at dt [ms]", &measured.kicks, &DTS),
        counts.concat(),
        cell = CELLS[0],
    )
}

fn answer(Measured { same: (same, compared), stable, kicks, rates }: &Measured) -> String {
    let (largest, weakest) = (largest(DTS), REST_INPUTS[0]);
    let number = |x: Option<f64>| x.map_or("none found".to_owned(), three);
    let (formula, euler) = (value(stable, "2/|λ|", 0.0), value(stable, "euler", 0.0));
    let agree = formula.zip(euler).is_some_and(|(f, e)| (f / e - 1.0).abs() < 1e-2);
    let diverged = rates.iter().filter(|r| r.spikes.is_none()).count();
    // The largest step up to which every cell fires within 5 % of the equations' number of spikes.
    let faithful = |scheme: &str| {
        let off = |r: &&Rate| {
            let found = r.spikes.map_or(f64::INFINITY, |n| n as f64);
            (found - r.truth as f64).abs() > 0.05 * r.truth as f64
        };
        let bad = rates.iter().filter(|r| r.scheme == scheme).filter(off).map(|r| r.dt).fold(f64::INFINITY, f64::min);
        let good = DTS.into_iter().filter(|&dt| dt < bad).reduce(f64::max);
        good.map_or("at none of the steps".to_owned(), |dt| format!("up to dt = {dt} ms"))
    };
    let stretch = |input: f64| {
        let ratio = value(stable, "half-step", input).zip(value(stable, "euler", input)).map(|(h, e)| h / e);
        ratio.unwrap_or(f64::NAN)
    };
    let lost = rates.iter().filter(|r| r.scheme == "euler" && r.dt == largest);
    let lost: Vec<String> = lost.map(|r| format!("{} {} of {}", r.cell, r.text(), r.truth)).collect();
    let (lost, faithful_euler, faithful_half) = (lost.join(", "), faithful("euler"), faithful("half-step"));
    let [stretch_free, stretch_weak] = [0.0, weakest].map(stretch);
    let [half_free, half_weak] = [0.0, weakest].map(|input| number(value(stable, "half-step", input)));
    let [kick_euler, kick_half] = ["euler", "half-step"].map(|scheme| number(value(kicks, scheme, largest)));
    let euler_weak = number(value(stable, "euler", weakest));
    let is = if euler.is_some_and(|e| e > largest) { "is not" } else { "is" };
    let immune = if value(kicks, "nengo", largest).is_none() { "immune" } else { "not immune" };
    let diverge = if diverged == 0 { "no run diverges".to_owned() } else { format!("{diverged} runs diverge") };
    let agrees = if agree { "" } else { ", which does not agree" };
    let (euler, formula) = (number(euler), number(formula));
    format!(
        "tau is the time step in ms: with tau in front of both equations and a step of 1, forward Euler has its first 8 spikes at \
         the same steps as with dt = tau in {same} of {compared} runs, and Nengo's dt is it. It is no parameter of the neuron, and \
         the model assumes no sampling rate; one who takes steps for milliseconds sees all rates too low by the factor tau. Rest is \
         stable under forward Euler up to {euler} ms without input ({formula} by the formula 2/|λ|{agrees}) and up to {euler_weak} \
         ms at {weakest} mV/ms; under two half-steps up to {half_free} and {half_weak} ms. So two half-steps stretch the stable \
         step by a factor of {stretch_free:.2} to {stretch_weak:.2}, and a step of {largest} ms {is} unstable at rest; {diverge} \
         at input {INPUT}. What explodes at large steps is inhibition: one step of {kick_euler} mV/ms at dt = {largest} makes a \
         resting neuron fire under Euler, {kick_half} under the half-steps; Nengo clips its input at -30 and is {immune}. What \
         fails first is the rate: at {largest} ms Euler has {lost} spikes; Euler is within 5 % in all cells {faithful_euler}, the \
         half-steps {faithful_half}."
    )
}

fn panels(measured: &Measured) -> Vec<Panel> {
    let stable = measured.stable.iter().map(|(label, points)| {
        let look = if label.starts_with("2/") { Look::Reference } else { Look::Own };
        Series { look, ..line(*label, points.iter().copied()) }
    });
    let sizes = measured.kicks.iter().map(|(label, points)| line(*label, points.iter().map(|&(dt, i)| (dt, -i))));
    let dt = "time step dt [ms]";
    let inhibition = format!("{}: one step of input that fires", CELLS[0]);
    let mut panels = vec![
        panel(format!("{}: rest is stable below", CELLS[0]), ("input [mV/ms]", "time step [ms]"), stable),
        Panel { y: Axis::log("−input [mV/ms]"), ..log_panel(inhibition, (dt, "−input [mV/ms]"), sizes) },
    ];
    for cell in CELLS {
        let lines = SCHEMES.map(|scheme| {
            let own = measured.rates.iter().filter(|r| r.cell == cell && r.scheme == scheme);
            line(scheme, own.filter_map(|r| Some((r.dt, r.spikes? as f64 / r.truth as f64))))
        });
        panels.push(log_panel(format!("{cell} at input {INPUT}"), (dt, "spikes / true spikes"), lines));
    }
    panels
}
