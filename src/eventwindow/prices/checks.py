"""What a history must not hold, and what a reader should know of it, each with its date and values."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import frequency
from eventwindow.calendars.exchange import Calendar
from eventwindow.errors import Exchange, Reason
from eventwindow.estimation.event_time import Array
from eventwindow.estimation.returns import price_for_returns
from eventwindow.estimation.unlikely import UNLIKELY, one_way, split_of
from eventwindow.prices.history import PriceHistory

LARGE = 0.40  # a return beyond it, away from an event, is more often a missed split than news
SMALL_SPLITS = ((5, 4), (4, 3))  # falls that news brings as well: told where the day was quiet
CALM_SPLITS = ((11, 10), (6, 5), *SMALL_SPLITS)  # stock dividends: told, and so is a reverse split, of a calm day
SMALL_DAYS, SMALL_MOST = 2.0, 0.02  # as below, of such a day
QUIET, CALM = 2.5, 1.5  # times the usual volume below which a day is quiet, or so calm that news is no reason
USUAL = 20  # sessions whose median is the usual volume
LEAST_SPLIT = min(np.log(new / old) for new, old in CALM_SPLITS) - SMALL_MOST  # in logs
UNITS, UNITS_SLACK = (100.0, 1000.0), 0.3  # pence for pounds, a thousand for one; give or take the day's own move
BEYOND = 700.0  # times in a day: no price of a share that is traded
DIVIDEND_SHARE = 0.25  # of the close before; a dividend above it is rare
NO_SHARE = re.compile(r"^\^|=[FX]$")  # Yahoo's symbols of indices, futures and exchange rates: nothing there is split
SATURDAY = 5
STILL = 1e-9  # a relative change below it is none
REPEATED = 4  # equal closes in a row
RANGE_SLACK = 1e-5  # of the price: quotes are rounded and restated
SPIKE, SPIKE_DAYS = 0.1, 8.0  # a move that is undone the next day: at least, and times the usual move of a day
SPIKE_LEFT = 0.4  # of the smaller of both moves: what news of the day may leave of them
DIVIDEND_IMPLIED = 0.1  # of the price, where no dividend is told
DIVIDEND_SLACK = 5e-4  # of a daily return, at least; quotes rounded to a hundredth may move it by more
TICK = 0.011
HALT = 14  # calendar days without a price after which it is no halt but an end
SOME = 10  # sessions whose median tells of volumes from a day on
LONG = 60  # days from which on a correlation of moves says something
UNDONE = -0.4  # correlation of moves with those of the day before, below which the figures are no prices
SPLITS_TOLD = ("split_repaired", "split_unclear")  # notes on what a source tells of splits
SHIFTED = 3  # days without a session on which closes move: more than calendars and sources err


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in the prices of one security. An "error" excludes the security, a "warning" is reported."""

    symbol: str
    level: Literal["error", "warning"]
    kind: str  # a key of the catalogues' findings
    date: pd.Timestamp | None
    figures: Mapping[str, float | str]

    @property
    def reason(self) -> Reason:
        found = Reason(f"finding_{self.kind}", **self.figures)
        return found if self.date is None else Reason("dated", day=f"{self.date:%Y-%m-%d}", reason=found)


def warning(symbol: str, kind: str, day: pd.Timestamp | None = None, /, **figures: float | str) -> Finding:
    return Finding(symbol, "warning", kind, day, figures)


def fault(symbol: str, kind: str, day: pd.Timestamp | None = None, /, **figures: float | str) -> Finding:
    """What excludes the security."""
    return Finding(symbol, "error", kind, day, figures)


def nothing(_: pd.Timestamp) -> float:
    """What the other securities did, where there are none."""
    return 0.0


