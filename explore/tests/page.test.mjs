// The page in Chromium, from a file: no error, no request, every control, the command's numbers, and nothing that axe finds.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import { compareJson, pageOf, scratch, words } from "./shared.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = process.env.PICTURES;
if (pictures) mkdirSync(pictures, { recursive: true });

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});
after(() => browser?.close());

/** A page from a file, ready; it fails the test on any error and on any request but its own. */
async function open(path, { hash = "", width = 1280, height = 900, dark = false, settled = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", acceptDownloads: true });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && request.url().split("#")[0] !== pathToFileURL(path).href) wrong.push(request.url());
  });
  await page.goto(pathToFileURL(path).href + hash);
  await page.waitForSelector("body[data-ready]");
  if (settled) await page.waitForSelector("body[data-settled=true]");
  return { page, wrong, close: () => context.close() };
}

const settle = async (page, { refused = false } = {}) => {
  await page.waitForTimeout(80);
  await page.waitForFunction((r) => document.body.dataset.settled === "true" || (r && document.body.dataset.settled === "refused"), refused, { timeout: 20000 });
};

/** What the page shows against what its own command line gives. */
async function sameAsCommand(page) {
  const shown = await page.evaluate(() => ({
    command: commandLine(app.state, app.data.comparison.runs),
    verdict: document.getElementById("verdict").textContent,
    truth: [...app.data.truth.spikes],
    runs: app.data.comparison.runs.map((run) => ({ name: run.scheme, spikes: [...run.spikes], missed: run.metrics.missed, extra: run.metrics.extra })),
  }));
  const there = compareJson(...words(shown.command).slice(1));
  const near = (a, b, what) => {
    assert.equal(a.length, b.length, `${what} of ${shown.command}`);
    // Another mathematical library: 1e-11 ms.
    a.forEach((x, k) => assert.ok(Math.abs(x - b[k]) <= 1e-11, `${what} ${k} of ${shown.command}: ${x} and ${b[k]}`));
  };
  near(shown.truth, there.truth.spike_times_ms, "truth");
  assert.deepEqual(shown.runs.map((run) => run.name), there.runs.map((run) => run.scheme));
  shown.runs.forEach((run, k) => {
    if (there.runs[k].rounding_sensitive) return;
    near(run.spikes, there.runs[k].spike_times_ms, run.name);
    assert.deepEqual([run.missed, run.extra], [there.runs[k].missed, there.runs[k].extra]);
  });
  if (there.verdict.fine) assert.equal(shown.verdict, there.verdict.fine);
}

const plain = () => pageOf();

test("it is one file of at most 2 MB that opens within 300 ms, without an error or a request", async () => {
  const path = plain();
  assert.ok(statSync(path).size <= 2e6, `${statSync(path).size} bytes`);
  const times = [];
  for (let k = 0; k < 5; k++) {
    const { page, wrong, close } = await open(path);
    times.push(await page.evaluate(() => ({ script: +document.body.dataset.ready, all: performance.getEntriesByType("paint").at(-1)?.startTime ?? 0 })));
    assert.deepEqual(wrong, []);
    await sameAsCommand(page);
    await close();
  }
  const median = (key) => times.map((t) => t[key]).sort((a, b) => a - b)[2];
  console.log(`page: ${statSync(path).size} bytes; ready ${median("script")} ms after its script began, first paint at ${median("all").toFixed(0)} ms`);
});

test("a problem given to the command is the one that the page begins with", async () => {
  const { page, close } = await open(pageOf("--neuron", "FS,d=1.5", "--input", "sine:12:4:7", "--duration", "400", "--dt", "0.25", "--schemes", "rk4,rk4-wk", "--peak", "35"));
  await sameAsCommand(page);
  assert.match(await page.evaluate(() => commandLine(app.state, app.data.comparison.runs)), /--neuron FS,d=1.5 --input sine:12:4:7 .* --duration 400 --peak 35/);
  await close();
});

