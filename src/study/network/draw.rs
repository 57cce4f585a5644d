//! What a file says of many neurons at once: numbers that differ from neuron to neuron, neurons between two others, and who reaches whom.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::Neuron;
use crate::error::{Error, Result, refuse_if};
use crate::model::{InputUnit, NeuronSpec};
use crate::population::exact::{Edge, MOST_EDGES};
use data::quantity::Dimension;

/// A number, or what numbers are drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Spread {
    Fixed(f64),
    Uniform(f64, f64),
    Normal(f64, f64),
}

impl Spread {
    /// Reads `1.5`, `uniform:LOW:HIGH` or `normal:MEAN:SD`, each number with a unit or without.
    pub(super) fn parse(what: &str, text: &str, dimension: &Dimension) -> Result<Self> {
        let parts: Vec<&str> = text.split(':').map(str::trim).collect();
        let number = |text: &str| dimension.read::<f64>(what, text);
        match parts[..] {
            [only] => Ok(Spread::Fixed(number(only)?)),
            ["uniform", low, high] => {
                let (low, high) = (number(low)?, number(high)?);
                refuse_if!(
                    low > high,
                    what,
                    format!("'{text}'"),
                    "a low end below the high one",
                    "Change their order."
                );
                Ok(Spread::Uniform(low, high))
            }
            ["normal", mean, sd] => {
                let (mean, sd) = (number(mean)?, number(sd)?);
                refuse_if!(sd < 0.0, what, format!("'{text}'"), "a spread of 0 or more", "Give its absolute value.");
                Ok(Spread::Normal(mean, sd))
            }
            _ => {
                let allowed = "a number, uniform:LOW:HIGH, or normal:MEAN:SD";
                Err(Error::invalid(what, format!("'{text}'"), allowed, "Write it like uniform:0:0.5."))
            }
        }
    }

    pub(super) fn draw(self, lots: &mut ChaCha8Rng) -> f64 {
        match self {
            Spread::Fixed(value) => value,
            Spread::Uniform(low, high) => low + (high - low) * lots.random::<f64>(),
            Spread::Normal(mean, sd) => {
                let normal: f64 = StandardNormal.sample(lots);
                mean + sd * normal
            }
        }
    }

    /// The least number that it can give.
    pub(super) fn least(self) -> f64 {
        match self {
            Spread::Fixed(value) => value,
            Spread::Uniform(low, _) => low,
            Spread::Normal(..) => f64::NEG_INFINITY,
        }
    }
}

/// The neurons of a population: one, or all between two.
#[derive(Clone, Debug)]
pub(super) enum Cells {
    One(Box<NeuronSpec>),
    /// At a part r of the way from one to the other, or r² of it.
    Between {
        ends: Box<[NeuronSpec; 2]>,
        square: bool,
    },
}

impl Cells {
    /// Reads a neuron as on the command line, or `FROM..TO` of two, with `:square` after it where r² is the part.
    pub(super) fn parse(text: &str, read: impl Fn(&str) -> Result<NeuronSpec>) -> Result<Self> {
        let whole = text.trim();
        let (range, square) = whole.strip_suffix(":square").map_or((whole, false), |range| (range, true));
        let Some((from, to)) = range.split_once("..").filter(|(from, _)| !from.is_empty() && !from.ends_with('/'))
        else {
            let given = format!("'{text}'");
            refuse_if!(square, "neuron", given, "two neurons before ':square'", "Write it like RS..CH:square.");
            return Ok(Cells::One(Box::new(read(whole)?)));
        };
        let ends = [read(from.trim())?, read(to.trim())?];
        let plain = |spec: &NeuronSpec| spec.unit() == InputUnit::VoltagePerTime && spec.neuron.is_plain();
        let given = format!("'{text}'");
        let allowed = "two neurons of the forms of 2003 and 2004";
        refuse_if!(!ends.iter().all(plain), "neuron", given, allowed, "Give populations of their own to the others.");
        Ok(Cells::Between { ends: Box::new(ends), square })
    }

