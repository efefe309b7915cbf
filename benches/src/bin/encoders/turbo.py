"""Encodes planes with libjpeg-turbo, as Pillow has it.

Standard input has requests: a line with width, height, 400 (grey), 420 or 444, quality and rounds, then the samples of the planes.
The answer to each is three files (baseline, optimised, progressive), each after a line with its length and the median time of the
rounds in nanoseconds. Before the first request stands "ready".
"""

import io
import statistics
import sys
import time

import numpy
from PIL import Image

MODES = [{}, {"optimize": True}, {"optimize": True, "progressive": True}]


def picture(width, height, kind):
    def plane(width, height):
        return numpy.frombuffer(sys.stdin.buffer.read(width * height), numpy.uint8).reshape(height, width)

    luma = plane(width, height)
    if kind == 400:
        return Image.fromarray(luma, "L")
    step = 2 if kind == 420 else 1
    # Pillow takes chroma of full size. Four equal samples have their own mean: libjpeg-turbo gets back what is given here.
    chroma = [plane(-(-width // step), -(-height // step)).repeat(step, 0).repeat(step, 1) for _ in range(2)]
    return Image.fromarray(numpy.dstack([luma, *(plane[:height, :width] for plane in chroma)]), "YCbCr")


def main():
    print("ready", flush=True)
    for line in sys.stdin.buffer:
        width, height, kind, quality, rounds = map(int, line.split())
        source = picture(width, height, kind)
        subsampling = "4:2:0" if kind == 420 else "4:4:4"
        for mode in MODES:
            times = []
            for _ in range(rounds):
                file = io.BytesIO()
                start = time.perf_counter_ns()
                source.save(file, "JPEG", quality=quality, subsampling=subsampling, **mode)
                times.append(time.perf_counter_ns() - start)
            content = file.getvalue()
            sys.stdout.buffer.write(b"%d %d\n" % (len(content), statistics.median(times)))
            sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


main()
