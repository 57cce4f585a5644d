//! Tables of published against measured: that their numbers are measured, and that their verdicts follow from them.

use crate::common::{constant_input, simulate};
use spikestep::experiment::{ExperimentFile, Outputs, Session};
use spikestep::metrics::{SpikeErrors, victor_purpura};
use spikestep::model::CellType;
use spikestep::report::OutputDir;
use spikestep::truth::taylor;
use spikestep::{Neuron, SpikeTrain};

/// Runs an experiment given as text and gives its table, one row a claim, and the text it prints.
fn run(toml: &str) -> spikestep::Result<(Vec<Row>, String)> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("experiment.toml");
    std::fs::write(&file, toml).unwrap();
    let read = ExperimentFile::read(&file)?;
    let mut dir = OutputDir::create(directory.path().join("out"))?;
    let text = read.experiment.run(&mut Outputs::new(&mut dir, &[], Session::default()))?;
    Ok((rows(&std::fs::read_to_string(dir.root().join("claims.csv")).unwrap()), text))
}

fn with_head(toml: &str) -> String {
    format!("title = \"t\"\nquestion = \"q\"\n{toml}where_we_differ = \"because of this\"\n")
}

#[derive(Debug, PartialEq)]
struct Row {
    quantity: String,
    test: String,
    measured: f64,
    verdict: String,
}

fn rows(table: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let row = |record: csv::StringRecord| Row {
        quantity: record[0].to_owned(),
        test: record[3].to_owned(),
        measured: record[4].parse().unwrap(),
        verdict: record[7].to_owned(),
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn find<'r>(rows: &'r [Row], quantity: &str) -> &'r Row {
    rows.iter()
        .find(|row| row.quantity.starts_with(quantity))
        .unwrap_or_else(|| panic!("no row '{quantity}' in {rows:#?}"))
}

/// The verdict, worked out from the test as it is written and the number as it is written.
fn verdict(row: &Row) -> &'static str {
    let number = |text: &str| text.trim().parse::<f64>().unwrap();
    let x = row.measured;
    let holds = if row.test == "-" {
        return "-";
    } else if let Some(value) = row.test.strip_prefix("= ") {
        x == number(value)
    } else if let Some(low) = row.test.strip_prefix("≥ ") {
        x >= number(low)
    } else if let Some(low) = row.test.strip_prefix("> ") {
        x > number(low)
    } else if let Some(high) = row.test.strip_prefix("≤ ") {
        x <= number(high)
    } else if let Some((low, high)) = row.test.split_once(" to ") {
        number(low) <= x && x <= number(high)
    } else {
        let (value, within) = row.test.split_once(" ± ").unwrap();
        (x - number(value)).abs() <= number(within)
    };
    if holds { "holds" } else { "does not hold" }
}

fn verdicts_follow(rows: &[Row]) {
    assert!(rows.len() > 3);
    for row in rows {
        assert_eq!(row.verdict, verdict(row), "{row:?}");
    }
}

const TOUBOUL: &str = "kind = \"touboul_2009\"\n[touboul_2009]\nneurons = [\"CH\"]\ninput = 10.0\nduration = 3000.0\n\
    cutoffs = \"30..1e5:log:3\"\ndts = [0.1]\n";

#[test]
fn touboul_the_growth_of_u_and_the_pattern_are_those_of_the_equations() {
    let (found, text) = run(&with_head(TOUBOUL)).unwrap();
    verdicts_follow(&found);
    assert!(text.contains("because of this"), "{text}");
    let cell = CellType::find("CH").unwrap();
    let u = |cutoff: f64| {
        let problem = constant_input(cell.neuron.with_peak(cutoff), 10.0, 100.0);
        taylor::solve(&problem, taylor::TOLERANCE).u_before_reset[0]
    };
    let (low, high) = ((30.0 * 1e5_f64).sqrt(), 1e5);
    let Neuron { a, b, k1, k2, .. } = cell.neuron;
    let growth = (u(high) - u(low)) / (a * b / k2 * ((k2 * high + k1 / 2.0) / (k2 * low + k1 / 2.0)).ln());
    // The middle cutoff is known to rounding, and the solution at it to 1e-12.
    assert!((find(&found, "CH: growth of u").measured - growth).abs() < 1e-9, "{growth}");
    // Intervals of the true train that are long, between bursts: so many spikes are in each.
    let train = taylor::solve(&constant_input(cell.neuron, 10.0, 3000.0), taylor::TOLERANCE).spikes;
    let intervals: Vec<f64> = train.times().windows(2).map(|w| w[1] - w[0]).skip(40).collect();
    let long: Vec<usize> = (0..intervals.len()).filter(|&k| intervals[k] > 20.0).collect();
    assert!(long.windows(2).all(|w| w[1] - w[0] == long[1] - long[0]));
    assert_eq!(find(&found, "CH: spikes in a period at the lowest").measured, (long[1] - long[0]) as f64);
    assert_eq!(find(&found, "share of cell types whose pattern").verdict, "holds");
    // Between cutoffs too near each other nothing changes, and the table says so.
    let (near, _) = run(&with_head(&TOUBOUL.replace("1e5", "31"))).unwrap();
    assert_eq!(find(&near, "share of cell types whose pattern").verdict, "does not hold");
}

