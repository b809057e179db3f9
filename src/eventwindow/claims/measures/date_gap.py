"""Days between an entry of the calendar and another date."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from eventwindow.claims.evidence import Day, Evidence
from eventwindow.claims.model import Measured
from eventwindow.claims.wording import day, figure
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class DateGap:
    """Calendar days from the entry of the study's calendar dated `date` that mentions `mentions` to `until`."""

    date: Day
    mentions: str
    until: Day

    def measure(self, evidence: Evidence) -> Measured:
        entry = self._entry(evidence)
        gap = float((pd.Timestamp(self.until) - pd.Timestamp(self.date)).days)
        return Measured(
            gap,
            "days",
            f"The calendar holds for {day(self.date)}: {entry['what_en']}. That is {figure(gap, 'days')} before "
            f"{day(self.until)}.",
            f"行事曆 {day(self.date, True)}載：{entry['what_zh']}，早於 {day(self.until, True)} "
            f"{figure(gap, 'days', True)}。",
        )

    def _entry(self, evidence: Evidence) -> pd.Series:
        if not evidence.news.empty:
            same = pd.to_datetime(evidence.news["date"]) == pd.Timestamp(self.date)
            named = evidence.news["what_en"].str.contains(self.mentions, case=False, regex=False)
            if (same & named).any():
                return evidence.news[same & named].iloc[0]
        raise NoFigure(
            f"The study's calendar holds no entry of {day(self.date)} that mentions {self.mentions!r}.",
            f"本研究行事曆在 {day(self.date, True)}沒有提到「{self.mentions}」的項目。",
        )
