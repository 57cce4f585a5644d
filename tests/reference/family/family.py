"""Spikes of the cells of the 2007 family, in 40-digit arithmetic: makes cases.json beside this file. Needs mpmath.

The equations are taken as they are printed, u and the input in pA:

    C v' = k (v - vr)(v - vt) - u + I(t)            k = klow below vt
    u'   = a (U(v) - u)                             U by the formula of each cell
    v >= peak(u):  v <- reset(u),  u <- jump(u);    v is then held for the refractory period, u goes on

Method: Taylor series of (v, u) of order 36 about the start of a step, which is as long as their last terms allow; a step ends at the
first root, found by sampling and bisection of its polynomial, of v - peak(u) or of v less a potential at which the field
changes. A second run with other order, precision and steps says how far the spike times may be trusted (`agreement_ms`).
"""

import json
import pathlib

from mpmath import mp, mpf

# C, k, klow, vr, vt, a, U = (slope, zero, cubic, vb; below vb slope, zero), peak, peak_u, c, c_u, d, umax, refractory; None where there is none.
CELLS = {
    "RS2007": dict(C=100, k="0.7", vr=-60, vt=-40, a="0.03", b=-2, c=-50, d=100, peak=35),
    "IB2007": dict(C=150, k="1.2", vr=-75, vt=-45, a="0.01", b=5, c=-56, d=130, peak=50),
    "CH2007": dict(C=50, k="1.5", vr=-60, vt=-40, a="0.03", b=1, c=-40, d=150, peak=25),
    "LTS2007": dict(C=100, k=1, vr=-56, vt=-42, a="0.03", b=8, c=-53, d=20, peak=40, peak_u="-0.1", c_u="0.04", umax=670),
    # U = 0 below -55, 0.025 (v + 55)^3 above.
    "FS2007": dict(C=20, k=1, vr=-55, vt=-40, a="0.2", c=-45, d=0, peak=25, vb=-55, above=[0, 0, 0, "0.025"], below=[0, 0]),
    # U = b (v + 65), b = 15 below -65, else 0.
    "TC2007": dict(C=200, k="1.6", vr=-60, vt=-50, a="0.01", c=-60, d=10, peak=35, peak_u="0.1", c_u="-0.1", vb=-65,
                   above=[0], below=[0, 15]),
    # U = b (v + 65), b = 10 below -65, else 2.
    "RTN2007": dict(C=40, k="0.25", vr=-65, vt=-45, a="0.015", c=-55, d=50, peak=0, vb=-65, above=[0, 2], below=[0, 10]),
    "CA1-PYR-strong": dict(C=115, k="3.3", klow="0.1", vr="-61.8", vt="-57", a="0.0012", b=3, c="-65.8", d=10, peak="22.6"),
    "CA1-PYR-weak": dict(C=300, k="3.3", klow="0.5", vr="-61.8", vt="-57", a="0.001", b=3, c="-65.8", d=5, peak="22.6"),
    "CA1-PV": dict(C=90, k=14, klow="1.7", vr="-60.6", vt="-43.1", a="0.1", b="-0.1", c=-67, d="0.1", peak="2.5"),
}
# What is typed after a name on the command line, and what it changes here.
CHANGES = {
    "refractory=2": dict(refractory=2),
    "refractory=3.3,umax=150": dict(refractory="3.3", umax=150),
    "klow=0.2,refractory=1.5,peak_u=0.02": dict(klow="0.2", refractory="1.5", peak_u="0.02"),
}
# Cell, what is typed after it, input, duration in ms. sine:MEAN:AMPLITUDE:HZ begins at 0.
CASES = [
    ("RS2007", "", "step:100", 500), ("RS2007", "", "sine:60:120:13", 500),
    ("IB2007", "", "step:500", 300), ("IB2007", "", "sine:300:300:7", 300),
    ("CH2007", "", "step:300", 200), ("CH2007", "", "sine:150:200:11", 200),
    ("LTS2007", "", "step:300", 300), ("LTS2007", "", "sine:150:250:9", 300),
    ("FS2007", "", "step:200", 200), ("FS2007", "", "sine:100:200:17", 300),
    ("TC2007", "", "step:150", 300), ("TC2007", "", "sine:0:400:5", 500),
    ("RTN2007", "", "step:150", 300), ("RTN2007", "", "sine:0:150:5", 500),
    ("CA1-PYR-strong", "", "step:100", 500), ("CA1-PYR-strong", "", "sine:20:60:5", 500),
    ("CA1-PYR-weak", "", "step:200", 500), ("CA1-PYR-weak", "", "sine:100:200:6", 500),
    ("CA1-PV", "", "step:300", 200), ("CA1-PV", "", "sine:100:300:19", 300),
    ("RS2007", "refractory=2", "step:200", 300), ("CH2007", "refractory=3.3,umax=150", "sine:150:200:11", 200),
    ("FS2007", "refractory=2", "step:200", 200), ("TC2007", "refractory=2", "sine:0:400:5", 500),
    ("RTN2007", "klow=0.2,refractory=1.5,peak_u=0.02", "sine:0:150:5", 500), ("CA1-PV", "refractory=2", "step:300", 200),
]


