"""The ledger of claims and what is counted of it."""

from graymarket.results import claims


def test_the_ledger_and_its_counts(asked, tables, say):
    said = [
        {"id": f"claim-{i}", "statement": f"Statement {i}", "said_by": f"Speaker {i}"}
        for i in range(1, 7)
    ]
    verdicts = [  # in another order than the claims, and none on the last
        ("claim-2", "partly", "low", "timeline/timeline-1 claims/claim-3", "taxes/taxes-2"),
        ("claim-1", "supported", "high", "timeline/timeline-1", ""),
        ("claim-3", "contradicted", "moderate", "", "taxes/taxes-3"),
        ("claim-4", "unverifiable", "low", "", ""),
        ("claim-5", "supported", "low", "presence/presence-1", ""),
    ]
    columns = ("claim", "verdict", "confidence", "speaks_for", "speaks_against")
    rows = [dict(zip(columns, row, strict=True)) | {"why": f"Of {row[0]}"} for row in verdicts]
    known = claims.compute(asked(), tables(claims=said, verdicts=rows))

    ledger = known.ledger
    assert list(ledger["statement"]) == [f"Statement {i}" for i in (2, 1, 3, 4, 5)]
    assert list(ledger["said_by"]) == [f"Speaker {i}" for i in (2, 1, 3, 4, 5)]
    assert list(ledger["why"]) == [f"Of claim-{i}" for i in (2, 1, 3, 4, 5)]
    assert list(ledger["confidence"]) == ["low", "high", "moderate", "low", "low"]
    assert [say(cell) for cell in ledger["verdict"]] == [
        "Partly",
        "Supported",
        "Contradicted",
        "Can’t be tested",
        "Supported",
    ]
    assert [say(cell) for cell in ledger["rows"]] == [
        "for: timeline-1, claim-3; against: taxes-2",
        "for: timeline-1",
        "against: taxes-3",
        "none",
        "for: presence-1",
    ]
    assert ledger["verdict"][0].lineage == ("verdicts/claim-2",)

    counts = {name: result.value for name, result in known.results.items()}
    assert counts == {
        "total": 5,
        "supported": 2,
        "partly": 1,
        "contradicted": 1,
        "unverifiable": 1,
        "sure_high": 1,
        "sure_moderate": 1,
        "sure_low": 3,
    }
    assert known.cited == (
        *(f"claims/claim-{i}" for i in range(1, 6)),
        *(f"verdicts/claim-{i}" for i in (2, 1, 3, 4, 5)),
        "timeline/timeline-1",
        "taxes/taxes-2",
        "taxes/taxes-3",
        "presence/presence-1",
    )
