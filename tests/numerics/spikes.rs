//! Spike trains read from files, and spikes located inside a step.

use spikestep::spike::{Location, locate, read_spike_train};
use spikestep::{Error, Neuron, Result, SpikeTrain, State, StepInput, Stimulus};

fn read(content: impl AsRef<[u8]>) -> Result<SpikeTrain> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spikes.csv");
    std::fs::write(&path, content).unwrap();
    read_spike_train(&path)
}

#[test]
fn tables_and_bare_numbers_are_read_however_written() {
    for content in [
        "t_ms\n1.5\n2e1\n",
        "1.5\n20\n",
        "1.5\r\n20",
        "\n\n 1.5\n\n20 \n   \n",
        "# made by hand\nspike , t_ms,u\n# half way\n0, 1.5 ,-3\n\n1,20,-2\n",
        "\u{feff}t_ms,\"u\"\r\n\"1.5\",x\r\n20,\r\n",
        "time [ms]\n1.5\n20\n",
        "time (s)\tu\n1.5e-3\t1\n0.02\t2\n",
        "u;spike_times\n0;1.5\n0;20\n",
    ] {
        assert_eq!(read(content).unwrap().times(), [1.5, 20.0], "{content:?}");
    }
    for content in ["", "\n", "t_ms\n", "k,t_ms\n\n", "# nothing\n"] {
        assert!(read(content).unwrap().is_empty(), "{content:?}");
    }
}

#[test]
fn a_bad_line_is_named_by_its_number() {
    for (content, bad_line, part) in [
        ("t_ms\n1\nx\n", 3, "'x' is not a spike time"),
        ("t_ms\n1\nx", 3, "'x' is not a spike time"),
        ("1\n\n# comment\nnan\n", 4, "'nan' is not"),
        ("k,t_ms\r\n0,1\r\n1\r\n", 3, "1 field where the first row has 2"),
        ("k,t_ms\n0,1\n1,2,5\n", 3, "3 fields where the first row has 2"),
        ("k;t_ms\n0;1,5\n", 2, "'1,5' is not a spike time"),
        ("t_ms\n1\n1e400\n", 3, "'1e400' is not"),
        ("t_ms\n1\n9007199254740993\n", 3, "'9007199254740993' is not"),
        ("t_ms\n1\n-0.5\n", 3, "the spike at -0.5 ms is before 0"),
        ("t_ms\n-1\n2\n", 2, "is before 0"),
        ("t_ms,k\n1,\"a\n2,b\n", 2, "a quote is left open"),
        ("t_ms,t_ms\n1,2\n", 1, "the column 't_ms' is there twice"),
        ("k,t_ms\n0,inf\n", 2, "'inf' is not"),
        ("5\n4\n6\n", 2, "4 ms comes after 5 ms"),
        ("\n0,1\n", 2, "2 columns without names"),
        ("1,2\n3,4\n", 1, "2 columns without names"),
        ("1\n2,3\n", 2, "'2,3' is not"),
    ] {
        match read(content) {
            Err(Error::Line { line, problem, .. }) => {
                assert_eq!(line, bad_line, "{content:?}: {problem}");
                assert!(problem.contains(part), "{content:?}: {problem}");
            }
            other => panic!("{content:?}: {other:?}"),
        }
    }
    assert!(matches!(read(b"t_ms\n1\n\xff\xfe\n"), Err(Error::Line { line: 3, .. })));
    for (content, part) in
        [("x,y\n1,2\n", "no column holds times: 'x, y'"), ("time,t\n1,2\n", "several columns hold times: time, t")]
    {
        let said = read(content).unwrap_err().to_string();
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn what_is_no_file_cannot_be_read() {
    let directory = tempfile::tempdir().unwrap();
    assert!(matches!(read_spike_train(directory.path()), Err(Error::Read { .. })));
    assert!(matches!(read_spike_train(directory.path().join("none")), Err(Error::Read { .. })));
}

/// With u frozen (a = 0) the upstroke is a Riccati equation, solved by W(t) = q tan(q t + phase), q² = K.
fn exact_step(neuron: &Neuron, from: State, input: f64, t: f64) -> State {
    let k = neuron.k2 * (neuron.k0 + input - from.u) - 0.25 * neuron.k1 * neuron.k1;
    let q = k.sqrt();
    let phase = ((neuron.k2 * from.v + 0.5 * neuron.k1) / q).atan();
    State { v: (q * (q * t + phase).tan() - 0.5 * neuron.k1) / neuron.k2, u: from.u }
}

fn crossing_error(location: Location, h: f64) -> f64 {
    let neuron = Neuron::new(0.0, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(10.0);
    let k: f64 = 0.04 * (140.0 + 10.0 + 8.0) - 6.25;
    let q = k.sqrt();
    let time_to = |v: f64| ((0.04 * v + 2.5) / q).atan() / q;
    // A step that straddles the peak, the crossing at 0.4 of it.
    let t_peak = time_to(30.0);
    let start_v = (q * (q * (t_peak - 0.4 * h)).tan() - 2.5) / 0.04;
    let from = State::new(start_v, -8.0);
    let to = exact_step(&neuron, from, 10.0, h);
    let input = StepInput::new(&stimulus, 0.0, h);
    let found = locate(location, &neuron, from, to, &input, |t| exact_step(&neuron, from, 10.0, t));
    (found.length - 0.4 * h).abs()
}

#[test]
fn the_step_itself_locates_to_rounding_and_interpolants_at_their_order() {
    // The phase of a tangent is a straight line: what is left is rounding of v ≈ 30 and of tan, some ulp of 0.1.
    assert!(crossing_error(Location::Step, 0.1) < 1e-15);
    let slope = |l| (crossing_error(l, 0.02) / crossing_error(l, 0.01)).log2();
    // Local errors of interpolation are h² and h⁴; at this h the next term changes the slope by less than 0.25.
    assert!((slope(Location::Linear) - 2.0).abs() < 0.25, "linear {}", slope(Location::Linear));
    assert!((slope(Location::Hermite) - 4.0).abs() < 0.25, "hermite {}", slope(Location::Hermite));
}

#[test]
fn a_step_that_overflows_is_still_located() {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(10.0);
    let input = StepInput::new(&stimulus, 0.0, 1.0);
    let from = State::new(0.0, -8.0);
    let to = State::new(f64::INFINITY, -8.0);
    let trial = |t: f64| if t > 0.3 { to } else { State::new(100.0 * t + 10.0, -8.0) };
    let found = locate(Location::Step, &neuron, from, to, &input, trial);
    assert!((found.length - 0.2).abs() < 1e-12, "{found:?}");
}