def number(x):
    return mpf(x) if x is not None else None


class Cell:
    def __init__(self, values):
        get = lambda key, default=None: number(values.get(key, default))
        self.C, self.k, self.vr, self.vt = get("C"), get("k"), get("vr"), get("vt")
        self.klow, self.a, self.c, self.d = get("klow", values["k"]), get("a"), get("c"), get("d")
        self.peak, self.peak_u, self.c_u = get("peak"), get("peak_u", 0), get("c_u", 0)
        self.umax, self.refractory = get("umax"), get("refractory", 0)
        # U as a polynomial in v - centre, above and below vb.
        self.vb = get("vb")
        if self.vb is None:
            self.centre, self.above, self.below = self.vr, [mpf(0), get("b")], [mpf(0), get("b")]
        else:
            self.centre = self.vb
            self.above, self.below = [[mpf(x) for x in values[side]] for side in ("above", "below")]
        switches = ([self.vt] if self.klow != self.k else []) + ([self.vb] if self.vb is not None else [])
        self.switches = sorted(set(switches))

    def series(self, side, v, u, input, order):
        """Taylor coefficients of v and u; `input` are those of I, `side` a potential that says which field holds."""
        k = self.klow if side < self.vt else self.k
        U = self.below if self.vb is not None and side < self.vb else self.above
        x, y, vs, us = [v - self.vr], [v - self.vt], [v], [u]
        powers = [[mpf(1)] + [mpf(0)] * order, [v - self.centre]]
        powers += [[] for _ in range(2, max(len(U), 2))]
        for n in range(order):
            cauchy = lambda p, q: mp.fdot((p[i], q[n - i]) for i in range(n + 1))
            for degree in range(2, len(powers)):
                powers[degree].append(cauchy(powers[degree - 1], powers[1]))
            target = sum((coefficient * powers[degree][n] for degree, coefficient in enumerate(U)), mpf(0))
            vs.append((k * cauchy(x, y) - us[n] + input[n]) / self.C / (n + 1))
            us.append(self.a * (target - us[n]) / (n + 1))
            for shifted in (x, y, powers[1]):
                shifted.append(vs[n + 1])
        return vs, us


class Input:
    def __init__(self, text):
        kind, *numbers = text.split(":")
        numbers = [mpf(x) for x in numbers]
        self.mean, self.amplitude, hertz = (numbers + [mpf(0), mpf(0)])[:3] if kind == "sine" else (numbers[0], mpf(0), mpf(0))
        self.omega = 2 * mp.pi * hertz / 1000

    def series(self, t, order):
        sin, cos = mp.sin(self.omega * t), mp.cos(self.omega * t)
        cycle, scale, series = [sin, cos, -sin, -cos], self.amplitude, []
        for n in range(order + 1):
            series.append(scale * cycle[n % 4])
            scale *= self.omega / (n + 1)
        series[0] += self.mean
        return series


