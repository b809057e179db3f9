"""Claims and evidence in, verdicts out: measure all, correct the tests across the family, then decide each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from eventwindow.claims.days import STRANGE, findings_on, is_later
from eventwindow.claims.evidence import Evidence
from eventwindow.claims.measures.effects import EffectOf
from eventwindow.claims.model import WORDS, Claim, Measured, Specifications, Verdict, VerdictWord, unmeasured
from eventwindow.claims.rules import HOLDS, TESTED, Decision, asked, decide, material
from eventwindow.claims.strength import usual_move
from eventwindow.errors import Figure, Listed, NoFigure, Reason, StudyError, Text, catalogue
from eventwindow.inference.expected_volatility import RECENT, word_of
from eventwindow.inference.family import Corrected, family
from eventwindow.inference.response import Effect
from eventwindow.inference.results import LEVEL
from eventwindow.prices.checks import Finding

LEFT = frozenset({"open", "not_testable", "not_rated"})
FEW = 2  # parts whose findings are told one by one
RULE_OF = {"open": "rule_no_figure", "not_testable": "rule_not_testable", "not_rated": "rule_not_rated"}


def measure_all(claims: Sequence[Claim], evidence: Evidence) -> dict[str, Measured | None]:
    """What each claim and part of a claim comes to, by id."""
    return {leaf.id: measure(leaf, evidence) for claim in claims for leaf in leaves(claim)}


def judge(
    claims: Sequence[Claim], evidence: Evidence, measured: Mapping[str, Measured | None] | None = None
) -> list[Verdict]:
    """One verdict a claim, in order. p-values are corrected in one step-down over all effects that decide a claim.

    `measured` is what `measure_all` gave, where the claims were measured before.
    """
    found = dict(measure_all(claims, evidence) if measured is None else measured)
    every = [leaf for claim in claims for leaf in leaves(claim)]
    later = frozenset(leaf.id for leaf in every if is_later(leaf, evidence))
    effects = {leaf.id: effect for leaf in every if leaf.id not in later and (effect := _effect(leaf, found[leaf.id]))}
    for key, corrected in family(effects).items():
        found[key] = _as_corrected(found[key], effects[key], corrected)
    return [_verdict(claim, _Basis(evidence, found, later)) for claim in claims]


def leaves(claim: Claim) -> Iterator[Claim]:
    if not claim.parts:
        yield claim
    for part in claim.parts:
        yield from leaves(part)


def measure(claim: Claim, evidence: Evidence) -> Measured | None:
    """What the claim's measure finds, a reason where the data hold none, None where it names no measure."""
    if claim.measure is None:
        return None
    try:
        found = evidence.once(claim.measure, partial(claim.measure.measure, evidence))  # several claims may ask for it
        return replace(found, usual=usual_move(claim, evidence)) if claim.strength else found
    except NoFigure as none:
        return Measured(None, "", none.reason)
    except StudyError as error:
        if not error.where:
            where = f"{claim.file}, line {claim.line}" if claim.line else claim.file
            raise type(error)(error.what, where=f"{where}, claim {claim.id}", remedy=error.remedy) from error
        raise


def _effect(leaf: Claim, found: Measured | None) -> Effect | None:
    if found is None or found.effect is None or not leaf.decides or leaf.hedge not in TESTED:
        return None
    return None if found.effect.unled else found.effect


@dataclass(frozen=True, slots=True)
class _Basis:
    """What verdicts rest on: the figures, their effects corrected, and which of them came too late."""

    evidence: Evidence
    found: Mapping[str, Measured | None]
    later: frozenset[str]


def _verdict(claim: Claim, basis: _Basis) -> Verdict:
    if claim.parts:
        return _compound(claim, [_verdict(part, basis) for part in claim.parts], basis)
    found = basis.found[claim.id]
    if found is None:
        return _unmeasured(claim)
    findings = tuple(findings_on(claim, basis.evidence))
    if found.value is None and found.interval is None:
        return Verdict(claim, "open", Reason("rule_no_figure"), found.reason, found, findings=findings)
    decision = _doubted(_reached(found, _told(claim, _known(claim, decide(claim, found), basis))), findings)
    curve = specifications(claim, basis.evidence) if claim.hedge == "effect" else None
    told = (*_found(claim, found, decision), found.lacking, *_tail(claim, decision.word), *_details(found))
    return Verdict(
        claim,
        decision.word,
        decision.rule,
        Reason.sentences(*told, curve.reason if curve else None),
        found,
        changes=decision.changes,
        context=decision.context,
        asked=asked(claim, found.unit),
        p_family=found.p_family,
        specifications=curve,
        findings=findings,
    )


