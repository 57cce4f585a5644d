//! Shares of a study, and what they join to.

use spikestep::SchemeSet;
use spikestep::model::NeuronSpec;
use spikestep::study::{Cell, Key, Shard, Study, StudyInput};

use crate::bench::{Bench, SMALL, counts};

#[test]
fn shares_of_any_number_join_to_the_bytes_of_one_run() {
    let bench = Bench::new(SMALL);
    bench.stdout("run study.toml --out whole");
    let whole = bench.results("whole");
    for shares in [1, 2, 5, 24, 40] {
        // Each into a directory of its own, the last first, with different numbers of threads.
        let mut run = 0;
        let mut places = String::new();
        for k in (1..=shares).rev() {
            let out = format!("share{shares}-{k}");
            let output = bench
                .command(&format!("run study.toml --shard {k}/{shares} --out {out}"))
                .env("RAYON_NUM_THREADS", (1 + k % 3).to_string())
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            run += counts(&text).1;
            assert_eq!(shares == 1, bench.path(&out).join("results.csv").exists(), "a share has no results yet");
            places += &format!(" {out}");
        }
        assert_eq!(run, 24, "every cell is of one share");
        bench.stdout(&format!("merge study.toml --out joined{shares}{places}"));
        assert_eq!(bench.results(&format!("joined{shares}")), whole, "{shares} shares");
        // What was joined is done.
        assert_eq!(counts(&bench.stdout(&format!("run study.toml --out joined{shares}"))), (24, 0, 24));
    }
}

#[test]
fn shares_in_one_directory_join_without_being_named() {
    let bench = Bench::new(SMALL);
    for k in 1..=3 {
        bench.stdout(&format!("run study.toml --shard {k}/3 --out out"));
    }
    bench.stdout("merge study.toml --out out");
    bench.stdout("run study.toml --out whole");
    assert_eq!(bench.results("out"), bench.results("whole"));
    let provenance: serde_json::Value =
        serde_json::from_slice(&std::fs::read(bench.path("out/provenance.json")).unwrap()).unwrap();
    let shards: Vec<&str> =
        provenance["runs"].as_array().unwrap().iter().map(|run| run["shard"].as_str().unwrap()).collect();
    assert_eq!(shards, ["1/3", "2/3", "3/3"]);
    for run in provenance["runs"].as_array().unwrap() {
        assert_eq!(run["version"], env!("CARGO_PKG_VERSION"));
        assert!(run["options"].as_array().unwrap().contains(&"--shard".into()));
        assert!(run["study"].as_str().unwrap().contains("kind = \"study\""));
    }
}

#[test]
fn a_share_that_is_missing_is_named() {
    let bench = Bench::new(SMALL);
    bench.stdout("run study.toml --shard 1/3 --out out");
    let done = bench.stored("out/journal/1-of-3.log");
    let message = bench.refusal("merge study.toml --out out");
    assert!(message.contains(&format!("without {} of its 24 cells (the first: ", 24 - done)), "{message}");
    assert!(!bench.path("out/results.csv").exists());
    // One run takes what the share has done.
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (24, 24 - done, done));
}

#[test]
fn bad_shares_are_refused_with_the_way_out() {
    let bench = Bench::new(SMALL);
    for bad in ["0/3", "4/3", "1", "a/b", "-1/3", "1/0"] {
        let output = bench.output(&format!("run study.toml --shard={bad}"));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && message.contains("K/N with K from 1 to N"), "{bad}: {message}");
    }
}

#[test]
fn shares_are_of_about_equal_cost_and_keep_problems_together() {
    let study = Study {
        neurons: ["RS", "IB", "FS"].map(|name| NeuronSpec::parse(name).unwrap()).to_vec(),
        inputs: vec![StudyInput::parse("step:10").unwrap(), StudyInput::parse("noise:10:2").unwrap()],
        seeds: (1..=20).collect(),
        schemes: SchemeSet::standard().parse_list("euler,rk4+located,projective-12").unwrap(),
        dts: vec![0.05, 0.1, 0.5, 1.0],
        duration: Some(100.0),
        ..Study::default()
    };
    let cells = study.cells().unwrap();
    let keys = |cells: &[_]| -> Vec<Key> { cells.iter().map(Cell::key).collect() };
    let cost = |cells: &[_]| -> f64 { cells.iter().map(Cell::cost).sum() };
    let dearest = cells.iter().map(Cell::cost).fold(0.0, f64::max);
    for count in [1, 3, 16, 63] {
        let shares: Vec<_> = (1..=count).map(|k| format!("{k}/{count}").parse::<Shard>().unwrap().of(&cells)).collect();
        let joined: Vec<Key> = shares.iter().flat_map(|share| keys(share)).collect();
        assert_eq!(joined, keys(&cells), "together they are the whole");
        for share in &shares {
            // A share ends with the cell whose middle it holds: it is off by half a cell at each end.
            assert!((cost(share) - cost(&cells) / f64::from(count)).abs() <= dearest * (1.0 + 1e-9), "{count}");
        }
        // Every cut parts one problem at most.
        let solved: usize =
            shares.iter().map(|share| share.chunk_by(|a, b| Cell::problem(a) == Cell::problem(b)).count()).sum();
        assert!(solved < 63 + count as usize, "{solved} truths for {count} shares of 63 problems");
    }
}

#[test]
fn a_merge_that_fails_leaves_nothing_and_builds_that_differ_are_named() {
    let bench = Bench::new(SMALL);
    bench.stdout("run study.toml --shard 1/2 --out one");
    let message = bench.refusal("merge study.toml one --out joined");
    assert!(message.contains("without ") && !bench.path("joined").exists(), "{message}");
    // The other share as another build would have recorded itself.
    bench.stdout("run study.toml --shard 2/2 --out two");
    let journal = bench.path("two/journal/2-of-2.log");
    let text = std::fs::read_to_string(&journal).unwrap();
    let lines = text.lines().map(|line| {
        let (_, content) = line.split_once(' ').unwrap();
        let content = match content.starts_with("r ") {
            true => content.replace("\"version\":\"", "\"version\":\"9."),
            false => content.to_owned(),
        };
        format!("{:08x} {content}\n", crc32fast::hash(content.as_bytes()))
    });
    std::fs::write(&journal, lines.collect::<String>()).unwrap();
    let text = bench.stdout("merge study.toml one two --out joined");
    assert!(text.contains("Warning: The shares come from different builds: ") && text.contains("9."), "{text}");
}
