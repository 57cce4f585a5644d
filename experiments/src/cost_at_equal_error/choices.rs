//! Where each choice wins: for one neuron, whose steps are free, and in a network, which prescribes them.

use spikestep::Result;
use spikestep::report::three;

use super::curve::Curve;
use super::{ERRORS, NETWORK_DTS, NEURONS};
use crate::shared::{Outputs, fields, optional, pivot, table};

/// A fixed-step scheme at a step, over all neurons.
struct Prescribed {
    name: String,
    /// Largest error \[ms\] over the neurons; `None` where one of them loses or adds spikes.
    worst: Option<f64>,
    /// Geometric mean of the times \[µs\].
    time: f64,
}

/// A use, the step it prescribes \[ms\], and the schemes that keep an error on every neuron with their times per simulated second \[µs\],
/// the cheapest first.
type Use = (&'static str, Option<f64>, Vec<(String, f64)>);

/// Those that choose their steps, those of a fixed step at the one that is best for it, and at each step that a network prescribes.
fn uses(curves: &[Curve], error: f64) -> Vec<Use> {
    let free = |what, fixed| {
        let of_kind = |name: &&str| curves.iter().any(|c| c.name == **name && c.fixed == fixed);
        let timed = |name: &str| Some((name.to_owned(), mean(curves, name, |c| c.time_at(error))?));
        (what, None, names(curves).into_iter().filter(of_kind).filter_map(timed).collect())
    };
    let network = NETWORK_DTS.map(|dt| {
        let kept = prescribed(curves, dt).into_iter().filter(|p| p.worst.is_some_and(|e| e <= error));
        ("network", Some(dt), kept.map(|p| (p.name, p.time)).collect())
    });
    let mut uses: Vec<Use> = [free("adaptive", false), free("fixed", true)].into_iter().chain(network).collect();
    uses.iter_mut().for_each(|(_, _, timed)| timed.sort_by(|a, b| a.1.total_cmp(&b.1)));
    uses
}

/// Writes the schemes that keep each error, by use, and gives the text: a row an error, the cheapest for each use.
pub(super) fn choices(outputs: &mut Outputs<'_>, curves: &[Curve]) -> Result<String> {
    let rows = ERRORS.iter().flat_map(|error| {
        uses(curves, *error).into_iter().flat_map(move |(what, dt, timed)| {
            let row = move |(name, time): (String, f64)| {
                fields![format!("{error:e}"), what, optional(dt), name, format!("{time:.4}")]
            };
            timed.into_iter().map(row)
        })
    });
    outputs.csv("choices.csv", "error_ms,use,dt_ms,scheme,time_us_per_s", rows)?;
    let row = |error: f64| {
        let cheapest = |(_, _, timed): &Use| {
            timed.first().map_or_else(String::new, |(name, time)| format!("{name} {}", three(*time)))
        };
        std::iter::once(error.to_string()).chain(uses(curves, error).iter().map(cheapest)).collect()
    };
    let heads = NETWORK_DTS.map(|dt| format!(",network dt {dt}")).concat();
    let table = table(&format!("within [ms],adaptive,fixed (any dt){heads}"), ERRORS.map(row));
    Ok(format!("Where each choice wins (µs per simulated second)\n{table}"))
}

/// Every fixed-step scheme at the step `dt` \[ms\].
fn prescribed(curves: &[Curve], dt: f64) -> Vec<Prescribed> {
    let fixed = names(curves).into_iter().filter_map(|name| {
        let points: Vec<_> = curves.iter().filter(|c| c.fixed && c.name == name).filter_map(|c| c.at(dt)).collect();
        let time = mean(curves, name, |c| c.fixed.then(|| c.at(dt)).flatten().map(|p| p.time))?;
        let errors: Option<Vec<f64>> = points.iter().map(|p| p.error).collect();
        Some(Prescribed {
            name: name.to_owned(),
            worst: errors.and_then(|errors| errors.into_iter().reduce(f64::max)),
            time,
        })
    });
    fixed.collect()
}

/// Geometric mean over all neurons; `None` where one of them has no value.
fn mean(curves: &[Curve], name: &str, of: impl Fn(&Curve) -> Option<f64>) -> Option<f64> {
    let of_neuron = |neuron: &&str| curves.iter().find(|c| c.name == name && c.neuron == *neuron).and_then(&of);
    let times: Option<Vec<f64>> = NEURONS.iter().map(of_neuron).collect();
    let times = times?;
    Some((times.iter().map(|t| t.ln()).sum::<f64>() / times.len() as f64).exp())
}

/// What each fixed-step scheme costs and errs at the steps a network prescribes.
pub(super) fn prescribed_text(curves: &[Curve]) -> String {
    let entry = |name: &String, dt: &f64| {
        let found = prescribed(curves, *dt).into_iter().find(|p| p.name == *name);
        found.map_or_else(String::new, |p| {
            format!("{} {}", three(p.time), p.worst.map_or_else(|| "*".to_owned(), three))
        })
    };
    let rows = prescribed(curves, NETWORK_DTS[0]).into_iter().map(|p| p.name);
    let table = pivot("dt [ms]", rows, &NETWORK_DTS, entry);
    format!(
        "At a prescribed step: µs per simulated second, and the largest error [ms] (*: spikes lost or added)\n{table}\n"
    )
}

/// Names of the schemes, each once.
pub(super) fn names<'c>(curves: impl IntoIterator<Item = &'c Curve>) -> Vec<&'c str> {
    let mut names: Vec<&str> = Vec::new();
    for curve in curves {
        if !names.contains(&curve.name.as_str()) {
            names.push(&curve.name);
        }
    }
    names
}
