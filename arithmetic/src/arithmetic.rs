//! An arithmetic as it is asked for, and its text.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use data::{Error, Result};

use crate::{Format, Rounding};

/// In which order a quadratic is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// (k2 v + k1) v + k0: the intermediate results stay small, as 16 bits need it.
    #[default]
    Factored,
    /// k2 v v + k1 v + k0, as it is published.
    Expanded,
}

/// Which arithmetic a computation is made in.
///
/// Its text is the format, `/` and the format of the constants that fit into it, then after `:` in any order a rounding (`rne` unless
/// given, `ties_away`, `half_up`, `floor`, `to_zero`, `stochastic`), `seed=N` for the stochastic one (1 unless given), `expanded`, and
/// `wrap` for fixed point that does not saturate. It is shown as it was typed; two of the same meaning are equal.
///
/// ```
/// use arithmetic::{Arithmetic, Rounding};
/// let kind: Arithmetic = "s8.7/s0.15:stochastic:seed=7".parse()?;
/// assert_eq!((kind.format.bits(), kind.rounding, kind.seed), (16, Rounding::Stochastic, 7));
/// assert_eq!("s8.7:rne".parse::<Arithmetic>()?, "s8.7".parse()?);
/// # Ok::<(), data::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Arithmetic {
    /// The format of variables and results.
    pub format: Format,
    /// The format of constants whose magnitude is below its 2^I, where they have one of their own.
    pub constants: Option<Format>,
    /// How results, inputs and constants are rounded.
    pub rounding: Rounding,
    /// The seed of stochastic rounding.
    pub seed: u64,
    /// The order of the quadratic.
    pub order: Order,
    /// Whether fixed point wraps around where a result leaves its range; else it saturates.
    pub wraps: bool,
    text: String,
}

impl Arithmetic {
    /// The seed where none is given.
    const SEED: u64 = 1;

    /// The arithmetic of `format`, rounded to nearest even.
    pub fn of(format: Format) -> Self {
        let (rounding, order) = (Rounding::default(), Order::default());
        Arithmetic {
            format,
            constants: None,
            rounding,
            seed: Self::SEED,
            order,
            wraps: false,
            text: format.to_string(),
        }
    }

    /// Its text without a seed, which is the same for all seeds.
    pub fn without_seed(&self) -> String {
        let seed = format!(":seed={}", self.seed);
        self.text.replace(&seed, "")
    }

    /// The arithmetics of a list with commas, each once; `:seeds=N` stands for the seeds 1 to N.
    ///
    /// # Errors
    /// A text that is none of them, and more than [`MOST_SEEDS`](Self::MOST_SEEDS) seeds.
    pub fn parse_list(text: &str) -> Result<Vec<Arithmetic>> {
        let mut list: Vec<Arithmetic> = Vec::new();
        for item in text.split(',') {
            let (rest, seeds): (Vec<&str>, Vec<&str>) = item.split(':').partition(|word| !word.starts_with("seeds="));
            let one = rest.join(":");
            let kinds = match seeds.first().and_then(|word| word.strip_prefix("seeds=")) {
                None => vec![one.parse()?],
                Some(number) => {
                    let n =
                        number.parse::<u64>().ok().filter(|n| (1..=Self::MOST_SEEDS).contains(n) && seeds.len() == 1);
                    let n = n.ok_or_else(|| {
                        let allowed = format!("one seeds=N with N from 1 to {}", Self::MOST_SEEDS);
                        Error::invalid(
                            "arithmetic",
                            format!("'{}'", item.escape_debug()),
                            allowed,
                            "Write for example seeds=20.",
                        )
                    })?;
                    (1..=n).map(|seed| format!("{one}:seed={seed}").parse()).collect::<Result<_>>()?
                }
            };
            kinds.into_iter().for_each(|kind| {
                if !list.contains(&kind) {
                    list.push(kind);
                }
            });
        }
        Ok(list)
    }

    /// Most seeds of an entry of a list.
    pub const MOST_SEEDS: u64 = 1000;

