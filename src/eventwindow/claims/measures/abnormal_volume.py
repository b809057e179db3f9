"""Trading volume above the usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from eventwindow.claims.claim import Evidence, Measured
from eventwindow.claims.effects import FEWEST, effect
from eventwindow.claims.lookup import Day, Members, NoFigure, history, members, session
from eventwindow.claims.wording import day, named, p_text

T = 250
GAP = 10


@dataclass(frozen=True, slots=True)
class AbnormalVolume:
    """Mean over the days from `date` to `until` of log volume less its mean over the 250 sessions that end ten before.

    Volume is serially correlated, so a span is ranked among all spans of the same length; a basket is the mean of its
    members' log volumes. The unit is logs: 0.69 is twice the usual volume.
    """

    tests: ClassVar[bool] = True

    members: Members
    date: Day
    until: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        logs = self._logs(evidence)
        first, last = pd.Timestamp(self.date), pd.Timestamp(self.until or self.date)
        span = logs.loc[first:last]
        past = logs.loc[logs.index < first].iloc[-(T + GAP) : -GAP]
        if span.empty or len(past) < FEWEST:
            raise NoFigure("Too few days with volume are held.", "有成交量的交易日太少。")
        value = float(span.mean() - past.mean())
        null = (past - past.mean()).rolling(len(span)).mean().dropna()
        days = pd.DatetimeIndex(null.index).as_unit("s").asi8 // 86400
        test = effect(value, float(null.std(ddof=1)), len(null) - 1, null.to_numpy(), days, "rank of the span")
        times = float(np.exp(value))
        when, when_zh = (
            day(first, z) + (("至 " if z else " to ") + day(last, z)) * (last > first) for z in (False, True)
        )
        return Measured(
            value,
            "log",
            f"Volume of {named(evidence, self.members)} on {when} was {times:.2f} times the usual "
            f"({p_text(test.p_value)}).",
            f"{named(evidence, self.members, True)}在 {when_zh}的成交量為平常的 {times:.2f} 倍"
            f"（{p_text(test.p_value)}）。",
            {"times the usual": times},
            p_value=test.p_value,
            effect=test,
        )

    def _logs(self, evidence: Evidence) -> pd.Series:
        """Mean log volume of the members on the days that all of them have one."""
        held = {}
        for symbol in members(evidence, self.members):
            session(evidence, symbol, self.date)
            volume = history(evidence, symbol)["volume"]
            if volume.notna().any():
                held[symbol] = np.log(volume.where(volume > 0))
        if not held:
            raise NoFigure("The data hold no volume of these.", "資料中沒有成交量。")
        return pd.DataFrame(held).mean(axis=1, skipna=False).dropna()
