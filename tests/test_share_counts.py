"""Hostile share counts: each is refused with its place, or left open with its reason, or read for what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from claims_world import quoted

import eventwindow
from eventwindow.claims.market_value import share_count
from eventwindow.errors import NoFigure, PriceError
from eventwindow.prices.study_tables import implausible_counts, study_table

LIBRARY = Path(eventwindow.__file__).parent / "study" / "library"
HEAD = "symbol,as_of,shares,source,note\n"
DAYS = pd.bdate_range("2024-01-02", periods=60)


def read(tmp_path, text: str) -> pd.DataFrame:
    (tmp_path / "shares.csv").write_text(text, "utf-8")
    return study_table("shares", tmp_path / "shares.csv")


@pytest.mark.parametrize(
    ("cell", "shares"),
    [
        ('"1,000,000,000"', 1e9),
        ("1.000.000.000", 1e9),
        ("1 000 000 000", 1e9),
        ("1'000'000'000", 1e9),
        ("1E+09", 1e9),
        ("1000000000.0", 1e9),
    ],
)
def test_groups_of_thousands_are_read(tmp_path, cell, shares):
    assert read(tmp_path, f"{HEAD}A,2024-01-02,{cell},filing,\n")["shares"].tolist() == [shares]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("A,2024-01-02,-2.4e9,filing,", "line 2: a share count of -2,400,000,000 of A"),
        ("A,2024-01-02,0,filing,", "line 2: a share count of 0 of A"),
        ("A,2024-01-02,,filing,", "line 2: no share count of A"),
        ("A,2024-01-02,n/a,filing,", "line 2: no share count of A"),
        ("A,2024-01-02,inf,filing,", "'inf' is not a number"),
        ("A,2024-01-02,24.49bn,filing,", "'24.49bn' is not a number"),
        ('A,2024-01-02,"24,490",filing,', "'24,490' reads two ways: 24490 or 24.490"),
        ("A,2024-01-02,24,490,000,filing,", "line 2: 7 cells where the header has 5"),
        ("A,02/01/2024,1e9,filing,", "reads two ways"),
        ("A,2024-01-02,2e9,filing,class A\nA,2024-01-02,1e9,filing,class B", "line 3: two counts of A on 2024-01-02"),
        ("A,2024-01-02,2e9,10-K A,\nA,2024-01-02,1e9,10-K B,", "line 3: two counts of A on 2024-01-02"),
        ("A,2024-01-02,2e9,filing,\nB,2024-01-02,3e9,,\nA,2024-01-02,1e9,,", "line 4: two counts of A on 2024-01-02"),
    ],
)
def test_a_count_that_cannot_be_is_refused_at_its_line(tmp_path, rows, said):
    with pytest.raises(PriceError) as told:
        read(tmp_path, f"{HEAD}{rows}\n")
    assert said in str(told.value)


def test_two_sources_that_agree_on_a_day_are_kept(tmp_path):
    rows = "A,2024-01-02,1000000000,filing,\nA,2024-01-02,1001000000,derived,\n"
    assert len(read(tmp_path, HEAD + rows)) == 2


def why(counts: list[float], close: float = 140.0, volume: float = np.nan, unit: float = 1.0) -> str:
    table = pd.DataFrame({"symbol": "A", "as_of": DAYS[: len(counts)], "shares": counts, "source": "filing"})
    frames = {"A": pd.DataFrame({"close": close, "volume": volume}, DAYS)}
    return implausible_counts(table, frames, {"A": unit}).get("A", "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"counts": [24_490.0], "volume": 200e6}, "24,490 shares, while 200,000,000 change hands"),
        ({"counts": [24_490_000.0], "volume": 200e6}, "24,490,000 shares, while 200,000,000 change hands"),
        ({"counts": [24.49], "volume": 200e6}, "24.49 shares, while"),
        ({"counts": [24_490.0]}, "24,490 shares at 140.00 are worth 3,428,600"),  # no volume tells of its size
        ({"counts": [24.49e12]}, "are worth 3,428,600,000,000,000"),
        ({"counts": [24.49e9, 24_490_000.0]}, "24,490,000,000 shares on 2024-01-02, 24,490,000 on 2024-01-03"),
        ({"counts": [5_000.0], "close": 3_000.0, "unit": 150.0}, "5,000 shares at 3,000.00 are worth 15,000,000"),
    ],
)
def test_a_count_in_other_units_is_told_by_volume_value_and_the_others(given, said):
    assert said in why(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"counts": [24.49e9, 24.4e9], "volume": 200e6},
        {"counts": [13e9], "close": 3_000.0, "unit": 150.0},  # 39 trillion yen
        {"counts": [123e9], "close": 9_500.0, "unit": 20_000.0},  # a bank in rupiah: 1,169 trillion
        {"counts": [1e6], "close": 4.0, "volume": 2_000.0},  # a small company
        {"counts": [2e9, 40e9]},  # 20:1 split, counts as they were filed
    ],
)
def test_a_count_that_can_be_is_taken(given):
    assert why(**given) == ""


@pytest.mark.parametrize(("as_of", "source", "held"), [("1999-05-01", "filing", False), ("2031-05-01", "yahoo", False), ("2023-02-01", "filing", True)])  # fmt: skip
def test_a_count_of_another_time_is_none(as_of, source, held):
    table = pd.DataFrame({"symbol": ["A"], "as_of": [pd.Timestamp(as_of)], "shares": [1e9], "source": [source]})
    evidence = replace(quoted(), tables={"shares": table})
    if held:
        assert share_count(evidence, "A", date(2024, 5, 23)).shares == 1e9
    else:
        with pytest.raises(NoFigure) as told:
            share_count(evidence, "A", date(2024, 5, 23))
        assert "at or within 730 days of 23 May 2024" in str(told.value.reason)


def test_every_count_that_ships_names_its_page_and_no_split_is_missing():
    """Nine companies have a count at least every second year; Broadcom's merger of 2016 is the one jump."""
    counts = pd.read_csv(LIBRARY / "deepseek_2025" / "figures" / "shares.csv", parse_dates=["as_of"])
    assert counts["address"].str.match(r"https?://\S+$").all()
    assert not counts.duplicated(["symbol", "as_of"]).any()
    large = [symbol for symbol, own in counts.groupby("symbol") if own["as_of"].min() < pd.Timestamp("2016-02-01")]
    assert len(large) == 9
    for symbol in large:
        own = counts[counts["symbol"] == symbol].sort_values("as_of")
        jump = own["shares"].pct_change().abs().to_numpy()[1:]
        assert (jump[own["as_of"].to_numpy()[1:] != np.datetime64("2016-12-23")] < 0.25).all(), symbol


def test_the_counts_that_ship_are_those_read_on_the_pages():
    counts = pd.read_csv(LIBRARY / "deepseek_2025" / "figures" / "shares.csv")
    read = pd.read_csv(Path(__file__).parents[1] / "scripts" / "share_counts.csv")
    assert counts["address"].tolist() == read["address"].tolist()
    assert counts["shares"].tolist() == (read["on_page"] * read["times"]).round().tolist()
    told = counts["note"][read["times"] != 1]
    assert [f"{n:,} on the page" in note for n, note in zip(read["on_page"][told.index], told, strict=True)]
