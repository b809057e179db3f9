"""Yahoo Finance through yfinance: one ticker at a time, its answers told apart, its splits after the study undone."""

from __future__ import annotations

import json
import logging
import re
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eventwindow.errors import SourceError
from eventwindow.prices.pull import BusyError, Limits, Progress, Pull
from eventwindow.prices.table import PriceHistory, Unavailable, history_frame

if TYPE_CHECKING:
    from curl_cffi.requests import Session

PROBE = "https://query2.finance.yahoo.com/"
PROBE_SECONDS = 2.5
_SYMBOL = re.compile(r"[A-Za-z0-9^][A-Za-z0-9^=.&-]{0,31}", re.ASCII)
_COLUMNS = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Adj Close": "adj_close",
    "Volume": "volume",
    "Dividends": "dividend",
    "Stock Splits": "split",
}


@dataclass(frozen=True, slots=True)
class Pulled:
    """Yahoo's answer as it was given: daily rows from `start` to the day of the fetch, and the quotation's currency.

    `table` is indexed by session date with open, high, low, close (all adjusted for every split up to the fetch),
    adj_close, volume, dividend (cash a share by ex-date) and split (ratio by date), zero where there is none.
    """

    symbol: str
    table: pd.DataFrame
    currency: str
    start: pd.Timestamp


@dataclass(frozen=True, slots=True)
class Yahoo:
    """The source "yahoo". `session` replaces the client's own (tests give one that speaks to loopback)."""

    session: Session[Any] | None = None
    limits: Limits = field(default_factory=Limits)
    name: str = "yahoo"

    def fetch(
        self, symbols: list[str], start: pd.Timestamp, end: pd.Timestamp
    ) -> Mapping[str, PriceHistory | Unavailable]:
        """A history or a reason for each symbol; SourceError where Yahoo cannot be reached."""
        answers = self.pull(dict.fromkeys(symbols, start))
        return {s: a if isinstance(a, Unavailable) else quoted_at(a, start, end) for s, a in answers.items()}

    def pull(
        self,
        starts: Mapping[str, pd.Timestamp],
        progress: Progress | None = None,
        keep: Callable[[Pulled], object] | None = None,
    ) -> dict[str, Pulled | Unavailable]:
        """Yahoo's own rows of each symbol from its start to today; `keep` is called with each as it arrives."""
        session = bounded_session(self.limits) if self.session is None else self.session
        check_reachable(session)

        def ask(symbol: str) -> Pulled | Unavailable:
            answer = ask_yahoo(symbol, starts[symbol], session, self.limits.request)
            if keep is not None and isinstance(answer, Pulled):
                keep(answer)
            return answer

        pull = Pull(ask, self.limits).run(starts, progress)
        lost = {s: Unavailable(s, reason) for s, reason in pull.failures.items()}
        return {symbol: {**pull.answers, **lost}[symbol] for symbol in starts}


def bounded_session(limits: Limits) -> Session[Any]:
    """yfinance's own kind of session, with no request longer than the limits allow (its cookie may take 30 s)."""
    from curl_cffi.requests import Session

    ends = time.monotonic() + limits.total

    class BoundedSession(Session[Any]):
        def request(self, *args: Any, **kwargs: Any) -> Any:
            left = max(ends - time.monotonic(), 0.1)
            kwargs["timeout"] = min(kwargs.get("timeout") or limits.request, limits.request, left)
            return super().request(*args, **kwargs)

    return BoundedSession(impersonate="chrome")


def check_reachable(session: Session[Any]) -> None:
    """Returns where Yahoo gives any answer within `PROBE_SECONDS`; else raises SourceError with the reason."""
    from curl_cffi.requests.exceptions import RequestException

    try:
        session.get(PROBE, timeout=PROBE_SECONDS)
    except RequestException as error:
        raise SourceError(
            f"Yahoo cannot be reached: {_short(error)}",
            remedy="Check the network or the proxy, or use --prices shipped or --prices PATH.",
        ) from None


