"""Which results an edition has otherwise than the one before, and by how much."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import pandas as pd

Kind = Literal["moved", "flipped"]
Result = Mapping[str, Any]  # plain JSON values of a typed result, see results.as_json

_TOLERANCE = 1e-9  # of a step: 24.5 − 24.4 is less than 0.1 in binary numbers


def moves(then: Mapping[str, Result], now: Mapping[str, Result]) -> pd.DataFrame:
    """A row for each result that both editions have and that is another now.

    Columns: name, type, before, after (the results' texts, "" where they have none), kind,
    percent. `kind` is "moved" for a quantity of which the value or an end differs by a step or
    more, or by enough for another text, and for a moment of another date; "flipped" for another
    answer, other names or another label. A result made of others has the worst of their kinds.
    `percent` is the change of a quantity’s value, or else of the middle of its range, in percent
    of what it was; missing for other types, for another unit, and where it was 0.
    """
    rows = [
        (name, new["type"], _text(old), _text(new), kind, _percent(old, new))
        for name, new in now.items()
        if (old := then.get(name)) is not None and (kind := _kind(old, new)) is not None
    ]
    columns = ["name", "type", "before", "after", "kind", "percent"]
    return pd.DataFrame(rows, columns=columns).astype({"percent": float})


def _kind(old: Result, new: Result) -> Kind | None:
    """How a result changed; None if it did not."""
    if old["type"] != new["type"]:
        return "flipped"
    match new["type"]:
        case "quantity":
            return "moved" if _has_moved(old, new) else None
        case "moment":
            return "moved" if _differ(old, new, "date", "end", "precision") else None
        case "verdict" if old["answer"] == new["answer"]:
            parts = old.get("parts") or {}, new.get("parts") or {}
            return _worst(_part(parts[0].get(name), part) for name, part in parts[1].items())
        case "several" if len(old["items"]) == len(new["items"]):
            return _worst(map(_part, old["items"], new["items"]))
        case "names":
            return "flipped" if _differ(old, new, "items") else None
        case "label":
            return "flipped" if _differ(old, new, "text") else None
    return "flipped"  # another answer, or more or fewer items


def _part(old: Any, new: Any) -> Kind | None:
    """How a part of a result changed, which may be a plain name."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return _kind(old, new)
    return "flipped" if old != new else None


def _worst(kinds: Iterable[Kind | None]) -> Kind | None:
    known = {*kinds}
    return "flipped" if "flipped" in known else "moved" if "moved" in known else None


def _differ(old: Result, new: Result, *fields: str) -> bool:
    return any(old.get(field) != new.get(field) for field in fields)


def _has_moved(old: Result, new: Result) -> bool:
    """Whether a quantity differs by its step or more, or by less but reads otherwise.

    Without a step and without texts any difference counts.
    """
    figures = [(old.get(name), new.get(name)) for name in ("value", "low", "high")]
    if old["unit"] != new["unit"] or any((was is None) != (now is None) for was, now in figures):
        return True
    change = max(abs(now - was) for was, now in figures if was is not None and now is not None)
    if change and _text(old) and _text(new) and _text(old) != _text(new):
        return True
    step = new.get("step")
    if step is None:
        return change > 0 and not (_text(old) and _text(new))
    return bool(change >= step * (1 - _TOLERANCE))


def _percent(old: Result, new: Result) -> float | None:
    if {old["type"], new["type"]} != {"quantity"} or old["unit"] != new["unit"]:
        return None
    was, now = _middle(old), _middle(new)
    return 100 * (now - was) / abs(was) if was else None


def _middle(quantity: Result) -> float:
    if quantity.get("value") is not None:
        return float(quantity["value"])
    return (float(quantity["low"]) + float(quantity["high"])) / 2


def _text(result: Result) -> str:
    return str(result.get("text") or "")
