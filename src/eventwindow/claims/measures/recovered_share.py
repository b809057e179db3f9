"""How much of a loss was won back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eventwindow.claims.evidence import Day, Evidence, Members, before, members, total_return
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, named
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class RecoveredShare:
    """Share of the loss of `date` recovered by the close of the `sessions`-th session after it.

    Total returns; a basket is the mean of its members' wealth, equal amounts held from the close before the loss.
    """

    members: Members
    date: Day
    sessions: int

    def measure(self, evidence: Evidence) -> Measured:
        symbols = members(evidence, self.members)
        paths = [self._path(evidence, s) for s in symbols]
        loss, later = (float(np.mean([p[k] for p in paths])) for k in (0, 1))
        if loss >= 0:
            raise NoFigure("There was no loss on that day.", "當日沒有下跌。")
        share = (later - loss) / -loss
        until = before(evidence, symbols[0], self.date, -self.sessions)
        who, who_zh = (named(evidence, self.members, z) for z in (False, True))
        lost, stood, size = figure(-loss, "decimal").lstrip("+"), figure(later, "decimal"), figure(abs(share), "share")
        back, back_zh = (f"{size} of the loss was won back", f"收復跌幅的 {size}")
        if share < 0:
            back, back_zh = (f"nothing was won back, {size} of the loss was added", f"未見收復，再擴大原跌幅的 {size}")
        return Measured(
            share,
            "share",
            f"{who} lost {lost} on {day(self.date)}; on {day(until)} it stood at {stood} against the close before the "
            f"loss: {back}.",
            f"{who_zh}於 {day(self.date, True)}下跌 {lost}，至 {day(until, True)}較跌前收盤 {stood}：{back_zh}。",
            made_of("decimal", that_day=loss, since_before=later),
        )

    def _path(self, evidence: Evidence, symbol: str) -> tuple[float, float]:
        """The day's return, and the return from the close before to the later session."""
        end = before(evidence, symbol, self.date, -self.sessions)
        fall = total_return(evidence, symbol, self.date, self.date)
        return fall, total_return(evidence, symbol, self.date, end)
