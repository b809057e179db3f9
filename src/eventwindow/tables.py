"""Results as tables, in the columns of the output contract; decimals, nothing rounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.abnormal import AbnormalReturns
from eventwindow.claims.claim import Verdict
from eventwindow.claims.review import RATINGS
from eventwindow.claims.wording import figure
from eventwindow.cumulative import Cumulative
from eventwindow.happenings import marks
from eventwindow.inference.result import NotComputed, Result
from eventwindow.timeline import Window

CLEAN = ["car_clean", "std_error_clean", "p_value_clean", "days_clean"]  # without the days of other news
CLAIMS = ["id", "article", "security", "measure", "stated_text", "stated", "measured", "unit", "verdict", "rule"]
CLAIMS += ["reason", "reason_zh", "text_en", "text_zh", "stated_text_zh", "would_change_it"]
CLAIMS += ["p_value", "p_family", "detectable", "specifications", "share_same_sign", "share_significant"]
EXCLUDED = ["event", "security", "what", "window_start", "window_end", "reason"]
TESTS = ["event", "group", "window_start", "window_end", "test", "statistic", "p_value", "distribution", "n"]
TESTS += ["note", "null", "valid"]


def daily_table(abnormal: AbnormalReturns) -> pd.DataFrame:
    """One row an event, security and day of the event window that the security's data holds."""
    frame = abnormal.to_frame()
    columns = ["event", "security", "group", "model", "benchmark", "date", "tau", "actual_return", "expected_return"]
    columns += ["abnormal_return", "std_error", "t_stat", "p_value"]
    return frame.loc[frame["date"].notna(), columns].reset_index(drop=True)


def cumulative_table(abnormal: AbnormalReturns, windows: Sequence[Window], calendar: pd.DataFrame) -> pd.DataFrame:
    """One row an event, security and report window; `note` names what else the window holds, or why there is no CAR."""
    from eventwindow.inference.firm import firm_sq

    parts = []
    marked = marks(calendar, abnormal.labels, abnormal.event_days)
    tainted = np.any([days for _, days in marked], axis=0) if marked else np.zeros(abnormal.ar.shape, bool)
    clean = without_days(abnormal, tainted)
    for window in windows:
        car, quantile = abnormal.car(window), firm_sq(abnormal, window)
        frame = car.to_frame().assign(
            model=abnormal.model,
            benchmark=abnormal.labels["benchmark"],
            p_sample_quantile=quantile.p_value,
            quantile_floor=quantile.floor,
        )
        frame = frame.assign(**_clean(clean.car(window)), order=np.arange(len(frame)))
        parts.append(frame.assign(note=_notes(car.reason, marked, abnormal.columns(window))))
    columns = ["event", "security", "group", "model", "benchmark", "window_start", "window_end", "car", "std_error"]
    columns += ["t_stat", "p_value", "p_sample_quantile", "quantile_floor", "days", *CLEAN, "note"]
    return pd.concat(parts).sort_values("order", kind="stable")[columns].reset_index(drop=True)


def without_days(abnormal: AbnormalReturns, left_out: np.ndarray) -> AbnormalReturns:
    """The same events with the days (N, L) left out of every sum."""
    return replace(abnormal, actual=np.where(left_out, np.nan, abnormal.actual))


def _clean(car: Cumulative) -> dict[str, np.ndarray]:
    """The clean-days version of a window, in the columns of `CLEAN`."""
    return dict(zip(CLEAN, (car.car, car.std_error, car.p_value, car.days), strict=True))


def _notes(reason: np.ndarray, marked: Sequence[tuple[str, np.ndarray]], at: slice) -> list[str]:
    """Of each row: why there is no CAR, or what else falls into the window."""
    inside = [(words, np.asarray(days[:, at].any(axis=1))) for words, days in marked]
    return [
        f"not computed: {why}" if why else "; ".join(words for words, rows in inside if rows[i])
        for i, why in enumerate(reason)
    ]


