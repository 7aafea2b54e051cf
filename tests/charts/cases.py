"""One call of each chart form: what every test of forms draws."""

import numpy as np
import pandas as pd

from graymarket import charts

DAY = pd.Timestamp
MONTHS = pd.date_range("2017-03-01", periods=60, freq="MS")
EVENT = (DAY("2019-09-01"), "It happens")
WAVE = 20 + 5 * np.sin(np.arange(60) / 7)

LINES = pd.DataFrame({"Here": WAVE, "There": WAVE / 3}, index=MONTHS)
BAND = pd.DataFrame({"observed": WAVE, "synthetic": WAVE + 4.0}, index=MONTHS)
BAND["low"], BAND["high"] = BAND["synthetic"] - 2, BAND["synthetic"] + 2
BAND.loc[: EVENT[0], ["low", "high"]] = np.nan
PANEL = pd.DataFrame({"share": WAVE, "flag": "", "mark": ""}, index=MONTHS)
GAPS = pd.DataFrame({f"p{n}": np.sin(np.arange(60) / (n + 3)) for n in range(5)}, index=MONTHS)

ESTIMATES = pd.DataFrame(
    [
        ("Cuba", 5.0, 40.0, 10.0, 14.0, 18.0, 22.0, 27.0, "10–27%", False),
        ("Russia", 8.0, 30.0, 12.0, 15.0, 19.0, 23.0, 26.0, "12–26%", True),
        ("Syria", 2.0, 70.0, np.nan, np.nan, np.nan, np.nan, np.nan, "not known", False),
    ],
    columns=[
        *("label", "low", "high", "low95", "low80", "median", "high80", "high95"),
        *("remark", "proxy"),
    ],
)
READINGS = pd.DataFrame(
    [
        ("A poll", 29.0, "29%", "hollow", "votes"),
        ("Page views", 18.27, "18.3%", "measured", "pages"),
        ("A register", 9.0, "9.0%", "cap", "all phones"),
    ],
    columns=["label", "value", "text", "role", "remark"],
)
TORNADO = pd.DataFrame(
    [("The share", 4e5, 9.5e5, "10–27%"), ("All phones", 6e5, 7e5, "6–7 million")],
    columns=["label", "at_low", "at_high", "remark"],
)
BARS = pd.DataFrame(
    [("2019", 1.5, "1.5"), ("2020", np.nan, ""), ("2021", 2.5, "2.5")],
    columns=["label", "value", "text"],
).assign(part=False)
POLICIES = pd.DataFrame(
    [
        ("A registry, 2008 to 2011", 90, 90, 5, 7, ">90%", "5–7%", False),
        ("A tax cut, 2024 to 2025", 25, 25, 23, 33, "25%", "23–33%", False),
        ("A new fee, 2011 to 2012", 100, 100, 15, 48, "212 thousand", "102 thousand", True),
    ],
    columns=["label", "low0", "high0", "low1", "high1", "text0", "text1", "strong"],
)
PAIRS = pd.DataFrame(
    [
        ("Cuba", 7.0, 8.0, 9.0, 15.0, 16.0, 18.0, "rose", True),
        ("Iran", 4, 5, 6, 7.3, 9.8, 22.1, "moved or not by the year compared", False),
    ],
    columns=["label", "low0", "median0", "high0", "low1", "median1", "high1", "verdict", "strong"],
)
CHANGES = pd.DataFrame(
    [("One figure", 17.0, "2 → 3"), ("Another", -8.0, "5 → 4")],
    columns=["label", "percent", "text"],
)
DOTS = pd.DataFrame(
    [
        ("India", 20, 30, "brand", "", "", "2, 2014–2016"),
        ("Brazil", 8, 8, "mixed", "least", "A", "1, 2013"),
        ("India", 60, 60, "customs", "", "", "2, 2014–2016"),
    ],
    columns=["label", "low", "high", "sense", "limit", "letter", "remark"],
)
SENSES = {"customs": "customs-gray", "mixed": "not told apart", "brand": "brand-gray"}
CLAIMS = pd.DataFrame(
    [
        ("2015, importers", 35, 35, "", "35%", "smuggled"),
        ("2016, police", 30, 40, "", "30–40%", "x"),
    ],
    columns=["label", "low", "high", "limit", "text", "remark"],
)
CROSSES = pd.DataFrame(
    [("Bangladesh", 50, 58, 30, 40, False), ("Kenya", 10, 15, 5, 10, True)],
    columns=["label", "x_low", "x_high", "low", "high", "partial"],
)
EVENTS = pd.DataFrame(
    [("June 2021", "Users report that phones lock", False), ("10 Sept", "The maker answers", True)],
    columns=["day", "what", "strong"],
)
BRANCHES = pd.DataFrame(
    [
        ("Brand-gray", "Was it sold outside?", ["Cuba: yes"]),
        ("Customs-gray", "Was duty paid?", ["-"]),
    ],
    columns=["label", "question", "examples"],
)
CELLS = pd.DataFrame(
    {
        "Xiaomi": ["none\n2021", "official"],
        "Apple": ["prohibited\nnow authorised by exception", "unknown"],
        "Huawei": ["not covered", "none found"],
        "Tecno (Transsion)": ["official", "unclear"],
    },
    index=["Cuba", "Iran"],
)
STYLES = pd.DataFrame({"a": ["strong", "second"], "b": ["strong", "open"]})
STYLES = STYLES.assign(c="plain", d="open")
RULES = pd.DataFrame(
    [
        ("Cuba", "Begins nobody knows when", "terms", None, DAY("2022-08-14"), None, False),
        ("Iran", "Stands", "terms", DAY("2017-12-05"), None, None, True),
        ("Syria", "Disputed", "closed", DAY("2021-03-23"), DAY("2021-08-14"), "2021-11-04", False),
        ("Sudan", "Ends nobody knows when", "closed", DAY("2021-06-23"), None, None, False),
    ],
    columns=["group", "label", "kind", "start", "end", "until", "open"],
)
RULES[["start", "end", "until"]] = RULES[["start", "end", "until"]].apply(pd.to_datetime)
SPANS = (
    RULES,
    (DAY("2013-01-01"), DAY("2026-11-30")),
    (DAY("2021-09-01"), "The lock, September 2021", "The lock"),
    {"closed": "forbidden", "terms": "allowed on terms"},
    ("Syria in 2021", DAY("2021-01-01"), DAY("2021-12-31")),
)
READING = (MONTHS[40], 35.0)

