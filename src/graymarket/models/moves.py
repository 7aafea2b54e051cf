"""Which results an edition says differently from the one before, and how."""

import re

import pandas as pd

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_FIGURES = re.compile(rf"[−-]?\d[\d.,]*|\b(?:{_MONTH})\b")


def moves(then: dict[str, dict], now: dict[str, dict]) -> pd.DataFrame:
    """A row for each result that both have and that reads differently now.

    `then` and `now`: "chapter/name" → text and value. Columns: chapter, name, before, after
    (texts), kind, percent. `kind` is "moved" where only figures or months differ, or both values
    are numbers; "flipped" where words do. `percent` is the change of a number in percent of what
    it was; missing where a value is no number, or was 0.
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
    if not _numbers(old, new) or old["value"] == 0:
        return float("nan")
    return 100 * (new["value"] - old["value"]) / abs(old["value"])


def _numbers(*results: dict) -> bool:
    return all(
        isinstance(result["value"], int | float) and not isinstance(result["value"], bool)
        for result in results
    )
