"""Event studies that hold the news to the tape."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eventwindow.analyses.event_study import abnormal_returns
    from eventwindow.calendars.window import Window
    from eventwindow.errors import StudyError
    from eventwindow.estimation.abnormal import AbnormalReturns
    from eventwindow.panel.run import panel_study
    from eventwindow.study.definition import Study, read_study
    from eventwindow.study.result import StudyResult
    from eventwindow.study.run import run_study

__version__ = "0.1.0"

_HOME = {
    "AbnormalReturns": "estimation.abnormal",
    "Study": "study.definition",
    "StudyError": "errors",
    "StudyResult": "study.result",
    "Window": "calendars.window",
    "abnormal_returns": "analyses.event_study",
    "panel_study": "panel.run",
    "read_study": "study.definition",
    "run_study": "study.run",
}

__all__ = [
    "AbnormalReturns",
    "Study",
    "StudyError",
    "StudyResult",
    "Window",
    "__version__",
    "abnormal_returns",
    "panel_study",
    "read_study",
    "run_study",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used: `--help` stays fast."""
    if name in _HOME:
        return getattr(import_module(f"eventwindow.{_HOME[name]}"), name)
    raise AttributeError(f"module 'eventwindow' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
