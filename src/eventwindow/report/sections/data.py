"""Where the figures are from, when each exchange could price the news, and what else happened."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from markupsafe import Markup

from eventwindow.report.context import Context, once
from eventwindow.report.figures.news_marks import marks
from eventwindow.report.language import percent
from eventwindow.report.reasons import reason_in

NOTHING = pd.DataFrame()


@once
def data_section(context: Context) -> dict[str, Any]:
    """Origins in a sentence and ticker by ticker, exchanges, late exchanges, and the calendar of news."""
    return {
        "origins": _origins(context),
        "notes": [reason_in(context.language, note) for note in context.result.run["notes"]],
        "tickers": [_ticker(context, s, r) for s, r in context.result.run["prices"].items()],
        "events": [context.event_name(e["id"]) for e in context.study["events"]],
        "exchanges": exchanges(context),
        "late": late_exchanges(context),
        "news": [_news(context, row) for _, row in marks(context).iterrows()],
        "quality": [_finding(context, row) for _, row in context.result.tables.get("data_quality", NOTHING).iterrows()],
        "reconciled": _reconciled(context),
        "home": exchange_name(context, context.mic),
    }


def _reconciled(context: Context) -> dict[str, Any]:
    """How many days of the pulled figures agree with the shipped ones, and every day that does not."""
    table = context.result.tables.get("reconciliation", NOTHING)
    if table.empty:
        return {}
    firms = table.drop_duplicates("security")
    compared, agreeing = int(firms["days_compared"].sum()), int(firms["days_agreeing"].sum())
    figures = {"n": len(firms), "compared": compared, "agreeing": agreeing, "differing": compared - agreeing}
    rows = [
        (row["security"], context.language.day(row["date"]), percent(row["pulled"], 2), percent(row["shipped"], 2))
        for _, row in table.dropna(subset="date").iterrows()
    ]
    return {"title": context.language.text("data.reconciled", **figures), "rows": rows}


def _finding(context: Context, row: pd.Series) -> dict[str, str]:
    when = "" if pd.isna(row["date"]) else context.language.day(row["date"])
    return {
        "security": str(row["security"]),
        "date": when,
        "text": context.language.pick(row["text_en"], row["text_zh"]),
    }


def _origins(context: Context) -> Markup:
    say = context.language.text
    counts = Counter(str(record["origin"]) for record in context.result.run["prices"].values())
    parts = [say("data.count_origin", n=n, origin=say(f"data.origin_{o}")) for o, n in counts.most_common()]
    key = "data.origins" if "shipped" in counts else "data.origins_plain"
    return context.language.say(key, list=context.language.listed(parts))


def _ticker(context: Context, symbol: str, record: dict[str, Any]) -> dict[str, Any]:
    origin = context.language.text(f"data.origin_{record['origin']}")
    note = reason_in(context.language, record.get("note", ""))
    return {**record, "symbol": symbol, "name": context.name(symbol), "origin": origin, "note": note}


def exchange_name(context: Context, mic: str) -> str:
    key = f"mic.{mic}"
    return context.language.text(key) if context.language.has(key) else mic


def exchanges(context: Context) -> list[dict[str, Any]]:
    """One row an exchange: how many securities, and day 0 of every event, a star where it was moved."""
    labels = context.abnormal.labels
    counts = labels.groupby("mic", sort=False)["security"].nunique()
    events = context.result.calendar[context.result.calendar["kind"] == "event"].set_index(["id", "mic"])
    rows = []
    for mic, n in counts.items():
        days = [_day(context, events, e["id"], str(mic)) for e in context.study["events"]]
        rows.append({"name": exchange_name(context, str(mic)), "n": int(n), "days": days})
    return rows


def _day(context: Context, events: pd.DataFrame, event: str, mic: str) -> str:
    if (event, mic) not in events.index:
        return ""
    session, shift = events.xs((event, mic))[["session", "shift"]]
    return context.language.day(session) + ("*" if shift else "")


def late_exchanges(context: Context) -> list[dict[str, Any]]:
    """Exchanges that could price the headline event only days later, and what else they priced with it."""
    calendar = context.result.calendar
    held = calendar[(calendar["id"] == context.event) & calendar["mic"].isin(context.abnormal.labels["mic"])]
    first = held["session"].min()
    late = held[held["session"] > first]
    return [_late(context, row, first) for _, row in late.iterrows()]


def _late(context: Context, row: pd.Series, first: pd.Timestamp) -> dict[str, Any]:
    language, labels = context.language, context.abnormal.labels
    mine = labels[labels["mic"] == row["mic"]]
    before = last_session_before(context, mine.index[0])
    shut = {"first_closed": before + pd.Timedelta(days=1), "last_closed": row["session"] - pd.Timedelta(days=1)}
    dates = {key: language.day(value) for key, value in shut.items()}
    names = [context.full_name(s) for s in dict.fromkeys(mine["security"])]
    text = language.say(
        "data.late",
        **dates,
        exchange=exchange_name(context, str(row["mic"])),
        event=context.event_name(context.event),
        day=language.day(row["session"]),
        days=(row["session"] - first).days,
        first=language.day(first),
    )
    about = language.say("data.late_securities", list=language.listed(names))
    return {"text": text, "news": _between(context, row, set(mine["security"])), "about": about}


def last_session_before(context: Context, row: int) -> pd.Timestamp:
    """The session before day 0 of one row of the headline event."""
    days, start = context.abnormal.event_days[row], context.abnormal.window.start
    column = -start - 1
    day = days[column] if column >= 0 else context.abnormal.estimation_days[row, -1]
    return pd.Timestamp(int(day), unit="D")


def _between(context: Context, late: pd.Series, securities: set[str]) -> list[str]:
    calendar = context.result.calendar
    same = calendar[(calendar["mic"] == late["mic"]) & (calendar["session"] == late["session"])]
    same = same[(same["kind"] != "closed") & (same["id"] != context.event)]
    same = same[[not about or bool(set(about) & securities) for about in same["about"]]]
    return [
        f"{context.language.day(r.date)}: {context.language.pick(r.what_en, r.what_zh) or r.id}"
        for r in same.itertuples()
    ]


def _news(context: Context, row: pd.Series) -> dict[str, Any]:
    return {
        "number": row["number"] or "",
        "event": row["kind"] == "event",
        "date": context.language.day(row["date"]),
        "session": context.language.day(row["session"]),
        "what": row["what"],
    }
