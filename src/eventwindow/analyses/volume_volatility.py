"""Abnormal volume and abnormal volatility of the headline event, firm by firm and basket by basket."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.event_time import Array, event_returns
from eventwindow.estimation.returns import log_volume
from eventwindow.inference.expected_volatility import RECENT, drifting, unlike
from eventwindow.inference.permutation import MINIMUM_DAYS, abnormal_volatility, volatility_permutation
from eventwindow.inference.registry import leading_permutation
from eventwindow.inference.results import Result, SignificanceResult, doubted, noted
from eventwindow.inference.sample import Sample, sample, samples
from eventwindow.inference.single_firm import firm_sq, leading_sq

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
    rows, firms = list[Row](), abnormal_volatility(headline)
    for day, together in _by_window(headline, baskets, days):
        rows += _volatility(headline, firms, day)
        for name, events in together:
            test = volatility_permutation(events)
            value = test.statistic if isinstance(test, SignificanceResult) else None
            rows.append(_row(headline, name, "basket", "volatility", day, test, value))
    if volume is not None:
        for window, together in _by_window(volume, baskets, windows):
            rows += _volume(volume, window)
            for name, events in together:
                value = float(events.car.car.mean()) / len(window) if events.n else None
                rows.append(_row(volume, name, "basket", "log_volume", window, _ranked(events), value))
    return pd.DataFrame(rows, columns=ACTIVITY)


Row = tuple[object, ...]


def _by_window(
    ar: AbnormalReturns, baskets: Mapping[str, Sequence[str]], windows: Sequence[Window]
) -> list[tuple[Window, list[tuple[str, Sample]]]]:
    """Each window with the baskets of several firms over it."""
    chosen = ((name, ar.among(members)) for name, members in baskets.items())
    held = [(name, samples(one, windows)) for name, one in chosen if len(one) > 1]
    return [(window, [(name, events[k]) for name, events in held]) for k, window in enumerate(windows)]


def _volume(volume: AbnormalReturns, window: Window) -> Iterator[Row]:
    """Each firm by its place among its own days, scaled where its volatility moved: of one, the permutation is that."""
    car, plain = volume.car(window), firm_sq(volume, window)
    p, ratio = leading_sq(volume, window, plain.p_value)
    usual = car.complete & (np.isfinite(volume.residuals).sum(axis=1) >= MINIMUM_DAYS)
    for i, name in enumerate(volume.labels["security"].tolist()):
        test = plain[i]
        if usual[i] and isinstance(test, SignificanceResult):
            note = Reason("volatility_ratio", n=RECENT, ratio=float(ratio[i])) if unlike(ratio[i]) else test.note
            test = _drifted(replace(test, p_value=float(p[i]), n=1, note=note), window)
        else:
            test = _ranked(sample(volume.select(np.array([i])), window))
        value = car.car[i] / len(window) if car.complete[i] else None
        yield _row(volume, name, "firm", "log_volume", window, test, value)


def _ranked(events: Sample) -> Result:
    """The permutation that leads; over so many sessions that volume drifts, none does."""
    return _drifted(leading_permutation(events), events.window)


def _drifted(found: Result, window: Window) -> Result:
    why = drifting(len(window))
    if why is None or not isinstance(found, SignificanceResult):
        return found
    return doubted(found, why)


def _volatility(headline: AbnormalReturns, firms: Sequence[Array], day: Window) -> list[Row]:
    ratio, p = (part[:, headline.columns(day).start] for part in firms)
    labels, held = headline.labels, np.isfinite(ratio)
    names = zip(labels["event"][held], labels["security"][held], ratio[held], p[held], strict=True)
    where = "firm", "volatility", day.start, day.end
    return [(event, security, *where, value, chance, 1, "") for event, security, value, chance in names]


def _row(
    ar: AbnormalReturns, name: str, kind: str, quantity: str, window: Window, test: Result, value: float | None
) -> Row:
    p = test.p_value if isinstance(test, SignificanceResult) and test.valid else None
    where = (ar.labels["event"].iloc[0], name, kind, quantity, window.start, window.end)
    return (*where, value, p, test.n, noted(test))
