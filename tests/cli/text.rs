//! What is read by eye: tables, help, the list of schemes.

use crate::bench::Bench;
use predicates::prelude::*;

/// Columns of the narrowest terminal that the tables are made for. Every character of ours is one column wide.
const WIDTH: usize = 100;

fn within_width(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= WIDTH, "{} columns: {line}", line.chars().count());
    }
}

/// `text` with numbers below 1e-9 masked in the lines of the truth and of the `projective` schemes and in the verdict: such errors
/// are rounding, or near it, and a processor without fused operations rounds differently. The van Rossum distance, last but one
/// in its line, goes as the square root of the errors: it is rounding below 2e-6.
pub(crate) fn without_rounding(text: &str) -> String {
    let masked = |word: &str, below: f64| {
        let small = |part: &str| part.parse::<f64>().is_ok_and(|x| x.abs() < below);
        let tiny = word.contains("e-") && word.split('±').all(small);
        if tiny { "*".repeat(word.chars().count()) } else { word.to_owned() }
    };
    let line = |line: &str| {
        let rounding = ["projective-", "Truth:"].iter().any(|start| line.starts_with(start));
        let rounding = rounding || line.contains("spike-time error");
        if !rounding {
            return format!("{line}\n");
        }
        let columns = line.split_whitespace().count();
        let mut column = 0;
        let words = line.split(' ').map(|word| {
            column += usize::from(!word.is_empty());
            masked(word, if column + 1 == columns { 2e-6 } else { 1e-9 })
        });
        words.collect::<Vec<_>>().join(" ") + "\n"
    };
    text.lines().map(line).collect()
}

#[test]
fn the_first_command_people_type() {
    let text = Bench::new().stdout("--dt 0.5 --no-timing");
    within_width(&text);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("compare_dt_0.5", without_rounding(&text));
    });
}

#[test]
fn a_range_of_steps_is_summed_up() {
    let bench = Bench::new();
    let text = bench.stdout("--dt 0.05..1:log:6 --duration 200 --no-timing --schemes euler,rk2+located,rk4,dopri5");
    within_width(&text);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("compare_dt_range", without_rounding(&text));
    });
}

#[test]
fn lines_fit_whatever_the_problem_is_called() {
    let bench = Bench::new();
    for options in [
        "--neuron C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35 --input step:70@101.25 --schemes default",
        "--neuron S --schemes default",
        "--dt 0.1,0.2,0.3,0.4,0.5,0.6 --duration 100 --schemes default",
        "--dt 0.0001 --duration 1 --schemes default",
        "--input -1e6 --duration 40 --dt 20 --schemes grid",
    ] {
        within_width(&bench.stdout(&format!("{options} --no-timing")));
    }
    // Measured times are the widest columns.
    within_width(&bench.stdout("--dt 0.01 --schemes euler,euler-semi-implicit+located,dopri5"));
}

#[test]
fn quiet_prints_nothing_and_still_writes() {
    let bench = Bench::new();
    assert_eq!(bench.stdout("--quiet --no-timing --schemes euler --duration 20"), "");
    assert!(bench.path("results/compare/metrics.csv").is_file());
}

/// The options of a help text with what is said of each.
fn options(help: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in help.lines() {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        // Six blanks, or two before a short form; deeper lines are what is said.
        if (indent == 6 && text.starts_with("--")) || (indent == 2 && text.starts_with('-')) {
            let name = text[text.find("--").unwrap()..].split(' ').next().unwrap();
            // The short form of the help says it on the same line.
            let said = text.split_once("  ").map_or("", |(_, said)| said);
            found.push((name.to_owned(), said.trim().to_owned()));
        } else if line.starts_with("          ")
            && let Some((_, said)) = found.last_mut()
        {
            said.push_str(text);
        }
    }
    found
}

