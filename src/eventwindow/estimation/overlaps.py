"""Events of one security whose event windows share days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eventwindow.estimation.abnormal import AbnormalReturns

COLUMNS = ["security", "first", "second", "days"]
SPELLED_OUT = 10


def overlapping_events(ar: AbnormalReturns) -> pd.DataFrame:
    """The pairs of events of one security whose event windows share days: both dates and the number of days."""
    first, last = _ends(ar)
    order, security = _by_security(ar, first)
    rows = []
    for i, a in enumerate(order):
        for b in order[i + 1 :]:
            if security[a] != security[b] or first[b] > last[a]:
                break
            shared = len(np.intersect1d(ar.event_days[a][ar.event_days[a] >= 0], ar.event_days[b]))
            rows.append((ar.labels["security"].iloc[a], ar.labels["date"].iloc[a], ar.labels["date"].iloc[b], shared))
    return pd.DataFrame(rows, columns=COLUMNS)


def overlap_notes(ar: AbnormalReturns) -> tuple[str, ...]:
    """A sentence for each overlapping pair, or one for all where there are many."""
    first, last = _ends(ar)
    order, security = _by_security(ar, first)
    a, b = order[:-1], order[1:]
    neighbours = int(((security[a] == security[b]) & (first[b] <= last[a])).sum())
    if neighbours > SPELLED_OUT:
        return (f"{neighbours} event windows share days with the next one of the same security",)
    return tuple(
        f"{row['security']}: the event windows of {row['first']:%Y-%m-%d} and {row['second']:%Y-%m-%d} "
        f"share {row['days']} days"
        for row in (overlapping_events(ar).to_dict("records") if neighbours else [])
    )


def _ends(ar: AbnormalReturns) -> tuple[np.ndarray, np.ndarray]:
    """First and last date of each event window inside the data; an empty window ends before it starts."""
    held = ar.event_days >= 0
    far = np.iinfo(np.int64).max
    return np.where(held, ar.event_days, far).min(axis=1), np.where(held, ar.event_days, -1).max(axis=1)


def _by_security(ar: AbnormalReturns, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions sorted by security, then date; and the security's number."""
    security = pd.factorize(ar.labels["security"])[0]
    return np.lexsort((first, security)), security
