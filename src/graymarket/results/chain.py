"""The chain of inputs that leads to the maker's gray phones: by hand, and what each input does."""

from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import lineage
from graymarket.models import sensitivity
from graymarket.results.build import Results
from graymarket.results.cells import column, each
from graymarket.results.intervals import step_of
from graymarket.results.quantity import Quantity, Verdict

CHAIN = "brand_gray_phones"  # where the whole chain of inputs leads
_WIDTH = "The interval's width were the input known, of the width now"


def chain(
    results: Results, inputs: pd.DataFrame, place: tuple[str, pd.Timestamp, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The chain of a place's inputs by hand, and what each of them does to the result.

    `place`: region, date, maker. Gives two frames: the inputs, a row each, with label; and
    sensitivity.one_at_a_time beside variance_shares, with label and remark (results).
    """
    of = (inputs, *place, CHAIN)
    maker = place[2]
    ranges = sensitivity.ranges_of(*of)
    base = models.parameters("smartphones", ranges.index)
    ranges = ranges.loc[[*base, *(name for name in ranges.index if name not in base)]]
    by_hand = float(models.value(CHAIN, {str(n): float(v) for n, v in ranges["mode"].items()}))
    what = "The maker's gray phones, with every input at its most likely value"
    results.quantity("by_hand", by_hand, "number", what, ranges, kind="estimated")
    results.quantity("about", by_hand, "phones", what, ranges, kind="estimated")
    for row in each(ranges):
        _link(results, row)
    variance = sensitivity.variance_shares(*of).drop(columns="lineage")
    swing = sensitivity.one_at_a_time(*of).merge(variance, on="parameter")
    return _by_hand(results, ranges, maker), swing.assign(
        label=column([_input(row.parameter, row, maker, "input_label") for row in each(swing)]),
        remark=column([_width(row) for row in each(swing)]),
    )


def _by_hand(results: Results, ranges: pd.DataFrame, maker: str) -> pd.DataFrame:
    """The inputs, a row each, and what follows from them."""
    rows = [
        {
            "label": _input(row.Index, row, maker, "input_label"),
            **{end: _amount(row, getattr(row, end)) for end in ("low", "mode", "high")},
            **{name: getattr(row, name) for name in ("kind", "reasoning", "lineage")},
        }
        for row in each(ranges)
    ]
    what = "The maker's gray phones"
    origin = lineage(ranges)
    total = {
        "label": Verdict(
            about="quantity",
            answer=CHAIN,
            definition=what,
            lineage=origin,
            parts={"maker": maker},
        ),
        "mode": results["by_hand"],
        "lineage": origin,
    }
    return pd.DataFrame([*rows, total])


def _amount(row: Any, value: float) -> Quantity:
    """An end or the most likely value of an input's range."""
    unit = {"percent": "percent", "ratio": "ratio"}.get(row.unit, "number")
    return Quantity(
        value=value,
        unit=unit,
        kind="judged",
        definition=f"The range of the input {row.Index}",
        lineage=lineage(row.lineage),
        step=step_of(value) if unit == "percent" else None,
    )


def widest(
    results: Results,
    inputs: pd.DataFrame,
    place: tuple[str, pd.Timestamp, str],
    quantity: str,
    suffix: str,
) -> None:
    """The two inputs of a quantity that carry the most variance, as first_… and second_…."""
    region, _, maker = place
    variance = sensitivity.variance_shares(inputs, *place, quantity)
    for rank, row in zip(("first", "second"), each(variance.head(2)), strict=False):
        results[f"{rank}_input{suffix}"] = _input(row.parameter, row, maker, "input")
        part, known = row.alone, row.width_if_known
        what = "What part of the variance the input carries"
        for name, amount, of in (("part", part, what), ("known", known, _WIDTH)):
            results.quantity(
                f"{rank}_{name}{suffix}",
                *(amount, "percent", of, row.lineage),
                kind="estimated",
                step=1,
                region=region,
            )


def _link(results: Results, row: Any) -> None:
    """The most likely value of an input of the chain, as link_PARAMETER."""
    results[f"link_{row.Index}"] = _amount(row, row.mode)


def _input(parameter: str, row: Any, maker: str, about: str) -> Verdict:
    return Verdict(
        about=about,
        answer=parameter,
        definition="An input of the estimate",
        lineage=lineage(row.lineage),
        parts={"maker": maker},
    )


def label_of(row: Any) -> Verdict:
    """A row of the table assumptions: its input in words."""
    return _input(row.parameter, row, row.maker, "input_label")


def _width(row: Any) -> Verdict:
    parts = Results()
    parts.quantity("width", row.width_if_known, "percent", _WIDTH, row.lineage, step=1)
    return Verdict(
        about="width",
        answer="known",
        definition=_WIDTH,
        lineage=lineage(row.lineage),
        parts=dict(parts),
    )
