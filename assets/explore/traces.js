// v(t) with the spikes of truth and runs, the error of every spike with its bound, and the input, over one axis of time.

const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

/** How a run is drawn: its colour, its dash where colours come again. */
function lookOf(theme, index) {
  return { color: theme.runs[index % theme.runs.length], dash: DASHES[Math.floor(index / theme.runs.length) % DASHES.length] };
}

/** The last grid of steps: runs side by side have the same one. */
let shared = { dt: 0, times: new Float64Array(0) };

/** Times of a run's samples: of a fixed step they are the ends of its steps. */
function timesOf({ samples, dt }) {
  if (samples.t) return samples.t;
  const { length } = samples.v;
  if (shared.dt !== dt || shared.times.length < length) shared = { dt, times: Float64Array.from({ length }, (_, k) => (k + 1) * dt) };
  return shared.times.length === length ? shared.times : shared.times.subarray(0, length);
}

const windowOf = (data, state) => {
  const end = data.described.duration;
  const from = Math.max(0, Math.min(state.from, end * 0.999));
  const to = state.to === null ? end : Math.min(Math.max(state.to, from + end * 1e-4), end);
  return [from, to];
};

/** Rows of spikes have their names beside them in figures wider than this [px]; below others stands a key. */
const NAMED = 560;

/** How tall the figure is. */
const tracesHeight = (data) => 496 + 15 * (data.comparison.runs.length + 1);

function drawTraces(pen, [width, height], theme, data, state) {
  const { described, truth, path, comparison } = data;
  const { runs } = comparison;
  const wide = width > NAMED;
  const [left, right] = [wide ? 124 : 50, 20];
  const area = width - left - right;
  const [low, high] = windowOf(data, state);
  const x = { low, high, title: "time [ms]" };
  const rows = 15 * (runs.length + 1);

  const v = vRange(data, low, high);
  const top = panel(pen, theme, [left, 22, area, 180], { ...x, labels: false }, { ...v, title: "membrane potential v [mV]" });
  pen.within(...top.box, () => {
    const t = path.t;
    const [first, last] = [Math.max(0, lowerBound(t, low) - 1), Math.min(t.length, lowerBound(t, high) + 2)];
    const [px, py] = thinned(t, path.v, top.x, top.y, first, last);
    pen.path(px, py, { stroke: theme.truth, width: 4 });
    runs.forEach((run, k) => {
      const look = lookOf(theme, k);
      const times = timesOf(run);
      const [a, b] = [Math.max(0, lowerBound(times, low) - 1), Math.min(times.length, lowerBound(times, high) + 1)];
      const [rx, ry] = thinned(times, run.samples.v, top.x, top.y, a, b);
      if (a === 0) {
        rx.unshift(top.x.at(0));
        ry.unshift(top.y.at(described.v0));
      }
      // Lines of one pixel are drawn by a faster way than wider ones, a third of the time.
      pen.path(rx, ry, { stroke: look.color, dash: look.dash, width: 1 });
      if (b - a < area / 5) pen.marks(rx, ry, "round", 2, { fill: look.color });
      // What a rule on the grid never shows: v at its peak.
      const tips = [];
      for (const spike of visible(run.spikes, low, high)) {
        const at = top.x.at(spike);
        tips.push(at, top.y.at(Math.min(run.peak, v.high)), at, top.y.at(0));
      }
      pen.segments(tips, { stroke: look.color, width: 1, alpha: 0.7 });
    });
  });

  const raster = 22 + 180 + 8;
  const row = (name, spikes, color, k, matched) => {
    const y = raster + 15 * k;
    const ends = [];
    const lone = [];
    spikes.forEach((spike, n) => {
      if (spike < low || spike > high) return;
      const at = top.x.at(spike);
      (n < matched ? ends : lone).push(at, y + 2, at, y + 13);
    });
    pen.segments(ends, { stroke: color, width: 1.6 });
    pen.segments(lone, { stroke: color, width: 1.6, dash: [2, 2] });
    if (wide) pen.text(short(name, 17), left - 6, y + 8, { color: theme.ink, size: 11, align: "right", base: "middle" });
  };
  row("truth", truth.spikes, theme.truthInk, 0, truth.spikes.length);
  runs.forEach((run, k) => row(run.name, run.spikes, lookOf(theme, k).color, k + 1, truth.spikes.length));

  const errors = errorRange(data, state);
  const below = panel(pen, theme, [left, raster + rows + 26, area, 150], { ...x, labels: false }, {
    ...errors, log: true, title: `error of ${wide ? "each spike" : "a spike"} [ms]: ▲ late, ▼ early; dashed: ${plain(state.within)} ms`,
  });
  pen.within(...below.box, () => {
    const floor = below.box[1] + below.box[3];
    const [bx, by] = [[], []];
    truth.spikes.forEach((spike, k) => {
      bx.push(below.x.at(spike));
      by.push(Number.isFinite(truth.bounds[k]) ? below.y.at(Math.max(truth.bounds[k], errors.low)) : NaN);
    });
    if (bx.length > 1 && by.every(Number.isFinite)) {
      pen.path([...bx, bx.at(-1), bx[0]], [...by, floor, floor], { fill: theme.truth, alpha: 0.35 });
    }
    pen.marks(bx, by, "square", 2, { fill: theme.truthInk });
    const allowed = below.y.at(state.within);
    pen.segments([below.box[0], allowed, below.box[0] + below.box[2], allowed], { stroke: theme.muted, dash: [6, 4] });
    runs.forEach((run, k) => {
      const { color } = lookOf(theme, k);
      const [late, early] = [[[], []], [[], []]];
      const [lx, ly] = [[], []];
      run.errors.forEach((error, n) => {
        const [px, py] = [below.x.at(truth.spikes[n]), below.y.at(Math.max(Math.abs(error), errors.low))];
        lx.push(px);
        ly.push(py);
        const of = error >= 0 ? late : early;
        of[0].push(px);
        of[1].push(py);
      });
      pen.path(lx, ly, { stroke: color, width: 0.8, alpha: 0.6 });
      pen.marks(...late, "up", 3.4, { fill: color });
      pen.marks(...early, "down", 3.4, { fill: color });
      const lost = Array.from(truth.spikes.subarray(run.errors.length));
      const added = Array.from(run.spikes.subarray(run.errors.length));
      const height = below.box[1] + 7 + 6 * (k % 8);
      pen.marks([...lost, ...added].map(below.x.at), [...lost, ...added].map(() => height), "cross", 3, { stroke: color, width: 1.4 });
    });
  });

  const base = raster + rows + 26 + 150 + 24;
  const input = inputRange(described);
  const last = panel(pen, theme, [left, base, area, height - base - 36], x, { ...input, title: `input I(t) [${described.unit}]` });
  pen.within(...last.box, () => {
    const { t, value, scale: unit } = described.input;
    const [px, py] = [[], []];
    // Before its first piece an input is zero, and a piece may bend at its end alone.
    t.forEach((time, k) => {
      if (k === 0 && time > 0) {
        px.push(last.x.at(0), last.x.at(time));
        py.push(last.y.at(0), last.y.at(0));
      }
      px.push(last.x.at(time));
      py.push(last.y.at(value[k] / unit));
    });
    pen.path(px, py, { stroke: theme.truthInk, width: 1.4 });
  });

  if (state.at !== null && state.at >= low && state.at <= high) {
    const at = top.x.at(state.at);
    pen.segments([at, 22, at, height - 36], { stroke: theme.ink, width: 1, dash: [3, 3] });
  }
  return top.x;
}

