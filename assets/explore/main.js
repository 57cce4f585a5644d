// The page: from a change of the state to a painted frame, and what happens beside it.

const began = performance.now();
const app = { state: null, core: null, data: {}, problem: null, settled: false, number: 0, sweep: { points: [], left: 0, of: 0 }, network: null };
let theme = null;

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  theme = {
    page: color("--page"), ink: color("--ink"), muted: color("--muted"), line: color("--line"), grid: color("--grid"),
    truth: color("--truth"), truthInk: color("--truth-ink"), other: color("--other"), runs: Array.from({ length: 8 }, (_, k) => color(`--run${k}`)),
  };
}

/** Changes the state; the frame follows. What a hand changes ends a story's hold on it, and not the story. */
function change(more) {
  Object.assign(app.state, more);
  frameSoon();
}

let due = false;
function frameSoon() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    frame();
  });
}

/** Asks the library and draws: all that an input event leads to before the next paint. */
function frame() {
  const { state } = app;
  showState();
  addressSoon();
  if (state.tab === "network") return askNetwork();
  const asked = JSON.stringify(problemOf(state));
  const other = asked !== app.problem;
  const wanted = JSON.stringify(comparisonOf(state));
  try {
    if (other) {
      app.problem = null;
      const described = app.core.ask("problem", problemOf(state));
      app.data = { described, truth: app.core.ask("truth", { quick: true }), sweep: { points: [] } };
      app.progress = [0, 1];
    }
    if (other || wanted !== app.wanted) {
      app.settled = false;
      const comparison = app.core.ask("compare", comparisonOf(state, { samples: true, path: other ? partsSeen() : 0, brief: true }));
      if (other) app.data.operator = null;
      takeComparison(comparison);
      [app.problem, app.wanted] = [asked, wanted];
      settleSoon();
    }
    refuse(null);
  } catch (error) {
    // What was shown last is asked for again when it comes back.
    app.wanted = null;
    return refuse(error);
  }
  draw();
}

/** Parts of the truth's path while a hand moves: more than are seen of it, and soon computed. At rest it has enough to look into. */
const [PARTS_MOVING, PARTS_AT_REST] = [2000, 8000];

function partsSeen() {
  const [low, high] = windowOf(app.data, app.state);
  return Math.min(PARTS_AT_REST, Math.ceil((PARTS_MOVING * app.data.described.duration) / (high - low)));
}

function takeComparison(comparison) {
  const { path, plane } = comparison;
  Object.assign(app.data, { comparison }, path && { path, plane });
}

/** What there is to point at, to copy or to drag as long as something is shown. */
const OF_WHAT_IS_SHOWN = ["figures", "take-away", "plane-box", "drawn-box"];

function refuse(error) {
  $("refusal").hidden = !error;
  for (const id of OF_WHAT_IS_SHOWN) $(id).inert = Boolean(error) && !app.data.comparison;
  $("figures").classList.toggle("stale", Boolean(error));
  if (!error) return;
  $("refusal").textContent = error.message;
  $("verdict").textContent = "";
  document.body.dataset.settled = "refused";
}

const FIGURES = {
  traces: { draw: drawTraces, height: () => tracesHeight(app.data), words: () => tracesWords(app.data) },
  precision: { draw: drawPrecision, seen: () => precisionSeen(app.data, app.state), words: () => precisionWords(app.data) },
  plane: { draw: drawPlane, words: () => planeWords(app.data, app.state) },
  operator: { draw: drawOperator, words: () => `v with the kernel at the chosen moment, and u with its parts. ${operatorReading(app.data, app.state)}.` },
};

const onScreen = new Set();
const drawnFigures = {};

