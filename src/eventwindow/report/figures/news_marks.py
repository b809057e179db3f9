"""Events and other news as a figure marks them: events by a line with its name, news by a number."""

import pandas as pd

from eventwindow.report.context import Context, of_result

COLUMNS = ["number", "kind", "id", "date", "session", "what"]
REACH = 7  # sessions either side of day 0 that the price tape shows


def marks(context: Context) -> pd.DataFrame:
    """What the headline event window of the first security holds, in time order; news on the price tape is numbered."""
    return context.of_result(f"marks.{context.language.code}", lambda: _marks(context))


def _marks(context: Context) -> pd.DataFrame:
    calendar = context.result.calendar
    days = event_sessions(context)
    here = calendar[(calendar["mic"] == context.mic) & (calendar["kind"] != "closed")]
    here = here[here["session"].between(days.iloc[0], days.iloc[-1])].sort_values(["session", "kind"], kind="stable")
    about = here["about"].map(lambda named: not named or bool(set(named) & set(context.members)))
    here = here[(here["kind"] == "event") | about]
    what = [context.language.either(r.what_en, r.what_zh) or str(r.id) for r in here.itertuples()]
    news = ((here["kind"] != "event") & here["session"].isin(tape_days(context))).to_numpy()
    return here.assign(what=what, number=news.cumsum() * news)[COLUMNS].reset_index(drop=True)


def tape_days(context: Context) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(event_sessions(context).loc[-REACH:REACH])


@of_result
def event_sessions(context: Context) -> pd.Series:
    """tau → session of the first security's event window."""
    daily = context.result.tables["abnormal_returns"]
    rows = daily[(daily["event"] == context.event) & (daily["security"] == context.members[0])]
    return rows.set_index("tau")["date"]
