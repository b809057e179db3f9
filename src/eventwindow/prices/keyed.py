"""Second sources, asked with a key of the user's own: Tiingo and EODHD, their answers in Yahoo's form.

A key comes from the environment or the keyring. It stands in no study file, message, log or result.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eventwindow.errors import Reason, SourceError
from eventwindow.prices.history import Answers, Unavailable
from eventwindow.prices.retry import BusyError, Limits, Progress
from eventwindow.prices.yahoo import Admit, Pulled, bounded_session, histories, no_prices_since, pulled_by, short

if TYPE_CHECKING:
    from curl_cffi.requests import Session

Ask = Callable[..., Any]  # an address and its query → what its JSON holds
TIINGO = "https://api.tiingo.com/tiingo/daily/"
EODHD = "https://eodhd.com/api/"
SAME = set(re.findall(r"\w+", "AS BK BR CO F HE HK IR JK KQ LS MC MX OL PA SA ST SW TO TW TWO V VI"))
# Yahoo's ending of a symbol → EODHD's. Those that are quoted in hundredths or not held are left out.
ENDINGS = {e: e for e in SAME} | {"": "US", "AX": "AU", "DE": "XETRA", "KL": "KLSE", "KS": "KO"}
ENDINGS |= {"SS": "SHG", "SZ": "SHE", "WA": "WAR"}


@dataclass(frozen=True, slots=True)
class Keyed:
    """One source with a key: its name, the variable that holds the key, and how one symbol is asked for."""

    name: str
    variable: str
    rows: Callable[[str, pd.Timestamp, str, Ask], Pulled | Unavailable]
    session: Session[Any] | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def client(self) -> str:
        return f"{self.name} by HTTPS"

    def key(self) -> str:
        return os.environ.get(self.variable, "").strip() or _from_keyring(self.name.lower())

    def fetch(self, symbols: list[str], start: pd.Timestamp, end: pd.Timestamp) -> Answers:
        """A history or a reason for each symbol; SourceError where there is no key."""
        return histories(self.pull(dict.fromkeys(symbols, start)), start, end)

    def pull(
        self, starts: Mapping[str, pd.Timestamp], progress: Progress | None = None, admit: Admit | None = None
    ) -> dict[str, Pulled | Unavailable]:
        """The source's own rows of each symbol from its start to today; `admit` is given each as it arrives."""
        key = self.key()
        if not key:
            remedy = f"Set {self.variable}, or run: keyring set eventwindow {self.name.lower()}"
            raise SourceError(Reason("no_key", source=self.name), remedy=remedy)
        session = bounded_session(self.limits) if self.session is None else self.session

        def ask(symbol: str) -> Pulled | Unavailable:
            try:
                answer = self.rows(symbol, starts[symbol], key, partial(get, session, self.name, self.limits.request))
            except RefusedError as refused:
                return Unavailable(symbol, refused.reason, known=refused.known)
            return admit(answer) if admit is not None and isinstance(answer, Pulled) else answer

        return pulled_by(ask, starts, self.limits, progress)


class RefusedError(Exception):
    """An answer that asking again will not change."""

    def __init__(self, reason: Reason, *, known: bool = True) -> None:
        self.reason, self.known = reason, known
        super().__init__(reason)


def _from_keyring(account: str) -> str:
    try:
        import keyring  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return ""
    try:
        return keyring.get_password("eventwindow", account) or ""
    except Exception:  # noqa: BLE001 a keyring that is locked or absent can raise anything: then there is no key
        return ""


def get(
    session: Session[Any],
    name: str,
    seconds: float,
    address: str,
    headers: Mapping[str, str] | None = None,
    **query: str,
) -> Any:
    """What the JSON of an address holds; BusyError where asking again may help, RefusedError where not."""
    from curl_cffi.requests.exceptions import RequestException, Timeout

    try:
        answer = session.get(address, params=query, headers=dict(headers or {}), timeout=seconds)
    except (RequestException, OSError) as error:
        reason = Reason("connection_failed", source=name, why=short(error))
        raise BusyError(reason, again=not isinstance(error, Timeout)) from None
    code = int(answer.status_code)
    if code in (401, 403):
        raise RefusedError(Reason("key_refused", source=name))
    if code == 404:
        raise RefusedError(Reason("unknown_to", source=name), known=False)
    if code in (402, 429):
        raise BusyError(Reason("request_limit", source=name, code=code), again=code == 429)
    if code != 200:
        raise BusyError(Reason("answered_code", source=name, code=code))
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise BusyError(Reason("no_data_page", source=name)) from None


