//! What a paper published against what is measured here.
//!
//! A published number stands with the place it was read at; where only a statement could be read, the statement is tested, and what
//! counts as its failure is the test.

use spikestep::Result;
use spikestep::report::{three, three_or_dash, wrapped};

use super::{Outputs, fields, optional, table};

/// What the measured number must be for the claim to hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Expected {
    /// This number, to so much.
    Value { value: f64, within: f64 },
    /// From the first to the second.
    Between(f64, f64),
    /// At least this.
    AtLeast(f64),
    /// More than this.
    Above(f64),
    /// At most this.
    AtMost(f64),
    /// Nothing was published: the number stands beside the others to explain them.
    Unstated,
}

impl Expected {
    fn text(self) -> String {
        match self {
            Expected::Value { value, within: 0.0 } => format!("= {value}"),
            Expected::Value { value, within } => format!("{} ± {}", three(value), three(within)),
            Expected::Between(low, high) => format!("{} to {}", three(low), three(high)),
            Expected::AtLeast(low) => format!("≥ {}", three(low)),
            Expected::Above(low) => format!("> {}", three(low)),
            Expected::AtMost(high) => format!("≤ {}", three(high)),
            Expected::Unstated => "-".to_owned(),
        }
    }

    /// The least and the most that the test lets pass; `None` where nothing was claimed.
    fn range(self) -> Option<(f64, f64)> {
        match self {
            Expected::Value { value, within } => Some((value - within, value + within)),
            Expected::Between(low, high) => Some((low, high)),
            Expected::AtLeast(low) | Expected::Above(low) => Some((low, f64::INFINITY)),
            Expected::AtMost(high) => Some((f64::NEG_INFINITY, high)),
            Expected::Unstated => None,
        }
    }

    /// Whether `x` passes the test, which a number that is none does not.
    fn holds(self, x: f64) -> Option<bool> {
        self.range().map(|(low, high)| low <= x && x <= high && self != Expected::Above(x))
    }

    /// `x` less the published number, or less the nearest number that the test lets pass.
    fn difference(self, x: f64) -> Option<f64> {
        match self {
            Expected::Value { value, .. } => Some(x - value),
            _ => self.range().map(|(low, high)| x - x.clamp(low, high)),
        }
    }
}

/// One statement of a paper and what was measured.
#[derive(Clone, Debug)]
struct Claim {
    quantity: String,
    published: &'static str,
    place: &'static str,
    expected: Expected,
    measured: f64,
}

/// What is claimed of a paper.
#[derive(Default)]
pub(crate) struct Claims(Vec<Claim>);

impl Claims {
    /// Adds a statement: what was measured, with its unit; what was published, in short, and where it was read.
    pub(crate) fn add(
        &mut self,
        quantity: impl Into<String>,
        published: &'static str,
        place: &'static str,
        expected: Expected,
        measured: f64,
    ) {
        self.0.push(Claim { quantity: quantity.into(), published, place, expected, measured });
    }
}

impl Claim {
    fn verdict(&self) -> &'static str {
        match self.expected.holds(self.measured) {
            Some(true) => "holds",
            Some(false) => "does not hold",
            None => "-",
        }
    }

    /// The fields of a table; the ratio is measured over published, where one number was published.
    fn fields(&self) -> Vec<String> {
        let ratio = match self.expected {
            Expected::Value { value, .. } => Some(self.measured / value),
            _ => None,
        };
        let numbers = [Some(self.measured), self.expected.difference(self.measured), ratio].map(optional);
        let head = fields![self.quantity, self.published, self.place, self.expected.text()];
        [head, numbers.into(), fields![self.verdict()]].concat()
    }
}

