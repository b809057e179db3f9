"""Events and other news as a figure marks them: events by a line with its name, news by a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eventwindow.report.context import Context

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ["number", "kind", "id", "date", "session", "what"]


def marks(context: Context) -> pd.DataFrame:
    """What the headline event window of the first security holds, in time order; news is numbered from 1."""
    calendar = context.result.calendar
    days = event_sessions(context)
    here = calendar[(calendar["mic"] == context.mic) & (calendar["kind"] != "closed")]
    here = here[here["session"].between(days.iloc[0], days.iloc[-1])].sort_values(["session", "kind"], kind="stable")
    about = here["about"].map(lambda named: not named or bool(set(named) & set(context.members)))
    here = here[(here["kind"] == "event") | about]
    what = [context.language.either(r.what_en, r.what_zh) or str(r.id) for r in here.itertuples()]
    news = (here["kind"] != "event").to_numpy()
    return here.assign(what=what, number=news.cumsum() * news)[COLUMNS].reset_index(drop=True)


def event_sessions(context: Context) -> pd.Series:
    """tau → session of the first security's event window."""
    daily = context.result.table("abnormal_returns")
    rows = daily[(daily["event"] == context.event) & (daily["security"] == context.members[0])]
    return rows.set_index("tau")["date"]


def draw_marks(axes: Axes, shown: pd.DataFrame, places: pd.Series, *, names: bool = True) -> None:
    """Events as dashed lines, news as numbers along the foot; `places`: session → position on the x axis."""
    from eventwindow.report.figures.style import FAINT, INK, PAPER, place_text

    inside = shown[shown["session"].isin(places.index)]
    where = {"xycoords": axes.get_xaxis_transform(), "ha": "center", "va": "bottom"}
    position = places.to_dict()
    for session, name in inside.loc[inside["kind"] == "event", ["session", "what"]].itertuples(index=False):
        x = float(position[session])
        axes.axvline(x, color=INK, linewidth=0.8, linestyle=(0, (3, 3)), zorder=1)
        if names:
            place_text(axes, str(name), (x, 1), (0, 5), fontsize=8.5, color=INK, **where)
    for session, rows in inside[inside["kind"] != "event"].groupby("session"):
        text = ",".join(str(n) for n in rows["number"])
        behind = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}
        place_text(axes, text, (position[session], 0), (0, 4), fontsize=7.5, color=FAINT, bbox=behind, **where)
