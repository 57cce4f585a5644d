"""Pictures that networks of Izhikevich neurons recognise, and what a step does to that.

>>> images = Images.digits()
>>> training, test = images.split(200, 100, seed=1)
>>> recogniser = Recogniser.train(images, training, method="fixed", neurons=200, scheme="half-step", dt=1.0)
>>> reader = recogniser.reader(images, recogniser.respond(images, training))
>>> answers = reader.answers(recogniser.respond(images, test))
>>> answers.accuracy > 0.8, answers.labels.shape
(True, (100,))

Pulses are drawn once in continuous time and charges are kept over dt: what differs between two schemes or steps is their doing. A picture is
shown to a network at rest, and its pulses depend on its place among the images. docs/recognition.md says how good this is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _spikestep
from ._files import write
from ._progress import Progress, shown
from ._spikestep import SpikestepError
from ._units import Quantity, milliseconds

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ._units import Array

__all__ = ["Answers", "Images", "Reader", "Recogniser", "Responses"]


class Images:
    """Labelled pictures of one size.

    Parameters
    ----------
    pixels
        Of shape (pictures, height, width) or (pictures, pixels), in 0 to 1, where 1 is ink.
    labels
        The class of each picture, from 0, of shape (pictures,).
    classes
        The names of the classes; None: their numbers.

    Examples
    --------
    >>> import numpy as np
    >>> images = Images(np.random.default_rng(1).random((6, 4, 4)), [0, 1, 2, 0, 1, 2])
    >>> images, images.classes
    (<6 images of 4 x 4 in 3 classes>, ['0', '1', '2'])
    """

    __slots__ = ("_images",)

    def __init__(self, pixels: Any, labels: Any, classes: Sequence[str] | None = None) -> None:
        import numpy as np

        given = np.asarray(pixels, dtype=np.float32)
        if given.ndim == 2:
            given = given[:, None, :]
        if given.ndim != 3:
            raise SpikestepError(
                f"the pixels have the shape {given.shape}; allowed: (pictures, height, width). Give an array of three dimensions."
            )
        numbers = np.ascontiguousarray(labels, dtype=np.int64)
        names = [str(label) for label in range(int(numbers.max(initial=0)) + 1)] if classes is None else list(classes)
        self._images = _spikestep.Images(np.ascontiguousarray(given), numbers, names)

    @classmethod
    def _of(cls, images: _spikestep.Images) -> Images:
        made = cls.__new__(cls)
        made._images = images
        return made

    @classmethod
    def digits(cls) -> Images:
        """The 1797 handwritten digits of 8 x 8 pixels that come with the package."""
        return cls._of(_spikestep.Images.digits())

    @classmethod
    def read(cls, images: str | os.PathLike[str], labels: str | os.PathLike[str] | None = None) -> Images:
        """Pictures from files of the MNIST format, or from a folder with a folder of PNGs for each class.

        Parameters
        ----------
        images
            The file of the pictures, packed by gzip or not; or the folder.
        labels
            The file of the labels; None for a folder.
        """
        return cls._of(_spikestep.Images.read(Path(images), None if labels is None else Path(labels)))

    def split(self, training: int, test: int, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Places of so many pictures to learn from and to be recognised, drawn at random, none twice; those of the command for its seed."""
        learned, tested = self._images.split(training, test, seed)
        return learned, tested

    @property
    def pixels(self) -> npt.NDArray[np.float32]:
        """The pixels, of shape (pictures, height, width)."""
        return self._images.pixels().reshape(len(self), self._images.height, self._images.width)

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The class of each picture, of shape (pictures,)."""
        return self._images.labels()

    @property
    def classes(self) -> list[str]:
        """The names of the classes."""
        return self._images.classes

    def __len__(self) -> int:
        return len(self._images)

    def __reduce__(self) -> tuple[Any, ...]:
        return Images, (self.pixels, self.labels, self.classes)

    def __repr__(self) -> str:
        return f"<{len(self)} images of {self._images.height} x {self._images.width} in {len(self.classes)} classes>"


class Responses:
    """What a network answered to some pictures."""

    __slots__ = ("_responses", "neurons")

    def __init__(self, responses: _spikestep.Responses, neurons: int) -> None:
        self._responses, self.neurons = responses, neurons

    @property
    def counts(self) -> npt.NDArray[np.float32]:
        """The spikes of each neuron, of shape (pictures, neurons)."""
        return self._responses.counts().reshape(-1, self.neurons)

    @property
    def chosen(self) -> npt.NDArray[np.int64]:
        """The places of the pictures among the images, of shape (pictures,)."""
        return self._responses.places()

    @property
    def spikes(self) -> int:
        """All spikes."""
        return self._responses.about()[0]

    @property
    def spurious(self) -> int | None:
        """Those of them that the equations do not have; None where they were not counted."""
        return self._responses.about()[1]

    @property
    def silent(self) -> int:
        """Pictures that no neuron answered."""
        return self._responses.about()[2]

    def __repr__(self) -> str:
        return f"<{self.spikes} spikes of {self.neurons} neurons for {len(self.chosen)} pictures>"


@dataclass(frozen=True, eq=False)
class Answers:
    """The classes that were read, and how many of them are right."""

    #: The class of each picture, of shape (pictures,).
    labels: npt.NDArray[np.int64]
    #: Pictures of each class by their answers, of shape (classes, classes).
    confusion: npt.NDArray[np.int64]
    #: The part that is right, and its interval of 95 % (Wilson's).
    accuracy: float
    interval: tuple[float, float]


class Reader:
    """A readout that was fitted to what a network answered; `Recogniser.reader` makes it."""

    __slots__ = ("_reader",)

    def __init__(self, reader: _spikestep.Reader) -> None:
        self._reader = reader

    @property
    def readout(self) -> str:
        """Its name."""
        return self._reader.readout

    def answers(self, responses: Responses) -> Answers:
        """The classes of the pictures that were answered, beside their labels."""
        labels, confusion, accuracy, interval = self._reader.answers(responses._responses)
        classes = round(len(confusion) ** 0.5)
        return Answers(labels, confusion.reshape(classes, classes), accuracy, interval)


class Recogniser:
    """A network that was trained: charges from pixels to neurons, and thresholds. It pickles.

    >>> images = Images.digits()
    >>> recogniser = Recogniser.train(images, range(20), method="teacher", neurons=20, parameters={"epochs": 1}, seed=7)
    >>> recogniser
    <recogniser of 20 neurons (teacher), trained by projective-6 at 1 ms>
    >>> recogniser.weights.shape, recogniser.theta.shape
    ((64, 20), (20,))
    """

    __slots__ = ("_recogniser", "classes", "dt", "inputs", "lower_bound", "method", "neurons", "scheme", "seed")

    #: How it got its weights, and the numbers of neurons, pixels and classes.
    method: str
    neurons: int
    inputs: int
    classes: int
    seed: int
    #: The scheme, the step [ms] and the lower bound of v [mV] that it learned by.
    scheme: str
    dt: float
    lower_bound: float | None
    _recogniser: _spikestep.Recogniser

    @classmethod
    def _of(cls, recogniser: _spikestep.Recogniser) -> Recogniser:
        made = cls.__new__(cls)
        made._recogniser = recogniser
        about = recogniser.about()
        made.method, made.neurons, made.inputs, made.classes, made.seed, made.scheme, made.dt, made.lower_bound = about
        return made

    @classmethod
    def train(
        cls,
        images: Images,
        chosen: Any = None,
        *,
        method: str = "unsupervised",
        neurons: int = 100,
        scheme: str = "projective-6",
        dt: Quantity = 1.0,
        lower_bound: float | None = None,
        seed: int = 1,
        parameters: Mapping[str, Any] | None = None,
        coding: str | None = None,
        synapse: str | None = None,
        duration: Quantity = None,
        peak: float | None = None,
        progress: Progress = False,
    ) -> Recogniser:
        """Trains a network; the same arguments give the same network, and the one that the command keeps with `--save`.

        Parameters
        ----------
        images
            The pictures.
        chosen
            The places of those to learn from, of shape (pictures,); None: all.
        method
            "fixed" (random weights), "unsupervised" (`PostPre` without labels) or "teacher".
        neurons
            How many.
        scheme, dt, lower_bound
            How they are stepped: a scheme of populations, the step [ms], and a lower bound of v [mV].
        seed
            Of the weights, the order of the pictures and their pulses.
        parameters
            Those of the method, by their names in docs/studies.md, the others as they are tuned to the digits; None: all as tuned, carried over
            to the ink of these pictures.
        coding
            The pulse code: "regular:250", "poisson:128", "bernoulli", "rank-order", "single", "latency".
        synapse
            How a pulse reaches a neuron: "exponential:10", "charge", "weight".
        duration
            How long a picture is shown [ms].
        peak
            The peak of the neurons [mV].
        progress
            True for a bar, or a function that is called with how many showings of how many are done.

        Raises
        ------
        SpikestepError
            A name that is not known, parameters out of range, a picture that is not there.
        """
        import json

        recipe = {
            "method": method,
            "parameters": None if parameters is None else json.dumps(dict(parameters)),
            "neurons": neurons,
            "seed": seed,
            "coding": coding,
            "synapse": synapse,
            "duration": None if duration is None else milliseconds("duration", duration),
            "peak": peak,
        }
        stepping = (scheme, milliseconds("dt", dt), lower_bound)
        with shown(progress, "showings") as tell:
            return cls._of(_spikestep.Recogniser.train(images._images, _places(images, chosen), recipe, stepping, tell))

    def respond(
        self,
        images: Images,
        chosen: Any = None,
        *,
        scheme: str | None = None,
        dt: Quantity = None,
        lower_bound: float | None = None,
        spurious: bool = False,
        progress: Progress = False,
    ) -> Responses:
        """Shows pictures to the network, without learning. Ctrl-C ends it.

        Parameters
        ----------
        images
            Pictures of the size and the classes that it was trained with.
        chosen
            The places of those to show, of shape (pictures,); None: all.
        scheme, dt, lower_bound
            How it is stepped; without a scheme and a step as it learned.
        spurious
            Whether spikes that the equations do not have are counted.
        progress
            True for a bar, or a function that is called with how many pictures of how many are done.
        """
        stepping = None
        if scheme is not None or dt is not None or lower_bound is not None:
            step = self.dt if dt is None else milliseconds("dt", dt)
            stepping = (self.scheme if scheme is None else scheme, step, lower_bound)
        with shown(progress, "pictures") as tell:
            made = self._recogniser.respond(images._images, _places(images, chosen), stepping, spurious, tell)
        return Responses(made, self.neurons)

    def reader(self, images: Images, seen: Responses, readout: str | None = None) -> Reader:
        """Fits a readout to what the network answered to the pictures it has learned.

        Parameters
        ----------
        images
            The pictures, with their labels.
        seen
            What `respond` gave for those to fit to.
        readout
            "linear", "all-activity", "proportion", "ngram:2", or "most-excited" of a network with a teacher; None: that of its method.
        """
        return Reader(self._recogniser.reader(images._images, seen._responses, readout))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the file (safetensors) that `compare recognise --load` and `load` read, whole or not at all."""
        write(Path(path), self._recogniser.to_safetensors())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Recogniser:
        """The network in a file of `save`, or of `compare recognise --save`."""
        file = Path(path)
        return cls._of(_spikestep.Recogniser.from_safetensors(file, file.read_bytes()))

    @property
    def weights(self) -> Array:
        """The charges [mV], of shape (pixels, neurons)."""
        return self._recogniser.weights().reshape(self.inputs, self.neurons)

    @property
    def theta(self) -> Array:
        """The thresholds [mV/ms], of shape (neurons,)."""
        return self._recogniser.theta()

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._recogniser.to_safetensors(),)

    def __repr__(self) -> str:
        return f"<recogniser of {self.neurons} neurons ({self.method}), trained by {self.scheme} at {self.dt:g} ms>"


def _restored(content: bytes) -> Recogniser:
    return Recogniser._of(_spikestep.Recogniser.from_safetensors(Path("a pickled network"), content))


def _places(images: Images, chosen: Any) -> npt.NDArray[np.int64]:
    import numpy as np

    return np.arange(len(images)) if chosen is None else np.ascontiguousarray(chosen, dtype=np.int64)
