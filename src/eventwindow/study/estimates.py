"""Every event under the study's own model, and the event that the report leads with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eventwindow.analyses.event_study import EventStudy
from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window
from eventwindow.claims.evidence import Evidence
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.by_exchange import NO_BENCHMARK, placed_events, spanned_windows, study_abnormal_returns
from eventwindow.estimation.contamination import earlier_events
from eventwindow.estimation.event_time import over_several
from eventwindow.estimation.returns import price_for_returns
from eventwindow.parallel import one_blas_thread
from eventwindow.study.load import Inputs, gather_evidence, model_factors, securities_table

EXCLUDED = ["event", "security", "what", "window_start", "window_end", "reason"]


class Exclusion(NamedTuple):
    """What is excluded or substituted, and why; an empty event stands for all of them."""

    event: str
    security: str
    what: str
    reason: Reason | str
    window_start: int | None = None  # of what is worked out in part
    window_end: int | None = None


@dataclass(frozen=True)
class Headline:
    """The event that the report leads with, on the exchange of the first of its members."""

    event: str
    basket: str  # "" where the study names none
    members: tuple[str, ...]
    abnormal: EventStudy  # every security of the event
    calendars: Mapping[str, Calendar]  # by security

    @cached_property
    def first(self) -> str:
        held = self.abnormal.labels["security"]
        return next((m for m in self.members if m in set(held)), str(held.iloc[0]))

    @property
    def calendar(self) -> Calendar:
        return self.calendars[self.first]

    @cached_property
    def day_zero(self) -> pd.Timestamp:
        labels = self.abnormal.labels
        return pd.Timestamp(labels.loc[labels["security"] == self.first, "date"].iloc[0])

    @cached_property
    def at_home(self) -> AbnormalReturns:
        return self.abnormal.select((self.abnormal.labels["mic"] == self.calendar.mic).to_numpy())


@dataclass(frozen=True)
class Estimates:
    """A study's abnormal returns: what the analyses and the claims start from."""

    inputs: Inputs
    placed: pd.DataFrame  # one row an event and stock with a price on its day 0
    exclusions: tuple[Exclusion, ...]  # known before anything was computed
    abnormal: AbnormalReturns
    by_event: Mapping[str, EventStudy]

    @cached_property
    def headline(self) -> Headline:
        named, calendars = self.inputs.study.headline, self.inputs.calendars
        abnormal = self.by_event[named["event"]]
        return Headline(named["event"], named["basket"], tuple(named["members"]), abnormal, calendars)

    @cached_property
    def home_dates(self) -> pd.DataFrame:
        """The rows of the study's calendar (events and other news) on the headline's exchange."""
        calendar = self.inputs.calendar
        return calendar[calendar["mic"] == self.headline.calendar.mic]

    @cached_property
    def candidates(self) -> Window:
        """The sessions that could have been chosen: the study's own window, else from the event before up to day 0."""
        given, window = self.inputs.study.file.robustness.candidates, self.inputs.study.file.windows.event
        if given is not None:
            return given
        sessions, dates = self.headline.calendar.sessions, self.home_dates
        earlier = dates.loc[(dates["kind"] == "event") & (dates["session"] < self.headline.day_zero), "session"]
        if earlier.empty:
            return Window(0, 0)
        steps = int(sessions.searchsorted(self.headline.day_zero) - sessions.searchsorted(earlier.max()))
        return Window(max(-steps, window.start), 0)

    @cached_property
    def evidence(self) -> Evidence:
        """All that the claims may be held against."""
        return gather_evidence(self.inputs, self.by_event)

    def over(self, rows: pd.DataFrame, estimation: Window) -> AbnormalReturns:
        """Abnormal returns of some placed events under the study's model, over another estimation window."""
        return _abnormal(self.inputs, rows, estimation)


