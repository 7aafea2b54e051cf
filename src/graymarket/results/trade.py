"""Traces of phones in trade: imports around a registry, flows between places, and couriers."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results import legal_imports, trade_flows
from graymarket.results.build import Results
from graymarket.results.carried import known_of_couriers
from graymarket.results.cells import column, each
from graymarket.results.maker_shares import few
from graymarket.results.places import names_of, rows_of
from graymarket.results.published import step_as_given
from graymarket.results.quantity import Quantity, Result
from graymarket.results.times import when

_PHONES = "phone|handset|device"  # words of a fact on phones; farm exports are on record, too


@dataclass(frozen=True)
class Trade:
    """Traces of phones.

    `imports`: bars of legal imports by year, as in legal_imports.bars_of, and `registry_at`, where
    the registry began among them (None if that is not known); `flows`: bars of flows that vanished
    or swelled, as in trade_flows.bars_of; `couriers`: as in carried.known_of_couriers;
    `flows_here`: the rows of trade_flows from or to the places asked about, grade C aside, with
    from_place, to_place, period, millions (of dollars) and thousands (of phones); `traced`: the
    rows of trade_facts on phones there, with period and amount;
    `gray`: those of them on gray channels, by time.
    """

    imports: pd.DataFrame
    registry_at: float | None
    flows: pd.DataFrame
    couriers: pd.DataFrame
    flows_here: pd.DataFrame
    traced: pd.DataFrame
    gray: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Trade:
    """The traces, for the question's places and elsewhere."""
    results = Results(region=" ".join(question.regions))
    imports = tables["iran_imports"].query("grade != 'C'")
    bars, registry = legal_imports.bars_of(imports), legal_imports.registry_of(tables["policies"])
    registry_at = None
    if registry is not None:
        legal_imports.add_results(results, imports, registry, tables)
        registry_at = legal_imports.place_in(bars, legal_imports.begins(registry))
    moved = trade_flows.moved_flows(tables)
    trade_flows.add_stopped(results, moved, tables)
    trade_flows.add_swelled(results, moved, tables)
    flows = tables["trade_flows"]
    trade_flows.add_mirrored(results, flows, question.regions, names_of(tables))
    couriers = known_of_couriers(question, tables)
    if len(couriers):
        results.count("courier_facts", len(couriers), "Facts on couriers", couriers)
    here, traced = _recorded(flows, question, tables), _traced(question, tables)
    gray = traced[traced["channel"] == "gray"].sort_values("start", kind="stable")
    _counts(results, here, traced, gray, question, tables)
    bars_of_flows = trade_flows.bars_of(moved, tables)
    return Trade(bars, registry_at, bars_of_flows, couriers, here, traced, gray, results)


def _recorded(flows: pd.DataFrame, question: Question, tables: Tables) -> pd.DataFrame:
    names = names_of(tables)
    ours = flows["importer"].isin(question.regions) | flows["exporter"].isin(question.regions)
    rows = flows[ours & (flows["grade"] != "C")].sort_values(["importer", "exporter", "start"])
    return rows.assign(
        from_place=rows["exporter"].map(names),
        to_place=rows["importer"].map(names),
        period=column([when(row) for row in each(rows)], rows.index),
        millions=rows["value_usd"] / 1e6,
        thousands=rows["quantity"].astype(float) / 1e3,
    )


def _traced(question: Question, tables: Tables) -> pd.DataFrame:
    facts = tables["trade_facts"]
    rows = facts[
        facts["region"].isin(question.regions)
        & (facts["grade"] != "C")
        & facts["what"].str.contains(_PHONES, case=False)
    ]
    return rows.assign(
        period=column([when(row) for row in each(rows)], rows.index),
        amount=column([_amount(row) for row in each(rows)], rows.index),
    )


def _amount(row: Any) -> Quantity | str:
    """The row's number or range, without its unit; "" for a fact without a number."""
    ends = [float(end) for end in (row.low, row.value, row.high) if pd.notna(end)]
    if not ends:
        return ""
    known: dict[str, Any] = {"unit": "number", "kind": "stated", "step": step_as_given(*ends)}
    known |= {"definition": row.what, "lineage": lineage(row.lineage), "region": row.region}
    if min(ends) == max(ends):
        return Quantity(value=ends[0], **known)
    return Quantity(low=min(ends), high=max(ends), **known)


def _counts(
    results: Results,
    here: pd.DataFrame,
    traced: pd.DataFrame,
    gray: pd.DataFrame,
    question: Question,
    tables: Tables,
) -> None:
    """What there is on the places asked about."""
    asked = rows_of(tables, question.regions)
    results.count("asked_count", len(asked), "Places asked about", asked)
    parts: dict[str, Result | str] = {"places": few(tables, question.regions)}
    rows = lineage(here, traced) or ("trade_flows", "trade_facts")
    what = "Figures on trade in phones for the places asked about"
    if here.empty and traced.empty:
        results.verdict("headline", "none", what, rows, about="trade_headline", parts=parts)
        searched = len(tables["trade_flows"]) + len(tables["trade_facts"])
        results.quantity("searched", searched, "rows", "Rows on trade", rows, kind="counted")
        return
    known = Results()
    known.count("count", len(here) + len(traced), what, rows, unit="figures")
    counted = parts | {"count": known["count"]}
    results.verdict("headline", "some", what, rows, about="trade_headline", parts=counted)
    what = "Recorded flows from or to these places"
    flows = lineage(here) or ("trade_flows",)
    results.count("flows_count", len(here), what, flows, unit="flows")
    answer = "one" if len(here) == 1 else "several"
    counted = parts | {"count": results["flows_count"]}
    results.verdict("flows_title", answer, what, flows, parts=counted)
    facts = lineage(traced) or ("trade_facts",)
    results.count("facts_count", len(traced), "Other figures", facts, unit="other_figures")
    what = "Figures on gray channels"
    results.count("gray_count", len(gray), what, lineage(gray) or ("trade_facts",))
