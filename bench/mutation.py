"""How much of what is broken in results/ and wording/ do their tests notice?

    python bench/mutation.py                            # all of both: an hour or two
    python bench/mutation.py "graymarket.wording.*"     # what these patterns name

mutmut makes a copy of the project in mutants/ (see [tool.mutmut] in pyproject.toml), changes one
thing at a time and runs the tests that reach it. Prints for each module how many changes its tests
noticed, and the names of those that they did not: `mutmut show NAME` shows one.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SURVIVED, NO_TEST, NOT_RUN = 0, 33, None


def main(patterns: list[str]) -> None:
    command = [sys.executable, "-m", "mutmut", "run", *patterns]
    subprocess.run(command, cwd=ROOT, check=True)
    noticed, made = Counter[str](), Counter[str]()
    unnoticed = []
    for path in sorted((ROOT / "mutants/src").rglob("*.meta")):
        outcomes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        module = path.name.removesuffix(".py.meta")
        for name, outcome in outcomes.items():
            if outcome is NOT_RUN:
                continue
            made[module] += 1
            if outcome in (SURVIVED, NO_TEST):
                unnoticed.append(name)
            else:
                noticed[module] += 1
    print("\n".join(unnoticed))
    for module, number in made.items():
        print(f"{module:16} {noticed[module]:5} of {number:5}  {noticed[module] / number:.0%}")
    total = made.total()
    print(f"{'all':16} {noticed.total():5} of {total:5}  {noticed.total() / max(total, 1):.0%}")


if __name__ == "__main__":
    main(sys.argv[1:])
