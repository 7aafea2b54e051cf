"""Ask servers for files: politely, patiently, never half a file, and only for what is new."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path

import httpx
from hishel import CacheOptions, Entry, SqliteStorage
from hishel.httpx import CacheTransport
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_when_event_set,
    wait_exponential_jitter,
)

from graymarket.evidence.problems import FILE, Problem

_AT_ONCE = 4  # connections to one server
_ENOUGH = 3  # files that fail for good before the rest is not asked for
_LONGEST_WAIT = 120  # seconds that a server may make us wait before we leave
_WHOLE = 5  # times `seconds`: the longest that one whole file may take
_LARGEST = 64_000_000  # bytes
_BACK_OFF = wait_exponential_jitter(multiplier=0.25, exp_base=3, max=30, jitter=0.25)
_BY_HAND = "or download it by hand and give it to “graymarket add”"
_PURPOSE = "refreshes a public report on gray-market smartphones, about once a month"

logging.getLogger("hishel").addHandler(logging.NullHandler())  # without a cache one asks again


@dataclass(frozen=True)
class Upstream:
    """Where a table comes from. `seconds` is how long a server may stay silent."""

    title: str
    address: str
    seconds: float
    tries: int


@dataclass(frozen=True)
class Request:
    """A file to ask for, and what to call it. `secret` headers are sent, never shown or kept."""

    name: str
    address: str
    secret: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Answer:
    """`content` is None where the server has no such file; `unchanged`: as it was last time."""

    request: Request
    content: bytes | None
    unchanged: bool = False


class _AgainError(Exception):
    """This try failed and the next may not; `after` seconds if the server says when."""

    def __init__(self, reason: str, after: float = 0, unreachable: bool = False):
        super().__init__(reason)
        self.after = after
        self.unreachable = unreachable


class _FinalError(Exception):
    """No further try helps; `advice` says what to do."""

    def __init__(self, reason: str, advice: str):
        super().__init__(reason)
        self.advice = advice


def fetch(
    requests: Iterable[Request],
    upstream: Upstream,
    root: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Answer], list[Problem]]:
    """What came, in the order asked for, and what did not.

    Answers are kept in .cache/ below `root` as RFC 9111 has it, and the server is asked each time
    whether they still hold. Tries again, waiting longer each time, when the connection fails or
    the server is busy, and waits as long as the server says. After three files that failed for
    good, or when the server wants more than two minutes, the rest is not asked for; the Problems
    say so.
    """
    with _cache(root) as storage, _client(storage, upstream.seconds) as client:
        return _Visit(client, storage, upstream, on_progress).fetch(list(requests))


def forget(requests: Iterable[Request], root: Path) -> None:
    """Keep no answer to these requests, so that none comes back as unchanged next time."""
    with _cache(root) as storage:
        for request in requests:
            for entry in storage.get_entries(request.address):
                storage.remove_entry(entry.id)


@contextmanager
def _cache(root: Path) -> Iterator[SqliteStorage]:
    """The answers kept so far; a damaged file of them is thrown away."""
    path = root / ".cache" / "upstream.sqlite"
    if path.exists() and not _is_sound(path):
        path.unlink()
    storage = SqliteStorage(database_path=path)
    try:
        yield storage
    finally:
        storage.close()


def _is_sound(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        (result,) = connection.execute("PRAGMA integrity_check").fetchone()
        return bool(result == "ok")
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


class _Sender(httpx.HTTPTransport):
    """Puts secret headers on a request behind the cache, which would write them to the disk."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.update(request.extensions["secret"])
        return super().handle_request(request)


def _client(storage: SqliteStorage, seconds: float) -> httpx.Client:
    agent = f"graymarket/{version('graymarket')} ({_PURPOSE})"
    private = CacheOptions(shared=False)
    return httpx.Client(
        # “no-cache”: an answer is never used without asking whether it still holds.
        headers={"User-Agent": agent, "Cache-Control": "no-cache"},
        timeout=seconds,
        transport=CacheTransport(_Sender(), storage=storage, rfc=private),
    )


