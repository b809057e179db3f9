"""The reference cases as abnormal returns, and the tables of what they must give."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.event_time import event_returns

FOLDER = Path(__file__).parent / "reference"
ESTIMATION, EVENT = Window(-260, -11), Window(-10, 10)


@cache
def clustered(model: str = "market_model") -> AbnormalReturns:
    returns = pd.read_csv(FOLDER / "clustered/returns.csv", index_col="date", parse_dates=True)
    events = pd.read_csv(FOLDER / "clustered/events.csv", parse_dates=["event_date"])
    events = events.rename(columns={"firm": "security", "event_date": "date"})
    source = event_returns(returns, events, estimation=ESTIMATION, window=EVENT, factors=returns["MKT"])
    return estimate(source, model)


def window(text: str) -> Window:
    """ "0" is a day, "[-1,1]" a closed interval."""
    ends = [int(part) for part in text.strip("[]").split(",")]
    return Window(ends[0], ends[-1])


def expected(case: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / case / "expected_statistics.csv")


@cache
def scattered_tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns, factors and events of the second case."""
    returns, factors = (
        pd.read_csv(FOLDER / f"scattered/{name}.csv", index_col="date", parse_dates=True)
        for name in ("returns", "factors")
    )
    return returns, factors, pd.read_csv(FOLDER / "scattered/events.csv", parse_dates=["event_date"])


@cache
def scattered(model: str = "market_model") -> AbnormalReturns:
    returns, factors, events = scattered_tables()
    spans = {"estimation": (-160, -11), "window": (-10, 10), "minimum_returns": 60}
    return abnormal_returns(returns, events, model=model, factors=factors, **spans)
