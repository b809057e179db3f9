"""A claim, the evidence it is held against, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from eventwindow.abnormal import AbnormalReturns
    from eventwindow.claims.specifications import Specifications

VerdictWord = Literal["confirmed", "partly", "contradicted", "not_testable"]
Hedge = Literal[
    "exact", "about", "close_to", "reached", "more_than", "less_than", "range", "direction",
    "among", "all", "most", "some", "effect", "no_effect",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a measure may look at; tables in memory, nothing fetched.

    prices: symbol → daily frame (open, high, low, close, adj_close, volume), closes as quoted at the study's end.
    returns: symbol → daily total returns on the security's own sessions, decimals.
    abnormal: event id → abnormal returns of every security (one row a security).
    securities: one row a security, indexed by symbol: exchange, currency, group, benchmark, name_en, name_zh.
    baskets: name → member symbols; every group is a basket too.
    tables: the study's further figures by name: "shares", "megacaps", "panel", "weights", "factors", "intraday";
        absent where the study ships none. "robustness" is the summary of a specification curve, where one was run.
    titles: basket → its title in English and in Chinese; events: the same of every event.
    news: one row an entry of the calendar: date, what_en, what_zh.
    memo: what `once` has worked out.
    """

    prices: Mapping[str, pd.DataFrame]
    returns: Mapping[str, pd.Series]
    abnormal: Mapping[str, AbnormalReturns]
    securities: pd.DataFrame
    baskets: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, pd.DataFrame]
    news: pd.DataFrame
    unavailable: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    events: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Any, work: Callable[[], Any]) -> Any:
        """What `work` returns, worked out once for this evidence."""
        if key not in self.memo:
            self.memo[key] = work()
        return self.memo[key]


@dataclass(frozen=True, slots=True)
class Effect:
    """The test behind a claim about an effect: the estimate, its own null distribution, and what it could have seen.

    `null` holds the same statistic on the pseudo-dates of the estimation window, in time order, (n_dates,); p_value is
    the share of them at least as large in absolute value, the event itself counted. `days` are the pseudo-dates, days
    since 1970-01-01, so that the correction across claims can keep the dependence between them.
    """

    statistic: float
    null: np.ndarray
    days: np.ndarray
    p_value: float
    p_parametric: float | None
    std_error: float
    detectable: float  # the smallest effect found with 80 % power where the test decides, in the measured unit
    test: str
    spread: float = 1.0  # standard deviation of the null distribution in the measured unit
    reach: float = 0.0  # how far beyond the critical value an effect must lie for 80 % power, in the measured unit


class Part(NamedTuple):
    """One figure that a measured value is made of, with its unit."""

    value: float
    unit: str


def made_of(unit: str, /, **figures: float) -> dict[str, Part]:
    """Figures of one unit by name: a key of the report's names of parts, a security, a basket or a date."""
    return {name: Part(float(value), unit) for name, value in figures.items()}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measure found: a figure with its unit, or a reason why the data hold none.

    `value` is None when it cannot be measured. `parts` are the figures it is made of (`made_of`).
    `interval` is what was traced where the data hold a range and no single moment.
    """

    value: float | None
    unit: str
    reason_en: str
    reason_zh: str
    parts: Mapping[str, Part] = field(default_factory=dict)
    p_value: float | None = None
    interval: tuple[float, float] | None = None
    effect: Effect | None = None


class Measure(Protocol):
    """A kind of measurement: a frozen dataclass whose fields are the claim's own keys in claims.toml."""

    def measure(self, evidence: Evidence) -> Measured: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about one security, with how it was stated and how it is measured.

    A compound statement has `parts` and no measure of its own; a part that does not decide is shown as context.
    """

    id: str
    article: str
    text_en: str
    text_zh: str
    security: str = ""
    stated_text: str = ""  # how it was said, in our words: the figure with its hedge, or the word that was used
    stated_text_zh: str = ""
    stated: float | tuple[float, float] | None = None
    hedge: Hedge = "exact"
    precision: float | None = None  # the step of the last stated digit, in the unit of `stated`
    material: float | None = None  # the smallest effect that the statement can mean; tolerance.MATERIAL if not given
    measure: Measure | None = None
    measure_name: str = ""
    not_testable_en: str = ""  # the reason, where prices cannot test it
    not_testable_zh: str = ""
    stand_in_en: str = ""  # what was measured in place of what was said: it can support the claim, not refute it
    stand_in_zh: str = ""
    quoted_en: str = ""  # whose words the article reports, where they are not its own
    quoted_zh: str = ""
    note_en: str = ""  # what a reader must know beside the figure
    note_zh: str = ""
    parts: tuple[Claim, ...] = ()
    decides: bool = True
    file: str = "claims.toml"  # where it stands, for errors
    line: int | None = None
    place: str = ""  # file and line of the sentence, where the claim was drafted
    unfinished: str = ""  # what a person must still settle; until then nothing else of the entry is read


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim's verdict with the figure it rests on and the rule that decided."""

    claim: Claim
    word: VerdictWord
    rule: str
    reason_en: str
    reason_zh: str
    measured: Measured | None = None
    rule_zh: str = ""
    changes_en: str = ""  # what would change the verdict
    changes_zh: str = ""
    asked_en: str = ""  # what the figure had to be, shortly: a part's label names the figure alone
    asked_zh: str = ""
    p_family: float | None = None  # corrected across all effects that the claims state
    specifications: Specifications | None = None  # in how many the effect is found, where a curve is held
    parts: tuple[Verdict, ...] = ()
