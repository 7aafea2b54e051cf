"""A base of seven small tables, sound as written, for tests that break one cell of it."""

import json
from pathlib import Path
from typing import Any

MONTHS = [f"{year}-{month:02}" for year in (2020, 2021) for month in range(1, 13)][:18]

TABLES = {
    "sources": """\
source_id,publisher,title,url,licence
bureau-2021,Bureau,Phones counted,https://example.org/b,press
counter,Counter,Page views,https://example.org/c,CC BY 4.0
gazette-2020,Gazette,Réglement,,law
""",
    "regions": """\
region,name,in_terms,source_id
AAA,Alpha,true,bureau-2021
BBB,Beta,false,bureau-2021
CCC,Gamma,true,gazette-2020
""",
    "readings": """\
id,region,start,end,since,metric,unit,value,sample,grade,source_id
readings-001,AAA,2021-01-01,2021-01-31,2020,share,percent,40.5,1200,A,counter
readings-002,AAA,2021-01-01,2021-01-31,2020-03,share,percent,60.5,1200,A,counter
readings-003,BBB,2021-01-01,2021-03-31,2020-03-15,share,percent,18.27,,B,counter
readings-004,BBB,2021-01-01,2021-03-31,,change,percentage_points,-2,,C,bureau-2021
readings-005,CCC,2020-01-01,2020-12-31,,imports,units,900,,A,bureau-2021
readings-006,CCC,2020-01-01,2020-12-31,,imports,units,600,,A,bureau-2021
readings-007,CCC,2020-01-01,2020-12-31,,imports,units,300,,A,bureau-2021
""",
    "panel": "region,month,share,source_id\n"
    + "".join(f"{r},{m},{9 + i % 5}.5,counter\n" for r in "AB" for i, m in enumerate(MONTHS))
    .replace("A,", "AAA,")
    .replace("B,", "BBB,"),
    "closures": """\
id,region,month,end,basis,grade,source_id
closure-a,AAA,2020-06,2021-01,readings/readings-001 panel/AAA,A,gazette-2020
closure-b,BBB,2020-09,,panel/BBB/2020-01..2020-06,B,gazette-2020
""",
    "picks": """\
pick,question,place,entry,field,text,order
picks-001,mine,door,closures/closure-a,,,1
picks-002,,door,panel/AAA/2020-05,share,13.5,2
""",
    "corrections": """\
table,id,field,expect,new,reason
readings,readings-003,value,18.27,18.72,Digits were swapped
""",
}

_DATE = r"\d{4}(-\d{2}(-\d{2})?)?"
_REQUIRED = {"required": True}
_GRADE = {"enum": ["A", "B", "C"]}
_FIELDS: dict[str, dict[str, Any]] = {  # of any table, where not plain text
    "in_terms": {"type": "boolean", "constraints": _REQUIRED},
    "start": {"type": "date"},
    "since": {"constraints": {"pattern": _DATE}, "form": "a date as YYYY, YYYY-MM or YYYY-MM-DD"},
    "value": {"type": "number", "constraints": _REQUIRED},
    "sample": {"type": "integer", "constraints": {"minimum": 1}, "unit": "persons"},
    "share": {
        "type": "number",
        "constraints": {"minimum": 0, "maximum": 100},
        "unit": "percent of page views",
    },
    "month": {"type": "yearmonth", "constraints": _REQUIRED},
    "grade": {"constraints": _REQUIRED | _GRADE},
    "order": {"type": "integer", "constraints": {"minimum": 1}},
    "source_id": {"constraints": _REQUIRED},
}
_ENDS = {"readings": "date", "closures": "yearmonth"}  # the type of `end`
_KEYS = {"panel": ["region", "month"], "corrections": ["table", "id", "field"]}
_RULES: dict[str, list[dict[str, Any]]] = {
    "readings": [
        {"rule": "ordered", "fields": ["since", "start", "end"]},
        {
            "rule": "within",
            "of": "value",
            "minimum": 0,
            "maximum": 100,
            "where": {"unit": ["percent"]},
        },
        {
            "rule": "pairs",
            "fields": ["metric", "unit"],
            "allowed": {"share": ["percent"], "change": ["percent", "percentage_points"]},
        },
        {
            "rule": "sum",
            "of": "value",
            "by": ["region", "start"],
            "maximum": 101,
            "where": {"metric": ["share"]},
            "except": {"grade": ["C"]},
        },
        {
            "rule": "parts",
            "of": "value",
            "total": "readings-005",
            "parts": ["readings-006", "readings-007"],
        },
    ],
    "closures": [
        {"rule": "ordered", "fields": ["month", "end"]},
        {"rule": "basis", "field": "basis"},
    ],
    "picks": [
        {"rule": "row", "field": "entry"},
        {"rule": "quoted", "entry": "entry", "column": "field", "field": "text"},
        {"rule": "file", "field": "question", "folder": "questions", "suffix": ".toml"},
    ],
}
_COVERAGE = {"panel": {"edition": "2021-12", "rows": 36, "regions": 2}}


def write(root: Path) -> Path:
    """Write the base into root/data; returns `root`."""
    data = root / "data"
    (data / "questions").mkdir(parents=True)
    (data / "questions" / "mine.toml").write_text("", encoding="utf-8")
    for name, text in TABLES.items():
        (data / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    package = {
        "name": "miniature",
        "title": "Miniature",
        "version": "2021-12",
        "created": "2021-12-31T00:00:00Z",
        "resources": [_resource(name, text) for name, text in TABLES.items()],
    }
    text = json.dumps(package, indent=1)
    (data / "datapackage.json").write_text(text, encoding="utf-8")
    return root


def _resource(name: str, text: str) -> dict[str, Any]:
    header = text.split("\n", 1)[0].split(",")
    key = _KEYS.get(name, header[:1])
    targets = {"source_id": "sources", "region": "regions"}
    resource = {
        "name": name,
        "path": f"{name}.csv",
        "type": "table",
        "title": name.title(),
        "description": f"One row one of the {name}.",
        "licenses": [{"name": "CC-BY-4.0"}],
        "encoding": "utf-8",
        "everyRowUsed": name == "sources",
        "schema": {
            "fields": [_field(name, field) for field in header],
            "primaryKey": key,
            "foreignKeys": [
                {"fields": [field], "reference": {"resource": target, "fields": [field]}}
                for field, target in targets.items()
                if field in header and name != target
            ],
        },
        "rules": _RULES.get(name, []),
    }
    return resource | ({"coverage": _COVERAGE[name]} if name in _COVERAGE else {})


def _field(table: str, name: str) -> dict[str, Any]:
    plain = {"name": name, "type": "string", "description": f"The {name}"}
    if name == "end":
        return plain | {"type": _ENDS[table]}
    return plain | _FIELDS.get(name, {})
