//! A quantity of a study against another, both logarithmic, one line for each value of a third.

use chart::{Axis, Chart, Draw, Field, Layer, Panel, Point, Series};

/// What [`study_lines`] shows.
#[derive(Clone, Debug, Default)]
pub struct StudyLines {
    /// Name of the figure's files.
    pub name: String,
    /// What stands on the horizontal axis, with its unit.
    pub x: String,
    /// What stands on the vertical axis, with its unit.
    pub y: String,
    /// What a line is: the name of its column.
    pub series: String,
    /// Slopes to draw guides for.
    pub slopes: Vec<f64>,
    /// The lines.
    pub lines: Vec<StudyLine>,
}

/// A line.
#[derive(Clone, Debug, Default)]
pub struct StudyLine {
    /// Its name.
    pub label: String,
    /// Its points, in any order.
    pub points: Vec<StudyPoint>,
}

/// The cells that fall on one point.
#[derive(Clone, Copy, Debug)]
pub struct StudyPoint {
    /// Where.
    pub x: f64,
    /// Median over the cells.
    pub y: f64,
    /// How many they are.
    pub cells: usize,
    /// How many of them lost or added spikes, or diverged: where there are such the point is hollow.
    pub lost: usize,
}

/// The lines against each other; points that a logarithmic axis has no place for are left out.
pub fn study_lines(data: &StudyLines) -> Chart {
    let line = |line: &StudyLine| {
        let counted = |p: &StudyPoint| Point {
            hollow: p.lost > 0,
            texts: vec![p.cells.to_string(), p.lost.to_string()],
            ..(p.x, p.y).into()
        };
        Series { draw: Draw::Marked, ..Series::line(&line.label, line.points.iter().map(counted)) }
    };
    let several = data.lines.iter().flat_map(|line| &line.points).any(|p| p.cells > 1);
    let of = if several { "median of " } else { "" };
    let (x, y) = (spelled(&data.x), format!("{of}{}", spelled(&data.y)));
    let slopes = (!data.slopes.is_empty()).then(|| Layer::Slopes(data.slopes.clone()));
    Chart {
        name: data.name.clone(),
        title: format!("{y} against {x}"),
        columns: vec![
            (data.series.clone(), Field::Series),
            (data.x.clone(), Field::X),
            (data.y.clone(), Field::Y),
            ("cells".to_owned(), Field::At(0)),
            ("cells_with_lost_spikes".to_owned(), Field::At(1)),
        ],
        hollow: super::HOLLOW.into(),
        panels: vec![Panel {
            x: Axis::log(x),
            y: Axis::log(y),
            layers: data.lines.iter().map(line).map(Into::into).chain(slopes).collect(),
            ..Panel::default()
        }],
        ..Chart::default()
    }
}

/// A column's name as an axis says it: "max_spike_time_error_ms" is "max spike time error [ms]".
fn spelled(column: &str) -> String {
    let unit = |unit: &str| {
        let rest = column.strip_suffix(unit)?.strip_suffix('_')?;
        Some(format!("{} [{unit}]", rest.replace('_', " ")))
    };
    match column {
        "flops_per_ms" => "flops per simulated ms".to_owned(),
        "rhs_evaluations_per_ms" => "evaluations of the right-hand side per simulated ms".to_owned(),
        "max_spike_time_error_ms" => "largest spike-time error [ms]".to_owned(),
        "rms_spike_time_error_ms" => "RMS spike-time error [ms]".to_owned(),
        "victor_purpura" => "Victor-Purpura distance".to_owned(),
        "van_rossum" => "van Rossum distance".to_owned(),
        "drift_ms_per_spike" => "drift [ms per spike]".to_owned(),
        "dt_ms" => "time step dt [ms]".to_owned(),
        _ => unit("ms").or_else(|| unit("mV")).unwrap_or_else(|| column.replace('_', " ")),
    }
}
