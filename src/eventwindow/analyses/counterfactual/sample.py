"""Treated stocks and their donors on the same days."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import OUTSIDE, Array

FEWEST_DONORS = 10


@dataclass(frozen=True)
class Sample:
    """M treated stocks of one session calendar and J donors over T estimation and L event days; nothing is missing."""

    treated: AbnormalReturns  # M events
    market: Array  # (T, M, k), the regressor of the market model; k = 0 where the study has none
    market_event: Array  # (L, M, k)
    donors: tuple[str, ...]
    x: Array  # (T, J)
    x_event: Array  # (L, J)

    @property
    def y(self) -> Array:
        """(T, M)"""
        source = self.treated.source
        if source is None:
            raise StudyError("these abnormal returns do not hold the returns that they were estimated from.")
        return source.estimation_returns.T

    @property
    def y_event(self) -> Array:
        """(L, M)"""
        return self.treated.actual.T


def sample(
    treated: AbnormalReturns, donor_returns: pd.DataFrame, exclude: Collection[str]
) -> tuple[Sample | None, dict[str, Reason]]:
    """The treated stocks that have every return, with the donors that have every return; and why others are left out.

    `donor_returns` is date × symbol, decimals. A donor is neither treated nor excluded by name.
    """
    unknown = sorted(set(exclude) - set(donor_returns.columns))
    if unknown:
        what = f"{unknown[0]!r} is excluded from the donors, but the panel holds no such stock."
        raise StudyError(what, remedy="Correct the symbol, or take it out of `exclude`.")
    left_out = {s: why for s, why in zip(treated.labels["security"], _lacking(treated), strict=True) if why}
    days = np.hstack([treated.estimation_days, treated.event_days])
    held = np.flatnonzero([s not in left_out for s in treated.labels["security"]])
    held = held[[np.array_equal(days[i], days[held[0]]) for i in held]] if len(held) else held
    others = set(treated.labels["security"].drop(held)) - set(left_out)
    left_out |= dict.fromkeys(others, Reason("other_sessions"))
    if not len(held):
        return None, left_out
    dates = pd.DatetimeIndex(days[held[0]].astype("datetime64[D]")).as_unit("ns")
    table = donor_returns.reindex(dates).drop(columns={*exclude, *treated.labels["security"]}, errors="ignore")
    table = table.loc[:, table.notna().all()]
    if table.shape[1] < FEWEST_DONORS:
        why = Reason("few_donors", n=table.shape[1], needed=FEWEST_DONORS)
        return None, left_out | dict.fromkeys(treated.labels["security"].iloc[held], why)
    x, split = table.to_numpy(float), treated.estimation_days.shape[1]
    kept = treated.select(held)
    return Sample(kept, *_market(kept), tuple(map(str, table.columns)), x[:split], x[split:]), left_out


def _lacking(treated: AbnormalReturns) -> list[Reason | None]:
    """Why a stock cannot be treated, None where it can."""
    returns = np.hstack([np.isfinite(treated.residuals), np.isfinite(treated.actual)])
    inside = np.hstack([treated.estimation_days, treated.event_days]) != OUTSIDE
    missing = (~(returns & inside)).sum(axis=1)
    return [Reason("returns_missing", n=int(n), of=returns.shape[1]) if n else None for n in missing]


def _market(treated: AbnormalReturns) -> tuple[Array, Array]:
    """The benchmark's returns over the estimation and the event window."""
    source, count = treated.source, len(treated)
    if source is None or "market" not in source.factor_names:
        return np.empty((treated.residuals.shape[1], count, 0)), np.empty((len(treated.window), count, 0))
    seen, event = source.columns(("market",))
    return np.asarray(seen.transpose(2, 0, 1)), np.asarray(event.transpose(2, 0, 1))


def donor_returns(panel: pd.DataFrame, sessions: pd.DatetimeIndex, kind: str = "simple") -> pd.DataFrame:
    """Adjusted closes (date × symbol) → returns on the treated stocks' sessions; a missing close empties two."""
    within = sessions[(sessions >= panel.index[0]) & (sessions <= panel.index[-1])]
    laid = panel.reindex(within)
    ratio = laid / laid.shift(1)
    return pd.DataFrame(np.log(ratio), laid.index, laid.columns) if kind == "log" else ratio - 1
