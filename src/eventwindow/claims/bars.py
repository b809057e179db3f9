"""5-minute bars of a session."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Evidence, table
from eventwindow.errors import NoFigure

ZONE = "America/New_York"


def session_bars(evidence: Evidence, symbol: str, when: date) -> pd.DataFrame:
    """The bars of one symbol on one New York day, in time order."""
    bars = symbol_bars(evidence, symbol)
    chosen = bars[bars["day"] == pd.Timestamp(when)]
    if chosen.empty:
        raise NoFigure(f"No 5-minute bars of {symbol} on {when}.", f"{symbol} 在 {when} 沒有五分鐘資料。")
    return chosen


def symbol_bars(evidence: Evidence, symbol: str) -> pd.DataFrame:
    """All bars of one symbol with the New York day and minute of each."""
    held = table(evidence, "intraday")
    bars = held[held["symbol"] == symbol].sort_values("start").reset_index(drop=True)
    local = pd.DatetimeIndex(bars["start"]).tz_convert(ZONE)
    return bars.assign(day=local.normalize().tz_localize(None), minute=np.asarray(local.hour * 60 + local.minute))


def bar_returns(evidence: Evidence, symbol: str) -> pd.DataFrame:
    """Log returns from bar to bar within a session, day × minute; a day's first bar from its open."""
    bars = symbol_bars(evidence, symbol)
    if bars.empty:
        raise NoFigure(f"No 5-minute bars of {symbol} are held.", f"沒有 {symbol} 的五分鐘資料。")
    bars = bars.assign(close=np.log(bars["close"].astype(float)), open=np.log(bars["open"].astype(float)))
    closes = bars.pivot_table(index="day", columns="minute", values="close")
    opens = bars.pivot_table(index="day", columns="minute", values="open")
    moves = closes.diff(axis=1)
    moves.iloc[:, 0] = closes.iloc[:, 0] - opens.iloc[:, 0]
    return moves