const HOPKINS: &str = "kind = \"hopkins_furber_2015\"\n[hopkins_furber_2015]\nneurons = [\"RS\"]\ninputs = [10.0]\n\
    duration = 1000.0\ndt = 1.0\nfactors = \"1,2\"\n";

#[test]
fn hopkins_and_furber_lags_are_those_of_the_schemes() {
    let (found, _) = run(&with_head(HOPKINS)).unwrap();
    verdicts_follow(&found);
    let problem = constant_input(CellType::find("RS").unwrap().neuron, 10.0, 1000.0);
    let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
    let lag = |scheme: &str, dt: f64| {
        let (run, _) = simulate(scheme, &problem, dt);
        SpikeErrors::between(&run.spikes, &truth).drift.unwrap().per_spike.abs()
    };
    assert_eq!(find(&found, "RK4: mean |lag| per spike on the grid").measured, lag("rk4", 1.0));
    assert_eq!(find(&found, "RK4: the same with spikes located").measured, lag("rk4+located", 1.0));
    assert_eq!(find(&found, "flops of Midpoint over Trapezoid").measured, 28.0 / 32.0);
    // Another step, other lags: nothing is a constant of the table.
    let (finer, _) = run(&with_head(&HOPKINS.replace("dt = 1.0", "dt = 0.1"))).unwrap();
    assert_eq!(find(&finer, "RK4: mean |lag| per spike on the grid").measured, lag("rk4", 0.1));
}

const GUNASEKARAN: &str = "kind = \"gunasekaran_2019\"\n[gunasekaran_2019]\nneurons = [\"RS\"]\namplitudes = [10.0]\n\
    duration = 500.0\ndt = \"0.01..10:log:31\"\nreference_dt = 0.001\nvictor_purpura_cost = 0.1\nvan_rossum_tau = 10.0\n";

#[test]
fn gunasekaran_limits_are_where_the_trains_part() {
    let (found, _) = run(&with_head(GUNASEKARAN)).unwrap();
    verdicts_follow(&found);
    let problem = constant_input(CellType::find("RS").unwrap().neuron, 10.0, 500.0);
    let euler = |dt: f64| simulate("euler", &problem, dt).0.spikes;
    let reference = euler(0.001);
    let far = |train: &SpikeTrain| victor_purpura(train, &reference, 0.1).unwrap();
    assert_eq!(far(&SpikeTrain::default()), reference.len() as f64);
    let limit = |share: f64| {
        let steps = (0..31).map(|k| 0.01 * 1000_f64.powf(f64::from(k) / 30.0));
        steps.take_while(|&dt| far(&euler(dt)) <= share * reference.len() as f64).last().unwrap()
    };
    // One case and two metrics: the median is between them, and their ratio says which is which.
    for (name, share) in [("dt1", 0.5), ("dt2", 2.0)] {
        let median = find(&found, &format!("median of {name}")).measured;
        let ratio = find(&found, &format!("{name}: median by Victor-Purpura")).measured;
        let purpura = 2.0 * median * ratio / (1.0 + ratio);
        // Steps of the list are 1.26 apart; powers and products round by 1e-15.
        assert!((purpura / limit(share) - 1.0).abs() < 1e-12, "{name}: {purpura} {}", limit(share));
    }
    let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
    let own = SpikeErrors::between(&reference, &truth).max_abs.unwrap();
    assert_eq!(find(&found, "largest error of the reference").measured, own);
}