# Form → its arguments, how many marks it gives, and whether an office chart would show all.
CASES = {
    "bar_multiples": (({"A\nmillions": BARS, "B\nthousands": BARS},), 6, False),
    "bars": ((BARS, "millions"), 3, True),
    "before_after": (({"Shares": POLICIES, "Counts": POLICIES.tail(1)},), 8, False),
    "changes": ((CHANGES,), 2, False),
    "claims": (({"Of phones sold": CLAIMS, "Of phones in use": CLAIMS},), 4, False),
    "counterfactual": ((BAND, EVENT, ("Here", "synthetic Here")), 120, False),
    "counterfactuals": (({"A": (BAND, EVENT[0]), "B": (BAND, EVENT[0])},), 120, False),
    "crosses": (({"Against taxes": CROSSES, "Against prices": CROSSES},), 4, False),
    "dots": ((DOTS, ["India", "Brazil"], SENSES), 3, False),
    "dumbbell": ((PAIRS, ("the year to September 2021", "the year to August 2026")), 4, False),
    "intervals": ((ESTIMATES, 50.0, "percent"), 3, False),
    "line_with_reading": (
        (LINES["There"], "Worldwide", READING, "Cuba 35%", pd.Series(dtype=float)),
        61,
        True,
    ),
    "lines": ((LINES,), 120, True),
    "magnitudes": ((ESTIMATES.head(2), "in 2026"), 2, False),
    "matrix": ((CELLS, STYLES), 8, False),
    "placebos": ((GAPS, GAPS["p1"] * 2, EVENT, "Russia"), 60, False),
    "readings": ((READINGS, (10.0, 27.0, "our interval"), (9.5, "world 9.5%")), 3, False),
    "small_multiples": (({"Cuba": PANEL, "Iran": PANEL}, 40.0, EVENT), 120, False),
    "spans": (SPANS, 4, False),
    "timeline": ((EVENTS,), 2, False),
    "tornado": ((TORNADO, 6.5e5, "phones"), 4, False),
    "tree": (("A phone is in use", BRANCHES), 2, False),
}


def chart(form: str) -> charts.Chart:
    """The chart of a form's case."""
    return getattr(charts, form)(*CASES[form][0])
