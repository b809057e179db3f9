"""Results as tables, in the columns of the output contract; decimals, nothing rounded."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns

EXCLUDED = ["event", "security", "what", "window_start", "window_end", "reason"]


def excluded_table(
    abnormal: AbnormalReturns, windows: Sequence[Window], placed: pd.DataFrame, told: Sequence[tuple[object, ...]]
) -> pd.DataFrame:
    """What was left out, shifted, substituted or only partly computed, and why.

    `told` holds rows (event, security, what, reason) that are known before anything is computed.
    """
    rows: list[tuple[object, ...]] = [(*head, None, None, reason) for *head, reason in told]
    rows += [(r.event, r.security, "excluded", None, None, r.reason) for r in abnormal.excluded.itertuples()]
    for r in placed[placed["shift"].notna()].itertuples():
        rows.append(
            (r.event, r.security, "shifted", None, None, Reason("day_zero_is", day=f"{r.date:%Y-%m-%d}", shift=r.shift))
        )
    rows += [*_over_halts(abnormal), *_short_estimation(abnormal)]
    for window in windows:
        rows += _incomplete(abnormal, window)
    return pd.DataFrame(rows, columns=EXCLUDED).astype({"window_start": "Int64", "window_end": "Int64"})


def _over_halts(abnormal: AbnormalReturns) -> Iterator[tuple[object, ...]]:
    covered = abnormal.covered
    if covered is None:
        return
    for row, column in np.argwhere(covered > 1).tolist():
        day = np.datetime_as_string(abnormal.event_days[row, column].astype("M8[D]"))
        told = Reason("covers_sessions", day=str(day), n=int(covered[row, column]))
        yield (*abnormal.labels.loc[row, ["event", "security"]], "told", None, None, told)


def _short_estimation(abnormal: AbnormalReturns) -> list[tuple[object, ...]]:
    full, where = len(abnormal.estimation), (abnormal.estimation.start, abnormal.estimation.end)
    return [
        (event, security, "partly", *where, Reason("estimation_returns", n=int(n), of=full))
        for event, security, n in _named(abnormal, abnormal.nobs)
        if n < full
    ]


def _incomplete(abnormal: AbnormalReturns, window: Window) -> list[tuple[object, ...]]:
    car, where = abnormal.car(window), (window.start, window.end)
    rows: list[tuple[object, ...]] = []
    for event, security, why, lacking in _named(abnormal, car.reason, abnormal.lacking(window)):
        missing = Reason("days_missing", n=int(lacking), of=len(window))
        if why or lacking:
            rows.append((event, security, "partly", *where, Reason("not_computed", reason=why) if why else missing))
    return rows


def _named(abnormal: AbnormalReturns, *columns: np.ndarray) -> Iterator[tuple[Any, ...]]:
    return zip(abnormal.labels["event"], abnormal.labels["security"], *columns, strict=True)
