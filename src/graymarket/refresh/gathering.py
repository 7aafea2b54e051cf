"""Ask, read, remember: how every source comes in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.refresh.delivery import Delivery, Download
from graymarket.refresh.fetch import Answer, Cache, Request, Upstream, fetch
from graymarket.refresh.holdings import Holdings

Progress = Callable[[int, int], None]


@dataclass
class Gathered:
    """What came of asking one source, with all that went wrong; `missing` are names not there."""

    deliveries: list[Delivery] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Gathered") -> "Gathered":
        self.deliveries += other.deliveries
        self.missing += other.missing
        self.unchanged += other.unchanged
        self.problems += other.problems
        self.remarks += other.remarks
        return self

    @property
    def news(self) -> list[str]:
        """In sentences: how many files came and how many had changed, then the remarks."""
        came = len({delivery.download.name for delivery in self.deliveries})
        files = "1 file" if came == 1 else f"{came} files"
        if self.unchanged == came:
            return [f"{files}, unchanged since last time.", *self.remarks]
        return [f"{files}, {came - self.unchanged} of them new or changed.", *self.remarks]


def gather(
    held: Holdings,
    upstream: Upstream,
    requests: list[Request],
    read: Callable[[Download, Holdings], list[Delivery]],
    today: date,
    on_progress: Progress,
) -> Gathered:
    """Fetch each file and read it; only what could be read is remembered for next time."""
    cache = Cache(held.root)
    answers, problems = fetch(requests, upstream, cache, on_progress)
    gathered = Gathered(problems=problems)
    for answer in answers:
        if answer.content is None:
            gathered.missing.append(answer.request.name)
            continue
        try:
            gathered.deliveries += read(_download(answer, today), held)
        except EvidenceError as error:
            gathered.problems += error.problems
        else:
            gathered.unchanged += answer.unchanged
            cache.keep(answer)
    return gathered


def _download(answer: Answer, today: date) -> Download:
    return Download(answer.request.name, answer.content, today, answer.request.address)
