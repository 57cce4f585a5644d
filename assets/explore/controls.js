// Controls that show the state and change it.

const $ = (id) => document.getElementById(id);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** An entry of a key of colours. */
const keyOf = (name, color) => element("li", {}, element("span", { class: "swatch", style: `border-color:${color}`, "aria-hidden": "true" }), name);

/** Puts a value where nobody types just now. */
function show(input, value) {
  // A field of a number takes none of "NaN": what refuses it says what was given.
  const nothing = value === null || value === undefined || (input.type === "number" && !Number.isFinite(+value));
  const text = nothing ? "" : String(value);
  if (document.activeElement !== input || input.type === "range" || input.tagName === "SELECT") {
    if (input.value !== text) input.value = text;
  }
}

/** A slider and a field for one number. */
function numberField(box, id, label, [low, high], value, set) {
  const slide = element("input", { type: "range", id: `${id}-slide`, min: low, max: high, step: "any", "aria-label": `${label}, slider` });
  const field = element("input", { type: "number", id, step: "any" });
  box.append(element("div", { class: "field" }, element("label", { for: id }, label), slide, field));
  slide.addEventListener("input", () => set(rounded(+slide.value, high - low)));
  field.addEventListener("input", () => field.value !== "" && Number.isFinite(+field.value) && set(+field.value));
  const made = { show: (now) => (show(field, now), show(slide, now)) };
  made.show(value);
  return made;
}

/** What a slider of such a span can say: a thousandth of it. */
function rounded(value, span) {
  const digits = Math.max(0, 3 - Math.floor(Math.log10(span)));
  return +value.toFixed(Math.min(digits, 8));
}

/** Where a slider of a parameter ends. */
const RANGES = {
  a: [0.001, 0.3], b: [-0.2, 0.4], c: [-80, -40], d: [-4, 12], k2: [0.01, 0.1], k1: [2, 8], k0: [80, 200], b0: [-20, 20], leak: [0, 2], peak: [0, 60],
  C: [10, 400], k: [0.1, 5], vr: [-80, -40], vt: [-60, -20], vpeak: [0, 60],
};
const RANGES_2007 = { ...RANGES, b: [-10, 20], d: [-50, 250] };
const NAMES = { a: "a [1/ms]", b: "b [1/ms]", c: "c [mV]", d: "d [mV/ms]", C: "C [pF]", k: "k", vr: "vr [mV]", vt: "vt [mV]", vpeak: "peak [mV]" };
const FEW = ["a", "b", "c", "d"];

/** More pulses than this are an address that no browser takes. */
const MOST_PULSES = 1000;

/** The kinds of input: what their parts are called, where sliders end, and the text they make. */
const KINDS = {
  step: { parts: [["amplitude", 10, [-20, 60]], ["onset [ms]", 0, [0, 1000]]], text: ([a, t]) => `step:${a}${t ? `@${t}` : ""}` },
  ramp: { parts: [["from", 0, [-20, 60]], ["to", 20, [-20, 60]], ["onset [ms]", 0, [0, 1000]]], text: ([a, b, t]) => `ramp:${a}:${b}${t ? `@${t}` : ""}` },
  pulse: {
    parts: [["amplitude", 20, [-400, 100]], ["width [ms]", 10, [0.1, 100]], ["first [ms]", 100, [0, 1000]], ["every [ms]", 200, [1, 1000]], ["how many", 3, [1, 20]]],
    text: ([a, w, first, every, n]) => `pulse:${a}:${w}@${Array.from({ length: Math.min(MOST_PULSES, Math.max(1, Math.round(n))) }, (_, k) => +(first + k * every).toFixed(6)).join(",")}`,
  },
  sine: { parts: [["mean", 10, [-20, 60]], ["amplitude", 5, [0, 40]], ["frequency [Hz]", 5, [0.5, 100]]], text: ([m, a, f]) => `sine:${m}:${a}:${f}` },
  noise: { parts: [["mean", 10, [-20, 60]], ["s.d.", 5, [0, 20]], ["grid [ms]", 1, [0.1, 20]], ["seed", 1, [0, 100]]], text: ([m, s, g, k]) => `noise:${m}:${s}:${g}:${Math.round(k)}` },
};

/** Kind and parts of an input's text; null for one that the fields cannot say. */
function inputParts(text) {
  const [values, times] = text.split("@");
  const [kind, ...rest] = values.includes(":") ? values.split(":") : ["step", values];
  if (!(kind in KINDS)) return null;
  const parts = rest.map(Number);
  if (kind === "pulse") {
    const starts = (times ?? "0").split(",").map(Number);
    parts.push(starts[0], starts.length > 1 ? +(starts[1] - starts[0]).toFixed(6) : 200, starts.length);
  } else if (kind === "step" || kind === "ramp") {
    parts.push(+(times ?? 0));
  }
  KINDS[kind].parts.forEach(([, value], k) => Number.isFinite(parts[k]) || (parts[k] = value));
  return parts.every(Number.isFinite) ? { kind, parts } : null;
}

