"""Channels, local rules, claims, the panel, the timeline and facts, from tables of a few rows."""

import pandas as pd
import pytest
from few import EVENT, asked, closures, local_rules, picks, presence, regions, table

from graymarket.evidence import Tables
from graymarket.results import (
    Moment,
    channel,
    claims,
    facts,
    panel,
    subjects,
    timeline,
)
from graymarket.results import (
    local_rules as rules_of_places,
)
from graymarket.wording import Wording

TEXT = Wording("en").text


# ---- who sells officially where


def sold(*statements, exits=(), **changes):
    given = {"regions": regions(), "presence": presence(*statements), "closures": closures(*exits)}
    return channel.compute(asked(**changes), Tables.of(given))


def test_the_newest_statement_up_to_the_event_counts():
    known = sold(
        {"channel": "distributor", "start": "2018"},
        {"channel": "none", "start": "2020"},
        {"channel": "carrier", "start": "2022"},
        {"region": "SDN", "vendor": "Samsung", "channel": "carrier"},
    )
    assert known.answers.to_dict("index") == {
        "Cuba": {"Xiaomi": "none", "Samsung": "unknown"},
        "Sudan": {"Xiaomi": "unknown", "Samsung": "official"},
    }
    names = ("questions", "unknown", "answered", "official", "maker_none", "statements")
    assert [known.results[name].value for name in names] == [4, 2, 2, 1, 1, 3]
    assert known.results["headline"].answer == "none"
    assert known.cells.loc["Cuba", "Xiaomi"].parts["year"] == "2020"
    assert known.results["grounds"].answer == "moderate"


def test_statements_that_disagree_are_contested_and_grade_c_is_not_heard():
    known = sold({"channel": "none"}, {"channel": "carrier"}, {"channel": "carrier", "grade": "C"})
    assert known.answers.loc["Cuba", "Xiaomi"] == "contested"
    assert known.results["statements"].value == 2


def test_a_maker_that_stops_later_sold_until_then():
    stop = {"what_closed": "Xiaomi stops its sales", "month": pd.Timestamp("2023-05-01")}
    known = sold({"vendor": "Samsung"}, exits=[stop])
    assert known.answers.loc["Cuba", "Xiaomi"] == "official"
    assert known.results["sold_until"].date == pd.Timestamp("2023-05-01")
    assert known.results["sold_until"].lineage == ("closures/closures-001",)


def test_of_a_maker_on_which_nobody_says_a_word_the_base_is_silent():
    known = sold({"vendor": "Samsung"})
    assert known.results["headline"].answer == "silent"
    assert known.results["grounds"].answer == "none"
    assert "statements" not in known.results and "sold_until" not in known.results


def test_makers_beside_are_those_with_most_statements_one_each():
    named = ["Apple"] * 3 + ["Oppo"] * 2 + ["All makers", "Nokia, Sony", "Xiaomi"]
    rows = pd.DataFrame({"vendor": named + list("abcdefgh")})
    beside = channel.makers_beside(rows, "Xiaomi")
    assert beside[:3] == ["Xiaomi", "Apple", "Oppo"]
    assert len(beside) == 6
    assert not {"All makers", "Nokia, Sony"} & {*beside}


# ---- local rules


def ruled(*rows, shown=(), **others):
    given = {"regions": regions(), "local_rules": local_rules(*rows), "picks": picks(*shown)}
    return rules_of_places.compute(asked(), Tables.of(given | others))


def test_each_rule_is_where_it_stands_at_the_event():
    known = ruled(
        {"start": "2020-01-01", "end": ""},
        {"start": "2021"},  # before or after September is not said
        {"start": "2022-03-04"},
        {"start": "2010-01-01", "end": "2011-01-01"},
        {"start": "2020", "grade": "C"},
        {"start": "2020", "kind": "company_statement"},
    )
    assert list(known.rules.sort_values("id")["at"]) == [
        "in_force",
        "day_not_known",
        "later",
        "over",
    ]
    names = ("count", "later", "unsure")
    assert [known.results[name].value for name in names] == [4, 1, 1]
    assert known.results["headline"].answer == "one"
    assert known.results["without"].items == (("SDN", "Sudan"),)


@pytest.mark.parametrize(
    ("end", "until", "answer"),
    [
        ("2021-10-31", "2021-12-31", "stood"),
        ("2021-03-31", "2021-12-31", "disputed"),
        ("2021-03-31", "2021-08-31", "ended"),
    ],
)
def test_a_ban_whose_end_is_disputed(end, until, answer):
    known = ruled({"does": "forbids", "end": end, "disputed_until": pd.Timestamp(until)})
    assert known.results["ban"].answer == known.results["ban_told"].answer == answer


