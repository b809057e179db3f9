"""No pattern of the draft room cuts a long row in every way that there is: one that did hung the reading of an article."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from patterns_end import inside

TRIES = Path(__file__).with_name("patterns_end.py")
LIMIT = 100  # seconds of the processor; all patterns together need three
HUNG = r"all stocks on the (?:[A-Z][\w&]* ?)+ Exchange"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs limits of a process")


def tried(*arguments: str, seconds: int = LIMIT) -> subprocess.CompletedProcess[str]:
    import resource

    limit = partial(resource.setrlimit, resource.RLIMIT_CPU, (seconds, seconds))
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit, cwd=TRIES.parent)


def test_every_pattern_ends_on_long_rows():
    run = tried(str(TRIES))
    said = run.stdout.splitlines()
    assert run.returncode == 0, f"does not end: {said[-1:]} {run.stderr}"
    assert int(said[-1].split()[0]) > 700


def test_the_rows_reach_what_once_hung():
    assert tried("-c", f"import patterns_end, re; patterns_end.end(re.compile({HUNG!r}))", seconds=1).returncode < 0


def test_patterns_are_found_however_deep():
    pattern = re.compile("a")
    assert [*inside({"x": [("name", pattern), None]})] == [pattern]
