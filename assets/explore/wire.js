// Which control does what.

let drawPlaneControl = null;
let drawDrawn = null;
let parameterFields = [];
let inputFields = [];
let shownFor = {};

/** Fills the controls with the state. Those that depend on the neuron or the kind of input are made anew when it changes. */
function showState() {
  const { state, data } = app;
  const network = state.tab === "network";
  for (const tab of ["neuron", "network"]) {
    const on = state.tab === tab;
    $(`${tab}-view`).hidden = !on;
    $(`tab-${tab}`).setAttribute("aria-selected", String(on));
    $(`tab-${tab}`).tabIndex = on ? 0 : -1;
  }
  showStory();
  if (network) {
    ["left", "right", "neurons", "milliseconds", "seed"].forEach((id) => show($(id), state[id]));
    show($("network-dt"), Math.max(0, NETWORK_STEPS.indexOf(state.networkDt)));
    $("network-dt-words").textContent = `${plain(state.networkDt)} ms`;
    return;
  }
  show($("dt"), state.dt);
  show($("dt-slide"), Math.log10(state.dt > 0 ? state.dt : 0.01));
  $("dt-slide").setAttribute("aria-valuetext", `${plain(state.dt)} ms`);
  for (const id of ["tolerance", "within", "arithmetic", "duration", "peak", "v0", "u0", "weigh"]) show($(id), state[id]);
  const neuron = $("neuron");
  if (![...neuron.options].some((option) => option.value === state.neuron)) neuron.append(element("option", { value: state.neuron }, state.neuron));
  show(neuron, state.neuron);
  showSchemes();
  showInput();
  $("at").max = data.described?.duration ?? 1000;
  show($("at"), operatorMoment());
}

const operatorMoment = () => app.state.at ?? 0.5 * (app.data.described?.duration ?? 1000);

function showSchemes() {
  const { state } = app;
  const runs = app.data.comparison?.runs ?? [];
  const kinds = state.arithmetic.split(",").filter(Boolean);
  const key = JSON.stringify([state.schemes, kinds, theme.page, runs.map((run) => run.name)]);
  if (shownFor.schemes === key) return;
  shownFor.schemes = key;
  const rows = state.schemes.map((name) => {
    const at = runs.findIndex((run) => run.scheme === name);
    const look = at < 0 ? { color: theme.muted } : lookOf(theme, at);
    const swatch = element("span", { class: "swatch", style: `border-color:${look.color}`, "aria-hidden": "true" });
    const remove = element("button", { type: "button", "aria-label": `Remove ${name}`, disabled: state.schemes.length < 2 }, "✕");
    remove.addEventListener("click", () => {
      change({ schemes: app.state.schemes.filter((other) => other !== name) });
      $("add-scheme").focus();
    });
    return element("li", {}, swatch, element("span", { class: "name" }, name), remove);
  });
  $("chosen").replaceChildren(...rows);
  const keys = [["truth", theme.truth], ...runs.map((run, k) => [run.name, lookOf(theme, k).color])];
  $("traces-key").replaceChildren(...keys.map(([name, color]) => keyOf(name, color)));
  const shown = $("shown");
  shown.replaceChildren(...runs.map((run) => element("option", { value: run.name }, run.name)));
  shown.value = shownRun(app.data.comparison ? app.data : { comparison: { runs: [] } }, state)?.name ?? "";
}

function showParameters() {
  const { typed } = app.data.described;
  const names = Object.keys(typed);
  const book = "C" in typed;
  const key = `${names}${app.state.neuron}`;
  if (shownFor.parameters !== key) {
    shownFor.parameters = key;
    const box = $("parameters");
    box.replaceChildren();
    const rest = element("details", {}, element("summary", {}, "all parameters"));
    parameterFields = names.map((name) => {
      const few = book || FEW.includes(name);
      const set = (value) => change({ parameters: { ...app.state.parameters, [name]: value } });
      const label = book && (name === "b" || name === "d") ? `${name} [${name === "b" ? "nS" : "pA"}]` : (NAMES[name] ?? name);
      return [name, numberField(few ? box : rest, `p-${name}`, label, (book ? RANGES_2007 : RANGES)[name], typed[name], set)];
    });
    if (!book) box.append(rest);
    $("plane-box").hidden = book;
  }
  parameterFields.forEach(([name, field]) => field.show(app.state.parameters[name] ?? typed[name]));
}