/** Draws a figure where it can be seen; of the others the next scroll does. */
function drawFigure(name) {
  const canvas = $(name);
  const figure = FIGURES[name];
  if (figure.height) canvas.style.height = `${figure.height()}px`;
  if (name === "traces") $("traces-key").hidden = canvas.clientWidth > NAMED;
  if (!onScreen.has(name) || !canvas.clientWidth) return;
  if (name === "operator" && !readOperator()) return;
  const size = [canvas.clientWidth, canvas.clientHeight];
  const seen = figure.seen?.();
  if (!seen) drawnFrom.delete(canvas);
  else if (isDrawn(canvas, theme, seen)) return;
  drawnFigures[name] = figure.draw(new CanvasPen(canvas, ...size), size, theme, app.data, app.state);
}

function draw() {
  const { state, data } = app;
  document.body.dataset.settled = String(app.settled);
  showSchemes();
  showParameters();
  write($("verdict"), data.comparison.fine ?? "There is no fixed step to judge: these schemes choose their own.");
  if (app.settled || (onScreen.has("table") && performance.now() - tableDrawn > TABLE_EVERY)) drawTable();
  write($("truth-words"), truthWords(data, app.settled));
  Object.keys(FIGURES).forEach(drawFigure);
  if (state.at !== null) $("reading").textContent = reading(data, state.at);
  drawPlaneControl?.(theme, CELLS);
  drawDrawn?.(theme, data.described.unit);
  wordsSoon();
}

/**
 * The table: laying it out takes as long as a figure, and nobody reads numbers that change with every frame. While a hand moves it follows
 * ten times a second [ms], and not at all where it is not seen.
 */
const TABLE_EVERY = 100;
let tableDrawn = -Infinity;

function drawTable() {
  tableDrawn = performance.now();
  fillTable($("table"), app.data);
  write($("notes"), tableNotes(app.data));
}

/** The operator's arrays, asked for when its figure is first seen; false where this neuron has none. */
function readOperator() {
  const { data } = app;
  if (data.operator === null) {
    try {
      data.operator = app.core.ask("operator");
      $("equation").textContent = data.operator.equation;
    } catch (error) {
      data.operator = false;
      $("equation").textContent = error.message;
      const canvas = $("operator");
      canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    }
  }
  if (data.operator) $("parts-at").textContent = operatorReading(data, app.state);
  return Boolean(data.operator);
}

/** Once a time of quiet has passed after the last call. */
function quiet(work, wait) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
}

/** Tells a notebook around the page what is shown. */
function tellAround() {
  if (window.parent === window || document.body.dataset.settled === "refused") return;
  const { dt, schemes } = app.state;
  window.parent.postMessage({ spikestep: { ...problemOf(app.state), dt, schemes } }, "*");
}

const addressSoon = quiet(() => {
  tellAround();
  const hash = hashOf(app.state);
  if (hash === (location.hash || "#")) return;
  try {
    history.replaceState(null, "", hash);
  } catch {
    // A page inside another one may have no address of its own.
  }
}, 150);

// What is read and not seen may lag a hand.
const wordsSoon = quiet(() => {
  if (!app.data.comparison) return;
  drawTable();
  for (const [name, { words }] of Object.entries(FIGURES)) {
    if (name !== "operator" || app.data.operator) $(name).setAttribute("aria-label", words());
  }
  $("command").textContent = commandLine(app.state, app.data.comparison.runs);
  $("python").textContent = pythonLine(app.state, app.data.comparison.runs);
}, 120);

const settleSoon = quiet(() => {
  const { state } = app;
  app.number += 1;
  const all = app.about.schemes.filter((scheme) => scheme.default && !scheme.adaptive);
  const sweep = all.flatMap(({ name, located }) => (located ? [name, `${name}+located`] : [name]));
  const settle = {
    number: app.number, problem: problemOf(state), comparison: comparisonOf(state, { samples: true, path: PARTS_AT_REST }),
    sweep, adaptive: app.about.schemes.filter((scheme) => scheme.adaptive).map((scheme) => scheme.name),
  };
  app.beside({ settle });
}, 60);

