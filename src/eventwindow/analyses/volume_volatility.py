"""Abnormal volume and abnormal volatility of the headline event, firm by firm and basket by basket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.event_time import event_returns
from eventwindow.estimation.returns import log_volume
from eventwindow.inference.permutation import abnormal_volatility, date_permutation_mean, volatility_permutation
from eventwindow.inference.results import Result, SignificanceResult, noted
from eventwindow.inference.single_firm import firm_sq

ACTIVITY = ["event", "name", "kind", "quantity", "window_start", "window_end", "value", "p_value", "n", "note"]


def volume_abnormal(
    headline: AbnormalReturns, volumes: Mapping[str, pd.Series], calendar: Calendar, minimum: int
) -> AbnormalReturns | None:
    """Log volume of the headline's securities on `calendar`, less its mean over the estimation window (natural log)."""
    mine = headline.labels[(headline.labels["mic"] == calendar.mic) & headline.labels["security"].isin(list(volumes))]
    if mine.empty:
        return None
    table = pd.DataFrame({s: volumes[s].reindex(calendar.sessions) for s in mine["security"]}, index=calendar.sessions)
    source = event_returns(
        log_volume(table),
        mine.assign(benchmark="").reset_index(drop=True),
        estimation=headline.estimation,
        window=headline.window,
        kind="log_volume",
    )
    return estimate(source, "mean_adjusted", minimum)


def activity_table(
    headline: AbnormalReturns,
    volume: AbnormalReturns | None,
    baskets: Mapping[str, Sequence[str]],
    windows: Sequence[Window],
) -> pd.DataFrame:
    """One row a firm or basket, quantity and window.

    log_volume: the mean abnormal log volume of a day; serially correlated, so windows are judged by rank only. A firm
    by SQ, a basket by date permutation. volatility: SAR² over its mean under the null, one day at a time; a firm by
    F(1, T - k), a basket by date permutation.
    """
    days = [Window(tau, tau) for tau in headline.window.taus.tolist() if any(tau in w for w in windows)]
    parts = {name: headline.select(list(members)) for name, members in baskets.items()}
    rows = [row for day in days for row in _volatility(headline, parts, day)]
    if volume is not None:
        rows += [row for window in windows for row in _volume(volume, baskets, window)]
    return pd.DataFrame(rows, columns=ACTIVITY)


Row = tuple[object, ...]


def _volume(volume: AbnormalReturns, baskets: Mapping[str, Sequence[str]], window: Window) -> list[Row]:
    rank = firm_sq(volume, window)
    labels, where = volume.labels, (window.start, window.end)
    rows: list[Row] = [
        (event, security, "firm", "log_volume", *where, value / len(window), p, 1, reason)
        for event, security, value, p, reason in zip(
            labels["event"], labels["security"], rank.statistic, rank.p_value, rank.reason, strict=True
        )
    ]
    for name, members in baskets.items():
        chosen = volume.select(list(members))
        if len(chosen) > 1:
            result = date_permutation_mean(chosen, window)
            rows.append(_basket_row(chosen, name, "log_volume", window, result, 1 / len(window)))
    return rows


def _volatility(headline: AbnormalReturns, baskets: Mapping[str, AbnormalReturns], day: Window) -> list[Row]:
    at = headline.columns(day).start
    ratio, p = (part[:, at] for part in abnormal_volatility(headline))
    labels, where = headline.labels, (day.start, day.end)
    held = np.isfinite(ratio)
    rows: list[Row] = [
        (event, security, "firm", "volatility", *where, value, chance, 1, "")
        for event, security, value, chance in zip(
            labels["event"][held], labels["security"][held], ratio[held], p[held], strict=True
        )
    ]
    for name, chosen in baskets.items():
        if len(chosen) > 1:
            rows.append(_basket_row(chosen, name, "volatility", day, volatility_permutation(chosen, day), 1.0))
    return rows


def _basket_row(chosen: AbnormalReturns, name: str, quantity: str, window: Window, result: Result, scale: float) -> Row:
    head = (chosen.labels["event"].iloc[0], name, "basket", quantity, window.start, window.end)
    if isinstance(result, SignificanceResult):
        return (*head, result.statistic * scale, result.p_value, result.n, noted(result))
    return (*head, None, None, result.n, noted(result))
