"""What places themselves rule on phones: allowances, duties, registries and bans, over time."""

from dataclasses import dataclass

import pandas as pd
from pandas.api.typing import NaTType

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.facts import picked, row_of
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Result

SPANS = "local_rules_spans"  # the place of the table picks that names rows for the chart
_MID_MONTH = pd.Timedelta(days=14)  # of a last day that is known to the month alone


@dataclass(frozen=True)
class LocalRules:
    """Rules by place and time.

    `rules`: the rows of the table local_rules that set a rule on phones here, grade C aside, with
    name (the place) and at ("in_force", "day_not_known", "later" or "over" at the event);
    `spans`: these rules, less those left out by hand, and rules that stand in other tables: group
    (the place), label, rule, does, start, end, until (days or none: to `until` the end is
    disputed), open (bool: no end is on record), at (as in rules), effect, grade and lineage.
    """

    rules: pd.DataFrame
    spans: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> LocalRules:
    """The rules of the question's places, and which of them held at the event."""
    rules = _rules(question, tables)
    spans = _spans(rules, question, tables)
    return LocalRules(rules, spans, _results(rules, spans, question, tables))


def spans_of(question: Question, tables: Tables) -> pd.DataFrame:
    """The frame `spans` of LocalRules alone."""
    return _spans(_rules(question, tables), question, tables)


def _rules(question: Question, tables: Tables) -> pd.DataFrame:
    rules = models.local_rules_of(tables["local_rules"], question.regions)
    rules = rules.sort_values(["region", "start"], kind="stable")
    return rules.assign(name=rules["region"].map(names_of(tables)), at=_at(rules, question.event))


def _at(rules: pd.DataFrame, event: pd.Timestamp) -> pd.Series:
    """What is known of each rule at the event."""
    surely = models.surely_in_force(rules, event).index
    perhaps = models.in_force(rules, event).index
    later = rules["start"] > f"{event:%Y-%m-%d}"
    at = pd.Series("over", rules.index).mask(later, "later")
    return at.mask(rules.index.isin(perhaps), "day_not_known").mask(
        rules.index.isin(surely), "in_force"
    )


def _spans(rules: pd.DataFrame, question: Question, tables: Tables) -> pd.DataFrame:
    shown = picked(tables, question, SPANS)
    left_out = picked(tables, question, SPANS, "leave_out")["entry"]
    labels = dict(zip(shown["entry"], shown["label"], strict=True))
    does = dict(zip(shown["entry"], shown["text"], strict=True))
    rows = rules[~rules["lineage"].isin(left_out)].copy()
    others = [
        row
        for entry in shown["entry"]
        if entry not in set(rows["lineage"])
        and (row := row_of(tables, entry))["region"] in question.regions
    ]
    told = [_as_rule(row, does[row["lineage"]]) for row in others]
    rows = pd.concat([rows, pd.DataFrame(told)], ignore_index=True)
    rows = rows.assign(at=_at(rows, question.event))
    order = {entry: place for place, entry in enumerate(shown["entry"])}
    place = rows["region"].map(list(question.regions).index)
    rows = rows.iloc[
        sorted(rows.index, key=lambda i: (place[i], order.get(rows.at[i, "lineage"], len(order))))
    ]
    return rows.assign(
        group=rows["region"].map(names_of(tables)),
        label=[
            labels.get(row, rule) for row, rule in zip(rows["lineage"], rows["rule"], strict=True)
        ],
        since=rows["start"],
        until=pd.to_datetime(rows["disputed_until"]),
        start=rows["start"].map(first_day),
        end=rows["end"].map(last_day),
        open=(rows["end"] == "") & (rows["ends"] != "not_known"),
    )


