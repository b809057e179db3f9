"""When prices moved: the first abnormal session, a day chosen because it moved, and dates of the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.claims.evidence import Day, EventId, Evidence, Members, Span, with_figures
from eventwindow.claims.model import Measure, Measured, made_of
from eventwindow.claims.rules import found_at
from eventwindow.errors import Figure, NoFigure, Reason, Text
from eventwindow.inference.chosen_day import p_of_largest
from eventwindow.inference.family import runs
from eventwindow.inference.response import response
from eventwindow.inference.results import LEVEL


def daily_path(evidence: Evidence, named: Sequence[str], event: str, window: Window) -> pd.DataFrame:
    """One row a session of `window` around `event`, indexed by date: the mean abnormal return of the securities named.

    Columns: tau, ar, std_error, p_value (t), p_rank (rank among the estimation days), p_runs (rank, corrected for the
    number of rows: `family.runs`), detectable (the smallest effect that p_runs finds with 80 % power), car (summed from
    the first row).
    """
    symbols = evidence.members(named)
    abnormal = evidence.abnormal_around(event, None, symbols, window)
    found = [response(abnormal, symbols, Window(int(tau), int(tau))) for tau in window.taus]
    tests = [one.effect() for one in found]
    chosen = abnormal.among(symbols)
    days = chosen.event_days[:, abnormal.columns(window)].max(axis=0).astype("datetime64[D]")
    path = pd.DataFrame(
        {
            "tau": window.taus,
            "ar": [one.estimate for one in found],
            "std_error": [one.std_error for one in found],
            "p_value": [test.p_parametric for test in tests],
            "p_rank": [test.p_value for test in tests],
        },
        index=pd.DatetimeIndex(days, name="date"),
    )
    corrected, needed = runs([one.estimate for one in found], found[0].track.ranked().null)
    return path.assign(p_runs=corrected, detectable=needed + [test.reach for test in tests], car=path["ar"].cumsum())


@dataclass(frozen=True, slots=True)
class Delay(Measure):
    """Calendar days from `date` to the first abnormal session in `window` around `event`.

    A session is abnormal if its rank among runs of as many days before, step by step, has a p-value of at most 5 %.
    """

    unit = "days"

    members: Members
    date: Day
    event: EventId
    window: Span

    def measure(self, evidence: Evidence) -> Measured:
        path = daily_path(evidence, self.members, self.event, Window(*self.window))
        first = path[path["p_runs"] <= LEVEL]
        values = {
            "path": with_figures(zip(pd.DatetimeIndex(path.index), path["ar"], strict=True)),
            "p": Figure(float(path["p_runs"].min()), "p"),
            "seen": found_at(float(path["detectable"].max()), "decimal"),
        }
        if first.empty:
            raise NoFigure(Reason("no_abnormal_session", **values))
        when = pd.Timestamp(first.index[0])
        gap = float((when - pd.Timestamp(self.date)).days)
        values |= {"who": evidence.named(self.members), "day": self.date, "when": when, "gap": Figure(gap, "days")}
        parts = made_of("decimal", **{f"{d:%Y-%m-%d}": v for d, v in path["ar"].items()})
        return Measured(gap, "days", Reason("delay", n=len(path), **values), parts)


@dataclass(frozen=True, slots=True)
class PlaceboRank(Measure):
    """p-value of the largest one-day statistic over the sessions of `window`: the one to use if the day was chosen
    because it moved. It is ranked among the same of every cyclic shift of the estimation days and the candidates.
    """

    unit = "p"

    members: Members
    event: EventId
    window: Span

    def measure(self, evidence: Evidence) -> Measured:
        symbols = evidence.members(self.members)
        abnormal = evidence.abnormal_around(self.event, None, symbols, Window(*self.window))
        taus = [int(t) for t in Window(*self.window).taus]
        found = [response(abnormal, symbols, Window(t, t)) for t in taus]
        sizes = np.abs([one.estimate for one in found])
        p = p_of_largest(np.abs(found[0].track.ranked().null), sizes)
        tau, largest = taus[int(sizes.argmax())], found[int(sizes.argmax())].estimate
        reason = Reason(
            "placebo_rank",
            who=evidence.named(self.members),
            n=len(taus),
            when=evidence.days_of(self.event, Window(tau, tau)),
            size=Figure(largest, "decimal"),
            p=Figure(p, "p"),
        )
        return Measured(p, "p", reason, made_of("decimal", largest=largest))


@dataclass(frozen=True, slots=True)
class DateGap(Measure):
    """Calendar days from the entry of the study's calendar dated `date` that mentions `mentions` to `until`."""

    unit = "days"
    needs = ("news",)

    date: Day
    mentions: str
    until: Day

    def measure(self, evidence: Evidence) -> Measured:
        entry = self._entry(evidence)
        gap = float((pd.Timestamp(self.until) - pd.Timestamp(self.date)).days)
        what = Text(str(entry["what_en"]), str(entry["what_zh"]))
        if not (source := str(entry.get("source") or "")):
            raise NoFigure(Reason("calendar_without_source", day=self.date, what=what))
        values = {"day": self.date, "what": what, "gap": Figure(gap, "days"), "until": self.until, "source": source}
        return Measured(gap, "days", Reason("date_gap" if gap else "date_same", **values))

    def _entry(self, evidence: Evidence) -> pd.Series:
        if not evidence.news.empty:
            same = pd.to_datetime(evidence.news["date"]) == pd.Timestamp(self.date)
            mentioned = evidence.news["what_en"].str.contains(self.mentions, case=False, regex=False)
            if (same & mentioned).any():
                return evidence.news[same & mentioned].iloc[0]
        raise NoFigure(Reason("no_calendar_entry", day=self.date, mentions=self.mentions))
