"""A project whose upstreams are a server on this machine."""

import json
import shutil

import pytest
from replay import replaying


@pytest.fixture
def upstream(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with replaying() as replay:
        yield replay


@pytest.fixture
def project(root, tmp_path, upstream):
    """A copy of data/ with the upstreams’ addresses changed and less patience with them."""
    shutil.copytree(root / "data", tmp_path / "data")
    path = tmp_path / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if "upstream" in resource:
            told = resource["upstream"]
            told |= {"seconds": 0.5, "tries": 3}
            for name in {"address", "addressWithKey"} & told.keys():
                told[name] = "/".join([upstream.address, told[name].split("/", 3)[3]])
    path.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    return tmp_path


@pytest.fixture
def twelve(project):
    """The same with twelve regions that have a file at caniuse."""
    path = project / "data" / "regions.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    kept = {
        f"{code}.json"
        for code in ["CU", "IR", "SY", "KP", "SD", "RU", "CN", "US", "DE", "FR", "IN", "alt-ww"]
    }
    for i, line in enumerate(lines):
        file = next((cell for cell in line.split(",") if cell.endswith(".json")), None)
        if file and file not in kept:
            lines[i] = line.replace(file, "")
    path.write_text("\n".join(lines), encoding="utf-8")
    return project
