"""Which results an edition says differently from the one before, and how."""

import re

import pandas as pd

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_RANGE = re.compile(rf"(\d+(?:\.\d+)?)(?:(?:–| to )(\d+(?:\.\d+)?))?(?:%| (?!{_MONTH})\w+)?")
_FIGURES = re.compile(rf"[−-]?\d[\d.,]*|\b(?:{_MONTH})\b")


def moves(then: dict[str, dict], now: dict[str, dict]) -> pd.DataFrame:
    """A row for each result that both have and that reads differently now.

    `then` and `now`: "chapter/name" → text and value. Columns: chapter, name, before, after
    (texts), kind, percent. `kind` is "moved" where only figures or months differ, or both values
    are numbers; "flipped" where words do. `percent` is the change of the number, or of the middle
    of a printed range, in percent of what it was; missing where there is none, or it was 0.
    """
    rows = []
    for key in now:
        if key not in then or now[key]["text"] == then[key]["text"]:
            continue
        old, new = then[key], now[key]
        rows.append(
            (*key.split("/"), old["text"], new["text"], _kind(old, new), _percent(old, new))
        )
    columns = ["chapter", "name", "before", "after", "kind", "percent"]
    return pd.DataFrame(rows, columns=columns).astype({"percent": float})


def _kind(old: dict, new: dict) -> str:
    in_words = [_FIGURES.sub("#", result["text"]) for result in (old, new)]
    return "moved" if in_words[0] == in_words[1] or _numbers(old, new) else "flipped"


def _percent(old: dict, new: dict) -> float:
    was, now = _middle(old), _middle(new)
    return 100 * (now - was) / abs(was) if was and now is not None else float("nan")


def _middle(result: dict) -> float | None:
    """A result's number, or the middle of the range that it prints; None for dates and words."""
    if _numbers(result):
        return result["value"]
    figures = _RANGE.fullmatch(result["text"])
    return figures and (float(figures[1]) + float(figures[2] or figures[1])) / 2


def _numbers(*results: dict) -> bool:
    return all(
        isinstance(result["value"], int | float) and not isinstance(result["value"], bool)
        for result in results
    )
