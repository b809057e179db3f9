"""How near a figure must come to what was stated: every rule, in this one place.

    exact       within half a step of the last stated digit ("−17 %": half a point; "8.93 %": 0.005 points)
    about       within a tenth of the stated figure
    close_to    from five per cent below the stated figure up to it: near, and not beyond by more than half a step
    reached     at least the stated figure; nothing is rounded up
    more_than   beyond it        less_than   short of it
    range       "1 to 2": between the two, half a step allowed at either end; where the data hold only the span in which
                prices moved and not the moment quoted, the whole range must lie in the span (partly: some of it does)
    direction   the sign of the figure; zero has none
    among       a rank no higher than the number given: "one of the largest" is among the ten largest
    all         every one of those named (partly: at least half)
    most        at least two thirds of them (partly: more than a third)
    some        at least one
    effect      the sign, and a p-value of at most 5 % corrected across all effects that are claimed; without it the
                claim is contradicted only if an effect of the material size would have been found with 80 % power
    no_effect   the reverse: an effect found contradicts; none found confirms only with that power

Figures with a sign are compared by size in the direction stated: a loss "of more than 500bn" is one below −500bn.
A level with trailing zeros states its precision in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eventwindow.claims.model import Claim, Hedge, Measured, VerdictWord
from eventwindow.errors import Figure, Reason, is_money
from eventwindow.inference.results import LEVEL, POWER

ABOUT = 0.10
CLOSE_TO = 0.05
MOST = 2 / 3
SOME_OF_MOST = 1 / 3
SOME_OF_ALL = 1 / 2
MATERIAL = 0.02  # decimal: an abnormal return of two per cent, where a claim does not say what it would mean
SLACK = 1e-12  # binary fractions: 0.17 − 0.165 is not exactly half a point
BY_SIZE = {"about", "close_to", "reached", "more_than", "less_than"}  # of a loss the size is meant


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict word, the rule behind it, and what would change it."""

    word: VerdictWord
    rule: Reason
    changes: Reason


def decide(claim: Claim, measured: Measured, p_family: float | None = None) -> Decision:
    """The verdict word for a figure held against what was stated."""
    return RULES[claim.hedge](claim, measured, p_family)


def asked(claim: Claim, unit: str) -> Reason:
    """What is asked of a figure: below zero; at least two thirds; more than 50 %."""
    if claim.hedge in {"direction", "effect"}:
        return Reason(f"asked_{claim.hedge}", side=side(claim, unit))
    stated = claim.stated if isinstance(claim.stated, tuple) else (claim.stated or 0.0,)
    if claim.hedge in BY_SIZE and stated[0] < 0:
        return Reason("asked_size", asked=Reason(f"asked_{claim.hedge}", figure=Figure(-stated[0], unit, sign=False)))
    figures = [f"{v:g}" if unit == "p" else Figure(v, unit) for v in stated]
    if claim.hedge == "range":
        return Reason("asked_range", low=figures[0], high=figures[-1])
    if claim.hedge == "most":
        return Reason("asked_most", least=Figure(MOST, "fraction"))
    return Reason(f"asked_{claim.hedge}", **({} if claim.hedge in SHARES else {"figure": figures[0]}))


def side(claim: Claim, unit: str) -> Reason:
    """The side of zero that a direction states; of a log of the usual, the side of the usual."""
    up = isinstance(claim.stated, float) and claim.stated > 0
    if unit == "log":
        return Reason("above_usual" if up else "below_usual")
    return Reason("above_zero" if up else "below_zero")


def bounds(claim: Claim) -> tuple[float, float]:
    """The closed interval of figures, in the direction stated, that confirm an amount."""
    stated = claim.stated
    half = (claim.precision or 0.0) / 2
    if isinstance(stated, tuple):
        low, high = sorted(map(abs, stated))
        return low - half, high + half
    if stated is None:
        raise ValueError(f"claim {claim.id} states no figure")
    size = abs(stated)
    return {
        "exact": (size - half, size + half),
        "about": (size - max(ABOUT * size, half), size + max(ABOUT * size, half)),
        "close_to": (size * (1 - CLOSE_TO), size + half),
        "reached": (size, float("inf")),
        "more_than": (size, float("inf")),
        "less_than": (float("-inf"), size),
    }[claim.hedge]