def check_history(
    history: PriceHistory,
    calendar: Calendar,
    *,
    day_zero: Mapping[str, pd.Timestamp] | None = None,
    currency: str = "",
    others: Iterable[pd.Timestamp] = (),
    around_the_clock: bool = False,
    windows: Iterable[tuple[pd.Timestamp, pd.Timestamp]] = (),
    common: Callable[[pd.Timestamp], float] = nothing,
) -> list[Finding]:
    """All findings on one security, errors first, then by date.

    `day_zero` names the session of each event, `others` are further days on which a large return is no surprise;
    `currency` is the study's for this security; `windows` are the first and last session of the event windows. What is
    traded `around_the_clock` may move when its exchange is closed. `common` is the log move of the other securities
    on a day: what is left of a move without it must be strange by itself.
    """
    frame, events = history.frame, dict(day_zero or {})
    found = [*_sparse(history.symbol, frame), *_errors(history.symbol, frame, events)]
    if not any(finding.level == "error" for finding in found if finding.kind != "no_day_zero"):
        found += _calendar_findings(history.symbol, frame, calendar, around_the_clock)
        if padding := [finding.date for finding in found if finding.kind == "no_session"]:  # no one reads them
            frame = frame.drop(padding)
            history = replace(history, frame=frame)
        found += [*_row_warnings(history.symbol, frame), *_other_units(history.symbol, frame)]
        close = closes(frame)
        found += _undone_moves(history.symbol, close.to_numpy(float))
        found += _return_warnings(history.symbol, close, [*events.values(), *others], common)
        found += _adjustment_warnings(history)
        impossible = _without_undone(list(_impossible(history, close, common)), frame)
        if broken := {f.date for f in impossible if f.kind == "units"}:  # what else such a price does follows from it
            found = [f for f in found if f.date not in broken]
            impossible = [f for f in impossible if f.kind == "units" or f.date not in broken]
        told = {("large_return", f.date) for f in impossible} | {("large_on_event", f.date) for f in impossible}
        found = [f for f in found if (f.kind, f.date) not in told] + impossible
        found += _halts(history.symbol, frame, close, list(windows), common)
        found += _earlier(history)
    for note in history.note.parts if history.note else ():
        if note.key in SPLITS_TOLD:
            found.append(warning(history.symbol, note.key, pd.Timestamp(note.value("day")), ratio=note.value("ratio")))
    if history.currency and currency and history.currency != currency:
        found.append(warning(history.symbol, "currency", quoted=history.currency, expected=currency))
    return sorted(found, key=lambda f: (f.level, pd.Timestamp(0) if f.date is None else f.date, f.kind))


def _without_undone(found: list[Finding], frame: pd.DataFrame) -> list[Finding]:
    """Without the splits of moves that the next session undoes: those are told as one price that is wrong."""
    undone = {f.date for f in found if f.kind == "reversal"}
    if not undone:
        return found
    undone |= {day for before, day in pairwise(frame.index) if before in undone}
    return [f for f in found if f.kind != "split_ratio" or f.date not in undone]


def doubts(history: PriceHistory) -> int:
    """How many days of a history its own figures speak against: of two answers, the one with fewer is the better."""
    symbol, close = history.symbol, closes(history.frame)
    found = [*_row_warnings(symbol, history.frame), *_return_warnings(symbol, close, [])]
    found += [*_impossible(history, close), *_adjustment_warnings(history)]
    return sum(finding.kind != "no_volume" for finding in found)


def _errors(symbol: str, frame: pd.DataFrame, events: Mapping[str, pd.Timestamp]) -> Iterator[Finding]:
    for column in ("open", "high", "low", "close", "adj_close"):
        values = frame[column].to_numpy(float)
        for i in np.flatnonzero(values <= 0).tolist():
            value = float(np.min(values[frame.index == frame.index[i]]))
            yield fault(symbol, "not_positive", frame.index[i], column=column, value=value)
    for i in np.flatnonzero(frame.index.duplicated()).tolist():
        yield fault(symbol, "duplicate_date", frame.index[i])
    for event, day in events.items():
        if day not in frame.index and not _halted(frame, day):
            yield fault(symbol, "no_day_zero", day, event=event)


