//! `--trace`: `t_ms,v_mV,u,spike`, one row a step, against the simulators' own recordings.

use crate::bench::{Bench, columns};

fn numbers(fields: &[String]) -> Vec<f64> {
    fields.iter().map(|field| field.parse().unwrap()).collect()
}

fn reference(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/simulators/");
    std::fs::read_to_string(format!("{root}{path}")).unwrap()
}

#[test]
fn the_traces_of_simulators_digit_for_digit() {
    for (scheme, recorded) in [
        ("bindsnet", "bindsnet/single_rs_dt0.5_f64.csv"),
        ("nest-published", "nest/single_rs_dt0.5_published.csv"),
        ("nest-consistent", "nest/single_rs_dt0.5_consistent.csv"),
    ] {
        let bench = Bench::new();
        bench.stdout(&format!(
            "--dt 0.5 --input step:10 --duration 300 --schemes {scheme} --no-timing --json --trace traces"
        ));
        let text = bench.read(&format!("traces/{scheme}_dt0.5.csv"));
        assert!(text.starts_with("t_ms,v_mV,u,spike\n"), "{}", &text[..40]);
        let (trace, recorded) = (columns(&text), columns(&reference(recorded)));
        let times: Vec<f64> = (1..=600).map(|n| f64::from(n) * 0.5).collect();
        assert_eq!(numbers(&trace["t_ms"]), times, "{scheme}");
        for column in ["v_mV", "u"] {
            assert_eq!(numbers(&trace[column]), numbers(&recorded[column]), "{scheme}: {column}");
        }
        assert_eq!(trace["spike"], recorded["spike"], "{scheme}");
    }
}

#[test]
fn one_file_a_run_and_its_spikes_are_the_runs() {
    let bench = Bench::new();
    let json = bench.json("--dt 0.25,0.5 --schemes euler,rk4+located,dopri5 --duration 100 --no-timing --trace t");
    let runs = json["runs"].as_array().unwrap();
    assert_eq!(bench.tree().len(), 1 + runs.len());
    for run in runs {
        let name = match run["dt_ms"].as_f64() {
            Some(dt) => format!("t/{}_dt{dt}.csv", run["scheme"].as_str().unwrap()),
            None => "t/dopri5_tol1e-6.csv".to_owned(),
        };
        let trace = columns(&bench.read(&name));
        let times = numbers(&trace["t_ms"]);
        assert!(times.windows(2).all(|w| w[0] < w[1]), "{name}: times increase");
        assert_eq!(*times.last().unwrap(), 100.0, "{name}");
        if let Some(dt) = run["dt_ms"].as_f64() {
            assert_eq!(times.len(), (100.0 / dt) as usize, "{name}");
        }
        let marked = trace["spike"].iter().filter(|s| *s == "1").count();
        assert_eq!(run["spike_count"], marked, "{name}");
        assert!(marked > 0 && trace["spike"].iter().all(|s| s == "0" || s == "1"), "{name}");
    }
}
