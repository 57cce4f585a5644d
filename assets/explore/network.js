// The network of 2003: its spikes under two schemes, and how many there are a millisecond.

function drawNetwork(pen, [width, height], theme, result, state) {
  const { milliseconds, neurons } = state;
  const narrow = width < 620;
  const count = narrow ? 1 : 2;
  const gap = 18;
  const [left, right] = [46, 20];
  const area = (width - left * count - right - (count - 1) * gap) / count;
  const rasterHeight = narrow ? 190 : height - 24 - 150;
  const excitatory = Math.round(0.8 * neurons);
  result.forEach((one, k) => {
    const x0 = left + (narrow ? 0 : k * (area + left + gap));
    const y0 = 24 + (narrow ? k * (rasterHeight + 44) : 0);
    const made = panel(pen, theme, [x0, y0, area, rasterHeight], { low: 0, high: milliseconds, title: "time [ms]" }, {
      low: 0, high: neurons, title: `${short(one.scheme, 22)}, dt = ${plain(one.dt)} ms: neuron`,
    });
    const size = Math.max(1.1, Math.min(2, (1.2 * rasterHeight) / neurons));
    pen.within(...made.box, () => {
      for (const [from, to, color] of [[0, excitatory, theme.runs[0]], [excitatory, neurons, theme.runs[1]]]) {
        const ends = [];
        one.t.forEach((t, n) => {
          const neuron = one.neuron[n];
          if (neuron < from || neuron >= to) return;
          const [x, y] = [made.x.at(t), made.y.at(neuron + 0.5)];
          ends.push(x - size / 2, y, x + size / 2, y);
        });
        pen.segments(ends, { stroke: color, width: size });
      }
      const y = made.y.at(excitatory);
      pen.segments([x0, y, x0 + area, y], { stroke: theme.line });
    });
  });
  const base = narrow ? 24 + 2 * (rasterHeight + 44) + 10 : rasterHeight + 24 + 58;
  const bins = result.map((one) => binned(one.t, milliseconds, 2));
  const most = Math.max(1, ...bins.map((b) => b.reduce((a, c) => Math.max(a, c), 0)));
  const made = panel(pen, theme, [left, base, width - left - right, height - base - 38], { low: 0, high: milliseconds, title: "time [ms]" }, {
    low: 0, high: 1.05 * most, title: "spikes in 2 ms",
  });
  pen.within(...made.box, () => {
    bins.forEach((values, k) => {
      const px = values.map((_, i) => made.x.at(2 * i + 1));
      pen.path(px, values.map((value) => made.y.at(value)), { stroke: k ? theme.runs[2] : theme.truthInk, width: k ? 1.4 : 2.2, alpha: k ? 1 : 0.7 });
    });
  });
  pen.text(result.map((one, k) => `${k ? "green" : "grey"}: ${one.scheme}`).join("   "), width - right, base - 6, { color: theme.muted, size: 11, align: "right" });
}

function binned(times, duration, width) {
  const counts = new Array(Math.ceil(duration / width)).fill(0);
  for (const t of times) counts[Math.min(counts.length - 1, Math.floor(t / width))]++;
  return counts;
}

/** Rates of both runs, and when they part, in words. */
function networkWords(result, state) {
  const { milliseconds, neurons } = state;
  const excitatory = Math.round(0.8 * neurons);
  const rate = (n, of) => `${three((1000 * n) / milliseconds / Math.max(1, of))} Hz`;
  const each = result.map((one) => {
    let of = 0;
    for (const neuron of one.neuron) of += neuron < excitatory ? 1 : 0;
    return `${one.scheme} at dt = ${plain(one.dt)} ms: ${one.t.length} spikes, excitatory ${rate(of, excitatory)}, inhibitory ${rate(one.t.length - of, neurons - excitatory)}`;
  });
  const parted = partedAt(...result);
  const when = parted === null ? "No neuron's spikes are 5 ms apart." : `From ${three(parted)} ms on some neuron's spike is 5 ms or more from its other one.`;
  return `${each.join(". ")}. ${when}`;
}

/** When the k-th spikes of a neuron first differ by 5 ms or more, or one has none. */
function partedAt(a, b) {
  const trains = (one) => {
    const of = new Map();
    one.neuron.forEach((neuron, n) => of.set(neuron, [...(of.get(neuron) ?? []), one.t[n]]));
    return of;
  };
  const [x, y] = [trains(a), trains(b)];
  let first = Infinity;
  for (const neuron of new Set([...x.keys(), ...y.keys()])) {
    const [p, q] = [x.get(neuron) ?? [], y.get(neuron) ?? []];
    for (let k = 0; k < Math.max(p.length, q.length); k++) {
      if (p[k] === undefined || q[k] === undefined || Math.abs(p[k] - q[k]) >= 5) {
        first = Math.min(first, p[k] ?? Infinity, q[k] ?? Infinity);
        break;
      }
    }
  }
  return Number.isFinite(first) ? first : null;
}