#[test]
fn help_says_something_of_every_option() {
    let help = Bench::new().stdout("--help");
    within_width(&help);
    let options = options(&help);
    for (name, said) in &options {
        assert!(said.len() >= "Print help".len(), "{name} is not documented: '{said}'");
    }
    let names: Vec<&str> = options.iter().map(|(name, _)| name.as_str()).collect();
    for name in [
        "--dt",
        "--tolerance",
        "--neuron",
        "--input",
        "--schemes",
        "--duration",
        "--peak",
        "--v0",
        "--u0",
        "--lbound",
        "--cost",
        "--tau",
        "--window",
        "--within",
        "--out",
        "--format",
        "--trace",
        "--json",
        "--quiet",
        "--no-timing",
        "--list",
        "--help",
        "--version",
    ] {
        assert!(names.contains(&name), "{name} is not in the help");
    }
    // Numbers carry their unit.
    for name in ["--dt", "--duration", "--peak", "--v0", "--u0", "--lbound", "--tau", "--window", "--within"] {
        let said = &options.iter().find(|(n, _)| n == name).unwrap().1;
        assert!(said.contains("ms") || said.contains("mV"), "{name} has no unit: {said}");
    }
}

#[test]
fn the_examples_of_the_help_run() {
    let help = Bench::new().stdout("--help");
    let examples = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    let mut run = 0;
    for line in examples.filter(|line| line.starts_with("  compare --")) {
        // Two blanks or a pipe end the command.
        let command = line.trim().split("  ").next().unwrap().split(" | ").next().unwrap();
        let options = command.strip_prefix("compare ").unwrap();
        Bench::new().stdout(&format!("{options} --no-timing"));
        run += 1;
    }
    assert!(run >= 7, "{run} examples found");
}