@one_blas_thread()
def estimated(inputs: Inputs) -> Estimates:
    """Abnormal returns of every event; the headline event has a security left, or the study ends."""
    headline, exclusions = inputs.study.headline["event"], tuple(_excluded_before(inputs))
    stocks = securities_table(inputs.study).query("kind == 'stock'")
    absent = inputs.quality.no_day_zero()
    placed = placed_events(stocks, inputs.calendar, inputs.calendars, inputs.prices.histories, absent)
    _check_left(headline, placed, exclusions)
    abnormal = _abnormal(inputs, placed, inputs.study.file.windows.estimation)
    _check_left(headline, abnormal.labels, [*exclusions, *_without_fit(abnormal)])
    events = [e.id for e in inputs.study.file.events]
    parts = {e: EventStudy.of(abnormal.select((abnormal.labels["event"] == e).to_numpy())) for e in events}
    told = (*_contaminated(abnormal, inputs), *_spanned(abnormal, inputs))
    return Estimates(inputs, placed, (*exclusions, *told), abnormal, parts)


def excluded_table(estimates: Estimates, told: Iterable[Exclusion]) -> pd.DataFrame:
    """What was left out, shifted, substituted or only partly computed, and why; `told` is what analyses found."""
    abnormal, windows = estimates.abnormal, estimates.inputs.study.file.windows.report
    rows = [*estimates.exclusions, *told, *_without_fit(abnormal), *_shifted(estimates.placed)]
    rows += [*_over_halts(abnormal), *_short_estimation(abnormal)]
    rows += [row for window in windows for row in _incomplete(abnormal, window)]
    table = pd.DataFrame(rows, columns=Exclusion._fields)[EXCLUDED]
    return table.astype({"window_start": "Int64", "window_end": "Int64"})


def _without_fit(abnormal: AbnormalReturns) -> list[Exclusion]:
    rows = abnormal.excluded.itertuples(index=False)
    return [Exclusion(event, security, "excluded", reason) for event, security, reason in rows]


def _shifted(placed: pd.DataFrame) -> Iterator[Exclusion]:
    rows: Iterable[Any] = placed[placed["shift"].notna()].itertuples()
    for r in rows:
        yield Exclusion(r.event, r.security, "shifted", Reason("day_zero_is", day=f"{r.date:%Y-%m-%d}", shift=r.shift))


def _over_halts(abnormal: AbnormalReturns) -> Iterator[Exclusion]:
    for row, days in over_several(abnormal.covered):
        label, day = abnormal.labels.iloc[row], abnormal.event_days[row, days[-1]].astype("M8[D]")
        told = Reason("covers_sessions", day=f"{day}", n=len(days))
        yield Exclusion(label["event"], label["security"], "told", told)


def _short_estimation(abnormal: AbnormalReturns) -> Iterator[Exclusion]:
    window = abnormal.estimation
    for event, security, n in _named(abnormal, abnormal.nobs):
        if n < len(window):
            reason = Reason("estimation_returns", n=int(n), of=len(window))
            yield Exclusion(event, security, "partly", reason, window.start, window.end)


def _incomplete(abnormal: AbnormalReturns, window: Window) -> Iterator[Exclusion]:
    for event, security, reason in _named(abnormal, abnormal.car(window).told):
        if reason:
            yield Exclusion(event, security, "partly", reason, window.start, window.end)


def _named(abnormal: AbnormalReturns, *columns: np.ndarray) -> Iterator[tuple[Any, ...]]:
    return zip(abnormal.labels["event"], abnormal.labels["security"], *columns, strict=True)


def _contaminated(abnormal: AbnormalReturns, inputs: Inputs) -> Iterator[Exclusion]:
    """Which events' estimation windows hold days of another event, and for how many securities."""
    found: dict[tuple[str, pd.Timestamp], set[str]] = {}
    for row, other in earlier_events(abnormal):
        label, day = abnormal.labels.iloc[row], abnormal.labels["date"].iloc[other]
        found.setdefault((label["event"], day), set()).add(label["security"])
    for (event, day), securities in found.items():
        n, done = len(securities), inputs.study.file.study.contamination
        reason = Reason(f"event_in_estimation{'s' if n > 1 else ''}_{done}", n=n, day=f"{day:%Y-%m-%d}")
        yield Exclusion(event, "" if len(securities) > 1 else min(securities), "told", reason)


