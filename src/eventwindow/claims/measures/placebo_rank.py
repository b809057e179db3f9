"""Whether a day stands out among all sessions since a release: the largest statistic over the candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.claims.evidence import EventId, Evidence, Members, Span, members
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import days_of, figure, named, p_text
from eventwindow.errors import NoFigure
from eventwindow.inference.response import response


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
        tau, largest = taus[int(sizes.argmax())], found[int(sizes.argmax())].estimate
        size = figure(largest, "decimal")
        who, who_zh = (named(evidence, self.members, z) for z in (False, True))
        when, when_zh = (days_of(evidence, self.event, Window(tau, tau), z) for z in (False, True))
        return Measured(
            p,
            "p",
            f"The largest abnormal return of {who} over {len(taus)} candidate sessions came on {when}: {size}. A value "
            f"as large in so many days: {p_text(p)}.",
            f"{who_zh}在 {len(taus)} 個候選交易日中，最大異常報酬出現在{when_zh}：{size}。"
            f"同樣多的天數中出現這麼大的值：{p_text(p)}。",
            made_of("decimal", largest=largest),
            p_value=p,
        )
