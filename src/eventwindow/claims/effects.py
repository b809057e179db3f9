"""The abnormal return of a firm or basket over a window, against its own history: the base of claims of effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from eventwindow.abnormal import AbnormalReturns, estimate
from eventwindow.claims.claim import Effect, Evidence
from eventwindow.claims.lookup import NoFigure
from eventwindow.claims.wording import days_of, span
from eventwindow.event_returns import event_returns
from eventwindow.timeline import Window

ESTIMATION = Window(-260, -11)  # of a date that is no event of the study
FEWEST = 100  # returns that an estimation window must hold, and pseudo-dates that a test needs
POWER = 0.80


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

    def period(self, evidence: Evidence, event: str, window: Window, zh: bool = False) -> str:
        """The dates of the window, and its days around the event; a single day of no event is its date alone."""
        dates, days = span(self.first, self.last, zh), days_of(evidence, event, window, zh)
        if window == Window(0, 0) and event not in evidence.events:
            return dates
        return f"{dates}（{days}）" if zh else f"{dates} ({days})"

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


def abnormal_at(evidence: Evidence, symbols: Sequence[str], when: date, window: Window) -> AbnormalReturns:
    """Abnormal returns around a date that is no event of the study: market model, the securities' own benchmarks."""
    held = [s for s in symbols if s in evidence.returns]
    benchmarks = {s: _benchmark(evidence, s) for s in held}
    table = pd.DataFrame({s: evidence.returns[s] for s in dict.fromkeys([*held, *benchmarks.values()])})
    day = pd.Timestamp(when)
    if not held or day not in table.index:
        raise NoFigure(f"No returns of {', '.join(symbols)} on {day.date()}.", f"缺少 {day.date()} 的報酬率。")
    first = -int(table.index.searchsorted(day))
    estimation = Window(max(ESTIMATION.start, first), ESTIMATION.end)
    if len(estimation) < FEWEST:
        raise NoFigure("The prices do not reach far enough back.", "股價資料往前不夠長。")
    groups = [str(evidence.securities.at[s, "group"]) if s in evidence.securities.index else "" for s in held]
    events = pd.DataFrame(
        {"event": str(day.date()), "security": held, "group": groups, "benchmark": benchmarks.values(), "date": day}
    )
    return estimate(event_returns(table, events, estimation=estimation, window=window))


def _benchmark(evidence: Evidence, symbol: str) -> str:
    given = evidence.securities.at[symbol, "benchmark"]
    if not isinstance(given, str) or given not in evidence.returns:
        raise NoFigure(f"{symbol} has no benchmark here.", f"{symbol} 在此沒有基準指數。")
    return given


def at(evidence: Evidence, event: str, when: date | None, symbols: Sequence[str], window: Window) -> AbnormalReturns:
    """Abnormal returns around an event of the study, or around a date of the claim's own."""
    if when is not None:
        return abnormal_at(evidence, symbols, when, window)
    if event not in evidence.abnormal:
        raise NoFigure(f"The study has no event {event!r}.", f"本研究沒有事件「{event}」。")
    return evidence.abnormal[event]
