"""A halt in the event window, trade to trade, against tests/reference/halt: numbers of a recipe that knows no package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import Window, abnormal_returns, panel_study, portfolio
from eventwindow.inference.shifts import event_residuals

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


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("form", ["wide", "long"])
def test_a_panel_of_prices_loses_nothing_either(prices, model, form, tmp_path):
    """The same numbers from a file of prices, with each return over a halt told."""
    table = prices.rename_axis("date").reset_index()
    if form == "long":
        table = table.melt("date", var_name="security", value_name="price").dropna().sort_values("date")
    table.to_parquet(tmp_path / "prices.parquet")
    rows = expected("cars", "simple", model)
    firms = list(rows["firm"].unique())
    events = pd.DataFrame({"security": firms, "date": prices.index[140], "event": firms})
    result = panel_study(
        tmp_path / "prices.parquet",
        events,
        values="prices",
        model=model,
        benchmark=None if model == "mean_adjusted" else "MKT",
        estimation=(-130, -11),
        window=(-5, 5),
        report=[(-5, 5), (0, 1), (0, 4)],
        minimum_returns=20,
        workers=1,
    )
    found = result.cumulative.set_index(["event", "window_start", "window_end"])
    for row in rows[rows["window"].isin(["[-5,5]", "[0,1]", "[0,4]"])].to_dict("records"):
        one = found.loc[(row["firm"], *(int(part) for part in row["window"].strip("[]").split(",")))]
        assert one["car"] == pytest.approx(row["car"], abs=1e-11, nan_ok=True)
        assert one["std_error"] == pytest.approx(row["std_error"], rel=1e-9, nan_ok=True)
    days = expected("abnormal_returns", "simple", model)
    told = result.excluded[result.excluded["what"] == "told"]
    over = [(r.firm, f"{prices.index[140 + r.day]:%Y-%m-%d}", r.sessions) for r in days.itertuples() if r.sessions > 1]
    words = [f"the return of {day} covers {n} sessions, from the last trade before a halt" for _, day, n in over]
    assert sorted(told["security"]) == sorted(firm for firm, _, _ in over)
    assert sorted(map(str, told["reason"])) == sorted(words)


def test_a_basket_holds_the_sessions_of_a_halt_of_one_member_together(prices):
    """HALT has no price on day 0, LONG none on days 0 to 2: the basket's CAR is the mean of the recipe's two."""
    rows = expected("cars", "simple", "market_model").set_index(["firm", "window"])["car"]
    basket = portfolio(studied(prices, "simple", "market_model", ["HALT", "LONG"]))
    assert basket.source.covered[0].tolist() == [1, 1, 1, 1, 1, 1, 1, 1, 4, 1, 1]
    for window in ((0, 4), (-5, 5)):
        mean = rows.loc[[(firm, "[{},{}]".format(*window)) for firm in ("HALT", "LONG")]].mean()
        assert basket.car(window).car[0] == pytest.approx(mean, abs=1e-11)


def test_a_return_over_a_halt_counts_as_its_sessions_among_the_shifts(prices):
    """On the residuals' scale it keeps the spread of the sessions that it covers: SAR times s, times their root."""
    days = expected("abnormal_returns", "simple", "market_model").set_index(["firm", "day"])
    sigma = expected("fits", "simple", "market_model").set_index("firm")["sigma"]
    ar = studied(prices, "simple", "market_model", ["HALT"])
    own = days.loc[("HALT", 1)]
    assert own["sessions"] == 2
    found = np.nansum(event_residuals(ar, Window(0, 1)))
    assert found == pytest.approx(own["sar"] * np.sqrt(2) * sigma["HALT"], rel=1e-9)
