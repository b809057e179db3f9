"""The mean return of some securities less that of a fund or index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Members, Symbol, members, total_return
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, name, named, p_text
from eventwindow.errors import NoFigure
from eventwindow.inference.response import FEWEST, effect

T = 250  # sessions before the gap of ten days that keeps the event out of its own history
GAP = 10


@dataclass(frozen=True, slots=True)
class RelativeReturn:
    """Mean return of `members` on `date` less that of `security`, decimal, ranked among the 250 days before."""

    tests: ClassVar[bool] = True

    members: Members
    security: Symbol
    date: Day

    def measure(self, evidence: Evidence) -> Measured:
        symbols = [s for s in members(evidence, self.members) if s in evidence.returns]
        mean = float(np.mean([total_return(evidence, s, self.date, self.date) for s in symbols]))
        other = total_return(evidence, self.security, self.date, self.date)
        null = self._history(evidence, symbols)
        spread = float(null.std(ddof=1)) * float(np.sqrt(1 + 1 / len(null)))
        days = pd.DatetimeIndex(null.index).as_unit("s").asi8 // 86400
        test = effect(mean - other, spread, len(null) - 1, (null - null.mean()).to_numpy(), days, "SQ")
        who, who_zh = (named(evidence, self.members, z) for z in (False, True))
        fund, fund_zh = (name(evidence, self.security, z) for z in (False, True))
        return Measured(
            mean - other,
            "decimal",
            f"On {day(self.date)} {who} (mean of {len(symbols)}) moved {figure(mean, 'decimal')}, {fund} "
            f"{figure(other, 'decimal')}: {figure(mean - other, 'decimal')} ({p_text(test.p_value)}).",
            f"{day(self.date, True)}{who_zh}（{len(symbols)} 檔平均）變動 {figure(mean, 'decimal')}，{fund_zh} "
            f"{figure(other, 'decimal')}：差距 {figure(mean - other, 'decimal')}（{p_text(test.p_value)}）。",
            made_of("decimal", members=mean, against=other),
            p_value=test.p_value,
            effect=test,
        )

    def _history(self, evidence: Evidence, symbols: list[str]) -> pd.Series:
        """The same difference on each session of the estimation days."""
        table = pd.DataFrame({s: evidence.returns[s] for s in [*symbols, self.security]}).dropna(subset=[self.security])
        past = table.loc[table.index < pd.Timestamp(self.date)].iloc[-(T + GAP) : -GAP]
        gaps = (past[symbols].mean(axis=1) - past[self.security]).dropna()
        if len(gaps) < FEWEST:
            raise NoFigure("Too few days of history are held.", "歷史資料太短。")
        return gaps
