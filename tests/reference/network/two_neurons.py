"""Two coupled Izhikevich neurons to 25 digits.

v' = 0.04 v^2 + 5 v + 140 - u + I + s,  u' = a (b v - u),  s' = -s/tau; v >= 30: v <- c, u <- u + d. A spike reaches the other neuron
`delay` ms later: as a charge q, v <- v + q, or as a current, s <- s + q/tau.

Taylor series of order 40 in 40 digits, cut at every arrival and every spike; the spike time by Newton's method on the series. Writes
two_charge.csv and two_current.csv (neuron,t_ms), which tests/networks/exact.rs holds the networks of `cases` to.

    python3 tests/reference/network/two_neurons.py
"""
import pathlib
from mpmath import mp, mpf

mp.dps = 40
ORDER = 40
EPS = mpf(10) ** -34

# All numbers are short binary fractions or what the f64 nearest to the decimal is, as the program has them.
def f(x):
    return mpf(float(x))

K2 = f(0.04)
RS = dict(a=f(0.02), b=f(0.2), c=f(-65), d=f(8))
FS = dict(a=f(0.1), b=f(0.2), c=f(-65), d=f(2))
CASES = {
    # neurons, inputs, charges from 0 to 1 and from 1 to 0, delays, time constant, duration
    "two_charge": ([RS, FS], [10, 6], [12, -6], [f(1.5), f(0.75)], None, 200),
    "two_current": ([RS, FS], [10, 6], [30, -20], [f(1.5), f(0.75)], f(5), 200),
}


def series(m, current, tau, v, u, s):
    v, u, s = [v], [u], [s]
    for n in range(ORDER):
        square = sum((v[j] * v[n - j] for j in range(n + 1)), mpf(0))
        dv = K2 * square + 5 * v[n] - u[n] + s[n]
        if n == 0:
            dv += 140 + current
        v.append(dv / (n + 1))
        u.append(m["a"] * (m["b"] * v[n] - u[n]) / (n + 1))
        s.append(-s[n] / tau / (n + 1) if tau else mpf(0))
    return v, u, s


def at(c, t):
    r = mpf(0)
    for x in reversed(c):
        r = r * t + x
    return r


def step_length(c):
    h = mpf(1)
    for m in (ORDER, ORDER - 1):
        if c[m] != 0:
            h = min(h, (EPS * max(abs(c[0]), 1) / abs(c[m])) ** (mpf(1) / m))
    return h


def crossing(v, h):
    """The first time in (0, h] at which v reaches 30, where v(h) is beyond."""
    low, high = mpf(0), h
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if at(v, middle) >= 30 else (middle, high)
    slope = [n * c for n, c in enumerate(v)][1:]
    t = high
    for _ in range(20):
        change = (at(v, t) - 30) / at(slope, t)
        t -= change
        if abs(change) < mpf(10) ** -36:
            break
    return t


def solve(neurons, inputs, charges, delays, tau, duration):
    state = [(mpf(-65), m["b"] * -65, mpf(0)) for m in neurons]
    now, arrivals, spikes = mpf(0), [], []
    while now < duration:
        arrivals.sort()
        target = min([mpf(duration)] + [t for t, *_ in arrivals])
        sides = [series(m, i, tau, *x) for m, i, x in zip(neurons, inputs, state)]
        h = min([target - now] + [step_length(side[0]) for side in sides])
        fired = [(crossing(side[0], h), i) for i, side in enumerate(sides) if at(side[0], h) >= 30]
        spiker = None
        if fired:
            h, spiker = min(fired)
        state = [tuple(at(c, h) for c in side) for side in sides]
        now = target if spiker is None and h == target - now else now + h
        if spiker is not None:
            v, u, s = state[spiker]
            state[spiker] = (neurons[spiker]["c"], u + neurons[spiker]["d"], s)
            spikes.append((spiker, now))
            arrivals.append((now + delays[spiker], 1 - spiker, charges[spiker]))
            continue
        while arrivals and arrivals[0][0] == now:
            _, post, q = arrivals.pop(0)
            v, u, s = state[post]
            state[post] = (v + q, u, s) if tau is None else (v, u, s + q / tau)
            assert state[post][0] < 30
    return spikes


for name, case in CASES.items():
    spikes = solve(*case)
    rows = "".join(f"{i},{mp.nstr(t, 25)}\n" for i, t in spikes)
    pathlib.Path(__file__).with_name(f"{name}.csv").write_text("neuron,t_ms\n" + rows)
    print(name, len(spikes), "spikes")
