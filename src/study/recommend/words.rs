//! The shortest word of fixed point in which a rule keeps its spikes: its split, its rounding and its step.
//!
//! Of each rule the steps are tried at which the rule keeps the bound in f64, from the largest downwards; a word cannot be asked for more
//! than the rule gives. Words grow bit by bit, each with every split into bits before and after the point. A word is an answer if it keeps
//! the bound together with those of the same range that are up to [`CONFIRMED`] bits longer, so that none is taken for its luck. Of the
//! splits and steps of the shortest word the largest step decides, then the smallest error.

use rayon::prelude::*;

use super::search::steps;
use crate::arithmetic::{Arithmetic, Format};
use crate::error::{Error, Result};
use crate::metrics::{SpikeErrors, rate};
use crate::scheme::{Scheme, StepSize, solve};
use crate::study::Comparison;

/// The rules that are searched unless told otherwise.
pub const WORD_RULES: &str = "euler,euler-semi-implicit,half-step,rk2,rk4";

/// The words that are searched unless told otherwise: constants below 1 in a word of their own, without bits before the point, rounded
/// to nearest and cut.
pub const WORDS: &str = "s*.*/s0.*,s*.*/s0.*:floor";

/// How many bits longer a word has to keep the bound, too.
const CONFIRMED: u32 = 3;

/// Bits of a word, with its sign, from the shortest that is tried to the longest.
const BITS: std::ops::RangeInclusive<u32> = 8..=61;

/// Bits before the point that are tried: -74 mV needs 7, and the products of the quadratic some more.
const INTEGER: std::ops::RangeInclusive<u32> = 5..=18;

/// Steps of a rule that are tried.
const MOST_STEPS: usize = 10;

/// The part of a run after which it is looked at, and left where a spike is off already.
const FIRST_LOOK: f64 = 0.2;

/// An arithmetic with its word left open: `s*.*` for the variables, `s0.*` for constants in a word of the same length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordTemplate(String);

impl WordTemplate {
    /// The templates of a list with commas.
    ///
    /// # Errors
    /// A text without `s*.*` at its start, or of which no word makes an [`Arithmetic`].
    pub fn parse_list(text: &str) -> Result<Vec<WordTemplate>> {
        let one = |item: &str| {
            let template = WordTemplate(item.trim().to_owned());
            if !template.0.starts_with("s*.*") {
                return Err(Error::invalid(
                    "arithmetic to search",
                    format!("'{}'", item.escape_debug()),
                    "s*.*, then /s0.* for constants in a word of their own, and a rounding as for compare",
                    "Write for example s*.*/s0.*:floor; compare --arithmetic shows one word.",
                ));
            }
            template.at(16, 8).map(|_| template)
        };
        text.split(',').map(one).collect()
    }

    /// The arithmetic of a word of `bits` with `integer` of them before the point.
    fn at(&self, bits: u32, integer: u32) -> Result<Arithmetic> {
        let word = format!("s{integer}.{}", bits - 1 - integer);
        self.0.replacen("s*.*", &word, 1).replacen("s0.*", &format!("s0.{}", bits - 1), 1).parse()
    }
}

impl std::fmt::Display for WordTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a word has to keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WordBound {
    /// The largest error of a spike time \[ms\], none lost or added; `None` where the rate alone counts.
    pub within: Option<f64>,
    /// The largest error of the mean rate, as a part of the true one.
    pub rate: Option<f64>,
}

/// A rule in a word at a step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Word {
    /// The rule in its arithmetic.
    pub scheme: Scheme,
    /// The step \[ms\].
    pub dt: f64,
    /// Bits of the word, sign included.
    pub bits: u32,
    /// How many spikes the run has.
    pub spikes: usize,
    /// The largest error of a spike time \[ms\].
    pub error: Option<f64>,
    /// The error of the mean rate, as a part of the true one.
    pub rate_error: Option<f64>,
}

/// What was found of one rule and one template.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WordSearch {
    /// The rule.
    pub rule: Scheme,
    /// The arithmetic with its word left open.
    pub template: WordTemplate,
    /// Steps at which the rule in f64 keeps the bound, of those that were tried \[ms\].
    pub dts: Vec<f64>,
    /// The shortest word, if there is one.
    pub shortest: Option<Word>,
}

/// The search over rules and words.
#[derive(Debug)]
#[non_exhaustive]
#[must_use]
pub struct WordRecommendation {
    /// The problem and its truth; no runs.
    pub basis: Comparison,
    /// What was to be kept.
    pub bound: WordBound,
    /// Every rule with every template.
    pub searches: Vec<WordSearch>,
}

impl WordRecommendation {
    /// The answers, the shortest word first, then the largest step, then the smallest error.
    pub fn ranked(&self) -> Vec<&Word> {
        let mut words: Vec<&Word> = self.searches.iter().filter_map(|search| search.shortest.as_ref()).collect();
        words.sort_by(|a, b| a.bits.cmp(&b.bits).then(b.dt.total_cmp(&a.dt)).then(error(a).total_cmp(&error(b))));
        words
    }
}

fn error(word: &Word) -> f64 {
    word.error.or(word.rate_error).unwrap_or(f64::INFINITY)
}

