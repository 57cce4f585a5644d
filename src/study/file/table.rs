//! The table of the kind `study` as it stands in a file, and its cells.
//!
//! Every text is read into what it means while its place in the file is known, so that an error points at it.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::super::{Axis, Study, StudyCell, StudyError, StudyInput, Tabulated, dt_list, study_axes};
use super::{FigureTable, Flaw, Grid, columns, schemes};
use crate::error::{Error, Result};
use crate::metrics::{DistanceParameters, MetricSet};
use crate::model::NeuronSpec;
use crate::scheme::Scheme;
use data::quantity::{Dimension, TIME, VOLTAGE};

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StudyTable {
    neurons: Spanned<Vec<Spanned<Read<NeuronSpec>>>>,
    #[serde(default)]
    inputs: Vec<Spanned<Read<StudyInput>>>,
    seeds: Option<Spanned<Listed<u64>>>,
    #[serde(default)]
    peaks: Vec<Spanned<Quantity<Voltage>>>,
    duration: Option<Quantity<Time>>,
    /// The start of all neurons, in place of their own.
    v0: Option<Spanned<Typed>>,
    u0: Option<Spanned<Typed>>,
    schemes: Spanned<Listed<Scheme>>,
    dt: Option<Spanned<Listed<Size<false>>>>,
    tolerance: Option<Spanned<Listed<Size<true>>>>,
    lbound: Option<Quantity<Voltage>>,
    distances: Option<Spanned<DistanceParameters>>,
    /// Columns of the results beside the axes; all where the list is empty.
    #[serde(default)]
    metrics: Vec<Read<Metric>>,
    #[serde(default)]
    pub(crate) figures: Vec<FigureTable>,
    /// Whether the results are written as Parquet, too.
    #[serde(default)]
    parquet: Option<Spanned<bool>>,
}

impl StudyTable {
    /// The study the table describes.
    fn study(&self) -> std::result::Result<Study, Flaw> {
        let values = |list: Option<Vec<f64>>| list.unwrap_or_default();
        let typed = |start: &Option<Spanned<Typed>>| start.as_ref().map(|start| start.get_ref().0.clone());
        let (v0, u0) = (typed(&self.v0), typed(&self.u0));
        let started = |spec: NeuronSpec| -> std::result::Result<NeuronSpec, Flaw> {
            let flaw = |start: &Option<Spanned<Typed>>| {
                let span = start.as_ref().map(Spanned::span);
                move |error| Flaw { span, error }
            };
            let spec = spec.started(v0.as_deref(), None).map_err(flaw(&self.v0))?;
            spec.started(None, u0.as_deref()).map_err(flaw(&self.u0))
        };
        let neurons = self.neurons.get_ref().iter().map(|n| started(n.get_ref().0.clone()));
        Ok(Study {
            neurons: neurons.collect::<std::result::Result<_, _>>()?,
            inputs: self.inputs.iter().map(|i| i.get_ref().0.clone()).collect(),
            seeds: self.seeds.as_ref().map(|s| s.get_ref().0.clone()).unwrap_or_default(),
            peaks: self.peaks.iter().map(|p| p.get_ref().0).collect(),
            duration: self.duration.map(|duration| duration.0),
            schemes: self.schemes.get_ref().0.clone(),
            dts: values(self.dt.as_ref().map(|d| d.get_ref().0.iter().map(|dt| dt.0).collect())),
            tolerances: values(self.tolerance.as_ref().map(|t| t.get_ref().0.iter().map(|t| t.0).collect())),
            lower_bound: self.lbound.map(|bound| bound.0),
            metrics: MetricSet::standard(),
            distances: self.distances.as_ref().map(|d| *d.get_ref()).unwrap_or_default(),
        })
    }

    /// The cells on some of its problems.
    pub(super) fn cells_of(&self, problems: &BTreeSet<usize>) -> std::result::Result<Vec<StudyCell>, Flaw> {
        self.study()?.cells_of(problems).map_err(|refused| self.flaw(refused.axis, refused.error))
    }

    /// Whether the results are written as Parquet, too.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "the command alone writes it"))]
    pub(crate) fn wants_parquet(&self) -> bool {
        self.parquet.as_ref().is_some_and(|asked| *asked.get_ref())
    }

