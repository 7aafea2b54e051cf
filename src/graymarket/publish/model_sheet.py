"""The live sheet “Model”: what is given, and the answer worked out from it by formulas.

Whoever edits a cell sees the answer move, and it can be worked out anew from the workbook alone.
Formulas name cells by row and column, as lines_low or reading_1_value, and take plain functions
alone, which every spreadsheet program knows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil, floor, sqrt
from pathlib import Path

from graymarket.publish.calculated import Calculated, folded, on_ends
from graymarket.publish.model_tables import quantile_formula, signed, triangular_formula
from graymarket.publish.payloads import Payload
from graymarket.publish.sheets import Cell, Formula, Given, named

MODEL = "Model"
ONE_MORE = "one_more"  # the row for a reading that somebody may find
_REASON, _SOURCE = 12, 13  # columns of long texts
SAME, CHANGED = "as in the report", "changed"
_FIRST = 2  # column of a block, after the rows' labels and names
_ABOUT = (
    "Filled cells may be edited, and everything else follows. Each cell has a name, made of its "
    "row’s and its column’s: {example}. Emptied, a reading or a limit does not count."
)


@dataclass(frozen=True)
class Column:
    """A column of a block: `key` is its part of the cells' names, `place` counts from 0."""

    key: str
    header: str
    place: int
    meaning: str = ""


@dataclass(frozen=True)
class Block:
    """A part of the sheet: a title, a header, and rows by name.

    `name`: what formulas call its columns, as in readings_weight; none if they need not.
    `by_row`: numbers are shown alike within a row, not within a column. `beside`: it stands to the
    right of the block after it.
    """

    name: str
    title: str
    columns: list[Column]
    rows: dict[str, list[Cell]]
    by_row: bool = False
    beside: bool = False

    def cells(self) -> list[list[Cell]]:
        """The cells by column."""
        return [list(column) for column in zip(*self.rows.values(), strict=True)]


@dataclass(frozen=True)
class Model:
    """What the sheet holds."""

    title: str
    about: str
    blocks: list[Block]
    links: list[tuple[str, str]]
    name: str = field(default=MODEL, init=False)

    @property
    def length(self) -> int:
        """How many rows its blocks have."""
        return sum(len(block.rows) for block in self.blocks)

    @property
    def described(self) -> list[tuple[str, list[Cell], str]]:
        """Each column's header with its block's title, its cells and meaning."""
        return [
            (f"{block.title}: {column.header or 'what it is'}", cells, column.meaning)
            for block in self.blocks
            for column, cells in zip(block.columns, block.cells(), strict=True)
        ]


def model(payload: Payload, known: Calculated) -> Model:
    """The sheet, with the formulas' values as they are now."""
    blocks = [
        _answer(payload, known),
        *([_inputs(payload, known)] if payload["inputs"] else []),
        _readings(payload, known),
        *([_limits(payload, known)] if payload["limits"] else []),
        *([_possible(payload)] if payload["possible"] else []),
        _kinds(payload, known),
        _share(payload, known),
        _reported(payload),
    ]
    example = named(payload["readings"][0]["name"], "value")
    about = f"{payload['subtitle'].rstrip('.')}. {_ABOUT.format(example=example)}"
    return Model(payload["title"], about, blocks, [*_links(payload)])


def _columns(*columns: tuple[str, str, str], first: int = _FIRST) -> list[Column]:
    """Label and name of the rows, then these keys, headers and meanings side by side."""
    rows = [Column("label", "", 0, "what the row is about"), Column("name", "Name", 1)]
    return rows + [
        Column(key, header, place, meaning)
        for place, (key, header, meaning) in enumerate(columns, first)
    ]


def _levels(payload: Payload) -> dict[str, str]:
    return {name: f"{100 * part:g}% below" for name, part in payload["levels"].items()}


def _outermost(payload: Payload) -> tuple[str, str]:
    """The levels of an interval's two ends."""
    ordered = sorted(payload["levels"], key=payload["levels"].__getitem__)
    return ordered[0], ordered[-1]


# What comes out


