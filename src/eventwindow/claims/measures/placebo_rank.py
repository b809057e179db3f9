"""Whether a day stands out among all sessions since a release: the largest statistic over the candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eventwindow.claims.claim import Evidence, Measured
from eventwindow.claims.effects import response
from eventwindow.claims.lookup import EventId, Members, NoFigure, Span, members
from eventwindow.claims.wording import named, p_text
from eventwindow.timeline import Window


@dataclass(frozen=True, slots=True)
class PlaceboRank:
    """p-value of the largest one-day statistic over the sessions of `window`: the honest one if the day was chosen
    because it moved. The same largest value over every run of as many estimation days is its null distribution.
    """

    members: Members
    event: EventId
    window: Span

    def measure(self, evidence: Evidence) -> Measured:
        if self.event not in evidence.abnormal:
            raise NoFigure(f"The study has no event {self.event!r}.", f"本研究沒有事件「{self.event}」。")
        abnormal, symbols = evidence.abnormal[self.event], members(evidence, self.members)
        taus = [int(t) for t in Window(*self.window).taus]
        found = [response(abnormal, symbols, Window(t, t)) for t in taus]
        sizes = np.abs([one.estimate for one in found])
        runs = np.lib.stride_tricks.sliding_window_view(np.abs(found[0].null), len(taus)).max(axis=1)
        p = float((1 + np.sum(runs >= sizes.max())) / (len(runs) + 1))
        tau = taus[int(sizes.argmax())]
        return Measured(
            p,
            "p",
            f"The largest abnormal return of {named(evidence, self.members)} over {len(taus)} candidate sessions came "
            f"on day {tau}; a value as large in so many days: {p_text(p)}.",
            f"{named(evidence, self.members, True)}在 {len(taus)} 個候選交易日中，最大異常報酬出現在第 {tau} 日；"
            f"如此天數中出現同樣大小的機率：{p_text(p)}。",
            {"day": float(tau), "size": float(sizes.max())},
            p_value=p,
        )
