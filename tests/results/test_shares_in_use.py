"""Shares of phones in use from readings: made-up countries in which all errors are known by hand.

Apple was counted in eight countries in September 2018 and in September 2021, so many log-odds off
the panel; Xiaomi in four, off its page views and off its part of sales.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from scipy.stats import norm, t

from graymarket.evidence import Tables
from graymarket.results import errors, estimate, shares
from graymarket.results.share_readings import Target, limits_of, readings_of

MONTH = pd.Timestamp("2021-09-01")
THEN = pd.Timestamp("2018-09-01")
READ = 40.0  # percent, what the panel reads of Apple everywhere
# Country → how far a count lies from the panel in 2018, and in 2021; log-odds.
OFF = {
    **{"AAA": (-0.9, -0.3), "BBB": (-0.2, 0.1), "CCC": (-0.7, -0.4), "DDD": (-0.5, 0.3)},
    **{"EEE": (-0.1, 0.2), "FFF": (-0.6, 0.0), "GGG": (-0.3, -0.2), "HHH": (-0.5, -0.1)},
}
# Country → how far Xiaomi lies from its page views, and from its part of sales.
VIEWS_OFF = {"AAA": 0.1, "BBB": 0.3, "CCC": -0.1, "DDD": 0.1}
SALES_OFF = {"AAA": -0.5, "BBB": -0.7, "CCC": -0.3, "DDD": -0.5}
REGIONS = [{"region": c, "name": c.title(), "kind": "country"} for c in [*OFF, "CUB"]]
WORLD = {"region": "world", "name": "World", "kind": "aggregate"}
MONTHS = pd.date_range("2018-01-01", MONTH, freq="MS")


def month_of(start, **cells):
    return {"start": start, "end": start + pd.offsets.MonthEnd()} | cells


def moved(share, by):
    return float(100 * expit(logit(share / 100) + by))


def counted(region, vendor, start, share, **cells):
    known = {"region": region, "vendor": vendor, "share": share, "of": "smartphones"}
    return month_of(start, **known, grade="A", measured_by="One", kind="survey") | cells


def quoted(region="CUB", value=20.0, metric="page_view_share", start=MONTH, **cells):
    known = {"region": region, "vendor": "Xiaomi", "metric": metric, "value": value}
    return month_of(start, **known, unit="percent", statistic="value", grade="A") | cells


IN_USE = [
    counted(region, "Apple", start, moved(READ, by))
    for region, both in OFF.items()
    for start, by in zip((THEN, MONTH), both, strict=True)
] + [counted(region, "Xiaomi", MONTH, 30.0) for region in VIEWS_OFF]
PAIRED = [quoted(region, moved(30, -by)) for region, by in VIEWS_OFF.items()] + [
    quoted(region, moved(30, -by), "sales_share") for region, by in SALES_OFF.items()
]
PANEL = [
    {"region": region, "month": month, "mobile_share": 50.0, "apple_share": READ}
    for region in OFF
    for month in MONTHS
]
WORLDWIDE = [
    {"region": "world", "month": month, "vendor": "Xiaomi", "usage_share": 10.0 + i / 10}
    for i, month in enumerate(pd.date_range("2018-01-01", "2021-12-01", freq="MS"))
]


@pytest.fixture
def base(tables):
    """Call it with readings of Cuba, and rows by table that come on top."""

    def make(*readings, **more):
        known = {"regions": [*REGIONS, WORLD], "usage_panel": PANEL, "vendor_usage": WORLDWIDE}
        known |= {"shares_in_use": IN_USE, "vendor_share": [*PAIRED, *readings], "offers": []}
        known |= {"market_size": [], "world_development": [], "assumptions": []}
        return tables(**known | {name: known.get(name, []) + rows for name, rows in more.items()})

    return make


def read(given, maker="Xiaomi", date=MONTH):
    """The readings of Cuba, as the share takes them."""
    return readings_of(Target("CUB", date, maker), errors.learned(given), given)


def known_of(given, asked, maker="Xiaomi"):
    return shares.compute(asked(), given).known.get(("CUB", MONTH, maker))


# ---- what is learned


def test_errors_of_the_panel_by_hand(base):
    """Two counts in each country: blocks, of which the analysis of variance gives both spreads."""
    learned = errors.learned(base()).kinds["panel"].errors
    before, after = np.array(list(OFF.values())).T
    within2 = (before - after).var(ddof=1) / 2
    between2 = ((before + after) / 2).var(ddof=1) - within2 / 2
    assert between2 > 0
    assert learned.expected()[0] == pytest.approx(after.mean())
    assert learned.expected(ipads=1)[0] == pytest.approx(before.mean())
    assert learned.within**2 == pytest.approx(within2)
    assert learned.between**2 == pytest.approx(between2, rel=1e-5)
    assert (learned.groups, learned.readings, learned.freedom) == (8, 16, 5)


def test_errors_of_page_views_and_of_sales_by_hand(base):
    """One pair a country: the mean is that of the countries."""
    kinds = errors.learned(base()).kinds
    assert kinds["page_views"].errors.mean == pytest.approx(0.1)
    assert kinds["flow"].errors.mean == pytest.approx(-0.5)
    assert "apple_page_views" not in kinds  # no pair of it


def test_too_few_countries_teach_nothing(base):
    """Two countries with counts: without either, one is left, and no spread between."""
    given = base(quoted())
    few = given["shares_in_use"].head(4)
    assert (
        errors.learned({name: given[name] for name in given} | {"shares_in_use": few}).kinds == {}
    )


def test_a_kind_that_fails_its_test_is_not_used(base):
    """Page views that lie now far above, now far below, as no spread of Apple's explains."""
    wild = [row | {"value": 2.0 if i % 2 else 90.0} for i, row in enumerate(PAIRED[:4])]
    given = base()
    table = given["vendor_share"]
    values = table["value"].where(table["metric"] != "page_view_share")
    wilder = table.assign(value=values.fillna(pd.Series([row["value"] for row in wild])))
    learned = errors.learned({name: given[name] for name in given} | {"vendor_share": wilder})
    assert "page_views" not in learned.kinds and "flow" in learned.kinds