test("every control moves what it says, and the numbers stay the command's", async () => {
  const { page, wrong, close } = await open(plain());
  const set = async (selector, value) => {
    await page.locator(selector).evaluate((input, value) => {
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }, String(value));
    await settle(page);
    await sameAsCommand(page);
  };
  const command = () => page.evaluate(() => commandLine(app.state, app.data.comparison.runs));
  await page.locator("#dt").fill("0.2");
  await settle(page);
  await sameAsCommand(page);
  await set("#dt-slide", -1);
  assert.match(await command(), /--dt 0.1 /);
  await set("#duration", 400);
  await set("#neuron", "CH");
  await set("#p-a", 0.03);
  await set("#p-c-slide", -52);
  assert.match(await command(), /CH,a=0.03,c=-52/);
  const plane = await page.locator("#cd").boundingBox();
  await page.mouse.move(plane.x + 150, plane.y + 60);
  await page.mouse.down();
  await page.mouse.move(plane.x + 170, plane.y + 80, { steps: 4 });
  await page.mouse.up();
  await settle(page);
  await sameAsCommand(page);
  await page.locator("#cd").focus();
  const before = await command();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowUp");
  await settle(page);
  assert.notEqual(await command(), before);
  await sameAsCommand(page);
  await page.locator("#as-named").click();
  await settle(page);
  // Through the bursts of CH the rounding of the input grows beyond what is held to here.
  await set("#neuron", "RS");
  for (const kind of ["ramp", "pulse", "sine", "noise", "step"]) {
    await set("#kind", kind);
    await set("#i-0", 12);
    if (kind === "noise") await set("#i-3", 7);
  }
  await set("#neuron", "A");
  assert.match(await command(), /--neuron A --schemes/);
  await set("#neuron", "RS2007");
  await set("#p-k", 0.8);
  await set("#neuron", "RS");
  await set("#duration", 300);
  await set("#peak", 35);
  await set("#v0", -70);
  await set("#u0", -14);
  await set("#within", 0.2);
  await page.locator("#arithmetic").fill("f32,f64");
  await page.locator("#arithmetic").blur();
  await settle(page);
  await sameAsCommand(page);
  await page.locator("#arithmetic").fill("");
  await page.locator("#arithmetic").blur();
  await settle(page);
  await page.locator("#add-scheme").selectOption("projective");
  await settle(page);
  await set("#tolerance", 1e-9);
  assert.match(await command(), /--tolerance 1e-9 .*projective/);
  await page.getByRole("button", { name: "Remove bindsnet" }).click();
  await settle(page);
  await sameAsCommand(page);
  assert.doesNotMatch(await command(), /bindsnet/);
  for (const id of ["zoom-in", "later", "earlier", "zoom-out", "whole"]) await page.locator(`#${id}`).click();
  await set("#weigh", "dt");
  await set("#shown", "rk4");
  await set("#at", 120);
  await page.locator("#operator").scrollIntoViewIfNeeded();
  await page.locator("#parts-at").filter({ hasText: /convolution of v/ }).waitFor();
  await page.locator("#traces").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("+");
  await settle(page);
  assert.match(await page.locator("#reading").textContent(), /nearest spike/);
  assert.deepEqual(wrong, []);
  await close();
});

test("an input drawn by hand is the file that it saves", async () => {
  const { page, wrong, close } = await open(plain(), { hash: "#duration=300" });
  await page.locator("#kind").selectOption("drawn");
  await settle(page);
  const box = await page.locator("#drawn").boundingBox();
  await page.mouse.move(box.x + 80, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y + 90, { steps: 6 });
  await page.mouse.up();
  await page.locator("#drawn").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowUp");
  await settle(page);
  const saved = page.waitForEvent("download");
  await page.locator("#save-drawn").click();
  await (await saved).saveAs(join(scratch, "drawn.csv"));
  await sameAsCommand(page);
  assert.deepEqual(wrong, []);
  await close();
});

test("a recorded input goes into the page", async () => {
  const { writeFileSync } = await import("node:fs");
  writeFileSync(join(scratch, "recorded.csv"), "t_ms,input\n0,0\n20,8\n100,14\n200,6\n");
  const { page, close } = await open(pageOf("--input", "csv:recorded.csv:linear"));
  await sameAsCommand(page);
  assert.equal(await page.locator("#kind").inputValue(), "recorded");
  await close();
});

