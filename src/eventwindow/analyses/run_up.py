"""How prices came to the headline day: earlier events, and every session that might have been the day instead."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import NoFigure
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.response import response

APPROACH = ["event", "window_start", "window_end", "first", "last", "n", "mean_return", "caar", "p_value", "detectable"]


def run_up_table(
    abnormal: Mapping[str, AbnormalReturns], headline: str, members: Sequence[str], candidates: Window
) -> pd.DataFrame:
    """The basket's mean CAR, day by day and summed, before the headline event; one row a window of an event.

    Of each earlier event: its own day 0, and from there to the session before the headline's day 0. Of the headline:
    each session from the first candidate to day 0, and the sum of those before day 0. p by date permutation;
    `detectable` is the smallest effect found with 80 % power. Members are those that share the first one's sessions.
    """
    mine = _sharing(abnormal[headline], members)
    if not len(mine):
        return pd.DataFrame(columns=APPROACH)
    zero, basket = mine.labels["date"].iloc[0], list(mine.labels["security"])
    rows = []
    for event, every in abnormal.items():
        theirs = _sharing(every, basket)
        if event == headline or not len(theirs) or theirs.labels["date"].iloc[0] >= zero:
            continue
        last = int(np.searchsorted(theirs.event_days[0], _days(zero))) - 1 + theirs.window.start
        windows = [Window(0, 0), *([Window(0, last)] if 0 < last < theirs.window.end else [])]
        rows += [_row(event, theirs, basket, window) for window in windows]
    first = max(candidates.start, mine.window.start)
    windows = [Window(tau, tau) for tau in range(first, 1)]
    windows += [Window(first, -1)] if first < -1 else []
    rows += [_row(headline, mine, basket, window) for window in windows]
    return pd.DataFrame([row for row in rows if row], columns=APPROACH)


def _days(day: pd.Timestamp) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def _sharing(abnormal: AbnormalReturns, members: Sequence[str]) -> AbnormalReturns:
    """Those of `members` that trade on the sessions of the first one of them."""
    chosen = abnormal.among(members)
    if not len(chosen):
        return chosen
    order = [m for m in members if m in set(chosen.labels["security"])]
    first = chosen.labels["security"].tolist().index(order[0])
    return chosen.select((chosen.event_days == chosen.event_days[first]).all(axis=1))


def _row(event: str, chosen: AbnormalReturns, basket: Sequence[str], window: Window) -> tuple[object, ...]:
    """The window's row; nothing where no basket of these can be tested."""
    try:
        found = response(chosen, basket, window)
    except NoFigure:
        return ()
    effect = found.effect()
    actual = chosen.among(found.members).actual[:, chosen.columns(window)]
    log = chosen.origin is not None and chosen.origin.kind == "log"
    whole = np.expm1(actual.sum(axis=1)) if log else np.prod(1 + actual, axis=1) - 1
    where = (event, window.start, window.end, found.first, found.last, len(found.members))
    return (*where, float(whole.mean()), found.estimate, effect.p_value, effect.detectable)
