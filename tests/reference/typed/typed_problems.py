"""Random problems as they are typed on the command line, and their spikes to 30 digits.

    python typed_problems.py COUNT SEED > problems.json        (needs gmpy2)

Every number of a text is read as the exact rational it is, and all that is derived from it (k0 = k vr vt / C, u0 = b v0 + b0, slopes,
2 pi f / 1000) is computed from the rationals, with numbers of 160 bits where pi comes in. The equations are then solved by Taylor series
of order 46 in 160 bits, 48 digits, each step so short that its last terms are below 1e-38; a spike is the root of the series.
A second run with other steps (order 40, terms below 1e-34) must agree to 1e-24, or the problem is left out: so are those near a tangency.
"""
import json
import random
import sys
from fractions import Fraction

import gmpy2
from gmpy2 import mpfr

gmpy2.get_context().precision = 160
NAMES = ("a", "b", "c", "d", "k2", "k1", "k0", "b0", "leak", "peak")


def real(x):
    return mpfr(x.numerator) / mpfr(x.denominator)


def neuron_of(text):
    """The parameters, the start and the factor of the input, all exact."""
    given = {key: Fraction(value) for key, value in (part.split("=") for part in text.split(","))}
    if "C" in given:
        C, k, vr, vt, b = (given[key] for key in ("C", "k", "vr", "vt", "b"))
        n = {"a": given["a"], "b": b / C, "c": given["c"], "d": given["d"] / C, "k2": k / C, "k1": -k * (vr + vt) / C,
             "k0": k * vr * vt / C, "b0": -b * vr / C, "leak": Fraction(1), "peak": given["vpeak"]}
        return n, vr, Fraction(0), 1 / C
    rs = {"a": "0.02", "b": "0.2", "c": "-65", "d": "8", "k2": "0.04", "k1": "5", "k0": "140", "b0": "0", "leak": "1", "peak": "30"}
    n = {key: given.get(key, Fraction(rs[key])) for key in NAMES}
    return n, Fraction(-65), n["b"] * -65 + n["b0"], Fraction(1)


def input_of(text, duration, csv):
    """Pieces (start, value, slope) and a sinusoid (start, amplitude, Hz) or none."""
    kind, rest = text.split(":", 1)
    if kind == "csv":
        rows = [tuple(map(Fraction, row.split(","))) for row in csv.split()]
        pieces = [(t, x, (y - x) / (s - t)) for (t, x), (s, y) in zip(rows, rows[1:])] + [(*rows[-1], Fraction(0))]
        return pieces, None
    values, _, times = rest.partition("@")
    values, times = [Fraction(x) for x in values.split(":")], [Fraction(x) for x in (times or "0").split(",")]
    if kind == "step":
        return [(times[0], values[0], Fraction(0))], None
    if kind == "ramp":
        first, last = values
        return [(times[0], first, (last - first) / (duration - times[0])), (duration, last, Fraction(0))], None
    if kind == "pulse":
        return [piece for t in times for piece in ((t, values[0], Fraction(0)), (t + values[1], Fraction(0), Fraction(0)))], None
    if kind == "sine":
        mean, amplitude, frequency = values
        return [(times[0], mean, Fraction(0))], (times[0], amplitude, frequency)
    raise ValueError(kind)


def horner(series, t):
    total = mpfr(0)
    for x in reversed(series):
        total = total * t + x
    return total


