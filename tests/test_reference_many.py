"""What a referee asks for, against tests/reference/many: 24 firms on one day, numbers of a recipe of its own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from eventwindow import Window, abnormal_returns
from eventwindow.inference.ranks import corrado_zivney_z

FOLDER = Path(__file__).parent / "reference" / "many"


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype={"window": str})


def window_of(text: str) -> Window:
    ends = [int(part) for part in text.strip("[]").split(",")]
    return Window(ends[0], ends[-1])


def studied(model: str = "market_model"):
    returns = pd.read_csv(FOLDER / "returns.csv", index_col="date", parse_dates=True)
    events = pd.DataFrame({"security": [c for c in returns if c != "MKT"], "date": returns.index[250]})
    return abnormal_returns(
        returns, events, benchmark="MKT", model=model, estimation=(-250, -11), window=(-10, 10), minimum_returns=50
    )


@pytest.fixture(scope="module")
def ar():
    return studied()


def rows_of(test: str):
    table = read("expected_tests")
    return table[table["statistic"] == test].to_dict("records")


@pytest.mark.parametrize("row", rows_of("corrado_zivney_z"), ids=lambda row: row["window"])
def test_corrado_zivney_divides_each_day_by_its_own_spread(ar, row):
    found = corrado_zivney_z(ar, window_of(row["window"]))
    assert (found.statistic, found.p_value) == pytest.approx((row["value"], row["p_value"]), rel=1e-8)
