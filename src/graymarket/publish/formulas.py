"""TeX formulas in the language of a format, through pandoc: MathML for HTML, Typst for PDF."""

import json
from functools import cache

import pypandoc

_NEXT = "%%% next %%%"
_OPTIONS = {"html": ["--mathml"], "typst": []}


def converted(formulas: list[tuple[str, bool]], target: str) -> list[str]:
    """Each formula (TeX, whether it stands alone) in `target`; "" where pandoc cannot read it."""
    if not formulas:
        return []
    blocks = []
    for tex, display in formulas:
        kind = {"t": "DisplayMath" if display else "InlineMath"}
        blocks.append({"t": "Para", "c": [{"t": "Math", "c": [kind, tex.strip()]}]})
        blocks.append({"t": "RawBlock", "c": [target, _NEXT]})
    document = {"pandoc-api-version": _version(), "meta": {}, "blocks": blocks}
    options = ["--wrap=none", "--quiet", *_OPTIONS[target]]
    text = pypandoc.convert_text(json.dumps(document), target, format="json", extra_args=options)
    parts = [part.strip() for part in text.split(_NEXT)[:-1]]
    return [_mathml(part) if target == "html" else _typst(part) for part in parts]


def _mathml(part: str) -> str:
    formula = part.removeprefix("<p>").removesuffix("</p>")
    return formula if formula.startswith("<math") else ""


def _typst(part: str) -> str:
    return part if part.startswith("$") and part.endswith("$") and len(part) > 2 else ""


@cache
def _version() -> list[int]:
    document = json.loads(pypandoc.convert_text("", "json", format="commonmark"))
    version: list[int] = document["pandoc-api-version"]
    return version
