"""Abnormal volume and abnormal volatility of the headline event, firm by firm and basket by basket."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.event_time import event_returns
from eventwindow.estimation.returns import log_volume
from eventwindow.inference.expected_volatility import drifting
from eventwindow.inference.permutation import abnormal_volatility, volatility_permutation
from eventwindow.inference.registry import leading_permutation
from eventwindow.inference.results import Result, SignificanceResult, noted
from eventwindow.inference.sample import sample

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

    log_volume: the mean abnormal log volume of a day; serially correlated, so windows are judged by rank only. Firms
    and baskets by the date permutation that leads, which of one firm is SQ. volatility: SAR² over its mean under the
    null, one day at a time; a firm by F(1, T - k), a basket by date permutation.
    """
    days = [Window(tau, tau) for tau in headline.window.taus.tolist() if any(tau in w for w in windows)]
    parts = {name: headline.select(list(members)) for name, members in baskets.items()}
    rows = [row for day in days for row in _volatility(headline, parts, day)]
    if volume is not None:
        chosen = [(str(s), "firm", volume.select(np.array([i]))) for i, s in enumerate(volume.labels["security"])]
        together = ((name, volume.select(list(members))) for name, members in baskets.items())
        chosen += [(name, "basket", one) for name, one in together if len(one) > 1]
        rows += [row for window in windows for row in _volume(chosen, window)]
    return pd.DataFrame(rows, columns=ACTIVITY)


Row = tuple[object, ...]


def _volume(chosen: Sequence[tuple[str, str, AbnormalReturns]], window: Window) -> list[Row]:
    rows = []
    for name, kind, one in chosen:
        value = one.caar(window) / len(window) if one.car(window).complete.any() else None
        rows.append(_row(one, name, kind, "log_volume", window, _ranked(one, window), value))
    return rows


def _ranked(volume: AbnormalReturns, window: Window) -> Result:
    """The permutation that leads; over so many sessions that volume drifts, none does."""
    found, why = leading_permutation(sample(volume, window)), drifting(len(window))
    if why is None or not isinstance(found, SignificanceResult):
        return found
    return replace(found, valid=False, note=Reason.joined(why, found.note))


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
            test = volatility_permutation(sample(chosen, day))
            value = test.statistic if isinstance(test, SignificanceResult) else None
            rows.append(_row(chosen, name, "basket", "volatility", day, test, value))
    return rows


def _row(
    chosen: AbnormalReturns, name: str, kind: str, quantity: str, window: Window, test: Result, value: float | None
) -> Row:
    p = test.p_value if isinstance(test, SignificanceResult) and test.valid else None
    where = (chosen.labels["event"].iloc[0], name, kind, quantity, window.start, window.end)
    return (*where, value, p, test.n, noted(test))