def oriented(claim: Claim, value: float) -> float:
    """`value` by size in the direction stated: a loss is positive where a loss was stated."""
    first = claim.stated[0] if isinstance(claim.stated, tuple) else claim.stated
    return -value if first is not None and first < 0 else value


def _amount(claim: Claim, measured: Measured, _: float | None) -> Decision:
    value = oriented(claim, _value(measured))
    low, high = bounds(claim)
    slack = SLACK * max(abs(value), abs(low) if low > float("-inf") else 0.0)
    held = low - slack <= value <= high + slack
    if claim.hedge in {"more_than", "less_than"}:
        held = low + slack < value < high - slack
    rule = _amount_rule(claim, measured.unit)
    edge = min((e for e in (low, high) if abs(e) < float("inf")), key=lambda e: abs(e - value))
    word: VerdictWord = "confirmed" if held else "contradicted"
    if measured.unit in {"rank", "count"}:
        return Decision(word, rule, _other_rank(measured.unit, held, claim))
    return Decision(word, rule, Reason("worse" if held else "better", size=_size(abs(value - edge), measured.unit)))


def _other_rank(unit: str, held: bool, claim: Claim) -> Reason:
    if held:
        return Reason(f"another_{unit}")
    return Reason(f"{unit}_of", place=_stated(claim))


def _size(distance: float, unit: str) -> Figure:
    """A distance between figures in points, days or money, else as a number of two digits."""
    if unit in {"decimal", "share"}:
        return Figure(distance, "points")
    return Figure(distance, unit if unit == "days" or is_money(unit) else "short", sign=False)


def _amount_rule(claim: Claim, unit: str) -> Reason:
    if unit in {"rank", "count"} and claim.hedge == "exact":
        return Reason(f"exact_{unit}", place=_stated(claim))
    low, high = (Figure(edge, unit, sign=False) for edge in bounds(claim))
    return {
        "exact": Reason("rule_exact", half=_size((claim.precision or 0.0) / 2, unit)),
        "about": Reason("rule_about", share=Figure(ABOUT, "share"), low=low, high=high),
        "close_to": Reason("rule_close_to", share=Figure(CLOSE_TO, "share"), low=low, high=high),
        "reached": Reason("rule_reached"),
        "more_than": Reason("rule_more_than"),
        "less_than": Reason("rule_less_than"),
        "range": Reason("rule_range", low=low, high=high),
    }[claim.hedge]


def _range(claim: Claim, measured: Measured, p: float | None) -> Decision:
    if measured.interval is None:
        return _amount(claim, measured, p)
    seen = sorted(oriented(claim, edge) for edge in measured.interval)
    low, high = bounds(claim)
    half = (claim.precision or 0.0) / 2
    word: VerdictWord = "partly"
    if seen[0] <= low + half + SLACK and high - half - SLACK <= seen[1]:
        word = "confirmed"
    elif seen[1] < low or high < seen[0]:
        word = "contradicted"
    return Decision(word, Reason("rule_span"), Reason("price_at_the_moment"))


def _direction(claim: Claim, measured: Measured, _: float | None) -> Decision:
    held = oriented(claim, _value(measured)) > 0
    word: VerdictWord = "confirmed" if held else "contradicted"
    return Decision(word, Reason("rule_direction", side=side(claim, measured.unit)), Reason("other_sign"))


def _among(claim: Claim, measured: Measured, _: float | None) -> Decision:
    limit = _stated(claim)
    held = 1 <= _value(measured) <= limit
    word: VerdictWord = "confirmed" if held else "contradicted"
    return Decision(
        word, Reason("rule_among", place=limit), Reason("rank_beyond" if held else "rank_within", place=limit)
    )


