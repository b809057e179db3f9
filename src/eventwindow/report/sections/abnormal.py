"""Abnormal returns by security: day 0 with its interval, and the sums over the report windows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.inference.expected_volatility import HIGH, LOW, unlike
from eventwindow.inference.results import LEVEL
from eventwindow.report.blocks import Block, Cell, Fold, Paragraph, Picture, Table, Words, tagged, weighty
from eventwindow.report.context import Context, of_result
from eventwindow.report.language import number, p_value, percent

DASH = "–"  # in the place of a figure that was not worked out
Row = Mapping[Any, Any]  # of a table of the result
COLUMNS = ("actual", "expected", "ar", "interval", "p_sq", "p_scaled", "p_family", "p_t", "detectable")


def abnormal(context: Context) -> Iterator[Block]:
    """Day 0 for the headline's securities and for all, and the cumulative windows."""
    say, event = context.language.say, context.event_name(context.event)
    everyone = list(dict.fromkeys(context.abnormal.labels["security"]))
    day = context.language.day(context.day_zero)
    yield Paragraph(say("abnormal.intro"))
    yield Picture("groups")
    yield day_table(context, context.members, say("abnormal.table", event=event, day=day))
    yield sums_table(context, context.members, noted=True)
    yield Picture("securities")
    yield Picture("heatmap")
    yield from _activity(context)
    if len(everyone) > len(context.members):
        every = day_table(context, everyone, say("abnormal.table_all", event=event), "all-days")
        yield Fold(say("common.all_rows", n=len(everyone)), (every, sums_table(context, everyone)))
    yield Paragraph(say("abnormal.other_events"), small=True)


def day_table(context: Context, securities: Sequence[str], caption: Words, label: str = "") -> Table:
    """Day 0 by security: returns, interval, p-values, and what could have been seen."""
    say = context.language.say
    head = tuple(say(f"abnormal.{key}") for key in ("security", "day", *COLUMNS))
    firms, rows = firms_on_day_0(context), list[tuple[Words, ...]]()
    for security, row in context.day_rows(securities).to_dict("index").items():
        low, high, firm = row["low"], row["high"], firms.get(str(security), {})
        name, group = context.full_name(str(security)), context.group_name(str(row["group"] or ""))
        day = context.language.short_day(row["date"])
        cells = (
            Markup("{}{}").format(name, tagged("small", group)) if group else name,
            tagged("em", day) if row["date"] != context.day_zero else day,
            percent(row["actual_return"]),
            percent(row["expected_return"]),
            weighty(percent(row["abnormal_return"]), bool(low > 0 or high < 0)),
            _intervals(context, firm, percent(low), percent(high)),
            *_ranked(row, firm),
            *_firm(firm, p_value(row["p_value"], parametric=True)),
        )
        rows.append(cells)
    dashes = [say("abnormal.dash_note")] if any(DASH in row for row in rows) else []
    spans = [say("abnormal.spans", name=context.name(s), when=context.when(s)) for s in securities if context.since(s)]
    columns = say("abnormal.columns_note", low=number(LOW, 1), high=number(HIGH, 1))
    note = context.language.sentences(columns, *dashes, *spans)
    return Table(caption, "l d" + " r" * len(COLUMNS), head, tuple(rows), note, label, "roomy")


def report_windows(context: Context) -> list[Window]:
    """The study's report windows, in its own order."""
    return [Window(start, end) for start, end in context.study["windows"]["report"]]


def _intervals(context: Context, firm: Row, low: str, high: str) -> Words:
    """The t interval and, below it, the one by inverting the ranks."""
    if not low:
        return DASH
    drawn = context.language.text("common.minus_to", low=low, high=high)
    ranked = inverted_ends(firm)
    if not ranked:
        return drawn
    return Markup("{}{}").format(drawn, tagged("small", context.language.text("abnormal.by_ranks", **ranked)))


def inverted_ends(firm: Row) -> dict[str, str]:
    """The ends of the interval by inversion of SQ, where there is one."""
    ends = {key: firm.get(f"{key}_sq") for key in ("low", "high")}
    held = all(end is not None and np.isfinite(end) for end in ends.values())
    return {key: percent(end) for key, end in ends.items()} if held else {}


