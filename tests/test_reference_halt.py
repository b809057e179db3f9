"""A halt in the event window, trade to trade, against tests/reference/halt: numbers of a recipe that knows no package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import StudyError, Window, abnormal_returns, panel_study, portfolio
from eventwindow.calendars.exchange import Calendar
from eventwindow.estimation.by_exchange import study_abnormal_returns
from eventwindow.estimation.returns import returns
from eventwindow.inference.shifts import event_residuals

FOLDER = Path(__file__).parent / "reference" / "halt"
MODELS = ("market_model", "mean_adjusted", "market_adjusted")


KINDS = ("simple", "log", "trade_to_trade")


def expected(name: str, kind: str, model: str) -> pd.DataFrame:
    """The recipe's rows of a kind of returns; those from trade to trade are simple ones of a mode of their own."""
    table = pd.read_csv(FOLDER / f"expected_{name}.csv")
    mode, returns = (kind, "simple") if kind == "trade_to_trade" else ("halt", kind)
    return table[(table["mode"] == mode) & (table["returns"] == returns) & (table["model"] == model)]


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "prices.csv", index_col="date", parse_dates=True)


def studied(prices, kind, model, firms):
    events = pd.DataFrame({"security": firms, "date": prices.index[140]})
    options = {"values": "prices", "kind": kind, "model": model, "minimum_returns": 20}
    benchmark = None if model == "mean_adjusted" else "MKT"
    return abnormal_returns(prices, events, benchmark=benchmark, estimation=(-130, -11), window=(-5, 5), **options)


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize("kind", KINDS)
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
        assert all("without a price" in str(reason) for reason in cut)


def test_a_window_that_cuts_a_halt_names_its_sessions(prices):
    ar = studied(prices, "simple", "market_model", ["HALT"])
    zero, after = (f"{prices.index[140 + k]:%Y-%m-%d}" for k in (0, 1))
    for window in (0, (-1, 0)):
        assert str(ar.car(window).reason[0]) == f"the window ends without a price: there is none on {zero}"
    for window in (1, (1, 4)):
        assert (
            str(ar.car(window).reason[0])
            == f"the window begins after a day without a price: the return of {after} began before it"
        )


