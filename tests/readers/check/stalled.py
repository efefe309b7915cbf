"""What Chromium must show of a file when half of it is there."""

import io

import numpy as np
from PIL import Image, ImageFile

import exact
from distance import bounds

MAGENTA = np.array([255, 0, 255])
# What Chromium may hold back of the rows that are there: those of one MCU, and two that wait for chroma to be interpolated.
HELD_BACK = 16 + 2
# How much of the variance of a channel may be missing in a coarse picture. Without its colour, with Cb and Cr exchanged or
# shifted by one MCU, a picture misses more than half in some channel: `check` makes sure of it.
COARSE = 1 / 8


def check(folder, entry, screenshot):
    """What is shown, in words. Ends with an error when it is not what it must be."""
    height, width = entry["height"], entry["width"]
    shown = np.asarray(Image.open(screenshot).convert("RGB"))[:height, :width].astype(np.float32)
    there = (shown != MAGENTA).any((1, 2))
    rows = int(there.sum())
    assert there[:rows].all(), f"{entry['file']}: rows are missing between others"
    reference = folder.reference(entry)
    expected = reference.rgb["linear" if reference.layout == "4:2:0" else "none"]
    off = abs(shown - expected)
    if exact.PROGRESSIVE in dict(exact.segments(folder.bytes(entry))):
        assert rows == height, f"{entry['file']}: {rows} of {height} rows are shown"
        coarse = missing(shown, expected)
        assert coarse <= COARSE, f"{entry['file']}: {coarse:.3f} of the variance is missing, at most {COARSE} is accepted"
        y, cb, cr = exact.to_ycbcr(expected)
        for damaged in [np.stack([y] * 3, 2), exact.to_rgb(y, cr, cb), np.roll(expected, 16, 1)]:
            assert missing(damaged, expected) > 1 / 2
        assert off.max() > bounds(reference.layout)[0].max(), f"{entry['file']}: it is complete"
        return f"all {rows} rows, coarsely: {coarse:.1%} of the variance is missing"
    held = rows_in_half(folder.bytes(entry))
    assert height // 4 < held < height, f"{entry['file']}: half of the bytes hold {held} of {height} rows"
    assert held - HELD_BACK <= rows <= held, f"{entry['file']}: {rows} rows are shown, half of the bytes hold {held} of {height}"
    # Of the last two rows, chroma may be interpolated with what is not there.
    assert (off[: rows - 2].max((0, 1)) <= bounds(reference.layout)[0]).all(), f"{entry['file']}: what is shown is wrong"
    return f"the upper {rows} of {height} rows, as they are in the whole file"


def missing(shown, expected):
    """The mean square difference as a share of the variance: of the upper or lower half, of the channel where it is largest."""
    halves = zip(np.array_split(shown, 2), np.array_split(expected, 2))
    return max((((a - b) ** 2).mean((0, 1)) / b.var((0, 1))).max() for a, b in halves)


def rows_in_half(file):
    """How many rows libjpeg-turbo reads in half of a file as in the whole."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        whole, half = (np.asarray(Image.open(io.BytesIO(part))) for part in (file, file[: len(file) // 2]))
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    differ = (whole != half).reshape(len(whole), -1).any(1)
    return int(np.argmax(differ)) if differ.any() else len(whole)
