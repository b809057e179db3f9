"""Where the figures are from, when each exchange could price the news, what else happened, and what was left out."""

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.report.blocks import (
    Aside,
    Block,
    Cell,
    Fold,
    Items,
    Paragraph,
    Picture,
    Table,
    Words,
    addressed,
    folded,
    weighty,
)
from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.news_marks import marks
from eventwindow.report.language import percent
from eventwindow.study.provenance import told_origin, told_origins


def data(context: Context) -> Iterator[Block]:
    """Origins in a sentence and ticker by ticker, exchanges, late exchanges, checks."""
    yield Paragraph(origin(context))
    yield from _late_exchanges(context)
    yield _exchanges(context)
    yield from _reconciled(context)
    yield from _quality(context)
    yield from _sources(context)
    yield _tickers(context)


def origin(context: Context) -> Markup:
    """Where the prices are from, with the notes of the run."""
    stop = context.language.text("format.stop")
    notes = [context.language.reason(note) + stop for note in context.result.run["notes"]]
    return context.language.sentences(origins(context), *notes)


def week(context: Context) -> Iterator[Block]:
    """The days in pictures: prices, news, cumulative abnormal returns, market value."""
    yield Picture("prices")
    yield from _news_table(context)
    yield Picture("car")
    yield Picture("market_value", floats=True)
    yield Picture("gains")
    yield Picture("recovery")


def _news_table(context: Context) -> Iterator[Block]:
    """Events and other news in the event window."""
    say = context.language.say
    rows = tuple(_news(context, row) for _, row in marks(context).iterrows())
    head = tuple(say(f"data.{key}") for key in ("number", "date", "session", "what"))
    caption = say("data.news_table", exchange=exchange_name(context, context.mic))
    if rows:
        yield folded(caption, "r l l L", head, rows)


def _news(context: Context, row: pd.Series) -> tuple[Words, ...]:
    days = context.language.day(row["date"]), context.language.day(row["session"])
    return (str(row["number"] or ""), *days, weighty(row["what"], row["kind"] == "event"))


def _reconciled(context: Context) -> Iterator[Block]:
    """How many days of the pulled figures agree with the shipped ones, and every day that does not."""
    table, say = context.table("reconciliation"), context.language.say
    if table.empty:
        return
    firms = table.drop_duplicates("security")
    compared, agreeing = int(firms["days_compared"].sum()), int(firms["days_agreeing"].sum())
    title = say("data.reconciled", n=len(firms), compared=compared, agreeing=agreeing, differing=compared - agreeing)
    rows = tuple(
        (row["security"], context.language.day(row["date"]), percent(row["pulled"], 2), percent(row["shipped"], 2))
        for _, row in table.dropna(subset="date").iterrows()
    )
    head = tuple(say(f"data.{key}") for key in ("ticker", "date", "pulled", "shipped"))
    stop = context.language.text("format.stop")
    yield folded(title, "L d r r", head, rows, "reconciled") if rows else Paragraph(title + stop)


def _quality(context: Context) -> Iterator[Block]:
    table, say = context.table("data_quality"), context.language.say
    caption = say("data.quality", n=len(table))
    head = tuple(say(f"data.{key}") for key in ("ticker", "date", "what"))
    if len(table):
        rows = tuple(_finding(context, row) for _, row in table.iterrows())
        yield folded(caption, "l d L", head, rows)


def _sources(context: Context) -> Iterator[Fold]:
    """Every entry of the calendar of other news with the public page that tells it."""
    calendar, say = context.result.calendar, context.language.say
    entries = calendar[calendar["kind"] != "event"].drop_duplicates("id").sort_values("date", kind="stable")
    head = tuple(say(f"data.{key}") for key in ("date", "what", "source"))
    rows = tuple(
        (
            context.language.day(e.date),
            context.language.either(e.what_en, e.what_zh),
            addressed(context.language.dated(str(e.source))) or say("data.no_source"),
        )
        for e in entries.itertuples()
    )
    if rows:
        yield folded(say("data.sources", n=len(rows)), "d L L", head, rows)


def _finding(context: Context, row: pd.Series) -> tuple[str, ...]:
    """The day stands in a column of its own."""
    when = "" if pd.isna(row["date"]) else context.language.day(row["date"])
    found = row["text_en"]
    told = context.language.reason(found.values["reason"] if found.key == "dated" else found)  # noqa: PD011
    return str(row["security"]), when, told


def origins(context: Context) -> Markup:
    """How many tickers are from where."""
    shipped = any(record["origin"] == "shipped" for record in context.result.run["prices"].values())
    told = told_origins(context.result.run, context.language.catalogue)
    key = "data.origins" if shipped else "data.origins_plain"
    return context.language.say(key, list=context.language.listed(told))


def _tickers(context: Context) -> Fold:
    say = context.language.say
    keys = ("data.ticker", "abnormal.security", *(f"data.{key}" for key in ("origin", "first", "last", "sessions")))
    rows = tuple(_ticker(context, symbol, record) for symbol, record in context.result.run["prices"].items())
    head = tuple(map(say, (*keys, "data.note")))
    return folded(say("data.tickers"), "l L l l l r l", head, rows, "tickers")


def _ticker(context: Context, symbol: str, record: dict[str, Any]) -> tuple[str, ...]:
    origin = told_origin(record["origin"], context.language.catalogue)
    held = (str(record[key]) for key in ("first", "last", "sessions"))
    note = context.language.reason(record["note"]) if "note" in record else ""
    return symbol, context.name(symbol), origin, *held, note


