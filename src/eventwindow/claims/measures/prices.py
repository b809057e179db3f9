"""Prices and returns of named securities: on a day, over a span, and their place in the history that is held."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import (
    Day,
    Evidence,
    Members,
    Symbol,
    moved,
    span_of_return,
    with_figures,
)
from eventwindow.claims.market_value import longest_closes, longest_returns, since_day
from eventwindow.claims.model import Measure, Measured, OnDay, made_of
from eventwindow.errors import Figure, Listed, NoFigure, Reason
from eventwindow.estimation.returns import price_for_returns

SHOWN = 3  # larger moves that a sentence names
NAMED = 8  # securities that a sentence names
HISTORY = ("prices", "megacaps")


@dataclass(frozen=True, slots=True)
class Return(OnDay):
    """Total return from the session before `date` to the close of `date`, or of `until`; decimal.

    With `path` the return to the close of every session up to `until` is held against the statement.
    """

    until: Day | None = None
    path: bool = False

    def measure(self, evidence: Evidence) -> Measured:
        evidence.history(self.security)
        until = self.until or self.date
        value = evidence.total_return(self.security, self.date, until)
        values = {"who": evidence.name(self.security), "moved": moved(value), "when": span_of_return(self.date, until)}
        try:
            start = evidence.previous_close(self.security, self.date)
            closes = {"start": start, "end": evidence.price(self.security, until)}
        except NoFigure:  # the source holds returns and no closes
            return Measured(value, "decimal", Reason("return", **values), horizons=self._horizons(evidence))
        return Measured(
            value, "decimal", Reason("return_closes", **values, **closes), horizons=self._horizons(evidence)
        )

    def _horizons(self, evidence: Evidence) -> tuple[tuple[Day, float], ...]:
        """The return to the close of each session up to the last."""
        if not self.path:
            return ()
        moves = evidence.returns[self.security].loc[pd.Timestamp(self.date) : pd.Timestamp(self.until or self.date)]
        wealth = (1 + moves.dropna()).cumprod() - 1
        return tuple((pd.Timestamp(d).date(), float(v)) for d, v in zip(wealth.index, wealth, strict=True))


@dataclass(frozen=True, slots=True)
class OpeningGap(OnDay):
    """Open over the close before, less one, decimal. Daily data hold no pre-market prints: the open stands in."""

    def measure(self, evidence: Evidence) -> Measured:
        start = evidence.previous_close(self.security, self.date)
        opened = evidence.price(self.security, self.date, "open")
        gap = opened / start - 1
        values = {"who": evidence.name(self.security), "when": self.date, "open": opened, "close": start}
        reason = Reason("opening_gap", gap=moved(gap, "opened"), **values)
        return Measured(gap, "decimal", reason, made_of("price", previous_close=start, open=opened))


@dataclass(frozen=True, slots=True)
class DayRange(OnDay):
    """Low and high of the day over the close (a future: settlement) before, less one, decimals; the value is the low.

    A quoted moment inside the day is not in daily data: a stated range is held against the whole span.
    """

    def measure(self, evidence: Evidence) -> Measured:
        start = evidence.previous_close(self.security, self.date)
        moves = {
            at: evidence.price(self.security, self.date, at) / start - 1 for at in ("open", "high", "low", "close")
        }
        shown = {at: Figure(move, "decimal") for at, move in moves.items()}
        reason = Reason("day_range", who=evidence.name(self.security), when=self.date, start=start, **shown)
        return Measured(
            moves["low"], "decimal", reason, made_of("decimal", **moves), interval=(moves["low"], moves["high"])
        )


@dataclass(frozen=True, slots=True)
class PriceLevel(OnDay):
    """The quoted price on `date`, in the currency of the listing, with splits after the study's end undone."""

    unit = "price"

    at: Literal["open", "high", "low", "close"] = "close"

    def measure(self, evidence: Evidence) -> Measured:
        value = evidence.price(self.security, self.date, self.at)
        values = {"who": evidence.name(self.security), "when": self.date, "price": value}
        return Measured(value, "price", Reason("price_level", at=Reason(f"price_{self.at}"), **values))


