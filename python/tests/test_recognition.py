"""Networks that recognise pictures: those of the command, to the bit."""

from __future__ import annotations

import json
import pickle
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import spikestep as ss
from spikestep.recognition import Images, Recogniser


@pytest.mark.parametrize(("method", "neurons"), [("fixed", 60), ("unsupervised", 20), ("teacher", 20)])
def test_a_network_is_that_of_the_command(program: str, tmp_path: Path, method: str, neurons: int) -> None:
    saved = tmp_path / "net.safetensors"
    options = [f"--method={method}", f"--neurons={neurons}", "--training=60", "--test=40", "--seeds=1", "--dt=1", "--spurious"]
    shared = ["--schemes=projective-6", f"--save={saved}", f"--out={tmp_path / 'out'}", "--json"]
    done = subprocess.run([program, "recognise", *options, *shared], capture_output=True, text=True, check=True)
    wanted = json.loads(done.stdout)["results"][0]

    images = Images.digits()
    training, test = images.split(60, 40, seed=1)
    recogniser = Recogniser.train(images, training, method=method, neurons=neurons, scheme="projective-6", dt=1.0, seed=1)
    recogniser.save(tmp_path / "mine.safetensors")
    assert (tmp_path / "mine.safetensors").read_bytes() == saved.read_bytes()
    seen = recogniser.respond(images, training)
    tested = recogniser.respond(images, test, spurious=True)
    answers = recogniser.reader(images, seen).answers(tested)
    assert tested.counts.shape == (40, neurons) and tested.counts.sum() == tested.spikes
    assert (answers.accuracy, *answers.interval) == (wanted["accuracy"], wanted["accuracy_low"], wanted["accuracy_high"])
    assert tested.spikes / 40 == wanted["spikes_per_picture"] and tested.silent == wanted["silent"]
    assert tested.spurious is not None and tested.spurious / tested.spikes == wanted["spurious_share"]
    assert answers.confusion.sum() == 40 and np.trace(answers.confusion) == (answers.labels == images.labels[test]).sum()

    # What was kept is the same network, also from a pickle, and answers under another scheme as the command says.
    for again in (Recogniser.load(saved), pickle.loads(pickle.dumps(recogniser))):
        assert repr(again) == repr(recogniser) and (again.weights == recogniser.weights).all()
    options = [f"--load={saved}", "--training=60", "--test=40", "--schemes=bindsnet", "--dt=0.5"]
    told = subprocess.run([program, "recognise", *options], capture_output=True, text=True, check=True).stdout
    elsewhere = recogniser.reader(images, seen).answers(recogniser.respond(images, test, scheme="bindsnet", dt=0.5))
    assert f"{elsewhere.accuracy:.3f}" == told.splitlines()[2].split()[3]


def test_pictures_are_arrays() -> None:
    digits = Images.digits()
    again = Images(digits.pixels, digits.labels, digits.classes)
    assert digits.pixels.shape == (1797, 8, 8) and digits.pixels.dtype == np.float32 and again.classes == digits.classes
    copy = pickle.loads(pickle.dumps(digits))
    assert (copy.pixels == digits.pixels).all() and copy.labels.tolist() == digits.labels.tolist()
    made = [Recogniser.train(of, range(30), method="fixed", neurons=10, dt=0.5) for of in (digits, again)]
    assert (made[0].weights == made[1].weights).all()
    counts = [network.respond(images, [3, 4]).counts for network, images in zip(made, (digits, again))]
    assert counts[0].tolist() == counts[1].tolist() and counts[0].sum() > 0
    # Parameters that are given are taken as they are.
    wide = Recogniser.train(digits, range(30), method="fixed", neurons=10, dt=0.5, parameters={"sigma": 32.0})
    assert np.allclose(wide.weights, 2 * made[0].weights, rtol=1e-12)


def test_progress_is_told_and_ends_it() -> None:
    digits = Images.digits()
    told: list[tuple[int, int]] = []
    recogniser = Recogniser.train(
        digits, range(40), neurons=10, parameters={"epochs": 2}, progress=lambda done, all: told.append((done, all))
    )
    assert told[-1] == (80, 80) or told == []
    recogniser.respond(digits, range(200), progress=lambda done, all: told.append((done, all)))

    class Enough(Exception):
        pass

    def enough(done: int, all: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        Recogniser.train(digits, method="teacher", neurons=200, dt=0.1, progress=enough)


def test_what_is_refused_says_so() -> None:
    digits = Images.digits()
    recogniser = Recogniser.train(digits, range(20), method="fixed", neurons=10)
    seen = recogniser.respond(digits, range(20))
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: Images(np.full((2, 3, 3), 2.0), [0, 1]), "pixel"),
        (lambda: Images(np.zeros((2, 3, 3)), [0, 1, 2]), "3 labels"),
        (lambda: Images(np.zeros((2, 3, 3)), [0, -1]), "label"),
        (lambda: Images(np.zeros(3), [0]), "three dimensions"),
        (lambda: digits.split(1797, 1, seed=1), "split"),
        (lambda: Recogniser.train(digits, range(20), method="fixd"), "did you mean 'fixed'"),
        (lambda: Recogniser.train(digits, [2000], method="fixed"), "picture"),
        (lambda: Recogniser.train(digits, [-1], method="fixed"), "picture"),
        (lambda: Recogniser.train(digits, [], method="fixed"), "picture"),
        (lambda: Recogniser.train(digits, range(20), method="fixed", parameters={"sigmma": 1.0}), "unknown field `sigmma`"),
        (lambda: Recogniser.train(digits, range(20), method="fixed", scheme="taylor"), "scheme"),
        (lambda: Recogniser.train(digits, range(20), method="fixed", dt=1e-9), "step"),
        (lambda: Recogniser.train(digits, range(20), method="fixed", coding="morse"), "cod"),
        (lambda: recogniser.respond(Images(np.zeros((2, 3, 3)), [0, 1])), "9 pixels"),
        (lambda: recogniser.respond(digits, []), "picture"),
        (lambda: recogniser.reader(digits, seen, "most-excited"), "most-excited"),
    ]
    for call, words in calls:
        with pytest.raises(ss.SpikestepError, match=words):
            call()


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.safetensors").write_bytes(b"nothing")
    with pytest.raises(ss.SpikestepError, match="net.safetensors"):
        Recogniser.load(tmp_path / "net.safetensors")
