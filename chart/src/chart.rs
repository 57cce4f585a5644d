//! A chart as data: panels of layers on two axes, and where its CSV's columns come from.

use crate::axis::Axis;
use crate::colors::Colors;

/// A chart. [`draw`](Chart::draw) makes the figure of it, and the CSV from the same values.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// Name of the figure, fit to be a file name without its ending ("error_vs_dt").
    pub name: String,
    /// What screen readers read out.
    pub title: String,
    /// What stands above all panels; may be empty.
    pub heading: String,
    /// The columns of the CSV: name, with its unit, and what stands in it.
    pub columns: Vec<(String, Field)>,
    /// Panels in a row; 0 is one.
    pub per_row: usize,
    /// Whether all panels have one x axis, and one y axis.
    pub shared: (bool, bool),
    /// Row by row from the top left.
    pub panels: Vec<Panel>,
    /// Where the legend is.
    pub legend: LegendPlace,
    /// What a hollow marker on a line means, for the legend ("spikes missed or extra"); where it is empty, the legend does not say.
    pub hollow: String,
    /// What stands below, each wrapped to the width of the page: the caption.
    pub notes: Vec<String>,
    /// Whether the panels have names of their own in place of the letters a, b, c.
    pub unlettered: bool,
}

/// Where a legend is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LegendPlace {
    /// Right of the panels.
    #[default]
    Beside,
    /// Below them, its groups side by side.
    Below,
}

/// One plot.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    /// Its name in the CSV; where it is empty, the heading.
    pub name: String,
    /// What stands over it.
    pub heading: String,
    /// A second line over it, and whether that line is a warning.
    pub verdict: (String, bool),
    /// What stands below a panel without axes.
    pub foot: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Height of the plot \[px\]; 0 takes what suits the number of panels.
    pub height: f64,
    /// Width of the plot \[px\]; 0 takes an equal share of what is left.
    pub width: f64,
    /// What is around it.
    pub frame: Frame,
    /// What is in it, from back to front.
    pub layers: Vec<Layer>,
    /// For an axis of names: what stands right of each row, under a heading.
    pub beside: (String, Vec<String>),
    /// What is said where nothing can be shown; empty says "no points".
    pub empty: String,
}

/// What is around a plot.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Frame {
    /// Axes with ticks and descriptions.
    #[default]
    Axes,
    /// Nothing.
    Bare,
    /// No axes, but a bar below that is this long on the x axis.
    ScaleBar(f64),
}

/// What a panel shows.
#[derive(Clone, Debug)]
pub enum Layer {
    /// Points, joined or not.
    Series(Series),
    /// Lines across the panel.
    Rule(Rule),
    /// Small pictures of square pixels, which fill the panel.
    Images(Images),
    /// Dotted lines of these slopes on two logarithmic axes, each beside the series that it fits best; one that fits none is left out.
    Slopes(Vec<f64>),
}

impl From<Series> for Layer {
    fn from(series: Series) -> Self {
        Layer::Series(series)
    }
}

impl From<Rule> for Layer {
    fn from(rule: Rule) -> Self {
        Layer::Rule(rule)
    }
}

/// Points that belong together.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Its name, which stands for one look in all panels.
    pub name: String,
    /// Its name in the legend, where that is another one; an empty text keeps it out.
    pub label: Option<String>,
    /// The heading of the legend under which it stands.
    pub group: String,
    /// Colour, dashes and marker.
    pub look: Look,
    /// Width of the line \[px\]; 0 is the look's own.
    pub width: f64,
    /// How its points are drawn.
    pub draw: Draw,
    /// Whether it is drawn in a strip of its own below the others, on an axis of its own.
    pub strip: bool,
    /// Whether only the points that print can show are written, as for thousands of steps; otherwise all are.
    pub thinned: bool,
    /// Texts that its rows of the CSV have in common.
    pub texts: Vec<String>,
    /// What stands in its rows, where that differs from the chart's columns.
    pub fields: Option<Vec<Field>>,
    /// In the order in which they are joined.
    pub points: Vec<Point>,
}

/// A point, or a cell of a map. A value that is not finite, or has no place on its axis, is not drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// Where on the x axis.
    pub x: f64,
    /// Where on the y axis.
    pub y: f64,
    /// The ends of an interval of y.
    pub interval: Option<(f64, f64)>,
    /// Whether its marker is hollow.
    pub hollow: bool,
    /// What the colour of a cell stands for; how dark a stroke is, 0 to 1.
    pub value: f64,
    /// What stands in a cell.
    pub label: String,
    /// Texts for the CSV.
    pub texts: Vec<String>,
}