def _as_rule(row: pd.Series, does: str) -> dict[str, object]:
    """A row of the tables timeline or presence, in the columns of local_rules.

    `does` is what the pick says that it does; where it says nothing, the rule sets terms.
    """
    common = {"region": row["region"], "grade": row["grade"], "lineage": row["lineage"]}
    common |= {"does": does or "terms", "ends": "not_known", "disputed_until": pd.NaT}
    if "what" in row.index:
        day = f"{row['date']:%Y-%m-%d}"
        return common | {"rule": row["what"], "start": day, "end": "", "effect": row["note"]}
    days = {"start": row["start"], "end": row["end"]}
    return common | days | {"rule": row["note"], "effect": row["channel"]}


def first_day(text: str) -> pd.Timestamp | NaTType:
    """The first day of a text date of any precision; NaT where it is empty."""
    return pd.Period(text).start_time if text else pd.NaT


def last_day(text: str) -> pd.Timestamp | NaTType:
    """The last day; of a month that is known no better, its middle; NaT where it is empty."""
    if not text:
        return pd.NaT
    return pd.Period(text).start_time + (_MID_MONTH if len(text) == 7 else pd.Timedelta(0))


def held_at(spans: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The rules that forbid or set terms and were in force on a day, disputed ends taken late."""
    ends = spans[["end", "until"]].max(axis=1)
    begun = spans["start"].isna() | (spans["start"] <= day)
    return spans[begun & (ends.isna() | (ends >= day)) & spans["does"].isin(["forbids", "terms"])]


def _results(
    rules: pd.DataFrame, spans: pd.DataFrame, question: Question, tables: Tables
) -> Results:
    results = Results(f"{question.event:%Y-%m}", " ".join(question.regions))
    rows = lineage(rules) or ("local_rules",)
    held = held_at(spans, question.event)
    what = "Places where a local rule reached phones or their trade"
    results.count("with_rules", held["region"].nunique(), what, held if len(held) else rows)
    results.count("places", len(question.regions), "How many places are asked about", rows)
    surely = rules[rules["at"] == "in_force"]
    what = "Local rules on phones surely in force at the event"
    results.count("in_force", len(surely), what, rows, unit="rules")
    parts: dict[str, Result | str] = {"count": results["in_force"]}
    parts["places"] = _few(question, tables)
    answer = "none" if rules.empty else "one" if len(surely) == 1 else "several"
    results.verdict("headline", answer, what, rows, about="local_rules_headline", parts=parts)
    grounds = models.grounds(rules["grade"]) if len(rules) else "none"
    what = "How good the evidence on local rules is"
    results.verdict("grounds", grounds, what, rows, about="confidence")
    if len(rules):
        results.count("count", len(rules), "Rules on record", rows, unit="rules")
        later = int((rules["at"] == "later").sum())
        results.count("later", later, "Rules that began after the event", rows)
    else:
        searched = len(tables["local_rules"])
        results.quantity("searched", searched, "rows", "Rows on local rules", rows, kind="counted")
    unsure = int((rules["at"] == "day_not_known").sum())
    if unsure:
        results.count("unsure", unsure, "Rules known to the event's month or year alone", rows)
    without = [region for region in question.regions if region not in set(rules["region"])]
    if without and len(rules):
        results.names("without", named(tables, without), "Places without a rule", "local_rules")
    _disputed(results, spans, question)
    return results


def _few(question: Question, tables: Tables) -> Result:
    results = Results()
    places = named(tables, question.regions)
    results.names("places", places, "Places", "regions", about="places", most=3)
    return results["places"]


def _disputed(results: Results, spans: pd.DataFrame, question: Question) -> None:
    """Whether a ban whose end is disputed stood at the event."""
    bans = spans[spans["until"].notna() & (spans["does"] == "forbids")].tail(1)
    for _, ban in bans.iterrows():
        open_ = ban["end"] < question.event <= ban["until"]
        answer = "disputed" if open_ else "stood" if question.event <= ban["end"] else "ended"
        what = f"Whether the ban stood: {ban['rule']}"
        results.verdict("ban", answer, what, ban, about="ban_stood")
        parts: dict[str, Result | str] = {"place": str(ban["group"])}
        results.verdict("ban_told", answer, what, ban, about="ban_told", parts=parts)
