"""The terminal says where each ticker's figures are from, and shows p-values as they can be believed."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from eventwindow.calendars.window import Window
from eventwindow.cli.terminal import laid, origin_lines, p_value, show, titled
from eventwindow.errors import percent


def result(prices, unavailable=None, notes=()):
    run = {"prices": {s: {"origin": o} for s, o in prices.items()}, "unavailable": unavailable or {}, "notes": notes}
    return SimpleNamespace(run=run)


def test_one_origin_is_one_line():
    assert origin_lines(result({"NVDA": "shipped", "TSM": "shipped"})) == [
        "Prices: all 2 tickers from the shipped figures."
    ]


@pytest.mark.parametrize("width", range(20, 81))
def test_no_line_parts_a_figure_from_its_per_cent(width):
    chinese = "".join(map(chr, range(0x4E00, 0x4E28)))
    line = f"{'word ' * 7}down by 26.48 % since, {chinese}-16.97 %\uff0c{chinese}3 %"
    lines = laid(line, width).split("\n")
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")
    for one in lines:
        assert cell_len(one) <= width
        assert not one.startswith(("%", "\uff0c", " "))
        assert not one.endswith("26.48")


def test_lines_keep_their_indent_and_their_breaks():
    assert laid("head\n  NVDA: abnormal 1.00 %, more", 20) == "head\n  NVDA: abnormal\n1.00 %, more"


@pytest.mark.parametrize("width", range(20, 81))
def test_no_cell_parts_a_figure_from_its_per_cent_and_no_column_is_lost(width):
    console = Console(width=width, file=io.StringIO())
    table = titled("Day 0", ("", "return", "95 % interval", "p (rank)"), left=[""])
    table.add_row("NVDA", percent(-0.1697), f"{percent(-0.1849)} to {percent(-0.0826)}", ".004")
    show(console, table)
    shown = console.file.getvalue()
    assert sorted(re.findall(r"\S+ %", shown)) == sorted(["95 %", *map(percent, (-0.1697, -0.1849, -0.0826))])
    assert ".004" in shown


def test_several_origins_are_told_ticker_by_ticker():
    lines = origin_lines(result({"NVDA": "yahoo", "TSM": "shipped", "KO": "yahoo"}, {"X": "delisted"}, ("a note",)))
    assert lines == [
        "Prices from the shipped figures: TSM.",
        "Prices from Yahoo: NVDA, KO.",
        "No prices: X (delisted)",
        "a note",
    ]


@pytest.mark.parametrize(
    ("p", "floor", "shown"),
    [
        (0.0039, 0.0, ".004"),
        (0.0039, 0.01, "< .01"),
        (0.0002, 0.0, "< .001"),
        (0.5, 0.01, ".500"),
        (float("nan"), 0.0, ""),
        (1.0, 0.0, "1.000"),
    ],
)
def test_a_small_parametric_p_value_says_no_more_than_it_can(p, floor, shown):
    assert p_value(p, floor) == shown


def test_where_no_test_leads_every_page_says_so_and_none_leads(template, monkeypatch):
    """The template's basket, as if the ratio from which no test holds its size lay below its own."""
    from eventwindow.cli.terminal import basket_lines
    from eventwindow.errors import catalogue, languages
    from eventwindow.inference.expected_volatility import none_holds
    from eventwindow.inference.tables import none_leads, tests_table
    from eventwindow.report.context import Context
    from eventwindow.report.html import appendix
    from eventwindow.report.language import language
    from eventwindow.report.sections.headline import basket_sentence

    monkeypatch.setattr("eventwindow.inference.expected_volatility.BEYOND", 0.0)
    head = template.run["headline"]
    every = template.abnormal[head["event"]]
    fresh = {head["event"]: every.select(np.arange(len(every)))}
    table = tests_table(fresh, {head["basket"]: head["members"]}, [Window(0, 0)])
    assert not table.loc[table["p_value"].notna(), "valid"].any() and (why := none_leads(table))
    after = replace(template, tables=dict(template.tables) | {"tests": table})
    lines = list(basket_lines(after))
    assert lines[0] == f"Basket '{head['basket']}' on day 0: no test leads, for {why}."
    for code in languages():
        context = Context(after, language(code))
        assert "p&nbsp;=" not in basket_sentence(context) and f"{why.value('ratio'):.2f}" in basket_sentence(context)
        page, basket = appendix(context, {}, [code]), context.group_name(head["basket"])
        assert catalogue(code).text("tests.unled_table", basket=basket) in page
        assert catalogue(code).text("tests.lead_table", basket=basket) not in page
    assert none_holds(9.0, 1, 1) is None and none_holds(9.0, 2, 21) is None
