"""Every number has a period: its own, that of its rows, or the edition's month."""

import pytest

from graymarket.results import Quantity, Several, Verdict
from graymarket.results.periods import with_periods


@pytest.fixture
def base(tables):
    return tables(
        date="2026-12-01",
        vendor_share=[
            {"region": "CUB", "start": "2021-09-01", "end": "2021-09-30"},
            {"region": "IRN", "start": "2019-03-21", "end": "2020-03-20"},
            {"region": "SYR"},
        ],
        usage_panel=[
            {"region": "CUB", "month": "2021-08-01"},
            {"region": "CUB", "month": "2021-10-01"},
            {"region": "IRN", "month": "2022-01-01"},
        ],
        world_development=[{"region": "CUB", "indicator": "pop", "year": 2020}],
        presence=[{"region": "CUB", "start": "2017", "end": "2019"}],
        policies=[{"begins": "2019-11", "after_end": "2020-09-30"}],
        claims=[{"region": "CUB"}],
        timeline=[{"date": "2021-09-17"}, {"date": "2022-01-05"}],
    )


def number(*rows, **fields):
    return Quantity(
        value=1, unit="count", definition="How many", kind="counted", lineage=rows, **fields
    )


@pytest.mark.parametrize(
    ("rows", "period"),
    [
        (["vendor_share/vendor_share-1"], "2021-09"),
        (["vendor_share/vendor_share-2"], "2019-03..2020-03"),
        (["vendor_share/vendor_share-1", "vendor_share/vendor_share-2"], "2019-03..2021-09"),
        (["usage_panel/CUB"], "2021-08..2021-10"),
        (["usage_panel"], "2021-08..2022-01"),
        (["usage_panel/CUB/2021-08..2021-09"], "2021-08..2021-09"),
        (["world_development/CUB/pop/2020"], "2020-01..2020-12"),
        (["world_development/CUB/pop/2018..2020"], "2018-01..2020-12"),
        (["presence/presence-1"], "2017-01..2019-12"),
        (["policies/policies-1"], "2019-11..2020-09"),
        (["timeline"], "2021-09..2022-01"),
        (["vendor_share/vendor_share-3"], "2026-12"),
        (["claims"], "2026-12"),
        (["claims", "vendor_share/vendor_share-1"], "2021-09"),
    ],
)
def test_a_number_without_a_period_gets_that_of_its_rows(base, rows, period):
    assert with_periods({"n": number(*rows)}, base)["n"].period == period


def test_a_period_that_is_given_stays(base):
    kept = number("usage_panel", period="2020")
    assert with_periods({"n": kept}, base) == {"n": kept}


def test_numbers_within_verdicts_and_lists_get_one_too(base):
    one, known = number("claims"), {"definition": "D", "lineage": ("claims",)}
    said = Verdict(about="a", answer="b", parts={"n": one, "place": "Cuba"}, **known)
    listed = Several(items=(said, one), **known)
    done = with_periods({"listed": listed}, base)["listed"]
    assert done.items[1].period == "2026-12"
    assert done.items[0].parts["n"].period == "2026-12"
    assert done.items[0].parts["place"] == "Cuba"
