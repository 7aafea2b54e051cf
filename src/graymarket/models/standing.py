"""What stood at a date: rules in force, and what is known of a maker's channel."""

import re
from collections.abc import Iterable

import pandas as pd

# Of several rules in force, the one that decides for a consumer phone: an exception opens a ban.
EFFECTS = ["authorised", "prohibited", "conditional", "unclear", "not_covered"]
OFFICIAL = {"subsidiary", "distributor", "carrier", "online_store"}
REGIMES = {
    "US export rules": ["us_bis", "us_bis_ofac", "us_state"],
    "US Treasury": ["us_ofac", "us_bis_ofac"],
    "European Union": ["eu"],
    "United Nations": ["un"],
}


def in_force(rows: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """The rows whose text dates `start` and `end` (of any precision; empty is open) hold `date`."""
    day = f"{date:%Y-%m-%d}"
    begun = [not start or start <= day[: len(start)] for start in rows["start"]]
    lasting = [not end or end >= day[: len(end)] for end in rows["end"]]
    return rows[pd.Series(begun, rows.index) & pd.Series(lasting, rows.index)]


def net_effect(rules: pd.DataFrame) -> str:
    """What the rules in force say together of a consumer phone; "none found" without any.

    "authorised by exception" where a rule authorises what another bans or limits.
    """
    found = [effect for effect in EFFECTS if (rules["effect"] == effect).any()]
    if not found:
        return "none found"
    if found[0] == "authorised" and {"prohibited", "conditional"} & set(found):
        return "authorised by exception"
    return found[0]


def sanctions_effect(sanctions: pd.DataFrame, region: str, regime: str, date: pd.Timestamp) -> str:
    """What a regime's rules (a key of REGIMES) did to a consumer phone, as in net_effect."""
    rows = sanctions[(sanctions["region"] == region) & sanctions["regime"].isin(REGIMES[regime])]
    return net_effect(in_force(rows[rows["grade"] != "C"], date))


def statements_on(presence: pd.DataFrame, region: str, maker: str) -> pd.DataFrame:
    """The statements, grade C aside, on a maker's channel in a region, by name or on all."""
    own = presence["vendor"] == maker
    # That none of them has a channel holds for each; that some have one does not.
    none = (presence["vendor"] == "All foreign vendors") & (presence["channel"] == "none")
    return presence[(presence["region"] == region) & (own | none) & (presence["grade"] != "C")]


def exits_of(closures: pd.DataFrame, region: str, maker: str) -> pd.DataFrame:
    """The closures, grade C aside, in which the maker itself stopped selling in the region.

    Each also states that it had sold there until then.
    """
    own = (closures["maker"] == maker) & (closures["region"] == region)
    stopped = closures["what_closed"].str.match(rf"{re.escape(maker)} (?:stops|suspends|pauses)\b")
    return closures[own & stopped & (closures["grade"] != "C")]


# Kinds of the table local_rules that tell what someone did or said, and set no rule.
_TOLD = [
    "official_channel",
    "government_position",
    "company_statement",
    "imports",
    "workaround",
]


_OTHER_GOODS = ["duty_exemption"]  # kinds of rules on food or medicine, and not on phones


def local_rules_of(rules: pd.DataFrame, regions: Iterable[str]) -> pd.DataFrame:
    """The rows of the table local_rules that set a rule on phones in a region, grade C aside."""
    told = rules["kind"].isin(_TOLD + _OTHER_GOODS) | rules["rule"].str.startswith("Result of ")
    return rules[rules["region"].isin(regions) & ~told & (rules["grade"] != "C")]


def surely_in_force(rows: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """in_force, without rows whose first day, known to the year or month, may lie after `date`."""
    held, day = in_force(rows, date), f"{date:%Y-%m-%d}"
    sure = [start == day or not (start and day.startswith(start)) for start in held["start"]]
    return held[pd.Series(sure, index=held.index, dtype=bool)]


def grounds(grades: pd.Series) -> str:
    """How good the evidence is by its rows' grades: "moderate" with an A, "low" with B alone."""
    return "moderate" if (grades == "A").any() else "low"


def channel(
    statements: pd.DataFrame, date: pd.Timestamp, exits: pd.DataFrame | None = None
) -> tuple[str, str]:
    """A maker's channel in a region by the newest statements up to `date`, and their year.

    `statements`: rows of the table presence; where they do not say, one of `exits` (exits_of) in
    the month of `date` or later says that the maker sold until then. The first is "official",
    "none", "contested" where the newest disagree, or "unknown" where there is none or they do not
    say; the year is "" then. A statement of which only the end is known speaks for that month
    alone.
    """
    month = f"{date:%Y-%m}"
    first = statements["start"].where(statements["start"] != "", statements["end"])
    known = statements[(first != "") & (first.str[:7] <= month)]
    kinds = known["channel"].map(lambda kind: "official" if kind in OFFICIAL else kind)
    said = known[kinds != "unknown"]
    if said.empty:
        until = [] if exits is None else [f"{when:%Y-%m}" for when in exits["month"]]
        later = [when for when in until if when >= month]
        return ("official", min(later)[:4]) if later else ("unknown", "")
    last = said["end"].where(said["end"] != "", said["start"])
    years = last.map(lambda text: min(text, month)[:4])
    newest = set(kinds[said.index][years == years.max()])
    return ("contested" if len(newest) > 1 else newest.pop()), years.max()
