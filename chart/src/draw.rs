//! A chart on its sheet: where panels, legend and words are.

use crate::axis::{Axis, Fitted};
use crate::canvas::{Anchor, Canvas, Rect, Shown, text_width};
use crate::chart::{Chart, Draw, Field, Frame, Layer, LegendPlace, Look, Panel, Rule, Series};
use crate::colors::{BAR, Colors, Ramp, SHADES, outline};
use crate::layers::{self, Drawn, placed};
use crate::legend::{Legend, Sample};
use crate::plot::{Plot, below, beside_room, left_of};
use crate::style::{BLACK, DASHED, DOT, GUIDE, MARGIN, Marker, SMALL, Stroke, TEXT, TRUTH, WARNING, WIDTH, look};
use crate::{Figure, Result, rows, slopes};

/// Height of a plot that is alone, of one among several below each other, and of one beside others \[px\].
const HEIGHTS: [f64; 3] = [400.0, 170.0, 150.0];
/// Room left of a plot that is alone, and right of the last one \[px\].
const LEFT: f64 = 68.0;
const RIGHT: f64 = 10.0;
/// Between plots, and between plots and a legend \[px\].
const BETWEEN: f64 = 14.0;
/// A line of text over a plot, and of a note \[px\].
const LINE: f64 = 13.0;
const NOTE: f64 = 15.0;
/// Height of a strip below a plot, and room to it \[px\].
const STRIP: f64 = 14.0;
const TO_STRIP: f64 = 4.0;
/// Longest dark text of a page \[px\].
const PAGE: f64 = WIDTH - 2.0 * MARGIN;

/// Where things are on the sheet.
struct Sheet {
    areas: Vec<Rect>,
    legend: Rect,
    notes: f64,
    height: f64,
}

impl Chart {
    /// Draws the chart.
    ///
    /// # Errors
    /// [`Error`](crate::Error) when the drawing library refuses.
    pub fn draw(&self) -> Result<Figure> {
        let fits: Vec<(Fitted, Fitted)> = self.fits();
        let legend = self.legend_of();
        let notes: Vec<String> = self.notes.iter().flat_map(|note| wrapped(note)).collect();
        let sheet = self.sheet(&fits, &legend, notes.len());
        let mut canvas = Canvas::new(WIDTH, sheet.height);
        let mut table = rows::table(self);
        canvas.text((MARGIN, MARGIN + 0.5 * TEXT), &self.heading, TEXT, Anchor::Start, BLACK);
        for (index, (panel, (x, y))) in self.panels.iter().zip(fits).enumerate() {
            let (labelled, described) = (self.labelled(index), self.described(index));
            let plot = Plot { panel, area: sheet.areas[index], x, y, labelled, described };
            self.draw_panel(&mut canvas, &plot, index, &mut table);
        }
        legend.draw(&mut canvas, sheet.legend, self.legend == LegendPlace::Below);
        for (i, line) in notes.iter().enumerate() {
            canvas.text((MARGIN, sheet.notes + (i as f64 + 0.5) * NOTE), line, SMALL, Anchor::Start, GUIDE);
        }
        Ok(Figure { name: self.name.clone(), svg: canvas.finish(&self.name, &self.title)?, csv: table.finish()? })
    }

    fn columns(&self) -> usize {
        self.per_row.clamp(1, self.panels.len().max(1))
    }

    /// Whether the x axis of a panel is labelled: where all have the same one, below the last panel of a column alone.
    fn labelled(&self, index: usize) -> bool {
        !self.shared.0 || index + self.columns() >= self.panels.len()
    }

    /// Whether the y axis of a panel says what it is: where all have the same one, in the first column alone.
    fn described(&self, index: usize) -> bool {
        !self.shared.1 || index.is_multiple_of(self.columns())
    }

    /// The axes of each panel with their ranges.
    fn fits(&self) -> Vec<(Fitted, Fitted)> {
        let fit = |axis: &Axis, shared: bool, panel: &Panel, of: fn(&Panel) -> Vec<f64>| {
            let values: Vec<f64> = if shared { self.panels.iter().flat_map(of).collect() } else { of(panel) };
            axis.fit(values)
        };
        let both = |panel: &Panel| {
            let x = fit(&panel.x, self.shared.0, panel, xs).turned();
            (x, fit(&panel.y, self.shared.1, panel, ys))
        };
        self.panels.iter().map(both).collect()
    }

