// Axes: from values to pixels and back, ticks, grids and titles.

/** A scale from values [low, high] to pixels [from, to]. */
function scale(low, high, from, to, log = false) {
  const f = log ? Math.log10 : (x) => x;
  const [a, b] = [f(low), f(high)];
  const per = (to - from) / (b - a || 1);
  const at = (x) => from + (f(x) - a) * per;
  const back = (pixel) => {
    const value = a + (pixel - from) / per;
    return log ? 10 ** value : value;
  };
  return { at, back, low, high, from, to, log };
}

/** Ticks of a scale: [value, label], the label empty for a small one. */
function ticks(s, count) {
  if (s.log) {
    const [first, last] = [Math.ceil(Math.log10(s.low) - 1e-9), Math.floor(Math.log10(s.high) + 1e-9)];
    const every = Math.max(1, Math.ceil((last - first + 1) / count));
    const made = [];
    for (let k = first; k <= last; k++) {
      made.push([10 ** k, (k - first) % every === 0 ? power(k) : ""]);
    }
    if (last - first < 2) {
      for (let k = first - 1; k <= last; k++) {
        for (const m of [2, 5]) {
          const x = m * 10 ** k;
          if (x >= s.low && x <= s.high) made.push([x, last === first || last < first ? plain(x) : ""]);
        }
      }
    }
    return made;
  }
  const raw = (s.high - s.low) / Math.max(1, count);
  const decade = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * decade).find((x) => x >= raw);
  const made = [];
  for (let k = Math.ceil(s.low / step - 1e-9); k * step <= s.high + 1e-9 * step; k++) {
    made.push([k * step, plain(k * step)]);
  }
  return made;
}

/** A number without noise in its last digits. */
const plain = (x) => String(+x.toPrecision(10)).replace("-", "−");

/** A power of ten, plain where it is short. */
function power(k) {
  if (k >= -3 && k <= 3) return plain(10 ** k);
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return "10" + (k < 0 ? "⁻" : "") + String(Math.abs(k)).split("").map((d) => digits[+d]).join("");
}

/**
 * Draws a panel's frame, grid, ticks and titles. `box` is [x, y, width, height] of the plotting area; `x` and `y` are
 * { low, high, log, title, labels }. Gives both scales.
 */
function panel(pen, theme, box, x, y) {
  const [left, top, width, height] = box;
  const sx = scale(x.low, x.high, left, left + width, x.log);
  const sy = scale(y.low, y.high, top + height, top, y.log);
  const grid = [];
  for (const [value, label] of y.ticks ?? ticks(sy, Math.max(2, height / 34))) {
    const at = sy.at(value);
    if (at < top - 1 || at > top + height + 1) continue;
    grid.push(left, at, left + width, at);
    if (label) pen.text(label, left - 5, at, { color: theme.muted, size: 11, align: "right", base: "middle" });
  }
  for (const [value, label] of ticks(sx, Math.max(2, width / 90))) {
    const at = sx.at(value);
    if (at < left - 1 || at > left + width + 1) continue;
    grid.push(at, top, at, top + height);
    if (label && x.labels !== false) {
      pen.text(label, at, top + height + 14, { color: theme.muted, size: 11, align: "center" });
    }
  }
  pen.segments(grid, { stroke: theme.grid });
  pen.rect(left, top, width, height, { stroke: theme.line });
  if (x.title && x.labels !== false) {
    pen.text(x.title, left + width, top + height + 29, { color: theme.ink, size: 12, align: "right" });
  }
  if (y.title) pen.text(y.title, left, top - 6, { color: theme.ink, size: 12 });
  return { x: sx, y: sy, box };
}

/**
 * Pixels of a line, thinned to what the screen can show: of every pixel column the first, lowest, highest and last point. `xs`
 * rises.
 */
function thinned(xs, ys, sx, sy, first, last) {
  const count = last - first;
  const columns = Math.abs(sx.to - sx.from);
  const [px, py] = [[], []];
  const push = (i) => {
    px.push(sx.at(xs[i]));
    py.push(sy.at(ys[i]));
  };
  if (count <= 4 * columns) {
    for (let i = first; i < last; i++) push(i);
    return [px, py];
  }
  let i = first;
  while (i < last) {
    const column = Math.floor(sx.at(xs[i]));
    let [low, high, j] = [i, i, i];
    while (j < last && Math.floor(sx.at(xs[j])) === column) {
      if (ys[j] < ys[low]) low = j;
      if (ys[j] > ys[high]) high = j;
      j++;
    }
    [...new Set([i, Math.min(low, high), Math.max(low, high), j - 1])].forEach(push);
    i = j;
  }
  return [px, py];
}

/** The first index at which a rising array reaches `value`. */
function lowerBound(xs, value) {
  let [low, high] = [0, xs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Three significant digits, as in the command's tables. */
function three(x) {
  if (x === 0) return "0";
  if (x === null || x === undefined || !Number.isFinite(x)) return "–";
  const magnitude = Math.floor(Math.log10(Math.abs(x)));
  if (magnitude < -3 || magnitude >= 6) {
    const [digits, exponent] = x.toExponential(2).split("e");
    return `${digits}e${+exponent}`;
  }
  return x.toFixed(Math.max(0, 2 - magnitude));
}