# ---- a place among the pairs


def test_a_place_s_errors_are_those_of_all_others(base, asked):
    """The others: 0.1, -0.1 and 0.1 off their page views, -0.5, -0.3 and -0.5 off their sales."""
    known = shares.compute(asked(regions=("BBB",)), base()).known["BBB", MONTH, "Xiaomi"]
    off = known.readings.set_index("source")["off"]
    assert off["page_view_share"] == pytest.approx(0.1 / 3)
    assert off["sales_share"] == pytest.approx(-1.3 / 3)


@pytest.mark.parametrize("place", ["BBB", "CCC"])
def test_a_place_s_own_pairs_do_not_move_its_share(base, asked, place):
    """Without two counts of one place a count is no reading: all that it enters is its pair."""
    given = base()
    counts = given["shares_in_use"]
    other = counts.assign(share=counts["share"] + 15 * (counts["region"] == place))
    changed = dict(given) | {"shares_in_use": other}
    both = (shares.compute(asked(regions=("BBB",)), Tables.of(t)) for t in (dict(given), changed))
    before, after = (found.known["BBB", MONTH, "Apple"].posterior.density for found in both)
    assert (before == after).all() == (place == "BBB")


def test_the_noise_of_a_count_is_that_of_other_places(base, asked):
    """Two counts of one place alone tell of a count elsewhere, of that place nothing."""
    count = counted("CUB", "Xiaomi", MONTH, 10.0)
    given = base(shares_in_use=[*TWO, count])
    known = shares.compute(asked(regions=("CUB", "EEE")), given).known
    assert ("CUB", MONTH, "Xiaomi") in known and ("EEE", MONTH, "Xiaomi") not in known


# ---- a reading, its month and its kind


def test_a_share_by_hand_from_one_reading(base, asked):
    given = base(quoted(value=20.0))
    posterior = known_of(given, asked).posterior
    kind = errors.learned(given).kinds["page_views"].errors
    assert posterior.center == pytest.approx(logit(0.2) + 0.1)
    spread = np.sqrt(kind.se**2 + kind.between**2 + kind.within**2)
    reach = t.ppf(0.975, kind.freedom) * spread
    ends = 100 * expit(logit(0.2) + 0.1 + np.array([-reach, reach]))
    assert posterior.interval(95) == pytest.approx(tuple(ends), abs=0.1)


