"""Why two Python packages differ from us on the reference panel: with what they do otherwise, our answer is theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from reference_cases import EVENT, FOLDER, clustered, window

from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.registry import run_tests
from eventwindow.inference.results import SignificanceResult

THEIRS = pd.read_csv(FOLDER / "clustered/python_packages.csv").set_index(["package", "window"])
WINDOWS = ["0", "[-10,10]"]


def ours(ar: AbnormalReturns, test: str, where: str) -> SignificanceResult:
    return next(r for r in run_tests(ar, window(where)) if r.name == test)


@pytest.mark.parametrize("where", WINDOWS)
def test_eventstudy_is_the_independence_t_with_residual_variances_divided_by_t(where):
    """Ours divides by T - 1 = 249."""
    theirs = THEIRS.loc["eventstudy 0.1a12", where]
    assert theirs["mean"] == pytest.approx(clustered().car(window(where)).car.mean(), abs=1e-12)
    assert theirs["t"] == pytest.approx(
        ours(clustered(), "independence_t", where).statistic * np.sqrt(250 / 249), abs=1e-9
    )


@pytest.mark.parametrize("where", WINDOWS)
def test_easy_es_is_the_cross_sectional_t_on_fewer_estimation_days_than_asked_for(where):
    """It takes 250 days, the event window and ten more for days of the calendar, and fits what trading days they hold."""
    returns = pd.read_csv(FOLDER / "clustered/returns.csv", index_col="date", parse_dates=True)
    events = pd.read_csv(FOLDER / "clustered/events.csv", parse_dates=["event_date"])
    events = events.rename(columns={"firm": "security", "event_date": "date"})
    day = events["date"].iloc[0]
    first = int(returns.index.searchsorted(day - pd.Timedelta(days=250 + 10 + 10)) - returns.index.get_loc(day))
    shorter = abnormal_returns(returns, events, benchmark="MKT", estimation=(first, -11), window=EVENT)
    theirs = THEIRS.loc["easy_es 0.1.2", where]
    assert len(shorter.estimation) == 182
    assert theirs["mean"] == pytest.approx(shorter.car(window(where)).car.mean(), abs=1e-12)
    assert theirs["t"] == pytest.approx(ours(shorter, "cross_sectional_t", where).statistic, abs=1e-9)


def test_neither_holds_on_a_shared_day_and_ours_says_so():
    assert not ours(clustered(), "independence_t", "0").valid
    assert not ours(clustered(), "cross_sectional_t", "0").valid
    leading = [ours(clustered(), name, "[-10,10]") for name in ("date_permutation_mean", "kolari_pynnonen_t")]
    assert [(r.valid, round(r.p_value, 3)) for r in leading] == [(True, 0.332), (True, 0.344)]  # docs/comparison.md
