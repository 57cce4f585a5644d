//! `compare network`: the truth of a network, and schemes beside it.

use serde_json::Value;

use crate::bench::Bench;
use crate::common::reference;

/// The two neurons of tests/reference/network/two_neurons.py.
const TWO: &str = r#"kind = "network"

[network]
duration = 200
synapse = "charge"
schemes = "rk4+located,half-step"
dt = [0.0625, 0.5]
ensemble = 3

[[network.populations]]
name = "rs"
n = 1
neuron = "RS"
input = "10"

[[network.populations]]
name = "fs"
n = 1
neuron = "FS"
input = "step:6"

[[network.projections]]
from = "rs"
to = "fs"
edges = "there.csv"

[[network.projections]]
from = "fs"
to = "rs"
rule = "all-to-all"
weight = -6
delay_ms = 0.75
"#;

const THERE: &str = "pre,post,weight,delay_ms\n0,0,12,1.5\n";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn a_file_gives_the_truth_and_what_schemes_make_of_it() {
    let bench = Bench::with(&[("two.toml", TWO), ("there.csv", THERE)]);
    let found = bench.json("network two.toml");
    let truth = &found["truth"];
    let text = std::fs::read_to_string(reference("network/two_charge.csv")).unwrap();
    let exact: Vec<(&str, f64)> = text
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').map(|(i, t)| (["rs", "fs"][i.parse::<usize>().unwrap()], t.parse().unwrap())))
        .map(Option::unwrap)
        .collect();
    let spikes = truth["spikes"].as_array().unwrap();
    assert_eq!(spikes.len(), exact.len());
    for (spike, (population, time)) in spikes.iter().zip(&exact) {
        assert_eq!((spike["population"].as_str(), spike["neuron"].as_u64()), (Some(*population), Some(0)));
        // What the truth is solved to unless the file says otherwise.
        assert!(
            (number(&spike["t_ms"]) - time).abs() <= number(&spike["error_ms"]) && number(&spike["error_ms"]) < 1e-9
        );
    }
    assert_eq!((number(&truth["known_until_ms"]), &truth["lost_at_ms"]), (200.0, &Value::Null));
    let runs = found["runs"].as_array().unwrap();
    let names: Vec<_> = runs.iter().map(|run| (run["scheme"].as_str().unwrap(), number(&run["dt_ms"]))).collect();
    assert_eq!(names, [("rk4+located", 0.0625), ("rk4+located", 0.5), ("half-step", 0.0625), ("half-step", 0.5)]);
    // The finer step of the located scheme follows longest; half-steps of 0.5 ms are 1 ms off by the first spikes of FS.
    let until = |run: &Value| run["follows_until_ms"].as_f64().unwrap_or(f64::INFINITY);
    assert!(until(&runs[0]) >= until(&runs[1]) && until(&runs[0]) > until(&runs[3]), "{names:?}");
    assert_eq!(runs[0]["statistics"].as_array().unwrap().len(), 14);

    let alone = bench.json("network two.toml --truth");
    assert_eq!((&alone["truth"]["spikes"], alone["runs"].as_array().unwrap().len()), (&truth["spikes"], 0));
    // The statistics of that one truth; what chaos does to them is not known.
    let statistics = alone["truth"]["statistics"].as_array().unwrap();
    let rate = statistics.iter().find(|row| row["name"] == "rate_Hz" && row["population"] == "fs").unwrap();
    let spikes = truth["spikes"].as_array().unwrap().iter().filter(|spike| spike["population"] == "fs").count();
    assert!((number(&rate["mean"]) / (spikes as f64 / 0.2) - 1.0).abs() < 1e-12, "{rate}");
    assert_eq!((statistics.len(), &rate["sd"]), (14, &Value::Null));
}

#[test]
fn files_are_written_and_text_says_the_verdict() {
    let bench = Bench::with(&[("two.toml", TWO), ("there.csv", THERE)]);
    let text = bench.stdout("network two.toml --out here");
    assert!(
        text.contains("known to 1e-6 ms until 200 ms") && text.contains("half-step at 0.5 ms: right until"),
        "{text}"
    );
    let files = bench.tree();
    for name in [
        "spikes.csv",
        "statistics.csv",
        "raster.svg",
        "raster.csv",
        "right.svg",
        "moved.svg",
        "curves.csv",
        "distributions.svg",
    ] {
        assert!(files.keys().any(|file| file.ends_with(format!("here/{name}"))), "{name}: {files:?}");
    }
    assert!(bench.stdout("check two.toml").contains("two.toml: 2 neurons and 2 edges over 200 ms, 15 runs"));
}

