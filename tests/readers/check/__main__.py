"""Tries other people's readers on files of masthead, and says how far what they give is from what was encoded.

What must hold is in distance.py, judge.py and stalled.py; README.md says why.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import damage
import stalled
import table
from exact import PROGRESSIVE, SCAN, segments
from judge import Judge
from known import KNOWN
from reference import Folder

Reader = namedtuple("Reader", "name command reads_png")
# What a reader gave: its version, and a verdict on each file.
Report = namedtuple("Report", "reader version verdicts")

STALLED = [
    "default-rocket-1500x500.jpg",
    "default-coffee-600x200.jpg",
    "standard-rocket-1500x500.jpg",
    "progressive-rocket-1500x500.jpg",
]
# Seconds after which a reader hangs.
PATIENCE = 600


def readers(rust):
    here = Path(__file__).parent.parent / "readers"
    python, node = [sys.executable, here / "python.py"], ["node", here / "node.mjs"]
    return [
        Reader("image", [rust, "image"], True),
        Reader("jpeg-decoder", [rust, "jpeg-decoder"], False),
        Reader("Pillow", [*python, "pillow"], True),
        Reader("OpenCV", [*python, "opencv"], True),
        Reader("libvips", [*node, "sharp"], True),
        Reader("ffmpeg", [*python, "ffmpeg"], True),
        Reader("jpeg-js", [*node, "jpeg-js"], False),
        Reader("ImageMagick", [*python, "imagemagick"], True),
        Reader("Chromium", ["node", here / "chromium.mjs", "chromium"], True),
    ]


def run(reader, judge, output):
    """Lets a reader read, and judges what it gives."""
    folder = judge.folder
    entries = [entry for entry in folder.manifest if reader.reads_png or entry["file"].endswith(".jpg")]
    output = output / reader.name
    output.mkdir()
    start = time.monotonic()
    files = [entry["file"] for entry in entries]
    command = [*reader.command, folder.path, output, *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode:
        raise SystemExit(f"{reader.name} failed:\n{done.stderr}")
    # Lines of the form `FILE: what is wrong`; a reader that has anything else to say has something to complain about as well.
    complaints = dict(line.partition(": ")[::2] for line in done.stderr.splitlines())
    if unknown := complaints.keys() - files:
        raise SystemExit(f"{reader.name} complains:\n{done.stderr}")
    read = time.monotonic()
    verdicts = [judge.verdict(entry, output, complaints.get(entry["file"])) for entry in entries]
    shutil.rmtree(output)
    print(f"{reader.name}: read in {read - start:.1f} s, compared in {time.monotonic() - read:.1f} s", flush=True)
    return Report(reader, done.stdout.splitlines()[0], verdicts)


def unexpected(report):
    """What is wrong with a report, in lines."""
    name = report.reader.name
    for verdict in report.verdicts:
        if verdict.faults and not any(fault.covers(name, verdict) for fault in KNOWN):
            yield f"{name}: {verdict.entry['file']}: {'; '.join(verdict.faults)}"
    for fault in KNOWN:
        if fault.reader == name:
            for file in fault.vanished(report.verdicts):
                yield f"{name}: {file}: is not misread: known.py and README.md should not say that it is"


def scans(folder):
    """Checks that files of the default set that are not progressive have a single scan."""
    default = [entry for entry in folder.manifest if entry["file"].startswith("default-rocket-")]
    assert len(default) == 10, f"the default set of rocket.jpg has {len(default)} files, 10 are expected"
    for entry in default:
        markers = [marker for marker, _ in segments(folder.bytes(entry))]
        if PROGRESSIVE not in markers and markers.count(SCAN) != 1:
            yield f"{entry['file']}: {markers.count(SCAN)} scans, 1 is expected"


def main():
    parser = argparse.ArgumentParser(prog="check")
    parser.add_argument("--files", type=Path, required=True, help="what masthead-readers-files wrote")
    parser.add_argument("--output", type=Path, required=True, help="an empty folder")
    parser.add_argument("--rust", type=Path, required=True, help="the program with the crates image and jpeg-decoder")
    parser.add_argument("--readme", type=Path, help="where the table is to be brought up to date")
    options = parser.parse_args()
    folder = Folder(options.files)
    jpeg = [entry for entry in folder.manifest if entry["file"].endswith(".jpg")]
    print(f"{len(jpeg)} JPEG files, {len(folder.manifest) - len(jpeg)} PNG files", flush=True)
    wrong = list(scans(folder))

    start = time.monotonic()
    small = [entry for entry in jpeg if entry["width"] * entry["height"] <= 640 * 320 or "rocket" in entry["file"]]
    print(f"{damage.check(folder, small)} damaged pictures are refused ({time.monotonic() - start:.1f} s)", flush=True)

    judge = Judge(folder)
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda reader: run(reader, judge, options.output), readers(options.rust)))
    for report in reports:
        wrong += unexpected(report)

    start = time.monotonic()
    script = Path(__file__).parent.parent / "readers" / "stalled.mjs"
    subprocess.run(["node", script, options.files, options.output, *STALLED], check=True, timeout=PATIENCE)
    shown = {}
    for file in STALLED:
        entry = next(entry for entry in jpeg if entry["file"] == file)
        try:
            shown[file] = stalled.check(folder, entry, options.output / f"{file}.png")
        except AssertionError as error:
            wrong.append(f"Chromium, half of the bytes: {error}")
    print(f"half of the bytes in Chromium ({time.monotonic() - start:.1f} s)", flush=True)

    text = table.markdown(reports, shown)
    print(f"\n{text}")
    if wrong:
        raise SystemExit("\n".join([*wrong[:40], f"{len(wrong)} faults"]))
    if options.readme:
        table.put(options.readme, text)


main()
