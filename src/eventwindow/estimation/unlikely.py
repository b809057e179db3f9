"""Returns that hardly occur: far beyond all others, or about the ratio of a split that was missed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array, EventReturns, between_prices
from eventwindow.estimation.returns import RETURNS

UNLIKELY = (-0.8, 1.0)  # simple returns beyond these are told, in files and in tables
FAR = -np.log(1 - 0.4)  # in logs: what is left of a move without that of the others
SPLITS = (
    (2, 1), (3, 1), (3, 2), (4, 1), (5, 1), (5, 2), (6, 1), (7, 1), (8, 1), (10, 1), (15, 1), (20, 1), (25, 1), (50, 1),
)  # fmt: skip
RATIOS = {f"{new}:{old}": np.log(old / new) for pair in SPLITS for new, old in (pair, pair[::-1])}  # in logs
SPLIT_DAYS, SPLIT_MOST = 6.0, 0.05  # times the usual move of a day, and at most, that a split's day may differ from it
FAR_DAYS, FAR_MOST = 10.0, 0.08  # as above, of a move that is far: news may fall on a split's day
OWN = 0.5  # of a move without the others', that it must have as it is
LEAST_RATIO = np.log(3 / 2)
LEAST = LEAST_RATIO - SPLIT_MOST
SPELLED_OUT = 5  # notes; more are counted
LONG, IN_STEP, STEP = 60, 0.3, 3.0  # days, a correlation at least, and standard errors above that of the day itself
ZEROS = 5  # returns of zero in a row
DIGITS = 9  # to which the returns of one security are those of another
DOUBTS = (
    *("impossible_return", "split_return", "unlikely_return", "unlikely_returns"),
    *("of_security", "doubtful_series", "move_when_closed"),
)  # the reasons that tell of them


class Strange(NamedTuple):
    """One return that hardly occurs: its row and column, its simple value, and the split whose ratio it has, or ""."""

    row: int
    column: int
    value: float
    split: str


def split_of(move: float, common: float, usual: float) -> str:
    """The split whose ratio a move has, as it is and without the others' `common` one, all in logs; "" where none.

    What the others did is no split of its own: it counts where the move itself is more than half of the rest.
    """
    far = bool(abs(move - common) > FAR)  # the others do not explain it
    slack = min(FAR_DAYS * usual, FAR_MOST) if far else min(SPLIT_DAYS * usual, SPLIT_MOST)
    split, alone = _nearest(move, slack), _nearest(move - common, slack)
    if not far:
        return split if alone else ""
    return split or (alone if move / (move - common) > OWN else "")


def _nearest(move: float, slack: float) -> str:
    """The split whose ratio a move has, give or take a `slack`."""
    if abs(move) + slack < LEAST_RATIO:
        return ""
    text, log = min(RATIOS.items(), key=lambda ratio: abs(move - ratio[1]))
    return text if abs(move - log) <= slack else ""


def strange_returns(values: Array, kind: str) -> Iterator[Strange]:
    """Those of returns (S, D) of a `kind`; nothing is known of a quantity that is no return."""
    if kind not in RETURNS:
        return
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = values if kind == "log" else np.log1p(values)
    with np.errstate(invalid="ignore"):
        candidates = np.argwhere(~(np.abs(logs) < LEAST) & ~np.isnan(values))
    for row, column in candidates.tolist():
        move = float(logs[row, column])
        value = float(np.expm1(move)) if kind == "log" else float(values[row, column])
        others = np.delete(logs[:, column], row)
        others = others[np.isfinite(others)]
        own = np.abs(logs[row][np.isfinite(logs[row])])
        usual = float(np.median(own)) if len(own) else 0.0
        split = split_of(move, float(np.median(others)) if len(others) else 0.0, usual)
        if split or not UNLIKELY[0] <= value <= UNLIKELY[1]:
            yield Strange(row, column, value, split)


def strange_reason(found: Strange, security: str, day: pd.Timestamp) -> Reason:
    """What is told of one: a price below zero, a split that was missed, or a price to be checked."""
    key = DOUBTS[0] if found.value < -1 else DOUBTS[1] if found.split else DOUBTS[2]
    return Reason(key, security=security, day=f"{day:%Y-%m-%d}", value=float(found.value), split=found.split)


def shortened(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """A few of them, or how many there are."""
    if len(reasons) <= SPELLED_OUT:
        return tuple(reasons)
    return (Reason(DOUBTS[3], n=len(reasons), low=UNLIKELY[0], high=UNLIKELY[1]),)


def same_columns(values: Array, names: Sequence[str], seen: dict[bytes, str]) -> Iterator[Reason]:
    """Those of columns of returns (S, D) that are another's; `seen` are the columns looked at before."""
    for name, row in zip(names, values, strict=True):
        held = int(np.isfinite(row).sum())
        if held > LONG and (twin := seen.setdefault(row.round(DIGITS).tobytes(), name)) != name:
            yield Reason("of_security", security=name, reason=Reason("same_returns", other=twin, n=held))