/** What comes from beside the page. */
function receive(message) {
  const current = message.of === app.problem;
  if (message.truth && current) {
    app.data.truth = message.truth;
    app.progress = [0, message.sweepOf];
  }
  if (message.settled && current && message.number === app.number) {
    takeComparison(message.settled);
    app.settled = true;
    draw();
  }
  if (message.points && current) {
    app.data.sweep.points.push(...message.points);
    app.progress[0] = app.progress[1] - message.left;
    showSweep();
  }
  if (message.network && message.number === app.networkNumber) showNetwork(message.network);
  if (message.error && message.number === app.number) refuse(new Error(message.error));
  if (message.networkError && message.number === app.networkNumber) {
    $("network-verdict").textContent = message.networkError;
    document.body.dataset.network = "refused";
  }
}

function showSweep() {
  const [done, all] = app.progress;
  $("progress").value = all ? done / all : 1;
  $("progress-words").textContent = done < all ? `${done} of ${all} runs` : `${all} runs`;
  document.body.dataset.sweep = String(done >= all);
  drawFigure("precision");
  if (done >= all) fillFrontier($("frontier"), app.data.sweep.points);
  wordsSoon();
}

function askNetwork() {
  const { state } = app;
  const asked = JSON.stringify([state.left, state.right, state.networkDt, state.neurons, state.milliseconds, state.seed]);
  if (asked === app.askedNetwork) return drawNetworkFigure();
  app.askedNetwork = asked;
  app.networkNumber = (app.networkNumber ?? 0) + 1;
  const excitatory = Math.round(0.8 * state.neurons);
  const of = { excitatory, inhibitory: state.neurons - excitatory, milliseconds: state.milliseconds, seed: state.seed, dt: state.networkDt };
  document.body.dataset.network = "false";
  app.networkSoon ??= quiet(() => app.beside({ network: app.networkAsked }), 30);
  app.networkAsked = { number: app.networkNumber, requests: [{ ...of, scheme: state.left }, { ...of, scheme: state.right }] };
  app.networkSoon();
}

function showNetwork(runs) {
  const { state } = app;
  app.network = [state.left, state.right].map((scheme, k) => ({ ...runs[k], scheme, dt: state.networkDt }));
  document.body.dataset.network = "true";
  $("network-verdict").textContent = networkWords(app.network, state);
  $("network").setAttribute("aria-label", `Rasters of the network under two schemes, and spikes in 2 ms. ${networkWords(app.network, state)}`);
  drawNetworkFigure();
}

function drawNetworkFigure() {
  const canvas = $("network");
  if (!app.network || !canvas.clientWidth) return;
  const size = [canvas.clientWidth, canvas.clientHeight];
  drawNetwork(new CanvasPen(canvas, ...size), size, theme, app.network, app.state);
}

/** The module, from the page itself. */
async function moduleOf(text) {
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

/** Work beside the page: in a worker, or where there can be none, between frames. */
function startBeside(module) {
  try {
    const source = `"use strict";\n${$("worker-source").textContent}\nserve();`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    worker.onmessage = ({ data }) => receive(data);
    worker.postMessage({ module });
    return (message) => worker.postMessage(message);
  } catch {
    let handle = null;
    const ready = Core.start(module).then((core) => (handle = work(core, receive)));
    return (message) => ready.then(() => setTimeout(() => handle(message), 0));
  }
}

async function start() {
  readTheme();
  const module = await moduleOf($("core").textContent);
  app.core = await Core.start(module);
  app.about = app.core.ask("about");
  app.beside = startBeside(module);
  const { recorded: samples = null, ...begin } = JSON.parse($("start").textContent);
  recorded = samples;
  // What the page was made with is where its address begins from.
  Object.assign(DEFAULTS, begin);
  app.state = stateOf(location.hash);
  $("version").textContent = `spikestep ${app.about.version}.`;
  wire();
  frame();
  document.body.dataset.ready = String(Math.round(performance.now() - began));
}
