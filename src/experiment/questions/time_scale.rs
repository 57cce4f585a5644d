//! Kind `time_scale`: what is tau in the program of the 2004 figure, and at which step is this neuron unstable? Nengo issue 1542.
//!
//! Three things are called unstable: a resting state that a scheme cannot keep (linear: |1 + h λ| > 1, λ of the Jacobian there), a
//! spike made by the step out of inhibition, and firing at another rate than the equations'. Each has its own step.

use std::fmt::Write;

use serde::Deserialize;

use super::super::runs::{check_positive, check_steps, fixed_step, fixed_step_schemes};
use super::super::{Experiment, Outputs};
use super::{Asked, cells, least_inhibition};
use crate::error::Result;
use crate::model::{Neuron, PhasePlane, Problem, State, Stimulus};
use crate::report::figure::{CurvePanel, CurveSeries, Curves, curves};
use crate::report::three;
use crate::scheme::Scheme;
use crate::scheme::stability::largest_stable_dt;
use crate::truth::taylor;

/// The parameters, as in `experiments/questions/time_scale.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct TimeScale {
    asked: Asked,
    /// Cell types of 2003; maps of stability and inhibition are of the first.
    cells: Vec<String>,
    /// Schemes, as `--schemes`.
    schemes: String,
    /// Steps, and so values of tau \[ms\].
    dts: Vec<f64>,
    /// Constant input for the rates \[mV/ms\].
    input: f64,
    /// Duration \[ms\].
    duration: f64,
    /// Constant inputs for the stability of rest \[mV/ms\].
    rest_inputs: Vec<f64>,
}

/// The neuron whose rates are tau times as large, so that a step of 1 is a step of tau: u in units of 1/tau.
fn scaled(n: &Neuron, tau: f64) -> Neuron {
    Neuron {
        a: n.a * tau,
        b: n.b * tau,
        d: n.d * tau,
        k2: n.k2 * tau,
        k1: n.k1 * tau,
        k0: n.k0 * tau,
        b0: n.b0 * tau,
        ..*n
    }
}

/// 2/|λ| for the fastest eigenvalue where it is real: the largest stable step of forward Euler; |1 + h λ| = 1 in general.
fn euler_limit(neuron: &Neuron, rest: State) -> Option<f64> {
    let plane = PhasePlane::new(*neuron, 0.0).ok()?;
    let limit = |z: nalgebra::Complex<f64>| -2.0 * z.re / z.norm_sqr();
    plane.jacobian(rest).complex_eigenvalues().iter().map(|&z| limit(z)).reduce(f64::min)
}

fn rest(neuron: &Neuron, input: f64) -> Option<State> {
    PhasePlane::new(*neuron, input).ok()?.equilibria().first().map(|e| e.state)
}

struct Rate {
    cell: &'static str,
    scheme: String,
    dt: f64,
    spikes: Option<usize>,
    truth: usize,
}

impl Experiment for TimeScale {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        check_positive("duration", self.duration)?;
        check_steps(&self.dts, self.duration)?;
        let schemes = fixed_step_schemes(&self.schemes)?;
        let cells = cells(&self.cells)?;
        let first = cells.first().map_or(Neuron::new(0.02, 0.2, -65.0, 8.0), |cell| cell.neuron);