def solve(problem, order, digits):
    duration = Fraction(problem["duration"])
    n, v0, u0, scale = neuron_of(problem["neuron"])
    if "v0" in problem:
        v0 = Fraction(problem["v0"])
        u0 = n["b"] * v0 + n["b0"]
    u0 = Fraction(problem["u0"]) if "u0" in problem else u0
    pieces, sinusoid = input_of(problem["input"], duration, problem.get("csv"))
    stops = sorted({t for t, *_ in pieces if 0 < t < duration} | {duration})
    n = {key: real(x) for key, x in n.items()}
    pieces = [tuple(map(real, (t, x * scale, slope * scale))) for t, x, slope in pieces]
    if sinusoid:
        sinusoid = real(sinusoid[0]), real(sinusoid[1] * scale), 2 * gmpy2.const_pi() * real(sinusoid[2]) / 1000
    small = mpfr(10) ** -digits
    t, v, u, spikes = mpfr(0), real(v0), real(u0), []
    for stop in map(real, stops):
        while t < stop:
            forcing = [mpfr(0)] * (order + 1)
            within = (t + stop) / 2
            for start, value, slope in reversed(pieces):
                if start <= within:
                    forcing[0], forcing[1] = value + slope * (t - start), slope
                    break
            if sinusoid and sinusoid[0] <= within:
                start, amplitude, omega = sinusoid
                sine, cosine = gmpy2.sin_cos(omega * (t - start))
                factor = amplitude
                for k in range(order + 1):
                    forcing[k] += factor * (sine, cosine, -sine, -cosine)[k % 4]
                    factor *= omega / (k + 1)
            vs, us = [v], [u]
            for k in range(order):
                square = sum((vs[j] * vs[k - j] for j in range((k + 1) // 2)), mpfr(0)) * 2
                if k % 2 == 0:
                    square += vs[k // 2] ** 2
                one = 1 if k == 0 else 0
                vs.append((n["k2"] * square + n["k1"] * vs[k] + one * n["k0"] - us[k] + forcing[k]) / (k + 1))
                us.append(n["a"] * (n["b"] * vs[k] + one * n["b0"] - n["leak"] * us[k]) / (k + 1))
            h = stop - t
            for series in (vs, us):
                size = max(abs(series[0]), mpfr(1))
                for j in (order, order - 1):
                    if series[j] != 0:
                        h = min(h, (small * size / abs(series[j])) ** (mpfr(1) / j))
            last = h == stop - t
            hit, low = None, mpfr(0)
            for q in range(1, 17):
                high = h * q / 16
                if horner(vs, high) >= n["peak"]:
                    hit = high
                    break
                low = high
            if hit is None:
                t, v, u = (stop if last else t + h), horner(vs, h), horner(us, h)
                continue
            for _ in range(12):
                middle = (low + hit) / 2
                low, hit = (low, middle) if horner(vs, middle) >= n["peak"] else (middle, hit)
            slope = [j * vs[j] for j in range(1, order + 1)]
            for _ in range(8):
                hit -= (horner(vs, hit) - n["peak"]) / horner(slope, hit)
            t, v, u = t + hit, n["c"], horner(us, hit) + n["d"]
            spikes.append(t)
            if len(spikes) > 200:
                return None
    return spikes


def typed(rng, low, high, digits=None):
    digits = rng.choice((0, 1, 2, 3)) if digits is None else digits
    return f"{rng.uniform(low, high):.{digits}f}"


def random_problem(rng):
    of_2007 = rng.random() < 0.6
    if of_2007:
        vr = typed(rng, -75, -55, rng.choice((0, 1, 2)))
        vt, vpeak = typed(rng, -50, -40, rng.choice((0, 1, 2))), typed(rng, 20, 45, rng.choice((0, 1)))
        C, k = typed(rng, 25, 160), typed(rng, 0.5, 2, rng.choice((1, 2, 3)))
        b, d = (rng.choice(("0", typed(rng, -2, 5))), rng.choice(("0", typed(rng, 20, 150))))
        neuron = f"C={C},k={k},vr={vr},vt={vt},a={typed(rng, 0.01, 0.1, 3)},b={b},c={typed(rng, -62, -52)},d={d},vpeak={vpeak}"
        level, name = typed(rng, 60, 400), "pA"
    else:
        neuron = f"a={typed(rng, 0.01, 0.1, 3)},b={typed(rng, 0.15, 0.27, 3)},c={typed(rng, -66, -52)},d={typed(rng, 1, 9)}"
        if rng.random() < 0.3:
            neuron += f",k0={typed(rng, 137, 142, 17)},b0={typed(rng, -0.5, 0.5, 3)},peak={typed(rng, 20, 40, 1)}"
        level, name = typed(rng, 5, 20), "mV/ms"
    duration = typed(rng, 100, 300, rng.choice((0, 1)))
    onset = rng.choice(("", "", f"@{typed(rng, 1, 40)}"))
    problem = {"neuron": neuron, "duration": duration}
    part = lambda low, high: typed(rng, low * float(level), high * float(level))
    kind = rng.choice(("step", "ramp", "sine", "sine", "pulse", "csv"))
    if kind == "step":
        problem["input"] = f"step:{level}{onset}"
    elif kind == "ramp":
        problem["input"] = f"ramp:{part(0, 0.6)}:{part(0.8, 1.6)}{onset}"
    elif kind == "sine":
        problem["input"] = f"sine:{level}:{part(0.1, 0.6)}:{typed(rng, 2, 250)}{onset}"
    elif kind == "pulse":
        width = typed(rng, 5, 15, 2)
        problem["input"] = f"pulse:{part(1, 2)}:{width}@{typed(rng, 1, 20)},{typed(rng, 40, 60)},{typed(rng, 80, 90)}"
    else:
        times = sorted(rng.sample(range(1, 90), 6))
        rows = [f"{t + rng.random():.{rng.choice((1, 2))}f},{part(0.3, 1.6)}" for t in times]
        problem["input"], problem["csv"] = "csv:FILE", "\n".join(rows)
    if rng.random() < 0.3:
        problem["v0"] = typed(rng, -75, -55)
    if rng.random() < 0.15:
        problem["u0"] = typed(rng, -14, -6) if name == "mV/ms" else typed(rng, -0.5, 0.5)
    return problem


AUDIT = {"neuron": "C=40,k=1.6,vr=-63.0,vt=-50.7,a=0.02,b=0,c=-63.0,d=0,vpeak=30", "input": "step:60.637", "duration": "300"}


def main(count, seed):
    rng, found = random.Random(seed), []
    gmpy2.get_context().precision = 160
    problems = [AUDIT]
    while len(found) < count:
        problem = problems.pop() if problems else random_problem(rng)
        fine, coarse = solve(problem, 46, 38), solve(problem, 40, 34)
        if fine is None or coarse is None or len(fine) != len(coarse) or not fine:
            continue
        apart = max(abs(x - y) for x, y in zip(fine, coarse))
        if apart > 1e-24:
            print("left out", problem, float(apart), file=sys.stderr)
            continue
        found.append({**problem, "spikes": [f"{t:.30f}" for t in fine]})
        print(len(found), problem["input"], len(fine), float(apart), file=sys.stderr)
    print("[\n" + ",\n".join(json.dumps(problem) for problem in found) + "\n]")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
