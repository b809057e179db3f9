"""Why so late? The sessions between the news and the day on which prices moved."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Subject, once
from eventwindow.report.figures.news_marks import marks
from eventwindow.report.language import Language, p_value, percent, tau
from eventwindow.report.sections.data import exchange_name
from eventwindow.report.sections.readings import beside
from eventwindow.report.sections.sheet import Sheet
from eventwindow.report.sections.tests import largest_candidate

WEEK = 7  # days


@once
def late_section(subject: Subject) -> dict[str, Any]:
    """Title, sentences and a table; nothing where no event lies among the sessions that could have been day 0."""
    news = _news(subject)
    if news is None:
        return {}
    days, before, zero = _parts(subject)
    told = [_dated(subject, news), _came(subject, days, before, zero), *_earlier(subject, news)]
    told += [_largest(subject), *beside(subject, "late"), subject.language.say("late.limit")]
    return {
        "title": _title(subject.language, _days_late(subject, news)),
        "sentences": [sentence for sentence in told if sentence],
        "sheet": _sheet(subject, news),
    }


def _approach(subject: Subject) -> pd.DataFrame:
    columns = ["event", "window_start", "window_end", "first", "last"]
    return subject.result.tables.get("approach", pd.DataFrame(columns=columns))


def _mine(subject: Subject) -> pd.DataFrame:
    """The headline's sessions one by one, the first candidate first, then the sum of those before day 0."""
    table = _approach(subject)
    return table[table["event"] == subject.event]


def _news(subject: Subject) -> pd.Series | None:
    """The earliest event whose own day 0 is one of the sessions that the study holds for candidates."""
    table, mine = _approach(subject), _mine(subject)
    asked = bool(subject.study["robustness"].get("candidates")) or bool(beside(subject, "late"))
    if not asked or len(mine) < 2:
        return None
    days = table[(table["event"] != subject.event) & (table["window_end"] == 0)].sort_values("first")
    within = days[days["first"] >= mine["first"].min()]
    return None if within.empty else within.iloc[0]


def _parts(subject: Subject) -> tuple[int, pd.Series, pd.Series]:
    """How many sessions stand before day 0, their sum, and day 0."""
    mine = _mine(subject)
    single = mine[mine["window_start"] == mine["window_end"]]
    earlier = single[single["window_end"] < 0]
    together = mine[mine["window_start"] < mine["window_end"]]
    before = together if len(together) else earlier
    return len(earlier), before.iloc[0], single.iloc[-1]


def _days_late(subject: Subject, news: pd.Series) -> int:
    dates = {e["id"]: pd.Timestamp(e["date"]) for e in subject.study["events"]}
    return int((subject.day_zero - dates[news["event"]]).days)


def _title(language: Language, days: int) -> str:
    if days == 1:
        return language.text("late.day")
    if days == WEEK:
        return language.text("late.week")
    weeks = days % WEEK == 0
    return language.text("late.weeks" if weeks else "late.days", n=days // WEEK if weeks else days)


def _dated(subject: Subject, news: pd.Series) -> Markup:
    language, dates = subject.language, {e["id"]: e["date"] for e in subject.study["events"]}
    return language.say(
        "late.dated",
        event=subject.event_name(news["event"]),
        date=language.day(dates[news["event"]]),
        exchange=exchange_name(subject, subject.mic),
        first=language.day(news["first"]),
        headline=subject.event_name(subject.event),
        zero=language.day(subject.day_zero),
    )


def _came(subject: Subject, days: int, before: pd.Series, zero: pd.Series) -> Markup:
    """Whether prices jumped, drifted or stayed, and what a drift must have been to be seen."""
    say, p = subject.language.say, before["p_value"]
    kind = "drift" if p < LEVEL else "jump" if zero["p_value"] < LEVEL else "still"
    basket = subject.group_name(subject.basket) or subject.language.text("common.all")
    sentence = say(
        f"late.{kind}",
        basket=basket,
        k=int(zero["n"]),
        n=days,
        before=percent(before["caar"]),
        p=p_value(p),
        zero=percent(zero["caar"]),
        p_zero=p_value(zero["p_value"]),
    )
    if p < LEVEL:
        return sentence
    power = say("late.power", detectable=percent(before["detectable"], sign=False))
    return sentence + Markup("" if subject.language.zh else " ") + power


def _earlier(subject: Subject, news: pd.Series) -> list[Markup]:
    """Events before the sessions that could have been day 0: their own day, and from there to the day before."""
    table = _approach(subject)
    first = _mine(subject)["first"].min()
    told = []
    for event, rows in table[table["event"] != subject.event].groupby("event", sort=False):
        if rows["first"].iloc[0] >= first or len(rows) < 2:
            continue
        day, whole = rows.iloc[0], rows.iloc[1]
        told.append(
            subject.language.say(
                "late.earlier",
                event=subject.event_name(str(event)),
                date=subject.language.day(day["first"]),
                day=percent(day["caar"]),
                p=p_value(day["p_value"]),
                whole=percent(whole["caar"]),
                p_whole=p_value(whole["p_value"]),
                detectable=percent(whole["detectable"], sign=False),
            )
        )
    return told


def _largest(subject: Subject) -> Markup:
    """The largest of all candidate sessions, and how often so many sessions hold one as large."""
    row = largest_candidate(subject)
    if row is None:
        return Markup("")
    at = int(str(row["note"]).rpartition(" ")[2])
    day = subject.language.text("common.one_day", day=tau(at))
    n = int(row["window_end"] - row["window_start"]) + 1
    return subject.language.say("late.largest", n=n, day=day, p=p_value(row["p_value"]))


def _sheet(subject: Subject, news: pd.Series) -> Sheet:
    say, table, mine = subject.language.say, _approach(subject), _mine(subject)
    others = table[(table["event"] != subject.event) & (table["first"] < mine["first"].min())]
    shown = marks(subject)
    happened = {day: shown.loc[shown["session"] == day, "what"].tolist() for day in mine["first"]}
    ordered = pd.concat([others, mine[mine["window_end"] < 0], mine[mine["window_end"] == 0]])
    rows = [_row(subject, row, _priced(subject, row, happened)) for _, row in ordered.iterrows()]
    head = tuple(say(f"late.{key}") for key in ("session", "priced", "actual", "ar", "p", "seen"))
    return Sheet(say("late.table", n=int(mine["n"].max())), "L L2 r r r r", head, tuple(rows), say("late.note"))


def _priced(subject: Subject, row: pd.Series, happened: dict[pd.Timestamp, list[str]]) -> str:
    """What could be priced first on the session; of several sessions, that they are a sum."""
    if row["window_start"] < row["window_end"]:
        return subject.language.text("late.sum", n=int(row["window_end"] - row["window_start"]) + 1)
    if row["event"] != subject.event:
        return subject.event_name(row["event"])
    return subject.language.text("late.and").join(happened[row["first"]]) or "–"


def _row(subject: Subject, row: pd.Series, priced: str) -> tuple[str, ...]:
    language = subject.language
    session = language.short_day(row["first"])
    if row["first"] != row["last"]:
        session = language.text("common.minus_to", low=session, high=language.short_day(row["last"]))
    figures = [percent(row["mean_return"]), percent(row["caar"]), p_value(row["p_value"])]
    return (session, priced, *figures, percent(row["detectable"], sign=False))
