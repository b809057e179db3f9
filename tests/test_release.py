"""The parts of a release that a person gets wrong by hand, tried on a copy of the files that they write."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from own_scripts import script

ROOT = Path(__file__).parents[1]
release = script("release")

URL = "https://forge.example/team/eventwindow"


@pytest.fixture
def tree(tmp_path) -> Path:
    """What a release writes and reads, as it stands, with a changelog of one release to come."""
    for file in ("src/eventwindow/__init__.py", "CITATION.cff", "pyproject.toml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## 0.2.0 (2026-12-01)\n\nNew.\n", encoding="utf-8")
    return tmp_path


def test_a_tag_waits_for_version_date_and_address(tree):
    assert [fault.split(" ")[0] for fault in release.faults(tree, "v0.2.0")] == [
        "src/eventwindow/__init__.py", "CITATION.cff", "CITATION.cff", "pyproject.toml",
    ]  # fmt: skip
    release.prepare(tree, "0.2.0", "2026-12-01")
    release.address(tree, URL)
    assert release.faults(tree, "v0.2.0") == []
    assert release.notes(tree, "v0.2.0") == "New."
    (tree / "changelog.d" / "+words.added.md").write_text("Another.", encoding="utf-8")
    assert release.faults(tree, "v0.2.0") == ["changelog.d still holds +words.added.md"]


def test_the_address_stands_once_and_changes_nothing_else(tree):
    before = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))
    release.address(tree, f"{URL}-old/")
    release.address(tree, URL)
    after = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))
    urls = after["project"].pop("urls")
    assert urls["Source"] == URL and all(url.startswith(f"{URL}/") for name, url in urls.items() if name != "Source")
    assert after == before
    citation = (tree / "CITATION.cff").read_text(encoding="utf-8")
    assert citation.count(f'\nrepository-code: "{URL}"\n') == citation.count("repository-code") == 1


@pytest.mark.parametrize(
    "wrong", ["", "forge.example/team/eventwindow", "http://forge.example/team/x", "https://forge.example"]
)
def test_no_address_is_written_that_is_none(tree, wrong):
    with pytest.raises(SystemExit, match="is no address of a repository"):
        release.address(tree, wrong)
    assert "project.urls" not in (tree / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("version", "day"), [("0.2", "2026-12-01"), ("0.2.0", "2026-13-01"), ("0.2.0", "20261201")])
def test_no_version_or_date_is_written_that_is_none(tree, version, day):
    with pytest.raises((SystemExit, ValueError)):
        release.prepare(tree, version, day)
    assert release.text(tree, "CITATION.cff") == release.text(ROOT, "CITATION.cff")
