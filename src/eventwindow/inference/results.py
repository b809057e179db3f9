"""What a test answers: a number with its null and its distribution, or the reason why there is none."""

from dataclasses import asdict, dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import fdtrc, ndtr, stdtr

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array
from eventwindow.estimation.exports import Basis, Exports, worded

LEVEL = 0.05  # of a test, where none is given
POWER = 0.80  # with which the smallest effect of a test is found


@dataclass(frozen=True, slots=True)
class SignificanceResult(Exports):
    """A test statistic, its null, its reference distribution and its two-sided p-value.

    Attributes
    ----------
    name, null : str
        The test's key in docs/methods.md, and the hypothesis that it rejects.
    statistic, p_value : float
        The statistic and its two-sided p-value.
    distribution : str or Reason
        What the statistic is held against: "t(98)", or a reason such as "100 estimation days".
    n : int
        Events.
    note : Reason or None
        What a reader must know beside the figure.
    valid : bool
        False where the design breaks what the test assumes.

    Examples
    --------
    >>> result = study.summary(0).valid[0]
    >>> str(result.distribution), round(result.p_value, 4)
    ('100 estimation days', 0.0099)
    """

    name: str
    null: str
    statistic: float
    p_value: float
    distribution: str | Reason
    n: int
    note: Reason | None = None
    valid: bool = True  # False: this design breaks what the test assumes

    def to_frame(self) -> pd.DataFrame:
        """One row, in the columns of a table of tests."""
        return worded(pd.DataFrame([asdict(self)]).rename(columns={"name": "test"}))


@dataclass(frozen=True, slots=True)
class NotComputed:
    """A test that could not run, and why.

    Attributes
    ----------
    name, null : str
        The test's key, and the hypothesis that it would have tested.
    reason : Reason
        Why it could not run.
    n : int
        Events.
    valid : bool
        Whether the test would hold for the design.

    Examples
    --------
    >>> print(study.summary(0).not_computed[0].reason)
    there is a single event day
    """

    name: str
    reason: Reason
    null: str = ""
    n: int = 0
    valid: bool = True


Result = SignificanceResult | NotComputed


@dataclass(frozen=True, eq=False)
class FirmSignificance(Exports):
    """One test of each of N events by itself; NaN, with its reason, where it could not run.

    Attributes
    ----------
    name, null, distribution, note
        As in `SignificanceResult`.
    labels : DataFrame
        A row an event, as in `AbnormalReturns`.
    statistic, p_value : array (N,)
        The statistic and its two-sided p-value.
    n : array (N,)
        What the reference distribution rests on: degrees of freedom, or sums of residuals.
    reason : array of Reason (N,)
        Why there is no result; "" where there is one.
    floor, lower_p : array (N,)
        The smallest p-value that can come out, and the one-sided p-value against a fall; empty where there is none.
    basis : Basis, optional
        Model, estimation window and window of the test, which the note of a table names.

    Examples
    --------
    >>> tests = ew.firm_sq(study, 0)
    >>> print(tests[0].note)
    smallest possible p 0.009901
    >>> list(tests.to_frame()["security"])
    ['A', 'B', 'C']
    """

    name: str
    null: str
    labels: pd.DataFrame
    statistic: Array  # (N,)
    p_value: Array  # (N,), two-sided
    distribution: str | Reason
    n: Array  # (N,), what the reference distribution rests on
    reason: np.ndarray  # (N,), "" or why there is no result
    floor: Array = field(default_factory=lambda: np.empty(0))  # (N,), smallest p that can come out
    lower_p: Array = field(default_factory=lambda: np.empty(0))  # (N,), one-sided, against a fall
    note: Reason | None = None
    basis: Basis | None = None

    def __getitem__(self, i: int) -> Result:
        """The result of one event."""
        if self.reason[i]:
            return NotComputed(self.name, self.reason[i], self.null)
        floor = self.floor.size and np.isfinite(self.floor[i])
        note = Reason.joined(self.note, Reason("smallest_p", p=float(self.floor[i])) if floor else None)
        value, p = float(self.statistic[i]), float(self.p_value[i])
        return SignificanceResult(self.name, self.null, value, p, self.distribution, int(self.n[i]), note)

    def to_frame(self) -> pd.DataFrame:
        """A row an event."""
        return worded(self._whole())

    def _whole(self) -> pd.DataFrame:
        columns = {"floor": self.floor, "lower_p": self.lower_p}
        frame = self.labels[["event", "security"]].assign(
            test=self.name, statistic=self.statistic, p_value=self.p_value, n=self.n, note=self.reason
        )
        return frame.assign(**{name: value for name, value in columns.items() if value.size})


INVALID = Reason("invalid_design")  # one for all: its words are worked out once


def doubted(result: SignificanceResult, *why: Reason | None) -> SignificanceResult:
    """The result as one that is not to be believed here; its note says so first, and why."""
    told = [part for part in result.note.parts if part != INVALID] if result.note else []
    return replace(result, valid=False, note=Reason.joined(INVALID, *why, *told))


def noted(result: Result) -> Reason | str:
    """A test's note as its tables hold it: why it could not run or does not hold; "" where there is nothing to say."""
    if isinstance(result, NotComputed):
        return Reason("not_computed", reason=result.reason)
    return result.note or ""


class Outcome(NamedTuple):
    """A statistic, its two-sided p-value, what it is held against, and what a reader must know beside it."""

    statistic: float
    p_value: float
    distribution: str | Reason
    note: Reason | None = None
    n: int | None = None  # what it rests on, where that is not the events that hold the window


Answer = Outcome | Reason


def normal(z: float, note: Reason | None = None) -> Outcome:
    return Outcome(float(z), float(2 * ndtr(-abs(z))), "N(0,1)", note)


def student(t: float, dof: float, note: Reason | None = None) -> Outcome:
    return Outcome(float(t), float(2 * stdtr(dof, -abs(t))), f"t({dof:g})", note)


def fisher(f: float, dof: tuple[float, float], note: Reason | None = None) -> Outcome:
    return Outcome(float(f), float(fdtrc(dof[0], dof[1], f)), f"F({dof[0]:g}, {dof[1]:g})", note)
