"""Market values: closes times the share count that was known on the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypedDict, TypeVar

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Evidence
from eventwindow.errors import Figure, Listed, NoFigure, Reason
from eventwindow.estimation.returns import price_for_returns

Held = TypeVar("Held", pd.Series, pd.DataFrame)
DOLLAR = "USD"
SLACK = pd.Timedelta(days=7)  # a history that begins so soon after a day begins with it: closed days, a first return
APART = 0.02  # of one rate from another of the same pair
DEAREST = 5.0  # dollars; no currency's unit is worth as much
GRACE = pd.Timedelta(days=30)  # how long after the date a filing may still stand in for one before it
STALE = pd.Timedelta(days=730)  # a count further from the day says nothing of it


@dataclass(frozen=True, slots=True)
class ShareCount:
    """Shares outstanding as of a date, and where the count comes from."""

    shares: float
    as_of: pd.Timestamp
    source: str

    @property
    def reason(self) -> Reason:
        return Reason("share_count", shares=Figure(self.shares, "shares"), source=source(self.source), day=self.as_of)


def source(given: str) -> Reason | str:
    """Where a count comes from, in words where it is of a known kind."""
    return Reason(f"source_{given.replace(' ', '_')}") if given in SOURCES else given


SOURCES = ("filing", "quarterly fundamentals", "derived", "web statistics")
NONE = -1  # no such row
PAGE = "address"  # the column of a table of counts that names the page of each; a count without one is none


class Counts(NamedTuple):
    """All counts of a security, the oldest first."""

    shares: np.ndarray
    as_of: np.ndarray
    source: np.ndarray
    bare: np.ndarray  # names no source, or no page in a table that names pages


def share_counts(evidence: Evidence, symbol: str, days: pd.DatetimeIndex) -> np.ndarray:
    """The count for each day; NaN where none is near enough.

    The last cover-page count dated at or before the day; else the first dated within 30 days after it; else the
    last other count before the day (a quarterly average lags); else the first one after it. Raises NoFigure where one
    of them is bare.
    """
    counts: np.ndarray = np.append(_counts(evidence, symbol).shares, np.nan)[_chosen(evidence, symbol, days)]
    return counts


def _counts(evidence: Evidence, symbol: str) -> Counts:
    held = evidence.table("shares")
    by_symbol = evidence.once("share counts", lambda: _by_symbol(held))
    if symbol not in by_symbol:
        raise NoFigure(Reason("no_count", security=evidence.name(symbol)))
    return by_symbol[symbol]


def _by_symbol(held: pd.DataFrame) -> dict[str, Counts]:
    dated = held.assign(as_of=pd.to_datetime(held["as_of"])).sort_values("as_of", kind="stable")
    named = [column for column in ("source", PAGE) if column in dated.columns]
    bare = ~dated[named].fillna("").astype(bool).all(axis=1)
    columns = [series.to_numpy() for series in (dated["shares"].astype(float), dated["as_of"], dated["source"], bare)]
    rows = dated.groupby(dated["symbol"].astype(str)).indices
    return {str(symbol): Counts(*(column[at] for column in columns)) for symbol, at in rows.items()}


def _chosen(evidence: Evidence, symbol: str, days: pd.DatetimeIndex) -> np.ndarray:
    """Rows of a security's counts that hold on `days`, NONE where there is none."""
    own = _counts(evidence, symbol)
    chosen = evidence.once(("counts on", symbol, days.to_numpy().tobytes()), lambda: _on(own, days))
    if (bare := own.bare[held := chosen[chosen != NONE]]).any():
        day = pd.Timestamp(own.as_of[held[bare][0]])
        raise NoFigure(Reason("count_without_source", security=evidence.name(symbol), day=day))
    return chosen


def _on(own: Counts, days: pd.DatetimeIndex) -> np.ndarray:
    dates, filed = own.as_of, np.asarray(own.source == "filing")
    soon = _first_after(dates, filed, days)
    soon = np.where(dates[soon] <= (days + GRACE).to_numpy(), soon, NONE)
    chosen = _last_before(dates, filed, days)
    for place in (soon, _last_before(dates, ~filed, days), _first_after(dates, ~filed, days)):
        chosen = np.where(chosen == NONE, place, chosen)
    return chosen


