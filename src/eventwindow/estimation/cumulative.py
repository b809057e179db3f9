"""Abnormal returns summed over a window, with exact variances."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from eventwindow.calendars.window import Window
from eventwindow.errors import Catalogue, Reason, StudyError, WindowError
from eventwindow.estimation.event_time import OUTSIDE, Array, Days
from eventwindow.estimation.exports import Basis, Exports, worded


@dataclass(frozen=True, eq=False)
class Cumulative(Exports):
    """CARs of N events over one window; NaN, with its reason, where the window is not held completely.

    Attributes
    ----------
    window : Window
        The days that are summed.
    labels : DataFrame
        A row an event, as in `AbnormalReturns`.
    car, std_error, scar : array (N,)
        The CAR (decimals), its standard error, and one over the other.
    p_value : array (N,)
        Two-sided, under t(dof).
    dof, days : array (N,)
        Degrees of freedom, and the number of days in the sum.
    reason : array of Reason (N,)
        Why there is no CAR; empty where there is one.
    complete : array of bool (N,)
        Whether there is one.

    References
    ----------
    Campbell, J. Y., Lo, A. W. and MacKinlay, A. C. (1997). The Econometrics of Financial Markets, chapter 4.

    Examples
    --------
    >>> cars = study.car((0, 1))
    >>> cars.car.round(4)
    array([-0.0605, -0.0654, -0.0594])
    >>> cars.to_frame()[["security", "days"]].to_numpy().tolist()
    [['A', 2.0], ['B', 2.0], ['C', 2.0]]
    """

    window: Window
    labels: pd.DataFrame
    car: Array  # (N,), decimals
    std_error: Array  # (N,)
    dof: Array  # (N,)
    days: Array  # (N,), days in the sum
    reason: np.ndarray  # (N,), "" or why there is no CAR
    lacking: Days  # (N,), days of the window without a return, left out of the sum
    own_windows: bool = False  # each event over its own window, as the labels give it
    basis: Basis | None = None

    @property
    def complete(self) -> np.ndarray:
        """(N,), whether the event has a CAR over this window."""
        return np.asarray(self.reason == "")

    @property
    def note(self) -> np.ndarray:
        """(N,), why there is no CAR, or how many days without a return are left out of it."""
        notes = self.reason.copy()
        for row in np.flatnonzero(self.complete & (self.lacking > 0)):
            notes[row] = Reason("days_missing", n=int(self.lacking[row]), of=int(self._lengths[row]))
        return notes

    @property
    def told(self) -> np.ndarray:
        """(N,), the same in the words of a table: that there is no CAR, and why."""
        notes = self.note
        for row in np.flatnonzero(~self.complete):
            notes[row] = Reason("not_computed", reason=notes[row])
        return notes

    @property
    def _lengths(self) -> Days:
        """(N,), days of each window."""
        if not self.own_windows:
            return np.full(len(self.labels), len(self.window))
        ends = own_windows(self.labels, self.window)
        return np.asarray(ends[:, 1] - ends[:, 0] + 1)

    @property
    def scar(self) -> Array:
        """(N,), CAR over its standard error."""
        return self.car / self.std_error

    @property
    def p_value(self) -> Array:
        """(N,), two-sided, t(dof)."""
        return np.asarray(2 * stdtr(self.dof, -np.abs(self.scar)))

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Ends (N,) of the interval that holds the true CAR with probability `level`, t(dof)."""
        try:
            fits = bool(0 < level < 1)
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise StudyError(f"level = {level!r} is no probability", remedy="Give one between 0 and 1: 0.95.")
        reach = stdtrit(self.dof, (1 + level) / 2) * self.std_error
        return self.car - reach, self.car + reach

    def to_frame(self) -> pd.DataFrame:
        """A row an event."""
        return worded(self._whole())

    def _whole(self) -> pd.DataFrame:
        return pd.DataFrame(self.columns())

    def columns(self) -> dict[str, Any]:
        """Those of `to_frame`, for tables that hold more of them."""
        ends = {"window_start": self.window.start, "window_end": self.window.end}
        own = {name: self.labels[name] if self.own_windows else end for name, end in ends.items()}
        figures = {"car": self.car, "std_error": self.std_error, "t_stat": self.scar, "p_value": self.p_value}
        return {**self.labels[["event", "security", "group"]], **own, **figures, "days": self.days, "note": self.note}

    def _basis(self, words: Catalogue) -> str:
        return f"{super()._basis(words)} {words.text('paper.firm_t')}".strip()

    def __repr__(self) -> str:
        return f"CAR over {self.window}\n{self.to_frame().to_string(index=False, max_rows=20)}"

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False, max_rows=20)