    /// Where a part of the study stands.
    fn flaw(&self, axis: Axis, error: Error) -> Flaw {
        let span = match axis {
            Axis::Neuron(n) => self.neurons.get_ref().get(n).map(Spanned::span),
            // A study without inputs takes the neurons' own.
            Axis::Input(i) => self.inputs.get(i).map(Spanned::span),
            Axis::Seeds => self.seeds.as_ref().map(Spanned::span),
            Axis::Peak(k) => self.peaks.get(k).map(Spanned::span),
            Axis::Schemes => Some(self.schemes.span()),
            Axis::Dts => self.dt.as_ref().map(Spanned::span),
            Axis::Tolerances => self.tolerance.as_ref().map(Spanned::span),
            Axis::Distances => self.distances.as_ref().map(Spanned::span),
            Axis::Whole => None,
        };
        Flaw { span: span.or(Some(self.neurons.span())), error }
    }
}

impl Grid for StudyTable {
    type Cell = StudyCell;

    fn cells(&self) -> std::result::Result<Vec<StudyCell>, Flaw> {
        let study = self.study()?;
        let flaw = |refused: StudyError| self.flaw(refused.axis, refused.error);
        study.refuse_idle_lists().map_err(flaw)?;
        let cells = study.cells().map_err(flaw)?;
        let axes = study_axes();
        let values = |axis: &str| -> Vec<String> {
            let Some(at) = axes.iter().position(|column| column.name == axis) else { return Vec::new() };
            let mut seen = BTreeSet::new();
            cells.iter().map(|cell| cell.place()[at].field()).filter(|field| seen.insert(field.clone())).collect()
        };
        for (i, figure) in self.figures.iter().enumerate() {
            figure.check(&self.figures[..i], &values)?;
        }
        if let Some(asked) = self.parquet.as_ref().filter(|asked| *asked.get_ref() && !cfg!(feature = "parquet")) {
            let mend = "Build with cargo build --features parquet, or remove the line: the CSV has the same rows.";
            let error = Error::invalid("parquet", "true", "false in a build without the feature parquet", mend);
            return Err(Flaw { span: Some(asked.span()), error });
        }
        Ok(cells)
    }

    fn work(cells: usize, problems: usize, cost: f64) -> String {
        format!("{cells} cells on {problems} problems, about {cost:.1e} flops")
    }

    fn shows(&self, column: &str) -> bool {
        self.metrics.is_empty() || self.metrics.iter().any(|metric| metric.0.0 == column)
    }
}

/// What can be read from text.
trait FromText: Sized {
    fn from_text(text: &str) -> Result<Self>;
}

impl FromText for NeuronSpec {
    fn from_text(text: &str) -> Result<Self> {
        NeuronSpec::parse_in(text, &schemes::folder())
    }
}

impl FromText for StudyInput {
    fn from_text(text: &str) -> Result<Self> {
        StudyInput::parse_in(text, &schemes::folder())
    }
}

/// A column of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Metric(&'static str);

impl FromText for Metric {
    fn from_text(text: &str) -> Result<Self> {
        let names = || columns::values().into_iter().map(|column| column.name);
        names().find(|name| *name == text).map(Metric).ok_or_else(|| Error::unknown("metric", text, names()))
    }
}

/// A value written as text; it is read by a visitor, while the deserializer still knows the place of the text.
#[derive(Clone, Debug)]
struct Read<T>(T);

impl<'de, T: FromText> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

struct TextVisitor<T>(PhantomData<T>);

impl<T: FromText> Visitor<'_> for TextVisitor<T> {
    type Value = Read<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<Read<T>, E> {
        T::from_text(text).map(Read).map_err(E::custom)
    }
}

/// A text, or a number as a text.
#[derive(Clone, Debug)]
struct Typed(String);

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(TypedVisitor(|text: &str| Ok(Typed(text.to_owned()))))
    }
}

/// A number, or a text of a number with its unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantity<K>(pub(crate) f64, PhantomData<K>);

/// What a quantity measures, and what messages call it.
pub(crate) trait Measures {
    const WHAT: (&'static str, &'static Dimension);
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Time;

impl Measures for Time {
    const WHAT: (&'static str, &'static Dimension) = ("a time", &TIME);
}

#[derive(Clone, Copy, Debug)]
struct Voltage;

impl Measures for Voltage {
    const WHAT: (&'static str, &'static Dimension) = ("a peak or bound", &VOLTAGE);
}

impl<'de, K: Measures> Deserialize<'de> for Quantity<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let (what, dimension) = K::WHAT;
        let read = |text: &str| dimension.unchecked(what, text).map(|value| Quantity(value, PhantomData));
        deserializer.deserialize_any(TypedVisitor(read))
    }
}