function showInput() {
  const { state } = app;
  const parsed = state.drawn ? { kind: "drawn" } : state.input === "" ? { kind: "own" } : inputParts(state.input);
  const kind = parsed?.kind ?? "recorded";
  if (shownFor.kind !== kind) {
    shownFor.kind = kind;
    const box = $("input-fields");
    box.replaceChildren();
    inputFields = (KINDS[kind]?.parts ?? []).map(([label, , range], k) =>
      numberField(box, `i-${k}`, label, range, 0, (value) => {
        const { parts } = inputParts(app.state.input);
        parts[k] = value;
        change({ input: KINDS[kind].text(parts) });
      }));
    $("kind").value = kind;
    $("drawn-box").hidden = kind !== "drawn";
  }
  inputFields.forEach((field, k) => field.show(parsed.parts[k]));
}

function showStory() {
  const { story, step } = app.state;
  const key = `${story}${step}`;
  if (shownFor.story === key) return;
  shownFor.story = key;
  $("story").value = story;
  $("story-box").hidden = !STORIES[story];
  if (!STORIES[story]) return;
  const { title, steps } = STORIES[story];
  const [heading, words] = steps[step] ?? steps[0];
  $("story-title").textContent = `${title}: ${heading}`;
  $("story-text").textContent = words;
  $("story-place").textContent = `${step + 1} of ${steps.length}`;
  $("story-back").disabled = step === 0;
  $("story-next").disabled = step === steps.length - 1;
}

/** Zooms about the middle, or moves along, by parts of the window. */
function zoom(factor, along = 0) {
  const [low, high] = windowOf(app.data, app.state);
  const [middle, half] = [(low + high) / 2 + along * (high - low), ((high - low) / 2) * factor];
  const end = app.data.described.duration;
  const from = Math.max(0, Math.min(middle - half, end - 2 * half));
  const to = Math.min(end, from + 2 * half);
  change(from <= 0 && to >= end ? { from: 0, to: null } : { from: +from.toFixed(6), to: +to.toFixed(6) });
}

function wireFigures() {
  const traces = $("traces");
  let begun = null;
  const timeAt = (event) => {
    const { low, high } = drawnFigures.traces;
    return Math.min(high, Math.max(low, drawnFigures.traces.back(event.clientX - traces.getBoundingClientRect().left)));
  };
  traces.addEventListener("pointerdown", (event) => (begun = { x: event.clientX, t: timeAt(event) }));
  traces.addEventListener("pointermove", (event) => change({ at: +timeAt(event).toFixed(4) }));
  traces.addEventListener("pointerup", (event) => {
    const [a, b] = [begun?.t, timeAt(event)];
    if (begun && Math.abs(event.clientX - begun.x) > 8) change({ from: +Math.min(a, b).toFixed(4), to: +Math.max(a, b).toFixed(4) });
    begun = null;
  });
  traces.addEventListener("dblclick", () => change({ from: 0, to: null }));
  traces.addEventListener("keydown", (event) => {
    const [low, high] = windowOf(app.data, app.state);
    const by = (high - low) / (event.shiftKey ? 20 : 400);
    const at = app.state.at ?? (low + high) / 2;
    const moves = {
      ArrowLeft: () => change({ at: Math.max(low, +(at - by).toFixed(4)) }), ArrowRight: () => change({ at: Math.min(high, +(at + by).toFixed(4)) }),
      "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), 0: () => change({ from: 0, to: null }),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  });
  $("zoom-in").addEventListener("click", () => zoom(0.5));
  $("zoom-out").addEventListener("click", () => zoom(2));
  $("earlier").addEventListener("click", () => zoom(1, -0.5));
  $("later").addEventListener("click", () => zoom(1, 0.5));
  $("whole").addEventListener("click", () => change({ from: 0, to: null }));
  $("precision").addEventListener("pointermove", (event) => {
    const box = event.target.getBoundingClientRect();
    const near = drawnFigures.precision && nearestPoint(drawnFigures.precision, app.data.sweep.points, app.state.weigh, event.clientX - box.left, event.clientY - box.top);
    $("point").textContent = near ? pointWords(near) : "";
  });
  $("operator").addEventListener("pointermove", (event) => {
    const x = drawnFigures.operator;
    if (x) change({ at: +Math.min(x.high, Math.max(x.low, x.back(event.clientX - event.target.getBoundingClientRect().left))).toFixed(4) });
  });
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      isIntersecting ? onScreen.add(target.id) : onScreen.delete(target.id);
      if (isIntersecting && app.data.comparison) target.id === "table" ? drawTable() : drawFigure(target.id);
    }
  }, { rootMargin: "80px" });
  [...Object.keys(FIGURES), "table"].forEach((name) => seen.observe($(name)));
  const again = quiet(() => (app.state.tab === "network" ? drawNetworkFigure() : app.data.comparison && draw()), 30);
  window.addEventListener("resize", again);
  for (const query of ["(prefers-color-scheme: dark)"]) {
    matchMedia(query).addEventListener("change", () => {
      readTheme();
      showLegend();
      frame();
      again();
    });
  }
}

