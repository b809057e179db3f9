"""Bars as tables: the day by the minute, the day as a whole, lead and lag; decimals, nothing rounded."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.analyses.intraday.bars import (
    Bars,
    abnormal_bars,
    cumulated,
    ordinary,
    path_statistic,
    positions,
    rank_p,
    upper_rank_p,
)
from eventwindow.analyses.intraday.lead_lag import lead_lag
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.event_time import Array
from eventwindow.inference.results import LEVEL

MINUTES = [
    "event", "security", "date", "start", "zone", "minute", "return_from_open", "car_from_open", "band_low",
    "band_high", "volume", "usual_volume", "squared_return", "usual_squared_return",
]  # fmt: skip
DAYS = ["event", "security", "date", "measure", "value", "usual", "p_value", "days", "market", "beta", "note"]
LEADS = [
    "event", "leader", "follower", "sector", "date", "lag", "correlation", "band", "p_any", "lead", "p_lead", "note",
]  # fmt: skip
TOO_SHORT = Reason("not_computed", reason=Reason("too_few_common_bars"))


def intraday_tables(
    event: str,
    bars: Mapping[str, Bars],
    shown: Sequence[pd.Timestamp],
    events: Sequence[pd.Timestamp],
    *,
    market: str | None = None,
    sector: str | None = None,
    pairs: Sequence[tuple[str, str]] = (),
    lost: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, pd.DataFrame]:
    """Tables intraday, intraday_days and lead_lag of the days `shown`; neither they nor other `events` are ordinary.

    `lost` holds symbols that have no bars to show, with the reason.
    """
    minutes, days, ready = [], [], {}
    against = bars.get(market) if market else None
    for symbol, held in bars.items():
        try:
            usual = ready[symbol] = ordinary(held, [*shown, *events])
        except StudyError as error:
            days.append(_left_out(symbol, error.what))
            continue
        residual, beta = abnormal_bars(held, None if symbol == market else against, usual)
        car = cumulated(residual)
        by_minute = _usual_minutes(held, car, usual)
        days += [_noted(symbol, why).assign(date=day) for day in shown if (why := held.lacking(day))]
        for day in positions(held, shown):
            minutes.append(_minutes(held, car, by_minute, day))
            days.append(
                _day(held, car, usual, day).assign(market=market if beta else "", beta=np.nan if beta is None else beta)
            )
    chosen = [(first, second) for first, second in pairs if {first, second, sector} <= set(ready)]
    leads = [_leads(bars, p, str(sector), shown, ready[p[0]]) for p in chosen]
    return {
        "intraday": _joined(minutes, event, MINUTES),
        "intraday_days": _joined([*days, *(_left_out(s, why) for s, why in lost.items())], event, DAYS),
        "lead_lag": _joined(leads, event, LEADS),
    }


def _usual_minutes(bars: Bars, car: Array, usual: np.ndarray) -> dict[str, Array]:
    """What is usual of each minute: the band of the sum since the open, the volume, the squared return."""
    band = partial(np.nanquantile, q=[LEVEL / 2, 1 - LEVEL / 2], axis=0)
    low, high = _by_minute(car[usual], band, 2)
    return {
        "band_low": low,
        "band_high": high,
        "usual_volume": _by_minute(bars.volume[usual], partial(np.nanmedian, axis=0))[0],
        "usual_squared_return": _by_minute(bars.returns[usual] ** 2, partial(np.nanmean, axis=0))[0],
    }


def _minutes(bars: Bars, car: Array, usual: Mapping[str, Array], day: int) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "start": pd.DatetimeIndex(bars.starts[day]).tz_localize("UTC"),
            "minute": bars.minutes,
            "return_from_open": bars.path[day],
            "car_from_open": car[day],
            "volume": bars.volume[day],
            "squared_return": bars.returns[day] ** 2,
            **usual,
        }
    )
    return frame[frame["start"].notna()].assign(security=bars.symbol, date=bars.sessions[day], zone=bars.zone)


def _by_minute(values: Array, statistic: Callable[[Array], Any], count: int = 1) -> Array:
    """The statistics of each column, a row each; missing where no ordinary day has a bar of that minute."""
    held = np.isfinite(values).any(axis=0)
    out = np.full((count, values.shape[1]), np.nan)
    out[:, held] = statistic(values[:, held])
    return out


def _left_out(symbol: str, why: str) -> pd.DataFrame:
    return _noted(symbol, Reason("not_computed", reason=why))


def _noted(symbol: str, note: Reason) -> pd.DataFrame:
    return pd.DataFrame([{"security": symbol, "note": note}])


def _joined(parts: Sequence[pd.DataFrame], event: str, columns: list[str]) -> pd.DataFrame:
    """The parts in the columns of the contract; no row where there is no part."""
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True).assign(event=event).reindex(columns=columns)


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
    return frame.assign(security=bars.symbol, date=bars.sessions[day], days=int(usual.sum()), note="")


def _leads(
    bars: Mapping[str, Bars], pair: tuple[str, str], sector: str, shown: Sequence[pd.Timestamp], usual: np.ndarray
) -> pd.DataFrame:
    first, second = (bars[s] for s in pair)
    parts = []
    for day in positions(first, shown):
        found = lead_lag(first, second, bars[sector], day, usual)
        rows = pd.DataFrame({"note": [TOO_SHORT]}).reindex(columns=LEADS)
        if found is not None:
            rows = pd.DataFrame({"lag": found.lags, "correlation": found.correlation, "band": found.band})
            rows = rows.assign(p_any=found.p_any, lead=found.lead, p_lead=found.p_lead)
            rows["note"] = np.full(len(rows), Reason("sign_flipped", seed=found.seed), object)
        parts.append(rows.assign(leader=pair[0], follower=pair[1], sector=sector, date=first.sessions[day]))
    return pd.concat(parts)
