"""Whether prices moved more restlessly after a date than before: realised variance of 5-minute bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from eventwindow.claims.bars import bar_returns
from eventwindow.claims.evidence import Day, Evidence, Symbol
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, name
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class RealisedVariance:
    """Mean daily realised variance of the `sessions` from `date` on over that of as many before it; a ratio."""

    security: Symbol
    date: Day
    sessions: int = 5

    def measure(self, evidence: Evidence) -> Measured:
        daily = (bar_returns(evidence, self.security) ** 2).sum(axis=1)
        place = int(daily.index.searchsorted(pd.Timestamp(self.date)))
        before, after = daily.iloc[max(place - self.sessions, 0) : place], daily.iloc[place : place + self.sessions]
        if min(len(before), len(after)) < self.sessions or pd.Timestamp(self.date) not in daily.index:
            raise NoFigure("The 5-minute bars do not reach that far.", "五分鐘資料不夠長。")
        ratio = float(after.mean() / before.mean())
        vols = [float(np.sqrt(252 * part.mean())) for part in (before, after)]
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        return Measured(
            ratio,
            "ratio",
            f"Realised variance of {who} over {self.sessions} sessions from {day(self.date)} was {ratio:.1f} times "
            f"that of the {self.sessions} before (volatility {100 * vols[0]:.0f} % to {100 * vols[1]:.0f} % a year).",
            f"{who_zh}自 {day(self.date, True)}起 {self.sessions} 個交易日的已實現變異數為此前的 {ratio:.1f} 倍"
            f"（年化波動率由 {100 * vols[0]:.0f} % 變為 {100 * vols[1]:.0f} %）。",
            made_of("share", volatility_before=vols[0], volatility_after=vols[1]),
        )