def ask_yahoo(symbol: str, start: pd.Timestamp, session: Session[Any], seconds: float) -> Pulled | Unavailable:
    """One request for one ticker; raises BusyError where asking again may help."""
    if not _SYMBOL.fullmatch(symbol) or ".." in symbol:
        return Unavailable(symbol, "no symbol that Yahoo could know", known=False)
    from curl_cffi.requests.exceptions import HTTPError, RequestException

    yf = _client()
    errors = yf.exceptions
    try:
        ticker = yf.Ticker(symbol, session=session)
        table = ticker.history(start=str(start.date()), auto_adjust=False, actions=True, timeout=seconds)
        currency = str(ticker.history_metadata.get("currency") or "")
    except errors.YFTzMissingError:
        return Unavailable(symbol, "Yahoo does not know it", known=False)
    except errors.YFTickerMissingError as error:
        return Unavailable(symbol, f"Yahoo: {error.rationale}")
    except errors.YFRateLimitError:
        raise _busy("Yahoo answered 429, too many requests") from None
    except errors.YFDataException as error:
        raise _busy(f"Yahoo is down: {error}") from None
    except json.JSONDecodeError:
        raise _busy("Yahoo answered with a page that is no data") from None
    except HTTPError as error:
        if error.response is not None and error.response.status_code == 404:
            return Unavailable(symbol, "Yahoo does not know it", known=False)
        raise _busy(f"Yahoo answered with an error: {_short(error)}") from None
    except (RequestException, OSError) as error:
        raise _busy(f"the connection to Yahoo failed: {_short(error)}") from None
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise _busy(f"Yahoo's answer has not the form it should have ({type(error).__name__}: {error})") from None
    if table.empty or table["Close"].isna().all():
        return Unavailable(symbol, f"Yahoo: no prices since {start.date()}")
    return Pulled(symbol, _normal(table), currency, start)


def quoted_at(pulled: Pulled, start: pd.Timestamp, end: pd.Timestamp) -> PriceHistory | Unavailable:
    """The rows from `start` to `end` as quoted at `end`: splits that came later are undone.

    Yahoo divides all prices before a split by its ratio, so they are multiplied back; `adj_close` is scaled to meet the
    close on the last row, which also takes out the dividends paid since.
    """
    table = pulled.table
    later = table.loc[table.index > end, "split"]
    ratio = float(np.prod(later[later > 0]))
    frame = history_frame(table.loc[(table.index >= start) & (table.index <= end)])
    if frame.empty:
        return Unavailable(pulled.symbol, f"Yahoo: no prices between {start.date()} and {end.date()}")
    frame[["open", "high", "low", "close"]] *= ratio
    frame["volume"] = frame["volume"] / ratio if (frame["volume"] > 0).any() else np.nan
    last = frame[frame["close"].notna() & frame["adj_close"].notna()].tail(1)
    if not last.empty:
        frame["adj_close"] *= last["close"].iloc[0] / last["adj_close"].iloc[0]
    paid = table.loc[frame.index, "dividend"]
    note = "" if ratio == 1 else f"a later split of {ratio:g} is undone"
    return PriceHistory(pulled.symbol, frame, "yahoo", note, pulled.currency, paid[paid != 0] * ratio)


def _normal(table: pd.DataFrame) -> pd.DataFrame:
    """yfinance's frame → plain names, dates of the exchange's own day, floats, rows without a price left out."""
    table = table.rename(columns=_COLUMNS).reindex(columns=list(_COLUMNS.values())).astype("float64")
    table.index = pd.DatetimeIndex(table.index).tz_localize(None).normalize().as_unit("ns").rename("date")
    table = table[table["close"].notna() | (table["split"] > 0)].sort_index()
    table = table[~table.index.duplicated(keep="last")]
    return table.set_axis(pd.DatetimeIndex(table.index.to_numpy(), name="date"), axis="index")


def _client() -> Any:
    """yfinance, set to raise what it would otherwise log."""
    import yfinance as yf

    category = getattr(pd.errors, "Pandas4Warning", None)
    if category is not None:
        warnings.filterwarnings("ignore", category=category, module=r"^yfinance")
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # what it would say is raised and told by us
    yf.config.debug.hide_exceptions = False
    return yf


def _busy(reason: str) -> BusyError:
    """BusyError, with the client's cache of answers (errors included) emptied so that asking again asks Yahoo."""
    from yfinance.data import YfData

    YfData.cache_get.cache_clear()
    return BusyError(reason)


def _short(error: BaseException) -> str:
    """curl's sentence without its number, its times and the pointer to its manual: the same on each run."""
    text = str(error).split(" See https")[0].removeprefix("Failed to perform, ").strip().rstrip(".")
    text = re.sub(r"^curl: \(\d+\) | after \d+ m(s|illiseconds)\b.*| with \d+ bytes missing", "", text)
    return text or type(error).__name__