    /// The names of series that have looks of their own, in the order in which they come.
    fn own_looks(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for series in self.panels.iter().flat_map(Panel::series).filter(|series| series.look == Look::Own) {
            if !names.contains(&series.name.as_str()) {
                names.push(&series.name);
            }
        }
        names
    }

    fn look(&self, series: &Series, own: &[&str]) -> ((Stroke, Marker), usize) {
        let number = own.iter().position(|name| *name == series.name).unwrap_or_default();
        let (stroke, marker) = look(series.look, number);
        let width = if series.width > 0.0 { series.width } else { stroke.width };
        ((Stroke { width, ..stroke }, marker), number)
    }

    fn legend_of(&self) -> Legend {
        let own = self.own_looks();
        let mut legend = Legend::default();
        let (mut hollow, mut floor, mut guides) = (false, false, false);
        for panel in &self.panels {
            for layer in &panel.layers {
                match layer {
                    Layer::Series(series) if series.look != Look::Hidden => {
                        let ((stroke, marker), _) = self.look(series, &own);
                        for (label, sample) in samples(series, stroke, marker) {
                            legend.entry(&series.group, &label, sample);
                        }
                        let marked = matches!(series.draw, Draw::Marked | Draw::Markers | Draw::Sparse);
                        hollow |=
                            series.joined() && marked && series.points.iter().any(|p| p.hollow && p.y.is_finite());
                        floor |= marked && panel.y.is_log() && series.points.iter().any(|p| p.y == 0.0);
                    }
                    Layer::Rule(rule) => {
                        let stroke = rule_stroke(rule);
                        legend.entry(&rule.group, &rule.label, Sample::Line { stroke, marker: None });
                    }
                    Layer::Slopes(asked) => guides |= !slopes::guides(panel, asked).is_empty(),
                    _ => {}
                }
            }
        }
        if guides {
            legend.entry("", "slopes, as numbered", Sample::Line { stroke: slopes::STROKE, marker: None });
        }
        if hollow && !self.hollow.is_empty() {
            legend.note(&format!("hollow: {}", self.hollow));
        }
        if floor {
            legend.note("arrow: 0, below the axis");
        }
        legend
    }

    /// Room left of a panel \[px\].
    fn gutter(&self, index: usize, (_, y): &(Fitted, Fitted)) -> f64 {
        let panel = &self.panels[index];
        let first = index.is_multiple_of(self.columns());
        if panel.frame != Frame::Axes {
            return if first { MARGIN } else { BETWEEN + 2.0 };
        }
        let labels = left_of(&panel.y, y, self.height(panel), self.described(index));
        if first { (MARGIN + labels).max(if self.panels.len() == 1 { LEFT } else { 0.0 }) } else { BETWEEN + labels }
    }

    fn height(&self, panel: &Panel) -> f64 {
        let images = panel.layers.iter().find_map(|layer| match layer {
            Layer::Images(images) => Some(images.layout((0.0, 0.0), PAGE - BAR).1),
            _ => None,
        });
        match (panel.height > 0.0, images) {
            (true, _) => panel.height,
            (_, Some(height)) => height.max(120.0),
            _ if self.panels.len() == 1 => HEIGHTS[0],
            _ => HEIGHTS[if self.columns() == 1 { 1 } else { 2 }],
        }
    }