def _spanned(abnormal: AbnormalReturns, inputs: Inputs) -> Iterator[Exclusion]:
    """Event windows with a session on which the benchmark's return covers several of its own."""
    if model_factors(inputs) is not None:
        return
    days = {symbol: series.dropna().index for symbol, series in inputs.returns.items()}
    sessions = {symbol: calendar.sessions for symbol, calendar in inputs.calendars.items()}
    for row, reason in spanned_windows(abnormal, days, sessions):
        label = abnormal.labels.iloc[row]
        yield Exclusion(label["event"], label["security"], "told", reason)


def _abnormal(inputs: Inputs, rows: pd.DataFrame, estimation: Window) -> AbnormalReturns:
    file = inputs.study.file
    series = {s: np.log1p(r) for s, r in inputs.returns.items()} if file.study.returns == "log" else inputs.returns
    return study_abnormal_returns(
        rows,
        series,
        inputs.calendars,
        estimation=estimation,
        window=file.windows.event,
        model=file.model.name,
        minimum_returns=file.study.minimum_returns,
        kind=file.study.returns,
        factors=model_factors(inputs),
        contamination=file.study.contamination,
        prices={s: price_for_returns(frame) for s, frame in inputs.prices.frames.items()},
    )


def _check_left(event: str, rows: pd.DataFrame, exclusions: Sequence[Exclusion]) -> None:
    """A study whose headline event has no security left says why, and ends."""
    if (rows["event"] == event).any():
        return
    reasons = [f"{e.security}: {e.reason}" for e in exclusions if e.what == "excluded" and e.event in ("", event)]
    contaminated = any(getattr(e.reason, "key", "") == "another_event_in_estimation" for e in exclusions)
    raise StudyError(
        f"no security is left for the event {event!r} ({'; '.join(reasons[:3])}{'; …' if len(reasons) > 3 else ''})",
        where="study.toml, events",
        remedy='Write contamination = "mask": the other event\'s days alone are then left out.'
        if contaminated
        else "Give an event date that the prices reach, or a smaller minimum_returns.",
    )


def _excluded_before(inputs: Inputs) -> Iterator[Exclusion]:
    """What is excluded or substituted before anything is computed."""
    study, prices = inputs.study, inputs.prices
    for symbol in study.symbols:
        if symbol in prices.unavailable:
            yield Exclusion("", symbol, "excluded", prices.unavailable[symbol].reason)
        elif symbol in prices and prices[symbol]["adj_close"].isna().all():
            yield Exclusion("", symbol, "substituted", Reason("no_adjusted_close"))
    for stock in study.stocks:
        if stock.symbol in prices and prices[stock.symbol]["volume"].isna().all():
            yield Exclusion("", stock.symbol, "partly", Reason("no_trading_volume"))
    for stock in study.stocks:
        if study.benchmark_of(stock) == NO_BENCHMARK:
            why = Reason("no_local_benchmark")
            yield Exclusion("", stock.symbol, "substituted", why)
    yield from _counted_later(inputs)
    for finding in inputs.quality.findings:
        if finding.kind == "no_day_zero":
            yield Exclusion(str(finding.figures["event"]), finding.symbol, "excluded", finding.reason)


def _counted_later(inputs: Inputs) -> Iterator[Exclusion]:
    """Securities whose first share count is dated after the headline event: what was known then is not held."""
    if "shares" not in inputs.tables:
        return
    counts, headline = inputs.tables["shares"], inputs.study.headline["event"]
    day = next(event.date for event in inputs.study.file.events if event.id == headline)
    for symbol, first in counts.groupby("symbol")["as_of"].min().items():
        if symbol in inputs.study.symbols and pd.Timestamp(first) > pd.Timestamp(day):
            yield Exclusion("", str(symbol), "told", Reason("count_after_event", event=f"{day}"))
