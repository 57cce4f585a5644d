// The phase plane: nullclines, equilibria, the true path, and the steps of a run.

function drawPlane(pen, [width, height], theme, data, state) {
  const { plane, path, comparison, described } = data;
  const run = shownRun(data, state);
  const [low, high] = windowOf(data, state);
  const inside = (t, values, f) => {
    const last = Math.min(t.length, lowerBound(t, high) + 1);
    for (let i = lowerBound(t, low); i < last; i++) f(values[i]);
  };
  let [uLow, uHigh] = [Infinity, -Infinity];
  const take = (u) => {
    if (Math.abs(u) < 1e4) [uLow, uHigh] = [Math.min(uLow, u), Math.max(uHigh, u)];
  };
  inside(path.t, path.u, take);
  const times = run && timesOf(run);
  if (run) inside(times, run.samples.u, take);
  if (!(uHigh > uLow)) [uLow, uHigh] = [(uLow || 0) - 5, (uHigh || 0) + 5];
  const room = 0.12 * (uHigh - uLow);
  const v = vRange({ ...data, comparison: { runs: run ? [run] : [] } }, low, high);
  const made = panel(pen, theme, [56, 24, width - 78, height - 64], { ...v, title: "membrane potential v [mV]" }, {
    low: uLow - room, high: uHigh + room, title: "recovery u [mV/ms]",
  });
  pen.within(...made.box, () => {
    if (plane) {
      const curve = ({ v: vs, u: us }) => [Array.from(vs, made.x.at), Array.from(us, made.y.at)];
      pen.path(...curve(plane.v), { stroke: theme.muted, width: 1.4, dash: [8, 4] });
      pen.path(...curve(plane.u), { stroke: theme.muted, width: 1.4, dash: [2, 3] });
    }
    const [a, b] = [lowerBound(path.t, low), Math.min(path.t.length, lowerBound(path.t, high) + 1)];
    const [tx, ty] = [[], []];
    for (let i = a; i < b; i++) {
      // A reset is a jump and no path.
      if (i > a && path.t[i] === path.t[i - 1] && path.v[i] < path.v[i - 1]) {
        tx.push(NaN);
        ty.push(NaN);
      }
      tx.push(made.x.at(path.v[i]));
      ty.push(made.y.at(path.u[i]));
    }
    pen.path(tx, ty, { stroke: theme.truth, width: 4 });
    if (run) {
      const { color } = lookOf(theme, comparison.runs.indexOf(run));
      const [rx, ry, px, py] = [[], [], [], []];
      const last = Math.min(times.length, lowerBound(times, high) + 1);
      const most = 20000;
      const first = Math.max(lowerBound(times, low), last - most);
      for (let i = first; i < last; i++) {
        const jump = i > first && run.samples.v[i] < run.samples.v[i - 1] - 0.5 * (run.peak - described.parameters.c);
        if (jump) {
          rx.push(NaN);
          ry.push(NaN);
        }
        rx.push(made.x.at(run.samples.v[i]));
        ry.push(made.y.at(run.samples.u[i]));
        px.push(rx.at(-1));
        py.push(ry.at(-1));
      }
      pen.path(rx, ry, { stroke: color, width: 1, alpha: 0.8 });
      if (px.length < 3000) pen.marks(px, py, "round", 2.2, { fill: color });
    }
    for (const e of plane?.equilibria ?? []) {
      const stable = e.kind.startsWith("stable");
      pen.marks([made.x.at(e.v)], [made.y.at(e.u)], "round", 5, { stroke: theme.ink, width: 1.6, fill: stable ? theme.ink : theme.page });
    }
  });
  return made;
}

/** The run whose steps are shown: the one that was chosen, else the first. */
function shownRun({ comparison }, state) {
  return comparison.runs.find((run) => run.name === state.shown) ?? comparison.runs[0];
}

function planeWords(data, state) {
  const run = shownRun(data, state);
  const { plane } = data;
  const rest = plane?.equilibria.map((e) => `a ${e.kind} at v = ${three(e.v)} mV, u = ${three(e.u)} mV/ms`) ?? [];
  const where = !plane ? "This neuron's nullclines are not drawn." : rest.length ? `Equilibria: ${rest.join(" and ")}.` : "There is no equilibrium under this input.";
  return `Phase plane of u against v under the input at the end, ${plane ? three(plane.input) : "unknown"} mV/ms. ${where} Shown: the true path${run ? ` and the steps of ${run.name}` : ""}.`;
}
