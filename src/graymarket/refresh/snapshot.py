"""What data/ has now, as far as clients and parsers need it; each table is read once."""

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from graymarket.evidence.problems import FILE, EvidenceError, Problem
from graymarket.evidence.tables import PACKAGE, Base
from graymarket.refresh.fetch import Upstream


class Snapshot:
    """The project at `root`. Raises EvidenceError where its data/ cannot be read."""

    def __init__(self, root: Path):
        self.root = root
        self.base = Base(root)

    def cells(self, table: str) -> pd.DataFrame:
        """A table’s corrected cells as text."""
        cells, problems = self.base.cells(table)
        if cells is None:
            raise EvidenceError(problems)
        return cells

    def fields(self, table: str) -> list[dict[str, Any]]:
        """A table's fields, as datapackage.json describes them."""
        fields: list[dict[str, Any]] = self.base.resource(table)["schema"]["fields"]
        return fields

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns, in their order."""
        return [field["name"] for field in self.fields(table)]

    def allowed(self, table: str, column: str) -> list[str]:
        """The values that a column may have, where datapackage.json lists them."""
        (field,) = (field for field in self.fields(table) if field["name"] == column)
        values: list[str] = field["constraints"]["enum"]
        return values

    def setting(self, table: str, name: str) -> Any:
        """What stands under a table’s “upstream” in datapackage.json."""
        upstream = self.base.resource(table).get("upstream", {})
        if name not in upstream:
            place = f"resource {table}, “upstream”"
            raise EvidenceError([Problem(f"data/{PACKAGE}", f"“{name}” in {place}", severity=FILE)])
        return upstream[name]

    def upstream(self, table: str) -> Upstream:
        """Where a table comes from, and how patient to be there."""
        names = ("title", "address", "seconds", "tries")
        return Upstream(**{name: self.setting(table, name) for name in names})

    @cached_property
    def regions(self) -> pd.DataFrame:
        """Indexed by region."""
        return self.cells("regions").set_index("region")

    @cached_property
    def files(self) -> dict[str, str]:
        """Region → name of its file at caniuse, for those that have one."""
        names = self.regions["usage_file"]
        return {str(region): name for region, name in names[names != ""].items()}

    @cached_property
    def codes(self) -> dict[str, str]:
        """Code of caniuse and StatCounter (“CU”, “ww”) → region."""
        return {code_of(file): region for region, file in self.files.items()}

    @cached_property
    def terms(self) -> list[str]:
        """The regions in Xiaomi’s terms, on which the report rests."""
        return list(self.regions.index[self.regions["in_xiaomi_terms"] == "true"])


def code_of(usage_file: str) -> str:
    """ "CU.json" → "CU", "alt-ww.json" → "ww"; letters’ case matters: AS is no continent."""
    return usage_file.removesuffix(".json").removeprefix("alt-")
