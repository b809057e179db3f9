"""The terminal says where each ticker's figures are from, and shows p-values as they can be believed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from eventwindow.cli.terminal import origin_lines, p_value


def result(prices, unavailable=None, notes=()):
    run = {"prices": {s: {"origin": o} for s, o in prices.items()}, "unavailable": unavailable or {}, "notes": notes}
    return SimpleNamespace(run=run)


def test_one_origin_is_one_line():
    assert origin_lines(result({"NVDA": "shipped", "TSM": "shipped"})) == [
        "Prices: all 2 tickers from the shipped figures."
    ]


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
    [(0.0039, 0.0, ".004"), (0.0039, 0.01, "< .01"), (0.5, 0.01, ".500"), (float("nan"), 0.0, ""), (1.0, 0.0, "1.000")],
)
def test_a_small_parametric_p_value_says_no_more_than_it_can(p, floor, shown):
    assert p_value(p, floor) == shown
