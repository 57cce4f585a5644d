//! Recordings that leave something open, and spikes whose file does not say all.

use crate::bench::Bench;

/// The rows of a run as the command writes them: (t, v, u, spike), with the start before the first.
fn traced(bench: &Bench, options: &str) -> Vec<[f64; 4]> {
    bench.stdout(&format!("{options} --trace traced --quiet"));
    let trace = std::fs::read_dir(bench.path("traced")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&trace).unwrap();
    std::fs::remove_file(trace).unwrap();
    let row = |line: &str| {
        let fields: Vec<f64> = line.split(',').take(4).map(|field| field.parse().unwrap()).collect();
        [fields[0], fields[1], fields[2], fields[3]]
    };
    text.lines().skip(1).map(row).collect()
}

/// Writes the times of the rows at which a spike is marked.
fn write_spikes(bench: &Bench, name: &str, rows: &[[f64; 4]]) {
    let spikes: String = rows.iter().filter(|row| row[3] == 1.0).map(|row| format!("{}\n", row[0])).collect();
    std::fs::write(bench.path(name), format!("t_ms\n{spikes}")).unwrap();
}

#[test]
fn rows_at_rest_are_a_class_and_name_no_parameter() {
    let bench = Bench::new();
    let start = "--neuron RS --v0 -69.5 --u0 -14";
    let rows = traced(&bench, &format!("{start} --input step:0 --schemes euler --dt 0.5 --duration 300"));
    for (with_u, decimals) in [(true, 2), (false, 2), (false, 1)] {
        let row = |[t, v, u, _]: &[f64; 4]| {
            let u = if with_u { format!(",{u:.decimals$}") } else { String::new() };
            format!("{t},{v:.decimals$}{u}\n")
        };
        let head = if with_u { "t_ms,v,u\n" } else { "t_ms,v\n" };
        std::fs::write(bench.path("rest.csv"), rows.iter().map(row).fold(head.to_owned(), |all, row| all + &row))
            .unwrap();
        // Told an input that is not there.
        let found = bench.json(&format!("judge rest.csv {start} --input step:10"));
        let verdict = found["verdict"].as_str().unwrap();
        assert!(["class", "none fits"].contains(&verdict), "u {with_u}, {decimals}: {verdict} {}", found["changed"]);
        assert_eq!(found["changed"], serde_json::json!([]), "u {with_u}, {decimals}");
    }
}

#[test]
fn a_ramp_ends_with_a_run_whose_spikes_alone_are_told() {
    let bench = Bench::new();
    for scheme in ["euler", "half-step"] {
        let rows = traced(&bench, &format!("--neuron RS --input ramp:0:20 --schemes {scheme} --dt 0.5 --duration 400"));
        write_spikes(&bench, "spikes.csv", &rows);
        let found = bench.json("judge spikes.csv --neuron RS --input ramp:0:20");
        let named = |name: &serde_json::Value| name == scheme;
        let equivalent = found["equivalent"].as_array().unwrap();
        assert!(named(&found["rule"]["scheme"]) || equivalent.iter().any(named), "{scheme}: {found}");
        assert_eq!(found["rule"]["dt_ms"], 0.5, "{scheme}");
        assert!(found["notes"].to_string().contains("at 400 ms"), "{scheme}: {}", found["notes"]);
    }
}

/// CARLsim tells its spikes to the ms, and a program that runs its rule may write the steps.
#[test]
fn spikes_of_carlsim_are_known_by_the_ms_and_by_the_step() {
    let bench = Bench::new();
    let options = "--neuron RS --input noise:10:4:1:3 --schemes carlsim --dt 0.5 --duration 600";
    let mut rows = traced(&bench, options);
    write_spikes(&bench, "steps.csv", &rows);
    rows.iter_mut().for_each(|row| row[0] = row[0].ceil());
    write_spikes(&bench, "ends.csv", &rows);
    rows.iter_mut().for_each(|row| row[0] -= 1.0);
    write_spikes(&bench, "starts.csv", &rows);
    for file in ["steps.csv", "ends.csv", "starts.csv"] {
        let found = bench.json(&format!("judge {file} --neuron RS --input noise:10:4:1:3"));
        let equivalent = found["equivalent"].as_array().unwrap();
        let named = found["rule"]["scheme"] == "carlsim" || equivalent.iter().any(|name| name == "carlsim");
        assert!(named && found["verdict"] != "none fits", "{file}: {} {equivalent:?}", found["rule"]);
    }
}
