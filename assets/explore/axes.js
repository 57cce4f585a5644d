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
  return { at, back, low, high, from, to, log, per };
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

/** What is left out of a line moves it by less than this [px]. */
const UNSEEN = 0.25;

/**
 * Pixels of a line over linear scales, thinned to what the screen can show: where there are many points, of every pixel column the
 * first, lowest, highest and last; of these, those that a straight line would miss. `xs` rises. A line of few points keeps all of them.
 */
function thinned(xs, ys, sx, sy, first, last) {
  const [ax, bx] = [sx.per, sx.from - sx.low * sx.per];
  const [ay, by] = [sy.per, sy.from - sy.low * sy.per];
  const count = last - first;
  const columns = Math.abs(sx.to - sx.from);
  const [px, py] = [[], []];
  if (count <= columns / 2) {
    for (let i = first; i < last; i++) {
      px.push(ax * xs[i] + bx);
      py.push(ay * ys[i] + by);
    }
    return [px, py];
  }
  const few = count > 4 * columns ? ofColumns(xs, ys, ax, bx, first, last) : null;
  // From the point drawn last, the slopes of lines that pass all points since within UNSEEN; the line to the point held is one of them.
  // One loop over plain numbers: what a closure shares takes several times as long.
  let [x0, y0] = [ax * xs[first] + bx, ay * ys[first] + by];
  let [held, heldX, heldY, least, most] = [false, x0, y0, -Infinity, Infinity];
  px.push(x0);
  py.push(y0);
  const end = few ? few.length : count;
  for (let k = 1; k < end; k++) {
    const i = few ? few[k] : first + k;
    const x = ax * xs[i] + bx;
    const y = ay * ys[i] + by;
    if (held) {
      const slope = (y - y0) / (x - x0);
      if (!(slope >= least && slope <= most) || x === heldX) {
        px.push(heldX);
        py.push(heldY);
        x0 = heldX;
        y0 = heldY;
        least = -Infinity;
        most = Infinity;
      }
    }
    held = true;
    heldX = x;
    heldY = y;
    least = Math.max(least, (y - UNSEEN - y0) / (x - x0));
    most = Math.min(most, (y + UNSEEN - y0) / (x - x0));
  }
  if (held) {
    px.push(heldX);
    py.push(heldY);
  }
  return [px, py];
}

/** Of every pixel column the first, lowest, highest and last point, by their numbers; a pixel is `a` x + `b`. */
function ofColumns(xs, ys, a, b, first, last) {
  const kept = [];
  for (let i = first; i < last; ) {
    const column = Math.floor(a * xs[i] + b);
    let [low, high, j] = [i, i, i];
    while (j < last && Math.floor(a * xs[j] + b) === column) {
      if (ys[j] < ys[low]) low = j;
      if (ys[j] > ys[high]) high = j;
      j++;
    }
    const [one, two] = [Math.min(low, high), Math.max(low, high)];
    kept.push(i);
    if (one > i) kept.push(one);
    if (two > one) kept.push(two);
    if (j - 1 > two) kept.push(j - 1);
    i = j;
  }
  return kept;
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