#[test]
fn help_of_the_subcommands_and_version() {
    let bench = Bench::new();
    for subcommand in ["distance", "gallery", "recommend", "run"] {
        let help = bench.stdout(&format!("{subcommand} --help"));
        within_width(&help);
        for (name, said) in options(&help) {
            assert!(said.len() >= "Print help".len(), "{subcommand} {name}: '{said}'");
        }
    }
    assert_eq!(bench.stdout("--version"), format!("spikestep {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_list_names_every_scheme_and_group() {
    let list = Bench::new().stdout("--list");
    within_width(&list);
    for info in spikestep::SchemeSet::standard().iter().map(spikestep::Scheme::info) {
        let rows: Vec<&str> = list.lines().filter(|line| line.split_whitespace().next() == Some(&*info.name)).collect();
        assert_eq!(rows.len(), 2, "{}: a row of numbers and a line of what it is", info.name);
        assert!(rows[1].contains(&*info.summary) && list.contains(&*info.source), "{}", info.name);
    }
    for group in spikestep::scheme::GROUPS {
        assert!(predicate::str::contains(group).eval(&list), "group {group}");
    }
}

/// What an installed program prints can be typed again, and `compare` may stand before the options.
#[test]
fn the_program_calls_itself_by_the_name_it_was_called() {
    let bench = Bench::new();
    let out = |mut command: assert_cmd::Command| {
        String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
    };
    for help in ["--help", "-h", "compare --help"] {
        let text = out(bench.installed(help));
        assert!(text.contains("spikestep --") && !text.contains("  compare --"), "{text}");
        within_width(&text);
    }
    let options = "--dt 0.5 --schemes euler --duration 50 --no-timing --json";
    let json = out(bench.installed(&format!("compare {options}")));
    assert!(json.contains("\"command\": \"spikestep --dt 0.5"), "{json}");
    let plain = |text: String| text.replace("spikestep", "compare");
    assert_eq!(plain(json), out(bench.command(options)));
    assert!(bench.stdout("compare --help").contains("Schemes and steps:"));
}

/// Text fits the terminal that `COLUMNS` names, and no colour goes into a pipe.
#[test]
fn text_fits_a_narrow_terminal() {
    let bench = Bench::new();
    for options in [
        "--dt 0.5 --no-timing",
        "--dt 0.05..1:log:6 --duration 200 --no-timing --schemes euler,rk2+located,rk4,dopri5",
        "--neuron C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35 --no-timing --schemes default",
        "recommend --over 200 --no-timing",
        "fi --input 0:20:5 --schemes euler",
        "gallery",
    ] {
        let output = bench.command(options).env("COLUMNS", "80").assert().success().get_output().stdout.clone();
        let text = String::from_utf8(output).unwrap();
        for line in text.lines().filter(|line| !line.starts_with("Written to")) {
            assert!(line.chars().count() <= 80 && !line.contains('\u{1b}'), "{options}: {line}");
        }
    }
    // A parser's message is the only text that has colours.
    let refused = bench.command("--dt").assert().failure().get_output().stderr.clone();
    assert!(!refused.contains(&0x1b));
}

/// At dt 0.0316 to 0.178 ms the error of projective-6 on FS falls with slope 1.6, between rounding and order 6.
#[test]
fn an_order_that_is_not_asymptotic_says_so() {
    let bench = Bench::new();
    let json = bench.json("--dt 0.01..1:log:9 --neuron FS --schemes heun+located,projective-6 --no-timing");
    let settled: Vec<(&str, bool)> = json["observed_orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| (order["scheme"].as_str().unwrap(), order["settled"].as_bool().unwrap()))
        .collect();
    assert_eq!(settled, [("heun+located", true), ("projective-6", false)]);
}

/// The recorder of the histogram: counts are those of the spikes that are there.
#[test]
fn intervals_are_counted_over_the_same_bins() {
    let bench = Bench::new();
    let json = bench.json("--dt 0.5 --schemes euler,rk4 --no-timing --out o");
    let counts = |value: &serde_json::Value| -> Vec<u64> {
        value.as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect()
    };
    let (width, from) = (json["intervals"]["bin_ms"].as_f64().unwrap(), &json["intervals"]["from_ms"]);
    for run in json["runs"].as_array().unwrap() {
        let times: Vec<f64> = run["spike_times_ms"].as_array().unwrap().iter().map(|t| t.as_f64().unwrap()).collect();
        let within = |from: f64| times.windows(2).filter(|w| (from..from + width).contains(&(w[1] - w[0]))).count();
        let expected: Vec<u64> =
            from.as_array().unwrap().iter().map(|from| within(from.as_f64().unwrap()) as u64).collect();
        assert_eq!(counts(&run["interval_counts"]), expected, "{}", run["scheme"]);
        assert_eq!(expected.iter().sum::<u64>() as usize, times.len() - 1);
    }
    let columns = crate::bench::columns(&bench.read("o/intervals.csv"));
    let written: Vec<u64> = columns["count"].iter().map(|count| count.parse().unwrap()).collect();
    assert_eq!(written[..from.as_array().unwrap().len()], counts(&json["intervals"]["truth"]));
    assert!(bench.path("o/figures/intervals.svg").is_file());
}

/// Every kind of output has a report with its question and its command.
#[test]
fn reports_know_what_they_are_of() {
    let bench = Bench::new();
    for options in [
        "gallery --dt 1",
        "recommend --over 100 --no-timing",
        "recognise --dt 1 --schemes euler --training 40 --test 40",
    ] {
        bench.command(&format!("{options} --out d")).assert().success();
        let told = bench.stdout("report d");
        let report = bench.read("d/report.md");
        assert!(!told.contains("no record") && report.contains("compare "), "{told}\n{report}");
        let name = options.split(' ').next().unwrap();
        assert!(report.contains(&format!("compare {name}")), "{report}");
        std::fs::remove_dir_all(bench.path("d")).unwrap();
    }
}

/// A network of two neurons that has learned from ten pictures knows no digits.
#[test]
fn guessing_says_so_and_what_to_do() {
    let text = Bench::new().stdout("recognise --dt 1 --schemes euler --neurons 2 --training 10 --test 100");
    assert!(text.contains("Hardly better than guessing (0.100): euler at 1 ms"), "{text}");
}
