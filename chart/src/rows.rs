//! The CSV of a chart: the values that it shows, a row each.

use crate::axis::Fitted;
use crate::chart::{Chart, Draw, Field, Image, Layer, Panel, Point, Series};
use crate::table::{Table, number};

/// Writes the rows of a panel. `drawn` gives the indices of the points that the line of a layer was drawn through.
pub(crate) fn write(
    table: &mut Table,
    chart: &Chart,
    panel: &Panel,
    (x, y): (&Fitted, &Fitted),
    drawn: &dyn Fn(usize) -> Option<Vec<usize>>,
) {
    let fields: Vec<Field> = chart.columns.iter().map(|(_, field)| field.clone()).collect();
    for (index, layer) in panel.layers.iter().enumerate() {
        match layer {
            Layer::Series(series) => {
                let fields = series.fields.as_ref().unwrap_or(&fields);
                let kept = drawn(index).filter(|_| series.thinned);
                let all = || (0..series.points.len()).collect();
                for point in kept.unwrap_or_else(all).into_iter().map(|i| &series.points[i]) {
                    let (fx, fy) = (x.fraction(point.x), y.fraction(point.y));
                    let outside = series.draw == Draw::Strokes && !(0.0..=1.0).contains(&fx);
                    let placed = fx.is_finite() && (fy.is_finite() || series.strip);
                    if placed && !outside && !fields.is_empty() {
                        table.row(fields.iter().map(|field| text(field, panel, series, point)));
                    }
                }
            }
            Layer::Rule(rule) => rule.rows.iter().for_each(|row| table.row(row.iter().cloned())),
            Layer::Images(images) => images.images.iter().for_each(|image| pixels(table, &fields, panel, image)),
            Layer::Slopes(_) => {}
        }
    }
}

/// A row a pixel.
fn pixels(table: &mut Table, fields: &[Field], panel: &Panel, image: &Image) {
    let series = Series { name: image.label.clone(), ..Series::default() };
    for (pixel, value) in image.pixels.iter().enumerate() {
        let point = Point { value: *value, ..(pixel as f64, image.number as f64).into() };
        let fields = image.fields.as_deref().unwrap_or(fields);
        table.row(fields.iter().map(|field| text(field, panel, &series, &point)));
    }
}

fn text(field: &Field, panel: &Panel, series: &Series, point: &Point) -> String {
    let finite = |x: f64| if x.is_finite() { number(x) } else { String::new() };
    match field {
        Field::Panel => panel.name().to_owned(),
        Field::Series => series.name.clone(),
        Field::X => number(point.x),
        Field::Y => number(point.y),
        Field::Low => point.interval.map_or_else(String::new, |(low, _)| finite(low)),
        Field::High => point.interval.map_or_else(String::new, |(_, high)| finite(high)),
        Field::Hollow => point.hollow.to_string(),
        Field::Value => finite(point.value),
        Field::Of(k) => series.texts.get(*k).cloned().unwrap_or_default(),
        Field::At(k) => point.texts.get(*k).cloned().unwrap_or_default(),
        Field::Text(text) => (*text).to_owned(),
    }
}

/// The table of a chart with its header.
pub(crate) fn table(chart: &Chart) -> Table {
    Table::new(&chart.name, &chart.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
}
