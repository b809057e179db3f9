"""Reasons that tables hold in English, for readers of Chinese; one that is not known here stays as it is."""

from __future__ import annotations

import re

from eventwindow.report.language import Language

PATTERNS: tuple[tuple[str, str], ...] = (
    (
        r"day 0 is (\S+): (\S+) is not a session of (\S+): next session",
        r"第 0 日為 \1：\2 非 \3 交易日，順延至次一交易日",
    ),
    (
        r"day 0 is (\S+): (\S+) is not a session of (\S+): previous session",
        r"第 0 日為 \1：\2 非 \3 交易日，提前至前一交易日",
    ),
    (r"day 0 is (\S+): .*: first close after the news on (\S+)", r"第 0 日為 \1：\2 於消息後的首個收盤"),
    (r"no adjusted close is held: returns are those of the close", "無調整後收盤價：以收盤價計算報酬"),
    (r"no trading volume is held: left out of abnormal volume", "無成交量資料：不計入異常成交量"),
    (r"(\d+) of (\d+) returns in the estimation window", r"估計期 \2 筆報酬中有 \1 筆"),
    (r"the data hold no local benchmark: .*", "資料無當地基準：以估計期平均為預期報酬"),
    (r"(?:not computed: )?the security's data ends before the window's last day", "未計算：資料在視窗最後一日之前結束"),
    (r"(?:not computed: )?the security's data begins after the window's first day", "未計算：資料在視窗第一日之後開始"),
    (r"(?:not computed: )?no return in the window", "未計算：視窗內沒有報酬"),
    (r"(\d+) of (\d+) days without a return, left out of the sum", r"\2 日中有 \1 日無報酬，不計入總和"),
    (r"(\d+) returns in the estimation window (\S+ \S+), (\d+) needed", r"估計期 \2 只有 \1 筆報酬，需要 \3 筆"),
    (r"too few returns for the model's coefficients", "報酬筆數不足以估計模型係數"),
    (r"the factors are collinear over the estimation window", "估計期內因子共線"),
    (r"the residual variance is zero", "殘差變異數為零"),
    (r"the GARCH likelihood did not converge", "GARCH 概似函數未收斂"),
    (r"not computed: there is a single event day", "未計算：只有一個事件日"),
    (r"not computed: is for one event; there are (\d+)", r"未計算：僅適用單一事件，此處有 \1 個"),
    (r"(\d+) estimation days", r"\1 個估計日"),
    (r"(\d+) overlapping runs", r"\1 段重疊區間"),
)


def reason_in(language: Language, text: str) -> str:
    """`text` in the reader's language where it is one of the known reasons."""
    if not language.zh:
        return text
    for pattern, chinese in PATTERNS:
        if found := re.fullmatch(pattern, text):
            return found.expand(chinese)
    return text
