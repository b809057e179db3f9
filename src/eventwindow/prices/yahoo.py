"""Yahoo Finance through yfinance: one ticker at a time, its answers told apart, its splits after the study undone."""

from __future__ import annotations

import json
import logging
import re
import time
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eventwindow.errors import Reason, SourceError
from eventwindow.prices.currencies import PARTS
from eventwindow.prices.history import Answers, PriceHistory, Unavailable, history_frame
from eventwindow.prices.retry import Answer, BusyError, Limits, Progress, Pull

if TYPE_CHECKING:
    from curl_cffi.requests import Session

PROBE = "https://query2.finance.yahoo.com/v1/test/getcrumb"
PROBE_SECONDS = 2.5
_SYMBOL = re.compile(r"[A-Za-z0-9^][A-Za-z0-9^=.&-]{0,31}", re.ASCII)
_BROKEN = (52, 55, 56)  # curl: nothing received, sending failed, receiving failed
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
    """A source's answer in Yahoo's form: daily rows from `start` to the day of the fetch, and the quotation's currency.

    `table` is indexed by session date with open, high, low, close (all adjusted for every split up to the fetch),
    adj_close, volume, dividend (cash a share by ex-date) and split (ratio by date), zero where there is none.
    """

    symbol: str
    table: pd.DataFrame
    currency: str
    start: pd.Timestamp
    note: Reason | None = None  # what it replaced
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False)  # what the source says of it; not kept
    source: str = "Yahoo"


Admit = Callable[[Pulled], Pulled | Unavailable]  # what becomes of an answer; BusyError: it is asked for again


@dataclass(frozen=True, slots=True)
class Yahoo:
    """The source "yahoo". `session` replaces the client's own (tests give one that speaks to loopback)."""

    session: Session[Any] | None = None
    limits: Limits = field(default_factory=Limits)
    name: str = "Yahoo"

    @property
    def client(self) -> str:
        return f"yfinance {version('yfinance')}"

    def fetch(self, symbols: list[str], start: pd.Timestamp, end: pd.Timestamp) -> Answers:
        """A history or a reason for each symbol; SourceError where Yahoo cannot be reached."""
        return histories(self.pull(dict.fromkeys(symbols, start)), start, end)

    def pull(
        self, starts: Mapping[str, pd.Timestamp], progress: Progress | None = None, admit: Admit | None = None
    ) -> dict[str, Pulled | Unavailable]:
        """Yahoo's own rows of each symbol from its start to today; `admit` is given each as it arrives."""
        session = bounded_session(self.limits) if self.session is None else self.session
        check_reachable(session)
        open_client_stores()

        def ask(symbol: str) -> Pulled | Unavailable:
            answer = ask_yahoo(symbol, starts[symbol], session, self.limits.request)
            try:
                return admit(answer) if admit is not None and isinstance(answer, Pulled) else answer
            except BusyError:
                forget_answers()
                raise

        return pulled_by(ask, starts, self.limits, progress)


def pulled_by(
    ask: Callable[[str], Pulled | Unavailable], symbols: Collection[str], limits: Limits, progress: Progress | None
) -> dict[str, Pulled | Unavailable]:
    """What `ask` gave for each symbol, or why it gave nothing, in the order of the symbols."""
    pull = Pull(ask, limits).run(symbols, progress)
    lost = {s: Unavailable(s, reason) for s, reason in pull.failures.items()}
    return {symbol: {**pull.answers, **lost}[symbol] for symbol in symbols}


def histories(
    answers: Mapping[str, Pulled | Unavailable], start: pd.Timestamp, end: pd.Timestamp
) -> dict[str, PriceHistory | Unavailable]:
    """Answers as quoted at `end`; reasons stay as they are."""
    return {s: quoted_at(a, start, end) if isinstance(a, Pulled) else a for s, a in answers.items()}


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


SPLIT_SLACK = 0.35  # of the split's own log ratio: what else the price may have done on the day


def check_reachable(session: Session[Any]) -> None:
    """Returns where Yahoo gives any answer within `PROBE_SECONDS`; else raises SourceError with the reason.

    A connection that stands and then breaks is an answer: tickers may fare better, one by one.
    """
    from curl_cffi.requests.exceptions import HTTPError, ProxyError, RequestException

    try:
        session.get(PROBE, timeout=PROBE_SECONDS)
    except HTTPError:
        return
    except RequestException as error:
        if error.code in _BROKEN and not isinstance(error, ProxyError):
            return
        remedy = "Check the network or the proxy, or use --prices shipped or --prices PATH."
        raise SourceError(Reason("yahoo_unreachable", why=short(error)), remedy=remedy) from None


