"""Why Python packages differ from us on the reference panel: with what they do otherwise, our answer is theirs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from reference_cases import ESTIMATION, EVENT, FOLDER, clustered, scattered_tables, window

from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.registry import run_tests
from eventwindow.inference.results import SignificanceResult

THEIRS = pd.read_csv(FOLDER / "clustered/python_packages.csv").set_index(["package", "window"])
OLDER = pd.read_csv(FOLDER / "clustered/older_packages.csv").set_index(["package", "window", "statistic"])["value"]
WINDOWS = ["0", "[-10,10]"]
R_NAMES = {  # our test: R EventStudy's name by day and from the window's first day on
    "cross_sectional_t": ("aar_t", "caar_t"),
    "patell_z_sum_of_sars": ("aar_z", "caar_z"),
    "sign_z": ("sign_z", "csign_z"),
    "generalized_sign_z": ("gsign_z", "cgsign_z"),
    "crude_dependence_t": ("caltime_t", "ccaltime_t"),
}
R_STANDARDISED = {"bmp_t": ("bmp_t", "cbmp_t"), "kolari_pynnonen_t": ("kp_t", "ckp_t")}


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


@cache
def of_log_returns() -> AbnormalReturns:
    """`event_studies` forms log returns, whatever it is given."""
    returns = pd.read_csv(FOLDER / "clustered/returns.csv", index_col="date", parse_dates=True)
    events = pd.read_csv(FOLDER / "clustered/events.csv", parse_dates=["event_date"])
    events = events.rename(columns={"firm": "security", "event_date": "date"})
    return abnormal_returns(np.log1p(returns), events, benchmark="MKT", estimation=ESTIMATION, window=EVENT)


@pytest.mark.parametrize("where", ["[0,0]", "[-10,10]"])
def test_event_studies_confirms_patell_on_the_exact_scar_and_the_generalized_sign_test(where):
    theirs, ar = OLDER["event_studies 0.1.4"][where], of_log_returns()
    car = ar.car(window(where))
    assert theirs["mean"] == pytest.approx(car.car.mean(), abs=1e-12)
    assert theirs["j1"] == pytest.approx(car.car.mean() / np.sqrt((car.std_error**2).mean() / len(ar)), abs=1e-9)
    assert theirs["j2"] == pytest.approx(ours(ar, "patell_z", where).statistic, abs=1e-9)
    assert theirs["generalized_sign"] == pytest.approx(ours(ar, "generalized_sign_z", where).statistic, abs=1e-9)


def test_the_rank_test_of_event_studies_is_one_or_minus_one_on_any_day():
    """It divides the mean rank of the window by its spread in the same window: on one day, by itself."""
    assert OLDER["event_studies 0.1.4", "[0,0]", "rank"] == -1


@pytest.mark.parametrize("where", ["[0,0]", "[-10,10]"])
def test_myeventstudy_is_the_cross_sectional_t(where):
    theirs, result = OLDER["myeventstudy 0.1.4"][where], ours(clustered(), "cross_sectional_t", where)
    assert theirs["mean"] == pytest.approx(clustered().car(window(where)).car.mean(), abs=1e-12)
    assert (theirs["t"], theirs["p"]) == (
        pytest.approx(result.statistic, abs=1e-9),
        pytest.approx(result.p_value, abs=1e-9),
    )


def of_r(case: str, name: tuple[str, str], where: str) -> float:
    """What R EventStudy 0.66.0 gives on a day, or from -10 to 10."""
    theirs = pd.read_csv(FOLDER / case / "r_eventstudy.csv").set_index(["statistic", "day"])["value"]
    return theirs[name[0], 0] if where == "0" else theirs[name[1], 10]


@cache
def scattered_whole() -> AbnormalReturns:
    """The eight scattered events without a gap, which r_eventstudy.R takes."""
    returns, factors, events = scattered_tables()
    events = events.rename(columns={"firm": "security", "event_date": "date"})
    day = returns.index.get_indexer(events["date"])
    whole = [
        a >= 260 and returns[s].iloc[a - 260 : a + 11].notna().all()
        for a, s in zip(day, events["security"], strict=True)
    ]
    table = returns.assign(MKT=factors["market"])
    return abnormal_returns(table, events[whole], benchmark="MKT", estimation=ESTIMATION, window=EVENT)


CASES = {"clustered": clustered, "scattered": scattered_whole}


@pytest.mark.parametrize("where", WINDOWS)
@pytest.mark.parametrize("case", CASES)
def test_r_eventstudy_gives_our_numbers_where_it_computes_the_same(case, where):
    ar = CASES[case]()
    assert of_r(case, ("aar", "caar"), where) == pytest.approx(ar.car(window(where)).car.mean(), abs=1e-12)
    for test, name in R_NAMES.items():
        assert of_r(case, name, where) == pytest.approx(ours(ar, test, where).statistic, abs=1e-12), test


@pytest.mark.parametrize("where", WINDOWS)
def test_on_one_shared_day_r_eventstudy_gives_our_bmp_and_kolari_pynnonen(where):
    for test, name in R_STANDARDISED.items():
        assert of_r("clustered", name, where) == pytest.approx(ours(clustered(), test, where).statistic, abs=1e-12)


@pytest.mark.parametrize("where", WINDOWS)
def test_on_scattered_dates_r_eventstudy_leaves_out_the_forecast_error_and_correlates_in_event_time(where):
    ar = scattered_whole()
    days = slice(10, 11) if where == "0" else slice(None)
    scaled = ((ar.actual - ar.expected)[:, days] / ar.sigma[:, None]).sum(axis=1)
    bmp = np.sqrt(len(ar)) * scaled.mean() / scaled.std(ddof=1)
    correlation = np.corrcoef(ar.residuals)[np.triu_indices(len(ar), 1)].mean()
    adjusted = bmp * np.sqrt((1 - correlation) / (1 + (len(ar) - 1) * correlation))
    for test, value in zip(R_STANDARDISED, (bmp, adjusted), strict=True):
        assert of_r("scattered", R_STANDARDISED[test], where) == pytest.approx(value, abs=1e-9)
        assert value != pytest.approx(ours(ar, test, where).statistic, rel=1e-5)


@pytest.mark.parametrize("case", CASES)
def test_r_eventstudys_rank_test_is_corrados_with_one_day_less_in_the_divisor(case):
    corrado = ours(CASES[case](), "corrado_z", "0").statistic
    assert of_r(case, ("rank_z", ""), "0") == pytest.approx(corrado * np.sqrt(270 / 271), abs=1e-12)
