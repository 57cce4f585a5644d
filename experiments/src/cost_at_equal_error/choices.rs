//! Where each choice wins: for one neuron, whose steps are free, and in a network, which prescribes them.

use spikestep::report::{plain, three, three_or_dash};

use super::curve::Curve;
use super::{ERRORS, NETWORK_DTS, NEURONS};

/// A scheme and its time per simulated second \[µs\], the geometric mean over the neurons.
pub(super) type Timed = (String, f64);

/// The schemes that keep an error on every neuron, the cheapest first.
pub(super) struct Choice {
    /// The error \[ms\].
    pub(super) error: f64,
    /// Those that choose their steps from a tolerance.
    pub(super) adaptive: Vec<Timed>,
    /// Those of a fixed step, each at the step that is best for it.
    pub(super) fixed: Vec<Timed>,
    /// Those of a fixed step at each step \[ms\] a network prescribes.
    pub(super) network: Vec<(f64, Vec<Timed>)>,
}

/// A fixed-step scheme at a step, over all neurons.
struct Prescribed {
    name: String,
    /// Largest error \[ms\] over the neurons; `None` where one of them loses or adds spikes.
    worst: Option<f64>,
    /// Neurons on which it loses or adds spikes.
    lost: usize,
    /// Geometric mean of the times \[µs\].
    time: f64,
}

/// The choice at each error.
pub(super) fn choices(curves: &[Curve]) -> Vec<Choice> {
    let choice = |&error: &f64| {
        let free = |fixed: bool| {
            let of_kind = |name: &&str| curves.iter().any(|c| c.name == **name && c.fixed == fixed);
            let timed = |name: &str| Some((name.to_owned(), mean(curves, name, |c| c.time_at(error))?));
            sorted(names(curves).into_iter().filter(of_kind).filter_map(timed))
        };
        let network = NETWORK_DTS.iter().map(|&dt| {
            let kept = prescribed(curves, dt).into_iter().filter(|p| p.worst.is_some_and(|e| e <= error));
            (dt, sorted(kept.map(|p| (p.name, p.time))))
        });
        Choice { error, adaptive: free(false), fixed: free(true), network: network.collect() }
    };
    ERRORS.iter().map(choice).collect()
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
            lost: points.iter().filter(|p| p.error.is_none()).count(),
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
    let mut text = String::new();
    for dt in NETWORK_DTS {
        let row = |p: Prescribed| {
            let worst = if p.lost > 0 { format!("spikes lost or added in {}", p.lost) } else { three_or_dash(p.worst) };
            vec![p.name, three(p.time), worst]
        };
        text += &format!("Prescribed dt = {dt} ms\n");
        text += &plain(&["scheme", "µs per s", "largest error [ms]"], prescribed(curves, dt).into_iter().map(row));
        text += "\n";
    }
    text
}

fn sorted(timed: impl Iterator<Item = Timed>) -> Vec<Timed> {
    let mut all: Vec<Timed> = timed.collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1));
    all
}

/// Names of the schemes, each once.
fn names(curves: &[Curve]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for curve in curves {
        if !names.contains(&curve.name.as_str()) {
            names.push(&curve.name);
        }
    }
    names
}

/// A row an error, a column a use.
pub(super) fn choices_text(choices: &[Choice]) -> String {
    let mut header = vec!["within [ms]".to_owned(), "adaptive".to_owned(), "fixed, any dt".to_owned()];
    header.extend(choices.iter().take(1).flat_map(|c| c.network.iter().map(|(dt, _)| format!("network, dt {dt}"))));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let cheapest = |timed: &Vec<Timed>| {
        timed.first().map_or_else(|| "-".to_owned(), |(name, time)| format!("{name} {}", three(*time)))
    };
    let row = |c: &Choice| {
        let network = c.network.iter().map(|(_, timed)| cheapest(timed));
        [three(c.error), cheapest(&c.adaptive), cheapest(&c.fixed)].into_iter().chain(network).collect()
    };
    format!("Where each choice wins (µs per simulated second)\n{}", plain(&header, choices.iter().map(row)))
}
