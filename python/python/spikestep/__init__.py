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
spike trains, and `scheme` makes a scheme of your own. `judge` says what made a recording, `io` reads what other programs record, `explore`
gives a page on which a problem moves under the hand, and a `Study` is a grid of problems, schemes and steps for hours of work, on a cluster
too. A `Population` is many neurons at one step, a `Network` layers and weights that may learn, `network` holds a network to its truth,
`replay` runs a recorded one again, and `recognition` has networks that tell pictures apart.
"""

from . import io, recognition
from ._compare import Check, Comparison, Run, check, compare
from ._coupled import Curve, NetworkComparison, NetworkRun, NetworkTruth, Statistic, network
from ._distances import Distances, distances
from ._explore import Explorer, explore
from ._judge import Advice, Judgement, Rule, judge
from ._layer import Connection, Layer, LayerView, Traces
from ._network import Monitor, Network, Record
from ._neuron import Neuron
from ._population import Population, PopulationRun
from ._problem import Problem
from ._recommend import Choice, Recommendation, SimulatorNeed, recommend
from ._replay import Difference, Replay, Rerun, replay
from ._scheme import scheme
from ._solve import solve
from ._spikestep import Scheme, Solution, SpikestepError, UnknownNameError, __version__, schemes
from ._study import Study, StudyResults
from ._truth import Truth, truth

__all__ = [
    "Advice",
    "Check",
    "Choice",
    "Comparison",
    "Connection",
    "Curve",
    "Difference",
    "Distances",
    "Explorer",
    "Judgement",
    "Layer",
    "LayerView",
    "Monitor",
    "Network",
    "NetworkComparison",
    "NetworkRun",
    "NetworkTruth",
    "Neuron",
    "Population",
    "PopulationRun",
    "Problem",
    "Recommendation",
    "Record",
    "Replay",
    "Rerun",
    "Rule",
    "Run",
    "Scheme",
    "SimulatorNeed",
    "Solution",
    "SpikestepError",
    "Statistic",
    "Study",
    "StudyResults",
    "Traces",
    "Truth",
    "UnknownNameError",
    "__version__",
    "check",
    "compare",
    "distances",
    "explore",
    "io",
    "judge",
    "network",
    "recognition",
    "recommend",
    "replay",
    "scheme",
    "schemes",
    "solve",
    "truth",
]
