//! A chart drawn: its panels, their words, and what stands around them.

use crate::axis::Axis;
use crate::bar::outline;
use crate::canvas::{Anchor, Canvas, Rect, Shown, text_width};
use crate::chart::{Chart, Draw, Field, Frame, Layer, LegendPlace, Look, Panel, Point, Series};
use crate::entries::rule_stroke;
use crate::layers::{self, Drawn, placed};
use crate::plot::Plot;
use crate::sheet::{LINE, NOTE, PAGE, STRIP, TO_STRIP, bar};
use crate::style::{BLACK, GUIDE, MARGIN, SMALL, Stroke, TEXT, WARNING, WIDTH};
use crate::{Figure, Result, rows, slopes};

impl Chart {
    /// Draws the chart.
    ///
    /// # Errors
    /// [`Error`](crate::Error) when the drawing library refuses.
    pub fn draw(&self) -> Result<Figure> {
        let fits = self.fits();
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
        // A cell that is left white is nothing to see.
        let seen = |d: &Drawn<'_>, point: &Point| match &d.series.draw {
            Draw::Cells(colors) => colors.shade(point.value).is_some(),
            _ => true,
        };
        let anything = drawn.iter().any(|(d, _)| {
            let placed = d.series.points.iter().zip(&d.places);
            placed.filter(|(point, _)| seen(d, point)).any(|(_, at)| at.is_some_and(|at| plot.holds(at)))
        });
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
