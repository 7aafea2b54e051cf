"""The one door to the net: polite, patient, never half a file, and asks only for what is new."""

import asyncio
import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
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


@dataclass(frozen=True)
class Upstream:
    """Where a table comes from. `seconds` is how long a server may stay silent."""

    title: str
    address: str
    seconds: float
    tries: int


@dataclass(frozen=True)
class Request:
    """A file to ask for, and what to call it. `secret` headers are sent and never shown."""

    name: str
    address: str
    secret: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Answer:
    """`content` is None where the server has no such file; `unchanged`: as it was last time."""

    request: Request
    content: bytes | None
    unchanged: bool = False
    conditions: dict[str, str] = field(default_factory=dict)


class _Again(Exception):
    """This try failed and the next may not; `after` seconds if the server says when."""

    def __init__(self, happened: str, after: float = 0, unreachable: bool = False):
        super().__init__(happened)
        self.after = after
        self.unreachable = unreachable


class _ForGood(Exception):
    """No further try helps; the second argument says what to do."""


class Cache:
    """Bodies that a parser accepted, with the headers that ask whether they have changed.

    A body that was refused is never kept, so that it cannot pass for unchanged next time.
    """

    def __init__(self, root: Path):
        self._folder = root / ".cache" / "upstream"

    def find(self, address: str) -> tuple[bytes, dict[str, str]] | None:
        """The body and its conditions; None if there is none, or it was damaged."""
        try:
            head, body = self._path(address).read_bytes().split(b"\n", 1)
            about = json.loads(head)
            whole = about["sha256"] == hashlib.sha256(body).hexdigest()
            return (body, about["conditions"]) if whole else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, answer: Answer) -> None:
        about = {
            "address": answer.request.address,
            "conditions": answer.conditions,
            "sha256": hashlib.sha256(answer.content).hexdigest(),
        }
        path = self._path(answer.request.address)
        half = path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):  # without a cache one asks again, no more
            path.parent.mkdir(parents=True, exist_ok=True)
            half.write_bytes(json.dumps(about).encode() + b"\n" + answer.content)
            half.replace(path)

    def _path(self, address: str) -> Path:
        return self._folder / hashlib.sha256(address.encode()).hexdigest()


def fetch(
    requests: Iterable[Request],
    upstream: Upstream,
    cache: Cache,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Answer], list[Problem]]:
    """What came, in the order asked for, and what did not.

    Tries again, waiting longer each time, when the connection fails or the server is busy, and
    waits as long as the server says. After three files that failed for good, or when the server
    wants more than two minutes, the rest is not asked for; the Problems say so.
    """
    return asyncio.run(_Visit(upstream, cache, on_progress).fetch(list(requests)))


