"""Faults of readers that are known: files that they misread, though others read them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A fault of one reader."""

    reader: str
    # What the files have in common, in words.
    kind: str
    # All files that show it, and what is wrong with each.
    files: dict

    def covers(self, reader, verdict):
        return reader == self.reader and verdict.faults == (self.files.get(verdict.entry["file"]),)

    def vanished(self, verdicts):
        """Those of its files that are not misread in these verdicts of its reader, or are not there."""
        misread = {verdict.entry["file"] for verdict in verdicts if verdict.faults}
        return [file for file in self.files if file not in misread]


KNOWN = [
    # It ends an interval at the end of the scan when that has several components only (`decodeScan`), and reads on. In a scan of
    # luma alone the last interval would reach into the blocks that only fill up MCUs of 4:2:0.
    Known(
        "jpeg-js",
        "progressive 4:2:0 of odd height in blocks whose last restart interval is shorter than the others",
        {
            "progressive-420-restart-3-8x8.jpg": "invalid huffman sequence",
            "progressive-420-restart-3-17x33.jpg": "unexpected marker: ffc4",
            "progressive-420-restart-3-257x129.jpg": "unexpected marker: ffc4",
        },
    ),
]
