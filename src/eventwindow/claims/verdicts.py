"""Claims and evidence in, verdicts out: measure all, correct the tests across the family, then decide each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Claim, Measured, Specifications, Verdict, VerdictWord
from eventwindow.claims.rules import Decision, asked, decide
from eventwindow.claims.specifications import specifications
from eventwindow.errors import NoFigure, Reason, StudyError, Text
from eventwindow.inference.family import Corrected, family
from eventwindow.inference.response import Effect


def measure_all(claims: Sequence[Claim], evidence: Evidence) -> dict[str, Measured | None]:
    """What each claim and part of a claim comes to, by id."""
    return {leaf.id: measure(leaf, evidence) for claim in claims for leaf in leaves(claim)}


def judge(
    claims: Sequence[Claim], evidence: Evidence, measured: Mapping[str, Measured | None] | None = None
) -> list[Verdict]:
    """One verdict a claim, in order. p-values are corrected in one step-down over all effects that decide a claim.

    `measured` is what `measure_all` gave, where the claims were measured before.
    """
    measured = measure_all(claims, evidence) if measured is None else measured
    effects = {leaf.id: found for claim in claims for leaf in leaves(claim) if (found := _effect(leaf, measured))}
    corrected = family(effects)
    held = {
        leaf.id: specifications(leaf, evidence) for claim in claims for leaf in leaves(claim) if leaf.hedge == "effect"
    }
    return [_verdict(claim, measured, corrected, held) for claim in claims]


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
    except NoFigure as none:
        return Measured.none(none.reason)
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
        return Verdict(claim, "not_testable", Reason("rule_not_testable"), _untested(claim))
    if found.value is None and found.interval is None:
        return Verdict(claim, "not_testable", Reason("rule_no_figure"), found.reason, found)
    found, p = _as_corrected(found, corrected.get(claim.id))
    decision = _standing_in(claim, decide(claim, found, p))
    curve = held.get(claim.id)
    return Verdict(
        claim,
        decision.word,
        decision.rule,
        _reason(claim, found, curve),
        found,
        changes=decision.changes,
        asked=asked(claim, found.unit),
        p_family=p,
        specifications=curve,
    )


def _as_corrected(found: Measured, corrected: Corrected | None) -> tuple[Measured, float | None]:
    """The figure with what its test could see after the correction that decides, and the corrected p-value."""
    if corrected is None or found.effect is None:
        return found, None
    return replace(found, effect=replace(found.effect, detectable=corrected.detectable)), corrected.p_value


def _untested(claim: Claim) -> Reason:
    """Why no measure is named."""
    if claim.unfinished:
        return Reason("unfinished", what=claim.unfinished)
    return Reason("given", text=Text(claim.not_testable_en, claim.not_testable_zh))


def _reason(claim: Claim, found: Measured, curve: Specifications | None) -> Reason:
    """What was measured, in how many specifications it holds, what stands in for what, and whose words they were."""
    stand_in = Text(claim.stand_in_en, claim.stand_in_zh) if claim.stand_in_en else None
    return Reason.sentences(found.reason, curve.reason if curve else None, stand_in, *_tail(claim))


def _tail(claim: Claim) -> Iterator[Reason | Text]:
    """What a reader must know beside the figure, and whose words the article reports."""
    if claim.note_en:
        yield Text(claim.note_en, claim.note_zh)
    if claim.quoted_en:
        yield Reason("quoted", whom=Text(claim.quoted_en, claim.quoted_zh))


def _standing_in(claim: Claim, decision: Decision) -> Decision:
    """A stand-in that fails leaves the claim open: it is not the thing that was said."""
    if not claim.stand_in_en or decision.word != "contradicted":
        return decision
    return replace(decision, word="not_testable", rule=Reason("rule_stand_in", rule=decision.rule))


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
    changes = [v.changes for v in deciding if v.changes]
    return Verdict(
        claim,
        word,
        Reason("rule_compound", n=len(deciding)),
        Reason.sentences(*(_part(v) for v in parts), *_tail(claim)),
        lead.measured,
        changes=Reason.together(list(dict.fromkeys(changes))) if changes else None,
        parts=tuple(parts),
    )


def _part(verdict: Verdict) -> Reason:
    claim = verdict.claim
    word = Reason(f"part_{verdict.word}" if claim.decides else "part_context")
    asks = {} if verdict.asked is None else {"asked": verdict.asked}
    text = Text(claim.text_en, claim.text_zh)
    return Reason("part_asked" if asks else "part", text=text, word=word, reason=verdict.reason, **asks)