def unlikely_notes(source: EventReturns, returns: pd.DataFrame, kind: str) -> tuple[str, ...]:
    """The returns in the events' windows that hardly occur, of securities and benchmarks: a wrong price or split, or
    news to be read."""
    days = pd.DatetimeIndex(returns.index).as_unit("s").asi8 // 86400
    used, stocks = dict[str, Array](), set(map(str, source.labels["security"]))
    for column in source.labels.columns.intersection(["security", "benchmark"]):
        for name, rows in source.labels.groupby(column).indices.items():
            touched = [source.estimation_days[rows].ravel(), source.event_days[rows].ravel()]
            used[str(name)] = np.concatenate([*touched, used.get(str(name), touched[0][:0])])
    found = [
        strange_reason(one, name, returns.index[one.column])
        for one in strange_returns(returns.to_numpy(float).T, kind)
        if (name := str(returns.columns[one.row])) in used and days[one.column] in used[name]
    ]
    own = returns[[c for c in returns if str(c) in stocks]]
    twins = list(same_columns(own.to_numpy(float).T, list(map(str, own)), {}))
    return tuple(map(str, (*shortened(found), *few(twins))))


def day_apart(own: Array, market: Array) -> NDArray[np.int64]:
    """(S,) of columns (T, S) of moves: 1 where they go with the other's a day before, -1 a day after, 0 elsewhere."""
    ranks, others = (pd.DataFrame(part).rank().to_numpy() for part in (own, market))
    shifted = [np.full_like(others, np.nan) for _ in range(2)]
    shifted[0][1:], shifted[1][:-1] = others[:-1], others[1:]
    same, before, after = (_correlated(ranks, part) for part in (others, *shifted))
    far = STEP * np.sqrt(2 / max(len(own), 1))
    apart = np.fmax(before, after) > np.maximum(IN_STEP, np.fmax(same, 0.0) + far)
    return np.where(apart & (len(own) > LONG), np.where(before > after, 1, -1), 0)


def _correlated(one: Array, other: Array) -> Array:
    """(S,) the correlation of columns (T, S) over the days that both hold; NaN where one of them stands still."""
    held = np.isfinite(one + other)
    count = np.maximum(held.sum(axis=0), 1)
    a, b = (np.where(held, part - np.sum(part, axis=0, where=held) / count, 0.0) for part in (one, other))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((a * b).sum(axis=0) / np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0)))


def one_way(returns: NDArray[np.floating[Any]]) -> bool:
    """Whether returns (T,) never fall, or never rise: those of a column of prices that was sorted."""
    moved = returns[np.isfinite(returns) & (returns != 0)]
    return len(moved) > LONG and bool((moved > 0).all() or (moved < 0).all())


Later = Callable[[str, int], tuple[Array, NDArray[np.int64]]]
FOREIGN = 3  # rows that a security and its market lack, of which others have figures
AHEAD = 20  # days after the event window that are looked at, where it ends in zeros


