//! Two recordings, neuron by neuron.

use serde::Serialize;
use serde_json::{Value, json};

use super::pair::{Distances, Settings, shown};
use super::trains::{Interval, Recorded, few, interval_lines, spikes};
use crate::cli::output::json_text;
use crate::error::{Error, Result};
use crate::report::{plain, wrapped};
use crate::spike::NamedTrain;

/// A neuron of both recordings.
#[derive(Serialize)]
struct Pair {
    neuron: String,
    reference_spikes: usize,
    other_spikes: usize,
    #[serde(flatten)]
    distances: Distances,
}

/// How far `b` is from the reference `a`, as text or JSON. A neuron is compared with that of its name; one train without a name with every
/// train of the other file.
pub(super) fn compared(
    a: &Recorded,
    b: &Recorded,
    settings: &Settings,
    mut interval: Interval,
    json: bool,
) -> Result<String> {
    let duration = interval.duration;
    if let ([one], [other]) = (a.trains.as_slice(), b.trains.as_slice()) {
        let distances = Distances::between(&one.train, &other.train, settings, duration)?;
        if json {
            let mut object = serde_json::to_value(&distances).expect("text keys and numbers serialise");
            for (key, sentences) in [("notes", &interval.notes), ("warnings", &interval.warnings)] {
                if let Some(object) = object.as_object_mut().filter(|_| !sentences.is_empty()) {
                    object.insert(key.to_owned(), json!(sentences));
                }
            }
            return Ok(json_text(&object));
        }
        let named = |file: &Recorded| {
            if file.trains[0].name.is_empty() { String::new() } else { format!(" ({})", file.trains[0].name) }
        };
        return Ok(format!(
            "reference  {}{}, {}\nother      {}{}, {}\n{}\n{}",
            a.name,
            named(a),
            spikes(&one.train),
            b.name,
            named(b),
            spikes(&other.train),
            interval_lines(&interval),
            distances.table(settings)
        ));
    }
    let find = |of: &Recorded, name: &str| of.trains.iter().position(|train| train.name == name);
    let alone = |file: &Recorded| matches!(file.trains.as_slice(), [one] if one.name.is_empty() || one.name == "truth");
    let mut matched: Vec<(&NamedTrain, &NamedTrain)> = Vec::new();
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    if alone(a) {
        matched.extend(b.trains.iter().map(|train| (&a.trains[0], train)));
    } else if alone(b) {
        matched.extend(a.trains.iter().map(|train| (train, &b.trains[0])));
    } else {
        for train in &a.trains {
            match find(b, &train.name) {
                Some(place) => matched.push((train, &b.trains[place])),
                None => only_a.push(train.name.clone()),
            }
        }
        only_b.extend(b.trains.iter().map(|train| train.name.clone()).filter(|name| find(a, name).is_none()));
    }
    if matched.is_empty() {
        let given = format!("{} in {} and {} in {}", few(&only_a), a.name, few(&only_b), b.name);
        let mend = "Give the neurons the same names in both, or take one of each: FILE#NAME.";
        return Err(Error::invalid("the neurons", given, "at least one that is in both", mend));
    }
    if alone(a) != alone(b) {
        let (one, many) = if alone(a) { (a, b) } else { (b, a) };
        interval.notes.push(format!(
            "{} is one train and {} has {}: each of them is compared with it",
            one.name,
            many.name,
            many.trains.len()
        ));
    }
    for (only, file, other) in [(&only_a, a, b), (&only_b, b, a)] {
        if !only.is_empty() {
            interval.notes.push(format!(
                "without a partner in {}, and not compared: {} of {} (a neuron without spikes has no rows)",
                other.name,
                few(only),
                file.name
            ));
        }
    }
    let pair = |(one, other): (&NamedTrain, &NamedTrain)| {
        let distances = Distances::between(&one.train, &other.train, settings, duration)?;
        let neuron = if alone(b) && !alone(a) { &one.name } else { &other.name };
        Ok(Pair {
            neuron: neuron.clone(),
            reference_spikes: one.train.len(),
            other_spikes: other.train.len(),
            distances,
        })
    };
    let pairs: Vec<Pair> = matched.into_iter().map(pair).collect::<Result<_>>()?;
    let all: Vec<Distances> = pairs.iter().map(|pair| pair.distances.clone()).collect();
    let total = Distances::total(&all);
    if json {
        return Ok(json_text(&json!({
            "pairs": pairs,
            "total": total,
            "only_in_reference": only_a,
            "only_in_other": only_b,
            "duration_ms": duration,
            "notes": interval.notes,
            "warnings": interval.warnings,
        })));
    }
    let trains = |file: &Recorded| format!("{}, trains: {}", file.name, file.trains.len());
    let head = format!("reference  {}\nother      {}\n{}", trains(a), trains(b), interval_lines(&interval));
    Ok(format!("{head}\n{}\n{}\n", table(&pairs, &total, settings), wrapped(TOTALS)))
}

/// What the last row of the table is.
const TOTALS: &str = "In the row of all: sums of spikes and of Victor-Purpura, the root of the sum of squares of van Rossum, the largest error, \
                      and the means of the others.";

fn table(pairs: &[Pair], total: &Distances, settings: &Settings) -> String {
    let number = |x: f64| format!("{x:.6}");
    let defined = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), number);
    let row = |name: &str, [reference, other]: [usize; 2], d: &Distances| {
        let counts = [reference, other, d.missed, d.extra].map(|n| n.to_string());
        let values = |map: &serde_json::Map<String, Value>| map.values().map(shown).collect::<Vec<_>>();
        let mut row = vec![name.to_owned()];
        row.extend(counts);
        row.push(defined(d.max_spike_time_error_ms));
        row.extend(values(&d.victor_purpura));
        row.extend(values(&d.van_rossum));
        row.extend([number(d.isi), number(d.spike), number(d.spike_sync), defined(d.gamma)]);
        row
    };
    let mut header: Vec<String> =
        ["train", "spikes", "other", "missed", "extra", "max |dt| [ms]"].map(str::to_owned).to_vec();
    header.extend(total.victor_purpura.keys().map(|cost| format!("VP {cost}")));
    header.extend(total.van_rossum.keys().map(|tau| format!("vR {tau}")));
    header.extend(["ISI", "SPIKE", "sync"].map(str::to_owned));
    header.push(format!("gamma {}", settings.window));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let sums = [pairs.iter().map(|pair| pair.reference_spikes).sum(), pairs.iter().map(|pair| pair.other_spikes).sum()];
    let rows = pairs.iter().map(|pair| row(&pair.neuron, [pair.reference_spikes, pair.other_spikes], &pair.distances));
    plain(&header, rows.chain([row("all", sums, total)]))
}
