"""What a test could have found: the smallest effect with a given power."""

import numpy as np
from scipy.special import nctdtr, stdtrit

from eventwindow.calendars.window import Span
from eventwindow.errors import StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.results import LEVEL, POWER


def smallest_detectable_effect(ar: AbnormalReturns, window: Span, power: float = POWER, level: float = LEVEL) -> Array:
    """The smallest |CAR| that the single-firm t finds with `power` at `level`, two-sided.

    It is about 2.81 standard errors at 80 % and 5 % (noncentral t), not the 1.96 of the critical value. The volatility
    is that of the estimation window: the tables of a study give beside it the effect at the volatility expected.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`.
    window : Window, int or pair of int
        Trading days from day 0, inside the event window.
    power : float
        The probability with which the effect is found, above `level` and below 1.
    level : float
        Of the test, between 0 and 1.

    Returns
    -------
    array (N,)
        Decimals; NaN where an event does not hold the window.

    Raises
    ------
    StudyError
        Where `power` and `level` are no such probabilities.
    WindowError
        Where the window is none or reaches beyond the event window.

    References
    ----------
    Brown, S. J. and Warner, J. B. (1985). Using daily stock returns. Journal of Financial Economics 14, 3-31.

    Examples
    --------
    >>> ew.smallest_detectable_effect(study, 0).round(4)
    array([0.026 , 0.0275, 0.0282])
    """
    if not 0 < level < power < 1:
        remedy = "Give probabilities: 0 < level < power < 1."
        raise StudyError(f"power = {power} and level = {level} fit no test", remedy=remedy)
    car = ar.car(window)
    dof, at = np.unique(car.dof, return_inverse=True)
    return np.array([detectable(d, power, level) for d in dof])[at] * car.std_error


def detectable(dof: float, power: float = POWER, level: float = LEVEL) -> float:
    """The noncentrality at which |t(dof)| exceeds its two-sided critical value with `power`, by bisection."""
    critical = -float(stdtrit(dof, level / 2))

    def found(noncentrality: float) -> bool:
        right_side = nctdtr(dof, -noncentrality, -critical)  # of t(dof, -nc) below -c: that of t(dof, nc) above c
        wrong_side = nctdtr(dof, noncentrality, -critical)  # underflows to NaN where it is nothing
        return bool(right_side + np.nan_to_num(wrong_side) >= power)

    low, high = 0.0, critical + 10
    while not found(high):
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if found(middle) else (middle, high)
    return high
