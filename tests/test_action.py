"""The composite Action, step by step as a forge would run them on what the workflow `ci` asks of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
(ASKED,) = (step["with"] for step in WORKFLOW["jobs"]["action"]["steps"] if step["uses"] == "./")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the Action's steps are bash")]


def steps(given: dict[str, str]) -> dict[str, dict]:
    """The steps that these inputs let run, with the inputs put in, by name or by what they use."""
    inputs = {name: given.get(name, one.get("default", "")) for name, one in ACTION["inputs"].items()}
    assert given.keys() <= inputs.keys()

    def asked(step: dict) -> bool:
        condition = re.sub(r"inputs\.([\w-]+)", lambda found: repr(inputs[found[1]]), step.get("if", "True"))
        return eval(condition.replace("&&", "and"), {})  # the condition is of a file of ours

    def put_in(value):
        if isinstance(value, dict):
            return {key: put_in(one) for key, one in value.items()}
        return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value)

    return {step.get("name", step.get("uses")): put_in(step) for step in ACTION["runs"]["steps"] if asked(step)}


def forge(step: dict, output: Path) -> subprocess.CompletedProcess:
    env = {**os.environ, **step["env"], "GITHUB_OUTPUT": str(output)}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(
        shell, env=env, cwd=ROOT, capture_output=True, check=False, text=True, encoding="utf-8", timeout=300
    )


def test_it_checks_and_runs_a_study_and_says_where_the_report_is(tmp_path):
    out = tmp_path / "a place with blanks"
    asked = steps({**ASKED, "out": str(out)})
    assert list(asked) == ["actions/setup-python@v5", "Install", "Check", "Run", "actions/upload-artifact@v4"]
    for name in ("Check", "Run"):
        ended = forge(asked[name], tmp_path / "output")
        assert ended.returncode == 0, ended.stderr
    said = dict(line.split("=", 1) for line in (tmp_path / "output").read_text(encoding="utf-8").splitlines())
    assert ACTION["outputs"]["report"]["value"] == "${{ steps.run.outputs.report }}" and asked["Run"]["id"] == "run"
    assert Path(said["report"]) == out / "report.html" and Path(said["report"]).stat().st_size > 10_000
    assert asked["actions/upload-artifact@v4"]["with"]["path"] == str(out)


def test_a_study_that_is_none_ends_it_at_the_check(tmp_path):
    asked = steps({"study": str(tmp_path / "none"), "prices": "shipped"})
    ended = forge(asked["Check"], tmp_path / "output")
    assert ended.returncode != 0 and "Traceback" not in ended.stderr
    assert str(tmp_path / "none") in " ".join((ended.stdout + ended.stderr).split())


def test_what_is_not_asked_for_is_left_out():
    asked = steps({**ASKED, "run": "false", "python-version": "", "artifact": "mine"})
    assert list(asked) == ["Install", "Check"]
    assert "actions/upload-artifact@v4" not in steps({**ASKED, "artifact": ""})
