"""Figures, dates and names as the reasons of a verdict write them, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.inference.response import Response

if TYPE_CHECKING:
    from eventwindow.claims.evidence import Evidence

MINUS = "\u2212"
CODE = 3  # letters of a currency


def figure(value: float, unit: str, zh: bool = False) -> str:
    """`value` with its unit in the language asked for; a price and a coefficient are plain numbers."""
    words = UNITS.get(unit) or (partial(_money, unit) if is_money(unit) else _plain)
    return words(value)[zh].replace("-", MINUS)


def is_money(unit: str) -> bool:
    """Whether a unit is a currency, by its ISO code."""
    return len(unit) == CODE and unit.isupper()


def _money(unit: str, value: float) -> tuple[str, str]:
    return f"{value / 1e9:,.1f}bn {unit}", f"{value / 1e8:,.0f} 億 {unit}"


def _per_cent(value: float) -> tuple[str, str]:
    text = f"{100 * value:+z.2f} %"
    return (text.removeprefix("+") if text == "+0.00 %" else text,) * 2  # zero has no sign


def _plain(value: float) -> tuple[str, str]:
    return (f"{value:,.2f}",) * 2


def _times(value: float) -> tuple[str, str]:
    return f"{value:,.2f} times", f"{value:,.2f} 倍"


UNITS: dict[str, Callable[[float], tuple[str, str]]] = {
    "decimal": _per_cent,
    "slope": _per_cent,
    "spread": lambda v: (f"{100 * v:.2f} %",) * 2,
    "share": lambda v: (f"{100 * v:z.0f} %",) * 2,
    "USD": lambda v: (f"{v / 1e9:,.1f}bn dollars", f"{v / 1e8:,.0f} 億美元"),
    "shares": lambda v: (f"{v / 1e9:,.3f}bn", f"{v / 1e8:,.1f} 億股"),
    "p": lambda v: (p_text(v),) * 2,
    "rank": lambda v: (f"rank {v:,.0f}", f"第 {v:,.0f} 名"),
    "count": lambda v: (f"{v:,.0f} closes", f"{v:,.0f} 個收盤價"),
    "number": lambda v: (f"{v:,.0f}",) * 2,
    "days": lambda v: (f"{v:g} days", f"{v:g} 天"),
    "log": lambda v: (f"{np.exp(v):,.2f} times the usual", f"平常的 {np.exp(v):,.2f} 倍"),
    "ratio": _times,
    "deviations": lambda v: (f"{v:.1f} standard deviations", f"{v:.1f} 個標準差"),
}


def day(when: date | pd.Timestamp, zh: bool = False) -> str:
    """27 January 2025, or 2025 年 1 月 27 日."""
    stamp = pd.Timestamp(when)
    return f"{stamp.year} 年 {stamp.month} 月 {stamp.day} 日" if zh else f"{stamp.day} {stamp:%B %Y}"


def span(first: pd.Timestamp, last: pd.Timestamp, zh: bool = False) -> str:
    """One day, or the first and the last of several."""
    if first == last:
        return day(first, zh)
    return f"{day(first, zh)}至 {day(last, zh)}" if zh else f"{day(first)} to {day(last)}"


def days_of(evidence: Evidence, event: str, window: Window, zh: bool = False) -> str:
    """Day 0 of “The sell-off”, days 0 to 4 of it; of a date that is no event of the study, the days alone."""
    start, end = (f"{tau:+d}".replace("-", MINUS) if tau else "0" for tau in (window.start, window.end))
    if zh:
        days = f"第 {start} 日" if window.start == window.end else f"第 {start} 至 {end} 日"
        return f"「{evidence.events[event][1]}」{days}" if event in evidence.events else days
    days = f"day {start}" if window.start == window.end else f"days {start} to {end}"
    return f"{days} of “{evidence.events[event][0]}”" if event in evidence.events else days


def period(found: Response, evidence: Evidence, event: str, window: Window, zh: bool = False) -> str:
    """The dates of the window, and its days around the event; a single day of no event is its date alone."""
    dates, days = span(found.first, found.last, zh), days_of(evidence, event, window, zh)
    if window == Window(0, 0) and event not in evidence.events:
        return dates
    return f"{dates}（{days}）" if zh else f"{dates} ({days})"


def quantity(window: Window, zh: bool = False) -> str:
    """What an effect is measured in over one day, or over several."""
    if len(window) == 1:
        return "異常報酬" if zh else "Abnormal return"
    return "累積異常報酬" if zh else "Cumulative abnormal return"


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
    """Chinese text with one space between Chinese and Latin letters or figures, and none between Chinese."""
    text = re.sub(r"([\u4e00-\u9fff])([A-Za-z0-9])", r"\1 \2", text)
    text = re.sub(r"([A-Za-z0-9%])([\u4e00-\u9fff])", r"\1 \2", text)
    text = re.sub(r"([\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])", r"\1", text)
    return re.sub(r" {2,}", " ", text)


TESTS_ZH = {
    "date permutation of the mean": "平均值的日期置換",
    "SQ": "樣本分位 SQ",
}


FACTORS = {
    "mkt_rf": ("market factor (Mkt−RF)", "市場因子（Mkt−RF）"),
    "smb": ("size factor (SMB)", "規模因子（SMB）"),
    "hml": ("value factor (HML)", "價值因子（HML）"),
    "rmw": ("profitability factor (RMW)", "獲利因子（RMW）"),
    "cma": ("investment factor (CMA)", "投資因子（CMA）"),
    "mom": ("momentum factor (MOM)", "動能因子（MOM）"),
    "rf": ("riskless rate (RF)", "無風險利率（RF）"),
}


def factor(column: str, zh: bool = False) -> str:
    """A factor's name, or its column where the name is not known."""
    return FACTORS.get(column, (column, column))[zh]


def p_text(p: float) -> str:
    """A p-value to three places; below a thousandth it says so."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def found_at(detectable: float, unit: str, zh: bool = False) -> str:
    """What a test could have found with 80 % power; with too few days to correct over, nothing."""
    if detectable == float("inf"):
        return "再大的效果也測不出" if zh else "no effect, however large, would be found"
    least = figure(detectable, unit, zh).lstrip("+")
    return f"{least} 的效果有八成機會被發現" if zh else f"an effect of {least} would be found with 80 % power"