def cumulate(
    window: Window,
    labels: pd.DataFrame,
    ar: Array,
    days: Days,
    *,
    own_variance: Array,
    loading: Array,
    dof: Array,
    lacking: Days,
    cut: Sequence[tuple[int, Reason]] = (),
) -> Cumulative:
    """Sum the days of one window, (N, L) each: s²(L + 1'X*(X'X)⁻¹X*'1), X* without the missing days.

    `cut` are the rows whose window cuts into a halt, each with its reason.
    """
    seen = np.isfinite(ar)
    if not seen.all():
        ar, own_variance, loading = (
            np.where(at, part, 0.0) for at, part in ((seen, ar), (seen, own_variance), (seen[:, :, None], loading))
        )
    common = loading.sum(axis=1)
    variance = own_variance.sum(axis=1) + np.einsum("nk,nk->n", common, common)
    reason = incomplete(days, seen)
    for row, why in cut:
        reason[row] = why
    held = reason == ""
    car, std_error = np.where(held, ar.sum(axis=1), np.nan), np.sqrt(np.where(held, variance, np.nan))
    return Cumulative(window, labels, car, std_error, dof, seen.sum(axis=1).astype(float), reason, lacking)


def incomplete(days: Days, seen: np.ndarray) -> np.ndarray:
    """(N,) why a window (N, L) cannot be summed, "" where it can: an end outside the data, or no return inside."""
    reason = np.full(len(days), "", dtype=object)
    if seen.all():
        return reason
    reason[~seen.any(axis=1)] = Reason("no_return_in_window")
    reason[days[:, -1] == OUTSIDE] = Reason("data_end_in_window")
    reason[days[:, 0] == OUTSIDE] = Reason("data_begin_in_window")
    reason[(days == OUTSIDE).all(axis=1)] = Reason("data_miss_window")
    return reason


def cut_halts(halted: np.ndarray, days: Days, at: slice) -> list[tuple[int, Reason]]:
    """The rows whose window `at` of (N, L) days begins or ends within a halt, and why they have no sum.

    `halted` (N, L + 1) begins a day earlier: a window that begins after a day without a price would hold a return that
    began before it.
    """
    found = []
    for row in np.flatnonzero(halted[:, at.start] | halted[:, at.stop]).tolist():
        no_price = [f"{_date(days[row, i])}" for i in range(at.start, at.stop) if halted[row, i + 1]]
        first = next((i for i in range(at.start, at.stop) if not halted[row, i + 1]), None)
        if halted[row, at.stop]:
            found.append((row, Reason("ends_in_halt", days=", ".join(no_price))))
        elif first is not None:
            found.append((row, Reason("begins_in_halt", day=f"{_date(days[row, first])}")))
    return found


def _date(day: int) -> datetime.date:
    return pd.Timestamp(int(day), unit="D").date()


def merged(window: Window, labels: pd.DataFrame, parts: Sequence[tuple[np.ndarray, Cumulative]]) -> Cumulative:
    """One result from CARs of subsets of the events: (positions, CARs) each."""
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    car, std_error, dof, days, reason, lacking = (
        np.concatenate([getattr(part, name) for _, part in parts])[order]
        for name in ("car", "std_error", "dof", "days", "reason", "lacking")
    )
    return Cumulative(window, labels, car, std_error, dof, days, reason, lacking, own_windows=True)


OWN = ("window_start", "window_end")


def check_own_windows(events: pd.DataFrame, window: Window, place: Callable[[int], str]) -> None:
    """Windows of the events' own have both ends, whole numbers inside the event window."""
    given = [name for name in OWN if name in events]
    if not given:
        return
    if len(given) == 1:
        lacking = next(name for name in OWN if name != given[0])
        raise WindowError(f"a column {given[0]!r} without {lacking!r}", remedy=f"Add the column {lacking!r}.")
    ends = [pd.to_numeric(events[name], errors="coerce") for name in OWN]
    for row, (start, end) in enumerate(zip(*ends, strict=True)):
        shown = ", ".join(f"{events[name].iloc[row]}" for name in OWN)
        if all(pd.isna(events[name].iloc[row]) for name in OWN):
            continue
        if not (float(start).is_integer() and float(end).is_integer()):
            what, remedy = f"({shown}) is no window of trading days", "Give both ends as whole numbers, or neither."
        elif start > end:
            what, remedy = f"the window ({shown}) starts after its end", "Swap the two."
        elif start < window.start or end > window.end:
            what, remedy = f"the window ({shown}) reaches beyond the event window {window}", "Widen that one."
        else:
            continue
        raise WindowError(what, where=place(row), remedy=remedy)


def own_windows(labels: pd.DataFrame, window: Window) -> Days:
    """(N, 2), the first and the last day of each event's own window, as its labels give it; else those of `window`."""
    ends = labels[["window_start", "window_end"]].fillna({"window_start": window.start, "window_end": window.end})
    return ends.to_numpy(np.int64)
