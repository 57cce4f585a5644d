//! The recipes of `experiments/studies/recipes`, run as a user runs them.

use std::path::PathBuf;
use std::process::Command;

use crate::bench::{Bench, SMALL};

fn recipe(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("experiments/studies/recipes").join(name)
}

#[test]
fn shell_recipes_parse() {
    if crate::common::packaged() {
        return;
    }
    for name in ["parallel.sh", "slurm_array.sh"] {
        let output = Command::new("bash").arg("-n").arg(recipe(name)).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// With GNU parallel where it is installed, with xargs otherwise.
#[test]
fn parallel_shares_join_to_one_run() {
    if crate::common::packaged() {
        return;
    }
    let bench = Bench::new(SMALL);
    bench.stdout("run study.toml --out whole");
    let output = Command::new("bash")
        .arg(recipe("parallel.sh"))
        .args(["study.toml", "5", "out"])
        .env("SPIKESTEP", crate::common::PROGRAM)
        .current_dir(bench.path(""))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(bench.results("out"), bench.results("whole"));
    assert!((1..=5).all(|k| bench.path(&format!("out/journal/{k}-of-5.log")).is_file()));
}

/// The options that sbatch reads: at the top, before the first command, each a long option it knows with a value it takes.
#[test]
fn slurm_options_are_what_sbatch_reads() {
    if crate::common::packaged() {
        return;
    }
    let text = std::fs::read_to_string(recipe("slurm_array.sh")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("#!/usr/bin/env bash"), "sbatch wants an interpreter in the first line");
    let options: Vec<(&str, &str)> = lines
        .by_ref()
        .take_while(|line| line.starts_with('#'))
        .filter_map(|line| line.strip_prefix("#SBATCH "))
        .map(|option| option.strip_prefix("--").and_then(|o| o.split_once('=')).unwrap_or((&option[2..], "")))
        .collect();
    assert_eq!(options.len(), text.matches("#SBATCH").count(), "sbatch stops reading at the first command");
    let value = |name: &str| options.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    // man sbatch: forms of the values.
    for (name, value) in &options {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let right = match *name {
            "array" => value.split_once('-').is_some_and(|(first, last)| first == "1" && digits(last)),
            "ntasks" | "cpus-per-task" => digits(value),
            "mem-per-cpu" => value.strip_suffix(['K', 'M', 'G']).is_some_and(digits),
            "time" => value.split(':').count() == 3 && value.split(':').all(digits),
            "signal" => value.strip_prefix("B:TERM@").is_some_and(digits),
            "job-name" => !value.is_empty(),
            "output" => value.contains("%A") && value.contains("%a"),
            "requeue" => value.is_empty(),
            other => panic!("--{other} is not known to be an option of sbatch"),
        };
        assert!(right, "--{name}={value}");
    }
    assert!(value("array").is_some() && value("signal").is_some() && value("requeue").is_some());
}

/// The tasks of the array, one after the other, with the variables that Slurm sets; one of them is told to end early.
#[test]
fn slurm_tasks_join_to_one_run() {
    if crate::common::packaged() {
        return;
    }
    let bench = Bench::new(SMALL);
    bench.stdout("run study.toml --out whole");
    let task = |k: usize| {
        let mut command = Command::new("bash");
        command
            .arg(recipe("slurm_array.sh"))
            .envs([("STUDY", "study.toml"), ("OUT", "out"), ("SPIKESTEP", crate::common::PROGRAM)])
            .envs([("SLURM_ARRAY_TASK_ID", k.to_string()), ("SLURM_ARRAY_TASK_COUNT", "3".to_owned())])
            .env_remove("SLURM_JOB_ID")
            .current_dir(bench.path(""));
        command
    };
    for k in 1..=3 {
        let mut child = task(k).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(30));
        Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        // Done, stopped before its end (130), or hit before it listened (143): the queue gives it again.
        let code = child.wait().unwrap().code();
        assert!([Some(0), Some(130), Some(143), None].contains(&code), "{code:?}");
        // A shell that was hit before it listened leaves its study running for a moment: the queue gives the task again.
        let again = || {
            let output = task(k).output().unwrap();
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() || message.contains("another process is writing"), "{message}");
            output.status.success()
        };
        let patience = std::time::Instant::now();
        while !again() {
            assert!(patience.elapsed().as_secs() < 60, "share {k} is still being written");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }
    bench.stdout("merge study.toml --out out");
    assert_eq!(bench.results("out"), bench.results("whole"));
    let output = task(1).env_remove("SLURM_ARRAY_TASK_ID").output().unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("run by sbatch"));
}

#[test]
#[ignore = "needs snakemake (pip install snakemake) on the PATH"]
fn snakemake_shares_join_to_one_run() {
    let bench = Bench::new(SMALL);
    bench.stdout("run study.toml --out whole");
    let snakemake = |cores: &str| {
        let mut command = Command::new("snakemake");
        command
            .arg("--snakefile")
            .arg(recipe("Snakefile"))
            .args(["--cores", cores, "--rerun-incomplete", "--config", "study=study.toml", "out=out", "shares=4"])
            .arg(format!("spikestep={}", crate::common::PROGRAM))
            .current_dir(bench.path(""));
        command
    };
    let output = snakemake("2").output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{log}");
    assert_eq!(bench.results("out"), bench.results("whole"));
    // Nothing is left to do.
    let output = snakemake("2").output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && log.contains("Nothing to be done"), "{log}");
}
