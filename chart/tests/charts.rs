//! Charts of every kind: whole, legible, deterministic, the same numbers beside them, and nothing in the way of data.

#[path = "../../tests/report/figure/sheet.rs"]
mod sheet;

use chart::{
    Axis, Chart, Colors, Draw, FONT, Field, Figure, Frame, Image, Images, Layer, LegendPlace, Look, Panel, Point, Ramp,
    Rule, Series, columns,
};
use resvg::usvg::roxmltree;
use sheet::{boxes, no_text_overlaps, overlap, texts};

fn name(i: usize) -> String {
    format!("series {i} <\"&'> of a long name")
}

fn one(title: &str, panel: Panel) -> Chart {
    let fields = [("panel", Field::Panel), ("series", Field::Series), ("x", Field::X), ("y", Field::Y)];
    let (name, title, columns) = (title.to_owned(), title.to_owned(), columns(fields));
    Chart { name, title, columns, panels: vec![panel], ..Chart::default() }
}

/// Errors that fall by 100 a series; one is zero, one is missing, one point is hollow.
fn convergence(n: usize) -> Chart {
    let line = |i: usize| {
        let error = |dt: f64| match (i, dt < 0.05) {
            (1, true) => 0.0,
            (2, true) => f64::NAN,
            _ => 20.0 * dt * 100f64.powi(-(i as i32 % 6)),
        };
        let point = |dt: f64| Point { hollow: i == 0 && dt == 1.0, ..(dt, error(dt)).into() };
        Layer::from(Series { draw: Draw::Marked, ..Series::line(name(i), [0.02, 0.1, 0.5, 1.0].map(point)) })
    };
    let layers = (0..n).map(line).chain([Layer::Slopes(vec![1.0, 2.0])]).collect();
    let panel = Panel { x: Axis::log("dt [ms]"), y: Axis::log("error [ms]"), layers, ..Panel::default() };
    Chart { hollow: "spikes missed or extra".into(), ..one("convergence", panel) }
}

/// Waves of 20,000 points over a reference, in panels with one axis.
fn waves(n: usize) -> Chart {
    let wave = |i: usize| (0..20_000).map(|k| f64::from(k) * 0.01).map(move |t| (t, (t + i as f64).sin() * 40.0));
    let panel = |heading: &str| {
        let reference = Series { look: Look::Reference, thinned: true, ..Series::line("reference", wave(0)) };
        let lines = (0..n).map(|i| Series { thinned: true, ..Series::line(name(i), wave(i)) });
        let layers = std::iter::once(reference).chain(lines).map(Into::into).collect();
        let (x, y) = (Axis::linear("t [ms]"), Axis::linear("v [mV]"));
        Panel { heading: heading.to_owned(), x, y, layers, ..Panel::default() }
    };
    let panels = ["upper", "lower"].map(panel).to_vec();
    Chart { shared: (true, true), panels, ..one("waves", Panel::default()) }
}

/// Strokes in rows, with counts beside them.
fn raster(n: usize) -> Chart {
    let strokes = |i: usize| {
        let times = (0..10).map(move |k| (f64::from(k) * 10.0 + i as f64, i as f64));
        Layer::from(Series { look: Look::Black, draw: Draw::Strokes, ..Series::line(name(i), times) })
    };
    let panel = Panel {
        x: Axis::linear("t [ms]").between(0.0, 95.0),
        y: Axis::names("", (0..n).map(name)),
        height: 14.0 * n as f64,
        beside: ("spikes".to_owned(), vec!["10".to_owned(); n]),
        layers: (0..n).map(strokes).collect(),
        ..Panel::default()
    };
    one("raster", panel)
}