/// The step that is recommended keeps the bound with all smaller ones tried, the next larger does not, and a wider bound allows no less.
#[test]
fn the_largest_step_that_keeps_statistics_is_found() {
    let bench = Bench::with(&[("two.toml", TWO), ("there.csv", THERE)]);
    let found =
        |within: &str| bench.json(&format!("recommend --network two.toml --statistic rate_Hz --within {within}"));
    let (narrow, wide) = (found("3%"), found("30%"));
    let mut largest = 0.0f64;
    for (scheme, wider) in narrow["schemes"].as_array().unwrap().iter().zip(wide["schemes"].as_array().unwrap()) {
        let kept = scheme["dt_ms"].as_f64().unwrap_or(0.0);
        largest = largest.max(kept);
        assert!(wider["dt_ms"].as_f64().unwrap_or(0.0) >= kept, "{scheme}");
        let tried = scheme["tried"].as_array().unwrap();
        for trial in tried {
            let changes = trial["statistics"].as_array().unwrap();
            assert_eq!(changes.len(), 2);
            // Within 3 %, or not told from the truth by three runs.
            let keeps = changes.iter().all(|moved| {
                let (mean, truth) = (number(&moved["mean"]), number(&moved["truth"]));
                (mean - truth).abs() <= (0.03 * truth).max(number(&moved["interval"]))
            });
            assert_eq!(trial["keeps"].as_bool().unwrap(), keeps && trial["diverged_at_ms"].is_null(), "{trial}");
            assert!(number(&trial["dt_ms"]) > kept || trial["keeps"].as_bool().unwrap(), "{scheme}");
        }
        let next = tried.iter().rfind(|trial| number(&trial["dt_ms"]) > kept);
        assert!(next.is_none_or(|next| !next["keeps"].as_bool().unwrap()), "{scheme}");
    }
    assert!(largest > 0.0 && narrow["recommended"]["dt_ms"].as_f64() == Some(largest));
    let text = bench.stdout("recommend --network two.toml --statistic rate_Hz --within 3%");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said =
        format!("at {largest} ms keeps rate_Hz within 3.00 % of the truth over 200 ms, and so does every smaller");
    assert!(words.contains(&said), "{text}");
    for (options, said) in [
        ("--statistic rate", "unknown statistic 'rate', did you mean 'rate_Hz'?"),
        ("--within 0.1ms", "--within is '0.1ms'; allowed: with --network a number of per cent above 0 and below 100"),
        ("--schemes projective", "--schemes is 'projective'; allowed: schemes on a grid"),
        ("--finest 20ms", "smallest step to try is 20 ms over 200 ms"),
        ("--rate 5", "'--network <FILE.toml>' cannot be used with '--rate <PERCENT>'"),
    ] {
        let output = bench.command(&format!("recommend --network two.toml {options}")).assert().failure().stdout("");
        let message = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert!(message.contains(said), "{options}: {message}");
    }
}

/// What was drawn is written for other simulators: every neuron, edge and piece of input.
#[test]
fn the_network_that_was_drawn_is_written() {
    let bench = Bench::with(&[("two.toml", TWO), ("there.csv", THERE)]);
    bench.stdout("network two.toml --truth --drawn --out here");
    let files = bench.tree();
    let rows = |name: &str| {
        let file = files.iter().find(|(file, _)| file.ends_with(format!("here/{name}"))).unwrap();
        let text = String::from_utf8(file.1.clone().unwrap()).unwrap();
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rows("edges.csv"), ["0,1,12,1.5", "1,0,-6,0.75"]);
    let neurons = rows("neurons.csv");
    assert!(neurons[0].starts_with("0,rs,0,0.02,0.2,-65,8,0.04,5,140,") && neurons[1].starts_with("1,fs,0,0.1,"));
    assert!(
        rows("inputs.csv").iter().any(|row| row.starts_with("1,") && row.ends_with(",6")),
        "{:?}",
        rows("inputs.csv")
    );
}

