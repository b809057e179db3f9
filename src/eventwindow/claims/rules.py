"""How near a figure must come to what was stated: every rule, in this one place.

    amounts     `rounding.HEDGES`: exact, amounted_to, about, close_to, nearly, reached, at_most, more_than, less_than,
                and range; where the data hold only the span in which prices moved and not the moment quoted, the span
                must lie in the range (confirmed) or beside it (contradicted), else it cannot tell (open)
    direction   the sign of the figure; zero has none; a word of strength (`strength.STRENGTHS`) asks for a size too
    among       a rank no higher than the number given
    all         every one of those named (mixed: at least half)
    most        more than half of them (below two thirds with context)
    some        at least one
    effect      the sign, and a p-value of at most 5 % corrected across all effects that are claimed; without it the
                claim is contradicted only where the effect is equivalent to none: the 90 % interval by inversion lies
                within what would matter, two one-sided tests at 5 % of that claim alone
    no_effect   the reverse: confirmed where the effect is equivalent to none (with context where it is none the less
                found), contradicted by an effect that is found and may matter, else open

Where volatility rose further than any test of several firms is known to stand (`expected_volatility.none_holds`), an
effect or none is left open.

A figure that was measured at several horizons is held against the statement at each: it is mixed where they disagree.
Figures with a sign are compared by size in the direction stated: a loss "of more than 500bn" is one below −500bn.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from eventwindow.claims.model import Claim, Hedge, Measured, VerdictWord
from eventwindow.claims.rounding import ENDLESS, HEDGES, SLACK, Bounds, Fit, Step, bounds, fit, is_move, step_of
from eventwindow.claims.strength import STRENGTHS
from eventwindow.errors import Figure, Reason, is_money
from eventwindow.inference.response import Effect
from eventwindow.inference.results import LEVEL, POWER

RULES_VERSION = "2.4"  # of all rules that decide; raise it with RULES_DATE when one of them changes
RULES_DATE = date(2026, 11, 30)
SURE_MOST = 2 / 3  # from here on "most" needs no remark
MOST = 1 / 2
EDGE = 1e-6  # so near the bound, of the figure or of one, any other figure decides otherwise
PRINTED = {"decimal": 4, "share": 2}  # digits behind the point that a sentence prints of a figure of a unit
MATERIAL = 0.02  # an abnormal return of two per cent, for kinds that the table below does not name
MATERIAL_OF = {
    "abnormal_volume": math.log(2),  # twice the usual volume
    "characteristic": 0.005,
    "factor_return": 0.005,
    "lead_lag": 0.2,
    "ordering": 0.01,
}
BY_SIZE = {*HEDGES} - {"exact", "range"}  # of a loss the size is meant


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict word, the rule behind it, what would change it, and what a reader must know of one that holds."""

    word: VerdictWord
    rule: Reason
    changes: Reason
    context: tuple[Reason, ...] = ()


def decide(claim: Claim, measured: Measured) -> Decision:
    if measured.horizons:
        return _horizons(claim, measured)
    if measured.interval and "reported" in getattr(claim.measure, "needs", ()):
        return _both_ends(claim, measured)
    decision = RULES.get(claim.hedge, _amount)(claim, measured)
    if claim.hedge in TESTED and measured.effect and (why := measured.effect.unled):
        decision = replace(decision, word="open", rule=Reason("rule_no_test", rule=decision.rule, why=why), context=())
    if claim.strength and claim.hedge == "direction":
        decision = _strong(claim, measured, decision)
    told = exceptions(claim, measured.unit)
    return replace(decision, rule=Reason("rule_except", rule=decision.rule, told=told)) if told else decision


def _both_ends(claim: Claim, measured: Measured) -> Decision:
    """A range that a source gives: the verdict of its ends where they agree, else open."""
    first, last = (decide(claim, replace(measured, value=end, interval=None)) for end in measured.interval or ())
    agree = (first.word in HOLDS) == (last.word in HOLDS)
    return last if agree else replace(last, word="open", context=())


def exceptions(claim: Claim, unit: str) -> tuple[Reason, ...]:
    """What the claim sets by a key of its own in place of the general rule."""
    found = []
    if claim.precision is not None and _steps(claim, unit) != _digits(claim, unit):
        found.append(Reason("except_precision", step=_size(claim.precision, unit)))
    if claim.material is not None and claim.material != _general(claim):
        found.append(Reason("except_material", least=Figure(claim.material, unit, sign=False)))
    return tuple(found)