def value(coefficients, h):
    return mp.polyval(coefficients[::-1], h)


def first_root(coefficients, h, samples):
    """The first time in (0, h] at which the polynomial comes from below 0 to 0 or above."""
    before = mpf(0)
    if value(coefficients, before) >= 0:
        before = None
    for i in range(1, samples + 1):
        t = h * i / samples
        at = value(coefficients, t)
        if at >= 0 and before is not None:
            low, high = before, t
            for _ in range(mp.prec + 8):
                middle = (low + high) / 2
                low, high = (low, middle) if value(coefficients, middle) >= 0 else (middle, high)
            return high
        before = t if at < 0 else None
    return None


def spikes(cell, input, duration, order, samples, factor):
    t, v, u, found = mpf(0), cell.vr, mpf(0), []
    while t < duration:
        forcing = input.series(t, order)
        side = v
        if v in cell.switches:
            k = cell.klow if v < cell.vt else cell.k
            side = v - mpf(10) ** -20 if k * (v - cell.vr) * (v - cell.vt) - u + forcing[0] < 0 else v
        vs, us = cell.series(side, v, u, forcing, order)
        tiny = mpf(10) ** (-mp.dps + 4)
        sizes = [max(abs(vs[n]), abs(us[n])) for n in (order - 1, order)]
        reach = min((tiny / max(size, mpf(10) ** -300)) ** (mpf(1) / n) for size, n in zip(sizes, (order - 1, order)))
        h = min(factor * reach, mpf(2), duration - t)
        events = []
        height = [v_n - cell.peak_u * u_n for v_n, u_n in zip(vs, us)]
        height[0] -= cell.peak
        events.append((first_root(height, h, samples), "spike", None))
        for switch in cell.switches:
            for sign in (1, -1):
                level = [sign * v_n for v_n in vs]
                level[0] -= sign * switch
                if level[0] < 0:
                    events.append((first_root(level, h, samples), "switch", switch))
        events = [event for event in events if event[0] is not None]
        if not events:
            t, v, u = t + h, value(vs, h), value(us, h)
            continue
        at, kind, switch = min(events, key=lambda event: event[0])
        t, v, u = t + at, value(vs, at), value(us, at)
        if kind == "switch":
            v = switch
            continue
        if t > duration:
            break
        found.append(t)
        v, u = cell.c + cell.c_u * u, u + cell.d
        if cell.umax is not None:
            u = min(u, cell.umax)
        if cell.refractory > 0:
            U = cell.below if cell.vb is not None and v < cell.vb else cell.above
            target = mp.polyval(U[::-1], v - cell.centre)
            u = target + (u - target) * mp.exp(-cell.a * cell.refractory)
            t += cell.refractory
    return found


def main():
    cases = []
    for name, change, text, duration in CASES:
        runs = []
        for dps, order, samples, factor in ((34, 32, 24, mpf("0.5")), (40, 36, 40, mpf("0.4"))):
            mp.dps = dps
            cell = Cell({**CELLS[name], **CHANGES.get(change, {})})
            runs.append(spikes(cell, Input(text), mpf(duration), order, samples, factor))
        assert len(runs[0]) == len(runs[1]), (name, change, text)
        agreement = max((abs(a - b) for a, b in zip(*runs)), default=mpf(0))
        typed = name + ("," + change if change else "")
        print(f"{typed:55} {text:18} {len(runs[1]):3} spikes, agreement {mp.nstr(agreement, 2)} ms", flush=True)
        cases.append({"neuron": typed, "input": text, "duration": duration, "agreement_ms": mp.nstr(agreement, 2),
                      "spikes_ms": [mp.nstr(t, 22) for t in runs[1]]})
    path = pathlib.Path(__file__).with_name("cases.json")
    path.write_text(json.dumps(cases, indent=1) + "\n")


main()