    /// Places all that is on the sheet.
    fn sheet(&self, fits: &[(Fitted, Fitted)], legend: &Legend, notes: usize) -> Sheet {
        let columns = self.columns();
        let side_by_side = self.legend == LegendPlace::Below;
        let beside = if side_by_side || legend.width() == 0.0 { RIGHT } else { legend.width() + 16.0 };
        let right = WIDTH - MARGIN - beside;
        let gutter = |column: usize| {
            let of_column = (column..self.panels.len()).step_by(columns);
            of_column.map(|i| self.gutter(i, &fits[i])).fold(0.0, f64::max)
        };
        let gutters: Vec<f64> = (0..columns).map(gutter).collect();
        let extra = |panel: &Panel| beside_room(panel) + if bar(panel).is_some() { BAR } else { 0.0 };
        let share = |row: &[Panel]| {
            let fixed: f64 = row.iter().map(|panel| panel.width + extra(panel)).sum();
            // A row that is not full has the columns of the others.
            let free = row.iter().filter(|panel| panel.width == 0.0).count() + columns - row.len();
            (right - gutters.iter().sum::<f64>() - fixed) / free.max(1) as f64
        };
        let mut top = MARGIN + if self.heading.is_empty() { 0.0 } else { 20.0 };
        let first = top + self.panels.first().map_or(0.0, |panel| self.above(panel));
        let mut areas = Vec::new();
        for (index, row) in self.panels.chunks(columns).enumerate() {
            let above = row.iter().map(|panel| self.above(panel)).fold(0.0, f64::max);
            let mut height = row.iter().map(|panel| self.height(panel)).fold(0.0, f64::max);
            if self.panels.len() == 1 && !side_by_side {
                height = height.max(legend.height(false));
            }
            let (share, mut left) = (share(row), 0.0);
            for (column, panel) in row.iter().enumerate() {
                left += gutters[column];
                let width = if panel.width > 0.0 { panel.width } else { share };
                areas.push(Rect { left, top: top + above, right: left + width, bottom: top + above + height });
                left += width + extra(panel);
            }
            let under = |(column, panel): (usize, &Panel)| match panel.frame {
                Frame::Axes => below(&panel.x, self.labelled(index * columns + column)),
                Frame::Bare => 8.0,
                Frame::ScaleBar(_) => TO_STRIP + STRIP + 22.0,
            };
            top += above + height + row.iter().enumerate().map(under).fold(0.0, f64::max);
        }
        let legend_area = match side_by_side {
            true => {
                Rect { left: MARGIN, top: top + 8.0, right: WIDTH - MARGIN, bottom: top + 8.0 + legend.height(true) }
            }
            false => {
                let left = WIDTH - MARGIN - legend.width();
                Rect { left, top: first, right: WIDTH - MARGIN, bottom: first + legend.height(false) }
            }
        };
        let bottom = if legend.width() > 0.0 { top.max(legend_area.bottom + 6.0) } else { top };
        let noted = if notes == 0 { 0.0 } else { notes as f64 * NOTE + 10.0 };
        Sheet { areas, legend: legend_area, notes: bottom + 4.0, height: bottom + noted + 2.0 }
    }

    fn above(&self, panel: &Panel) -> f64 {
        let lettered = self.panels.len() > 1 && !self.unlettered;
        let heading = if panel.heading.is_empty() && !lettered && panel.beside.1.is_empty() { 0.0 } else { LINE + 7.0 };
        heading + if panel.verdict.0.is_empty() { 0.0 } else { LINE }
    }

    fn headings(&self, canvas: &mut Canvas, plot: &Plot<'_>, index: usize) {
        let panel = plot.panel;
        let Rect { left, top, .. } = plot.area;
        let up = if panel.verdict.0.is_empty() { 9.0 } else { 9.0 + LINE };
        let mut from = left;
        if self.panels.len() > 1 && !self.unlettered {
            canvas.text((left, top - up), &letter(index), 1.15 * TEXT, Anchor::Start, BLACK);
            from += 8.0 + text_width(&letter(index), 1.15 * TEXT);
        }
        canvas.text((from, top - up), &panel.heading, SMALL, Anchor::Start, BLACK);
        let (verdict, warns) = &panel.verdict;
        canvas.text((left, top - 9.0), verdict, 0.87 * SMALL, Anchor::Start, if *warns { WARNING } else { GUIDE });
    }