#[test]
fn what_is_wrong_has_its_place() {
    for (from, to, said) in [
        ("duration = 200", "duration = -1", "two.toml:4:12: duration in ms is -1; allowed: a positive, finite number"),
        ("\"charge\"", "\"chrge\"", "two.toml:5:11: unknown synapse 'chrge', did you mean 'charge'?"),
        (
            "\"charge\"",
            "{ exponential_ms = 0 }",
            "two.toml:5:11: time constant of the synapse in ms is 0; allowed: a positive",
        ),
        ("\"RS\"", "\"RQ\"", "two.toml:13:10: unknown neuron 'RQ'"),
        ("\"step:6\"", "\"stp:6\"", "two.toml:20:9: unknown input 'stp', did you mean 'step'?"),
        ("to = \"fs\"", "to = \"fast\"", "two.toml:24:6: unknown population 'fast'"),
        ("\"all-to-all\"", "\"indegree:9\"", "two.toml:30:8: rule is 9 edges from 1 neurons; allowed: at most 1"),
        ("delay_ms = 0.75", "delay_ms = 0", "two.toml:32:12: delay_ms is '0'; allowed: delays that are all above 0"),
        ("delay_ms = 0.75", "delay_ms = 0.4", "dt is 0.5 ms where the shortest delay is 0.4 ms; allowed: steps up to"),
        ("rule = \"all-to-all\"\n", "", "projection is neither rule nor edges"),
        ("edges = \"there.csv\"", "edges = \"there.csv\"\nrule = \"all-to-all\"", "is both rule and edges"),
        ("n = 1\nneuron = \"RS\"", "seed = -1\nneuron = \"RS\"", "two.toml:12:8: seed is -1; allowed: a whole number"),
        ("neuron = \"FS\"", "", "for networks docs/networks.md"),
        ("dt = [0.0625, 0.5]", "dt = []", "two.toml:7:6: schemes or dt is an empty list"),
        ("duration = 200", "duration = 0.3", "two.toml:7:6: dt is a step above the duration, 0.3 ms"),
        (
            "duration = 200",
            "duration = 1e10",
            "two.toml:4:12: duration is 2e10 ms of all neurons; allowed: at most 1e10",
        ),
        ("name = \"rs\"", "name = \"all\"", "name of a population is 'all'"),
        ("weight = -6\n", "", "two.toml:30:8: weight is missing"),
        ("n = 1\nneuron = \"FS\"", "n = 0\nneuron = \"FS\"", "two.toml:18:5: n is 0; allowed: 1 or more"),
        ("ensemble = 3", "ensemble = 1", "two.toml:8:12: ensemble is 1; allowed: 3 to 100"),
        ("rk4+located,half-step", "projective", "two.toml:6:11: schemes is 'projective'; allowed: schemes on a grid"),
    ] {
        assert!(TWO.contains(from), "{from}");
        let bench = Bench::with(&[("two.toml", &TWO.replacen(from, to, 1)), ("there.csv", THERE)]);
        let output = bench.command("network two.toml").assert().failure().stdout("").get_output().clone();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(said) && message.lines().count() == 1, "{to}: {message}");
    }
    for (rows, said) in [
        (
            "pre,post,weight,delay_ms\n1,0,12,1.5\n",
            "pre of edge 1 in there.csv is 1; allowed: a whole number from 0 to 0",
        ),
        ("pre,post,weight,delay_ms\n0,0,12,0\n", "delay_ms of edge 1 in there.csv is 0; allowed: a positive number"),
        ("pre,post,weight\n0,0,12\n", "column delay_ms of there.csv is missing"),
    ] {
        let bench = Bench::with(&[("two.toml", TWO), ("there.csv", rows)]);
        let output = bench.command("network two.toml").assert().failure().stdout("").get_output().clone();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("two.toml:25:9:") && message.contains(said), "{message}");
    }
}

