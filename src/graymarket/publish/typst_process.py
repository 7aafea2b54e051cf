"""A script: compiles what one request asks of Typst, and ends.

Typst keeps threads once it has compiled. A fork of its process would lack them and wait for ever,
so it runs in a process of its own, outside of the package. Standard input brings the arguments of
`typst.compile_with_warnings`, pickled, and stays open while the answer is wanted: when it closes,
however that came about, this ends. Standard output gets (what was made or None, problems), pickled.
With a `selector` among them, the arguments are those of `typst.query`; its answer is what was made.
"""

import os
import pickle
import sys
import threading
from typing import Any

import typst


def main() -> None:
    request = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.buffer.write(pickle.dumps(_answer(request)))


def _answer(request: dict[str, Any]) -> tuple[Any, list[str]]:
    try:
        if "selector" in request:
            return typst.query(**request), []
        made, warnings = typst.compile_with_warnings(**request)
    except typst.TypstError as error:
        hints = "; ".join(getattr(error, "hints", []) or [])
        return None, [f"{error} {hints}".strip()]
    return made, [str(getattr(warning, "message", warning)) for warning in warnings]


def _end_with_parent() -> None:
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main()
