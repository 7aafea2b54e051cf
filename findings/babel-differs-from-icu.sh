#!/usr/bin/env bash
# Babel and ICU both take their words from CLDR, and say different things: an interval of quarters
# becomes one of days in Babel, although Babel can write each quarter; and Babel's Spanish lists
# keep "y" and "o" where the language has "e" and "u".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  babel==2.19.0 pyicu-wheels==2.15.2
cd "$folder"
"$folder/venv/bin/python" -I - <<'PYTHON'
import sys
from datetime import date, datetime, timezone
from importlib.metadata import version

import icu
from babel.dates import format_interval, format_skeleton
from babel.lists import format_list

FIRST, LAST = date(2021, 1, 1), date(2021, 9, 30)


def seconds(day: date) -> float:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc).timestamp()


def icu_interval(skeleton: str, language: str) -> str:
    form = icu.DateIntervalFormat.createInstance(skeleton, icu.Locale(language))
    return form.format(icu.DateInterval(seconds(FIRST), seconds(LAST)))


def icu_list(items: list[str], style: str) -> str:
    kind = {"standard": icu.UListFormatterType.AND, "or": icu.UListFormatterType.OR}[style]
    return icu.ListFormatter.createInstance(
        icu.Locale("es"), kind, icu.UListFormatterWidth.WIDE
    ).format(items)


print(f"babel {version('babel')}, ICU {icu.ICU_VERSION} (pyicu-wheels {version('pyicu-wheels')})")
changed = []
print("Interval from January to September 2021 with the skeleton yQQQ (year and quarter):")
for language in ("en", "es", "fr"):
    quarter = format_skeleton("yQQQ", LAST, locale=language)
    babel = format_interval(FIRST, LAST, "yQQQ", locale=language)
    other = icu_interval("yQQQ", language)
    print(f"    {language}: Babel {babel!r}, ICU {other!r}; Babel’s last quarter alone {quarter!r}")
    if "30" not in babel or "30" in other or quarter not in other:
        changed.append(f"interval in {language}")
print("Spanish lists of two:")
for items, style, right in (
    (["Cuba", "Irán"], "standard", "Cuba e Irán"),
    (["uno", "otro"], "or", "uno u otro"),
):
    babel, other = format_list(items, style=style, locale="es"), icu_list(items, style)
    print(f"    Babel {babel!r}, ICU {other!r}")
    if babel == right or other != right:
        changed.append(right)
if changed:
    sys.exit(f"The behaviour has changed: {', '.join(changed)}")
PYTHON
