"""Models fitted to the estimation days and the days of a window together."""

from dataclasses import replace

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array, EventReturns


def refitted(ar: AbnormalReturns, window: Window) -> Array:
    """(N, T + L) residuals of each event's model fitted to the estimation days and the window's days together."""
    parts = {0: (slice(None), ar)} if ar.fitter else {m: (ar.model == m, ar.select(ar.model == m)) for m in ar.model}
    e = np.full((len(ar), ar.residuals.shape[1] + len(window)), np.nan)
    for rows, part in parts.values():
        if part.source is None or part.fitter is None:
            raise StudyError("the events carry different models: there is no one model to refit.")
        e[rows] = part.fitter.fit(joint(part.source, window)).residuals
    return e


def joint(source: EventReturns, window: Window) -> EventReturns:
    """The same events with the window's days appended to the estimation window."""
    at = slice(window.start - source.window.start, window.end - source.window.start + 1)
    event, sessions = source.event_returns[:, at], source.sessions
    if sessions is not None:
        covered = np.ones_like(event) if source.covered is None else source.covered[:, at]
        event, sessions = event / covered, np.concatenate([sessions, covered], axis=1)
    return replace(
        source,
        sessions=sessions,
        estimation_returns=np.concatenate([source.estimation_returns, event], axis=1),
        estimation_factors=np.concatenate([source.estimation_factors, source.event_factors[:, at]], axis=1),
        estimation_days=np.concatenate([source.estimation_days, source.event_days[:, at]], axis=1),
    )
