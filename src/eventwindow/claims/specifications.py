"""In how many specifications an effect that a claim states is found."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from eventwindow.claims.claim import Claim, Evidence
from eventwindow.claims.lookup import members
from eventwindow.claims.measures.effect import EffectOf

TABLE = "robustness"


@dataclass(frozen=True, slots=True)
class Specifications:
    """Shares of the specification curve, the mean over the firms that a claim names.

    number: specifications; sign: share with the sign stated; significant: share with it and |t| beyond its 5 % point.
    """

    number: int
    sign: float
    significant: float

    def text(self, zh: bool = False) -> str:
        sign, significant = f"{100 * self.sign:.0f} %", f"{100 * self.significant:.0f} %"
        if zh:
            return f"{self.number} 種設定中，{sign} 方向與所述相同，{significant} 方向相同且單獨顯著。"
        return (
            f"Of {self.number} specifications {sign} have the sign stated; {significant} have it and are significant."
        )


def specifications(claim: Claim, evidence: Evidence) -> Specifications | None:
    """The shares for a claim about an effect of the event and a window that the table "robustness" holds, else None.

    The table has one row a security and window: event, security, window_start, window_end, specifications, median,
    share_same_sign, share_significant, share_significant_same_sign; the sign is that of the median.
    """
    measure, table = claim.measure, evidence.tables.get(TABLE)
    if table is None or not isinstance(measure, EffectOf) or not isinstance(claim.stated, float):
        return None
    rows = table[
        (table["event"] == measure.event)
        & (table["window_start"] == measure.window[0])
        & (table["window_end"] == measure.window[1])
        & table["security"].isin(members(evidence, measure.members))
    ]
    return None if rows.empty else _shares(rows, claim.stated)


def _shares(rows: pd.DataFrame, stated: float) -> Specifications:
    as_stated, both = rows["median"] * stated > 0, rows["share_significant_same_sign"]
    sign = rows["share_same_sign"].where(as_stated, 1 - rows["share_same_sign"])
    significant = both.where(as_stated, rows["share_significant"] - both)
    return Specifications(int(rows["specifications"].max()), float(sign.mean()), float(significant.mean()))
