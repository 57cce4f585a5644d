//! From the resting state at zero input, a constant input; the rate is that of the last part of the run. The equations lose their rest at
//! a Hopf or saddle-node point, which has a formula; a scheme keeps the equilibrium and can lose its stability elsewhere.

use spikestep::model::{CELL_TYPES, CellType, NeuronSpec, hopf_input, saddle_node_input};
use spikestep::scheme::stability::spectral_radius;
use spikestep::study::{RateCurve, RateQuestion};

use crate::shared::*;

pub(crate) const QUESTION: &str = "Which step shifts the rheobase of a cell type, and which its gain?";

const SCHEMES: &str = "euler,half-step,rk4,rk4+located,projective-8"; // The schemes
const DTS: [f64; 4] = [1.0, 0.5, 0.25, 0.1]; // Steps [ms]
const INPUTS: (f64, f64, usize) = (0.0, 20.0, 41); // First and last input [mV/ms], and how many
const DURATION: f64 = 2000.0; // Duration [ms], of which the last part counts
const MEASURED: f64 = 1000.0; // The last part of a run, whose rate is measured [ms]
const RESOLUTION: f64 = 5e-6; // To what the loss of rest is searched [mV/ms]
const SHOWN_DT: f64 = 0.5; // The step that the figure shows [ms]

/// A curve and its two thresholds \[mV/ms\].
struct Curve {
    /// Rates \[Hz\] at the inputs; not a number where the run diverged.
    rates: Vec<f64>,
    /// Input at which the resting state loses its stability.
    rest_lost: Option<f64>,
    /// Least input step from rest at zero input that is followed by firing that lasts.
    sustained: Option<f64>,
}

struct Row {
    cell: &'static CellType,
    scheme: Setting,
    curve: Curve,
}

impl Row {
    /// The scheme, or the equations.
    fn name(&self) -> String {
        self.scheme.as_ref().map_or("equations".to_owned(), |(scheme, _)| scheme.to_string())
    }
}

/// Scheme and step; none for the equations.
type Setting = Option<(Scheme, f64)>;

/// The input \[mV/ms\] at which the equations lose their rest: the Hopf point where it lies on the lower branch, the saddle-node
/// otherwise.
fn analytic_rheobase(neuron: &Neuron) -> Option<(f64, &'static str)> {
    let fold = saddle_node_input(neuron)?;
    let v_fold = -(neuron.k1 - neuron.b / neuron.leak) / (2.0 * neuron.k2);
    let v_hopf = (neuron.a * neuron.leak - neuron.k1) / (2.0 * neuron.k2);
    match hopf_input(neuron) {
        Some(hopf) if v_hopf < v_fold => Some((hopf, "Hopf")),
        _ => Some((fold, "saddle-node")),
    }
}

/// Least-squares slope of rate against input where both curves fire \[Hz per mV/ms\], this one's and the other's.
fn gains(inputs: &[f64], rates: &[f64], others: &[f64]) -> Option<(f64, f64)> {
    let at: Vec<usize> = (0..inputs.len()).filter(|&i| rates[i] > 0.0 && others[i] > 0.0).collect();
    let of = |values: &[f64]| slope(&at.iter().map(|&i| (inputs[i], values[i])).collect::<Vec<_>>());
    (at.len() >= 3).then(|| (of(rates), of(others)))
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let schemes = schemes(SCHEMES)?;
    let of_cell = |cell: &'static CellType| -> Result<Vec<Row>> {
        let question = RateQuestion {
            neuron: NeuronSpec::parse(cell.name)?,
            inputs: linear(INPUTS.0, INPUTS.1, INPUTS.2),
            schemes: schemes.clone(),
            dts: DTS.to_vec(),
            duration: DURATION,
            from: DURATION - MEASURED,
        };
        Ok(question.curves()?.into_iter().map(|curve| row(cell, curve)).collect())
    };
    let rows: Vec<Row> = CELL_TYPES.iter().map(of_cell).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    let title = "Firing rate in Hz against constant input in mV/ms, per cell type";
    draw(outputs, "fi_curves", title, ["input_mV_per_ms", "rate_Hz"], 2, panels(&rows))?;
    tables(outputs, &rows)
}