def test_another_value_moves_the_share_as_far(base, asked):
    one, other = (known_of(base(quoted(value=x)), asked).posterior for x in (20, 25))
    assert other.center - one.center == pytest.approx(logit(0.25) - logit(0.2))
    assert other.spread == one.spread


def test_another_kind_has_its_own_error(base, asked):
    sold = known_of(base(quoted(metric="sales_share")), asked).posterior
    assert sold.center == pytest.approx(logit(0.2) - 0.5)


def test_another_month_is_carried_by_the_maker_s_own_drift(base, asked):
    """Worldwide 12.5 to 12.7% around March 2020, 14.3 to 14.5% around September 2021."""
    early = pd.Timestamp("2020-03-01")
    posterior = known_of(base(quoted(start=early)), asked).posterior
    drift = logit(0.144) - logit(0.126)
    assert posterior.center == pytest.approx(logit(0.2) + 0.1 + drift)


def test_a_month_or_two_away_is_the_same_time(base, asked):
    early = pd.Timestamp("2021-07-01")
    posterior = known_of(base(quoted(start=early)), asked).posterior
    assert posterior.center == pytest.approx(logit(0.2) + 0.1)


def test_the_more_countries_drift_apart_the_less_a_carried_reading_is_sure(base):
    """In early 2020 half of the countries read 30% and half 50%: the doubt is their spread."""
    early = pd.Timestamp("2020-03-01")
    given = base(quoted(start=early))
    panel = given["usage_panel"]
    near = panel["month"].between("2020-02-01", "2020-04-01")
    half = panel["region"].isin(["AAA", "BBB", "CCC", "DDD"])
    there = panel["apple_share"].mask(near & half, 30.0).mask(near & ~half, 50.0)
    apart = {name: given[name] for name in given}
    apart |= {"usage_panel": panel.assign(apple_share=there)}
    sure, unsure = read(given).iloc[0], read(apart).iloc[0]
    away = [logit(0.4) - logit(0.3)] * 4 + [logit(0.4) - logit(0.5)] * 4
    doubt2 = np.std(away, ddof=1) ** 2
    assert unsure["own"] ** 2 - sure["own"] ** 2 == pytest.approx(doubt2)
    assert unsure["at"] == pytest.approx(sure["at"])


def test_a_reading_of_thirty_one_months_ago_tells_nothing(base):
    for start, found in (("2019-03-01", 1), ("2019-02-01", 0)):
        assert len(read(base(quoted(start=pd.Timestamp(start))))) == found


def test_a_small_sample_adds_its_own_doubt(base):
    """Of 100 counted with one in five: 1 / (100 x 0.2 x 0.8) = 1/16 of variance."""
    all_of_them, sample = (read(base(quoted(sample=n))).iloc[0] for n in (None, 100))
    assert sample["own"] ** 2 - all_of_them["own"] ** 2 == pytest.approx(1 / 16)


def test_offers_are_a_flow_of_their_count(base):
    offers = month_of(MONTH, region="CUB", vendor="Xiaomi", count=50.0, total=200, grade="B")
    (row,) = read(base(offers=[offers])).itertuples()
    assert (row.kind, row.value) == ("flow", 25)
    assert row.at == pytest.approx(logit(0.25) - 0.5)
    assert row.lineage == ("offers/offers-1",)


def test_two_kinds_are_weighted_and_named(base, asked, say):
    found = shares.compute(asked(), base(quoted(), quoted(metric="sales_share", value=30.0)))
    weights = found.known["CUB", MONTH, "Xiaomi"].posterior.weights
    assert weights.sum() == pytest.approx(1)
    assert found.results["readings"].value == 2
    assert [say(cell) for cell in found.weights["label"]] == [
        *("StatCounter’s page views", "phones sold")
    ]
    without_views = found.weights["without"].iloc[0]
    assert without_views.value == pytest.approx(moved(30, -0.5), abs=0.1)
    alone = found.weights["alone"].tolist()
    assert alone == pytest.approx([moved(20, 0.1), moved(30, -0.5)])


