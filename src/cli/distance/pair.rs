//! The distances of two trains.

use serde::Serialize;
use serde_json::{Map, Value};

use super::args::{TAU, parameter};
use crate::error::Result;
use crate::{SpikeTrain, metrics};

/// Parameters of the distances, those of which there may be several as they were typed.
pub(super) struct Settings {
    pub(super) costs: Vec<String>,
    pub(super) taus: Vec<String>,
    pub(super) window: f64,
}

/// The answer; as JSON, the object that scripts read.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Distances {
    pub(super) victor_purpura: Map<String, Value>,
    pub(super) van_rossum: Map<String, Value>,
    pub(super) isi: f64,
    pub(super) spike: f64,
    pub(super) spike_sync: f64,
    pub(super) gamma: Option<f64>,
    pub(super) matched: usize,
    pub(super) missed: usize,
    pub(super) extra: usize,
    pub(super) max_spike_time_error_ms: Option<f64>,
}

impl Distances {
    /// Those of `b` from the reference `a`, over 0 to `duration` \[ms\].
    pub(super) fn between(a: &SpikeTrain, b: &SpikeTrain, settings: &Settings, duration: f64) -> Result<Self> {
        let read = |option: &str, typed: &[String]| -> Result<Vec<f64>> {
            typed.iter().map(|text| parameter(option, text)).collect()
        };
        let (costs, taus) = (read("--cost", &settings.costs)?, read(TAU, &settings.taus)?);
        let found = metrics::Distances::between(a, b, &costs, &taus, settings.window, duration)?;
        Ok(Distances {
            victor_purpura: named(&settings.costs, found.victor_purpura),
            van_rossum: named(&settings.taus, found.van_rossum),
            isi: found.isi,
            spike: found.spike,
            spike_sync: found.spike_sync,
            gamma: found.gamma,
            matched: found.errors.matched,
            missed: found.errors.missed,
            extra: found.errors.extra,
            max_spike_time_error_ms: found.errors.max_abs,
        })
    }

    /// Of several pairs: sums of counts and of Victor-Purpura, the root of the sum of squares of van Rossum (the distances of trains whose
    /// neurons are told apart), means of the others, the largest error.
    pub(super) fn total(all: &[Distances]) -> Self {
        let mean = |of: fn(&Distances) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        let sum = |of: fn(&Distances) -> usize| all.iter().map(of).sum();
        let over = |of: fn(&Distances) -> &Map<String, Value>, power: i32| {
            let keys = all.first().map(of).into_iter().flat_map(Map::keys);
            let one = |key: &String| {
                let values = all.iter().filter_map(|pair| of(pair)[key].as_f64());
                let sum = values.map(|x| x.powi(power)).sum::<f64>();
                (key.clone(), Value::from(if power == 2 { sum.sqrt() } else { sum }))
            };
            keys.map(one).collect()
        };
        let gammas: Vec<f64> = all.iter().filter_map(|pair| pair.gamma).collect();
        Distances {
            victor_purpura: over(|pair| &pair.victor_purpura, 1),
            van_rossum: over(|pair| &pair.van_rossum, 2),
            isi: mean(|pair| pair.isi),
            spike: mean(|pair| pair.spike),
            spike_sync: mean(|pair| pair.spike_sync),
            gamma: (!gammas.is_empty()).then(|| gammas.iter().sum::<f64>() / gammas.len() as f64),
            matched: sum(|pair| pair.matched),
            missed: sum(|pair| pair.missed),
            extra: sum(|pair| pair.extra),
            max_spike_time_error_ms: all.iter().filter_map(|pair| pair.max_spike_time_error_ms).reduce(f64::max),
        }
    }

    /// The same numbers to be read by eye.
    pub(super) fn table(&self, settings: &Settings) -> String {
        let mut lines = String::new();
        let mut row = |name: String, value: String, meaning: &str| {
            lines += format!("{name:<34}{value:>12}  {meaning}").trim_end();
            lines += "\n";
        };
        let number = |x: f64| format!("{x:.6}");
        let defined = |x: Option<f64>| x.map_or_else(|| "undefined".to_owned(), number);
        row("spikes matched by order".into(), self.matched.to_string(), "");
        row("spikes missed".into(), self.missed.to_string(), "in the reference only");
        row("spikes extra".into(), self.extra.to_string(), "in the other only");
        row("largest spike-time error [ms]".into(), defined(self.max_spike_time_error_ms), "of the matched spikes");
        for (cost, value) in &self.victor_purpura {
            row(format!("Victor-Purpura, {cost} per ms"), shown(value), "0: equal");
        }
        for (tau, value) in &self.van_rossum {
            row(format!("van Rossum, {tau} ms"), shown(value), "0: equal, 1: one spike more");
        }
        row("ISI-distance".into(), number(self.isi), "0: same intervals, to 1");
        row("SPIKE-distance".into(), number(self.spike), "0: same times, to 1");
        row("SPIKE-synchronization".into(), number(self.spike_sync), "share of spikes that coincide");
        let meaning = if self.gamma.is_some() { "1: equal, 0: chance" } else { "the windows fill the interval" };
        row(format!("gamma, within {} ms", settings.window), defined(self.gamma), meaning);
        lines
    }
}

/// Distances under the texts that their parameters were typed as.
fn named(typed: &[String], values: Vec<f64>) -> Map<String, Value> {
    typed.iter().map(|text| text.trim().to_owned()).zip(values.into_iter().map(Value::from)).collect()
}

/// A number of the JSON maps, as in the rest of the table.
pub(super) fn shown(value: &Value) -> String {
    value.as_f64().map_or_else(|| value.to_string(), |x| format!("{x:.6}"))
}
