"""Every test as a table: a row a basket, event, window and test."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from eventwindow.calendars.news import marks
from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.cumulative import Cumulative
from eventwindow.inference.results import LEVEL, NotComputed, Result, noted

TESTS = ["event", "group", "window_start", "window_end", "test", "statistic", "p_value", "distribution", "n"]
TESTS += ["note", "null", "valid"]


def tests_table(
    abnormal: Mapping[str, AbnormalReturns], baskets: Mapping[str, Sequence[str]], windows: Sequence[Window]
) -> pd.DataFrame:
    """Every test of every basket, event and report window, in reading order; one that could not run says why.

    `volatility_ratio` is that of the last sessions before the window, where the basket's members share their days.
    """
    from eventwindow.inference.expected_volatility import volatility_ratio
    from eventwindow.inference.registry import results_of
    from eventwindow.inference.sample import samples

    rows: list[tuple[object, ...]] = []
    for event, every in abnormal.items():
        for group, members in baskets.items():
            chosen = every.among(members)
            for one in samples(chosen, windows):
                ratio = volatility_ratio(one)
                rows += [(*row_of_test(event, group, one.window, result), ratio) for result in results_of(one)]
    return pd.DataFrame(rows, columns=[*TESTS, "volatility_ratio"])


def none_leads(tests: pd.DataFrame) -> Reason | None:
    """Why none of these tests leads, where volatility rose further than any is known to stand."""
    told = (part for note in tests["note"] if isinstance(note, Reason) for part in note.parts)
    return next((part for part in told if part.key == "no_test_leads"), None)


def row_of_test(event: str, group: str, window: Window, result: Result) -> tuple[object, ...]:
    where = (event, group, window.start, window.end, result.name)
    if isinstance(result, NotComputed):
        return (*where, None, None, "", result.n, noted(result), result.null, result.valid)
    figures = (result.statistic, result.p_value, result.distribution, result.n)
    return (*where, *figures, noted(result), result.null, result.valid)


CLEAN = ["car_clean", "std_error_clean", "p_value_clean", "days_clean"]  # without the days of other news


def daily_table(abnormal: AbnormalReturns) -> pd.DataFrame:
    """One row an event, security and day of the event window that the security's data holds."""
    frame, length = abnormal.to_frame(), len(abnormal.window)
    reach = stdtrit(np.repeat(abnormal.dof, length), 1 - LEVEL / 2) * frame["std_error"]
    frame = frame.assign(low=frame["abnormal_return"] - reach, high=frame["abnormal_return"] + reach)
    columns = ["event", "security", "group", "model", "benchmark", "date", "tau", "actual_return", "expected_return"]
    columns += ["abnormal_return", "std_error", "low", "high", "t_stat", "p_value"]
    return frame.loc[frame["date"].notna(), columns].reset_index(drop=True)


def cumulative_table(abnormal: AbnormalReturns, windows: Sequence[Window], calendar: pd.DataFrame) -> pd.DataFrame:
    """One row an event, security and report window; `note` names what else the window holds, or why there is no CAR."""
    from eventwindow.inference.single_firm import firm_sq, leading_sq

    parts = []
    marked = marks(calendar, abnormal.labels, abnormal.event_days)
    tainted = np.any([days for _, days in marked], axis=0) if marked else np.zeros(abnormal.ar.shape, bool)
    clean = replace(abnormal, actual=np.where(tainted, np.nan, abnormal.actual))
    for window in windows:
        car, quantile = abnormal.car(window), firm_sq(abnormal, window)
        low, high = car.interval(1 - LEVEL)
        leading, ratio = leading_sq(abnormal, window, quantile.p_value)
        figures = car.columns() | {
            "low": low,
            "high": high,
            "model": abnormal.model,
            "benchmark": abnormal.labels["benchmark"],
            "p_sample_quantile": quantile.p_value,
            "quantile_floor": quantile.floor,
            "p_leading": leading,
            "volatility_ratio": ratio,
            "note": _notes(car, marked, abnormal.columns(window)),
            "order": np.arange(len(abnormal)),
        }
        parts.append(pd.DataFrame(figures | _clean(clean.car(window))))
    columns = ["event", "security", "group", "model", "benchmark", "window_start", "window_end", "car", "std_error"]
    columns += ["low", "high", "t_stat", "p_value", "p_sample_quantile", "quantile_floor"]
    columns += ["p_leading", "volatility_ratio", "days", *CLEAN, "note"]
    return pd.concat(parts).sort_values("order", kind="stable")[columns].reset_index(drop=True)


def _clean(car: Cumulative) -> dict[str, np.ndarray]:
    """The clean-days version of a window, in the columns of `CLEAN`."""
    return dict(zip(CLEAN, (car.car, car.std_error, car.p_value, car.days), strict=True))


def _notes(car: Cumulative, marked: Sequence[tuple[Reason, np.ndarray]], at: slice) -> np.ndarray:
    """Of each row: why there is no CAR, or what is left out of it and what else falls into the window."""
    inside = [(words, np.asarray(days[:, at].any(axis=1))) for words, days in marked]
    notes = [
        told if why else Reason.joined(*filter(None, [told]), *(words for words, rows in inside if rows[i])) or ""
        for i, (why, told) in enumerate(zip(car.reason, car.told, strict=True))
    ]
    return np.array(notes, object)
