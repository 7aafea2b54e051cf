"""The live sheets “Model grid” and “Model points”: a row a cell of the grid, a row a point."""

from typing import Any

from xlsxwriter.utility import xl_col_to_name

from graymarket.publish.calculated import Calculated, folded
from graymarket.publish.payloads import Payload
from graymarket.publish.sheets import Formula, Sheet, named

GRID, POINTS = "Model grid", "Model points"
_CELL = "share_cell"

# A column of a table: its name, its meaning, its cells. A formula names cells of its own row
# with “{row}” in place of the row's number.
_Column = tuple[str, str, list[Any]]


def model_tables(payload: Payload, known: Calculated) -> list[Sheet]:
    """Both sheets, with the formulas' values as they are now."""
    return [_grid(payload, known), _points(payload, known)]


def _sheet(name: str, title: str, about: str, columns: list[_Column], prefix: str) -> Sheet:
    names, meanings, cells = zip(*columns, strict=True)
    rows = [list(row) for row in zip(*cells, strict=True)]
    ranges = [named(prefix, column) for column in names]
    return Sheet(name, title, about, [*names], rows, [*meanings], ranges=ranges)


def _grid(payload: Payload, known: Calculated) -> Sheet:
    grid, share = known.grid, payload["share"]["name"]
    center, spread, freedom = (named(share, key) for key in ("center", "spread", "freedom"))
    away = f"((A{{row}}-{center})/{spread})^2/{freedom}"
    density = f"EXP(-({freedom}+1)/2*LN(1+{away}))"
    density += "".join(_limited(limit["name"]) for limit in payload["limits"])
    columns: list[_Column] = [
        ("log_odds", "natural logarithm of the share over the rest", grid.log_odds.tolist()),
        ("share", "percent", _same("100/(1+EXP(-A{row}))", grid.share)),
        ("density", "Student’s t times the limits, not scaled", _same(density, grid.density)),
        (
            "probability",
            "of the share to lie in this cell; they sum to one",
            _same("C{row}/SUM(grid_density)", grid.probability),
        ),
        (
            "below",
            "probability of all cells before this one",
            [0.0, *_same("E{before}+D{before}", grid.below[1:])],
        ),
    ]
    title = "What is known of the share"
    about = "A row a cell of a grid in log-odds. Worked out from the sheet Model."
    return _sheet(GRID, title, about, columns, "grid")


def _limited(limit: str) -> str:
    """The factor by which a limit lowers the density; none if the limit is emptied."""
    at, own = named(limit, "at"), named(limit, "own")
    beyond = f"PI()/SQRT(3)*(A{{row}}-{at})/{own}"
    return f"*IF({own}>0,1/(1+EXP(MIN(700,{beyond}))),1)"  # EXP ends at 709


def _same(text: str, values: Any) -> list[Formula]:
    """The same formula in every row."""
    return [Formula(text, value) for value in values.tolist()]


def _points(payload: Payload, known: Calculated) -> Sheet:
    share, inputs = payload["share"]["name"], payload["inputs"]
    names = [*(one["name"] for one in inputs), share]
    columns: list[_Column] = [("point", "its number", [*range(payload["points"])])]
    columns += [(f"{n}_even", f"even number of {n}", known.even[n].tolist()) for n in names]
    even = {name: f"{xl_col_to_name(i)}{{row}}" for i, name in enumerate(names, 1)}
    place: dict[str, str] = {}

    def add(name: str, meaning: str, text: str, values: Any) -> None:
        place[name] = f"{xl_col_to_name(len(columns))}{{row}}"
        columns.append((name, meaning, _same(text, values)))

    for one in inputs:
        text = triangular_formula(one["name"], even[one["name"]])
        add(one["name"], one["unit"], text, known.points[one["name"]])
    cell = known.grid.cell(known.even[share])
    add(_CELL, "cell of the grid", f"MATCH({even[share]},grid_below,1)", cell)
    add(
        *(share, "percent", _interpolated(even[share], place[_CELL], payload["grid"]["step"])),
        known.points[share],
    )
    for output in payload["outputs"]:
        if output["steps"] is not None:
            text = folded(output["steps"], lambda leaf: _leaf(leaf, place), signed)
            add(output["name"], output["unit"], text, known.points[output["name"]])
    title = "The points that the intervals are made of"
    about = "A row a point: even numbers (Sobol’s sequence), what inputs they make, what follows."
    return _sheet(POINTS, title, about, columns, "points")


def _leaf(leaf: str | float, place: dict[str, str]) -> str:
    return place[leaf] if isinstance(leaf, str) else f"{leaf:.15g}"


def signed(sign: str, left: str, right: str) -> str:
    """The sign between two formulas."""
    return f"({left}{sign}{right})"


def triangular_formula(name: str, even: str) -> str:
    """The quantile of an input's triangular distribution at the cell or number `even`."""
    low, mode, high = (named(name, key) for key in ("low", "mode", "high"))
    below = f"{low}+{named(name, 'rise')}*SQRT({even})"
    above = f"{high}-{named(name, 'fall')}*SQRT(1-{even})"
    return f"IF({even}*({high}-{low})<{mode}-{low},{below},{above})"


def quantile_formula(part: str, step: float) -> str:
    """The share below which it lies with the probability `part`: straight between cells' edges."""
    return _interpolated(part, f"MATCH({part},grid_below,1)", step)


def _interpolated(part: str, cell: str, step: float) -> str:
    within = f"({part}-INDEX(grid_below,{cell}))/INDEX(grid_probability,{cell})-0.5"
    return f"100/(1+EXP(-(INDEX(grid_log_odds,{cell})+{step!r}*({within}))))"
