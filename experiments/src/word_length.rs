//! RS under a constant input, every operation of a step rounded by itself. Lag is measured at equal spike numbers against the same rule in
//! f64, so that what the step does is not in it. Related: M. Hopkins, M. Mikaitis, D. R. Lester, S. Furber, *Stochastic rounding and reduced-
//! precision fixed-point arithmetic for solving neural ordinary differential equations*, Phil. Trans. R. Soc. A 378 (2020) 20190052.

use spikestep::arithmetic::Arithmetic;

use crate::shared::*;

pub(crate) const QUESTION: &str = "What do the word, its constants and its rounding cost in spike times?";

const INPUT: f64 = 10.0; // mV/ms
const DURATION: f64 = 1000.0; // ms
const SEEDS: u64 = 20; // Seeds of stochastic rounding, from 1
/// A heading, a scheme, its step \[ms\], and arithmetics.
const PANELS: [(&str, &str, f64, &[&str]); 3] = [
    ("32 bits: constants", "rk2", 0.1, &["s16.15", "s16.15:floor", "s16.15/s0.31", "s16.15/s0.31:floor", "f32"]),
    ("16 bits: rounding", "rk2", 0.1, &["s8.7/s0.15", "s8.7/s0.15:floor", "s8.7/s0.15:stochastic", "f16"]),
    ("the map's chaos", "half-step", 1.0, &["f32", "s16.15", "s16.15:floor"]),
];
/// Words that stop or never fire, by the midpoint rule at 0.1 ms.
const SILENT: [&str; 5] = ["bf16", "bf16:stochastic", "s10.5/s0.15", "s10.5/s0.15:stochastic", "s10.5"];
/// What the half-step at 1 ms is held against, by Euler at the same step.
const CALM: [&str; 2] = ["f32", "s16.15"];

/// A rule in an arithmetic: its spikes \[ms\] for each seed.
struct Line {
    scheme: &'static str,
    dt: f64,
    kind: &'static str,
    f64: Vec<f64>,
    seeds: Vec<Vec<f64>>,
    overflows: u64,
}

impl Line {
    /// Mean, least and largest lag \[ms\] of spike `k` over the seeds that have it; none where one has not.
    fn lag(&self, k: usize) -> Option<[f64; 3]> {
        let lags: Vec<f64> = self.seeds.iter().map(|s| Some(s.get(k)? - self.f64.get(k)?)).collect::<Option<_>>()?;
        let ends = lags.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)));
        Some([mean(lags), ends.0, ends.1])
    }

    /// The lags of all spikes that every seed has.
    fn lags(&self) -> Vec<[f64; 3]> {
        (0..).map_while(|k| self.lag(k)).collect()
    }

    /// The lag at the last of them: mean and standard deviation over the seeds, 0 for one.
    fn last(&self) -> Option<(f64, f64)> {
        let k = self.lags().len().checked_sub(1)?;
        let lags: Vec<f64> = self.seeds.iter().map(|s| s[k] - self.f64[k]).collect();
        let centre = mean(lags.iter().copied());
        let squares = lags.iter().map(|x| (x - centre).powi(2)).sum::<f64>();
        Some((centre, (squares / (lags.len() as f64 - 1.0).max(1.0)).sqrt()))
    }

    fn spikes(&self) -> f64 {
        mean(self.seeds.iter().map(|s| s.len() as f64))
    }
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let silent = SILENT.map(|kind| ("rk2", 0.1, kind)).into_iter().chain(CALM.map(|kind| ("euler", 1.0, kind)));
    let of_panels =
        PANELS.iter().flat_map(|(_, scheme, dt, kinds)| kinds.iter().map(move |kind| (*scheme, *dt, *kind)));
    let all: Vec<_> = of_panels.chain(silent).collect();
    let lines: Vec<Line> =
        all.into_par_iter().map(|(scheme, dt, kind)| line_of(scheme, dt, kind)).collect::<Result<_>>()?;
    let mut rest = lines.iter();
    let mut panels: Vec<Panel> = PANELS
        .iter()
        .map(|(heading, scheme, dt, kinds)| {
            let series = rest.by_ref().take(kinds.len()).map(|l| {
                let point = |(k, [mean, low, high]): (usize, [f64; 3])| Point {
                    interval: (l.seeds.len() > 1).then_some((low, high)),
                    ..((k + 1) as f64, mean).into()
                };
                marked(l.kind, l.lags().into_iter().enumerate().map(point))
            });
            panel(format!("{heading} ({scheme}, {dt} ms)"), ("spike number", "lag against f64 [ms]"), series)
        })
        .collect();
    let counted = |(kind, times): (&str, &[f64])| {
        let steps = times.iter().enumerate().flat_map(|(k, &t)| [(t, k as f64), (t, (k + 1) as f64)]);
        line(kind, std::iter::once((0.0, 0.0)).chain(steps).chain([(DURATION, times.len() as f64)]))
    };
    let silent: Vec<&Line> = rest.take(SILENT.len()).collect();
    let trains = std::iter::once(("f64", silent[0].f64.as_slice()));
    let trains = trains.chain(silent.iter().map(|l| (l.kind, l.seeds[0].as_slice())));
    panels.push(panel("words that stop (rk2, 0.1 ms)", ("time [ms]", "spikes so far"), trains.map(counted)));
    let title = "Lag of the spikes of RS in few bits against the same rule in f64, by spike number";
    draw(outputs, "word_length", title, ["x", "y"], 2, panels)?;
    let row = |l: &Line| {
        let (last, deviation) = l.last().unzip();
        fields![
            l.scheme,
            l.dt,
            l.kind,
            l.seeds.len(),
            l.f64.len(),
            l.spikes(),
            optional(last),
            optional(deviation),
            l.overflows
        ]
    };
    let header = "scheme,dt_ms,arithmetic,seeds,spikes_f64,spikes,lag_ms,lag_deviation_ms,overflows";
    let table = outputs.table("words.csv", header, lines.iter().map(row))?;
    Ok(format!(
        "{table}(lag: at the last spike that f64 and every seed have, mean and deviation over seeds; overflows: of seed 1)\n{}",
        answer(&lines)
    ))
}