test("what is wrong is said, and mended by the next change", async () => {
  const { page, close } = await open(plain());
  await page.locator("#v0").fill("99");
  await page.waitForSelector("#refusal:not([hidden])");
  assert.match(await page.locator("#refusal").textContent(), /initial v/);
  await page.locator("#v0").fill("");
  await settle(page);
  assert.ok(await page.locator("#refusal").isHidden());
  await close();
});

test("a damaged link opens a page that says what is wrong, and can be mended", async () => {
  const wholly = ["dt=NaN&within=-1&tolerance=0&networkDt=7&seed=-1&neurons=1.5&weigh=foo&tab=bar", "story=order&step=99", "story=__proto__&toString=1&__proto__=2", "schemes=", "drawn=1,2", "from=900&to=-5&at=1e9", "%E0%A4%A&&==&parameters=a"];
  for (const hash of wholly) {
    const { page, wrong, close } = await open(plain(), { hash: "#" + hash });
    assert.ok(await page.locator("#refusal").isHidden(), hash);
    assert.deepEqual(wrong, [], hash);
    await close();
  }
  const refused = [["duration=1e9", /at most 1e5 ms on this page/], ["dt=1e-9", /at most 2e6 steps on this page/], ["neuron=..%2F..", /unknown neuron/], ["input=csv:gone.csv", /does not hold that file/],
    ["schemes=foo", /unknown scheme/], ["parameters=__proto__=1", /unknown neuron parameter/], ["input=noise:1:1:1e-9&duration=100000", /noise/], ["input=noise:1:1:0.001", /pieces/], ["v0=NaN", /initial v/]];
  for (const [hash, words] of refused) {
    const { page, wrong, close } = await open(plain(), { hash: "#" + hash, settled: false });
    await page.waitForSelector("#refusal:not([hidden])");
    assert.match(await page.locator("#refusal").textContent(), words);
    // What needs something that is shown cannot be reached; the rest mends it.
    for (const id of ["traces", "zoom-in", "copy-command", "cd"]) assert.ok(await page.locator(`#${id}`).evaluate((place) => place.closest("[inert]") !== null), `${hash}: ${id}`);
    await page.evaluate(() => window.dispatchEvent(new Event("resize")));
    await page.waitForTimeout(200);
    await page.evaluate(() => (location.hash = "#duration=200"));
    await page.waitForSelector("body[data-settled=true]");
    assert.ok(await page.locator("#refusal").isHidden(), hash);
    assert.deepEqual(wrong, [], hash);
    await close();
  }
});

test("the edges of what is drawn by hand can be reached", async () => {
  const { page, wrong, close } = await open(plain(), { hash: "#duration=200&drawn=1,2,3" });
  const box = await page.locator("#drawn").boundingBox();
  await page.mouse.move(box.x + 1, box.y + 1);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 60, box.y + box.height + 60, { steps: 5 });
  await page.mouse.up();
  await page.locator("#drawn").focus();
  for (const key of ["ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowLeft", "ArrowUp"]) await page.keyboard.press(key);
  await settle(page);
  assert.equal(await page.evaluate(() => app.state.drawn.length), 3);
  assert.deepEqual(wrong, []);
  await close();
});

test("the link opens the same page, and texts and files can be taken away", async () => {
  const { page, close } = await open(plain(), { hash: "#neuron=FS&dt=0.25&schemes=rk4,rk4-wk&duration=300" });
  await page.waitForTimeout(300);
  await page.locator("#p-d").fill("3");
  await settle(page);
  await page.waitForTimeout(250);
  const address = page.url();
  assert.match(address, /parameters=d=3/);
  await page.evaluate(() => {
    navigator.clipboard.writeText = (text) => Promise.resolve(void (window.copied = text));
  });
  const copied = async (id) => {
    await page.locator(id).click();
    return page.evaluate(() => window.copied);
  };
  assert.equal(await copied("#copy-command"), "compare --dt 0.25 --neuron FS,d=3 --input step:10 --schemes rk4,rk4-wk --duration 300");
  assert.match(await copied("#copy-python"), /ss\.compare\(ss\.Problem\("FS,d=3", input="step:10", duration=300\), \["rk4", "rk4-wk"\], dt=0\.25\)/);
  assert.equal(await copied("#copy-link"), address);
  const download = async (id) => {
    const saved = page.waitForEvent("download");
    await page.locator(id).click();
    const path = join(scratch, (await saved).suggestedFilename());
    await (await saved).saveAs(path);
    return readFileSync(path, "utf8");
  };
  const csv = await download("#save-csv");
  const truth = await page.evaluate(() => [...app.data.truth.spikes]);
  const rows = csv.trim().split("\n").map((row) => row.split(","));
  assert.deepEqual(rows[0], ["spike", "truth_ms", "bound_ms", "rk4_ms", "rk4_error_ms", "rk4-wk_ms", "rk4-wk_error_ms"]);
  assert.deepEqual(rows.slice(1).map((row) => +row[1]), truth);
  const svg = await download("#save-svg");
  assert.match(svg, /^<svg xmlns=.*viewBox/);
  const wellFormed = (text) => new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror") === null;
  assert.ok(await page.evaluate(`(${wellFormed})(${JSON.stringify(svg)})`));
  const again = await open(page.url().split("#")[0].replace("file://", ""), { hash: "#" + address.split("#")[1] });
  assert.deepEqual(await again.page.evaluate(() => [...app.data.truth.spikes]), truth);
  await again.close();
  await close();
});

