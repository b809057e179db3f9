"""The abnormal return of a firm or basket over a window, against its own history: the base of claims of effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from eventwindow.calendars.window import Window
from eventwindow.errors import NoFigure
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.results import POWER

FEWEST = 100  # returns that an estimation window must hold, and pseudo-dates that a test needs


@dataclass(frozen=True, slots=True)
class Response:
    """The mean cumulative abnormal return of some firms over a window, and the same sum on every pseudo-date.

    null: (n_dates,), overlapping sums of the mean residual; days: their last days; members: firms it is the mean of.
    """

    estimate: float
    std_error: float
    dof: float
    null: np.ndarray
    days: np.ndarray
    members: tuple[str, ...]
    first: pd.Timestamp  # first and last session of the window
    last: pd.Timestamp

    def effect(self) -> Effect:
        """The estimate with its p-value by rank among the pseudo-dates, and the smallest effect it could have found."""
        return effect(self.estimate, self.std_error, self.dof, self.null, self.days, _test_name(len(self.members)))


def effect(value: float, std_error: float, dof: float, null: np.ndarray, days: np.ndarray, test: str) -> Effect:
    """The test of `value` against its null distribution, two-sided, the event counted among the dates."""
    larger, spread = np.sum(np.abs(null) >= abs(value) * (1 - 1e-12)), float(np.std(null))
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
        raise NoFigure(
            f"No abnormal return over {window} is held for {', '.join(symbols)}.",
            f"{'、'.join(symbols)} 在 {window} 期間沒有異常報酬。",
        )
    _check_shared(chosen)
    cumulative = chosen.car(window)
    mean, days = _mean_residual(chosen)
    null = np.convolve(mean, np.ones(len(window)), "valid")
    return Response(
        estimate=float(np.mean(cumulative.car)),
        std_error=_std_error(chosen, cumulative.std_error, mean),
        dof=float(np.min(chosen.dof)),
        null=null,
        days=days[len(window) - 1 :],
        members=tuple(chosen.labels["security"]),
        first=_date(chosen, window.start),
        last=_date(chosen, window.end),
    )


def _date(chosen: AbnormalReturns, tau: int) -> pd.Timestamp:
    return pd.Timestamp(int(chosen.event_days[0, tau - chosen.window.start]), unit="D")


def _check_shared(chosen: AbnormalReturns) -> None:
    if (chosen.event_days != chosen.event_days[0]).any():
        raise NoFigure(
            "The securities trade on different calendars; their returns are not averaged.",
            "這些證券的交易日曆不同，不取平均。",
        )


def _mean_residual(chosen: AbnormalReturns) -> tuple[np.ndarray, np.ndarray]:
    """(T',) the mean residual on the days that all firms hold one (constant members), and those days."""
    days = np.isfinite(chosen.residuals).all(axis=0)
    mean = chosen.residuals[:, days].mean(axis=0)
    if len(mean) < FEWEST:
        raise NoFigure(
            f"Only {len(mean)} estimation days are held; {FEWEST} are needed.",
            f"估計期只有 {len(mean)} 個交易日，至少需要 {FEWEST} 個。",
        )
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
        raise NoFigure("The two share too few estimation days.", "兩者共同的估計日太少。")
    null = one.null[i] - other.null[j]
    inflation = max(one.std_error / np.std(one.null), other.std_error / np.std(other.null))
    return Response(
        one.estimate - other.estimate,
        float(np.std(null) * inflation),
        min(one.dof, other.dof),
        null,
        days,
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
