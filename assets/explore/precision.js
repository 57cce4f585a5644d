// Work and precision: the largest spike-time error of every scheme against its cost, or against its step.

function precisionRanges(points, weigh) {
  const x = points.map((p) => (weigh === "dt" ? p.dt : p.cost)).filter((value) => value > 0);
  const y = points.map((p) => p.error).filter((value) => value > 0);
  const around = (values, low, high) => {
    if (!values.length) return { low, high };
    const least = values.reduce((a, b) => Math.min(a, b));
    const most = values.reduce((a, b) => Math.max(a, b));
    return { low: 10 ** (Math.floor(Math.log10(least) * 2) / 2 - 0.1), high: 10 ** (Math.ceil(Math.log10(most) * 2) / 2 + 0.1) };
  };
  return [around(x, 1, 1000), around(y.map((e) => Math.max(e, 1e-13)), 1e-6, 100)];
}

/** What decides how the figure looks while it has no points yet; nothing afterwards. */
const precisionSeen = ({ sweep }, { weigh, within }) => (sweep.points.length ? null : [weigh, within]);

function drawPrecision(pen, [width, height], theme, data, state) {
  const { points } = data.sweep;
  const key = (p) => (state.weigh === "dt" ? p.dt : p.cost);
  const [xs, ys] = precisionRanges(points, state.weigh);
  const title = state.weigh === "dt" ? "step dt [ms]" : "cost [ns per simulated ms, from counted flops]";
  const made = panel(pen, theme, [56, 24, width - 78, height - 64], { ...xs, log: true, title }, {
    ...ys, log: true, title: "largest spike-time error [ms]",
  });
  const chosen = new Map(data.comparison.runs.map((run, k) => [run.name, lookOf(theme, k)]));
  const lines = new Map();
  for (const p of points) if (key(p) > 0) lines.set(p.name, [...(lines.get(p.name) ?? []), p]);
  pen.within(...made.box, () => {
    const allowed = made.y.at(state.within);
    pen.segments([made.box[0], allowed, made.box[0] + made.box[2], allowed], { stroke: theme.muted, dash: [6, 4] });
    const draw = (name, of, look) => {
      const whole = of.filter((p) => p.missed + p.extra === 0 && p.error !== null).sort((a, b) => key(a) - key(b));
      const px = whole.map((p) => made.x.at(key(p)));
      const py = whole.map((p) => made.y.at(Math.max(p.error, ys.low)));
      pen.path(px, py, { stroke: look?.color ?? theme.other, width: look ? 2 : 1, dash: look?.dash ?? [] });
      pen.marks(px, py, "round", look ? 3 : 1.8, { fill: look?.color ?? theme.other });
      const lost = of.filter((p) => p.missed + p.extra > 0 && p.error !== null);
      const color = look?.color ?? theme.other;
      pen.marks(lost.map((p) => made.x.at(key(p))), lost.map((p) => made.y.at(p.error)), "cross", look ? 3 : 2, { stroke: color });
    };
    lines.forEach((of, name) => chosen.has(name) || draw(name, of));
    lines.forEach((of, name) => chosen.has(name) && draw(name, of, chosen.get(name)));
    // Names of the chosen at the fine ends of their lines, moved apart where they would meet.
    const taken = [];
    lines.forEach((of, name) => {
      if (!chosen.has(name)) return;
      const end = of.filter((p) => p.missed + p.extra === 0 && p.error > 0).sort((a, b) => a.error - b.error)[0];
      if (!end) return;
      const [x, low] = [Math.min(made.x.at(key(end)), made.box[0] + made.box[2] - 7.5 * name.length - 4), made.y.at(Math.max(end.error, ys.low)) + 15];
      let y = Math.min(low, made.box[1] + made.box[3] - 4);
      while (taken.some((other) => Math.abs(other[1] - y) < 13 && Math.abs(other[0] - x) < 7 * name.length)) y -= 13;
      taken.push([x, y]);
      pen.text(name, Math.max(x, made.box[0] + 4), y, { color: chosen.get(name).color, size: 12, weight: 600 });
    });
    // Where the slider stands, among points.
    if (points.length) data.comparison.runs.forEach((run, k) => {
      const at = state.weigh === "dt" ? run.dt : run.ns_per_ms;
      const error = run.metrics.max_spike_time_error_ms;
      if (at > 0 && error > 0) {
        const color = lookOf(theme, k).color;
        pen.marks([made.x.at(at)], [made.y.at(Math.max(error, ys.low))], "round", 6.5, { stroke: color, width: 2 });
      }
    });
  });
  return made;
}

/** The point nearest to a place, or none within 24 pixels. */
function nearestPoint(made, points, weigh, x, y) {
  let [best, least] = [null, 24 ** 2];
  for (const p of points) {
    const along = weigh === "dt" ? p.dt : p.cost;
    if (!(along > 0) || !(p.error > 0)) continue;
    const distance = (made.x.at(along) - x) ** 2 + (made.y.at(p.error) - y) ** 2;
    if (distance < least) [best, least] = [p, distance];
  }
  return best;
}

const pointWords = (p) =>
  `${p.name} at ${p.tolerance === null ? `dt = ${plain(p.dt)} ms` : `tolerance ${p.tolerance}`}: ` +
  `${three(p.error)} ms for ${three(p.cost)} ns per ms${p.missed + p.extra ? `; ${p.missed} lost, ${p.extra} added` : ""}`;

/** The cheapest points that keep each error: what nothing beats. */
function frontier(points) {
  const whole = points.filter((p) => p.missed + p.extra === 0 && p.error !== null).sort((a, b) => a.cost - b.cost);
  const best = [];
  for (const p of whole) if (!best.length || p.error < best.at(-1).error) best.push(p);
  return best;
}

function precisionWords(data) {
  const best = frontier(data.sweep.points).slice(0, 4).map(pointWords);
  return `Largest spike-time error against cost, ${data.sweep.points.length} runs of all schemes. Cheapest first: ${best.join("; ") || "none yet"}.`;
}
