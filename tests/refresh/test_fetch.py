"""Asking a server: whole files only, patience within limits, and a message that says what to do."""

import gzip
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import version

import pytest
from replay import Reply

from graymarket.refresh.fetch import Request, Upstream, fetch, forget


@pytest.fixture
def get(upstream, tmp_path):
    """Asks for files by name, with three tries and half a second of silence."""

    def get(*names, tries=3):
        asked = [Request(name, f"{upstream.address}/{name}") for name in names]
        source = Upstream("The Source", upstream.address, 0.5, tries)
        return fetch(asked, source, tmp_path)

    return get


def only_problem(get, *names, **options):
    answers, problems = get(*names, **options)
    assert answers == []
    (problem,) = problems
    return str(problem)


def test_it_says_who_asks_and_what_for(get, upstream):
    upstream.on("/a", b"whole")
    (answer,), problems = get("a")
    assert (answer.content, answer.unchanged, problems) == (b"whole", False, [])
    agent = upstream.asked[0][1]["User-Agent"]
    assert (
        agent.startswith(f"graymarket/{version('graymarket')} (")
        and "report on gray-market" in agent
    )


@pytest.mark.parametrize("status", [404, 410])
def test_a_file_that_is_not_there_is_no_failure(get, upstream, status):
    upstream.on("/a", Reply(b"gone", status))
    (answer,), problems = get("a")
    assert answer.content is None and problems == []
    assert len(upstream.asked) == 1


def test_a_busy_server_is_asked_again(get, upstream):
    upstream.on("/a", Reply(status=500), Reply(status=503), b"whole")
    (answer,), problems = get("a")
    assert answer.content == b"whole" and problems == []


def test_a_server_in_trouble_for_ever_is_left_after_the_tries(get, upstream):
    upstream.on("/a", Reply(status=500))
    assert only_problem(get, "a") == (
        "a: found “500 Internal Server Error (tried 3 times)”, expected this file from The "
        f"Source, {upstream.address}/a; try again later, or download it by hand and give it to "
        "“graymarket add”"
    )
    assert len(upstream.asked) == 3


def test_a_refusal_is_not_repeated(get, upstream):
    upstream.on("/a", Reply(b"Access denied", 403))
    message = only_problem(get, "a")
    assert "found “403 Forbidden”" in message and "open the address in a browser" in message
    assert len(upstream.asked) == 1


@pytest.mark.parametrize("as_date", [False, True])
def test_it_waits_as_long_as_the_server_says(get, upstream, as_date):
    when = datetime.now(UTC) + timedelta(seconds=2)
    told = format_datetime(when, usegmt=True) if as_date else "1"
    upstream.on("/a", Reply(status=429, headers={"Retry-After": told}), b"whole")
    start = time.monotonic()
    (answer,), _ = get("a")
    assert answer.content == b"whole"
    assert time.monotonic() - start >= 0.9


@pytest.mark.parametrize("told", ["soon", "-5", "Thu, 99 Foo 2026"])
def test_a_wait_that_nobody_understands_is_not_waited(get, upstream, told):
    upstream.on("/a", Reply(status=429, headers={"Retry-After": told}), b"whole")
    (answer,), _ = get("a")
    assert answer.content == b"whole"


