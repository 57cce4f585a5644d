//! Claims, files and figure of what was measured.

use std::fmt::Write;

use super::{Checked, DeAlteriis2021, Measured, SOLVERS};
use crate::experiment::literature::claims::{Claim, Expected};
use crate::experiment::literature::{mean, share, slope_and_correlation};
use crate::report::figure::{CurvePanel, CurveSeries, Curves};

const NER: &str = "NER 2021, abstract";
const BIORXIV: &str = "bioRxiv 2021, abstract";
/// The tables of the papers were not at hand.
const QUOTED: &str = "quoted second-hand, table not read";
const RK4: usize = 2;

impl DeAlteriis2021 {
    pub(super) fn claims(&self, checked: &Checked, measured: &Measured) -> Vec<Claim> {
        let claim = Claim::new;
        let mut rows = Vec::new();
        for ((name, flops), counted) in SOLVERS.into_iter().zip(measured.flops) {
            let published = match name {
                "euler" => "13",
                "rk2" => "28",
                _ => "68",
            };
            let expected = Expected::Value { value: flops, within: 0.0 };
            rows.push(claim(format!("flops of a step of {name}"), published, QUOTED, expected, counted));
        }
        for (k, input) in self.inputs.iter().enumerate() {
            let of = || measured.lags.iter().filter(move |lag| lag.input == k);
            let positive = share(of().flat_map(|lag| lag.errors.errors.iter().map(|e| *e > 0.0)));
            let quantity = format!("{input}: share of lags that are positive");
            rows.push(claim(
                quantity,
                "the spike delay is positive",
                NER,
                Expected::Value { value: 1.0, within: 0.0 },
                positive,
            ));
            let linear = share(of().map(|lag| lag.linearity() >= 0.99));
            let quantity = format!("{input}: share of runs with R² ≥ 0.99 on a line");
            rows.push(claim(
                quantity,
                "and accumulates linearly with the spike count",
                NER,
                Expected::Above(0.5),
                linear,
            ));
        }
        for (solver, (name, _)) in SOLVERS.iter().enumerate() {
            let limits: Vec<(f64, f64)> = measured
                .limits
                .iter()
                .filter(|limit| limit.solver == solver && limit.input == 0)
                .filter_map(|limit| Some((limit.duration, limit.dt?)))
                .collect();
            let of = |duration: f64| limits.iter().find(|l| l.0 == duration).map_or(f64::NAN, |l| l.1);
            let durations = || self.durations.iter().copied();
            let change = of(durations().fold(0.0, f64::max)) / of(durations().fold(f64::INFINITY, f64::min));
            // Limits are known to one place in the list of steps.
            let place = checked.dts.windows(2).map(|w| w[0] / w[1]).fold(f64::INFINITY, f64::min);
            let quantity = format!("{name}, {}: limit, longest train over shortest", self.inputs[0]);
            rows.push(claim(quantity, "limits depend on the train's duration", NER, Expected::AtMost(place), change));
            let logarithms: Vec<(f64, f64)> = limits.iter().map(|l| (l.0.ln(), l.1.ln())).collect();
            let power = slope_and_correlation(&logarithms).map_or(f64::NAN, |(slope, _)| slope);
            let quantity = format!("{name}, {}: power of the duration in it", self.inputs[0]);
            rows.push(claim(quantity, "-", NER, Expected::Unstated, power));
        }
        for (located, what) in [(false, "on the grid"), (true, "located")] {
            let wins = share(measured.allocations.iter().map(|a| {
                let d = if located { &a.located } else { &a.grid };
                d[0].min(d[1]) < d[RK4]
            }));
            let quantity = format!("share of allocations, RK4 beaten; spikes {what}");
            let (published, expected) = if located {
                ("-", Expected::Unstated)
            } else {
                ("Euler and RK2 can outperform RK4 at the same flops", Expected::Above(0.0))
            };
            rows.push(claim(quantity, published, BIORXIV, expected, wins));
        }
        let euler = share(measured.allocations.iter().map(|a| a.grid[0] < a.grid[1].min(a.grid[RK4])));
        rows.push(claim(
            "share of allocations where Euler is best; on the grid".into(),
            "Euler can outperform",
            BIORXIV,
            Expected::Above(0.0),
            euler,
        ));
        for (solver, (name, _)) in SOLVERS.iter().enumerate() {
            let of = || measured.rests.iter().filter(move |rest| rest.solver == solver);
            // Twice the standard error 1/√(n − 1) of a correlation of what is independent.
            let bound = Expected::AtMost(2.0 / (of().count().max(2) as f64 - 1.0).sqrt());
            for (what, with_rate) in [("rate", true), ("duration", false)] {
                let points: Vec<(f64, f64)> =
                    of().filter_map(|r| Some((if with_rate { r.rate } else { r.duration }, r.rest?))).collect();
                let correlation = slope_and_correlation(&points).map_or(f64::NAN, |(_, r)| r.abs());
                let quantity = format!("{name}: |correlation| of the rest needed with the {what}");
                rows.push(claim(
                    quantity,
                    "rest independent of firing rate and train duration",
                    BIORXIV,
                    bound,
                    correlation,
                ));
            }
            let rest = mean(of().map(|r| r.rest.unwrap_or(f64::INFINITY)));
            rows.push(claim(format!("{name}: mean rest needed [ms]"), "-", BIORXIV, Expected::Unstated, rest));
        }
        rows
    }

