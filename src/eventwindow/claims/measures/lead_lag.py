"""Whether one stock's 5-minute moves came before another's, given the sector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from eventwindow.claims.bars import bar_returns
from eventwindow.claims.evidence import Day, Evidence, Symbol
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, name, p_text
from eventwindow.errors import NoFigure
from eventwindow.inference.response import effect

FEWEST_DAYS = 20


@dataclass(frozen=True, slots=True)
class LeadLag:
    """Sum of the coefficients of `security`'s bars on the `lags` bars of `leader` before them, on `date`.

    Regression of the follower's bar on its own lags, the leader's lags, and the sector's bar and its lags; the sum is
    ranked among those of all other days held. A lead can be seen so, a pull cannot be proven.
    """

    tests: ClassVar[bool] = True

    security: Symbol
    leader: Symbol
    sector: Symbol
    date: Day
    lags: int = 2

    def measure(self, evidence: Evidence) -> Measured:
        moves = [bar_returns(evidence, s) for s in (self.security, self.leader, self.sector)]
        common = moves[0].index.intersection(moves[1].index).intersection(moves[2].index)
        sums = pd.Series([lead(*_on(moves, d), self.lags) for d in common], index=common).dropna()
        stamp = pd.Timestamp(self.date)
        if stamp not in sums.index or len(sums) <= FEWEST_DAYS:
            raise NoFigure("Too few days of 5-minute bars are held.", "五分鐘資料的天數不足。")
        others = sums.drop(stamp)
        value, usual = float(sums.loc[stamp]), float(others.mean())
        spread = float(others.std(ddof=1)) * float(np.sqrt(1 + 1 / len(others)))
        days = pd.DatetimeIndex(others.index).as_unit("s").asi8 // 86400
        test = effect(value - usual, spread, len(others) - 1, (others - usual).to_numpy(), days, "rank among days")
        en, zh = ([name(evidence, s, z) for s in (self.leader, self.security)] for z in (False, True))
        return Measured(
            value - usual,
            "coefficient",
            f"On {day(self.date)} the bars of {en[1]} followed those of {en[0]} with a summed coefficient of "
            f"{value:+.2f}, given the sector; on {len(others)} other days {usual:+.2f} on average "
            f"({p_text(test.p_value)}).",
            f"{day(self.date, True)}在控制類股後，{zh[1]}對先前{zh[0]}五分鐘報酬的係數和為 {value:+.2f}；"
            f"其他 {len(others)} 天平均 {usual:+.2f}（{p_text(test.p_value)}）。",
            made_of("coefficient", that_day=value, other_days=usual),
            p_value=test.p_value,
            effect=test,
        )


def _on(moves: list[pd.DataFrame], when: pd.Timestamp) -> tuple[pd.Series, pd.Series, pd.Series]:
    follower, leader, sector = (pd.Series(m.loc[when]).dropna() for m in moves)
    return follower, leader, sector


def lead(follower: pd.Series, leader: pd.Series, sector: pd.Series, lags: int) -> float:
    """Sum of the leader's lagged coefficients in an OLS of the follower's bars; NaN where the day is too short."""
    table = pd.concat([follower, leader, sector], axis=1, join="inner").to_numpy()
    n = len(table) - lags
    if n < 5 * (3 * lags + 2):
        return float("nan")
    past = [table[lags - k : lags - k + n] for k in range(1, lags + 1)]
    design = np.column_stack([np.ones(n), table[lags:, 2], *past])
    coefficients = np.linalg.lstsq(design, table[lags:, 0], rcond=None)[0]
    return float(coefficients[3::3].sum())
