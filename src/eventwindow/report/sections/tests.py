"""The tests of each group: those that hold for the design first, the invalid ones once and marked."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.inference.advice import advise
from eventwindow.inference.expected_volatility import BEYOND, HIGH, LOW, RECENT, word_of
from eventwindow.inference.results import LEVEL
from eventwindow.inference.tables import none_leads
from eventwindow.report.blocks import Aside, Block, Fold, Heading, Paragraph, Picture, Table, Words, tagged, weighty
from eventwindow.report.context import Context
from eventwindow.report.language import Language, number, p_value, percent
from eventwindow.report.sections.abnormal import report_windows

CELL, DASH = ["group", "window_start", "window_end"], "–"
RANKED = ("date_permutation", "sq", "conformal", "block_bootstrap")
RETURNS = ("date_permutation_mean", "conformal_mean", "block_bootstrap")  # whose statistic is a mean return
BOUNDED = "kolari_pynnonen_t"
NORMAL, SPREAD = (
    ("sur_f",),
    ("grank_t", "corrado_zivney_z"),
)  # why they do not hold here; all the others take securities for independent
TOGETHER = 0.05  # a mean residual correlation below which securities hardly move together
COUNTED = {"patell_z": "adjusted_patell_z", "bmp_t": "kolari_pynnonen_t"}  # the same, with the correlation counted


def tests(context: Context) -> Iterator[Block]:
    """Tests of the headline basket on day 0, and the two leading p-values of every group and window."""
    table, say = context.result.tables["tests"], context.language.say
    mine = table[table["event"] == context.event]
    lead = mine[(mine["group"] == context.basket) & (mine["window_start"] == 0) & (mine["window_end"] == 0)]
    ran = lead[lead["p_value"].notna()]
    yield _shared(context, ran, _correlation(lead["note"]))
    yield Picture("permutation")
    valid = ran[ran["valid"].astype(bool)]
    basket = context.group_name(context.basket) or say("common.all")
    if len(valid):
        yield _table(context.language, valid, say("tests.lead_table", basket=basket), _bounded(context, ran))
    if told := _volatility(context, ran):
        yield Paragraph(told)
    if none_leads(ran):
        yield _table(context.language, _unled(ran), say("tests.unled_table", basket=basket))
        ran = ran.drop(_unled(ran).index)
    if len(valid) < len(ran):
        yield Aside("invalid", tuple(_invalid(context, ran)))
    said = {True: _skipped(context.language, lead[lead["p_value"].isna()]), False: _chosen(context)}
    yield from (Paragraph(text, small=small) for small, text in said.items() if text)
    if len(valid) or none_leads(lead):
        yield from _advised(context, str(valid.iloc[0]["test"]) if len(valid) else "")
    yield Paragraph(say("tests.limits"))
    if len(mine):
        yield Fold(say("tests.all_groups"), (_groups(context, mine),))


def _unled(ran: pd.DataFrame) -> pd.DataFrame:
    """The tests that would hold for the design, had volatility not risen further than any is known to stand."""
    return ran[[none_leads(ran.loc[[at]]) is not None for at in ran.index]]


def _advised(context: Context, leading: str) -> Iterator[Block]:
    """Which of the tests to read and why, and the sample that would show small effects."""
    advice = context.of_result("advice", lambda: advise(context.result.headline, Window(0, 0), leading))
    yield Heading(context.language.say("advise.title"))
    yield Paragraph(advice.text(context.language.code))


def _shared(context: Context, ran: pd.DataFrame, correlation: float) -> Paragraph:
    """Whether the basket's securities share their day 0, and what follows for the tests."""
    n = int(ran["n"].max()) if len(ran) else 0
    shared = n > 1 and len(context.shared) == len(context.members)
    key = "shared" if shared else "apart" if n > 1 else "few" if context.table("tests").empty else "none_ran"
    key += "_apart" if shared and correlation < TOGETHER else ""
    return Paragraph(context.language.say(f"tests.{key}", n=n, r="–" if np.isnan(correlation) else number(correlation)))


