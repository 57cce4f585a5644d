//! What a recognition study prints and draws: accuracies over seeds.

use std::fmt::Write;

use crate::error::Result;
use crate::interop::Values;
use crate::recognition::readout::{
    ConfusionMatrix, Features, Interval, LinearReadout, nearest_centroid, nearest_neighbour, student_t,
};
use crate::recognition::recogniser::Readout;
use crate::report::figure::{Accuracy, AccuracyPanel, AccuracyPoint, AccuracySeries};
use crate::report::grouped::entry;
use crate::report::{three, three_or_dash, wrapped};
use crate::study::{Pictures, Recognition, RecognitionCell, Results, Trained};

/// The part of what guessing leaves to be recognised that is hardly any.
const HARDLY: f64 = 0.05;

/// What the seeds of one line gave: a network, how it was trained and tested.
struct Line<'a> {
    /// The first of its cells.
    cell: &'a RecognitionCell,
    accuracy: Vec<f64>,
    spikes: Vec<f64>,
    spurious: Vec<f64>,
    changed: Vec<f64>,
    /// Shares of pictures under which no neuron fires.
    silent: Vec<f64>,
}

impl Line<'_> {
    fn network(&self) -> String {
        let recipe = &self.cell.recipe;
        format!("{} {}, {}", recipe.method, recipe.neurons, self.cell.readout)
    }

    /// For a figure, where two stand beside each other: the readout only where it is not the method's own.
    fn short(&self) -> String {
        let recipe = &self.cell.recipe;
        let own = self.cell.readout == Readout::of(&recipe.method);
        if own { format!("{} {}", recipe.method, recipe.neurons) } else { self.network() }
    }

    /// ", v ≥ -90 mV" where v is bounded.
    fn bound(&self) -> String {
        self.cell.testing.lbound.map_or_else(String::new, |lbound| format!(", v ≥ {lbound} mV"))
    }

    /// Over seeds, as far as accuracies go; of one seed without ends.
    fn interval(&self) -> Interval {
        let one = Interval { estimate: mean(&self.accuracy).unwrap_or(f64::NAN), low: f64::NAN, high: f64::NAN };
        student_t(&self.accuracy).map_or(one, |t| Interval { low: t.low.max(0.0), high: t.high.min(1.0), ..t })
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Lines in the order of the cells, seeds joined.
fn lines<'a>(cells: &'a [RecognitionCell], results: &Results) -> Vec<Line<'a>> {
    let numbers = |name| results.columns.get(name).and_then(Values::numbers).unwrap_or_default();
    let [accuracy, pictures, changed, spikes, spurious, silent] =
        ["accuracy", "pictures", "changed", "spikes_per_picture", "spurious_share", "silent"].map(numbers);
    let mut lines: Vec<Line<'a>> = Vec::new();
    for (row, cell) in cells.iter().enumerate() {
        let number = |column: &[f64]| Some(column[row]).filter(|x| !x.is_nan());
        let own = Line { cell, accuracy: vec![], spikes: vec![], spurious: vec![], changed: vec![], silent: vec![] };
        let same = |line: &Line<'_>| {
            line.network() == own.network() && line.cell.trained == cell.trained && line.cell.testing == cell.testing
        };
        let at = lines.iter().position(same).unwrap_or(lines.len());
        if at == lines.len() {
            lines.push(own);
        }
        let line = &mut lines[at];
        line.accuracy.extend(number(&accuracy));
        line.spikes.extend(number(&spikes));
        line.spurious.extend(number(&spurious));
        let share = |column: &[f64]| number(column).zip(number(&pictures)).map(|(part, pictures)| part / pictures);
        line.changed.extend(share(&changed));
        line.silent.extend(share(&silent));
    }
    lines
}

/// Accuracies of the pixels themselves, means over the seeds: nearest centroid, logistic regression, nearest neighbour.
fn baselines(study: &Recognition, pictures: &Pictures) -> Result<Vec<(String, f64)>> {
    let classes = pictures.images.classes().len();
    let mut sums = [0.0; 3];
    for seed in 1..=study.seeds {
        let split = pictures.split(seed)?;
        let (training, labels) = Features::of_pixels(&pictures.images, &split.training);
        let (test, truth) = Features::of_pixels(&pictures.images, &split.test);
        let linear = LinearReadout::fit(&training, &labels, classes, LinearReadout::PENALTY)?;
        let answers = [
            nearest_centroid(&training, &labels, classes, &test)?,
            linear.predict(&test)?,
            nearest_neighbour(&training, &labels, classes, &test)?,
        ];
        for (sum, answers) in sums.iter_mut().zip(answers) {
            *sum += ConfusionMatrix::new(classes, &truth, &answers)?.accuracy() / study.seeds as f64;
        }
    }
    let names = ["nearest centroid", "logistic regression", "nearest neighbour"];
    Ok(names.iter().map(|name| (*name).to_owned()).zip(sums).collect())
}

fn heading(network: &str, trained: Trained, study: &Recognition) -> String {
    match trained {
        Trained::Reference => {
            format!("{network}: trained by {} at {} ms", study.reference.scheme, study.reference.dt)
        }
        Trained::Each => format!("{network}: trained as tested"),
    }
}

/// Values under their names.
type Named<T> = Vec<(String, T)>;