def test_too_long_a_wait_ends_the_visit_and_says_when_to_come_back(get, upstream):
    upstream.on("/", Reply(status=429, headers={"Retry-After": "7200"}))
    answers, problems = get(*"abcdefgh")
    assert answers == []
    told = re.search(r"asks to come back after (\S+ \S+) UTC", str(problems[0]))[1]
    back = datetime.strptime(told, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert timedelta(hours=1.9) < back - datetime.now(UTC) <= timedelta(hours=2)
    assert "not asked for any more" in str(problems[-1])
    assert len(upstream.asked) <= 4


def test_the_rest_is_left_when_all_fails(get, upstream):
    upstream.on("/", Reply(status=403))
    answers, problems = get(*(f"f{i}" for i in range(100)))
    assert len(upstream.asked) < 10 and answers == []
    assert str(problems[-1]).startswith("The Source: found “not asked for any more")


def test_half_a_file_is_asked_for_again_and_never_taken(get, upstream):
    upstream.on("/a", Reply(b"half", length=100), b"whole")
    (answer,), _ = get("a")
    assert answer.content == b"whole"
    upstream.on("/b", Reply(b"half", length=100))
    message = only_problem(get, "b", tries=2)
    assert "the connection broke" in message and "received 4 bytes, expected 100" in message
    assert "tried 2 times" in message


def test_silence_and_trickle_come_to_an_end(get, upstream):
    upstream.on("/a", Reply(b"late", silence=2))
    assert "no sign of life for 0.5 seconds (tried once)" in only_problem(get, "a", tries=1)
    upstream.on("/b", Reply(b"x" * 1000, drip=0.1))
    assert "still not whole after 2.5 seconds" in only_problem(get, "b")


def test_nobody_there(upstream, tmp_path):
    nowhere = Upstream("The Source", "", 0.5, 2)
    _, (problem,) = fetch([Request("a", "http://127.0.0.1:9/a")], nowhere, tmp_path)
    assert "the connection broke" in str(problem) and "(tried 2 times)" in str(problem)


def test_what_is_kept_is_asked_for_conditionally(get, upstream):
    upstream.on("/a", Reply(b"whole", headers={"ETag": '"1"'}))
    get("a")
    (again,), _ = get("a")
    assert (again.content, again.unchanged) == (b"whole", True)
    assert upstream.asked[1][1]["If-None-Match"] == '"1"'
    upstream.on("/a", Reply(b"new", headers={"ETag": '"2"'}))
    (changed,), _ = get("a")
    assert (changed.content, changed.unchanged) == (b"new", False)
    get("a")
    assert upstream.asked[3][1]["If-None-Match"] == '"2"'


def test_a_fresh_answer_is_asked_for_all_the_same(get, upstream):
    upstream.on("/a", Reply(b"old", headers={"Cache-Control": "max-age=3600"}), b"new")
    get("a")
    (answer,), _ = get("a")
    assert (answer.content, answer.unchanged) == (b"new", False)


def test_an_answer_not_to_be_stored_is_not(get, upstream):
    headers = {"Cache-Control": "no-store", "ETag": '"1"'}
    upstream.on("/a", Reply(b"whole", headers=headers))
    get("a")
    (answer,), _ = get("a")
    assert answer.content == b"whole"
    assert "If-None-Match" not in upstream.asked[1][1]


def test_a_packed_answer_is_unpacked_and_known_again(get, upstream):
    packed = Reply(gzip.compress(b"whole"), headers={"Content-Encoding": "gzip"})
    upstream.on("/a", packed)
    get("a")
    (again,), _ = get("a")
    assert (again.content, again.unchanged) == (b"whole", True)


def test_the_same_bytes_are_unchanged_whatever_the_server_says(get, upstream):
    upstream.on("/a", b"whole")
    get("a")
    (again,), _ = get("a")
    assert again.unchanged


def test_what_is_forgotten_is_asked_for_whole(get, upstream, tmp_path):
    upstream.on("/", Reply(b"whole", headers={"ETag": '"1"'}))
    answers, _ = get("a", "b")
    forget([answers[0].request], tmp_path)
    (first, second), _ = get("a", "b")
    assert (first.unchanged, second.unchanged) == (False, True)
    by_path = {path: headers for path, headers in upstream.asked[2:]}
    assert "If-None-Match" not in by_path["/a"] and "If-None-Match" in by_path["/b"]


@pytest.mark.parametrize("damage", [lambda content: content[:2000], lambda content: b"no database"])
def test_a_damaged_cache_is_no_cache(get, upstream, tmp_path, capfd, damage):
    upstream.on("/a", Reply(b"whole", headers={"ETag": '"1"'}))
    get("a")
    kept = tmp_path / ".cache" / "upstream.sqlite"
    kept.write_bytes(damage(kept.read_bytes()))
    (again,), _ = get("a")
    assert (again.content, again.unchanged) == (b"whole", False)
    (third,), _ = get("a")
    assert third.unchanged
    assert capfd.readouterr() == ("", "")


def test_where_nothing_can_be_kept_it_is_asked_for_each_time(get, upstream, tmp_path, capfd):
    (tmp_path / ".cache").write_bytes(b"a file where the folder would be")
    upstream.on("/a", Reply(b"whole", headers={"ETag": '"1"'}))
    get("a")
    (again,), problems = get("a")
    assert (again.content, again.unchanged, problems) == (b"whole", False, [])
    assert capfd.readouterr() == ("", "")


def test_no_more_than_four_at_once(get, upstream):
    upstream.on("/", Reply(b"x", silence=0.2))
    answers, _ = get(*(f"f{i}" for i in range(12)))
    assert len(answers) == 12
    assert upstream.most_at_once == 4


def test_redirects_are_followed_but_not_with_a_secret(get, upstream, tmp_path):
    upstream.on("/old", Reply(status=302, headers={"Location": "/new"}))
    upstream.on("/new", b"whole")
    (answer,), _ = get("old")
    assert answer.content == b"whole"
    asked = [Request("old", f"{upstream.address}/old", {"Key": "s3cret"})]
    _, (problem,) = fetch(asked, Upstream("The Source", "", 0.5, 2), tmp_path)
    assert "302 Found: sent to another address" in str(problem)
    assert "s3cret" not in str(problem) + repr(asked)
    assert [path for path, headers in upstream.asked if "Key" in headers] == ["/old"]


def test_a_secret_is_not_written_to_the_disk(upstream, tmp_path):
    upstream.on("/a", Reply(b"whole", headers={"ETag": '"1"'}))
    asked = [Request("a", f"{upstream.address}/a", {"Key": "s3cret"})]
    source = Upstream("The Source", "", 0.5, 2)
    for _ in range(2):
        fetch(asked, source, tmp_path)
    assert [headers["Key"] for _, headers in upstream.asked] == ["s3cret", "s3cret"]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files and not any(b"s3cret" in path.read_bytes() for path in files)
