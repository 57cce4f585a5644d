//! The figures of a study: what stands against what, over which cells.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::columns;
use crate::error::{Error, Result};
use crate::experiment::Flaw;
use crate::interop::{Columns, Values};
use crate::report::figure::{Figure, StudyLine, StudyLines, StudyPoint, study_lines};

/// Names that other files of a study have.
const TAKEN: [&str; 2] = ["results", "timings"];

type Checked = std::result::Result<(), Flaw>;

/// A figure as asked for: `{ name = "error_vs_dt", x = "dt_ms", y = "max_spike_time_error_ms" }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FigureTable {
    /// Name of its files.
    name: Spanned<String>,
    /// Column on the horizontal axis.
    x: Spanned<String>,
    /// Column on the vertical axis: its median over the cells that share series and setting.
    y: Spanned<String>,
    /// Axis whose values are the lines.
    series: Option<Spanned<String>>,
    /// Slopes of guides.
    #[serde(default)]
    slopes: Vec<f64>,
    /// Only cells in which these axes have these values.
    #[serde(default, rename = "where")]
    only: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
}

/// The cells that fall on one point of a line.
#[derive(Default)]
struct Group {
    x: Vec<f64>,
    y: Vec<f64>,
    lost: usize,
}

/// The points of a line, each under the bits of its step and tolerance.
type Points = Vec<([u64; 2], Group)>;

impl FigureTable {
    fn series(&self) -> &str {
        self.series.as_ref().map_or("scheme", |series| series.get_ref())
    }

    /// Checks names; `values` are the texts that an axis takes in the study.
    pub(super) fn check(&self, others: &[FigureTable], values: &dyn Fn(&str) -> Vec<String>) -> Checked {
        let flaw = |span, error| Err(Flaw { span: Some(span), error });
        let (name, span) = (self.name.get_ref(), self.name.span());
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        if !plain || TAKEN.contains(&name.as_str()) {
            let allowed = format!("letters, digits, _ and -, and not {}", TAKEN.join(" or "));
            let error =
                Error::invalid("a figure's name", format!("'{name}'"), allowed, "Choose another, such as error_vs_dt.");
            return flaw(span, error);
        }
        if others.iter().any(|other| other.name.get_ref() == name) {
            return flaw(
                span,
                Error::invalid("a figure's name", format!("'{name}' again"), "one figure a name", "Rename one."),
            );
        }
        for column in [&self.x, &self.y] {
            if !columns::numeric().any(|known| known == column.get_ref()) {
                return flaw(column.span(), Error::unknown("column of numbers", column.get_ref(), columns::numeric()));
            }
        }
        if let Some(series) = self.series.as_ref().filter(|s| !columns::axes().any(|axis| axis == s.get_ref())) {
            return flaw(series.span(), Error::unknown("axis", series.get_ref(), columns::axes()));
        }
        for (axis, value) in &self.only {
            if !columns::axes().any(|known| known == axis.get_ref()) {
                return flaw(axis.span(), Error::unknown("axis", axis.get_ref(), columns::axes()));
            }
            let (known, asked) = (values(axis.get_ref()), text(value.get_ref()));
            if !known.contains(&asked) {
                let error = Error::unknown("value of this axis in the study", &asked, known.iter().map(String::as_str));
                return flaw(value.span(), error);
            }
        }
        Ok(())
    }

    /// Draws it from the results.
    pub(super) fn draw(&self, results: &Columns) -> Result<Figure> {
        let numbers = |name: &str| results.get(name).and_then(Values::numbers).unwrap_or_default();
        let (x, y, [dt, tolerance]) =
            (numbers(self.x.get_ref()), numbers(self.y.get_ref()), ["dt_ms", "tolerance_ms"].map(numbers));
        let lost = ["missed", "extra", "diverged_at_ms"].map(numbers);
        let series = results.get(self.series());
        let only = self.only.iter().map(|(axis, value)| (results.get(axis.get_ref()), text(value.get_ref())));
        let only: Vec<(Option<&Values>, String)> = only.collect();
        let field = |column: Option<&Values>, row| column.map(|values| values.field(row)).unwrap_or_default();
        let mut lines: Vec<(String, Points)> = Vec::new();
        for row in 0..results.len() {
            let shown = only.iter().all(|(column, value)| field(*column, row) == *value);
            if !shown || x[row].is_nan() || y[row].is_nan() {
                continue;
            }
            let points = entry(&mut lines, field(series, row));
            let group = entry(points, [dt[row], tolerance[row]].map(f64::to_bits));
            group.x.push(x[row]);
            group.y.push(y[row].abs());
            // A count of 0 and an empty field are none lost.
            group.lost += usize::from(lost.iter().any(|lost| lost[row] > 0.0));
        }
        let lines = lines.into_iter().map(|(label, groups)| {
            let points = groups.into_iter().map(|(_, group)| StudyPoint {
                cells: group.x.len(),
                lost: group.lost,
                x: median(group.x),
                y: median(group.y),
            });
            StudyLine { label, points: points.collect() }
        });
        let chart = study_lines(&StudyLines {
            name: self.name.get_ref().clone(),
            x: self.x.get_ref().clone(),
            y: self.y.get_ref().clone(),
            series: self.series().to_owned(),
            slopes: self.slopes.clone(),
            lines: lines.collect(),
        });
        Ok(chart.draw()?)
    }
}

/// The value under `key`, made where there is none; few keys, in the order of the grid.
fn entry<K: PartialEq, T: Default>(list: &mut Vec<(K, T)>, key: K) -> &mut T {
    let at = list.iter().rposition(|(known, _)| *known == key).unwrap_or_else(|| {
        list.push((key, T::default()));
        list.len() - 1
    });
    &mut list[at].1
}

/// The middle of the values, of two the mean; they are never empty.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (below, above) = ((values.len() - 1) / 2, values.len() / 2);
    0.5 * (values[below] + values[above])
}

/// A value of TOML as its field in the results reads.
fn text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        other => format!("a {}", other.type_str()),
    }
}
