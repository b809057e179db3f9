"""What a table holds that a reader must know, and what a result's tables can be written as."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from panels import on_days, on_one_day, panel

from eventwindow import abnormal_returns, car_regression, firm_sq, panel_study
from eventwindow.errors import StudyError

SPANS = {"estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30, "benchmark": "MKT"}
DAY = panel(1).index[100]


@pytest.mark.parametrize("values", ["returns", "prices"])
def test_prices_carried_on_after_the_window_are_told(values) -> None:
    """A series that stands still from the last three days of the window on, as one padded after a halt does."""
    table = panel(1)
    table.iloc[103:, 1] = 0.0
    table = table if values == "returns" else (1 + table).cumprod()
    events = pd.DataFrame({"security": ["F0", "F1"], "date": DAY})
    for told in (
        abnormal_returns(table, events, values=values, **SPANS).notes,
        panel_study(table, events, values=values, **SPANS).excluded["reason"].map(str),
    ):
        assert [note for note in told if note.startswith("F0: returns of 0 on 23 days in a row, up to")]
    table.iloc[105, 1] = 0.02 if values == "returns" else 1.1 * table.iloc[105, 1]  # it moves again
    moved = abnormal_returns(table, events, values=values, **SPANS).notes
    assert not any("in a row" in note for note in moved)


def test_a_short_estimation_is_told() -> None:
    table = panel(1, firms=8)
    table.iloc[:60, 1] = np.nan
    (note,) = on_one_day(table).notes
    assert note == "F0: its estimation rests on 35 of the 65 days of the estimation window"
    table.iloc[:50, 1:8] = np.nan
    (note,) = on_one_day(table).notes
    assert note == (
        "the estimations of 7 events rest on fewer than nine tenths of the 65 days of their windows, 35 at least"
    )
    assert on_one_day(panel(1)).notes == ()


def test_tables_of_results_are_written_as_parquet_and_json(tmp_path) -> None:
    table = panel(1)
    table.iloc[100, 2] = np.nan
    events = pd.DataFrame({"security": ["F0", "F1", "F2"], "date": table.index[[100, 100, 20]]})
    result = abnormal_returns(table, events, **SPANS)
    listed = panel_study(table, events, **SPANS)
    held = {
        "left_out": result.excluded,
        "summary": result.summary((0, 1)).to_frame(),
        "one": result.summary((0, 1)).valid[0].to_frame(),
        "car": result.car((0, 1)).to_frame(),
        "sq": firm_sq(result, (0, 1)).to_frame(),
        **{name: listed.to_frame(name) for name in ("tests", "caar", "aar", "excluded", "cumulative")},
    }
    for name, frame in held.items():
        assert len(frame), name
        frame.to_parquet(tmp_path / f"{name}.parquet")
        back = pd.read_parquet(tmp_path / f"{name}.parquet")
        assert back.astype(str).equals(frame.astype(str)), name
        assert len(pd.read_json(io.StringIO(frame.to_json(orient="records", date_format="iso")))) == len(frame)
    assert "30 needed" in held["left_out"]["reason"].iloc[0]


def regression() -> tuple:
    size = np.random.default_rng(3).normal(size=24)
    returns = panel(6, firms=8, days=220)
    ar = on_days(returns, [f"F{i}" for i in range(8)] * 3, [100] * 8 + [130] * 8 + [160] * 8)
    return ar, size, car_regression(ar, (0, 1), pd.DataFrame({"size": size}))


def test_a_regression_has_the_tables_of_every_result(tmp_path) -> None:
    import statsmodels.api as sm

    ar, size, fitted = regression()
    fit = sm.OLS(ar.car((0, 1)).car, sm.add_constant(size)).fit()
    assert fitted.r_squared == pytest.approx(fit.rsquared, rel=1e-9)
    table = fitted.to_frame()
    for term, slope in zip(("const", "size"), fit.params, strict=True):
        assert table.loc[table["term"] == term, "coefficient"].to_numpy() == pytest.approx(slope, rel=1e-9)
    hc3 = fit.get_robustcov_results("HC3")
    np.testing.assert_allclose(table.query("method == 'HC3'")["std_error"].astype(float), hc3.bse, rtol=1e-9)
    text = fitted.to_latex(stars=True)
    assert f"24 events; R² {fit.rsquared:.3f}." in text
    assert "Coefficient" in text and "HC3" in text
    assert "24 個事件" in fitted.to_markdown(language="zh-Hant")
    for path in (fitted.to_excel(tmp_path / "r.xlsx"), fitted.to_stata(tmp_path / "r.dta")):
        assert path.exists()
    assert len(pd.read_stata(tmp_path / "r.dta")) == len(table)


def test_a_table_for_a_paper_prints_truth_in_words_and_what_could_be_computed() -> None:
    ar = regression()[0]
    summary = ar.summary((0, 1))
    text = summary.to_markdown()
    assert "| yes |" in text and "True" not in text
    assert text.count("\n| ") - 1 == len(summary.valid) + len(summary.invalid)
    assert "| 是 |" in summary.to_markdown(language="zh-Hant")


def test_a_folder_that_is_not_there_is_told(tmp_path) -> None:
    with pytest.raises(StudyError, match=r"no folder [\s\S]*Make it"):
        on_one_day(panel(1)).to_stata(tmp_path / "none" / "x.dta")


def test_rows_of_an_index_that_repeats_itself_are_told_apart() -> None:
    one = pd.DataFrame({"security": ["F0"], "date": [DAY]})
    with pytest.raises(StudyError, match=r"index 0 \(row 2\) repeats index 0 \(row 1\)"):
        abnormal_returns(panel(1), pd.concat([one, one]), **SPANS)
    lacking = pd.DataFrame({"security": ["F1"], "date": [pd.NaT]})
    with pytest.raises(StudyError, match=r"index 0 \(row 2\): a row without a date") as caught:
        abnormal_returns(panel(1), pd.concat([one, lacking]), **SPANS)
    assert str(caught.value).count("without a date") == 1


def test_factors_go_by_the_names_of_their_library() -> None:
    table = panel(1, firms=7)
    names = ["mkt_rf", "smb", "hml", "rf"]
    plain = table[["MKT", "F4", "F5", "F6"]].set_axis(names, axis=1).assign(rf=0.0001)
    theirs = plain.set_axis(["Mkt-RF", "SMB", "HML", "RF"], axis=1)
    options = {**SPANS, "benchmark": None, "model": "ff3"}
    right = abnormal_returns(table, {"F0": DAY}, factors=plain, **options).ar
    for factors in (theirs, theirs.reset_index(names="Date"), theirs.set_axis(theirs.index.strftime("%Y-%m-%d"))):
        np.testing.assert_array_equal(abnormal_returns(table, {"F0": DAY}, factors=factors, **options).ar, right)
        events = pd.DataFrame({"security": ["F0"], "date": DAY})
        listed = panel_study(table, events, factors=factors, report=[(0, 0)], **options)
        np.testing.assert_allclose(listed.cumulative["car"], right[:, 5], atol=1e-12)
    with pytest.raises(StudyError, match=r"needs the factor 'rf'[\s\S]*Give factors with a column") as caught:
        abnormal_returns(table, {"F0": DAY}, factors=plain.drop(columns="rf"), **options)
    assert "benchmark=" not in str(caught.value)


@pytest.mark.parametrize("turned", [lambda i: i.strftime("%Y-%m-%d"), lambda i: i.to_period("D"), lambda i: i.date])
def test_days_in_the_index_go_before_a_column_of_that_name(turned) -> None:
    """DAY is a ticker of the S&P 500; a table whose index holds the days needs no column of them."""
    table = panel(1).rename(columns={"F4": "DAY"})
    right = abnormal_returns(table, {"F0": DAY, "DAY": DAY}, **SPANS)
    read = abnormal_returns(table.set_axis(turned(table.index)), {"F0": DAY, "DAY": DAY}, **SPANS)
    np.testing.assert_array_equal(read.ar, right.ar)
    assert read.notes == right.notes


def test_a_date_belongs_to_the_row_of_its_month() -> None:
    months = panel(1).set_axis(pd.period_range("2010-01", periods=140, freq="M"))
    found = abnormal_returns(months, {"F0": "2018-05-15"}, session="next", **SPANS)
    assert found.labels["date"].iloc[0] == pd.Timestamp("2018-05-31")
    assert found.actual[0, 5] == months.loc["2018-05", "F0"]
