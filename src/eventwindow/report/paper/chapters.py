"""The sections on paper, each a function from the context to its blocks, as the page's templates hold them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eventwindow.report import sections
from eventwindow.report.context import Context
from eventwindow.report.paper.appendix import day_table, news_table, sums_table
from eventwindow.report.paper.blocks import (
    Block,
    aside,
    formula,
    heading,
    items,
    joined,
    note,
    paragraph,
    picture,
    runs,
    see,
    styled,
    table,
)
from eventwindow.report.paper.statements import disagreements, readings, verdicts


def week(context: Context) -> list[Block]:
    return [picture("tape"), *news_table(context), picture("car"), picture("value", floats=True)]


def hours(context: Context) -> list[Block]:
    pairs = [
        block for pair in sections.hours_section(context) for block in (paragraph(pair["text"]), *_sheet(pair["sheet"]))
    ]
    return [picture("world_clock"), *pairs, picture("minutes"), picture("lead_lag", floats=True)]


def abnormal(context: Context) -> list[Block]:
    say, found = context.language.say, sections.abnormal_section(context)
    event, day = context.event_name(context.event), context.language.day(context.day_zero)
    blocks = [
        paragraph(say("abnormal.intro")),
        picture("layers"),
        day_table(context, found["lead"], say("abnormal.table", event=event, day=day)),
        note(found["columns_note"]),
        sums_table(context, found["sums"]),
        note(found["windows_note"]),
        picture("dots"),
        picture("heat"),
        *_activity(context, found["activity"]),
    ]
    blocks += [see(say("common.all_rows", n=found["n"]), "all-days")] if found["all"] else []
    return [*blocks, note(say("abnormal.other_events"))]


def _activity(context: Context, rows: list[dict[str, str]]) -> list[Block]:
    say = context.language.say
    words = ("abnormal.security", "activity.quantity", "excluded.window", "activity.times", "tests.p")
    body = [[row[key] for key in ("name", "quantity", "day", "times", "p")] for row in rows]
    return [table(say("activity.table"), "L l l r r", map(say, words), body)] if rows else []


def benchmark(context: Context) -> list[Block]:
    found = sections.benchmark_section(context)
    sets = _sheet(found["sets"]) if found["sets"] else []
    return [*map(paragraph, found["sentences"]), picture("benchmarks"), *sets]


def market(context: Context) -> list[Block]:
    found = sections.market_section(context)
    return [*map(paragraph, found["sentences"]), *(block for sheet in found["sheets"] for block in _sheet(sheet))]


def late(context: Context) -> list[Block]:
    found = sections.late_section(context)
    return [*map(paragraph, found["sentences"]), *_sheet(found["sheet"])]


def _sheet(sheet: sections.Sheet) -> list[Block]:
    body = table(sheet.caption, sheet.columns, sheet.head, sheet.rows)
    return [body, note(sheet.note)] if sheet.note else [body]


def robustness(context: Context) -> list[Block]:
    say, found = context.language.say, sections.robustness_section(context)
    blocks = [picture("specifications")]
    if not found:
        return blocks
    keys = ("n", "median", "span", "sign", "significant", "p")
    head = [say("abnormal.security"), say("excluded.window"), *(say(f"robustness.{key}") for key in keys)]
    shown = ("name", "window", "n", "median", "range", "sign", "significant", "p")
    rows = [[row[key] for key in shown] for row in found]
    return [*blocks, table(say("robustness.table"), "L l r r r r r r", head, rows), note(say("robustness.note"))]


def counterfactual(context: Context) -> list[Block]:
    found = sections.counterfactual_section(context)
    sheet = _sheet(found["sheet"]) if found["sheet"] else []
    told = map(paragraph, found["sentences"])
    return [*told, picture("counterfactual"), *sheet, picture("placebos", floats=True)]


def tests(context: Context) -> list[Block]:
    say, found = context.language.say, sections.inference_section(context)
    alone = "tests.apart" if found["n"] > 1 else "tests.few"
    shared = say("tests.shared", n=found["n"], r=found["correlation"] or "–")
    blocks = [paragraph(shared if found["shared"] else say(alone)), picture("permutation")]
    if found["valid"]:
        basket = context.group_name(context.basket) or say("common.all")
        blocks.append(_tests(context, found["valid"], say("tests.lead_table", basket=basket)))
        blocks += [note(found["bounded"])] if found["bounded"] else []
    if found["careless"]:
        said = [heading(say("tests.careless_title")), paragraph(say("careless.intro"))]
        for block in found["careless"]:
            said += [paragraph(block["why"]), _tests(context, block["rows"], block["caption"])]
        blocks.append(aside("contradicted", [*said, note(say("careless.count"))]))
    blocks += [note(found["skipped"])] if found["skipped"] else []
    blocks += [paragraph(found["chosen"])] if found["chosen"] else []
    blocks.append(paragraph(say("tests.limits")))
    return [*blocks, see(say("tests.all_groups"), "groups")] if found["groups"] else blocks


def _tests(context: Context, rows: list[dict[str, str]], caption: object) -> Block:
    head = [context.language.say(f"tests.{key}") for key in ("test", "null", "statistic", "p", "reference", "n")]
    body = [
        [row["name"], row["null"], row["statistic"], styled("strong", row["p"]), row["reference"], row["n"]]
        for row in rows
    ]
    return table(caption, "l L r r l r", head, body)


def excluded(context: Context) -> list[Block]:
    say, found = context.language.say, sections.excluded_section(context)
    if not found:
        return [paragraph(say("excluded.nothing"))]
    head = [say(f"excluded.{key}") for key in ("what", "event", "securities", "window", "reason")]
    rows = [[row[key] for key in ("what", "event", "securities", "window", "reason")] for row in found]
    return [paragraph(say("excluded.intro")), table(say("excluded.table"), "l L3 L4 l L4", head, rows)]


def data(context: Context) -> list[Block]:
    say, found = context.language.say, sections.data_section(context)
    blocks = [paragraph(found["origins"], *(f" {text}" for text in found["notes"]))]
    blocks += [_late(context, late) for late in found["late"]]
    head = [say("data.exchange"), say("data.securities"), *found["events"]]
    rows = [[row["name"], str(row["n"]), *row["days"]] for row in found["exchanges"]]
    blocks += [
        table(say("data.exchanges"), "L r" + " l" * len(found["events"]), head, rows),
        note(say("data.shift_mark")),
    ]
    if found["reconciled"]:
        title, days = found["reconciled"]["title"], found["reconciled"]["rows"]
        blocks.append(see(f"{title}", "reconciled") if days else paragraph(f"{title}."))
    if found["quality"]:
        columns = [say(f"data.{key}") for key in ("ticker", "date", "what")]
        checks = [[row["security"], row["date"], row["text"]] for row in found["quality"]]
        blocks.append(table(say("data.quality", n=len(checks)), "l l L", columns, checks))
    return [*blocks, see(say("data.tickers"), "tickers")]


def _late(context: Context, late: dict[str, Any]) -> Block:
    nothing = "" if late["news"] else joined(" ", runs(context.language.say("data.late_nothing")))
    news = [items(late["news"])] if late["news"] else []
    return aside("partly", [paragraph(late["text"], nothing), *news, paragraph(late["about"])])


def method(context: Context) -> list[Block]:
    say, found = context.language.say, sections.method_section(context)
    blocks = [paragraph(found["intro"])]
    for part in found["parts"]:
        blocks.append(heading(part["title"]))
        for entry in part["entries"]:
            blocks += [paragraph(entry["text"]), *([formula(entry["formula"])] if entry["formula"] else [])]
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    blocks += [heading(say("method.reproduce")), {"kind": "command", "text": found["command"]}]
    blocks += [paragraph(say("method.files")), note(f"{say('method.versions')}: {versions}.")]
    return [*blocks, heading(say("section.references")), items(found["papers"], hanging=True)]


CHAPTERS: dict[str, Callable[[Context], list[Block]]] = {
    "verdicts": verdicts,
    "week": week,
    "hours": hours,
    "abnormal": abnormal,
    "benchmark": benchmark,
    "market": market,
    "late": late,
    "robustness": robustness,
    "counterfactual": counterfactual,
    "readings": readings,
    "disagreements": disagreements,
    "tests": tests,
    "excluded": excluded,
    "data": data,
    "method": method,
}
