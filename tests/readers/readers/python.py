"""Reads files with Pillow, OpenCV, ffmpeg or ImageMagick: READER FOLDER OUTPUT FILE...

Each file of FOLDER becomes a PAM file of its name in OUTPUT. The first line that is printed is the version of the reader.
"""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np


def pam(pixels, kind=None):
    height, width, depth = pixels.shape if pixels.ndim == 3 else (*pixels.shape, 1)
    kind = f"TUPLTYPE {kind}\n" if kind else ""
    return f"P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH {depth}\nMAXVAL 255\n{kind}ENDHDR\n".encode() + pixels.tobytes()


def pillow(folder, output, files):
    from PIL import Image, __version__, features

    print(f"{__version__} (libjpeg-turbo {features.version('libjpeg_turbo')})")
    warnings.simplefilter("error")
    for file in files:
        with Image.open(folder / file) as image:
            (output / file).write_bytes(pam(np.asarray(image)))


def opencv(folder, output, files):
    import cv2

    built = next(line for line in cv2.getBuildInformation().splitlines() if line.strip().startswith("JPEG:"))
    print(f"{cv2.__version__} ({built.split('build-')[1].split('-70')[0].replace(' (ver', '')})")
    for file in files:
        pixels = cv2.imread(str(folder / file), cv2.IMREAD_UNCHANGED)
        order = {3: [2, 1, 0], 4: [2, 1, 0, 3]}.get(pixels.shape[2] if pixels.ndim == 3 else 1)
        (output / file).write_bytes(pam(pixels if order is None else pixels[:, :, order]))


def ffmpeg(folder, output, files):
    """Of JPEG the planes, as ffmpeg decodes them: what turns them into RGB is another part of it, with options of its own."""
    import av

    print(f"{av.ffmpeg_version_info} (PyAV {av.__version__})")
    av.logging.set_level(av.logging.WARNING)
    formats = {"yuvj420p": 2, "yuvj444p": 1, "gray": 1, "rgb24": 3, "rgba": 4}
    for file in files:
        with av.open(str(folder / file)) as container:
            frame = next(container.decode(video=0))
        name = frame.format.name
        if name.startswith("yuvj"):
            planes = []
            for plane in frame.planes:
                samples = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
                step = formats[name] if planes else 1
                planes.append(samples.repeat(step, 0).repeat(step, 1)[: frame.height, : frame.width])
            (output / file).write_bytes(pam(np.stack(planes, 2), "YCBCR"))
        elif name in formats:
            (output / file).write_bytes(pam(frame.to_ndarray()))
        else:
            raise SystemExit(f"{file}: unexpected pixel format {name}")


def imagemagick(folder, output, files):
    version = subprocess.run(["mogrify", "-version"], check=True, capture_output=True, text=True).stdout.split()
    print(f"{version[2]} (Debian's)", flush=True)
    given = [str(folder / file) for file in files]
    subprocess.run(["mogrify", "-depth", "8", "-format", "pam", "-path", output, *given], check=True)
    for file in files:
        (output / file).with_suffix(".pam").rename(output / file)


def main():
    reader, folder, output, *files = sys.argv[1:]
    readers = {read.__name__: read for read in [pillow, opencv, ffmpeg, imagemagick]}
    readers[reader](Path(folder), Path(output), files)


main()
