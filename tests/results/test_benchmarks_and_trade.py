"""What is published of the maker, and traces of trade: from frames of a few rows."""

from types import SimpleNamespace

import pandas as pd
import pytest

from graymarket.evidence import Tables
from graymarket.results import Results, benchmarks
from graymarket.results.carried import known_of_couriers
from graymarket.results.legal_imports import add_results, bars_of, place_in
from graymarket.results.maker_shares import add_maker, ends_of, most_alike
from graymarket.results.published import shares_of
from graymarket.results.times import when
from graymarket.results.trade_flows import (
    add_stopped,
    add_swelled,
    moved_flows,
)
from graymarket.results.trade_flows import (
    bars_of as flow_bars,
)
from graymarket.wording import Wording

TEXT = Wording("en").text
REGIONS = pd.DataFrame({"region": ["AAA", "BBB", "IRN"], "name": ["Aland", "Beland", "Iran"]})
QUESTION = SimpleNamespace(
    name="q", maker="Acme", regions=("AAA",), event=pd.Timestamp("2021-09-01")
)
NOTHING = float("nan")


def text(results, name):
    return str(TEXT(results[name]))


def published(rows):
    """Rows as models.published gives them: (region, year, least, sense, use, detail)."""
    columns = ["region", "year", "least", "gray_sense", "use", "denominator_detail"]
    frame = pd.DataFrame(rows, columns=columns)
    known = {"denominator": "units_sold", "definition": "gray", "measured_by": "A shop"}
    known |= {"qualifier": "exact", "limit": "", "grade": "B", "source_id": "s", "note": ""}
    return frame.assign(
        **known,
        most=frame["least"],
        start=[pd.Timestamp(year, 1, 1) for year in frame["year"]],
        end=[pd.Timestamp(year, 12, 31) for year in frame["year"]],
        lineage=[f"benchmarks/benchmarks-{i:03}" for i in range(len(frame))],
    )


def own_table(rows=()):
    columns = ["region", "what", "value", "grade"]
    frame = pd.DataFrame(list(rows), columns=columns).astype({"value": float})
    known = {"metric": "gray_share", "gray_sense": "brand", "unit": "percent", "repeats": ""}
    known |= {"qualifier": "exact", "low": NOTHING, "high": NOTHING, "source_id": "s"}
    days = {"start": pd.Timestamp("2019-02-01"), "end": pd.Timestamp("2019-02-28")}
    entries = [f"xiaomi_gray_share/xiaomi_gray_share-{i:03}" for i in range(len(frame))]
    return frame.assign(**known, **days, lineage=entries)


def of_maker(rows, own=()):
    frames = {
        "xiaomi_gray_share": own_table(own),
        "regions": REGIONS,
        "benchmarks": published(rows),
    }
    tables = Tables.of(frames)
    known = published(rows)
    everyone = shares_of(known[known["use"] == "core"], tables)
    everyone = everyone[everyone["region"].isin(QUESTION.regions)]
    results = Results()
    add_maker(results, known, everyone, QUESTION, tables)
    return results


ALONE = [
    ("AAA", 2020, 10.0, "customs", "one_brand_or_segment", "Acme phones"),
    ("AAA", 2022, 70.0, "customs", "one_brand_or_segment", "Acme phones"),
    ("AAA", 2022, 99.0, "brand", "one_brand_or_segment", "Acme phones"),
]
ALL = [("AAA", 2019, 30.0, "customs", "core", ""), ("BBB", 2019, 5.0, "mixed", "core", "")]


def test_of_the_maker_alone_those_alike_are_told_together():
    results = of_maker(ALONE + ALL)
    assert text(results, "gray") == "10% (2020) to 70% (2022)"
    assert text(results, "gray_of") == "Acme’s phones sold in Aland"
    assert (text(results, "gray_sense"), text(results, "gray_by")) == ("customs-gray", "one source")
    assert text(results, "alone_count") == "three figures"
    assert text(results, "unmeasured") == "sanctions-gray"
    assert not {"gray_own", "gray_all", "no_gray", "elsewhere"} & set(results)


def test_without_a_benchmark_its_own_table_speaks():
    results = of_maker(ALL, [("AAA", "Gray part of Acme’s sales", 35.0, "B")])
    assert text(results, "gray_own") == "Gray part of Acme’s sales, 35% (2019, brand-gray)"
    assert text(results, "headline") == "one published gray share of Acme alone in Aland"
    assert not {"gray", "gray_all", "no_gray"} & set(results)


