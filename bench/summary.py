"""Sums up several outputs of `tally bench`: each figure's median, least and greatest over the runs, as Markdown."""

import re
import statistics
import sys

NUMBER = re.compile(r"^(-?[\d,]+(?:\.\d+)?)(?: (µs|ms|s|MiB|a charge.*))?(?: [\[(].*)?$")
UNITS = {"µs": 1e-3, "ms": 1.0, "s": 1e3}


def value(cell):
    """A cell's number, times in milliseconds, and whether it is a time; None for text."""
    match = NUMBER.match(cell)
    if not match:
        return None
    number = float(match[1].replace(",", ""))
    return (number * UNITS[match[2]], True) if match[2] in UNITS else (number, False)


def figures(path):
    """((table, row, column), number, is a time) of each cell; single lines are rows of no table."""
    header = None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            cells = re.split(r"\s{2,}", line.strip())
            if not line.strip():
                header = None
            elif len(cells) > 1 and header is None:
                header = cells
            elif len(cells) > 1:
                for column, cell in zip(header[1:], cells[1:]):
                    if (found := value(cell)) is not None:
                        yield (header[0], cells[0], column), *found
            elif ": " in line:
                name, said = line.strip().split(": ", 1)
                if (found := value(said)) is not None:
                    yield ("", name, ""), *found


def words(number, is_time):
    if is_time:
        return f"{number:.1f} ms" if number >= 1 else f"{number * 1000:.0f} µs"
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"


def main(paths):
    seen = {}
    for path in paths:
        for key, number, is_time in figures(path):
            seen.setdefault(key, []).append((number, is_time))
    print(f"| figure of {len(paths)} runs | | median | least | greatest |\n|---|---|---|---|---|")
    for (table, row, column), found in seen.items():
        numbers = [number for number, _ in found]
        shown = (statistics.median(numbers), min(numbers), max(numbers))
        cells = " | ".join(words(number, found[0][1]) for number in shown)
        print(f"| {': '.join(part for part in (table, row) if part)} | {column} | {cells} |")


main(sys.argv[1:])
