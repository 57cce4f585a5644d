// The library as WebAssembly against the command: the same numbers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { compareJson, core as start, words } from "./shared.mjs";

const { core, page, module } = await start();

/** Powers, logarithms and exponentials of another mathematical library differ in their last bits; a spike time by no more than this. */
const NEAR_MS = 1e-11;

/** What the page shows of a state, the truth as it is proven. */
function shown(state) {
  core.ask("problem", page.problemOf(state));
  const truth = core.ask("truth", { quick: false });
  return { truth, ...core.ask("compare", page.comparisonOf(state)) };
}

function near(a, b, most, what) {
  assert.equal(a.length, b.length, `${what}: ${a.length} and ${b.length}`);
  a.forEach((x, k) => assert.ok(Math.abs(x - b[k]) <= most, `${what} ${k}: ${x} and ${b[k]}`));
}

/** Whether a run whose rounding decides, or whose arithmetic is another one, is held to the last spike. */
function sameAsCommand(state, { exact = [] } = {}) {
  const here = shown(state);
  const there = compareJson(...words(page.commandLine(state, here.runs)).slice(1));
  near([...here.truth.spikes], there.truth.spike_times_ms, NEAR_MS, "truth");
  // Where the truth itself is lost, the errors of late spikes are those of two roundings.
  if (here.truth.bound !== null) assert.equal(here.fine, there.verdict.fine === "" ? null : there.verdict.fine);
  assert.equal(here.runs.length, there.runs.length);
  here.runs.forEach((run, k) => {
    const other = there.runs[k];
    assert.deepEqual([run.scheme, run.dt, run.tolerance, run.arithmetic ?? undefined], [other.scheme, other.dt_ms, other.tolerance_ms, other.arithmetic]);
    // Where the command says that rounding decides, other roundings give other spikes, and this is no fault.
    if (other.rounding_sensitive) return;
    // Without fused multiply-add `projective` takes series of another order, as near to the truth as was asked.
    const most = run.scheme === "projective" ? run.tolerance : NEAR_MS;
    near([...run.spikes], other.spike_times_ms, exact.includes(run.scheme) ? 0 : most, run.name);
    assert.deepEqual([run.metrics.missed, run.metrics.extra], [other.missed, other.extra]);
  });
  return here;
}

test("nothing is imported", () => assert.deepEqual(WebAssembly.Module.imports(module), []));

test("the first page has the command's numbers", () => {
  const exact = ["euler", "bindsnet", "rk4", "rk4+located"];
  sameAsCommand(structuredClone(page.DEFAULTS), { exact });
});

test("every default scheme has the command's numbers", () => {
  sameAsCommand({ ...structuredClone(page.DEFAULTS), schemes: ["default"], dt: 0.25, duration: 300 });
});

test("cells, inputs, peaks, starts and arithmetics have the command's numbers", () => {
  const of = (more) => ({ ...structuredClone(page.DEFAULTS), ...more });
  sameAsCommand(of({ neuron: "FS", parameters: { d: 1.5, c: -62.25 }, input: "sine:12:4:7", duration: 400 }));
  sameAsCommand(of({ neuron: "CH", input: "noise:9:4:1:5", peak: 35, duration: 300 }));
  sameAsCommand(of({ neuron: "L", input: "", duration: null }));
  sameAsCommand(of({ neuron: "RS2007", input: "step:110pA", duration: 500 }));
  sameAsCommand(of({ neuron: "LTS2007", input: "step:300", duration: 200 }));
  sameAsCommand(of({ v0: "-70", u0: "-14", input: "ramp:0:20@50", duration: 300 }));
  sameAsCommand(of({ schemes: ["euler", "rk4", "rk4+located"], arithmetic: "f64,f32,s16.15:floor", duration: 300 }));
  sameAsCommand(of({ schemes: ["projective", "dop853", "taylor"], tolerance: 1e-9, duration: 300 }));
});

test("stories say what is so, and are as the command has them", () => {
  const told = (name) => [...page.STORIES[name].steps].map((_, step) => sameAsCommand(page.storyState(name, step)));
  const error = (run) => run.metrics.max_spike_time_error_ms;
  const spikes = (here) => [...here.runs].map((run) => run.spikes.length);

  const [grid, located] = told("order");
  assert.ok(grid.runs.every((run) => error(run) > 20), "tens of milliseconds");
  const [, , rk4, inside] = located.runs.map(error);
  assert.ok(rk4 / inside > 40, "a factor of forty");

  const [excited, moved, free] = told("inhibition");
  assert.deepEqual([excited, moved, free].map((here) => here.truth.spikes.length), [0, 0, 0]);
  assert.deepEqual([spikes(excited), spikes(moved), spikes(free)], [[1, 1, 0], [1, 1, 0], [0, 0]]);

  assert.deepEqual(told("charge").map((here) => here.truth.spikes.length), [20, 8, 26]);

  const [calm, chaotic, marked] = told("chaos");
  assert.ok(Math.abs(error(calm.runs[0]) - error(calm.runs[1])) < 0.5, "hardly differ");
  assert.equal(new Set(chaotic.runs.map(error)).size, 3, "three answers");
  assert.deepEqual([...marked.runs].map((run) => run.metrics.rounding_sensitive), [1, 0, 0, 0]);

  const [bounded, tight, lost] = told("truth");
  assert.ok(bounded.truth.bound < 1e-13 && bounded.truth.proven <= bounded.truth.bound);
  assert.ok(error(tight.runs[2]) < 1e-12);
  const known = [...lost.truth.bounds].filter(Number.isFinite);
  assert.ok(lost.truth.bound === null && known.at(-1) > 1e3 * known[0], "bounds grow, and end");
});

