"""The shipped figures: what they hold, that they are exact, and that damage is noticed."""

from __future__ import annotations

import importlib.util
import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.errors import PriceError
from eventwindow.prices.bundled import TABLES, check_sums, shipped_calendars, shipped_histories, shipped_tables
from eventwindow.study.definition import read_study
from eventwindow.study.load import exchanges_of

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "src" / "eventwindow" / "study" / "library" / "deepseek_2025" / "figures"
SOURCE = ROOT.parent / "shared" / "prices"
needs_source = pytest.mark.skipif(not (SOURCE / "daily.csv").exists(), reason="needs ../shared")


@pytest.fixture(scope="module")
def held():
    return {symbol: history.frame for symbol, history in shipped_histories(FIGURES).items()}


@pytest.fixture(scope="module")
def tables():
    return shipped_tables(FIGURES)


def change(frame: pd.DataFrame, day: str, column: str = "close") -> float:
    return float(frame[column].pct_change().loc[day])


def test_the_anchors_that_any_reading_must_give(held, tables):
    nvda = held["NVDA"]
    assert nvda.loc["2025-01-24":"2025-01-28", "close"].tolist() == [142.62, 118.42, 128.99]
    assert round(change(held["TSM"], "2025-01-27"), 4) == -0.1333
    assert round(change(held["TSM"], "2025-01-28"), 4) == 0.0525
    assert round(change(held["SPY"], "2025-01-27"), 4) == -0.0141
    assert round(nvda.loc["2025-01-27", "volume"] / 1e6, 1) == 818.8
    shares = tables["shares"].query("symbol == 'NVDA' and source == 'filing' and as_of <= '2025-01-24'")
    assert round(142.62 * shares.sort_values("as_of")["shares"].iloc[-1] / 1e9) == 3493


def test_every_history_has_the_form_that_the_rest_relies_on(held):
    assert len(held) == 108
    for frame in held.values():
        assert frame.index.dtype == "datetime64[ns]"
        assert frame.index.is_monotonic_increasing
        assert frame.index.is_unique
        assert (frame.dtypes == "float64").all()


def test_a_history_without_closes_says_so():
    notes = {
        symbol: str(history.note or "")
        for symbol, history in shipped_histories(FIGURES, ["MTUM", "KWEB", "NVDA"]).items()
    }
    assert notes["MTUM"] == "adjusted closes only: returns, no levels"
    assert notes["KWEB"] == "adjusted closes only before 2024-04-01"
    assert notes["NVDA"] == ""


def test_all_tables_are_there(tables):
    assert set(tables) == set(TABLES)


def test_the_panel_reaches_far_enough_back_for_500_days_and_a_year(tables):
    panel = tables["panel"]
    assert panel.index[0] <= pd.Timestamp("2022-01-03")
    assert panel.index[-1] == pd.Timestamp("2025-02-28")
    assert panel.shape[1] == 502


def test_the_bars_hold_the_event_days(tables):
    bars = tables["intraday"]
    days = bars["start"].dt.tz_convert("America/New_York").dt.date.astype(str)
    assert bars.groupby(days).size()[["2025-01-24", "2025-01-27", "2025-01-28"]].tolist() == [936, 936, 936]


def test_the_figures_take_four_megabytes_at_most():
    assert sum(path.stat().st_size for path in FIGURES.iterdir()) <= 4_000_000


def test_every_figure_is_listed_with_its_checksum():
    listed = check_sums(FIGURES)
    assert set(listed) == {path.name for path in FIGURES.iterdir()} - {"manifest.json"}


