"""Published shares of the maker, worked by hand from a few readings."""

import pandas as pd
import pytest

from graymarket.results import readings

EVENT = pd.Timestamp("2021-09-01")
DAY = pd.Timestamp


def reading(metric, value, **cells):
    known = {"region": "CUB", "vendor": "Xiaomi", "metric": metric, "value": value, "grade": "A"}
    known |= {"statistic": "value", "unit": "percent", "counted": f"by {metric}"}
    known |= {"start": DAY("2021-08-01"), "end": DAY("2021-08-31"), "source_id": "press-1"}
    return known | {"attributed_to": readings.UNNAMED} | cells


VIEWS = reading("page_view_share", 18.27)
SITE = reading("site_visitor_share", 14.57, sample=10000, end=DAY("2021-09-30"))
POLL = reading("reader_poll_share", 40.4, sample=1234)
RANK = reading("network_register_rank", 9, unit="rank")


def usage(share=12.0, vendor="Xiaomi", region="world", months=("2021-08-01",)):
    known = {"vendor": vendor, "region": region, "usage_share": share}
    return [known | {"month": DAY(month)} for month in months]


@pytest.fixture
def computed(asked, tables):
    def make(shares, months=(), regions=("CUB",)):
        sources = [{"source_id": f"press-{i}", "publisher": f"Press {i}"} for i in (1, 2, 3)]
        rows = {"vendor_share": list(shares), "vendor_usage": list(months), "sources": sources}
        return readings.compute(asked(regions=regions), tables(**rows))

    return make


def test_measurements_make_a_range_and_a_poll_none(computed, say):
    results = computed([VIEWS, SITE, POLL]).results
    assert say(results["measured"]) == "14.6–18.3%"
    assert say(results["apart"]) == "3.7 points"
    assert results["apart"].value == pytest.approx(3.7)
    assert results["measured"].lineage == (
        "vendor_share/vendor_share-1",
        "vendor_share/vendor_share-2",
    )
    assert results["measured"].region == "CUB"
    assert not {"measured", "apart"} & set(computed([POLL]).results)


def test_each_reading_is_told_by_its_metric(computed, say):
    known = computed([RANK, SITE, VIEWS, POLL])
    results = known.results
    assert say(results["views"]) == "18.3%" and say(results["poll"]) == "40%"
    assert say(results["site"]) == "14.6%" and say(results["site_when"]) == "Aug–Sept 2021"
    assert results["views"].period == "2021-08"
    assert (results["poll_sample"].value, results["site_sample"].value) == (1234, 10000)
    assert "views_sample" not in results and "poll_chance" not in results
    # 1.96 √(0.1457 × 0.8543 / 10,000) = 0.69 points
    assert say(results["site_chance"]) == "0.69 points"
    assert [say(label) for label in known.main["label"]] == [
        "Telegram poll, August 2021",
        "StatCounter page views, August 2021",
        "CiberCuba’s visitors, Aug–Sept 2021",
        "Operator’s register, August 2021",
    ]
    assert list(known.main["role"]) == ["hollow", "measured", "measured", "cap"]
    assert list(known.main["value"]) == pytest.approx([40.4, 18.27, 14.57, 100 / 9])
    assert [say(what) for what in known.main["what"]][::3] == [
        "readers’ votes, about 1,234",
        "ninth of all phones",
    ]
    assert known.main["lineage"][0] == "vendor_share/vendor_share-4"


def test_a_rank_caps_the_share(computed, say):
    results = computed([RANK]).results
    assert [say(results[name]) for name in ("rank", "above", "cap")] == ["ninth", "eight", "11.1%"]
    assert results["cap"].kind == "bound" and say(results["rank_when"]) == "August 2021"


def test_the_newest_part_of_legal_imports(computed, say):
    old = reading("import_share", 70.2, region="IRN")
    new = old | {"value": 55.6, "start": DAY("2022-01-01"), "end": DAY("2022-12-31")}
    results = computed([new, old], regions=("CUB", "IRN")).results
    assert say(results["imports_irn"]) == "56%"
    assert (results["imports_irn"].period, results["imports_irn"].region) == (
        "2022-01..2022-12",
        "IRN",
    )
    assert "imports_cub" not in results


def test_the_first_reading_of_a_metric_in_the_main_place_counts(computed):
    rows = [
        VIEWS | {"region": "SYR", "value": 1.0},
        VIEWS | {"vendor": "Apple", "value": 2.0},
        VIEWS,
        VIEWS | {"value": 3.0},
    ]
    assert computed(rows, regions=("CUB", "SYR")).results["views"].value == 18.27


