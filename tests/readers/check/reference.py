"""A picture that was encoded, and what exact decoders make of its file."""

import json
from functools import cached_property

import numpy as np

import exact
from distance import block_means


class Reference:
    """Planes, and the pictures that they may be decoded to."""

    def __init__(self, layout, shape, samples, file):
        """`shape` is height and width, `samples` has one plane after the other, `file` has the quantisation tables."""
        self.layout, self.shape = layout, shape
        self.planes = planes(layout, shape, samples)
        tables = exact.quantisation_tables(file)
        # With the rest of the last blocks.
        self.blocks = [exact.decoded(plane, tables[min(i, 1)]).astype(np.float32) for i, plane in enumerate(self.planes)]
        self.decoded = [blocks[: plane.shape[0], : plane.shape[1]] for blocks, plane in zip(self.blocks, self.planes)]

    @cached_property
    def rgb(self):
        """By the way in which pixels get their chroma, which is left to decoders."""
        luma, *chroma = self.decoded
        if self.layout == "grey":
            return {"none": np.stack([luma] * 3, 2)}
        ways = {"none": chroma}
        if self.layout == "4:2:0":
            ways = {
                "nearest": [exact.nearest(plane, self.shape) for plane in chroma],
                "linear": [exact.linear(plane, self.shape) for plane in chroma],
                # Beyond the last sample stands what fills up its block.
                "linear to the padding": [exact.linear(blocks, self.shape) for blocks in self.blocks[1:]],
            }
        return {name: np.clip(exact.to_rgb(luma, *chroma), 0, 255) for name, chroma in ways.items()}

    @cached_property
    def ycbcr(self):
        """The planes, samples of 4:2:0 repeated."""
        luma, *chroma = self.decoded
        if self.layout == "4:2:0":
            chroma = [exact.nearest(plane, self.shape) for plane in chroma]
        return {"none": np.stack([luma, *chroma], 2)}

    def as_planes(self, pixels, is_rgb):
        """Luma and chroma of pixels. Chroma of 4:2:0 is the mean of the pixels that a sample covers."""
        if self.layout == "grey":
            return [pixels[:, :, 0]]
        luma, *chroma = exact.to_ycbcr(pixels) if is_rgb else np.moveaxis(pixels, 2, 0)
        return [luma, *(block_means(plane, 2) if self.layout == "4:2:0" else plane for plane in chroma)]


def planes(layout, shape, samples):
    """The planes of a picture, luma first."""
    height, width = shape
    if layout == "grey":
        return [samples.reshape(shape)]
    chroma = ((height + 1) // 2, (width + 1) // 2) if layout == "4:2:0" else shape
    luma, cb, cr = np.split(samples, [height * width, height * width + chroma[0] * chroma[1]])
    return [luma.reshape(shape), cb.reshape(chroma), cr.reshape(chroma)]


class Folder:
    """The files and what was encoded, as `masthead-readers-files` wrote them."""

    def __init__(self, path):
        self.path = path
        self.manifest = json.loads((path / "manifest.json").read_text())
        self.references = {}

    def bytes(self, entry):
        return (self.path / entry["file"]).read_bytes()

    def samples(self, entry):
        return np.fromfile(self.path / entry["samples"], np.uint8)

    def reference(self, entry):
        """Of a JPEG file. Files of the same samples have the same."""
        key = entry["samples"]
        if key not in self.references:
            shape = entry["height"], entry["width"]
            self.references[key] = Reference(entry["layout"], shape, self.samples(entry), self.bytes(entry))
        return self.references[key]
