"""How long after a release the first abnormal session came."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from eventwindow.claims.claim import Evidence, Measured
from eventwindow.claims.lookup import Day, EventId, Members, NoFigure, Span
from eventwindow.claims.path import daily_path
from eventwindow.claims.wording import day, figure, listed, named, p_text
from eventwindow.timeline import Window

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Delay:
    """Calendar days from `date` to the first abnormal session in `window` around `event`.

    A session is abnormal if its t-based p-value, corrected by Holm over the sessions of the window, is at most 5 %.
    """

    members: Members
    date: Day
    event: EventId
    window: Span

    def measure(self, evidence: Evidence) -> Measured:
        path = daily_path(evidence, self.members, self.event, Window(*self.window))
        first = path[path["p_holm"] <= LEVEL]
        least = figure(float(path["detectable"].max()), "decimal").lstrip("+")
        shown, shown_zh = (self._days(path, z) for z in (False, True))
        if first.empty:
            raise NoFigure(
                f"No session is abnormal: {shown}. An effect of {least} would have been seen.",
                f"沒有異常的交易日：{shown_zh}。{least} 的效果應能發現。",
            )
        when = pd.Timestamp(first.index[0])
        gap = float((when - pd.Timestamp(self.date)).days)
        who, who_zh = named(evidence, self.members), named(evidence, self.members, True)
        return Measured(
            gap,
            "days",
            f"First abnormal session of {who} after {day(self.date)}: {day(when)}. Path: {shown}. An effect of "
            f"{least} a day would have been seen with 80 % power.",
            f"{who_zh}在 {day(self.date, True)}之後首個異常交易日為 {day(when, True)}。路徑：{shown_zh}。"
            f"單日 {least} 的效果有八成機會被發現。",
            {f"{d:%Y-%m-%d}": float(v) for d, v in zip(pd.DatetimeIndex(path.index), path["ar"], strict=True)},
        )

    @staticmethod
    def _days(path: pd.DataFrame, zh: bool) -> str:
        items = [
            f"{d.day} {d:%b} {figure(float(ar), 'decimal')}"
            if not zh
            else f"{d.month}/{d.day} {figure(float(ar), 'decimal')}"
            for d, ar in zip(pd.DatetimeIndex(path.index), path["ar"], strict=True)
        ]
        return listed(items, zh) + (f"; smallest {p_text(float(path['p_holm'].min()))}" if not zh else "")