def test_the_panel_tells_of_apple_alone(base, asked):
    """The mean of the year up to the month, off by what counts were off since October 2019."""
    year = [month for month in MONTHS if month > pd.Timestamp("2020-09-01")]
    cuba = [row | {"region": "CUB", "apple_share": 9.0} for row in PANEL[: len(MONTHS)]]
    cuba = [row | ({} if row["month"] in year else {"apple_share": 5.0}) for row in cuba]
    found = shares.compute(asked(), base(usage_panel=cuba)).known
    assert list(found) == [("CUB", MONTH, "Apple")]
    posterior = found["CUB", MONTH, "Apple"].posterior
    after = np.mean([both[1] for both in OFF.values()])
    assert posterior.center == pytest.approx(logit(0.09) + after)
    assert posterior.freedom == pytest.approx(5)


# ---- counts of phones in use


OTHER = counted("EEE", "Xiaomi", MONTH, 20.0), counted("EEE", "Xiaomi", MONTH, 24.0)
TWO = [OTHER[0], OTHER[1] | {"measured_by": "Two"}]


def test_a_count_of_phones_has_the_noise_of_two_counts_of_one_place(base, asked):
    """20 and 24% differ by 0.2336 log-odds, which is √2 of the noise of one."""
    count = counted("CUB", "Xiaomi", MONTH, 10.0)
    posterior = known_of(base(shares_in_use=[*TWO, count]), asked).posterior
    noise = (logit(0.24) - logit(0.20)) / np.sqrt(2)
    assert posterior.center == pytest.approx(logit(0.1))
    assert posterior.spread == pytest.approx(noise)
    ends = 100 * expit(logit(0.1) + norm.ppf([0.025, 0.975]) * noise)
    assert posterior.interval(95) == pytest.approx(tuple(ends), abs=0.05)


def test_without_two_counts_of_one_place_the_noise_of_a_count_is_not_known(base, asked):
    count = counted("CUB", "Xiaomi", MONTH, 10.0)
    assert np.isnan(errors.learned(base(shares_in_use=[count])).noise)
    assert known_of(base(shares_in_use=[count]), asked) is None


# ---- what never enters


@pytest.mark.parametrize(
    "change",
    [
        {"metric": "reported_share"},
        {"metric": "reader_poll_share"},
        {"grade": "C"},
        {"repeats": "vendor_share-1"},
        {"statistic": "change"},
        {"unit": "users"},
        {"vendor": "Samsung"},
        {"region": "AAA"},
        {"start": pd.NaT},
        {"value": 0.0},
    ],
)
def test_what_is_no_reading_of_a_share_moves_nothing(base, asked, change):
    more = quoted(value=60.0) | change
    assert known_of(base(more), asked) is None
    one, both = (known_of(base(quoted(), *rows), asked) for rows in ((), (more,)))
    assert (one.posterior.density == both.posterior.density).all() or change == {"region": "AAA"}
    assert one.lineage == both.lineage


def test_weak_counts_and_weak_offers_never_enter(base, asked):
    weak = counted("CUB", "Xiaomi", MONTH, 60.0, grade="C")
    offers = month_of(MONTH, region="CUB", vendor="Xiaomi", count=50.0, total=200, grade="C")
    assert known_of(base(shares_in_use=[*TWO, weak], offers=[offers]), asked) is None


def test_weak_pairs_teach_nothing(base):
    one = errors.learned(base()).kinds
    weak = [counted("GGG", "Xiaomi", MONTH, 90.0, grade="C"), counted("HHH", "Xiaomi", MONTH, 30.0)]
    rows = [quoted("GGG", 5.0), quoted("HHH", 1.0, grade="C")]
    other = errors.learned(base(*rows, shares_in_use=weak)).kinds
    assert one["page_views"].errors.mean == other["page_views"].errors.mean
    assert len(one["page_views"].pairs) == len(other["page_views"].pairs) == 4


# ---- the rank in a register


def ranked(rank):
    return quoted(value=float(rank), metric="network_register_rank", unit="rank")


LINES = {"region": "CUB", "indicator": "IT.CEL.SETS", "year": 2021, "value": 8e6}


def users(value, **cells):
    known = {"region": "CUB", "metric": "mobile_internet_users", "value": value, "grade": "A"}
    return month_of(MONTH, **known) | cells


