"""The rank of a one-day loss among all days of all large companies held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Symbol
from eventwindow.claims.market_value import large_closes, large_shares, value_changes
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, listed, name
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class LossRank:
    """1 if no day of any company in the table "megacaps", up to `date`, saw a larger fall in dollars (or per cent)."""

    security: Symbol
    date: Day
    by: Literal["dollars", "per cent"] = "dollars"

    def measure(self, evidence: Evidence) -> Measured:
        changes = value_changes(evidence, self.by).loc[: pd.Timestamp(self.date)]
        stamp = pd.Timestamp(self.date)
        if self.security not in changes.columns or stamp not in changes.index:
            raise NoFigure(f"No history of {self.security} at that date.", f"缺少 {self.security} 當日的歷史資料。")
        own = float(changes[self.security].loc[stamp])
        others = _others(changes, self.security, stamp)
        larger = others[others["change"] <= own]
        unit = "USD" if self.by == "dollars" else "decimal"
        shown = larger.head(3) if len(larger) else others.head(1)
        names, names_zh = (listed([name(evidence, str(s), zh) for s in changes.columns], zh) for zh in (False, True))
        next_en, next_zh = (self._days(evidence, shown, unit, zh) for zh in (False, True))
        rank, held = 1 + len(larger), f"{changes.index[0].year}–{stamp.year}"
        head, head_zh = ("larger", "更大者") if len(larger) else ("next", "其次")
        return Measured(
            float(rank),
            "rank",
            f"Rank {rank} by {self.by} among all days of {changes.shape[1]} companies held, {held} ({names}): "
            f"{figure(own, unit)}; {head}: {next_en}." + self._not_held(evidence, own),
            f"在所持 {changes.shape[1]} 家公司（{names_zh}）{held} 年所有交易日中，依{_BY_ZH[self.by]}排第 {rank}："
            f"{figure(own, unit, True)}；{head_zh}：{next_zh}。" + self._not_held(evidence, own, True),
            made_of(unit, that_day=own, **{"larger" if len(larger) else "next_largest": shown["change"].iloc[0]})
            | made_of("number", companies=changes.shape[1]),
        )

    @staticmethod
    def _days(evidence: Evidence, days: pd.DataFrame, unit: str, zh: bool) -> str:
        rows: Any = days.itertuples()
        items = [f"{name(evidence, r.symbol, zh)} {day(r.date, zh)} {figure(r.change, unit, zh)}" for r in rows]
        return listed(items, zh)

    def _not_held(self, evidence: Evidence, own: float, zh: bool = False) -> str:
        """What a company that is not held would have needed to lose as much."""
        if self.by == "per cent":
            return (
                "所持以外的公司未計入；小公司跌幅更大者甚多。" if zh else
                " Companies not held are not counted; falls of this size in per cent are common among smaller ones."
            )  # fmt: skip
        closes = large_closes(evidence).loc[: pd.Timestamp(self.date)]
        values = (closes * large_shares(evidence, closes)).ffill()
        smallest = values.iloc[-2].min()
        early = values.iloc[0]
        needed, needed_early = own / smallest, own / early.max()
        last_text, first_text = (figure(-share, "decimal").lstrip("+") for share in (needed, max(needed_early, -1.0)))
        first = values.index[0]
        if zh:
            return (
                f"未納入的公司市值須超過 {figure(-own, 'USD', True)}才可能跌掉這麼多：若大如前一日所持最小者"
                f"（{figure(smallest, 'USD', True)}），單日須跌 {last_text}；{first.year} 年初最大的公司（"
                f"{figure(early.max(), 'USD', True)}）則"
                + ("不夠大。" if needed_early <= -1 else f"須跌 {first_text}。")
            )
        return (
            f" A company not held could have lost as much only if it was worth more than {figure(-own, 'USD')}: one as "
            f"large as the smallest held on the day before ({figure(smallest, 'USD')}) would have had to fall by "
            f"{last_text} in a day; the largest at the start of {first.year} ({figure(early.max(), 'USD')}) "
            + ("was not worth that much." if needed_early <= -1 else f"by {first_text}.")
        )


def _others(changes: pd.DataFrame, security: str, stamp: pd.Timestamp) -> pd.DataFrame:
    """Every other day and company (date, symbol, change), the largest fall first."""
    long = changes.rename_axis(index="date").reset_index().melt("date", var_name="symbol", value_name="change").dropna()
    same = (long["date"] == stamp) & (long["symbol"] == security)
    return long[~same].sort_values("change", kind="stable")


_BY_ZH = {"dollars": "金額", "per cent": "百分比"}
