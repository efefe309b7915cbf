"""Shows that the bounds have teeth: pictures of an exact decoder are accepted, damaged ones are not."""

import numpy as np

import exact
from distance import distance


def damaged(reference):
    """Pictures as faulty readers give them, by what is wrong with them."""
    height, width = reference.shape
    luma, *chroma = reference.decoded
    side = 16 if reference.layout == "4:2:0" else 8
    whole = np.rint(reference.rgb["linear" if reference.layout == "4:2:0" else "none"])
    if width > side:
        yield "shifted by one MCU to the right", np.roll(whole, side, 1)
    if height > side:
        yield "shifted by one MCU down", np.roll(whole, side, 0)
        yield "lower half lost", np.where(np.arange(height)[:, None, None] < height // 2, whole, 128)
    block = whole.copy()
    block[:8, :8] = block[:8, :8].mean((0, 1)) + 8
    yield "first block a little brighter and flat", np.clip(block, 0, 255)
    if chroma:
        if reference.layout == "4:2:0":
            chroma = [exact.linear(plane, reference.shape) for plane in chroma]
        for name, planes in [
            ("chroma lost, green", [np.zeros_like(luma)] * 2),
            ("chroma lost, grey", [np.full_like(luma, 128)] * 2),
            ("Cb and Cr exchanged", chroma[::-1]),
            ("Cb moved by two rows", [np.roll(chroma[0], 2, 0), chroma[1]]),
        ]:
            if name != "Cb moved by two rows" or height > 8:
                yield name, np.rint(np.clip(exact.to_rgb(luma, *planes), 0, 255))


def check(folder, entries):
    """How many damaged pictures were refused. Ends with an error when one is not, or when an intact one is."""
    refused = 0
    for entry in {entry["samples"]: entry for entry in entries}.values():
        reference = folder.reference(entry)
        for name, picture in reference.rgb.items():
            faults = distance(np.rint(picture), reference).faults()
            assert not faults, f"{entry['file']}: exact decoding is refused: {faults}"
        for name, picture in damaged(reference):
            assert distance(picture, reference).faults(), f"{entry['file']}: accepted, though {name}"
            refused += 1
    return refused