def test_the_rank_in_a_register_limits_the_share(base, asked):
    """Fifth: 20% of phones at most; half of the lines have data: 40% of smartphones, or 37."""
    more = {"market_size": [users(4e6), users(4.32e6)], "world_development": [LINES]}
    given = base(quoted(value=30.0), ranked(5), **more)
    limits = limits_of(Target("CUB", MONTH, "Xiaomi"), errors.learned(given), given)
    (row,) = limits.itertuples()
    assert (row.value, row.cap_high) == (20, 40)
    assert row.cap_low == pytest.approx(37.037, abs=0.001)
    assert row.own == pytest.approx((logit(0.4) - logit(0.37037)) / (2 * 1.96), abs=1e-4)
    free, bound = (known_of(base(quoted(value=30.0), *r, **more), asked) for r in ([], [ranked(5)]))
    assert free.posterior.chance_above(42) > 5
    assert bound.posterior.chance_above(42) < 0.1
    assert bound.posterior.center == free.posterior.center
    assert "market_size/market_size-1" in bound.lineage
    assert "market_size/market_size-1" not in free.lineage


def test_a_single_count_of_users_makes_a_sharp_limit(base, asked):
    more = {"market_size": [users(4e6)], "world_development": [LINES]}
    bound = known_of(base(quoted(value=30.0), ranked(5), **more), asked).posterior
    assert bound.chance_above(40.2) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize(
    "count",
    [
        users(4e6, grade="C"),
        users(4e6, region="AAA"),
        users(4e6, metric="mobile_lines"),
        users(4e6) | month_of(pd.Timestamp("2020-09-01")),
    ],
)
def test_a_rank_without_a_count_of_users_limits_nothing(base, count):
    given = base(quoted(), ranked(5), market_size=[count], world_development=[LINES])
    assert limits_of(Target("CUB", MONTH, "Xiaomi"), errors.learned(given), given).empty


def test_a_rank_alone_is_no_share(base, asked):
    given = base(ranked(5), market_size=[users(4e6)], world_development=[LINES])
    assert known_of(given, asked) is None


# ---- what is said of it


def test_how_often_the_intervals_caught_what_they_had_not_learned(base, asked):
    results = shares.compute(asked(), base(quoted())).results
    assert (results["panel_pairs"].value, results["panel_countries"].value) == (16, 8)
    allowed = results["panel_allowed95"]
    assert (allowed.low, allowed.high) == (13, 16)
    assert allowed.low <= results["panel_hits95"].value <= 16
    assert results["score_learned"].value < results["score_ratio"].value
    assert (results["flow_pairs"].value, results["page_views_pairs"].value) == (4, 4)


def test_the_main_place_s_share_is_printed_outwards_with_its_readings(base, asked, say):
    found = shares.compute(asked(), base(quoted(value=20.0)))
    share = found.results["share"]
    low, high = found.known["CUB", MONTH, "Xiaomi"].posterior.interval(95)
    assert (share.low, share.high, share.level) == (low, high, 95)
    assert say(share) == f"{np.floor(low):.0f}–{np.ceil(high):.0f}%"
    assert share.lineage == (f"vendor_share/vendor_share-{len(PAIRED) + 1}",)


ESTIMATE = {"cases": [], "case_inputs": [], "claims": [], "inputs": []}


def test_without_readings_the_share_is_refused(base, asked, say):
    none = {"region": "CUB", "date": MONTH, "maker": "Xiaomi", "parameter": "share"}
    none |= {"low": 0.0, "high": 100.0, "unit": "percent", "kind": "none"}
    bare = base(quoted(metric="reported_share"), assumptions=[none], **ESTIMATE)
    assert shares.compute(asked(), bare).known == {}
    assert shares.compute(asked(), bare).weights.empty
    refused = estimate.compute(asked(), bare).results
    assert refused["refused"].items == (("CUB", "Cub"),) and "share" not in refused
    given = estimate.compute(asked(), base(quoted(), assumptions=[none], **ESTIMATE)).results
    assert given["refused"].items == ()
    assert given["share"].value == pytest.approx(moved(20, 0.1), abs=0.1)


def test_what_nobody_named_is_no_maker(base, asked):
    given = base(quoted(), quoted(vendor="Unknown"), quoted(vendor="Nokia"), quoted(vendor="Other"))
    of_cuba = {maker for region, _, maker in shares.compute(asked(), given).known}
    assert of_cuba == {"Nokia", "Xiaomi"}
