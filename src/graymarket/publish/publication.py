"""What is said of a set of notebooks as a whole, in whatever format."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from graymarket.publish.formats import FORMATS


@dataclass(frozen=True)
class Publication:
    """Title page, colophon and formats of what is published.

    `date`: a day as YYYY-MM-DD, by which files are dated; `fingerprint`: of what it is made from,
    "" if unknown; `author`: whom to cite, "" if nobody; `credits`: lines that name data and
    licences; `citation`: how to cite it, made of author, title, edition and date if empty;
    `files`: names of the FORMATS to write; `left_out`: names of chapters that do not apply here.
    """

    title: str
    edition: str
    date: str
    subtitle: str = ""
    author: str = ""
    fingerprint: str = ""
    credits: tuple[str, ...] = ()
    language: str = "en-GB"
    citation: str = ""
    files: tuple[str, ...] = tuple(made.name for made in FORMATS)
    left_out: tuple[str, ...] = ()

    def metadata(self) -> dict[str, Any]:
        """It as plain JSON values, for the `report` of a notebook's metadata.

        `links`: the files that the page leads to, as {"file", "text"}.
        """
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        linked = (made for made in FORMATS if made.link and made.name in self.files)
        return plain | {"links": [{"file": made.name, "text": made.link} for made in linked]}