def column_doubts(source: EventReturns, later: Later | None = None) -> list[Reason]:
    """Securities whose returns are zero for days on end, go one way, or go with the market's on the day beside; and
    those that lack, with their market, rows on which others have a figure.

    `later` gives a security's returns after a day, and their dates: zeros that begin in the window may go on after it.
    """
    places = source.labels.groupby("security", sort=False).indices
    first = np.array([rows[0] for rows in places.values()], int)
    returns = np.concatenate([source.estimation_returns[first], source.event_returns[first]], axis=1)
    days = np.concatenate([source.estimation_days[first], source.event_days[first]], axis=1)
    sides, foreign = np.zeros(len(first), np.int64), np.zeros(len(first), np.int64)
    if source.estimation_factors.shape[2] and len(first):
        own, factor = source.estimation_returns[first], source.estimation_factors[first, :, 0]
        sides, foreign = day_apart(own.T, factor.T), (between_prices(own) & np.isnan(factor)).sum(axis=1)
    market, found = next(iter(source.factor_names), ""), list[Reason]()
    if later is not None:
        returns, days = _with_zeros_after(list(map(str, places)), returns, days, later)
    ends = [np.flatnonzero(np.diff(np.r_[0, row == 0, 0])) for row in returns]
    found_of = zip(places, days, ends, sides.tolist(), foreign.tolist(), returns, strict=True)
    for name, day, end, side, lacking, row in found_of:
        runs = end[1::2] - end[::2]
        told = [Reason("finding_follows" if side > 0 else "finding_leads", other=market)] if side else []
        if len(runs) and runs.max() >= ZEROS:
            last = pd.Timestamp(int(day[end[1::2][runs.argmax()] - 1]), unit="D")
            told.append(Reason("still_returns", n=int(runs.max()), day=f"{last:%Y-%m-%d}"))
        told += [Reason("finding_one_way")] if one_way(row) and source.kind in RETURNS else []
        if lacking >= FOREIGN:
            told.append(Reason("finding_foreign_rows", n=lacking, of=len(source.estimation)))
        found += [Reason("of_security", security=name, reason=reason) for reason in told]
    return found


def _with_zeros_after(
    names: Sequence[str], returns: Array, days: NDArray[np.int64], later: Later
) -> tuple[Array, NDArray[np.int64]]:
    """Returns (S, T) and their days (S, T), with the zeros that follow a window which ends in a few."""
    more, when = np.full((len(returns), AHEAD), np.nan), np.full((len(returns), AHEAD), -1)
    few_zeros = (returns[:, -1] == 0) & ~(returns[:, -ZEROS:] == 0).all(axis=1)
    for row in np.flatnonzero(few_zeros).tolist():
        held, dates = later(names[row], int(days[row, -1]))
        n = int(np.argmin(np.r_[held == 0, False]))
        more[row, :n], when[row, :n] = held[:n], dates[:n]
    return np.concatenate([returns, more], axis=1), np.concatenate([days, when], axis=1)


def few(doubts: Sequence[Reason]) -> Sequence[Reason]:
    """Doubts of columns, or how many there are."""
    return doubts if len(doubts) <= SPELLED_OUT else (Reason("doubtful_series", n=len(doubts)),)


WHOLE = 0.9  # of the estimation window's returns, below which an event is told


def short_notes(result: AbnormalReturns) -> tuple[str, ...]:
    """Events that were estimated on clearly fewer returns than their window has days."""
    of, source = len(result.estimation), result.source
    if source is not None and source.sessions is not None:  # a return from trade to trade stands for several days
        return ()
    short = np.flatnonzero(result.nobs < WHOLE * of)
    if len(short) > SPELLED_OUT:
        return (str(Reason("short_estimations", n=len(short), of=of, least=int(result.nobs[short].min()))),)
    names = result.labels["security"].astype(str)
    return tuple(str(Reason("short_estimation", security=names.iloc[k], n=int(result.nobs[k]), of=of)) for k in short)
