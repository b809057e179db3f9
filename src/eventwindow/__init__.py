"""Event studies that hold the news to the tape."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eventwindow.abnormal import AbnormalReturns
    from eventwindow.errors import StudyError
    from eventwindow.onecall import abnormal_returns
    from eventwindow.panelrun.study import panel_study
    from eventwindow.result import StudyResult
    from eventwindow.run import run_study
    from eventwindow.study import Study, read_study
    from eventwindow.timeline import Window

__version__ = "0.1.0"

_HOME = {
    "AbnormalReturns": "abnormal",
    "Study": "study",
    "StudyError": "errors",
    "StudyResult": "result",
    "Window": "timeline",
    "abnormal_returns": "onecall",
    "panel_study": "panelrun.study",
    "read_study": "study",
    "run_study": "run",
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
