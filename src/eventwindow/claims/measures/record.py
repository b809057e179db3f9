"""Whether a close was a record of the history held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Symbol, price
from eventwindow.claims.longest import longest_closes
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, name


@dataclass(frozen=True, slots=True)
class Record:
    """How many earlier closes held were at least as low (`kind = "low"`) or as high; 0 is a record. A count."""

    security: Symbol
    date: Day
    kind: Literal["low", "high"] = "low"

    def measure(self, evidence: Evidence) -> Measured:
        close = price(evidence, self.security, self.date)
        held = longest_closes(evidence, self.security)
        earlier = held.loc[held.index < pd.Timestamp(self.date)]
        beyond = earlier <= close if self.kind == "low" else earlier >= close
        share = float(beyond.mean())
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        word, word_zh = ("as low", "不高於此價") if self.kind == "low" else ("as high", "不低於此價")
        return Measured(
            float(beyond.sum()),
            "count",
            f"{who} closed at {close:,.2f} on {day(self.date)}; of the {len(earlier):,} earlier closes held, since "
            f"{day(earlier.index[0])}, {int(beyond.sum()):,} were at least {word} ({100 * share:.0f} %).",
            f"{who_zh}於 {day(self.date, True)}收 {close:,.2f}；自 {day(earlier.index[0], True)}起所持 "
            f"{len(earlier):,} 個較早收盤價中，有 {int(beyond.sum()):,} 個{word_zh}（{100 * share:.0f} %）。",
            made_of("price", close=close) | made_of("share", share_of_closes=share),
        )
