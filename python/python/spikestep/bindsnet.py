"""Networks of BindsNET as files that ``compare replay`` runs again, under any scheme and at any step.

A network of an ``Input``, ``IzhikevichNodes`` and a dense ``Connection`` between the two, with or without learning, is written as it stands
together with the spikes that its inputs will be given:

>>> from spikestep.bindsnet import export                               # doctest: +SKIP
>>> export(network, [monitor.get("s")], "mine", labels=[3])             # doctest: +SKIP

Then ``compare replay --config mine.json --input mine.input.csv --scheme bindsnet,projective-6 --dt 1,0.5 --out mine`` says what the step did.
BindsNET and torch are not imported: what is asked of the objects are their attributes.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["export"]

_RULES = {"PostPre", "WeightDependentPostPre", "NoOp"}


def export(
    network: Any,
    inputs: Iterable[Any],
    path: str | os.PathLike[str],
    labels: Sequence[int] | None = None,
) -> tuple[Path, Path]:
    """Write ``network`` and its ``inputs`` as ``path.json`` and ``path.input.csv``, whose paths are returned.

    The weights are those the network has now, so that it is exported before it is run on these inputs. ``inputs`` has one tensor of spikes
    for each presentation, of shape (time, batch, *inputs*) as monitors of ``"s"`` give them and ``Network.run`` takes them, all of one shape;
    each presentation is a ``run`` from rest, with ``reset_state_variables`` after it. ``labels`` has the class of each presentation (of each
    row of it, in a batch), counted from 0, for the comparison of answers.

    Raises ``ValueError`` for anything that the recording would not be able to say: other layers, connections, rules or features, spikes
    of other shapes.
    """
    source, target, connection = _parts(network)
    rule = type(connection.update_rule).__name__
    if rule not in _RULES:
        raise ValueError(f"the update rule is {rule}; allowed: {', '.join(sorted(_RULES))}")
    if not getattr(network, "learning", True):
        # A network that is not training: its weights stay, but for the normalisation.
        rule = "NoOp"
    if getattr(connection, "weight_decay", None):
        raise ValueError("the connection has a weight_decay, which a replay does not know")
    bias = getattr(connection, "b", None)
    if bias is not None and any(_numbers(bias)):
        raise ValueError("the connection has a bias, which a replay does not know")
    if source.traces and target.traces:
        for name in ("tc_trace", "trace_scale", "traces_additive"):
            ours, theirs = _scalar(getattr(source, name)), _scalar(getattr(target, name))
            if ours != theirs:
                raise ValueError(f"{name} is {ours} of the inputs and {theirs} of the neurons; a replay has one for both")
    if rule != "NoOp" and not (source.traces and target.traces):
        raise ValueError("a connection that learns needs traces=True of both its layers")

    told = [_spikes(spikes, source.n) for spikes in inputs]
    if not told:
        raise ValueError("no presentation; give the spikes of at least one")
    steps, batch = len(told[0]), len(told[0][0])
    if any(len(spikes) != steps or len(spikes[0]) != batch for spikes in told):
        raise ValueError("presentations of different length or batch; give them one length and one batch")
    if labels is not None and len(labels) != len(told) * batch:
        raise ValueError(f"{len(labels)} labels; allowed: {len(told) * batch}, one for each row of each presentation")

    n = target.n
    description: dict[str, Any] = {
        "kind": "network_stdp",
        "dt": float(network.dt),
        "steps": steps,
        "presentations": len(told),
        "batch": batch,
        "n_input": source.n,
        "n": n,
        "dtype": "float64" if "64" in str(connection.w.dtype) else "float32",
        "thresh": _scalar(target.thresh),
        "rest": _scalar(target.rest),
        "lbound": None if target.lbound is None else _scalar(target.lbound),
        "tc_trace": _scalar(target.tc_trace) if target.traces else 20.0,
        "trace_scale": _scalar(target.trace_scale) if target.traces else 1.0,
        "traces_additive": bool(target.traces_additive) if target.traces else False,
        "rule": rule,
        "nu": [float(_scalar(nu)) for nu in connection.update_rule.nu] if rule != "NoOp" else [0.0, 0.0],
        "reduction": _reduction(connection),
        **{name: _numbers(getattr(target, name)) for name in "abcd"},
        "S": _rows(target.S, n, n),
        "w0": _rows(connection.w, source.n, n),
    }
    for name in ("wmin", "wmax", "norm"):
        value = getattr(connection, name, None)
        bounds = [] if value is None else sorted(set(_numbers(value)))
        if len(bounds) > 1:
            raise ValueError(f"{name} differs from weight to weight; a replay has one for all")
        if bounds and math.isfinite(bounds[0]):
            description[name] = bounds[0]
    if labels is not None:
        description["labels"] = [int(label) for label in labels]

    lines = ["presentation,step,batch,spiking_inputs"]
    for presentation, spikes in enumerate(told):
        for step, rows in enumerate(spikes):
            lines += [f"{presentation},{step},{row},{' '.join(map(str, fired))}" for row, fired in enumerate(rows)]
    files = Path(f"{os.fspath(path)}.json"), Path(f"{os.fspath(path)}.input.csv")
    files[0].write_text(json.dumps(description, allow_nan=False))
    files[1].write_text("\n".join(lines) + "\n")
    return files


def _parts(network: Any) -> tuple[Any, Any, Any]:
    """The inputs, the neurons and the connection between them."""
    kinds = {name: type(layer).__name__ for name, layer in network.layers.items()}
    if sorted(kinds.values()) != ["Input", "IzhikevichNodes"]:
        raise ValueError(f"the layers are {kinds}; allowed: one Input and one IzhikevichNodes")
    source, target = (network.layers[name] for name in sorted(kinds, key=kinds.__getitem__))
    connections = list(network.connections.values())
    if len(connections) != 1 or connections[0].source is not source or connections[0].target is not target:
        raise ValueError("the connections are other than one from the inputs to the neurons; lateral weights are the neurons' own S")
    kind = type(connections[0]).__name__
    if kind != "Connection":
        raise ValueError(f"the connection is a {kind}; allowed: a Connection, dense")
    return source, target, connections[0]


def _reduction(connection: Any) -> str:
    """How the rule joins the rows of a batch."""
    name = getattr(getattr(connection.update_rule, "reduction", None), "__name__", "sum")
    if name == "squeeze":
        # BindsNET's for a batch of one.
        return "sum"
    if name not in ("sum", "mean"):
        raise ValueError(f"the reduction over the batch is {name}; allowed: torch.sum, torch.mean")
    return name


def _spikes(spikes: Any, n: int) -> list[list[list[int]]]:
    """For each step and row, the inputs that spike."""
    shape = tuple(spikes.shape)
    if len(shape) < 3 or math.prod(shape[2:]) != n or 0 in shape:
        raise ValueError(f"spikes of shape {shape}; allowed: (time, batch, inputs) of {n} inputs")
    flat = spikes.reshape(shape[0], shape[1], n).tolist()
    return [[[i for i, spike in enumerate(row) if spike] for row in step] for step in flat]


def _scalar(value: Any) -> float:
    """A number, also of a tensor with one element."""
    return float(value.item() if hasattr(value, "item") else value)


def _numbers(value: Any) -> list[float]:
    """The numbers of a tensor, one after the other; of a number, it alone."""
    return [float(x) for x in value.reshape(-1).tolist()] if hasattr(value, "reshape") else [float(value)]


def _rows(matrix: Any, height: int, width: int) -> list[list[float]]:
    """A matrix, row by row."""
    rows: list[list[float]] = matrix.reshape(height, width).tolist()
    return rows