class _Visit:
    """One round of questions to one upstream, by up to four threads."""

    def __init__(
        self,
        client: httpx.Client,
        storage: SqliteStorage,
        upstream: Upstream,
        on_progress: Callable[[int, int], None],
    ):
        self._client = client
        self._storage = storage
        self._upstream = upstream
        self._on_progress = on_progress
        self._problems: list[Problem] = []
        self._left_out: list[str] = []
        self._leave = False
        self._interrupted = threading.Event()
        self._welcome_at = 0.0  # on the monotonic clock: the server asked for a pause until then

    def fetch(self, requests: list[Request]) -> tuple[list[Answer], list[Problem]]:
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            try:
                futures = [threads.submit(self._one, request) for request in requests]
                for done, _ in enumerate(as_completed(futures), start=1):
                    self._on_progress(done, len(requests))
            except BaseException:
                self._interrupted.set()
                threads.shutdown(wait=False, cancel_futures=True)
                raise
        if self._left_out:
            self._problems.append(self._rest())
        answers = [future.result() for future in futures]
        return [answer for answer in answers if answer is not None], self._problems

    def _rest(self) -> Problem:
        first, *others = self._left_out
        return Problem(
            self._upstream.title,
            f"answers for {first}{f' and {len(others)} more' if others else ''}",
            value="not asked for any more, after the above",
            fix="correct or wait for the above first",
            severity=FILE,
        )

    def _one(self, request: Request) -> Answer | None:
        if self._leave:
            self._left_out.append(request.name)
            return None
        again = Retrying(
            stop=stop_after_attempt(self._upstream.tries) | stop_when_event_set(self._interrupted),
            sleep=sleep_using_event(self._interrupted),
            wait=_pause,
            retry=retry_if_exception_type(_AgainError),
            reraise=True,
        )
        try:
            return again(self._try, request)
        except _AgainError as error:
            advice = f"try again later, {_BY_HAND}"
            self._fail(request, f"{error} ({_times(self._upstream.tries)})", advice)
            self._leave |= error.unreachable  # nor is the next file to be had
        except _FinalError as error:
            self._fail(request, str(error), error.advice)
        return None

    def _fail(self, request: Request, reason: str, advice: str) -> None:
        expected = f"this file from {self._upstream.title}, {request.address}"
        problem = Problem(request.name, expected, value=reason, fix=advice, severity=FILE)
        self._problems.append(problem)
        self._leave |= len(self._problems) >= _ENOUGH

    def _try(self, request: Request) -> Answer:
        while (pause := self._welcome_at - time.monotonic()) > 0:
            self._interrupted.wait(pause)
        former = self._storage.get_entries(request.address)
        known = [_body_of(entry) for entry in former]
        try:
            answer, from_cache = self._ask(request, known)
        except httpx.TimeoutException:
            raise _AgainError(f"no sign of life for {self._upstream.seconds:g} seconds") from None
        except httpx.ConnectError as error:
            raise _AgainError(f"the connection broke: {error}", unreachable=True) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _AgainError(f"the connection broke: {error}") from None
        except (httpx.TooManyRedirects, httpx.InvalidURL) as error:
            raise _FinalError(str(error), _elsewhere()) from None
        if not from_cache:
            for entry in former:
                self._storage.remove_entry(entry.id)
        return answer

    def _ask(self, request: Request, known: list[bytes]) -> tuple[Answer, bool]:
        """The answer, and whether it is one that was kept and still holds."""
        extensions = {"caching": {"key": request.address}, "secret": request.secret}
        with self._client.stream(
            "GET",
            request.address,
            extensions=extensions,
            follow_redirects=not request.secret,  # a secret goes to nobody but whom it is meant for
        ) as response:
            status = response.status_code
            if status == 200:
                content = self._whole(response)
                from_cache = response.extensions["caching"]["from_cache"]
                return Answer(request, content, unchanged=content in known), from_cache
            if status in (404, 410):
                return Answer(request, None), False
            raise self._refused(response, request)

    def _refused(self, response: httpx.Response, request: Request) -> Exception:
        status = response.status_code
        reason = f"{status} {httpx.codes.get_reason_phrase(status)}".strip()
        if status in (408, 429) or status >= 500:
            return self._later(reason, _retry_after(response))
        if response.is_redirect:
            return _FinalError(f"{reason}: sent to another address", _elsewhere())
        why = "is the key right?" if request.secret else "open the address in a browser to see why"
        return _FinalError(reason, f"{why}, {_BY_HAND}")

    def _later(self, reason: str, seconds: float) -> Exception:
        if seconds > _LONGEST_WAIT:
            self._leave = True
            back = datetime.now(UTC) + timedelta(seconds=seconds)
            advice = f"the server asks to come back after {back:%Y-%m-%d %H:%M} UTC"
            return _FinalError(reason, advice)
        if seconds:
            self._welcome_at = time.monotonic() + seconds
        return _AgainError(reason, seconds)

    def _whole(self, response: httpx.Response) -> bytes:
        content = bytearray()
        limit = self._upstream.seconds * _WHOLE
        end = time.monotonic() + limit
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _LARGEST:
                raise _FinalError(f"more than {_LARGEST // 1_000_000} MB", _elsewhere())
            if time.monotonic() > end:
                advice = f"try again on a faster connection, {_BY_HAND}"
                raise _FinalError(f"still not whole after {limit:g} seconds", advice)
        return bytes(content)


def _body_of(entry: Entry) -> bytes:
    """What a kept answer held, unpacked."""
    encoding = {"Content-Encoding": entry.response.headers.get("content-encoding", "")}
    stream = entry.response.stream
    assert isinstance(stream, Iterator)  # as SqliteStorage gives it
    return httpx.Response(200, headers=encoding, content=b"".join(stream)).content


def _retry_after(response: httpx.Response) -> float:
    """Seconds to wait, 0 if the server does not say, or not so that one understands it."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:8])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return 0
    return max(0, (when.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _pause(state: RetryCallState) -> float:
    assert state.outcome is not None  # it is called after a try
    error = state.outcome.exception()
    after = error.after if isinstance(error, _AgainError) else 0
    return max(_BACK_OFF(state), after)


def _times(tries: int) -> str:
    return "tried once" if tries == 1 else f"tried {tries} times"


def _elsewhere() -> str:
    return "has it moved? The address stands in data/datapackage.json, under “upstream”"
