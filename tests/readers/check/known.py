"""Faults of readers that are known: files that they misread, though others read them."""

import re
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Known:
    """A fault of one reader."""

    reader: str
    # The files, in words.
    files: str
    applies: Callable[[dict], bool]

    def covers(self, reader, entry):
        return reader == self.reader and self.applies(entry)


def ends_in_padding(entry):
    """Whether the last restart interval of a scan of luma alone would reach into the blocks that only fill up MCUs of 4:2:0."""
    restart = re.search(r"-restart-([1-9]+)-", entry["file"])
    rows = -(-entry["height"] // 8)
    return bool(restart) and entry["kind"] == "progressive 4:2:0" and rows % 2 == 1 and rows % int(restart[1]) > 0


KNOWN = [
    # It ends an interval at the end of the scan when that has several components only (`decodeScan`), and reads on.
    Known("jpeg-js", "progressive 4:2:0 of odd height in blocks whose last restart interval is shorter than the others", ends_in_padding),
]