const short = (name, most) => (name.length > most ? name.slice(0, most - 1) + "…" : name);
const visible = (spikes, low, high) => spikes.subarray(lowerBound(spikes, low), lowerBound(spikes, high + 1e-9));

function vRange({ path, comparison, described }, low, high) {
  let [least, most] = [described.v0, described.parameters.peak];
  const take = (times, values) => {
    const last = Math.min(values.length, lowerBound(times, high) + 1);
    for (let i = Math.max(0, lowerBound(times, low) - 1); i < last; i++) {
      if (values[i] < least) least = values[i];
    }
  };
  take(path.t, path.v);
  for (const run of comparison.runs) {
    take(timesOf(run), run.samples.v);
    if (run.spikes.length) most = Math.max(most, run.peak);
  }
  least = Math.max(least, -400);
  return { low: least - 0.05 * (most - least), high: most + 0.04 * (most - least) };
}

function errorRange({ truth, comparison }, state) {
  let [least, most] = [Infinity, state.within];
  for (const bound of truth.bounds) if (bound > 0) least = Math.min(least, bound);
  for (const run of comparison.runs) {
    for (const error of run.errors) {
      const size = Math.abs(error);
      if (size > most) most = size;
      if (size > 0 && size < least) least = size;
    }
  }
  if (!Number.isFinite(least)) least = state.within / 1e3;
  return { low: Math.max(10 ** (Math.floor(Math.log10(least)) - 0.3), 1e-15), high: 10 ** (Math.ceil(Math.log10(most)) + 0.2) };
}

function inputRange({ input }) {
  let [least, most] = [0, 0];
  for (const value of input.value) {
    least = Math.min(least, value / input.scale);
    most = Math.max(most, value / input.scale);
  }
  const room = 0.12 * (most - least) || 1;
  return { low: least - room, high: most + room };
}

/** v of truth and runs at a time, in words. */
function reading(data, at) {
  const { path, comparison, truth } = data;
  const i = Math.min(path.t.length - 1, lowerBound(path.t, at));
  const parts = [`t = ${three(at)} ms`, `truth v = ${three(path.v[i])} mV`];
  for (const run of comparison.runs) {
    const times = timesOf(run);
    const k = Math.min(times.length - 1, lowerBound(times, at));
    if (k >= 0) parts.push(`${run.name} ${three(run.samples.v[k])} mV`);
  }
  let nearest = -1;
  truth.spikes.forEach((spike, n) => {
    if (nearest < 0 || Math.abs(spike - at) < Math.abs(truth.spikes[nearest] - at)) nearest = n;
  });
  if (nearest >= 0) {
    const errors = comparison.runs.map((run) => `${run.name} ${nearest < run.errors.length ? signed(run.errors[nearest]) + " ms" : "lost"}`);
    const bound = truth.bounds[nearest];
    const known = Number.isFinite(bound) ? ` ± ${bound.toExponential(1)} ms` : "";
    parts.push(`nearest spike ${nearest + 1} at ${truth.spikes[nearest].toFixed(6)}${known}: ${errors.join(", ")}`);
  }
  return parts.join("; ");
}

const signed = (x) => (x > 0 ? "+" : x < 0 ? "−" : "") + three(Math.abs(x));

/** What is seen, for who does not see it. */
function tracesWords({ truth, comparison, described }) {
  const spikes = (n) => `${n} spike${n === 1 ? "" : "s"}`;
  const runs = comparison.runs.map((run) => {
    const { missed, extra, max_spike_time_error_ms: error } = run.metrics;
    const off = error === null ? "none to compare" : `off by up to ${three(error)} ms`;
    return `${run.name}: ${spikes(run.spikes.length)}, ${missed} lost, ${extra} added, ${off}`;
  });
  return `Membrane potential, spikes, spike errors and input of ${described.label} over ${plain(described.duration)} ms. The truth has ${spikes(truth.spikes.length)}. ${runs.join(". ")}.`;
}
