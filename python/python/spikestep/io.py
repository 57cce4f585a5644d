"""What other programs record, as arrays: spike trains in ms, and traces of v and u.

Objects of Brian2, NEST, Neo, PyNN and `quantities` are known by what they can do, and files by what they hold; nothing is imported that is
not there already. NWB, SONATA and MATLAB's 7.3 files need h5py (`pip install 'spikestep[files]'`), older MATLAB files scipy.

Times have units: those of Brian2 are seconds, of NEST ms, of NWB seconds, and so on. Bare numbers, which may be ms or s, are refused unless
their unit is given.

>>> spike_trains([0.01, 0.02], unit="s")
{'': array([10., 20.])}
>>> spike_trains([0.01, 0.02])
Traceback (most recent call last):
...
spikestep.SpikestepError: the spike times have no unit; allowed: "ms", "s" or "us". Give unit="ms", or times with a unit.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _spikestep
from ._spikestep import SpikestepError
from ._units import array, in_unit

if TYPE_CHECKING:
    from ._units import Array

__all__ = ["spike_trains", "trace"]

#: Milliseconds in a unit of time.
_UNITS = {"ms": 1.0, "s": 1e3, "us": 1e-3}
#: Names of v and u in the recordings of simulators.
_ROLES = {"v": ("v", "v_m", "vm", "voltage"), "u": ("u", "u_m")}


def spike_trains(source: Any, *, unit: str | None = None, variable: str | None = None) -> dict[str, Array]:
    """The spike trains of a recording.

    Parameters
    ----------
    source
        A Brian2 `SpikeMonitor`; NEST's events (the dictionary, or the recorder that has them); a `neo.SpikeTrain`, a list of them, a segment or
        a block, as PyNN's `get_data()` gives; a `Solution`; a mapping of names to times; one train of times; or a path: NWB (.nwb), SONATA
        (.h5), MATLAB (.mat), .npy, .npz, NEST's .dat and .gdf, CSV and other text.
    unit
        "ms", "s" or "us": of numbers that have no unit of their own. Where a source has one, that counts.
    variable
        Of a .mat file the name of the variable with the times, or cells of times.

    Returns
    -------
    dict
        Times [ms] of shape (spikes,) that do not decrease, by the name of the neuron; one train without a name is called "".

    Raises
    ------
    SpikestepError
        A source of another kind; times without a unit.

    Examples
    --------
    >>> nest_events = {"senders": [2, 1, 2], "times": [3.1, 4.0, 26.2]}
    >>> spike_trains(nest_events)
    {'1': array([4.]), '2': array([ 3.1, 26.2])}
    """
    if unit is not None and unit not in _UNITS:
        raise SpikestepError(f"unit is {unit!r}; allowed: \"ms\", \"s\" or \"us\". Give unit=\"ms\".")
    if isinstance(source, (str, os.PathLike)):
        return _of_file(Path(source), unit, variable)
    if isinstance(source, _spikestep.Solution):
        return {"": source.spikes}
    if hasattr(source, "segments"):
        source = [train for segment in source.segments for train in segment.spiketrains]
    elif hasattr(source, "spiketrains"):
        source = list(source.spiketrains)
    events = _events(source)
    if events is not None and "senders" in events:
        return _by_neuron(events["senders"], events["times"], "ms" if unit is None else unit)
    if hasattr(source, "spike_trains") and hasattr(source, "i"):
        return _by_neuron(source.i, source.t, None)
    if isinstance(source, Mapping):
        return {str(name): _times(times, unit) for name, times in source.items()}
    if isinstance(source, (list, tuple)) and source and not isinstance(source[0], (int, float)) and not _is_scalar(source[0]):
        return {_name(train, place): _times(train, unit) for place, train in enumerate(source)}
    return {"": _times(source, unit)}


def spike_train(source: Any, *, neuron: str | int | None = None, unit: str | None = None) -> Array:
    """One train of what `spike_trains` reads: that of `neuron`, or the only one.

    >>> spike_train({"senders": [2, 1, 2], "times": [3.1, 4.0, 26.2]}, neuron=2)
    array([ 3.1, 26.2])
    """
    trains = spike_trains(source, unit=unit)
    if neuron is None and len(trains) == 1:
        return next(iter(trains.values()))
    if str(neuron) not in trains:
        names = ", ".join(repr(name) for name in list(trains)[:20])
        given = f"{len(trains)} trains" if neuron is None else f"no train called {str(neuron)!r}"
        raise SpikestepError(f"the recording has {given}; allowed: one of {names}. Give neuron=.")
    return trains[str(neuron)]


def trace(source: Any, *, neuron: int = 0, unit: str | None = None) -> dict[str, Any]:
    """A recording of v, and u where there is one, of one neuron.

    Parameters
    ----------
    source
        A Brian2 `StateMonitor` of v and u; NEST's events of a multimeter; a `neo.AnalogSignal` of v, or a segment or block with signals that
        are called v and u, as PyNN's `get_data()` gives; a `Solution` with a trace; a mapping with "t", "v" and perhaps "u" and "input".
    neuron
        Which one, by its place in the recording.
    unit
        "ms", "s" or "us": of times in a mapping that have none.

    Returns
    -------
    dict
        "t_ms", "v" [mV] and where they are recorded "u" [mV/ms] and "input" [mV/ms], arrays of shape (rows,). v and u keep their precision.

    Examples
    --------
    >>> import spikestep as ss
    >>> run = ss.solve(ss.Problem("RS", 10.0, 2.0), "euler", dt=0.5, trace=True)
    >>> trace(run)["t_ms"]
    array([0.5, 1. , 1.5, 2. ])
    """
    import numpy as np

    if isinstance(source, _spikestep.Solution):
        if source.t is None:
            raise SpikestepError("the solution has no trace; allowed: one with a trace. Solve it with trace=True.")
        return {"t_ms": source.t, "v": source.v, "u": source.u}
    events = _events(source)
    if events is not None and "senders" in events:
        senders = np.asarray(events["senders"])
        mine = senders == np.unique(senders)[neuron]
        columns = {role: events[name] for role, name in _named(events).items()}
        return {"t_ms": _times(events["times"], "ms")[mine], **{role: np.asarray(of)[mine] for role, of in columns.items()}}
    if hasattr(source, "record_variables") and hasattr(source, "t"):
        variables = {name.lower(): getattr(source, name) for name in source.record_variables}
        columns = {role: variables[name] for role, name in _named(variables).items()}
        rows = {role: _plain(of, role)[neuron] for role, of in columns.items()}
        return {"t_ms": _times(source.t, None), **rows}
    segments = getattr(source, "segments", None)
    segment = segments[0] if segments else source
    if hasattr(segment, "analogsignals"):
        signals = {str(signal.name).lower(): signal for signal in segment.analogsignals}
        found = {role: signals[name] for role, name in _named(signals).items()}
        return {"t_ms": _times(found["v"].times, None), **{role: _plain(of, role)[:, neuron] for role, of in found.items()}}
    if hasattr(source, "times") and hasattr(source, "rescale"):
        values = _plain(source, "v")
        return {"t_ms": _times(source.times, None), "v": values[:, neuron] if values.ndim > 1 else values}
    if isinstance(source, Mapping):
        times = {name: name.partition("_")[2] or unit for name in ("t_ms", "t_s", "t", "times") if name in source}
        if len(times) == 1:
            name, own = next(iter(times.items()))
            rest = {role: np.asarray(source[key]) for role, key in {**_named(source), **_input_of(source)}.items()}
            return {"t_ms": _times(source[name], own), **rest}
    raise SpikestepError(
        f"the recording is a {type(source).__name__}; allowed: a StateMonitor of Brian2, events of NEST, signals of Neo, a mapping with "
        '"t", "v" and "u". Give one of them.'
    )


def has_trace(source: Any) -> bool:
    """Whether a recording is one of v, and not of spikes alone."""
    events = _events(source)
    columns = events if events is not None else source if isinstance(source, Mapping) else None
    if columns is not None:
        return any(str(name).lower() in _ROLES["v"] for name in columns)
    segments = getattr(source, "segments", None) or [source]
    is_signal = hasattr(source, "sampling_rate") and hasattr(source, "rescale") and not hasattr(source, "waveforms")
    return bool(hasattr(source, "record_variables") or getattr(segments[0], "analogsignals", None) or is_signal)


def _events(source: Any) -> Any:
    """The events of a recorder of NEST, or of the dictionary that it gives; None where it is neither."""
    if isinstance(source, Mapping):
        return source.get("events", source) if "senders" in source or "events" in source else None
    get = getattr(source, "get", None)
    if callable(get) and not hasattr(source, "t"):
        try:
            events = get("events")
        except Exception:
            return None
        # Of several recorders a tuple.
        events = events[0] if isinstance(events, (list, tuple)) and len(events) == 1 else events
        return events if isinstance(events, Mapping) else None
    return None


def _named(columns: Any) -> dict[str, str]:
    """By role the name of a column."""
    lower = {str(name).lower(): name for name in columns}
    found = {role: next((lower[name] for name in names if name in lower), None) for role, names in _ROLES.items()}
    if found["v"] is None:
        raise SpikestepError(f"the recording has {', '.join(map(str, columns))}; allowed: one with v. Record v, and u beside it.")
    return {role: name for role, name in found.items() if name is not None}


def _input_of(columns: Mapping[str, Any]) -> dict[str, str]:
    return {"input": "input"} if "input" in columns else {}


def _by_neuron(neurons: Any, times: Any, unit: str | None) -> dict[str, Array]:
    import numpy as np

    ids, all_times = np.asarray(neurons), _times(times, unit, sort=False)
    return {str(neuron): np.sort(all_times[ids == neuron], kind="stable") for neuron in np.unique(ids)}


def _name(train: Any, place: int) -> str:
    return str(getattr(train, "name", None) or place)


def _is_scalar(value: Any) -> bool:
    return getattr(value, "ndim", None) == 0


def _times(values: Any, unit: str | None, sort: bool = True) -> Array:
    """Times in ms: of a quantity in its own unit, of numbers in `unit`."""
    import numpy as np

    plain, own = in_unit(values, ("ms",))
    if own is None:
        if unit is None:
            raise SpikestepError(
                'the spike times have no unit; allowed: "ms", "s" or "us". Give unit="ms", or times with a unit.'
            )
        plain = np.asarray(plain, dtype=np.float64) * _UNITS[unit]
        if unit == "s":
            # 0.0001 s is 0.1 ms, and not its neighbour.
            plain = np.array([float(f"{x:.15g}") for x in plain.ravel()])
    times = array(plain)
    return np.sort(times, kind="stable") if sort else times


def _plain(values: Any, role: str) -> Any:
    """v in mV, or u as it is, without a unit, in the precision that it has."""
    import numpy as np

    if role == "v" and hasattr(values, "rescale"):
        return values.rescale("mV").magnitude
    if hasattr(values, "magnitude"):
        return values.magnitude
    plain = np.asarray(values)
    # Brian2's quantities are in SI units: u of a neuron in mV/ms has the dimension of volts a second, which is the same number.
    dimension = str(getattr(values, "dim", ""))
    return plain * 1e3 if role == "v" and dimension not in ("", "1") else plain


def _of_file(path: Path, unit: str | None, variable: str | None) -> dict[str, Array]:
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    suffix = path.suffix.lower()
    if suffix == ".mat":
        return _of_matlab(path, unit, variable)
    with path.open("rb") as file:
        is_hdf5 = file.read(8) == b"\x89HDF\r\n\x1a\n"
    if is_hdf5:
        return _of_hdf5(path, unit)
    trains, _, without_unit = _spikestep.read_trains(path, unit)
    if without_unit and unit is None:
        raise SpikestepError(f'the times in {path} have no unit; allowed: "ms", "s" or "us". Give unit="ms".')
    return dict(trains)


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise SpikestepError("reading HDF5 needs h5py, which is not installed. pip install h5py, or 'spikestep[files]'.") from None
    return h5py


def _of_hdf5(path: Path, unit: str | None) -> dict[str, Array]:
    """NWB: the units' times, in seconds. SONATA: the populations' times, in the unit of their attribute."""
    import numpy as np

    with _h5py().File(path, "r") as file:
        if "units" in file and "spike_times" in file["units"]:
            units = file["units"]
            times, ends = units["spike_times"][:], units["spike_times_index"][:].astype(int)
            names = units["id"][:] if "id" in units else np.arange(len(ends))
            return {str(name): _times(part, "s") for name, part in zip(names, np.split(times, ends[:-1]))}
        if "spikes" in file:
            trains: dict[str, Array] = {}
            for name, population in file["spikes"].items():
                times = population["timestamps"]
                said = times.attrs.get("units")
                said = said.decode() if isinstance(said, bytes) else said
                own = {"milliseconds": "ms", "seconds": "s", None: unit}.get(said, said)
                found = _by_neuron(population["node_ids"][:], times[:], own)
                trains |= {f"{name}/{neuron}": times for neuron, times in found.items()}
            return trains
    raise SpikestepError(f"{path} is HDF5 without units/spike_times (NWB) and spikes (SONATA); allowed: one of them. Read it by h5py.")


def _of_matlab(path: Path, unit: str | None, variable: str | None) -> dict[str, Array]:
    with path.open("rb") as file:
        head = file.read(128)
    if head.startswith(b"MATLAB 7.3") or head.startswith(b"\x89HDF"):
        with _h5py().File(path, "r") as file:
            variables = {name: _cells_of(file, file[name]) for name in file if not name.startswith("#")}
    else:
        try:
            from scipy.io import loadmat
        except ImportError:
            raise SpikestepError("reading a .mat file needs scipy, which is not installed. pip install scipy.") from None
        variables = {name: value for name, value in loadmat(path).items() if not name.startswith("__")}
    chosen = list(variables) if variable is None else [variable]
    if len(chosen) != 1 or chosen[0] not in variables:
        names = ", ".join(variables) or "none"
        raise SpikestepError(f"the variable {variable!r} of {path} is not one; allowed: one of {names}. Give variable=.")
    value = variables[chosen[0]]
    if getattr(value, "dtype", None) == object or isinstance(value, list):
        cells: Sequence[Any] = value if isinstance(value, list) else list(value.ravel())
        return {str(place): _times(cell, unit) for place, cell in enumerate(cells)}
    return {chosen[0]: _times(value, unit)}


def _cells_of(file: Any, dataset: Any) -> Any:
    """A variable of a 7.3 file: numbers, or a list of cells, which are references."""
    values = dataset[()]
    return [file[reference][()] for reference in values.ravel()] if values.dtype == object else values