@dataclass(frozen=True, slots=True)
class Points(OnDay):
    """The quoted close of `date`, or of `until`, less that of the session before `date`: points of an index."""

    unit = "index_points"

    until: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        until = self.until or self.date
        start = evidence.previous_close(self.security, self.date)
        end = evidence.price(self.security, until)
        values = {"who": evidence.name(self.security), "when": until, "start": start, "end": end}
        reason = Reason("points", change=Figure(end - start, "index_points"), **values)
        return Measured(end - start, "index_points", reason, made_of("price", previous_close=start, close=end))


@dataclass(frozen=True, slots=True)
class LowestClose(Measure):
    """The lowest close from `date` to `until`, both included, in the currency of the listing."""

    unit = "price"

    security: Symbol
    date: Day
    until: Day

    def measure(self, evidence: Evidence) -> Measured:
        first, last = (evidence.session(self.security, d) for d in (self.date, self.until))
        closes = evidence.history(self.security)["close"].loc[first:last]
        if closes.isna().any() or closes.empty:
            raise NoFigure(Reason("close_missing", security=evidence.name(self.security)))
        value, when = float(closes.min()), pd.Timestamp(closes.index[int(closes.argmin())])
        values = {"who": evidence.name(self.security), "first": first, "last": last, "price": value, "when": when}
        parts = made_of("price", **{f"{d:%Y-%m-%d}": c for d, c in closes.items()})
        return Measured(value, "price", Reason("lowest_close", **values), parts)


@dataclass(frozen=True, slots=True)
class Record(Measure):
    """How many earlier closes held were at least as low (`kind = "low"`) or as high; 0 is a record. A count.

    Closes from `since` on, where the statement names a day; else all that are held.
    """

    unit = "count"
    needs = HISTORY

    security: Symbol
    date: Day
    kind: Literal["low", "high"] = "low"
    since: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        close = evidence.price(self.security, self.date)
        held, reach = since_day(longest_closes(evidence, self.security), self.since)
        earlier = held.loc[held.index < pd.Timestamp(self.date)]
        if earlier.empty:
            raise NoFigure(Reason("no_earlier_close", security=evidence.name(self.security), day=self.date))
        beyond = earlier <= close if self.kind == "low" else earlier >= close
        count, share = int(beyond.sum()), float(beyond.mean())
        values = {"who": evidence.name(self.security), "close": close, "when": self.date, "earlier": len(earlier)}
        key = f"was_no_{self.kind}" if count else f"record_{self.kind}"
        reason = Reason(key, n=count, share=Figure(share, "share"), since=pd.Timestamp(earlier.index[0]), **values)
        parts = made_of("price", close=close) | made_of("share", share_of_closes=share)
        return Measured(float(count), "count", reason, parts, **reach)


@dataclass(frozen=True, slots=True)
class RecoveredShare(Measure):
    """Share of the loss of `date` recovered by the close of the `sessions`-th session after it.

    Total returns; a basket is the mean of its members' wealth, equal amounts held from the close before the loss.
    With `path` the share at the close of every session up to it is held against the statement.
    """

    unit = "share"

    members: Members
    date: Day
    sessions: int
    path: bool = False

    def measure(self, evidence: Evidence) -> Measured:
        symbols = evidence.members(self.members)
        later = self._later(evidence, symbols, self.sessions)
        loss = float(np.mean([evidence.total_return(s, self.date, self.date) for s in symbols]))
        if loss >= 0:
            raise NoFigure(Reason("no_loss", day=self.date))
        share = (later - loss) / -loss
        since = (1 + later) / (1 + loss) - 1
        reason = Reason(
            "lost_and_stood" if self.path else "won_back" if share > 0 else "no_rebound",
            who=evidence.named(self.members),
            n=len(symbols),
            lost=Figure(-loss, "decimal", sign=False),
            when=self.date,
            until=evidence.before(symbols[0], self.date, -self.sessions),
            stood=Figure(later, "decimal"),
            share=Figure(abs(share), "share"),
            back=Figure(share, "share"),
            since=Figure(abs(since), "decimal", sign=False),
        )
        parts = made_of("decimal", that_day=loss, since_before=later)
        horizons = [  # the share at the close of each session up to the last
            (evidence.before(symbols[0], self.date, -k).date(), (self._later(evidence, symbols, k) - loss) / -loss)
            for k in (range(1, self.sessions + 1) if self.path else ())
        ]
        return Measured(share, "share", reason, parts, horizons=tuple(horizons))

    def _later(self, evidence: Evidence, symbols: Sequence[str], sessions: int) -> float:
        """The mean return from the close before to the close of a later session."""
        ends = [evidence.before(s, self.date, -sessions) for s in symbols]
        return float(np.mean([evidence.total_return(s, self.date, e) for s, e in zip(symbols, ends, strict=True)]))


