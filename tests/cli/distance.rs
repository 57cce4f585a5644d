//! `compare distance`: keys, parameters as typed, the interval, and what is refused.

use serde_json::{Map, Value};
use spikestep::SpikeTrain;
use spikestep::metrics::victor_purpura;

use crate::bench::Bench;

struct Files(Bench);

impl Files {
    fn new(a: &str, b: &str) -> Self {
        Files(Bench::with(&[("a.csv", a), ("b.csv", b)]))
    }

    fn text(&self, options: &str) -> String {
        self.0.stdout(&format!("distance a.csv b.csv {options}"))
    }

    fn json(&self, options: &str) -> Map<String, Value> {
        serde_json::from_str(&self.text(&format!("{options} --json"))).unwrap()
    }

    fn refusal(&self, options: &str) -> String {
        let output = self.0.command(&format!("distance a.csv b.csv {options}")).assert().failure().get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn json_has_the_agreed_keys_with_parameters_as_typed() {
    let files = Files::new("spike,t_ms,u\n0,100,1\n1,200.5,1\n", "103.5\n");
    let text = files.text("--cost 1,0.10,0 --tau 1e1 --duration 300 --json");
    let places = [
        "victor_purpura",
        "\"1\"",
        "\"0.10\"",
        "\"0\"",
        "van_rossum",
        "\"1e1\"",
        "isi",
        "\"spike\"",
        "spike_sync",
        "gamma",
        "matched",
        "missed",
        "extra",
        "max_spike_time_error_ms",
    ]
    .map(|key| text.find(key).unwrap_or_else(|| panic!("{key} in {text}")));
    assert!(places.is_sorted(), "{text}");
    let json: Map<String, Value> = serde_json::from_str(&text).unwrap();
    assert_eq!((json.len(), json["victor_purpura"].as_object().unwrap().len()), (11, 3));
    assert_eq!(json["notes"], Value::from(vec!["b.csv: no unit of its times is given: taken as ms"]));
    let train = |times: &[f64]| SpikeTrain::new(times.to_vec()).unwrap();
    let expected = victor_purpura(&train(&[100.0, 200.5]), &train(&[103.5]), 0.1);
    assert_eq!(json["victor_purpura"]["0.10"], expected.unwrap());
    assert!(json["van_rossum"]["1e1"].is_number());
    assert_eq!((&json["matched"], &json["missed"], &json["extra"]), (&1.into(), &1.into(), &0.into()));
    assert_eq!(json["max_spike_time_error_ms"], 3.5);
}

#[test]
fn the_duration_is_the_latest_spike_unless_given() {
    let files = Files::new("t_ms\n10\n20\n", "t_ms\n10\n40\n");
    assert_eq!(files.json(""), files.json("--duration 40"));
    assert_ne!(files.json("")["isi"], files.json("--duration 80")["isi"]);
    let cut = files.json("--duration 15");
    assert_eq!((&cut["matched"], &cut["missed"], &cut["isi"]), (&1.into(), &0.into(), &0.0.into()));
    let text = files.text("--duration 15");
    assert!(text.contains("left out   spikes after 15 ms: 2"), "{text}");
}

#[test]
fn silent_trains_are_compared_without_a_duration() {
    let silent = Files::new("t_ms\n", "").json("");
    assert_eq!((&silent["isi"], &silent["spike_sync"], &silent["gamma"]), (&0.0.into(), &1.0.into(), &1.0.into()));
    assert_eq!(silent["max_spike_time_error_ms"], Value::Null);
    let one = Files::new("t_ms\n0\n", "").refusal("");
    assert!(one.trim_end().ends_with("Give --duration."), "{one}");
}

#[test]
fn an_empty_train_is_said_to_be_empty() {
    let files = Files::new("t_ms\n10\n", "# nothing\n");
    let text = files.text("");
    assert!(
        text.contains("warning    b.csv has no spike time: an empty train\n") && !text.contains("a.csv has"),
        "{text}"
    );
    assert!(text.contains("other      b.csv, spikes: 0, an empty train"), "{text}");
    assert_eq!(files.json("")["warnings"], serde_json::json!(["b.csv has no spike time: an empty train"]));
    // A train that is cut has had spikes.
    let cut = files.json("--duration 5")["warnings"][0].clone();
    assert_eq!(cut, "a.csv has no spike time in the interval: an empty train");
    let full = Files::new("t_ms\n10\n", "t_ms\n10\n").json("");
    assert!(!full.contains_key("notes") && !full.contains_key("warnings"), "{full:?}");
}

/// A small cost makes every pair of spikes one that may belong together.
#[test]
fn more_work_than_some_seconds_is_refused_with_what_would_do() {
    let train = |count: u32| (0..count).map(|k| format!("{k}\n")).collect::<String>();
    let files = Files::new(&train(20_000), &train(60_000));
    let message = files.refusal("--cost 1e-6");
    let said = ["too many spikes: 20000 and 60000", "at most 5e8 pairs", "Raise --cost", "a shorter --duration"];
    assert!(said.iter().all(|part| message.contains(part)), "{message}");
    // With the cost of the default few pairs are near enough: here the spikes that are there twice cost nothing.
    assert_eq!(files.json("")["victor_purpura"]["0.1"], 40_000.0);
    assert_eq!(files.json("--cost 1e-6 --duration 5000")["victor_purpura"]["1e-6"], 0.0);
}

#[test]
fn the_table_says_what_each_number_means_within_100_columns() {
    let text = Files::new("1\n2\n", "1.5\n").text("--window 0.5 --duration 2");
    let table = text.split("\n\n").nth(1).unwrap();
    assert!(table.lines().all(|l| l.chars().count() <= 100), "{text}");
    for word in ["missed", "Victor-Purpura, 0.1 per ms", "van Rossum, 10 ms", "SPIKE-distance", "gamma, within 0.5 ms"]
    {
        assert!(table.contains(word), "{word} in {text}");
    }
}

#[test]
fn bad_files_and_options_are_named() {
    assert!(Files::new("t_ms\n10\nten\n", "10\n").refusal("").contains("a.csv:3: 'ten' is not a spike time"));
    let files = Files::new("10\n", "10\n");
    for (options, part) in [
        ("--cost 0.1,x", "--cost is 'x'"),
        ("--cost -1", "cost per ms is -1"),
        ("--tau 0", "tau in ms is 0"),
        ("--window -2", "window in ms is -2"),
        ("--duration -5", "duration in ms is -5"),
    ] {
        let message = files.refusal(options);
        assert!(message.contains(part), "{message}");
    }
    std::fs::remove_file(files.0.path("b.csv")).unwrap();
    assert!(files.refusal("").contains("cannot read b.csv"));
}

/// The lines of a text that begin with a word, without it.
fn lines<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    text.lines().filter_map(|line| line.strip_prefix(word)).map(str::trim).collect()
}

#[test]
fn neurons_are_compared_with_those_of_their_name() {
    let files =
        Files::new("id,t_ms\n1,10\n2,15\n1,20\n3,1\n", "sender\ttime_ms\n2\t15.5\n1\t10\n1\t20.25\n1\t30\n4\t2\n");
    let json = files.json("");
    let pairs = json["pairs"].as_array().unwrap();
    let of = |key: &str| pairs.iter().map(|pair| pair[key].clone()).collect::<Vec<Value>>();
    assert_eq!(of("neuron"), ["1", "2"]);
    assert_eq!((of("matched"), of("extra")), (vec![2.into(), 1.into()], vec![1.into(), 0.into()]));
    assert_eq!(of("max_spike_time_error_ms"), [0.25, 0.5]);
    // 0.1 per ms: 0.025 and one spike added, 0.05.
    assert_eq!(of("victor_purpura").iter().map(|v| v["0.1"].as_f64().unwrap()).collect::<Vec<_>>(), [1.025, 0.05]);
    assert!((json["total"]["victor_purpura"]["0.1"].as_f64().unwrap() - 1.075).abs() < 1e-15);
    assert_eq!((&json["total"]["extra"], &json["total"]["max_spike_time_error_ms"]), (&1.into(), &0.5.into()));
    assert_eq!((&json["only_in_reference"], &json["only_in_other"]), (&vec!["3"].into(), &vec!["4"].into()));
    let text = files.text("");
    assert!(text.contains("without a partner in b.csv, and not compared: 3 of a.csv"), "{text}");
    assert_eq!((lines(&text, "1 ").len(), lines(&text, "2 ").len(), lines(&text, "all ").len()), (1, 1, 1), "{text}");
    // One train without a neuron is compared with each, and it is said.
    let one = Files::new("t_ms\n10\n", "id,t_ms\n1,10\n2,11\n");
    assert!(one.text("").contains("a.csv is one train and b.csv has 2"));
    assert_eq!(one.json("")["pairs"].as_array().unwrap().len(), 2);
    // One of several by its name; no neuron in both.
    let of_two = |words: &str| one.0.stdout(&format!("distance {words}"));
    assert!(of_two("a.csv b.csv#2").contains("largest spike-time error [ms]         1.000000"));
    assert!(
        Files::new("id,t_ms\n1,1\n2,1\n", "id,t_ms\n3,1\n4,1\n")
            .refusal("")
            .contains("1, 2 in a.csv and 3, 4 in b.csv")
    );
    let output = one.0.command("distance a.csv b.csv#7").assert().failure().get_output().stderr.clone();
    assert!(String::from_utf8(output).unwrap().contains("unknown train '7'"));
}

/// The same two neurons, 3.1 and 26.25 ms of the one and 4 ms of the other.
#[test]
fn files_of_many_programs_hold_the_same_trains() {
    let (reference, npy) = ("id,t_ms\n7,3.1\n9,4\n7,26.25\n", |shape: &str, fortran: &str, values: &[f64]| {
        let mut header = format!("{{'descr': '<f8', 'fortran_order': {fortran}, 'shape': ({shape}), }}");
        header += &" ".repeat(117 - header.len());
        let data = values.iter().flat_map(|x| x.to_le_bytes());
        b"\x93NUMPY\x01\x00\x76\x00"
            .iter()
            .copied()
            .chain(header.bytes())
            .chain([b'\n'])
            .chain(data)
            .collect::<Vec<u8>>()
    });
    for (name, content, note) in [
        (
            "nest.dat",
            &b"# NEST version: 3.8\n# RecordBackendASCII version: 2\nsender\ttime_ms\n7\t3.1\n9\t4\n7\t26.25\n"[..],
            "",
        ),
        ("old.gdf", b"7\t3.100\t\n9\t4.000\t\n7\t26.250\t\n", "taken as neuron and time"),
        ("old.gdf", b"7 3.100\n9 4.000\n7 26.250\n", "no unit of its times"),
        ("brian.csv", b"i,t\n7,0.0031\n9,0.004\n7,0.02625\n", "in seconds"),
        ("brian.txt", b"i t/ms\n7 3.1\n9 4\n7 26.25\n", ""),
        ("savetxt.txt", b"# neuron time_s\n7 0.0031\n9 0.004\n7 0.02625\n", ""),
        ("semicolon.csv", b"unit;time (ms)\r\n7;3.1\r\n9;4\r\n7;26.25\r\n", ""),
        ("pandas.csv", b",cell,times\n0,7,3.1\n1,9,4\n2,7,26.25\n", "no unit of its times"),
        ("rows.npy", &npy("3, 2", "False", &[7.0, 3.1, 9.0, 4.0, 7.0, 26.25]), "taken as neuron and time"),
        ("columns.npy", &npy("3, 2", "True", &[7.0, 9.0, 7.0, 3.1, 4.0, 26.25]), "taken as ms"),
    ] {
        let bench = Bench::with(&[("a.csv", reference)]);
        std::fs::write(bench.path(name), content).unwrap();
        let text = bench.stdout(&format!("distance a.csv {name}"));
        assert!(text.contains(note) && text.contains("note") != note.is_empty(), "{name}: {text}");
        let json = bench.json(&format!("distance a.csv {name}"));
        assert_eq!(json["pairs"].as_array().map(Vec::len), Some(2), "{name}");
        // 0.0031 s is 3.1 ms but for a rounding.
        assert!(json["total"]["max_spike_time_error_ms"].as_f64().unwrap() < 1e-15, "{name}: {text}");
        assert_eq!((&json["total"]["missed"], &json["total"]["extra"]), (&0.into(), &0.into()), "{name}");
    }
    // PySpike: a train a row; one row is one train.
    let bench = Bench::with(&[
        ("p.txt", "# spikes\n3.1 26.25 30\n\n4\n"),
        ("one.txt", "3.1 26.25 30\n"),
        ("a.csv", "t_ms\n3.1\n26.25\n30\n"),
    ]);
    assert_eq!(bench.json("distance p.txt#1 a.csv")["victor_purpura"]["0.1"], 0.0);
    assert_eq!(bench.json("distance p.txt p.txt")["pairs"].as_array().unwrap().len(), 2);
    assert_eq!(bench.json("distance one.txt#1 a.csv")["victor_purpura"]["0.1"], 0.0);
    // Seconds in a file without names are ms unless it is said.
    let bench = Bench::with(&[("s.txt", "0.0031\n0.02625\n"), ("a.csv", "t_ms\n3.1\n26.25\n")]);
    assert_eq!(bench.json("distance a.csv s.txt --unit s")["max_spike_time_error_ms"], 0.0);
    assert!(bench.stdout("distance a.csv s.txt").contains("s.txt: no unit of its times is given: taken as ms"));
}

#[test]
fn what_is_not_read_says_what_it_is() {
    for (content, parts) in [
        (&b"\x89HDF\r\n\x1a\n\0\0"[..], ["HDF5", "h5py"]),
        (b"MATLAB 5.0 MAT-file, Platform", ["MATLAB", "loadmat"]),
        (b"\x80\x04\x95\x10", ["pickle", "numpy.savez"]),
        (b"\x1f\x8b\x08\0", ["gzip", "gunzip"]),
        (b"\xff\xfet\0_\0", ["UTF-16", "iconv"]),
        (b"{\"times\": [1, 2]}", ["JSON", "id,t_ms"]),
        (b"t_ms\n1\n\0\n", ["no text", ".npz"]),
        (b"t_ms,v_mV,u,spike\n0,-65,-13,0\n0.1,-64,-13,0\n0.3,-63,-13,0\n", ["trace of v", "spikes.csv"]),
        (b"time_ms,V_m\n1,-65\n2,-64\n3,-63\n", ["trace of v (V_m), not spike times", "one row a spike"]),
    ] {
        let bench = Bench::with(&[("b.csv", "1\n")]);
        std::fs::write(bench.path("a.csv"), content).unwrap();
        let message = bench.command("distance a.csv b.csv").assert().code(1).get_output().stderr.clone();
        let message = String::from_utf8(message).unwrap();
        assert!(message.contains("a.csv") && parts.iter().all(|part| message.contains(part)), "{message}");
    }
    if !cfg!(feature = "parquet") {
        let files = Files::new("PAR1\u{15}", "1\n");
        assert!(files.refusal("").contains("--features parquet"));
    }
    // v at the spikes is no trace.
    assert_eq!(Files::new("t_ms,v\n1,30\n5,31\n20,30\n", "1\n").json("")["missed"], 2);
}

#[test]
fn spikes_of_a_comparison_are_compared_with_its_truth() {
    let bench = Bench::new();
    bench.stdout("--dt 0.5,1 --tolerance 1e-3 --duration 200 --schemes euler,projective --no-timing --quiet --out o");
    let run = bench.json("--dt 0.5,1 --tolerance 1e-3 --duration 200 --schemes euler,projective --no-timing");
    let all = bench.json("distance o/spikes.csv --duration 200");
    for (pair, run) in all["pairs"].as_array().unwrap().iter().zip(run["runs"].as_array().unwrap()) {
        for key in ["missed", "extra", "max_spike_time_error_ms"] {
            assert_eq!(pair[key], run[key], "{pair}");
        }
        assert_eq!(pair["victor_purpura"]["0.1"], run["victor_purpura"]);
    }
    let names: Vec<&Value> = all["pairs"].as_array().unwrap().iter().map(|pair| &pair["neuron"]).collect();
    assert_eq!(names, ["euler_dt0.5", "euler_dt1", "projective_tol0.001"]);
    let one = bench.json("distance o/spikes.csv#truth o/spikes.csv#euler_dt1 --duration 200");
    assert_eq!(one["max_spike_time_error_ms"], all["pairs"][1]["max_spike_time_error_ms"]);
}

#[test]
fn the_matrix_of_many_trains_is_symmetric_and_whole() {
    let mut file = "id,t_ms\n".to_owned();
    for neuron in 1..=20 {
        (0..5).for_each(|k| file += &format!("{neuron},{}\n", 10 * k + neuron));
    }
    let bench = Bench::with(&[("a.csv", &file), ("b.csv", "t_ms\n3\n"), ("c.csv", "t_ms\n"), ("d.csv", "t_ms\n4.5\n")]);
    let text = bench.stdout("distance a.csv --cost 0.05 --matrix m.csv");
    assert!(
        text.contains("The first 8 of 20 trains.") && text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    let columns = crate::bench::columns(&bench.read("m.csv"));
    let at = |i: usize, j: usize| columns[&(i + 1).to_string()][j].parse::<f64>().unwrap();
    let train = |n: usize| SpikeTrain::new((0..5).map(|k| f64::from(10 * k) + n as f64).collect()).unwrap();
    assert_eq!(columns["train"], (1..=20).map(|n| n.to_string()).collect::<Vec<_>>());
    for i in 0..20 {
        assert_eq!(at(i, i), 0.0);
        for j in 0..i {
            assert_eq!(at(i, j), at(j, i));
            assert_eq!(at(i, j), victor_purpura(&train(j + 1), &train(i + 1), 0.05).unwrap());
        }
    }
    // Three files; a distance by its parameter. One unmatched spike is 1 by van Rossum, a root of 2 two that are far apart.
    let json = bench.json("distance b.csv c.csv d.csv --tau 0.01");
    assert_eq!((&json["metric"], &json["trains"]), (&"van-rossum".into(), &vec!["b.csv", "c.csv", "d.csv"].into()));
    let row: Vec<f64> = json["matrix"][0].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    assert_eq!(row[..2], [0.0, 1.0]);
    assert!((row[2] - 2f64.sqrt()).abs() < 1e-15);
    assert_eq!(bench.json("distance b.csv c.csv d.csv --metric isi --duration 10")["matrix"][2][2], 0.0);
    for (options, part) in [
        ("a.csv --cost 1,2", "one value for a matrix"),
        ("a.csv --metric isi --tau 3", "--tau is given with a matrix of another distance"),
        ("a.csv --window 3", "--window is given"),
        ("b.csv d.csv --metric isi", "Leave it out, or add --matrix"),
        ("b.csv d.csv --unit s", "all files name the unit"),
    ] {
        let output = bench.command(&format!("distance {options}")).assert().code(1).get_output().stderr.clone();
        let message = String::from_utf8(output).unwrap();
        assert!(message.contains(part), "{options}: {message}");
    }
    let many: String = (0..2001).map(|id| format!("{id},1\n")).collect();
    std::fs::write(bench.path("many.csv"), format!("id,t_ms\n{many}")).unwrap();
    let output = bench.command("distance many.csv").assert().code(1).get_output().stderr.clone();
    assert!(String::from_utf8(output).unwrap().contains("2001; allowed: at most 2000"));
}
