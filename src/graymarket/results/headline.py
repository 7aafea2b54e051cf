"""The strongest of what is known: the one sentence that a report on a question opens with."""

from dataclasses import dataclass

from graymarket.evidence import Tables
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.quantity import Result, Verdict

_MOVED = ("rose", "fell")


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

    door = known_of("door", question, tables).results
    estimate = known_of("estimate", question, tables).results
    published = known_of("benchmarks", question, tables).results
    panel = known_of("panel", question, tables).results
    results = Results(f"{question.event:%Y-%m}", question.regions[0])
    place: Result | str = known_of("asked", question, tables).results["places"]
    parts: dict[str, Result | str] = {"maker": question.maker, "place": place}
    moved = panel["headline"]
    if "seen" in door:
        answer, given = "stock", {name: door[name] for name in ("since", "seen", "so")}
    elif "inconclusive" in door or "mark" in door:
        answer, given = "door", {"door": door["title"]}
    elif "brand_gray_share" in estimate:
        names = {"share": "brand_gray_share", "month": "month"}
        answer, given = "estimate", {part: estimate[name] for part, name in names.items()}
    elif "gray" in published:
        names = {"share": "gray", "of": "gray_of", "sense": "gray_sense"}
        answer, given = "published", {part: published[name] for part, name in names.items()}
    elif isinstance(moved, Verdict) and moved.answer in _MOVED:
        answer, given = "panel", {"panel": moved}
    else:
        answer, given = "unknown", {}
    what = "The strongest of what is known"
    origin = [*given.values(), place] if given else ["benchmarks"]
    results.verdict("headline", answer, what, *origin, parts=parts | given)
    return Headline(results)
