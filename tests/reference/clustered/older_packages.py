"""Numbers of two Python packages that pandas 3 has left behind, on this panel; writes older_packages.csv beside it.

    pip install "pandas<2.2" "numpy<2" event-studies==0.1.4 myeventstudy==0.1.4 openpyxl; python older_packages.py

Both are given the estimation window [-260, -11]. `event_studies` takes prices and forms log returns of its own; J1 and J2
are those of Campbell, Lo & MacKinlay (1997, 4.4.22 and 4.4.24): the mean CAR over the root of its variance, and the sum
of standardized CARs over the root of theirs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from event_studies.models.finance import tests
from event_studies.models.finance.market_model import MarketModel
from myeventstudy.event_analysis import event_study

HERE = Path(__file__).parent
RETURNS = pd.read_csv(HERE / "returns.csv", index_col="date", parse_dates=True)
EVENTS = pd.read_csv(HERE / "events.csv", parse_dates=["event_date"])
DAY = EVENTS["event_date"].iloc[0]
AT = RETURNS.index.get_loc(DAY)
WINDOWS = ((0, 0), (-10, 10))


def event_studies(start: int, end: int) -> dict[str, float]:
    prices = np.exp(np.log1p(RETURNS).cumsum()).rename_axis("Date").reset_index()
    given = {"date_col": "Date", "start": 0, "end": end - start}
    given |= {
        "estimation_data": prices.iloc[AT - 261 : AT - 10],
        "event_data": prices.iloc[AT + start - 1 : AT + end + 1],
    }
    found = tests.calculate_aggregations(
        MarketModel(prices, "MKT"), [given | {"firm": firm} for firm in EVENTS["firm"]]
    )
    answer = {"mean": float(np.mean([one["parametric"]["car"] for one in found]))}
    asked = {"j1": tests.j1, "j2": tests.j2, "rank": tests.rank_test, "generalized_sign": tests.generalized_sign_test}
    return answer | {name: float(test(found)) for name, test in asked.items()}


def myeventstudy() -> pd.DataFrame:
    long = RETURNS.drop(columns="MKT").melt(ignore_index=False, var_name="stockid", value_name="sreturn").reset_index()
    long = long.assign(mreturn=long["date"].map(RETURNS["MKT"]), eventdate=DAY)
    with tempfile.TemporaryDirectory() as folder:
        return event_study(long, [list(window) for window in WINDOWS], (-260, -10), "market", save_path=folder)


def main() -> None:
    rows = [("event_studies 0.1.4", f"[{a},{b}]", *one) for a, b in WINDOWS for one in event_studies(a, b).items()]
    theirs = myeventstudy()
    for window, mean, t, p in theirs.itertuples(index=False):
        where = window.removeprefix("CAR")
        rows += [("myeventstudy 0.1.4", where, name, value) for name, value in (("mean", mean), ("t", t), ("p", p))]
    table = pd.DataFrame(rows, columns=["package", "window", "statistic", "value"])
    table.to_csv(HERE / "older_packages.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