def _as_corrected(found: Measured | None, effect: Effect, corrected: Corrected) -> Measured | None:
    """The figure with the corrected p-value, and what its test could see after the correction that decides."""
    effect = replace(effect, detectable=corrected.detectable)
    return found and replace(found, effect=effect, p_family=corrected.p_value)


def _unmeasured(claim: Claim, parts: Sequence[Verdict] = ()) -> Verdict:
    """A statement without a measure: a draft, what the prices held do not tell, rhetoric, or beyond all prices.

    Its parts are figures that are its context.
    """
    if claim.unfinished:
        what = Text(claim.unfinished, claim.unfinished_zh or claim.unfinished)
        return Verdict(claim, "open", Reason("rule_unfinished"), Reason("unfinished", what=what))
    if (reason := unmeasured(claim)) is None:
        raise ValueError(f"claim {claim.id} has neither a measure nor a reason for none")
    word, why = reason
    told = Reason.sentences(why, *_tail(claim, word))
    return Verdict(claim, word, Reason(RULE_OF[word]), told, parts=tuple(parts))


def _known(claim: Claim, decision: Decision, basis: _Basis) -> Decision:
    """A figure that closed after the article was written decides nothing."""
    if claim.id not in basis.later or not claim.decides:
        return decision
    until = Reason("rule_later", rule=decision.rule, until=claim.known_until)
    return replace(decision, word="open", rule=until, context=())


def _doubted(decision: Decision, findings: Sequence[Finding]) -> Decision:
    """What only a strange price contradicts is open: the price may be what is wrong. Two that agree are seldom both."""
    strange = [finding.reason for finding in findings if finding.kind in STRANGE]
    if not strange or decision.word in {*HOLDS, *LEFT}:
        return decision
    context = (*decision.context, Reason("price_doubted", why=strange[0]))
    return replace(decision, word="open", rule=Reason("rule_doubted", rule=decision.rule), context=context)


def _reached(found: Measured, decision: Decision) -> Decision:
    """A history that does not reach what was said leaves the claim open, unless what is held refutes it.

    Of "ever" none can reach all: what holds in all that is held is told with its first day.
    """
    if found.lacking and decision.word != "contradicted":
        return replace(decision, word="open", rule=Reason("rule_history", rule=decision.rule), context=())
    if found.since and decision.word in HOLDS:
        context = (*decision.context, Reason("history_from", day=found.since))
        return replace(decision, word="confirmed_with_context", context=context)
    return decision


def _told(claim: Claim, decision: Decision) -> Decision:
    """What a reader must know of a figure that holds: that it stands in for what was said, and the claim's own note.

    A stand-in that fails leaves the claim open: it is not the thing that was said. Where it fails in size alone, the
    size is left open.
    """
    context, stand_in, note = decision.context, _given(claim, "stand_in"), _given(claim, "note")
    if stand_in and decision.word == "contradicted":
        rule = Reason("rule_stand_in", rule=decision.rule)
        return replace(decision, word="open", rule=rule, context=(*context, *stand_in, Reason("out_of_reach")))
    if stand_in and decision.word == "mixed":
        context = (*context, Reason("size_left_open"))
    elif decision.word not in HOLDS or not (stand_in or note):
        return decision
    return replace(decision, word="confirmed_with_context", context=(*context, *(stand_in or note)))


def _given(claim: Claim, what: str) -> tuple[Reason, ...]:
    text = claim.said(what)
    return (Reason("given", text=text),) if text else ()


def _found(claim: Claim, found: Measured, decision: Decision) -> Iterator[Reason]:
    """What was found, in words that need no statistics, then what a reader must know of it."""
    yield found.reason
    yield from _tested(claim, found)
    if decision.word != "confirmed":
        yield from decision.context


