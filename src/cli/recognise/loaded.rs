//! A network that was kept, tested; and the results of a study for other programs.

use std::fmt::Write;

use crate::error::Result;
use crate::interop::Values;
use crate::recognition::readout::ConfusionMatrix;
use crate::recognition::recogniser::{Reader, Readout, Recogniser};
use crate::report::grouped::entry;
use crate::report::three;
use crate::study::{Recognition, Results};

/// Tests a trained network under the schemes and steps of the study, on the pictures it has not learned; its readouts are fitted to
/// those it has, stepped as it was trained. The seed is its own.
pub(super) fn test(study: &Recognition, recogniser: &Recogniser) -> Result<String> {
    let pictures = study.pictures()?;
    let images = &pictures.images;
    let steppings = study.steppings()?;
    steppings.iter().try_for_each(|stepping| recogniser.recipe.check_step(stepping.dt, recogniser.inputs))?;
    let split = pictures.split(recogniser.recipe.seed)?;
    let trained = &recogniser.trained;
    let seen = recogniser.respond(trained, images, &split.training)?;
    let names: Vec<&String> = study.networks.iter().flat_map(|network| &network.readouts).collect();
    let readouts: Vec<Readout> = match names.is_empty() {
        true => vec![Readout::of(&recogniser.recipe.method)],
        false => names.iter().map(|name| name.parse()).collect::<Result<_>>()?,
    };
    let labels: Vec<usize> = split.test.iter().map(|i| images.labels()[*i]).collect();
    let mut text = format!(
        "A network of {} neurons ({}), trained by {} at {} ms\n{:22} {:>8} {:16} {:>9} {:>17} {:>10}\n",
        recogniser.recipe.neurons,
        recogniser.recipe.method,
        trained.scheme,
        trained.dt,
        "scheme",
        "dt [ms]",
        "readout",
        "accuracy",
        "95 % (Wilson)",
        "spikes"
    );
    let fit = |readout| Ok((readout, Reader::fit(readout, recogniser, &seen, images, &split.training)?));
    let readers: Vec<(Readout, Reader)> = readouts.into_iter().map(fit).collect::<Result<_>>()?;
    for stepping in steppings {
        let responses = recogniser.respond(&stepping, images, &split.test)?;
        for (readout, reader) in &readers {
            let answers = reader.answers(recogniser, &responses)?;
            let matrix = ConfusionMatrix::new(images.classes().len(), &labels, &answers)?;
            let interval = matrix.interval();
            let _ = writeln!(
                text,
                "{:22} {:>8} {:16} {:>9.3} {:>17} {:>10}",
                stepping.scheme.to_string(),
                stepping.dt.to_string(),
                readout.to_string(),
                matrix.accuracy(),
                format!("{:.3} to {:.3}", interval.low, interval.high),
                three(responses.spikes as f64 / labels.len() as f64)
            );
        }
    }
    Ok(text)
}

/// The rows of a study that is done, as JSON objects.
pub(super) fn json(results: &Results) -> serde_json::Value {
    let field = |values: &Values, row: usize| -> serde_json::Value {
        match values {
            Values::Text(texts) => texts[row].as_str().into(),
            Values::Numbers(numbers) => numbers[row].into(),
            Values::Whole(numbers) => numbers[row].into(),
            Values::Counts(counts) => counts[row].into(),
        }
    };
    let columns = &results.columns;
    let object = |row| columns.0.iter().map(|(name, values)| (name.clone(), field(values, row))).collect();
    let rows: Vec<serde_json::Value> = (0..columns.len()).map(|row| serde_json::Value::Object(object(row))).collect();
    serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "results": rows })
}

/// A line on how long the tests took, of a study that is done: measured, and so of no part in any result.
pub(super) fn times(study: &Recognition, results: &Results) -> String {
    let field = |name, row| results.columns.get(name).map(|values| values.field(row)).unwrap_or_default();
    let mut times: Vec<(String, (f64, f64))> = Vec::new();
    for (row, elapsed) in results.elapsed.iter().enumerate() {
        let name = format!("{} at {} ms", field("scheme", row), field("dt_ms", row));
        let (sum, n) = entry(&mut times, name);
        (*sum, *n) = (*sum + elapsed.as_secs_f64() * 1e3 / study.test as f64, *n + 1.0);
    }
    let times: Vec<String> =
        times.into_iter().map(|(name, (sum, n))| format!("{name}: {} ms", three(sum / n))).collect();
    format!("Time of a picture in the tests: {}.\n", times.join("; "))
}
