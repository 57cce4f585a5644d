//! A network under schemes in words.

use super::super::{plain, three, three_or_dash, wrapped};
use super::{BOUNDS, between, size};
use crate::error::shown;
use crate::population::exact::Statistic;
use crate::study::{Moved, NetworkComparison, NetworkQuestion, NetworkRun, StudyFile};

/// What a step does beyond chaos, in a sentence.
pub(super) fn verdict(question: &NetworkQuestion, run: &NetworkRun) -> String {
    let size = |moved: &Moved| format!("{} of {} {}", moved.statistic.name, moved.statistic.group, size(moved));
    let moved: Vec<String> = run.beyond_chaos().map(size).collect();
    let duration = shown(question.network.duration());
    let beyond = match (&moved[..], run.run.diverged_at) {
        (_, Some(at)) => format!("a neuron leaves the finite numbers at {} ms", shown(at)),
        ([], None) => format!("nothing beyond chaos in {duration} ms"),
        (moved, None) => format!("beyond chaos: {}", moved.join(", ")),
    };
    let follows = match run.follows_until() {
        None => "every spike right".to_owned(),
        Some(t) => format!("right until {} ms", three(t)),
    };
    format!("{} at {} ms: {follows}; {beyond}.", run.scheme, shown(run.dt))
}

/// Until when the truth is known, until when each scheme follows it, and what has moved.
pub fn network_text(file: &StudyFile, question: &NetworkQuestion, comparison: &NetworkComparison) -> String {
    let truth = &comparison.truth;
    let mut text = String::new();
    for line in [&file.title, &file.question].into_iter().filter(|line| !line.is_empty()) {
        text += &format!("{line}\n");
    }
    let [fine, coarse] = BOUNDS.map(|bound| three(truth.known_until(bound)));
    let lost = truth.lost_at.map_or_else(|| "never lost".to_owned(), |t| format!("lost at {} ms", three(t)));
    let doubts = truth
        .doubts
        .iter()
        .map(|doubt| format!(" The order of {} is in doubt at {} ms.", between(doubt.kind), three(doubt.time)));
    let cut = truth.cut.and_then(|(neuron, outcome)| Some((neuron, outcome.cut_at()?)));
    let cut = cut
        .map(|(neuron, at)| format!(" Neuron {neuron} cannot be solved beyond {} ms: the run ends there.", shown(at)));
    let about = format!(
        "{} neurons, {} edges, {} ms: {} spikes and {} arrivals. The truth is known to 1e-6 ms until {fine} ms, to 1e-3 ms until \
         {coarse} ms, and {lost}.{}{}",
        question.network.neurons().len(),
        question.network.edges().all().len(),
        shown(truth.duration),
        truth.spikes.len(),
        truth.arrivals,
        doubts.collect::<String>(),
        cut.unwrap_or_default(),
    );
    text += &format!("{}\n", wrapped(&about));
    if comparison.runs.is_empty() {
        return text;
    }
    let row = |run: &NetworkRun| {
        let moved = run.beyond_chaos().count();
        vec![
            run.scheme.to_string(),
            shown(run.dt),
            run.run.spikes.len().to_string(),
            run.follows_until().map_or_else(|| "end".to_owned(), three),
            run.half_right_until().map_or_else(|| "end".to_owned(), three),
            format!("{moved} of {}", run.moved.len()),
        ]
    };
    let head = ["scheme", "dt [ms]", "spikes", "right until [ms]", "half until [ms]", "moved"];
    text += &format!("\n{}", plain(&head, comparison.runs.iter().map(row)));
    let band = |(mean, sd): &(Statistic, f64)| {
        vec![mean.group.clone(), mean.name.to_owned(), three_or_dash(Some(mean.value)), three_or_dash(Some(*sd))]
    };
    let bands = plain(&["population", "statistic", "truth", "chaos, s.d."], comparison.bands.iter().map(band));
    text += &format!("\n{bands}\n");
    for run in &comparison.runs {
        text += &format!("{}\n", wrapped(&verdict(question, run)));
    }
    let note = format!(
        "Right: within {} ms. Statistics: means of {} truths and as many runs, from other last bits and kicks of 0.01 mV; moved by 1 % or more, \
         and further than chaos moves them once in a thousand times; ± is the interval of 95 %.",
        shown(question.within),
        question.ensemble
    );
    text + &format!("\n{}\n", wrapped(&note))
}