test("in the frame of a notebook it tells what it shows", async () => {
  const page = await browser.newPage();
  const told = (inside, dt) =>
    page.evaluate(
      ([inside, dt]) =>
        new Promise((done) => {
          const heard = ({ data }) => data.spikestep?.dt === dt && (window.removeEventListener("message", heard), done(data.spikestep));
          window.addEventListener("message", heard);
          if (inside) document.body.append(Object.assign(document.createElement("iframe"), { srcdoc: inside }));
        }),
      [inside, dt],
    );
  const first = await told(readFileSync(plain(), "utf8"), 0.5);
  assert.deepEqual([first.neuron, first.input, first.schemes.includes("rk4")], ["RS", "step:10", true]);
  const second = told(null, 0.125);
  await page.frames()[1].locator("#dt").fill("0.125");
  assert.equal((await second).neuron, "RS");
  await page.close();
});

test("every story can be walked through by the keyboard", async () => {
  const { page, wrong, close } = await open(plain());
  for (const name of ["order", "inhibition", "charge", "chaos", "truth"]) {
    await page.locator("#story").selectOption(name);
    for (let step = 0; step < 3; step++) {
      await settle(page);
      assert.match(await page.locator("#story-place").textContent(), new RegExp(`${step + 1} of 3`));
      if (pictures) await page.screenshot({ path: join(pictures, `story_${name}_${step + 1}.png`) });
      if (step < 2) {
        await page.locator("#story-next").focus();
        await page.keyboard.press("Enter");
      }
    }
  }
  await page.locator("#story-end").click();
  await page.locator("#story-box").waitFor({ state: "hidden" });
  assert.deepEqual(wrong, []);
  await close();
});

test("the sweep fills in, and the network moves with dt", async () => {
  const { page, wrong, close } = await open(plain());
  await page.locator("#precision").scrollIntoViewIfNeeded();
  await page.waitForSelector("body[data-sweep=true]", { timeout: 120000 });
  const points = await page.evaluate(() => app.data.sweep.points.length);
  assert.ok(points > 200, `${points} points`);
  await page.locator("#tab-neuron").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForSelector("body[data-network=true]", { timeout: 60000 });
  const first = await page.locator("#network-verdict").textContent();
  assert.match(first, /half-step at dt = 1 ms: \d+ spikes/);
  await page.locator("#network-dt").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((old) => document.body.dataset.network === "true" && document.getElementById("network-verdict").textContent !== old, first, { timeout: 60000 });
  assert.deepEqual(wrong, []);
  await close();
});

/**
 * Of each of the drags that a browser's trace tells of, two spans [ms] that end when the frame with what it changed was put on the screen:
 * from when the browser made the event, and from when the page was given it. The first one is longer by the wait for a frame's turn,
 * which a screen of 60 Hz has every 16.7 ms. Layout, painting and compositing are in both.
 */
