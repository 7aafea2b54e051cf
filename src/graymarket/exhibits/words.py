"""Numbers as a reader likes them."""

from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor

import pandas as pd

_CARDINALS = [
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
]
_ORDINALS = [
    *("zeroth", "first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
]


def cardinal(number: int) -> str:
    """3 → "three"; digits above twelve."""
    return _CARDINALS[number] if 0 <= number < len(_CARDINALS) else f"{number:,}"


def counted(number: int, noun: str) -> str:
    """(1, "rule") → "one rule", (9, "rule") → "nine rules", (0, "rule") → "no rules"."""
    return f"{cardinal(number) if number else 'no'} {noun}{'' if number == 1 else 's'}"


def ordinal(number: int) -> str:
    """9 → "ninth"; above twelve "rank 13"."""
    return _ORDINALS[number] if 0 <= number < len(_ORDINALS) else f"rank {number}"


def share(percent: float) -> str:
    """18.27 → "18.3%"; halves are rounded up, as a reader of the table would."""
    return f"{_rounded(percent)}%"


def share_range(low: float, high: float) -> str:
    """(14.57, 18.27) → "14.6–18.3%"."""
    return f"{_rounded(low)}–{_rounded(high)}%"


def whole_range(low: float, high: float) -> str:
    """(10.7, 18.2) → "10–19%": outwards, for estimates, whose decimals mean nothing."""
    return f"{floor(low)}–{ceil(high)}%"


def percents(low: float, high: float) -> str:
    """(21.9, 25.1) → "22 to 25%", (21.9, 22.1) → "22%": readings, rounded as they are."""
    return f"{low:.0f}%" if f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f} to {high:.0f}%"


# Upper ends, in percent, of the words of ICD 203, the scale of the United States' intelligence.
LIKELIHOODS = [
    (5, "almost no chance"),
    (20, "very unlikely"),
    (45, "unlikely"),
    (55, "roughly even chance"),
    (80, "likely"),
    (95, "very likely"),
    (100, "almost certain"),
]


def likelihood(percent: float) -> str:
    """62 → "likely (62%)": the word of ICD 203, and the number; never quite 0 or 100."""
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent}: expected a chance of 0 to 100 percent")
    word = next(word for end, word in LIKELIHOODS if percent <= end)
    number = "under 1" if percent < 1 else "over 99" if percent > 99 else f"{percent:.0f}"
    return f"{word} ({number}%)"


def signed(points: float, digits: int = 1) -> str:
    """-8.13 → "−8.1", 5.3 → "+5.3": a change, with a true minus sign; never "−0.0"."""
    rounded = round(points, digits) + 0.0
    return f"{rounded:+.{digits}f}".replace("-", "−")


def _rounded(percent: float) -> Decimal:
    return Decimal(str(float(percent))).quantize(Decimal("0.1"), ROUND_HALF_UP)


def month(date: pd.Timestamp) -> str:
    """→ "September 2021"."""
    return f"{date:%B %Y}"


def lasting(months: int) -> str:
    """48 → "four years", 53 → "over four years", 5 → "five months"; halves are named."""
    years, rest = divmod(months, 12)
    if years == 0:
        return counted(months, "month")
    if rest == 6:
        return f"{cardinal(years)} and a half years"
    whole = counted(years, "year")
    return f"over {whole}" if rest else whole


def span(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """First and last day → "August 2021" or "Aug–Sep 2021": months are enough."""
    if (start.year, start.month) == (end.year, end.month):
        return month(start)
    if start.year == end.year:
        return f"{start:%b}–{end:%b %Y}"
    return f"{month(start)} to {month(end)}"


def listed(names: list[str]) -> str:
    """["Cuba", "Iran", "Syria"] → "Cuba, Iran and Syria"; "" for none."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def few(names: list[str], most: int = 3) -> str:
    """As listed; of more than `most` names the first, and how many others."""
    if len(names) <= most:
        return listed(names)
    return f"{names[0]} and {cardinal(len(names) - 1)} others"
