"""Each security on its own exchange's sessions: securities and events of a study → abnormal returns."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.day_zero import ALIASES
from eventwindow.calendars.exchange import BEGIN, Calendar, dates_of_prices, exchange_calendar
from eventwindow.calendars.window import Window
from eventwindow.errors import EventDateError, Exchange, Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.concat import concat
from eventwindow.estimation.contamination import Contamination, decontaminated
from eventwindow.estimation.door import shown_days
from eventwindow.estimation.event_time import Days, event_returns
from eventwindow.estimation.models import model_named
from eventwindow.estimation.unlikely import SPELLED_OUT

NO_BENCHMARK = "none"
SHIFTED, MISPLACED = 3, 0.02  # days without a session on which prices move, and their share: more than calendars err
FURTHEST = 10  # weekdays in a row on which an exchange is closed, at most: no holiday is longer
NOT_DISPLACED = np.empty((0, 3), np.int64)
PLACED = ["event", "security", "group", "benchmark", "date", "mic", "shift"]


def placed_events(
    securities: pd.DataFrame,
    calendar: pd.DataFrame,
    calendars: Mapping[str, Calendar],
    held: Collection[str],
    absent: Collection[tuple[str, str]] = (),
) -> pd.DataFrame:
    """One row an event and security with prices: its day 0 on its own exchange, and the shift if there was one.

    `securities` is indexed by symbol (group, benchmark); `calendar` holds the session of each event on each exchange;
    `absent` are the (event, security) pairs without a price on day 0.
    """
    mine = securities[securities.index.isin(held)].rename_axis("security").reset_index()
    mine = mine.assign(mic=[calendars[symbol].mic for symbol in mine["security"]])
    events = calendar[calendar["kind"] == "event"]
    order = pd.DataFrame({"event": events["id"].unique()})
    rows = order.merge(mine, how="cross").merge(
        events[["id", "mic", "session", "shift"]].rename(columns={"id": "event", "session": "date"}),
        on=["event", "mic"],
    )
    there = [pair not in absent for pair in zip(rows["event"], rows["security"], strict=True)]
    return rows.loc[there, PLACED].reset_index(drop=True)


def study_abnormal_returns(
    placed: pd.DataFrame,
    returns: Mapping[str, pd.Series],
    calendars: Mapping[str, Calendar],
    *,
    estimation: Window,
    window: Window,
    model: str,
    minimum_returns: int,
    kind: str,
    factors: pd.DataFrame | None = None,
    prices: Mapping[str, pd.Series] | None = None,
    contamination: Contamination = "tell",
) -> AbnormalReturns:
    """Abnormal returns of every placed event, in the order of `placed`.

    A security whose benchmark is "none" is mean-adjusted; the others follow `model`. `factors` is one table by date
    for all of them, where the model asks for factors; else each has its own benchmark. `prices`, those that the returns
    are of, hold a halt inside the event window against the last price before it.
    """
    lags, leads = model_named(model).neighbours
    parts = []
    for (_, lacking), rows in placed.groupby(["mic", placed["benchmark"] == NO_BENCHMARK], sort=False):
        sessions = calendars[rows["security"].iloc[0]].sessions
        table = pd.DataFrame({s: returns[s].reindex(sessions) for s in rows["security"].unique()}, index=sessions)
        mine = None if lacking else factors if factors is not None else _benchmarks(rows, returns, sessions, kind)
        laid = event_returns(
            table,
            rows.assign(position=rows.index, benchmark="" if lacking else rows["benchmark"]),
            estimation=estimation,
            window=window,
            factors=mine,
            lags=0 if lacking else lags,
            leads=0 if lacking else leads,
            kind=kind,
            prices=_on_sessions(rows, prices, sessions),
        )
        clean, _, lost = decontaminated(laid, contamination)
        part = estimate(clean, "mean_adjusted" if lacking else model, minimum_returns)
        parts.append(replace(part, excluded=pd.concat([part.excluded, lost], ignore_index=True)) if len(lost) else part)
    joined = concat(parts)
    joined = replace(joined, excluded=named_own_benchmark(joined.excluded, placed))
    return joined.select(joined.labels["position"].to_numpy().argsort(kind="stable"))


def named_own_benchmark(excluded: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """The reason of a security that was held against itself, in place of what came of it."""
    alone = events.loc[events["security"] == events["benchmark"], "security"]
    own = excluded["security"].isin(alone)
    return excluded.assign(reason=excluded["reason"].mask(own, Reason("own_benchmark")))


def _on_sessions(
    rows: pd.DataFrame, prices: Mapping[str, pd.Series] | None, sessions: pd.DatetimeIndex
) -> pd.DataFrame | None:
    if prices is None:
        return None
    return pd.DataFrame({s: prices[s].reindex(sessions) for s in rows["security"].unique()}, index=sessions)


def _benchmarks(
    rows: pd.DataFrame, returns: Mapping[str, pd.Series], sessions: pd.DatetimeIndex, kind: str
) -> dict[str, pd.Series]:
    return {b: over_the_same_span(returns[b], sessions, kind) for b in rows["benchmark"].unique()}


def over_the_same_span(benchmark: pd.Series, sessions: pd.DatetimeIndex, kind: str) -> pd.Series:
    """A benchmark's returns of a `kind` on another calendar's sessions: after a closed day, since the session before.

    A session on which the benchmark was closed has none, and neither has the one after it, whose return of the
    benchmark begins a day earlier than the security's.
    """
    own = pd.DatetimeIndex(benchmark.index)
    within = sessions[(sessions >= own[0]) & (sessions <= own[-1])]
    if within.isin(own).all() and len(own[(own >= within[0]) & (own <= within[-1])]) == len(within):
        return benchmark.reindex(sessions)
    level = benchmark.cumsum() if kind == "log" else (1 + benchmark).cumprod()
    held = level.reindex(sessions)
    spanning = held - held.shift(1) if kind == "log" else held / held.shift(1) - 1
    alone = pd.Series(own.get_indexer(sessions), sessions).diff() == 1  # no session of its own between
    return benchmark.reindex(sessions).where(alone, spanning)


def spanning(benchmark: pd.Index, sessions: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """(D,) sessions on which a benchmark's return covers several of its own: it was open while these were not."""
    place = pd.Series(benchmark.get_indexer(sessions))
    return np.asarray((place.diff() > 1) & (place.shift(1) >= 0))


