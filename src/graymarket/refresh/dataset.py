"""What a source gives: a file as downloaded, and the rows that it has for a table."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

_ARCHIVES_FILLER = date(2000, 1, 1)  # packers write years such as 1980 where they keep no dates


@dataclass(frozen=True)
class Download:
    """A file as it came.

    `address` is where from, "" if nobody knows; `region` what it is about, if whoever gave the
    file has said so.
    """

    name: str
    content: bytes
    accessed: date
    address: str = ""
    region: str | None = None

    @property
    def sha256(self) -> str:
        """Of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def opened(path: Path, today: date, address: str = "", region: str | None = None) -> Download:
    """A file of this machine; its own date says when it was downloaded, if it can be true."""
    written = date.fromtimestamp(path.stat().st_mtime)
    accessed = written if _ARCHIVES_FILLER < written < today else today
    return Download(path.name, path.read_bytes(), accessed, address, region)


@dataclass(frozen=True)
class Dataset:
    """The rows that one download has for one table of data/.

    `rows` has the table's columns in its order, as text just as the CSV file has them.
    `lines` has the spreadsheet row of each in the download, where one row there is one here.
    `remarks` are sentences for whoever adds it: what was left out, what was never seen before.
    `sources` are rows for the table sources, to be added where their source_id is not there yet.
    """

    table: str
    rows: pd.DataFrame
    download: Download
    remarks: tuple[str, ...] = ()
    sources: tuple[dict[str, str], ...] = ()
    lines: tuple[int, ...] = ()
