"""Names that no list holds, asked of Yahoo's search: the security that it names first, to be looked at by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from eventwindow.prices.retry import Limits
from eventwindow.prices.yahoo import ask_each, quiet_client

if TYPE_CHECKING:
    from curl_cffi.requests import Session

MOST = 8  # names that are asked for, so that a long article does not wait
LIMITS = Limits(attempts=1, request=4.0, total=8.0)


class Found(NamedTuple):
    """What Yahoo's search gives for a name."""

    symbol: str
    name: str
    exchange: str


def looked_up(names: Sequence[str], session: Session[Any] | None = None) -> Mapping[str, Found]:
    """Each name with the stock that Yahoo's search gives first for it; a name that it does not know is left out.

    Raises SourceError where Yahoo cannot be reached.
    """
    asked = tuple(dict.fromkeys(names))[:MOST]
    if not asked:
        return {}
    answers = ask_each(_ask, asked, LIMITS, session).answers
    return {name: answers[name][0] for name in asked if answers.get(name)}


def _ask(name: str, session: Session[Any]) -> tuple[Found, ...]:
    """The stocks that the search lists, its first one first."""
    search = quiet_client().Search(
        name, max_results=4, news_count=0, lists_count=0, session=session, timeout=LIMITS.request
    )
    quotes: list[Mapping[str, Any]] = [q for q in search.quotes if q.get("quoteType") == "EQUITY"]
    return tuple(
        Found(str(q["symbol"]), str(q.get("longname") or q.get("shortname") or ""), str(q.get("exchDisp") or ""))
        for q in quotes
    )
