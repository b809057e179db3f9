"""How many of the named securities moved one way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eventwindow.claims.evidence import Day, Evidence, Members, members, total_return
from eventwindow.claims.measures.opening_gap import OpeningGap
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, listed, name
from eventwindow.errors import NoFigure

AT_ZH = {"close": "收盤", "open": "開盤"}
SIDE_ZH = {"up": "上漲", "down": "下跌"}


@dataclass(frozen=True, slots=True)
class Breadth:
    """The share of `members` that were `side` ("up" or "down") on the day or to `until`, at the close or the open."""

    members: Members
    date: Day
    side: Literal["up", "down"]
    at: Literal["close", "open"] = "close"
    until: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        moves, missing = self._moves(evidence)
        if not moves:
            raise NoFigure("None of the named securities has a figure.", "所列證券都沒有資料。")
        with_it = [s for s, r in moves.items() if (r > 0 if self.side == "up" else r < 0)]
        against = [s for s in moves if s not in with_it]
        share = len(with_it) / len(moves)
        en, zh = (self._names(evidence, moves, against, z) for z in (False, True))
        without, without_zh = (listed([name(evidence, s, z) for s in missing], z) for z in (False, True))
        left, left_zh = (f" Not held: {without}.", f"無資料：{without_zh}。") if missing else ("", "")
        return Measured(
            share,
            "share",
            f"{len(with_it)} of {len(moves)} were {self.side} at the {self.at} on {day(self.date)}; not: {en}.{left}",
            f"{day(self.date, True)}{AT_ZH[self.at]} {len(moves)} 檔中有 {len(with_it)} 檔{SIDE_ZH[self.side]}；"
            f"其餘：{zh}。{left_zh}",
            made_of("number", moved_so=len(with_it), held=len(moves)) | made_of("decimal", **moves),
        )

    def _moves(self, evidence: Evidence) -> tuple[dict[str, float], list[str]]:
        moves: dict[str, float] = {}
        missing: list[str] = []
        for symbol in members(evidence, self.members):
            try:
                moves[symbol] = self._move(evidence, symbol)
            except NoFigure:
                missing.append(symbol)
        return moves, missing

    def _move(self, evidence: Evidence, symbol: str) -> float:
        if self.at == "open":
            return float(OpeningGap(symbol, self.date).measure(evidence).value or 0.0)
        return total_return(evidence, symbol, self.date, self.until or self.date)

    @staticmethod
    def _names(evidence: Evidence, moves: dict[str, float], chosen: list[str], zh: bool) -> str:
        shown = sorted(chosen, key=lambda s: -abs(moves[s]))[:8]
        items = [f"{name(evidence, s, zh)} {figure(moves[s], 'decimal')}" for s in shown]
        rest = len(chosen) - len(shown)
        return listed(items, zh) + ((f" 等 {len(chosen)} 檔" if zh else f" and {rest} more") if rest else "")