fn line_of(scheme_name: &'static str, dt: f64, kind: &'static str) -> Result<Line> {
    let problem = constant_input(cell("RS"), INPUT, DURATION);
    let seeds = if kind.contains("stochastic") { format!(":seeds={SEEDS}") } else { String::new() };
    let kinds = Arithmetic::parse_list(&format!("{kind}{seeds}"))?;
    let of = |kind: &Arithmetic| {
        let rule = scheme(scheme_name).in_arithmetic(kind).expect("a rule over a number type");
        fixed_step(&rule, &problem, dt, |_| {})
    };
    let runs: Vec<_> = kinds.iter().map(of).collect();
    let times = |run: &spikestep::Trajectory| run.spikes.times().to_vec();
    let overflows = runs[0].arithmetic.as_ref().map_or(0, |account| account.overflows);
    Ok(Line {
        scheme: scheme_name,
        dt,
        kind,
        f64: times(&of(&kinds[0].in_double())),
        seeds: runs.iter().map(times).collect(),
        overflows,
    })
}

/// What the numbers say, in a sentence each.
fn answer(lines: &[Line]) -> String {
    let of = |scheme: &str, kind: &str| {
        lines.iter().find(|l| (l.scheme, l.kind) == (scheme, kind)).expect("a line of the list")
    };
    let lag = |scheme: &str, kind: &str| {
        of(scheme, kind)
            .last()
            .map_or("none".to_owned(), |(m, s)| if s > 0.0 { format!("{m:.1} ± {s:.1}") } else { format!("{m:.1}") })
    };
    let stops = |kind: &str| format!("{} {:.0}", kind, of("rk2", kind).spikes());
    format!(
        "\nAfter a second the midpoint rule at 0.1 ms is off by {} ms in s16.15 and by {} with constants in s0.31: the constants, not the word.\n\
         In 16 bits (s8.7 with s0.15) it is off by {} ms to nearest, {} cut, and {} rounded at random.\n\
         The half-step at 1 ms is off by {} ms in f32 and {} in s16.15, Euler by {} and {}: that map tears rounding errors apart.\n\
         Spikes in a second, f64 {}: {}.\n",
        lag("rk2", "s16.15"),
        lag("rk2", "s16.15/s0.31"),
        lag("rk2", "s8.7/s0.15"),
        lag("rk2", "s8.7/s0.15:floor"),
        lag("rk2", "s8.7/s0.15:stochastic"),
        lag("half-step", "f32"),
        lag("half-step", "s16.15"),
        lag("euler", "f32"),
        lag("euler", "s16.15"),
        of("rk2", "bf16").f64.len(),
        SILENT.map(stops).join(", ")
    )
}