def exchange_name(context: Context, mic: str) -> str:
    key = f"mic.{mic}"
    return context.language.text(key) if context.language.has(key) else mic


def _exchanges(context: Context) -> Table:
    """One row an exchange: how many securities, and day 0 of every event, a star where it was moved."""
    say, named = context.language.say, [e["id"] for e in context.study["events"]]
    counts = context.abnormal.labels.groupby("mic", sort=False)["security"].nunique()
    events = _sessions(context)
    rows = tuple(
        (exchange_name(context, str(mic)), str(n), *(_day(context, events.get((event, str(mic)))) for event in named))
        for mic, n in counts.items()
    )
    head = (say("data.exchange"), say("data.securities"), *map(context.event_name, named))
    return Table(say("data.exchanges"), "L r" + " d" * len(named), head, rows, say("data.shift_mark"))


@of_result
def _sessions(context: Context) -> dict[tuple[str, str], tuple[pd.Timestamp, bool]]:
    """Event and exchange → its day 0 there, and whether it was moved."""
    rows = context.result.calendar[context.result.calendar["kind"] == "event"]
    columns = (rows[column] for column in ("id", "mic", "session", "shift"))
    return {(i, mic): (day, isinstance(shift, Reason)) for i, mic, day, shift in zip(*columns, strict=True)}


def _day(context: Context, session: tuple[pd.Timestamp, bool] | None) -> str:
    if session is None:
        return ""
    day, moved = session
    return context.language.day(day) + ("*" if moved else "")


def _late_exchanges(context: Context) -> Iterator[Aside]:
    """Exchanges that could price the headline event only days later, and what else they priced with it."""
    calendar = context.result.calendar
    held = calendar[(calendar["id"] == context.event) & calendar["mic"].isin(context.abnormal.labels["mic"])]
    first = held["session"].min()
    for _, row in held[held["session"] > first].iterrows():
        yield Aside("late", tuple(_late(context, row, first)))


def _late(context: Context, row: pd.Series, first: pd.Timestamp) -> Iterator[Block]:
    language, labels = context.language, context.abnormal.labels
    mine = labels[labels["mic"] == row["mic"]]
    before = last_session_before(context, mine.index[0])
    shut = {"first_closed": before + pd.Timedelta(days=1), "last_closed": row["session"] - pd.Timedelta(days=1)}
    text = language.say(
        "data.late",
        **{key: language.day(value) for key, value in shut.items()},
        exchange=exchange_name(context, str(row["mic"])),
        event=context.event_name(context.event),
        day=language.day(row["session"]),
        days=(row["session"] - first).days,
        first=language.day(first),
    )
    news = _between(context, row, set(mine["security"]))
    yield Paragraph(text if news else language.sentences(text, language.say("data.late_nothing")))
    if news:
        yield Items(tuple(news))
    names = [context.full_name(s) for s in dict.fromkeys(mine["security"])]
    yield Paragraph(language.say("data.late_securities", n=len(names), list=language.listed(names)))


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
    told = [(r.date, context.language.either(r.what_en, r.what_zh) or r.id) for r in same.itertuples()]
    return [context.language.text("common.mark_day", when=context.language.day(d), value=what) for d, what in told]


ORDER = ("excluded", "partly", "substituted", "shifted", "told")
DAY, CODE = re.compile(r"\b(\d{4}-\d\d-\d\d)\b( ?)"), re.compile(r"\b[A-Z]{4}\b")  # of a day, of an exchange
MANY = 6  # securities; more are folded away on a page


def excluded(context: Context) -> Iterator[Block]:
    """One row a treatment, event, window and reason, with the securities that it concerns."""
    table, say = context.result.tables["excluded"], context.language.say
    if table.empty:
        yield Paragraph(say("excluded.nothing"))
        return
    keys = ["what", "event", "window_start", "window_end", "reason"]
    together = table.fillna({"event": ""}).groupby(keys, sort=False, dropna=False)["security"].agg(list).reset_index()
    together = together.sort_values("what", key=lambda c: c.map({w: k for k, w in enumerate(ORDER)}), kind="stable")
    head = tuple(say(f"excluded.{key}") for key in ("what", "event", "securities", "window", "reason"))
    rows = tuple(_row(context, row) for _, row in together.iterrows())
    yield Paragraph(say("excluded.intro"))
    yield Table(say("excluded.table"), "l L3 L4 l L4", head, rows, look="stacked")


def _row(context: Context, row: pd.Series) -> tuple[str | Cell, ...]:
    language, what = context.language, str(row["what"])
    key = f"excluded.{what}"
    held = pd.notna(row["window_start"])
    securities = [str(s) for s in row["security"]]
    return (
        language.text(key) if language.has(key) else what,
        context.event_name(str(row["event"])) if row["event"] else "",
        Cell(", ".join(securities), folded=str(len(securities)) if len(securities) > MANY else ""),
        language.window(Window(int(row["window_start"]), int(row["window_end"]))) if held else "",
        _plainly(context, language.reason(row["reason"])),
    )


def _plainly(context: Context, told: str) -> str:
    """Days and exchanges as the language names them; tables beside the report keep codes."""
    space = context.language.text("format.between_sentences")
    told = DAY.sub(lambda day: context.language.day(day[1]) + (day[2] and space), told)
    return CODE.sub(lambda code: exchange_name(context, code[0]), told)
