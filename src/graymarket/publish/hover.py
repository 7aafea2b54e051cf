"""Where the rows of an exhibit's data are in its chart, or nothing where that is not certain.

A page can then tell the values nearest to a pointer. The places are read from the drawing and
checked against the data: a chart whose line or labels do not fit its rows gets none.
"""

import re
from datetime import date
from itertools import pairwise

_PATH = re.compile(r'<path d="((?:[ML] [-\d.]+ [-\d.]+\s*)+)"[^>]*style="fill: none;[^"]*stroke:')
_POINT = re.compile(r"[ML] ([-\d.]+) ([-\d.]+)")
_TEXT = re.compile(r'<text [^>]*? x="([-\d.]+)" y="([-\d.]+)"[^>]*>([^<]*)</text>')
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_FEWEST_POINTS = 8  # a shorter line is a rule or a bracket
_NEAR = 0.7  # points between where a row should be and where the line bends
_FIT = 0.02  # of the line's height: more between data and drawing is another line
_ABOVE_BASELINE = 3  # points from a label's foot to its middle


def places(exhibit: dict, svg: str) -> dict | None:
    """`along` ("x" or "y") and `places`, one for each row, in ten-thousandths of the chart.

    Lines over time (`native` kind "line") must fit their data; other charts need one label for
    each row, all in one column or line. None for any other chart.
    """
    if not svg or not (size := _SIZE.search(svg)):
        return None
    width, height = map(float, size.groups())
    native = exhibit.get("native") or {}
    if native.get("kind") == "line":
        found = _along_line(exhibit["table"], native, svg)
        return found and _shares("x", found, width)
    found = _along_labels(exhibit["table"], svg)
    return found and _shares(found[0], found[1], width if found[0] == "x" else height)


def _shares(along: str, points: list[float], whole: float) -> dict:
    return {"along": along, "places": " ".join(str(round(10_000 * p / whole)) for p in points)}


def _along_line(table: dict, native: dict, svg: str) -> list[float] | None:
    columns = [str(name) for name in table["columns"]]
    days = [_day(row[columns.index(native["x"])]) for row in table["rows"]]
    if None in days or any(later <= earlier for earlier, later in pairwise(days)):
        return None
    for drawn in _PATH.findall(svg):
        line = [(float(x), float(y)) for x, y in _POINT.findall(drawn)]
        for name in native["y"] if len(line) >= _FEWEST_POINTS else ():
            values = [row[columns.index(name)] for row in table["rows"]]
            if found := _fitted(days, values, line):
                return found
    return None


def _day(text) -> int | None:
    parts = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", str(text))
    return date(int(parts[1]), int(parts[2]), int(parts[3] or 1)).toordinal() if parts else None


def _fitted(days: list[int], values: list, line: list) -> list[float] | None:
    """Every row's x, if the line’s bends lie on the rows and are as high as their values."""
    seen = [(day, value) for day, value in zip(days, values, strict=True) if value is not None]
    if len(seen) < _FEWEST_POINTS or line[-1][0] <= line[0][0]:
        return None
    scale = (line[-1][0] - line[0][0]) / (seen[-1][0] - seen[0][0])
    across = [line[0][0] + (day - seen[0][0]) * scale for day in days]
    rows = [(x, value) for x, value in zip(across, values, strict=True) if value is not None]
    pairs = []
    for x, y in line:
        row_x, value = min(rows, key=lambda row: abs(row[0] - x))
        if abs(row_x - x) > _NEAR:
            return None
        pairs.append((value, y))
    return across if _proportional(pairs) else None


def _proportional(pairs: list[tuple[float, float]]) -> bool:
    """Whether heights follow from values by one straight scale, the greater the higher."""
    (low, low_y), (high, high_y) = min(pairs), max(pairs)
    if high <= low or high_y >= low_y:
        return False
    slope = (high_y - low_y) / (high - low)
    return all(abs(low_y + (v - low) * slope - y) <= _FIT * (low_y - high_y) for v, y in pairs)


def _along_labels(table: dict, svg: str) -> tuple[str, list[float]] | None:
    labels = [str(row[0]) for row in table["rows"]]
    written = [(text.strip(), float(x), float(y)) for x, y, text in _TEXT.findall(svg)]
    found = [[at for at in written if at[0] == label] for label in labels]
    if len(set(labels)) < max(len(labels), 2) or any(len(at) != 1 for at in found):
        return None
    if not any(table["numeric"]):
        return None  # the picture already says in words all that the rows do
    xs, ys = [at[0][1] for at in found], [at[0][2] for at in found]
    if len(set(xs)) == 1 and len(set(ys)) == len(ys):
        return "y", [y - _ABOVE_BASELINE for y in ys]
    if len(set(ys)) == 1 and len(set(xs)) == len(xs):
        return "x", xs
    return None
