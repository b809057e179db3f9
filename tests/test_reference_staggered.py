"""Staggered dates against tests/reference/staggered: variances taken in calendar time, by a recipe of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import Window, abnormal_returns
from eventwindow.inference.calendar_dependence import crude_dependence_calendar_t, rank_calendar_z
from eventwindow.inference.ranks import corrado_z
from eventwindow.inference.sample import sample
from eventwindow.inference.standardised import adjusted_patell_z, bmp_t, kolari_pynnonen_t, patell_z
from eventwindow.inference.time_series import crude_dependence_t

FOLDER = Path(__file__).parent / "reference" / "staggered"
TESTS = {
    test.name: test
    for test in (
        patell_z,
        adjusted_patell_z,
        bmp_t,
        kolari_pynnonen_t,
        rank_calendar_z,
        crude_dependence_calendar_t,
        corrado_z,
        crude_dependence_t,
    )
}
EXPECTED = pd.read_csv(FOLDER / "expected_statistics.csv", dtype={"window": str})


def window_of(text: str) -> Window:
    ends = [int(part) for part in text.strip("[]").split(",")]
    return Window(ends[0], ends[-1])


@pytest.fixture(scope="module")
def ar():
    returns = pd.read_csv(FOLDER / "returns.csv", index_col="date", parse_dates=True)
    events = pd.read_csv(FOLDER / "events.csv").rename(columns={"firm": "security", "event_date": "date"})
    return abnormal_returns(
        returns, events, benchmark="MKT", estimation=(-130, -11), window=(-5, 10), minimum_returns=50
    )


@pytest.mark.parametrize("row", EXPECTED[EXPECTED["statistic"].isin(TESTS)].to_dict("records"), ids=str)
def test_every_statistic_of_the_recipe(ar, row):
    found = TESTS[row["statistic"]](sample(ar, window_of(row["window"])))
    assert found.statistic == pytest.approx(row["value"], rel=1e-8)
    if np.isfinite(row["p_value"]):
        assert found.p_value == pytest.approx(row["p_value"], rel=1e-7)


def test_on_one_date_they_are_brown_and_warners_and_corrados(ar):
    returns = pd.read_csv(FOLDER / "returns.csv", index_col="date", parse_dates=True)
    whole = [name for name in returns if name != "MKT" and returns[name].notna().all()]
    events = pd.DataFrame({"security": whole, "date": returns.index[140]})
    one = abnormal_returns(
        returns, events, benchmark="MKT", estimation=(-130, -11), window=(-5, 10), minimum_returns=50
    )
    for window in (Window(0, 0), Window(0, 4)):
        events = sample(one, window)
        assert rank_calendar_z(events).statistic == pytest.approx(corrado_z(events).statistic, rel=1e-10)
        pair = crude_dependence_calendar_t(events), crude_dependence_t(events)
        assert pair[0].statistic == pytest.approx(pair[1].statistic, rel=1e-10)
        assert pair[0].distribution == pair[1].distribution
