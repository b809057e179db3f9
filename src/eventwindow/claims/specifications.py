"""In how many specifications an effect that a claim states is found."""

from __future__ import annotations

import pandas as pd

from eventwindow.claims.evidence import Evidence, members
from eventwindow.claims.measures.effects import EffectOf
from eventwindow.claims.model import Claim, Specifications

TABLE = "robustness"


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
