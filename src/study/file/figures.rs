//! The figures of a study: what stands against what, over which cells.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::Flaw;
use super::columns;
use crate::error::Error;

/// Names that other files of a study have.
const TAKEN: [&str; 2] = ["results", "timings"];

type Checked = std::result::Result<(), Flaw>;

/// A figure as asked for: `{ name = "error_vs_dt", x = "dt_ms", y = "max_spike_time_error_ms" }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FigureTable {
    /// Name of its files.
    pub(crate) name: Spanned<String>,
    /// Column on the horizontal axis.
    pub(crate) x: Spanned<String>,
    /// Column on the vertical axis: its median over the cells that share series and setting.
    pub(crate) y: Spanned<String>,
    /// Axis whose values are the lines.
    series: Option<Spanned<String>>,
    /// Slopes of guides.
    #[serde(default)]
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "the command alone draws"))]
    pub(crate) slopes: Vec<f64>,
    /// Only cells in which these axes have these values.
    #[serde(default, rename = "where")]
    pub(crate) only: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
}

impl FigureTable {
    /// The axis whose values are the lines.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "the command alone draws"))]
    pub(crate) fn series(&self) -> &str {
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
        let numbers: Vec<&str> = columns::numeric().collect();
        [&self.x, &self.y]
            .into_iter()
            .try_for_each(|name| known("column of numbers", name.get_ref(), name.span(), &numbers))?;
        let axes: Vec<&str> = columns::axes().collect();
        self.series
            .iter()
            .chain(self.only.keys())
            .try_for_each(|name| known("axis", name.get_ref(), name.span(), &axes))?;
        for (axis, value) in &self.only {
            let (all, asked) = (values(axis.get_ref()), figure_value(value.get_ref()));
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            known("value of this axis in the study", &asked, value.span(), &all)?;
        }
        Ok(())
    }
}

/// Refuses a name that is not among `all`.
fn known(kind: &'static str, name: &str, span: Range<usize>, all: &[&str]) -> Checked {
    match all.contains(&name) {
        true => Ok(()),
        false => Err(Flaw { span: Some(span), error: Error::unknown(kind, name, all.iter().copied()) }),
    }
}

/// A value of TOML as its field in the results reads.
pub(crate) fn figure_value(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        other => format!("a {}", other.type_str()),
    }
}
