"""An event as it went round the world: sessions in the order of their hours, and receipts against their home shares."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns

AROUND = Window(-1, 1)  # sessions of each exchange that are shown
EXCHANGES = [
    "event", "order", "exchange", "date", "tau", "opens", "closes", "against_home", "security", "kind", "currency",
    "benchmark", "model", "return", "expected_return", "abnormal_return", "std_error", "p_value",
]  # fmt: skip


def exchanges_table(
    abnormal: AbnormalReturns,
    members: list[str],
    securities: pd.DataFrame,
    returns: Mapping[str, pd.Series],
    calendars: Mapping[str, Calendar],
) -> pd.DataFrame:
    """Sessions around day 0 in world time, a row a session and security; empty where all trade on one exchange.

    Shown are the event's `members` and every security of another exchange, with their benchmarks. `opens` and `closes`
    are UTC; `against_home`: where a session lies against day 0 of the first member (before, itself, overlaps, after).
    """
    mics = abnormal.labels["mic"]
    if mics.nunique() < 2:
        return pd.DataFrame(columns=EXCHANGES)
    symbols = abnormal.labels["security"]
    home = mics[symbols == (members or list(symbols))[0]].iloc[0]
    shown = abnormal.select((symbols.isin(members) | (mics != home)).to_numpy())
    rows = pd.concat([_stocks(shown), _benchmarks(shown, returns, calendars)], ignore_index=True)
    sessions = _sessions(rows, home, calendars)
    rows = rows.merge(sessions, on=["exchange", "date"]).sort_values(["order", "kind"], kind="stable")
    rows["currency"] = rows["security"].map(securities["currency"]).fillna("")
    return rows.assign(event=abnormal.labels["event"].iloc[0])[EXCHANGES].reset_index(drop=True)


def _stocks(shown: AbnormalReturns) -> pd.DataFrame:
    frame = shown.to_frame().assign(exchange=np.repeat(shown.labels["mic"].to_numpy(), len(shown.window)), kind="stock")
    frame = frame[frame["tau"].between(AROUND.start, AROUND.end) & frame["date"].notna()]
    return frame.rename(columns={"actual_return": "return"})


def _benchmarks(
    shown: AbnormalReturns, returns: Mapping[str, pd.Series], calendars: Mapping[str, Calendar]
) -> pd.DataFrame:
    """Every exchange's benchmarks on the sessions of its day 0 and beside it; their own return only.

    A benchmark that trades elsewhere has none on a session on which its own exchange was closed.
    """
    parts, sessions = [], {c.mic: c.sessions for c in calendars.values()}
    for row in shown.labels.drop_duplicates(["mic", "benchmark", "date"]).itertuples():
        mic, name, zero = str(row.mic), str(row.benchmark), row.date
        if name not in returns:
            continue
        at = sessions[mic].get_loc(zero) + AROUND.taus
        inside = (at >= 0) & (at < len(sessions[mic]))
        found = pd.DataFrame({"date": sessions[mic][at[inside]], "tau": AROUND.taus[inside]})
        found = found[found["date"].isin(returns[name].index)]
        found["return"] = returns[name].reindex(found["date"]).to_numpy()
        parts.append(found.assign(security=name, exchange=mic, kind="benchmark", benchmark="", model=""))
    return pd.concat(parts) if parts else pd.DataFrame()


def _sessions(rows: pd.DataFrame, home: str, calendars: Mapping[str, Calendar]) -> pd.DataFrame:
    """The sessions of the rows in the order of their opens, with their hours and place against the home's day 0."""
    by_mic = {c.mic: c for c in calendars.values()}
    found = rows[["exchange", "date", "tau"]].drop_duplicates(["exchange", "date"])
    keys = [(by_mic[str(r.exchange)], r.date) for r in found.itertuples()]
    opens, closes = ([getattr(c, end)[c.sessions == day][0] for c, day in keys] for end in ("opens", "closes"))
    found = found.assign(opens=opens, closes=closes).sort_values(["opens", "exchange"])
    day0 = found[(found["exchange"] == home) & (found["tau"] == 0)].iloc[0]
    itself = (found["exchange"] == home) & (found["date"] == day0["date"])
    where = [itself, found["closes"] <= day0["opens"], found["opens"] >= day0["closes"]]
    against = np.select(where, ["itself", "before", "after"], "overlaps")
    return found.drop(columns="tau").assign(against_home=against, order=np.arange(1, len(found) + 1))