def test_the_world_in_the_same_month(computed, say):
    months = usage(12.18) + usage(99, vendor="Apple") + usage(99, region="SYR")
    results = computed([VIEWS], months).results
    assert say(results["world"]) == "12.2%" and results["world"].region == "world"
    assert results["world"].period == "2021-08" and say(results["world_month"]) == "August 2021"
    assert results["world"].lineage == ("vendor_usage/world/2021-08/Xiaomi",)
    assert say(results["ratio"]) == "1.5"
    other = computed([VIEWS], usage(12.18, months=["2021-07-01"]))
    assert not {"world", "ratio"} & set(other.results)
    assert list(other.worldwide) == [12.18]


def own(months):
    return [
        usage(share, region="CUB", months=[month])[0]
        for month, share in zip(pd.date_range(*months, freq="MS"), range(10, 99), strict=False)
    ]


def test_a_series_of_its_own_is_compared_around_the_event(computed, say):
    known = computed([], own(("2021-03-01", "2022-03-01")) + usage())
    results = known.results
    assert say(results["own_before"]) == "10.0–15.0%"  # March to August
    assert say(results["own_after"]) == "17.0–22.0%"  # October to March
    words = "StatCounter’s own series for Cuba runs from March 2021 to March 2022"
    assert say(results["own_series"]) == words
    words = (
        "Xiaomi had 10.0–15.0% of page views in the six months before the month of the event, "
        "and 17.0–22.0% in the six after"
    )
    assert [say(results[name]) for name in ("own_around", "own_compared")] == [words, words]
    assert say(results["own_places"]) == "Cuba"
    assert say(results["series_of"]) == "Cuba and the world"
    assert list(known.own.columns) == ["Cuba"] and len(known.own) == 13


def test_a_series_too_short_to_compare(computed, say):
    results = computed([], own(("2021-04-01", "2022-03-01"))).results
    assert results["own_series"].answer == "there"
    assert say(results["own_around"]) == "So nothing can be said of before and after"
    assert not {"own_before", "own_compared"} & set(results)


def test_no_series_of_its_own(computed, say):
    results = computed([], usage(region="world")).results
    assert say(results["own_series"]) == (
        "StatCounter’s own series for Cuba is not part of this edition: one month of it was quoted "
        "in the press"
    )
    assert results["own_around"].answer == "nothing" and "own_places" not in results
    assert results["own_series"].lineage == ("vendor_usage",)


def test_reports_of_one_figure_are_a_family(computed, say):
    rows = [
        reading("reported_share", 20.6, attributed_to="An analyst", unit="percent"),
        reading("reported_share", 20.6, source_id="press-2"),
        reading("reported_share", 20.6, source_id="press-3", repeats="vendor_share-1"),
    ]
    results = computed(rows).results
    assert say(results["reported"]) == "21%" and results["reported"].kind == "stated"
    assert say(results["reported_by"]) == "Press 1 and Press 2"
    assert (results["reported_outlets"].value, results["reported_named"].value) == (2, 1)
    assert say(results["reported_measurers"]) == "An analyst"
    assert "reported" not in computed([VIEWS]).results
    assert "rank_measurers" not in results
    rank = reading("reported_rank", 2, attributed_to="A firm", source_id="press-2", unit="rank")
    results = computed([*rows, rank]).results
    assert (say(results["rank_outlets"]), say(results["rank_measurers"])) == ("Press 2", "A firm")


def test_readings_that_may_be_used(computed, say):
    rows = [
        VIEWS | {"region": "SYR"},
        VIEWS,
        SITE,
        VIEWS | {"grade": "C"},
        VIEWS | {"repeats": "vendor_share-1"},
        VIEWS | {"statistic": "change"},
        VIEWS | {"region": "IRN"},
        VIEWS | {"vendor": "Apple"},
        RANK,
    ]
    known = computed(rows, regions=("CUB", "SYR"))
    assert list(known.published["id"]) == ["vendor_share-2", "vendor_share-1", "vendor_share-3"]
    assert list(known.published["name"]) == ["Cuba", "Syria", "Cuba"]
    assert [say(share) for share in known.published["share"]] == ["18.3%", "18.3%", "14.6%"]
    assert say(known.published["period"].iloc[2]) == "Aug–Sept 2021"
    assert say(known.results["published_count"]) == "three readings"
    assert say(known.results["measures"]) == "page views; visitors of a site"
    assert "searched" not in known.results


def test_without_a_reading_it_is_said_how_many_were_searched(computed):
    results = computed([VIEWS | {"grade": "C"}, VIEWS | {"vendor": "Apple"}]).results
    assert results["searched"].value == 2 and results["searched"].lineage == ("vendor_share",)
    assert "published_count" not in results


def test_a_reading_that_does_not_say_what_was_counted_has_a_definition(computed):
    known = computed([VIEWS | {"counted": ""}])
    assert known.published["share"].iloc[0].definition == "A published share"