def _answer(payload: Payload, known: Calculated) -> Block:
    together = "were all inputs at such ends of their own, off the same way"
    columns = _columns(
        *((name, header, "its quantile") for name, header in _levels(payload).items()),
        ("least", "Least", together),
        ("most", "Most", together),
        ("step", "Step", "what is printed is a multiple of it"),
        ("rounded_low", "From", "the interval’s end, rounded outwards"),
        ("rounded_high", "To", "the interval’s end, rounded outwards"),
    )
    columns += [
        Column("printed", "As printed", _REASON, "the outer interval, rounded outwards"),
        Column("check", "Compared with the report", _SOURCE, f"“{SAME}” to the printed digit"),
    ]
    rows = {
        one["name"]: _answered(one, number, payload, known)
        for number, one in enumerate(payload["outputs"], 1)
    }
    return Block("", "The answer", columns, rows, by_row=True)


def _answered(output: Payload, number: int, payload: Payload, known: Calculated) -> list[Cell]:
    name, (low, high) = output["name"], _outermost(payload)
    values = known.levels[name]
    quantiles = [
        Formula(_quantile(output, part, payload), values[level])
        for level, part in payload["levels"].items()
    ]
    least, most = _ends(output, payload)
    ends = [Formula(least, known.ends[name][0]), Formula(most, known.ends[name][1])]
    step = _chosen(values[high], output["roundings"])
    first, last, printed = _printed(output, values[low], values[high])
    reported = _printed(output, output["outcome"][low], output["outcome"][high])[2]
    now, then = named(name, "printed"), f"INDEX(reported_printed,{number})"
    return [
        *(output["label"], name, *quantiles, *ends),
        Formula(_chosen_formula(named(name, high), output["roundings"]), step),
        Formula(_rounded(named(name, low), named(name, "step"), ""), first),
        Formula(_rounded(named(name, high), named(name, "step"), "-"), last),
        Formula(_printed_formula(output, high), printed),
        Formula(f'IF({now}={then},"{SAME}","{CHANGED}")', SAME if printed == reported else CHANGED),
    ]


def _quantile(output: Payload, part: float, payload: Payload) -> str:
    if output["steps"] is None:
        return quantile_formula(repr(part), payload["grid"]["step"])
    return f"PERCENTILE({named('points', output['name'])},{part!r})"


def _ends(output: Payload, payload: Payload) -> tuple[str, str]:
    """The least and the most that the output comes to."""
    low, high = _outermost(payload)
    if output["steps"] is None:
        return named(output["name"], low), named(output["name"], high)
    inputs = {one["name"] for one in payload["inputs"]}

    def leaf(part: str | float) -> tuple[str, str]:
        if not isinstance(part, str):
            return (f"{part:.15g}",) * 2
        keys = (low, high) if part in inputs else ("least", "most")
        return named(part, keys[0]), named(part, keys[1])

    ends: tuple[str, str] = folded(output["steps"], leaf, on_ends(signed))
    return ends


# How it is printed


def _chosen(high: float, amounts: list[tuple[float, float]]) -> float:
    """Of an interval that goes up to `high`: what belongs to the first amount that it exceeds."""
    return next((of for above, of in amounts if high > above), amounts[-1][1])


def _chosen_formula(high: str, amounts: list[tuple[float, float]]) -> str:
    *others, (_, text) = amounts
    formula = f"{text:.15g}"
    for above, of in reversed(others):
        formula = f"IF({high}>{above:.15g},{of:.15g},{formula})"
    return formula


def _rounded(end: str, step: str, sign: str) -> str:
    """Down to the step, or up with “-” as the sign; what is a multiple but for noise stays."""
    return f"{sign}INT({sign}ROUND({end}/{step},9))*{step}"


def _decimals(output: Payload) -> list[tuple[float, float]]:
    """Amounts, and the decimals of what is printed above each."""
    scale = output["scale"]
    shown = [(above, f"{step / scale:.9f}".rstrip("0")) for above, step in output["roundings"]]
    return [(above, len(text.partition(".")[2])) for above, text in shown]


def _printed(output: Payload, low: float, high: float) -> tuple[float, float, str]:
    """The ends of an interval, rounded outwards, and how it is printed."""
    step, scale = _chosen(high, output["roundings"]), output["scale"]
    ends = floor(round(low / step, 9)) * step, ceil(round(high / step, 9)) * step
    decimals = int(_chosen(high, _decimals(output)))
    first, last = (f"{end / scale:,.{decimals}f}" for end in ends)
    form = output["forms"]["other" if first == last else "range"]
    return *ends, form.format(n=first, low=first, high=last)


