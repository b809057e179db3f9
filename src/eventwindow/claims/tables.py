"""Claims as tables: a row a claim."""

from collections.abc import Sequence

import pandas as pd

from eventwindow.claims.model import Verdict
from eventwindow.errors import Catalogue, Figure, Text, catalogue

CLAIMS = ["id", "article", "security", "measure", "stated_text", "stated", "measured", "unit", "verdict", "rule"]
CLAIMS += ["reason", "reason_zh", "text_en", "text_zh", "stated_text_zh", "would_change_it"]
PRESS = ["id", "article", "statement", "stated", "measured", "verdict", "reason"]
CLAIMS += ["p_value", "p_family", "detectable", "specifications", "share_same_sign", "share_significant"]


def claims_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """One row a claim: the measured figure, the verdict, the rule, the reason, and how sure one can be of an effect."""
    return pd.DataFrame([_claim_row(v) | _sureness(v) for v in verdicts], columns=CLAIMS)


def claims_table_in(code: str, verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """The same in another language, in the columns that a reader of the press looks for."""
    words = catalogue(code)
    columns = [words.text(f"claims_csv.{key}") for key in PRESS]
    return pd.DataFrame([_press_row(words, v) for v in verdicts], columns=columns)


def _press_row(words: Catalogue, v: Verdict) -> tuple[str, ...]:
    c, m = v.claim, v.measured
    text, said = (words.pick(Text(*both)) for both in ((c.text_en, c.text_zh), (c.stated_text, c.stated_text_zh)))
    figure = "" if m is None or m.value is None else words.figure(Figure(m.value, m.unit))
    return c.id, c.article, text, said, figure, words.text(f"verdict.{v.word}"), words.reason(v.reason)


def _claim_row(v: Verdict) -> dict[str, object]:
    c, m = v.claim, v.measured
    return {
        "id": c.id,
        "article": c.article,
        "security": c.security,
        "measure": c.measure_name or ("compound" if c.parts else ""),
        "stated_text": c.stated_text,
        "stated": " to ".join(f"{x:.12g}" for x in c.stated) if isinstance(c.stated, tuple) else c.stated,
        "measured": None if m is None else m.value,
        "unit": "" if m is None else m.unit,
        "verdict": v.word,
        "rule": str(v.rule),
        "reason": str(v.reason),
        "reason_zh": catalogue("zh-Hant").reason(v.reason),
        "text_en": c.text_en,
        "text_zh": c.text_zh,
        "stated_text_zh": c.stated_text_zh,
        "would_change_it": "" if v.changes is None else str(v.changes),
    }


def _sureness(v: Verdict) -> dict[str, object]:
    """p-value alone and across the family of claims, smallest effect that could be seen, share of specifications."""
    effect = None if v.measured is None else v.measured.effect
    curve = v.specifications
    return {
        "p_value": None if v.measured is None else v.measured.p_value,
        "p_family": v.p_family,
        "detectable": None if effect is None else effect.detectable,
        "specifications": None if curve is None else curve.number,
        "share_same_sign": None if curve is None else curve.sign,
        "share_significant": None if curve is None else curve.significant,
    }
