"""Readings that an event study bears on, and disagreements: evidence panels, and how far prices can go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Claim, Measured, Verdict
from eventwindow.claims.rules import HOLDS
from eventwindow.claims.verdicts import counts, judge
from eventwindow.errors import Figure, Listed, Reason, Text
from eventwindow.inference.results import POWER

SPANS = ("window", "date", "until", "sessions")  # keys of a measure that are its horizon
SECTIONS = ("market", "late")  # was it the whole market, why so late


@dataclass(frozen=True, slots=True)
class Reading:
    """An account of why prices moved, its rival, what the design predicts under each, and the panels measured.

    Each panel is a claim that states what the reading predicts; where it fails, the rival's prediction came true.
    """

    key: str
    text_en: str
    text_zh: str
    articles: tuple[str, ...]
    predicts_en: str
    predicts_zh: str
    rival_en: str
    rival_zh: str
    limit_en: str
    limit_zh: str
    panels: tuple[Claim, ...] = ()
    section: str = ""  # of the report, one of SECTIONS, that says what prices say of it


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A point on which the articles differ: the claims side by side, and what was measured beside them."""

    key: str
    title_en: str
    title_zh: str
    said_en: str
    said_zh: str
    claims: tuple[str, ...] = ()
    panels: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedReading:
    """A reading with its panels judged, and the sentence that follows from them."""

    reading: Reading
    panels: tuple[Verdict, ...]
    sentence: Reason


@dataclass(frozen=True, slots=True)
class JudgedDisagreement:
    """A disagreement with the verdicts of its claims and the measured panels."""

    disagreement: Disagreement
    claims: tuple[Verdict, ...]
    panels: tuple[Verdict, ...]


def panels_of(readings: Sequence[Reading], disagreements: Sequence[Disagreement]) -> list[Claim]:
    return [p for reading in readings for p in reading.panels] + [p for d in disagreements for p in d.panels]


def weigh(
    readings: Sequence[Reading],
    disagreements: Sequence[Disagreement],
    verdicts: Sequence[Verdict],
    evidence: Evidence,
    measured: Mapping[str, Measured | None] | None = None,
) -> tuple[list[JudgedReading], list[JudgedDisagreement]]:
    """Readings and disagreements with their panels judged, effects corrected across all of these panels together.

    `verdicts` are those of the ledger's claims, which the disagreements name; `measured` is what `measure_all` gave for
    the panels, where they were measured before.
    """
    judged = iter(judge(panels_of(readings, disagreements), evidence, measured))
    by_id = {v.claim.id: v for v in verdicts}
    weighed = []
    for reading in readings:
        found = tuple(next(judged) for _ in reading.panels)
        weighed.append(JudgedReading(reading, found, _sentence(reading, found)))
    beside = [
        JudgedDisagreement(d, tuple(by_id[c] for c in d.claims), tuple(next(judged) for _ in d.panels))
        for d in disagreements
    ]
    return weighed, beside


def _sentence(reading: Reading, panels: Sequence[Verdict]) -> Reason:
    """How many panels came out as the reading predicts, how many as its rival, and the limit of what that can show."""
    limit = Text(reading.limit_en, reading.limit_zh)
    words = [v.word for v in panels if v.claim.decides]
    if not words:
        return Reason("prices_cannot_tell", limit=limit)
    agree, against = sum(word in HOLDS for word in words), words.count("contradicted")
    mixed = words.count("mixed")
    found = counts("panels", agree=agree, against=against, mixed=mixed, left=len(words) - agree - against - mixed)
    lean = "lean_divided" if _horizons_disagree(panels) else _lean(agree, against, len(words))
    told = Reason("panels", lean=Reason(lean), n=len(words), counts=Listed(found))
    return Reason.sentences(told, _power(panels), limit)


def _horizons_disagree(panels: Sequence[Verdict]) -> bool:
    """Whether one thing came out as the reading predicts over one horizon, and against it over another."""
    seen: dict[Any, set[tuple[Any, bool]]] = {}
    for panel in panels:
        measure: Any = panel.claim.measure
        if measure and panel.claim.decides and panel.word in {*HOLDS, "contradicted"}:
            span = {key: getattr(measure, key) for key in SPANS if hasattr(measure, key)}
            same = replace(measure, **dict.fromkeys(span))
            seen.setdefault(same, set()).add((tuple(span.values()), panel.word in HOLDS))
    return any(all(len(set(one)) > 1 for one in zip(*found, strict=True)) for found in seen.values())


def _lean(agree: int, against: int, panels: int) -> str:
    """A lean needs more than half of the panels decided, at every horizon alike, and twice as many on one side."""
    if 2 * (agree + against) <= panels:
        return "lean_undecided"
    if agree >= 2 * against:
        return "lean_towards"
    return "lean_against" if against >= 2 * agree else "lean_divided"


def _power(panels: Sequence[Verdict]) -> Reason | None:
    """What the tests of the panels that stay open could have found: abnormal returns of such a size."""
    found = [v.measured for v in panels if v.word == "open" and v.claim.decides and v.measured is not None]
    least = [m.effect.detectable for m in found if m.effect is not None and m.unit == "decimal"]
    if not least:
        return None
    low, high = (Figure(round(edge, 4), "decimal", sign=False) for edge in (min(least), max(least)))
    return Reason(
        "open_power", least=low if low == high else Reason("to", low=low, high=high), power=Figure(POWER, "share")
    )
