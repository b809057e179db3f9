"""What the tests share: the study that ships, run once; and skips that are failures where CI forbids them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The founders' folder of data, beside the project; not there for everybody."""
    if not (SHARED / "prices" / "daily.csv").is_file():
        pytest.skip("needs ../shared, which lies beside the project on the founders' machines only")
    return SHARED


@pytest.fixture(scope="session")
def deepseek():
    """The result of the study that ships, on the figures that ship."""
    from eventwindow import run_study
    from eventwindow.study.library import find_study

    return run_study(find_study("deepseek-2025"), prices="shipped")


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The study that `eventwindow new` writes: two events of one firm and its peers, without readings or weights."""
    from eventwindow import run_study
    from eventwindow.study.library import new_study

    folder = tmp_path_factory.mktemp("template") / "study"
    new_study(folder)
    return run_study(folder, prices="shipped")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where EVENTWINDOW_FAIL_ON_SKIP is set, a skip for want of a browser, a font or a library is a failure."""
    report = yield
    if report.skipped and os.environ.get("EVENTWINDOW_FAIL_ON_SKIP") and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if "../shared" not in reason:
            report.outcome = "failed"
            report.longrepr = f"skipped where skips are forbidden: {reason}"
    return report