/// Searches `rules` in the words of `templates` on the problem of `basis` with steps down to `finest` \[ms\].
///
/// # Errors
/// Those of [`solve`].
pub(super) fn search(
    basis: Comparison,
    rules: &[Scheme],
    templates: &[WordTemplate],
    bound: WordBound,
    finest: f64,
    progress: &(dyn Fn() + Sync),
) -> Result<WordRecommendation> {
    let judge = Judge { basis: &basis, bound };
    let pairs: Vec<_> = rules.iter().flat_map(|rule| templates.iter().map(move |template| (rule, template))).collect();
    let one = |(rule, template): &(&Scheme, &WordTemplate)| {
        let found = judge.shortest(rule, template, finest);
        progress();
        found
    };
    let searches = pairs.par_iter().with_max_len(1).map(one).collect::<Result<_>>()?;
    Ok(WordRecommendation { basis, bound, searches })
}

/// Runs words and says whether they keep the bound.
struct Judge<'a> {
    basis: &'a Comparison,
    bound: WordBound,
}

impl Judge<'_> {
    fn shortest(&self, rule: &Scheme, template: &WordTemplate, finest: f64) -> Result<WordSearch> {
        let double = rule.in_arithmetic(&template.at(16, 8)?.in_double());
        let mut dts = Vec::new();
        for dt in steps(self.basis.problem.duration).take_while(|dt| *dt >= finest * (1.0 - 1e-9)) {
            if dts.len() < MOST_STEPS
                && double.as_ref().map_or(Ok(false), |double| self.kept(double, dt).map(|k| k.is_some()))?
            {
                dts.push(dt);
            }
        }
        let mut shortest = None;
        // What the rule does not keep in f64 no word keeps.
        for bits in BITS.filter(|_| !dts.is_empty()) {
            shortest = self.best_of(rule, template, bits, &dts)?;
            if shortest.is_some() {
                break;
            }
        }
        Ok(WordSearch { rule: rule.clone(), template: template.clone(), dts, shortest })
    }

    /// The best split and step of a word that keep the bound, confirmed by longer words.
    fn best_of(&self, rule: &Scheme, template: &WordTemplate, bits: u32, dts: &[f64]) -> Result<Option<Word>> {
        for &dt in dts {
            let mut best: Option<Word> = None;
            for integer in INTEGER.filter(|integer| integer + 1 < bits) {
                let Some(word) = self.word(rule, template, bits, integer, dt)? else { continue };
                if best.as_ref().is_some_and(|best| error(best) <= error(&word)) {
                    continue;
                }
                let mut confirmed = true;
                for longer in bits + 1..=bits + CONFIRMED {
                    confirmed &= self.word(rule, template, longer, integer, dt)?.is_some();
                }
                if confirmed {
                    best = Some(word);
                }
            }
            if best.is_some() {
                return Ok(best);
            }
        }
        Ok(None)
    }

    /// The run of a word, where it keeps the bound.
    fn word(&self, rule: &Scheme, template: &WordTemplate, bits: u32, integer: u32, dt: f64) -> Result<Option<Word>> {
        let kind = template.at(bits, integer)?;
        let Some(scheme) = rule.in_arithmetic(&kind) else { return Ok(None) };
        let Some((spikes, error, rate_error)) = self.kept(&scheme, dt)? else { return Ok(None) };
        Ok(Some(Word { scheme, dt, bits, spikes, error, rate_error }))
    }

    /// Number of spikes, largest error and error of the rate of a run, where it keeps the bound.
    #[expect(clippy::type_complexity, reason = "the fields of a word")]
    fn kept(&self, scheme: &Scheme, dt: f64) -> Result<Option<(usize, Option<f64>, Option<f64>)>> {
        let (problem, truth) = (scheme.problem(&self.basis.problem), &self.basis.truth.spikes);
        let size = StepSize::Fixed(dt);
        if let Some(within) = self.bound.within {
            let mut first = problem.clone().into_owned();
            first.duration = (FIRST_LOOK * problem.duration).max(dt);
            let spikes = solve(&first, scheme, size)?.spikes;
            if SpikeErrors::between(&spikes, truth).max_abs.is_some_and(|error| error > within) {
                return Ok(None);
            }
        }
        let run = solve(&problem, scheme, size)?;
        let errors = SpikeErrors::between(&run.spikes, truth);
        let true_rate = rate(truth, problem.duration).filter(|rate| *rate > 0.0);
        let rate_error = true_rate.and_then(|truth| Some(rate(&run.spikes, problem.duration)? / truth - 1.0));
        let all = errors.missed == 0 && errors.extra == 0;
        let in_time = self.bound.within.is_none_or(|within| all && errors.max_abs.is_some_and(|error| error <= within));
        let at_rate = self.bound.rate.is_none_or(|most| rate_error.is_some_and(|error| error.abs() <= most));
        let keeps = run.diverged_at.is_none() && in_time && at_rate;
        Ok(keeps.then_some((run.spikes.len(), errors.max_abs, rate_error)))
    }
}

impl Word {
    /// The format of its variables.
    pub fn format(&self) -> Option<Format> {
        self.scheme.arithmetic().map(|kind| kind.format)
    }
}