def tests_table(
    abnormal: Mapping[str, AbnormalReturns], baskets: Mapping[str, Sequence[str]], windows: Sequence[Window]
) -> pd.DataFrame:
    """Every test of every basket, event and report window, in reading order; one that could not run says why."""
    from eventwindow.inference import run_tests

    rows: list[tuple[object, ...]] = []
    for event, every in abnormal.items():
        for group, members in baskets.items():
            chosen = every.select(list(members))
            for window in windows:
                rows += [row_of_test(event, group, window, result) for result in run_tests(chosen, window)]
    return pd.DataFrame(rows, columns=TESTS)


def row_of_test(event: str, group: str, window: Window, result: Result) -> tuple[object, ...]:
    """A test's answer in the columns `TESTS`."""
    where = (event, group, window.start, window.end, result.name)
    if isinstance(result, NotComputed):
        return (*where, None, None, "", result.n, f"not computed: {result.reason}", result.null, result.valid)
    figures = (result.statistic, result.p_value, result.distribution, result.n)
    return (*where, *figures, result.note, result.null, result.valid)


def claims_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """One row a claim: the measured figure, the verdict, the rule, the reason, and how sure one can be of an effect."""
    return pd.DataFrame([_claim_row(v) | _sureness(v) for v in verdicts], columns=CLAIMS)


def claims_table_zh(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """The same in Chinese, in the columns that a reader of the press looks for."""
    columns = ["編號", "文章", "說法", "所述", "實測", "判定", "理由"]
    return pd.DataFrame([_claim_row_zh(v) for v in verdicts], columns=columns)


def _claim_row_zh(v: Verdict) -> tuple[str, ...]:
    c = v.claim
    return (c.id, c.article, c.text_zh, c.stated_text_zh, _figure(v), RATINGS[v.word][2], v.reason_zh)


def _figure(v: Verdict) -> str:
    return "" if v.measured is None or v.measured.value is None else figure(v.measured.value, v.measured.unit, True)


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
        "rule": v.rule,
        "reason": v.reason_en,
        "reason_zh": v.reason_zh,
        "text_en": c.text_en,
        "text_zh": c.text_zh,
        "stated_text_zh": c.stated_text_zh,
        "would_change_it": v.changes_en,
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


def excluded_table(
    abnormal: AbnormalReturns, windows: Sequence[Window], placed: pd.DataFrame, told: Sequence[tuple[str, ...]]
) -> pd.DataFrame:
    """What was left out, shifted, substituted or only partly computed, and why.

    `told` holds rows (event, security, what, reason) that are known before anything is computed.
    """
    rows: list[tuple[object, ...]] = [(*head, None, None, reason) for *head, reason in told]
    rows += [(r.event, r.security, "excluded", None, None, r.reason) for r in abnormal.excluded.itertuples()]
    for r in placed[placed["shift"] != ""].itertuples():
        rows.append((r.event, r.security, "shifted", None, None, f"day 0 is {r.date:%Y-%m-%d}: {r.shift}"))
    rows += _short_estimation(abnormal)
    for window in windows:
        rows += _incomplete(abnormal, window)
    return pd.DataFrame(rows, columns=EXCLUDED).astype({"window_start": "Int64", "window_end": "Int64"})


def _short_estimation(abnormal: AbnormalReturns) -> list[tuple[object, ...]]:
    full, where = len(abnormal.estimation), (abnormal.estimation.start, abnormal.estimation.end)
    return [
        (event, security, "partly", *where, f"{int(n)} of {full} returns in the estimation window")
        for event, security, n in _named(abnormal, abnormal.nobs)
        if n < full
    ]


def _incomplete(abnormal: AbnormalReturns, window: Window) -> list[tuple[object, ...]]:
    car, where = abnormal.car(window), (window.start, window.end)
    rows: list[tuple[object, ...]] = []
    for event, security, why, days in _named(abnormal, car.reason, car.days):
        missing = f"{len(window) - int(days)} of {len(window)} days without a return, left out of the sum"
        if why or days < len(window):
            rows.append((event, security, "partly", *where, f"not computed: {why}" if why else missing))
    return rows


def _named(abnormal: AbnormalReturns, *columns: np.ndarray) -> Iterator[tuple[Any, ...]]:
    """Event and security beside the values of each row."""
    return zip(abnormal.labels["event"], abnormal.labels["security"], *columns, strict=True)
