"""Where the figures are from, when each exchange could price the news, and what else happened."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from markupsafe import Markup

from eventwindow.report.context import Subject, once
from eventwindow.report.figures.news_marks import marks
from eventwindow.report.language import percent
from eventwindow.report.reasons import reason_in

NOTHING = pd.DataFrame()


@once
def data_section(subject: Subject) -> dict[str, Any]:
    """Origins in a sentence and ticker by ticker, exchanges, late exchanges, and the calendar of news."""
    return {
        "origins": _origins(subject),
        "notes": [reason_in(subject.language, note) for note in subject.result.run["notes"]],
        "tickers": [_ticker(subject, s, r) for s, r in subject.result.run["prices"].items()],
        "events": [subject.event_name(e["id"]) for e in subject.study["events"]],
        "exchanges": exchanges(subject),
        "late": late_exchanges(subject),
        "news": [_news(subject, row) for _, row in marks(subject).iterrows()],
        "quality": [_finding(subject, row) for _, row in subject.result.tables.get("data_quality", NOTHING).iterrows()],
        "reconciled": _reconciled(subject),
        "home": exchange_name(subject, subject.mic),
    }


def _reconciled(subject: Subject) -> dict[str, Any]:
    """How many days of the pulled figures agree with the shipped ones, and every day that does not."""
    table = subject.result.tables.get("reconciliation", NOTHING)
    if table.empty:
        return {}
    firms = table.drop_duplicates("security")
    compared, agreeing = int(firms["days_compared"].sum()), int(firms["days_agreeing"].sum())
    figures = {"n": len(firms), "compared": compared, "agreeing": agreeing, "differing": compared - agreeing}
    rows = [
        (row["security"], subject.language.day(row["date"]), percent(row["pulled"], 2), percent(row["shipped"], 2))
        for _, row in table.dropna(subset="date").iterrows()
    ]
    return {"title": subject.language.text("data.reconciled", **figures), "rows": rows}


def _finding(subject: Subject, row: pd.Series) -> dict[str, str]:
    when = "" if pd.isna(row["date"]) else subject.language.day(row["date"])
    return {
        "security": str(row["security"]),
        "date": when,
        "text": subject.language.pick(row["text_en"], row["text_zh"]),
    }


def _origins(subject: Subject) -> Markup:
    say = subject.language.text
    counts = Counter(str(record["origin"]) for record in subject.result.run["prices"].values())
    parts = [say("data.count_origin", n=n, origin=say(f"data.origin_{o}")) for o, n in counts.most_common()]
    key = "data.origins" if "shipped" in counts else "data.origins_plain"
    return subject.language.say(key, list=subject.language.listed(parts))


def _ticker(subject: Subject, symbol: str, record: dict[str, Any]) -> dict[str, Any]:
    origin = subject.language.text(f"data.origin_{record['origin']}")
    note = reason_in(subject.language, record.get("note", ""))
    return {**record, "symbol": symbol, "name": subject.name(symbol), "origin": origin, "note": note}


def exchange_name(subject: Subject, mic: str) -> str:
    key = f"mic.{mic}"
    return subject.language.text(key) if subject.language.has(key) else mic


def exchanges(subject: Subject) -> list[dict[str, Any]]:
    """One row an exchange: how many securities, and day 0 of every event, a star where it was moved."""
    labels = subject.abnormal.labels
    counts = labels.groupby("mic", sort=False)["security"].nunique()
    events = subject.result.calendar[subject.result.calendar["kind"] == "event"].set_index(["id", "mic"])
    rows = []
    for mic, n in counts.items():
        days = [_day(subject, events, e["id"], str(mic)) for e in subject.study["events"]]
        rows.append({"name": exchange_name(subject, str(mic)), "n": int(n), "days": days})
    return rows


def _day(subject: Subject, events: pd.DataFrame, event: str, mic: str) -> str:
    if (event, mic) not in events.index:
        return ""
    session, shift = events.xs((event, mic))[["session", "shift"]]
    return subject.language.day(session) + ("*" if shift else "")


def late_exchanges(subject: Subject) -> list[dict[str, Any]]:
    """Exchanges that could price the headline event only days later, and what else they priced with it."""
    calendar = subject.result.calendar
    held = calendar[(calendar["id"] == subject.event) & calendar["mic"].isin(subject.abnormal.labels["mic"])]
    first = held["session"].min()
    late = held[held["session"] > first]
    return [_late(subject, row, first) for _, row in late.iterrows()]


def _late(subject: Subject, row: pd.Series, first: pd.Timestamp) -> dict[str, Any]:
    language, labels = subject.language, subject.abnormal.labels
    mine = labels[labels["mic"] == row["mic"]]
    before = last_session_before(subject, mine.index[0])
    shut = {"first_closed": before + pd.Timedelta(days=1), "last_closed": row["session"] - pd.Timedelta(days=1)}
    dates = {key: language.day(value) for key, value in shut.items()}
    names = [subject.full_name(s) for s in dict.fromkeys(mine["security"])]
    text = language.say(
        "data.late",
        **dates,
        exchange=exchange_name(subject, str(row["mic"])),
        event=subject.event_name(subject.event),
        day=language.day(row["session"]),
        days=(row["session"] - first).days,
        first=language.day(first),
    )
    about = language.say("data.late_securities", list=language.listed(names))
    return {"text": text, "news": _between(subject, row, set(mine["security"])), "about": about}


def last_session_before(subject: Subject, row: int) -> pd.Timestamp:
    """The session before day 0 of one row of the headline event."""
    days, start = subject.abnormal.event_days[row], subject.abnormal.window.start
    column = -start - 1
    day = days[column] if column >= 0 else subject.abnormal.estimation_days[row, -1]
    return pd.Timestamp(int(day), unit="D")


def _between(subject: Subject, late: pd.Series, securities: set[str]) -> list[str]:
    calendar = subject.result.calendar
    same = calendar[(calendar["mic"] == late["mic"]) & (calendar["session"] == late["session"])]
    same = same[(same["kind"] != "closed") & (same["id"] != subject.event)]
    same = same[[not about or bool(set(about) & securities) for about in same["about"]]]
    return [
        f"{subject.language.day(r.date)}: {subject.language.pick(r.what_en, r.what_zh) or r.id}"
        for r in same.itertuples()
    ]


def _news(subject: Subject, row: pd.Series) -> dict[str, Any]:
    return {
        "number": row["number"] or "",
        "event": row["kind"] == "event",
        "date": subject.language.day(row["date"]),
        "session": subject.language.day(row["session"]),
        "what": row["what"],
    }
