//! The sheet a figure is drawn on: plotters' SVG backend at a tenth of a pixel, with groups for what that backend has no
//! word for (dash patterns, names).

use std::fmt::Write as _;
use std::sync::Once;

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle, register_font};

use crate::style::{FONT, FONT_FAMILY, Marker, Stroke, WHITE};
use crate::{Error, Result};

/// Drawing units per px: the backend's coordinates are integers, and whole pixels are too coarse for print.
const UNIT: f64 = 10.0;
/// plotters takes a font's size as 1.24 times the size that its SVG states.
const PLOTTERS_EM: f64 = 1.24;
/// Ascent plus descent of the embedded font in em, (1854 + 434) / 2048: ab_glyph scales by this height, SVG by the em.
const FONT_HEIGHT: f64 = 2288.0 / 2048.0;
/// From the middle of a capital letter to the baseline, in em, beyond the quarter em (0.5 ex) of the backend.
const CENTERING: f64 = 0.10;

/// A rectangle in px, y downwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }
}

/// What of a figure's CSV a plot shows: for whoever shows the values under a pointer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown<'a> {
    /// Columns with the values on the x axis and on the y axis.
    pub(crate) columns: [&'a str; 2],
    /// Columns that tell the plots of a figure apart, each with its values in the rows of this one.
    pub(crate) rows: Vec<(&'a str, Vec<&'a str>)>,
}

/// Where a text stands relative to its point; vertically it is always centred on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
    /// Centred, and read from below.
    Upwards,
}

/// A drawing under way. Lengths are px.
pub(crate) struct Canvas {
    width: f64,
    height: f64,
    body: String,
    /// What the backend refused first; reported once by [`Canvas::finish`].
    refused: Option<String>,
}

fn units(px: f64) -> i32 {
    (px * UNIT).round() as i32
}

fn font(size: f64) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    // The bytes are a constant of the program; were they no font, text would be measured as empty and every test would show it.
    REGISTERED.call_once(|| drop(register_font(FONT_FAMILY, FontStyle::Normal, FONT)));
    FontDesc::new(FontFamily::Name(FONT_FAMILY), size * PLOTTERS_EM * UNIT, FontStyle::Normal)
}

/// Width \[px\] of a text of `size` px as every renderer sets it.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    let (plotters_width, _) = font(size).box_size(text).unwrap_or_default();
    f64::from(plotters_width) / UNIT * FONT_HEIGHT / PLOTTERS_EM
}

/// `text`, shortened with an ellipsis where it is wider than `width` px.
pub(crate) fn fit_text(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let short: String = kept.iter().collect::<String>() + "…";
        if text_width(&short, size) <= width {
            return short;
        }
    }
    String::new()
}

impl Canvas {
    /// A white sheet.
    pub(crate) fn new(width: f64, height: f64) -> Self {
        let mut canvas = Canvas { width, height: height.ceil(), body: String::new(), refused: None };
        canvas.fill(&[(0.0, 0.0), (width, 0.0), (width, canvas.height), (0.0, canvas.height)], WHITE);
        canvas
    }