function showLegend() {
  const parts = operatorParts(theme, { convolution: [], start: [], resets: [], sum: [], u: [] });
  $("parts").replaceChildren(...parts.map(({ name, color }) => keyOf(name, color)));
}

function wireLists() {
  const { schemes, neurons, patterns, cells } = app.about;
  const group = (label, options) => element("optgroup", { label }, ...options.map(([value, text]) => element("option", { value }, text ?? value)));
  const of = (wanted) => schemes.filter(wanted).map(({ name }) => [name]);
  const located = schemes.filter((s) => s.located).map(({ name }) => [`${name}+located`]);
  const lists = () => [
    group("spikes on the grid", of((s) => s.located)), group("spikes located", located),
    group("simulators", of((s) => s.simulator)), group("adaptive", of((s) => s.adaptive)),
    group("others", of((s) => !s.located && !s.simulator && !s.adaptive)),
  ];
  $("add-scheme").append(element("option", { value: "" }, "a scheme …"), ...lists());
  $("neuron").append(
    group("2003", neurons.map(([name, words]) => [name, `${name}, ${words}`])),
    group("patterns of 2004, with their input", patterns.map(([letter, words]) => [letter, `${letter}, ${words}`])),
    group("2007, input in pA", cells.map((name) => [name])),
  );
  const network = ["half-step", "euler", "rk4", "rk4+located", "projective-4", "projective-8", "bindsnet", "izhikevich-2003"];
  for (const id of ["left", "right"]) $(id).append(...network.map((name) => element("option", { value: name }, name)));
  $("story").append(...Object.entries(STORIES).map(([name, { title }]) => element("option", { value: name }, title)));
}