def spanned_windows(
    ar: AbnormalReturns, open_days: Mapping[str, pd.Index], sessions: Mapping[str, pd.DatetimeIndex]
) -> Iterator[tuple[int, Reason]]:
    """Each row whose event window holds such a session, and what is told of it; `sessions` are those of a security."""
    pairs = zip(ar.labels["security"].astype(str), ar.labels["benchmark"].astype(str), strict=True)
    known: dict[tuple[str, str], NDArray[np.int64]] = {}
    for row, (security, benchmark) in enumerate(pairs):
        if benchmark not in open_days:
            continue
        if (security, benchmark) not in known:
            days = sessions[security]
            odd = days[spanning(open_days[benchmark], days)]
            known[security, benchmark] = odd.to_numpy().astype("M8[D]").astype(np.int64)
        held = ar.event_days[row][np.isin(ar.event_days[row], known[security, benchmark])]
        if len(held):
            yield row, Reason("benchmark_spans", other=benchmark, days=", ".join(map(str, held.astype("M8[D]"))))


def exchange_of(events: pd.DataFrame, common: str | None, rows: Rows) -> dict[str, str]:
    """Security → exchange, where all events have one; {} where none has."""
    column = next((name for name in ("security", *ALIASES) if name in events and ALIASES.get(name) != "date"), "")
    if not column or ("exchange" not in events and not common):
        return {}
    if "exchange" not in events:
        return dict.fromkeys(events[column].astype(str), common or "")
    given = events["exchange"].astype(object)
    mics = given.where(given.notna() & (given != ""), common or "")
    lacking = (mics == "").to_numpy()
    if lacking.any() and len(set(mics) - {""}) < 2:
        return {}
    if lacking.any():
        at = int(lacking.argmax())
        raise StudyError(
            f"the event of {str(events[column].iloc[at])!r} has no exchange, others have",
            where=rows.at(at),
            remedy="Fill the column `exchange`: each event counts the sessions of its own.",
        )
    found: dict[str, str] = {}
    for at, (who, mic) in enumerate(zip(events[column].astype(str), mics.astype(str), strict=True)):
        if found.setdefault(who, mic) != mic:
            remedy = "Give a security one exchange; a second listing has a name and returns of its own."
            raise StudyError(f"{who!r} stands on {found[who]} and on {mic}", where=rows.at(at), remedy=remedy)
    return found


