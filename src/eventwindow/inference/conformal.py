"""Conformal inference: the event days are fitted along and one residual path is ranked among its own shifts."""

from collections.abc import Callable

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import TOGETHER, block_sums, same_calendar
from eventwindow.inference.refitted import refitted
from eventwindow.inference.results import Answer, FirmSignificance, Outcome
from eventwindow.inference.sample import Sample
from eventwindow.inference.shifts import ROUNDING
from eventwindow.inference.significance import significance_test

SINGULAR = 1e12  # condition number
NULL = "the window's days belong with the others"
APART = Reason("days_not_shared")
UNFITTED = Reason("neighbour_on_both_sides")


def firm_conformal(ar: AbnormalReturns, window: Window) -> FirmSignificance:
    """Each firm alone: the share of the moving blocks whose |sum of residuals| is at least the event's.

    The model is refitted with the window's days included and no dummy (Chernozhukov, Wüthrich & Zhu 2021); the event's
    own block counts.
    """
    e, reason = refitted(ar, window), ar.car(window).reason.copy()
    sums = np.abs(block_sums(e, len(window)))
    count = np.isfinite(sums).sum(axis=1)
    no_return = ~np.isfinite(ar.ar[:, ar.columns(window)]).all(axis=1)
    reason[(reason == "") & no_return] = Reason("window_day_without_return")
    reason[(reason == "") & ~np.isfinite(sums[:, -1])] = UNFITTED
    held = reason == ""
    with np.errstate(invalid="ignore"):
        p = np.where(held, (sums >= sums[:, -1:]).sum(axis=1) / np.maximum(count, 1), np.nan)
    value = np.where(held, e[:, -len(window) :].sum(axis=1), np.nan)
    floor = 1 / np.maximum(count, 1) if len(window) == 1 else np.full(len(count), np.nan)  # of blocks: by the days
    return FirmSignificance("conformal", NULL, ar.labels, value, p, Reason("own_refitted_blocks"), count, reason, floor)


@significance_test("Conformal, mean AR", NULL, apart=APART)
def conformal_mean(events: Sample) -> Answer:
    """A basket on one day: the conformal p of the mean residual."""
    return _basket(events, lambda sums, _: np.asarray(sums.mean(axis=0)))


@significance_test("Conformal SUR", NULL, apart=APART)
def conformal_sur(events: Sample) -> Answer:
    """A basket on one day: the conformal p of c'Σ̂⁻¹c, Σ̂ from the refitted residuals; effects may differ in sign."""
    return _basket(events, _mahalanobis)


def _mahalanobis(sums: Array, e: Array) -> Array:
    """c'Σ̂⁻¹c for each column c of (N, D); NaN where Σ̂ has no inverse."""
    covariance = e @ e.T / e.shape[1]
    if np.linalg.cond(covariance) > SINGULAR:
        return np.full(sums.shape[1], np.nan)
    return np.asarray(np.einsum("nd,nd->d", sums, np.linalg.solve(covariance, sums)))


def _basket(events: Sample, statistic: Callable[[Array, Array], Array]) -> Answer:
    held, window = events.ar, events.window
    if reason := unusable(events):
        return reason
    e = events.refitted
    if not np.isfinite(e[:, -len(window) :]).all():
        lacking = not np.isfinite(held.ar[:, held.columns(window)]).all()
        return Reason("window_day_without_return") if lacking else UNFITTED
    seen = np.isfinite(e).all(axis=0)
    if seen.sum() <= 2 * len(held):
        return Reason("few_common_days", n=int(seen.sum()), firms=len(held))
    sums = block_sums(np.where(seen, e, np.nan), len(window))
    whole = np.isfinite(sums).all(axis=0)
    values = statistic(sums[:, whole], e[:, seen])
    if not np.isfinite(values[-1]):
        return Reason("singular_covariance")
    p = float((np.abs(values) >= abs(values[-1]) * (1 - ROUNDING)).mean())
    floor = Reason("smallest_p", p=1 / len(values)) if len(window) == 1 else None
    return Outcome(float(values[-1]), p, Reason("refitted_blocks", n=len(values)), floor)


def unusable(events: Sample) -> Reason | None:
    """Why a basket cannot be refitted as one cross-section; None where it can."""
    if events.ar.source is None or events.ar.fitter is None:
        return Reason("models_differ")
    return None if events.design in TOGETHER and same_calendar(events.ar.estimation_days) else APART
