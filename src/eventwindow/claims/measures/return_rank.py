"""The rank of a day's move in the security's own history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from eventwindow.claims.claim import Evidence, Measured
from eventwindow.claims.lookup import Day, NoFigure, Symbol, session
from eventwindow.claims.wording import day, figure, name


@dataclass(frozen=True, slots=True)
class ReturnRank:
    """1 if no day held up to `date` saw a larger fall ("down") or rise ("up") of the security."""

    security: Symbol
    date: Day
    side: Literal["down", "up"] = "down"

    def measure(self, evidence: Evidence) -> Measured:
        until = session(evidence, self.security, self.date)
        held = evidence.returns[self.security].loc[:until].dropna()
        if held.empty or held.index[-1] != until:
            raise NoFigure(f"No return of {self.security} on {self.date}.", f"缺少 {self.security} 當日報酬。")
        own = float(held.iloc[-1])
        beyond = held < own if self.side == "down" else held > own
        rank, score = 1 + int(beyond.sum()), own / float(held.iloc[:-1].std())
        since = pd.Timestamp(held.index[0])
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        side_zh = "跌幅" if self.side == "down" else "漲幅"
        return Measured(
            float(rank),
            "rank",
            f"{who} moved {figure(own, 'decimal')} on {day(self.date)}, {abs(score):.1f} standard deviations; rank "
            f"{rank} among the moves {self.side} of {len(held)} days held since {day(since)}.",
            f"{who_zh}於 {day(self.date, True)}變動 {figure(own, 'decimal')}（{abs(score):.1f} 個標準差），在 "
            f"{day(since, True)}以來 {len(held)} 個交易日的{side_zh}中排第 {rank}。",
            {"return": own, "standard deviations": score, "days": float(len(held))},
        )
