"""What becomes of an answer as it arrives: refused, asked for again, kept, or left for what is held already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from eventwindow.errors import Reason
from eventwindow.estimation.returns import returns
from eventwindow.prices.answers import CHECKS, Expected, absent_sessions, ahead, finished, refusal, shortened
from eventwindow.prices.cache import Cache, Kept
from eventwindow.prices.checks import doubts
from eventwindow.prices.history import PriceHistory, Unavailable
from eventwindow.prices.reconcile import TOLERANCE, reconcile
from eventwindow.prices.retry import BusyError
from eventwindow.prices.yahoo import Pulled, no_prices_since, quoted_at

OVERLAP = 20  # rows; fewer compare nothing
ANOTHER = 0.25  # of the days: a source corrects single days; where more differ it is another series
COARSE = 5e-3  # of a daily return: what two sources of one security hardly differ by


@dataclass
class Admission:
    """Admits the answers of one pull.

    `witnesses` are figures of another source; `anew` takes the answer also where it differs from what is `held`.
    """

    cache: Cache
    client: str
    now: pd.Timestamp
    expected: Mapping[str, Expected]
    held: Mapping[str, Kept]
    witnesses: Mapping[str, PriceHistory]
    anew: bool = False
    unwritable: list[str] = field(default_factory=list)
    _doubted: set[str] = field(default_factory=set)
    _short: set[str] = field(default_factory=set)

    def __call__(self, pulled: Pulled) -> Pulled | Unavailable:
        """The answer or why it is not taken; BusyError where it should be asked for once more."""
        expected = self.expected.get(pulled.symbol, Expected())
        if why := ahead(pulled, expected, self.now):
            raise BusyError(Reason("answer_refused", source=pulled.source, why=why))
        pulled = finished(pulled, expected, self.now)
        if pulled.table["close"].isna().all():
            return Unavailable(pulled.symbol, no_prices_since(pulled.source, pulled.start))
        if why := refusal(pulled, expected, self.now) or self._disowned(pulled):
            raise BusyError(Reason("answer_refused", source=pulled.source, why=why))
        pulled = self._whole(pulled)
        kept = self.held.get(pulled.symbol)
        if kept is not None and (why := self._worse(pulled, kept)):
            return Unavailable(pulled.symbol, why)
        if kept is not None and not self.anew:
            pulled = self._told(pulled, kept)
        self._put(pulled, expected)
        return pulled

    def _whole(self, pulled: Pulled) -> Pulled:
        """An answer that lacks days by its own word is asked for once more, then taken with a note."""
        if not (why := shortened(pulled)):
            return pulled
        short = Reason("answer_short", source=pulled.source, why=why)
        if pulled.symbol not in self._short:
            self._short.add(pulled.symbol)
            raise BusyError(short)
        return replace(pulled, note=short)

    def _disowned(self, pulled: Pulled) -> Reason | None:
        """Whether another source holds other prices under that symbol."""
        witness = self.witnesses.get(pulled.symbol)
        if witness is None:
            return None
        found = reconcile(pulled.symbol, pulled.table, witness.frame, COARSE)
        if found.compared < OVERLAP:
            return None
        for day, ours, theirs in found.differing.itertuples(index=False):
            if self.expected.get(pulled.symbol, Expected()).near(day.date()):
                return Reason("answer_return", day=f"{day:%Y-%m-%d}", ours=100 * ours, theirs=100 * theirs)
        if len(found.differing) <= ANOTHER * found.compared:
            return None
        return Reason("answer_returns", differing=len(found.differing), of=found.compared)

    def _worse(self, pulled: Pulled, kept: Kept) -> Reason | None:
        """Why what is held is the better answer; None where the new one is."""
        if lost := lost_days(kept, pulled, self.expected.get(pulled.symbol, Expected())):
            return Reason("answer_lacked_days", source=pulled.source, n=lost)
        return None if self.anew else self._requoted(pulled, kept) or self._moved(pulled, kept)

    def _requoted(self, pulled: Pulled, kept: Kept) -> Reason | None:
        """Whether it is quoted in another currency than what is held."""
        before, now = kept.pulled.currency, pulled.currency
        if not before or not now or before == now or self._returned(pulled):
            return None
        return Reason("answer_requoted", source=pulled.source, now=now, before=before)

    def _moved(self, pulled: Pulled, kept: Kept) -> Reason | None:
        """Whether its returns differ from those held, and are the worse."""
        moved, compared = differing(kept.pulled, pulled)
        if moved.empty:
            return None
        days = {"source": pulled.source, "differing": len(moved), "of": compared}
        if pulled.symbol not in self._doubted:
            self._doubted.add(pulled.symbol)
            raise BusyError(Reason("answer_differs", **days))
        days |= {"first": f"{moved.index[0].date()}"}
        if len(moved) > ANOTHER * compared and not self._returned(pulled):
            return Reason("answer_of_other", **days)
        before, after = (_doubts(p, pulled.start) for p in (kept.pulled, pulled))
        return Reason("answer_in_doubt", **days, after=after, before=before) if after > before else None

    def _told(self, pulled: Pulled, kept: Kept) -> Pulled:
        """With a note on the days on which it replaced another answer."""
        moved, _ = differing(kept.pulled, pulled)
        if moved.empty:
            return replace(pulled, note=pulled.note or kept.pulled.note)
        day, before, now = next(moved.itertuples())
        first = {"day": f"{day:%Y-%m-%d}", "before": 100 * before, "now": 100 * now}
        return replace(pulled, note=Reason("other_returns_before", source=pulled.source, n=len(moved), **first))

    def _returned(self, pulled: Pulled) -> bool:
        """Whether it was given before, an hour ago or more: two that agree outweigh the one that is held."""
        name = f"{pulled.symbol}?"
        earlier = self.cache.get(name)
        if earlier and earlier.pulled.currency == pulled.currency and differing(earlier.pulled, pulled)[0].empty:
            return earlier.entry.age >= dt.timedelta(hours=1)
        self._put(replace(pulled, symbol=name), Expected())
        return False

    def _put(self, pulled: Pulled, expected: Expected) -> None:
        """Keep it, with what it was checked against, the sessions that it lacks, and those asked for a second time."""
        kept, lacking = self.held.get(pulled.symbol), absent_sessions(pulled, expected, self.now)
        again = set() if kept is None else set(kept.lacking) & set(lacking)
        facts = {"checks": str(CHECKS), "mic": expected.mic, "absent": " ".join(map(str, lacking))}
        facts |= {"short": str(shortened(pulled) or "")}
        try:
            self.cache.put(pulled, self.client, facts | {"again": " ".join(map(str, sorted(again)))})
        except OSError as error:
            self.unwritable.append(str(error.strerror or error))


def _doubts(pulled: Pulled, start: pd.Timestamp) -> int:
    history = quoted_at(pulled, start, pulled.table.index[-1])
    return doubts(history) if isinstance(history, PriceHistory) else 0


def trusted(kept: Kept, expected: Expected) -> bool:
    """Whether what is held passed these checks; what was kept under earlier ones is held to these."""
    if kept.entry.facts.get("checks") == str(CHECKS):
        return True
    return not refusal(kept.pulled, expected, pd.Timestamp.now("UTC"))


def usable(kept: Kept, expected: Expected, end: pd.Timestamp) -> bool:
    """Whether what is held need not be asked for again: fresh, checked so, whole by its source's own word.

    A day 0 that lacks is asked for once more.
    """
    facts = kept.entry.facts
    if facts.get("short") or facts.get("checks") != str(CHECKS) or (expected.mic and facts.get("mic") != expected.mic):
        return False
    open_days = [d for d in kept.lacking if str(d) not in facts.get("again", "")]
    return kept.is_fresh(end) and not any(map(expected.near, open_days))


def differing(held: Pulled, fresh: Pulled) -> tuple[pd.DataFrame, int]:
    """The days on which two answers give other returns of the close, dividends aside; and how many were compared."""
    closes = pd.DataFrame({"before": held.table["close"], "now": fresh.table["close"]}).dropna()
    if len(closes) < OVERLAP:
        return closes.iloc[:0], len(closes)
    pair = pd.DataFrame({name: returns(closes[name]) for name in closes}).iloc[1:]
    slack = (2 * 0.01 / closes.min(axis=1)).reindex(pair.index).clip(lower=TOLERANCE)  # quotes are rounded to a cent
    return pair[(pair["before"] - pair["now"]).abs() > slack], len(pair)


def lost_days(held: Kept | None, pulled: Pulled, expected: Expected) -> int:
    """How many held days an answer lacks; 0 where they are at most one in a hundred, far from events: a correction."""
    if held is None:
        return 0
    before = held.pulled.table.index
    lost = before[before >= pulled.start].difference(pulled.table.index)
    return len(lost) if len(lost) > max(2, len(before) // 100) or any(expected.near(day.date()) for day in lost) else 0