def _sparse(symbol: str, frame: pd.DataFrame) -> Iterator[Finding]:
    if found := frequency(pd.DatetimeIndex(frame.index)):
        yield fault(symbol, found[0], days=found[1])


def _halted(frame: pd.DataFrame, day: pd.Timestamp) -> bool:
    """Whether trade stopped before `day` and began again within `HALT` days: its return is held over the halt."""
    after = frame.index[frame.index > day]
    return bool(len(after) and (frame.index < day).any() and after[0] - day <= pd.Timedelta(days=HALT))


def traded_days(frame: pd.DataFrame) -> pd.DatetimeIndex:
    """The days with a close, but for weekends and days of no volume on which it is that of the day before."""
    close = closes(frame)
    still = close.pct_change(fill_method=None).abs().le(STILL)
    volume = frame["volume"].reindex(close.index)
    idle = volume.eq(0) | (volume.isna() & (pd.DatetimeIndex(close.index).weekday >= SATURDAY))
    return pd.DatetimeIndex(close.index[~(still & idle)])


def _calendar_findings(
    symbol: str, frame: pd.DataFrame, calendar: Calendar, around_the_clock: bool
) -> Iterator[Finding]:
    """Sessions without a row, and rows without a session: padding repeats the close before, shifted prices move."""
    sessions = calendar.sessions
    within = sessions[(sessions >= frame.index[0]) & (sessions <= frame.index[-1])]
    if within.equals(frame.index):
        return
    for day in within.difference(frame.index):
        yield warning(symbol, "missing_session", day)
    reach = frame.index[(frame.index >= sessions[0]) & (frame.index <= sessions[-1])]
    strange = reach.difference(sessions)
    change = closes(frame).pct_change(fill_method=None).reindex(strange).fillna(0.0)
    moved = change[change.abs() > STILL]
    for day in strange.difference(moved.index):
        yield warning(symbol, "no_session", day)
    for day, value in moved.items():
        yield warning(symbol, "moves", pd.Timestamp(str(day)), value=float(value))
    if len(moved) >= SHIFTED and not around_the_clock:
        yield fault(symbol, "wrong_calendar", moved.index[0], days=len(moved), mic=Exchange(calendar.mic))


def closes(frame: pd.DataFrame) -> pd.Series:
    """The closes of a history; adjusted ones where it holds no others."""
    quoted = frame["close"]
    if not (missing := np.isnan(quoted.to_numpy(float))).any():
        return quoted
    return frame["adj_close"].dropna() if missing.all() else quoted[~missing]


def _row_warnings(symbol: str, frame: pd.DataFrame) -> Iterator[Finding]:
    columns = ("high", "low", "close", "volume")
    high, low, close, volume = (frame[column].to_numpy(float) for column in columns)
    for i in np.flatnonzero(high < low).tolist():
        yield warning(symbol, "high_below_low", frame.index[i], high=float(high[i]), low=float(low[i]))
    slack = RANGE_SLACK * close
    for i in np.flatnonzero((high >= low) & ((close > high + slack) | (close < low - slack))).tolist():
        yield warning(
            symbol, "outside_range", frame.index[i], close=float(close[i]), low=float(low[i]), high=float(high[i])
        )
    if (volume > 0).any():
        for day in frame.index[volume == 0]:
            yield warning(symbol, "no_volume", day)


