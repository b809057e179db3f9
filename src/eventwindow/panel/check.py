"""A panel study checked without being run."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from eventwindow.errors import EventDateError, Reason, counted
from eventwindow.estimation.unlikely import DOUBTS
from eventwindow.panel.events import sharing_line
from eventwindow.panel.form import PanelStudy, options_of
from eventwindow.panel.freeze import list_record, wholly_ahead
from eventwindow.panel.plan import Plan
from eventwindow.panel.run import Step, planned
from eventwindow.panel.tally import incomplete_windows, no_fit
from eventwindow.scratch import temporary_folder
from eventwindow.study.check import verdict
from eventwindow.study.freeze import frozen_reason

TRIED = 20_000  # events that are fitted, and more until one has a fit
AT_ONCE = 1_000
SHOWN = 10  # reasons


def check_panel(study: PanelStudy, step: Step) -> Iterator[str]:
    """Line by line what a run would run on; where it would end, the same error is raised here."""
    with temporary_folder() as work:
        try:
            plan = planned(**options_of(study), work=work, step=step)
        except EventDateError:
            if not (waiting := wholly_ahead(study)):
                raise
            yield from _frozen(study)
            yield from waiting
            yield "study and list are valid; prices are asked for when days of the list have closed"
            return
        panel, events = plan.panel, plan.events
        span = f"{panel.sessions[0]:%Y-%m-%d} to {panel.sessions[-1]:%Y-%m-%d}"
        yield f"panel: {counted(len(panel.securities), 'security')}, {counted(len(panel.sessions), 'session')}, {span}"
        yield f"events: {len(events):,} placed, in {counted(len(events.groups), 'group')}"
        told = events.exclusions["what"] + ": " + events.exclusions["reason"].astype(str)
        yield from (f"  {n:,} {words}" for words, n in told.value_counts().head(SHOWN).items())
        yield from sharing_line(events)
        yield from _frozen(study)
        step("fitting events")
        tried, reasons, short = _fits(plan)
    lost = sum(reasons.values())
    yield f"fits: {tried - lost:,} of {'the first ' if tried < len(events) else ''}{counted(tried, 'event')}"
    yield from (f"  {n:,} excluded: {reason}" for reason, n in reasons.most_common(SHOWN))
    yield from (f"  {reason}" for reason in short)
    noted = [reason.key for reason in events.exclusions.query("what == 'told'")["reason"]]
    doubted = sum(key in DOUBTS for key in noted)
    yield verdict(
        int((events.exclusions["what"] == "excluded").sum()) + lost,
        int(events.sharing > 0) + doubted,
        partly=len(short),
        notes=len(noted) - doubted - noted.count("own_rows"),
    )


def _frozen(study: PanelStudy) -> Iterator[str]:
    if frozen := list_record(study):
        yield f"{frozen_reason(frozen)}"


def _fits(plan: Plan) -> tuple[int, Counter[Reason], list[Reason]]:
    """How many events were tried, why some of them have no fit, and how many lack a window or days of it."""
    reasons, tried = Counter[Reason](), 0
    windows, held, lacking = plan.specification.report, list[np.ndarray](), list[np.ndarray]()
    while tried < len(plan.events) and (tried < TRIED or sum(reasons.values()) == tried):
        stop = min(tried + AT_ONCE, len(plan.events))
        fits = plan.fitted_together(np.arange(tried, stop))
        reasons.update(fits.excluded["reason"])
        cars = [fits.car(window) for window in windows]
        held.append(np.array([car.complete for car in cars]))
        lacking.append(np.array([car.lacking for car in cars]))
        tried = stop
    if sum(reasons.values()) == tried:
        raise no_fit(next(iter(reasons)))
    parts = (np.concatenate(part, axis=1) for part in (held, lacking))
    return tried, reasons, list(incomplete_windows(windows, *map(list, parts)))
