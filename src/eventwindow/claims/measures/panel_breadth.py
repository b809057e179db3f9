"""Breadth on the panel of the S&P 500: how the many did, beside the few that weigh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from eventwindow.claims.claim import Evidence, Measured
from eventwindow.claims.lookup import Day, Members, NoFigure, Symbol, members, table, total_return
from eventwindow.claims.wording import day, figure, name

Figure = Literal["share_down", "share_up", "median", "equal_weight", "without_treated", "equal_less_index"]


@dataclass(frozen=True, slots=True)
class PanelBreadth:
    """One figure of the cross-section of `date`: a share, or a return in decimals.

    share_down, share_up: of stocks; median; equal_weight: mean return; without_treated: the index `security` with the
    `treated` taken out at their weights, (R − Σ wR)/(1 − Σ w); equal_less_index: mean return less the index.
    Stocks named in `treated` are left out of every figure but `equal_less_index`.
    """

    date: Day
    figure: Figure
    security: Symbol = ""
    treated: Members = ()

    def measure(self, evidence: Evidence) -> Measured:
        if self.figure == "without_treated":
            return self._without(evidence)
        moves = self._moves(evidence)
        value = FIGURES[self.figure](moves)
        if self.figure == "equal_less_index":
            value -= total_return(evidence, self.security, self.date, self.date)
        unit = "share" if self.figure.startswith("share") else "decimal"
        less = f" less {self.security}" if self.figure == "equal_less_index" else ""
        less_zh = f"減 {self.security}" if less else ""
        left, left_zh = (" without the treated", "（不含受衝擊股）") if self._left(evidence) else ("", "")
        return Measured(
            value,
            unit,
            f"{WORDS[self.figure][0]}{less} on {day(self.date)}, {len(moves)} stocks of the S&P 500 panel{left}: "
            f"{figure(value, unit)}.",
            f"{day(self.date, True)}標普五百樣本 {len(moves)} 檔{left_zh}的{WORDS[self.figure][1]}{less_zh}："
            f"{figure(value, unit)}。",
            {"down": float((moves < 0).mean()), "median": float(moves.median()), "mean": float(moves.mean())},
        )

    def _left(self, evidence: Evidence) -> tuple[str, ...]:
        return () if self.figure == "equal_less_index" else members(evidence, self.treated)

    def _moves(self, evidence: Evidence) -> pd.Series:
        panel, stamp = table(evidence, "panel"), pd.Timestamp(self.date)
        if stamp not in panel.index:
            raise NoFigure(f"The panel has no row on {self.date}.", f"樣本在 {self.date} 沒有資料。")
        place = int(panel.index.searchsorted(stamp))
        moves = panel.iloc[place].astype(float) / panel.iloc[place - 1].astype(float) - 1
        return moves.drop(labels=list(self._left(evidence)), errors="ignore").dropna()

    def _without(self, evidence: Evidence) -> Measured:
        """The index without the treated: weights of the table "weights", drifted to the close before by prices."""
        weights, index = self._weights(evidence), total_return(evidence, self.security, self.date, self.date)
        moves = {s: total_return(evidence, s, self.date, self.date) for s in weights.index}
        part = sum(float(weights[s]) * r for s, r in moves.items())
        weight = float(weights.sum())
        value = (index - part) / (1 - weight)
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        return Measured(
            value,
            "decimal",
            f"{who} moved {figure(index, 'decimal')} on {day(self.date)}; without {len(moves)} treated stocks "
            f"({figure(weight, 'share')} of its weight) it moved {figure(value, 'decimal')}.",
            f"{who_zh}於 {day(self.date, True)}變動 {figure(index, 'decimal')}；剔除 {len(moves)} 檔受衝擊股"
            f"（占權重 {figure(weight, 'share')}）後為 {figure(value, 'decimal')}。",
            {"index": index, "weight of the treated": weight},
        )

    def _weights(self, evidence: Evidence) -> pd.Series:
        held = table(evidence, "weights")
        dated = held[pd.to_datetime(held["date"]) < pd.Timestamp(self.date)]
        named = [s for s in members(evidence, self.treated) if s in set(dated["symbol"])]
        if not named:
            raise NoFigure("No weight of the treated is held.", "資料中沒有受衝擊股的權重。")
        start = pd.Timestamp(dated["date"].max())
        weights = dated.set_index("symbol")["weight"].astype(float)
        last = evidence.prices[self.security].index
        day_before = last[last < pd.Timestamp(self.date)][-1]
        index = evidence.prices[self.security]["close"]
        drift = {
            s: (evidence.prices[s]["close"].loc[day_before] / evidence.prices[s]["close"].loc[start])
            / (index.loc[day_before] / index.loc[start])
            for s in named
        }
        return weights[named] * pd.Series(drift)


FIGURES: dict[Figure, Callable[[pd.Series], float]] = {
    "share_down": lambda r: float((r < 0).mean()),
    "share_up": lambda r: float((r > 0).mean()),
    "median": lambda r: float(r.median()),
    "equal_weight": lambda r: float(r.mean()),
    "equal_less_index": lambda r: float(r.mean()),
}
WORDS: dict[Figure, tuple[str, str]] = {
    "share_down": ("share of stocks down", "下跌比率"),
    "share_up": ("share of stocks up", "上漲比率"),
    "median": ("median return", "報酬中位數"),
    "equal_weight": ("equal-weighted return", "等權報酬"),
    "equal_less_index": ("equal-weighted return", "等權報酬"),
}
