// Beside the page: the proof of the truth, the sweep over steps, networks. One message at a time, the newest first.

const STEPS = [1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625];

function work(core, post) {
  let [problem, sweep, waiting] = [null, [], false];
  const later = () => {
    if (waiting || !sweep.length) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      const points = [];
      const end = performance.now() + 25;
      while (sweep.length && performance.now() < end) {
        const request = sweep.shift();
        try {
          points.push(...core.ask("compare", request).runs.map(pointOf));
        } catch {
          // A step longer than the run, or a scheme that this neuron does not have: no point.
        }
      }
      post({ points, of: problem, left: sweep.length });
      later();
    }, 0);
  };
  const pointOf = (run) => ({
    name: run.name, dt: run.dt, tolerance: run.tolerance, cost: run.ns_per_ms,
    error: run.metrics.max_spike_time_error_ms, missed: run.metrics.missed, extra: run.metrics.extra,
  });
  return ({ settle, network }) => {
    if (settle) {
      try {
        const asked = JSON.stringify(settle.problem);
        if (asked !== problem) {
          problem = null;
          sweep = [];
          const described = core.ask("problem", settle.problem);
          const truth = core.ask("truth", { quick: false });
          const names = settle.sweep;
          problem = asked;
          // The coarse steps of all schemes first: the picture is whole before it is dense.
          for (const dt of STEPS) {
            for (const schemes of names) sweep.push({ schemes, dts: [dt], tolerances: [1e-6], within: 1, brief: true });
          }
          for (const tolerance of [1e-3, 1e-6, 1e-9]) {
            for (const schemes of settle.adaptive) sweep.push({ schemes, dts: [1], tolerances: [tolerance], within: 1, brief: true });
          }
          post({ truth, described, of: problem, sweepOf: sweep.length });
        }
        post({ settled: core.ask("compare", settle.comparison), of: problem, number: settle.number });
      } catch (error) {
        post({ error: error.message, number: settle.number });
      }
    }
    if (network) {
      try {
        post({ network: network.requests.map((request) => core.ask("network", request)), number: network.number });
      } catch (error) {
        post({ networkError: error.message, number: network.number });
      }
    }
    later();
  };
}

/** In a worker: the module comes with the first message. */
function serve() {
  let [handle, queue] = [null, []];
  self.onmessage = async ({ data }) => {
    if (data.module) {
      handle = work(await Core.start(data.module), (message) => self.postMessage(message));
      queue.forEach(handle);
      queue = [];
    } else if (handle) {
      handle(data);
    } else {
      queue.push(data);
    }
  };
}
