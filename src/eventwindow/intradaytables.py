"""Bars as tables: the day by the minute, the day as a whole, lead and lag; decimals, nothing rounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from eventwindow.event_returns import Array
from eventwindow.intraday import (
    LEVEL,
    Bars,
    abnormal_bars,
    cumulated,
    ordinary,
    path_statistic,
    positions,
    rank_p,
    upper_rank_p,
)
from eventwindow.leadlag import lead_lag

MINUTES = [
    "event", "security", "date", "start", "zone", "minute", "return_from_open", "car_from_open", "band_low",
    "band_high", "volume", "usual_volume", "squared_return", "usual_squared_return",
]  # fmt: skip
DAYS = ["event", "security", "date", "measure", "value", "usual", "p_value", "days", "market", "beta"]
LEADS = [
    "event",
    "leader",
    "follower",
    "sector",
    "date",
    "lag",
    "correlation",
    "band",
    "p_any",
    "lead",
    "p_lead",
    "note",
]
TOO_SHORT = "not computed: too few common bars on this day"


def empty_tables() -> dict[str, pd.DataFrame]:
    """The tables of a study without bars."""
    columns = {"intraday": MINUTES, "intraday_days": DAYS, "lead_lag": LEADS}
    return {name: pd.DataFrame(columns=named) for name, named in columns.items()}


def intraday_tables(
    event: str,
    bars: Mapping[str, Bars],
    shown: Sequence[pd.Timestamp],
    events: Sequence[pd.Timestamp],
    *,
    market: str | None = None,
    sector: str | None = None,
    pairs: Sequence[tuple[str, str]] = (),
) -> dict[str, pd.DataFrame]:
    """Tables intraday, intraday_days and lead_lag of the days `shown`; neither they nor other `events` are ordinary."""
    minutes, days = [], []
    against = bars.get(market) if market else None
    for symbol, held in bars.items():
        usual = ordinary(held, [*shown, *events])
        residual, beta = abnormal_bars(held, None if symbol == market else against, usual)
        car = cumulated(residual)
        for day in positions(held, shown):
            minutes.append(_minutes(held, car, usual, day))
            days.append(
                _day(held, car, usual, day).assign(market=market if beta else "", beta=np.nan if beta is None else beta)
            )
    if not minutes:
        return empty_tables()
    chosen = [(first, second) for first, second in pairs if sector in bars and {first, second} <= set(bars)]
    leads = [_leads(bars, p, str(sector), shown, events) for p in chosen]
    return {
        "intraday": pd.concat(minutes, ignore_index=True).assign(event=event)[MINUTES],
        "intraday_days": pd.concat(days, ignore_index=True).assign(event=event)[DAYS],
        "lead_lag": pd.concat(leads, ignore_index=True).assign(event=event)[LEADS]
        if leads
        else empty_tables()["lead_lag"],
    }


def _minutes(bars: Bars, car: Array, usual: np.ndarray, day: int) -> pd.DataFrame:
    squares = bars.returns**2
    low, high = np.nanquantile(car[usual], [LEVEL / 2, 1 - LEVEL / 2], axis=0)
    frame = pd.DataFrame(
        {
            "start": pd.DatetimeIndex(bars.starts[day]).tz_localize("UTC"),
            "minute": bars.minutes,
            "return_from_open": bars.path[day],
            "car_from_open": car[day],
            "band_low": low,
            "band_high": high,
            "volume": bars.volume[day],
            "usual_volume": _median(bars.volume[usual]),
            "squared_return": squares[day],
            "usual_squared_return": np.nanmean(squares[usual], axis=0),
        }
    )
    return frame[frame["start"].notna()].assign(security=bars.symbol, date=bars.sessions[day], zone=bars.zone)


def _median(values: Array) -> Array:
    """By minute; missing where no ordinary day has a volume."""
    held = np.isfinite(values).any(axis=0)
    out = np.full(values.shape[1], np.nan)
    out[held] = np.nanmedian(values[:, held], axis=0)
    return out


def _day(bars: Bars, car: Array, usual: np.ndarray, day: int) -> pd.DataFrame:
    """What the day came to, a row a measure, with its rank among the ordinary days."""
    end = pd.DataFrame(car).ffill(axis=1).iloc[:, -1].to_numpy(float)
    variance, volume = np.nansum(bars.returns**2, axis=1), np.nansum(bars.volume, axis=1)
    signed = {"overnight_gap": bars.overnight, "session_return": bars.session, "car_from_open": end}
    large = {"path": path_statistic(car, car[usual]), "realised_variance": variance}
    large |= {"volume": volume} if np.isfinite(bars.volume).any() else {}
    rows = [
        (
            name,
            values[day],
            np.nanmedian(values[usual]),
            (rank_p if name in signed else upper_rank_p)(values[day], values[usual]),
        )
        for name, values in (signed | large).items()
        if np.isfinite(values[day])
    ]
    frame = pd.DataFrame(rows, columns=["measure", "value", "usual", "p_value"])
    return frame.assign(security=bars.symbol, date=bars.sessions[day], days=int(usual.sum()))


def _leads(
    bars: Mapping[str, Bars],
    pair: tuple[str, str],
    sector: str,
    shown: Sequence[pd.Timestamp],
    events: Sequence[pd.Timestamp],
) -> pd.DataFrame:
    first, second = (bars[s] for s in pair)
    usual = ordinary(first, [*shown, *events])
    parts = []
    for day in positions(first, shown):
        found = lead_lag(first, second, bars[sector], day, usual)
        rows = pd.DataFrame({"note": [TOO_SHORT]}).reindex(columns=LEADS)
        if found is not None:
            rows = pd.DataFrame({"lag": found.lags, "correlation": found.correlation, "band": found.band})
            rows = rows.assign(p_any=found.p_any, lead=found.lead, p_lead=found.p_lead)
            rows["note"] = f"against sign-flipped days, seed {found.seed}"
        parts.append(rows.assign(leader=pair[0], follower=pair[1], sector=sector, date=first.sessions[day]))
    return pd.concat(parts)
