// What the page shows, and how the address says it.

const DEFAULTS = {
  tab: "neuron",
  neuron: "RS",
  parameters: {},
  input: "step:10",
  drawn: null,
  duration: 1000,
  v0: "",
  u0: "",
  peak: null,
  dt: 0.5,
  schemes: ["euler", "bindsnet", "rk4", "rk4+located"],
  arithmetic: "",
  tolerance: 1e-6,
  within: 1,
  from: 0,
  to: null,
  at: null,
  shown: "",
  weigh: "cost",
  story: "",
  step: 0,
  left: "half-step",
  right: "projective-8",
  networkDt: 1,
  neurons: 1000,
  milliseconds: 1000,
  seed: 1,
};

/** The steps of the network's slider [ms]. */
const NETWORK_STEPS = [1, 0.5, 0.25, 0.2, 0.125, 0.1, 0.0625];

const NUMBERS = ["duration", "peak", "dt", "tolerance", "within", "from", "to", "at", "step", "networkDt", "neurons", "milliseconds", "seed"];

/** Those of them that may be left to the neuron, or to the run. */
const UNSAID = ["duration", "peak", "to", "at"];

const wholeFrom1 = (x) => x >= 1 && Number.isSafeInteger(x);

/** What a number must be beyond finite; one that is not is as if nothing were said. */
const MUST_BE = {
  dt: (x) => x > 0,
  tolerance: (x) => x > 0,
  within: (x) => x > 0,
  networkDt: (x) => NETWORK_STEPS.includes(x),
  neurons: wholeFrom1,
  milliseconds: wholeFrom1,
  seed: (x) => x >= 0 && Number.isSafeInteger(x),
};

/** The words that a key may have, where they are few. */
const WORDS = { tab: ["neuron", "network"], weigh: ["cost", "dt"] };

/** The state of an address; what is wrong in it is as where nothing is said. */
function stateOf(hash) {
  const state = structuredClone(DEFAULTS);
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (!Object.hasOwn(DEFAULTS, key)) continue;
    if (NUMBERS.includes(key)) {
      if (text === "own" || text === "") state[key] = UNSAID.includes(key) ? null : DEFAULTS[key];
      else if (Number.isFinite(+text) && (MUST_BE[key]?.(+text) ?? true)) state[key] = +text;
    } else if (key === "schemes") {
      state.schemes = [...new Set(text.split(",").filter(Boolean))];
    } else if (key === "parameters") {
      const pairs = text.split(",").map((pair) => pair.split("="));
      state.parameters = Object.fromEntries(pairs.filter(([name, value]) => name && Number.isFinite(+value)).map(([n, v]) => [n, +v]));
    } else if (key === "drawn") {
      const drawn = text.split(",").map(Number);
      if (drawn.length > 1 && drawn.every(Number.isFinite)) state.drawn = drawn;
    } else if (WORDS[key]?.includes(text) ?? true) {
      state[key] = text;
    }
  }
  if (!state.schemes.length) state.schemes = DEFAULTS.schemes.slice();
  if (!Object.hasOwn(STORIES, state.story)) [state.story, state.step] = ["", 0];
  else state.step = Math.min(STORIES[state.story].steps.length - 1, Math.max(0, Math.trunc(state.step)));
  return state;
}

/** The address of a state: what differs from the beginning. */
function hashOf(state) {
  const said = [];
  for (const [key, value] of Object.entries(state)) {
    if (JSON.stringify(value) === JSON.stringify(DEFAULTS[key])) continue;
    const text =
      key === "parameters"
        ? Object.entries(value).map(([name, number]) => `${name}=${number}`).join(",")
        : Array.isArray(value) ? value.join(",") : value === null ? "own" : String(value);
    said.push(`${key}=${encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%40", "@").replaceAll("%3D", "=")}`);
  }
  return said.length ? "#" + said.join("&") : "#";
}

/** A word as a shell takes it. */
const quoted = (word) => (/^[\w\-+=:,./@%]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The command that gives the numbers of the page; `runs` are those that it shows. */
function commandLine(state, runs) {
  const options = sameOptions(state, runs);
  const words = Object.entries(options).map(([name, value]) => ` --${name} ${quoted(String(value))}`);
  return `compare${words.join("")}`;
}

function sameOptions(state, runs) {
  const schemes = [...new Set(runs.map((run) => run.scheme))].join(",") || state.schemes.join(",");
  const adaptive = runs.some((run) => run.tolerance !== null);
  const fixed = runs.some((run) => run.dt !== null) || !runs.length;
  const options = {
    dt: fixed ? state.dt : undefined,
    tolerance: adaptive ? state.tolerance : undefined,
    neuron: neuronText(state),
    input: state.drawn ? "csv:drawn.csv:hold" : state.input || undefined,
    schemes,
    arithmetic: state.arithmetic || undefined,
    duration: state.duration ?? undefined,
    peak: state.peak ?? undefined,
    v0: state.v0 || undefined,
    u0: state.u0 || undefined,
    within: state.within === 1 ? undefined : state.within,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** The same in Python. */
function pythonLine(state, runs) {
  const o = sameOptions(state, runs);
  const text = (value) => JSON.stringify(value);
  const named = (name, value) => (value === undefined ? [] : [`${name}=${value}`]);
  const problem = [
    text(o.neuron),
    ...named("input", o.input && text(o.input)),
    ...["duration", "v0", "u0", "peak"].flatMap((name) => named(name, o[name])),
  ];
  const sizes = [...named("dt", o.dt), ...named("tolerance", o.tolerance), ...named("within", o.within)];
  const schemes = `[${o.schemes.split(",").map(text).join(", ")}]`;
  return `import spikestep as ss; print(ss.compare(ss.Problem(${problem.join(", ")}), ${[schemes, ...sizes].join(", ")}))`;
}