def test_else_all_makers_shares_and_the_makers_elsewhere():
    beyond = ("BBB", 2020, 10.0, "brand", "one_brand_or_segment", "Acme phones")
    results = of_maker([*ALL, beyond])
    assert text(results, "gray_all") == "30% (2019)"
    assert text(results, "gray_all_when") == "all of a time before the event"
    assert text(results, "elsewhere") == "Beland"
    assert text(results, "unmeasured") == "brand-gray, customs-gray or sanctions-gray"
    assert text(results, "unmeasured_but_brand") == "customs-gray or sanctions-gray"
    assert not {"gray", "gray_own", "no_gray"} & set(results)


def test_else_nothing():
    results = of_maker(ALL[1:])
    assert text(results, "no_gray").endswith("is published for Aland")
    assert text(results, "searched") == "1"


def test_the_ends_are_the_first_and_the_last():
    shares = shares_of(published(ALONE), Tables.of({"regions": REGIONS}))
    assert len(most_alike(shares)) == 2
    assert str(TEXT(ends_of(shares.head(1)))) == "10% (2020)"


def imports(rows):
    """Rows of iran_imports: (year, units, counted_by, second_look)."""
    frame = pd.DataFrame(rows, columns=["year", "units", "counted_by", "second_look"])
    return frame.assign(
        start=[pd.Timestamp(year, 3, 21) for year in frame["year"]],
        end=[pd.Timestamp(year + 1, 3, 20) for year in frame["year"]],
        period="iranian_year",
        grade="B",
        lineage=[f"iran_imports/iran_imports-{year}" for year in frame["year"]],
    )


REGISTRY = pd.Series({"begins": "2017-10", "lineage": "policies/policies-005"})
FACTS = pd.DataFrame(
    {
        "id": ["trade_facts-042"],
        "metric": "smuggled_phones",
        "region": "IRN",
        "start": pd.Timestamp("2016-03-21"),
        "grade": "B",
        "value": 12.5e6,
        "what": "Phones smuggled",
    }
)
COUNTED = [
    (2016, 1_400_000, "officials", "not_found"),
    (2018, 11_184_000, "officials", ""),
    (2020, 14_689_000, "officials", ""),
    (2021, 18_300_000, "importers", "not_found"),
]


def counted(rows):
    results = Results()
    add_results(results, imports(rows), REGISTRY, Tables.of({"trade_facts": FACTS}))
    return results


def test_legal_imports_before_and_after_a_registry_are_officials_own():
    results = counted(COUNTED)
    assert text(results, "imports_before") == "1.4 million"
    assert text(results, "imports_after") == "11.2–14.7 million"
    assert text(results, "factor") == "8 to 10"
    assert text(results, "imports_importers") == "18.3 million"
    assert text(results, "not_found_again") == "one"
    assert text(results, "missing") == "17/18 and 19/20"
    assert (text(results, "smuggled"), text(results, "together")) == (
        "12.5 million",
        "13.9 million",
    )
    assert text(results, "swelled") == "swelled" and "smuggled_later" not in results
    assert text(results, "together_reading") == "about what is counted now"


def test_a_later_figure_of_smuggling_is_told():
    later = FACTS.assign(start=pd.Timestamp("2018-01-01"), value=9e6)
    tables, results = Tables.of({"trade_facts": pd.concat([FACTS, later])}), Results()
    add_results(results, imports(COUNTED), REGISTRY, tables)
    assert text(results, "smuggled_later") == "9.0 million"
    assert text(results, "smuggled_later_year") == "2018"


def test_imports_that_fell_did_not_swell():
    results = counted([(2016, 1_400_000, "officials", ""), (2018, 700_000, "officials", "")])
    assert text(results, "swelled") == "did not swell"
    assert text(results, "together_reading") == "not what is counted now"


def test_bars_leave_years_without_a_figure_empty():
    bars = bars_of(imports(COUNTED))
    assert [str(TEXT(label)) for label in bars["label"]][:2] == ["16/17", "17/18"]
    assert bars["value"].isna().tolist() == [False, True, False, True, False, False]
    assert bars["other"].tolist() == [False] * 5 + [True]
    assert place_in(bars, pd.Timestamp("2017-03-21")) == pytest.approx(0.5)


