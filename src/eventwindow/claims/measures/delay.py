"""How long after a release the first abnormal session came."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.claims.evidence import Day, EventId, Evidence, Members, Span
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.path import daily_path
from eventwindow.claims.wording import day, figure, found_at, listed, named, p_text
from eventwindow.errors import NoFigure
from eventwindow.inference.results import LEVEL


@dataclass(frozen=True, slots=True)
class Delay:
    """Calendar days from `date` to the first abnormal session in `window` around `event`.

    A session is abnormal if its rank among runs of as many days before, step by step, has a p-value of at most 5 %.
    """

    members: Members
    date: Day
    event: EventId
    window: Span

    def measure(self, evidence: Evidence) -> Measured:
        path = daily_path(evidence, self.members, self.event, Window(*self.window))
        first = path[path["p_runs"] <= LEVEL]
        least, least_zh = (found_at(float(path["detectable"].max()), "decimal", z) for z in (False, True))
        shown, shown_zh = (self._days(path, z) for z in (False, True))
        if first.empty:
            raise NoFigure(
                f"No session is abnormal: {shown}. On a single session {least}.",
                f"沒有異常的交易日：{shown_zh}。單日 {least_zh}。",
            )
        when = pd.Timestamp(first.index[0])
        gap = float((when - pd.Timestamp(self.date)).days)
        who, who_zh = named(evidence, self.members), named(evidence, self.members, True)
        return Measured(
            gap,
            "days",
            f"First abnormal session of {who} after {day(self.date)}: {day(when)}. Path: {shown}, corrected for "
            f"{len(path)} sessions. On a single session {least}.",
            f"{who_zh}在 {day(self.date, True)}之後首個異常交易日為 {day(when, True)}。路徑：{shown_zh}"
            f"（已就 {len(path)} 個交易日校正）。單日 {least_zh}。",
            made_of("decimal", **{f"{d:%Y-%m-%d}": v for d, v in path["ar"].items()}),
        )

    @staticmethod
    def _days(path: pd.DataFrame, zh: bool) -> str:
        items = [
            f"{d.day} {d:%b} {figure(float(ar), 'decimal')}"
            if not zh
            else f"{d.month}/{d.day} {figure(float(ar), 'decimal')}"
            for d, ar in zip(pd.DatetimeIndex(path.index), path["ar"], strict=True)
        ]
        smallest = p_text(float(path["p_runs"].min()))
        return listed(items, zh) + (f"；最小 {smallest}" if zh else f"; smallest {smallest}")