def _details(found: Measured) -> Iterator[Reason]:
    """The test and the source behind what was found, after all that a reader without statistics needs."""
    first = _first(found.reason)
    told = dict(first.values)
    if f"reason.{first.key}_detail" in catalogue("en"):
        yield Reason(f"{first.key}_detail", **told)
    elif "source" in told:
        yield Reason("from_source", source=told["source"])
    elif found.effect:
        yield Reason("tested", p=Figure(found.effect.p_value, "p"))
    if found.effect and found.effect.scaled:
        ratio = found.effect.volatility
        moved = {"times": Figure(ratio, "short"), "word": Reason(f"volatility_{word_of(ratio)}")}
        yield Reason("scaled_ranks", n=RECENT, **moved)


def _tail(claim: Claim, word: VerdictWord) -> Iterator[Reason]:
    """The claim's note, where it does not stand in the line already, and whose words the article reports."""
    if word not in HOLDS:
        yield from _given(claim, "note")
    if whom := claim.said("quoted"):
        yield Reason("quoted", whom=whom)


def combined(words: Sequence[VerdictWord]) -> VerdictWord:
    """The word of a statement whose parts have `words`.

    Mixed where one holds and another fails. A part that fails beside others that are left contradicts the whole: it
    cannot be true with it. What is left open never counts as half false: the whole holds, with context, where more
    parts hold than are left, else it is open.
    """
    held, failed, left = _counted(words)
    if "mixed" in words or (held and failed):
        return "mixed"
    if failed:
        return "contradicted"
    if held > left:
        return "confirmed" if set(words) == {"confirmed"} else "confirmed_with_context"
    return "open" if held else next(word for word in WORDS if word in words)


def _counted(words: Sequence[VerdictWord]) -> tuple[int, int, int]:
    held, failed = sum(word in HOLDS for word in words), sum(word == "contradicted" for word in words)
    return held, failed, sum(word in LEFT for word in words)


def counts(of: str, **numbers: int) -> list[Reason]:
    """How many of each kind, where there are any: words of `reason.OF_KIND`."""
    return [Reason(f"{of}_{kind}", n=n) for kind, n in numbers.items() if n]


def _compound(claim: Claim, parts: Sequence[Verdict], basis: _Basis) -> Verdict:
    deciding = [v for v in parts if v.claim.decides and v.claim.id not in basis.later]
    if unmeasured(claim):
        return _unmeasured(claim, parts)
    if not deciding:
        late = Reason("rule_later", rule=Reason("rule_compound", n=len(parts)), until=claim.known_until)
        return Verdict(claim, "open", late, Reason.sentences(*_lead(parts), *_tail(claim, "open")), parts=tuple(parts))
    word = combined([v.word for v in deciding])
    beside = [v for v in parts if not v.claim.decides]
    context = tuple(dict.fromkeys([*_context(deciding, beside), *_given(claim, "note")]))
    if word == "confirmed" and context:
        word = "confirmed_with_context"
    lead = next((v for v in deciding if v.measured and v.measured.value is not None), deciding[0])
    changes = [v.changes for v in deciding if v.changes]
    line = context if word in HOLDS else tuple(dict.fromkeys(_short(deciding, word)))
    return Verdict(
        claim,
        word,
        Reason("rule_compound", n=len(deciding)) if len(deciding) > 1 else deciding[0].rule,
        Reason.sentences(*_lead(deciding), *line, *_tail(claim, word)),
        lead.measured,
        changes=Reason.together(list(dict.fromkeys(changes))) if changes else None,
        context=line if word in HOLDS else (),
        parts=tuple(parts),
    )


def _context(deciding: Sequence[Verdict], others: Sequence[Verdict]) -> Iterator[Reason]:
    """What a reader must know of a compound that holds: its parts' own, those left open, context against it."""
    for part in deciding:
        yield from part.context
    yield from _left_open(deciding)
    for part in others:
        if part.word in {"contradicted", "mixed"} and part.measured and part.measured.value is not None:
            figure = Figure(part.measured.value, part.measured.unit)
            yield Reason("but_context", text=part.claim.said("text"), figure=figure)