@of_result
def firms_on_day_0(context: Context) -> dict[str, Row]:
    """What the result holds of single firms on day 0 beyond the t-test and SQ, by security."""
    table = context.table("firms", "security", "window_start", "window_end")
    rows = table[(table["window_start"] == 0) & (table["window_end"] == 0)].to_dict("records")
    return {row["security"]: row for row in rows}


def _ranked(row: Row, firm: Row) -> tuple[Words, Words]:
    """SQ, plain and scaled by expected volatility; the one that leads in bold."""
    moved = bool(unlike(row.get("volatility_ratio", np.nan)))
    scaled = row["p_leading"] if moved else firm.get("p_sq_scaled")
    plain = p_value(row.get("p_sample_quantile"))
    return weighty(plain, bool(plain) and not moved), weighty(p_value(scaled) or DASH, moved)


def _firm(firm: Row, p_t: str) -> tuple[str, ...]:
    """Romano–Wolf within the group, t, and the smallest effect to be seen."""
    detectable = percent(firm.get("detectable_leading"), sign=False)
    return p_value(firm.get("p_romano_wolf")) or DASH, p_t, detectable or DASH


def _activity(context: Context) -> Iterator[Table]:
    """Abnormal volume and squared returns of the leading securities and the headline basket, days 0 and +1."""
    table = context.table("activity")
    if table.empty:
        return
    near = table[table["window_start"].isin([0, 1]) & (table["window_start"] == table["window_end"])]
    shown = [row for name in (*context.leads, context.basket) for _, row in near[near["name"] == name].iterrows()]
    rows = tuple(_active(context, row) for row in shown if pd.notna(row["value"]))
    words = ("abnormal.security", "activity.quantity", "excluded.window", "activity.times", "tests.p")
    if rows:
        say = context.language.say
        yield Table(say("activity.table"), "L l l r r", tuple(map(say, words)), rows, say("activity.note"))


def _active(context: Context, row: pd.Series) -> tuple[str, ...]:
    name, quantity, day = str(row["name"]), str(row["quantity"]), int(row["window_start"])
    firm = row["kind"] == "firm"
    basket = context.language.text("activity.basket", basket=context.group_name(name), n=int(row["n"]))
    return (
        context.full_name(name) if firm else basket,
        context.language.text(f"activity.{quantity}"),
        context.language.window(Window(day, day)),
        number(np.exp(row["value"]) if quantity == "log_volume" else row["value"], 1),
        p_value(row["p_value"], parametric=firm and quantity == "volatility"),
    )


def sums_table(context: Context, securities: Sequence[str], noted: bool = False) -> Table:
    """CAR over the report windows, each with its p (SQ) or the reason why there is none; other news as a hint."""
    say, windows, mine = context.language.say, report_windows(context), _sums(context)
    cells = [[mine.get((s, w.start, w.end), {}) for w in windows] for s in securities]
    rows: tuple[tuple[Words | Cell, ...], ...] = tuple(
        (context.full_name(s), *(_sum(context, cell) for cell in row)) for s, row in zip(securities, cells, strict=True)
    )
    tainted = sum(told.key != "not_computed" for row in cells for cell in row if (told := _note(cell)))
    note = say("abnormal.windows_note", n=len(securities) * len(windows), held=tainted) if noted else ""
    head = (say("abnormal.security"), *map(context.language.window, windows))
    return Table(say("abnormal.windows_table"), "L" + " r" * len(windows), head, rows, note)


@of_result
def _sums(context: Context) -> dict[tuple[str, int, int], Row]:
    """The headline event's sums, by security and window."""
    sums = context.result.tables["cumulative"]
    rows = sums[sums["event"] == context.event].to_dict("records")
    return {(row["security"], row["window_start"], row["window_end"]): row for row in rows}


def _note(cell: Row) -> Reason | None:
    found = cell.get("note")
    return found if isinstance(found, Reason) else None


def _sum(context: Context, cell: Row) -> Cell:
    p = cell.get("p_leading", cell.get("p_value"))
    reason = _note(cell)
    note = "" if reason is None else context.language.reason(reason)
    car = weighty(percent(cell.get("car")) or DASH, p is not None and bool(p < LEVEL))
    return Cell(Markup("{}{}").format(car, tagged("small", p_value(p) or note)), hint=note)
