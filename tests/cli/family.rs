//! Cells with more than the quadratic form, as the command runs them.

use crate::bench::Bench;

/// What is said of a command that is refused.
fn refusal(bench: &Bench, options: &str) -> String {
    String::from_utf8(bench.command(options).assert().failure().get_output().stderr.clone()).unwrap()
}

/// CARLsim6 24 asks for a refractory period under any step of its own cell.
const CARLSIM: &str = "C=366,k=0.792338703789581,vr=-63.2044008171655,vt=-33.6041733124267,a=0.00838350334098279,\
                       b=-42.5524776883928,c=-38.8680990294091,d=588,vpeak=35.8614648558726,refractory=2";

#[test]
fn a_refractory_period_under_every_step() {
    let bench = Bench::new();
    let options = "--input step:600 --dt 0.025,0.1,0.5 --schemes euler,euler-semi-implicit,rk4,rk4+located --no-timing";
    let json = bench.json(&format!("--neuron {CARLSIM} {options}"));
    let truth = &json["truth"];
    assert_eq!((&truth["solver"], &truth["checked_by"]), (&"taylor".into(), &"dop853".into()));
    assert!(truth["check_difference_ms"].as_f64().unwrap() < 1e-10 && truth["error_bound_ms"].is_null());
    assert!(truth["check_agrees"].is_null() && truth["check_unknown_because"].as_str().unwrap().contains("plain"));
    let spikes: Vec<f64> = truth["spike_times_ms"].as_array().unwrap().iter().map(|t| t.as_f64().unwrap()).collect();
    let without = bench.json(&format!("--neuron {} {options}", CARLSIM.trim_end_matches(",refractory=2")));
    assert!(spikes.len() > 3 && spikes.windows(2).all(|pair| pair[1] - pair[0] > 2.0));
    assert!(truth["spike_times_ms"] != without["truth"]["spike_times_ms"]);
    assert_eq!(json["neuron"]["extension"]["refractory"], 2.0);
    assert!(without["neuron"]["extension"].is_null());
    for run in json["runs"].as_array().unwrap() {
        let (scheme, dt) = (run["scheme"].as_str().unwrap(), run["dt_ms"].as_f64().unwrap());
        let error = run["max_spike_time_error_ms"].as_f64().unwrap();
        match scheme {
            "rk4+located" => assert!(error < 1e-4 * (dt / 0.025f64).powi(3), "{scheme} {dt}: {error}"),
            // Of order 1, each; a period that ends late by a step adds one.
            _ => assert!(error < 100.0 * dt, "{scheme} {dt}: {error}"),
        }
    }
}

#[test]
fn every_cell_runs_under_the_default_schemes_and_says_what_is_left_out() {
    let bench = Bench::new();
    for cell in ["FS2007", "LTS2007", "TC2007", "RTN2007", "CA1-PYR-strong", "CA1-PYR-weak", "CA1-PV"] {
        let json = bench.json(&format!("--neuron {cell} --input step:300 --dt 0.1 --duration 100 --no-timing"));
        assert_eq!((&json["neuron"]["name"], &json["typed_unit"]), (&cell.into(), &"pA".into()));
        let notes = json["notes"].as_array().unwrap();
        assert!(notes[0].as_str().unwrap().starts_with("Beyond the quadratic form: "), "{cell}");
        assert!(notes[1].as_str().unwrap().starts_with("Left out, since they step that form alone: "), "{cell}");
        let schemes: Vec<_> =
            json["runs"].as_array().unwrap().iter().map(|run| run["scheme"].as_str().unwrap()).collect();
        assert!(
            schemes.contains(&"rk4+located") && schemes.contains(&"brian2-rk2") && !schemes.contains(&"projective")
        );
        assert!(json["truth"]["warning"].is_null() && json["truth"]["spike_times_ms"].as_array().unwrap().len() > 2);
    }
    let text = bench
        .stdout("--neuron FS2007 --input step:300 --dt 0.1 --duration 100 --schemes rk4+located,taylor --no-timing");
    assert!(
        text.contains("Beyond the quadratic form: vb = -55 mV, b_below = 0 nS, b_cubic = 0.025 nS/mV^2."),
        "{text}"
    );
    assert!(text.contains("not proven: errors are bounded for"), "{text}");
    assert!(!text.contains("Rest without input") && !text.contains("Left out"), "{text}");
}

#[test]
fn a_scheme_named_for_a_cell_it_cannot_step_is_refused() {
    let bench = Bench::new();
    let message = refusal(&bench, "--neuron RS,refractory=2 --dt 0.5 --schemes projective-8,euler");
    for part in ["one with refractory", "the plain quadratic form, which scheme 'projective-8' needs", "rk4+located"] {
        assert!(message.contains(part), "{message}");
    }
    let study = "title = \"t\"\nquestion = \"q\"\nkind = \"study\"\n[study]\nneurons = [\"RS\", \"TC2007,refractory=1ms\"]\n\
                 inputs = [\"step:150\"]\nduration = 60\nschemes = [\"rk4+located\", \"euler\"]\ndt = 0.1\n";
    let bench = Bench::with(&[("good.toml", study), ("bad.toml", &study.replace("euler", "nengo"))]);
    bench.stdout("run good.toml --out o");
    let results = std::fs::read_to_string(bench.path("o/results.csv")).unwrap();
    assert!(results.contains("\"TC2007,refractory=1ms\""), "{results}");
    let message = refusal(&bench, "check bad.toml");
    assert!(message.contains("bad.toml:8:11") && message.contains("scheme 'nengo'"), "{message}");
    let text = bench.stdout("fi --neuron CA1-PV --input 0:400:9 --dt 0.1 --duration 300 --schemes rk4+located --out f");
    assert!(text.contains("rk4+located"), "{text}");
    let text = bench.stdout("recommend --neuron RTN2007 --input step:150 --within 0.1ms --over 100ms --no-timing");
    assert!(text.contains("take rk") || text.contains("take dop") || text.contains("take taylor"), "{text}");
}
