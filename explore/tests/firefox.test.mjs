// The page in Firefox, on the screen of a phone: no error, nothing that scrolls sideways, and a step that moves. Skipped without FIREFOX.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { pageOf, scratch } from "./shared.mjs";

const skip = process.env.FIREFOX ? false : "FIREFOX names no browser";
const { PICTURES: pictures } = process.env;

let [firefox, socket, context] = [];
const wrong = [];
const asked = new Map();

/** A command of WebDriver BiDi, which Firefox itself speaks. */
function bidi(method, params) {
  const id = asked.size + 1;
  return new Promise((done, fail) => {
    asked.set(id, { done, fail });
    socket.send(JSON.stringify({ id, method, params }));
  });
}

/** The value of an expression in the page; a promise is waited for. */
async function evaluate(expression) {
  const answer = await bidi("script.evaluate", { expression: `(async () => JSON.stringify(await (${expression})))()`, target: { context }, awaitPromise: true });
  assert.equal(answer.type, "success", answer.exceptionDetails?.text);
  return answer.result.value === undefined ? undefined : JSON.parse(answer.result.value);
}

async function until(expression) {
  for (const end = Date.now() + 60000; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
    if (await evaluate(expression)) return;
  }
  assert.fail(`never: ${expression}`);
}

before(async () => {
  if (skip) return;
  const profile = join(scratch, "firefox");
  mkdirSync(profile);
  firefox = spawn(process.env.FIREFOX, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  const address = await new Promise((done, fail) => {
    firefox.stderr.on("data", (words) => {
      const found = /BiDi listening on (ws:\S+)/.exec(words);
      if (found) done(found[1]);
    });
    firefox.on("exit", () => fail(new Error("Firefox ended before it listened")));
  });
  socket = new WebSocket(`${address}/session`);
  await new Promise((done, fail) => Object.assign(socket, { onopen: done, onerror: fail }));
  socket.onmessage = ({ data }) => {
    const { id, type, result, message, params } = JSON.parse(data);
    if (type === "event" && ["error", "warn"].includes(params.level)) wrong.push(params.text);
    if (type === "success") asked.get(id).done(result);
    if (type === "error") asked.get(id).fail(new Error(message));
  };
  await bidi("session.new", { capabilities: {} });
  ({ contexts: [{ context }] } = await bidi("browsingContext.getTree", {}));
  await bidi("session.subscribe", { events: ["log.entryAdded"] });
  await bidi("browsingContext.setViewport", { context, viewport: { width: 390, height: 844 } });
});
after(() => firefox?.kill());

test("in Firefox, 390 px wide, it works and has no sideways scroll", { skip }, async () => {
  await bidi("browsingContext.navigate", { context, url: `${pathToFileURL(pageOf()).href}#dt=1`, wait: "complete" });
  await until(`document.body.dataset.settled === "true"`);
  const before = await evaluate(`document.getElementById("verdict").textContent`);
  await evaluate(`document.getElementById("dt-slide").focus()`);
  const key = { type: "key", id: "keys", actions: ["keyDown", "keyUp"].map((type) => ({ type, value: "\uE012" })) };
  await bidi("input.performActions", { context, actions: [key] });
  await until(`document.body.dataset.settled === "true" && app.state.dt < 1`);
  assert.notEqual(await evaluate(`document.getElementById("verdict").textContent`), before);
  for (const tab of ["neuron", "network"]) {
    await evaluate(`document.getElementById("tab-${tab}").click()`);
    if (tab === "network") await until(`document.body.dataset.network === "true"`);
    const [scrolls, client] = await evaluate(`[document.documentElement.scrollWidth, document.documentElement.clientWidth]`);
    assert.equal(await evaluate("innerWidth"), 390);
    assert.ok(scrolls <= client, `${tab}: ${scrolls} of ${client} px`);
    // Every figure is drawn where it comes into sight.
    await evaluate(`(async () => {
      for (let y = 0; y < document.body.scrollHeight; y += 400) {
        window.scrollTo(0, y);
        await new Promise((done) => setTimeout(done, 100));
      }
      window.scrollTo(0, 0);
    })()`);
    const blank = await evaluate(`[...document.querySelectorAll("#${tab}-view canvas")].filter((canvas) => canvas.clientWidth &&
      !canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((x) => x)).map((canvas) => canvas.id)`);
    assert.deepEqual(blank, [], tab);
    if (!pictures) continue;
    mkdirSync(pictures, { recursive: true });
    const { data } = await bidi("browsingContext.captureScreenshot", { context, origin: "document" });
    writeFileSync(join(pictures, `firefox_${tab}.png`), data, "base64");
  }
  assert.deepEqual(wrong, []);
});
