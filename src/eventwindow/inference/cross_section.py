"""What the tests across events see: statistics of the events that hold a window, from one study or a million events."""

from dataclasses import dataclass
from typing import ClassVar

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.cumulative import Cumulative
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import Design


@dataclass(frozen=True)
class Residuals:
    """The estimation windows of N events."""

    count: Array  # (N,), residuals
    square: Array  # (N,), their sum of squares about their mean
    positive: Array  # (N,), the share of them above zero
    mean: Array  # (T,), over the events that have one; NaN where none has


@dataclass(frozen=True)
class MeanRanks:
    """Means over the events of rank/(M + 1) - ½ on each day of both windows; each event ranks its M values."""

    mean: Array  # (T + L,), NaN where no event has a rank
    share: Array  # (T + L,), of the events that have one


@dataclass(frozen=True)
class EventRanks:
    """Means over the events of rank/(T + 2) - ½ of their T values e/s and, last, of SCAR/sd(SCAR)."""

    mean: Array  # (T + 1,)
    share: Array  # (T + 1,), of the events that have one
    days: Array  # (N,), each event's T


@dataclass(frozen=True)
class CarVariance:
    """Of the sum of the CARs, over the calendar days that the windows share."""

    value: float
    days: float  # the least number of residuals of an event


@dataclass(frozen=True)
class RankSum:
    """The sum of rank/(M + 1) - ½ of the window's ARs, and its variance over the calendar days that windows share."""

    total: float
    variance: float


@dataclass(frozen=True, eq=False, repr=False)
class CrossSection:
    """N events that hold a window, as the tests across events see them: sufficient statistics, no daily array.

    A panel adds them up over its chunks. Of a study they are a `sample.Sample`, which works each out of its days when a
    test first asks; a test that looks at the days themselves takes nothing else.
    """

    window: Window
    design: Design
    car: Cumulative  # CARs with their errors, degrees of freedom and days, (N,) each
    tested: slice  # the window's days, of the days of both windows
    sum_of_sars: Array  # (N,), over the window's days
    bhar: Array | Reason  # (N,), buy-and-hold abnormal returns, or why there are none
    residuals: Residuals
    ranks: MeanRanks  # of residuals and ARs
    scaled_ranks: MeanRanks  # of e/s, and of SARs over their sd across the events of the day
    event_ranks: EventRanks
    correlation: float | Reason  # of the residuals, mean over the pairs by the share of tested days in common
    portfolio: Array  # (D,), the mean AR of the open events on each day with one
    car_variance: CarVariance | Reason
    rank_sum: RankSum | Reason

    holds_days: ClassVar[bool] = False  # whether it is a `Sample`

    @property
    def n(self) -> int:
        return len(self.car.car)