    fn draw_panel(&self, canvas: &mut Canvas, plot: &Plot<'_>, index: usize, table: &mut crate::table::Table) {
        let panel = plot.panel;
        let own = self.own_looks();
        let shows = |strip: bool| self.shows(panel, strip);
        let id = if self.panels.len() == 1 { "plot".to_owned() } else { format!("panel{index}") };
        plot.open(canvas, &id, &shows(false));
        canvas.close();
        if panel.frame == Frame::Axes {
            plot.axes(canvas);
        }
        self.headings(canvas, plot, index);
        plot.beside(canvas);

        let strip = strip(plot);
        let place = |target: &Plot<'_>, strip: bool| {
            let all = panel.series().filter(|series| series.strip == strip).map(|series| {
                let (look, number) = self.look(series, &own);
                (series, look, number)
            });
            placed(target, all, own.len())
        };
        let drawn: Vec<(Drawn<'_>, &Plot<'_>)> = place(plot, false)
            .into_iter()
            .map(|d| (d, plot))
            .chain(strip.iter().flat_map(|strip| place(strip, true).into_iter().map(move |d| (d, strip))))
            .collect();
        if let Some(strip) = &strip {
            strip.open(canvas, &format!("strip{index}"), &shows(true));
            canvas.close();
        }
        self.draw_layers(canvas, plot, &drawn, table);
    }

    fn draw_layers(
        &self,
        canvas: &mut Canvas,
        plot: &Plot<'_>,
        drawn: &[(Drawn<'_>, &Plot<'_>)],
        table: &mut crate::table::Table,
    ) {
        let panel = plot.panel;
        let maps = |d: &&(Drawn<'_>, &Plot<'_>)| matches!(d.0.series.draw, Draw::Cells(_));
        drawn.iter().filter(maps).for_each(|(d, at)| d.marks(canvas, at));
        for layer in &panel.layers {
            match layer {
                Layer::Rule(rule) => layers::rule(canvas, plot, rule, &rule_stroke(rule)),
                Layer::Images(images) => images.draw(canvas, plot),
                _ => {}
            }
        }
        let reference = |d: &Drawn<'_>| d.series.look == Look::Reference;
        let mut through: Vec<(*const Series, Vec<usize>)> = Vec::new();
        for wanted in [true, false] {
            for (d, at) in drawn.iter().filter(|(d, _)| reference(d) == wanted) {
                through.push((std::ptr::from_ref(d.series), d.line(canvas, at)));
            }
        }
        for layer in &panel.layers {
            if let Layer::Slopes(asked) = layer {
                slopes::draw(canvas, plot, &slopes::guides(panel, asked));
            }
        }
        drawn.iter().filter(|d| !maps(d)).for_each(|(d, at)| d.marks(canvas, at));
        let pictures =
            panel.layers.iter().any(|layer| matches!(layer, Layer::Images(images) if !images.images.is_empty()));
        let anything = drawn.iter().any(|(d, _)| d.places.iter().flatten().any(|at| plot.holds(*at)));
        if !pictures && !anything {
            plot.nothing(canvas);
        }
        if let Some(colors) = bar(panel) {
            colors.draw_bar(canvas, Rect { bottom: plot.area.bottom.min(plot.area.top + 360.0), ..plot.area });
        }
        self.foot(canvas, plot);
        rows::write(table, self, panel, (&plot.x, &plot.y), &|index| {
            let Layer::Series(series) = &panel.layers[index] else { return None };
            through.iter().find(|(known, _)| std::ptr::eq(*known, series)).map(|(_, kept)| kept.clone())
        });
    }

    /// What stands below a panel without axes.
    fn foot(&self, canvas: &mut Canvas, plot: &Plot<'_>) {
        let Rect { left, right, bottom, .. } = plot.area;
        match plot.panel.frame {
            Frame::Axes => {}
            Frame::Bare if plot.panel.layers.iter().any(|layer| matches!(layer, Layer::Images(_))) => {}
            Frame::Bare => outline(canvas, plot.area),
            Frame::ScaleBar(length) => {
                let y = bottom + TO_STRIP + STRIP + 5.0;
                let bar = plot.area.width() * length / plot.x.length();
                canvas.path(&[(right - bar, y), (right, y)], &Stroke::solid(BLACK, 1.6));
                canvas.text((left, y + 9.0), &plot.panel.foot, 0.82 * SMALL, Anchor::Start, GUIDE);
            }
        }
    }

    /// What of the CSV a plot shows.
    fn shows<'a>(&'a self, panel: &'a Panel, strip: bool) -> Shown<'a> {
        let name =
            |wanted: Field| self.columns.iter().find(|(_, field)| *field == wanted).map(|(name, _)| name.as_str());
        let mut shown = Shown { columns: [Field::X, Field::Y].map(|f| name(f).unwrap_or_default()), rows: Vec::new() };
        // The values of a map of names stand in columns of their own.
        let named = [&panel.x, &panel.y].map(Axis::has_single_names);
        for (k, column) in [1, 0].into_iter().enumerate().filter(|(k, _)| named[*k]) {
            let of = if named[0] { Field::At(column) } else { Field::Series };
            shown.columns[k] = name(of).unwrap_or_default();
        }
        if let Some(column) = name(Field::Panel).filter(|_| self.panels.len() > 1) {
            shown.rows.push((column, vec![panel.name()]));
        }
        if let Some(column) = name(Field::Series).filter(|_| panel.series().any(|series| series.strip)) {
            shown.rows.push((column, panel.series().filter(|s| s.strip == strip).map(|s| s.name.as_str()).collect()));
        }
        shown
    }
}

