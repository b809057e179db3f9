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

from eventwindow.claims.asked import side
from eventwindow.claims.model import Claim, Hedge, Measured, VerdictWord
from eventwindow.claims.wording import figure, found_at, is_money, p_text
from eventwindow.inference.results import LEVEL

ABOUT = 0.10
CLOSE_TO = 0.05
MOST = 2 / 3
SOME_OF_MOST = 1 / 3
SOME_OF_ALL = 1 / 2
MATERIAL = 0.02  # decimal: an abnormal return of two per cent, where a claim does not say what it would mean
SLACK = 1e-12  # binary fractions: 0.17 − 0.165 is not exactly half a point


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict word, the rule behind it, and what would change it."""

    word: VerdictWord
    rule_en: str
    rule_zh: str
    changes_en: str = ""
    changes_zh: str = ""


def decide(claim: Claim, measured: Measured, p_family: float | None = None) -> Decision:
    """The verdict word for a figure held against what was stated."""
    return RULES[claim.hedge](claim, measured, p_family)


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
    rule_en, rule_zh = _amount_rule(claim, measured.unit)
    edge = min((e for e in (low, high) if abs(e) < float("inf")), key=lambda e: abs(e - value))
    word: VerdictWord = "confirmed" if held else "contradicted"
    if measured.unit in {"rank", "count"}:
        return Decision(word, rule_en, rule_zh, *_other_rank(measured.unit, held, claim))
    return Decision(word, rule_en, rule_zh, *_margin(abs(value - edge), measured.unit, held))


def _other_rank(unit: str, held: bool, claim: Claim) -> tuple[str, str]:
    unit_zh = "名次" if unit == "rank" else "次數"
    if held:
        return f"any other {unit}, from a longer history or other prices", f"更長的歷史或不同價格得出其他{unit_zh}"
    return f"a {unit} of {_stated(claim):.0f}", f"{unit_zh}為 {_stated(claim):.0f}"


def _margin(distance: float, unit: str, held: bool) -> tuple[str, str]:
    unit = "points" if unit == "decimal" else unit
    size, size_zh = (_size(distance, unit, zh) for zh in (False, True))
    if held:
        return f"a figure {size} worse for the claim", f"對陳述不利 {size_zh}的數字"
    return f"a figure {size} better for the claim", f"對陳述有利 {size_zh}的數字"


def _size(distance: float, unit: str, zh: bool = False) -> str:
    if unit in {"points", "share"}:
        return f"{_short(100 * distance)} " + ("個百分點" if zh else "points")
    if unit != "days" and not is_money(unit):
        return _short(distance)
    return figure(distance, unit, zh)


def _short(value: float) -> str:
    """Two digits that count, and none behind the point from ten on."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _amount_rule(claim: Claim, unit: str) -> tuple[str, str]:
    if unit in {"rank", "count"} and claim.hedge == "exact":
        return (
            f"exact: a {unit} of {claim.stated:.0f}",
            f"精確：{'名次' if unit == 'rank' else '次數'}為 {claim.stated:.0f}",
        )
    low, high = bounds(claim)
    half = (claim.precision or 0.0) / 2
    within, within_zh = (_size(half, "points" if unit == "decimal" else unit, zh) for zh in (False, True))
    span, span_zh = ([figure(edge, unit, zh).lstrip("+") for edge in (low, high)] for zh in (False, True))
    return {
        "exact": (
            f"exact: within {within}, half a step of the last stated digit",
            f"精確：所述末位數的一半，{within_zh}",
        ),
        "about": (f"about: within a tenth, {span[0]} to {span[1]}", f"約：一成以內，{span_zh[0]} 至 {span_zh[1]}"),
        "close_to": (
            f"close to: from five per cent below up to it, {span[0]} to {span[1]}",
            f"接近：不足額在百分之五以內，{span_zh[0]} 至 {span_zh[1]}",
        ),
        "reached": ("reached: at least the stated figure, not rounded up", "達：至少為所述數字，不進位"),
        "more_than": ("more than: beyond the stated figure", "超過：大於所述數字"),
        "less_than": ("less than: short of the stated figure", "不到：小於所述數字"),
        "range": (f"range: {span[0]} to {span[1]}", f"區間：{span_zh[0]} 至 {span_zh[1]}"),
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
    return Decision(
        word,
        "range: the span that prices moved in holds the whole range stated",
        "區間：當日價格範圍涵蓋所述整個區間",
        "the price at the quoted moment, which daily data do not hold",
        "報價當下的價格；日資料沒有這一時點",
    )


def _direction(claim: Claim, measured: Measured, _: float | None) -> Decision:
    held = oriented(claim, _value(measured)) > 0
    return Decision(
        "confirmed" if held else "contradicted",
        f"direction: {side(claim, measured.unit)}",
        f"方向：{side(claim, measured.unit, True)}",
        "a figure of the other sign",
        "相反符號的數字",
    )


def _among(claim: Claim, measured: Measured, _: float | None) -> Decision:
    limit = _stated(claim)
    held = 1 <= _value(measured) <= limit
    return Decision(
        "confirmed" if held else "contradicted",
        f"among the largest: rank {limit:.0f} or better",
        f"名列前茅：第 {limit:.0f} 名以內",
        f"a rank {'worse than' if held else 'of at most'} {limit:.0f}",
        f"名次{'落在' if held else '進入'}第 {limit:.0f} 名{'之後' if held else '以內'}",
    )


def _share(confirmed: float, partly: float, en: str, zh: str) -> Callable[[Claim, Measured, float | None], Decision]:
    def rule(_: Claim, measured: Measured, __: float | None) -> Decision:
        value = _value(measured)
        word: VerdictWord = "contradicted"
        if value >= confirmed - SLACK:
            word = "confirmed"
        elif value > partly - SLACK:
            word = "partly"
        return Decision(word, en, zh, "enough of those named moving the other way", "所列證券中有足夠多檔反向變動")

    return rule


def _effect(claim: Claim, measured: Measured, p_family: float | None) -> Decision:
    value, found, seen = _tested(claim, measured, p_family)
    sign = oriented(claim, value) > 0
    if found:
        word: VerdictWord = "confirmed" if sign else "contradicted"
    else:
        word = "contradicted" if seen else "not_testable"
    return Decision(word, *_effect_rule(claim, measured, p_family))


def _no_effect(claim: Claim, measured: Measured, p_family: float | None) -> Decision:
    _, found, seen = _tested(claim, measured, p_family)
    word: VerdictWord = "contradicted" if found else "confirmed" if seen else "not_testable"
    return Decision(word, *_effect_rule(claim, measured, p_family))


def _tested(claim: Claim, measured: Measured, p_family: float | None) -> tuple[float, bool, bool]:
    """The estimate, whether it is significant, and whether an effect of material size would have been seen."""
    if measured.effect is None:
        raise ValueError(f"claim {claim.id} speaks of an effect, but its measure tests none")
    p = measured.effect.p_value if p_family is None else p_family
    return _value(measured), p <= LEVEL, measured.effect.detectable <= material(claim)


def material(claim: Claim) -> float:
    """The smallest effect that the statement can mean."""
    return MATERIAL if claim.material is None else claim.material


def _effect_rule(claim: Claim, measured: Measured, p_family: float | None) -> tuple[str, str, str, str]:
    if measured.effect is None:
        raise ValueError(f"claim {claim.id} speaks of an effect, but its measure tests none")
    p = measured.effect.p_value if p_family is None else p_family
    corrected, corrected_zh = (
        (" after correction across the claims", "跨陳述校正後 ") if p_family is not None else ("", "")
    )
    seen, seen_zh = (found_at(measured.effect.detectable, measured.unit, zh) for zh in (False, True))
    least, least_zh = (figure(material(claim), measured.unit, zh).lstrip("+") for zh in (False, True))
    none = claim.hedge == "no_effect"
    way, way_zh = (side(claim, measured.unit, zh) for zh in (False, True))
    head, head_zh = ("no effect", "無效果") if none else (f"effect: {way}", f"效果：{way_zh}")
    return (
        f"{head}, and {p_text(p)} against 5 %{corrected}; {seen}, {least} would matter",
        f"{head_zh}，且{corrected_zh} {p_text(p)}（門檻 5 %）；{seen_zh}，{least_zh}才算有意義",
        "a test that could see a smaller effect, or another estimate of the normal return",
        "能偵測更小效果的檢定，或不同的正常報酬估計",
    )


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
    "all": _share(1.0, SOME_OF_ALL, "all of those named (partly: at least half)", "全部（部分成立：至少一半）"),
    "most": _share(
        MOST, SOME_OF_MOST, "most: two thirds (partly: more than a third)", "多數：三分之二（部分：逾三分之一）"
    ),
    "some": _share(SLACK * 2, SLACK * 2, "some: at least one", "部分個股：至少一檔"),
    "effect": _effect,
    "no_effect": _no_effect,
}
