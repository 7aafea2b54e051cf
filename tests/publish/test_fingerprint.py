"""What a report is made from, and what makes it another."""

import json

import pytest
from nbformat import v4, writes

from graymarket.publish.fingerprint import differences, files_of, fingerprint, hashes


@pytest.fixture
def package(tmp_path):
    files = {
        "house/__init__.py": "",
        "house/report.py": "from house import rooms",
        "house/cli.py": "import house.fetch.net",
        "house/rooms/__init__.py": "",
        "house/rooms/red.py": "def late():\n    from house.rooms.blue import paint",
        "house/rooms/blue.py": "import json",
        "house/rooms/words/en.toml": "red = 'red'",
        "house/rooms/unused.py": "import house.fetch",
        "house/fetch/__init__.py": "",
        "house/fetch/net.py": "",
        "house/fetch/table.csv": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "house"


def names(package, *loaded):
    found = files_of(package, [*loaded, "None", "/usr/lib/python3/json/__init__.py"])
    return [path.relative_to(package).as_posix() for path in found]


def test_modules_loaded_those_they_import_however_late_and_what_lies_beside(package):
    assert names(package, package / "rooms/red.py", package / "report.py") == [
        "__init__.py",
        "report.py",
        "rooms/__init__.py",
        "rooms/blue.py",
        "rooms/red.py",
        "rooms/words/en.toml",
    ]


def test_a_comment_where_the_run_never_comes_changes_nothing(package):
    def state():
        return {p.name: p for p in files_of(package, [package / "report.py"])}

    before = hashes(state())
    with (package / "fetch/net.py").open("a") as file:
        file.write("# a comment")
    assert hashes(state()) == before
    with (package / "rooms/__init__.py").open("a") as file:
        file.write("# a comment")
    after = hashes(state())
    assert fingerprint(after) != fingerprint(before)
    assert differences(before, after) == ["__init__.py"]


def test_files_that_come_and_go_are_differences():
    assert differences({"a": "1", "b": "2"}, {"b": "2", "c": "3"}) == ["a", "c"]
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})
    assert fingerprint({"a": "1", "b": "2"}) != fingerprint({"a": "2", "b": "1"})


def test_of_a_notebook_cells_and_tags_count_not_outputs(tmp_path):
    def hash_of(notebook):
        (tmp_path / "n.ipynb").write_text(writes(notebook))
        return hashes({"n": tmp_path / "n.ipynb"})["n"]

    book = v4.new_notebook(cells=[v4.new_code_cell("1 + 1")])
    bare = hash_of(book)
    book.cells[0].execution_count = 7
    book.cells[0].outputs = [v4.new_output("stream", text="2")]
    assert hash_of(book) == bare
    book.cells[0].metadata["tags"] = ["for:cuba"]
    tagged = hash_of(book)
    assert tagged != bare
    book.cells[0].source = "1 + 2"
    assert hash_of(book) not in (bare, tagged)


def test_ends_of_lines_are_alike_on_every_system(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x\r\n1\r\n")
    (tmp_path / "b.csv").write_bytes(b"x\n1\n")
    windows, unix = (hashes({"t": tmp_path / name}) for name in ("a.csv", "b.csv"))
    assert windows == unix
    assert json.loads(json.dumps(windows)) == windows