class _Visit:
    def __init__(self, upstream: Upstream, cache: Cache, on_progress: Callable[[int, int], None]):
        self._upstream = upstream
        self._cache = cache
        self._on_progress = on_progress
        self._problems: list[Problem] = []
        self._left_out: list[str] = []
        self._leave = False
        self._welcome_at = 0.0  # on the event loop’s clock: the server asked for a pause until then

    async def fetch(self, requests: list[Request]) -> tuple[list[Answer], list[Problem]]:
        gate = asyncio.Semaphore(_AT_ONCE)
        purpose = "refreshes a public report on gray-market smartphones, about once a month"
        agent = f"graymarket/{version('graymarket')} ({purpose})"
        done = 0

        async def one(request: Request) -> Answer | None:
            nonlocal done
            async with gate:
                answer = await self._one(client, request)
            done += 1
            self._on_progress(done, len(requests))
            return answer

        async with httpx.AsyncClient(
            headers={"User-Agent": agent}, timeout=self._upstream.seconds
        ) as client:
            answers = await asyncio.gather(*map(one, requests))
        if self._left_out:
            names = f"{self._left_out[0]} and {len(self._left_out) - 1} more"
            self._problems.append(
                Problem(
                    self._upstream.title,
                    f"answers for {names if len(self._left_out) > 1 else self._left_out[0]}",
                    value="not asked for any more, after the above",
                    fix="mend or wait for the above first",
                    severity=FILE,
                )
            )
        return [answer for answer in answers if answer is not None], self._problems

    async def _one(self, client: httpx.AsyncClient, request: Request) -> Answer | None:
        if self._leave:
            self._left_out.append(request.name)
            return None
        again = AsyncRetrying(
            stop=stop_after_attempt(self._upstream.tries),
            wait=_pause,
            retry=retry_if_exception_type(_Again),
            reraise=True,
        )
        try:
            return await again(self._try, client, request)
        except _Again as error:
            advice = f"try again later, {_BY_HAND}"
            self._fail(request, f"{error} ({_times(self._upstream.tries)})", advice)
            self._leave |= error.unreachable  # nor is the next file to be had
        except _ForGood as error:
            self._fail(request, *error.args)
        return None

    def _fail(self, request: Request, happened: str, advice: str) -> None:
        expected = f"this file from {self._upstream.title}, {request.address}"
        problem = Problem(request.name, expected, value=happened, fix=advice, severity=FILE)
        self._problems.append(problem)
        self._leave |= len(self._problems) >= _ENOUGH

    async def _try(self, client: httpx.AsyncClient, request: Request) -> Answer:
        loop = asyncio.get_running_loop()
        while (pause := self._welcome_at - loop.time()) > 0:
            await asyncio.sleep(pause)
        kept = self._cache.find(request.address)
        headers = request.secret | (kept[1] if kept else {})
        whole = self._upstream.seconds * _WHOLE
        try:
            async with (
                asyncio.timeout(whole),
                client.stream(
                    "GET",
                    request.address,
                    headers=headers,
                    # A secret goes to nobody but whom it was meant for.
                    follow_redirects=not request.secret,
                ) as response,
            ):
                return await self._answer(response, request, kept)
        except TimeoutError:
            happened = f"still not whole after {whole:g} seconds"
            raise _ForGood(happened, f"try again on a faster connection, {_BY_HAND}") from None
        except httpx.TimeoutException:
            raise _Again(f"no sign of life for {self._upstream.seconds:g} seconds") from None
        except httpx.ConnectError as error:
            raise _Again(f"the connection broke: {error}", unreachable=True) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Again(f"the connection broke: {error}") from None
        except (httpx.TooManyRedirects, httpx.InvalidURL) as error:
            raise _ForGood(str(error), _elsewhere()) from None

    async def _answer(
        self, response: httpx.Response, request: Request, kept: tuple | None
    ) -> Answer:
        status = response.status_code
        if status == 304 and kept:
            return Answer(request, kept[0], unchanged=True, conditions=kept[1])
        if status == 200:
            content = await _body(response)
            unchanged = kept is not None and kept[0] == content
            return Answer(request, content, unchanged, _conditions(response))
        if status in (404, 410):
            return Answer(request, None)
        happened = f"{status} {response.reason_phrase}".strip()
        if status in (408, 429) or status >= 500:
            raise self._later(happened, _retry_after(response))
        if response.is_redirect:
            raise _ForGood(f"{happened}: sent to another address", _elsewhere())
        why = "is the key right?" if request.secret else "open the address in a browser to see why"
        raise _ForGood(happened, f"{why}, {_BY_HAND}")

    def _later(self, happened: str, seconds: float) -> Exception:
        if seconds > _LONGEST_WAIT:
            self._leave = True
            back = datetime.now(UTC) + timedelta(seconds=seconds)
            return _ForGood(
                happened, f"the server asks to come back after {back:%Y-%m-%d %H:%M} UTC"
            )
        if seconds:
            self._welcome_at = asyncio.get_running_loop().time() + seconds
        return _Again(happened, seconds)


async def _body(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > _LARGEST:
            raise _ForGood(f"more than {_LARGEST // 1_000_000} MB", _elsewhere())
    return bytes(content)


def _conditions(response: httpx.Response) -> dict[str, str]:
    named = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
    told = {ask: response.headers.get(name, "") for ask, name in named}
    return {ask: value for ask, value in told.items() if value and value.isascii()}


def _retry_after(response: httpx.Response) -> float:
    """Seconds to wait, 0 if the server does not say, or not so that one understands it."""
    told = response.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:8])
    try:
        when = parsedate_to_datetime(told)
    except ValueError:
        return 0
    return max(0, (when.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _pause(state: RetryCallState) -> float:
    return max(_BACK_OFF(state), state.outcome.exception().after)


def _times(tries: int) -> str:
    return "tried once" if tries == 1 else f"tried {tries} times"


def _elsewhere() -> str:
    return "has it moved? The address stands in data/datapackage.json, under “upstream”"
