"""The README shows what the command prints, and names only what exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import conftest
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def shown() -> str:
    """The block under the marker, as it stands in the README."""
    return README.split("<!-- terminal:")[1].split("```\n", 1)[1].split("```", 1)[0]


def test_the_first_screen_is_what_the_command_prints(deepseek, capsys):
    """To write it anew: `eventwindow run deepseek-2025 --prices shipped`."""
    from eventwindow.cli.terminal import print_result

    print_result(deepseek, Path("eventwindow-out/deepseek-2025/report.html"))
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert [line.rstrip() for line in shown().splitlines()] == printed


def test_the_notebook_snippet_runs_as_it_stands(tmp_path, monkeypatch):
    """On the reference case, renamed to the snippet's symbols."""
    returns = pd.read_csv(ROOT / "tests" / "reference" / "clustered" / "returns.csv")
    returns = returns.rename(columns={"MKT": "SPY", "F00": "NVDA", "F01": "TSM"})
    returns["date"] = pd.bdate_range(end="2025-03-12", periods=len(returns))
    returns.to_csv(tmp_path / "returns.csv", index=False)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(README.split("```python\n")[1].split("```")[0], names)
    assert list(names["result"].car((0, 1)).labels["security"]) == ["NVDA", "TSM"]


def test_every_link_and_picture_is_there():
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_two_commands_of_the_contract_stand_word_for_word():
    assert "pip install . && eventwindow run deepseek-2025\n" in README
    assert 'pip install -e ".[test]" && pytest\n' in README


@pytest.mark.parametrize(
    ("where", "options", "shared"),
    [
        ("TESTPATHS", {}, "auto"),
        ("INVOCATION_DIR", {}, "auto"),
        ("ARGS", {}, None),
        ("TESTPATHS", {"keyword": "door"}, None),
        ("TESTPATHS", {"usepdb": True}, None),
        ("TESTPATHS", {"trace": True}, None),
        ("TESTPATHS", {"capture": "no"}, None),
        ("TESTPATHS", {"cov_source": ["eventwindow"]}, None),
        ("TESTPATHS", {"numprocesses": 0}, 0),
    ],
)
def test_the_second_command_takes_every_core_and_a_file_or_a_debugger_one_process(where, options, shared):
    said = {"keyword": "", "usepdb": False, "trace": False, "capture": "fd", "numprocesses": None} | options
    places = pytest.Config.ArgsSource
    config = SimpleNamespace(option=SimpleNamespace(**said), ArgsSource=places, args_source=places[where])
    conftest.pytest_cmdline_main(config)
    assert config.option.numprocesses == shared
    config.workerinput = {}
    config.option.numprocesses = None
    conftest.pytest_cmdline_main(config)
    assert config.option.numprocesses is None, "a worker starts no workers"


def test_on_a_package_page_no_link_leads_nowhere():
    """There README.md stands alone: what pyproject.toml puts in its place names pages that the command prints."""
    from eventwindow.cli.pages import topics

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = README
    for one in settings["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(one["pattern"], one["replacement"], text)
    assert "](" not in text
    named = re.findall(r"`eventwindow help ([\w.-]+)`", text)
    assert {"verdicts", "measures", "study-file"} <= set(named) <= set(topics())


def test_the_licences_of_code_font_and_figures_go_with_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "MIT AND OFL-1.1"
    texts = " ".join((ROOT / name).read_text(encoding="utf-8") for name in project["license-files"])
    assert all(words in texts for words in ("MIT License", "SIL OPEN FONT LICENSE", "Kenneth R. French"))


def test_every_fragment_is_of_a_kind_that_the_changelog_takes():
    """towncrier leaves out one of another kind without a word."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    kinds = {one["directory"] for one in settings["tool"]["towncrier"]["type"]}
    fragments = [path.name for path in (ROOT / "changelog.d").glob("*.md") if path.name != "README.md"]
    assert fragments
    assert [name for name in fragments if name.split(".")[-2] not in kinds] == []
    assert [name for name in fragments if not re.match(r"\+|\d+\b", name)] == [], "its name would be told as an issue"
