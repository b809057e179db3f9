"""Chunks as tables of events, in the columns of the output contract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import OUTSIDE
from eventwindow.estimation.models import model_named
from eventwindow.panel.checkpoints import Chunks
from eventwindow.panel.plan import Plan

EXCLUDED = ["event", "security", "what", "reason"]


def cumulative_rows(plan: Plan, number: int, arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """A row an event and report window: columns as cumulative.csv, and the date of day 0."""
    windows = plan.specification.report
    frame = _labels(plan, number, arrays["events/row"], len(windows))

    def laid(name: str) -> np.ndarray:
        return np.column_stack([arrays[f"events/{name} {w}"] for w in range(len(windows))]).ravel()

    car, error = laid("car"), laid("std_error")
    dof = np.repeat(arrays["events/dof"], len(windows))
    notes = ["", *(Reason("not_computed", reason=Reason.unpacked(word)) for word in arrays["words"][1:])]
    return frame.assign(
        window_start=np.tile([w.start for w in windows], len(frame) // len(windows)),
        window_end=np.tile([w.end for w in windows], len(frame) // len(windows)),
        car=car,
        std_error=error,
        t_stat=car / error,
        p_value=2 * stdtr(dof, -np.abs(car / error)),
        p_sample_quantile=laid("quantile"),
        quantile_floor=laid("floor"),
        days=laid("days"),
        note=_coded(laid("reason"), notes),
    )


def daily_rows(plan: Plan, number: int, arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """A row an event and day that the security's data holds: columns as abnormal_returns.csv."""
    days, actual, expected, error = (arrays[f"events/{name}"] for name in ("days", "actual", "expected", "std_error"))
    n, length = days.shape
    ar = actual - expected
    t = ar / error
    frame = _labels(plan, number, arrays["events/row"], length).assign(
        date=days.ravel().astype("M8[D]").astype("M8[s]"),
        tau=np.tile(plan.specification.window.taus, n),
        actual_return=actual.ravel(),
        expected_return=expected.ravel(),
        abnormal_return=ar.ravel(),
        std_error=error.ravel(),
        t_stat=t.ravel(),
        p_value=2 * stdtr(np.repeat(arrays["events/dof"], length), -np.abs(t.ravel())),
    )
    return pd.DataFrame(frame[days.ravel() != OUTSIDE]).reset_index(drop=True)


def excluded_rows(plan: Plan, number: int, kept: Chunks) -> pd.DataFrame:
    """Events of a chunk without a fit."""
    arrays = kept.load("first", number, "excluded/row", "excluded/reason")
    if not len(arrays["excluded/row"]):
        return pd.DataFrame(columns=EXCLUDED, dtype=str)
    frame = _labels(plan, number, arrays["excluded/row"], 1)
    reasons = [Reason.unpacked(text) for text in arrays["excluded/reason"]]
    return frame.assign(what="excluded", reason=np.array(reasons, object))[EXCLUDED]


def _labels(plan: Plan, number: int, row: np.ndarray, times: int) -> pd.DataFrame:
    """event, security, group, model, benchmark and date of the events at `row`, each `times` times."""
    events = plan.events
    at = np.repeat(plan.rows(number).start + row, times)
    date = plan.panel.sessions[events.session[at]]
    if events.names is None:
        unique, code = np.unique(events.session[at], return_inverse=True)
        event = _coded(code, [f"{day:%Y-%m-%d}" for day in plan.panel.sessions[unique]])
    else:
        event = events.names.iloc[events.row[at]].reset_index(drop=True)
    groups, benchmarks = ["", *events.groups], list(events.benchmarks)
    return pd.DataFrame(
        {
            "event": event,
            "security": _coded(events.security[at], plan.panel.securities),
            "group": _coded(events.group[at] + 1, groups),
            "model": _coded(np.zeros(len(at), int), [model_named(plan.specification.model).name]),
            "benchmark": _coded(events.benchmark[at], benchmarks),
            "date": date.to_numpy(),
        }
        | {name: events.labels[name].to_numpy()[events.row[at]] for name in events.labels}
    )


def _coded(codes: np.ndarray, names: Any) -> Any:
    """A column of names by their numbers."""
    return pd.Categorical.from_codes(codes, names)