def test_spans_are_days_and_rows_left_out_by_name_are_out():
    leave = {"place": rules_of_places.SPANS, "entry": "local_rules/local_rules-001"}
    known = ruled(
        {"start": "2019"},
        {"start": "2020-02", "end": "2021-05"},
        {"end": "2020", "ends": "not_known"},
        shown=[leave | {"use": "leave_out"}],
    )
    spans = known.spans.sort_values("id")
    assert list(spans["start"]) == [pd.Timestamp("2020-02-01"), pd.Timestamp("2020-01-01")]
    assert spans["end"].iloc[0] == pd.Timestamp("2021-05-15")  # of a month, its middle
    assert not spans["open"].any()


def test_a_rule_of_another_table_is_picked_with_its_label():
    statement = presence({"region": "SDN", "channel": "none", "note": "One firm alone imports"})
    pick = {"place": rules_of_places.SPANS, "entry": "presence/presence-001", "label": "One firm"}
    known = ruled({}, shown=[pick], presence=statement)
    last = known.spans.iloc[-1]
    assert (last["group"], last["label"], last["rule"]) == (
        "Sudan",
        "One firm",
        "One firm alone imports",
    )
    assert last["lineage"] == "presence/presence-001"


def test_without_a_rule_it_says_how_many_rows_were_searched():
    known = ruled({"region": "PRK"})
    assert known.results["headline"].answer == "none"
    assert known.results["searched"].value == 1
    assert "count" not in known.results


# ---- claims


def test_claims_are_counted_by_verdict_and_confidence():
    said = table(
        "claims", [{"statement": "It locked"}, {"statement": "It grew"}], said_by="A paper"
    )
    common = {"speaks_for": "", "speaks_against": "", "why": "", "confidence": "high"}
    verdicts = table(
        "verdicts",
        [
            {"claim": "claims-002", "verdict": "partly", "speaks_for": "taxes/taxes-001"},
            {"claim": "claims-001", "verdict": "supported", "confidence": "low"},
        ],
        **common,
    )
    known = claims.compute(asked(), Tables.of({"claims": said, "verdicts": verdicts}))
    counts = {name: result.value for name, result in known.results.items()}
    assert counts == {
        "total": 2,
        "supported": 1,
        "partly": 1,
        "contradicted": 0,
        "unverifiable": 0,
        "sure_high": 1,
        "sure_moderate": 0,
        "sure_low": 1,
    }
    assert list(known.ledger["statement"]) == ["It grew", "It locked"]
    assert [cell.answer for cell in known.ledger["verdict"]] == ["partly", "supported"]
    assert [cell.answer for cell in known.ledger["rows"]] == ["for", "none"]
    assert known.ledger["rows"].iloc[0].parts["rows_for"] == "taxes-001"
    assert "taxes/taxes-001" in known.cited


# ---- the panel


MONTHS = pd.date_range("2019-09-01", "2023-08-01", freq="MS")


def watched(shares, region="CUB", **changes):
    """48 months: a share for each of the four years to August, or for each month."""
    monthly = [share for share in shares for _ in range(12)] if len(shares) == 4 else shares
    rows = pd.DataFrame({"region": region, "month": MONTHS, "mobile_share": 50.0})
    rows = rows.assign(apple_share=monthly, samsung_internet_share=1.0)
    other = rows.assign(region="PRK", apple_share=20.0)
    given = {"regions": regions(), "usage_panel": pd.concat([rows, other], ignore_index=True)}
    known = {"maker": "Apple", "event": pd.Timestamp("2021-08-01")}
    return panel.compute(asked(**(known | {"regions": (region,)} | changes)), Tables.of(given))


@pytest.mark.parametrize(
    ("shares", "moved"),
    [
        ((30.0, 30.0, 20.0, 20.0), "fell"),
        ((20.0, 20.0, 30.0, 30.0), "rose"),
        ((30.0, 30.0, 30.0, 30.0), "unclear"),
        ((20.0, 30.0, 20.0, 20.0), "depends"),  # against the year before the first, no fall
    ],
)
def test_a_move_holds_whichever_year_one_starts_from(shares, moved):
    known = watched(shares)
    assert list(known.changes["moved"]) == [moved]
    assert known.results["headline"].answer == known.results["cuba_moved"].answer == moved
    assert known.results["clear_count"].value == (moved in ("fell", "rose"))
    before, after = known.results["before"], known.results["after"]
    assert (before.low, before.high, before.period) == (shares[1], shares[1], "2020-09..2021-08")
    assert (after.low, after.high, after.period) == (shares[3], shares[3], "2022-09..2023-08")