def _volatility(context: Context, ran: pd.DataFrame) -> Markup:
    """How much the last sessions moved, the word for it, and what follows for the order of the tests."""
    ratio = float(ran["volatility_ratio"].max()) if "volatility_ratio" in ran and len(ran) else float("nan")
    if np.isnan(ratio):
        return Markup("")
    values = {"n": RECENT, "times": number(ratio, 2), "low": f"{LOW:g}", "high": f"{HIGH:g}", "most": f"{BEYOND:g}"}
    word = "beyond" if none_leads(ran) else word_of(ratio)
    return context.language.say(f"tests.volatility_{word}", **values)


def _table(language: Language, rows: pd.DataFrame, caption: Markup, note: Words = "") -> Table:
    head = tuple(language.say(f"tests.{key}") for key in ("test", "null", "statistic", "p", "reference", "n"))
    shown = [test_row(language, row) for _, row in rows.iterrows()]
    keys = ("name", "null", "statistic", "p", "reference", "n")
    cells = tuple(tuple(weighty(row[key], key == "p") for key in keys) for row in shown)
    return Table(caption, "l L r r l r", head, cells, note)


def _skipped(language: Language, rows: pd.DataFrame) -> Markup:
    shown = [test_row(language, row) for _, row in rows.iterrows()]
    named = [language.text("tests.skipped_one", name=row["name"], note=row["note"]) for row in shown]
    return language.say("tests.skipped", list=language.clauses(*named)) if named else Markup("")


def _invalid(context: Context, ran: pd.DataFrame) -> Iterator[Block]:
    """The tests that do not hold for this design, in tables by the reason why."""
    say, language, valid = context.language.say, context.language, ran["valid"].astype(bool)
    lost, held = ran[~valid], set(ran.loc[valid, "test"])
    why = lost["test"].map(lambda name: "normal" if name in NORMAL else "spread" if name in SPREAD else "independent")
    more = {
        "independent": _corrected(context, ran),
        "normal": say("invalid.conformal") if "conformal_sur" in held else "",
    }
    yield Heading(say("tests.invalid_title"))
    yield Paragraph(say("invalid.intro"))
    for reason in ("independent", "normal", "spread"):
        if (why == reason).any():
            yield Paragraph(language.sentences(*filter(None, (say(f"invalid.{reason}"), more.get(reason)))))
            yield _table(language, lost[why == reason], say(f"invalid.{reason}_table"))
    yield Paragraph(say("invalid.count"), small=True)


def _corrected(context: Context, ran: pd.DataFrame) -> Markup:
    """What counting the correlation makes of a statistic."""
    statistic = ran.set_index("test")["statistic"]
    pairs = [(one, other) for one, other in COUNTED.items() if {one, other} <= set(statistic.index)]
    said = [
        context.language.text(
            "invalid.becomes",
            one=context.language.text(f"test.{one}"),
            other=context.language.text(f"test.{other}"),
            before=number(statistic[one], 1),
            after=number(statistic[other], 1),
        )
        for one, other in pairs
    ]
    return context.language.say("invalid.counted", list=context.language.listed(said)) if said else Markup("")


def _bounded(context: Context, ran: pd.DataFrame) -> Markup:
    """What Kolari–Pynnönen's answer is worth, by whether it rejects."""
    p = ran.loc[ran["test"] == BOUNDED, "p_value"]
    if p.empty:
        return Markup("")
    key = "tests.ceiling_reached" if p.iloc[0] < LEVEL else "tests.ceiling"
    return context.language.say(key, p=p_value(p.iloc[0], parametric=True))


def largest_candidate(context: Context) -> pd.Series | None:
    """The test of the largest statistic over all sessions that could have been called day 0, where there are some."""
    table = context.table("candidates", *CELL, "p_value")
    mine = table[(table["group"] == context.basket) & table["p_value"].notna()]
    mine = mine[mine["window_start"] < mine["window_end"]]
    return None if mine.empty else mine.iloc[0]


