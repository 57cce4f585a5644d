//! Inputs against direct formulas, and recordings.

use std::io::Write;

use proptest::prelude::*;
use spikestep::model::{Interpolation, StimulusSpec};
use spikestep::{Error, Side, Sinusoid, StepInput, Stimulus};

fn input(text: &str, duration: f64) -> Stimulus {
    StimulusSpec::parse(text).unwrap().stimulus(duration).unwrap()
}

proptest! {
    #[test]
    fn steps_ramps_and_sines_are_their_formulas(
        x in -50.0..50.0f64, y in -50.0..50.0f64, hz in 0.1..500.0f64, onset in 0.0..900.0f64, t in 0.0..1000.0f64,
    ) {
        let after = |value: f64| if t >= onset { value } else { 0.0 };
        let step = input(&format!("step:{x}@{onset}"), 1000.0);
        prop_assert_eq!(step.value(t, Side::After), after(x));
        let ramp = input(&format!("ramp:{x}:{y}@{onset}"), 1000.0);
        let line = after(x + (y - x) * ((t - onset) / (1000.0 - onset)));
        // Six roundings on either side of terms below 50 + 100.
        prop_assert!((ramp.value(t, Side::After) - line).abs() <= 6.0 * f64::EPSILON * 150.0);
        prop_assert_eq!(ramp.value(1500.0, Side::After), y);
        let sine = input(&format!("sine:{x}:{y}:{hz}@{onset}"), 1000.0);
        let phase = std::f64::consts::TAU * hz * (t - onset) / 1000.0;
        // The phase has four roundings on either side; the sine passes them on with its slope, at most 1, times y.
        let allowed = 4.0 * f64::EPSILON * (x.abs() + y.abs() * (1.0 + phase.abs()));
        prop_assert!((sine.value(t, Side::After) - after(x + y * phase.sin())).abs() <= allowed);
    }

    #[test]
    fn pulses_are_their_formula(amplitude in -50.0..50.0, width in 0.01..5.0, gaps in prop::collection::vec(0.001..20.0, 1..6), t in 0.0..150.0) {
        let starts: Vec<f64> = gaps.iter().scan(0.0, |end, gap| { let start = *end + gap; *end = start + width; Some(start) }).collect();
        let list: Vec<String> = starts.iter().rev().map(f64::to_string).collect();
        let pulses = input(&format!("pulse:{amplitude}:{width}@{}", list.join(",")), 1000.0);
        let on = starts.iter().any(|start| (*start..start + width).contains(&t));
        prop_assert_eq!(pulses.value(t, Side::After), if on { amplitude } else { 0.0 });
        for start in starts {
            prop_assert_eq!(pulses.value(start, Side::Before), 0.0);
            prop_assert_eq!(pulses.value(start, Side::After), amplitude);
            prop_assert_eq!(pulses.value(start + width, Side::Before), amplitude);
        }
    }

    #[test]
    fn a_linear_recording_is_continuous_and_holds_its_samples(
        samples in prop::collection::vec((0.01..10.0, -50.0..50.0), 1..30),
    ) {
        let times: Vec<f64> = samples.iter().scan(0.0, |t, (gap, _)| { *t += gap; Some(*t) }).collect();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for (t, (_, value)) in times.iter().zip(&samples) {
            writeln!(file, "{t},{value}").unwrap();
        }
        let linear = Stimulus::from_csv(file.path(), Interpolation::Linear).unwrap();
        let held = input(&format!("csv:{}:hold", file.path().display()), 1000.0);
        for (i, (t, (_, value))) in times.iter().zip(&samples).enumerate() {
            prop_assert_eq!(linear.value(*t, Side::After), *value);
            prop_assert_eq!(held.value(*t, Side::After), *value);
            let before = if i == 0 { 0.0 } else { samples[i - 1].1 };
            prop_assert_eq!(held.value(*t, Side::Before), before);
            if i > 0 {
                // A difference, a quotient, a product and a sum of numbers below 100, and the rounding of the times, each
                // below 301, that the slope multiplies: (value difference) · ε · 301 / gap.
                let allowed = 4.0 * f64::EPSILON * 100.0 * (1.0 + 301.0 / samples[i].0);
                prop_assert!((linear.value(*t, Side::Before) - value).abs() <= allowed);
            }
        }
        prop_assert_eq!(linear.value(1e4, Side::After), samples[samples.len() - 1].1);
    }
}

