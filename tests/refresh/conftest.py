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
def project(small, upstream):
    """A small base, of twelve regions with a file at caniuse, that asks the replay server."""
    ask_replay(small, upstream)
    return small


@pytest.fixture
def whole_project(root, tmp_path, upstream):
    """As `project`, with all of data/."""
    shutil.copytree(root / "data", tmp_path / "data")
    ask_replay(tmp_path, upstream)
    return tmp_path


def ask_replay(project, upstream):
    """Change the upstreams’ addresses, and have less patience with them."""
    path = project / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if settings := resource.get("upstream"):
            settings |= {"seconds": 0.5, "tries": 3}
            for name in {"address", "addressWithKey"} & settings.keys():
                settings[name] = "/".join([upstream.address, settings[name].split("/", 3)[3]])
    path.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
