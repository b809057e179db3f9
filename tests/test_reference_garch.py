"""GARCH through the gap to day -1 against tests/reference/garch: the forecast of day 0 knows no event window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import Window, abnormal_returns
from eventwindow.inference.expected_volatility import before_window, ewma, volatility_ratio
from eventwindow.inference.sample import sample

FOLDER = Path(__file__).parent / "reference" / "garch"
FIRMS = ["CALM", "STORM", "GAPS", "FLAT", "TOPS"]
WINDOWS = [(0, 0), (0, 4), (-10, 20), (-5, 5), (1, 3)]


def studied(window, model="garch"):
    returns = pd.read_csv(FOLDER / "returns.csv", index_col="date", parse_dates=True)
    events = pd.DataFrame({"security": FIRMS, "date": returns.index[260]})
    return abnormal_returns(returns, events, benchmark="MKT", model=model, estimation=(-260, -11), window=window)


@pytest.fixture(scope="module")
def wide():
    return studied((-10, 20))


def test_parameters_and_the_fit_on_the_boundary(wide):
    fits = pd.read_csv(FOLDER / "expected_fits.csv").set_index("firm").loc[FIRMS]
    for name in ("alpha", "beta", "omega", "arch", "garch"):
        np.testing.assert_allclose(wide.coefficients[name], fits[name], rtol=1e-6, atol=1e-8)
    noted = [
        any(note.startswith(f"{firm}: the GARCH fit lies on the boundary") for note in wide.notes) for firm in FIRMS
    ]
    assert noted == list(fits["boundary"])


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_no_forecast_depends_on_the_event_window(window):
    days = pd.read_csv(FOLDER / "expected_days.csv")
    ar = studied(window)
    for i, firm in enumerate(FIRMS):
        mine = days[(days["firm"] == firm) & days["day"].between(*window)]
        np.testing.assert_allclose(ar.std_error[i], mine["std_error"], rtol=1e-6)
        np.testing.assert_allclose(ar.ar[i], mine["ar"], atol=1e-9)


def test_windows(wide):
    cars = pd.read_csv(FOLDER / "expected_cars.csv", dtype={"window": str})
    for text, mine in cars.groupby("window"):
        ends = [int(part) for part in text.strip("[]").split(",")]
        car = wide.car(Window(ends[0], ends[-1]))
        rows = mine.set_index("firm").loc[FIRMS]
        np.testing.assert_allclose(car.std_error, rows["std_error"], rtol=1e-6)
        np.testing.assert_allclose(car.car, rows["car"], atol=1e-8)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_neither_does_the_expected_volatility_nor_its_ratio(window):
    tested, complete = Window(*window), [0, 1, 3]
    wide, own = (studied(span, "market_model").select(complete) for span in ((-10, 20), window))
    expected, mine = (ewma(ar.residuals, before_window(ar, tested))[1] for ar in (wide, own))
    np.testing.assert_allclose(mine, expected, rtol=1e-12)
    assert volatility_ratio(sample(wide, tested)) == pytest.approx(volatility_ratio(sample(own, tested)), rel=1e-12)
