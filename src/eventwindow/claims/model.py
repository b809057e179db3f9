"""A claim, the evidence it is held against, and the verdict."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal, NamedTuple, get_args

from eventwindow.claims.evidence import Day, Evidence, Symbol
from eventwindow.errors import Figure, Reason, Text
from eventwindow.inference.response import Effect
from eventwindow.prices.checks import Finding

VerdictWord = Literal[
    "confirmed", "confirmed_with_context", "mixed", "contradicted", "open", "not_testable", "not_rated"
]
WORDS: tuple[VerdictWord, ...] = get_args(VerdictWord)  # in the order in which a reader meets them
Hedge = Literal[
    "exact", "amounted_to", "about", "close_to", "nearly", "reached", "at_most", "more_than", "less_than", "range",
    "direction", "among", "all", "most", "some", "effect", "no_effect",
]  # fmt: skip


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
    `interval` is what was traced where the data hold a range and no single moment; `horizons` the day and the figure
    of each of several ends, `value` that of the last; `usual` its daily standard deviation before the day.
    """

    value: float | None
    unit: str
    reason: Reason
    parts: Mapping[str, Part] = field(default_factory=dict)
    p_family: float | None = None  # corrected across all effects that the claims state
    interval: tuple[float, float] | None = None
    effect: Effect | None = None
    horizons: tuple[tuple[date, float], ...] = ()
    usual: float | None = None
    lacking: Reason | None = None  # of the history that the statement speaks of: the figure is that of the rest
    since: date | None = None  # the first day held, where the statement speaks of all of history

    @property
    def p_value(self) -> float | None:
        """That of its test, or the figure itself where it is one; not corrected."""
        return self.effect.p_value if self.effect else self.value if self.unit == "p" else None


@dataclass(frozen=True, slots=True)
class Measure(ABC):
    """A kind of measurement, and what holds of every claim of it: its fields are the claim's own keys in claims.toml.

    unit: of its figures; "money" is the currency of the listing. needs: what it rests on (`data.NAME` in the
    catalogues). one_session: whether it looks at a single day, where the claim names no other. counts_of: its keys that
    name securities whose share counts are needed. tests: whether it tests an effect.
    """

    unit: ClassVar[str] = "decimal"
    needs: ClassVar[tuple[str, ...]] = ("prices",)
    one_session: ClassVar[bool] = False
    counts_of: ClassVar[tuple[str, ...]] = ()
    tests: ClassVar[bool] = False

    @abstractmethod
    def measure(self, evidence: Evidence) -> Measured: ...


@dataclass(frozen=True, slots=True)
class OnDay(Measure):
    """A measure of one security on one day."""

    one_session = True

    security: Symbol
    date: Day


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
    strength: str = ""  # a word of strength.STRENGTHS that was used of the move
    precision: float | None = None  # in place of the last stated digit: the step at which the figure is read
    material: float | None = None  # in place of the number of its kind: the smallest effect that the statement can mean
    measure: Measure | None = None
    measure_name: str = ""
    open_en: str = ""  # the reason, where prices could tell, and those held do not
    open_zh: str = ""
    not_testable_en: str = ""  # the reason, where prices cannot test it
    not_testable_zh: str = ""
    not_rated_en: str = ""  # the reason, where it is rhetoric, opinion or a forecast; parts are context
    not_rated_zh: str = ""
    stand_in_en: str = ""  # what was measured in place of what was said: it can support the claim, not refute it
    stand_in_zh: str = ""
    quoted_en: str = ""  # whose words the article reports, where they are not its own
    quoted_zh: str = ""
    note_en: str = ""  # what a reader must know beside the figure
    note_zh: str = ""
    parts: tuple[Claim, ...] = ()
    decides: bool = True
    statement: str = ""  # claims of one article that share it are one statement, counted once; its id if not given
    known_until: date | None = None  # the last day whose close the article could know; later figures are context
    file: str = "claims.toml"  # where it stands, for errors
    line: int | None = None
    place: str = ""  # file and line of the sentence, where the claim was drafted
    unfinished: str = ""  # what a person must still settle; until then nothing else of the entry is read
    unfinished_zh: str = ""

    @property
    def figures(self) -> tuple[float, ...]:
        """What is stated: one figure, the two of a range, or none."""
        return self.stated if isinstance(self.stated, tuple) else () if self.stated is None else (self.stated,)

    def said(self, what: str) -> Text | None:
        """A text of the claim, "text" or "note", in both languages; None where it has none."""
        english = getattr(self, f"{what}_en")
        return Text(english, getattr(self, f"{what}_zh")) if english else None


def unmeasured(claim: Claim) -> tuple[VerdictWord, Text] | None:
    """The verdict of a claim that gives a reason in place of a measure, and the reason."""
    words: tuple[VerdictWord, ...] = ("not_rated", "not_testable", "open")
    return next(((word, why) for word in words if (why := claim.said(word))), None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim's verdict with the figure it rests on and the rule that decided.

    Attributes
    ----------
    claim : Claim
        What was said, as claims.toml holds it.
    word : {"confirmed", "confirmed_with_context", "mixed", "contradicted", "open", "not_testable", "not_rated"}
        The verdict.
    measured : Measured or None
        The figure with its unit, interval and p-value, or the reason why the data hold none.
    rule, reason : Reason
        The rule that decided, and what was measured; `str()` of either is English.
    changes : Reason or None
        What would change the verdict.
    context : tuple of Reason
        What a reader must know of a verdict that holds: rounded, an exception, a proxy, a part left open.
    p_family : float or None
        p-value corrected across all effects that the claims state.
    specifications : Specifications or None
        In how many specifications the effect is found.
    parts : tuple of Verdict
        Verdicts on the parts of the claim.
    findings : tuple of Finding
        What was found in the prices that the figure rests on.

    Examples
    --------
    >>> folder = ew.new_study("claimed-event")
    >>> claims = folder / "claims.toml"
    >>> keys = ["[[claims]]", 'id = "fell"', 'article = "A1"', 'text_en = "Nvidia fell 17 %"', 'security = "NVDA"']
    >>> keys += ["stated = -0.17", 'measure = "return"', "date = 2025-01-27"]
    >>> _ = claims.write_text("\\n".join([claims.read_text("utf-8"), *keys]), "utf-8")
    >>> verdict = ew.run_study(folder, prices="shipped").verdicts[0]
    >>> verdict.claim.id, verdict.word, round(verdict.measured.value, 2)
    ('fell', 'confirmed', -0.17)
    """

    claim: Claim
    word: VerdictWord
    rule: Reason
    reason: Reason
    measured: Measured | None = None
    changes: Reason | None = None
    context: tuple[Reason, ...] = ()
    asked: Reason | None = None  # what the figure had to be, shortly: a part's label names the figure alone
    p_family: float | None = None  # corrected across all effects that the claims state
    specifications: Specifications | None = None  # in how many the effect is found, where a curve is held
    parts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()  # on the prices of its days


@dataclass(frozen=True, slots=True)
class Specifications:
    """Shares of the specification curve, the mean over the firms that a claim names.

    number: specifications; sign: share with the sign stated; significant: share with it and |t| beyond its 5 % point.
    """

    number: int
    sign: float
    significant: float

    @property
    def reason(self) -> Reason:
        sign, significant = Figure(self.sign, "share"), Figure(self.significant, "share")
        return Reason("specifications", n=self.number, sign=sign, significant=significant)
