"""A server on this machine that answers as upstream does, by a script: well, late, or badly."""

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from graymarket.evidence import EvidenceError
from graymarket.refresh.dataset import Download

TODAY = date(2026, 11, 26)
UPSTREAM = Path(__file__).parent / "upstream"


def recorded(name: str) -> bytes:
    """A file as upstream has it, cut to a few rows.

    caniuse’s and StatCounter’s are real; the World Bank’s hold real values in the form that its
    sites are known to use, and Comtrade’s holds made-up values in its API’s form.
    """
    return (UPSTREAM / name).read_bytes()


def downloaded(name: str, content: bytes | None = None, region: str | None = None) -> Download:
    """That file, or other content under its name, as somebody hands it over."""
    return Download(name, recorded(name) if content is None else content, TODAY, region=region)


def complaint(action: Callable, *args, **options) -> str:
    """What an analyst reads when `action` refuses."""
    with pytest.raises(EvidenceError) as caught:
        action(*args, **options)
    return str(caught.value)


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None  # what Content-Length claims, if not the truth
    silence: float = 0  # seconds before it says anything
    drip: float = 0  # seconds between one byte and the next


class Replay:
    """`on` says what to answer to a part of an address; `asked` is what came in.

    `most_at_once` is how many questions were open at a time.
    """

    def __init__(self):
        self.asked: list[tuple[str, httpx.Headers]] = []
        self.most_at_once = 0
        self._open = 0
        self._counting = threading.Lock()
        self._script: list[tuple[str, list[Reply | Callable]]] = []
        self.address = ""

    def on(self, part: str, *replies: Reply | bytes | Callable[[str], Reply]) -> None:
        """One after the other, the last for ever; what is said later goes before."""
        plain = [Reply(each) if isinstance(each, bytes) else each for each in replies]
        self._script.insert(0, (part, plain))

    def answer(self, path: str, headers: httpx.Headers) -> Reply:
        self.asked.append((path, headers))
        for part, replies in self._script:
            if part in path:
                reply = replies.pop(0) if len(replies) > 1 else replies[0]
                return reply(path) if callable(reply) else reply
        return Reply(b"Not found", 404)

    @contextmanager
    def counted(self):
        with self._counting:
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        yield
        with self._counting:
            self._open -= 1


@contextmanager
def replaying():
    replay = Replay()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            reply = replay.answer(self.path, httpx.Headers(dict(self.headers)))
            with replay.counted():
                time.sleep(reply.silence)
            tag = reply.headers.get("ETag")
            same = tag is not None and self.headers.get("If-None-Match") == tag
            body = b"" if same else reply.body
            self.send_response(304 if same else reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(reply.length or len(body)))
            self.end_headers()
            try:
                for part in [body[i : i + 1] for i in range(len(body))] if reply.drip else [body]:
                    self.wfile.write(part)
                    self.wfile.flush()
                    time.sleep(reply.drip)
            except OSError:
                pass  # the client had enough
            self.close_connection = reply.length is not None

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.handle_error = lambda *_: None  # a client that hangs up is part of the play
    replay.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
