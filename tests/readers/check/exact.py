"""What an exact decoder reads in a file, computed from the planes that were encoded.

Of the file nothing but the quantisation tables is taken: the encoder's transform and quantisation and a decoder's inverse
transform are made anew, the last in floating point and without rounding.
"""

import numpy as np

# Hundredths of a step by which coefficients, but for the mean of a block, are moved towards zero: `Quantisation::Tuned`.
DEAD_ZONE = 8

# Where the coefficients of a block stand, row after row, in the order of a file (ITU-T T.81, figure A.6).
ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, i % 8 if (i // 8 + i % 8) % 2 == 0 else i // 8))

# Markers: quantisation tables, the frame of a progressive file, a scan, the end.
TABLES, PROGRESSIVE, SCAN, END = 0xDB, 0xC2, 0xDA, 0xD9

# An orthonormal cosine transform, which is how T.81 scales it.
COSINES = np.array([[np.cos((2 * x + 1) * u * np.pi / 16) / (2 if u else 8**0.5) for x in range(8)] for u in range(8)])


def segments(file):
    """Marker and contents of each segment of a JPEG file. The coded data of scans are left out."""
    at = 2
    while (marker := file[at + 1]) != END:
        end = at + 2 + int.from_bytes(file[at + 2 : at + 4])
        yield marker, file[at + 4 : end]
        at = end
        # In coded data 0xFF stands before zeros and restart markers only.
        while file[at] != 0xFF or file[at + 1] in [0x00, *range(0xD0, 0xD8)]:
            at = file.index(0xFF, at + 1)


def quantisation_tables(file):
    """The steps of each table of a JPEG file, 8x8, rows from the top."""
    tables = {}
    for marker, contents in segments(file):
        for start in range(0, len(contents) if marker == TABLES else 0, 65):
            table = np.zeros(64, np.int64)
            table[ZIGZAG] = list(contents[start + 1 : start + 65])
            tables[contents[start]] = table.reshape(8, 8)
    return tables


def transform(lines, first_pass):
    """One pass of the accurate integer transform of the Independent JPEG Group (jfdctint.c), along the first axis."""

    def fix(number):
        return round(number * (1 << 13))

    def descale(value, bits):
        return (value + (1 << bits - 1)) >> bits

    s0, s1, s2, s3 = (lines[i] + lines[7 - i] for i in range(4))
    d0, d1, d2, d3 = (lines[i] - lines[7 - i] for i in range(4))
    even, odd = [(s0 + s3) + (s1 + s2), (s0 + s3) - (s1 + s2)], [s0 - s3, s1 - s2]
    whole = [value << 2 if first_pass else descale(value, 2) for value in even]
    shared = (odd[0] + odd[1]) * fix(0.541196100)
    z1, z2, z3, z4 = d0 + d3, d1 + d2, d1 + d3, d0 + d2
    z5 = (z3 + z4) * fix(1.175875602)
    z1, z2 = z1 * -fix(0.899976223), z2 * -fix(2.562915447)
    z3, z4 = z3 * -fix(1.961570560) + z5, z4 * -fix(0.390180644) + z5
    fractions = [
        d0 * fix(1.501321110) + z1 + z4,
        shared + odd[0] * fix(0.765366865),
        d1 * fix(3.072711026) + z2 + z3,
        d2 * fix(2.053119869) + z2 + z4,
        shared - odd[1] * fix(1.847759065),
        d3 * fix(0.298631336) + z1 + z3,
    ]
    c1, c2, c3, c5, c6, c7 = (descale(value, 11 if first_pass else 15) for value in fractions)
    return np.stack([whole[0], c1, c2, c3, whole[1], c5, c6, c7])


def decoded(plane, steps):
    """A plane as an exact decoder reads it, not rounded, with the rest of its last blocks, where its edges are repeated."""
    rest = [(0, -length % 8) for length in plane.shape]
    padded = np.pad(plane.astype(np.int64), rest, mode="edge") - 128
    rows, columns = padded.shape[0] // 8, padded.shape[1] // 8
    # Column and row inside a block, then row and column of the block.
    blocks = padded.reshape(rows, 8, columns, 8).transpose(3, 1, 0, 2)
    # Eight times too large; now row and column of the coefficient.
    coefficients = transform(transform(blocks, True).swapaxes(0, 1), False)
    divisors = 8 * steps[:, :, None, None]
    dead = divisors * DEAD_ZONE // 100
    dead[0, 0] = 0
    levels = np.sign(coefficients) * ((np.maximum(abs(coefficients) - dead, 0) + divisors // 2) // divisors)
    samples = np.einsum("vy,ux,vurc->rycx", COSINES, COSINES, (levels * steps[:, :, None, None]).astype(float), optimize=True)
    return np.clip(samples.reshape(padded.shape) + 128, 0, 255)


def nearest(plane, shape):
    """Each sample of 4:2:0 chroma for the pixels that it covers."""
    return plane.repeat(2, 0).repeat(2, 1)[: shape[0], : shape[1]]


def linear(plane, shape):
    """4:2:0 chroma interpolated linearly between the centres of the samples; at the edges the last sample holds on."""
    for axis in (0, 1):
        padded = np.pad(plane, [(1, 1) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        before, here, after = (np.take(padded, range(i, i + plane.shape[axis]), axis) for i in range(3))
        both = np.stack([(3 * here + before) / 4, (3 * here + after) / 4], axis + 1)
        plane = both.reshape([plane.shape[a] * (2 if a == axis else 1) for a in (0, 1)])
    return plane[: shape[0], : shape[1]]


def to_rgb(y, cb, cr):
    """Full range, the matrix of JFIF; not rounded."""
    cb, cr = cb - 128, cr - 128
    return np.stack([y + 1.402 * cr, y - 0.344136286 * cb - 0.714136286 * cr, y + 1.772 * cb], 2)


def to_ycbcr(rgb):
    """Back again."""
    red, green, blue = np.moveaxis(rgb, 2, 0)
    y = 0.299 * red + 0.587 * green + 0.114 * blue
    return y, (blue - y) / 1.772 + 128, (red - y) / 1.402 + 128
