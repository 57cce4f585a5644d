//! CSV of a recommendation, full precision, units in the column names.

use super::all;
use crate::report::csv_files::{number, step_size, table, timings};
use crate::study::{Recommendation, Searched, SimulatorSearch, Trial};

/// One row a scheme: the answer, empty where there is none, the next larger step and the smallest. No measured times.
pub fn recommendation_csv(found: &Recommendation) -> Vec<u8> {
    let metric = found.metric;
    let header = format!(
        "simulator,rule,scheme,dt_ms,tolerance_ms,{metric},margin,flops_per_ms,cost_ns_per_ms,tried,smaller_that_keep,larger_by_luck,\
         next_larger,next_missed,next_extra,next_{metric},smallest_tried,smallest_missed,smallest_extra,smallest_{metric}"
    );
    let rows = all(found).map(|(simulator, searched)| {
        let kept = searched.kept();
        let [dt, tolerance] = kept.map(|trial| step_size(trial.size)).unwrap_or_default();
        let mut row = named(simulator, searched);
        row.extend([
            dt,
            tolerance,
            number(kept.and_then(|trial| trial.error)),
            number(searched.margin()),
            number(kept.map(|trial| trial.flops_per_ms)),
            number(kept.map(|trial| trial.cost)),
            searched.tried.len().to_string(),
            searched.smaller_that_keep().to_string(),
            searched.larger_by_luck().to_string(),
        ]);
        row.extend(beside(searched.next_larger()));
        row.extend(beside(searched.tried.last()));
        row
    });
    table(&header.split(',').collect::<Vec<_>>(), rows)
}

/// Simulator, rule, scheme.
fn named(simulator: Option<&SimulatorSearch>, searched: &Searched) -> Vec<String> {
    let of_rule = simulator.map(|row| [row.rule.simulator.to_owned(), row.rule.rule.to_owned()]).unwrap_or_default();
    of_rule.into_iter().chain([searched.scheme.to_string()]).collect()
}

/// A run beside the answer: its step or tolerance, spikes lost and added, error.
fn beside(trial: Option<&Trial>) -> [String; 4] {
    let Some(trial) = trial else { return Default::default() };
    let size = trial.size.dt().or(trial.size.tolerance());
    [number(size), trial.missed.to_string(), trial.extra.to_string(), number(trial.error)]
}

/// One row a run of the search, in the order of the schemes and of their steps. No measured times.
pub fn tried_csv(found: &Recommendation) -> Vec<u8> {
    let header = format!(
        "simulator,rule,scheme,dt_ms,tolerance_ms,spikes,missed,extra,{},diverged_at_ms,keeps,flops_per_ms,cost_ns_per_ms",
        found.metric
    );
    let rows = all(found).flat_map(|(simulator, searched)| {
        searched.tried.iter().map(move |trial| {
            let mut row = named(simulator, searched);
            row.extend(step_size(trial.size));
            row.extend([
                trial.spikes.to_string(),
                trial.missed.to_string(),
                trial.extra.to_string(),
                number(trial.error),
                number(trial.diverged_at),
                trial.keeps(searched.within).to_string(),
                number(Some(trial.flops_per_ms)),
                number(Some(trial.cost)),
            ]);
            row
        })
    });
    table(&header.split(',').collect::<Vec<_>>(), rows)
}

/// Measured times of the answers: `scheme,dt_ms,tolerance_ms,ns_per_ms,lower_quartile_ns,upper_quartile_ns,repeats`.
pub fn recommendation_timings_csv(found: &Recommendation) -> Vec<u8> {
    timings(all(found).filter_map(|(_, searched)| Some((&searched.scheme, searched.kept()?.size, searched.timing?))))
}
