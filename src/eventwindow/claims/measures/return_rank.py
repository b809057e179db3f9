"""The rank of a day's move in the security's own history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Symbol, session
from eventwindow.claims.longest import longest_returns
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, listed, name
from eventwindow.errors import NoFigure

SHOWN = 3  # larger moves that the sentence names


@dataclass(frozen=True, slots=True)
class ReturnRank:
    """1 if no day held up to `date` saw a larger fall ("down") or rise ("up") of the security.

    The longest history held: total returns, and price returns before the study's own prices begin.
    """

    security: Symbol
    date: Day
    side: Literal["down", "up"] = "down"

    def measure(self, evidence: Evidence) -> Measured:
        until = session(evidence, self.security, self.date)
        held = longest_returns(evidence, self.security).loc[:until]
        if held.empty or held.index[-1] != until:
            raise NoFigure(f"No return of {self.security} on {self.date}.", f"缺少 {self.security} 當日報酬。")
        own = float(held.iloc[-1])
        beyond = held[held < own] if self.side == "down" else held[held > own]
        rank, score = 1 + len(beyond), own / float(held.iloc[:-1].std())
        since = pd.Timestamp(held.index[0])
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        side_zh = "跌幅" if self.side == "down" else "漲幅"
        return Measured(
            float(rank),
            "rank",
            f"{who} moved {figure(own, 'decimal')} on {day(self.date)}, {abs(score):.1f} standard deviations; rank "
            f"{rank} among the moves {self.side} of {len(held):,} days held since {day(since)}{_larger(beyond)}.",
            f"{who_zh}於 {day(self.date, True)}變動 {figure(own, 'decimal')}（{abs(score):.1f} 個標準差），在 "
            f"{day(since, True)}以來 {len(held):,} 個交易日的{side_zh}中排第 {rank}{_larger(beyond, True)}。",
            made_of("decimal", that_day=own) | made_of("deviations", size=score) | made_of("number", days=len(held)),
        )


def _larger(beyond: pd.Series, zh: bool = False) -> str:
    """The largest of the moves beyond that of the day, the largest first."""
    first = beyond.loc[beyond.abs().sort_values(ascending=False).index].head(SHOWN)
    items = [f"{day(d, zh)} {figure(float(r), 'decimal')}" for d, r in zip(first.index, first, strict=True)]
    return (("；更大者：" if zh else "; larger: ") + listed(items, zh)) if items else ""