def asked(claim: Claim, unit: str) -> Reason:
    """What is asked of a figure: below zero, and how far where a word says so; at least two thirds; more than 50 %."""
    if claim.hedge == "direction" and claim.strength:
        least = Figure(STRENGTHS[claim.strength].deviations, "deviations")
        return Reason("asked_strength", side=side(claim, unit), least=least)
    if claim.hedge in BY_DIRECTION:
        return Reason(f"asked_{claim.hedge}", side=side(claim, unit))
    stated = claim.figures or (0.0,)
    if claim.hedge in BY_SIZE and stated[0] < 0:
        return Reason("asked_size", asked=Reason(f"asked_{claim.hedge}", figure=Figure(-stated[0], unit, sign=False)))
    figures = [f"{v:g}" if unit == "p" else Figure(v, unit) for v in stated]
    if claim.hedge == "range":
        return Reason("asked_range", low=figures[0], high=figures[-1])
    return Reason(f"asked_{claim.hedge}", **({} if claim.hedge in SHARES else {"figure": figures[0]}))


def side(claim: Claim, unit: str) -> Reason:
    """The side of zero that a direction states; of a log of the usual, the side of the usual."""
    up = isinstance(claim.stated, float) and claim.stated > 0
    if unit == "log":
        return Reason("above_usual" if up else "below_usual")
    return Reason("above_zero" if up else "below_zero")


def sizes(claim: Claim, unit: str) -> Bounds:
    """The figures, by size in the direction stated, with which an amount holds."""
    return bounds(_stated_sizes(claim), claim.hedge, _steps(claim, unit), is_move(unit))


def oriented(claim: Claim, value: float) -> float:
    """`value` by size in the direction stated: a loss is positive where a loss was stated."""
    return _sign(claim) * value


def _sign(claim: Claim) -> float:
    return -1.0 if claim.figures and max(claim.figures) <= 0 > min(claim.figures) else 1.0


def _stated_sizes(claim: Claim) -> tuple[float, float]:
    if not claim.figures:
        raise ValueError(f"claim {claim.id} states no figure")
    sizes = sorted(_sign(claim) * figure for figure in claim.figures)
    return sizes[0], sizes[-1]


def _digits(claim: Claim, unit: str) -> tuple[Step, Step]:
    low, high = (step_of(figure, unit, claim.stated_text) for figure in _stated_sizes(claim))
    return low, high


def _steps(claim: Claim, unit: str) -> tuple[Step, Step]:
    """The precision at which the stated figures are read; one wider than their digits leaves them as open as zeros."""
    low, high = _digits(claim, unit)
    if (given := claim.precision) is None:
        return low, high
    first, last = (own if math.isclose(given, own.size) else Step(given, given > own.size) for own in (low, high))
    return first, last


def _amount(claim: Claim, measured: Measured) -> Decision:
    unit, value = measured.unit, oriented(claim, _value(measured))
    stated = _stated_sizes(claim), claim.hedge, _steps(claim, unit), is_move(unit)
    found = fit(value, *stated)
    words: dict[Fit, VerdictWord] = {"same": "confirmed", "rounded": "confirmed_with_context", "off": "contradicted"}
    context: tuple[Reason, ...] = ()
    if found == "rounded":
        context = (Reason("exactly", figure=Figure(value, unit, sign=False)),)
    elif found == "off" and unit in PRINTED and fit(round(value, PRINTED[unit]), *stated) != "off":
        context = (Reason("just_off", size=_size(_to_edge(claim, unit, value), unit)),)
    return Decision(words[found], _amount_rule(claim, unit), _other_amount(claim, unit, value, found != "off"), context)


def _other_amount(claim: Claim, unit: str, value: float, held: bool) -> Reason:
    """The figure, or the distance to it, with which the verdict would be another."""
    if unit in {"rank", "count"}:
        return Reason(f"another_{unit}") if held else Reason(f"{unit}_of", place=_stated(claim))
    distance = _to_edge(claim, unit, value)
    way = "worse" if held else "better"
    if distance <= EDGE * max(abs(value), 1.0):
        return Reason(f"{way}_at_all")
    return Reason(way, size=_size(distance, unit))


def _to_edge(claim: Claim, unit: str, value: float) -> float:
    """The distance to the nearest figure with which the verdict would be another."""
    where = sizes(claim, unit)
    return min(abs(edge - value) for edge in (where.low, where.high) if math.isfinite(edge))


def _size(distance: float, unit: str) -> Figure:
    """A distance between figures in points, days or money, else as a number of two digits."""
    if unit in {"decimal", "share"}:
        return Figure(distance, "points")
    return Figure(distance, unit if unit == "days" or is_money(unit) else "short", sign=False)


