//! What a scheme, or another program, takes to keep an error.

use std::path::Path;

use spikestep::{Error, Result};

use super::DURATION;

/// A scheme on one neuron, at several settings.
pub(super) struct Curve {
    pub(super) neuron: String,
    pub(super) name: String,
    /// Index of the series it belongs to; that of the peers follows after the last.
    pub(super) series: usize,
    /// Whether its setting is a step \[ms\], not a tolerance.
    pub(super) fixed: bool,
    /// From the finest setting to the coarsest.
    pub(super) points: Vec<Point>,
}

/// One setting.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) setting: f64,
    /// Largest error of a spike \[ms\]; `None` where spikes are lost or added.
    pub(super) error: Option<f64>,
    /// Time per simulated second \[µs\].
    pub(super) time: f64,
}

impl Curve {
    /// Puts the points in order.
    pub(super) fn sort(&mut self) {
        self.points.sort_by(|a, b| a.setting.total_cmp(&b.setting));
    }

    /// Time \[µs\] to keep every spike within `error` \[ms\]: that of the fastest setting from which on all finer ones keep it
    /// too, or of a setting between it and the next, by interpolation of both logarithms. A coarse setting whose errors
    /// cancel by luck does not count. `None` where no setting keeps it.
    pub(super) fn time_at(&self, error: f64) -> Option<f64> {
        let keeps = |p: &&Point| p.error.is_some_and(|e| e <= error);
        let kept: Vec<&Point> = self.points.iter().take_while(keeps).collect();
        let fastest = kept.iter().map(|p| p.time).reduce(f64::min)?;
        let (last, next) = (kept.last()?, self.points.get(kept.len()));
        let between = next.and_then(|next| {
            let (e0, e1) = (last.error.filter(|&e| e > 0.0)?.ln(), next.error?.ln());
            let share = (error.ln() - e0) / (e1 - e0);
            Some((last.time.ln() + share * (next.time.ln() - last.time.ln())).exp())
        });
        Some(between.map_or(fastest, |time| time.min(fastest)))
    }

    /// The point at exactly this setting.
    pub(super) fn at(&self, setting: f64) -> Option<&Point> {
        self.points.iter().find(|p| p.setting == setting)
    }
}

/// The lines of other programs, as `benches/peers/cost_at_equal_error.py` writes them: program, cell, tolerance, error \[ms\], time \[ms\],
/// and more. `series` is the index their curves get.
///
/// # Errors
/// A file that cannot be read, or a line that is not of that form.
pub(super) fn peers(path: &Path, series: usize) -> Result<Vec<Curve>> {
    let failed =
        |error| Error::Text(format!("{}: {error}. Write it by benches/peers/cost_at_equal_error.py.", path.display()));
    let mut curves: Vec<Curve> = Vec::new();
    for row in csv::Reader::from_path(path).map_err(failed)?.deserialize() {
        let (name, neuron, setting, error, time): (String, String, f64, f64, f64) = row.map_err(failed)?;
        let point = Point { setting, error: Some(error).filter(|e| e.is_finite()), time: time * 1000.0 / DURATION };
        match curves.iter_mut().find(|c| c.name == name && c.neuron == neuron) {
            Some(curve) => curve.points.push(point),
            // A program's step cannot be prescribed to a network of this toolkit.
            None => curves.push(Curve { neuron, name, series, fixed: false, points: vec![point] }),
        }
    }
    curves.iter_mut().for_each(Curve::sort);
    Ok(curves)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(f64, Option<f64>, f64)]) -> Curve {
        let points = points.iter().map(|&(setting, error, time)| Point { setting, error, time }).collect();
        let mut curve = Curve { neuron: "RS".into(), name: "x".into(), series: 0, fixed: true, points };
        curve.sort();
        curve
    }

    #[test]
    fn between_two_settings_the_logarithms_are_in_line() {
        let order_two = curve(&[(1.0, Some(1.0), 10.0), (0.1, Some(1e-2), 100.0)]);
        // Error 0.1 is in the middle of the logarithms: so is the time.
        assert!((order_two.time_at(0.1).unwrap() - 1000f64.sqrt()).abs() < 1e-12);
        assert_eq!(order_two.time_at(2.0), Some(10.0));
        assert_eq!(order_two.time_at(1e-3), None);
    }

    #[test]
    fn luck_and_lost_spikes_do_not_count() {
        let lucky =
            curve(&[(1.0, Some(1e-6), 1.0), (0.5, None, 2.0), (0.1, Some(0.3), 10.0), (0.01, Some(0.03), 100.0)]);
        assert_eq!(lucky.time_at(0.5), Some(10.0));
        let exact = curve(&[(0.1, Some(0.0), 5.0), (1.0, Some(2.0), 1.0)]);
        assert_eq!(exact.time_at(1.0), Some(5.0));
    }
}