def _printed_formula(output: Payload, high: str) -> str:
    decimals = _chosen_formula(named(output["name"], high), _decimals(output))
    first, last = (
        f"FIXED({named(output['name'], key)}/{output['scale']:.15g},{decimals},FALSE)"
        for key in ("rounded_low", "rounded_high")
    )
    forms = output["forms"]
    one, both = _filled(forms["other"], n=first), _filled(forms["range"], low=first, high=last)
    return f"IF({first}={last},{one},{both})"


def _filled(form: str, **parts: str) -> str:
    """A printed form, such as “{low} to {high} million”, as a formula that joins its pieces."""
    pieces = re.split(r"\{(\w+)\}", form)  # text and names in turn
    return "&".join(
        parts[piece] if i % 2 else '"' + piece.replace('"', '""') + '"'
        for i, piece in enumerate(pieces)
        if piece
    )


# What is given


def _inputs(payload: Payload, known: Calculated) -> Block:
    ends = _outermost(payload)
    levels = {name: (_levels(payload)[name], payload["levels"][name]) for name in ends}
    columns = _columns(
        ("low", "Least", "of its triangular distribution"),
        ("mode", "Most likely", "of its triangular distribution"),
        ("high", "Greatest", "of its triangular distribution"),
        ("rise", "Rise", "from the least, for each root of the probability below"),
        ("fall", "Fall", "from the greatest, for each root of the probability above"),
        *((name, header, "its quantile") for name, (header, _) in levels.items()),
        ("unit", "Unit", ""),
        ("grade", "Grade", "of the weakest row beneath"),
        ("kind", "How known", ""),
    )
    columns += [Column("reasoning", "Why so", _REASON), Column("source", "Sources", _SOURCE)]
    rows = {
        one["name"]: _input(one, [part for _, part in levels.values()], known)
        for one in payload["inputs"]
    }
    return Block("", "Judged inputs", columns, rows, by_row=True)


def _input(one: Payload, parts: list[float], known: Calculated) -> list[Cell]:
    name, (low, mode, high) = one["name"], (one[key] for key in ("low", "mode", "high"))
    least, likeliest, greatest = (named(name, key) for key in ("low", "mode", "high"))
    width = f"({greatest}-{least})"
    worked = [
        Formula(f"SQRT({width}*({likeliest}-{least}))", sqrt((high - low) * (mode - low))),
        Formula(f"SQRT({width}*({greatest}-{likeliest}))", sqrt((high - low) * (high - mode))),
        *(
            Formula(triangular_formula(name, repr(part)), value)
            for part, value in zip(parts, known.ends[name], strict=True)
        ),
    ]
    how = [one[key] for key in ("unit", "grade", "kind", "reasoning")]
    return [one["label"], name, Given(low), Given(mode), Given(high), *worked, *how, _credits(one)]


def _readings(payload: Payload, known: Calculated) -> Block:
    kind_of_error = "standard deviation, in log-odds"
    columns = _columns(
        ("kind", "Kind", "name of its kind, as in “Kinds of readings”"),
        ("value", "Share (%)", "as published; empty: it does not count"),
        ("sample", "Sample", "how many were counted at random; empty: all"),
        ("moved", "Moved", "drift to the month asked for, in log-odds"),
        ("doubt", "Doubt", f"of that drift: {kind_of_error}"),
        ("at", "At", "log-odds, corrected for its kind and for drift"),
        ("shared", "Shared", f"with others of its kind: {kind_of_error}"),
        ("own", "Own", f"of its own: {kind_of_error}"),
        ("precision", "1/own²", "one over the square of “own”"),
        ("weight", "Weight", "in the center; weights sum to one"),
    )
    columns += [Column("rows", "Rows beneath", _REASON), Column("source", "Sources", _SOURCE)]
    found = known.readings
    worked = zip(found.at, found.shared, found.own, found.precision, found.weight, strict=True)
    rows = {
        one["name"]: _reading(one, [float(value) for value in values], payload)
        for one, values in zip(payload["readings"], worked, strict=True)
    }
    kind = payload["kinds"][0]
    more = {"name": ONE_MORE, "label": "One more: what if somebody found …", "kind": kind["name"]}
    more |= {"value": None, "sample": None, "moved": 0.0, "doubt": 0.0, "basis": []}
    shared = (kind["se"] ** 2 + kind["between"] ** 2) ** 0.5
    rows[ONE_MORE] = _reading(more, [0.0, shared, 0.0, 0.0, 0.0], payload)
    return Block("readings", "Readings of the share", columns, rows)