def _tiingo(symbol: str, start: pd.Timestamp, key: str, ask: Ask) -> Pulled | Unavailable:
    """Tiingo's prices are as traded on the day, with the split's ratio and the dividend beside."""
    if not symbol.replace("-", "").isalnum():
        return Unavailable(symbol, Reason("tiingo_us_only"), asked=False)
    head = {"Authorization": f"Token {key}"}
    rows = _table(ask(f"{TIINGO}{symbol.lower()}/prices", head, startDate=str(start.date()), format="json"), "Tiingo")
    if not len(rows):
        return Unavailable(symbol, no_prices_since("Tiingo", start))
    raw = rows.rename(columns={"adjClose": "adj_close", "divCash": "dividend", "splitFactor": "split"})
    raw = raw.assign(split=raw["split"].where(raw["split"] != 1, 0.0)) if "split" in raw else raw
    return Pulled(symbol, _adjusted(raw, "Tiingo", shares=True), "USD", start, source="Tiingo")


def _eodhd(symbol: str, start: pd.Timestamp, key: str, ask: Ask) -> Pulled | Unavailable:
    """EODHD's closes are as traded on the day, its volumes adjusted; splits and dividends are asked for apart."""
    stem, _, ending = symbol.partition(".")
    theirs = f"{stem[1:]}.INDX" if stem.startswith("^") else f"{stem}.{ENDINGS.get(ending, '')}"
    if theirs.endswith(".") or "=" in symbol:
        return Unavailable(symbol, Reason("eodhd_ending"), asked=False)
    query = {"api_token": key, "fmt": "json", "from": str(start.date())}
    rows = _table(ask(f"{EODHD}eod/{theirs}", period="d", **query), "EODHD")
    if not len(rows):
        return Unavailable(symbol, no_prices_since("EODHD", start))
    _check(rows, "EODHD", ("open", "high", "low", "close", "adjusted_close", "volume"))
    splits, paid = (_table(ask(f"{EODHD}{what}/{theirs}", **query), "EODHD") for what in ("splits", "div"))
    ratio = splits["split"].map(_ratio) if len(splits) else pd.Series(dtype=float)
    raw = rows.rename(columns={"adjusted_close": "adj_close"})
    raw = raw.assign(split=ratio.reindex(raw.index), dividend=0.0)
    if len(paid):
        raw["dividend"] = pd.to_numeric(paid["value"]).groupby(level=0).sum().reindex(raw.index)
    table = _adjusted(raw, "EODHD", shares=False)  # `value` of a dividend is adjusted for later splits as well
    return Pulled(symbol, table, "USD" if ending == "" and not stem.startswith("^") else "", start, source="EODHD")


def _ratio(text: object) -> float:
    new, _, old = str(text).partition("/")
    return float(new) / float(old or 1)


def _table(rows: Any, name: str) -> pd.DataFrame:
    """A list of records with `date` → a table by day; BusyError where it is none."""
    try:
        table = pd.DataFrame([dict(row) for row in rows])
        if not len(table):
            return table
        days = pd.to_datetime(table.pop("date").str.slice(0, 10), format="%Y-%m-%d")
        table.index = pd.DatetimeIndex(days).as_unit("ns").rename("date")
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BusyError(Reason("answer_form", source=name)) from None
    table = table.sort_index()
    return table[~table.index.duplicated(keep="last")]


def _check(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    if lacking := [c for c in columns if c not in table]:
        raise BusyError(Reason("answer_lacks", source=name, column=lacking[0]))


def _adjusted(raw: pd.DataFrame, name: str, *, shares: bool) -> pd.DataFrame:
    """Prices as traded → adjusted for every later split, as in `Pulled`; volumes and dividends too where `shares`."""
    columns = ["open", "high", "low", "close", "adj_close", "volume", "dividend", "split"]
    _check(raw, name, columns)
    try:
        table = raw[columns].astype(float)
    except (TypeError, ValueError):
        raise BusyError(Reason("answer_no_number", source=name)) from None
    table[["dividend", "split"]] = table[["dividend", "split"]].fillna(0.0)
    told = table["split"].where(table["split"] > 0, 1.0).to_numpy()
    later = np.append(np.cumprod(told[::-1])[::-1][1:], 1.0)  # the ratio of all splits after each day
    table[["open", "high", "low", "close"]] = table[["open", "high", "low", "close"]].div(later, axis=0)
    if shares:
        table["volume"], table["dividend"] = table["volume"] * later, table["dividend"] / later
    return table


# A source with a key is one function and one line here.
KEYED: Mapping[str, Keyed] = {
    "tiingo": Keyed("Tiingo", "TIINGO_API_KEY", _tiingo),
    "eodhd": Keyed("EODHD", "EODHD_API_TOKEN", _eodhd),
}
ON_NETWORK = ("auto", "yahoo", *KEYED)


def source_name(origin: str) -> str:
    return {"yahoo": "Yahoo", **{name: source.name for name, source in KEYED.items()}}.get(origin, origin)