        // tau in the rates and dt = 1, against dt = tau: the same spikes, step by step.
        let (mut same, mut compared) = (0, 0);
        let mut rates = Vec::new();
        let euler: Scheme = "euler".parse()?;
        for cell in &cells {
            let stimulus = Stimulus::constant(self.input);
            let problem = Problem { neuron: cell.neuron, stimulus, initial: cell.initial, duration: self.duration };
            for &tau in &self.dts {
                let other = Problem {
                    neuron: scaled(&cell.neuron, tau),
                    stimulus: Stimulus::constant(tau * self.input),
                    initial: State { u: tau * cell.initial.u, ..cell.initial },
                    duration: self.duration / tau,
                };
                let steps = |p: &Problem, dt: f64| -> Vec<u64> {
                    let spikes = fixed_step(&euler, p, dt, |_| {}).spikes;
                    // Rounding, where tau is no power of two, grows from spike to spike: eight are far from where it shows.
                    spikes.times().iter().take(8).map(|t| (t / dt).round() as u64).collect()
                };
                compared += 1;
                same += usize::from(steps(&problem, tau) == steps(&other, 1.0));
            }
            let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes.len();
            for scheme in &schemes {
                for &dt in &self.dts {
                    let run = fixed_step(scheme, &problem, dt, |_| {});
                    let spikes = run.diverged_at.is_none().then_some(run.spikes.len());
                    rates.push(Rate { cell: cell.name, scheme: scheme.to_string(), dt, spikes, truth });
                }
            }
        }
        let stable: Vec<(String, Vec<(f64, f64)>)> = std::iter::once(("2/|λ|".to_owned(), None))
            .chain(schemes.iter().map(|s| (s.to_string(), Some(s.clone()))))
            .map(|(name, scheme)| {
                let limit = |&input: &f64| {
                    let at = rest(&first, input)?;
                    let dt = match &scheme {
                        None => euler_limit(&first, at),
                        Some(scheme) => largest_stable_dt(scheme, &first, at, input),
                    };
                    Some((input, dt?))
                };
                (name, self.rest_inputs.iter().filter_map(limit).collect())
            })
            .collect();
        let at_rest = rest(&first, 0.0).unwrap_or(State::new(-70.0, -14.0));
        let kicks: Vec<(String, Vec<(f64, f64)>)> = schemes
            .iter()
            .map(|s| {
                let found = |&dt: &f64| Some((dt, least_inhibition(s, &first, at_rest, dt, 2)?));
                (s.to_string(), self.dts.iter().filter_map(found).collect())
            })
            .collect();
        outputs.figure(&curves(&self.figure(
            &stable,
            &kicks,
            &rates,
            &cells.iter().map(|c| c.name).collect::<Vec<_>>(),
        ))?)?;

        let mut csv = String::from("what,cell,scheme,x,x_unit,value,value_unit\n");
        let name = self.cells.first().map_or("", String::as_str);
        for (scheme, points) in &stable {
            for (input, dt) in points {
                let _ = writeln!(csv, "largest stable step at rest,{name},{scheme},{input},mV/ms,{dt},ms");
            }
        }
        for (scheme, points) in &kicks {
            for (dt, input) in points {
                let _ = writeln!(csv, "least inhibition that fires,{name},{scheme},{dt},ms,{input},mV/ms");
            }
        }
        for r in &rates {
            let spikes = r.spikes.map(|n| n.to_string()).unwrap_or_default();
            let _ = writeln!(csv, "spikes ({} true),{},{},{},ms,{spikes},1", r.truth, r.cell, r.scheme, r.dt);
        }
        outputs.dir.write("time_scale.csv", csv.as_bytes())?;
        let table = self.table(&stable, &kicks, &rates, &schemes);
        let answer = self.answer((same, compared), &stable, &kicks, &rates);
        self.asked.answered(outputs, &table, &answer)
    }
}

type Lines = [(String, Vec<(f64, f64)>)];

fn value(lines: &Lines, name: &str, x: f64) -> Option<f64> {
    let (_, points) = lines.iter().find(|(label, _)| label == name)?;
    points.iter().find(|p| p.0 == x).map(|p| p.1)
}

