"""How results read: known answers, worked by hand, and that every word comes from the file."""

import json
import tomllib

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket.results import (
    UNITS,
    Label,
    Moment,
    Names,
    Quantity,
    Several,
    Verdict,
)
from graymarket.wording import Wording

ENGLISH = Wording("en")
ROWS = ("claims/claim-01",)


def quantity(**fields):
    return Quantity(**({"kind": "measured", "definition": "a share", "lineage": ROWS} | fields))


def text(**fields):
    return str(ENGLISH.text(quantity(**fields)))


@pytest.mark.parametrize(
    ("unit", "value", "printed"),
    [
        ("percent", 18.27, "18.3%"),
        ("percent", 18.25, "18.3%"),
        ("percent", 18.249999, "18.2%"),
        ("percent", 29, "29.0%"),
        ("percent", 0.04, "0.0%"),
        ("points", -8.13, "−8.1 points"),
        ("points", 5.3, "+5.3 points"),
        ("points", -0.04, "0.0 points"),
        ("percent_change", -30, "−30%"),
        ("phones", 1_216_000, "1.22 million"),
        ("phones", 551_234, "0.55 million"),
        ("dollars", 12345, "$12,345"),
        ("number", 1234567, "1,234,567"),
        ("rank", 1, "first"),
        ("rank", 9, "ninth"),
        ("rank", 12, "twelfth"),
        ("rank", 13, "rank 13"),
        ("rules", 0, "no rules"),
        ("rules", 1, "one rule"),
        ("rules", 2, "two rules"),
        ("rules", 12, "twelve rules"),
        ("rules", 13, "13 rules"),
        ("count", 0, "none"),
        ("count", 8, "eight"),
        ("months", 1, "1 month"),
        ("months", 53, "53 months"),
        ("years", 4, "four years"),
        ("years", 53 / 12, "over four years"),
        ("years", 54 / 12, "four and a half years"),
        ("years", 1, "one year"),
        ("years", 5 / 12, "five months"),
        ("years", 1 / 12, "one month"),
    ],
)
def test_a_number_reads_as_one_would_write_it(unit, value, printed):
    assert text(unit=unit, value=value) == printed


@pytest.mark.parametrize(
    ("fields", "printed"),
    [
        ({"unit": "percent", "low": 14.57, "high": 18.27}, "14.6–18.3%"),
        ({"unit": "percent", "low": 21.9, "high": 25.1, "step": 1}, "22–25%"),
        ({"unit": "percent", "low": 21.9, "high": 22.1, "step": 1}, "22%"),
        ({"unit": "points", "low": -8.13, "high": 5.3}, "−8.1 to +5.3 points"),
        ({"unit": "months", "low": 24, "high": 48}, "24 to 48 months"),
        ({"unit": "phones", "low": 551_234, "high": 1_216_000}, "0.55 to 1.22 million"),
    ],
)
def test_a_range_of_readings_is_rounded_end_by_end(fields, printed):
    assert text(**fields) == printed


@pytest.mark.parametrize(
    ("low", "high", "printed"),
    [(10.7, 18.2, "10–19%"), (10, 19, "10–19%"), (10.01, 18.99, "10–19%"), (0.2, 0.7, "0–1%")],
)
def test_an_estimated_interval_is_rounded_outwards(low, high, printed):
    fields = {"unit": "percent", "step": 1, "kind": "estimated", "level": 95}
    assert text(low=low, high=high, **fields) == printed


@given(st.floats(0, 100), st.floats(0, 100))
def test_what_is_printed_of_an_estimated_interval_holds_it(one, other):
    low, high = sorted((one, other))
    printed = text(low=low, high=high, unit="percent", step=1, kind="estimated", level=95)
    ends = [float(end) for end in printed.removesuffix("%").split("–")]
    assert ends[0] <= low + 1e-9 and ends[-1] >= high - 1e-9
    assert ends[-1] - ends[0] < high - low + 2


@pytest.mark.parametrize(
    ("percent", "printed"),
    [
        (0, "almost no chance (under 1%)"),
        (0.9, "almost no chance (under 1%)"),
        (5, "almost no chance (5%)"),
        (6, "very unlikely (6%)"),
        (20, "very unlikely (20%)"),
        (45, "unlikely (45%)"),
        (46, "roughly even chance (46%)"),
        (55, "roughly even chance (55%)"),
        (62, "likely (62%)"),
        (80, "likely (80%)"),
        (95, "very likely (95%)"),
        (99, "almost certain (99%)"),
        (99.5, "almost certain (over 99%)"),
    ],
)
def test_likelihood_takes_the_word_of_icd_203(percent, printed):
    assert ENGLISH.likelihood(percent) == printed


@pytest.mark.parametrize("percent", [-1, 100.5])
def test_a_chance_lies_between_0_and_100(percent):
    with pytest.raises(ValueError, match="expected a chance of 0 to 100 percent"):
        ENGLISH.likelihood(percent)


def test_moments_and_spans():
    day = pd.Timestamp("2021-09-17")
    said = {"definition": "the lock", "lineage": ROWS}
    assert ENGLISH.text(Moment(date=day, **said)) == "September 2021"
    assert ENGLISH.text(Moment(date=day, precision="day", **said)) == "17 September 2021"
    assert ENGLISH.text(Moment(date=day, precision="year", **said)) == "2021"
    assert ENGLISH.text(Moment(date=day, end=day, **said)) == "September 2021"
    spans = {"2021-11-01": "Sept–Nov 2021", "2022-01-01": "September 2021 to January 2022"}
    for end, printed in spans.items():
        assert ENGLISH.text(Moment(date=day, end=pd.Timestamp(end), **said)) == printed