def _share(confirmed: float, partly: float, key: str) -> Callable[[Claim, Measured, float | None], Decision]:
    def rule(_: Claim, measured: Measured, __: float | None) -> Decision:
        value = _value(measured)
        word: VerdictWord = "contradicted"
        if value >= confirmed - SLACK:
            word = "confirmed"
        elif value > partly - SLACK:
            word = "partly"
        shares = {"confirmed": Figure(confirmed, "fraction"), "partly": Figure(partly, "fraction")}
        return Decision(word, Reason(f"rule_{key}", **shares), Reason("enough_the_other_way"))

    return rule


def _effect(claim: Claim, measured: Measured, p_family: float | None) -> Decision:
    value, found, seen = _tested(claim, measured, p_family)
    sign = oriented(claim, value) > 0
    if found:
        word: VerdictWord = "confirmed" if sign else "contradicted"
    else:
        word = "contradicted" if seen else "not_testable"
    return Decision(word, _effect_rule(claim, measured, p_family), Reason("another_test"))


def _no_effect(claim: Claim, measured: Measured, p_family: float | None) -> Decision:
    _, found, seen = _tested(claim, measured, p_family)
    word: VerdictWord = "contradicted" if found else "confirmed" if seen else "not_testable"
    return Decision(word, _effect_rule(claim, measured, p_family), Reason("another_test"))


def _tested(claim: Claim, measured: Measured, p_family: float | None) -> tuple[float, bool, bool]:
    """The estimate, whether it is significant, and whether an effect of material size would have been seen."""
    if measured.effect is None:
        raise ValueError(f"claim {claim.id} speaks of an effect, but its measure tests none")
    p = measured.effect.p_value if p_family is None else p_family
    return _value(measured), p <= LEVEL, measured.effect.detectable <= material(claim)


def material(claim: Claim) -> float:
    """The smallest effect that the statement can mean."""
    return MATERIAL if claim.material is None else claim.material


def _effect_rule(claim: Claim, measured: Measured, p_family: float | None) -> Reason:
    if measured.effect is None:
        raise ValueError(f"claim {claim.id} speaks of an effect, but its measure tests none")
    p = measured.effect.p_value if p_family is None else p_family
    none = claim.hedge == "no_effect"
    return Reason(
        "rule_no_effect" if none else "rule_effect",
        side=side(claim, measured.unit),
        p=Figure(p, "p"),
        level=Figure(LEVEL, "share"),
        corrected="" if p_family is None else Reason("corrected"),
        seen=found_at(measured.effect.detectable, measured.unit),
        least=Figure(material(claim), measured.unit, sign=False),
    )


def found_at(detectable: float, unit: str) -> Reason:
    """What a test could have found with that power; with too few days to correct over, nothing."""
    if detectable == float("inf"):
        return Reason("never_found")
    return Reason("found_at", least=Figure(detectable, unit, sign=False), power=Figure(POWER, "share"))


def _value(measured: Measured) -> float:
    if measured.value is None:
        raise ValueError("nothing was measured")
    return measured.value


def _stated(claim: Claim) -> float:
    if claim.stated is None or isinstance(claim.stated, tuple):
        raise ValueError(f"claim {claim.id} needs one stated figure")
    return claim.stated


Rule = Callable[[Claim, Measured, float | None], Decision]
RULES: dict[Hedge, Rule] = {
    "exact": _amount,
    "about": _amount,
    "close_to": _amount,
    "reached": _amount,
    "more_than": _amount,
    "less_than": _amount,
    "range": _range,
    "direction": _direction,
    "among": _among,
    "all": _share(1.0, SOME_OF_ALL, "all"),
    "most": _share(MOST, SOME_OF_MOST, "most"),
    "some": _share(SLACK * 2, SLACK * 2, "some"),
    "effect": _effect,
    "no_effect": _no_effect,
}
SHARES = {"all", "most", "some", "no_effect"}  # hedges that state no figure