def open_client_stores() -> None:
    """Open yfinance's own stores of time zones and cookies before threads do, which would lock each other out.

    One that another process holds is left unused in this run. The client is made quiet here too: a filter of warnings
    that a thread sets is lost where another thread restores those from before.
    """
    from peewee import PeeweeException
    from yfinance import cache

    quiet_client()
    for store in (cache.get_tz_cache(), cache.get_cookie_cache()):
        try:
            store.initialise()
        except PeeweeException:
            store.dummy = True


def ask_yahoo(symbol: str, start: pd.Timestamp, session: Session[Any], seconds: float) -> Pulled | Unavailable:
    """One request for one ticker; raises BusyError where asking again may help."""
    if not _SYMBOL.fullmatch(symbol) or ".." in symbol:
        return Unavailable(symbol, Reason("no_yahoo_symbol"), known=False)
    yf = quiet_client()
    try:
        ticker = yf.Ticker(symbol, session=session)
        table = ticker.history(start=str(start.date()), auto_adjust=False, actions=True, timeout=seconds)
        told: Mapping[str, Any] = ticker.history_metadata
        table = _finished(_normal(table), told)
    except yf.exceptions.YFTzMissingError:
        return Unavailable(symbol, Reason("unknown_to", source="Yahoo"), known=False)
    except yf.exceptions.YFTickerMissingError as error:
        return Unavailable(symbol, Reason("source_says", source="Yahoo", why=error.rationale))
    except Exception as error:  # noqa: BLE001 what the client makes of a broken answer can be anything
        if getattr(getattr(error, "response", None), "status_code", 0) == 404:
            return Unavailable(symbol, Reason("unknown_to", source="Yahoo"), known=False)
        raise busy_error(error) from None
    if table["close"].isna().all():
        return Unavailable(symbol, no_prices_since("Yahoo", start))
    return Pulled(symbol, table, str(told.get("currency") or ""), start, metadata=told)


def no_prices_since(source: str, start: pd.Timestamp) -> Reason:
    return Reason("no_prices_since", source=source, day=f"{start.date()}")


def quoted_at(pulled: Pulled, start: pd.Timestamp, end: pd.Timestamp) -> PriceHistory | Unavailable:
    """The rows from `start` to `end` as quoted at `end`: splits that came later are undone.

    Yahoo divides all prices before a split by its ratio, so they are multiplied back; `adj_close` is scaled to meet the
    close on the last row, which also takes out the dividends paid since.
    """
    table, repaired = splits_applied(pulled.table)
    currency, part = PARTS.get(pulled.currency, (pulled.currency, 1.0))
    later = table.loc[table.index > end, "split"]
    ratio = float(np.prod(later[later > 0]))
    frame = history_frame(table.loc[(table.index >= start) & (table.index <= end)])
    if frame.empty:
        days = {"start": f"{start.date()}", "end": f"{end.date()}"}
        return Unavailable(pulled.symbol, Reason("no_prices_between", source=pulled.source, **days))
    frame[["open", "high", "low", "close"]] *= ratio * part
    frame["volume"] = frame["volume"] / ratio if (frame["volume"] > 0).any() else np.nan
    last = frame[frame["close"].notna() & frame["adj_close"].notna()].tail(1)
    if not last.empty:
        frame["adj_close"] *= last["close"].iloc[0] / last["adj_close"].iloc[0]
    paid = table.loc[frame.index, "dividend"]
    notes = [pulled.note, *(Reason("split_repaired", ratio=told, day=f"{day:%Y-%m-%d}") for day, told in repaired)]
    notes += [Reason("split_unclear", ratio=told, day=f"{day:%Y-%m-%d}") for day, told in _unclear(pulled.table)]
    notes += [Reason("split_undone", ratio=ratio)] if ratio != 1 else []
    notes += (
        [Reason("part_of_currency", quoted=pulled.currency, part=f"{part:g}", currency=currency)] if part != 1 else []
    )
    paid = paid[paid != 0] * ratio * part
    return PriceHistory(pulled.symbol, frame, pulled.source.lower(), Reason.joined(*notes), currency, paid)


def splits_applied(table: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[pd.Timestamp, float]]]:
    """The table with every split that Yahoo tells applied to the prices before it, and those that had not been.

    One that was not shows in the closes: they fall by just its ratio on the day.
    """
    lacking = [
        (day, ratio) for day, ratio in _told(table) if abs(_fallen(table["close"], day, ratio) - 1) < SPLIT_SLACK
    ]
    for day, ratio in lacking:
        before, falls = table.index < day, abs(_fallen(table["adj_close"], day, ratio) - 1) < SPLIT_SLACK
        table = table.copy()
        prices = ["open", "high", "low", "close", *(["adj_close"] if falls else [])]
        table.loc[before, prices] /= ratio
        table.loc[before, "volume"] *= ratio
    return table, lacking


