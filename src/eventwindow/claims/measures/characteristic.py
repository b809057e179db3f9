"""Relation of the day's abnormal return to a characteristic of the stocks, across the S&P 500 panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Members, members, table
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, p_text
from eventwindow.errors import NoFigure
from eventwindow.inference.response import effect

YEAR = 252
WORDS = {"prior_return": ("prior 12-month return", "前十二個月報酬"), "prior_beta": ("prior beta", "先前 beta")}
T, GAP = 250, 10


@dataclass(frozen=True, slots=True)
class Characteristic:
    """Slope of the market-adjusted return of `date` on a standardised characteristic, decimal per standard deviation.

    prior_return: total return over the 252 sessions up to the one before; prior_beta: slope on the panel's mean over
    them. The same slope on each of 250 earlier days, characteristics as of then, is its null distribution. `treated`
    are left out.
    """

    tests: ClassVar[bool] = True

    date: Day
    of: Literal["prior_return", "prior_beta"] = "prior_return"
    treated: Members = ()

    def measure(self, evidence: Evidence) -> Measured:
        left = list(members(evidence, self.treated))
        panel = table(evidence, "panel").astype(float).drop(columns=left, errors="ignore")
        stamp = pd.Timestamp(self.date)
        place = int(panel.index.searchsorted(stamp))
        if stamp not in panel.index or place < T + GAP + YEAR + 1:
            raise NoFigure("The panel does not reach far enough back.", "樣本往前不夠長。")
        kept = panel.iloc[place - T - GAP - YEAR - 1 : place + 1]
        slopes = self.slopes(kept.loc[:, kept.notna().all()])
        value, null = float(slopes.iloc[-1]), slopes.iloc[: -GAP - 1]
        days = pd.DatetimeIndex(null.index).as_unit("s").asi8 // 86400
        spread = float(null.std(ddof=1))
        test = effect(value, spread, len(null) - 1, null.to_numpy(), days, "date permutation of the slope")
        en, zh = WORDS[self.of]
        return Measured(
            value,
            "slope",
            f"On {day(self.date)} a stock one standard deviation higher in {en} moved {figure(value, 'decimal')} more "
            f"({p_text(test.p_value)}).",
            f"{day(self.date, True)}{zh}每高一個標準差，個股當日多變動 {figure(value, 'decimal')}"
            f"（{p_text(test.p_value)}）。",
            made_of("spread", usual_size=spread),
            p_value=test.p_value,
            effect=test,
        )

    def slopes(self, prices: pd.DataFrame) -> pd.Series:
        """The slope on each day that has a year before it."""
        moves = prices.pct_change(fill_method=None).iloc[1:]
        if self.of == "prior_return":
            score = (prices.shift(1) / prices.shift(YEAR + 1) - 1).loc[moves.index]
        else:
            score = _rolling_beta(moves).shift(1)
        rows = score.notna().all(axis=1)
        x = score[rows].to_numpy()
        x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
        y = moves[rows].to_numpy()
        return pd.Series((x * (y - y.mean(axis=1, keepdims=True))).mean(axis=1), index=moves.index[rows])


def _rolling_beta(moves: pd.DataFrame) -> pd.DataFrame:
    """Slope of each stock on the mean of all over the last year."""
    market = moves.mean(axis=1)
    product = moves.mul(market, axis=0).rolling(YEAR).mean()
    covariance = product - moves.rolling(YEAR).mean().mul(market.rolling(YEAR).mean(), axis=0)
    return covariance.div(market.rolling(YEAR).var(ddof=0), axis=0).replace([np.inf, -np.inf], np.nan)