/// Takes a text or a number, which is read as its text.
struct TypedVisitor<F>(F);

impl<T, F: FnOnce(&str) -> Result<T>> Visitor<'_> for TypedVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a string of one with its unit")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<T, E> {
        if text.parse::<f64>().is_ok() {
            return Err(E::invalid_type(serde::de::Unexpected::Str(text), &self));
        }
        (self.0)(text).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> std::result::Result<T, E> {
        (self.0)(&number.to_string()).map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> std::result::Result<T, E> {
        // The shortest text that reads back as the same number.
        (self.0)(&number.to_string()).map_err(E::custom)
    }
}

/// A list written as one text or number, or as a list of them.
#[derive(Clone, Debug)]
pub(crate) struct Listed<T>(pub(crate) Vec<T>);

/// An item of such a list, which may stand for several.
pub(crate) trait Item: Sized + PartialEq {
    const EXPECTED: &'static str;
    fn read(text: &str) -> Result<Vec<Self>>;
}

impl Item for Scheme {
    const EXPECTED: &'static str = "names of schemes and groups, such as \"default\" or [\"euler\", \"rk4+located\"]";

    fn read(text: &str) -> Result<Vec<Self>> {
        schemes::schemes(text)
    }
}

/// A step \[ms\], or a tolerance of the adaptive schemes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size<const TOLERANCE: bool>(pub(crate) f64);

impl<const TOLERANCE: bool> Item for Size<TOLERANCE> {
    const EXPECTED: &'static str = match TOLERANCE {
        false => "steps in ms: 0.5, [0.1, \"1/1024\", \"100us\"], or \"0.01..1:log:9\"",
        true => "tolerances: 1e-6, [1e-3, 1e-6], or \"1e-9..1e-3:log:7\"",
    };

    fn read(text: &str) -> Result<Vec<Self>> {
        let list = if TOLERANCE { dt_list::tolerances("tolerance", text)? } else { dt_list::parse("dt", text)? };
        Ok(list.into_iter().map(Size).collect())
    }
}

/// Most seeds of a range.
const MOST_SEEDS: u64 = 1_000_000;

impl Item for u64 {
    const EXPECTED: &'static str = "seeds: [1, 2, 3], or \"1..100\"";

    fn read(text: &str) -> Result<Vec<Self>> {
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let seeds = match text.split_once("..") {
            None => number(text).map(|seed| vec![seed]),
            Some((from, to)) => number(from)
                .zip(number(to))
                .filter(|(from, to)| from <= to && to - from < MOST_SEEDS)
                .map(|(from, to)| (from..=to).collect()),
        };
        seeds.ok_or_else(|| {
            let allowed = format!("whole numbers from 0, or a range FIRST..LAST of at most {MOST_SEEDS}");
            Error::invalid("a seed", format!("'{text}'"), allowed, "Write seeds = \"1..100\".")
        })
    }
}

impl<'de, T: Item> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor::<T, true>(PhantomData))
    }
}

/// One text or number of a list; an error points at it.
struct One<T>(Listed<T>);

impl<'de, T: Item> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor::<T, false>(PhantomData)).map(One)
    }
}

/// Takes a text or a number, and where `LIST` is true a list of them.
struct ItemVisitor<T, const LIST: bool>(PhantomData<T>);

impl<'de, T: Item, const LIST: bool> Visitor<'de> for ItemVisitor<T, LIST> {
    type Value = Listed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<Listed<T>, E> {
        T::read(text).map(Listed).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> std::result::Result<Listed<T>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> std::result::Result<Listed<T>, E> {
        // The shortest text that reads back as the same number.
        self.visit_str(&number.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Listed<T>, A::Error> {
        if !LIST {
            return Err(serde::de::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        }
        let mut all: Vec<T> = Vec::new();
        while let Some(One(Listed(items))) = list.next_element()? {
            // A range of seeds may be longer, and stands alone.
            if all.len() + items.len() > dt_list::MOST {
                return Err(serde::de::Error::custom(format!(
                    "a list of more than {} values; ask for fewer",
                    dt_list::MOST
                )));
            }
            for item in items {
                if !all.contains(&item) {
                    all.push(item);
                }
            }
        }
        Ok(Listed(all))
    }
}
