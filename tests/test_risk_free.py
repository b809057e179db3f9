"""Each event's own risk-free rate, in the library and the panel, against OLS on excess returns by statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from panels import panel

from eventwindow import StudyError, abnormal_returns, panel_study
from eventwindow.cli.main import main

OPTIONS = {"estimation": (-70, -6), "window": (-2, 2), "minimum_returns": 30, "model": "capm"}


def listed() -> tuple[pd.DataFrame, pd.DataFrame]:
    returns, g = panel(4, firms=4, days=160), np.random.default_rng(4)
    rates = {"USD": 0.0002 + 0.00002 * g.standard_normal(160), "JPY": 0.00001 * np.arange(160) / 160}
    events = pd.DataFrame(
        {
            "security": ["F0", "F1", "F2", "F3"],
            "date": returns.index[[100, 100, 110, 120]],
            "risk_free": ["USD", "JPY", "USD", "JPY"],
        }
    )
    return returns.assign(**rates), events


def by_statsmodels(returns: pd.DataFrame, event: pd.Series, factors: pd.DataFrame) -> np.ndarray:
    """AR of days -2 … 2: R - rf - the fit of R - rf on the factors over days -70 … -6."""
    import statsmodels.api as sm

    at, rf = returns.index.get_loc(event["date"]), returns[event["risk_free"]]
    excess, x = returns[event["security"]] - rf, sm.add_constant(factors)
    past, days = slice(at - 70, at - 5), slice(at - 2, at + 3)
    return (excess.iloc[days] - sm.OLS(excess.iloc[past], x.iloc[past]).fit().predict(x.iloc[days])).to_numpy()


def test_the_market_in_excess_of_each_events_own_rate():
    returns, events = listed()
    ar = abnormal_returns(returns, events, benchmark="MKT", **OPTIONS).ar
    for row, event in events.iterrows():
        market = (returns["MKT"] - returns[event["risk_free"]]).to_frame("mkt_rf")
        np.testing.assert_allclose(ar[row], by_statsmodels(returns, event, market), atol=1e-14)


def test_a_table_of_factors_keeps_its_market_and_takes_the_rate():
    returns, events = listed()
    factors = pd.DataFrame({"mkt_rf": returns["MKT"] - 0.0001, "rf": 0.0001})
    ar = abnormal_returns(returns, events, factors=factors, **OPTIONS).ar
    for row, event in events.iterrows():
        np.testing.assert_allclose(ar[row], by_statsmodels(returns, event, factors[["mkt_rf"]]), atol=1e-14)


@pytest.mark.parametrize("chunk", [1, 4])
def test_a_panel_says_what_the_library_says(chunk):
    returns, events = listed()
    plain = abnormal_returns(returns, events, benchmark="MKT", **OPTIONS)
    result = panel_study(returns, events, benchmark="MKT", report=[0], chunk=chunk, workers=1, **OPTIONS)
    found = result.cumulative.set_index("security")["car"]
    np.testing.assert_allclose(found[plain.labels["security"]], plain.car(0).car, rtol=1e-12)
    other = panel_study(returns, events.assign(risk_free="USD"), benchmark="MKT", report=[0], workers=1, **OPTIONS)
    assert not np.allclose(other.cumulative["car"], result.cumulative["car"], rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        (lambda e: e.assign(risk_free=["USD", None, "USD", ""]), {}, "2 events without a risk-free rate"),
        (lambda e: e.assign(risk_free="EUR"), {}, "risk-free rate 'EUR' is no"),
        (lambda e: e, {"model": "market_model"}, "the model 'market_model' takes no risk-free rate"),
        (lambda e: e.drop(columns="risk_free"), {}, "the column `risk_free`"),
        (lambda e: e.assign(risk_free="MKT"), {}, "a yearly yield, or per cent?"),
    ],
)
def test_a_rate_that_is_absent_or_cannot_be_is_told_by_both(change, options, said):
    returns, events = listed()
    for call in (abnormal_returns, lambda *a, **k: panel_study(*a, report=[0], workers=1, **k)):
        with pytest.raises(StudyError) as error:
            call(returns, change(events), benchmark="MKT", **OPTIONS | options)
        assert said in str(error.value)


STUDY = """
[study]
name = "rates"
benchmark = "MKT"
minimum_returns = 30

[model]
name = "capm"

[windows]
estimation = [-70, -6]
event = [-2, 2]
report = [[0, 0]]

[event_list]
file = "events.csv"
panel = "panel.csv"
"""


def test_a_study_file_reads_the_column_and_tells_the_line_without_a_rate(tmp_path, capsys):
    returns, events = listed()
    returns.rename_axis("date").to_csv(tmp_path / "panel.csv")
    events.to_csv(tmp_path / "events.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY)
    assert main(["check", str(tmp_path)]) == 0
    assert main(["run", str(tmp_path), "--out", str(tmp_path / "out"), "--language", "en"]) == 0
    cars = pd.read_csv(tmp_path / "out" / "results" / "cumulative.csv").set_index("security")["car"]
    plain = abnormal_returns(returns, events, benchmark="MKT", **OPTIONS)
    np.testing.assert_allclose(cars[plain.labels["security"]], plain.car(0).car, rtol=1e-9)
    events.assign(risk_free=["USD", "JPY", "", "JPY"]).to_csv(tmp_path / "events.csv", index=False)
    capsys.readouterr()
    for command in (["check", str(tmp_path)], ["run", str(tmp_path), "--out", str(tmp_path / "out")]):
        assert main(command) == 2
        assert "events.csv, line 4: 1 event without a risk-free rate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rate", "days", "refused"), [(0.05, 1, True), (0.0002, 1, False), (0.004, 30, False), (0.4, 30, True)]
)
def test_a_rate_in_a_table_of_factors_is_that_of_a_row(rate, days, refused):
    """5 % a day is a yearly yield, 0.4 % a month is one that is paid; Ken French's per cent are refused."""
    g, n = np.random.default_rng(7), 160
    index = (
        pd.date_range("2010-01-01", periods=n, freq=f"{days}D") if days > 1 else pd.bdate_range("2020-01-01", periods=n)
    )
    factors = pd.DataFrame({"mkt_rf": 0.01 * g.standard_normal(n), "rf": rate}, index=index)
    returns = pd.DataFrame({"A": factors["mkt_rf"] + 0.01 * g.standard_normal(n)}, index=index)
    events = pd.DataFrame({"security": ["A"], "date": [index[100]]})
    options = {**OPTIONS, "factors": factors}
    if refused:
        with pytest.raises(StudyError, match="a yearly yield, or per cent"):
            abnormal_returns(returns, events=events, **options)
    else:
        assert np.isfinite(abnormal_returns(returns, events=events, **options).caar(0))
