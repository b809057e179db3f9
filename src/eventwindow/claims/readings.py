"""Readings that an event study bears on, and disagreements: evidence panels, and how far prices can go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eventwindow.claims.claim import Claim, Evidence, Verdict
from eventwindow.claims.verdict import judge


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
    sentence_en: str
    sentence_zh: str


@dataclass(frozen=True, slots=True)
class JudgedDisagreement:
    """A disagreement with the verdicts of its claims and the measured panels."""

    disagreement: Disagreement
    claims: tuple[Verdict, ...]
    panels: tuple[Verdict, ...]


def judge_readings(readings: Sequence[Reading], evidence: Evidence) -> list[JudgedReading]:
    """Each reading's panels judged, effects corrected across all panels of all readings."""
    verdicts = iter(judge([panel for reading in readings for panel in reading.panels], evidence))
    judged = []
    for reading in readings:
        panels = tuple(next(verdicts) for _ in reading.panels)
        judged.append(JudgedReading(reading, panels, *_sentence(reading, panels)))
    return judged


def judge_disagreements(
    disagreements: Sequence[Disagreement], verdicts: Sequence[Verdict], evidence: Evidence
) -> list[JudgedDisagreement]:
    """Each disagreement with the verdicts already given to its claims and its own panels judged."""
    by_id = {v.claim.id: v for v in verdicts}
    return [
        JudgedDisagreement(d, tuple(by_id[c] for c in d.claims), tuple(judge(d.panels, evidence)))
        for d in disagreements
    ]


def _sentence(reading: Reading, panels: Sequence[Verdict]) -> tuple[str, str]:
    """How many panels came out as the reading predicts, how many as its rival, and the limit of what that can show."""
    if not panels:
        return f"Prices cannot tell: {reading.limit_en}", f"價格無法分辨：{reading.limit_zh}"
    agree = sum(v.word == "confirmed" for v in panels)
    against = sum(v.word == "contradicted" for v in panels)
    decided = len(panels) - sum(v.word == "not_testable" for v in panels)
    lean_en, lean_zh = _lean(agree, against, decided)
    return (
        f"{lean_en} Of {len(panels)} panels {agree} came out as the reading predicts, {against} against it, "
        f"{len(panels) - agree - against} are mixed or open. {reading.limit_en}",
        f"{lean_zh}{len(panels)} 項檢驗中 {agree} 項符合此說，{against} 項相反，"
        f"{len(panels) - agree - against} 項不一或無法判定。{reading.limit_zh}",
    )


def _lean(agree: int, against: int, decided: int) -> tuple[str, str]:
    if decided == 0:
        return "Prices do not decide.", "價格無法判定。"
    if agree >= 2 * max(against, 1) or (agree and not against):
        return "Prices lean towards this reading.", "價格傾向支持此說。"
    if against >= 2 * max(agree, 1) or (against and not agree):
        return "Prices lean against this reading.", "價格傾向不支持此說。"
    return "Prices are divided.", "價格證據分歧。"