def own_rows(mic: str, sessions: pd.DatetimeIndex, held: np.ndarray) -> tuple[Days, Reason | str]:
    """The rows that are sessions of the exchange, and why they are the days of its prices, where they are.

    `held` (D,) says on which rows one of its securities has a figure.
    """
    if dates_of_prices(mic, sessions[0].date()):
        key = "finding_own_dates_before" if sessions[0].date() < BEGIN else "finding_own_dates"
        return np.flatnonzero(held), Reason(key, mic=Exchange(mic), year=f"{BEGIN.year}")
    try:
        calendar = exchange_calendar(mic, sessions[0].date(), sessions[-1].date())
    except EventDateError as error:
        return np.flatnonzero(held), error.what
    return np.flatnonzero(sessions.isin(calendar.sessions)), ""


def lacking_sessions(mics: Collection[str], sessions: pd.DatetimeIndex) -> list[Reason]:
    """Sessions of exchanges that a table has no row of, and stretches without any row: the next row counts for them."""
    told = []
    for mic in sorted(mics):
        if dates_of_prices(mic, sessions[0].date()):
            continue
        try:
            own = exchange_calendar(mic, sessions[0].date(), sessions[-1].date()).sessions
        except EventDateError:
            continue
        if len(gone := own[~own.isin(sessions)]):
            told.append(Reason("sessions_without_row", mic=Exchange(mic), n=len(gone), days=shown_days(gone)))
    days = sessions.to_numpy().astype("M8[D]")
    apart = np.busday_count(days[:-1], days[1:])
    wide: Days = np.flatnonzero((apart > FURTHEST + 1) & (not told))
    told += [Reason("no_row_between", first=f"{days[at]}", last=f"{days[at + 1]}") for at in wide[:SPELLED_OUT]]
    return told


def foreign_rows(mic: str, sessions: pd.DatetimeIndex, moved: NDArray[np.bool_], own: NDArray[np.bool_]) -> bool:
    """Whether a table holds days on which an exchange was closed, none of its `own` (S,) securities moved (S, D), and
    others did: they are no days of its events."""
    try:
        calendar = exchange_calendar(mic, sessions[0].date(), sessions[-1].date())
    except EventDateError:
        return False
    closed = ~sessions.isin(calendar.sessions) & (sessions >= pd.Timestamp(BEGIN))
    return bool((closed & moved[~own].any(axis=0) & ~moved[own].any(axis=0)).any())


def displaced(mic: str, days: pd.DatetimeIndex, moved: NDArray[np.bool_]) -> Days:
    """(m, 3) which securities moved (S, D) on days without a session of their exchange: place, how often, first row.

    Where they did so often, it is another exchange, or they are dated wrong.
    """
    try:
        calendar = exchange_calendar(mic, days[0].date(), days[-1].date())
    except EventDateError:
        return NOT_DISPLACED
    closed = np.flatnonzero(~days.isin(calendar.sessions) & (days >= pd.Timestamp(BEGIN)))
    odd = moved[:, closed]
    count = odd.sum(axis=1)
    place = np.flatnonzero((count >= SHIFTED) & (count > MISPLACED * moved.sum(axis=1)))
    return np.column_stack([place, count[place], closed[odd[place].argmax(axis=1)]]) if len(place) else NOT_DISPLACED


def displaced_reasons(found: Sequence[tuple[str, str, int, pd.Timestamp]]) -> Iterator[Reason]:
    """What is told of them (security, exchange, how often, first day); where they are many, one line an exchange."""
    for mic in dict.fromkeys(mic for _, mic, _, _ in found):
        mine = [(who, n, f"{day:%Y-%m-%d}") for who, of, n, day in found if of == mic]
        if len(mine) > SPELLED_OUT:
            who, _, day = mine[0]
            yield Reason("move_when_closed", mic=Exchange(mic), n=len(mine), security=who, day=day)
            continue
        for who, n, day in mine:
            reason = Reason("moves_when_closed", mic=Exchange(mic), n=n, day=day)
            yield Reason("of_security", security=who, reason=reason)
