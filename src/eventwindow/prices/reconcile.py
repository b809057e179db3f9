"""Prices held against others: the same days of two sources, columns that change places, moves that many share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from eventwindow.estimation.returns import price_for_returns, returns
from eventwindow.estimation.unlikely import day_apart
from eventwindow.prices.bundled import shipped_histories
from eventwindow.prices.checks import Finding, closes, fault, warning
from eventwindow.prices.history import PriceHistory, Prices

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
    given = {symbol: history for symbol, history in prices.histories.items() if history.origin != "shipped"}
    shipped = shipped_histories(figures, list(given)) if given else {}
    return {s: reconcile(s, history.frame, shipped[s].frame) for s, history in given.items() if s in shipped}


ENOUGH = 20  # equal closes, or days compared, below which nothing is said
CENT = 0.01
CROSSED = 0.3  # a move in logs, at least, that may come from another column
ALIKE = 0.04  # in logs: a close that goes on where that of the other column ended
OTHERS, MINE = 0.9, 0.5  # shares of the days that agree with another security's shipped figures, and with the own ones

Array = npt.NDArray[Any]
Common = Callable[[pd.Timestamp], float]


def common_moves(histories: Mapping[str, PriceHistory], groups: Mapping[str, str]) -> Callable[[str], Common]:
    """Of a security, the median log move of the others on a day: of its group, else of all; 0 where there is none."""
    moves = {symbol: np.log(closes(h.frame).where(lambda c: c > 0)).diff() for symbol, h in histories.items()}
    table = pd.DataFrame(moves) if moves else pd.DataFrame()
    row_of = {day: row for row, day in enumerate(table.index)}
    column_of, values = {symbol: k for k, symbol in enumerate(moves)}, table.to_numpy(float)

    def of(symbol: str) -> Common:
        mine = [s for s in moves if s != symbol and groups.get(s, "") == groups.get(symbol, "")]
        others = [column_of[s] for s in mine or moves if s != symbol]

        def common(day: pd.Timestamp) -> float:
            row = values[row_of[day], others] if day in row_of else values[:0].ravel()
            row = row[~np.isnan(row)]
            return float(np.median(row)) if len(row) else 0.0

        return common

    return of


def mixed_up(histories: Mapping[str, PriceHistory]) -> Iterator[Finding]:
    """Two columns with the same figures or their multiples, and columns that change places on a day."""
    series = {symbol: closes(history.frame) for symbol, history in histories.items()}
    table = pd.DataFrame({symbol: close[~close.index.duplicated()] for symbol, close in series.items()})
    held, index = dict(zip(histories, table.to_numpy(float).T, strict=True)), table.index.to_numpy()
    for one, other in _suspects(held):
        both = ~np.isnan(held[one] + held[other])
        days, first, second = index[both], held[one][both], held[other][both]
        pairs = ((one, other), (other, one))
        if len(first) > ENOUGH and np.ptp(first) > 0 and _in_proportion(first, second):
            days_held = float(len(first))
            yield from (warning(s, "same_figures", other=twin, days=days_held) for s, twin in pairs)
            continue
        for day in days[_crossings(first, second)]:
            yield from (fault(s, "crossed", pd.Timestamp(day), other=twin) for s, twin in pairs)


def _suspects(closes: Mapping[str, Array]) -> Iterator[tuple[str, str]]:
    """Of thousands of pairs those of which each was far above the other, or whose ratio ends where it began."""
    names, held = list(closes), np.array(list(closes.values()))
    if not held.size:
        return
    for k, one in enumerate(held[:-1]):
        others, places = held[k + 1 :], np.arange(k + 1, len(held))
        both = ~np.isnan(one + others)
        ends = np.stack([both.argmax(axis=1), both.shape[1] - 1 - both[:, ::-1].argmax(axis=1)])  # days shared
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.log(one / others)
            ratio = one[ends] / held[places, ends]
            slack = CENT / one[ends] + CENT / held[places, ends]
            steady = np.abs(ratio[1] / ratio[0] - 1) <= slack.sum(axis=0)
            crossed = (np.fmax.reduce(apart, axis=1) > CROSSED / 2) & (np.fmin.reduce(apart, axis=1) < -CROSSED / 2)
        yield from ((names[k], names[other]) for other in places[steady | crossed].tolist())


def _in_proportion(first: Array, second: Array) -> bool:
    """Whether two closes, rounded to a hundredth, are multiples of each other."""
    ratio, slack = first / second, CENT / first + CENT / second
    if not abs(ratio[-1] / ratio[0] - 1) <= slack[0] + slack[-1]:
        return False
    return bool((np.abs(np.diff(ratio) / ratio[1:]) <= slack[1:] + slack[:-1]).all())


def out_of_step(histories: Mapping[str, PriceHistory], benchmarks: Mapping[str, str]) -> Iterator[Finding]:
    """Securities whose moves go with those of their benchmark on the day before or after, and hardly on the day."""
    pairs = {s: (s, other) for s, other in benchmarks.items() if s != other and {s, other} <= set(histories)}
    close = {name: closes(histories[name].frame) for pair in pairs.values() for name in pair}
    days = {s: close[s].index.intersection(close[other].index) for s, other in pairs.values()}
    alike, sides = dict[bytes, list[str]](), dict[str, int]()  # those whose days are the same are looked at together
    for symbol in pairs:
        alike.setdefault(days[symbol].to_numpy().tobytes(), []).append(symbol)
    for symbols in alike.values():
        both = (pd.DataFrame({s: close[pairs[s][k]].reindex(days[s]) for s in symbols}) for k in (0, 1))
        own, other = (table.pct_change(fill_method=None).to_numpy(float) for table in both)
        sides |= zip(symbols, day_apart(own, other).tolist(), strict=True)
    for symbol, (_, benchmark) in pairs.items():
        if sides[symbol]:
            yield warning(symbol, "follows" if sides[symbol] > 0 else "leads", other=benchmark)


def _crossings(first: Array, second: Array) -> Array:
    """Places at which each of two closes goes on from where the other one was."""
    if len(first) < 2 or first.min() <= 0 or second.min() <= 0:
        return np.empty(0, int)
    a, b = np.log(first), np.log(second)
    onwards = (np.abs(a[1:] - b[:-1]) < ALIKE) & (np.abs(b[1:] - a[:-1]) < ALIKE)
    return 1 + np.flatnonzero(onwards & (np.abs(a[:-1] - b[:-1]) > CROSSED))


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
                yield fault(symbol, "exchanged", other=other, days=float(found.agreeing))