/// A table of counts, as a map of names against names.
fn counts(n: usize) -> Chart {
    let cell = |i: usize, j: usize| Point {
        value: (i * j) as f64,
        label: (i * j).to_string(),
        texts: vec![name(j), i.to_string()],
        ..(i as f64, j as f64).into()
    };
    let colors = Colors { ends: (0.0, 4.0 * n.max(1) as f64), ramp: Ramp::Blue, ..Colors::default() };
    let points = (0..n).flat_map(|j| (0..4).map(move |i| cell(i, j))).collect();
    let panel = Panel {
        x: Axis::names("dt [ms]", (0..4).map(|i| i.to_string())),
        y: Axis::names("", (0..n).map(name)),
        height: 18.0 * n.max(2) as f64,
        layers: vec![Series { draw: Draw::Cells(colors), points, ..Series::default() }.into()],
        ..Panel::default()
    };
    let fields = columns([("row", Field::At(0)), ("column", Field::At(1)), ("value", Field::Value)]);
    Chart { columns: fields, ..one("counts", panel) }
}

/// A map of numbers with its bar and zero line, and pictures.
fn maps(n: usize) -> Chart {
    let at = (0..20).flat_map(|i| (0..20).map(move |j| (f64::from(i), f64::from(j))));
    let points = at.map(|(x, y)| Point { value: x - y, ..(x, y).into() }).collect();
    let ends = (-20.0, 20.0);
    let description = "w [mV]".to_owned();
    let colors = Colors { description, ends, ramp: Ramp::Cividis, bar: true, zero_line: true };
    let map = Series { draw: Draw::Cells(colors.clone()), points, ..Series::default() };
    let pixels: Vec<f64> = (0..64).map(|k| f64::from(k) - 32.0).collect();
    let picture = |number: usize| Image { label: name(number), number, pixels: pixels.clone(), fields: None };
    let images = Images { width: 8, images: (0..n).map(picture).collect(), colors };
    let (x, y, layers) = (Axis::linear("x"), Axis::linear("y"), vec![map.into()]);
    let panels = vec![
        Panel { heading: "map".into(), x, y, height: 200.0, layers, ..Panel::default() },
        Panel { name: "pictures".into(), frame: Frame::Bare, layers: vec![Layer::Images(images)], ..Panel::default() },
    ];
    Chart { panels, ..one("maps", Panel::default()) }
}

/// Small panels without axes: a line over a strip, a verdict, and a legend below.
fn small(n: usize) -> Chart {
    let panel = |i: usize| {
        let line = Series::line("run", (0..50).map(|k| (f64::from(k), f64::from(k % 10))));
        let input = Series::line("input", [(0.0, 0.0), (20.0, 5.0), (49.0, 5.0)]);
        Panel {
            name: i.to_string(),
            heading: format!("{i}  pattern"),
            verdict: ("of the step".to_owned(), i % 2 == 0),
            foot: "spikes 3 / 4".to_owned(),
            x: Axis::linear("").between(0.0, 49.0),
            y: Axis::linear("").between(0.0, 10.0),
            height: 88.0,
            frame: Frame::ScaleBar(20.0),
            layers: vec![line.into(), Series { strip: true, look: Look::Grey(1), ..input }.into()],
            ..Panel::default()
        }
    };
    let panels = (0..n).map(panel).collect();
    Chart { per_row: 4, panels, legend: LegendPlace::Below, unlettered: true, ..one("small", Panel::default()) }
}

/// Signed values with intervals, rules across, groups in the legend, a caption.
fn levels(n: usize) -> Chart {
    let line = |i: usize| {
        let point =
            |k: i32| Point { interval: Some((-1.0, f64::from(k))), ..(f64::from(k), 0.3 * f64::from(k)).into() };
        let group = if i.is_multiple_of(2) { "even" } else { "odd" }.to_owned();
        Layer::from(Series { group, draw: Draw::Marked, ..Series::line(name(i), (1..5).map(point)) })
    };
    let rule = Rule { at: vec![0.5], label: "chance".into(), look: Look::Grey(0), ..Rule::default() };
    let panel = |heading: &str| Panel {
        heading: heading.to_owned(),
        x: Axis::counts("n"),
        y: Axis::symlog("error [ms]"),
        layers: (0..n).map(line).chain([rule.clone().into()]).collect(),
        ..Panel::default()
    };
    let panels = ["first", "second", "third"].map(panel).to_vec();
    let notes = vec!["Bars are intervals. ".repeat(12).trim().to_owned()];
    Chart { per_row: 2, shared: (false, true), panels, notes, ..one("levels", Panel::default()) }
}