def _told(table: pd.DataFrame) -> list[tuple[pd.Timestamp, float]]:
    """The splits that a table tells."""
    told = table["split"][(table["split"] > 0) & (table["split"] != 1)]
    return [(day, float(ratio)) for day, ratio in zip(told.index, told, strict=True)]


def _unclear(table: pd.DataFrame) -> list[tuple[pd.Timestamp, float]]:
    """The splits of which the close does not tell whether they are applied: it falls by a part of the ratio or more."""
    fallen = [(told, _fallen(table["close"], *told)) for told in _told(table)]
    return [told for told, part in fallen if part > SPLIT_SLACK and abs(part - 1) >= SPLIT_SLACK]


def _fallen(prices: pd.Series, day: pd.Timestamp, ratio: float) -> float:
    """The part of a split's ratio by which a price falls on `day`, in logs; NaN where it has none then or before."""
    held = prices.dropna()
    before, after = held[held.index < day], held[held.index >= day]
    if before.empty or after.empty or after.index[0] != day:
        return float("nan")
    return float(-np.log(after.iloc[0] / before.iloc[-1]) / np.log(ratio))


def _normal(table: pd.DataFrame) -> pd.DataFrame:
    """yfinance's frame → plain names, dates of the exchange's own day, floats, rows without a price left out."""
    if "Capital Gains" in table.columns:  # of funds: paid out like a dividend
        table = table.assign(Dividends=table["Dividends"] + table["Capital Gains"].fillna(0.0))
    table = table.rename(columns=_COLUMNS).reindex(columns=list(_COLUMNS.values())).astype("float64")
    table.index = pd.DatetimeIndex(table.index).tz_localize(None).normalize().as_unit("ns").rename("date")
    table = table[table["close"].notna() | (table["split"] > 0)].sort_index()
    table = table[~table.index.duplicated(keep="last")]
    return table.set_axis(pd.DatetimeIndex(table.index.to_numpy(), name="date"), axis="index")


def _finished(table: pd.DataFrame, told: Mapping[str, Any]) -> pd.DataFrame:
    """Without the row of a session that has not closed yet: its close is only the last trade so far."""
    closing = ((told.get("currentTradingPeriod") or {}).get("regular") or {}).get("end")
    if isinstance(closing, pd.Timestamp) and pd.Timestamp.now("UTC") < closing:
        return table[table.index < pd.Timestamp(closing.date())]
    return table


def quiet_client() -> Any:
    """yfinance, set to raise what it would otherwise log."""
    import yfinance as yf

    category = getattr(pd.errors, "Pandas4Warning", None)
    if category is not None:
        warnings.filterwarnings("ignore", category=category, module=r"^yfinance")
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # what it would say is raised and told by us
    yf.config.debug.hide_exceptions = False
    return yf


def forget_answers() -> None:
    """Empty the client's cache of answers, errors included, so that it will ask again."""
    from yfinance import data

    data.YfData.cache_get.cache_clear()


def ask_each(
    ask: Callable[[str, Session[Any]], Answer], names: Iterable[str], limits: Limits, session: Session[Any] | None
) -> Pull[Answer]:
    """What Yahoo tells beside prices, name by name, and why it tells nothing; SourceError where it is not reached."""
    opened = bounded_session(limits) if session is None else session

    def one(name: str) -> Answer:
        try:
            return ask(name, opened)
        except Exception as error:  # noqa: BLE001 what the client makes of a broken answer can be anything
            raise busy_error(error) from None

    check_reachable(opened)
    open_client_stores()
    return Pull(one, limits).run(names)


def busy_error(error: Exception) -> BusyError:
    """Why asking again may help."""
    from curl_cffi.requests.exceptions import RequestException, Timeout
    from peewee import PeeweeException
    from yfinance import exceptions

    forget_answers()
    if isinstance(error, PeeweeException):
        return BusyError(Reason("client_store", why=str(error)))
    if isinstance(error, exceptions.YFRateLimitError):
        return BusyError(Reason("too_many_requests"))
    if isinstance(error, exceptions.YFException):
        return BusyError(Reason("yahoo_down", why=str(error)))
    if isinstance(error, json.JSONDecodeError):
        return BusyError(Reason("no_data_page", source="Yahoo"))
    if isinstance(error, (RequestException, OSError)):
        failed = Reason("connection_failed", source="Yahoo", why=short(error))
        return BusyError(failed, again=not isinstance(error, Timeout))
    return BusyError(Reason("answer_form_of", source="Yahoo", why=f"{type(error).__name__}: {error}"))


def short(error: BaseException) -> str:
    """curl's sentence without its number, its times and the pointer to its manual: the same on each run."""
    text = str(error).split(" See https")[0].removeprefix("Failed to perform, ").strip().rstrip(".")
    text = re.sub(r"^curl: \(\d+\) | after \d+ m(s|illiseconds)\b.*| with \d+ bytes missing", "", text)
    return text or type(error).__name__
