"""How much of a day's move came before the open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eventwindow.claims.evidence import Day, Evidence, Symbol, before, price
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, name
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class OvernightShare:
    """Log return from the close before to the open over the log return to the close; above 1, the session reversed."""

    security: Symbol
    date: Day

    def measure(self, evidence: Evidence) -> Measured:
        start = price(evidence, self.security, before(evidence, self.security, self.date))
        opened, closed = (price(evidence, self.security, self.date, at) for at in ("open", "close"))
        if closed == start:
            raise NoFigure("The day ended where it began.", "當日收盤與前收相同。")
        share = float(np.log(opened / start) / np.log(closed / start))
        overnight, within = opened / start - 1, closed / opened - 1
        return Measured(
            share,
            "share",
            f"{name(evidence, self.security)} on {day(self.date)}: {figure(overnight, 'decimal')} overnight, "
            f"{figure(within, 'decimal')} from open to close; overnight share {figure(share, 'share')}.",
            f"{name(evidence, self.security, True)}於 {day(self.date, True)}：隔夜 {figure(overnight, 'decimal')}，"
            f"開盤至收盤 {figure(within, 'decimal')}；隔夜占 {figure(share, 'share')}。",
            made_of("decimal", overnight=overnight, session=within),
        )
