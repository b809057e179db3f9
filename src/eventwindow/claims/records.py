"""Verdicts as plain data: one record a claim for claims.json."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from math import isfinite
from typing import Any

from eventwindow.claims.model import Claim, Measured, Verdict, VerdictWord
from eventwindow.claims.readings import JudgedDisagreement, JudgedReading
from eventwindow.claims.rules import material
from eventwindow.errors import Reason, catalogue

CODES = {"en": "en", "zh": "zh-Hant"}  # languages in which claims are written, by the key that claims.json gives them

# schema.org: the rating is a point on a scale; what was not tested, or is not rated, has no rating value.
RATINGS: dict[VerdictWord, int] = {"confirmed": 5, "confirmed_with_context": 4, "mixed": 3, "contradicted": 1}


def record(verdict: Verdict) -> dict[str, Any]:
    """All of a verdict as plain data, parts nested; decimals, nothing rounded."""
    claim = verdict.claim
    return {
        "id": claim.id,
        "article": claim.article,
        "security": claim.security,
        "text": {"en": claim.text_en, "zh": claim.text_zh},
        "stated_text": claim.stated_text,
        "stated_text_zh": claim.stated_text_zh,
        "stated": list(claim.stated) if isinstance(claim.stated, tuple) else claim.stated,
        "hedge": None if claim.parts or claim.measure is None else claim.hedge,
        "precision": claim.precision,
        "strength": claim.strength,
        "statement": claim.statement or claim.id,
        "quoted": {"en": claim.quoted_en, "zh": claim.quoted_zh},
        "decides": claim.decides,
        "verdict": verdict.word,
        "rule": _said(verdict.rule),
        "context": [_said(one) for one in verdict.context],
        "reason": _said(verdict.reason),
        "would_change_it": _said(verdict.changes),
        "measure": _measure(claim),
        "measured": None if verdict.measured is None or verdict.parts else _measured(claim, verdict.measured),
        "p_family": verdict.p_family,
        "specifications": None if verdict.specifications is None else asdict(verdict.specifications),
        "data": claim.measure and ", ".join(catalogue("en").text(f"data.{name}") for name in claim.measure.needs),
        "parts": [record(part) for part in verdict.parts],
    }


def _said(reason: Reason | None) -> dict[str, str]:
    return {key: catalogue(code).reason(reason) if reason else "" for key, code in CODES.items()}


def _measure(claim: Claim) -> dict[str, Any] | None:
    if claim.measure is None:
        return None
    measure: Any = claim.measure  # a frozen dataclass: its fields are the claim's own keys
    keys = {f.name: _plain(getattr(measure, f.name)) for f in fields(measure)}
    return {"name": claim.measure_name, **keys}


def _measured(claim: Claim, measured: Measured) -> dict[str, Any]:
    found: dict[str, Any] = {
        "value": measured.value,
        "unit": measured.unit,
        "parts": {name: part.value for name, part in measured.parts.items()},
        "interval": None if measured.interval is None else list(measured.interval),
        "horizons": {f"{when}": value for when, value in measured.horizons},
        "usual": measured.usual,
    }
    if (effect := measured.effect) is not None:
        found["effect"] = {
            "test": effect.test,
            "p_value": effect.p_value,
            "p_parametric": effect.p_parametric,
            "std_error": effect.std_error,
            "detectable_with_80_per_cent_power": _finite(effect.detectable),
            "interval_90": [_finite(effect.low), _finite(effect.high)],
            "volatility_ratio": _finite(effect.volatility),
            "scaled_by_expected_volatility": effect.scaled,
            "material": material(claim),
        }
    return found


def _finite(value: float) -> float | None:
    """None for what was not worked out, and for an infinite number: JSON has neither."""
    return value if isfinite(value) else None


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def ledger_record(
    verdicts: Sequence[Verdict],
    readings: Sequence[JudgedReading] = (),
    disagreements: Sequence[JudgedDisagreement] = (),
) -> dict[str, Any]:
    """claims.json: claims, readings and disagreements with all that was measured."""
    return {
        "claims": [record(v) for v in verdicts],
        "readings": [_reading(r) for r in readings],
        "disagreements": [_disagreement(d) for d in disagreements],
    }


def _reading(judged: JudgedReading) -> dict[str, Any]:
    reading = judged.reading
    return {
        "key": reading.key,
        "articles": list(reading.articles),
        "text": {"en": reading.text_en, "zh": reading.text_zh},
        "predicts": {"en": reading.predicts_en, "zh": reading.predicts_zh},
        "rival": {"en": reading.rival_en, "zh": reading.rival_zh},
        "sentence": _said(judged.sentence),
        "panels": [record(v) for v in judged.panels],
    }


def _disagreement(judged: JudgedDisagreement) -> dict[str, Any]:
    point = judged.disagreement
    return {
        "key": point.key,
        "title": {"en": point.title_en, "zh": point.title_zh},
        "said": {"en": point.said_en, "zh": point.said_zh},
        "claims": {v.claim.id: v.word for v in judged.claims},
        "panels": [record(v) for v in judged.panels],
    }