@pytest.mark.parametrize("window", [(-5, 0), (1, 5)])
def test_so_does_an_event_window_that_is_cut_by_the_halt(prices, window):
    events = pd.DataFrame({"security": ["HALT"], "date": prices.index[140]})
    ar = abnormal_returns(
        prices, events, benchmark="MKT", values="prices", estimation=(-130, -11), window=window, minimum_returns=20
    )
    assert "without a price" in str(ar.car(window).reason[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", MODELS)
def test_the_fit_is_that_of_the_recipe(prices, kind, model):
    """From trade to trade a return over n sessions counts with the weight 1/n; elsewhere it is left out."""
    rows = expected("fits", kind, model)
    ar = studied(prices, kind, model, list(rows["firm"]))
    np.testing.assert_allclose(ar.nobs, rows["nobs"])
    np.testing.assert_allclose(ar.dof, rows["dof"])
    np.testing.assert_allclose(ar.sigma, rows["sigma"], rtol=1e-10)
    known = ar.coefficients.columns.intersection(["alpha", "beta"])
    np.testing.assert_allclose(ar.coefficients[known], rows[known], rtol=1e-9)


@pytest.mark.parametrize("kind", ["simple", "trade_to_trade"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("form", ["wide", "long"])
def test_a_panel_of_prices_loses_nothing_either(prices, model, form, kind, tmp_path):
    """The same numbers from a file of prices, with each return over a halt told."""
    table = prices.rename_axis("date").reset_index()
    if form == "long":
        table = table.melt("date", var_name="security", value_name="price").dropna().sort_values("date")
    table.to_parquet(tmp_path / "prices.parquet")
    rows = expected("cars", kind, model)
    firms = list(rows["firm"].unique())
    events = pd.DataFrame({"security": firms, "date": prices.index[140], "event": firms})
    result = panel_study(
        tmp_path / "prices.parquet",
        events,
        values="prices",
        kind=kind,
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
    days = expected("abnormal_returns", kind, model)
    told = result.excluded[(result.excluded["what"] == "told") & (result.excluded["security"] != "")]
    over = [(r.firm, f"{prices.index[140 + r.day]:%Y-%m-%d}", r.sessions) for r in days.itertuples() if r.sessions > 1]
    words = [f"the return of {day} covers {n} sessions: there is no price between" for _, day, n in over]
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


@pytest.mark.parametrize("kind", KINDS)
def test_a_study_gives_the_numbers_of_the_recipe_too(prices, kind):
    rows = expected("abnormal_returns", kind, "market_model").set_index(["firm", "day"])
    firms, days = list(dict.fromkeys(rows.index.get_level_values(0))), pd.DatetimeIndex(prices.index)
    calendar = Calendar("XNYS", days, days, days, "America/New_York")
    placed = pd.DataFrame({"event": "e", "security": firms, "group": "", "benchmark": "MKT", "date": days[140]})
    ar = study_abnormal_returns(
        placed.assign(mic="XNYS", shift=None),
        {name: returns(prices[name], kind=kind) for name in prices},
        dict.fromkeys(firms, calendar),
        estimation=Window(-130, -11),
        window=Window(-5, 5),
        model="market_model",
        minimum_returns=20,
        kind=kind,
        prices={name: prices[name] for name in prices},
    )
    for i, firm in enumerate(firms):
        mine = rows.loc[firm]
        np.testing.assert_allclose(ar.ar[i, mine.index.to_numpy() + 5], mine["ar"], atol=1e-11)
        np.testing.assert_allclose(ar.std_error[i, mine.index.to_numpy() + 5], mine["std_error"], rtol=1e-9)


@pytest.mark.parametrize("model", ["scholes_williams", "dimson", "huber", "garch"])
def test_a_model_without_weights_refuses_returns_from_trade_to_trade(prices, model):
    with pytest.raises(StudyError, match="not defined for returns from trade to trade"):
        studied(prices, "trade_to_trade", model, ["THIN"])


@pytest.mark.parametrize("run", [abnormal_returns, panel_study])
def test_a_table_of_returns_cannot_tell_a_trade(prices, run):
    table = prices.pct_change(fill_method=None)
    with pytest.raises(StudyError, match="needs prices"):
        run(table, {"THIN": prices.index[140]}, benchmark="MKT", kind="trade_to_trade")


def test_where_every_session_trades_nothing_changes(prices):
    """A stock that trades every session: each test of both kinds of returns gives the same."""
    whole = prices.interpolate().bfill()
    simple, traded = (studied(whole, kind, "market_model", ["HALT", "GAPS"]) for kind in ("simple", "trade_to_trade"))
    assert traded.source.sessions is not None and (traded.source.sessions == 1).all()
    for window in (0, (0, 4)):
        one, other = (ar.summary(window).to_frame() for ar in (simple, traded))
        np.testing.assert_allclose(one["p_value"].astype(float), other["p_value"].astype(float), rtol=1e-9)


def test_the_tests_of_a_thin_stock_run_on_its_trades(prices):
    """SQ ranks the residuals of the trades, each over the root of its sessions."""
    ar = studied(prices, "trade_to_trade", "market_model", ["THIN"])
    rows = expected("fits", "trade_to_trade", "market_model").set_index("firm")
    residuals = ar.residuals[0, np.isfinite(ar.residuals[0])]
    assert len(residuals) == rows.loc["THIN", "nobs"]
    assert np.sum(residuals**2) / rows.loc["THIN", "dof"] == pytest.approx(rows.loc["THIN", "sigma"] ** 2, rel=1e-9)
    ran = ar.summary((0, 4)).to_frame().set_index("test")["p_value"].dropna()
    assert {"single_firm_t", "sq"} <= set(ran.index)
