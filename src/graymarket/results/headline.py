"""The strongest of what is known: the one sentence that a report on a question opens with."""

from collections.abc import Mapping
from dataclasses import dataclass

from graymarket.evidence import Tables
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.quantity import Result, Verdict

_MOVED = ("rose", "fell")
_FROM = ("door", "estimate", "benchmarks", "panel")  # subjects
Known = dict[str, Result]


@dataclass(frozen=True)
class Headline:
    """`results` has one result, `headline`."""

    results: Results


def compute(question: Question, tables: Tables) -> Headline:
    """What was seen after the event, else what is estimated, else what others have published.

    A stock that nobody renewed comes first, then a clear move beside a synthetic control, the
    estimate, gray shares of the maker alone, and a move in page views.
    """
    from graymarket.results.subjects import compute as known_of

    known = {name: known_of(name, question, tables).results for name in _FROM}
    answer, given = strongest(known)
    place: Result | str = known_of("asked", question, tables).results["places"]
    parts: dict[str, Result | str] = {"maker": question.maker, "place": place}
    results = Results(f"{question.event:%Y-%m}", question.regions[0])
    what = "The strongest of what is known"
    origin = [*given.values(), place] if given else ["benchmarks"]
    results.verdict("headline", answer, what, *origin, parts=parts | given)
    return Headline(results)


def strongest(known: Mapping[str, Known]) -> tuple[str, Known]:
    """The headline's answer and the results that its words mention; `known`: those of _FROM."""
    door, estimate, published, panel = (known[name] for name in _FROM)
    moved = panel["headline"]
    if "seen" in door:
        return "stock", {name: door[name] for name in ("since", "seen", "so")}
    if "inconclusive" in door or "mark" in door:
        return "door", {"door": door["title"]}
    if "brand_gray_share" in estimate:
        return "estimate", {"share": estimate["brand_gray_share"], "month": estimate["month"]}
    if "gray" in published:
        names = {"share": "gray", "of": "gray_of", "sense": "gray_sense"}
        return "published", {part: published[name] for part, name in names.items()}
    if isinstance(moved, Verdict) and moved.answer in _MOVED:
        return "panel", {"panel": moved}
    return "unknown", {}
