//! The columns of a run: one list for every table of metrics.

use super::{Column, Run, Setting, Value};

/// Columns that say which run a row is of.
pub const RUN_AXES: [Column; 3] = [Column::text("scheme"), Column::number("dt_ms"), Column::number("tolerance_ms")];

/// Columns of what came out of a run; none depends on a clock.
pub const RUN_COLUMNS: [Column; 19] = [
    Column::number("peak_mV"),
    Column::number("diverged_at_ms"),
    Column::count("spike_count"),
    Column::count("missed"),
    Column::count("extra"),
    Column::number("first_spike_error_ms"),
    Column::number("rms_spike_time_error_ms"),
    Column::number("max_spike_time_error_ms"),
    Column::number("drift_ms_per_spike"),
    Column::number("drift_standard_error_ms"),
    Column::number("victor_purpura"),
    Column::number("van_rossum"),
    Column::number("gamma"),
    Column::number("rms_v_mV"),
    Column::number("rms_u"),
    Column::number("rhs_evaluations_per_ms"),
    Column::number("flops_per_ms"),
    Column::number("largest_stable_dt_ms"),
    Column::number("residual_rms"),
];

/// The fields of [`RUN_AXES`].
pub fn run_place(scheme: &str, setting: Setting) -> [Value; 3] {
    [Value::text(scheme), Value::optional(setting.dt()), Value::optional(setting.tolerance())]
}

/// The fields of [`RUN_COLUMNS`] for a run of `duration` \[ms\].
pub fn run_row(run: &Run, duration: f64) -> [Value; 19] {
    let (errors, spikes) = (&run.errors, &run.errors.spikes);
    let count = |n: usize| Value::Count(n as u64);
    [
        Value::Number(run.peak),
        Value::optional(run.trajectory.diverged_at),
        count(run.trajectory.spikes.len()),
        count(spikes.missed),
        count(spikes.extra),
        Value::optional(spikes.first),
        Value::optional(spikes.rms),
        Value::optional(spikes.max_abs),
        Value::optional(spikes.drift.map(|d| d.per_spike)),
        Value::optional(spikes.drift.map(|d| d.standard_error)),
        Value::Number(errors.victor_purpura),
        Value::Number(errors.van_rossum),
        Value::optional(errors.gamma),
        Value::optional(errors.state.rms_v()),
        Value::optional(errors.state.rms_u()),
        Value::Number(run.evaluations_per_ms(duration)),
        Value::Number(run.flops_per_ms(duration)),
        Value::optional(run.largest_stable_dt),
        Value::optional(errors.residual_rms),
    ]
}
