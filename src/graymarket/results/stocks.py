"""Stocks that a closed door left to fade: what a maker still has where nobody renews its phones."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.models.stock import Stock, stock
from graymarket.question import SERIES, Question
from graymarket.results.build import Results
from graymarket.results.facts import picked, row_of
from graymarket.results.places import names_of
from graymarket.results.times import month_span

FEATURED = "featured_closure"  # the place of the table picks that names closures for prose


@dataclass(frozen=True)
class Stocks:
    """Stocks of the featured closures. `stocks`: by the label that picks gives the closure."""

    stocks: dict[str, Stock]
    results: Results


def compute(question: Question, tables: Tables) -> Stocks:
    """The stocks of the question's featured closures, where a case says how long phones last."""
    stocks, results = {}, Results()
    for label, row in featured(question, tables):
        case = renewal_case(tables, row)
        if case is not None:
            stocks[label] = stock_of(tables, row, case)
            add_stock(results, f"{label}_", stocks[label], row, case, tables)
    return Stocks(stocks, results)


def featured(question: Question, tables: Tables) -> Iterator[tuple[str, pd.Series]]:
    """Label and row of each closure that the question's prose tells of, in order."""
    for pick in picked(tables, question, FEATURED).itertuples():
        yield str(pick.label), row_of(tables, str(pick.entry))


def renewal_case(tables: Tables, row: pd.Series) -> pd.Series | None:
    """The case of the renewal method for a closure's maker and region; None without one.

    None too where the closure is watched in another maker's series: its stock is not the maker's.
    """
    cases = tables["cases"]
    own = (cases["maker"] == row["maker"]) & (cases["region"] == row["region"])
    cases = cases[own & (cases["method"] == "renewal") & (cases["reason"] == "")]
    return cases.iloc[0] if len(cases) and SERIES[row["series"]] == row["maker"] else None


def readings_of(tables: Tables, row: pd.Series) -> pd.Series:
    """All readings of a closure's share, percent by month, up to the newest that there is."""
    shares = models.monthly_shares(tables["usage_panel"], row["series"])
    return pd.Series(shares[row["region"]].dropna())


def stock_of(tables: Tables, row: pd.Series, case: pd.Series) -> Stock:
    """The stock up to the newest month of the panel."""
    shares, life = readings_of(tables, row), life_of(tables, case)
    months = models.months_between(row["month"], shares.index[-1])
    return stock(shares, row["month"], months, float(life["low"]), float(life["high"]))


def add_stock(
    results: Results, prefix: str, stock: Stock, row: pd.Series, case: pd.Series, tables: Tables
) -> None:
    """The stock as results whose names begin with `prefix`."""
    place, maker = str(names_of(tables)[row["region"]]), row["maker"]
    shares, life = readings_of(tables, row), life_of(tables, case)
    panel = tables["usage_panel"]
    seen = lineage(row, panel[panel["region"] == row["region"]])
    rows = lineage(seen, life)
    end, since = shares.index[-1], stock.months
    known: dict[str, Any] = {
        "region": row["region"],
        "period": month_span(row["month"], end),
    }
    of = f"{maker}’s share of mobile page views in {place}"
    years = "Time from the closure to the newest month"
    results.quantity(f"{prefix}since", since / 12, "years", years, seen, kind="counted", **known)
    results.moment(f"{prefix}end", end, "The newest month", seen)
    results.range(
        f"{prefix}start", stock.start_low, stock.start_high, "percent", f"{of} before",
        seen, step=1, **known,
    )  # fmt: skip
    for name, start in (("least", stock.start_low), ("most", stock.start_high)):
        what = f"{of} in one of the two years before, mean, {name}"
        results.quantity(f"{prefix}start_{name}", start, "percent", what, seen, step=1, **known)
    what = f"{of}, mean of the newest three months"
    results.quantity(f"{prefix}seen", stock.seen, "percent", what, seen, step=1, **known)
    what = f"{of} had no phone come in"
    left = (stock.left_low, stock.left_high)
    results.range(f"{prefix}left", *left, "percent", what, rows, kind="estimated", step=1, **known)
    what = "Months that a phone lasts"
    lives = (stock.life_low, stock.life_high)
    results.range(f"{prefix}life", *lives, "months", what, life, kind="judged", **known)
    for name, months in zip(("least", "most"), lives, strict=True):
        results.quantity(
            f"{prefix}life_{name}", months, "months", what, life, kind="judged", **known
        )
    _add_verdicts(results, prefix, stock, (maker, place), rows)
    _add_replacement(results, prefix, tables, life)
    _add_renewal(results, prefix, case, tables)


def _add_verdicts(
    results: Results, prefix: str, stock: Stock, named: tuple[str, str], rows: tuple[str, ...]
) -> None:
    answer = "renewed" if stock.is_renewed else "not_renewed"
    parts = dict(zip(("maker", "place"), named, strict=True))
    what = "Whether more was seen than a stock without supply could have left"
    for name in ("held", "came_in", "so", "entered"):
        about = f"stock_{name}"
        results.verdict(f"{prefix}{name}", answer, what, rows, about=about, parts=parts)
    what = "How long phones would have to last to leave as much as was seen"
    needed = stock.life_needed
    if needed > 2 * stock.life_high:
        results.verdict(f"{prefix}any_life", "none", what, rows, about="life_needed")
        return
    months = Results()
    months.quantity("needed", needed, "months", what, rows, kind="estimated")
    results.verdict(f"{prefix}any_life", "some", what, rows, about="life_needed", parts={**months})


def _add_replacement(results: Results, prefix: str, tables: Tables, life: pd.Series) -> None:
    """How soon phones of all makers are replaced: the rows that the life in the case rests on."""
    market = tables["market_size"]
    rows = market[market["lineage"].isin(str(life["basis"]).split())]
    if len(rows):
        what = "Months until a phone is replaced, over all makers"
        ends = float(rows["value"].min()), float(rows["value"].max())
        results.range(f"{prefix}life_all", *ends, "months", what, rows)


def _add_renewal(results: Results, prefix: str, case: pd.Series, tables: Tables) -> None:
    """Phones a year that it takes to keep the stock as it is."""
    given = tables["case_inputs"]
    rows = lineage(case, given[given["case"] == case["id"]])
    renewed = models.by_method(case.to_frame().T, given).iloc[0]
    what = "Phones a year that keep the stock as it is"
    known: dict[str, Any] = {"region": case["region"]}
    ends, bounds = (renewed["low95"], renewed["high95"]), (renewed["low"], renewed["high"])
    unit, fields = "phones_a_year", {**known, "level": 95}
    results.range(f"{prefix}kept", *ends, unit, what, rows, kind="estimated", **fields)
    results.range(f"{prefix}kept_bounds", *bounds, unit, what, rows, kind="bound", **known)


def life_of(tables: Tables, case: pd.Series) -> pd.Series:
    """The row of case_inputs that says how many months a phone lasts."""
    given = tables["case_inputs"]
    rows = given[(given["case"] == case["id"]) & (given["parameter"] == "life")]
    return pd.Series(rows.iloc[0])