#[test]
fn touching_pulses_make_one_despite_rounding() {
    // 0.1 + 0.2 is above 0.3 by one unit in the last place.
    let pulses = Stimulus::pulses(5.0, 0.2, &[0.1, 0.3]).unwrap();
    assert_eq!(pulses.pieces().len(), 3);
    assert_eq!(pulses.value(0.3, Side::Before), 5.0);
    assert_eq!(pulses.value(0.45, Side::After), 5.0);
}

#[test]
fn frozen_noise_is_gaussian_and_frozen() {
    let (mean, sd, n) = (5.0, 2.0, 100_000);
    let noise = input("noise:5:2:0.5:42", n as f64 * 0.5);
    let values: Vec<f64> = noise.pieces().iter().map(|p| p.value).collect();
    assert_eq!(values.len(), n);
    // Five standard errors: of a mean sd/√n, of a standard deviation sd/√(2n), of the correlation of neighbours 1/√n, of
    // the share 0.317 beyond one sd √(0.317 · 0.683/n).
    let root = (n as f64).sqrt();
    let average = values.iter().sum::<f64>() / n as f64;
    assert!((average - mean).abs() < 5.0 * sd / root, "{average}");
    let variance = values.iter().map(|x| (x - average).powi(2)).sum::<f64>() / n as f64;
    assert!((variance.sqrt() - sd).abs() < 5.0 * sd / (2.0f64.sqrt() * root), "{variance}");
    let neighbours = values.windows(2).map(|w| (w[0] - average) * (w[1] - average)).sum::<f64>() / n as f64 / variance;
    assert!(neighbours.abs() < 5.0 / root, "{neighbours}");
    let beyond = values.iter().filter(|x| (*x - mean).abs() > sd).count() as f64 / n as f64;
    assert!((beyond - 0.317_310_5).abs() < 5.0 * (0.3173f64 * 0.6827).sqrt() / root, "{beyond}");
    // Each value from its grid point on, whatever is asked in between.
    assert_eq!(noise.value(0.5, Side::Before), values[0]);
    assert_eq!(noise.value(0.5, Side::After), values[1]);
    assert_ne!(input("noise:5:2:0.5:43", 10.0).pieces()[0], noise.pieces()[0]);
    // Recorded with rand_chacha 0.10, whose bits are those of rand's ChaCha8, and rand_distr 0.6: a change of them must not thaw the
    // noise of published runs.
    let first: Vec<f64> = input("noise:0:1", 3.0).pieces().iter().map(|p| p.value).collect();
    assert_eq!(first, [-0.23484705855592097, -1.4108177006109994, 0.3330286294792717]);
    // The defaults are grid 1 and seed 1.
    assert_eq!(input("noise:5:2", 50.0), input("noise:5:2:1:1", 50.0));
}

#[test]
fn absurd_and_impossible_inputs_are_refused() {
    for (text, said) in [
        ("noise:5:2:1e-9", "at most 10000000 values"),
        ("step:10@1000", "before the end"),
        ("ramp:0:20@2000", "before the end"),
        ("pulse:5:2@10,1000", "before the end"),
        ("pulse:5:2@10,11", "do not overlap"),
        ("ramp:-1e308:1e308", "finite"),
        ("csv:no/such/file.csv", "no/such/file.csv"),
    ] {
        let message = StimulusSpec::parse(text).unwrap().stimulus(1000.0).unwrap_err().to_string();
        assert!(message.contains(said), "{text}: {message}");
    }
    for duration in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(StimulusSpec::parse("10").unwrap().stimulus(duration).is_err());
    }
}

fn recording(text: &str) -> spikestep::Result<Stimulus> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Stimulus::from_csv(file.path(), Interpolation::Linear)
}

