"""A factor's return on a day, ranked in its own history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, table
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, factor, figure, p_text
from eventwindow.errors import NoFigure
from eventwindow.inference.response import FEWEST, effect

T, GAP = 250, 10


@dataclass(frozen=True, slots=True)
class FactorReturn:
    """Return of `factor` (a column of the table "factors") on `date`, decimal, less its mean over the 250 days that
    end ten before; ranked among those days.
    """

    tests: ClassVar[bool] = True

    factor: str
    date: Day

    def measure(self, evidence: Evidence) -> Measured:
        held = table(evidence, "factors")
        days = pd.DatetimeIndex(held["date"] if "date" in held.columns else held.index)
        if self.factor not in held.columns:
            raise NoFigure(f"The factors hold no {self.factor!r}.", f"因子表沒有「{self.factor}」。")
        values = pd.Series(held[self.factor].to_numpy(float), index=days).sort_index()
        stamp = pd.Timestamp(self.date)
        past = values.loc[values.index < stamp].iloc[-(T + GAP) : -GAP]
        if stamp not in values.index or len(past) < FEWEST:
            raise NoFigure(f"The factors do not reach {self.date}.", f"因子資料不含 {self.date}。")
        value = float(values.loc[stamp] - past.mean())
        spread = float(past.std(ddof=1)) * float(np.sqrt(1 + 1 / len(past)))
        number = pd.DatetimeIndex(past.index).as_unit("s").asi8 // 86400
        test = effect(value, spread, len(past) - 1, (past - past.mean()).to_numpy(), number, "SQ")
        own, usual = float(values.loc[stamp]), float(past.mean())
        moved, mean, more = (figure(v, "decimal") for v in (own, usual, value))
        return Measured(
            value,
            "decimal",
            f"The {factor(self.factor)} moved {moved} on {day(self.date)}, against {mean} on the mean day before: "
            f"{more} ({p_text(test.p_value)}).",
            f"{day(self.date, True)}{factor(self.factor, True)}變動 {moved}，先前平均每日 {mean}：差距 {more}"
            f"（{p_text(test.p_value)}）。",
            made_of("decimal", that_day=own, usual=usual),
            p_value=test.p_value,
            effect=test,
        )