const DE_ALTERIIS: &str = "kind = \"de_alteriis_2021\"\n[de_alteriis_2021]\nneuron = \"RS\"\ninputs = [\"step:10\"]\n\
    duration = 500.0\ndt = \"0.1,0.5\"\nvictor_purpura_cost = 0.1\ndurations = [250.0, 500.0]\nlimit = 0.5\n\
    flops_per_ms = [136.0]\nrest = { amplitudes = [10.0, 20.0], durations = [250.0], rests = \"50,200\", dt = 0.5, second = 100.0 }\n";

#[test]
fn de_alteriis_flops_lags_and_allocations_are_measured() {
    let (found, _) = run(&with_head(DE_ALTERIIS)).unwrap();
    verdicts_follow(&found);
    let problem = constant_input(CellType::find("RS").unwrap().neuron, 10.0, 500.0);
    let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
    let (mut positive, mut all) = (0, 0);
    for (scheme, flops) in [("euler", 13), ("rk2", 28), ("rk4", 68)] {
        for dt in [0.1, 0.5] {
            let (run, _) = simulate(scheme, &problem, dt);
            assert_eq!(run.cost.flops, flops * run.steps);
            let lags = SpikeErrors::between(&run.spikes, &truth).errors;
            positive += lags.iter().filter(|lag| **lag > 0.0).count();
            all += lags.len();
        }
        assert_eq!(find(&found, &format!("flops of a step of {scheme}")).measured, flops as f64);
    }
    assert_eq!(find(&found, "step:10: share of lags that are positive").measured, positive as f64 / all as f64);
    let distance = |scheme: &str, flops: f64| {
        let train = simulate(scheme, &problem, flops / 136.0).0.spikes;
        victor_purpura(&train, &truth, 0.1).unwrap()
    };
    for (what, suffix) in [("on the grid", ""), ("located", "+located")] {
        let of = |name: &str, flops: f64| distance(&format!("{name}{suffix}"), flops);
        let beaten = of("euler", 13.0).min(of("rk2", 28.0)) < of("rk4", 68.0);
        let row = find(&found, &format!("share of allocations, RK4 beaten; spikes {what}"));
        assert_eq!(row.measured, f64::from(u8::from(beaten)));
    }
}

#[test]
fn the_committed_tables_are_what_their_files_give() {
    if crate::common::packaged() {
        return;
    }
    let root = env!("CARGO_MANIFEST_DIR");
    for name in ["gunasekaran_2019", "hopkins_furber_2015"] {
        let toml = std::fs::read_to_string(format!("{root}/experiments/literature/{name}.toml")).unwrap();
        let table = std::fs::read_to_string(format!("{root}/results/literature/{name}/claims.csv")).unwrap();
        let (found, committed) = (run(&toml).unwrap().0, rows(&table));
        verdicts_follow(&found);
        let of = |rows: &[Row]| -> Vec<(String, String)> {
            rows.iter().map(|row| (row.quantity.clone(), row.verdict.clone())).collect()
        };
        assert_eq!(of(&found), of(&committed), "{name}");
    }
}

#[test]
fn outputs_do_not_depend_on_the_number_of_threads() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&with_head(DE_ALTERIIS)).unwrap())
    };
    // As text: a slope through nothing is NaN, which is not equal to itself.
    assert_eq!(format!("{:?}", on(1)), format!("{:?}", on(3)));
}

#[test]
fn wrong_parameters_are_named() {
    let message = |toml: &str| run(&with_head(toml)).map(|_| ()).unwrap_err().to_string();
    assert!(message(&TOUBOUL.replace("CH", "CX")).contains("did you mean"));
    assert!(message(&TOUBOUL.replace("30..1e5:log:3", "30")).contains("three or more"));
    assert!(message(&TOUBOUL.replace("input = 10.0", "input = 1.0")).contains("does not fire"));
    assert!(message(&HOPKINS.replace("[10.0]", "[]")).contains("inputs"));
    assert!(message(&GUNASEKARAN.replace("0.001", "1.0")).contains("reference_dt"));
    assert!(message(&GUNASEKARAN.replace("[10.0]", "[1.0]")).contains("fires"));
    assert!(message(&DE_ALTERIIS.replace("250.0, 500.0", "5000.0")).contains("durations"));
    assert!(
        message(&DE_ALTERIIS.replace("amplitudes = [10.0, 20.0]", "amplitudes = [1.0]")).contains("trains that fire")
    );
}