#[test]
fn recordings_of_every_shape_are_read() {
    let plain = recording("0,1\n10,3\n").unwrap();
    assert_eq!(plain.value(5.0, Side::After), 2.0);
    for text in [
        "t_ms,input\n0,1\n10,3",
        "\u{feff}t_ms,input\r\n0,1\r\n10,3\r\n",
        "# made by hand\n\n\"t_ms\", \"input\"\n0 , 1\n\n# half-way\n10,3\n",
        "step,input,t_ms\n0,1,0\n1,3,10\n",
        "T_MS,Input\n0,1e0\n1e1,3\n",
        "0;1\n10;3\n",
        "# t_ms input\n0 1\n10  3\n",
        "time [s]\tinput\n0\t1\n0.01\t3\n",
    ] {
        assert_eq!(recording(text).unwrap(), plain, "{text:?}");
    }
    // Times before the run are kept: the value at 0 lies between the samples around it.
    assert_eq!(recording("-10,0\n10,4\n").unwrap().value(0.0, Side::After), 2.0);
}

#[test]
fn an_unusable_recording_names_its_line() {
    for (text, expected, said) in [
        ("", 1, "without a sample"),
        ("t_ms,input\n", 1, "without a sample"),
        ("time,current\n0,1\n", 2, "neither a header"),
        ("0,1,2\n", 1, "neither a header"),
        ("t_ms,input\n0,1\n\n# note\n5,x\n", 5, "input is 'x'"),
        ("t_ms,input\n0,1\n5\n", 3, "1 field where"),
        ("t_ms,input\n0,0\n10,0,10\n", 3, "3 fields where the first row has 2"),
        ("0,1\n0,0,10,0\n", 2, "4 fields where the first row has 2"),
        ("t_ms,input,input\n0,1,2\n", 1, "'input' is there twice"),
        ("t_ms,input,Input\n0,1,2\n", 2, "one input"),
        ("t_ms;input\n0;1,5\n", 2, "input is '1,5'"),
        ("t_ms,input\n0,\"1\n5,2\n", 2, "a quote is left open"),
        ("t_ms,input\n0,1e400\n", 2, "input is '1e400'"),
        ("0,1\nnan,1\n", 2, "t_ms is 'nan'"),
        ("0,1\n5,2\n5,3\n", 3, "t_ms is 5 after 5"),
        ("0,1\r\n5,2\r\n4,3\r\n", 3, "t_ms is 4 after 5"),
    ] {
        match recording(text) {
            Err(Error::Line { line, problem, .. }) => {
                assert_eq!(line, expected, "{text:?}");
                assert!(problem.contains(said), "{text:?}: {problem}");
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }
}

#[test]
fn a_jump_on_the_grid_belongs_to_the_step_that_starts_there_despite_rounding() {
    let stimulus = Stimulus::step(10.0, 0.3);
    // 3 · 0.1 = 0.30000000000000004 lies after the jump; 0.3 − 0.1·… may lie before: both are snapped.
    let before = StepInput::new(&stimulus, 2.0 * 0.1, 0.1);
    let after = StepInput::new(&stimulus, 3.0 * 0.1, 0.1);
    assert_eq!(before.at(1.0), 0.0);
    assert_eq!(after.at(0.0), 10.0);
}

#[test]
fn the_series_of_a_sinusoid_is_its_taylor_series() {
    let stimulus =
        Stimulus::constant(3.0).with_sinusoid(Sinusoid { start: 1.0, amplitude: 2.0, omega: 0.7, phase: 0.4 });
    let mut series = [0.0; 18];
    stimulus.series(2.5, &mut series);
    let s: f64 = 0.3;
    let sum: f64 = series.iter().rev().fold(0.0, |acc, c| acc * s + c);
    // The first term left out is 2 (0.7·0.3)^18 / 18! < 1e-27; what remains is rounding of a few ulp of 5.
    assert!((sum - stimulus.value(2.8, Side::After)).abs() < 4e-15);
}
