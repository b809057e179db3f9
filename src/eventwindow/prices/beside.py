"""The prices of a study's securities held against each other: what all of them did that day, and mixed up columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from eventwindow.prices.bundled import shipped_histories
from eventwindow.prices.checks import Finding, closes
from eventwindow.prices.history import PriceHistory
from eventwindow.prices.reconcile import reconcile

ENOUGH = 20  # equal closes, or days compared, below which nothing is said
CROSSED = 0.3  # a move in logs, at least, that may come from another column
ALIKE = 0.04  # in logs: a close that goes on where that of the other column ended
OTHERS, MINE = 0.9, 0.5  # shares of the days that agree with another security's shipped figures, and with the own ones

Common = Callable[[pd.Timestamp], float]


def common_moves(histories: Mapping[str, PriceHistory], groups: Mapping[str, str]) -> Callable[[str], Common]:
    """Of a security, the median log move of the others on a day: of its group, else of all; 0 where there is none."""
    moves = {symbol: np.log(closes(h.frame).where(lambda c: c > 0)).diff() for symbol, h in histories.items()}
    table = pd.DataFrame(moves) if moves else pd.DataFrame()

    def of(symbol: str) -> Common:
        mine = [s for s in moves if s != symbol and groups.get(s, "") == groups.get(symbol, "")]
        others = mine or [s for s in moves if s != symbol]

        def common(day: pd.Timestamp) -> float:
            row = table[others].loc[day].dropna() if day in table.index else pd.Series(dtype=float)
            return float(np.median(row.to_numpy(float))) if len(row) else 0.0

        return common

    return of


def mixed_up(histories: Mapping[str, PriceHistory]) -> Iterator[Finding]:
    """Two columns with the same figures, and columns that change places on a day."""
    series = {symbol: closes(history.frame) for symbol, history in histories.items()}
    for one, other in combinations(series, 2):
        first, second = series[one].align(series[other], join="inner")
        if len(first) > ENOUGH and first.std() > 0 and np.array_equal(first, second):
            for symbol, twin in ((one, other), (other, one)):
                yield Finding(symbol, "warning", "same_figures", None, {"other": twin, "days": float(len(first))})
            continue
        for day in _crossings(first, second):
            for symbol, twin in ((one, other), (other, one)):
                yield Finding(symbol, "error", "crossed", day, {"other": twin})


def _crossings(first: pd.Series, second: pd.Series) -> list[pd.Timestamp]:
    """Days on which each of two closes goes on from where the other one was."""
    if len(first) < 2 or (first <= 0).any() or (second <= 0).any():
        return []
    a, b = np.log(first.to_numpy(float)), np.log(second.to_numpy(float))
    apart = np.abs(a[:-1] - b[:-1]) > CROSSED
    onwards = (np.abs(a[1:] - b[:-1]) < ALIKE) & (np.abs(b[1:] - a[:-1]) < ALIKE)
    return list(first.index[1:][apart & onwards])


def exchanged(histories: Mapping[str, PriceHistory], figures: Path) -> Iterator[Finding]:
    """Securities whose returns are those that another one has in the study's own shipped figures."""
    given = {symbol: history for symbol, history in histories.items() if history.origin != "shipped"}
    shipped = shipped_histories(figures, list(given)) if given and figures.is_dir() else {}
    for symbol in [s for s in given if s in shipped]:
        held = reconcile(symbol, given[symbol].frame, shipped[symbol].frame)
        if held.compared < ENOUGH or held.agreeing > MINE * held.compared:
            continue
        for other in [s for s in shipped if s != symbol]:
            found = reconcile(symbol, given[symbol].frame, shipped[other].frame)
            if found.compared >= ENOUGH and found.agreeing >= OTHERS * found.compared:
                values: dict[str, float | str] = {"other": other, "days": float(found.agreeing)}
                yield Finding(symbol, "error", "exchanged", None, values)
