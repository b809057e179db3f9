"""Event studies that hold the news to the tape.

The examples of the public names begin from one small table: four series of which three fall by 5 % on one day.

>>> import numpy as np
>>> import pandas as pd
>>> import eventwindow as ew
>>> rng = np.random.default_rng(7)
>>> days = pd.bdate_range("2023-01-02", periods=140)
>>> returns = pd.DataFrame(rng.normal(0, 0.01, (140, 4)), days, ["MKT", "A", "B", "C"])
>>> returns.loc[days[120], ["A", "B", "C"]] -= 0.05
>>> events = pd.DataFrame({"security": ["A", "B", "C"], "date": days[120]})
>>> spans = {"estimation": (-110, -11), "window": (-5, 5)}
>>> study = ew.abnormal_returns(returns, events, benchmark="MKT", **spans)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eventwindow.analyses.event_study import EventStudy, abnormal_returns
    from eventwindow.calendars.window import Window
    from eventwindow.claims.model import Verdict
    from eventwindow.errors import StudyError
    from eventwindow.estimation.abnormal import AbnormalReturns
    from eventwindow.estimation.cumulative import Cumulative
    from eventwindow.inference.calibration import calibrate
    from eventwindow.inference.multiple import benjamini_hochberg, holm, romano_wolf
    from eventwindow.inference.portfolio import portfolio
    from eventwindow.inference.power import smallest_detectable_effect
    from eventwindow.inference.registry import run_tests
    from eventwindow.inference.regression import car_regression
    from eventwindow.inference.results import FirmSignificance, NotComputed, SignificanceResult
    from eventwindow.inference.single_firm import firm_sq, firm_t
    from eventwindow.inference.summary import Summary
    from eventwindow.panel.results import PanelResult
    from eventwindow.panel.run import panel_study
    from eventwindow.report.write import write_result
    from eventwindow.study.check import check_study
    from eventwindow.study.definition import Study, read_study
    from eventwindow.study.library import new_study
    from eventwindow.study.result import StudyResult
    from eventwindow.study.run import run_study

__version__ = "0.1.0"

_HOME = {
    "AbnormalReturns": "estimation.abnormal",
    "Cumulative": "estimation.cumulative",
    "EventStudy": "analyses.event_study",
    "FirmSignificance": "inference.results",
    "NotComputed": "inference.results",
    "PanelResult": "panel.results",
    "SignificanceResult": "inference.results",
    "Study": "study.definition",
    "StudyError": "errors",
    "StudyResult": "study.result",
    "Summary": "inference.summary",
    "Verdict": "claims.model",
    "Window": "calendars.window",
    "abnormal_returns": "analyses.event_study",
    "benjamini_hochberg": "inference.multiple",
    "calibrate": "inference.calibration",
    "car_regression": "inference.regression",
    "check_study": "study.check",
    "firm_sq": "inference.single_firm",
    "firm_t": "inference.single_firm",
    "holm": "inference.multiple",
    "new_study": "study.library",
    "panel_study": "panel.run",
    "portfolio": "inference.portfolio",
    "read_study": "study.definition",
    "romano_wolf": "inference.multiple",
    "run_study": "study.run",
    "run_tests": "inference.registry",
    "smallest_detectable_effect": "inference.power",
    "write_result": "report.write",
}

__all__ = [
    "AbnormalReturns", "Cumulative", "EventStudy", "FirmSignificance", "NotComputed", "PanelResult",
    "SignificanceResult", "Study", "StudyError", "StudyResult", "Summary", "Verdict", "Window", "__version__",
    "abnormal_returns", "benjamini_hochberg", "calibrate", "car_regression", "check_study", "firm_sq", "firm_t", "holm",
    "new_study", "panel_study", "portfolio", "read_study", "romano_wolf", "run_study", "run_tests",
    "smallest_detectable_effect", "write_result",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used: `--help` stays fast."""
    if name in _HOME:
        return getattr(import_module(f"eventwindow.{_HOME[name]}"), name)
    raise AttributeError(f"module 'eventwindow' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
