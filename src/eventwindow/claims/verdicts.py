"""Claims and evidence in, verdicts out: measure all, correct the tests across the family, then decide each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from eventwindow.claims.asked import asked
from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Claim, Measured, Specifications, Verdict, VerdictWord
from eventwindow.claims.rules import Decision, decide
from eventwindow.claims.specifications import specifications
from eventwindow.claims.wording import spaced
from eventwindow.errors import NoFigure, StudyError
from eventwindow.inference.family import Corrected, family
from eventwindow.inference.response import Effect


def measure_all(claims: Sequence[Claim], evidence: Evidence) -> dict[str, Measured | None]:
    """What each claim and part of a claim comes to, by id."""
    return {leaf.id: measure(leaf, evidence) for claim in claims for leaf in leaves(claim)}


def judge(
    claims: Sequence[Claim], evidence: Evidence, measured: Mapping[str, Measured | None] | None = None
) -> list[Verdict]:
    """One verdict a claim, in order. p-values are corrected across all effects that decide a claim.

    `measured` is what `measure_all` gave, where the claims were measured before.
    """
    measured = measure_all(claims, evidence) if measured is None else measured
    effects = {leaf.id: found for claim in claims for leaf in leaves(claim) if (found := _effect(leaf, measured))}
    corrected = _corrected(effects, {key: found.unit for key, found in measured.items() if found})
    held = {
        leaf.id: specifications(leaf, evidence) for claim in claims for leaf in leaves(claim) if leaf.hedge == "effect"
    }
    return [_verdict(claim, measured, corrected, held) for claim in claims]


def _corrected(effects: Mapping[str, Effect], units: Mapping[str, str]) -> dict[str, Corrected]:
    """Each effect within its family: all effects of one kind, abnormal returns, volumes, coefficients."""
    corrected: dict[str, Corrected] = {}
    for unit in dict.fromkeys(units[key] for key in effects):
        corrected |= family({key: one for key, one in effects.items() if units[key] == unit})
    return corrected


def leaves(claim: Claim) -> Iterator[Claim]:
    """The claim itself, or its parts."""
    if not claim.parts:
        yield claim
    for part in claim.parts:
        yield from leaves(part)


def measure(claim: Claim, evidence: Evidence) -> Measured | None:
    """What the claim's measure finds, a reason where the data hold none, None where it names no measure."""
    if claim.measure is None:
        return None
    try:
        return claim.measure.measure(evidence)
    except NoFigure as reason:
        return Measured(None, "", reason.reason_en, reason.reason_zh)
    except StudyError as error:
        if not error.where:
            where = f"{claim.file}, line {claim.line}" if claim.line else claim.file
            raise type(error)(error.what, where=f"{where}, claim {claim.id}", remedy=error.remedy) from error
        raise


def _effect(leaf: Claim, measured: Mapping[str, Measured | None]) -> Effect | None:
    found = measured[leaf.id]
    return found.effect if found and leaf.decides and leaf.hedge in {"effect", "no_effect"} else None


def _verdict(
    claim: Claim,
    measured: Mapping[str, Measured | None],
    corrected: Mapping[str, Corrected],
    held: Mapping[str, Specifications | None],
) -> Verdict:
    if claim.parts:
        return _compound(claim, [_verdict(part, measured, corrected, held) for part in claim.parts])
    found = measured[claim.id]
    if found is None:
        rule = ("not testable with prices", "無法以價格檢驗")
        return Verdict(claim, "not_testable", rule[0], claim.not_testable_en, claim.not_testable_zh, rule_zh=rule[1])
    if found.value is None and found.interval is None:
        rule = ("not testable: no figure", "無法檢驗：沒有數據")
        return Verdict(claim, "not_testable", rule[0], found.reason_en, found.reason_zh, found, rule_zh=rule[1])
    found, p = _as_corrected(found, corrected.get(claim.id))
    decision = _standing_in(claim, decide(claim, found, p))
    curve = held.get(claim.id)
    return Verdict(
        claim,
        decision.word,
        decision.rule_en,
        _reason(claim, found, curve),
        _reason(claim, found, curve, True),
        found,
        rule_zh=spaced(decision.rule_zh),
        changes_en=decision.changes_en,
        changes_zh=spaced(decision.changes_zh),
        asked_en=asked(claim, found.unit),
        asked_zh=spaced(asked(claim, found.unit, True)),
        p_family=p,
        specifications=curve,
    )