impl From<(f64, f64)> for Point {
    fn from((x, y): (f64, f64)) -> Self {
        Point { x, y, value: 1.0, ..Point::default() }
    }
}

/// How points are drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Draw {
    /// A line.
    #[default]
    Line,
    /// A line with a marker at every point.
    Marked,
    /// A line with a few markers, to tell it by.
    Sparse,
    /// Markers alone.
    Markers,
    /// Small dots alone.
    Dots,
    /// Upright strokes, as of spikes.
    Strokes,
    /// Cells of a map, equally spaced on their axes, in the colours of a scale.
    Cells(Colors),
}

/// Colour, dashes and marker of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// One of its own, by the order in which names come.
    #[default]
    Own,
    /// That of the series of this number.
    Of(usize),
    /// The colour of a group; a dash of the member, and a marker of both. Five members of a group differ.
    Member(usize, usize),
    /// The colour of the series of this number, dashed.
    Dashed(usize),
    /// Thick and grey, behind the others.
    Reference,
    /// Black.
    Black,
    /// Grey, with dashes of this number.
    Grey(usize),
    /// Not drawn: in the CSV only.
    Hidden,
}

/// Lines across a panel.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// Where, on the axis that they stand on.
    pub at: Vec<f64>,
    /// Whether they go up from the x axis; otherwise they go right from the y axis.
    pub upright: bool,
    /// What they are, in the legend; may be empty.
    pub label: String,
    /// The heading of the legend under which they stand.
    pub group: String,
    /// How they look.
    pub look: Look,
    /// Their rows of the CSV.
    pub rows: Vec<Vec<String>>,
}

/// Small pictures on one scale.
#[derive(Clone, Debug, Default)]
pub struct Images {
    /// Pixels in a row of each.
    pub width: usize,
    /// The pictures, row by row.
    pub images: Vec<Image>,
    /// What the colours mean.
    pub colors: Colors,
}

/// A small picture.
#[derive(Clone, Debug, Default)]
pub struct Image {
    /// What stands over it; may be empty.
    pub label: String,
    /// Its number, for the CSV.
    pub number: usize,
    /// Pixels row by row from the top left; one that is not finite is left white.
    pub pixels: Vec<f64>,
    /// What stands in its rows of the CSV: X is the pixel's number, Y the picture's.
    pub fields: Option<Vec<Field>>,
}

/// What stands in a column of the CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The panel's name.
    Panel,
    /// The series' name.
    Series,
    /// The point's x.
    X,
    /// The point's y.
    Y,
    /// The lower end of its interval; empty where it has none.
    Low,
    /// The upper end of its interval; empty where it has none.
    High,
    /// Whether it is hollow.
    Hollow,
    /// The point's [`value`](Point::value).
    Value,
    /// The series' text of this number.
    Of(usize),
    /// The point's text of this number.
    At(usize),
    /// A text.
    Text(&'static str),
}

/// Columns of a CSV from names and fields.
pub fn columns<'a>(columns: impl IntoIterator<Item = (&'a str, Field)>) -> Vec<(String, Field)> {
    columns.into_iter().map(|(name, field)| (name.to_owned(), field)).collect()
}

impl Panel {
    /// Its name in the CSV.
    pub(crate) fn name(&self) -> &str {
        if self.name.is_empty() { &self.heading } else { &self.name }
    }

    /// The series that are drawn.
    pub(crate) fn series(&self) -> impl Iterator<Item = &Series> + Clone {
        self.layers.iter().filter_map(|layer| match layer {
            Layer::Series(series) if series.look != Look::Hidden => Some(series),
            _ => None,
        })
    }
}

impl Series {
    /// A line of this name through points.
    pub fn line<P: Into<Point>>(name: impl Into<String>, points: impl IntoIterator<Item = P>) -> Self {
        Series { name: name.into(), points: points.into_iter().map(Into::into).collect(), ..Series::default() }
    }

    /// Its name in the legend.
    pub(crate) fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }

    /// Whether its points are joined.
    pub(crate) fn joined(&self) -> bool {
        matches!(self.draw, Draw::Line | Draw::Marked | Draw::Sparse)
    }
}
