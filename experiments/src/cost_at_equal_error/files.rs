//! The CSV files: what is counted apart from what is measured.

use std::fmt::Write;

use super::choices::{Choice, Timed};
use super::curve::Curve;
use super::measure::Row;

/// `dt_ms,tolerance`, one of them empty.
fn setting(row: &Row) -> String {
    let or_empty = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
    format!("{},{}", or_empty(row.setting.dt()), row.setting.tolerance().map(|t| format!("{t:e}")).unwrap_or_default())
}

/// Errors and counts: the same on every machine.
pub(super) fn errors_csv(rows: &[Row]) -> String {
    let mut text = "neuron,scheme,dt_ms,tolerance,max_spike_time_error_ms,spikes_missed,spikes_extra,spikes_expected,\
                    diverged,steps,rhs_evaluations,flops\n"
        .to_owned();
    for row in rows {
        let e = &row.errors;
        let largest = e.max_abs.map(|x| format!("{x:e}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{},{},{},{largest},{},{},{},{},{},{},{}",
            row.neuron,
            row.scheme,
            setting(row),
            e.missed,
            e.extra,
            e.matched + e.missed,
            row.diverged,
            row.steps,
            row.cost.rhs_evaluations,
            row.cost.flops,
        );
    }
    text
}

/// Fastest time and the smallest of the sweeps' medians, per simulated second \[µs\].
pub(super) fn timings_csv(rows: &[Row]) -> String {
    let mut text = "neuron,scheme,dt_ms,tolerance,fastest_us_per_s,median_us_per_s,repeats,machine\n".to_owned();
    let machine = machine();
    for row in rows {
        let median = row.timings.iter().map(|t| t.median).fold(f64::INFINITY, f64::min);
        let repeats: usize = row.timings.iter().map(|t| t.repeats).sum();
        let (name, setting) = (&row.scheme, setting(row));
        let _ = writeln!(text, "{},{name},{setting},{:.4},{median:.4},{repeats},{machine}", row.neuron, row.time());
    }
    text
}

/// Time to keep each of the errors; empty where no setting does.
pub(super) fn equal_error_csv(curves: &[&Curve], errors: &[f64]) -> String {
    let mut text = "neuron,series,error_ms,time_us_per_s\n".to_owned();
    for curve in curves {
        for &error in errors {
            let time = curve.time_at(error).map(|t| format!("{t:.4}")).unwrap_or_default();
            let _ = writeln!(text, "{},{},{error:e},{time}", curve.neuron, curve.name);
        }
    }
    text
}

/// Time a flop of each scheme \[ns\]: the median over its runs.
pub(super) fn flop_times_csv(rows: &[Row]) -> String {
    let mut text = "scheme,ns_per_flop\n".to_owned();
    let mut seen: Vec<String> = Vec::new();
    for row in rows {
        let name = row.scheme.to_string();
        if seen.contains(&name) {
            continue;
        }
        let of_scheme = rows.iter().filter(|r| r.scheme.to_string() == name && r.cost.flops > 0);
        // µs per simulated second are ns per simulated ms.
        let mut ratios: Vec<f64> = of_scheme.map(|r| r.time() / r.flops_per_ms()).collect();
        ratios.sort_by(f64::total_cmp);
        if let Some(median) = ratios.get(ratios.len() / 2) {
            let _ = writeln!(text, "{name},{median:.3}");
        }
        seen.push(name);
    }
    text
}

/// The schemes that keep an error, by use, the cheapest first, with their times per simulated second \[µs\].
pub(super) fn choices_csv(choices: &[Choice]) -> String {
    let mut text = "error_ms,use,dt_ms,scheme,time_us_per_s\n".to_owned();
    for choice in choices {
        let mut lines = |what: &str, dt: &str, all: &[Timed]| {
            for (name, time) in all {
                let _ = writeln!(text, "{:e},{what},{dt},{name},{time:.4}", choice.error);
            }
        };
        lines("adaptive", "", &choice.adaptive);
        lines("fixed", "", &choice.fixed);
        for (dt, timed) in &choice.network {
            lines("network", &dt.to_string(), timed);
        }
    }
    text
}

/// The processor, without commas; its architecture where the system does not say.
fn machine() -> String {
    let named = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().replace(',', " "))
    });
    named.unwrap_or_else(|| format!("{} {}", std::env::consts::OS, std::env::consts::ARCH))
}