def _amount_rule(claim: Claim, unit: str) -> Reason:
    if unit in {"rank", "count"} and claim.hedge == "exact":
        return Reason(f"exact_{unit}", place=_stated(claim))
    low, high = (Figure(e, unit, sign=False) if math.isfinite(e) else "" for e in sizes(claim, unit).drawn)
    first, last = _steps(claim, unit)
    if claim.hedge in {"exact", "amounted_to"} and not first.zeros:
        return Reason("rule_rounded", half=_size(first.size / 2, unit))
    open_zeros = HEDGES[claim.hedge].zeros and (first.zeros or last.zeros)
    digits = Reason("open_zeros" if open_zeros else "own_digits")
    room = max((part for part in (HEDGES[claim.hedge].below, HEDGES[claim.hedge].above) if part < ENDLESS), default=0.0)
    values = {"low": low, "high": high, "digits": digits, "share": Figure(room, "share")}
    rounded = "_rounded" if room > 0 and _rounding_is_wider(claim, unit) else ""
    return Reason(f"rule_{claim.hedge}{rounded}", **values)


def _rounding_is_wider(claim: Claim, unit: str) -> bool:
    """Whether the stated figure's own digits let the measured one lie further off than the hedge's room does."""
    low, high = _stated_sizes(claim)
    room, where = HEDGES[claim.hedge], sizes(claim, unit)
    return where.low < low * (1 - room.below) - SLACK or where.high > high * (1 + room.above) + SLACK


def _range(claim: Claim, measured: Measured) -> Decision:
    if measured.interval is None:
        return _amount(claim, measured)
    seen = sorted(oriented(claim, edge) for edge in measured.interval)
    where = sizes(claim, measured.unit)
    word: VerdictWord = "open"
    if all(map(where.holds, seen)):
        word = "confirmed"
    elif seen[1] < where.low or where.high < seen[0]:
        word = "contradicted"
    low, high = (Figure(edge, measured.unit) for edge in measured.interval)
    context = (Reason("span_crosses"),) if word == "open" else ()
    return Decision(word, Reason("rule_span", low=low, high=high), Reason("price_at_the_moment"), context)


def _direction(claim: Claim, measured: Measured) -> Decision:
    held = oriented(claim, _value(measured)) > 0
    word: VerdictWord = "confirmed" if held else "contradicted"
    return Decision(word, Reason("rule_direction", side=side(claim, measured.unit)), Reason("other_sign"))


def _strong(claim: Claim, measured: Measured, direction: Decision) -> Decision:
    """A word of strength: the direction, and the size in units of the security's own history."""
    asks = STRENGTHS[claim.strength]
    least, way = Figure(asks.deviations, "deviations"), side(claim, measured.unit)
    rule = Reason("rule_strength", side=way, word=Reason(f"strength_{claim.strength}"), least=least)
    if direction.word == "contradicted":
        return replace(direction, rule=rule)
    if measured.usual is None:
        return Decision("open", rule, Reason("longer_history"))
    times = Figure(abs(_value(measured)) / measured.usual, "deviations")
    usual = Figure(measured.usual, measured.unit, sign=False)
    told = Reason("strength_measured", usual=usual, times=times.value, least=asks.deviations)
    if times.value >= asks.deviations:
        return Decision("confirmed", rule, Reason("smaller_move", least=least, times=times))
    word: VerdictWord = "mixed" if asks.qualifies else "contradicted"
    return Decision(word, rule, Reason("larger_move", least=least, times=times), (told,))


def _among(claim: Claim, measured: Measured) -> Decision:
    limit = _stated(claim)
    rule = Reason("rule_among", place=limit)
    if 1 <= _value(measured) <= limit:
        return Decision("confirmed", rule, Reason("rank_beyond", place=limit))
    return Decision("contradicted", rule, Reason("rank_within", place=limit))


def _shares(claim: Claim, measured: Measured) -> Decision:
    value = _value(measured)
    if measured.unit == "name":
        turn = Reason("source_names_another" if value else "source_names_it")
        return Decision("confirmed" if value else "contradicted", Reason("rule_name"), turn)
    word: VerdictWord = "contradicted"
    if claim.hedge == "all":
        word = "confirmed" if value >= 1 - SLACK else "mixed" if value >= MOST - SLACK else word
    elif claim.hedge == "some":
        word = "confirmed" if value > SLACK else word
    elif value > MOST + SLACK:
        word = "confirmed" if value >= SURE_MOST - SLACK else "confirmed_with_context"
    told = word in {"confirmed_with_context", "mixed"}
    context = (Reason("with_exceptions"),) if told else ()
    rule = Reason(f"rule_{claim.hedge}", sure=Figure(SURE_MOST, "fraction"))
    return Decision(word, rule, Reason("enough_the_other_way"), context)


