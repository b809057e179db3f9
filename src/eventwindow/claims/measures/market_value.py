"""Market values and their changes: of one company, in sum, against others, and among the largest."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Members, with_figures
from eventwindow.claims.market_value import (
    counted_later,
    currency,
    in_one_currency,
    large_closes,
    large_shares,
    market_value,
    share_count,
    since_day,
    source,
    value_changes,
)
from eventwindow.claims.measures.prices import each_held
from eventwindow.claims.model import Measure, Measured, OnDay, made_of
from eventwindow.errors import Figure, Listed, NoFigure, Reason

SHOWN = 3  # larger falls that a sentence names
LOSSES = 5  # of a sum, that its parts hold
VALUES = ("prices", "shares")
LARGEST = ("megacaps", "shares")


def changed(amount: float, unit: str) -> Reason:
    return Reason("lost" if amount < 0 else "gained", amount=Figure(abs(amount), unit, sign=False))


@dataclass(frozen=True, slots=True)
class ValueChange(OnDay):
    """(Close less the close before) × shares outstanding, in the currency of the listing.

    `last_price` puts a price in place of the official close; `shares_on` takes the count known on another day.
    """

    unit = "money"
    needs = VALUES
    counts_of = ("security",)

    last_price: float | None = None
    shares_on: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        start = evidence.previous_close(self.security, self.date)
        end = evidence.price(self.security, self.date) if self.last_price is None else self.last_price
        count = share_count(evidence, self.security, self.shares_on or self.date)
        value, unit = (end - start) * count.shares, currency(evidence, self.security)
        values = {"who": evidence.name(self.security), "when": self.date, "start": start, "end": end}
        reason = Reason("value_change", changed=changed(value, unit), count=count.reason, **values)
        parts = made_of("price", previous_close=start, close=end) | made_of("shares", shares=count.shares)
        return Measured(value, unit, reason, parts)


@dataclass(frozen=True, slots=True)
class ValueChangesSum(Measure):
    """Sum of the value changes of `members` on `date`, in dollars: net, or `gross` of the losers alone."""

    unit = "money"
    needs = VALUES
    one_session = True
    counts_of = ("members",)

    members: Members
    date: Day
    gross: bool = False
    without: Members = ()

    def measure(self, evidence: Evidence) -> Measured:
        left = evidence.members(self.without)
        counted_in = [s for s in evidence.members(self.members) if s not in left]
        own, missing = each_held(counted_in, lambda s: _change(evidence, s, self.date))
        if not own:
            raise NoFigure(Reason("no_value_change"))
        unit, rates = in_one_currency(evidence, own, self.date)
        changes = {s: v * rates[s] for s, v in own.items()}
        counted = {s: v for s, v in changes.items() if v < 0 or not self.gross}
        total = sum(counted.values())
        values = {"who": evidence.named(self.members), "when": self.date, "changed": changed(total, unit)}
        reason = Reason.sentences(
            Reason("lost_by_losers" if self.gross else "changed_together", n=len(counted), held=len(changes), **values),
            Reason("without_companies", names=evidence.named(self.without)) if left else None,
            Reason("no_share_count_of", names=evidence.named(missing)) if missing else None,
            counted_later(evidence, changes, self.date),
        )
        largest = sorted(counted.items(), key=lambda item: item[1])[:LOSSES]
        parts = made_of("number", companies=len(changes)) | made_of(unit, **dict(largest))
        return Measured(total, unit, reason, parts)


@dataclass(frozen=True, slots=True)
class ValueAgainst(OnDay):
    """|Change of value| of `security` on `date` (or its value) over the sum of the values of `against`; a ratio.

    The others are valued at the close before (`at = "before"`) or at the close of the day ("after").
    """

    unit = "ratio"
    needs = VALUES
    counts_of = ("security", "against")

    against: Members
    of: Literal["change", "value"] = "change"
    at: Literal["before", "after"] = "before"

    def measure(self, evidence: Evidence) -> Measured:
        when = evidence.before(self.security, self.date) if self.at == "before" else self.date
        own_values = {s: market_value(evidence, s, when) for s in evidence.members(self.against)}
        unit, rates = in_one_currency(evidence, (self.security, *own_values), when)
        values = {s: v * rates[s] for s, v in own_values.items()}
        total, rate = sum(values.values()), rates[self.security]
        own = self._own(evidence) * rate
        counts = {share_count(evidence, s, when).source for s in values}
        reason = Reason(
            f"{self.of}_against",
            who=evidence.name(self.security),
            day=self.date,
            changed=changed(own, unit),
            own=Figure(abs(own), unit),
            ratio=abs(own) / total,
            others=evidence.named(list(values)),
            total=Figure(total, unit),
            when=pd.Timestamp(when),
            sources=Listed(source(one) for one in sorted(counts)),
        )
        parts = made_of(unit, own=abs(own), others=total, **values)
        return Measured(abs(own) / total, "ratio", reason, parts)

    def _own(self, evidence: Evidence) -> float:
        if self.of == "value":
            return market_value(evidence, self.security, self.date)
        return _change(evidence, self.security, self.date)


@dataclass(frozen=True, slots=True)
class ValueRank(OnDay):
    """1 if no company in the table "megacaps" was worth more at the last close on or before the date."""

    unit = "rank"
    needs = LARGEST
    counts_of = ("security",)

    def measure(self, evidence: Evidence) -> Measured:
        closes = large_closes(evidence).loc[: pd.Timestamp(self.date)].tail(1)
        if closes.empty or self.security not in closes.columns:
            raise NoFigure(Reason("no_long_history", security=evidence.name(self.security), day=self.date))
        values = (closes * large_shares(evidence, closes)).iloc[0].sort_values(ascending=False)
        rank = int((values > values[self.security]).sum()) + 1
        worth = {str(s): float(v) for s, v in values.items()}
        reason = Reason(
            "value_rank" if rank > 1 else "value_first",
            who=evidence.name(self.security),
            rank=rank,
            n=len(values),
            when=pd.Timestamp(closes.index[0]),
            values=with_figures(((evidence.name(s), v) for s, v in worth.items()), "USD"),
        )
        return Measured(float(rank), "rank", reason, made_of("USD", **worth))


@dataclass(frozen=True, slots=True)
class LossRank(OnDay):
    """1 if no day of any company in the table "megacaps", up to `date`, saw a larger fall in dollars (or per cent).

    Days from `since` on, where the statement names one; else all that are held.
    """

    unit = "rank"
    needs = LARGEST
    counts_of = ("security",)

    by: Literal["dollars", "per cent"] = "dollars"
    since: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        changes = value_changes(evidence, self.by).loc[: pd.Timestamp(self.date)]
        changes, reach = since_day(changes, self.since)
        stamp = pd.Timestamp(self.date)
        if self.security not in changes.columns or stamp not in changes.index:
            raise NoFigure(Reason("no_long_history", security=evidence.name(self.security), day=self.date))
        own = float(changes[self.security].loc[stamp])
        others = _others(changes, self.security, stamp)
        larger = others[others["change"] <= own]
        unit = "USD" if self.by == "dollars" else "decimal"
        shown = larger.head(SHOWN) if len(larger) else others.head(1)
        reason = Reason(
            "loss_rank" if len(larger) else "loss_first",
            who=evidence.name(self.security),
            when=self.date,
            loss=Figure(-own, unit, sign=False) if own < 0 else Figure(own, unit),
            by=Reason("in_dollars" if self.by == "dollars" else "in_per_cent"),
            rank=1 + len(larger),
            n=changes.shape[1],
            names=evidence.named([str(s) for s in changes.columns]),
            first=pd.Timestamp(changes.index[0]),
            others=_days(evidence, shown, unit),
        )
        parts = {"that_day": own, "larger" if len(larger) else "next_largest": shown["change"].iloc[0]}
        return Measured(
            float(1 + len(larger)),
            "rank",
            Reason.sentences(reason, self._not_held(evidence, own)),
            made_of(unit, **parts) | made_of("number", companies=changes.shape[1]),
            **reach,
        )

    def _not_held(self, evidence: Evidence, own: float) -> Reason:
        """What a company that is not held would have needed to lose as much."""
        if self.by == "per cent":
            return Reason("smaller_not_counted")
        closes = large_closes(evidence).loc[: pd.Timestamp(self.date)]
        values = (closes * large_shares(evidence, closes)).ffill()
        smallest, largest = float(values.iloc[-2].min()), float(values.iloc[0].max())
        never = own / largest <= -1
        return Reason(
            "not_held_could_not" if never else "not_held_needed",
            least=Figure(-own, "USD"),
            smallest=Figure(smallest, "USD"),
            needed=Figure(-own / smallest, "decimal", sign=False),
            year=values.index[0].year,
            largest=Figure(largest, "USD"),
            early=Figure(min(-own / largest, 1.0), "decimal", sign=False),
        )


def _change(evidence: Evidence, symbol: str, day: date) -> float:
    """The change of a company's value on a day; several sums hold the same."""

    def found() -> float:
        start, end = evidence.previous_close(symbol, day), evidence.price(symbol, day)
        return (end - start) * share_count(evidence, symbol, day).shares

    return evidence.once(("value change", symbol, day), found)


def _days(evidence: Evidence, days: pd.DataFrame, unit: str) -> Listed:
    rows: Any = days.itertuples()
    return Listed(
        Reason("on_a_day", name=evidence.name(r.symbol), day=r.date, figure=Figure(r.change, unit)) for r in rows
    )


def _others(changes: pd.DataFrame, security: str, stamp: pd.Timestamp) -> pd.DataFrame:
    """Every other day and company (date, symbol, change), the largest fall first."""
    values = changes.to_numpy(float).T.copy()
    values[changes.columns.get_loc(security), changes.index.get_loc(stamp)] = np.nan
    order = np.argsort(values, axis=None, kind="stable")[: (~np.isnan(values)).sum()]
    symbol, day = np.unravel_index(order, values.shape)
    return pd.DataFrame({"date": changes.index[day], "symbol": changes.columns[symbol], "change": values[symbol, day]})