    pub(super) fn draw(&self, lots: &mut ChaCha8Rng) -> NeuronSpec {
        match self {
            Cells::One(spec) => (**spec).clone(),
            Cells::Between { ends, square } => {
                let r = lots.random::<f64>();
                let part = if *square { r * r } else { r };
                let [from, to] = ends.each_ref().map(|spec| spec.neuron);
                let at = |of: fn(&Neuron) -> f64| of(&from) + part * (of(&to) - of(&from));
                let neuron = Neuron {
                    a: at(|n| n.a),
                    b: at(|n| n.b),
                    c: at(|n| n.c),
                    d: at(|n| n.d),
                    k2: at(|n| n.k2),
                    k1: at(|n| n.k1),
                    k0: at(|n| n.k0),
                    b0: at(|n| n.b0),
                    leak: at(|n| n.leak),
                    peak: at(|n| n.peak),
                    ..from
                };
                NeuronSpec::plain("drawn", neuron, neuron.resting_start())
            }
        }
    }
}

/// Who reaches whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    AllToAll,
    Probability(f64),
    Indegree(usize),
    Outdegree(usize),
}

/// Pairs of neurons that a probability is asked for, at the most: seconds.
const MOST_PAIRS: f64 = 1e9;

impl Rule {
    /// Reads `all-to-all`, `probability:P`, `indegree:K` or `outdegree:K`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (name, value) =
            text.trim().split_once(':').map_or((text.trim(), None), |(name, value)| (name, Some(value)));
        let whole = || value.and_then(|value| value.trim().parse::<usize>().ok());
        let rule = match name {
            "all-to-all" if value.is_none() => Some(Rule::AllToAll),
            "probability" => value.and_then(|p| p.trim().parse().ok()).map(Rule::Probability),
            "indegree" => whole().map(Rule::Indegree),
            "outdegree" => whole().map(Rule::Outdegree),
            "all-to-all" => None,
            _ => {
                return Err(Error::unknown("rule", name, ["all-to-all", "probability", "indegree", "outdegree"]));
            }
        };
        let in_range = |rule: &Rule| !matches!(rule, Rule::Probability(p) if !(0.0..=1.0).contains(p));
        rule.filter(in_range).ok_or_else(|| {
            let allowed = "all-to-all, probability:P with P from 0 to 1, indegree:K, or outdegree:K";
            Error::invalid("rule", format!("'{text}'"), allowed, "Write it like probability:0.1.")
        })
    }

    /// The pairs (sender, receiver) among so many of each, every pair at most once.
    pub(super) fn draw(self, [from, to]: [usize; 2], lots: &mut ChaCha8Rng) -> Result<Vec<(u32, u32)>> {
        let pairs = from as f64 * to as f64;
        let expected = match self {
            Rule::AllToAll => pairs,
            Rule::Probability(p) => p * pairs,
            Rule::Indegree(k) => k as f64 * to as f64,
            Rule::Outdegree(k) => k as f64 * from as f64,
        };
        let mend = "Take fewer neurons, or fewer edges of each.";
        let given = format!("{expected:.0} edges among {pairs:.0} pairs");
        let most = format!("at most {MOST_EDGES} edges and {MOST_PAIRS:e} pairs");
        let drawn = matches!(self, Rule::Probability(_)) && pairs > MOST_PAIRS;
        refuse_if!(expected > MOST_EDGES as f64 || drawn, "projection", given, most, mend);
        let degree = |k: usize, of: usize| -> Result<()> {
            let mend = "Every pair is connected once at the most.";
            refuse_if!(k > of, "rule", format!("{k} edges from {of} neurons"), format!("at most {of}"), mend);
            Ok(())
        };
        let all = |count: usize| 0..count as u32;
        Ok(match self {
            Rule::AllToAll => all(from).flat_map(|i| all(to).map(move |j| (i, j))).collect(),
            Rule::Probability(p) => {
                let pairs = all(from).flat_map(|i| all(to).map(move |j| (i, j)));
                pairs.filter(|_| lots.random::<f64>() < p).collect()
            }
            Rule::Indegree(k) => {
                degree(k, from)?;
                choose(from, k, to, lots).map(|(post, pre)| (pre, post)).collect()
            }
            Rule::Outdegree(k) => {
                degree(k, to)?;
                choose(to, k, from, lots).collect()
            }
        })
    }
}