def _last_before(dates: np.ndarray, rows: np.ndarray, days: pd.DatetimeIndex) -> np.ndarray:
    """Places in `dates` of the last of `rows` at or before each day, NONE where there is none."""
    at = np.flatnonzero(rows)
    place = np.searchsorted(dates[at], days.to_numpy(), side="right") - 1
    return np.where(place >= 0, np.append(at, NONE)[place], NONE)


def _first_after(dates: np.ndarray, rows: np.ndarray, days: pd.DatetimeIndex) -> np.ndarray:
    """Places in `dates` of the first of `rows` after each day, NONE where there is none."""
    at = np.flatnonzero(rows)
    return np.append(at, NONE)[np.searchsorted(dates[at], days.to_numpy(), side="right")]


def share_count(evidence: Evidence, symbol: str, when: date) -> ShareCount:
    own = _counts(evidence, symbol)
    place = int(_chosen(evidence, symbol, pd.DatetimeIndex([when]))[0])
    if place == NONE:
        raise NoFigure(Reason("no_count_near", security=evidence.name(symbol), n=GRACE.days, day=when))
    as_of = pd.Timestamp(own.as_of[place])
    if abs(as_of - pd.Timestamp(when)) > STALE:
        raise NoFigure(Reason("no_count_near", security=evidence.name(symbol), n=STALE.days, day=when))
    return ShareCount(float(own.shares[place]), as_of, str(own.source[place]))


def counted_later(evidence: Evidence, symbols: Iterable[str], when: date) -> Reason | None:
    """Which of these values rest on a count of long after the day, as none before it is held; None where none does."""
    used = ((symbol, share_count(evidence, symbol, when).as_of) for symbol in symbols)
    late = [(symbol, day) for symbol, day in used if day > pd.Timestamp(when) + GRACE]
    if not late:
        return None
    return Reason(
        "counted_later",
        names=Listed(Reason("counted_on", name=evidence.name(symbol), day=day) for symbol, day in late),
    )


def currency(evidence: Evidence, symbol: str) -> str:
    """The currency in which a security is quoted; dollars where the study says nothing."""
    return evidence.listed(symbol, "currency") or DOLLAR


def in_one_currency(evidence: Evidence, symbols: Iterable[str], when: date) -> tuple[str, dict[str, float]]:
    """The currency in which values of several securities are added, and what one unit of each one's own is worth in it.

    Their own where they share one; else dollars, at the rate of the day: a security JPY=X or USDJPY=X (yen a dollar) or
    JPYUSD=X (dollars a yen). Without a rate there is no sum.
    """
    own = {symbol: currency(evidence, symbol) for symbol in symbols}
    if len(set(own.values())) <= 1:
        return next(iter(own.values()), DOLLAR), dict.fromkeys(own, 1.0)
    rates = {code: _dollars(evidence, code, when) for code in set(own.values())}
    return DOLLAR, {symbol: rates[code] for symbol, code in own.items()}


def _dollars(evidence: Evidence, code: str, when: date) -> float:
    """Dollars that one unit of a currency is worth on a day, by a rate that can be; where two are held, they agree."""
    if code == DOLLAR:
        return 1.0
    pairs = ((f"{code}{DOLLAR}=X", False), (f"{code}=X", True), (f"{DOLLAR}{code}=X", True))
    gone = evidence.unavailable
    lost = [Reason("no_prices", security=symbol, why=gone[symbol]) for symbol, _ in pairs if symbol in gone]
    worth = {symbol: _worth(evidence, symbol, when, turned) for symbol, turned in pairs if symbol in evidence.prices}
    if not worth:
        raise NoFigure(lost[0] if lost else Reason("no_rate", currency=code, dollar=DOLLAR))
    first, last = min(worth.values()), max(worth.values())
    if last > first * (1 + APART):
        raise NoFigure(Reason("rates_apart", currency=code, day=when, symbols=Listed(worth), low=first, high=last))
    return next(iter(worth.values()))


