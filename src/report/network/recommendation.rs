//! The largest step that keeps what a network does, as text and JSON.

use serde_json::{Value, json};

use super::super::{plain, three, wrapped};
use super::json::moved_json;
use crate::error::shown;
use crate::population::exact::Statistic;
use crate::study::{NetworkQuestion, NetworkRecommendation, NetworkSearch, NetworkTrial, StudyFile};

/// The recommendation as one JSON object.
pub fn network_recommendation_json(
    file: &StudyFile,
    question: &NetworkQuestion,
    found: &NetworkRecommendation,
) -> Value {
    let trial = |trial: &NetworkTrial| {
        json!({
            "dt_ms": trial.dt,
            "keeps": found.bound.is_kept(trial),
            "diverged_at_ms": trial.diverged_at,
            "statistics": trial.moved.iter().map(moved_json).collect::<Vec<_>>(),
        })
    };
    let search = |search: &NetworkSearch| {
        json!({
            "scheme": search.scheme.to_string(),
            "dt_ms": search.kept().map(|kept| kept.dt),
            "kept_by_luck_ms": search.kept_by_luck(&found.bound).collect::<Vec<_>>(),
            "tried": search.tried.iter().map(trial).collect::<Vec<_>>(),
        })
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "title": file.title,
        "question": file.question,
        "duration_ms": question.network.duration(),
        "ensemble": question.ensemble,
        "statistics": found.bound.statistics,
        "within": found.bound.within,
        "finest_ms": found.bound.finest,
        "recommended": found.best().map(|best| json!({
            "scheme": best.scheme.to_string(), "dt_ms": best.kept().map(|kept| kept.dt),
        })),
        "schemes": found.searched.iter().map(search).collect::<Vec<_>>(),
    })
}

/// The recommendation in words, and what each scheme keeps.
pub fn network_recommendation_text(question: &NetworkQuestion, found: &NetworkRecommendation) -> String {
    let within = three(100.0 * found.bound.within);
    let what = found.bound.statistics.join(", ");
    let asked = format!("{what} within {within} % of the truth");
    let luck = |search: &NetworkSearch| {
        let also: Vec<String> = search.kept_by_luck(&found.bound).map(shown).collect();
        let next = search.next_larger().map_or_else(String::new, |next| shown(next.dt));
        let steps = also.join(", ");
        (!also.is_empty())
            .then(|| format!(" {} at {steps} ms keeps it as well, but at {next} ms it does not.", search.scheme))
    };
    let answer = match found.best().and_then(|best| Some((best, best.kept()?))) {
        Some((best, kept)) => {
            let vague = found.bound.vaguest(kept).map(|moved| {
                let of = (100.0 * moved.interval / moved.truth).abs();
                let Statistic { name, group, .. } = &moved.statistic;
                format!(
                    " {} runs do not tell more: they know {name} of {group} to ± {} %.",
                    question.ensemble,
                    three(of)
                )
            });
            format!(
                "{} at {} ms keeps {asked} over {} ms, and so does every smaller step tried.{}{}",
                best.scheme,
                shown(kept.dt),
                shown(question.network.duration()),
                luck(best).unwrap_or_default(),
                vague.unwrap_or_default(),
            )
        }
        None => {
            let luck: String = found.searched.iter().filter_map(luck).collect();
            let finest = shown(found.bound.finest);
            format!(
                "No step down to {finest} ms keeps {asked}, together with all smaller ones.{luck} Try smaller ones by --finest, or a wider bound."
            )
        }
    };
    let worst = |trial: Option<&NetworkTrial>| match trial {
        Some(NetworkTrial { diverged_at: Some(at), .. }) => format!("diverges at {} ms", shown(*at)),
        Some(trial) => found.bound.worst(trial).map_or_else(String::new, |moved| {
            format!("{} of {} {}", moved.statistic.name, moved.statistic.group, moved.size())
        }),
        None => String::new(),
    };
    let row = |search: &NetworkSearch| {
        vec![
            search.scheme.to_string(),
            search.kept().map_or_else(|| "none".to_owned(), |kept| shown(kept.dt)),
            worst(search.kept()),
            search.next_larger().map_or_else(String::new, |larger| shown(larger.dt)),
            worst(search.next_larger()),
        ]
    };
    let head = ["scheme", "dt [ms]", "nearest to the bound", "next [ms]", "beyond it"];
    let note = format!(
        "Means of {} runs against as many truths; ± is the interval of 95 %. What the runs do not tell from the truth counts as kept: a \
         larger ensemble tells more.",
        question.ensemble
    );
    format!("{}\n\n{}\n{}\n", wrapped(&answer), plain(&head, found.searched.iter().map(row)), wrapped(&note))
}
