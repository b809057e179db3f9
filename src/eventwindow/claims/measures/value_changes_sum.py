"""The sum of value changes over a named universe."""

from __future__ import annotations

from dataclasses import dataclass

from eventwindow.claims.evidence import Day, Evidence, Members, members
from eventwindow.claims.market_value import in_one_currency
from eventwindow.claims.measures.value_change import ValueChange
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, listed, name, named
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class ValueChangesSum:
    """Sum of the value changes of `members` on `date`, in dollars: net, or `gross` of the losers alone."""

    members: Members
    date: Day
    gross: bool = False

    def measure(self, evidence: Evidence) -> Measured:
        changes, missing = self._changes(evidence)
        if not changes:
            raise NoFigure("No value change of the named companies is held.", "所列公司都沒有市值變動資料。")
        unit, rates = in_one_currency(evidence, changes, self.date)
        changes = {s: v * rates[s] for s, v in changes.items()}
        counted = {s: v for s, v in changes.items() if v < 0 or not self.gross}
        total = sum(counted.values())
        way, way_zh = ("losers only", "只計下跌者") if self.gross else ("net of gainers", "扣除上漲者")
        without, without_zh = (listed([name(evidence, s, z) for s in missing], z) for z in (False, True))
        left, left_zh = (f" No share count: {without}.", f"缺股數：{without_zh}。") if missing else ("", "")
        return Measured(
            total,
            unit,
            f"{named(evidence, self.members)}: {len(counted)} of {len(changes)} companies summed ({way}) on "
            f"{day(self.date)}: {figure(total, unit)}.{left}",
            f"{named(evidence, self.members, True)}：{day(self.date, True)}加總 {len(changes)} 家中的 {len(counted)} 家"
            f"（{way_zh}）：{figure(total, unit, True)}。{left_zh}",
            made_of("number", companies=len(changes)) | made_of(unit, **dict(_largest(counted))),
        )

    def _changes(self, evidence: Evidence) -> tuple[dict[str, float], list[str]]:
        changes: dict[str, float] = {}
        missing: list[str] = []
        for symbol in members(evidence, self.members):
            try:
                changes[symbol] = ValueChange(symbol, self.date).measure(evidence).value or 0.0
            except NoFigure:
                missing.append(symbol)
        return changes, missing


def _largest(changes: dict[str, float]) -> list[tuple[str, float]]:
    """The five largest losses."""
    return sorted(changes.items(), key=lambda item: item[1])[:5]
