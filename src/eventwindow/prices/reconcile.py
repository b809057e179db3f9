"""Two sources of the same prices, held against each other by their returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from eventwindow.estimation.returns import price_for_returns, returns
from eventwindow.prices.bundled import shipped_histories
from eventwindow.prices.history import Prices

TOLERANCE = 5e-4  # 5 basis points of a daily return


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How far two histories of one security agree.

    `differing` has one row a day on which the returns differ by more than the tolerance: date, first, second (returns,
    decimals). `only_first` and `only_second` count the days that one of them lacks within the dates both reach.
    """

    symbol: str
    compared: int
    differing: pd.DataFrame
    only_first: int
    only_second: int

    @property
    def agreeing(self) -> int:
        return self.compared - len(self.differing)


def reconcile(symbol: str, first: pd.DataFrame, second: pd.DataFrame, tolerance: float = TOLERANCE) -> Reconciliation:
    """Compare two histories (frames of a PriceHistory) by their returns over the days that both hold."""
    ours, theirs = price_for_returns(first).dropna(), price_for_returns(second).dropna()
    start, end = max(ours.index.min(), theirs.index.min()), min(ours.index.max(), theirs.index.max())
    ours, theirs = ours.loc[start:end], theirs.loc[start:end]
    both = ours.index.intersection(theirs.index)
    pair = pd.DataFrame({"first": returns(ours[both]), "second": returns(theirs[both])}).iloc[1:]
    differing = pair[(pair["first"] - pair["second"]).abs() > tolerance]
    return Reconciliation(
        symbol,
        compared=len(pair),
        differing=differing.rename_axis("date").reset_index(),
        only_first=len(ours.index.difference(both)),
        only_second=len(theirs.index.difference(both)),
    )


def reconcile_with_shipped(prices: Prices, figures: Path) -> Mapping[str, Reconciliation]:
    """Every pulled (or given) history that also ships, held against the shipped one (`second`)."""
    shipped = shipped_histories(figures, list(prices.histories))
    return {
        symbol: reconcile(symbol, history.frame, shipped[symbol].frame)
        for symbol, history in prices.histories.items()
        if history.origin != "shipped" and symbol in shipped
    }
