"""What a time step does to an Izhikevich spiking neuron.

>>> import spikestep as ss
>>> problem = ss.Problem("RS", input=10.0, duration=1000.0)
>>> truth = ss.truth(problem)
>>> len(truth.spikes), truth.bound < 1e-11
(23, True)
>>> run = ss.solve(problem, "rk4+located", dt=0.5)
>>> bool(abs(run.spikes - truth.spikes).max() < 0.12)
True

Times are in ms, v in mV, u and inputs in mV/ms (in pA for the cells of the 2007 book, which have a capacitance). What is refused raises
a `SpikestepError`, which is a `ValueError` and says what was given, what is allowed, and how to mend it.

A problem is a `Problem`. `solve` gives the run of one scheme, `truth` the solution that errors are measured against, `compare` ranks
schemes over steps, `recommend` searches for the cheapest one, `check` says in a line whether a step is fine, `distances` compares two
spike trains, `scheme` makes a scheme of your own, and `explore` a page on which a problem moves under the hand.
"""

from ._compare import Check, Comparison, Run, check, compare
from ._distances import Distances, distances
from ._explore import Explorer, explore
from ._neuron import Neuron
from ._problem import Problem
from ._recommend import Choice, Recommendation, SimulatorNeed, recommend
from ._scheme import scheme
from ._solve import solve
from ._spikestep import Scheme, Solution, SpikestepError, UnknownNameError, __version__, schemes
from ._truth import Truth, truth

__all__ = [
    "Check",
    "Choice",
    "Comparison",
    "Distances",
    "Explorer",
    "Neuron",
    "Problem",
    "Recommendation",
    "Run",
    "Scheme",
    "SimulatorNeed",
    "Solution",
    "SpikestepError",
    "Truth",
    "UnknownNameError",
    "__version__",
    "check",
    "compare",
    "distances",
    "explore",
    "recommend",
    "scheme",
    "schemes",
    "solve",
    "truth",
]
