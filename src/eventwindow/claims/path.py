"""The path of abnormal returns from day to day, with the other news of each day beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.claims.evidence import Evidence, at, members
from eventwindow.inference.family import runs
from eventwindow.inference.response import response


def daily_path(evidence: Evidence, named: Sequence[str], event: str, window: Window) -> pd.DataFrame:
    """One row a session of `window` around `event`, indexed by date: the mean abnormal return of the securities named.

    Columns: ar, std_error, p_value (t), p_rank (rank among the estimation days), p_runs (rank, corrected for the number
    of rows: `family.runs`), detectable (the smallest effect that p_runs finds with 80 % power), car (summed from the
    first row), news_en, news_zh, tainted.
    """
    symbols = members(evidence, named)
    abnormal = at(evidence, event, None, symbols, window)
    found = [response(abnormal, symbols, Window(int(tau), int(tau))) for tau in window.taus]
    tests = [one.effect() for one in found]
    chosen = abnormal.select(list(symbols))
    days = chosen.event_days[:, abnormal.columns(window)].max(axis=0).astype("datetime64[D]")
    path = pd.DataFrame(
        {
            "tau": window.taus,
            "ar": [one.estimate for one in found],
            "std_error": [one.std_error for one in found],
            "p_value": [test.p_parametric for test in tests],
            "p_rank": [test.p_value for test in tests],
        },
        index=pd.DatetimeIndex(days, name="date"),
    )
    corrected, needed = runs([one.estimate for one in found], found[0].null)
    path = path.assign(p_runs=corrected, detectable=needed + [test.reach for test in tests], car=path["ar"].cumsum())
    return path.join(news_by_session(evidence, pd.DatetimeIndex(path.index), symbols))


def news_by_session(evidence: Evidence, sessions: pd.DatetimeIndex, symbols: Sequence[str]) -> pd.DataFrame:
    """Columns news_en, news_zh, tainted for each session: entries dated after the session before, up to its own date.

    Closed days taint nothing; an entry about named securities counts where one of `symbols` is among them. An entry
    with a clock time from 16:00 on belongs to the next session.
    """
    news = evidence.news
    frame = pd.DataFrame({"news_en": "", "news_zh": "", "tainted": False}, index=sessions)
    if news.empty:
        return frame
    for entry in news.to_dict("records"):
        day = pd.Timestamp(entry["date"])
        late = getattr(entry.get("time"), "hour", 0) >= CLOSE
        place = int(sessions.searchsorted(day, side="right" if late else "left"))
        if place == len(sessions) or not _counts(entry, symbols) or (place == 0 and day < sessions[0]):
            continue
        for language in ("en", "zh"):
            known = frame.at[sessions[place], f"news_{language}"]
            frame.loc[sessions[place], f"news_{language}"] = "; ".join(
                filter(None, [str(known), entry[f"what_{language}"]])
            )
        frame.loc[sessions[place], "tainted"] = True
    return frame


CLOSE = 16  # New York; an entry after it is priced on the next session


def _counts(entry: Mapping[Any, Any], symbols: Sequence[str]) -> bool:
    about = entry.get("about") or ()
    return entry.get("kind", "news") != "closed" and (not about or bool(set(about) & set(symbols)))
