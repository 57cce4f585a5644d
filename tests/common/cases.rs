//! Reads the reference cases: problems, and their solutions to 25 digits.

use serde::Deserialize;
use spikestep::{Neuron, Piece, Problem, Sinusoid, State, Stimulus};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Deserialize)]
struct CaseFile {
    name: String,
    model: BTreeMap<String, String>,
    v0: String,
    u0: String,
    t_end: String,
    input: Vec<[String; 3]>,
    /// Start, amplitude, angular frequency and phase.
    sinusoid: Option<[String; 4]>,
    #[serde(default)]
    spike_count: usize,
    /// Times and u, in the file of the extra cases.
    #[serde(default)]
    spikes: Vec<[String; 2]>,
}

/// A problem and its solution.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) problem: Problem,
    /// Spike time \[ms\] and u before the reset.
    pub(crate) spikes: Vec<(Decimal, Decimal)>,
    /// t \[ms\], v, u.
    pub(crate) states: Vec<(f64, Decimal, Decimal)>,
}

/// A decimal number as the sum of two f64, so that a difference from an f64 keeps about 30 digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal {
    high: f64,
    low: f64,
}

impl Decimal {
    /// `digits` minus its nearest f64 is found by subtracting, digit by digit, the exact decimal expansion of that f64.
    pub(crate) fn parse(digits: &str) -> Self {
        let high: f64 = digits.parse().expect("a decimal number");
        // 60 digits hold every number of the files (below 1e4, 25 digits); an f64 in that range needs more, but what
        // is cut off is below 1e-40.
        let fixed = |text: &str| -> (bool, Vec<u8>) {
            let (negative, text) = text.strip_prefix('-').map_or((false, text), |t| (true, t));
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let mut all = format!("{whole:0>8}{fraction:0<40}").into_bytes();
            all.truncate(48);
            (negative, all.iter().map(|d| d - b'0').collect())
        };
        let expand = if digits.contains('e') { format!("{high:.45}") } else { digits.to_owned() };
        let (negative, exact) = fixed(&expand);
        let (_, rounded) = fixed(&format!("{high:.45}"));
        let low = exact
            .iter()
            .zip(&rounded)
            .fold((0.0, 1e7), |(sum, place), (a, b)| (sum + (f64::from(*a) - f64::from(*b)) * place, place / 10.0));
        Decimal { high, low: if negative { -low.0 } else { low.0 } }
    }

    /// `x` minus this number.
    pub(crate) fn error_of(self, x: f64) -> f64 {
        (x - self.high) - self.low
    }
}

/// The number the text stands for, rounded to f64: what a user who types it gets.
fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is not a number"))
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let path = folder().join(file);
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    reader.records().map(|r| r.expect("a row").iter().map(str::to_owned).collect()).collect()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference/truth")
}

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(folder().join("cases.json")).expect("cases.json");
    let files: Vec<CaseFile> = serde_json::from_str(&text).expect("the format of cases.json");
    files.into_iter().map(read).collect()
}

/// Two random problems that the 31 cases have nothing like: an input with a sinusoid, and all coefficients of the general
/// form. Made as those were (Taylor series in 34 digits), without states.
pub(crate) fn extra_cases() -> Vec<Case> {
    let files: Vec<CaseFile> =
        serde_json::from_str(include_str!("../reference/truth/extra_cases.json")).expect("the format of the cases");
    let spikes = |file: &CaseFile| file.spikes.iter().map(|[t, u]| (Decimal::parse(t), Decimal::parse(u))).collect();
    files
        .into_iter()
        .map(|file| Case { spikes: spikes(&file), states: vec![], problem: problem(&file), name: file.name })
        .collect()
}

fn read(file: CaseFile) -> Case {
    let problem = problem(&file);
    let spikes: Vec<_> = rows(&format!("{}.spikes.csv", file.name))
        .iter()
        .map(|r| (Decimal::parse(&r[1]), Decimal::parse(&r[2])))
        .collect();
    assert_eq!(spikes.len(), file.spike_count, "{}", file.name);
    let states = rows(&format!("{}.state.csv", file.name))
        .iter()
        .map(|r| (number(&r[0]), Decimal::parse(&r[1]), Decimal::parse(&r[2])))
        .collect();
    Case { name: file.name, problem, spikes, states }
}

fn problem(file: &CaseFile) -> Problem {
    let parameter = |key: &str, default: f64| file.model.get(key).map_or(default, |x| number(x));
    let required = |key: &str| number(&file.model[key]);
    let neuron = Neuron {
        k2: parameter("k2", 0.04),
        k1: parameter("k1", 5.0),
        k0: parameter("k0", 140.0),
        b0: parameter("b0", 0.0),
        leak: parameter("leak", 1.0),
        ..Neuron::new(required("a"), required("b"), required("c"), required("d")).with_peak(required("peak"))
    };
    let pieces = file
        .input
        .iter()
        .map(|[start, value, slope]| Piece { start: number(start), value: number(value), slope: number(slope) })
        .collect();
    let linear = Stimulus::piecewise_linear(pieces).expect("a valid input");
    let stimulus = match &file.sinusoid {
        Some(s) => {
            let [start, amplitude, omega, phase] = s.each_ref().map(|x| number(x));
            linear.with_sinusoid(Sinusoid { start, amplitude, omega, phase })
        }
        None => linear,
    };
    Problem { neuron, stimulus, initial: State::new(number(&file.v0), number(&file.u0)), duration: number(&file.t_end) }
}

#[test]
fn a_decimal_number_keeps_what_its_f64_loses() {
    let tenth = Decimal::parse("0.1");
    // The f64 nearest to 0.1 is 0.1 + 5.551115123125783e-18.
    assert!((tenth.error_of(0.1) - 5.551_115_123_125_783e-18).abs() < 1e-30);
    let negative = Decimal::parse("-967.3053706900934123456789");
    assert!(negative.error_of(-967.305_370_690_093_4).abs() < 6e-14);
}