def _reading(one: Payload, values: list[float], payload: Payload) -> list[Cell]:
    of = {key: named(one["name"], key) for key in ("kind", "value", "sample", "moved", "doubt")}
    of |= {key: named(one["name"], key) for key in ("shared", "own", "precision")}

    def its(key: str) -> str:
        return f"INDEX(kinds_{key},MATCH({of['kind']},kinds_name,0))"

    part = f"{of['value']}/100"
    chance = f"IF(ISNUMBER({of['sample']}),1/({of['sample']}*{part}*(1-{part})),0)"
    own = f"SQRT({its('within')}^2+{of['doubt']}^2+{chance})"
    at = f"LN({of['value']}/(100-{of['value']}))+{its('off')}+{of['moved']}"
    pulled = f"1-{of['shared']}*{its('pull')}/(1+{its('tie')})"
    formulas = [
        f"IF(ISNUMBER({of['value']}),{at},0)",
        f"SQRT({its('se')}^2+{its('between')}^2)",
        f"IF(ISNUMBER({of['value']}),{own},0)",
        f"IF({of['own']}>0,1/{of['own']}^2,0)",
        f"{of['precision']}*({pulled})/{named(payload['share']['name'], 'precision')}",
    ]
    given = [Given(one[key]) for key in ("kind", "value", "sample", "moved", "doubt")]
    worked = [Formula(text, value) for text, value in zip(formulas, values, strict=True)]
    return [one["label"], one["name"], *given, *worked, _rows(one), _credits(one)]


def _limits(payload: Payload, known: Calculated) -> Block:
    columns = _columns(
        ("cap_low", "Cap from (%)", "with 95% chance the limit lies between"),
        ("cap_high", "Cap to (%)", "with 95% chance the limit lies between"),
        ("moved", "Moved", "drift to the month asked for, in log-odds"),
        ("doubt", "Doubt", "of that drift: standard deviation, in log-odds"),
        ("at", "At", "log-odds that the share does not exceed"),
        ("own", "Own", "its standard deviation, in log-odds; at least a tenth of the grid’s step"),
    )
    columns += [Column("rows", "Rows beneath", _REASON), Column("source", "Sources", _SOURCE)]
    rows: dict[str, list[Cell]] = {}
    for i, one in enumerate(payload["limits"]):
        keys = ("cap_low", "cap_high", "moved", "doubt")
        low, high, moved, doubt = (named(one["name"], key) for key in keys)
        first, last = (f"LN({end}/(100-{end}))" for end in (low, high))
        least = payload["grid"]["step"] / 10
        own = f"MAX({least!r},SQRT((({last}-{first})/(2*{payload['z95']!r}))^2+{doubt}^2))"
        rows[one["name"]] = [
            *(one["label"], one["name"], *(Given(one[key]) for key in keys)),
            Formula(
                f"IF(COUNT({low},{high})=2,({first}+{last})/2+{moved},0)",
                float(known.readings.limit_at[i]),
            ),
            Formula(f"IF(COUNT({low},{high})=2,{own},0)", float(known.readings.limit_own[i])),
            *(_rows(one), _credits(one)),
        ]
    return Block("", "Limits on the share", columns, rows)


