"""The same network in Brian2 or NEST: `compare network FILE --drawn --out DIR`, then this, and whether its statistics are the truth's.

Run: pip install brian2 nest-simulator (or nest from conda); python benches/peers/network_file.py DIR {brian2,nest} [DT] [RUNS].
Charges alone, neurons of the forms of 2003 and 2004. Each run after the first begins with v kicked by 0.01 mV, as `compare network` has it.
Prints a row a statistic: the mean of the peer, that of the truths with their standard deviation over chaos, and how many of it they are
apart.
"""
import csv
import pathlib
import sys
import time

import numpy as np

GAMMA, ALPHA = (30, 80), (8, 13)


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def columns(path):
    with open(path) as file:
        names = file.readline().strip().split(",")
    return dict(zip(names, np.loadtxt(path, delimiter=",", skiprows=1, unpack=True, ndmin=2)))


class Drawn:
    """The network in a folder: parameters, edges, and the input of every neuron as pieces."""

    def __init__(self, folder):
        self.rows = table(folder / "neurons.csv")
        self.n = len(self.rows)
        self.edges, self.inputs = columns(folder / "edges.csv"), columns(folder / "inputs.csv")
        self.duration = float(self.rows[0]["duration_ms"])
        if self.rows[0]["synapse"] != "charge":
            sys.exit("this script has no currents: take a network of charges")

    def of(self, name):
        return np.array([float(row[name]) for row in self.rows])

    def kicked(self, seed):
        v = self.of("v0")
        return v if seed == 0 else v + 0.01 * np.random.default_rng(seed).choice([-1, 1], self.n)

    def groups(self):
        names = [row["population"] for row in self.rows]
        return {name: np.array([i for i, other in enumerate(names) if other == name]) for name in dict.fromkeys(names)}

    def grid(self, dt):
        """The input of every neuron in every step of dt, by the value at its start."""
        steps = round(self.duration / dt)
        values = np.zeros((steps, self.n))
        starts = (np.arange(steps) + 1e-9) * dt
        for i in range(self.n):
            own = self.inputs["neuron"] == i
            times, level = self.inputs["t_ms"][own], self.inputs["value"][own]
            place = np.searchsorted(times, starts, side="right") - 1
            values[:, i] = np.where(place >= 0, level[np.maximum(place, 0)], 0)
        return values


