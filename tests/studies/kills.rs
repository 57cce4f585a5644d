//! A study that is stopped or killed goes on, and gives the same bytes.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::bench::{Bench, SMALL, counts};

/// Some 100 cells of milliseconds each: long enough to be hit, short enough to be run many times.
const SLOW: &str = "[study]
neurons = [\"RS\", \"IB\", \"CH\"]
inputs = [\"step:10\", \"noise:10:2\"]
duration = 150
schemes = [\"euler\", \"bindsnet\", \"rk4+located\", \"projective-8\"]
dt = [0.02, 0.05, 0.1, 0.5]
figures = [{ name = \"error_vs_dt\", x = \"dt_ms\", y = \"max_spike_time_error_ms\" }]
";

/// SIGKILLs that must hit.
const KILLS: usize = 50;

#[test]
fn killed_fifty_times_at_random_the_results_are_the_same_bytes() {
    let bench = Bench::new(SLOW);
    let start = Instant::now();
    bench.stdout("run study.toml --out whole");
    let whole = start.elapsed();
    let expected = bench.results("whole");
    assert_eq!(
        expected.keys().collect::<Vec<_>>(),
        ["error_vs_dt.csv", "error_vs_dt.svg", "experiment.json", "results.csv", "summary.txt"]
    );
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (mut kills, mut rounds, mut part_way) = (0, 0, 0);
    while kills < KILLS {
        rounds += 1;
        let out = format!("round{rounds}");
        let mut kept = 0;
        loop {
            let mut child =
                bench.command(&format!("run study.toml --quiet --out {out}")).stderr(Stdio::null()).spawn().unwrap();
            // From before the first cell to the writing of the results.
            let delay = whole.mul_f64(random.random_range(0.0..0.6));
            std::thread::sleep(delay);
            if child.try_wait().unwrap().is_none() {
                child.kill().unwrap();
                kills += 1;
            }
            let status = child.wait().unwrap();
            let stored = bench.stored(format!("{out}/journal/all.log"));
            assert!(stored >= kept, "cells that were kept are gone: {kept} before, {stored} after");
            kept = stored;
            part_way += usize::from((1..96).contains(&stored));
            if status.success() {
                break;
            }
            // What stands under a final name is whole at any moment.
            if bench.path(&out).exists() {
                for (name, bytes) in bench.results(&out) {
                    assert!(
                        name.starts_with(".spikestep-") || bytes == expected[&name],
                        "{name} is not what it should be"
                    );
                }
            }
        }
        assert_eq!(bench.results(&out), expected, "after {kills} kills");
        // Nothing is done twice, and nothing over again.
        assert_eq!(bench.stored(format!("{out}/journal/all.log")), 96);
    }
    assert!(part_way >= KILLS / 3, "only {part_way} of {kills} kills hit a study part-way");
}

#[test]
fn ctrl_c_finishes_the_cells_in_flight_and_says_how_to_go_on() {
    let bench = Bench::new(SLOW);
    bench.stdout("run study.toml --out whole");
    let mut stopped = 0;
    for signal in ["-INT", "-TERM"] {
        let out = format!("out{signal}");
        let child = bench
            .command(&format!("run study.toml --out {out}"))
            .env("RAYON_NUM_THREADS", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while bench.stored(format!("{out}/journal/all.log")) < 3 && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        if output.status.success() {
            continue; // it was at its end already
        }
        stopped += 1;
        let stored = bench.stored(format!("{out}/journal/all.log"));
        assert_eq!(output.status.code(), Some(130), "{message}");
        let said = format!("stopped with {stored} of 96 cells done, all of them kept. The same command goes on");
        assert!(message.starts_with(&said), "{message}");
        assert!(!bench.path(&out).join("results.csv").exists(), "results of half a study");
        let text = bench.stdout(&format!("run study.toml --out {out}"));
        assert_eq!(counts(&text), (96, 96 - stored, stored));
        assert_eq!(bench.results(&out), bench.results("whole"));
    }
    assert!(stopped > 0, "no signal came in time");
}

#[test]
fn a_finished_study_runs_nothing_and_a_changed_one_what_changed() {
    let bench = Bench::new(SMALL);
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (24, 24, 0));
    let journal = std::fs::read(bench.path("out/journal/all.log")).unwrap();
    let provenance = std::fs::read(bench.path("out/provenance.json")).unwrap();
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (24, 0, 24));
    assert!(journal == std::fs::read(bench.path("out/journal/all.log")).unwrap());
    assert!(provenance == std::fs::read(bench.path("out/provenance.json")).unwrap());

    // What does not touch a cell: other columns, the order of the lists, another name of the same neuron.
    let same = SMALL.replace("\"RS\", \"FS\"", "\"FS\", \"a=0.02,b=0.2,c=-65,d=8\"").replace("\"missed\", ", "");
    bench.write(&same);
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (24, 0, 24));

    // One more step for two fixed-step schemes on four problems.
    let changed = SMALL.replace("dt = [0.5, 0.25]", "dt = [0.5, 0.1, 0.25]");
    bench.write(&changed);
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (32, 8, 24));
    bench.stdout("run study.toml --out anew");
    assert_eq!(bench.results("out"), bench.results("anew"));

    // A parameter of a distance is part of every cell.
    bench.write(&format!("{changed}distances = {{ van_rossum_tau = 20 }}\n"));
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (32, 32, 0));
    // And back: what was done once is still there.
    bench.write(SMALL);
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (24, 0, 24));
    assert_eq!(counts(&bench.stdout("run study.toml --out out --fresh")), (24, 24, 0));
    let again: serde_json::Value =
        serde_json::from_slice(&std::fs::read(bench.path("out/provenance.json")).unwrap()).unwrap();
    assert_eq!(again["runs"].as_array().unwrap().len(), 1, "only the run that began anew");
}

#[test]
fn what_is_kept_is_counted_once_whatever_it_is_called() {
    let bench = Bench::new(
        "[study]\nneurons = [\"RS\", \"a=0.02,b=0.2,c=-65,d=8\"]\nschemes = \"euler\"\ndt = [0.5, 1]\nduration = 50\n",
    );
    let first = bench.stdout("run study.toml --out out");
    assert_eq!(counts(&first), (4, 2, 0));
    assert!(first.contains("2 run now, 0 kept from before, 2 the same as another."), "{first}");
    assert_eq!(
        (counts(&bench.stdout("run study.toml --out out")), bench.stored("out/journal/all.log")),
        ((4, 0, 2), 2)
    );
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let bench = Bench::new(SMALL);
    for threads in ["1", "2", "7"] {
        let status = bench
            .command(&format!("run study.toml --quiet --out out{threads}"))
            .env("RAYON_NUM_THREADS", threads)
            .status()
            .unwrap();
        assert!(status.success());
    }
    assert_eq!(bench.results("out1"), bench.results("out2"));
    assert_eq!(bench.results("out1"), bench.results("out7"));
}

#[test]
fn two_processes_do_not_write_one_journal() {
    let bench = Bench::new(SLOW);
    let mut first = bench.command("run study.toml --quiet --out out").env("RAYON_NUM_THREADS", "1").spawn().unwrap();
    let start = Instant::now();
    while bench.stored("out/journal/all.log") < 1 && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let second = bench.output("run study.toml --out out");
    let first_done = first.try_wait().unwrap().is_some();
    assert!(first.wait().unwrap().success());
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(first_done || message.contains("another process is writing it"), "{message}");
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (96, 0, 96));
}
