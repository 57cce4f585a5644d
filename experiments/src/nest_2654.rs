//! `nest-rkf45` is the neuron as NEST's adaptive exponential models are written: RKF45 inside the step, tolerance 1e-6, reset at once.

use crate::shared::*;

pub(crate) const QUESTION: &str =
    "Would GSL's Runge-Kutta solver, as in most other NEST models, help a neuron whose spikes are on the grid?";

const ASKED: Asked = [
    "https://github.com/nest/nest-simulator/issues/2654",
    "In the case of (2) [forward Euler], should we replace the integrator with the GSL Runge-Kutta solver as most other \
            models seem to use?",
];
const CELLS: [&str; 4] = ["RS", "IB", "CH", "FS"]; // Cell types of 2003
const INPUT: f64 = 10.0; // mV/ms, constant
const DURATION: f64 = 1000.0; // ms
const DTS: [f64; 7] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]; // Steps [ms]
const DT: f64 = 0.1; // The step that the answer is about [ms]: NEST's default resolution
/// What NEST does, what a Runge-Kutta step between points of the grid does, what GSL's solver as in other NEST models does,
/// and what is left when spikes keep their times.
const SCHEMES: [&str; 5] = ["nest-consistent", "nest-published", "rk4", "nest-rkf45", "rk4+located"];

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let runs = Runs::of(&CELLS, &SCHEMES, &DTS, INPUT, DURATION);
    runs.figure(outputs, "error_vs_dt", "dt_ms", &[1.0, 4.0], |m| m.dt)?;
    runs.figure(outputs, "error_vs_evaluations", "rhs_evaluations_per_ms", &[], |m| m.evaluations)?;
    runs.csv(outputs)?;
    let cells = CELLS.join(", ");
    let heading = format!("Median over {cells} of the largest spike-time error [ms], and right-hand sides per ms");
    let table = runs.table(&heading, |scheme, dt| format!(" ({})", three(runs.evaluations(scheme, dt))));
    answered(outputs, ASKED, &table, &answer(&runs))
}

fn answer(runs: &Runs) -> String {
    let errors @ [euler, _, rk4, gsl, _] = SCHEMES.map(|scheme| runs.error(scheme, DT));
    let [euler_error, published, rk4_error, gsl_error, located] = errors.map(three);
    let [euler_work, _, _, gsl_work, located_work] = SCHEMES.map(|scheme| three(runs.evaluations(scheme, DT)));
    let left = if gsl < 1.5 * DT { "; most of what is left is the time stamp, rounded up to the grid" } else { "" };
    format!(
        "At NEST's step of {DT} ms the largest spike-time error within {DURATION} ms is {euler_error} ms under forward Euler and \
         {published} ms under the published form. A Runge-Kutta step from grid point to grid point has {rk4_error} ms, {:.1} times \
         less than Euler: spike and reset still wait for the end of the step, an error of order 1 that no solver between grid \
         points mends. Written as NEST's other GSL models are, RKF45 with a tolerance of 1e-6 and the reset made at once at the \
         internal step that crosses the threshold, the solver has {gsl_error} ms, {} times less than Euler, for {gsl_work} \
         evaluations of the right-hand side per ms instead of {euler_work}{left}. What makes the difference is the reset inside the \
         step, not the order: rk4 with its spikes located has {located} ms for {located_work} evaluations.",
        euler / rk4,
        three(euler / gsl),
    )
}
