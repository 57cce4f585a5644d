// The table of the schemes: what decides first. A hand that moves leaves out what takes long: it is filled in as soon as it rests.

const number = (name) => (run) => (run.metrics[name] === undefined ? "…" : three(run.metrics[name]));

const COLUMNS = [
  ["largest error [ms]", number("max_spike_time_error_ms")],
  ["−/+", (run) => `${run.metrics.missed}/${run.metrics.extra}`],
  ["spikes", (run) => run.spikes.length + marksOf(run)],
  ["first [ms]", number("first_spike_error_ms")],
  ["RMS [ms]", number("rms_spike_time_error_ms")],
  ["drift [ms/spike]", number("drift_ms_per_spike")],
  ["ISI error [ms]", number("mean_interval_error_ms")],
  ["rate error [Hz]", number("rate_error_Hz")],
  ["Victor–Purpura", number("victor_purpura")],
  ["van Rossum", number("van_rossum")],
  ["Γ", (run) => run.metrics.gamma?.toFixed(2) ?? number("gamma")(run)],
  ["RMS v [mV]", number("rms_v_mV")],
  ["residual [mV/ms]", number("residual_rms")],
  ["flops/ms", number("flops_per_ms")],
  ["stable dt [ms]", number("largest_stable_dt_ms")],
];

const marksOf = (run) =>
  (run.diverged_at !== null ? "!" : "") + (run.metrics.rounding_sensitive === 1 ? "~" : "") + (run.metrics.keeps_tolerance === 0 ? "*" : "");

/** Fills the table; its cells stay where they are while the schemes do, and only what changed is written. */
function fillTable(table, { comparison }) {
  const names = comparison.runs.map((run) => run.name);
  if (JSON.stringify(names) !== table.dataset.names) {
    table.dataset.names = JSON.stringify(names);
    const head = element("tr", {}, ...["scheme", "fine", ...COLUMNS.map(([name]) => name)].map((name) => element("th", { scope: "col" }, name)));
    const rows = names.map((name) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, ""), ...COLUMNS.map(() => element("td", {}, ""))));
    table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...rows));
  }
  comparison.runs.forEach((run, k) => {
    const [, fine, ...cells] = table.tBodies[0].rows[k].cells;
    if (fine.className !== (run.fine ? "yes" : "no")) fine.className = run.fine ? "yes" : "no";
    write(fine, run.fine ? "yes" : "no");
    COLUMNS.forEach(([, of], n) => write(cells[n], of(run)));
  });
}

/** Writes a text where it is another one; the node stays, which the browser lays out sooner than a new one. */
function write(place, words) {
  const text = place.firstChild;
  if (!text) place.textContent = words;
  else if (text.data !== words) text.data = words;
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
