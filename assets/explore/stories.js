// Guided stories: each of three steps, a step being a state and what to see in it.

const STORIES = {
  order: {
    title: "Order and grid",
    steps: [
      ["A method of order 4, and spikes on the grid", "RK4 follows the equations far better than Euler. Yet at dt = 1 ms its spikes are off by tens of milliseconds, as Euler's are: both find a spike at the end of a step only, up to 1 ms late, and each delay is carried on. Move dt: both errors fall in proportion to it.", { schemes: ["euler", "rk4"], dt: 1 }],
      ["Put the spikes inside the step", "The same RK4 with each spike located inside its step: the error falls by a factor of forty at this step, and by sixteen whenever dt is halved. Locating does little for Euler, whose steps themselves are wrong.", { schemes: ["euler", "euler+located", "rk4", "rk4+located"], dt: 1 }],
      ["What order buys", "Against the step: lines of slope 1 are methods of order 1, and every method with its spikes on the grid. Steeper lines locate their spikes. Choose “cost” to see what an error of 0.01 ms costs by each.", { schemes: ["euler", "rk4", "rk4+located", "projective-8"], dt: 0.25, weigh: "dt" }],
    ],
  },
  inhibition: {
    title: "Inhibition that excites",
    steps: [
      ["A neuron at rest, and one strong inhibition", "For a single millisecond the input is −300 mV/ms. The equations go down and come back without a spike. The half-step's second half squares a v that its first half threw far below rest: it fires, and so does Euler a step later.", { schemes: ["half-step", "euler", "projective-8"], dt: 1, input: "pulse:-300:1@50", duration: 150, v0: "-70", u0: "-14" }],
      ["A smaller step only moves the limit", "At dt = 0.5 ms the same input does no harm, but −1000 mV/ms does. The limit of the half-step is −259 at 1 ms, −937 at 0.5 ms and −3501 at 0.25 ms.", { schemes: ["half-step", "rk4", "projective-8"], dt: 0.5, input: "pulse:-1000:0.5@50", duration: 150, v0: "-70", u0: "-14" }],
      ["No such limit", "The linear form of the neuron divides where others square: it follows the equations however strong the input is. Drag the amplitude to the left.", { schemes: ["projective-4", "projective-8"], dt: 1, input: "pulse:-400:1@50", duration: 150, v0: "-70", u0: "-14" }],
    ],
  },
  charge: {
    title: "The charge of a spike",
    steps: [
      ["A weight for one step of 1 ms", "Where a spike adds its weight to the input of a single step, as in BindsNET, it delivers weight × dt. Here spikes of weight 60 come every 10 ms, and the step is 1 ms: a charge of 60 mV each.", { schemes: ["bindsnet", "rk4+located"], dt: 1, input: pulsesOf(60, 1), duration: 400 }],
      ["The same weight, half the step", "Now dt = 0.5 ms, and each spike lasts one step again: half the charge, and 8 spikes where there were 20. No method is at fault: the equations say the same. The problem is another one.", { schemes: ["bindsnet", "rk4+located"], dt: 0.5, input: pulsesOf(60, 0.5), duration: 400 }],
      ["The same charge, half the step", "With the weight doubled the charge is what it was, and the neuron fires again: 26 times, because what comes faster leaks less. A comparison over dt must say which it keeps, the weight or the charge.", { schemes: ["bindsnet", "rk4+located"], dt: 0.5, input: pulsesOf(120, 0.5), duration: 400 }],
    ],
  },
  chaos: {
    title: "Chaos and rounding",
    steps: [
      ["The same rule in 64 and in 32 bits", "Regular firing forgets a disturbance at its resets. Euler's spikes on the grid hardly differ between double and single precision.", { schemes: ["euler"], arithmetic: "f64,f32", dt: 0.5 }],
      ["A step that makes chaos", "The half-step of 1 ms moves its spikes far, and rounding decides by how much: 32 bits or a fixed point of 16.15 bits give other spikes than 64 bits do. The equations themselves are calm here; the step makes this chaos.", { schemes: ["half-step"], arithmetic: "f64,f32,s16.15", dt: 1 }],
      ["A mark for it", "A start 6·10⁻¹⁴ mV higher has other spikes: the table marks such a run with ~. Its error is one draw among many, and a comparison to the last spike says nothing about it. Move dt, and see where the mark goes away.", { schemes: ["half-step", "rk4", "rk4+located", "projective-8"], dt: 1 }],
    ],
  },
  truth: {
    title: "How the truth is known",
    steps: [
      ["Every error is measured against a solution with a bound", "The grey squares below the errors are bounds of the truth's own spike times: below 10⁻¹³ ms here. Two solvers that share neither method nor steps must agree within them, and interval arithmetic proves that no spike is missing.", { schemes: ["euler", "rk4+located", "projective-12"], dt: 0.5 }],
      ["Down to the bound", "The adaptive schemes take a tolerance in place of a step. At 10⁻¹² the linear form is off by 2·10⁻¹³ ms: what is left is rounding, and little above the bound.", { schemes: ["dop853", "taylor", "projective"], tolerance: 1e-12 }],
      ["Where bounds grow", "Under an inhibition of −99 mV/ms this neuron is chaotic by itself: every error is multiplied from spike to spike, the truth's own included. The grey band climbs until nothing is known any more: what the verdict says of later spikes is to be read with care, as the line below the figure warns. Shorten the duration to 200 ms, and every spike has its bound.", { schemes: ["rk4+located", "projective-8"], dt: 0.1, neuron: "a=0.2,b=2,c=-56,d=-16", input: "step:-99", duration: 600 }],
    ],
  },
};

const PLAIN = { neuron: "RS", parameters: {}, input: "step:10", drawn: null, duration: 1000, v0: "", u0: "", peak: null, arithmetic: "", dt: 0.5, tolerance: 1e-6, within: 1 };

function pulsesOf(weight, width) {
  return `pulse:${weight}:${width}@${Array.from({ length: 36 }, (_, k) => 20 + 10 * k).join(",")}`;
}

/** The state of a step of a story, which begins from the same place whatever the page was made with. */
function storyState(name, step) {
  return { ...structuredClone(DEFAULTS), ...PLAIN, ...STORIES[name].steps[step][2], story: name, step };
}
