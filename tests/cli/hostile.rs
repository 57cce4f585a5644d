//! Hostile and clumsy use: every refusal comes before the work, what cannot end is cut by counts, and files are of one run.

use std::process::Stdio;
use std::time::Duration;

use crate::bench::Bench;
use crate::refusals::refused;

/// What a refused command says, in parts.
fn says(options: &str, parts: &[&str]) {
    let message = refused(options);
    for part in parts {
        assert!(message.contains(part), "{options}: '{part}' is not in: {message}");
    }
}

const RECOGNISE: &str = "recognise --training 20 --test 20 --out there";

#[test]
fn recognition_is_bounded_before_it_begins() {
    let small = format!("{RECOGNISE} --neurons 5");
    says(&format!("{small} --dt 1e15"), &["step dt is 1e15 ms", "at most 100 ms, as long as a picture is shown"]);
    says(&format!("{small} --dt 300"), &["step dt is 300 ms", "at most 100 ms"]);
    says(&format!("{small} --dt 1e-300"), &["step dt is 1e-300 ms, which takes 1.0e302 steps", "at most 1e6 steps"]);
    says(&format!("{small} --dt 1 --reference rk4:1e15 --trained reference"), &["step dt is 1e15 ms"]);
    says(&format!("{small} --dt 1 --seeds 1000000000"), &["2000000000 tests (1000000000 seeds)", "at most 100000"]);
    says(&format!("{small} --duration 1e300 --dt 1"), &["step dt is 1 ms", "at most 1e6 steps a picture"]);
    says(&format!("{RECOGNISE} --neurons 1000000 --dt 1"), &["the network is of 1000000 neurons", "1.25e8 numbers"]);
    says(&format!("{small} --synapse bindsnet"), &["unknown synapse 'bindsnet'", "weight, charge, exponential"]);
    let help = Bench::new().stdout("recognise --help");
    assert!(help.contains("weight (BindsNET's, in one step)"), "{help}");
    for options in ["--dt -1", "--seeds -1", "--neurons -5", "--duration -1 --dt 1"] {
        let message = refused(&format!("recognise --out there {options}"));
        assert!(!message.contains("unexpected argument"), "{options}: {message}");
    }
}

