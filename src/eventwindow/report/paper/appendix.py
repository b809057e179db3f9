"""The long tables, which a page folds away and paper puts at the end; and the tables that both places share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from eventwindow.report import sections
from eventwindow.report.context import Context
from eventwindow.report.paper.blocks import Block, Runs, joined, note, styled, table
from eventwindow.report.sections.verdicts import Line

DAY = ("actual", "expected", "ar", "interval", "p_sq", "p_scaled", "p_family", "p_t", "detectable")


def appendix(context: Context) -> list[Block]:
    """Every security, every group, what each verdict is made of, days on which sources differ, every ticker."""
    return [*_securities(context), *_groups(context), *_made_of(context), *_reconciled(context), _tickers(context)]


def day_table(context: Context, rows: Sequence[dict[str, Any]], caption: object, label: str = "") -> Block:
    """Day 0 by security: returns, interval, p-values, and what could have been seen."""
    say = context.language.say
    head = [say(f"abnormal.{key}") for key in ("security", "day", *DAY)]
    return table(caption, "l l" + " r" * len(DAY), head, [_day(row) for row in rows], label)


def _day(row: dict[str, Any]) -> list[Runs]:
    name = joined(row["name"], styled("small", row["group"])) if row["group"] else row["name"]
    day = styled("partly", row["day"]) if row["late"] else row["day"]
    return [name, day, *(_weighty(row[key], key == "ar" and row["strong"]) for key in DAY)]


def _weighty(text: str, strong: bool) -> Runs:
    return styled("strong", text) if strong else text


def sums_table(context: Context, rows: Sequence[dict[str, Any]], label: str = "") -> Block:
    """Cumulative abnormal returns over the report windows, each with its p-value below."""
    say, windows = context.language.say, sections.abnormal_section(context)["windows"]
    body = [[row["name"], *map(_sum, row["cells"])] for row in rows]
    columns = "L" + " r" * len(windows)
    return table(say("abnormal.windows_table"), columns, [say("abnormal.security"), *windows], body, label)


def _sum(cell: dict[str, Any]) -> Runs:
    return joined(_weighty(cell["car"], cell["strong"]), styled("small", cell["p"] or cell["note"]))


def news_table(context: Context) -> list[Block]:
    """Events and other news in the event window."""
    say, found = context.language.say, sections.data_section(context)
    head = [say(f"data.{key}") for key in ("number", "date", "session", "what")]
    rows = [[str(r["number"]), r["date"], r["session"], _weighty(r["what"], r["event"])] for r in found["news"]]
    return [table(say("data.news_table", exchange=found["home"]), "r l l L", head, rows)] if rows else []


def _securities(context: Context) -> list[Block]:
    found = sections.abnormal_section(context)
    if not found["all"]:
        return []
    caption = context.language.say("abnormal.table_all", event=context.event_name(context.event))
    return [day_table(context, found["all"], caption, "all-days"), sums_table(context, found["all_sums"])]


def _groups(context: Context) -> list[Block]:
    say, found = context.language.say, sections.inference_section(context)
    if not found["groups"]:
        return []
    head = [say("tests.group"), say("tests.n"), *found["windows"]]
    rows = [[group["name"], str(group["n"]), *map(_group, group["cells"])] for group in found["groups"]]
    columns = "L r" + " r" * len(found["windows"])
    many = say("tests.many", n=found["cells"], false=found["false"])
    return [table(say("tests.groups_table"), columns, head, rows, "groups"), note(many)]


def _group(cell: dict[str, Any]) -> Runs:
    ps = f"{cell['p_perm'] or '–'} · {cell['p_adj'] or '–'}"
    return joined(_weighty(cell["mean"] or "–", cell["strong"]), styled("small", ps))


def _made_of(context: Context) -> list[Block]:
    say, rows = context.language.say, [_made(context, line) for line in measured(context)]
    keys = ("board.claim", "board.measure", "tests.p", "paper.corrected", "paper.share", "abnormal.detectable")
    made = table(say("paper.made_of"), "l L r r r r L2", map(say, (*keys, "board.parts")), rows, "made-of")
    return [made, note(say("paper.made_of_note"))] if rows else []


def measured(context: Context) -> list[Line]:
    """Statements, parts and panels that rest on a measure of their own, in the order of the ledger."""
    place = {verdict.claim.id: k for k, verdict in enumerate(context.result.verdicts)}
    board = [line for _, lines in sections.board_section(context)["groups"] for line in lines]
    panels = [panel for reading in sections.readings_section(context) for panel in reading["panels"]]
    return list(_leaves([*sorted(board, key=lambda line: place[line.id]), *panels]))


def _made(context: Context, line: Line) -> list[Runs]:
    say, told = context.language.text, dict(line.effect)
    named = [told.pop(say(f"board.{key}"), "") for key in ("p_value", "p_family", "detectable")]
    pieces = [joined(styled("faint", f"{name} "), value) for name, value in line.figures]
    figures = joined(*(joined("\u2003" if k else "", piece) for k, piece in enumerate(pieces)))
    measure = joined(line.measure_name, " ", styled("code", line.measure))
    return [line.id, measure, *named[:2], "".join(told.values()), named[2], figures]


def _leaves(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        yield from _leaves(line.parts)
        if line.measure and not line.parts:
            yield line


def _reconciled(context: Context) -> list[Block]:
    say, found = context.language.say, sections.data_section(context)["reconciled"]
    if not found or not found["rows"]:
        return []
    head = [say(f"data.{key}") for key in ("ticker", "date", "pulled", "shipped")]
    return [table(found["title"], "L l r r", head, found["rows"], "reconciled")]


def _tickers(context: Context) -> Block:
    say, rows = context.language.say, sections.data_section(context)["tickers"]
    head = [say(k) for k in ("data.ticker", "abnormal.security", "data.origin", "data.first", "data.last")]
    head += [say("data.sessions"), say("data.note")]
    keys = ("symbol", "name", "origin", "first", "last", "sessions", "note")
    body = [[str(row[key]) for key in keys] for row in rows]
    return table(say("data.tickers"), "l L l l l r l", head, body, "tickers")
