"""Why so late? The sessions between the news and the day on which prices moved."""

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from eventwindow.inference.results import LEVEL
from eventwindow.report.blocks import Block, Paragraph, Table
from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.news_marks import marks
from eventwindow.report.language import Language, p_value, percent, tau
from eventwindow.report.sections.data import exchange_name
from eventwindow.report.sections.tests import largest_candidate
from eventwindow.report.sections.verdicts import beside

WEEK = 7  # days


def late(context: Context) -> Iterator[Block]:
    """What came before day 0; nothing where no event lies among the sessions that could have been day 0."""
    news = _news(context)
    if news is None:
        return
    days, before, zero = _parts(context)
    sentences = [_dated(context, news), _came(context, days, before, zero), *_earlier(context, news)]
    sentences += [_largest(context), *beside(context, "late"), context.language.say("late.limit")]
    yield from (Paragraph(sentence) for sentence in sentences if sentence)
    yield _table(context)


def late_story(context: Context) -> Iterator[Markup]:
    """When the news could be priced, and whether prices jumped, drifted or stayed."""
    if (news := _news(context)) is not None:
        yield _dated(context, news)
        yield _came(context, *_parts(context))


def late_title(context: Context) -> str:
    news = _news(context)
    return "" if news is None else _title(context.language, _days_late(context, news))


def _approach(context: Context) -> pd.DataFrame:
    return context.table("approach", "event", "window_start", "window_end", "first", "last")


@of_result
def _mine(context: Context) -> pd.DataFrame:
    """The headline's sessions one by one, the first candidate first, then the sum of those before day 0."""
    table = _approach(context)
    return table[table["event"] == context.event]


@of_result
def _news(context: Context) -> pd.Series | None:
    """The earliest event whose own day 0 is one of the sessions that the study holds for candidates."""
    table, mine = _approach(context), _mine(context)
    accounts = any(judged.reading.section == "late" for judged in context.result.readings)
    asked = accounts or bool(context.study["robustness"].get("candidates"))
    if not asked or len(mine) < 2:
        return None
    days = table[(table["event"] != context.event) & (table["window_end"] == 0)].sort_values("first")
    within = days[days["first"] >= mine["first"].min()]
    return None if within.empty else within.iloc[0]


def _parts(context: Context) -> tuple[int, pd.Series, pd.Series]:
    """How many sessions stand before day 0, their sum, and day 0."""
    mine = _mine(context)
    single = mine[mine["window_start"] == mine["window_end"]]
    earlier = single[single["window_end"] < 0]
    together = mine[mine["window_start"] < mine["window_end"]]
    before = together if len(together) else earlier
    return len(earlier), before.iloc[0], single.iloc[-1]


def _days_late(context: Context, news: pd.Series) -> int:
    dates = {e["id"]: pd.Timestamp(e["date"]) for e in context.study["events"]}
    return int((context.day_zero - dates[news["event"]]).days)


def _title(language: Language, days: int) -> str:
    if days == 1:
        return language.text("late.day")
    if days == WEEK:
        return language.text("late.week")
    weeks = days % WEEK == 0
    return language.text("late.weeks" if weeks else "late.days", n=days // WEEK if weeks else days)


def _dated(context: Context, news: pd.Series) -> Markup:
    language, dates = context.language, {e["id"]: e["date"] for e in context.study["events"]}
    return language.say(
        "late.dated",
        event=context.event_name(news["event"]),
        date=language.day(dates[news["event"]]),
        exchange=exchange_name(context, context.mic),
        first=language.day(news["first"]),
        headline=context.event_name(context.event),
        zero=language.day(context.day_zero),
    )


def _came(context: Context, days: int, before: pd.Series, zero: pd.Series) -> Markup:
    """Whether prices jumped, drifted or stayed, and what a drift must have been to be seen."""
    say, p = context.language.say, before["p_value"]
    kind = "drift" if p < LEVEL else "jump" if zero["p_value"] < LEVEL else "still"
    basket = context.group_name(context.basket) or context.language.text("common.all")
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
    return context.language.sentences(sentence, power)


def _earlier(context: Context, news: pd.Series) -> list[Markup]:
    """Events before the sessions that could have been day 0: their own day, and from there to the day before."""
    table = _approach(context)
    first = _mine(context)["first"].min()
    sentences = []
    for event, rows in table[table["event"] != context.event].groupby("event", sort=False):
        if rows["first"].iloc[0] >= first or len(rows) < 2:
            continue
        day, whole = rows.iloc[0], rows.iloc[1]
        sentences.append(
            context.language.say(
                "late.earlier",
                event=context.event_name(str(event)),
                date=context.language.day(day["first"]),
                day=percent(day["caar"]),
                p=p_value(day["p_value"]),
                whole=percent(whole["caar"]),
                p_whole=p_value(whole["p_value"]),
                detectable=percent(whole["detectable"], sign=False),
            )
        )
    return sentences


def _largest(context: Context) -> Markup:
    """The largest of all candidate sessions, and how often so many sessions hold one as large."""
    row = largest_candidate(context)
    if row is None:
        return Markup("")
    day = context.language.text("common.one_day", day=tau(row["note"].value("day")))
    n = int(row["window_end"] - row["window_start"]) + 1
    return context.language.say("late.largest", n=n, day=day, p=p_value(row["p_value"]))


def _table(context: Context) -> Table:
    say, table, mine = context.language.say, _approach(context), _mine(context)
    others = table[(table["event"] != context.event) & (table["first"] < mine["first"].min())]
    shown = marks(context)
    happened = {day: shown.loc[shown["session"] == day, "what"].tolist() for day in mine["first"]}
    ordered = pd.concat([others, mine[mine["window_end"] < 0], mine[mine["window_end"] == 0]])
    rows = [_row(context, row, _priced(context, row, happened)) for _, row in ordered.iterrows()]
    head = tuple(say(f"late.{key}") for key in ("session", "priced", "actual", "ar", "p", "seen"))
    return Table(say("late.table", n=int(mine["n"].max())), "L L2 r r r r", head, tuple(rows), say("late.note"))


def _priced(context: Context, row: pd.Series, happened: dict[pd.Timestamp, list[str]]) -> str:
    """What could be priced first on the session; of several sessions, that they are a sum."""
    if row["window_start"] < row["window_end"]:
        return context.language.text("late.sum", n=int(row["window_end"] - row["window_start"]) + 1)
    if row["event"] != context.event:
        return context.event_name(row["event"])
    return context.language.text("late.and").join(happened[row["first"]]) or "–"


def _row(context: Context, row: pd.Series, priced: str) -> tuple[str, ...]:
    language = context.language
    session = language.short_day(row["first"])
    if row["first"] != row["last"]:
        session = language.text("common.minus_to", low=session, high=language.short_day(row["last"]))
    figures = [percent(row["mean_return"]), percent(row["caar"]), p_value(row["p_value"])]
    return (session, priced, *figures, percent(row["detectable"], sign=False))