def test_a_fall_has_its_first_month():
    known = watched((30.0, 30.0, 20.0, 20.0))
    assert known.results["cuba_since"].date == pd.Timestamp("2021-09-01")
    assert known.results["fell"].items == (("CUB", "Cuba"),)
    assert known.results["rose"].items == known.results["depends"].items == ()


def test_two_odd_months_are_left_out_to_see_what_hangs_on_them():
    shares = [20.0] * 36 + [21.0] * 10 + [40.0, 50.0]
    known = watched(shares)
    assert known.results["after"].high == 50
    assert known.results["cuba_trimmed"].value == 21


def test_what_the_panel_cannot_show_is_said():
    assert watched((1.0,) * 4, maker="Xiaomi").results["headline"].answer == "blind"
    absent = watched((1.0,) * 4, regions=("SDN", "CUB"))
    assert absent.results["headline"].answer == "absent"
    assert absent.results["unseen"].items == (("SDN", "Sudan"),)
    assert absent.results["grounds"].answer == "none"


def test_a_place_is_calm_up_to_twice_the_median_jump():
    known = watched([20.0 + (n % 2) for n in range(48)])
    assert known.results["noise_others"].value == 1
    assert known.results["cuba_quieter"].value == 1  # North Korea's stands still here
    assert known.results["calm"].items == (("CUB", "Cuba"),)
    still = watched((20.0,) * 4)
    assert still.results["typical_noise"].value == 0


def test_a_places_name_becomes_part_of_a_results():
    assert panel.slug("North Korea") == "north_korea"
    assert panel.slug("Côte d’Ivoire") == "c_te_d_ivoire"


# ---- the timeline and single facts


def test_days_from_the_first_lock_to_the_first_unlocking():
    rows = [
        {"date": "2021-09-12", "kind": "unlock"},
        {"date": "2021-09-01", "kind": "lock", "precision": "week"},
        {"date": "2021-09-05", "kind": "lock"},
    ]
    events = table("timeline", rows, precision="day")
    events["date"] = pd.to_datetime(events["date"])
    given = {"timeline": events, "regions": regions(in_xiaomi_terms=[True, True, False])}
    known = timeline.compute(asked(), Tables.of(given))
    assert known.results["days"].value == 11
    assert known.results["named"].value == 2
    assert list(known.events["kind"]) == ["lock", "lock", "unlock"]
    assert known.events["day"].iloc[0].answer == "week"
    assert known.results["days"].lineage == ("timeline/timeline-002", "timeline/timeline-001")


def test_a_fact_is_a_cell_of_a_row_in_its_own_kind():
    row = {"what": "A levy", "value": 12.5, "least": 3.0, "most": 5.0, "since": "2020-03"}
    rows = table("taxes", [row | {"name": "Levy", "unit": "percent", "year": "2019"}])
    rows["day"] = pd.Timestamp("2021-02-03")
    fields = {"n": "value", "r": "least..most", "m": "since", "w": "name", "y": "year"}
    fields |= {"d": "day/day", "dm": "day"}
    chosen = [
        {"place": facts.PLACE, "entry": "taxes/taxes-001", "label": label, "field": field}
        for label, field in fields.items()
    ]
    chosen += [chosen[0] | {"label": "t", "text": "twelve"}]
    chosen += [chosen[0] | {"label": "x", "question": "another"}]
    tables = Tables.of({"taxes": rows, "picks": picks(*chosen)})
    known = facts.compute(asked(), tables).results
    assert {name: TEXT(result) for name, result in known.items()} == {
        "n": "12.5%",
        "r": "3–5%",
        "m": "March 2020",
        "w": "Levy",
        "y": "2019",
        "d": "3 February 2021",
        "dm": "February 2021",
        "t": "twelve",
    }
    assert isinstance(known["d"], Moment)
    assert known["n"].definition == "A levy"
    with pytest.raises(KeyError, match="taxes/taxes-009"):
        facts.row_of(tables, "taxes/taxes-009")


# ---- subjects


def test_a_subject_goes_by_its_name():
    events = table("timeline", [], date=EVENT, kind="", precision="")
    tables = Tables.of({"timeline": events, "regions": regions(in_xiaomi_terms=[True] * 3)})
    assert subjects.compute("timeline", asked(), tables).results["named"].value == 3
    with pytest.raises(KeyError, match="nonsense: expected one of asked, facts"):
        subjects.compute("nonsense", asked(), tables)
