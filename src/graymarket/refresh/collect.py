"""Ask a source, read what it answers, and remember that for the next time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.refresh.dataset import Dataset, Download
from graymarket.refresh.fetch import Request, Upstream, fetch, forget
from graymarket.refresh.snapshot import Snapshot

Progress = Callable[[int, int], None]
Read = Callable[[Download, Snapshot], list[Dataset]]


@dataclass
class Collected:
    """What came of asking one source, with all that went wrong; `missing` are names not there."""

    datasets: list[Dataset] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Collected") -> "Collected":
        self.datasets += other.datasets
        self.missing += other.missing
        self.unchanged += other.unchanged
        self.problems += other.problems
        self.remarks += other.remarks
        return self

    @property
    def news(self) -> list[str]:
        """In sentences: how many files came and how many had changed, then the remarks."""
        came = len({dataset.download.name for dataset in self.datasets})
        files = "1 file" if came == 1 else f"{came} files"
        if self.unchanged == came:
            return [f"{files}, unchanged since last time.", *self.remarks]
        return [f"{files}, {came - self.unchanged} of them new or changed.", *self.remarks]


def collect_files(
    snapshot: Snapshot,
    upstream: Upstream,
    requests: list[Request],
    read: Read,
    today: date,
    on_progress: Progress,
) -> Collected:
    """Fetch each file and read it; an answer that cannot be read is not kept for next time."""
    answers, problems = fetch(requests, upstream, snapshot.root, on_progress)
    collected, unreadable = Collected(problems=problems), []
    for answer in answers:
        request = answer.request
        if answer.content is None:
            collected.missing.append(request.name)
            continue
        try:
            download = Download(request.name, answer.content, today, request.address)
            collected.datasets += read(download, snapshot)
            collected.unchanged += answer.unchanged
        except EvidenceError as error:
            collected.problems += error.problems
            unreadable.append(request)
    forget(unreadable, snapshot.root)
    return collected