def _kinds(payload: Payload, known: Calculated) -> Block:
    spread = "standard deviation, in log-odds"
    columns = _columns(
        ("off", "Off", "phones in use less the reading, in log-odds"),
        ("se", "Its error", "of “off”: standard error"),
        ("between", "Between", f"countries: {spread}"),
        ("within", "Within", f"countries: {spread}"),
        ("freedom", "Freedom", "degrees of freedom"),
        ("pull", "Σ s ÷ o²", "of its readings; s: shared, o: own"),
        ("tie", "Σ s² ÷ o²", "of its readings; s: shared, o: own"),
        ("variance", "Variance", "of its readings’ part in the center"),
    )
    found = known.readings
    rows: dict[str, list[Cell]] = {}
    worked = zip(found.pull, found.tie, found.variance, strict=True)
    for number, (kind, values) in enumerate(zip(payload["kinds"], worked, strict=True), 1):
        same = f"(readings_kind=INDEX(kinds_name,{number}))"
        together = f"SUMPRODUCT({same}*readings_weight*readings_shared)^2"
        formulas = (
            f"SUMPRODUCT({same}*readings_shared*readings_precision)",
            f"SUMPRODUCT({same}*readings_shared^2*readings_precision)",
            f"{together}+SUMPRODUCT({same}*(readings_weight*readings_own)^2)",
        )
        rows[kind["name"]] = [
            *(kind["label"], kind["name"]),
            *(Given(kind[key]) for key in ("off", "se", "between", "within", "freedom")),
            *(Formula(text, float(value)) for text, value in zip(formulas, values, strict=True)),
        ]
    return Block("kinds", "Kinds of readings, and their errors", columns, rows)


def _share(payload: Payload, known: Calculated) -> Block:
    formulas = {
        "precision": "SUM(readings_precision)-SUMPRODUCT(kinds_pull^2/(1+kinds_tie))",
        "center": "SUMPRODUCT(readings_weight*readings_at)",
        "spread": "SQRT(SUM(kinds_variance))",
        "freedom": "SUM(kinds_variance)^2/SUMPRODUCT(kinds_variance^2/kinds_freedom)",
    }
    columns = _columns(
        ("precision", "Precision", "by which weights are scaled"),
        ("center", "Center", "log-odds"),
        ("spread", "Spread", "standard deviation, in log-odds"),
        ("freedom", "Freedom", "degrees of freedom, after Satterthwaite"),
    )
    name = payload["share"]["name"]
    label = "Student’s t that the readings make"
    worked = [Formula(text, known.readings.share[key]) for key, text in formulas.items()]
    return Block("", "The share before limits", columns, {name: [label, name, *worked]})


# What stands beside


def _reported(payload: Payload) -> Block:
    columns = _columns(
        *((name, header, "its quantile") for name, header in _levels(payload).items()),
        ("printed", "As printed", "the outer interval, rounded outwards"),
    )
    low, high = _outermost(payload)
    rows: dict[str, list[Cell]] = {}
    for one in payload["outputs"]:
        outcome = one["outcome"]
        printed = _printed(one, outcome[low], outcome[high])[2]
        quantiles = [outcome[level] for level in payload["levels"]]
        rows[one["name"]] = [one["label"], one["name"], *quantiles, printed]
    return Block("reported", "As in the report, for comparison", columns, rows, by_row=True)


def _possible(payload: Payload) -> Block:
    columns = [
        Column("label", "What might be found", _REASON),
        Column("kind", "Kind", _SOURCE),
        Column("value", "Share (%)", _SOURCE + 1),
        Column("sample", "Sample", _SOURCE + 2),
    ]
    rows: dict[str, list[Cell]] = {
        one["name"]: [one["label"], one["kind"], one["value"], one["sample"]]
        for one in payload["possible"]
    }
    return Block("", "Findings to copy into “One more”", columns, rows, beside=True)


def _sources(one: Payload) -> Iterator[Payload]:
    yield from (source for line in one.get("basis", []) for source in line["sources"])


def _credits(one: Payload) -> str:
    return "; ".join(dict.fromkeys(source["credit"] for source in _sources(one)))


def _rows(one: Payload) -> str:
    """The rows of the database beneath, with their grades."""
    return "; ".join(_row(line) for line in one.get("basis", []))


def _row(line: Payload) -> str:
    table, key = Path(line["file"]).stem, line["key"]
    name = key if key.startswith(table) else f"{table}/{key}".rstrip("/")
    return f"{name} ({', '.join(line['grades'])})" if line["grades"] else name


def _links(payload: Payload) -> Iterator[tuple[str, str]]:
    """The sources of all that is given, each once: its words and its address."""
    given = [one for part in ("inputs", "readings", "limits") for one in payload[part]]
    known = {source["id"]: source for one in given for source in _sources(one)}
    for source in known.values():
        yield f"{source['credit']}: {source['title']}", source["url"]
