//! The search for the shortest word as text, CSV and JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::error::shown;
use crate::report::Described;
use crate::report::csv_files::{number, table};
use crate::report::json::{joined, problem_json, truth_json};
use crate::report::layout::{headed, three, three_or_dash, wrapped};
use crate::report::table::problem_text;
use crate::study::{Word, WordBound, WordRecommendation, WordSearch};

/// The recommendation of a word as text: the problem, the answer with its runner-up, and every rule with every arithmetic.
pub fn words_text(found: &WordRecommendation, described: &Described) -> String {
    let mut text = problem_text(&found.basis, described);
    let ranked = found.ranked();
    let bound = bound_text(found.bound);
    let answer = match ranked.as_slice() {
        [] => format!(
            "No word that was tried keeps {bound}: take smaller steps with --finest, raise the bound, or take more --schemes."
        ),
        [best, others @ ..] => {
            let next = others.first().map_or_else(String::new, |next| format!(" Runner-up: {}.", word_text(next)));
            format!("For {bound} take {}.{next} See it with: {}", word_text(best), command(best, described))
        }
    };
    let _ = write!(text, "\n{}\n\nThe shortest word of each rule in each arithmetic\n", wrapped(&answer));
    let row = |search: &WordSearch| {
        let word = search.shortest.as_ref();
        let of = |field: &dyn Fn(&Word) -> String| word.map_or_else(|| "-".to_owned(), field);
        vec![
            ("rule", search.rule.to_string()),
            ("arithmetic", search.template.to_string()),
            ("bits", of(&|word| word.bits.to_string())),
            ("split", of(&|word| word.format().map_or_else(String::new, |format| format.to_string()))),
            ("dt", of(&|word| shown(word.dt))),
            ("error", three_or_dash(word.and_then(|word| word.error))),
            ("rate %", three_or_dash(word.and_then(|word| word.rate_error).map(|error| 100.0 * error))),
            ("f64 from", search.dts.first().map_or_else(|| "-".to_owned(), |dt| shown(*dt))),
        ]
    };
    text += &headed(found.searches.iter().map(row).collect());
    text += &wrapped(
        "A word counts only if the words of the same range that are up to three bits longer keep the bound, too. 'f64 from' is the largest \
         step at which the rule itself keeps it; '-' there: at no step that was tried.",
    );
    text + "\n"
}

fn bound_text(bound: WordBound) -> String {
    let within = bound.within.map(|within| format!("every spike within {} ms", shown(within)));
    let rate = bound.rate.map(|rate| format!("the rate within {} %", three(100.0 * rate)));
    within.into_iter().chain(rate).collect::<Vec<_>>().join(" and ")
}

fn word_text(word: &Word) -> String {
    let error = word.error.map_or_else(String::new, |error| format!("largest error {} ms, ", three(error)));
    let rate = word.rate_error.map_or_else(String::new, |error| format!("rate {} %", three(100.0 * error)));
    let dt = shown(word.dt);
    format!("{} bits: {} at dt = {dt} ms ({error}{rate})", word.bits, word.scheme)
}

fn command(word: &Word, described: &Described) -> String {
    let kind = word.scheme.arithmetic().map(ToString::to_string).unwrap_or_default();
    let (scheme, dt) = (word.scheme.name(), shown(word.dt));
    let (neuron, input) = (&described.neuron, &described.input);
    format!("compare --neuron {neuron} --input {input} --schemes {scheme} --arithmetic {kind},f64 --dt {dt}")
}

/// One row a rule and arithmetic, empty where no word was found.
pub fn words_csv(found: &WordRecommendation) -> Vec<u8> {
    let header = [
        "rule",
        "template",
        "bits",
        "arithmetic",
        "dt_ms",
        "max_spike_time_error_ms",
        "rate_error",
        "spike_count",
        "f64_dt_ms",
    ];
    let rows = found.searches.iter().map(|search| {
        let word = search.shortest.as_ref();
        vec![
            search.rule.to_string(),
            search.template.to_string(),
            word.map_or_else(String::new, |word| word.bits.to_string()),
            word.and_then(|word| word.scheme.arithmetic()).map_or_else(String::new, ToString::to_string),
            number(word.map(|word| word.dt)),
            number(word.and_then(|word| word.error)),
            number(word.and_then(|word| word.rate_error)),
            word.map_or_else(String::new, |word| word.spikes.to_string()),
            number(search.dts.first().copied()),
        ]
    });
    table(&header, rows)
}

/// The recommendation of a word as one JSON object; `files` are those written beside it.
pub fn words_json(found: &WordRecommendation, described: &Described, files: &[String]) -> Value {
    let ranked = found.ranked();
    joined(
        problem_json(&found.basis, described),
        json!({
            "within_ms": found.bound.within,
            "rate_within": found.bound.rate,
            "truth": truth_json(&found.basis),
            // The shortest word that keeps the bound; null where none does.
            "recommended": ranked.first().map(|word| word_json(word)),
            "runner_up": ranked.get(1).map(|word| word_json(word)),
            "candidates": found.searches.iter().map(|search| joined(
                json!({ "rule": search.rule.to_string(), "template": search.template.to_string(), "f64_dt_ms": search.dts }),
                search.shortest.as_ref().map_or_else(|| json!({}), word_json),
            )).collect::<Vec<_>>(),
            "files": files,
        }),
    )
}

fn word_json(word: &Word) -> Value {
    json!({
        "scheme": word.scheme.name(),
        "arithmetic": word.scheme.arithmetic().map(ToString::to_string),
        "format": word.format().map(|format| format.to_string()),
        "bits": word.bits,
        "dt_ms": word.dt,
        "max_spike_time_error_ms": word.error,
        "rate_error": word.rate_error,
        "spike_count": word.spikes,
    })
}