/// What came out, seeds joined.
pub(super) struct Summary<'a> {
    study: &'a Recognition,
    lines: Vec<Line<'a>>,
    baselines: Vec<(String, f64)>,
    /// Accuracy of guessing.
    chance: Option<f64>,
}

impl<'a> Summary<'a> {
    /// Of a study that is done.
    pub(super) fn of(study: &'a Recognition, cells: &'a [RecognitionCell], results: &Results) -> Result<Self> {
        let pictures = cells.first().map(|cell| &*cell.pictures);
        let baselines = pictures.map_or(Ok(Vec::new()), |pictures| baselines(study, pictures))?;
        let chance = pictures.map(|pictures| 1.0 / pictures.images.classes().len() as f64);
        Ok(Summary { study, lines: lines(cells, results), baselines, chance })
    }

    /// Accuracy against dt.
    pub(super) fn figure(&self) -> Accuracy {
        let mut panels: Named<Named<Vec<AccuracyPoint>>> = Vec::new();
        for line in &self.lines {
            let trained = if line.cell.trained == Trained::Reference { "trained once" } else { "trained as tested" };
            // A panel for each bound: their lines lie on each other.
            let heading = format!("{}, {trained}{}", line.short(), line.bound());
            let series = entry(&mut panels, heading);
            let point = AccuracyPoint { dt: line.cell.testing.dt, accuracy: line.interval() };
            entry(series, line.cell.testing.scheme.to_string()).push(point);
        }
        let series = |(label, points)| AccuracySeries { label, points };
        let panels = panels
            .into_iter()
            .map(|(heading, all)| AccuracyPanel { heading, series: all.into_iter().map(series).collect() });
        let panels: Vec<AccuracyPanel> = panels.collect();
        Accuracy {
            title: "Accuracy of recognition against the step".to_owned(),
            per_row: panels.len().clamp(1, 2),
            panels,
            references: self.baselines.clone(),
            chance: self.chance,
        }
    }

    /// A table and what the pixels give.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut last = String::new();
        for line in &self.lines {
            let heading = heading(&line.network(), line.cell.trained, self.study);
            if heading != last {
                let _ = writeln!(
                    text,
                    "\n{heading}\n{:32} {:>8} {:>9} {:>17} {:>10} {:>10} {:>10}",
                    "  scheme", "dt [ms]", "accuracy", "95 % of seeds", "changed %", "spikes", "spurious %"
                );
                last = heading;
            }
            let interval = line.interval();
            let ends = match interval.low.is_finite() {
                true => format!("{:.3} to {:.3}", interval.low, interval.high),
                false => "one seed".to_owned(),
            };
            let percent = |values: &[f64]| three_or_dash(mean(values).map(|share| 100.0 * share));
            let _ = writeln!(
                text,
                "  {:30} {:>8} {:>9.3} {ends:>17} {:>10} {:>10} {:>10}",
                format!("{}{}", line.cell.testing.scheme, line.bound()),
                line.cell.testing.dt.to_string(),
                interval.estimate,
                percent(&line.changed),
                three_or_dash(mean(&line.spikes)),
                percent(&line.spurious)
            );
        }
        let pixels: Vec<String> = self.baselines.iter().map(|(name, x)| format!("{name} {x:.3}")).collect();
        let _ = writeln!(
            text,
            "\nchanged: pictures answered otherwise than under the stepping of the training; spikes: a picture.\nThe pixels \
             themselves: {} (seeds: {}, each with {} pictures to learn from and {} others).",
            pixels.join(", "),
            self.study.seeds,
            self.study.training,
            self.study.test
        );
        text + &self.near_chance()
    }

    /// Which lines are hardly better than guessing, two standard errors of as many answers among it, and what to do.
    fn near_chance(&self) -> String {
        let Some(chance) = self.chance else { return String::new() };
        let spread = (chance * (1.0 - chance) / self.study.test as f64).sqrt();
        let guesses = |line: &&Line<'_>| {
            let seeds = line.accuracy.len().max(1) as f64;
            line.interval().estimate <= chance + (2.0 * spread / seeds.sqrt()).max(HARDLY * (1.0 - chance))
        };
        let near: Vec<&Line<'_>> = self.lines.iter().filter(guesses).collect();
        if near.is_empty() {
            return String::new();
        }
        let named = |line: &&Line<'_>| format!("{} at {} ms", line.cell.testing.scheme, line.cell.testing.dt);
        let mut names: Vec<String> = near.iter().map(named).collect();
        names.dedup();
        // A network that answers hardly any picture, and one that answers all alike, want different things.
        let silent = mean(&near.iter().flat_map(|line| line.silent.clone()).collect::<Vec<_>>()).unwrap_or_default();
        let spikes = mean(&near.iter().flat_map(|line| line.spikes.clone()).collect::<Vec<_>>()).unwrap_or_default();
        let advice = if silent > 0.5 || spikes < 0.5 {
            "most pictures make no neuron fire: show them longer (--duration), with more pulses (--coding poisson:400), or teach the \
             neurons (--method teacher)"
        } else {
            "the neurons do not tell the pictures apart: take --method teacher or --readout linear, more --neurons, or more --training; \
             the weights of --method fixed need no learning"
        };
        format!(
            "\n{}\n",
            wrapped(&format!("Hardly better than guessing ({}): {}; {advice}.", three(chance), names.join(", ")))
        )
    }
}
