"""A halt in the event window, trade to trade, against tests/reference/halt: numbers of a recipe that knows no package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import Window, abnormal_returns

FOLDER = Path(__file__).parent / "reference" / "halt"
MODELS = ("market_model", "mean_adjusted", "market_adjusted")


def expected(name: str, kind: str, model: str) -> pd.DataFrame:
    table = pd.read_csv(FOLDER / f"expected_{name}.csv")
    return table[(table["mode"] == "halt") & (table["returns"] == kind) & (table["model"] == model)]


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "prices.csv", index_col="date", parse_dates=True)


def studied(prices, kind, model, firms):
    events = pd.DataFrame({"security": firms, "date": prices.index[140]})
    options = {"values": "prices", "kind": kind, "model": model, "minimum_returns": 20}
    benchmark = None if model == "mean_adjusted" else "MKT"
    return abnormal_returns(prices, events, benchmark=benchmark, estimation=(-130, -11), window=(-5, 5), **options)


@pytest.mark.parametrize("kind", ["simple", "log"])
@pytest.mark.parametrize("model", MODELS)
def test_each_day_of_the_recipe(prices, kind, model):
    rows = expected("abnormal_returns", kind, model)
    ar = studied(prices, kind, model, list(rows["firm"].unique()))
    for firm, mine in rows.groupby("firm"):
        one = ar.select([firm])
        at = mine["day"].to_numpy() + 5
        np.testing.assert_allclose(one.ar[0, at], mine["ar"], atol=1e-11)
        np.testing.assert_allclose(one.std_error[0, at], mine["std_error"], rtol=1e-9)
        assert np.isnan(np.delete(one.ar[0], at)).all()


@pytest.mark.parametrize("kind", ["simple", "log"])
@pytest.mark.parametrize("model", MODELS)
def test_each_window_of_the_recipe_and_none_that_cuts_a_halt(prices, kind, model):
    rows = expected("cars", kind, model)
    ar = studied(prices, kind, model, list(rows["firm"].unique()))
    assert rows["car"].isna().any()
    for text, mine in rows.groupby("window"):
        ends = [int(part) for part in text.strip("[]").split(",")]
        car = ar.select(list(mine["firm"])).car(Window(ends[0], ends[-1]))
        np.testing.assert_allclose(car.car, mine["car"], atol=1e-11)
        np.testing.assert_allclose(car.std_error, mine["std_error"], rtol=1e-9)
        assert (car.complete == mine["car"].notna()).all()
        cut = [reason for reason in car.reason if reason]
        assert all("halt" in str(reason) for reason in cut)


def test_a_window_that_cuts_a_halt_names_its_sessions(prices):
    ar = studied(prices, "simple", "market_model", ["HALT"])
    zero, after = (f"{prices.index[140 + k]:%Y-%m-%d}" for k in (0, 1))
    for window in (0, (-1, 0)):
        assert str(ar.car(window).reason[0]) == f"the window ends within a halt: no price on {zero}"
    for window in (1, (1, 4)):
        assert (
            str(ar.car(window).reason[0]) == f"the window begins within a halt: the return of {after} began before it"
        )


@pytest.mark.parametrize("window", [(-5, 0), (1, 5)])
def test_so_does_an_event_window_that_is_cut_by_the_halt(prices, window):
    events = pd.DataFrame({"security": ["HALT"], "date": prices.index[140]})
    ar = abnormal_returns(
        prices, events, benchmark="MKT", values="prices", estimation=(-130, -11), window=window, minimum_returns=20
    )
    assert "within a halt" in str(ar.car(window).reason[0])
