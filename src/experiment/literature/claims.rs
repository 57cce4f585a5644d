//! The table of published against measured.

use std::fmt::Write;

use crate::error::{Error, Result};
use crate::experiment::Outputs;
use crate::report::{plain, three, wrapped};

/// What the measured number must be for the claim to hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Expected {
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

/// One statement of a paper and what was measured.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// What was measured, with its unit.
    pub(super) quantity: String,
    /// What was published, in short.
    pub(super) published: &'static str,
    /// Where it was read.
    pub(super) place: &'static str,
    /// The test.
    pub(super) expected: Expected,
    /// The number.
    pub(super) measured: f64,
}

impl Claim {
    pub(super) fn new(
        quantity: String,
        published: &'static str,
        place: &'static str,
        expected: Expected,
        measured: f64,
    ) -> Self {
        Claim { quantity, published, place, expected, measured }
    }
}

/// How a claim came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Holds,
    Fails,
    /// Nothing was claimed.
    Ours,
}

impl Verdict {
    fn text(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Fails => "does not hold",
            Verdict::Ours => "-",
        }
    }
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
}

impl Claim {
    /// Whether the measured number passes the test; a number that is none fails.
    pub(super) fn verdict(&self) -> Verdict {
        let x = self.measured;
        let holds = match self.expected {
            Expected::Value { value, within } => (x - value).abs() <= within,
            Expected::Between(low, high) => low <= x && x <= high,
            Expected::AtLeast(low) => x >= low,
            Expected::Above(low) => x > low,
            Expected::AtMost(high) => x <= high,
            Expected::Unstated => return Verdict::Ours,
        };
        if holds { Verdict::Holds } else { Verdict::Fails }
    }

    /// Measured less the nearest number that the test lets pass; `None` where nothing was claimed.
    pub(super) fn difference(&self) -> Option<f64> {
        let x = self.measured;
        match self.expected {
            Expected::Value { value, .. } => Some(x - value),
            Expected::Between(low, high) if x < low => Some(x - low).filter(|_| low <= high),
            Expected::Between(_, high) => Some((x - high).max(0.0)),
            Expected::AtLeast(low) | Expected::Above(low) => Some((x - low).min(0.0)),
            Expected::AtMost(high) => Some((x - high).max(0.0)),
            Expected::Unstated => None,
        }
    }

    /// Measured over published, where one number was published.
    pub(super) fn ratio(&self) -> Option<f64> {
        match self.expected {
            Expected::Value { value, .. } => Some(self.measured / value),
            _ => None,
        }
    }
}

/// The claims of one paper.
#[derive(Clone, Debug)]
pub(super) struct Claims {
    /// The paper, as it is cited, and how much of it was read.
    pub(super) paper: &'static str,
    /// In the order of the table.
    pub(super) rows: Vec<Claim>,
    /// Where the measurement differs and why, as the experiment's file has it.
    pub(super) where_we_differ: String,
}