    pub(super) fn files(&self, measured: &Measured) -> [(&'static str, String); 4] {
        let (mut lags, mut limits, mut flops, mut rests) = (
            "input,solver,dt_ms,matched,missed,extra,lag_per_spike_ms,largest_lag_ms,r_squared\n".to_owned(),
            "input,solver,duration_ms,limit_ms\n".to_owned(),
            "input,flops_per_ms,solver,dt_ms,distance_per_spike,distance_per_spike_located\n".to_owned(),
            "solver,amplitude,duration_ms,rate_Hz,rest_needed_ms\n".to_owned(),
        );
        let text = |x: Option<f64>| x.map_or_else(String::new, |x| x.to_string());
        for lag in &measured.lags {
            let (input, solver, e) = (&self.inputs[lag.input], SOLVERS[lag.solver].0, &lag.errors);
            let (drift, largest) = (text(e.drift.map(|d| d.per_spike)), text(e.max_abs));
            let (dt, r2) = (lag.dt, lag.linearity());
            let _ =
                writeln!(lags, "{input},{solver},{dt},{},{},{},{drift},{largest},{r2}", e.matched, e.missed, e.extra);
        }
        for limit in &measured.limits {
            let (input, solver) = (&self.inputs[limit.input], SOLVERS[limit.solver].0);
            let _ = writeln!(limits, "{input},{solver},{},{}", limit.duration, text(limit.dt));
        }
        for a in &measured.allocations {
            for (k, (name, cost)) in SOLVERS.iter().enumerate() {
                let (input, dt) = (&self.inputs[a.input], cost / a.flops_per_ms);
                let _ = writeln!(flops, "{input},{},{name},{dt},{},{}", a.flops_per_ms, a.grid[k], a.located[k]);
            }
        }
        for rest in &measured.rests {
            let (solver, needed) = (SOLVERS[rest.solver].0, text(rest.rest));
            let _ = writeln!(rests, "{solver},{},{},{},{needed}", rest.amplitude, rest.duration, rest.rate);
        }
        [("lags.csv", lags), ("limits.csv", limits), ("flops.csv", flops), ("rests.csv", rests)]
    }

    pub(super) fn figure(&self, measured: &Measured) -> Curves {
        let shown = measured.lags.iter().map(|lag| lag.dt).filter(|dt| *dt >= 0.1).fold(f64::INFINITY, f64::min);
        let series = |points: &dyn Fn(usize) -> Vec<(f64, f64)>| {
            SOLVERS
                .iter()
                .enumerate()
                .map(|(k, (name, _))| CurveSeries {
                    label: (*name).to_owned(),
                    points: points(k),
                    ..CurveSeries::default()
                })
                .collect::<Vec<_>>()
        };
        let mut panels = Vec::new();
        for (k, input) in self.inputs.iter().enumerate() {
            let own =
                |solver: usize| measured.lags.iter().find(|l| l.input == k && l.solver == solver && l.dt == shown);
            let points = |solver: usize| -> Vec<(f64, f64)> {
                own(solver).map_or_else(Vec::new, |lag| {
                    lag.errors.errors.iter().enumerate().map(|(n, &e)| ((n + 1) as f64, e)).collect()
                })
            };
            panels.push(CurvePanel {
                heading: format!("{input}, dt = {} ms", (shown * 1e4).round() / 1e4),
                x: "spike number".to_owned(),
                y: "lag [ms]".to_owned(),
                log_x: false,
                log_y: false,
                series: series(&points),
            });
        }
        for (heading, located) in [("same flops, spikes on the grid", false), ("same flops, spikes located", true)] {
            let points = |solver: usize| -> Vec<(f64, f64)> {
                let own = measured.allocations.iter().filter(|a| a.input == 0);
                own.map(|a| (a.flops_per_ms, if located { a.located[solver] } else { a.grid[solver] })).collect()
            };
            panels.push(CurvePanel {
                heading: format!("{}: {heading}", self.inputs[0]),
                x: "flops per ms".to_owned(),
                y: "distance / spikes".to_owned(),
                log_x: true,
                log_y: false,
                series: series(&points),
            });
        }
        let points = |solver: usize| -> Vec<(f64, f64)> {
            let own = measured.limits.iter().filter(|l| l.input == 0 && l.solver == solver);
            own.filter_map(|l| Some((l.duration, l.dt?))).collect()
        };
        panels.push(CurvePanel {
            heading: format!("{}: largest step by duration", self.inputs[0]),
            x: "duration [ms]".to_owned(),
            y: "limit of dt [ms]".to_owned(),
            log_x: true,
            log_y: false,
            series: series(&points),
        });
        Curves {
            name: "lag_and_flops",
            title: "Lag of the spikes, what flops buy, and limits of the step".to_owned(),
            columns: ["x", "value"],
            per_row: 2,
            panels,
        }
    }
}