def _chosen(context: Context) -> Markup:
    row = largest_candidate(context)
    if row is None:
        return Markup("")
    window, language = Window(int(row["window_start"]), int(row["window_end"])), context.language
    sentence = language.say("tests.chosen", n=len(window), window=language.window(window), p=p_value(row["p_value"]))
    moved = isinstance(row["note"], Reason) and any(part.key == "volatility_ratio" for part in row["note"].parts)
    return language.sentences(sentence, language.say("tests.chosen_scaled")) if moved else sentence


def test_row(language: Language, row: pd.Series) -> dict[str, str]:
    name, statistic, note = str(row["test"]), row["statistic"], row["note"]
    if isinstance(note, Reason) and note.key == "not_computed":
        note = note.value("reason")
    as_percent = name in RETURNS
    return {
        "name": language.text(f"test.{name}"),
        "null": language.text(f"null.{name}"),
        "statistic": percent(statistic) if as_percent else number(statistic),
        "p": p_value(row["p_value"], parametric=not name.startswith(RANKED)),
        "reference": _said(language, row["distribution"]),
        "n": str(row["n"]),
        "note": _said(language, note),
    }


def _said(language: Language, cell: object) -> str:
    return language.reason(cell) if isinstance(cell, Reason) else str(cell)


def _correlation(notes: pd.Series) -> float:
    """The mean residual correlation, as the note of the tests that use it states it."""
    found = [r for note in notes if isinstance(note, Reason) for r in note.parts if r.key == "mean_correlation"]
    return float(found[0].value("correlation")) if found else np.nan


def _groups(context: Context, tests: pd.DataFrame) -> Table:
    """Mean CAR of every group and window with the two leading p-values."""
    say, windows = context.language.say, report_windows(context)
    means, counted = context.of_result("means of groups", lambda: _means(context, tests)), 0
    led, patell = context.of_result("tests of groups", lambda: _leading(tests))
    most, rows = tests.groupby("group", sort=False)["n"].max().to_dict(), []
    for group in dict.fromkeys(tests["group"]):
        cells: list[Words] = []
        for window in windows:
            at = (group, window.start, window.end)
            test, first = led.get(at, ("", np.nan))
            counted += at in led
            mean = percent(means.get((group, window), np.nan)) or DASH
            ranked = test.startswith(RANKED)
            both = p_value(first, parametric=not ranked), p_value(patell.get(at, np.nan), parametric=True)
            shown, strong = " · ".join(p or DASH for p in both), bool(first < LEVEL)
            cells.append(Markup("{}{}").format(weighty(mean, strong), tagged("small", shown)))
        rows.append((context.group_name(str(group)), str(int(most[group])), *cells))
    head = (say("tests.group"), say("tests.n"), *map(context.language.window, windows))
    note = say("tests.many", n=counted, false=number(LEVEL * counted, 0))
    return Table(say("tests.groups_table"), "L r" + " r" * len(windows), head, tuple(rows), note, "groups")


Cell = tuple[str, int, int]  # a group and a window


def _leading(tests: pd.DataFrame) -> tuple[dict[Cell, tuple[str, float]], dict[Cell, float]]:
    """The test that leads with its p, and the p of the adjusted Patell test, by group and window."""
    held = tests[tests["valid"].astype(bool) & tests["p_value"].notna()]
    led, patell = dict[Cell, tuple[str, float]](), dict[Cell, float]()
    for *at, test, p in held[[*CELL, "test", "p_value"]].itertuples(index=False, name=None):
        cell: Any = tuple(at)
        led.setdefault(cell, (test, p))
        if test == "adjusted_patell_z":
            patell[cell] = p
    return led, patell


def _means(context: Context, tests: pd.DataFrame) -> dict[tuple[str, Window], float]:
    """Mean CAR of the members that hold the window, by group and window."""
    baskets = context.result.evidence.baskets
    found = {}
    for group in dict.fromkeys(tests["group"]):
        chosen = context.abnormal.among(baskets.get(group, ()))
        for window in report_windows(context):
            car = chosen.car(window)
            if car.complete.any():
                found[str(group), window] = float(car.car[car.complete].mean())
    return found