fn xs(panel: &Panel) -> Vec<f64> {
    panel.series().flat_map(|series| series.points.iter().map(|p| p.x)).collect()
}

fn ys(panel: &Panel) -> Vec<f64> {
    let points = panel.series().filter(|series| !series.strip).flat_map(|series| &series.points);
    points.flat_map(|p| [p.y].into_iter().chain(p.interval.into_iter().flat_map(|(lo, hi)| [lo, hi]))).collect()
}

/// How lines across a panel look: those of the reference are thin, as there are many.
fn rule_stroke(rule: &Rule) -> Stroke {
    if rule.look == Look::Reference { Stroke::dashed(TRUTH, 0.6, DASHED) } else { look(rule.look, 0).0 }
}

/// The scale that a panel needs a bar for.
fn bar(panel: &Panel) -> Option<&Colors> {
    let colors = panel.layers.iter().find_map(|layer| match layer {
        Layer::Images(images) => Some(&images.colors),
        Layer::Series(Series { draw: Draw::Cells(colors), .. }) => Some(colors),
        _ => None,
    });
    colors.filter(|colors| colors.bar)
}

/// The plot below a panel that has series in a strip.
fn strip<'a>(plot: &Plot<'a>) -> Option<Plot<'a>> {
    let series = plot.panel.series().filter(|series| series.strip);
    let values: Vec<f64> = series.flat_map(|series| series.points.iter().map(|p| p.y)).collect();
    (!values.is_empty()).then(|| {
        let top = plot.area.bottom + TO_STRIP;
        let area = Rect { top, bottom: top + STRIP, ..plot.area };
        let y = Axis::linear("").with_room(0.02).fit(values);
        Plot { panel: plot.panel, area, x: plot.x.clone(), y, labelled: false, described: false }
    })
}

/// What the legend shows of a series.
fn samples(series: &Series, stroke: Stroke, marker: Marker) -> Vec<(String, Sample)> {
    let label = series.label().to_owned();
    match &series.draw {
        Draw::Line => vec![(label, Sample::Line { stroke, marker: None })],
        Draw::Marked | Draw::Sparse if stroke.color == TRUTH => vec![(label, Sample::Line { stroke, marker: None })],
        Draw::Marked | Draw::Sparse => vec![(label, Sample::Line { stroke, marker: Some((marker, false)) })],
        Draw::Markers | Draw::Dots => {
            let marker = if series.draw == Draw::Dots { DOT } else { marker };
            let hollow = series.points.first().is_some_and(|p| p.hollow);
            vec![(label, Sample::Marker { marker, color: stroke.color, hollow })]
        }
        Draw::Cells(Colors { ramp: Ramp::Named(names), .. }) => {
            let colors =
                |k: usize| if let Draw::Cells(colors) = &series.draw { colors.of(k * (SHADES - 1) / 2) } else { BLACK };
            names.iter().enumerate().map(|(k, name)| ((*name).to_owned(), Sample::Color(colors(k)))).collect()
        }
        Draw::Strokes | Draw::Cells(_) => Vec::new(),
    }
}

/// a, b, c, ..., z, aa, ab, ...
fn letter(index: usize) -> String {
    let last = char::from(b'a' + (index % 26) as u8);
    if index < 26 { last.to_string() } else { letter(index / 26 - 1) + &last.to_string() }
}

/// A text in lines as wide as the page.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is one");
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || text_width(&longer, SMALL) <= PAGE {
            *line = longer;
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