#[test]
fn a_kept_network_is_bounded_as_its_options_are() {
    let bench = Bench::new();
    bench.stdout(
        "recognise --training 20 --test 20 --neurons 5 --method fixed --dt 1 --schemes euler --quiet --save net",
    );
    bench.stdout("recognise --training 20 --test 20 --load net --dt 1 --schemes euler");
    for dt in ["1e15", "1e-300"] {
        let message =
            bench.command(&format!("recognise --load net --dt {dt}")).assert().code(1).get_output().stderr.clone();
        let message = String::from_utf8(message).unwrap();
        assert!(message.starts_with("error: step dt is 1e"), "{message}");
    }
    // Its delay in place of another of as many digits, so that the file stays one.
    let bytes = std::fs::read(bench.path("net")).unwrap();
    let place = |what: &[u8]| bytes.windows(what.len()).position(|w| w == what).unwrap();
    let at = place(br#"delay\":1.0"#) + br#"delay\":"#.len();
    let mut longer = bytes.clone();
    longer[at..at + 3].copy_from_slice(b"1e9");
    std::fs::write(bench.path("long"), longer).unwrap();
    let message = bench.command("recognise --load long --dt 1").assert().code(1).get_output().stderr.clone();
    assert!(String::from_utf8(message).unwrap().starts_with("error: delay is 1000000000; allowed: 0 to 100 ms"));
}

#[test]
fn what_is_too_stiff_is_cut_by_counts() {
    let bench = Bench::new();
    for (options, warning) in [
        ("--neuron leak=1e6 --schemes euler --duration 20", "too stiff"),
        ("--neuron a=1e12 --schemes nest-rkf45 --duration 50", "diverges"),
        ("--neuron peak=1e12 --schemes nest-rkf45", "diverges"),
        ("--input ramp:0:1e100 --schemes nest-rkf45,euler", "diverges"),
    ] {
        let text = bench.stdout(&format!("{options} --no-timing"));
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = words.split("Warning: ").nth(1).unwrap_or_else(|| panic!("{options}: {text}"));
        assert!(told.starts_with("The true solution") && told.contains(warning), "{options}: {told}");
    }
    says("fi --duration 1e9", &["duration is 1000000000 ms", "at most 1e7 ms"]);
    says("fi --dt 1e9", &["dt is 1000000000 ms", "at most the duration of 2000 ms"]);
    says("fi --dt 1e-3 --duration 1e6", &["total work is", "at most 1e9 steps"]);
}

#[test]
fn messages_are_short_and_printable() {
    let bench = Bench::new();
    let long = "x".repeat(10_000);
    for (options, part) in [
        (vec!["--schemes", "\u{1b}[31mred"], "unknown scheme '\\u{1b}[31mred'"),
        (vec!["--neuron", &long], "unknown neuron 'xxx"),
        (vec!["--input", "step:\u{7}"], "'\\u{7}'"),
        (vec!["--dt", &"1".repeat(400)], "--dt is '111"),
        (vec![&long], "unrecognized subcommand 'xxx"),
        (vec!["--\u{1b}[31mx"], "unexpected argument"),
    ] {
        let output = bench.command("").args(&options).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && message.contains(part), "{message}");
        assert!(message.len() < 600 && !message.contains(|c: char| c.is_control() && c != '\n'), "{message}");
    }
    // No number has a hundred digits, in outputs neither.
    let text = bench.stdout("--neuron b=1e100,peak=1e250 --schemes euler --no-timing");
    assert!(text.contains("b = 1e100") && text.split_whitespace().all(|word| word.len() < 100), "{text}");
    std::fs::write(bench.path("study.toml"), b"title = \"\xff\"").unwrap();
    let message = bench.command("check study.toml").assert().code(1).get_output().stderr.clone();
    let expected = "error: cannot read study.toml: it is not UTF-8. Give a text file, in UTF-8.\n";
    assert_eq!(String::from_utf8(message).unwrap(), expected);
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let bench = Bench::new();
    let help = bench.stdout("--help");
    let codes =
        "Exit codes: 0 done, 1 refused or failed, 2 not understood (options and their values), 130 stopped by Ctrl-C.";
    assert!(help.split_whitespace().collect::<Vec<_>>().join(" ").contains(codes), "{help}");
    bench.command("--dt 0").assert().code(1);
    bench.command("--nonsense").assert().code(2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_is_refused() {
    let bench = Bench::new();
    for options in [
        "check /dev/zero",
        "run /dev/zero",
        "replay --config /dev/zero --input x --out o",
        "recognise --load /dev/zero --dt 1",
    ] {
        let message = bench.command(options).assert().code(1).get_output().stderr.clone();
        let message = String::from_utf8(message).unwrap();
        assert!(message.contains("/dev/zero with more than 256 MiB; allowed: at most 256 MiB"), "{options}: {message}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_fails() {
    for options in ["--help", "-h", "--version", "recognise --help", "--list"] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output =
            crate::common::compare().args(options.split(' ')).stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{options}");
        assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: cannot write the standard output"));
    }
}

const RUN: &str = "--dt 0.5 --duration 50 --schemes euler --no-timing";

#[test]
fn a_trace_inside_the_outputs_is_not_stale() {
    let bench = Bench::new();
    bench.stdout("--dt 0.25,0.5,1 --duration 50 --schemes euler --no-timing --out o");
    // So many steps that the outputs have no traces of their own.
    let text = bench.stdout("--dt 1e-4,0.25 --duration 50 --schemes euler --no-timing --out o --trace o/traces");
    assert!(text.contains("Traces in o/traces: 2 files"), "{text}");
    let left: Vec<_> = std::fs::read_dir(bench.path("o/traces")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    bench.stdout(&format!("{RUN} --out o --trace o"));
    assert!(bench.path("o/euler_dt0.5.csv").is_file() && bench.path("o/compare.json").is_file());
}

#[test]
fn drawings_of_an_earlier_format_go() {
    let bench = Bench::new();
    for (command, figure) in [
        ("gallery --dt 5 --scheme euler", "gallery"),
        ("fi --dt 1 --schemes euler --input 0:9:3 --duration 100", "rates"),
    ] {
        bench.stdout(&format!("{command} --out o"));
        let drawn = |ending: &str| {
            std::fs::read_dir(bench.path("o"))
                .unwrap()
                .any(|e| e.unwrap().path().extension().is_some_and(|x| x == ending))
        };
        assert!(drawn("svg"), "{figure}");
        bench.stdout(&format!("{command} --out o --format png"));
        assert!(drawn("png") && !drawn("svg"), "{figure}");
        std::fs::remove_dir_all(bench.path("o")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn one_process_at_a_time_writes_a_directory() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("o")).unwrap();
    let lock = std::fs::File::open(bench.path("o")).unwrap();
    lock.lock().unwrap();
    for options in [format!("{RUN} --out o"), format!("{RUN} --out p --trace o"), "gallery --out o".to_owned()] {
        let message = bench.command(&options).assert().code(1).get_output().stderr.clone();
        let message = String::from_utf8(message).unwrap();
        assert!(message.starts_with("error: cannot write o: another process is writing there."), "{message}");
    }
    assert_eq!(bench.tree().len(), 1, "{:?}", bench.tree().keys());
    lock.unlock().unwrap();
    bench.stdout(&format!("{RUN} --out o"));
}

#[cfg(unix)]
#[test]
fn files_have_the_permissions_that_umask_leaves_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let bench = Bench::with(&[("in.csv", "a\n1\n"), ("target.csv", "old")]);
    symlink("target.csv", bench.path("link.csv")).unwrap();
    symlink("new.csv", bench.path("dangling.csv")).unwrap();
    let program = crate::common::PROGRAM;
    for (umask, to, mode) in [
        ("077", "private.csv", 0o600),
        ("002", "shared.csv", 0o664),
        ("022", "link.csv", 0o644),
        ("022", "dangling.csv", 0o644),
    ] {
        let script = format!("umask {umask}; exec '{program}' convert in.csv {to}");
        assert!(
            std::process::Command::new("sh")
                .args(["-c", &script])
                .current_dir(bench.path(""))
                .stdout(Stdio::null())
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(std::fs::metadata(bench.path(to)).unwrap().permissions().mode() & 0o777, mode, "{to}");
    }
    for (link, target) in [("link.csv", "target.csv"), ("dangling.csv", "new.csv")] {
        assert!(bench.path(link).is_symlink());
        assert_eq!(bench.read(target), "a\n1\n");
    }
}

#[cfg(unix)]
#[test]
fn what_is_half_written_goes_with_an_interrupt_or_at_the_next_run() {
    let bench = Bench::new();
    let unfinished = || bench.tree().keys().filter(|name| name.to_string_lossy().contains(".spikestep-")).count();
    // Killed: the next run removes it.
    std::fs::create_dir_all(bench.path("o/traces")).unwrap();
    for name in ["o/.spikestep-a.tmp", "o/traces/.spikestep-b.tmp"] {
        std::fs::write(bench.path(name), "half").unwrap();
    }
    bench.stdout(&format!("{RUN} --out o"));
    assert_eq!(unfinished(), 0);
    // Interrupted while a large trace is written.
    let mut child = crate::common::compare()
        .args("--dt 1e-4 --duration 1000 --schemes euler --no-timing --trace t --json".split(' '))
        .current_dir(bench.path(""))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let begun = (0..5000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        // The probe of the place is gone at once; a trace is there for seconds.
        bench.tree().iter().any(|(name, bytes)| {
            name.to_string_lossy().contains(".spikestep-") && bytes.as_ref().is_some_and(|bytes| bytes.len() > 100_000)
        })
    });
    assert!(begun, "no trace was begun");
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(unfinished(), 0);
}

#[test]
fn places_are_tried_before_the_work() {
    let bench = Bench::with(&[("file", ""), ("a.csv", "t_ms\n1\n")]);
    std::fs::create_dir(bench.path("folder")).unwrap();
    for (options, part) in [
        ("recognise --training 20 --test 20 --neurons 5 --dt 1 --out o --save folder", "which is a directory"),
        ("recognise --training 20 --test 20 --neurons 5 --dt 1 --out o --save file/x", "cannot write file"),
        ("distance a.csv a.csv a.csv --matrix file/m.csv", "cannot write file"),
    ] {
        let message = bench.command(options).assert().code(1).get_output().stderr.clone();
        assert!(String::from_utf8(message.clone()).unwrap().contains(part), "{options}: {message:?}");
    }
    assert!(!bench.path("o").exists());
}

#[test]
fn names_are_no_formulas() {
    let bench = Bench::with(&[("=1+1.csv", "t_ms\n1\n"), ("@b.csv", "t_ms\n2\n"), ("c.csv", "t_ms\n2\n")]);
    bench.stdout("distance ./=1+1.csv c.csv c.csv --matrix m.csv");
    let table = bench.read("m.csv");
    assert!(!table.split([',', '\n']).any(|cell| cell.starts_with(['=', '@'])), "{table}");
    let table = |bench: &Bench, files: &str| {
        bench.stdout(&format!("distance {files} --matrix n.csv"));
        bench.read("n.csv")
    };
    assert!(table(&bench, "=1+1.csv @b.csv c.csv").starts_with("train,'=1+1.csv,'@b.csv,c.csv\n"));
}