@dataclass(frozen=True, slots=True)
class OvernightShare(OnDay):
    """Log return from the close before to the open over the log return to the close; above 1, the session reversed."""

    unit = "share"

    def measure(self, evidence: Evidence) -> Measured:
        start = evidence.previous_close(self.security, self.date)
        opened, closed = (evidence.price(self.security, self.date, at) for at in ("open", "close"))
        if closed == start:
            raise NoFigure(Reason("ended_where_it_began"))
        share = float(np.log(opened / start) / np.log(closed / start))
        moves = {"overnight": opened / start - 1, "session": closed / opened - 1}
        shown = {key: Figure(move, "decimal") for key, move in moves.items()}
        values = {"who": evidence.name(self.security), "when": self.date, "share": Figure(share, "share")}
        return Measured(share, "share", Reason("overnight_share", **values, **shown), made_of("decimal", **moves))


@dataclass(frozen=True, slots=True)
class Breadth(Measure):
    """The share of `members` that were `side` ("up" or "down") on the day or to `until`, at the close or the open."""

    unit = "share"

    members: Members
    date: Day
    side: Literal["up", "down"]
    at: Literal["close", "open"] = "close"
    until: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        moves, missing = each_held(evidence.members(self.members), lambda s: self._move(evidence, s))
        if not moves:
            raise NoFigure(Reason("none_has_a_figure"))
        with_it = [s for s, r in moves.items() if (r > 0 if self.side == "up" else r < 0)]
        against = sorted((s for s in moves if s not in with_it), key=lambda s: -abs(moves[s]))
        reason = Reason.sentences(
            Reason(
                "breadth" if against else "breadth_all",
                when=span_of_return(self.date, self.until or self.date),
                n=len(with_it),
                held=len(moves),
                moved=Reason(f"{self.at}_{self.side}"),
                who=evidence.named(self.members),
                others=_shown(evidence, moves, against),
            ),
            Reason("not_held", names=evidence.named(missing)) if missing else None,
        )
        parts = made_of("number", moved_so=len(with_it), held=len(moves)) | made_of("decimal", **moves)
        return Measured(len(with_it) / len(moves), "share", reason, parts)

    def _move(self, evidence: Evidence, symbol: str) -> float:
        if self.at == "open":
            return OpeningGap(symbol, self.date).measure(evidence).value or 0.0
        return evidence.total_return(symbol, self.date, self.until or self.date)


def each_held(symbols: Sequence[str], figure: Callable[[str], float]) -> tuple[dict[str, float], list[str]]:
    """The figure of every security that has one, and the securities that have none."""
    found: dict[str, float] = {}
    missing: list[str] = []
    for symbol in symbols:
        try:
            found[symbol] = figure(symbol)
        except NoFigure:
            missing.append(symbol)
    return found, missing


def _shown(evidence: Evidence, moves: dict[str, float], chosen: list[str]) -> Listed | Reason:
    """The first of some securities with their moves, and how many more there are."""
    items = with_figures((evidence.name(s), moves[s]) for s in chosen[:NAMED])
    rest = len(chosen) - len(items)
    return Reason("and_more", items=items, n=rest) if rest else items


