"""The abnormal return of a firm or basket over a window, against its own history: the base of claims of effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from eventwindow.calendars.window import Window
from eventwindow.errors import Listed, NoFigure, Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.results import POWER
from eventwindow.inference.shifts import ROUNDING, circle, event_residuals, run_sums, untouched

FEWEST = 100  # returns that an estimation window must hold, and pseudo-dates that a test needs


@dataclass(frozen=True, slots=True)
class Response:
    """The mean cumulative abnormal return of some firms over a window, and the same on every day or cyclic shift.

    null: (n_dates,), the mean residual of one day, or its sums over the other shifts of the joined series (`shifts`);
    days: their last days; quiet: which of them hold no day of the event; ranked: the event on the same scale;
    members: firms it is the mean of.
    """

    estimate: float
    std_error: float
    dof: float
    null: np.ndarray
    days: np.ndarray
    quiet: np.ndarray
    ranked: float
    members: tuple[str, ...]
    first: pd.Timestamp  # first and last session of the window
    last: pd.Timestamp

    def effect(self) -> Effect:
        """The estimate with its p-value by rank among the pseudo-dates, and the smallest effect it could have found."""
        test, spread = _test_name(len(self.members)), float(np.std(self.null[self.quiet]))
        return effect(
            self.estimate, self.std_error, self.dof, self.null, self.days, test, spread=spread, ranked=self.ranked
        )


def effect(
    value: float,
    std_error: float,
    dof: float,
    null: np.ndarray,
    days: np.ndarray,
    test: str,
    *,
    spread: float | None = None,
    ranked: float | None = None,
) -> Effect:
    """The test of `value` against its null distribution, two-sided, the event counted among the dates.

    `spread` is the standard deviation of the null, where not all of it is null; `ranked` stands for the value among it.
    """
    spread = float(np.std(null)) if spread is None else spread
    larger = np.sum(np.abs(null) >= abs(value if ranked is None else ranked) * (1 - ROUNDING))
    reach = float(stdtrit(dof, POWER)) * std_error
    return Effect(
        statistic=value / spread,
        null=null / spread,
        days=days,
        p_value=float((1 + larger) / (len(null) + 1)),
        p_parametric=float(2 * stdtr(dof, -abs(value / std_error))),
        std_error=std_error,
        detectable=float(stdtrit(dof, 0.975)) * std_error + reach,
        test=test,
        spread=spread,
        reach=reach,
    )


def _test_name(firms: int) -> str:
    return "SQ" if firms == 1 else "date permutation of the mean"


def response(abnormal: AbnormalReturns, symbols: Sequence[str], window: Window) -> Response:
    """The mean response of those of `symbols` that hold the whole window; they must share their event days."""
    chosen = abnormal.select(list(symbols))
    if len(chosen):
        chosen = chosen.select(np.asarray(chosen.car(window).complete))
    if not len(chosen):
        raise NoFigure(Reason("no_abnormal_return", window=str(window), securities=Listed(symbols)))
    _check_shared(chosen)
    cumulative = chosen.car(window)
    mean, days = _mean_residual(chosen)
    null, last, quiet, ranked = _null(chosen, window, mean, days)
    return Response(
        estimate=float(np.mean(cumulative.car)),
        std_error=_std_error(chosen, cumulative.std_error, mean),
        dof=float(np.min(chosen.dof)),
        null=null,
        days=last,
        quiet=quiet,
        ranked=ranked,
        members=tuple(chosen.labels["security"]),
        first=_date(chosen, window.start),
        last=_date(chosen, window.end),
    )


def _null(
    chosen: AbnormalReturns, window: Window, mean: np.ndarray, days: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """What the event is ranked among, the last day of each, which hold no day of the event, and the event there."""
    length, event = len(window), event_residuals(chosen, window).mean(axis=0)
    if length == 1:
        return mean, days, np.ones(len(mean), bool), float(np.mean(chosen.car(window).car))
    sums = run_sums(circle(mean, event), length)
    every = np.concatenate([days, chosen.event_days[0, chosen.columns(window)]])
    others = np.arange(len(sums)) != len(mean)  # the event's own run begins there
    last = np.roll(every, 1 - length)  # of the run that begins on each day
    return sums[others], last[others], untouched(len(mean), length)[others], float(sums[len(mean)])


def _date(chosen: AbnormalReturns, tau: int) -> pd.Timestamp:
    return pd.Timestamp(int(chosen.event_days[0, tau - chosen.window.start]), unit="D")


def _check_shared(chosen: AbnormalReturns) -> None:
    if (chosen.event_days != chosen.event_days[0]).any():
        raise NoFigure(Reason("different_calendars"))


def _mean_residual(chosen: AbnormalReturns) -> tuple[np.ndarray, np.ndarray]:
    """(T',) the mean residual on the days that all firms hold one (constant members), and those days."""
    days = np.isfinite(chosen.residuals).all(axis=0)
    mean = chosen.residuals[:, days].mean(axis=0)
    if len(mean) < FEWEST:
        raise NoFigure(Reason("few_estimation_days", n=len(mean), needed=FEWEST))
    return mean, chosen.estimation_days[0, days]


def _std_error(chosen: AbnormalReturns, std_errors: np.ndarray, mean: np.ndarray) -> float:
    """Of the mean CAR: the firm's own, or the basket's residual sd times the forecast factor that its firms share."""
    if len(chosen) == 1:
        return float(std_errors[0])
    basket_sd = float(np.sqrt(np.sum(mean**2) / float(np.min(chosen.dof))))
    return basket_sd * float(np.mean(std_errors / chosen.sigma))


def difference(one: Response, other: Response) -> Response:
    """The response of one less that of another, on their common pseudo-dates."""
    days, i, j = np.intersect1d(one.days, other.days, return_indices=True)
    if len(days) < FEWEST:
        raise NoFigure(Reason("few_shared_days"))
    null = one.null[i] - other.null[j]
    quiet = one.quiet[i] & other.quiet[j]
    inflation = max(r.std_error / np.std(r.null[r.quiet]) for r in (one, other))
    return Response(
        one.estimate - other.estimate,
        float(np.std(null[quiet]) * inflation),
        min(one.dof, other.dof),
        null,
        days,
        quiet,
        one.ranked - other.ranked,
        one.members + other.members,
        one.first,
        one.last,
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """The test behind a claim about an effect: the estimate, its own null distribution, and what it could have seen.

    `null` holds the same statistic on the pseudo-dates of the estimation window, in time order, (n_dates,); p_value is
    the share of them at least as large in absolute value, the event itself counted. `days` are the pseudo-dates, days
    since 1970-01-01, so that the correction across claims can keep the dependence between them.
    """

    statistic: float
    null: np.ndarray
    days: np.ndarray
    p_value: float
    p_parametric: float | None
    std_error: float
    detectable: float  # the smallest effect found with 80 % power where the test decides, in the measured unit
    test: str
    spread: float = 1.0  # standard deviation of the null distribution in the measured unit
    reach: float = 0.0  # how far beyond the critical value an effect must lie for 80 % power, in the measured unit