/** The plane of c and d under the pointer, and under the arrow keys. */
function planeControl(canvas, get, set) {
  const [low, high] = [{ c: RANGES.c[0], d: RANGES.d[0] }, { c: RANGES.c[1], d: RANGES.d[1] }];
  let made = null;
  const move = (event) => {
    const box = canvas.getBoundingClientRect();
    const clamp = (name, value) => Math.min(high[name], Math.max(low[name], value));
    set({
      c: rounded(clamp("c", made.x.back(event.clientX - box.left)), 40),
      d: rounded(clamp("d", made.y.back(event.clientY - box.top)), 16),
    });
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    move(event);
  });
  canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && move(event));
  canvas.addEventListener("keydown", (event) => {
    const by = event.shiftKey ? 5 : 1;
    const [dc, dd] = { ArrowLeft: [-0.5, 0], ArrowRight: [0.5, 0], ArrowUp: [0, 0.25], ArrowDown: [0, -0.25] }[event.key] ?? [0, 0];
    if (!dc && !dd) return;
    event.preventDefault();
    const { c, d } = get();
    set({ c: rounded(c + by * dc, 40), d: rounded(d + by * dd, 16) });
  });
  return (theme, names) => {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const { c, d } = get();
    if (!width || isDrawn(canvas, theme, c, d)) return;
    const pen = new CanvasPen(canvas, width, height);
    made = panel(pen, theme, [38, 20, width - 56, height - 54], { low: low.c, high: high.c, title: "reset c [mV]" }, { low: low.d, high: high.d, title: "jump d [mV/ms]" });
    for (const [name, at] of names) {
      pen.marks([made.x.at(at.c)], [made.y.at(at.d)], "round", 2.5, { fill: theme.muted });
      pen.text(name, made.x.at(at.c) + 5, made.y.at(at.d) - 4, { color: theme.muted, size: 11 });
    }
    const [x, y] = [made.x.at(c), made.y.at(d)];
    pen.segments([x - 9, y, x + 9, y, x, y - 9, x, y + 9], { stroke: theme.runs[1], width: 2 });
    pen.marks([x], [y], "round", 5, { stroke: theme.runs[1], width: 2 });
    canvas.setAttribute("aria-label", `Reset c across and jump d up: arrow keys move both. Now c = ${plain(c)} mV, d = ${plain(d)} mV/ms`);
  };
}

/** Cells of 2003 in the plane of c and d. */
const CELLS = [["RS", { c: -65, d: 8 }], ["IB", { c: -55, d: 4 }], ["CH", { c: -50, d: 2 }], ["FS", { c: -65, d: 2 }]];

/** An input drawn by hand begins as a value for each of so many moments. */
const MOMENTS = 100;
function drawnControl(canvas, get, set) {
  let made = null;
  let moment = 0;
  let last = null;
  const put = (from, to, values) => {
    const drawn = get().slice();
    const [a, b] = [Math.min(from, to), Math.max(from, to)];
    for (let k = a; k <= b; k++) {
      const along = to === from ? 1 : (k - from) / (to - from);
      drawn[k] = rounded(values[0] + along * (values[1] - values[0]), 100);
    }
    set(drawn);
  };
  const move = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = Math.min(get().length - 1, Math.max(0, Math.floor(made.x.back(event.clientX - box.left))));
    const value = Math.min(made.y.high, Math.max(made.y.low, made.y.back(event.clientY - box.top)));
    put(last?.at ?? at, at, [last?.value ?? value, value]);
    [last, moment] = [{ at, value }, at];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = null;
    move(event);
  });
  canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && move(event));
  canvas.addEventListener("keydown", (event) => {
    const by = event.shiftKey ? 10 : 1;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const upwards = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!sideways && !upwards) return;
    event.preventDefault();
    if (sideways) {
      moment = Math.min(get().length - 1, Math.max(0, moment + by * sideways));
      set(get().slice());
    } else {
      const value = get()[moment] + by * upwards;
      put(moment, moment, [value, value]);
    }
  });
  return (theme, unit) => {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !get()) return;
    const pen = new CanvasPen(canvas, width, height);
    const values = get();
    moment = Math.min(moment, values.length - 1);
    const low = values.reduce((a, b) => Math.min(a, b), -10);
    const high = values.reduce((a, b) => Math.max(a, b), 30);
    made = panel(pen, theme, [38, 20, width - 48, height - 30], { low: 0, high: values.length, labels: false }, { low, high, title: `I(t) [${unit}]` });
    const [px, py] = [[], []];
    values.forEach((value, k) => {
      px.push(made.x.at(k), made.x.at(k + 1));
      py.push(made.y.at(value), made.y.at(value));
    });
    pen.path(px, py, { stroke: theme.runs[0], width: 2 });
    pen.marks([made.x.at(moment + 0.5)], [made.y.at(values[moment])], "round", 4, { stroke: theme.runs[1], width: 2 });
    canvas.setAttribute("aria-label", `Input drawn by hand: left and right choose a moment, up and down change the input there. Moment ${moment + 1} of ${values.length}: ${plain(values[moment])} ${unit}`);
  };
}