impl TimeScale {
    fn table(&self, stable: &Lines, kicks: &Lines, rates: &[Rate], schemes: &[Scheme]) -> String {
        let mut text = format!("Largest step at which rest is stable [ms], {}\n{:12}", self.cells[0], "input");
        for input in &self.rest_inputs {
            let _ = write!(text, " {input:>9}");
        }
        for (name, points) in stable {
            let _ = write!(text, "\n{name:12}");
            for input in &self.rest_inputs {
                let found = points.iter().find(|p| p.0 == *input).map(|p| p.1);
                let _ = write!(text, " {:>9}", found.map_or("-".to_owned(), three));
            }
        }
        let _ = write!(
            text,
            "\n\nInput of one step from which a resting {} fires within two [mV/ms]\n{:12}",
            self.cells[0], "dt"
        );
        for dt in &self.dts {
            let _ = write!(text, " {dt:>9}");
        }
        for (name, points) in kicks {
            let _ = write!(text, "\n{name:12}");
            for dt in &self.dts {
                let found = points.iter().find(|p| p.0 == *dt).map(|p| p.1);
                let _ = write!(text, " {:>9}", found.map_or("none".to_owned(), three));
            }
        }
        let _ = write!(text, "\n\nSpikes within {} ms at input {}", self.duration, self.input);
        for cell in &self.cells {
            let truth = rates.iter().find(|r| r.cell == cell).map_or(0, |r| r.truth);
            let _ = write!(text, "\n{:12}", format!("{cell} ({truth})"));
            for dt in &self.dts {
                let _ = write!(text, " {dt:>9}");
            }
            for scheme in schemes {
                let _ = write!(text, "\n  {:10}", scheme.to_string());
                for dt in &self.dts {
                    let own = rates.iter().find(|r| r.cell == cell && r.scheme == scheme.to_string() && r.dt == *dt);
                    let spikes = own.and_then(|r| r.spikes).map_or("diverged".to_owned(), |n| n.to_string());
                    let _ = write!(text, " {spikes:>9}");
                }
            }
        }
        text + "\n"
    }

    fn answer(&self, (same, compared): (usize, usize), stable: &Lines, kicks: &Lines, rates: &[Rate]) -> String {
        let largest = self.dts.iter().copied().fold(0.0, f64::max);
        let number = |x: Option<f64>| x.map_or("none found".to_owned(), three);
        let (formula, euler) = (value(stable, "2/|λ|", 0.0), value(stable, "euler", 0.0));
        let agree = formula.zip(euler).is_some_and(|(f, e)| (f / e - 1.0).abs() < 1e-2);
        let weakest = self.rest_inputs.iter().copied().fold(f64::INFINITY, f64::min);
        let diverged = rates.iter().filter(|r| r.spikes.is_none()).count();
        // The largest step up to which every cell fires within 5 % of the equations' number of spikes, by scheme.
        let faithful = |scheme: &str| {
            let off = |r: &&Rate| {
                let found = r.spikes.map_or(f64::INFINITY, |n| n as f64);
                (found - r.truth as f64).abs() > 0.05 * r.truth as f64
            };
            let first_bad =
                rates.iter().filter(|r| r.scheme == scheme).filter(off).map(|r| r.dt).fold(f64::INFINITY, f64::min);
            self.dts.iter().copied().filter(|&dt| dt < first_bad).reduce(f64::max)
        };
        let up_to = |dt: Option<f64>| dt.map_or("at none of the steps".to_owned(), |dt| format!("up to dt = {dt} ms"));
        let stretch = |input: f64| {
            let ratio = value(stable, "half-step", input).zip(value(stable, "euler", input)).map(|(h, e)| h / e);
            ratio.unwrap_or(f64::NAN)
        };
        let lost = rates.iter().filter(|r| r.scheme == "euler" && r.dt == largest).map(|r| {
            let found = r.spikes.map_or("diverged".to_owned(), |n| n.to_string());
            format!("{} {found} of {}", r.cell, r.truth)
        });
        let lost: Vec<String> = lost.collect();
        format!(
            "tau is the time step in ms: with tau in front of both equations and a step of 1, forward Euler has its first 8 spikes at the same steps as with \
             dt = tau in {same} of {compared} runs, and Nengo's dt is it. It is no parameter of the neuron, and the model assumes no sampling rate; \
             one who takes steps for milliseconds sees all rates too low by the factor tau. Rest is stable under forward Euler up to {} ms without input \
             ({} by the formula 2/|λ|{}) and up to {} ms at {weakest} mV/ms; under two half-steps up to {} and {} ms. So two half-steps stretch \
             the stable step by a factor of {:.2} to {:.2}, and a step of {largest} ms {} unstable at rest; {} at input {}. What explodes at large steps is inhibition: one step of {} \
             mV/ms at dt = {largest} makes a resting neuron fire under Euler, {} under the half-steps; Nengo clips its input at -30 and is {}. What fails first \
             is the rate: at {largest} ms Euler has {} spikes; Euler is within 5 % in all cells {}, the half-steps {}.",
            number(euler),
            number(formula),
            if agree { "" } else { ", which does not agree" },
            number(value(stable, "euler", weakest)),
            number(value(stable, "half-step", 0.0)),
            number(value(stable, "half-step", weakest)),
            stretch(0.0),
            stretch(weakest),
            if euler.is_some_and(|e| e > largest) { "is not" } else { "is" },
            if diverged == 0 { "no run diverges".to_owned() } else { format!("{diverged} runs diverge") },
            self.input,
            number(value(kicks, "euler", largest)),
            number(value(kicks, "half-step", largest)),
            if value(kicks, "nengo", largest).is_none() { "immune" } else { "not immune" },
            lost.join(", "),
            up_to(faithful("euler")),
            up_to(faithful("half-step")),
        )
    }

