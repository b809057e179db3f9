"""When a measured figure is the one that was stated: one rule of rounding, and one table of how hedges move it.

A figure is read at the precision of its own digits: −16.97 % is right for "17 %", not for "16.9 %". Digits are counted
in per cent, in billions of money, in whole units of anything else. Zeros at the end of a whole number leave the
precision open: "600" may be 593 or exactly 600. Such a figure is read at its significant digits (550 to 650), and where
the measured one is not the same to three digits the verdict names the exact figure. Digits written behind the point
always count: "20.0 %" is not 20.3 %.

A hedge adds room below or above the stated figure, and says itself how near it is: behind one, zeros are read to three
digits. Half a step is always allowed but for `more_than` and `less_than`, which round nothing.
Sizes are compared in the direction stated: a gain is never right for a loss.
"""

import math
import re
import tomllib
from dataclasses import dataclass, fields
from decimal import Decimal
from importlib.resources import files
from typing import Any, Literal

from eventwindow.errors import is_money

SLACK = 1e-12  # binary fractions: 0.17 − 0.165 is not exactly half a point
SAME = 3  # digits to which a figure with open zeros must agree to need no remark
SCALES = {"decimal": -2, "share": -2, "slope": -2, "spread": -2}  # of a unit in which figures are written: per cent
MONEY = 9  # billions
WHOLE = {"rank", "count", "number", "days"}  # counted one by one: zeros at the end are exact
MOVES = {
    "decimal",
    "slope",
    "coefficient",
    "index_points",
}  # and amounts of money: their sign is the direction of a move
ZEROS = re.compile(r"\d[\d,]*\.\d*0(?!\d)")

Fit = Literal["same", "rounded", "off"]


@dataclass(frozen=True, slots=True)
class Room:
    """How far a hedge lets the measured figure lie below and above the stated one, in shares of it."""

    below: float = 0.0
    above: float = 0.0
    rounds: bool = True  # whether half a step of the precision is allowed
    zeros: bool = False  # whether zeros at the end leave the precision open


ENDLESS = math.inf


def hedge_table() -> dict[str, dict[str, Any]]:
    """hedges.toml: the room of each hedge and the words that say it."""
    return tomllib.loads(files("eventwindow.claims").joinpath("hedges.toml").read_text(encoding="utf-8"))


ROOM = [field.name for field in fields(Room)]
HEDGES = {name: Room(**{key: row[key] for key in ROOM if key in row}) for name, row in hedge_table().items()}


@dataclass(frozen=True, slots=True)
class Step:
    """The precision of a stated figure: the value of its last digit that counts, and whether zeros leave it open."""

    size: float
    zeros: bool = False

    def under(self, hedge: str, stated: float) -> float:
        """The step at which the figure is read behind a hedge."""
        return self.size if HEDGES[hedge].zeros else self.same(stated)

    def same(self, stated: float) -> float:
        """The step within which a measured figure needs no remark."""
        if not self.zeros or stated == 0:
            return self.size
        return min(self.size, 10.0 ** (math.floor(math.log10(abs(stated)) + SLACK) + 1 - SAME))


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sizes that fit what was stated, by the direction stated: `low` to `high`, the ends among them unless `strict`.

    Of a `move` no size fits that is zero or on the other side of it.
    """

    low: float
    high: float
    strict: bool = False
    move: bool = False

    @property
    def drawn(self) -> tuple[float, float]:
        """The two ends, that of a move no further than zero."""
        return (max(self.low, 0.0) if self.move else self.low), self.high

    def holds(self, size: float) -> bool:
        if self.move and size <= 0:
            return False
        slack = SLACK * max([abs(size), *(abs(e) for e in (self.low, self.high) if math.isfinite(e))])
        if self.strict:
            return self.low + slack < size < self.high - slack
        return self.low - slack <= size <= self.high + slack


def is_move(unit: str) -> bool:
    """Whether the sign of a figure in this unit is the direction of a move: returns and changes of value."""
    return unit in MOVES or is_money(unit)


def step_of(stated: float, unit: str, text: str = "") -> Step:
    """The precision of a stated figure by its own digits, and those that the text writes."""
    if unit in WHOLE:
        return Step(1.0)
    scale = MONEY if is_money(unit) else SCALES.get(unit, 0)
    number = Decimal(repr(abs(stated))).scaleb(-scale).normalize()
    if (written := _written(number, text)) is not None:
        return Step(float(Decimal(1).scaleb(written + scale)))
    last = int(number.as_tuple().exponent)
    return Step(float(Decimal(1).scaleb(last + scale)), zeros=last > 0)


def _written(number: Decimal, text: str) -> int | None:
    """The place of the last zero that the text writes behind the point of this figure: −1 for "20.0"."""
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0")
    for found in ZEROS.findall(text):
        given = Decimal(found.replace(",", ""))
        if number and "".join(map(str, given.normalize().as_tuple().digits)).rstrip("0") == digits:
            return int(given.as_tuple().exponent) + number.adjusted() - given.adjusted()
    return None


def bounds(
    stated: tuple[float, float], hedge: str, steps: tuple[Step, Step], move: bool = False, *, exactly: bool = False
) -> Bounds:
    """Sizes that fit what was stated (one figure twice, or a range); `exactly`: those that need no remark.

    A hedge's room and the rounding are not added: the wider of the two holds.
    """
    room, (low, high) = HEDGES[hedge], stated
    read = [step.same(end) if exactly else step.under(hedge, end) for step, end in zip(steps, stated, strict=True)]
    first, last = (step / 2 if room.rounds else 0.0 for step in read)
    least = -ENDLESS if room.below == ENDLESS else min(low * (1 - room.below), low - first)
    most = ENDLESS if room.above == ENDLESS else max(high * (1 + room.above), high + last)
    return Bounds(least, most, strict=not room.rounds, move=move and low > 0)


def fit(size: float, stated: tuple[float, float], hedge: str, steps: tuple[Step, Step], move: bool = False) -> Fit:
    """Whether a size is the same as stated, right when rounded, or off; all by the direction stated."""
    if bounds(stated, hedge, steps, move, exactly=True).holds(size):
        return "same"
    return "rounded" if bounds(stated, hedge, steps, move).holds(size) else "off"