def _other_units(symbol: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """Volumes that are a hundred or a thousand times those before, from a day on."""
    held = frame["volume"].to_numpy(float) > 0
    logs = np.log(frame["volume"].to_numpy(float)[held])
    if not len(logs) or np.ptp(logs) < np.log(min(UNITS)) - UNITS_SLACK:  # as every two medians of them
        return
    volume = pd.Series(logs, frame.index[held])
    apart = volume[::-1].rolling(SOME).median()[::-1] - volume.rolling(USUAL).median().shift(1)
    near = min((np.abs(np.abs(apart) - np.log(unit)) for unit in UNITS), key=np.min, default=apart)
    if (near < UNITS_SLACK).any():
        day = apart.index[int(near.argmin())]
        yield warning(symbol, "volume_units", day, times=float(f"{np.exp(apart[day]):.2g}"))


def _undone_moves(symbol: str, close: Array) -> Iterator[Finding]:
    """Closes whose moves undo each other, as those of returns do that were given for prices, or go one way alone."""
    moves = close[1:] / close[:-1] - 1
    if one_way(moves):
        yield warning(symbol, "one_way")
    ranks = pd.Series(moves).rank().to_numpy()
    if len(close) > LONG and np.ptp(ranks) and (value := float(np.corrcoef(ranks[1:], ranks[:-1])[0, 1])) < UNDONE:
        yield warning(symbol, "undone_moves", value=value)


def _return_warnings(
    symbol: str, close: pd.Series, expected: list[pd.Timestamp], common: Callable[[pd.Timestamp], float] = nothing
) -> Iterator[Finding]:
    """Closes that stand still for `REPEATED` sessions, and returns beyond `LARGE` off the days expected."""
    moved = np.flatnonzero(np.diff(close.to_numpy(), prepend=np.nan, append=np.nan) != 0)
    for first, after in pairwise(moved):
        if after - first >= REPEATED:
            values = {"close": float(close.iloc[first]), "days": float(after - first)}
            yield warning(symbol, "repeated_close", close.index[int(after) - 1], **values)
    for day, ratio in _moves(close):
        value = ratio - 1
        if abs(value) > LARGE and abs(ratio / np.exp(common(day)) - 1) > LARGE:
            share, news = not NO_SHARE.search(symbol), day in expected
            kind = "large_on_event" if share else "move_on_event"
            kind = kind if news else "large_return" if share else "large_move"
            yield warning(symbol, kind, day, value=value)


def _moves(close: pd.Series, least: float = LEAST_SPLIT) -> Iterator[tuple[pd.Timestamp, float]]:
    """The days on which a price moved by `least` or more in logs, with its ratio to the one before."""
    values = close.to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = values[1:] / values[:-1]
        far = ~(np.abs(np.log(ratio)) < least) & ~np.isnan(ratio)  # a price below zero moved, too
    for i in np.flatnonzero(far).tolist():
        yield close.index[i + 1], float(ratio[i])


def _impossible(
    history: PriceHistory, close: pd.Series, common: Callable[[pd.Timestamp], float] = nothing
) -> Iterator[Finding]:
    """Moves that no market makes, on any day: of what returns are computed from, and of the close."""
    frame, symbol = history.frame, history.symbol
    yield from _adjusted_missing(symbol, frame)
    adjusted = price_for_returns(frame).dropna()
    usual = _usual(close)
    for day, ratio in _moves(close):  # the others are neither a split's nor a unit's
        times = max(ratio, 1 / ratio)
        if times > BEYOND or any(abs(np.log(times / unit)) < UNITS_SLACK for unit in UNITS):
            yield fault(symbol, "units", day, times=ratio)
        elif (split := _split_on(day, ratio, frame, usual, common)) and not NO_SHARE.search(symbol):
            yield warning(symbol, "split_ratio", day, value=ratio - 1, split=split)
    for day, ratio in _moves(adjusted):
        if not UNLIKELY[0] <= ratio - 1 <= UNLIKELY[1] and not NO_SHARE.search(symbol):
            yield warning(symbol, "implausible_return", day, value=ratio - 1)
    yield from _large_dividends(history, close)
    yield from _reversals(symbol, close, usual)


def _reversals(symbol: str, close: pd.Series, usual: float) -> Iterator[Finding]:
    """Moves that the next session undoes: one price that is wrong."""
    move = np.diff(np.log(close.to_numpy(float)), prepend=np.nan)
    for i in np.flatnonzero(np.abs(move[:-1]) > max(SPIKE, SPIKE_DAYS * usual)).tolist():
        there, back = float(move[i]), float(move[i + 1])
        least, left = min(abs(there), abs(back)), abs(there + back)
        if least > max(SPIKE, SPIKE_DAYS * usual) and left < max(SPIKE_DAYS / 2 * usual, SPIKE_LEFT * least):
            yield warning(symbol, "reversal", close.index[i], value=float(np.expm1(there)), back=float(np.expm1(back)))


def _earlier(history: PriceHistory) -> Iterator[Finding]:
    """What makes the rows before the study unfit for a claim about history; the study itself does not rest on them."""
    if history.earlier is not None:
        older = replace(history, frame=history.earlier, dividends=None, earlier=None)
        wrong = list(_errors(history.symbol, history.earlier, {}))
        for finding in wrong or _impossible(older, closes(older.frame)):
            yield replace(finding, level="warning")


def _split_on(
    day: pd.Timestamp, ratio: float, frame: pd.DataFrame, usual: float, common: Callable[[pd.Timestamp], float]
) -> str:
    """The split whose ratio a day's move has, as it is and without what the other securities did; "" where none."""
    move, others, slack = float(np.log(ratio)), common(day), min(SMALL_DAYS * usual, SMALL_MOST)
    if split := split_of(move, others, usual):
        return split
    alone = move - others
    small = [f"{new}:{old}" for new, old in SMALL_SPLITS if _both(move, alone, np.log(old / new)) <= slack]
    far = abs(alone) > SPIKE_DAYS * usual
    if not (small or far):
        return ""
    traded = _times_usual(frame["volume"], day)
    if far and traded < CALM and abs(move - _adjusted_move(frame, day)) <= slack:
        pairs = [one for pair in CALM_SPLITS for one in (pair, pair[::-1])]
        small += [f"{new}:{old}" for new, old in pairs if _both(move, alone, np.log(old / new)) <= slack]
    return small[0] if small and not traded > QUIET else ""


def _both(move: float, alone: float, ratio: float) -> float:
    """How far a move is from a split's, as it is or without the others': the farther of the two, all in logs."""
    return max(abs(move - ratio), abs(alone - ratio))


def _adjusted_move(frame: pd.DataFrame, day: pd.Timestamp) -> float:
    """The log move of the adjusted close, NaN where none is held: that of the close but for a dividend."""
    held = frame["adj_close"].loc[:day].iloc[-2:]
    return float(np.log(held.iloc[-1] / held.iloc[0])) if held.notna().all() else np.nan


def _times_usual(volume: pd.Series, day: pd.Timestamp) -> float:
    """A day's volume over the usual one, NaN where none is held: news brings volume, a split does not."""
    at, values = int(volume.index.searchsorted(day)), volume.to_numpy(float)
    before = values[max(at - USUAL, 0) : at]
    held = float(np.nanmedian(before)) if not np.isnan(before).all() else 0.0
    return float(values[at]) / held if held else np.nan


def _usual(close: pd.Series) -> float:
    """The median of what a close moves in a day, in logs."""
    values = close.to_numpy(float)
    return float(np.nanmedian(np.abs(np.log(values[1:] / values[:-1])))) if len(values) > 1 else 0.0


def _adjusted_missing(symbol: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """Adjusted closes that are lacking where others are held: returns are computed from them."""
    lacking = np.isnan(frame["adj_close"].to_numpy(float))
    if not lacking.any():
        return
    missing = frame.index[lacking & frame["close"].notna().to_numpy()]
    if not lacking.all() and len(missing):
        yield warning(symbol, "adjusted_missing", missing[0], days=float(len(missing)), last=f"{missing[-1]:%Y-%m-%d}")


def _large_dividends(history: PriceHistory, close: pd.Series) -> Iterator[Finding]:
    if history.dividends is None:
        return
    before = close.shift(1).reindex(history.dividends.index)
    large = (history.dividends > DIVIDEND_SHARE * before).to_numpy()
    for day, paid, close_before in zip(
        history.dividends.index[large], history.dividends[large], before[large], strict=True
    ):
        yield warning(history.symbol, "large_dividend", day, dividend=float(paid), close=float(close_before))


def _halts(
    symbol: str,
    frame: pd.DataFrame,
    close: pd.Series,
    windows: Sequence[tuple[pd.Timestamp, pd.Timestamp]],
    common: Callable[[pd.Timestamp], float],
) -> Iterator[Finding]:
    """Sessions of an event window whose close is the one before: without a trade, where volumes tell, a halt.

    Without volumes, one close that repeats is told where no range of the day shows a trade, and the close before
    repeats too or the other securities moved: two closes of a day that nothing moves are often equal to the cent.
    """
    volume, still = frame["volume"], close.index[1:][np.diff(close.to_numpy(float)) == 0].tolist()
    for day in [day for day in still if any(first <= day <= last for first, last in windows)]:
        if (volume > 0).any() and volume[day] == 0:
            yield warning(symbol, "halted", day)
        elif not volume[day] > 0 or volume[day] == volume.shift(1)[day]:  # a row that repeats the one before
            ranged = _ranged(frame, day)
            if not ranged and (ranged is False or _standing(close, still, day, common)):
                yield warning(symbol, "repeated_in_window", day, close=float(close[day]))


def _ranged(frame: pd.DataFrame, day: pd.Timestamp) -> bool | None:
    """Whether the day's own range shows a trade; False where it is the row before once more, None where it has none."""
    at = int((frame.index < day).sum())
    own, before = (frame[["open", "high", "low"]].iloc[k].to_numpy(float) for k in (at, at - 1))
    if np.isnan(own[1:]).any() or own[1] == own[2]:
        return None
    return not np.array_equal(own, before)


def _standing(
    close: pd.Series, still: Sequence[pd.Timestamp], day: pd.Timestamp, common: Callable[[pd.Timestamp], float]
) -> bool:
    """Whether a close stands still for more than a day, or on a day on which the others do not."""
    at = int((close.index < day).sum())
    near = [close.index[k] for k in (at - 1, at + 1) if 0 <= k < len(close)]
    return any(other in still for other in near) or abs(common(day)) > _usual(close)


def _adjustment_warnings(history: PriceHistory) -> Iterator[Finding]:
    """Days on which the adjusted close moves otherwise than the close and the dividend of the day explain.

    Where the source tells no dividends, only an adjusted close that falls behind the close is certainly wrong.
    """
    columns = np.column_stack([history.frame[column].to_numpy(float) for column in ("close", "adj_close")])
    held = ~np.isnan(columns).any(axis=1)
    (close, after), days = columns[held].T, history.frame.index[held]
    paid = np.zeros(max(0, len(days) - 1))
    if history.dividends is not None:
        paid = history.dividends.reindex(days).fillna(0.0).to_numpy(float)[1:]
    raw, adjusted, before = close[1:] / close[:-1] - 1, after[1:] / after[:-1] - 1, close[:-1]
    unexplained = adjusted - (close[1:] / (before - paid) - 1)  # Yahoo's factor is 1 - dividend / close before
    reinvested = adjusted - (raw + paid / before)
    unexplained = np.where(np.abs(unexplained) < np.abs(reinvested), unexplained, reinvested)
    slack = np.maximum(TICK / np.minimum(close, after)[1:], DIVIDEND_SLACK)
    wrong = np.abs(unexplained) > slack if history.dividends is not None else unexplained < -slack
    for i in np.flatnonzero(wrong).tolist():
        values = {"adjusted": float(adjusted[i]), "raw": float(raw[i]), "dividend": float(paid[i])}
        yield warning(history.symbol, "adjustment", days[i + 1], **values)
    with np.errstate(invalid="ignore", over="ignore"):  # closes beyond all numbers are told by another check
        share = 1 - (1 + raw) / (1 + adjusted)  # of the price before, taken for a dividend
    for i in np.flatnonzero((share > DIVIDEND_IMPLIED) & (history.dividends is None)).tolist():
        values = {"raw": float(raw[i]), "adjusted": float(adjusted[i]), "share": float(share[i])}
        yield warning(history.symbol, "implied_dividend", days[i + 1], **values)
