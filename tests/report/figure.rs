//! Figures: whole, legible, deterministic, the same numbers beside them, and nothing in the way of data.

mod recognition;
mod sheet;

use resvg::usvg::roxmltree;
use sheet::{boxes, no_text_overlaps, overlap, texts};
use spikestep::report::figure::{
    Convergence, ConvergencePoint, Curve, Equilibrium, ErrorVsDt, Figure, MissedPoint, MissedSeries, MissedSpikes,
    PhasePlane, Raster, RasterRow, SpikeErrorSeries, SpikeErrors, Trace, Traces, WorkPoint, WorkPrecision, WorkSeries,
    error_vs_dt, missed_spikes, phase_plane, raster, spike_errors, traces, work_precision,
};

/// Rows of (t, v, u) and spike times of the regular-spiking neuron under input 10, by Euler.
fn euler(dt: f64) -> (Vec<f64>, Vec<f64>, Vec<f64>, Vec<f64>) {
    let (mut v, mut u) = (-65.0, -13.0);
    let (mut ts, mut vs, mut us, mut spikes) = (vec![0.0], vec![v], vec![u], Vec::new());
    for n in 1..=(500.0 / dt) as u32 {
        let t = f64::from(n) * dt;
        (v, u) = (v + dt * (0.04 * v * v + 5.0 * v + 150.0 - u), u + dt * 0.02 * (0.2 * v - u));
        if v >= 30.0 {
            (v, u) = (-65.0, u + 8.0);
            spikes.push(t);
        }
        ts.push(t);
        vs.push(v);
        us.push(u);
    }
    (ts, vs, us, spikes)
}

fn label(i: usize) -> String {
    format!("scheme {i} <\"&'> of a long name")
}

/// One of each, with `n` schemes: the error falls by 100 per scheme, one error is zero, one is missing, one run lost spikes.
fn figures(n: usize) -> Vec<Figure> {
    let (t, v, u, spikes) = euler(0.02);
    let coarse = euler(0.5);
    let dts = [1.0, 0.5, 0.1, 0.02];
    let error = |i: usize, dt: f64| if i == 1 && dt < 0.05 { 0.0 } else { 20.0 * dt * 100f64.powi(-(i as i32 % 6)) };
    let lost = |i: usize, dt: f64| i == 0 && dt == 1.0;
    let sign = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
    let point = |i: usize, dt: f64| ConvergencePoint { dt, error: error(i, dt), lost: lost(i, dt) };
    let work = |i: usize, dt: f64| WorkPoint {
        setting: format!("dt {dt} ms"),
        cost: (3 + i) as f64 / dt,
        error: if i == 2 { f64::NAN } else { error(i, dt) },
        lost: lost(i, dt),
    };
    let missed =
        |i: usize, dt: f64| MissedPoint { dt, missed: (i as f64 * dt) as usize, extra: usize::from(lost(i, dt)) };
    let each = || 0..n;
    let truth = RasterRow { label: "truth".into(), times: spikes.clone() };
    let rows = each().map(|i| RasterRow { label: label(i), times: coarse.3.clone() }).collect();
    let errors = |i: usize| -> Vec<f64> {
        (0..30).map(|k| if k == 7 { f64::NAN } else { sign(i) * error(i, 0.1) * f64::from(k + 1) }).collect()
    };
    let parabola = |v: &f64| 0.04 * v * v + 5.0 * v + 150.0;
    let grid: Vec<f64> = (-100..50).map(f64::from).collect();
    let drawn = [
        traces(&Traces {
            truth: Trace { label: "truth".into(), t, v: v.clone() },
            schemes: each().map(|i| Trace { label: label(i), t: coarse.0.clone(), v: coarse.1.clone() }).collect(),
            zoom: (400.0, 500.0),
            peak: 30.0,
        }),
        raster(&Raster { duration: 500.0, truth, schemes: rows }),
        spike_errors(&SpikeErrors {
            series: each()
                .map(|i| SpikeErrorSeries { label: label(i), located: i % 3 == 0, errors: errors(i) })
                .collect(),
        }),
        error_vs_dt(&ErrorVsDt {
            schemes: each()
                .map(|i| Convergence { label: label(i), order: Some(1.0), points: dts.map(|dt| point(i, dt)).to_vec() })
                .collect(),
        }),
        work_precision(&WorkPrecision {
            schemes: each()
                .map(|i| WorkSeries { label: label(i), points: dts.map(|dt| work(i, dt)).to_vec() })
                .collect(),
        }),
        missed_spikes(&MissedSpikes {
            schemes: each()
                .map(|i| MissedSeries { label: label(i), points: dts.map(|dt| missed(i, dt)).to_vec() })
                .collect(),
        }),
        phase_plane(&PhasePlane {
            v_nullcline: Curve { label: "v' = 0".into(), v: grid.clone(), u: grid.iter().map(parabola).collect() },
            u_nullcline: Curve { label: "u' = 0".into(), v: grid.clone(), u: grid.iter().map(|v| 0.2 * v).collect() },
            equilibria: vec![Equilibrium { v: -60.0, u: -12.0, stable: false }],
            truth: Curve { label: "truth".into(), v, u },
            scheme: Curve { label: label(0), v: coarse.1.clone(), u: coarse.2.clone() },
            reset: -65.0,
            peak: 30.0,
        }),
    ];
    drawn.into_iter().map(|f| f.expect("drawn")).collect()
}

