"""What a statement asks of a figure, in a few words: a part's label names the figure and leaves open what came out."""

from __future__ import annotations

from eventwindow.claims.model import Claim, Hedge
from eventwindow.claims.wording import figure

ASKED: dict[Hedge, tuple[str, str]] = {
    "exact": ("should be {0}", "應為 {0}"),
    "about": ("should be about {0}", "應約 {0}"),
    "close_to": ("should be close to {0}", "應接近 {0}"),
    "reached": ("should be at least {0}", "應至少 {0}"),
    "more_than": ("should be more than {0}", "應大於 {0}"),
    "less_than": ("should be less than {0}", "應小於 {0}"),
    "range": ("should be {0} to {1}", "應為 {0} 至 {1}"),
    "among": ("should be {0} or better", "應在{0}以內"),
    "all": ("should be all", "應為全部"),
    "most": ("should be at least two thirds", "應至少三分之二"),
    "some": ("should be at least one", "應至少一檔"),
    "direction": ("should be {0}", "應{0}"),
    "effect": ("should be {0} and abnormal", "應{0}且異常"),
    "no_effect": ("should not be abnormal", "應無異常"),
}

BY_SIZE = {"about", "close_to", "reached", "more_than", "less_than"}  # of a loss the size is meant


def asked(claim: Claim, unit: str, zh: bool = False) -> str:
    """Should be below zero; should be at least two thirds; should be more than 50 %."""
    if claim.hedge in {"direction", "effect"}:
        return ASKED[claim.hedge][zh].format(side(claim, unit, zh))
    stated = claim.stated if isinstance(claim.stated, tuple) else (claim.stated or 0.0,)
    if claim.hedge in BY_SIZE and stated[0] < 0:
        text = ASKED[claim.hedge][zh].format(_stated(-stated[0], unit, zh).lstrip("+"))
        return f"幅度{text}" if zh else f"{text} in size"
    return ASKED[claim.hedge][zh].format(*(_stated(v, unit, zh) for v in stated))


def side(claim: Claim, unit: str, zh: bool = False) -> str:
    """The side of zero that a direction states; of a log of the usual, the side of the usual."""
    up = isinstance(claim.stated, float) and claim.stated > 0
    if unit == "log":
        return (("低於平常", "高於平常") if zh else ("below the usual", "above the usual"))[up]
    return (("小於零", "大於零") if zh else ("below zero", "above zero"))[up]


def _stated(value: float, unit: str, zh: bool) -> str:
    """A stated figure; a p-value is named by what stands around it."""
    return f"{value:g}" if unit == "p" else figure(value, unit, zh)
