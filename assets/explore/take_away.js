// What can be taken away: texts to the clipboard, SVG and CSV as files.

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page from a file may not write the clipboard: the old way can.
    const area = element("textarea", { style: "position:fixed;top:0;left:-999px" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  $("told").textContent = `Copied: ${what}.`;
}

function save(name, type, text) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  $("told").textContent = `Saved: ${name}.`;
}

/** Every spike of the truth with its bound, and beside it that of every run with its error. */
function spikesCsv({ truth, comparison }) {
  const { runs } = comparison;
  const names = runs.map((run) => (run.name.includes(",") ? `"${run.name}"` : run.name));
  const header = ["spike", "truth_ms", "bound_ms", ...names.flatMap((name) => [`${name}_ms`, `${name}_error_ms`])];
  const most = Math.max(truth.spikes.length, ...runs.map((run) => run.spikes.length));
  const cell = (values, k) => (k < values.length && Number.isFinite(values[k]) ? values[k] : "");
  const rows = Array.from({ length: most }, (_, k) => [
    k + 1, cell(truth.spikes, k), cell(truth.bounds, k), ...runs.flatMap((run) => [cell(run.spikes, k), cell(run.errors, k)]),
  ]);
  return [header, ...rows].map((row) => row.join(",") + "\n").join("");
}

const drawnCsv = ({ times, values }) => "t_ms,input\n" + times.map((t, k) => `${t},${values[k]}\n`).join("");
