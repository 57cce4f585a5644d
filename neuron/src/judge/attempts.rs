//! Trials one after the other, and what was found by them.

use super::judgement::Answer;
use super::rows::Rows;
use super::search::{Trial, sort};
use crate::scheme::Scheme;

/// How an answer was found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Rule,
    Shifted,
    OtherInterval,
    Changed,
    Parameters,
}

/// What was found.
pub(super) struct Found<'a> {
    /// The best first.
    pub(super) answers: Vec<Answer>,
    /// How; `None` where nothing fits.
    pub(super) way: Option<Way>,
    pub(super) rows: &'a Rows,
    pub(super) notes: Vec<String>,
    /// Whether the answers were found in single precision alone.
    pub(super) in_single: bool,
}

/// Trials one after the other, until one fits.
pub(super) struct Attempts<'a> {
    pub(super) nearest: Vec<(Vec<Answer>, &'a Rows)>,
}

impl<'a> Attempts<'a> {
    /// Runs a trial: what was found if it fits.
    pub(super) fn run(&mut self, way: Way, trial: &Trial<'a>) -> Option<Found<'a>> {
        let (answers, rows) = (trial.run(), trial.rows);
        if answers.first().is_some_and(|answer| answer.score.fits()) {
            return Some(Found { answers, way: Some(way), rows, notes: Vec::new(), in_single: false });
        }
        self.nearest.push((answers, rows));
        None
    }

    /// What came nearest so far, the nearest first.
    pub(super) fn near(&self) -> Vec<&Answer> {
        let mut all: Vec<&Answer> = self.nearest.iter().flat_map(|(answers, _)| answers).collect();
        let key = |one: &Answer| (one.score.share(), one.score.mean);
        all.sort_by(|a, b| key(a).0.total_cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1)));
        all
    }

    /// The rules that came nearest, at most so many.
    pub(super) fn near_rules(&self, most: usize) -> Vec<Scheme> {
        let mut rules: Vec<Scheme> = Vec::new();
        for answer in self.near() {
            let scheme = &answer.hypothesis.scheme;
            if rules.len() < most && rules.iter().all(|known| known.name() != scheme.name()) {
                rules.push(scheme.clone());
            }
        }
        rules
    }

    /// None fits: the nearest of what was tried, on one way to read the rows.
    pub(super) fn none(self, schemes: &[Scheme], otherwise: &'a Rows) -> Found<'a> {
        let key = |answers: &[Answer]| answers.first().map_or((1.0, 1e9), |x| (x.score.share(), x.score.mean));
        let nearest = self.nearest.iter().min_by(|(a, _), (b, _)| {
            let (a, b) = (key(a), key(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        let rows = nearest.map_or(otherwise, |(_, rows)| *rows);
        let same = self.nearest.into_iter().filter(|(_, of)| std::ptr::eq(*of, rows));
        let mut answers: Vec<Answer> = same.flat_map(|(answers, _)| answers).collect();
        sort(&mut answers, schemes);
        // One rule may be there as it is and with other parameters.
        let mut known: Vec<String> = Vec::new();
        answers.retain(|Answer { hypothesis: h, .. }| {
            let name = format!("{h} {} {}", h.lag, h.change.text());
            let new = !known.contains(&name);
            known.extend(new.then_some(name));
            new
        });
        Found { answers, way: None, rows, notes: Vec::new(), in_single: false }
    }
}