fn figures(n: usize) -> Vec<Figure> {
    let all = [convergence(n), waves(n.min(5)), raster(n), counts(n), maps(n), small(n), levels(n.min(12))];
    all.iter().map(|chart| chart.draw().expect("drawn")).collect()
}

#[test]
fn drawings_are_well_formed_and_hold_only_numbers() {
    for n in [0, 1, 5, 40] {
        for figure in figures(n) {
            let document = roxmltree::Document::parse(&figure.svg).expect("well-formed");
            for attribute in document.descendants().flat_map(|n| n.attributes()) {
                let value = attribute.value();
                let numbers = ["points", "d", "x", "y", "x1", "data-box", "stroke-width"].contains(&attribute.name());
                assert!(!numbers || !(value.contains("NaN") || value.contains("inf")), "{}: {value}", figure.name);
            }
            assert!(figure.svg.len() < 400_000, "{} has {} bytes", figure.name, figure.svg.len());
        }
    }
}

#[test]
fn no_text_overlaps_another_and_plots_and_legends_keep_apart_on_the_sheet() {
    for n in [0, 1, 4, 12, 40] {
        for figure in figures(n) {
            no_text_overlaps(&figure);
            let (_, width, height) = texts(&figure.svg);
            let boxes = boxes(&figure.svg);
            for (i, (id, a)) in boxes.iter().enumerate() {
                let inside = a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= width && a[3] <= height;
                assert!(inside, "{n} {} {id}: {a:?}", figure.name);
                for (other, b) in &boxes[i + 1..] {
                    assert!(!overlap(*a, *b), "{n} {}: {id} over {other}", figure.name);
                }
            }
        }
    }
}

#[test]
fn the_same_numbers_give_the_same_bytes_in_every_format() {
    for (a, b) in figures(3).into_iter().zip(figures(3)) {
        assert_eq!(a, b);
        let (png, pdf) = (a.png().expect("a PNG"), a.pdf().expect("a PDF"));
        assert!(png == b.png().expect("a PNG") && pdf == b.pdf().expect("a PDF"), "{}", a.name);
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 10_000, "{}: {} bytes", a.name, png.len());
        // 720 px of 1/96 inch are 7.5 inches: 2,250 dots at 300 dpi, which the header states as a big-endian integer.
        assert_eq!(png[16..20], 2250u32.to_be_bytes());
        assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 4_000, "{}: {} bytes", a.name, pdf.len());
        let has = |what: &[u8]| pdf.windows(what.len()).any(|w| w == what);
        assert!(has(b"LiberationSans") && !has(b"CreationDate") && !has(b"ModDate"), "{}", a.name);
    }
}

#[test]
fn nothing_to_show_is_a_figure_that_says_so() {
    for figure in figures(0) {
        assert!(figure.png().expect("a PNG").starts_with(b"\x89PNG"), "{}", figure.name);
    }
    Chart::default().draw().expect("drawn");
    let empty = one("empty", Panel::default()).draw().expect("drawn");
    assert!(texts(&empty.svg).0.iter().any(|(text, _)| text == "no points") && empty.csv.lines().count() == 1);
}

#[test]
fn every_series_is_in_the_csv_and_only_what_has_a_place() {
    let lines = |chart: &Chart| chart.draw().expect("drawn").csv.lines().count();
    // Four points a series; the NaN of series 2 has no place.
    assert_eq!(lines(&convergence(5)), 1 + 5 * 4 - 1);
    // Of ten strokes a row, those beyond 95 ms are not shown.
    assert_eq!(lines(&raster(8)), 1 + 10 * 8 - 2);
    assert_eq!(lines(&counts(3)), 1 + 4 * 3);
    assert_eq!(lines(&maps(2)), 1 + 400 + 2 * 64);
    let csv = waves(2).draw().expect("drawn").csv;
    for series in ["reference", "series 1"] {
        let drawn = csv.lines().filter(|line| line.contains(series)).count();
        assert!((200..8000).contains(&drawn), "{series}: {drawn} of 40,000 points");
    }
    // The extremes of a thinned line stay.
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let values = reader.records().map(|r| r.expect("fields")[3].parse::<f64>().expect("a number"));
    let (low, high) = values.fold((0.0, 0.0), |(lo, hi): (f64, f64), v| (lo.min(v), hi.max(v)));
    assert!(low < -39.999 && high > 39.999, "{low} {high}");
}