def _short(deciding: Sequence[Verdict], word: VerdictWord) -> Iterator[Reason]:
    """Why parts do not hold, where the figure alone does not tell: a move too small for the word, what is left open."""
    for part in deciding:
        if part.word not in HOLDS:
            yield from part.context
    if word == "open" and any(part.word in HOLDS for part in deciding):
        yield from _left_open(deciding)


def _left_open(deciding: Sequence[Verdict]) -> Iterator[Reason]:
    if left := [told for part in deciding if part.word in LEFT for told in _given(part.claim, "text")]:
        yield Reason("left_open", texts=left)


def _lead(parts: Sequence[Verdict]) -> Iterator[Reason]:
    """What parts found, in sentences that need no statistics: of many how many hold, and what one of them found."""
    told = [v for v in parts if v.measured]
    held, failed, left = _counted([v.word for v in told])
    if len(told) > FEW:
        yield Reason("parts_counted", n=len(told), counts=Listed(counts("parts", held=held, failed=failed, left=left)))
        told = [next((v for v in told if v.word == "contradicted"), told[0])]
    for verdict in told:
        if verdict.measured:
            yield _first(verdict.measured.reason)
            yield from _tested(verdict.claim, verdict.measured)


def _tested(claim: Claim, found: Measured) -> Iterator[Reason]:
    """What the test of an effect says to a reader without statistics, where the effect was not found.

    It hangs on nothing else: neither on a strange price nor on what the figure stands in for.
    """
    if found.effect is None or claim.hedge not in TESTED:
        return
    word = decide(claim, found).word
    if word == "open" and (why := found.effect.unled):
        restless = Reason("too_restless", times=Figure(found.effect.volatility, "short"))
        yield Reason("too_long_for_volume") if why.key == "volume_drifts" else restless
    elif word == "open" and claim.hedge == "no_effect":
        yield Reason("not_none")
    elif word == "open":
        alone = found.effect.p_value <= LEVEL and found.p_family is not None
        yield Reason("by_chance_of_many" if alone else "by_chance")
    if claim.hedge == "effect" and word == "contradicted" and found.effect.equivalent(material(claim)):
        yield Reason("as_good_as_none")


def _first(found: Reason) -> Reason:
    while found.key == "sentences":
        found = next(iter(found.value("told")))
    return found


def by_statement(verdicts: Sequence[Verdict]) -> list[tuple[str, VerdictWord]]:
    """Article and verdict of each statement, once."""
    return [(parts[0].claim.article, combined([v.word for v in parts])) for parts in each_statement(verdicts)]


def each_statement(verdicts: Sequence[Verdict]) -> list[list[Verdict]]:
    """The verdicts of each statement: claims of one article that share `statement` are its parts."""
    said: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        said.setdefault((verdict.claim.article, verdict.claim.statement or verdict.claim.id), []).append(verdict)
    return list(said.values())


def unfinished(verdicts: Sequence[Verdict]) -> int:
    """How many statements are left open because a person has not finished them: read, and not judged."""
    every = ([v for v in parts if v.word == "open"] for parts in each_statement(verdicts))
    return sum(bool(left) and all(v.claim.unfinished for v in left) for left in every)


TABLE = "robustness"


def specifications(claim: Claim, evidence: Evidence) -> Specifications | None:
    """The shares for a claim about an effect of the event and a window that the table "robustness" holds, else None.

    The table has one row a security and window: event, security, window_start, window_end, specifications, median,
    share_same_sign, share_significant, share_significant_same_sign; the sign is that of the median.
    """
    measure, table = claim.measure, evidence.tables.get(TABLE)
    if table is None or not isinstance(measure, EffectOf) or not isinstance(claim.stated, float):
        return None
    rows = table[
        (table["event"] == measure.event)
        & (table["window_start"] == measure.window[0])
        & (table["window_end"] == measure.window[1])
        & table["security"].isin(evidence.members(measure.members))
    ]
    return None if rows.empty else _shares(rows, claim.stated)


def _shares(rows: pd.DataFrame, stated: float) -> Specifications:
    as_stated, both = rows["median"] * stated > 0, rows["share_significant_same_sign"]
    sign = rows["share_same_sign"].where(as_stated, 1 - rows["share_same_sign"])
    significant = both.where(as_stated, rows["share_significant"] - both)
    return Specifications(int(rows["specifications"].max()), float(sign.mean()), float(significant.mean()))