test("what a moving hand sees is what it sees at rest", () => {
  const state = { ...structuredClone(page.DEFAULTS), schemes: ["simulators", "rk4+located", "projective-8", "projective"], duration: 300 };
  core.ask("problem", page.problemOf(state));
  core.ask("truth", { quick: true });
  const [brief, whole] = [{ brief: true }, {}].map((more) => core.ask("compare", page.comparisonOf(state, more)));
  assert.equal(brief.fine, whole.fine);
  brief.runs.forEach((run, k) => {
    const other = whole.runs[k];
    assert.deepEqual([run.name, run.fine, [...run.spikes], [...run.errors]], [other.name, other.fine, [...other.spikes], [...other.errors]]);
    for (const [name, value] of Object.entries(run.metrics)) assert.equal(value, other.metrics[name], name);
    assert.ok(!("rounding_sensitive" in run.metrics) && "rounding_sensitive" in other.metrics);
  });
});

test("a thinned line passes every point that it leaves out", () => {
  const { scale, thinned, UNSEEN } = page;
  const [sx, sy] = [scale(0, 1000, 50, 1050), scale(-80, 40, 200, 20)];
  const xs = Float64Array.from({ length: 3000 }, (_, k) => (k + 1) / 3);
  const ys = xs.map((x) => -60 + 20 * Math.sin(x / 20) + (x % 43 < 1 ? 60 : 0));
  const [px, py] = thinned(xs, ys, sx, sy, 0, xs.length);
  assert.ok(px.length < 400, `${px.length} points`);
  let k = 0;
  xs.forEach((x, i) => {
    const at = sx.at(x);
    while (px[k + 1] < at && k + 2 < px.length) k++;
    const on = py[k] + ((py[k + 1] - py[k]) * (at - px[k])) / (px[k + 1] - px[k]);
    assert.ok(Math.abs(on - sy.at(ys[i])) <= UNSEEN + 1e-9, `${on} and ${sy.at(ys[i])} at ${x}`);
  });
  assert.equal(thinned(xs, ys, sx, sy, 0, 400)[0].length, 400, "a line of few points keeps them");
});

test("what is refused is refused in the library's words, and the next request is answered", () => {
  assert.throws(() => core.ask("problem", { neuron: "RZZ" }), /did you mean/);
  assert.throws(() => core.ask("problem", { neuron: "RS", input: "stp:10" }), /did you mean 'step'/);
  const state = structuredClone(page.DEFAULTS);
  core.ask("problem", page.problemOf(state));
  core.ask("truth", { quick: true });
  assert.throws(() => core.ask("compare", page.comparisonOf({ ...state, schemes: ["eulr"] })), /euler/);
  assert.throws(() => core.ask("compare", page.comparisonOf({ ...state, dt: 1e-6 })), /on this page/);
  assert.equal(core.ask("compare", page.comparisonOf(state)).runs.length, 4);
});

test("the quick truth is the proven one to rounding", () => {
  core.ask("problem", page.problemOf(structuredClone(page.DEFAULTS)));
  const [quick, proven] = [true, false].map((quick) => [...core.ask("truth", { quick }).spikes]);
  near(quick, proven, NEAR_MS, "quick truth");
});

test("the convolution is the true u", () => {
  core.ask("problem", page.problemOf(structuredClone(page.DEFAULTS)));
  core.ask("truth", { quick: false });
  const { convolution, start, resets, u } = core.ask("operator");
  // A cubic through samples 0.05 ms apart misses the last of an upstroke, where v is as good as infinitely steep.
  u.forEach((exact, k) => assert.ok(Math.abs(convolution[k] + start[k] + resets[k] - exact) < 0.02, `${k}`));
});

test("the network is the published one, and the same at every call", () => {
  const ask = (scheme, dt) => core.ask("network", { excitatory: 80, inhibitory: 20, milliseconds: 200, seed: 3, scheme, dt });
  const [one, again] = [ask("half-step", 1), ask("half-step", 1)];
  assert.deepEqual([...one.t], [...again.t]);
  assert.ok(one.t.length > 50 && one.neuron.every((k) => k >= 0 && k < 100));
  assert.throws(() => ask("half-step", 0.3), /whole part of 1 ms/);
});

test("an address says the whole state", () => {
  const { DEFAULTS, stateOf, hashOf } = page;
  const state = {
    ...structuredClone(DEFAULTS), neuron: "FS", parameters: { c: -62.5, d: 1.25 }, input: "pulse:20:5@10,40", dt: 0.125, schemes: ["rk4-wk", "projective-8"],
    arithmetic: "s16.15:stochastic:seed=7", peak: 35, v0: "-70", from: 12.5, to: 80, at: 33, story: "chaos", step: 2, weigh: "dt", duration: null,
  };
  assert.equal(JSON.stringify(stateOf(hashOf(state))), JSON.stringify(state));
  const drawn = { ...structuredClone(DEFAULTS), drawn: [0, 1.5, -2] };
  assert.equal(JSON.stringify(stateOf(hashOf(drawn))), JSON.stringify(drawn));
  assert.equal(hashOf(structuredClone(DEFAULTS)), "#");
  assert.equal(JSON.stringify(stateOf("#dt=none&tab=elsewhere&unknown=1")), JSON.stringify(DEFAULTS));
});
