"""Whether a stated figure can be what its text says: 17 is no return of 17 %, 593 no loss of 593bn dollars."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

ONE_SESSION = ("return", "opening_gap", "first_hours", "day_range")
RETURNS = (*ONE_SESSION, "year_return")
SHARES = ("breadth", "overnight_share", "recovered_share")
EFFECTS = ("effect", "effect_difference", "relative_return", "factor_return", "ordering", "characteristic")
DOLLARS = ("value_change", "value_changes_sum")
PER_CENT = {"%": 0.01, "％": 0.01, "per cent": 0.01, "percent": 0.01, "個百分點": 0.01}
MONEY = {
    "trillion": 1e12, "tn": 1e12, "billion": 1e9, "bn": 1e9, "million": 1e6, "mn": 1e6, "m": 1e6,
    "萬億": 1e12, "兆": 1e12, "億": 1e8, "萬": 1e4,
}  # fmt: skip


def misread(measure: str, stated: Sequence[float], text: str) -> tuple[float, str] | None:
    """The figure, and the words of `text` that name it in per cent or in money with the point at another place."""
    said = _said(measure, text)
    if _named(stated, said):
        return None
    return next(((figure, words) for figure in stated for words, n in said if _power_of_ten(figure, n)), None)


def impossible(measure: str, stated: Sequence[float], text: str) -> float | None:
    """A return that loses more than everything, or gains more than 100 % in one session, and is not in the text."""
    if _named(stated, _said(measure, text)):
        return None
    beyond = (f for f in stated if (measure in RETURNS and f < -1) or (measure in ONE_SESSION and f > 1))
    return next(beyond, None)


def in_decimals(measure: str) -> bool:
    """Whether the measure's figures are decimals, so that a step of 1 is one of 100 %."""
    return measure in (*RETURNS, *SHARES, *EFFECTS)


def _said(measure: str, text: str) -> list[tuple[str, float]]:
    if measure in (*RETURNS, *SHARES):
        return list(_amounts(text, PER_CENT))
    return list(_amounts(text, MONEY)) if measure in DOLLARS else []


def _amounts(text: str, scales: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Figures with a unit as the text writes them, and what they come to."""
    units = "|".join(re.escape(unit) for unit in scales)
    for found in re.finditer(rf"(\d[\d,]*(?:\.\d+)?)\s*({units})(?![a-z])", text, re.IGNORECASE):
        if amount := float(found[1].replace(",", "")) * scales[found[2].lower()]:
            yield found[0], amount


def _named(stated: Sequence[float], said: Sequence[tuple[str, float]]) -> bool:
    return any(math.isclose(abs(figure), amount, rel_tol=1e-9) for figure in stated for _, amount in said)


def _power_of_ten(figure: float, amount: float) -> bool:
    """Whether the two have the same digits, the point at another place."""
    power = math.log10(abs(figure) / amount) if figure else 0.0
    return round(power) != 0 and abs(power - round(power)) < 1e-9