def statistics(drawn, neurons, times):
    """Those of `compare network`."""
    found = {}
    for name, members in drawn.groups().items():
        trains = [np.sort(times[neurons == i]) for i in members]
        gaps = [np.diff(train) for train in trains]
        every = np.sort(np.concatenate(gaps))
        found[name, "rate_Hz"] = 1000 * sum(map(len, trains)) / (len(members) * drawn.duration)
        found[name, "isi_cv"] = np.mean([gap.std() / gap.mean() for gap in gaps if len(gap) >= 2])
        for tenths, label in [(1, "isi_10_ms"), (5, "isi_median_ms"), (9, "isi_90_ms")]:
            found[name, label] = every[tenths * len(every) // 10]
        bins = int(drawn.duration // 5)
        counts = np.array([np.histogram(train, bins, (0, 5 * bins))[0] for train in trains])
        single = counts.var(axis=1).sum()
        found[name, "correlation"] = (counts.sum(axis=0).var() - single) / ((len(members) - 1) * single)
    bins = int(np.ceil(drawn.duration))
    counts = np.bincount(np.clip(np.ceil(times).astype(int), 1, bins) - 1, minlength=bins)
    power = np.abs(np.fft.rfft(counts - counts.mean())) ** 2 / len(times)
    hertz = np.arange(len(power)) * 1000 / bins
    for label, (low, high) in [("alpha_power", ALPHA), ("gamma_power", GAMMA)]:
        found["all", label] = power[(hertz >= low) & (hertz <= high)].mean()
    return found


def brian2(drawn, dt, seed):
    import brian2 as b

    b.start_scope()
    b.defaultclock.dt = dt * b.ms
    noise = b.TimedArray(drawn.grid(1.0), dt=1 * b.ms)
    neurons = b.NeuronGroup(drawn.n, """
        dv/dt = (k2*v**2 + k1*v + k0 - u + noise(t, i)) / ms : 1
        du/dt = a*(b*v - u) / ms : 1
        a : 1 (constant)
        b : 1 (constant)
        c : 1 (constant)
        d : 1 (constant)
        k2 : 1 (constant)
        k1 : 1 (constant)
        k0 : 1 (constant)
        peak : 1 (constant)""", threshold="v >= peak", reset="v = c; u += d", method="euler", namespace={"noise": noise})
    for name in ["a", "b", "c", "d", "k2", "k1", "k0", "peak"]:
        setattr(neurons, name, drawn.of(name))
    neurons.v, neurons.u = drawn.kicked(seed), drawn.of("u0")
    synapses = b.Synapses(neurons, neurons, "w : 1", on_pre="v_post += w")
    synapses.connect(i=drawn.edges["pre"].astype(int), j=drawn.edges["post"].astype(int))
    synapses.w, synapses.delay = drawn.edges["weight"], drawn.edges["delay_ms"] * b.ms
    spikes = b.SpikeMonitor(neurons)
    network = b.Network(neurons, synapses, spikes)
    begin = time.perf_counter()
    network.run(drawn.duration * b.ms)
    return np.array(spikes.i), np.array(spikes.t / b.ms), time.perf_counter() - begin


def nest(drawn, dt, seed):
    import nest as simulator

    simulator.ResetKernel()
    simulator.verbosity = simulator.VerbosityLevel.ERROR
    simulator.set(resolution=dt, local_num_threads=1)
    neurons = simulator.Create("izhikevich", drawn.n)
    # NEST's v' is 0.04 v² + 5 v + 140; its threshold is the peak.
    assert set(drawn.of("k2")) == {0.04} and set(drawn.of("k1")) == {5} and set(drawn.of("k0")) == {140}
    neurons.set({name: list(drawn.of(name)) for name in "abcd"})
    neurons.set({"V_th": list(drawn.of("peak")), "V_m": list(drawn.kicked(seed)), "U_m": list(drawn.of("u0"))})
    generators = simulator.Create("step_current_generator", drawn.n)
    for i in range(drawn.n):
        own = drawn.inputs["neuron"] == i
        times, level = drawn.inputs["t_ms"][own], drawn.inputs["value"][own]
        # A change has to come after the start: the first piece begins with the first step.
        generators[i].set(amplitude_times=np.maximum(np.round(times / dt) * dt, dt), amplitude_values=level)
    simulator.Connect(generators, neurons, "one_to_one", {"delay": dt})
    edges, sources = drawn.edges, np.array(neurons.tolist())
    simulator.Connect(sources[edges["pre"].astype(int)], sources[edges["post"].astype(int)], "one_to_one",
                      {"weight": edges["weight"], "delay": np.maximum(np.round(edges["delay_ms"] / dt) * dt, dt)})
    recorder = simulator.Create("spike_recorder")
    simulator.Connect(neurons, recorder)
    begin = time.perf_counter()
    simulator.Simulate(drawn.duration)
    events = recorder.events
    return events["senders"] - sources[0], events["times"], time.perf_counter() - begin


def main():
    folder, which = pathlib.Path(sys.argv[1]), sys.argv[2]
    dt, runs = float(sys.argv[3]) if len(sys.argv) > 3 else 0.1, int(sys.argv[4]) if len(sys.argv) > 4 else 4
    drawn, seen, seconds = Drawn(folder), [], []
    for seed in range(runs):
        neurons, times, took = {"brian2": brian2, "nest": nest}[which](drawn, dt, seed)
        seen.append(statistics(drawn, neurons, times))
        seconds.append(took)
    truth = {(row["population"], row["statistic"]): row for row in table(folder / "statistics.csv")}
    print(f"{which},dt {dt} ms,{runs} runs,{min(seconds):.2f} s each,{len(times)} spikes in the last")
    print("population,statistic,peer,peer_sd,truth,truth_sd,apart_in_sd")
    for (group, name), row in truth.items():
        values = np.array([run[group, name] for run in seen])
        mean, sd = float(row["truth"]), float(row["truth_sd"])
        print(f"{group},{name},{values.mean():.5g},{values.std():.2g},{mean:.5g},{sd:.2g},{abs(values.mean() - mean) / sd:.1f}")


main()