def test_months_are_listed_by_year():
    months = pd.to_datetime(["2019-10-01", "2019-11-01", "2021-06-01"])
    assert ENGLISH.months(months) == "Oct and Nov 2019, Jun 2021"


@pytest.mark.parametrize(
    ("names", "most", "printed"),
    [
        ([], None, "no place"),
        (["Cuba"], None, "Cuba"),
        (["Cuba", "Iran"], None, "Cuba and Iran"),
        (["Cuba", "Iran", "Syria"], None, "Cuba, Iran and Syria"),
        (["Cuba", "Iran", "Syria", "Sudan"], 3, "Cuba and three others"),
    ],
)
def test_lists_of_names(names, most, printed):
    items = tuple((name[:3].upper(), name) for name in names)
    known = Names(items=items, about="places", most=most, definition="places", lineage=ROWS)
    assert ENGLISH.text(known) == printed


def test_a_verdict_takes_its_words_and_those_of_its_parts():
    effect = Verdict(about="effect", answer="prohibited", definition="effect", lineage=ROWS)
    after = Verdict(about="effect", answer="conditional", definition="effect", lineage=ROWS)
    change = Verdict(
        about="rule_change",
        answer="changed",
        definition="a change",
        lineage=ROWS,
        parts={"place": "Syria", "regime": "US export rules", "then": effect, "now": after},
    )
    assert ENGLISH.text(change) == "Syria (US export rules: prohibited, now conditional)"
    both = Several(items=(change, change), about="rule_change", definition="changes", lineage=ROWS)
    assert ENGLISH.text(both) == f"{ENGLISH.text(change)}; {ENGLISH.text(change)}"
    none = Several(items=(), about="rule_change", definition="changes", lineage=ROWS)
    assert ENGLISH.text(none) == "nothing that these rows show"


def test_an_answer_without_words_is_named():
    unknown = Verdict(about="effect", answer="forgotten", definition="effect", lineage=ROWS)
    with pytest.raises(KeyError, match=r"en\.toml lacks \[verdicts\.effect\] forgotten"):
        ENGLISH.text(unknown)


def test_a_sentence_can_begin_with_a_result():
    assert ENGLISH.text(quantity(unit="rules", value=2)).capital == "Two rules"


@pytest.mark.parametrize(
    ("cell", "unit", "printed"),
    [
        (None, "", "–"),
        (float("nan"), "", "–"),
        ("", "", "–"),
        (True, "", "yes"),
        (False, "", "no"),
        (1234, "", "1,234"),
        (3.25, "", "3.25"),
        (-3.25, "", "−3.25"),
        (18.27, "percent", "18.3%"),
        ("text", "", "text"),
    ],
)
def test_a_cell_of_a_table(cell, unit, printed):
    assert ENGLISH.cell(cell, unit) == printed


def test_every_unit_reads_one_number_in_one_way():
    for unit in UNITS:
        value = 50 if unit == "chance" else 3
        assert text(unit=unit, value=value) == text(unit=unit, value=float(value))


def as_toml(words, section=""):
    """Lines of TOML, whose texts and lists are written as in JSON."""
    plain = {name: part for name, part in words.items() if not isinstance(part, dict)}
    yield from [f"[{section}]"] if section else []
    yield from (f"{name} = {json.dumps(part, ensure_ascii=False)}" for name, part in plain.items())
    for name, part in words.items():
        if isinstance(part, dict):
            yield from as_toml(part, f"{section}.{name}" if section else name)


def test_another_language_is_one_file_more(tmp_path, root):
    """A pseudo-language: every word in angle brackets, with another language's numbers."""
    words = tomllib.loads((root / "src/graymarket/wording/en.toml").read_text(encoding="utf-8"))

    def marked(value, key=""):
        if isinstance(value, dict):
            return {name: marked(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [marked(part) for part in value]
        dates = ("day", "day_short", "month", "month_alone", "month_short", "year", "locale")
        return f"⟨{value}⟩" if isinstance(value, str) and key not in dates else value

    pseudo = marked(words) | {"locale": "de_DE"}
    (tmp_path / "xx.toml").write_text("\n".join(as_toml(pseudo)), encoding="utf-8")
    other = Wording("xx", tmp_path)
    said = {"definition": "a thing", "lineage": ROWS}
    assert other.text(quantity(unit="percent", value=1818.27)) == "⟨1.818,3%⟩"
    assert other.text(quantity(unit="percent", low=1.2, high=3.4)) == "⟨1,2–3,4%⟩"
    assert other.text(quantity(unit="rules", value=2)) == "⟨⟨two⟩ rules⟩"
    assert other.text(quantity(unit="chance", value=62)) == "⟨⟨likely⟩ (62%)⟩"
    assert other.text(Moment(date=pd.Timestamp("2021-10-01"), **said)) == "Oktober 2021"
    names = Names(items=(("CUB", "Kuba"), ("IRN", "Iran")), **said)
    assert other.text(names) == "Kuba und Iran"
    verdict = Verdict(about="effect", answer="prohibited", **said)
    assert other.text(verdict) == "⟨prohibited⟩"
    assert other.text(Label(text="Xiaomi", **said)) == "Xiaomi"
    assert (other.tick(-2.50, "percent"), other.tick(1000)) == ("⟨⟨−⟩2,5%⟩", "⟨1.000⟩")
    assert other.digits(453_000, "phones") == "0,45"
    assert other.word("charts", "at_most", n="9") == "⟨at most 9⟩"
    assert other.month_short(pd.Timestamp("2021-10-01")) == "Okt."
