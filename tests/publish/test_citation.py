"""Source lines: each publisher once, whatever details its credits add."""

from graymarket.publish.citation import credit_line, publishers


def sources(*credits):
    return {
        "sources": [
            {"id": f"s-{i}", "credit": credit, "url": f"https://example.org/{i}"}
            for i, credit in enumerate(credits)
        ]
    }


def test_a_publisher_of_several_works_is_named_and_counted_once():
    exhibit = sources("Daily", "Weekly", "Daily")
    assert credit_line(exhibit) == "Daily; Weekly"
    assert [source["id"] for source in publishers(exhibit)] == ["s-0", "s-1"]


def test_a_credit_that_only_says_more_of_another_is_not_named_beside_it():
    exhibit = sources("Daily (copy)", "Daily", "Daily, from a Ministry", "Daily Sun")
    assert credit_line(exhibit) == "Daily; Daily Sun"


def test_details_stay_where_they_tell_sources_apart():
    exhibit = sources("Sunday (Sri Lanka)", "Sunday (UK)", "Daily (copy)")
    assert credit_line(exhibit) == "Sunday (Sri Lanka); Sunday (UK); Daily (copy)"


def test_a_licence_is_always_named():
    exhibit = sources("Counter", "Counter (CC BY 4.0)")
    exhibit["sources"][1]["licence"] = "CC BY 4.0"
    assert credit_line(exhibit) == "Counter; Counter (CC BY 4.0)"
