"""Breadth on the study's panel of stocks: how the many did, beside the few that weigh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Members, Symbol, members, table, total_return
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, listed, name, named
from eventwindow.errors import NoFigure

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
        return Measured(
            value,
            unit,
            f"{self._what(evidence)} on {day(self.date)}, {self._whose(evidence, len(moves))}: {figure(value, unit)}.",
            f"{day(self.date, True)}{self._whose(evidence, len(moves), True)}的{self._what(evidence, True)}："
            f"{figure(value, unit)}。",
            made_of("share", down=(moves < 0).mean()) | made_of("decimal", median=moves.median(), mean=moves.mean()),
        )

    def _what(self, evidence: Evidence, zh: bool = False) -> str:
        """The figure's name, with what is taken from it."""
        index = name(evidence, self.security, zh)
        less = (f"減{index}報酬" if zh else f" less the return of {index}") if self.figure == "equal_less_index" else ""
        return WORDS[self.figure][zh] + less

    def _whose(self, evidence: Evidence, n: int, zh: bool = False) -> str:
        """Of how many stocks it is, and who is left out."""
        left = named(evidence, self.treated, zh) if self._left(evidence) else ""
        if zh:
            return f"樣本 {n} 檔" + (f"（不含{left}）" if left else "")
        return f"{n} stocks of the panel" + (f" without {left}" if left else "")

    def _left(self, evidence: Evidence) -> tuple[str, ...]:
        return () if self.figure == "equal_less_index" else members(evidence, self.treated)

    def _moves(self, evidence: Evidence) -> pd.Series:
        panel, stamp = table(evidence, "panel"), pd.Timestamp(self.date)
        if stamp not in panel.index:
            raise NoFigure(f"The panel has no row on {self.date}.", f"樣本在 {self.date} 沒有資料。")
        place = int(panel.index.searchsorted(stamp))
        if place == 0:
            raise NoFigure(f"The panel begins on {self.date}.", f"樣本從 {self.date} 開始，沒有前一日的資料。")
        moves = panel.iloc[place].astype(float) / panel.iloc[place - 1].astype(float) - 1
        return moves.drop(labels=list(self._left(evidence)), errors="ignore").dropna()

    def _without(self, evidence: Evidence) -> Measured:
        """The index without the treated: weights of the table "weights", drifted to the close before by prices."""
        weights, lacking = self._weights(evidence)
        index = total_return(evidence, self.security, self.date, self.date)
        moves = {s: total_return(evidence, s, self.date, self.date) for s in weights.index}
        part = sum(float(weights[s]) * r for s, r in moves.items())
        weight = float(weights.sum())
        value = (index - part) / (1 - weight)
        (who, what, left), (who_zh, what_zh, left_zh) = (self._names(evidence, lacking, z) for z in (False, True))
        return Measured(
            value,
            "decimal",
            f"{who} moved {figure(index, 'decimal')} on {day(self.date)}; without {len(moves)} of its stocks, {what} "
            f"({figure(weight, 'share')} of its weight), it moved {figure(value, 'decimal')}."
            + (f" No weight is held of {left}." if lacking else ""),
            f"{who_zh}於 {day(self.date, True)}變動 {figure(index, 'decimal')}；剔除其中 {len(moves)} 檔（{what_zh}，"
            f"占權重 {figure(weight, 'share')}）後為 {figure(value, 'decimal')}。"
            + (f"缺{left_zh}的權重。" if lacking else ""),
            made_of("decimal", index=index) | made_of("share", weight=weight),
        )

    def _names(self, evidence: Evidence, lacking: list[str], zh: bool) -> tuple[str, str, str]:
        """The index, what is taken out of it, and whose weight is not held."""
        left = listed([name(evidence, s, zh) for s in lacking], zh)
        return name(evidence, self.security, zh), named(evidence, self.treated, zh), left

    def _weights(self, evidence: Evidence) -> tuple[pd.Series, list[str]]:
        """Weights at the close before of those taken out, and who of them is in the panel without a weight."""
        held = table(evidence, "weights")
        dated = held[pd.to_datetime(held["date"]) < pd.Timestamp(self.date)]
        own = dated[dated["index"] == self.security] if "index" in dated else dated
        dated = dated if own.empty else own
        if "index" in dated and len(set(dated["index"])) > 1:
            raise NoFigure(f"No weights in {self.security} are held.", f"資料中沒有 {self.security} 的權重。")
        dated = dated[dated["date"] == dated["date"].max()]
        treated = members(evidence, self.treated)
        chosen = [s for s in treated if s in set(dated["symbol"])]
        if not chosen:
            raise NoFigure("No weight of those left out is held.", "資料中沒有所剔除個股的權重。")
        panel = evidence.tables.get("panel", pd.DataFrame())
        lacking = [s for s in treated if s in panel.columns and s not in chosen]
        start = pd.Timestamp(dated["date"].max())
        weights = dated.set_index("symbol")["weight"].astype(float)
        last = evidence.prices[self.security].index
        day_before = last[last < pd.Timestamp(self.date)][-1]
        index = evidence.prices[self.security]["close"]
        drift = {
            s: (evidence.prices[s]["close"].loc[day_before] / evidence.prices[s]["close"].loc[start])
            / (index.loc[day_before] / index.loc[start])
            for s in chosen
        }
        return weights[chosen] * pd.Series(drift), lacking


FIGURES: dict[Figure, Callable[[pd.Series], float]] = {
    "share_down": lambda r: float((r < 0).mean()),
    "share_up": lambda r: float((r > 0).mean()),
    "median": lambda r: float(r.median()),
    "equal_weight": lambda r: float(r.mean()),
    "equal_less_index": lambda r: float(r.mean()),
}
WORDS: dict[Figure, tuple[str, str]] = {
    "share_down": ("Share of stocks down", "下跌比率"),
    "share_up": ("Share of stocks up", "上漲比率"),
    "median": ("Median return", "報酬中位數"),
    "equal_weight": ("Equal-weighted return", "等權報酬"),
    "equal_less_index": ("Equal-weighted return", "等權報酬"),
}