function wire() {
  wireLists();
  showLegend();
  wireFigures();
  const on = (id, type, work) => $(id).addEventListener(type, work);
  const number = (id, key = id) => on(id, "input", (event) => {
    const { value } = event.target;
    if (value !== "" && Number.isFinite(+value)) change({ [key]: +value });
  });
  number("dt");
  on("dt-slide", "input", (event) => change({ dt: +(10 ** +event.target.value).toPrecision(4) }));
  ["tolerance", "within", "neurons", "milliseconds", "seed"].forEach((id) => number(id));
  const optional = (id, read) => on(id, "input", (event) => change({ [id]: event.target.value === "" ? (read === Number ? null : "") : read(event.target.value) }));
  optional("duration", Number);
  optional("peak", Number);
  optional("v0", String);
  optional("u0", String);
  on("arithmetic", "change", (event) => change({ arithmetic: event.target.value.trim() }));
  on("add-scheme", "change", (event) => {
    const { value } = event.target;
    event.target.value = "";
    if (value && !app.state.schemes.includes(value)) change({ schemes: [...app.state.schemes, value] });
  });
  on("neuron", "change", (event) => {
    const neuron = event.target.value;
    const pattern = app.about.patterns.some(([letter]) => letter === neuron);
    const book = app.about.cells.includes(neuron);
    // A pattern brings its input and its length; other cells take a step that fires them.
    const input = pattern ? { input: "", duration: null } : { input: book ? "step:200" : "step:10", duration: 1000 };
    change({ neuron, parameters: {}, drawn: null, v0: "", u0: "", from: 0, to: null, ...input });
  });
  on("as-named", "click", () => change({ parameters: {} }));
  on("kind", "change", (event) => {
    const kind = event.target.value;
    if (kind === "drawn") change({ drawn: app.state.drawn ?? Array.from({ length: MOMENTS }, (_, k) => (k < 10 ? 0 : 10)) });
    else if (kind === "recorded") change({ drawn: null, input: DEFAULTS.input });
    else change({ drawn: null, input: kind === "own" ? "" : KINDS[kind].text(KINDS[kind].parts.map(([, value]) => value)) });
  });
  const plane = () => ({ c: app.data.described.parameters.c, d: app.data.described.parameters.d });
  drawPlaneControl = planeControl($("cd"), plane, (cd) => change({ parameters: { ...app.state.parameters, ...cd } }));
  drawDrawn = drawnControl($("drawn"), () => app.state.drawn, (drawn) => change({ drawn }));
  on("weigh", "change", (event) => change({ weigh: event.target.value }));
  on("shown", "change", (event) => change({ shown: event.target.value }));
  on("at", "input", (event) => change({ at: rounded(+event.target.value, app.data.described.duration) }));
  ["left", "right"].forEach((id) => on(id, "change", (event) => change({ [id]: event.target.value })));
  on("network-dt", "input", (event) => change({ networkDt: NETWORK_STEPS[+event.target.value] }));
  document.querySelector("#kind [value=recorded]").hidden = recorded === null;
  wireTabs(on);
  wireStories(on);
  wireTakeAway(on);
  window.addEventListener("hashchange", () => {
    if (hashOf(app.state) === location.hash) return;
    app.state = stateOf(location.hash);
    shownFor = {};
    frame();
  });
  on("to-controls", "click", () => {
    $("controls").scrollIntoView();
    $("add-scheme").focus({ preventScroll: true });
  });
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("network-controls").addEventListener("submit", (event) => event.preventDefault());
}

function wireTabs(on) {
  const tabs = ["neuron", "network"];
  for (const tab of tabs) {
    on(`tab-${tab}`, "click", () => change({ tab }));
    on(`tab-${tab}`, "keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const other = tabs[1 - tabs.indexOf(tab)];
      change({ tab: other });
      $(`tab-${other}`).focus();
    });
  }
}

function wireStories(on) {
  const go = (story, step) => {
    // A second click may come before the first one's frame has said that there is no further step.
    if (story && !STORIES[story].steps[step]) return;
    app.state = story ? storyState(story, step) : { ...app.state, story: "", step: 0 };
    frameSoon();
  };
  on("story", "change", (event) => go(event.target.value, 0));
  on("story-next", "click", () => go(app.state.story, app.state.step + 1));
  on("story-back", "click", () => go(app.state.story, app.state.step - 1));
  on("story-end", "click", () => {
    go("", 0);
    $("story").focus();
  });
}

function wireTakeAway(on) {
  const runs = () => app.data.comparison.runs;
  on("copy-command", "click", () => copy(commandLine(app.state, runs()), "the command"));
  on("copy-python", "click", () => copy(pythonLine(app.state, runs()), "the Python"));
  on("copy-link", "click", () => copy(location.href.split("#")[0] + hashOf(app.state), "the link"));
  const svg = (name, size, work) => {
    const pen = new SvgPen(...size, theme.page);
    work(pen, size);
    save(name, "image/svg+xml", pen.toString());
  };
  on("save-svg", "click", () => svg("spikestep.svg", [960, tracesHeight(app.data)], (pen, size) => drawTraces(pen, size, theme, app.data, app.state)));
  on("save-network-svg", "click", () => app.network && svg("network.svg", [1100, 620], (pen, size) => drawNetwork(pen, size, theme, app.network, app.state)));
  on("save-csv", "click", () => save("spikes.csv", "text/csv", spikesCsv(app.data)));
  on("save-drawn", "click", () => save("drawn.csv", "text/csv", drawnCsv(drawnSamples(app.state))));
}

start().catch((error) => {
  refuse(error);
  throw error;
});