def _as_corrected(found: Measured, corrected: Corrected | None) -> tuple[Measured, float | None]:
    """The figure with what its test could see after the correction that decides, and the corrected p-value."""
    if corrected is None or found.effect is None:
        return found, None
    return replace(found, effect=replace(found.effect, detectable=corrected.detectable)), corrected.p_value


def _reason(claim: Claim, found: Measured, curve: Specifications | None, zh: bool = False) -> str:
    """What was measured, in how many specifications it holds, what stands in for what, and whose words they were."""
    many = curve.text(zh) if curve else ""
    if zh:
        return spaced("".join((found.reason_zh, many, claim.stand_in_zh, claim.note_zh, _quoted(claim, True))))
    return " ".join(s for s in (found.reason_en, many, claim.stand_in_en, claim.note_en, _quoted(claim)) if s)


def _standing_in(claim: Claim, decision: Decision) -> Decision:
    """A stand-in that fails leaves the claim open: it is not the thing that was said."""
    if not claim.stand_in_en or decision.word != "contradicted":
        return decision
    return replace(
        decision,
        word="not_testable",
        rule_en=f"{decision.rule_en}; what was measured stands in for the thing and cannot refute it",
        rule_zh=f"{decision.rule_zh}；所測者為替代指標，不足以否定",
    )


def _quoted(claim: Claim, zh: bool = False) -> str:
    if zh:
        return f"（文章轉述：{claim.quoted_zh}）" if claim.quoted_zh else ""
    return f"(The article reports it as the words of {claim.quoted_en}.)" if claim.quoted_en else ""


def combined(words: Sequence[VerdictWord]) -> VerdictWord:
    """The word of a compound statement: its parts' own where they agree, `partly` where one holds and another does not.

    A part that fails, beside others that cannot be tested, contradicts the whole: it cannot be true with it.
    """
    if len(set(words)) == 1:
        return words[0]
    if {"confirmed", "partly"} & set(words):
        return "partly"
    return "contradicted"


def _compound(claim: Claim, parts: Sequence[Verdict]) -> Verdict:
    deciding = [v for v in parts if v.claim.decides]
    word = combined([v.word for v in deciding])
    lead = next((v for v in deciding if v.measured and v.measured.value is not None), deciding[0])
    return Verdict(
        claim,
        word,
        f"compound: {_parts(len(deciding))} its own rule",
        " ".join(_part(v) for v in parts) + _tail(claim),
        "".join(_part(v, True) for v in parts) + _tail(claim, True),
        lead.measured,
        rule_zh=f"複合陳述：由 {len(deciding)} 個部分{'各' if len(deciding) > 1 else ''}依其規則決定",
        changes_en="; ".join(dict.fromkeys(v.changes_en for v in deciding if v.changes_en)),
        changes_zh="；".join(dict.fromkeys(v.changes_zh for v in deciding if v.changes_zh)),
        parts=tuple(parts),
    )


def _parts(count: int) -> str:
    return "one part decides, by" if count == 1 else f"{count} parts decide, each by"


WORDS_EN = {"confirmed": "holds", "partly": "holds in part", "contradicted": "does not hold", "not_testable": "open"}
WORDS_ZH = {"confirmed": "成立", "partly": "部分成立", "contradicted": "不成立", "not_testable": "無法判定"}


def _part(verdict: Verdict, zh: bool = False) -> str:
    claim = verdict.claim
    word = (WORDS_ZH if zh else WORDS_EN)[verdict.word] if claim.decides else ("參考" if zh else "context")
    if zh:
        asks = f"（{verdict.asked_zh}）" if verdict.asked_zh else ""
        return f"【{claim.text_zh}{asks}：{word}】{verdict.reason_zh}"
    asks = f" ({verdict.asked_en})" if verdict.asked_en else ""
    return f"[{claim.text_en}{asks}: {word}] {verdict.reason_en}"


def _tail(claim: Claim, zh: bool = False) -> str:
    note, quoted = (claim.note_zh, _quoted(claim, True)) if zh else (claim.note_en, _quoted(claim))
    return "".join(("" if zh else " ") + s for s in (note, quoted) if s)