    /// f64 with the quadratic in the same order: what the format of few bits is to be compared with.
    #[must_use]
    pub fn in_double(&self) -> Self {
        let mut kind = Arithmetic { order: self.order, ..Arithmetic::of(Format::F64) };
        kind.text = kind.canonical();
        kind
    }

    /// Its text in one form, whatever was typed.
    pub fn canonical(&self) -> String {
        let mut text = self.format.to_string();
        if let Some(constants) = self.constants {
            text += &format!("/{constants}");
        }
        if self.rounding != Rounding::default() {
            text += &format!(":{}", self.rounding.name());
        }
        if self.rounding == Rounding::Stochastic {
            text += &format!(":seed={}", self.seed);
        }
        if self.order == Order::Expanded {
            text += ":expanded";
        }
        if self.wraps {
            text += ":wrap";
        }
        text
    }

    fn identity(&self) -> (Format, Option<Format>, Rounding, u64, Order, bool) {
        (self.format, self.constants, self.rounding, self.seed, self.order, self.wraps)
    }

    /// Refuses what has no meaning together.
    fn checked(self, seeded: bool) -> Result<Self> {
        let refuse = |allowed: &str, mend: &str| {
            Err(Error::invalid("arithmetic", format!("'{}'", self.text.escape_debug()), allowed, mend))
        };
        if self.constants.is_some_and(|constants| !constants.is_fixed() || !self.format.is_fixed()) {
            return refuse("a format of constants where both are fixed point", "Leave out what follows '/'.");
        }
        if self.format == Format::F64 && self.rounding != Rounding::NearestEven {
            return refuse(
                "f64 rounded to nearest even, as processors do",
                "Leave out the rounding, or take a smaller format.",
            );
        }
        if seeded && self.rounding != Rounding::Stochastic {
            return refuse("a seed with the rounding 'stochastic'", "Add ':stochastic', or leave out the seed.");
        }
        if self.wraps && !self.format.is_fixed() {
            return refuse("'wrap' with fixed point", "Leave it out: floats become infinite.");
        }
        Ok(self)
    }
}

impl FromStr for Arithmetic {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let mut words = text.split(':');
        let formats = words.next().unwrap_or_default();
        let (format, constants) = match formats.split_once('/') {
            Some((format, constants)) => (format.parse()?, Some(constants.parse()?)),
            None => (formats.parse()?, None),
        };
        let mut kind = Arithmetic { constants, text: text.to_owned(), ..Arithmetic::of(format) };
        let (mut rounding, mut seed) = (None, None);
        let twice = |word: &str| {
            let given = format!("'{}' with '{}' a second time", text.escape_debug(), word.escape_debug());
            Error::invalid("arithmetic", given, "each part once", "Leave one of them out.")
        };
        for word in words {
            let again = if let Some((_, named)) = Rounding::NAMES.iter().find(|(name, _)| *name == word) {
                rounding.replace(*named).is_some()
            } else if let Some(number) = word.strip_prefix("seed=") {
                let number = number.parse::<u64>().map_err(|_| {
                    let given = format!("'{}'", word.escape_debug());
                    Error::invalid("seed", given, "a whole number from 0 to 2^64 - 1", "Write for example seed=7.")
                })?;
                seed.replace(number).is_some()
            } else if word == "expanded" {
                std::mem::replace(&mut kind.order, Order::Expanded) == Order::Expanded
            } else if word == "wrap" {
                std::mem::replace(&mut kind.wraps, true)
            } else {
                let known = Rounding::NAMES.map(|(name, _)| name).join(", ");
                return Err(Error::invalid(
                    "arithmetic",
                    format!("'{}' with '{}'", text.escape_debug(), word.escape_debug()),
                    format!("after the format: {known}, seed=N, expanded, wrap"),
                    "Write for example s16.15:floor.",
                ));
            };
            if again {
                return Err(twice(word));
            }
        }
        kind.rounding = rounding.unwrap_or_default();
        kind.seed = seed.unwrap_or(Self::SEED);
        kind.checked(seed.is_some())
    }
}

impl fmt::Display for Arithmetic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Arithmetic {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Arithmetic {}

impl Hash for Arithmetic {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}
