"""The rank of a company's market value at a date."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Symbol
from eventwindow.claims.market_value import large_closes, large_shares
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, listed, name
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class ValueRank:
    """1 if no company in the table "megacaps" was worth more at the last close on or before the date."""

    security: Symbol
    date: Day

    def measure(self, evidence: Evidence) -> Measured:
        closes = large_closes(evidence).loc[: pd.Timestamp(self.date)].tail(1)
        if closes.empty or self.security not in closes.columns:
            raise NoFigure(f"No history of {self.security} at that date.", f"缺少 {self.security} 當日的歷史資料。")
        values = (closes * large_shares(evidence, closes)).iloc[0].sort_values(ascending=False)
        rank, when = float((values > values[self.security]).sum() + 1), closes.index[0]
        lists = [
            listed([f"{name(evidence, str(s), zh)} {figure(v, 'USD', zh)}" for s, v in values.items()], zh)
            for zh in (False, True)
        ]
        return Measured(
            rank,
            "rank",
            f"At the last close by {day(self.date)}, {day(when)}, the companies held were worth: {lists[0]}.",
            f"截至 {day(self.date, True)}的最近收盤（{day(when, True)}），所持公司市值依序為：{lists[1]}。",
            made_of("USD", **{str(s): v for s, v in values.items()}),
        )
