//! A network under schemes in words.

use super::super::{plain, three, three_or_dash, wrapped};
use crate::error::shown;
use crate::population::exact::Statistic;
use crate::study::{NetworkComparison, NetworkQuestion, NetworkRun, StudyFile};

/// Until when the truth is known, until when each scheme follows it, and what has moved.
pub fn network_text(file: &StudyFile, question: &NetworkQuestion, comparison: &NetworkComparison) -> String {
    let mut text = String::new();
    for line in [&file.title, &file.question].into_iter().filter(|line| !line.is_empty()) {
        text += &format!("{line}\n");
    }
    text += &format!("{}\n", wrapped(&question.known(comparison)));
    let head = ["population", "statistic", "truth", "chaos, s.d."];
    if comparison.runs.is_empty() {
        let row =
            |(own, _): &(Statistic, f64)| vec![own.group.clone(), own.name.to_owned(), three_or_dash(Some(own.value))];
        return text + &format!("\n{}", plain(&head[..3], comparison.bands.iter().map(row)));
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
    let settings = ["scheme", "dt [ms]", "spikes", "right until [ms]", "half until [ms]", "moved"];
    text += &format!("\n{}", plain(&settings, comparison.runs.iter().map(row)));
    let band = |(mean, sd): &(Statistic, f64)| {
        vec![mean.group.clone(), mean.name.to_owned(), three_or_dash(Some(mean.value)), three_or_dash(Some(*sd))]
    };
    let bands = plain(&head, comparison.bands.iter().map(band));
    text += &format!("\n{bands}\n");
    for run in &comparison.runs {
        text += &format!("{}\n", wrapped(&question.verdict(comparison, run)));
    }
    let note = format!(
        "Right: within {} ms. Statistics: means of {} truths and as many runs, from starts kicked by 0.01 mV; moved by 1 % or more, \
         and further than chaos moves them once in a thousand times; ± is the interval of 95 %, and 0 where no kick changed \
         anything: what is told is then of one run.",
        shown(question.within),
        question.ensemble
    );
    text + &format!("\n{}\n", wrapped(&note))
}
