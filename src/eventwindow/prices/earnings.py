"""When firms told their results, as Yahoo lists it: what a day holds besides the news that it is looked at for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from eventwindow.errors import Reason
from eventwindow.prices.retry import Limits
from eventwindow.prices.yahoo import ask_each, quiet_client

if TYPE_CHECKING:
    from curl_cffi.requests import Session

LISTED = 100  # quarters that Yahoo gives at most
LIMITS = Limits(attempts=1, request=6.0, total=12.0)


class Announced(NamedTuple):
    """A firm's results: the day, and the clock time with its zone where Yahoo tells one."""

    symbol: str
    date: dt.date
    time: dt.time | None
    zone: str | None


def announcements(
    symbols: Sequence[str], first: dt.date, last: dt.date, session: Session[Any] | None = None
) -> tuple[tuple[Announced, ...], Mapping[str, Reason]]:
    """Results from `first` to `last` in order of the symbols, and why a symbol's are not known.

    Raises SourceError where Yahoo cannot be reached.
    """
    pull = ask_each(_ask, symbols, LIMITS, session)
    found = [one for symbol in symbols for one in pull.answers.get(symbol, ())]
    return tuple(one for one in found if first <= one.date <= last), pull.failures


def _ask(symbol: str, session: Session[Any]) -> tuple[Announced, ...]:
    """What Yahoo lists of one firm, oldest first; midnight stands for a time that it does not know."""
    table = quiet_client().Ticker(symbol, session=session).get_earnings_dates(limit=LISTED)
    stamps = [] if table is None else sorted(set(table.index))
    return tuple(Announced(symbol, t.date(), *((t.time(), str(t.tz)) if t.hour else (None, None))) for t in stamps)
