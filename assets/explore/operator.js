// The operator: u as the convolution of v with a b e^(−a t), the kernel under the pointer.

function drawOperator(pen, [width, height], theme, data, state) {
  const { operator, described } = data;
  const [low, high] = windowOf(data, state);
  const at = operatorTime(data, state);
  const left = 56;
  const area = width - left - 46;
  const half = (height - 24 - 26 - 44) / 2;
  const { t } = operator;
  const [first, last] = [Math.max(0, lowerBound(t, low) - 1), Math.min(t.length, lowerBound(t, high) + 1)];

  let [vLow, vHigh] = [Infinity, -Infinity];
  for (const v of operator.v) [vLow, vHigh] = [Math.min(vLow, v), Math.max(vHigh, v)];
  const top = panel(pen, theme, [left, 24, area, half], { low, high, labels: false }, {
    low: vLow - 6, high: vHigh + 6, title: "v(s) [mV], and the weight of each moment",
  });
  // The kernel, turned over and moved to the pointer, on a scale of its own at the right.
  const kernel = operator.kernel;
  const size = Math.abs(kernel[0]) || 1;
  const weight = scale(Math.min(0, ...[kernel[0] / size]), Math.max(0, kernel[0] / size) || 1, 24 + half, 28);
  pen.within(...top.box, () => {
    const [kx, ky] = [[], []];
    const per = described.duration / (kernel.length - 1);
    for (let k = 0; k < kernel.length; k++) {
      const s = at - k * per;
      if (s < low - per) break;
      kx.push(top.x.at(Math.max(s, 0)));
      ky.push(weight.at(kernel[k] / size));
      if (s < 0) break;
    }
    if (kx.length > 1) {
      const zero = weight.at(0);
      pen.path([...kx, kx.at(-1), kx[0]], [...ky, zero, zero], { fill: theme.runs[4], alpha: 0.3 });
      pen.path(kx, ky, { stroke: theme.runs[4], width: 2 });
    }
    const [px, py] = thinned(t, operator.v, top.x, top.y, first, last);
    pen.path(px, py, { stroke: theme.truthInk, width: 1.3 });
    pen.segments([top.x.at(at), 24, top.x.at(at), 24 + half], { stroke: theme.ink, dash: [3, 3] });
  });
  pen.text("a b", left + area + 6, 34, { color: theme.runs[4], size: 12, weight: 600 });
  pen.text("0", left + area + 6, 24 + half, { color: theme.runs[4], size: 12, weight: 600 });

  let [uLow, uHigh] = [0, 0];
  for (const series of operatorParts(theme, operator)) {
    for (const u of series.values) [uLow, uHigh] = [Math.min(uLow, u), Math.max(uHigh, u)];
  }
  const room = 0.06 * (uHigh - uLow);
  const below = panel(pen, theme, [left, 24 + half + 28, area, half], { low, high, title: "time [ms]" }, {
    low: uLow - room, high: uHigh + room, title: "u(t) and its parts [mV/ms]",
  });
  pen.within(...below.box, () => {
    for (const { values, color, width: thick, dash } of operatorParts(theme, operator)) {
      const [px, py] = thinned(t, values, below.x, below.y, first, last);
      pen.path(px, py, { stroke: color, width: thick, dash });
    }
    pen.segments([below.x.at(at), below.box[1], below.x.at(at), below.box[1] + half], { stroke: theme.ink, dash: [3, 3] });
  });
  return top.x;
}

const operatorParts = (theme, o) => [
  { name: "u of the truth", values: o.u, color: theme.truth, width: 4, dash: [] },
  { name: "convolution of v", values: o.convolution, color: theme.runs[4], width: 1.6, dash: [] },
  { name: "initial value", values: o.start, color: theme.runs[3], width: 1.6, dash: [6, 3] },
  { name: "resets", values: o.resets, color: theme.runs[1], width: 1.6, dash: [2, 3] },
  { name: "their sum", values: sumOf(o), color: theme.ink, width: 1, dash: [] },
];

function sumOf(o) {
  if (!o.sum) o.sum = o.convolution.map((x, k) => x + o.start[k] + o.resets[k]);
  return o.sum;
}

const operatorTime = (data, state) => Math.min(state.at ?? 0.5 * data.described.duration, data.described.duration);

/** The parts of u at the pointer, in words. */
function operatorReading(data, state) {
  const { operator: o } = data;
  const at = operatorTime(data, state);
  const i = Math.min(o.t.length - 1, lowerBound(o.t, at));
  const sum = sumOf(o)[i];
  return (
    `u(${three(o.t[i])} ms) = ${signed(o.convolution[i])} (convolution of v) ${signed(o.start[i])} (initial value) ` +
    `${signed(o.resets[i])} (resets) = ${signed(sum)} mV/ms; truth ${signed(o.u[i])}, apart by ${Math.abs(sum - o.u[i]).toExponential(1)}`
  );
}
