"""Market values: closes times the share count that was known on the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Evidence, history, price, table
from eventwindow.errors import Figure, NoFigure, Reason

DOLLAR = "USD"
GRACE = pd.Timedelta(days=30)  # how long after the date a filing may still stand in for one before it


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


def share_counts(evidence: Evidence, symbol: str, days: pd.DatetimeIndex) -> pd.DataFrame:
    """The count for each day (n_days rows: shares, as_of, source); an empty row where none is near enough.

    The last cover-page count dated at or before the day; else the first dated within 30 days after it; else the
    last other count before the day (a quarterly average lags); else the first one after it.
    """
    own = _counts(evidence, symbol)
    return own.reindex(_chosen(own, days)).set_index(days)


def _counts(evidence: Evidence, symbol: str) -> pd.DataFrame:
    """All counts of a security (shares, as_of, source), the oldest first."""
    held = table(evidence, "shares")
    by_symbol = evidence.once("share counts", lambda: dict(tuple(held.groupby(held["symbol"].astype(str)))))
    if symbol not in by_symbol:
        raise NoFigure(Reason("no_count", security=symbol))
    own: pd.DataFrame = evidence.once(("share counts", symbol), lambda: _in_order(by_symbol[symbol]))
    return own


def _in_order(counts: pd.DataFrame) -> pd.DataFrame:
    dated = counts[["shares", "as_of", "source"]].assign(as_of=pd.to_datetime(counts["as_of"]))
    return dated.sort_values("as_of", ignore_index=True)


def _chosen(own: pd.DataFrame, days: pd.DatetimeIndex) -> np.ndarray:
    """Rows of `own` that hold on `days`, NONE where there is none."""
    dates, filed = own["as_of"].to_numpy(), (own["source"] == "filing").to_numpy()
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
    """The share count for one day."""
    own = _counts(evidence, symbol)
    place = int(_chosen(own, pd.DatetimeIndex([when]))[0])
    if place == NONE:
        raise NoFigure(Reason("no_count_near", security=symbol, n=GRACE.days, day=when))
    shares, as_of, source = (own[column].to_numpy()[place] for column in ("shares", "as_of", "source"))
    return ShareCount(float(shares), pd.Timestamp(as_of), str(source))


def currency(evidence: Evidence, symbol: str) -> str:
    """The currency in which a security is quoted; dollars where the study says nothing."""
    table = evidence.securities
    if symbol not in table.index or "currency" not in table.columns:
        return DOLLAR
    given = table.at[symbol, "currency"]
    return given if isinstance(given, str) and given else DOLLAR


def in_one_currency(evidence: Evidence, symbols: Iterable[str], when: date) -> tuple[str, dict[str, float]]:
    """The currency in which values of several securities are added, and what one unit of each one's own is worth in it.

    Their own where they share one; else dollars, at the rate of the day: a security JPY=X (yen a dollar) or JPYUSD=X
    (dollars a yen). Without a rate there is no sum.
    """
    own = {symbol: currency(evidence, symbol) for symbol in symbols}
    if len(set(own.values())) <= 1:
        return next(iter(own.values()), DOLLAR), dict.fromkeys(own, 1.0)
    rates = {code: _dollars(evidence, code, when) for code in set(own.values())}
    return DOLLAR, {symbol: rates[code] for symbol, code in own.items()}


def _dollars(evidence: Evidence, code: str, when: date) -> float:
    """Dollars that one unit of a currency is worth on a day."""
    if code == DOLLAR:
        return 1.0
    for symbol, turned in ((f"{code}{DOLLAR}=X", False), (f"{code}=X", True)):
        if symbol in evidence.prices:
            closes = evidence.prices[symbol]["close"].dropna().loc[: pd.Timestamp(when)]
            if len(closes):
                return 1 / float(closes.iloc[-1]) if turned else float(closes.iloc[-1])
    raise NoFigure(Reason("no_rate", currency=code, dollar=DOLLAR))


def market_value(evidence: Evidence, symbol: str, when: date) -> float:
    """Close times shares, in the currency of the listing."""
    return price(evidence, symbol, when) * share_count(evidence, symbol, when).shares


def value_changes(evidence: Evidence, by: str = "dollars") -> pd.DataFrame:
    """Daily changes of market value (or returns, by = "per cent") of the large companies held, date × symbol."""
    closes = large_closes(evidence)
    change = closes.diff()
    if by == "per cent":
        return change / closes.shift(1)
    return change * large_shares(evidence, closes)


def large_closes(evidence: Evidence) -> pd.DataFrame:
    """Closes of the table "megacaps", date × symbol."""
    held = table(evidence, "megacaps")

    def wide() -> pd.DataFrame:
        closes = held.pivot_table(index="date", columns="symbol", values="close")
        return closes.set_axis(pd.DatetimeIndex(closes.index), axis="index").sort_index()

    closes: pd.DataFrame = evidence.once("megacaps", wide)
    return closes


def large_shares(evidence: Evidence, closes: pd.DataFrame) -> pd.DataFrame:
    """Share counts of the large companies on the days of `closes`."""

    def every() -> pd.DataFrame:
        held = large_closes(evidence)
        days = pd.DatetimeIndex(held.index)
        return pd.DataFrame({s: share_counts(evidence, str(s), days)["shares"].astype(float) for s in held.columns})

    shares: pd.DataFrame = evidence.once("megacap shares", every)
    return shares.loc[closes.index]


def longest_closes(evidence: Evidence, symbol: str) -> pd.Series:
    """Closes of the long history where the table "megacaps" holds one, else the study's own."""
    long = _long(evidence, symbol)
    held: pd.Series = history(evidence, symbol)["close"].dropna() if long is None else long
    return held


def longest_returns(evidence: Evidence, symbol: str) -> pd.Series:
    """The study's own total returns, and the price returns of the long history before the first of them; decimals."""
    own, long = evidence.returns[symbol].dropna(), _long(evidence, symbol)
    if long is None or own.empty:
        return own
    earlier: pd.Series = long.pct_change().dropna()
    both: pd.Series = pd.concat([earlier[earlier.index < own.index[0]], own])
    return both


def _long(evidence: Evidence, symbol: str) -> pd.Series | None:
    if "megacaps" not in evidence.tables:
        return None
    closes = large_closes(evidence)
    held: pd.Series | None = closes[symbol].dropna() if symbol in closes.columns else None
    return held
