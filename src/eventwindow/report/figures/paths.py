"""Total returns from prices, each security on its own sessions; what a file lacks is missing, and nothing else is."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from eventwindow.estimation.returns import price_for_returns
from eventwindow.report.context import Context
from eventwindow.report.figures.news_marks import event_sessions


def levels(context: Context, securities: Iterable[str], days: pd.DatetimeIndex) -> pd.DataFrame:
    """Day × security: the price that returns are computed from, NaN where a session of the security has none.

    On a day without a session of its exchange it is that of the session before.
    """
    evidence, table = context.result.evidence, {}
    for security in securities:
        if security in evidence.returns:
            own = pd.DatetimeIndex(evidence.returns[security].index)
            prices = price_for_returns(evidence.prices[security]).reindex(own).to_numpy(float)
            at = own.searchsorted(days, "right") - 1
            table[security] = np.where(at >= 0, prices[at], np.nan)
    return pd.DataFrame(table, index=days)


def grown(prices: pd.DataFrame, base: pd.Timestamp) -> pd.DataFrame:
    """The return since the close of `base`, from that day on, of the securities that have a price then."""
    held = prices.loc[base:]
    return (held / held.iloc[0] - 1).dropna(axis=1, how="all")


def last_told(context: Context) -> pd.Timestamp:
    """The last day that the story tells of: the end of the month after day 0's."""
    return pd.Timestamp(context.day_zero + pd.offsets.MonthEnd(1) + pd.offsets.MonthEnd(1))


def gaps(context: Context, securities: Iterable[str]) -> Iterator[tuple[str, pd.DatetimeIndex]]:
    """The sessions without a price between two of each security that has such, on the days that the story tells of."""
    evidence, start = context.result.evidence, event_sessions(context).min()
    for security in securities:
        if security in evidence.returns:
            own = pd.DatetimeIndex(evidence.returns[security].index)
            held = price_for_returns(evidence.prices[security]).reindex(own).dropna().index
            first = own[max(0, own.searchsorted(start) - 1)]  # the close that the first return begins at
            lacking = own[(own >= first) & (own <= last_told(context)) & (own > held[0]) & (own < held[-1])]
            if len(lacking := lacking.difference(held)):
                yield security, pd.DatetimeIndex(lacking)


def last_of_benchmark(context: Context) -> pd.Timestamp | None:
    """The last day on which the benchmark has a price, where the first security has later ones in the event window."""
    series = (context.result.evidence.returns.get(name) for name in (context.benchmark, context.members[0]))
    ends = [pd.Timestamp(held.dropna().index[-1]) for held in series if held is not None and held.notna().any()]
    within = event_sessions(context).max()
    return ends[0] if len(ends) == 2 and ends[0] < min(ends[1], within) else None
