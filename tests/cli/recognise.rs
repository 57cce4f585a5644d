//! `compare recognise`: trains, tests, resumes, keeps a network and tests it again.

use crate::bench::{Bench, columns};
use crate::refusals::refused;

const SMALL: &str = "recognise --method fixed --neurons 20 --training 60 --test 40";

#[test]
fn accuracies_tables_and_figures_are_written_and_done_work_is_kept() {
    let bench = Bench::new();
    let text =
        bench.stdout(&format!("{SMALL} --dt 0.5,1 --schemes bindsnet,rk4 --seeds 2 --out there --format svg,pdf,png"));
    assert!(text.contains("8 cells: 8 run now, 0 kept from before."), "{text}");
    assert!(text.contains("nearest centroid") && text.contains("Time of a picture"), "{text}");
    let rows = columns(&bench.read("there/results.csv"));
    assert_eq!(rows["scheme"].len(), 8);
    for accuracy in &rows["accuracy"] {
        // 20 neurons at random are no good recogniser, but far from guessing: one in ten.
        assert!(accuracy.parse::<f64>().unwrap() > 0.2, "{accuracy}");
    }
    for name in ["accuracy", "confusion", "pulse_code", "excitement", "weight_images"] {
        assert!(bench.read(&format!("there/{name}.svg")).starts_with("<svg"), "{name}");
        assert!(std::fs::read(bench.path(&format!("there/{name}.pdf"))).unwrap().starts_with(b"%PDF"), "{name}");
        assert!(bench.path(&format!("there/{name}.csv")).exists(), "{name}");
    }
    let first = bench.read("there/results.csv");
    let again = bench.stdout(&format!("{SMALL} --dt 0.5,1 --schemes bindsnet,rk4 --seeds 2 --out there"));
    assert!(again.contains("0 run now, 8 kept"), "{again}");
    assert_eq!(bench.read("there/results.csv"), first);
    let more = bench.stdout(&format!("{SMALL} --dt 0.25,0.5,1 --schemes bindsnet,rk4 --seeds 2 --out there"));
    assert!(more.contains("4 run now, 8 kept"), "{more}");
}

#[test]
fn the_american_name_and_json_give_the_same_numbers() {
    let bench = Bench::new();
    let options = "--method fixed --neurons 20 --training 60 --test 40 --dt 1 --schemes bindsnet";
    let json = bench.stdout(&format!("recognize {options} --out a --json"));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rows = columns(&bench.read("a/results.csv"));
    let row = &json["results"][0];
    assert_eq!(row["accuracy"].as_f64().unwrap(), rows["accuracy"][0].parse::<f64>().unwrap());
    assert_eq!(row["scheme"], "bindsnet");
    assert_eq!(row["pictures"], 40);
}

#[test]
fn a_network_that_is_kept_answers_as_it_did() {
    let bench = Bench::new();
    let run = "--training 60 --test 40 --dt 1 --schemes bindsnet";
    bench.stdout(&format!("recognise --method teacher --neurons 20 {run} --out a --save net.safetensors --quiet"));
    let rows = columns(&bench.read("a/results.csv"));
    let text = bench.stdout(&format!("recognise {run} --load net.safetensors"));
    let accuracy = format!("{:.3}", rows["accuracy"][0].parse::<f64>().unwrap());
    assert!(text.lines().any(|line| line.starts_with("bindsnet") && line.contains(&accuracy)), "{text} {accuracy}");
    std::fs::write(bench.path("broken.safetensors"), b"not a network").unwrap();
    let output =
        bench.command(&format!("recognise {run} --load broken.safetensors")).assert().code(1).get_output().clone();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("broken.safetensors") && message.contains("--save"), "{message}");
}

#[test]
fn what_cannot_be_is_refused_before_any_work() {
    for (options, told) in [
        ("--method supervised", "unknown method of learning 'supervised', did you mean 'unsupervised'?"),
        ("--schemes bindnset", "did you mean 'bindsnet'?"),
        ("--dt 0", "--dt"),
        ("--neurons 0", "number of neurons is 0"),
        ("--readout liner", "did you mean 'linear'?"),
        ("--readout most-excited", "teacher"),
        ("--coding poison", "did you mean 'poisson'?"),
        ("--coding repeat", "spikes"),
        ("--training 1700 --test 98", "1797 together"),
        ("--images absent.idx --labels absent.idx", "absent.idx"),
        ("--labels absent.idx", "Give the images, too"),
        ("--trained once", "[possible values: reference, each]"),
        ("--reference rk4", "SCHEME:DT"),
        ("--lbound -10", "lower bound"),
    ] {
        let message = refused(&format!("recognise {options} --out there"));
        assert!(message.contains(told), "{options}: {message}");
    }
}
