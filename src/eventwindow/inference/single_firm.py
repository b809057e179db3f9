"""One firm, one event: its abnormal return against its own estimation window."""

from __future__ import annotations

import numpy as np

from eventwindow.calendars.window import Span, Window, as_window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.results import FirmSignificance, NotComputed, Result
from eventwindow.inference.shifts import ROUNDING, event_residuals, shift_sums
from eventwindow.parallel import in_blocks

NULL = "the abnormal return is zero"


def firm_t(ar: AbnormalReturns, window: Span) -> FirmSignificance:
    """CAR over its standard error, t(T - k), event by event.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`.
    window : Window, int or pair of int
        Trading days from day 0, inside the event window.

    Returns
    -------
    FirmSignificance
        One result an event.

    Raises
    ------
    WindowError
        Where the window is none or reaches beyond the event window.

    References
    ----------
    Campbell, J. Y., Lo, A. W. and MacKinlay, A. C. (1997). The Econometrics of Financial Markets, chapter 4.

    Examples
    --------
    >>> ew.firm_t(study, 0).statistic.round(2)
    array([-5.38, -4.95, -4.89])
    """
    car = ar.car(window)
    return FirmSignificance("single_firm_t", NULL, ar.labels, car.scar, car.p_value, "t(T - k)", ar.dof, car.reason)


def firm_sq(ar: AbnormalReturns, window: Span) -> FirmSignificance:
    """The CAR's place among the firm's own residuals; a longer window's among its cyclic shifts.

    No distribution is assumed, so that it holds for one firm with fat tails.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`.
    window : Window, int or pair of int
        Trading days from day 0, inside the event window.

    Returns
    -------
    FirmSignificance
        One result an event.

    Raises
    ------
    WindowError
        Where the window is none or reaches beyond the event window.

    References
    ----------
    Gelbach, J. B., Helland, E. and Klick, J. (2013). Valid inference in single-firm, single-event studies. American
    Law and Economics Review 15, 495-541.

    Examples
    --------
    >>> ew.firm_sq(study, 0).p_value.round(4)
    array([0.0099, 0.0099, 0.0099])
    """
    window = as_window(window)
    return sample_quantile("sq", ar, window, ar.residuals, event_residuals(ar, window), ar.car(window).car)


def sample_quantile(
    name: str,
    ar: AbnormalReturns,
    window: Window,
    residuals: Array,
    event: Array,
    value: Array,
    *,
    scale: Array | None = None,
    note: Reason | None = None,
) -> FirmSignificance:
    """The place of `value` (N,) among `residuals` (N, T), itself counted.

    One day is ranked among the days, a longer window among the cyclic shifts of the residuals joined with its days
    `event` (N, L) on their scale. `scale` (N, T + L), where given, is what each run is divided by, by its first day.
    """
    length = len(window)
    reason = ar.car(window).reason.copy()
    if not len(value):
        none = np.empty(0)
        among = Reason("own_residuals")
        return FirmSignificance(name, NULL, ar.labels, none, none, among, none, none, none, none, note)

    def places(rows: slice) -> tuple[Array, Array, Array]:
        if length == 1:
            return _places(residuals[rows], value[rows])
        sums = shift_sums(residuals[rows], event[rows], length)
        sums = sums if scale is None else sums / scale[rows]
        own = residuals.shape[1]
        return _places(np.delete(sums, own, axis=1), sums[:, own] * (1 - ROUNDING))

    count, beyond, below = (np.concatenate(part) for part in zip(*in_blocks(len(value), places), strict=True))
    reason[(reason == "") & (count == 0)] = Reason("no_consecutive_residuals", n=length)
    held = reason == ""
    two, low = (np.where(held, (1 + hits) / (count + 1), np.nan) for hits in (beyond, below))
    against = Reason("own_residuals" if length == 1 else "own_shifts")
    floor = 1 / (count + 1) if length == 1 else np.full(len(value), np.nan)  # of shifts it depends on the days
    return FirmSignificance(
        name, NULL, ar.labels, np.where(held, value, np.nan), two, against, count, reason, floor, low, note
    )


def _places(sums: Array, value: Array) -> tuple[Array, Array, Array]:
    """(N,) how many sums (N, D) there are, how many at least as large in size as `value`, how many no larger."""
    with np.errstate(invalid="ignore"):
        beyond = (np.abs(sums) >= np.abs(value)[:, None]).sum(axis=1)
        below = (sums <= value[:, None]).sum(axis=1)
    return np.isfinite(sums).sum(axis=1), beyond, below


def single_firm_t(ar: AbnormalReturns, window: Window) -> Result:
    """`firm_t` where there is one event."""
    return _alone("single_firm_t", ar) or firm_t(ar, window)[0]


def single_firm_sq(ar: AbnormalReturns, window: Window) -> Result:
    """`firm_sq` where there is one event."""
    return _alone("sq", ar) or firm_sq(ar, window)[0]


def _alone(name: str, ar: AbnormalReturns) -> NotComputed | None:
    return None if len(ar) == 1 else NotComputed(name, Reason("for_one_event", n=len(ar)), NULL, len(ar))