/// For each of `times` numbers, `k` of `n` without repetition: (which time, which of n).
fn choose(n: usize, k: usize, times: usize, lots: &mut ChaCha8Rng) -> impl Iterator<Item = (u32, u32)> {
    // The order that one choice leaves is as good as any for the next.
    let mut order: Vec<u32> = (0..n as u32).collect();
    (0..times as u32).flat_map(move |time| {
        for j in 0..k {
            order.swap(j, lots.random_range(j..n));
        }
        order[..k].iter().map(move |chosen| (time, *chosen)).collect::<Vec<_>>()
    })
}

/// Edges among two populations that begin at the neurons `first`.
pub(super) fn edges(
    pairs: Vec<(u32, u32)>,
    first: [u32; 2],
    [weight, delay]: [Spread; 2],
    lots: &mut ChaCha8Rng,
) -> Vec<Edge> {
    let edge = |(pre, post): (u32, u32)| Edge {
        pre: first[0] + pre,
        post: first[1] + post,
        weight: weight.draw(lots),
        delay: delay.draw(lots),
    };
    pairs.into_iter().map(edge).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use data::quantity::NUMBER;

    #[test]
    fn every_receiver_has_its_senders_once() {
        let lots = &mut ChaCha8Rng::seed_from_u64(3);
        let mut pairs = Rule::parse("indegree:7").unwrap().draw([10, 50], lots).unwrap();
        pairs.sort_unstable_by_key(|(pre, post)| (*post, *pre));
        let in_order = pairs.len();
        pairs.dedup();
        assert_eq!((in_order, pairs.len()), (350, 350));
        assert!((0..50).all(|post| pairs.iter().filter(|pair| pair.1 == post).count() == 7));
        let out = Rule::parse("outdegree:4").unwrap().draw([6, 9], lots).unwrap();
        assert!((0..6).all(|pre| out.iter().filter(|pair| pair.0 == pre).count() == 4));
        assert_eq!(Rule::AllToAll.draw([2, 3], lots).unwrap().len(), 6);
        // 10⁴ pairs at 0.1: a standard deviation of 30.
        let some = Rule::parse("probability:0.1").unwrap().draw([100, 100], lots).unwrap().len();
        assert!(some.abs_diff(1000) < 120, "{some}");
    }

    #[test]
    fn numbers_are_drawn_as_said() {
        let lots = &mut ChaCha8Rng::seed_from_u64(1);
        let mut of = |text: &str| -> (f64, f64) {
            let spread = Spread::parse("weight", text, &NUMBER).unwrap();
            let drawn: Vec<f64> = (0..4000).map(|_| spread.draw(lots)).collect();
            let mean = drawn.iter().sum::<f64>() / 4000.0;
            (mean, (drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4000.0).sqrt())
        };
        assert_eq!(of("1.5"), (1.5, 0.0));
        // Within four standard errors: sd/√4000, and sd/√8000 of the spread.
        let (mean, sd) = of("uniform:-1:2");
        assert!((mean - 0.5).abs() < 0.06 && (sd - 0.75f64.sqrt()).abs() < 0.04, "{mean} {sd}");
        let (mean, sd) = of("normal:3:2");
        assert!((mean - 3.0).abs() < 0.13 && (sd - 2.0).abs() < 0.09, "{mean} {sd}");
        for wrong in ["uniform:2:1", "normal:0:-1", "uniform:1", "gamma:1:2", "x"] {
            assert!(Spread::parse("weight", wrong, &NUMBER).is_err(), "{wrong}");
        }
    }
}
