// What the tests share: the command, the page it writes, and the library as the page has it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { gunzipSync } from "node:zlib";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const scratch = mkdtempSync(join(tmpdir(), "spikestep-explore-"));

/** What `compare` prints. */
export function compare(...args) {
  const command = process.env.COMPARE ?? join(root, "target/debug/compare");
  return execFileSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, cwd: scratch });
}

export const compareJson = (...args) => JSON.parse(compare(...args, "--json", "--no-timing"));

/** A page that the command writes. */
export function pageOf(...args) {
  const path = join(scratch, `page${args.length}_${Math.abs(hash(args.join(" ")))}.html`);
  compare("explore", ...args, "--out", path, "--quiet");
  return path;
}

const hash = (text) => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 0);

/** Words of a command line, quoted as a shell takes them. */
export const words = (line) => [...line.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map((m) => m[2] ?? m[1].replaceAll("'\\''", "'"));

/** The library and what the page says of states, outside a browser. */
export async function core() {
  const file = (name) => readFileSync(join(root, "assets/explore", name), "utf8");
  const context = vm.createContext({ WebAssembly, TextEncoder, TextDecoder, URLSearchParams, structuredClone, console });
  vm.runInContext(
    `${file("core.js")}\n${file("state.js")}\n${file("stories.js")}\n${file("axes.js")}\nglobalThis.page = { scale, thinned, UNSEEN, Core, problemOf, comparisonOf, DEFAULTS, stateOf, hashOf, commandLine, STORIES, storyState };`,
    context,
  );
  const module = await WebAssembly.compile(gunzipSync(readFileSync(join(root, "assets/explore/core.wasm.gz"))));
  return { page: context.page, core: await context.page.Core.start(module), module };
}