@dataclass(frozen=True, slots=True)
class MembersRank(Measure):
    """The place of the security among `members` by return on the day or to `until`; 1 fell ("down") or rose most."""

    unit = "rank"

    security: Symbol
    members: Members
    date: Day
    side: Literal["down", "up"] = "down"
    until: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        until = self.until or self.date
        among = dict.fromkeys([self.security, *evidence.members(self.members)])
        moves, missing = each_held(list(among), lambda s: evidence.total_return(s, self.date, until))
        if self.security not in moves or len(moves) == 1:
            raise NoFigure(Reason("none_has_a_figure"))
        way = 1 if self.side == "down" else -1
        order = sorted(moves, key=lambda s: way * moves[s])
        rank = 1 + sum(way * moves[s] < way * moves[self.security] for s in moves)
        reason = Reason.sentences(
            Reason(
                "members_rank",
                who=evidence.name(self.security),
                moved=moved(moves[self.security]),
                when=span_of_return(self.date, until),
                rank=rank,
                side=Reason(f"largest_{self.side}"),
                n=len(moves),
                order=_shown(evidence, moves, order),
            ),
            Reason("not_held", names=evidence.named(missing)) if missing else None,
        )
        return Measured(float(rank), "rank", reason, made_of("decimal", **moves))


@dataclass(frozen=True, slots=True)
class ReturnRank(Measure):
    """1 if no day held up to `date` saw a larger fall ("down") or rise ("up") of the security.

    The longest history held, from `since` on where the statement names a day: total returns, and price returns of the
    large companies before the study's own prices begin.
    """

    unit = "rank"
    needs = HISTORY

    security: Symbol
    date: Day
    side: Literal["down", "up"] = "down"
    since: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        until = evidence.session(self.security, self.date)
        held, reach = since_day(longest_returns(evidence, self.security).loc[:until], self.since)
        if held.empty or held.index[-1] != until:
            raise NoFigure(Reason("no_return_on", security=evidence.name(self.security), day=self.date))
        own = float(held.iloc[-1])
        beyond = held[held < own] if self.side == "down" else held[held > own]
        score = own / float(held.iloc[:-1].std())
        largest = beyond.loc[beyond.abs().sort_values(ascending=False).index].head(SHOWN)
        reason = Reason(
            "return_rank" if len(beyond) else "return_first",
            who=evidence.name(self.security),
            moved=moved(own),
            when=self.date,
            rank=1 + len(beyond),
            side=Reason(f"largest_{self.side}"),
            n=len(held),
            since=pd.Timestamp(held.index[0]),
            size=Figure(abs(score), "deviations"),
            larger=with_figures(zip(pd.DatetimeIndex(largest.index), largest, strict=True)),
        )
        parts = made_of("decimal", that_day=own) | made_of("deviations", size=score) | made_of("number", days=len(held))
        return Measured(float(1 + len(beyond)), "rank", reason, parts, **reach)


@dataclass(frozen=True, slots=True)
class YearReturn(Measure):
    """Total return from the last session of the year before to the last session of `year`, decimal."""

    security: Symbol
    year: int

    def measure(self, evidence: Evidence) -> Measured:
        frame = evidence.history(self.security)
        prices = price_for_returns(frame).dropna()
        start, end = self._last(prices, self.year - 1), self._last(prices, self.year)
        value = float(prices[end] / prices[start] - 1)
        values = {"who": evidence.name(self.security), "moved": moved(value), "start": start, "end": end}
        key = "year_return" if frame["adj_close"].notna().any() else "year_return_of_closes"
        return Measured(value, "decimal", Reason(key, year=self.year, **values))

    def _last(self, prices: pd.Series, year: int) -> pd.Timestamp:
        index = pd.DatetimeIndex(prices.index)
        days = index[index.year == year]
        if not len(days) or days[-1].month != 12 or not (index.year > year).any():
            raise NoFigure(Reason("no_year_end", year=year))
        return pd.Timestamp(days[-1])
