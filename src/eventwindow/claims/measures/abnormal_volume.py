"""Trading volume above the usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Members, history, members, session
from eventwindow.claims.model import Measured
from eventwindow.claims.wording import day, figure, listed, name, named, p_text
from eventwindow.errors import NoFigure
from eventwindow.inference.response import FEWEST, effect

T = 250
GAP = 10


@dataclass(frozen=True, slots=True)
class AbnormalVolume:
    """Mean over the days from `date` to `until` of log volume less its mean over the 250 sessions that end ten before.

    Volume is serially correlated, so a span is ranked among all spans of the same length; a basket is the mean of its
    members' log volumes. The unit is logs: 0.693 is twice the usual volume.
    """

    tests: ClassVar[bool] = True

    members: Members
    date: Day
    until: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        volumes, missing = self._volumes(evidence)
        logs = pd.DataFrame(volumes).mean(axis=1, skipna=False).dropna()  # the days that all of them have one
        first, last = pd.Timestamp(self.date), pd.Timestamp(self.until or self.date)
        span = logs.loc[first:last]
        past = logs.loc[logs.index < first].iloc[-(T + GAP) : -GAP]
        if span.empty or len(past) < FEWEST:
            raise NoFigure("Too few days with volume are held.", "有成交量的交易日太少。")
        value = float(span.mean() - past.mean())
        null = (past - past.mean()).rolling(len(span)).mean().dropna()
        days = pd.DatetimeIndex(null.index).as_unit("s").asi8 // 86400
        test = effect(value, float(null.std(ddof=1)), len(null) - 1, null.to_numpy(), days, "rank of the span")
        times, times_zh = (figure(value, "log", z) for z in (False, True))
        when, when_zh = (
            day(first, z) + (("至 " if z else " to ") + day(last, z)) * (last > first) for z in (False, True)
        )
        return Measured(
            value,
            "log",
            f"Volume of {self._whose(evidence, volumes, missing)} on {when} was {times} ({p_text(test.p_value)}).",
            f"{self._whose(evidence, volumes, missing, True)}在 {when_zh}的成交量為{times_zh}"
            f"（{p_text(test.p_value)}）。",
            p_value=test.p_value,
            effect=test,
        )

    def _volumes(self, evidence: Evidence) -> tuple[dict[str, pd.Series], list[str]]:
        """Log volume of each member that has any, and the members that have none."""
        held, missing = {}, []
        for symbol in members(evidence, self.members):
            session(evidence, symbol, self.date)
            volume = history(evidence, symbol)["volume"]
            if volume.notna().any():
                held[symbol] = np.log(volume.where(volume > 0))
            else:
                missing.append(symbol)
        if not held:
            raise NoFigure("The data hold no volume of these.", "資料中沒有成交量。")
        return held, missing

    def _whose(self, evidence: Evidence, held: dict[str, pd.Series], missing: list[str], zh: bool = False) -> str:
        """Whose volume it is, of how many the mean, and who is missing."""
        who = named(evidence, self.members, zh)
        if len(held) + len(missing) == 1:
            return who
        left = listed([name(evidence, s, zh) for s in missing], zh)
        if zh:
            return f"{who}（{len(held)} 檔平均" + (f"；無{left}的成交量" if missing else "") + "）"
        return f"{who} (mean of {len(held)}" + (f"; none is held of {left}" if missing else "") + ")"
