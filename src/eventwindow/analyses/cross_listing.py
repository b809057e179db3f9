"""Receipts against the home shares that they stand for."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window
from eventwindow.errors import Reason

RECEIPTS = [
    "event", "receipt", "home", "shares", "date", "tau", "home_date", "receipt_close", "home_close", "parity_rate",
    "rate", "premium", "premium_change", "receipt_return", "home_return", "note",
]  # fmt: skip


NO_RATE = Reason("no_exchange_rate")


def receipts_table(
    event: str,
    day_zero: pd.Timestamp,
    pair: Mapping[str, object],
    prices: Mapping[str, pd.DataFrame],
    calendars: Mapping[str, Calendar],
    window: Window,
) -> pd.DataFrame:
    """A receipt against its home share, a row a session of the receipt in `window` around its own day 0.

    The home price is the last close at or before the receipt's. `parity_rate`: home currency per receipt currency at
    which there is no premium, shares × home close / receipt close. `premium` needs the currency's rate; without it
    `premium_change`, the log change of the premium since the first row, is given up to the currency's own change.
    """
    receipt, home = str(pair["receipt"]), str(pair["home"])
    own, abroad = calendars[receipt], calendars[home]
    zero = int(own.sessions.searchsorted(day_zero))
    inside = slice(max(zero + window.start, 0), zero + window.end + 1)
    dates, last = own.sessions[inside], own.closes[inside]
    before = abroad.sessions[abroad.closes.searchsorted(last, side="right") - 1]
    quoted = prices[receipt]["close"].reindex(dates).to_numpy()
    there = prices[home]["close"].reindex(before).to_numpy()
    shares, rate = float(str(pair["shares"])), _rate(pair, prices, dates)
    parity = shares * there / quoted
    steps = np.log(quoted[1:] / quoted[:-1]), np.log(there[1:] / there[:-1])
    value = np.log(parity if rate is None else parity / rate)
    table = pd.DataFrame({"date": dates, "tau": np.arange(len(dates)) + inside.start - zero, "home_date": before})
    return table.assign(
        event=event,
        receipt=receipt,
        home=home,
        shares=shares,
        receipt_close=quoted,
        home_close=there,
        parity_rate=parity,
        rate=np.nan if rate is None else rate,
        premium=np.nan if rate is None else rate / parity - 1,
        premium_change=value[0] - value,
        receipt_return=np.append(np.nan, np.expm1(steps[0])),
        home_return=np.append(np.nan, np.expm1(steps[1])),
        note=np.full(len(dates), NO_RATE if rate is None else "", object),
    )[RECEIPTS]


def _rate(pair: Mapping[str, object], prices: Mapping[str, pd.DataFrame], dates: pd.DatetimeIndex) -> np.ndarray | None:
    """Home currency per receipt currency on the receipt's sessions; None where no rate is held."""
    symbol = pair.get("rate")
    if symbol is None or str(symbol) not in prices:
        return None
    return prices[str(symbol)]["close"].reindex(dates, method="ffill").to_numpy(float)
