"""Prices and returns in per cent are refused where returns in decimals are read; no real returns are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from panels import panel

from eventwindow import StudyError, abnormal_returns, panel_study
from eventwindow.estimation.returns import check_decimals
from eventwindow.panel.source import Own
from eventwindow.panel.tiles import staged_panel
from eventwindow.prices.bundled import shipped_tables
from eventwindow.study.library import find_study

SPANS = {"benchmark": "MKT", "estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30}
EVENTS = pd.DataFrame({"security": ["F0"], "date": ["2023-05-05"]})
FALSE = {
    "prices": (lambda r: 40 * (1 + r).cumprod(), "'MKT' never falls on 140 days, .* these are prices"),
    "penny stocks": (lambda r: 0.2 * (1 + r).cumprod(), ".*these are prices"),
    "per cent": (lambda r: 100 * r, "'MKT' falls by more than 100 % on .* of 140 days: these are returns in per cent"),
    "basis points": (lambda r: 1e4 * r, ".*in per cent"),
    "prices of stocks beside the market's return": (
        lambda r: (1 + r).cumprod().assign(MKT=r["MKT"]),
        "'F0' never falls",
    ),
}


@pytest.mark.parametrize("kind", FALSE)
def test_a_table_that_holds_no_returns_in_decimals_is_refused_with_the_evidence(tmp_path, kind):
    change, said = FALSE[kind]
    table = change(panel(1)).rename_axis("date")
    said = said.replace("'MKT'", "'(MKT|F0)'")
    for answer in (abnormal_returns, panel_study):
        with pytest.raises(StudyError, match=f"the table of returns: {said}") as error:
            answer(table, EVENTS, **SPANS)
        assert error.value.remedy
    for form in ("csv", "parquet"):
        path = tmp_path / f"p.{form}"
        table.to_csv(path) if form == "csv" else table.reset_index().to_parquet(path)
        with pytest.raises(StudyError, match=rf"p\.{form}: {said}"):
            staged_panel(path, tmp_path / "work")


def test_returns_given_as_prices_are_refused_with_the_first(tmp_path):
    panel(1).rename_axis("date").to_csv(tmp_path / "p.csv")
    with pytest.raises(StudyError, match=r'p\.csv: .* has a price of -0\.\d+ on 2023-01-\d\d\n.*values = "returns"'):
        staged_panel(tmp_path / "p.csv", tmp_path / "work", own=Own({}, ()))


def test_the_returns_of_real_stocks_pass_on_every_span():
    prices = shipped_tables(find_study("deepseek-2025") / "figures", ["panel"])["panel"]
    values = prices.pct_change(fill_method=None).to_numpy()
    for first in range(0, len(values) - 60, 60):
        check_decimals(values[first : first + 60], prices.columns, "", "")
    check_decimals(values, prices.columns, "", "")


def test_what_is_no_return_at_all_is_not_held_against_returns(tmp_path):
    volume = (10 + panel(1)).rename_axis("date")
    volume.to_csv(tmp_path / "p.csv")
    options = SPANS | {"model": "mean_adjusted", "kind": "log_volume", "benchmark": None}
    for table in (volume, tmp_path / "p.csv"):
        assert len(panel_study(table, EVENTS, workers=1, **options).caar) == 2


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("a riskless rate", np.full(250, 2e-4)),
        ("a stock that hardly trades", np.where(np.arange(250) % 50, 0.0, 0.1)),
        ("a fund that is leveraged threefold", 0.06 * np.random.default_rng(0).standard_t(3, 250).clip(-9, 9)),
        ("a delisting, less the riskless rate", np.r_[np.random.default_rng(1).normal(0, 0.2, 249), -1.0002]),
        ("one wrong figure", np.r_[np.random.default_rng(1).normal(0, 0.01, 249), -17.0]),
        ("a short list", np.full(59, 101.0)),
    ],
)
def test_odd_returns_that_do_occur_pass(name, column):
    check_decimals(column[:, None], pd.Index([name]), "", "")
