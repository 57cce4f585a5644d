// The table of the schemes: what decides first.

const COLUMNS = [
  ["spikes", (run) => run.spikes.length + marksOf(run)],
  ["−/+", (run) => `${run.metrics.missed}/${run.metrics.extra}`],
  ["largest error [ms]", (run) => three(run.metrics.max_spike_time_error_ms)],
  ["first [ms]", (run) => three(run.metrics.first_spike_error_ms)],
  ["RMS [ms]", (run) => three(run.metrics.rms_spike_time_error_ms)],
  ["drift [ms/spike]", (run) => three(run.metrics.drift_ms_per_spike)],
  ["ISI error [ms]", (run) => three(run.metrics.mean_interval_error_ms)],
  ["rate error [Hz]", (run) => three(run.metrics.rate_error_Hz)],
  ["Victor–Purpura", (run) => three(run.metrics.victor_purpura)],
  ["van Rossum", (run) => three(run.metrics.van_rossum)],
  ["Γ", (run) => (run.metrics.gamma === null ? "–" : run.metrics.gamma.toFixed(2))],
  ["RMS v [mV]", (run) => three(run.metrics.rms_v_mV)],
  ["residual [mV/ms]", (run) => three(run.metrics.residual_rms)],
  ["flops/ms", (run) => three(run.metrics.flops_per_ms)],
  ["stable dt [ms]", (run) => three(run.metrics.largest_stable_dt_ms)],
];

const marksOf = (run) =>
  (run.diverged_at !== null ? "!" : "") + (run.metrics.rounding_sensitive === 1 ? "~" : "") + (run.metrics.keeps_tolerance === 0 ? "*" : "");

function fillTable(table, { comparison }) {
  const head = element("tr", {}, element("th", { scope: "col" }, "scheme"), element("th", { scope: "col" }, "fine"));
  head.append(...COLUMNS.map(([name]) => element("th", { scope: "col" }, name)));
  const rows = comparison.runs.map((run) => {
    const row = element("tr", {}, element("th", { scope: "row" }, run.name));
    row.append(element("td", { class: run.fine ? "yes" : "no" }, run.fine ? "yes" : "no"));
    row.append(...COLUMNS.map(([, of]) => element("td", {}, of(run))));
    return row;
  });
  table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...rows));
}

function tableNotes({ comparison, described }) {
  const marks = comparison.runs.map(marksOf).join("");
  const notes = [...described.notes];
  if (marks.includes("!")) notes.push("! the run left the finite numbers.");
  if (marks.includes("~")) notes.push("~ a start 6·10⁻¹⁴ mV higher has other spikes: rounding decides, and these errors are one draw among many.");
  if (marks.includes("*")) notes.push("* by its own estimate the tolerance was not kept.");
  if (comparison.left_out.length) notes.push(`Left out, as they do not step this neuron or not in this arithmetic: ${comparison.left_out.join(", ")}.`);
  return notes.join(" ");
}

function fillFrontier(table, points) {
  const rows = frontier(points).map((p) =>
    element("tr", {}, element("th", { scope: "row" }, p.name), element("td", {}, p.tolerance === null ? plain(p.dt) : "–"),
      element("td", {}, p.tolerance === null ? "–" : String(p.tolerance)), element("td", {}, three(p.cost)), element("td", {}, three(p.error))));
  const heads = ["scheme", "dt [ms]", "tolerance", "cost [ns/ms]", "largest error [ms]"].map((name) => element("th", { scope: "col" }, name));
  table.replaceChildren(element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
}

/** What is known of the truth, in a sentence. */
function truthWords({ truth, comparison }, settled) {
  if (comparison.warning) return comparison.warning;
  const spikes = `${truth.spikes.length} spike${truth.spikes.length === 1 ? "" : "s"}`;
  if (!settled) return `Truth: ${spikes}; its proof is under way.`;
  if (truth.bound === null) return `Truth: ${spikes} (${truth.solver}; ${truth.checked_by} differs by ${truth.difference === null ? "whole spikes" : `${truth.difference.toExponential(1)} ms at most`}; ${truth.why_unknown ?? "no bound"}).`;
  const proven = truth.proven !== null && truth.proven <= truth.bound ? ", proven" : "";
  const check = truth.agrees ? `${truth.solver}, confirmed by ${truth.checked_by}` : truth.solver;
  return `Truth: ${spikes}, each within ${truth.bound.toExponential(1)} ms (${check}${proven}).`;
}
