"""How far what a reader gives may be from what was encoded.

Bounds, for samples of 0 to 255:

- A decoder's inverse transform may differ by 1 from the correctly rounded one, so by 1.5 from the exact one, and its mean square
  error may be 0.06 more than the 1/12 of rounding (IEEE 1180, which ITU-T T.83 follows).
- Chroma that is interpolated is rounded once more: by 0.5, with a mean square of 1/12.
- Conversion to RGB adds up what luma and chroma are off, by the factors of its matrix, and rounds or cuts fractions off: by 1 at
  most, with a mean square of 1/3.
- What is cut off at 0 and 255 is no further from an exact picture that is cut off there as well.
- From the planes that were encoded, exact decoding is off by what was quantised. A block of a reader is further from them by no
  more than the root mean square of what its samples are off: less than 1.5 + 1 of luma and, conversion back to chroma halving
  what cutting off did, 1.5 + 0.5 + 0.5 of chroma.
"""

from dataclasses import dataclass

import numpy as np

# Largest difference and mean square: of a sample after the inverse transform, of rounding, of conversion.
SAMPLE, SAMPLE_SQUARE = 1.5, 1 / 12 + 0.06
ROUNDING, ROUNDING_SQUARE = 0.5, 1 / 12
CONVERSION, CONVERSION_SQUARE = 1, 1 / 3
# How much luma, Cb and Cr count in red, green and blue.
MATRIX = np.array([[1, 0, 1.402], [1, 0.344136, 0.714136], [1, 1.772, 0]])
# How much further than exact decoding a block may be from the planes.
BLOCK = SAMPLE + CONVERSION
# Of fewer pixels the mean square is left to chance.
FEW = 1000


@dataclass(frozen=True)
class Distance:
    """Of the pixels of a reader, from those of an exact decoder and from the planes that were encoded."""

    # Largest difference of a sample from exact decoding, of the channel that comes nearest to its bound; and the bound.
    largest: float
    largest_allowed: float
    # Root of the mean square difference from exact decoding, likewise.
    rms: float
    rms_allowed: float
    # How much further than exact decoding a block of 8x8 samples of luma, Cb or Cr is from the planes, in root mean square.
    block: float
    # How pixels get their chroma, of the ways that are left to decoders.
    interpolation: str

    def faults(self):
        """What is beyond its bound."""
        checks = [
            ("a sample is off by", self.largest, self.largest_allowed),
            ("the root mean square is", self.rms, self.rms_allowed),
            ("a block is further from the planes than exact decoding by", self.block, BLOCK),
        ]
        return [f"{name} {value:.2f}, at most {most:.2f} is accepted" for name, value, most in checks if not value <= most]


def bounds(layout, is_rgb=True):
    """The largest difference and the largest root mean square for each channel."""
    if layout == "grey" or not is_rgb:
        return np.full(3, SAMPLE), np.full(3, SAMPLE_SQUARE**0.5)
    interpolated = layout == "4:2:0"
    chroma = SAMPLE + ROUNDING * interpolated
    chroma_square = SAMPLE_SQUARE + ROUNDING_SQUARE * interpolated
    largest = MATRIX @ [SAMPLE, chroma, chroma] + CONVERSION
    square = MATRIX**2 @ [SAMPLE_SQUARE, chroma_square, chroma_square] + CONVERSION_SQUARE
    return largest, square**0.5


def distance(pixels, reference, is_rgb=True):
    """Of pixels of three channels: RGB or, if not `is_rgb`, luma and chroma, samples of 4:2:0 repeated."""
    pixels = pixels.astype(np.float32)
    candidates = reference.rgb if is_rgb else reference.ycbcr
    squares = {name: ((pixels - expected) ** 2).mean((0, 1)) for name, expected in candidates.items()}
    interpolation = min(squares, key=lambda name: squares[name].max())
    expected, rms = candidates[interpolation], squares[interpolation] ** 0.5
    largest = abs(pixels - expected).max((0, 1))
    largest_allowed, rms_allowed = bounds(reference.layout, is_rgb)
    worst, worst_rms = np.argmax(largest / largest_allowed), np.argmax(rms / rms_allowed)
    read, exact = (reference.as_planes(of, is_rgb) for of in (pixels, expected))
    excess = [rms_of_blocks(a, plane) - rms_of_blocks(b, plane) for plane, a, b in zip(reference.planes, read, exact)]
    return Distance(
        largest=largest[worst],
        largest_allowed=largest_allowed[worst],
        rms=rms[worst_rms] if pixels.size >= 3 * FEW else 0.0,
        rms_allowed=rms_allowed[worst_rms],
        block=max(of_plane.max() for of_plane in excess),
        interpolation=interpolation,
    )


def rms_of_blocks(samples, plane):
    return block_means((samples - plane) ** 2) ** 0.5


def block_means(samples, side=8):
    """The mean of each block; those at the edges may have fewer samples."""
    starts = [np.arange(0, length, side) for length in samples.shape]
    sums = np.add.reduceat(np.add.reduceat(samples, starts[0], 0), starts[1], 1)
    counts = [np.diff(np.append(start, length)) for start, length in zip(starts, samples.shape)]
    return sums / np.outer(*counts)