function latencies(trace) {
  const begun = new Map();
  const times = [];
  for (const { name, ph, pid, id2, ts, args } of JSON.parse(trace).traceEvents.filter(({ id2 }) => id2).sort((a, b) => a.ts - b.ts)) {
    const key = `${pid} ${id2.local}`;
    if (name === "EventLatency" && ph === "b" && args.event_latency?.event_type === "MOUSE_DRAGGED") begun.set(key, [ts, NaN]);
    else if (name === "RendererMainProcessing" && ph === "b" && begun.has(key)) begun.get(key)[1] = ts;
    else if (name === "EventLatency" && ph === "e" && begun.has(key)) {
      times.push(begun.get(key).map((from) => (ts - from) / 1000));
      begun.delete(key);
    }
  }
  return times;
}

test("a frame of eight schemes over a second", async () => {
  const schemes = "euler,bindsnet,half-step,rk4,rk4+located,nest-consistent,brian2-rk4,projective-8";
  const { page, close } = await open(plain(), { hash: `#schemes=${encodeURIComponent(schemes)}` });
  await page.waitForSelector("body[data-sweep=true]", { timeout: 120000 });
  // What the page itself does of it: the callback of the frame, in which everything is asked for and drawn.
  await page.evaluate(() => {
    const [drawn, work] = [frame, []];
    window.work = work;
    frame = () => {
      const began = performance.now();
      drawn();
      work.push(performance.now() - began);
    };
  });
  const median = (of) => of.sort((a, b) => a - b)[Math.floor(of.length / 2)];
  for (const [what, id, low, high] of [["dt", "dt-slide", 0.73, 0.94], ["the neuron", "p-d-slide", 0.5, 0.75]]) {
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    const box = await page.locator(`#${id}`).boundingBox();
    const move = (k) => page.mouse.move(box.x + box.width * (low + ((high - low) * ((k * 37) % 200)) / 200), box.y + box.height / 2);
    await move(0);
    await page.mouse.down();
    await settle(page);
    await page.evaluate(() => (work.length = 0));
    await browser.startTracing(page, { categories: ["input"] });
    for (let k = 1; k <= 200; k++) {
      await move(k);
      await page.waitForFunction((k) => work.length >= k, k, { polling: 5 });
    }
    await page.mouse.up();
    const times = latencies(await browser.stopTracing());
    assert.ok(times.length >= 190 && times.flat().every(Number.isFinite), `${times.length} of 200 drags were shown`);
    const [all, given, own] = [times.map(([ms]) => ms), times.map(([, ms]) => ms), await page.evaluate(() => work)].map((of) => median(of).toFixed(1));
    console.log(`a change of ${what}: ${all} ms from the drag to the painted frame, ${given} ms of them since the page was given it, ${own} ms of them work (medians of ${times.length})`);
  }
  await close();
});

test("it has no sideways scroll, is fit to be looked at, and axe finds nothing", async () => {
  for (const [name, width, height, dark] of [["wide", 1440, 1000, false], ["middle", 820, 1100, false], ["phone", 390, 844, false], ["dark", 1440, 1000, true], ["phone_dark", 390, 844, true]]) {
    const { page, wrong, close } = await open(plain(), { width, height, dark, hash: name === "wide" ? "#" : "#story=order&step=1&schemes=euler,euler%2Blocated,rk4,rk4%2Blocated&dt=1" });
    await page.waitForSelector("body[data-sweep=true]", { timeout: 120000 });
    for (const tab of ["neuron", "network"]) {
      await page.locator(`#tab-${tab}`).click();
      if (tab === "network") await page.waitForSelector("body[data-network=true]", { timeout: 60000 });
      const [scrolls, client] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(scrolls <= client, `${name} ${tab}: ${scrolls} of ${client} px`);
      await page.evaluate(async () => {
        for (let y = 0; y < document.body.scrollHeight; y += 400) {
          window.scrollTo(0, y);
          await new Promise((done) => setTimeout(done, 60));
        }
        window.scrollTo(0, 0);
      });
      if (pictures) await page.screenshot({ path: join(pictures, `${name}_${tab}.png`), fullPage: true });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      const found = violations.map((v) => `${v.id}: ${v.help} at ${v.nodes.map((n) => n.target).slice(0, 3).join("; ")}`);
      assert.deepEqual(found, [], `${name} ${tab}`);
    }
    assert.deepEqual(wrong, []);
    await close();
  }
});
