"""Text from results, in a language: all words stand in that language's file, such as en.toml."""

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from graymarket.results import (
    UNITS,
    Label,
    Moment,
    Names,
    Quantity,
    Result,
    Several,
    Unit,
    Verdict,
    outwards,
    rounded,
)

_FOLDER = Path(__file__).parent
_LIKELY_ENDS = (1, 99)  # percent: beyond them no number is told, as if it were that exact


class Text(str):
    """A result in words. `result` is the result itself; `capital` begins a sentence with it."""

    result: Result

    def __new__(cls, text: str, result: Result) -> "Text":
        self = super().__new__(cls, text)
        self.result = result
        return self

    @property
    def capital(self) -> "Text":
        """With its first letter in upper case."""
        return Text(self[:1].upper() + self[1:], self.result)


class Wording:
    """The words of one language.

    `language` names a TOML file of `folder` (this package's by default). Raises
    FileNotFoundError where there is none, and KeyError naming what the file lacks.
    """

    def __init__(self, language: str = "en", folder: Path = _FOLDER):
        self.language = language
        self._words: dict[str, Any] = tomllib.loads(
            (folder / f"{language}.toml").read_text(encoding="utf-8")
        )

    def text(self, result: Result) -> Text:
        """A result in words, in the one form that it is printed in everywhere."""
        return Text(self._text(result), result)

    def _text(self, result: Result) -> str:
        match result:
            case Quantity():
                return self._quantity(result)
            case Verdict():
                return self._verdict(result)
            case Moment():
                return self._moment(result)
            case Names():
                return self._names(result)
            case Label():
                return result.text
            case Several():
                return self._several(result)

    # Numbers

    def _quantity(self, quantity: Quantity) -> str:
        unit = UNITS[quantity.unit]
        if unit.form == "likelihood" and quantity.value is not None:
            return self.likelihood(quantity.value)
        if quantity.low is None or quantity.high is None:
            assert quantity.value is not None  # a quantity has a value or two ends
            return self.number(quantity.value, quantity.unit, quantity.step)
        interval = quantity.kind == "estimated" and quantity.level is not None
        outward = interval or quantity.kind == "bound"
        return self.range(quantity.low, quantity.high, quantity.unit, quantity.step, outward)

    def range(
        self, low: float, high: float, unit: str, step: float | None = None, outward: bool = False
    ) -> str:
        """The ends of a range in a unit of UNITS: 14.57, 18.27 percent → "14.6–18.3%".

        `outward` rounds so that the printed range holds the given one; ends that print alike make
        one number.
        """
        step = step or UNITS[unit].step
        ends = outwards(low, high, step) if outward else (rounded(low, step), rounded(high, step))
        if ends[0] == ends[1]:
            return self.number(float(ends[0]), unit, step)
        first, last = (self._digits(end, UNITS[unit], step) for end in ends)
        return str(self._form(unit)["range"]).format(low=first, high=last)

    def number(self, value: float, unit: str, step: float | None = None) -> str:
        """A number in a unit of UNITS: 18.27 percent → "18.3%", 9 rules → "nine rules"."""
        rule, form = UNITS[unit], self._form(unit)
        if rule.form == "ordinal":
            return self.ordinal(int(value))
        if rule.form == "duration":
            return self.duration(round(value * 12))
        if value == 0 and "zero" in form:
            return str(form["zero"])
        exact = rounded(value, step or rule.step)
        digits = self._digits(exact, rule, step or rule.step)
        return str(form[self._plural(exact, form)]).format(n=digits)

    def plain(self, value: float, step: float | None = None) -> str:
        """A number without its unit, for a column whose head has it; as it is without a step."""
        exact = rounded(value, step) if step else Decimal(str(value))
        return self._digits(exact, Unit(), step)

    def digits(self, value: float, unit: str) -> str:
        """A number in a unit of UNITS, without the unit: 453,000 phones → "0.45"."""
        rule = UNITS[unit]
        return self._digits(rounded(value, rule.step), rule, rule.step)

    def tick(self, value: float, unit: str = "") -> str:
        """A tick of an axis with all its digits, and its unit if one is given: 40 → "40%"."""
        exact = Decimal(str(round(float(value), 9)))
        return str(self._form(unit)["other"]).format(n=self._digits(exact, Unit(), None))

    def cardinal(self, number: int) -> str:
        """3 → "three"; digits above twelve."""
        words: list[str] = self._words["numbers"]["cardinals"]
        if 0 <= number < len(words):
            return words[number]
        return self._grouped(Decimal(number), 0)

    def ordinal(self, number: int) -> str:
        """9 → "ninth"; above twelve "rank 13"."""
        words: list[str] = self._words["numbers"]["ordinals"]
        if 0 <= number < len(words):
            return words[number]
        return str(self._words["numbers"]["ordinal_above"]).format(n=number)

    def likelihood(self, percent: float) -> str:
        """62 → "likely (62%)": the word of ICD 203, and the number; never quite 0 or 100.

        Source: Intelligence Community Directive 203, Analytic Standards (2015), section D.6.e.2.
        Raises ValueError outside 0 to 100.
        """
        if not 0 <= percent <= 100:
            raise ValueError(f"{percent}: expected a chance of 0 to 100 percent")
        words = self._words["likelihood"]
        word: str = next(word for end, word in words["words"] if percent <= end)
        least, most = _LIKELY_ENDS
        if percent < least:
            number = words["under"].format(n=least)
        elif percent > most:
            number = words["over"].format(n=most)
        else:
            number = str(rounded(percent, 1))
        return str(words["form"]).format(word=word, n=number)

    def duration(self, months: int) -> str:
        """48 → "four years", 53 → "over four years", 5 → "five months"; halves are named."""
        years, rest = divmod(months, 12)
        if years == 0:
            form = self._form("months")
            return str(form[self._plural(Decimal(months), form)]).format(n=self.cardinal(months))
        if rest == 6:
            return str(self._words["time"]["half"]).format(n=self.cardinal(years))
        form = self._form("years")
        whole = str(form[self._plural(Decimal(years), form)]).format(n=self.cardinal(years))
        return str(self._words["time"]["over"]).format(n=whole) if rest else whole

    def _digits(self, exact: Decimal, unit: Unit, step: float | None) -> str:
        scaled = exact / Decimal(str(unit.scale))
        if unit.form == "cardinal" and scaled == scaled.to_integral_value():
            return self.cardinal(int(scaled))
        decimals = _decimals(Decimal(str(step)) / Decimal(str(unit.scale))) if step else None
        number = self._grouped(abs(scaled), decimals)
        sign = "+" if unit.form == "signed" and scaled > 0 else ""
        return f"{self._words['numbers']['minus'] if scaled < 0 else sign}{number}"

    def _grouped(self, number: Decimal, decimals: int | None) -> str:
        """With thousands set apart; all digits that it has where `decimals` is None."""
        places = (
            max(0, -int(number.normalize().as_tuple().exponent)) if decimals is None else decimals
        )
        pattern = f"#,##0.{'0' * places}" if places else "#,##0"
        return format_decimal(number, format=pattern, locale=self.locale)

    def form(self, unit: str, name: str) -> str:
        """How numbers of a unit of UNITS are printed, with {n}, or {low} and {high} of a range."""
        return str(self._form(unit)[name])

    def _form(self, unit: str) -> dict[str, Any]:
        units: dict[str, dict[str, Any]] = self._words["units"]
        return units.get(unit, units["plain"])

    def _plural(self, number: Decimal, form: Mapping[str, Any]) -> str:
        category = self.locale.plural_form(abs(number))
        return category if category in form else "other"

    # Time

    def day(self, date: pd.Timestamp) -> str:
        """→ "17 September 2021"."""
        return self._date(date, "day")

    def month(self, date: pd.Timestamp) -> str:
        """→ "September 2021"."""
        return self._date(date, "month")

    def month_short(self, date: pd.Timestamp) -> str:
        """→ "Sept"."""
        return self._date(date, "month_short")

    def year(self, date: pd.Timestamp) -> str:
        """→ "2021"."""
        return self._date(date, "year")

    def span(self, start: pd.Timestamp, end: pd.Timestamp) -> str:
        """First and last day → "August 2021" or "Aug–Sep 2021": months are enough."""
        words = self._words["time"]
        if (start.year, start.month) == (end.year, end.month):
            return self.month(start)
        if start.year != end.year:
            return str(words["span_apart"]).format(start=self.month(start), end=self.month(end))
        first, last = (self._date(date, "month_short") for date in (start, end))
        months = str(words["span"]).format(start=first, end=last)
        return f"{months} {self._date(end, 'year')}"

    def years(self, start: pd.Timestamp, end: pd.Timestamp) -> str:
        """First and last day → "2019" or "2018–2019"."""
        first, last = (self._date(date, "year") for date in (start, end))
        form = str(self._words["time"]["span"])
        return first if first == last else form.format(start=first, end=last)

    def months(self, dates: Iterable[pd.Timestamp]) -> str:
        """→ "Oct and Nov 2019, Jun 2021": by year, short."""
        by_year: dict[str, list[str]] = {}
        for date in dates:
            by_year.setdefault(self._date(date, "year"), []).append(self._date(date, "month_short"))
        return ", ".join(f"{self.listed(months)} {year}" for year, months in by_year.items())

    def _moment(self, moment: Moment) -> str:
        if moment.end is not None and moment.precision == "split_year":
            first, last = (self._date(date, "year_short") for date in (moment.date, moment.end))
            return str(self._words["time"]["split_year"]).format(start=first, end=last)
        if moment.end is not None and moment.precision == "year":
            return self.years(moment.date, moment.end)
        if moment.end is not None:
            return self.span(moment.date, moment.end)
        return self._date(moment.date, moment.precision)

    def _date(self, date: pd.Timestamp, precision: str) -> str:
        return format_date(date.date(), format=self._words["time"][precision], locale=self.locale)

    # Lists and verdicts

    def listed(self, names: Iterable[str]) -> str:
        """["Cuba", "Iran", "Syria"] → "Cuba, Iran and Syria"; "" for none."""
        return format_list(list(names), locale=self.locale)

    def few(self, names: list[str], most: int = 3) -> str:
        """As listed; of more than `most` names the first, and how many others."""
        if len(names) <= most:
            return self.listed(names)
        others = self.cardinal(len(names) - 1)
        return str(self._words["lists"]["few"]).format(first=names[0], n=others)

    def _names(self, names: Names) -> str:
        labels = [self._words.get("names", {}).get(code, label) for code, label in names.items]
        if not labels:
            return self._empty(names.about)
        return self.few(labels, names.most) if names.most else self.listed(labels)

    def _several(self, several: Several) -> str:
        texts = [self._text(item) for item in several.items]
        if not texts:
            return self._empty(several.about)
        if several.listed:
            return self.listed(texts)
        return str(self._words["lists"]["several"]).join(texts)

    def _empty(self, about: str) -> str:
        return str(self._words["verdicts"][about]["empty"])

    def _verdict(self, verdict: Verdict) -> str:
        try:
            words = str(self._words["verdicts"][verdict.about][verdict.answer])
        except KeyError:
            missing = f"[verdicts.{verdict.about}] {verdict.answer}"
            raise KeyError(f"{self.language}.toml lacks {missing}") from None
        parts = {
            name: part if isinstance(part, str) else self._text(part)
            for name, part in verdict.parts.items()
        }
        return words.format(**parts)

    def word(self, section: str, key: str, **parts: str) -> str:
        """The words that the file has under [section] key, with their {parts} filled in."""
        return str(self._words[section][key]).format(**parts)

    # Cells of tables

    def cell(self, value: object, unit: str = "", step: float | None = None) -> str:
        """A table's cell: a result, a number in the column's unit, or text; a dash if empty."""
        if isinstance(value, Result):
            return self._text(value)
        if isinstance(value, bool):
            return str(self._words["numbers"]["yes" if value else "no"])
        if value is None or value is pd.NA or value == "" or value != value:
            return str(self._words["numbers"]["empty"])
        if isinstance(value, int | float):
            return self.number(value, unit, step) if unit else self.plain(value, step)
        return str(value)

    @cached_property
    def locale(self) -> Locale:
        """What babel knows of the language."""
        return Locale.parse(self._words["locale"])


def _decimals(number: Decimal) -> int:
    """How many decimals a number has: 0.1 → 1, 0.05 → 2, 10 → 0."""
    return max(0, -int(number.normalize().as_tuple().exponent))


_in_use = Wording()


def current() -> Wording:
    """The wording that exhibits and chapters use."""
    return _in_use


def use(wording: Wording) -> None:
    """Make all exhibits and chapters from here on read in that wording."""
    global _in_use
    _in_use = wording