def _worth(evidence: Evidence, symbol: str, when: date, turned: bool) -> float:
    """Dollars a unit by one rate: its last close of the week before the day."""
    day = pd.Timestamp(when)
    closes = evidence.prices[symbol]["close"].dropna().loc[day - SLACK : day]
    if closes.empty:
        raise NoFigure(Reason("no_rate_near", symbol=symbol, day=when, n=SLACK.days))
    rate = float(closes.iloc[-1])
    found = 1 / rate if turned else rate
    if found > DEAREST:
        raise NoFigure(Reason("rate_turned", symbol=symbol, rate=rate, day=when, dollars=found))
    return found


def market_value(evidence: Evidence, symbol: str, when: date) -> float:
    return evidence.price(symbol, when) * share_count(evidence, symbol, when).shares


def value_changes(evidence: Evidence, by: str = "dollars") -> pd.DataFrame:
    """Daily changes of market value (or returns, by = "per cent") of the large companies held, date × symbol."""
    closes = large_closes(evidence)
    change = closes.diff()
    if by == "per cent":
        return change / closes.shift(1)
    return change * large_shares(evidence, closes)


def large_closes(evidence: Evidence) -> pd.DataFrame:
    held = evidence.table("megacaps")

    def wide() -> pd.DataFrame:
        closes = held.pivot_table(index="date", columns="symbol", values="close")
        return closes.set_axis(pd.DatetimeIndex(closes.index), axis="index").sort_index()

    return evidence.once("megacaps", wide)


def large_shares(evidence: Evidence, closes: pd.DataFrame) -> pd.DataFrame:
    def every() -> pd.DataFrame:
        held = large_closes(evidence)
        days = pd.DatetimeIndex(held.index)
        return pd.DataFrame({s: share_counts(evidence, str(s), days) for s in held.columns}, days)

    return evidence.once("megacap shares", every).loc[closes.index]


def longest_closes(evidence: Evidence, symbol: str) -> pd.Series:
    """Closes as far back as any are held: the study's own, before them a user's file, or the table "megacaps"."""
    own = evidence.history(symbol)["close"].dropna()
    earlier = evidence.earlier[symbol]["close"].dropna() if symbol in evidence.earlier else own.iloc[:0]
    whole: pd.Series = pd.concat([earlier, own])
    long = _long(evidence, symbol)
    return whole if long.empty or whole.index[0] <= long.index[0] else long


def longest_returns(evidence: Evidence, symbol: str) -> pd.Series:
    """The study's own total returns, and before the first of them those of a user's file or of "megacaps"; decimals."""
    own, closes = evidence.returns[symbol].dropna(), [_long(evidence, symbol)]
    if own.empty:
        return own
    if symbol in evidence.earlier:
        closes.insert(0, price_for_returns(pd.concat([evidence.earlier[symbol], evidence.prices[symbol]])).dropna())
    moves = (held.pct_change(fill_method=None).dropna() for held in closes)
    longest = max((one[one.index < own.index[0]] for one in moves), key=len)
    both: pd.Series = pd.concat([longest, own]) if len(longest) else own
    return both


def _long(evidence: Evidence, symbol: str) -> pd.Series:
    """Closes of a large company in the table "megacaps"; of another none."""
    if "megacaps" in evidence.tables and symbol in (closes := large_closes(evidence)).columns:
        return closes[symbol].dropna()
    return pd.Series(dtype=float, index=pd.DatetimeIndex([]))


class Reach(TypedDict, total=False):
    """How far back a history reaches: what of it is not held, or the first day held where all of it is meant."""

    lacking: Reason | None
    since: date


def since_day(held: Held, since: date | None) -> tuple[Held, Reach]:
    """The history from the day that a statement names on, and how far it reaches."""
    if since is None or not len(held):
        return held, Reach(since=held.index[0].date()) if len(held) else Reach()
    first, stamp = pd.Timestamp(held.index[0]), pd.Timestamp(since)
    kept: Held = held.loc[held.index >= stamp]
    if first <= stamp + SLACK:
        return kept, Reach()
    years = str(stamp.year) if first.year - 1 <= stamp.year else f"{stamp.year}\u2013{first.year - 1}"
    part = first.year == stamp.year
    why = Reason("history_begins" if part else "history_lacks", since=stamp, first=first, years=years)
    return kept, Reach(lacking=why)