    fn ink<E: std::fmt::Display>(&mut self, draw: impl FnOnce(&mut SVGBackend<'_>) -> std::result::Result<(), E>) {
        // The backend writes a whole document: its first and last line are the `svg` element, what is between is ours.
        let mut document = String::new();
        // Dropping the backend ends the document.
        if let Err(e) = draw(&mut SVGBackend::with_string(&mut document, (1, 1))) {
            self.refused.get_or_insert(e.to_string());
        }
        let start = document.find('\n').map_or(0, |at| at + 1);
        let end = document.rfind("</svg>").unwrap_or(document.len());
        self.body.push_str(&document[start..end.max(start)]);
    }

    fn dashed(&mut self, stroke: &Stroke, draw: impl FnOnce(&mut Self)) {
        if stroke.dash.is_empty() {
            return draw(self);
        }
        let lengths: Vec<String> = stroke.dash.iter().map(|px| units(*px).to_string()).collect();
        let offset = match units(stroke.offset) {
            0 => String::new(),
            offset => format!(" stroke-dashoffset=\"{offset}\""),
        };
        let _ = writeln!(self.body, "<g stroke-dasharray=\"{}\"{offset}>", lengths.join(","));
        draw(self);
        self.close();
    }

    /// An open line through points.
    pub(crate) fn path(&mut self, points: &[(f64, f64)], stroke: &Stroke) {
        if points.len() < 2 {
            return;
        }
        let style = shape_style(stroke);
        self.dashed(stroke, |c| {
            c.ink(|b| b.draw_path(points.iter().map(|p| (units(p.0), units(p.1))), &style));
        });
    }

    /// A filled polygon.
    pub(crate) fn fill(&mut self, points: &[(f64, f64)], color: RGBColor) {
        let style = ShapeStyle { color: color.into(), filled: true, stroke_width: 0 };
        self.ink(|b| b.fill_polygon(points.iter().map(|p| (units(p.0), units(p.1))), &style));
    }

    /// Many separate strokes of one style, as one element: plotters has none for it, and a raster has thousands.
    pub(crate) fn strokes(&mut self, strokes: impl IntoIterator<Item = ((f64, f64), (f64, f64))>, stroke: &Stroke) {
        let mut path = String::new();
        for (from, to) in strokes {
            let _ = write!(path, "M{} {}L{} {}", units(from.0), units(from.1), units(to.0), units(to.1));
        }
        if path.is_empty() {
            return;
        }
        let RGBColor(r, g, b) = stroke.color;
        self.dashed(stroke, |c| {
            let _ = writeln!(
                c.body,
                "<path fill=\"none\" stroke=\"#{r:02X}{g:02X}{b:02X}\" stroke-width=\"{}\" d=\"{path}\"/>",
                units(stroke.width)
            );
        });
    }

    /// Many level bars of one colour and one `height`, each from the middle of its left side over its length, as one element:
    /// pictures have tens of thousands.
    pub(crate) fn bars(
        &mut self,
        bars: impl IntoIterator<Item = ((f64, f64), f64)>,
        height: f64,
        RGBColor(r, g, b): RGBColor,
    ) {
        let mut path = String::new();
        for ((x, y), length) in bars {
            let _ = write!(path, "M{} {}h{}", units(x), units(y), units(length));
        }
        if !path.is_empty() {
            let width = units(height);
            let _ = writeln!(
                self.body,
                "<path fill=\"none\" stroke=\"#{r:02X}{g:02X}{b:02X}\" stroke-width=\"{width}\" d=\"{path}\"/>"
            );
        }
    }

    /// A marker; hollow ones are white inside, so that they stand out from the line through them.
    pub(crate) fn marker(&mut self, center: (f64, f64), marker: Marker, color: RGBColor, hollow: bool) {
        let mut outline = marker.outline(center);
        self.fill(&outline, if hollow { WHITE } else { color });
        if hollow {
            outline.push(outline[0]);
            outline.push(outline[1]);
            self.path(&outline, &Stroke::solid(color, 1.1));
        }
    }

    /// A line of text, centred vertically on `at`.
    pub(crate) fn text(&mut self, at: (f64, f64), text: &str, size: f64, anchor: Anchor, color: RGBColor) {
        let h_pos = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle | Anchor::Upwards => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let mut font = font(size);
        let (mut x, mut y) = at;
        if anchor == Anchor::Upwards {
            font = font.transform(FontTransform::Rotate270);
            x += CENTERING * size;
        } else {
            y += CENTERING * size;
        }
        // XML has no place for control characters, escaped or not.
        let text = text.replace(char::is_control, " ");
        let style = TextStyle::from(font).pos(Pos::new(h_pos, VPos::Center)).color(&color);
        self.ink(|b| b.draw_text(&text, &style, (units(x), units(y))));
    }

    /// Opens a named group that says which part of the sheet it keeps to; [`close`](Canvas::close) ends it.
    pub(crate) fn open(&mut self, id: &str, keeps_to: Rect) {
        let Rect { left, top, .. } = keeps_to;
        let (width, height) = (keeps_to.width(), keeps_to.height());
        let _ = writeln!(self.body, "<g id=\"{id}\" data-box=\"{left:.1} {top:.1} {width:.1} {height:.1}\">");
    }

    /// Opens a named group for a plot: where it is, its scales, and what of the figure's CSV it shows.
    pub(crate) fn open_plot(&mut self, id: &str, area: Rect, [x, y]: [&str; 2], shows: &Shown<'_>) {
        let Rect { left, top, .. } = area;
        let (width, height) = (area.width(), area.height());
        let rows: serde_json::Map<_, _> =
            shows.rows.iter().map(|(column, values)| ((*column).to_owned(), values.clone().into())).collect();
        let rows = serde_json::Value::from(rows).to_string();
        let _ = writeln!(
            self.body,
            "<g id=\"{id}\" data-box=\"{left:.1} {top:.1} {width:.1} {height:.1}\" data-x=\"{}\" data-y=\"{}\" \
             data-columns=\"{} {}\" data-rows=\"{}\">",
            escaped(x),
            escaped(y),
            escaped(shows.columns[0]),
            escaped(shows.columns[1]),
            escaped(&rows)
        );
    }

    /// Ends the group opened last.
    pub(crate) fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// The whole document. `title` is what screen readers read out.
    pub(crate) fn finish(self, name: &str, title: &str) -> Result<String> {
        if let Some(reason) = self.refused {
            return Err(Error { figure: name.to_owned(), reason });
        }
        let (w, h) = (self.width, self.height);
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {} {}\" role=\"img\">\n\
             <title>{title}</title>\n<g stroke-linejoin=\"round\">\n{}</g>\n</svg>\n",
            units(w),
            units(h),
            self.body
        ))
    }
}

/// Text as the value of an attribute in double quotes.
fn escaped(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn shape_style(stroke: &Stroke) -> ShapeStyle {
    ShapeStyle { color: stroke.color.into(), filled: false, stroke_width: units(stroke.width).unsigned_abs() }
}
