"""Whether a stated figure can be what its text says: 17 is no return of 17 %, 593 no loss of 593bn dollars."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from eventwindow.claims.model import Kind

DECIMALS = ("decimal", "slope", "share")
SCALES: dict[str, dict[str, float]] = tomllib.loads(
    files("eventwindow.claims").joinpath("amounts.toml").read_text(encoding="utf-8")
)


def misread(measure: type[Kind], stated: Sequence[float], text: str) -> tuple[float, str] | None:
    """The figure, and the words of `text` that name it in per cent or in money with the point at another place."""
    said = _said(measure, text)
    if _named(stated, said):
        return None
    return next(((figure, words) for figure in stated for words, n in said if _power_of_ten(figure, n)), None)


def impossible(measure: type[Kind], stated: Sequence[float], text: str) -> float | None:
    """A return that loses more than everything, or gains more than 100 % in one session, and is not in the text."""
    if measure.unit != "decimal" or measure.tests or _named(stated, _said(measure, text)):
        return None
    beyond = (f for f in stated if f < -1 or (measure.one_session and f > 1))
    return next(beyond, None)


def in_decimals(measure: type[Kind]) -> bool:
    """Whether the measure's figures are decimals, so that a step of 1 is one of 100 %."""
    return measure.unit in DECIMALS


def _said(measure: type[Kind], text: str) -> list[tuple[str, float]]:
    if measure.unit in DECIMALS and not measure.tests:  # the text of an effect may name the return beside it
        return list(_amounts(text, SCALES["per_cent"]))
    return list(_amounts(text, SCALES["money"])) if measure.unit == "money" else []


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
