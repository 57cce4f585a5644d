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
    // One truth alone does not tell what chaos does.
    let columns = if comparison.runs.is_empty() { 3 } else { 4 };
    let band = |(mean, sd): &(Statistic, f64)| {
        let mut row =
            vec![mean.group.clone(), mean.name.to_owned(), three_or_dash(Some(mean.value)), three_or_dash(Some(*sd))];
        row.truncate(columns);
        row
    };
    let head = ["population", "statistic", "truth", "chaos, s.d."];
    let bands = plain(&head[..columns], comparison.bands.iter().map(band));
    if comparison.runs.is_empty() {
        return if comparison.bands.is_empty() { text } else { text + &format!("\n{bands}") };
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
