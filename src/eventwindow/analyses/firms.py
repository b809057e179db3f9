"""Each firm of the headline event by itself: every p-value that holds for one firm, and what could have been seen."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.chosen_day import largest_of_candidates
from eventwindow.inference.conformal import firm_conformal
from eventwindow.inference.expected_volatility import before_window, ewma, leading_spread, ratio_of, unlike
from eventwindow.inference.multiple import benjamini_hochberg, holm, romano_wolf
from eventwindow.inference.power import smallest_detectable_effect
from eventwindow.inference.results import SignificanceResult, noted
from eventwindow.inference.single_firm import Inverted, firm_sq, firm_t, inverted, scaled_sq

CANDIDATES = ["event", "group", "window_start", "window_end", "statistic", "p_value", "distribution", "n", "note"]


def firms_table(
    abnormal: AbnormalReturns, long: AbnormalReturns, windows: Sequence[Window], basket: Sequence[str]
) -> pd.DataFrame:
    """One row a security and window of one event: CAR, smallest detectable effect, and p-values for one firm.

    `detectable` is of the t, at the volatility of the estimation window; `detectable_leading` at that expected of the
    event where volatility moved.

    `long` holds the same events over a longer estimation window, where they have one. SQ is plain, over the long
    window, and scaled by the moving volatility; each with the smallest p that it can give; of one day, SQ's inversion
    gives an interval, scaled where the `volatility_ratio` says that volatility moved. Across firms: Romano–Wolf on the
    date permutation, over the `basket` and over all; Holm and Benjamini–Hochberg on the t. All decimals.
    """
    parts = [_window_rows(abnormal, long, window, basket) for window in windows]
    return pd.concat(parts, ignore_index=True)


def _window_rows(
    abnormal: AbnormalReturns, long: AbnormalReturns, window: Window, basket: Sequence[str]
) -> pd.DataFrame:
    car, t, sq = abnormal.car(window), firm_t(abnormal, window), firm_sq(abnormal, window)
    scaled, conformal, extended = scaled_sq(abnormal, window), firm_conformal(abnormal, window), firm_sq(long, window)
    between, seen = before_window(abnormal, window), smallest_detectable_effect(abnormal, window)
    ratio = np.where(car.complete, ratio_of(abnormal.residuals, between), np.nan)
    place = long.labels["security"].tolist()
    at = np.array([place.index(s) if s in place else -1 for s in abnormal.labels["security"]], int)
    columns = dict(
        abnormal.labels[["event", "security", "group", "benchmark"]],
        model=abnormal.model,
        window_start=window.start,
        window_end=window.end,
        car=car.car,
        std_error=car.std_error,
        detectable=seen,
        detectable_leading=seen * leading_spread(abnormal.residuals, between, len(window)),
        p_t=t.p_value,
        p_sq=sq.p_value,
        floor_sq=sq.floor,
        p_sq_long=_placed(extended.p_value, at),
        floor_sq_long=_placed(extended.floor, at),
        days_long=_placed(long.nobs, at),
        p_sq_scaled=scaled.p_value,
        expected_volatility=ewma(abnormal.residuals, between)[1],
        p_conformal=conformal.p_value,
        p_romano_wolf=_stepped(abnormal, window, abnormal.labels["security"].isin(list(basket)).to_numpy()),
        p_romano_wolf_all=_stepped(abnormal, window, np.ones(len(abnormal), bool)),
        p_holm=holm(t.p_value),
        p_benjamini_hochberg=benjamini_hochberg(t.p_value),
        **_inverted(abnormal, window, ratio),
        volatility_ratio=ratio,
        note=car.note,
    )
    return pd.DataFrame(columns)


def _inverted(abnormal: AbnormalReturns, window: Window, ratio: Array) -> dict[str, Array]:
    """The interval of each firm's CAR that the leading ranks do not reject, of one day: by its volatility `ratio`."""
    ends = np.full((2, len(abnormal)), np.nan)
    for i in range(len(abnormal) if len(window) == 1 else 0):
        found = inverted(abnormal.select(np.array([i])), window, scaled=bool(unlike(ratio[i])))
        if isinstance(found, Inverted):
            ends[:, i] = found.low, found.high
    return {"low_sq": ends[0], "high_sq": ends[1]}


def _stepped(abnormal: AbnormalReturns, window: Window, family: np.ndarray) -> Array:
    """(N,) Romano–Wolf p-values of the firms of one family that hold the window; NaN for the others."""
    adjusted = np.full(len(abnormal), np.nan)
    chosen = family & abnormal.car(window).complete
    if chosen.any():
        stepped = romano_wolf(abnormal.select(chosen), window)
        if not isinstance(stepped, Reason):
            adjusted[chosen] = stepped
    return adjusted


def _placed(values: Array, at: np.ndarray) -> Array:
    """Values of the long window's rows in the order of the others; NaN where a firm has none."""
    return np.asarray(np.append(values, np.nan)[at])


def candidates_table(
    abnormal: AbnormalReturns, baskets: Mapping[str, Sequence[str]], candidates: Window
) -> pd.DataFrame:
    """The p-value of the largest day of all candidate sessions, by basket: the day was chosen for its size.

    None where volatility rose so far that no test leads; the note says so.
    """
    rows: list[tuple[object, ...]] = []
    for group, members in baskets.items():
        chosen = abnormal.among(members)
        if not len(chosen):
            continue
        result = largest_of_candidates(chosen, candidates)
        figures: tuple[object, ...] = (None, None, "")
        if isinstance(result, SignificanceResult):
            figures = (result.statistic, result.p_value if result.valid else None, result.distribution)
        event = chosen.labels["event"].iloc[0]
        rows.append((event, group, candidates.start, candidates.end, *figures, result.n, noted(result)))
    return pd.DataFrame(rows, columns=CANDIDATES).astype({"statistic": float, "p_value": float})