#[test]
fn a_hidden_series_is_in_the_csv_alone() {
    let drawn = |look| {
        let b = Series { look, ..Series::line("b", [(0.0, 1.0), (1.0, 900.0)]) };
        let layers = vec![Series::line("a", [(0.0, 0.0), (1.0, 1.0)]).into(), b.into()];
        one("chart", Panel { layers, ..Panel::default() }).draw().expect("drawn")
    };
    let (shown, hidden) = (drawn(Look::Own), drawn(Look::Hidden));
    assert_eq!(shown.csv, hidden.csv);
    let says = |figure: &Figure, what: &str| texts(&figure.svg).0.iter().any(|(text, _)| text == what);
    assert!(says(&shown, "b") && !says(&hidden, "b") && says(&shown, "800") && !says(&hidden, "800"));
}

#[test]
fn lines_on_each_other_are_both_seen() {
    let line = |name: &str, shift: f64| {
        let points = (1..6).map(|k| (f64::from(k), f64::from(k) + shift));
        Layer::from(Series { draw: Draw::Marked, ..Series::line(name, points) })
    };
    let dashes = |shift: f64| {
        let layers = vec![line("a", 0.0), line("b", shift)];
        let svg = one("chart", Panel { layers, ..Panel::default() }).draw().expect("drawn").svg;
        svg.matches("stroke-dashoffset").count()
    };
    assert_eq!((dashes(0.0), dashes(1.0)), (1, 0));
}

#[test]
fn hollow_floor_and_slopes_are_drawn_as_the_legend_says() {
    let figure = |points: Vec<Point>| {
        let line = Series { draw: Draw::Marked, ..Series::line("rk4", points) };
        let layers = vec![line.into(), Layer::Slopes(vec![3.0])];
        let panel = Panel { x: Axis::log("dt"), y: Axis::log("e"), layers, ..Panel::default() };
        Chart { hollow: "lost".into(), ..one("chart", panel) }.draw().expect("drawn")
    };
    let says = |f: &Figure, what: &str| texts(&f.svg).0.iter().any(|(text, _)| text.starts_with(what));
    let plain = figure(vec![(0.1, 1e-3).into(), (1.0, 1.0).into()]);
    let lossy = figure(vec![(0.1, 1e-3).into(), Point { hollow: true, ..(1.0, 1.0).into() }]);
    let zero = figure(vec![(0.1, 0.0).into(), (1.0, 1.0).into(), (0.5, 0.1).into()]);
    assert!(!says(&plain, "hollow") && says(&lossy, "hollow: lost"));
    assert!(!says(&plain, "arrow") && says(&zero, "arrow"));
    // A hollow point measures no slope.
    assert!(says(&plain, "slopes") && !says(&lossy, "slopes"));
    // All of it zero: still a figure.
    let zeros = figure(vec![(0.1, 0.0).into(), (1.0, 0.0).into()]);
    assert!(says(&zeros, "arrow") && zeros.csv.lines().count() == 3);
}

#[test]
fn several_panels_have_letters_and_one_has_none() {
    let letters = |chart: Chart| {
        let figure = chart.draw().expect("drawn");
        texts(&figure.svg).0.iter().filter(|(text, _)| ["a", "b"].contains(&text.as_str())).count()
    };
    assert_eq!((letters(waves(2)), letters(convergence(2)), letters(small(4))), (2, 0, 0));
}

#[test]
fn a_small_chart_is_drawn_as_ever() {
    let chart = Chart { notes: vec!["A caption.".to_owned()], ..convergence(3) };
    insta::assert_snapshot!(chart.draw().expect("drawn").svg);
}
