//! A network that was kept, tested; and the results of a study for other programs.

use std::fmt::Write;
use std::path::Path;

use crate::error::{Error, Result};
use crate::recognition::readout::ConfusionMatrix;
use crate::recognition::recogniser::{Reader, Readout, Recogniser};
use crate::report::three;
use crate::study::{Column, ColumnKind, Recognition, recognition_columns};

/// Tests a trained network under the schemes and steps of the study, on the pictures it has not learned; its readouts are fitted to
/// those it has, stepped as it was trained. The seed is its own.
pub(super) fn test(study: &Recognition, recogniser: &Recogniser) -> Result<String> {
    let pictures = study.pictures()?;
    let images = &pictures.images;
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
    for stepping in study.steppings()? {
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

/// The rows of `results.csv` in the directory `root` of a study that is done, as JSON objects.
pub(super) fn json(root: &Path) -> Result<serde_json::Value> {
    let path = root.join("results.csv");
    let unread = |error: csv::Error| Error::read(&path)(error.into());
    let mut reader = csv::Reader::from_path(&path).map_err(unread)?;
    let columns = recognition_columns();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unread)?;
        let field = |(column, text): (&Column, &str)| {
            let value = match column.kind {
                ColumnKind::Text => serde_json::Value::from(text),
                ColumnKind::Count => text.parse::<u64>().map_or(serde_json::Value::Null, Into::into),
                ColumnKind::Number => text.parse::<f64>().map_or(serde_json::Value::Null, Into::into),
            };
            (column.name.to_owned(), value)
        };
        rows.push(serde_json::Value::Object(columns.iter().zip(record.iter()).map(field).collect()));
    }
    Ok(serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "results": rows }))
}

/// A line on how long the tests took, of a study that is done: measured, and so of no part in any result.
pub(super) fn times(study: &Recognition, root: &Path) -> Result<String> {
    let path = root.join("timings.csv");
    let unread = |error: csv::Error| Error::read(&path)(error.into());
    let mut reader = csv::Reader::from_path(&path).map_err(unread)?;
    let headers = reader.headers().map_err(unread)?.clone();
    let place = |name: &str| headers.iter().position(|header| header == name).unwrap_or(usize::MAX);
    let [scheme, dt, elapsed] = ["scheme", "dt_ms", "elapsed_ms"].map(place);
    let mut times: Vec<(String, f64, f64)> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unread)?;
        let name = format!("{} at {} ms", &record[scheme], &record[dt]);
        let ms = record[elapsed].parse::<f64>().unwrap_or_default() / study.test as f64;
        match times.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, sum, n)) => (*sum, *n) = (*sum + ms, *n + 1.0),
            None => times.push((name, ms, 1.0)),
        }
    }
    let times: Vec<String> = times.into_iter().map(|(name, sum, n)| format!("{name}: {} ms", three(sum / n))).collect();
    Ok(format!("Time of a picture in the tests: {}.\n", times.join("; ")))
}