impl Claims {
    /// Writes `claims.csv` and `claims.md`, and gives the text to print.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub(super) fn write(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        outputs.dir.write("claims.csv", &self.csv()?)?;
        outputs.dir.write("claims.md", self.markdown().as_bytes())?;
        Ok(self.text())
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.rows.iter().filter(|claim| claim.verdict() == verdict).count()
    }

    fn sum(&self) -> String {
        let (holds, fails) = (self.count(Verdict::Holds), self.count(Verdict::Fails));
        format!("{holds} of {} claims hold.", holds + fails)
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let failed = |error: csv::Error| Error::Text(format!("claims.csv cannot be made: {error}."));
        let mut csv = csv::Writer::from_writer(Vec::new());
        let header = ["quantity", "published", "read_in", "test", "measured", "difference", "ratio", "verdict"];
        csv.write_record(header).map_err(failed)?;
        for claim in &self.rows {
            let number = |x: Option<f64>| x.map_or_else(String::new, |x| x.to_string());
            csv.write_record([
                claim.quantity.as_str(),
                claim.published,
                claim.place,
                &claim.expected.text(),
                &claim.measured.to_string(),
                &number(claim.difference()),
                &number(claim.ratio()),
                claim.verdict().text(),
            ])
            .map_err(failed)?;
        }
        csv.into_inner().map_err(|error| Error::Text(format!("claims.csv cannot be made: {error}.")))
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "{}\n\n| measured quantity | published | read in | test | measured | difference | ratio | verdict |\n\
             |---|---|---|---|---|---|---|---|\n",
            self.paper
        );
        for claim in &self.rows {
            let number = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), three);
            // A bar would end the cell.
            let cell = |text: &str| text.replace('|', "\\|");
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                cell(&claim.quantity),
                cell(claim.published),
                claim.place,
                claim.expected.text(),
                three(claim.measured),
                number(claim.difference()),
                number(claim.ratio()),
                claim.verdict().text()
            );
        }
        let _ = write!(text, "\n{} Where we differ, and why: {}\n", self.sum(), self.where_we_differ.trim());
        text
    }

    fn text(&self) -> String {
        let rows = self.rows.iter().map(|claim| {
            let (test, measured) = (claim.expected.text(), three(claim.measured));
            vec![claim.quantity.clone(), test, measured, claim.verdict().text().to_owned()]
        });
        let table = plain(&["quantity", "published", "measured", "verdict"], rows);
        let why = self.where_we_differ.split_whitespace().collect::<Vec<_>>().join(" ");
        let why = wrapped(&format!("{} Where we differ, and why: {why}", self.sum()));
        format!("{}\n\n{table}\n{why}\n", wrapped(self.paper))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(expected: Expected, measured: f64) -> Claim {
        Claim { quantity: "x | y".to_owned(), published: "p, q", place: "abstract", expected, measured }
    }

    #[test]
    fn verdicts_follow_from_the_numbers() {
        let cases = [
            (Expected::Value { value: 13.0, within: 0.0 }, 13.0, Verdict::Holds, Some(0.0)),
            (Expected::Value { value: 13.0, within: 0.5 }, 14.0, Verdict::Fails, Some(1.0)),
            (Expected::Between(2.0, 3.0), 2.5, Verdict::Holds, Some(0.0)),
            (Expected::Between(2.0, 3.0), 1.5, Verdict::Fails, Some(-0.5)),
            (Expected::Between(2.0, 3.0), 4.5, Verdict::Fails, Some(1.5)),
            (Expected::AtLeast(1.0), 1.0, Verdict::Holds, Some(0.0)),
            (Expected::Above(1.0), 1.0, Verdict::Fails, Some(0.0)),
            (Expected::AtMost(1.0), 1.25, Verdict::Fails, Some(0.25)),
            (Expected::Unstated, 1.0, Verdict::Ours, None),
        ];
        for (expected, measured, verdict, difference) in cases {
            let claim = claim(expected, measured);
            assert_eq!((claim.verdict(), claim.difference()), (verdict, difference), "{claim:?}");
        }
        assert_eq!(claim(Expected::Value { value: 4.0, within: 0.0 }, 5.0).ratio(), Some(1.25));
    }

    #[test]
    fn a_number_that_is_none_fails() {
        for expected in
            [Expected::Value { value: 1.0, within: 1.0 }, Expected::Between(0.0, 1.0), Expected::AtMost(1.0)]
        {
            assert_eq!(claim(expected, f64::NAN).verdict(), Verdict::Fails);
        }
    }

    #[test]
    fn tables_count_and_quote() {
        let rows =
            vec![claim(Expected::AtLeast(0.0), 1.0), claim(Expected::AtMost(0.0), 1.0), claim(Expected::Unstated, 1.0)];
        let claims = Claims { paper: "A paper.", rows, where_we_differ: "because\n".to_owned() };
        assert!(claims.markdown().contains("1 of 2 claims hold. Where we differ, and why: because\n"));
        assert!(claims.markdown().contains("x \\| y"));
        assert!(
            String::from_utf8(claims.csv().unwrap())
                .unwrap()
                .contains("x | y,\"p, q\",abstract,≤ 0,1,1,,does not hold")
        );
    }
}
