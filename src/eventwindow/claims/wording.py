"""Figures, dates and names as the reasons of a verdict write them, in both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import pandas as pd

from eventwindow.claims.claim import Evidence

MINUS = "\u2212"


def figure(value: float, unit: str, zh: bool = False) -> str:
    """`value` with its unit: decimal, slope and share as per cent, USD in billions (億 in Chinese), the rest plain."""
    if unit in {"decimal", "slope"}:
        text = f"{100 * value:+.2f} %"
    elif unit == "share":
        text = f"{100 * value:.0f} %"
    elif unit == "USD":
        text = f"{value / 1e8:,.0f} 億美元" if zh else f"{value / 1e9:,.1f}bn dollars"
    elif unit == "p":
        text = f"{value:.3f}"
    elif unit in {"rank", "count"}:
        text = f"{value:.0f}"
    elif unit == "days":
        text = f"{value:g}" + (" 天" if zh else " days")
    else:
        text = f"{value:,.2f}"
    return text.replace("-", MINUS)


def day(when: date | pd.Timestamp, zh: bool = False) -> str:
    """27 January 2025, or 2025 年 1 月 27 日."""
    stamp = pd.Timestamp(when)
    return f"{stamp.year} 年 {stamp.month} 月 {stamp.day} 日" if zh else f"{stamp.day} {stamp:%B %Y}"


def span(first: pd.Timestamp, last: pd.Timestamp, zh: bool = False) -> str:
    """One day, or the first and the last of several."""
    if first == last:
        return day(first, zh)
    return f"{day(first, zh)}至 {day(last, zh)}" if zh else f"{day(first)} to {day(last)}"


def name(evidence: Evidence, symbol: str, zh: bool = False) -> str:
    """The security's name in the language asked for, or its symbol where the study gives none."""
    column = "name_zh" if zh else "name_en"
    if column in evidence.securities.columns and symbol in evidence.securities.index:
        given = evidence.securities.at[symbol, column]
        if isinstance(given, str) and given:
            return given
    return symbol


def named(evidence: Evidence, items: Sequence[str], zh: bool = False) -> str:
    """Securities by their names, baskets by theirs, in a row."""
    titles = evidence.titles
    return listed([titles[i][zh] if i in titles else name(evidence, i, zh) for i in items], zh)


def listed(items: Sequence[str], zh: bool = False) -> str:
    """The items in a row, or a word for none."""
    if not items:
        return "無" if zh else "none"
    return ("、" if zh else ", ").join(items)


def spaced(text: str) -> str:
    """Chinese text with one space between Chinese and Latin letters or figures."""
    text = re.sub(r"([\u4e00-\u9fff])([A-Za-z0-9])", r"\1 \2", text)
    text = re.sub(r"([A-Za-z0-9%])([\u4e00-\u9fff])", r"\1 \2", text)
    return re.sub(r" {2,}", " ", text)


TESTS_ZH = {
    "date permutation of the mean": "平均值的日期置換",
    "SQ": "樣本分位 SQ",
}


def p_text(p: float) -> str:
    """A p-value to three places; below a thousandth it says so."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def found_at(detectable: float, unit: str, zh: bool = False) -> str:
    """What a test could have found with 80 % power; with too few days to correct over, nothing."""
    if detectable == float("inf"):
        return "再大的效果也測不出" if zh else "no effect, however large, would be found"
    least = figure(detectable, unit, zh).lstrip("+")
    return f"{least} 的效果有八成機會被發現" if zh else f"an effect of {least} would be found with 80 % power"
