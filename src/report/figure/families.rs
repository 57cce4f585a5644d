//! Which schemes have a line of their own where a figure would have too many.

use chart::Look;

use crate::report::grouped::entry;
use crate::scheme::Scheme;
use crate::study::{Comparison, Run};

/// The lines of figures that have one for each scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// All schemes, as where somebody has asked for them by name.
    All,
    /// Of each family, schemes that handle spikes alike at the same order, the best and the worst; the caption names all.
    Families,
}

/// More lines than this cannot be told apart.
const MANY: usize = 10;

/// The family of schemes that choose their own steps.
const ADAPTIVE: &str = "adaptive";

/// Schemes of one kind, from the best to the worst.
struct Family {
    name: String,
    members: Vec<String>,
}

/// A scheme and how bad it is: runs that lose spikes, then the mean logarithm of its errors.
type Member = (String, (usize, f64));

/// The families of a comparison; none where every scheme is shown.
pub(in crate::report) struct Families(Vec<Family>);

impl Families {
    /// The families by how large the errors of their members are: first by runs that lose spikes, then by the mean logarithm.
    pub(in crate::report) fn of(comparison: &Comparison, lines: Lines) -> Self {
        let schemes = comparison.by_scheme();
        if lines == Lines::All || schemes.len() <= MANY {
            return Families(Vec::new());
        }
        let mut families: Vec<(String, Vec<Member>)> = Vec::new();
        for (scheme, runs) in schemes {
            entry(&mut families, family(scheme)).push((scheme.to_string(), badness(&runs)));
        }
        let sorted = |(name, mut members): (String, Vec<Member>)| {
            members.sort_by(|(_, p), (_, q)| p.0.cmp(&q.0).then(p.1.total_cmp(&q.1)));
            Family { name, members: members.into_iter().map(|member| member.0).collect() }
        };
        Families(families.into_iter().map(sorted).collect())
    }

    /// How a scheme is drawn: the best and the worst of a family have a look of their own.
    pub(in crate::report) fn look(&self, scheme: &Scheme) -> Look {
        let name = scheme.to_string();
        let shown = |family: &Family| family.members.first() == Some(&name) || family.members.last() == Some(&name);
        if self.0.is_empty() || self.0.iter().any(shown) { Look::Own } else { Look::Hidden }
    }

    /// The heading under which a scheme stands.
    pub(in crate::report) fn heading(&self, scheme: &Scheme) -> String {
        if self.0.is_empty() { String::new() } else { family(scheme) }
    }

    /// Who is in each family; of those that choose their own steps where they are shown.
    pub(in crate::report) fn notes(&self, adaptive: bool) -> Vec<String> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut notes = vec!["Of each family the best and the worst are drawn. From the best to the worst:".to_owned()];
        let shown = self.0.iter().filter(|family| adaptive || family.name != ADAPTIVE);
        notes.extend(shown.map(|family| format!("{}: {}.", family.name, family.members.join(", "))));
        notes
    }
}

/// The kind of a scheme.
fn family(scheme: &Scheme) -> String {
    let info = scheme.info();
    match (scheme.is_adaptive(), info.of_simulator, scheme.locates_spikes()) {
        (true, ..) => ADAPTIVE.to_owned(),
        (_, true, _) => "rules of simulators".to_owned(),
        (.., false) => "spikes on the grid".to_owned(),
        (.., true) if info.order > 2 => "spikes located, order 3 and more".to_owned(),
        (.., true) => "spikes located, order 1 and 2".to_owned(),
    }
}

/// Runs that lose or add spikes, and the mean logarithm of the errors.
fn badness(runs: &[&Run]) -> (usize, f64) {
    let lossy = runs.iter().filter(|run| !run.has_all_spikes()).count();
    let errors: Vec<f64> = runs.iter().filter_map(|run| run.spike_errors.max_abs).map(|e| e.max(1e-300).ln()).collect();
    (lossy, if errors.is_empty() { f64::INFINITY } else { errors.iter().sum::<f64>() / errors.len() as f64 })
}