fn row(cell: &'static CellType, RateCurve { setting: scheme, points, rheobase }: RateCurve) -> Row {
    let neuron = cell.neuron;
    let stable = |(scheme, dt): &(Scheme, f64), input: f64| {
        let radius = rest(&neuron, input).and_then(|state| spectral_radius(scheme, &neuron, state, input, *dt));
        radius.is_some_and(|radius| radius < 1.0)
    };
    let rest_lost = match (&scheme, analytic_rheobase(&neuron)) {
        (None, found) => found.map(|f| f.0),
        // Between 4 mV/ms below and just above: at the saddle-node there is no rest left.
        (Some(of), Some((input, _))) if stable(of, input - 4.0) && !stable(of, input + 1.0) => {
            let (low, high) = halved(input - 4.0, input + 1.0, |a, b| b - a > RESOLUTION, |input| stable(of, input));
            Some(0.5 * (low + high))
        }
        _ => None,
    };
    let rates = points.iter().map(|point| point.rate.unwrap_or(f64::NAN)).collect();
    Row { cell, scheme, curve: Curve { rates, rest_lost, sustained: rheobase } }
}

fn panels(rows: &[Row]) -> Vec<Panel> {
    let inputs = linear(INPUTS.0, INPUTS.1, INPUTS.2);
    let panel = |cell: &CellType| {
        let shown = |row: &&Row| row.scheme.as_ref().is_none_or(|(_, dt)| *dt == SHOWN_DT);
        let series = rows.iter().filter(|row| row.cell.name == cell.name).filter(shown).map(|row| {
            let look = if row.scheme.is_none() { Look::Reference } else { Look::Own };
            Series { look, ..line(row.name(), inputs.iter().copied().zip(row.curve.rates.iter().copied())) }
        });
        panel(format!("{}, dt = {} ms", cell.name, SHOWN_DT), ("input I [mV/ms]", "firing rate [Hz]"), series)
    };
    CELL_TYPES.iter().map(panel).collect()
}

/// Writes the table of thresholds and gains, and gives the text: shifts and ratios against the equations.
fn tables(outputs: &mut Outputs<'_>, rows: &[Row]) -> Result<String> {
    let inputs = linear(INPUTS.0, INPUTS.1, INPUTS.2);
    let row = |row: &Row| {
        let truth = rows.iter().find(|of| of.cell.name == row.cell.name && of.scheme.is_none());
        let (curve, truth) = (&row.curve, &truth.expect("the equations have a curve of each cell").curve);
        let shift = |of: fn(&Curve) -> Option<f64>| Some(of(curve)? - of(truth)?);
        let gain = gains(&inputs, &curve.rates, &truth.rates).map(|(own, of)| own / of);
        let rate = Some(curve.rates[INPUTS.2 - 1] / truth.rates[INPUTS.2 - 1]).filter(|ratio| ratio.is_finite());
        let (rest_lost, firing) = (shift(|c| c.rest_lost), shift(|c| c.sustained));
        let numbers = [curve.rest_lost, rest_lost, curve.sustained, firing, gain, rate].map(optional);
        [fields![row.cell.name, row.name(), optional(row.scheme.as_ref().map(|s| s.1))], numbers.into()].concat()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(row).collect();
    let header = "cell,scheme,dt_ms,lost_mV_per_ms,lost_shift,fires_mV_per_ms,fires_shift,gain_ratio,rate_ratio";
    outputs.csv("rheobase_and_gain.csv", header, rows.iter().cloned())?;
    let table = table("cell,scheme,dt,rest lost at,shift,fires at,shift,gain ratio,rate ratio", rows);
    let kind = |cell: &CellType| format!("{} {}", cell.name, analytic_rheobase(&cell.neuron).map_or("none", |f| f.1));
    Ok(format!(
        "{table}(rest lost: input at which the own rest becomes unstable, in the equations a Hopf or saddle-node point:\n\
         {}; fires: least step from rest at zero input after\n\
         which spikes last; gain: slope of rate over input; rate: at the last input; against the equations')\n",
        CELL_TYPES.iter().map(kind).collect::<Vec<_>>().join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_is_lost_where_the_eigenvalues_say() {
        // RS: trace 0 at v = (0.02 − 5)/0.08 = −62.25, left of the fold at −60: I = 0.2 v − 0.04 v² − 5 v − 140 = 3.7975.
        let (input, kind) = analytic_rheobase(&Neuron::new(0.02, 0.2, -65.0, 8.0)).unwrap();
        assert!((input - 3.7975).abs() < 1e-12 && kind == "Hopf");
        // a = 0.1, b = 0.05: det J < 0 at the Hopf point, so the fold comes first, at 4.95²/0.16 − 140.
        let (input, kind) = analytic_rheobase(&Neuron::new(0.1, 0.05, -65.0, 8.0)).unwrap();
        assert!((input - 13.140_625).abs() < 1e-12 && kind == "saddle-node");
    }

    #[test]
    fn gains_of_known_functions() {
        // Where both fire (from 1 on) the slopes are 2 and 4.
        let inputs = [0.0, 1.0, 2.0, 3.0];
        assert_eq!(gains(&inputs, &[0.0, 2.0, 4.0, 6.0], &[5.0, 4.0, 8.0, 12.0]), Some((2.0, 4.0)));
    }
}
