"""Compares files of masthead-jpeg with those of libjpeg-turbo: EXAMPLE FOLDER PICTURE...

Of every picture, sampling and quality it must hold that
- Pillow reads the file of each coding, with and without restart markers, without complaint, and the same pixels in all;
- Pillow and the decoder of masthead-jpeg read the same planes;
- the quantisation tables are libjpeg-turbo's, and the file with the tables of the standard has its coded data, byte for byte:
  so the coefficients are the same;
- PSNR, then, is the same to the last digit, and files with tables of their own are no larger than libjpeg-turbo's.
"""

import io
import subprocess
import sys
import warnings
from pathlib import Path

import numpy
from PIL import Image

WIDTHS = [(626, 313), (301, 101), (16, 16), (7, 5)]
QUALITIES = [100, 95, 85, 60, 20]
CODINGS = ["standard", "optimal", "progressive"]


def planes(picture, kind):
    """Luma and chroma as Pillow gives them; of 4:2:0, chroma that libjpeg-turbo halves back to what is given here."""
    if kind == 400:
        return [numpy.asarray(picture.convert("L"))], picture.convert("L")
    full = numpy.asarray(picture.convert("YCbCr")).copy()
    if kind == 444:
        return list(full.transpose(2, 0, 1)), Image.fromarray(full, "YCbCr")
    height, width = full.shape[:2]
    halves = [full[::2, ::2, i] for i in (1, 2)]
    for i, half in enumerate(halves):
        # Four equal samples have their own mean, however it is rounded.
        full[:, :, i + 1] = half.repeat(2, 0).repeat(2, 1)[:height, :width]
    return [full[:, :, 0], *halves], Image.fromarray(full, "YCbCr")


def coded(file):
    """What follows the header of the first scan."""
    at = 2
    while True:
        marker, length = file[at + 1], int.from_bytes(file[at + 2 : at + 4])
        at += 2 + length
        if marker == 0xDA:
            return file[at:]


def read(file, mode):
    picture = Image.open(io.BytesIO(file))
    picture.draft(mode, None)
    picture.load()
    return picture


def psnr(a, b):
    error = numpy.mean((numpy.asarray(a, float) - numpy.asarray(b, float)) ** 2)
    return 99.0 if error == 0 else 10 * numpy.log10(255**2 / error)


def compare(example, folder, source, size, kind, quality):
    samples, picture = planes(source.resize(size, Image.Resampling.LANCZOS), kind)
    given = folder / "given"
    header = b"%d %d %d\n" % (*size, kind)
    given.write_bytes(header + b"".join(plane.tobytes() for plane in samples))

    def ours(coding, restart_rows=0):
        path = folder / "ours.jpg"
        subprocess.run([example, given, str(quality), coding, str(restart_rows), path], check=True)
        return path.read_bytes(), Path(f"{path}.planes").read_bytes()

    def theirs(**options):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, subsampling="4:2:0" if kind == 420 else "4:4:4", **options)
        return file.getvalue()

    standard, read_by_us = ours("standard")
    turbo = theirs()
    pixels = read(standard, picture.mode)
    assert pixels.quantization == read(turbo, picture.mode).quantization
    assert coded(standard) == coded(turbo), "coded data differ"
    # Pillow interpolates chroma of 4:2:0: of that, luma is compared.
    by_pillow = numpy.asarray(pixels).reshape(size[1], size[0], -1).transpose(2, 0, 1)[: 1 if kind == 420 else 3]
    by_us = numpy.frombuffer(read_by_us, numpy.uint8)[: by_pillow.size].reshape(by_pillow.shape)
    assert numpy.array_equal(by_pillow, by_us), "readers differ"
    assert psnr(picture, pixels) == psnr(picture, read(turbo, picture.mode))
    sizes = {"turbo": len(turbo), "turbo optimal": len(theirs(optimize=True)), "standard": len(standard)}
    sizes["turbo progressive"] = len(theirs(optimize=True, progressive=True))
    for coding in CODINGS:
        for rows in [0, 1, 3]:
            file, planes_of_file = ours(coding, rows)
            assert planes_of_file == read_by_us, (coding, rows)
            assert numpy.array_equal(read(file, picture.mode), pixels), (coding, rows)
            if rows == 0:
                sizes[coding] = len(file)
    return sizes


def main():
    example, folder, *sources = sys.argv[1:]
    assert sources, "no pictures"
    warnings.simplefilter("error")
    total = {}
    count = 0
    for path in sources:
        source = Image.open(path).convert("RGB")
        for size in WIDTHS:
            for kind in [400, 420, 444]:
                for quality in QUALITIES:
                    try:
                        sizes = compare(example, Path(folder), source, size, kind, quality)
                    except AssertionError as error:
                        raise SystemExit(f"{path} {size} {kind} quality {quality}: {error}") from error
                    count += 1
                    for name, length in sizes.items():
                        total[name] = total.get(name, 0) + length
    print(f"{count} pictures: coded data and pixels as libjpeg-turbo's; bytes of all:")
    for name, length in total.items():
        print(f"{length:10} {name}")
    assert total["standard"] <= total["turbo"] * 1.01
    assert total["optimal"] <= total["turbo optimal"] and total["progressive"] <= total["turbo progressive"]


main()