def _effect(claim: Claim, measured: Measured) -> Decision:
    """An effect, or none: found where it is significant, none where it is equivalent to none, else open."""
    if (test := measured.effect) is None:
        raise ValueError(f"claim {claim.id} speaks of an effect, but its measure tests none")
    p = test.p_value if measured.p_family is None else measured.p_family
    found, none = p <= LEVEL, test.equivalent(material(claim))
    rule, changes = _effect_rule(claim, measured, test, p), Reason("another_test")
    if claim.hedge == "no_effect" and none and found:
        return Decision("confirmed_with_context", rule, changes, (Reason("found_but_small"),))
    word: VerdictWord = "open"
    if claim.hedge == "no_effect":
        word = "confirmed" if none else "contradicted" if found else word
    elif found:
        word = "confirmed" if oriented(claim, _value(measured)) > 0 else "contradicted"
    elif none:
        word = "contradicted"
    return Decision(word, rule, changes)


def material(claim: Claim) -> float:
    """The smallest effect that the statement can mean: one number a kind, or the claim's own key."""
    return _general(claim) if claim.material is None else claim.material


def _general(claim: Claim) -> float:
    return MATERIAL_OF.get(claim.measure_name, MATERIAL)


def _effect_rule(claim: Claim, measured: Measured, test: Effect, p: float) -> Reason:
    return Reason(
        f"rule_{claim.hedge}",
        side=side(claim, measured.unit),
        p=Figure(p, "p"),
        level=Figure(LEVEL, "share"),
        corrected="" if measured.p_family is None else Reason("corrected"),
        interval=_interval(test, measured.unit),
        seen=found_at(test.detectable, measured.unit),
        least=Figure(material(claim), measured.unit, sign=False),
    )


def _interval(test: Effect, unit: str) -> Reason:
    """The effects that the ranks do not reject at 10 %; with too few days, any."""
    if not (math.isfinite(test.low) and math.isfinite(test.high)):
        return Reason("no_interval")
    return Reason("interval_90", low=Figure(test.low, unit), high=Figure(test.high, unit))


def found_at(detectable: float, unit: str) -> Reason:
    """What a test could have found with that power; with too few days to correct over, nothing."""
    if detectable == float("inf"):
        return Reason("never_found")
    return Reason("found_at", least=Figure(detectable, unit, sign=False), power=Figure(POWER, "share"))


def _horizons(claim: Claim, measured: Measured) -> Decision:
    """Every horizon by the same rule; mixed where they disagree."""
    each = [decide(claim, replace(measured, value=v, horizons=())) for _, v in measured.horizons]
    held = sum(one.word in HOLDS for one in each)
    word: VerdictWord = "confirmed" if held == len(each) else "mixed" if held else "contradicted"
    low, high = (pick(measured.horizons, key=lambda pair: pair[1]) for pick in (min, max))
    ends = {"low": Figure(low[1], measured.unit), "high": Figure(high[1], measured.unit)}
    path = Reason("path", n=len(each), held=held, low_day=low[0], high_day=high[0], **ends)
    return Decision(word, Reason("rule_horizons", rule=each[-1].rule), Reason("other_horizons"), (path,))


def _value(measured: Measured) -> float:
    if measured.value is None:
        raise ValueError("nothing was measured")
    return measured.value


def _stated(claim: Claim) -> float:
    if claim.stated is None or isinstance(claim.stated, tuple):
        raise ValueError(f"claim {claim.id} needs one stated figure")
    return claim.stated


HOLDS = frozenset({"confirmed", "confirmed_with_context"})
RULES: dict[Hedge, Callable[[Claim, Measured], Decision]] = {  # of hedges that state no amount
    "range": _range,
    "direction": _direction,
    "among": _among,
    "all": _shares,
    "most": _shares,
    "some": _shares,
    "effect": _effect,
    "no_effect": _effect,
}
TESTED = frozenset({"effect", "no_effect"})  # hedges that a test decides
BY_DIRECTION = frozenset({"direction", "effect"})  # hedges that state a side alone
SHARES = {"all", "most", "some", "no_effect"}  # hedges that state no figure