def exports(rows):
    """Rows of trade_facts: (partner, region, metric, unit, year, value)."""
    columns = ["partner", "region", "metric", "unit", "year", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    known = {"period": "year", "grade": "B", "what": "Phones"}
    return frame.assign(
        **known,
        start=[pd.Timestamp(year, 1, 1) for year in frame["year"]],
        end=[pd.Timestamp(year, 12, 31) for year in frame["year"]],
        lineage=[f"trade_facts/trade_facts-{i:03}" for i in range(len(frame))],
    )


FLOWS = [
    ("AAA", "BBB", "smartphone_exports", "units", 2022, 100_000.0),
    ("AAA", "BBB", "smartphone_exports", "units", 2023, 250_000.0),
    ("AAA", "BBB", "smartphone_export_value", "USD", 2022, 50e6),
    ("AAA", "BBB", "smartphone_export_value", "USD", 2023, 100e6),
    ("BBB", "AAA", "phone_export_value", "USD", 2016, 82e6),
    ("BBB", "AAA", "phone_export_value", "USD", 2018, 0.0),
    ("IRN", "AAA", "phone_export_value", "USD", 2016, 80e6),
    ("IRN", "AAA", "phone_export_value", "USD", 2018, 90e6),  # neither vanished nor doubled
]
LINES = pd.DataFrame(
    {
        "id": ["market_size-001", "market_size-002", "market_size-003"],
        "region": "AAA",
        "metric": "subscribers",
        "grade": "B",
        "what": "Lines",
        "start": pd.to_datetime(["2017-01-01", "2018-01-01", "2024-09-01"]),
        "low": [NOTHING, NOTHING, 6.5e6],
        "value": [1e6, 3.5e6, NOTHING],
        "high": [NOTHING, NOTHING, 7e6],
        "qualifier": ["exact", "more_than", "range"],
    }
)


def test_flows_that_vanish_and_flows_that_swell():
    tables = Tables.of({"trade_facts": exports(FLOWS), "regions": REGIONS, "market_size": LINES})
    moved = moved_flows(tables)
    assert moved["ended"].tolist() == ["stopped"] * 2 + ["swelled"] * 4
    results = Results()
    add_stopped(results, moved, tables)
    add_swelled(results, moved, tables)
    assert (text(results, "stop_before"), text(results, "stop_after")) == ("$82 million", "nothing")
    assert text(results, "lines_then") == "over 3.5 million"
    assert text(results, "lines_now") == "6.5 to 7.0 million"
    assert (text(results, "grew_units"), text(results, "grew_value")) == ("2.5", "2.0")
    assert (text(results, "each_before"), text(results, "each_after")) == ("$500", "$400")
    bars = flow_bars(moved, tables)
    first = bars.head(3)
    assert [str(TEXT(label)) for label in first["label"]] == ["2016", "2017", "2018"]
    assert first["value"].isna().tolist() == [False, True, False]
    assert str(TEXT(first["heading"].iloc[0])) == "Beland to Aland\nmillion US dollars"


def test_a_flow_that_goes_on_did_not_stop():
    results = Results()
    tables = Tables.of({"trade_facts": exports(FLOWS[:4]), "market_size": LINES})
    add_stopped(results, moved_flows(tables), tables)
    assert text(results, "stopped") == "went on"


@pytest.mark.parametrize(
    ("start", "end", "period", "printed_period", "expected"),
    [
        ("2022-01-01", "2022-12-31", "year", "", "2022"),
        ("2022-01-01", "2024-12-31", "span", "", "2022–2024"),
        ("2019-08-01", "2019-08-31", "month", "", "August 2019"),
        (None, "2022-08-31", "about", "", "to August 2022"),
        (None, None, "undated", "after 2015", "after 2015"),
        (None, None, "undated", "", "undated"),
    ],
)
def test_a_period_reads_as_exactly_as_it_is_known(start, end, period, printed_period, expected):
    row = SimpleNamespace(
        start=pd.Timestamp(start) if start else pd.NaT,
        end=pd.Timestamp(end) if end else pd.NaT,
        period=period,
        printed_period=printed_period,
        lineage="trade_facts/trade_facts-001",
    )
    assert str(TEXT(when(row))) == expected


PICKS = pd.DataFrame(
    [
        (
            "trade-101",
            "q",
            "couriers",
            "trade_facts/trade_facts-002",
            "value",
            "",
            "Money",
            1,
            "show",
        ),
        ("trade-102", "q", "couriers", "trade_facts/trade_facts-003", "", "", "", 1, "leave_out"),
    ],
    columns=["pick", "question", "place", "entry", "field", "text", "label", "order", "use"],
)


def carried(**changes):
    known = {"channel": "passenger", "grade": "B", "region": "AAA", "what": "Travellers"}
    known |= {"low": NOTHING, "value": 34_500.0, "high": NOTHING, "unit": "persons"}
    known |= {"qualifier": "exact", "period": "undated", "printed_period": ""}
    return known | {"start": pd.NaT, "end": pd.NaT} | changes


def test_rows_on_couriers_enter_by_filter_unless_left_out():
    facts = pd.DataFrame(
        [
            carried(id="trade_facts-001"),
            carried(id="trade_facts-002", value=20e6, unit="USD", qualifier="more_than"),
            carried(id="trade_facts-003"),
            carried(id="trade_facts-004", grade="C"),
            carried(id="trade_facts-005", channel="all"),
            carried(id="trade_facts-006", low=5.0, value=NOTHING, high=10.0, unit="percent"),
        ]
    ).assign(lineage=lambda rows: "trade_facts/" + rows["id"])
    sizes = pd.DataFrame(columns=[*LINES.columns, "channel", "source_id", "end", "unit"])
    tables = Tables.of({"trade_facts": facts, "picks": PICKS, "market_size": sizes})
    known = known_of_couriers(QUESTION, tables)
    assert [str(TEXT(figure)) for figure in known["figure"]] == [
        "over $20 million",
        "34,500",
        "5–10%",
    ]
    assert known["what"].tolist() == ["Money", "Travellers", "Travellers"]


def base(rows, picks=()):
    """Tables with these benchmarks (as in `published`), and picks of (entry, label, place, use)."""
    known = published(rows).drop(columns=["least", "most", "limit", "year"])
    known = known.assign(
        value=[row[2] for row in rows],
        low=NOTHING,
        high=NOTHING,
        unit="percent",
        share_of_total=NOTHING,
        scope="all_brands",
        id=known["lineage"].str.removeprefix("benchmarks/"),
    )
    chosen = pd.DataFrame(list(picks), columns=["entry", "label", "place", "use"])
    taxes = pd.DataFrame(
        {
            "id": ["taxes-001", "taxes-002"],
            "region": "BBB",
            "item": "total_tax",
            "start": pd.Timestamp("2019-01-01"),
            "end": pd.Timestamp("2019-12-31"),
            "low": NOTHING,
            "value": [57.0, 35.0],
            "high": NOTHING,
            "unit": "percent",
            "grade": "B",
        }
    )
    policies = pd.DataFrame(
        columns=["id", "region", "kind", "metric", "unit", "before", "after", "clean", "grade"]
    ).astype({"clean": bool})
    return Tables.of(
        {
            "benchmarks": known,
            "picks": chosen.assign(question="", order=1, field="", text=""),
            "regions": REGIONS,
            "taxes": taxes,
            "policies": policies,
            "xiaomi_gray_share": own_table(),
        }
    )


def test_who_speaks_is_read_in_picks_and_else_the_source_names_them():
    picks = [("benchmarks/benchmarks-001", "importers", "who_says_what", "show")]
    known = benchmarks.compute(QUESTION, base(ALL, picks)).shares.set_index("region")
    assert str(TEXT(known.at["BBB", "said_in"])) == "2019, importers"
    assert str(TEXT(known.at["BBB", "said_for"])) == "“gray”; sell legal phones"
    assert str(TEXT(known.at["AAA", "said_in"])) == "2019, A shop"
    assert str(TEXT(known.at["AAA", "said_for"])) == "“gray”, customs-gray"


def test_charges_enter_by_filter_unless_left_out():
    whole = benchmarks.compute(QUESTION, base(ALL)).taxes
    left_out = [("taxes/taxes-002", "", "taxes", "leave_out")]
    without = benchmarks.compute(QUESTION, base(ALL, left_out)).taxes
    assert whole[["x_low", "x_high"]].to_numpy().tolist() == [[35.0, 57.0]]
    assert without[["x_low", "x_high"]].to_numpy().tolist() == [[57.0, 57.0]]


def test_places_asked_about_come_first_and_beside_all_others():
    rows = [*ALL, ("IRN", 2015, 95.0, "customs", "core", "")]
    subject = benchmarks.compute(QUESTION, base(rows))
    assert subject.countries == ["Aland", "Iran", "Beland"]
    assert list(subject.senses) == ["customs", "mixed"]
    results = subject.results
    assert (text(results, "least"), text(results, "most")) == ("5%", "95%")
    assert (text(results, "here_range"), text(results, "spread")) == ("30%", "5% to 95%")
    assert text(results, "covered") == "Aland"
    assert text(results, "chart_title").endswith("in Aland: 30%")
    elsewhere = benchmarks.compute(QUESTION, base(rows[1:])).results
    assert text(elsewhere, "spread_alone") == "5% to 95%"
    assert text(elsewhere, "covered") == "none"
    assert not {"here_range", "chart_title", "spread"} & set(elsewhere)