    fn figure(&self, stable: &Lines, kicks: &Lines, rates: &[Rate], cells: &[&'static str]) -> Curves {
        let lines = |lines: &Lines| -> Vec<CurveSeries> {
            lines
                .iter()
                .map(|(label, points)| CurveSeries {
                    label: label.clone(),
                    reference: label.starts_with("2/"),
                    marked: false,
                    points: points.clone(),
                })
                .collect()
        };
        let name = self.cells.first().map_or("", String::as_str);
        let sized = |points: &Vec<(f64, f64)>| points.iter().map(|&(dt, input)| (dt, -input)).collect();
        let sizes: Vec<(String, Vec<(f64, f64)>)> =
            kicks.iter().map(|(label, points)| (label.clone(), sized(points))).collect();
        let mut panels = vec![
            CurvePanel {
                heading: format!("{name}: rest is stable below"),
                x: "input [mV/ms]".to_owned(),
                y: "time step [ms]".to_owned(),
                log_x: false,
                log_y: false,
                series: lines(stable),
            },
            CurvePanel {
                heading: format!("{name}: one step of input that fires"),
                x: "time step dt [ms]".to_owned(),
                y: "−input [mV/ms]".to_owned(),
                log_x: true,
                log_y: true,
                series: lines(&sizes),
            },
        ];
        for cell in cells {
            let names: Vec<&String> = kicks.iter().map(|(name, _)| name).collect();
            let series = names.into_iter().map(|scheme| CurveSeries {
                label: scheme.clone(),
                reference: false,
                marked: false,
                points: rates
                    .iter()
                    .filter(|r| r.cell == *cell && r.scheme == *scheme)
                    .filter_map(|r| Some((r.dt, r.spikes? as f64 / r.truth as f64)))
                    .collect(),
            });
            panels.push(CurvePanel {
                heading: format!("{cell} at input {}", self.input),
                x: "time step dt [ms]".to_owned(),
                y: "spikes / true spikes".to_owned(),
                log_x: true,
                log_y: false,
                series: series.collect(),
            });
        }
        Curves {
            name: "time_scale",
            title: "Where the step makes the neuron unstable: at rest, under inhibition, in its rate".to_owned(),
            columns: ["x", "y"],
            per_row: 2,
            panels,
        }
    }
}
