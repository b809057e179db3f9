"""Securities and events of a study → abnormal returns, each security on its own exchange's sessions."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from eventwindow.abnormal import AbnormalReturns, estimate
from eventwindow.event_returns import event_returns
from eventwindow.joined import concat
from eventwindow.timeline import Calendar, Window

NO_BENCHMARK = "none"
PLACED = ["event", "security", "group", "benchmark", "date", "mic", "shift"]


def placed_events(
    securities: pd.DataFrame, calendar: pd.DataFrame, calendars: Mapping[str, Calendar], held: Collection[str]
) -> pd.DataFrame:
    """One row an event and security with prices: its day 0 on its own exchange, and the shift if there was one.

    `securities` is indexed by symbol (group, benchmark); `calendar` holds the session of each event on each exchange.
    """
    mine = securities[securities.index.isin(held)].rename_axis("security").reset_index()
    mine = mine.assign(mic=[calendars[symbol].mic for symbol in mine["security"]])
    events = calendar[calendar["kind"] == "event"]
    order = pd.DataFrame({"event": events["id"].unique()})
    rows = order.merge(mine, how="cross").merge(
        events[["id", "mic", "session", "shift"]].rename(columns={"id": "event", "session": "date"}),
        on=["event", "mic"],
    )
    return rows[PLACED]


def study_abnormal_returns(
    placed: pd.DataFrame,
    returns: Mapping[str, pd.Series],
    calendars: Mapping[str, Calendar],
    *,
    estimation: Window,
    window: Window,
    model: str,
    minimum_returns: int,
    kind: str,
) -> AbnormalReturns:
    """Abnormal returns of every placed event, in the order of `placed`.

    A security whose benchmark is "none" is mean-adjusted; the others follow `model`.
    """
    parts = []
    for (_, lacking), rows in placed.groupby(["mic", placed["benchmark"] == NO_BENCHMARK], sort=False):
        sessions = calendars[rows["security"].iloc[0]].sessions
        table = pd.DataFrame({s: returns[s].reindex(sessions) for s in rows["security"].unique()}, index=sessions)
        benchmarks = {} if lacking else {b: returns[b].reindex(sessions) for b in rows["benchmark"].unique()}
        laid = event_returns(
            table,
            rows.assign(position=rows.index, benchmark="" if lacking else rows["benchmark"]),
            estimation=estimation,
            window=window,
            factors=benchmarks or None,
            kind=kind,
        )
        parts.append(estimate(laid, "mean_adjusted" if lacking else model, minimum_returns))
    joined = concat(parts)
    return joined.select(joined.labels["position"].to_numpy().argsort(kind="stable"))