/// Figures of no data at all.
fn blank() -> Vec<Figure> {
    let drawn = [
        traces(&Traces::default()),
        raster(&Raster::default()),
        spike_errors(&SpikeErrors::default()),
        error_vs_dt(&ErrorVsDt::default()),
        work_precision(&WorkPrecision::default()),
        missed_spikes(&MissedSpikes::default()),
        phase_plane(&PhasePlane::default()),
    ];
    drawn.into_iter().map(|f| f.expect("drawn")).collect()
}

#[test]
fn every_axis_says_what_it_shows_and_in_which_unit() {
    let units: [(&str, &[&str]); 7] = [
        ("traces", &["time t [ms]", "membrane potential v [mV]"]),
        ("raster", &["time t [ms]"]),
        ("spike_errors", &["spike number", "spike-time error [ms] (positive: late)"]),
        ("error_vs_dt", &["time step dt [ms]", "largest spike-time error [ms]"]),
        ("work_precision", &["cost [ns per simulated ms]", "largest spike-time error [ms]"]),
        ("missed_spikes", &["time step dt [ms]", "spikes missed [count]", "spikes extra [count]"]),
        ("phase_plane", &["membrane potential v [mV]", "recovery variable u [mV/ms]"]),
    ];
    for (figure, (name, descriptions)) in figures(3).iter().zip(units) {
        assert_eq!(figure.name, name);
        let (texts, ..) = texts(&figure.svg);
        for description in descriptions {
            assert!(texts.iter().any(|(text, _)| text == description), "{name}: {description}");
        }
    }
}

#[test]
fn svg_is_well_formed_and_holds_only_numbers() {
    for figure in figures(5).iter().chain(&figures(40)).chain(&blank()) {
        let document = roxmltree::Document::parse(&figure.svg).expect("well-formed");
        for node in document.descendants() {
            for attribute in
                node.attributes().filter(|a| ["points", "d", "x", "y", "x1", "data-box"].contains(&a.name()))
            {
                let value = attribute.value();
                assert!(!value.contains("NaN") && !value.contains("inf"), "{}: {value}", figure.name);
            }
        }
        assert!(figure.svg.len() < 300_000, "{} has {} bytes", figure.name, figure.svg.len());
    }
}

#[test]
fn legend_and_plots_keep_apart_and_on_the_sheet() {
    for n in [1, 12, 40] {
        for figure in figures(n) {
            let (_, width, height) = texts(&figure.svg);
            let boxes = boxes(&figure.svg);
            assert!(figure.name == "raster" || boxes.iter().any(|(id, _)| id == "legend"), "{}", figure.name);
            for (i, (id, a)) in boxes.iter().enumerate() {
                assert!(a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= width && a[3] <= height, "{} {id}: {a:?}", figure.name);
                assert!(a[2] > a[0] + 250.0 || id == "legend", "{} {id}: no room for data: {a:?}", figure.name);
                for (other, b) in &boxes[i + 1..] {
                    assert!(!overlap(*a, *b), "{}: {id} over {other}", figure.name);
                }
            }
        }
    }
}

#[test]
fn no_text_overlaps_another_or_leaves_the_sheet() {
    for figure in figures(4).iter().chain(&figures(40)).chain(&blank()) {
        assert!(texts(&figure.svg).0.len() > 4, "{}", figure.name);
        no_text_overlaps(figure);
    }
}

#[test]
fn same_numbers_give_the_same_bytes_in_every_format() {
    for (a, b) in figures(3).into_iter().zip(figures(3)) {
        assert_eq!(a, b);
        let (png, pdf) = (a.png().expect("a PNG"), a.pdf().expect("a PDF"));
        assert!(png == b.png().expect("a PNG") && pdf == b.pdf().expect("a PDF"), "{}", a.name);
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 20_000, "{}: {} bytes", a.name, png.len());
        // 720 px of 1/96 inch are 7.5 inches: 2,250 dots at 300 dpi, which the header states as a big-endian integer.
        assert_eq!(png[16..20], 2250u32.to_be_bytes());
        assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 5_000, "{}: {} bytes", a.name, pdf.len());
        let has = |what: &[u8]| pdf.windows(what.len()).any(|w| w == what);
        assert!(has(b"LiberationSans") && !has(b"CreationDate") && !has(b"ModDate"), "{}", a.name);
    }
}

