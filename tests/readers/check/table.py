"""The table of readers, in Markdown."""

from distance import BLOCK

BEGIN, END = "<!-- table: written by the run -->\n", "<!-- end of the table -->\n"


def markdown(reports, shown):
    """All of it: readers, kinds of files by readers, what Chromium shows of half a file."""
    kinds = list(dict.fromkeys(verdict.entry["kind"] for verdict in reports[0].verdicts))
    names = [report.reader.name for report in reports]
    rows = [["reader", "version", "chroma of 4:2:0", "largest", "rms", "block"], [":--"] * 3 + ["--:"] * 3]
    for report in reports:
        rows.append([report.reader.name, report.version, *overall(report)])
    text = lines(rows) + "\n"
    rows = [["files", *names], [":--", *["--:"] * len(names)]]
    for kind in kinds:
        count = sum(verdict.entry["kind"] == kind for verdict in reports[0].verdicts)
        rows.append([f"{kind} ({count})", *(cell(report, kind) for report in reports)])
    text += lines(rows) + "\n"
    rows = [["half of the bytes", "Chromium shows"], [":--"] * 2]
    return text + lines(rows + [[f"`{file}`", words] for file, words in shown.items()])


def overall(report):
    """How chroma of 4:2:0 is interpolated, and the worst shares of the bounds."""
    distances = [verdict.distance for verdict in report.verdicts if verdict.distance and not verdict.faults]
    # Of a file so small that the ways differ everywhere.
    way = next(v.distance.interpolation for v in report.verdicts if v.entry["file"] == "standard-420-restart-0-8x8.jpg")
    largest = max(distance.largest / distance.largest_allowed for distance in distances)
    rms = max(distance.rms / distance.rms_allowed for distance in distances)
    block = max(distance.block for distance in distances) / BLOCK
    return ["planes are compared" if way == "none" else way, f"{largest:.0%}", f"{rms:.0%}", f"{block:.0%}"]


def cell(report, kind):
    """The largest difference of a sample and the largest root mean square; how many files are not within bounds."""
    verdicts = [verdict for verdict in report.verdicts if verdict.entry["kind"] == kind]
    faulty = sum(bool(verdict.faults) for verdict in verdicts)
    misread = f", {faulty} misread" if faulty else ""
    if not verdicts:
        return "–"
    if kind.startswith("PNG"):
        return f"exact{misread}"
    within = [verdict.distance for verdict in verdicts if not verdict.faults]
    if not within:
        return misread.strip(", ")
    return f"{max(d.largest for d in within):.1f} / {max(d.rms for d in within):.2f}{misread}"


def lines(rows):
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def put(path, text):
    """Replaces the table in a file."""
    old = path.read_text()
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, f"{path} has no place for the table"
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
