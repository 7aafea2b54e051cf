"""Where exhibits stand on paper: drafts show which of them would leave the order of the text."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

_DRAFTS = 5  # each but the last mends what the one before showed

Point = tuple[int, float]  # a page, and a height on it from its top
Stands = dict[str, str]  # exhibit → "bottom" of its page, or "here", where the text has it
Places = dict[str, tuple[Point, Point]]  # title or exhibit → where it begins and ends


@dataclass(frozen=True)
class Part:
    """The title of a chapter, or an exhibit: one that `floats`, or a table that runs over pages."""

    id: str
    floats: bool = False


def settled(parts: list[Part], draft: Callable[[Stands], Places]) -> Stands:
    """What to say of each float that Typst by itself would place before or behind a neighbour.

    `parts`: all in the order of the text; `draft` typesets the report with what is known so far.
    What is said once stays, so that no two drafts take turns.
    """
    stands: Stands = {}
    for _ in range(_DRAFTS):
        places = draft(stands)
        said = _misplaced(parts, places, stands)
        if not said:
            break
        stands |= said
    return stands


def _misplaced(parts: list[Part], places: Places, stands: Stands) -> Stands:
    said: Stands = {}
    for before, after in pairwise(parts):
        start, end = places[after.id][0], places[before.id][1]
        if after.floats and start < end:  # on an earlier page even its foot is too early
            said[after.id] = "bottom" if start[0] == end[0] else "here"
        if before.floats and start < places[before.id][0]:
            said[before.id] = "here"
    return {name: where for name, where in said.items() if stands.get(name) not in (where, "here")}