#[test]
fn nothing_to_show_is_a_figure_that_says_so() {
    for figure in blank() {
        assert!(figure.png().expect("a PNG").starts_with(b"\x89PNG"), "{}", figure.name);
        assert_eq!(
            figure.csv.lines().filter(|l| !l.starts_with("limit")).count(),
            1,
            "{}: {}",
            figure.name,
            figure.csv
        );
    }
}

#[test]
fn csv_holds_what_is_shown_and_no_more() {
    let all = figures(3);
    let csv = |name: &str| &all.iter().find(|f| f.name == name).expect("drawn").csv;
    for figure in &all {
        let mut reader = csv::Reader::from_reader(figure.csv.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("equal fields")).collect();
        assert!(!records.is_empty() && !figure.csv.contains("NaN"), "{}", figure.name);
    }
    // Three schemes of 30 spikes of which one is missing; four steps each; the NaN of scheme 2 is not shown.
    assert_eq!(csv("spike_errors").lines().count(), 1 + 3 * 29);
    assert_eq!(csv("error_vs_dt").lines().count(), 1 + 3 * 4);
    assert_eq!(csv("work_precision").lines().count(), 1 + 2 * 4);
    assert_eq!(csv("raster").lines().count(), 1 + euler(0.02).3.len() + 3 * euler(0.5).3.len());
    assert!(csv("error_vs_dt").contains(",0.02,0,false"), "the zero is shown");
    // A run of 100 steps is drawn with a mark for each.
    let short: (Vec<f64>, Vec<f64>) = (0..=100).map(|i| (f64::from(i) - 80.0, -10.0)).unzip();
    let scheme = Curve { label: "rk4".into(), v: short.0, u: short.1 };
    let plane = phase_plane(&PhasePlane { scheme, reset: -65.0, peak: 30.0, ..PhasePlane::default() }).expect("drawn");
    assert_eq!(plane.csv.matches("trajectory,rk4,").count(), 101);
    let (t, v, ..) = euler(0.02);
    let mut shown = 0;
    for record in csv::Reader::from_reader(csv("traces").as_bytes()).records() {
        let record = record.expect("equal fields");
        if record[1] == *"truth" {
            shown += 1;
            let at: f64 = record[2].parse().expect("a time");
            let i = t.iter().position(|t| *t == at).expect("a time of the data");
            assert_eq!(record[3].parse::<f64>().expect("a potential"), v[i]);
        }
    }
    assert!(shown > 100 && shown < t.len() / 10, "{shown} of {} points", t.len());
}

#[test]
fn a_spike_between_two_missed_ones_is_marked() {
    let drawn = |errors: Vec<f64>| {
        let series = vec![SpikeErrorSeries { label: "euler".into(), located: false, errors }];
        spike_errors(&SpikeErrors { series }).expect("drawn").svg.matches("<polygon").count()
    };
    let mut errors = vec![1.0; 30];
    let before = drawn(errors.clone());
    // Markers stand on spikes 1, 5, 9, ... of 30: spike 7 has none until its neighbours are missing.
    (errors[5], errors[7]) = (f64::NAN, f64::NAN);
    assert_eq!(drawn(errors), before + 1);
}

#[test]
fn hollow_floor_and_gap_are_drawn_as_the_legend_says() {
    let figure = |points: Vec<ConvergencePoint>| {
        error_vs_dt(&ErrorVsDt { schemes: vec![Convergence { label: "rk4".into(), order: None, points }] })
            .expect("drawn")
    };
    let point = |dt, error, lost| ConvergencePoint { dt, error, lost };
    let plain = figure(vec![point(0.1, 1e-3, false), point(1.0, 1.0, false)]);
    let lossy = figure(vec![point(0.1, 1e-3, false), point(1.0, 1.0, true)]);
    let zero = figure(vec![point(0.1, 0.0, false), point(1.0, 1.0, false), point(0.5, 0.1, false)]);
    let says = |f: &Figure, what: &str| texts(&f.svg).0.iter().any(|(text, _)| text.starts_with(what));
    assert!(!says(&plain, "hollow") && says(&lossy, "hollow"));
    assert!(!says(&plain, "arrow") && says(&zero, "arrow"));
    // One point has no slope to compare with a guide's.
    assert!(says(&plain, "slopes") && !says(&figure(vec![point(0.1, 1e-3, false)]), "slopes"));
    // All of it zero: still a figure.
    let zeros = figure(vec![point(0.1, 0.0, false), point(1.0, 0.0, false)]);
    assert!(says(&zeros, "arrow") && zeros.csv.lines().count() == 3);
}
