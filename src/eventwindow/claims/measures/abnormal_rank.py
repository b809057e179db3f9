"""The rank of a day's abnormal return in the security's own history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.claims.evidence import Day, EventId, Evidence, Symbol, at
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import figure, name, period
from eventwindow.inference.response import response


@dataclass(frozen=True, slots=True)
class AbnormalRank:
    """1 if no day of the estimation window saw a larger abnormal fall ("down") or rise ("up"), in standard errors.

    The day is that of `event`, or `date`; days before it are their residuals over their standard deviation.
    """

    security: Symbol
    event: EventId = ""
    date: Day | None = None
    side: Literal["down", "up"] = "down"

    def measure(self, evidence: Evidence) -> Measured:
        day = Window(0, 0)
        found = response(at(evidence, self.event, self.date, (self.security,), day), (self.security,), day)
        deviation = float(np.sqrt(np.sum(found.null**2) / found.dof))
        size, before = found.estimate / found.std_error, found.null / deviation
        rank = 1 + int(np.sum(before < size if self.side == "down" else before > size))
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        when, when_zh = (period(found, evidence, self.event, day, zh) for zh in (False, True))
        side_zh = "跌幅" if self.side == "down" else "漲幅"
        value = figure(found.estimate, "decimal")
        return Measured(
            float(rank),
            "rank",
            f"{who}, {when}: abnormal return {value}, {abs(size):.1f} standard errors; rank {rank} among the moves "
            f"{self.side} of that day and the {len(before):,} of its estimation window.",
            f"{who_zh}於 {when_zh}的異常報酬為 {value}（{abs(size):.1f} 個標準誤），在當日與估計期 {len(before):,} 日的"
            f"{side_zh}中排第 {rank}。",
            made_of("decimal", that_day=found.estimate)
            | made_of("deviations", size=size)
            | made_of("number", days=len(before) + 1),
        )