/// What ends before the run does, or has no spikes, is compared with nothing.
#[test]
fn a_truth_without_end_or_spikes_is_no_measure() {
    let endless = TWO.replace("\"charge\"", "{ exponential_ms = 5 }");
    let silent = TWO.replace("input = \"10\"", "").replace("input = \"step:6\"", "");
    for (text, command, said) in [
        (&endless, "network two.toml --out here", "cannot be solved beyond"),
        (&endless, "recommend --network two.toml", "cannot be solved beyond"),
        (&silent, "recommend --network two.toml", "the truth is without a spike in 200 ms"),
    ] {
        let bench = Bench::with(&[("two.toml", text), ("there.csv", &THERE.replace("12", "1e300"))]);
        let output = bench.command(command).assert().failure().stdout("").get_output().clone();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(said) && message.lines().count() == 1, "{command}: {message}");
        assert!(!bench.path("here").exists(), "{command}");
    }
    let bench = Bench::with(&[("two.toml", &endless), ("there.csv", &THERE.replace("12", "1e300"))]);
    // Rates would be of another duration.
    let cut = bench.stdout("network two.toml --truth");
    assert!(cut.contains("ends there") && !cut.contains("statistic"), "{cut}");
}

/// Edges as SONATA has them are those of the table.
#[test]
fn edges_of_sonata_are_read() {
    let edges = reference("network/sonata_edges.h5");
    let bench =
        Bench::with(&[("two.toml", &TWO.replace("there.csv", &edges.display().to_string())), ("there.csv", THERE)]);
    let mut command = bench.command("network two.toml --drawn --out drawn");
    if cfg!(feature = "hdf5") {
        command.assert().success();
        let drawn = std::fs::read_to_string(bench.path("drawn/edges.csv")).unwrap();
        assert_eq!(drawn.lines().skip(1).collect::<Vec<_>>(), ["0,1,12,1.5", "1,0,-6,0.75"]);
    } else {
        let output = command.assert().failure().stdout("").get_output().clone();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            message.contains("HDF5, as of SONATA; allowed: a CSV or an npz") && message.contains("h5py"),
            "{message}"
        );
    }
}

/// Two populations, and two projections, draw lots of their own unless a seed says otherwise; so does noise.
#[test]
fn lots_are_drawn_by_place_and_seed() {
    const FOUR: &str = r#"kind = "network"

[network]
duration = 20
synapse = "charge"

[[network.populations]]
name = "one"
n = 4
neuron = "RS"
input = "noise:4:4"
v0 = "uniform:-70:-55"

[[network.populations]]
name = "two"
n = 4
neuron = "RS"
input = "noise:4:4"
v0 = "uniform:-70:-55"

[[network.projections]]
from = "one"
to = "two"
rule = "all-to-all"
weight = "uniform:0:1"
delay_ms = 1

[[network.projections]]
from = "one"
to = "one"
rule = "all-to-all"
weight = "uniform:0:1"
delay_ms = 1
"#;
    let drawn = |text: &str| {
        let bench = Bench::with(&[("four.toml", text)]);
        bench.stdout("network four.toml --truth --drawn --out here");
        let rows = |name: &str, from: &str, column: usize| -> Vec<String> {
            let text = std::fs::read_to_string(bench.path(&format!("here/{name}"))).unwrap();
            let own = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
            own.filter(|cells| cells[1] == from || name == "edges.csv").map(|cells| cells[column].to_owned()).collect()
        };
        let v0 = |population| rows("neurons.csv", population, 13);
        let weights = rows("edges.csv", "", 2);
        let inputs = std::fs::read_to_string(bench.path("here/inputs.csv")).unwrap();
        let input = |neuron: &str| -> Vec<String> {
            let own = inputs.lines().filter_map(|line| line.strip_prefix(neuron));
            own.map(str::to_owned).collect()
        };
        (v0("one"), v0("two"), weights, input("0,"), input("4,"))
    };
    let (one, two, weights, noise, other) = drawn(FOUR);
    assert!(one.len() == 4 && one != two && noise.len() == 20 && noise != other);
    assert!(weights.len() == 32 && weights[..4] != weights[4..8]);
    // With one seed they are the same lots, and the first of a file are those of seed 1.
    let seeded = drawn(&FOUR.replace("n = 4\n", "n = 4\nseed = 1\n"));
    assert_eq!((&seeded.0, &seeded.1, &seeded.3, &seeded.4), (&one, &one, &noise, &noise));
    // A seed of the noise is the noise's alone.
    let noisy = drawn(&FOUR.replace("noise:4:4", "noise:4:4:1:9"));
    assert_eq!((&noisy.0, &noisy.1), (&one, &two));
    assert!(noisy.3 != noise && noisy.3 == noisy.4);
}
