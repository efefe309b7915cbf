"""Whether what a reader gave is what was encoded."""

import hashlib
from dataclasses import dataclass

import numpy as np

from distance import Distance, distance


@dataclass(frozen=True)
class Verdict:
    """On one file of one reader."""

    entry: dict
    faults: tuple
    # Of JPEG files that were read.
    distance: Distance | None = None


class Judge:
    """Keeps what it found out: the files of all codings give the same pixels, and so do many readers."""

    def __init__(self, folder):
        self.folder, self.distances = folder, {}

    def verdict(self, entry, output, complaint):
        """On a file that a reader should have written to `output`. `complaint` is what it said of it, if anything."""
        path = output / entry["file"]
        if complaint or not path.exists():
            return Verdict(entry, (complaint or "not read",))
        pixels, kind = pam(path.read_bytes())
        shape = entry["height"], entry["width"]
        if pixels.shape[:2] != shape:
            return Verdict(entry, (f"the picture is {pixels.shape[1]}x{pixels.shape[0]}, not {shape[1]}x{shape[0]}",))
        pixels = rgba(pixels)
        if entry["file"].endswith(".png"):
            expected = rgba(self.folder.samples(entry).reshape(*shape, -1))
            return Verdict(entry, () if np.array_equal(pixels, expected) else ("pixels differ",))
        if (pixels[:, :, 3] != 255).any():
            return Verdict(entry, ("not opaque",))
        measured = self.distance(entry, np.ascontiguousarray(pixels[:, :, :3]), kind != "YCBCR")
        return Verdict(entry, tuple(measured.faults()), measured)

    def distance(self, entry, pixels, is_rgb):
        key = entry["samples"], is_rgb, hashlib.sha256(pixels).digest()
        if key not in self.distances:
            self.distances[key] = distance(pixels, self.folder.reference(entry), is_rgb)
        return self.distances[key]


def rgba(pixels):
    """Grey, RGB or RGBA with four channels."""
    if pixels.shape[2] == 4:
        return pixels
    colours = pixels if pixels.shape[2] == 3 else pixels.repeat(3, 2)
    return np.concatenate([colours, np.full_like(pixels[:, :, :1], 255)], 2)


def pam(file):
    """The pixels of a PAM file, and their kind if it is given."""
    header, end, samples = file.partition(b"ENDHDR\n")
    lines = dict(line.split(" ", 1) for line in header.decode().splitlines() if " " in line)
    assert header.startswith(b"P7\n") and end and lines["MAXVAL"] == "255", header
    pixels = np.frombuffer(samples, np.uint8).reshape(*(int(lines[name]) for name in ["HEIGHT", "WIDTH", "DEPTH"]))
    return pixels, lines.get("TUPLTYPE")