/// Writes the claims of `paper` as `claims.csv` and `claims.md`, and gives the text to print.
pub(crate) fn compare(
    outputs: &mut Outputs<'_>,
    paper: &str,
    Claims(claims): &Claims,
    where_we_differ: &str,
) -> Result<String> {
    let header = "quantity,published,read_in,test,measured,difference,ratio,verdict";
    outputs.csv("claims.csv", header, claims.iter().map(Claim::fields))?;
    outputs.text("claims.md", &markdown(paper, claims, where_we_differ))?;
    let rows = claims.iter().map(|c| fields![c.quantity, c.expected.text(), c.measured, c.verdict()]);
    let table = table("quantity,published,measured,verdict", rows);
    let why = wrapped(&differ(claims, where_we_differ));
    Ok(format!("{}\n\n{table}\n{why}\n", wrapped(paper)))
}

fn differ(claims: &[Claim], where_we_differ: &str) -> String {
    let verdicts: Vec<bool> = claims.iter().filter_map(|c| c.expected.holds(c.measured)).collect();
    let holding = verdicts.iter().filter(|&&holds| holds).count();
    format!("{holding} of {} claims hold. Where we differ, and why: {where_we_differ}", verdicts.len())
}

fn markdown(paper: &str, claims: &[Claim], where_we_differ: &str) -> String {
    let cell = |(column, field): (usize, String)| match column {
        4..=6 => three_or_dash(field.parse().ok()),
        // A bar would end the cell.
        _ => field.replace('|', "\\|"),
    };
    let row = |c: &Claim| c.fields().into_iter().enumerate().map(cell).collect::<Vec<_>>().join(" | ");
    let rows: String = claims.iter().map(|c| format!("| {} |\n", row(c))).collect();
    format!(
        "{paper}\n\n| measured quantity | published | read in | test | measured | difference | ratio | verdict |\n\
         |---|---|---|---|---|---|---|---|\n{rows}\n{}\n",
        differ(claims, where_we_differ)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(expected: Expected, measured: f64) -> Claim {
        Claim { quantity: "x | y".to_owned(), published: "p, q", place: "abstract", expected, measured }
    }

    #[test]
    fn verdicts_follow_from_the_numbers_and_a_number_that_is_none_fails() {
        let (holds, fails) = ("holds", "does not hold");
        let cases = [
            (Expected::Value { value: 13.0, within: 0.0 }, 13.0, holds, Some(0.0)),
            (Expected::Value { value: 13.0, within: 0.5 }, 14.0, fails, Some(1.0)),
            (Expected::Between(2.0, 3.0), 2.5, holds, Some(0.0)),
            (Expected::Between(2.0, 3.0), 1.5, fails, Some(-0.5)),
            (Expected::Between(2.0, 3.0), 4.5, fails, Some(1.5)),
            (Expected::AtLeast(1.0), 1.0, holds, Some(0.0)),
            (Expected::Above(1.0), 1.0, fails, Some(0.0)),
            (Expected::AtMost(1.0), 1.25, fails, Some(0.25)),
            (Expected::Unstated, 1.0, "-", None),
        ];
        for (expected, measured, verdict, difference) in cases {
            let claim = claim(expected, measured);
            assert_eq!((claim.verdict(), expected.difference(measured)), (verdict, difference), "{claim:?}");
        }
        for none in [Expected::Value { value: 1.0, within: 1.0 }, Expected::Between(0.0, 1.0), Expected::AtMost(1.0)] {
            assert_eq!(claim(none, f64::NAN).verdict(), fails);
        }
        assert_eq!(claim(Expected::Value { value: 4.0, within: 0.0 }, 5.0).fields()[6], "1.25");
    }

    #[test]
    fn tables_count_and_quote() {
        let claims =
            [claim(Expected::AtLeast(0.0), 1.0), claim(Expected::AtMost(0.0), 1.0), claim(Expected::Unstated, 1.0)];
        let page = markdown("A paper.", &claims, "because");
        assert!(page.contains("1 of 2 claims hold. Where we differ, and why: because\n"));
        assert!(page.contains("x \\| y"));
    }
}
