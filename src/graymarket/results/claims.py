"""The claims of the article, and what public evidence says of each."""

from dataclasses import dataclass

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.quantity import Verdict

VERDICTS = ("supported", "partly", "contradicted", "unverifiable")
CONFIDENCE = ("high", "moderate", "low")


@dataclass(frozen=True)
class Claims:
    """Claims and verdicts. `ledger`: a row a claim that has a verdict.

    Its columns: statement, said_by, verdict (a verdict), confidence and why as in the table
    verdicts, rows (a verdict: which rows speak for and against). `cited`: all their entries.
    """

    ledger: pd.DataFrame
    cited: tuple[str, ...]
    results: Results


def compute(question: Question, tables: Tables) -> Claims:
    """Every claim that the table verdicts rules on; the same for any question."""
    verdicts, claims = tables["verdicts"], tables["claims"].set_index("id")
    results, ruled_on = Results(), claims.loc[verdicts["claim"]]
    what = "Claims of the article that are ruled on"
    results.count("total", len(verdicts), what, verdicts, ruled_on)
    for verdict in VERDICTS:
        number = int((verdicts["verdict"] == verdict).sum())
        results.count(verdict, number, f"Claims ruled “{verdict}”", verdicts, ruled_on)
    for grade in CONFIDENCE:
        number = int((verdicts["confidence"] == grade).sum())
        what = f"Verdicts of {grade} confidence"
        results.count(f"sure_{grade}", number, what, verdicts, ruled_on)
    return Claims(_ledger(verdicts, claims), _rows_cited(tables), results)


def _ledger(verdicts: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    said = claims.loc[verdicts["claim"]].reset_index()
    return pd.DataFrame(
        {
            "statement": said["statement"],
            "said_by": said["said_by"],
            "verdict": [_answer(row) for _, row in verdicts.iterrows()],
            "confidence": verdicts["confidence"],
            "why": verdicts["why"],
            "rows": [_rows(row) for _, row in verdicts.iterrows()],
        }
    )


def _answer(row: pd.Series) -> Verdict:
    what = "Whether public evidence supports the claim"
    return Verdict(about="claim", answer=row["verdict"], definition=what, lineage=lineage(row))


def _rows(row: pd.Series) -> Verdict:
    """Which rows speak for and against, by their ids."""
    sides = {side: row[f"speaks_{side}"].split() for side in ("for", "against")}
    given = [side for side, entries in sides.items() if entries]
    return Verdict(
        about="claim_rows",
        answer="both" if len(given) == 2 else given[0] if given else "none",
        definition="Rows that speak for and against the claim",
        lineage=lineage(row),
        parts={
            f"rows_{side}": ", ".join(entry.split("/")[1] for entry in entries)
            for side, entries in sides.items()
        },
    )


def _rows_cited(tables: Tables) -> tuple[str, ...]:
    """The claims, their verdicts, and the rows that speak for or against them."""
    verdicts, claims = tables["verdicts"], tables["claims"]
    cited = verdicts["speaks_for"] + " " + verdicts["speaks_against"]
    entries = [entry for cell in cited for entry in cell.split()]
    return lineage(claims[claims["id"].isin(verdicts["claim"])], verdicts, entries)
