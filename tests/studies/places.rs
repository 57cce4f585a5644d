//! Places that cannot be written, or fill up.
#![cfg(unix)]

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::bench::{Bench, SMALL, counts};

#[test]
fn a_place_that_cannot_be_written_costs_no_work() {
    let bench = Bench::new(SMALL);
    std::fs::write(bench.path("file"), "mine").unwrap();
    std::fs::create_dir(bench.path("taken")).unwrap();
    std::fs::write(bench.path("taken/journal"), "mine").unwrap();
    for out in ["file", "file/below", "taken", "/proc/nowhere"] {
        let message = bench.refusal(&format!("run study.toml --out {out}"));
        assert!(message.starts_with("error: cannot write ") && message.contains("Choose a place"), "{out}: {message}");
    }
    assert_eq!(std::fs::read_to_string(bench.path("file")).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(bench.path("taken")).unwrap().count(), 1);
}

#[test]
fn outputs_keep_the_folders_below_studies() {
    let bench = Bench::new("[study]\nneurons = [\"RS\"]\nschemes = \"euler\"\ndt = 1\nduration = 10\n");
    for (file, out) in [
        ("study.toml", "results/study"),
        ("mine/b.toml", "results/mine/b"),
        ("./mine/../mine/study.toml", "results/mine/study"),
        ("experiments/studies/../../a.toml", "results/a"),
        ("experiments/studies/step.toml", "results/step"),
        ("other/studies/mine/a.toml", "results/mine/a"),
    ] {
        std::fs::create_dir_all(bench.path(file).parent().unwrap()).unwrap();
        std::fs::write(bench.path(file), std::fs::read(bench.path("study.toml")).unwrap()).unwrap();
        bench.stdout(&format!("run {file} --quiet"));
        assert!(bench.path(out).join("results.csv").is_file(), "{file}");
    }
}

#[test]
fn a_read_only_directory_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new(SMALL);
    let out = bench.path("out");
    std::fs::create_dir(&out).unwrap();
    std::fs::set_permissions(&out, std::fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = bench.command("run study.toml --out out");
    if std::fs::write(out.join("probe"), "").is_ok() {
        // Permissions do not bind the superuser: as somebody else.
        std::fs::remove_file(out.join("probe")).unwrap();
        std::fs::set_permissions(bench.path(""), std::fs::Permissions::from_mode(0o755)).unwrap();
        let binary = std::path::Path::new(crate::common::PROGRAM);
        let copy = bench.path("compare");
        std::fs::copy(binary, &copy).unwrap();
        command = Command::new(copy);
        command.args(["run", "study.toml", "--out", "out"]).current_dir(bench.path("")).uid(65_534);
    }
    let output = command.output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.starts_with("error: cannot write out") && message.contains("ermission denied"), "{message}");
}

/// A limit on the size of files gives a write the same kind of refusal as a full disk: part of it, then an error.
#[test]
fn a_disk_that_fills_up_keeps_what_is_done() {
    let bench = Bench::new(SMALL);
    bench.stdout("run study.toml --out whole");
    let mut last = 0;
    // Blocks of 512 bytes; a journal of all cells has some 8 kB.
    for blocks in [0, 1, 3, 5, 9] {
        // The signal that comes with the refusal would end the process; ignored, as a full disk sends none.
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec '{}' run study.toml --out out --quiet",
            crate::common::PROGRAM
        );
        let output = Command::new("sh").args(["-c", &script]).current_dir(bench.path("")).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{blocks}: {message}");
        assert!(message.starts_with("error: cannot write out"), "{blocks}: {message}");
        assert!(!bench.path("out/results.csv").exists());
        let stored = bench.stored("out/journal/all.log");
        assert!(stored >= last, "cells that were kept are gone");
        last = stored;
    }
    assert!((1..24).contains(&last), "{last} cells before the disk was full");
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (24, 24 - last, last));
    assert_eq!(bench.results("out"), bench.results("whole"));
}

/// The same on a real file system of 64 kB.
#[test]
#[ignore = "needs the right to mount a file system"]
fn a_file_system_that_is_full_keeps_what_is_done() {
    let bench = Bench::new(&SMALL.replace("dt = [0.5, 0.25]", "dt = \"0.01..1:log:100\""));
    std::fs::create_dir(bench.path("disk")).unwrap();
    let mount = |arguments: &[&str]| Command::new("mount").args(arguments).arg(bench.path("disk")).status().unwrap();
    assert!(mount(&["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).success());
    let message = bench.refusal("run study.toml --out disk/out");
    let stored = bench.stored("disk/out/journal/all.log");
    let grown = mount(&["-o", "remount,size=8m"]);
    let text = bench.stdout("run study.toml --out disk/out");
    let results = bench.results("disk/out");
    bench.stdout("run study.toml --out whole");
    assert!(Command::new("umount").arg(bench.path("disk")).status().unwrap().success());
    assert!(message.contains("No space left on device"), "{message}");
    assert!(grown.success() && stored > 10);
    assert_eq!(counts(&text).2, stored);
    assert_eq!(results, bench.results("whole"));
}

#[test]
fn figures_that_a_file_no_longer_has_go() {
    let bench = Bench::new(SMALL);
    bench.stdout("run study.toml --out out");
    bench.write(&SMALL.replace("error_vs_dt", "other"));
    bench.stdout("run study.toml --out out --format png");
    let left: Vec<String> = bench.results("out").into_keys().collect();
    assert_eq!(left, ["experiment.json", "other.csv", "other.png", "results.csv", "summary.txt"]);
}
