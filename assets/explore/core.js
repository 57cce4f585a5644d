// The library: requests as JSON, answers as JSON with arrays of numbers behind it.

class Refused extends Error {}

class Core {
  /** From a compiled module. */
  static async start(module) {
    const core = new Core();
    core.module = module;
    core.exports = (await WebAssembly.instantiate(module, {})).exports;
    return core;
  }

  /** The answer to a request; throws what the library refuses, in its words. */
  ask(ask, request = {}) {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...request, ask }));
    let { exports } = this;
    // First the place: memory that grows for it is another buffer.
    const place = exports.request(bytes.length);
    new Uint8Array(exports.memory.buffer, place, bytes.length).set(bytes);
    let at;
    try {
      at = exports.ask();
    } catch (trap) {
      const { fault } = this.#read(exports.answer());
      // What a trap leaves behind is not to be trusted.
      this.exports = new WebAssembly.Instance(this.module, {}).exports;
      throw new Error(fault ?? String(trap));
    }
    const answer = this.#read(at);
    if (answer.refused) throw new Refused(answer.refused);
    return answer;
  }

  #read(at) {
    const { memory, answered } = this.exports;
    const bytes = memory.buffer.slice(at, at + answered());
    const length = Number(new DataView(bytes).getBigUint64(0, true));
    const numbers = new Float64Array(bytes, 8 + length);
    // A walk over objects alone takes a fraction of what JSON.parse takes to ask about every value.
    const whole = (value) => {
      if (value === null || typeof value !== "object") return value;
      if (Array.isArray(value.f64)) return numbers.subarray(value.f64[0], value.f64[0] + value.f64[1]);
      for (const key in value) {
        if (typeof value[key] === "object") value[key] = whole(value[key]);
      }
      return value;
    };
    return whole(JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length))));
  }
}

/** A recorded input that the page was made with. */
let recorded = null;
const isRecorded = (state) => recorded !== null && state.input.startsWith("csv:");

/** What a state asks of the library. */
function problemOf(state) {
  const text = (value) => (value === "" ? undefined : value);
  const samples = state.drawn ? drawnSamples(state) : isRecorded(state) ? recorded : undefined;
  return {
    neuron: neuronText(state),
    input: samples ? undefined : text(state.input),
    drawn: samples,
    duration: state.duration ?? undefined,
    v0: text(state.v0),
    u0: text(state.u0),
    peak: state.peak ?? undefined,
  };
}

/** The neuron in the words of the command line: a name, then what replaces its own parameters. */
function neuronText(state) {
  const changed = Object.entries(state.parameters).map(([name, value]) => `${name}=${value}`);
  return [state.neuron, ...changed].join(",");
}

/** Times and values of an input that was drawn by hand, each held until the next. */
function drawnSamples(state) {
  const duration = state.duration ?? 1000;
  const count = state.drawn.length;
  return { times: state.drawn.map((_, k) => (k * duration) / count), values: state.drawn };
}

function comparisonOf(state, more = {}) {
  return {
    schemes: state.schemes.join(","),
    arithmetic: state.arithmetic,
    dts: [state.dt],
    tolerances: [state.tolerance],
    within: state.within,
    ...more,
  };
}