@pytest.mark.parametrize("name", ["daily.parquet", "shares.csv", "panel.parquet"])
def test_a_changed_byte_is_an_error_that_names_the_file(tmp_path, name):
    folder = shutil.copytree(FIGURES, tmp_path / "figures")
    raw = bytearray((folder / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / name).write_bytes(raw)
    with pytest.raises(PriceError, match=name):
        shipped_histories(folder)
        shipped_tables(folder)


def test_a_missing_figure_is_an_error_that_names_the_file(tmp_path):
    folder = shutil.copytree(FIGURES, tmp_path / "figures")
    (folder / "weights.csv").unlink()
    with pytest.raises(PriceError, match=r"weights\.csv.*missing"):
        check_sums(folder)


@pytest.mark.parametrize(
    "text", ["[1]", "x", '{"sha256": 3}', '{"sha256": {"../../secret": "0"}}', '{"sha256": {"/x": "0"}}']
)
def test_a_manifest_that_is_none_or_leads_out_of_its_folder_is_an_error(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(PriceError, match=r"manifest\.json"):
        check_sums(tmp_path)


def test_a_users_own_figures_are_plain_tables_without_a_manifest(tmp_path):
    (tmp_path / "daily.csv").write_text("date,symbol,close\n2025-01-24,AAA,10.5\n2025-01-27,AAA,9\n")
    (tmp_path / "factors.csv").write_text("date,mkt_rf,rf\n2025-01-24,0.01,0.0002\n")
    assert shipped_histories(tmp_path)["AAA"].frame["close"].tolist() == [10.5, 9.0]
    assert shipped_tables(tmp_path)["factors"].loc["2025-01-24", "mkt_rf"] == 0.01
    assert check_sums(tmp_path) == {}


def test_an_empty_folder_holds_nothing(tmp_path):
    assert shipped_histories(tmp_path) == {}
    assert shipped_tables(tmp_path) == {}


@needs_source
def test_daily_prices_bars_and_the_further_tables_are_exactly_those_of_the_source(held, tables):
    daily = pd.read_csv(SOURCE / "daily.csv", parse_dates=["date"]).sort_values(["symbol", "date"])
    for symbol, rows in daily.groupby("symbol"):
        frame = held[symbol]
        assert (frame.index == rows["date"]).all()
        np.testing.assert_array_equal(frame.to_numpy(), rows[frame.columns].to_numpy(dtype=float))
    bars = pd.read_parquet(SOURCE / "intraday_5min.parquet").sort_values(["symbol", "start"])
    columns = ["open", "high", "low", "close", "volume"]
    np.testing.assert_array_equal(tables["intraday"][columns].to_numpy(), bars[columns].to_numpy())
    assert (tables["intraday"]["start"].to_numpy() == bars["start"].to_numpy()).all()
    mega = pd.read_csv(SOURCE / "megacaps.csv").sort_values(["symbol", "date"])
    np.testing.assert_array_equal(tables["megacaps"]["close"].to_numpy(), mega["close"].to_numpy())


@needs_source
def test_returns_of_the_panel_are_within_a_twentieth_of_a_basis_point(tables):
    source = pd.read_parquet(SOURCE / "sp500_adj_close.parquet").astype(float)
    ours = tables["panel"][source.columns]
    assert (ours.isna().to_numpy() == source.isna().to_numpy()).all()
    gap = ours.pct_change(fill_method=None).to_numpy() - source.pct_change(fill_method=None).to_numpy()
    assert np.nanmax(np.abs(gap)) < 0.05e-4


@needs_source
def test_the_same_input_gives_the_same_bytes(tmp_path):
    spec = importlib.util.spec_from_file_location("ship_figures", ROOT / "scripts" / "ship_figures.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.main([str(SOURCE), "deepseek_2025", str(tmp_path)]) == 0
    written = json.loads((tmp_path / "manifest.json").read_text())
    assert set(written["sha256"]) == set(check_sums(tmp_path)) == set(check_sums(FIGURES))
    again = tmp_path / "again"
    script.main([str(SOURCE), "deepseek_2025", str(again)])
    assert (again / "manifest.json").read_bytes() == (tmp_path / "manifest.json").read_bytes()
    ours, shipped = shipped_tables(tmp_path), shipped_tables(FIGURES)
    assert set(ours) == set(shipped)
    for name, table in ours.items():
        pd.testing.assert_frame_equal(table, shipped[name])


def test_the_sessions_that_ship_are_those_of_the_calendar_library():
    """Every exchange of the study, every session with its open and close; to write them anew: ship_figures.py."""
    study = read_study(FIGURES.parent)
    shipped = shipped_calendars(FIGURES, study.start, study.end)
    assert set(shipped) == set(exchanges_of(study).values())
    for mic, calendar in shipped.items():
        expected = exchange_calendar(mic, study.start, study.end)
        assert (calendar.mic, calendar.zone) == (expected.mic, expected.zone)
        for part in ("sessions", "opens", "closes"):
            assert list(getattr(calendar, part)) == list(getattr(expected, part)), (mic, part)


def test_sessions_of_another_span_are_left_to_the_calendar_library(tmp_path):
    study = read_study(FIGURES.parent)
    assert shipped_calendars(FIGURES, study.start, study.end + timedelta(days=1)) == {}
    assert shipped_calendars(tmp_path, study.start, study.end) == {}


@pytest.mark.parametrize("text", ["", "{}", '{"from": "2024-01-01", "to": "2024-02-01", "calendars": [{}]}'])
def test_a_file_of_calendars_that_is_none_is_told(tmp_path, text):
    (tmp_path / "calendars.json").write_text(text)
    with pytest.raises(PriceError, match=r"calendars\.json"):
        shipped_calendars(tmp_path, date(2024, 1, 1), date(2024, 2, 1))
