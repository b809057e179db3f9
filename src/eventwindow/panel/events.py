"""A table or a file of events → events as numbers, in the order of their day 0; what cannot be placed is told."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.day_zero import ALIASES, How, check_named, checked_events, near_names, placed, raise_all
from eventwindow.calendars.exchange import SessionRule
from eventwindow.calendars.window import Window
from eventwindow.errors import PriceError, Reason, StudyError
from eventwindow.estimation.contamination import Contamination
from eventwindow.estimation.event_time import Days
from eventwindow.estimation.given import DAYS, NAMES, OTHERS
from eventwindow.estimation.risk_free import COLUMN as RISK_FREE
from eventwindow.estimation.unlikely import few, same_columns, shortened, strange_reason, strange_returns
from eventwindow.panel.chunk import Codes
from eventwindow.panel.own_sessions import Exchanges
from eventwindow.panel.source import ONE, Panel
from eventwindow.prices.tables import read_cells

ARRAYS = ("security", "day", "session", "exchange", "group", "benchmark", "rate", "row")


@dataclass(frozen=True)
class EventList:
    """n placed events, by exchange, day 0 ascending, then security, then the order they were given in."""

    security: Codes  # (n,), columns of the panel
    day: Codes  # (n,), session numbers of the own exchange
    session: Codes  # (n,), rows of the panel; the same where there is one exchange
    exchange: Codes  # (n,), ascending
    group: Codes  # (n,), -1 for none
    benchmark: Codes  # (n,)
    rate: Codes  # (n,), of `rates`
    row: Days  # (n,), rows of the table as given
    names: pd.Series | None  # of all rows; the event's date stands for it where there is none
    groups: tuple[str, ...]
    benchmarks: tuple[str, ...]  # "" for the common table of factors
    rates: tuple[str, ...]  # risk-free rates, series of the panel; "" where the list names none
    exclusions: pd.DataFrame  # event, security, what, reason: left out or shifted
    rows: Rows  # where each row of the table stands
    labels: pd.DataFrame  # of all rows: columns that are carried along
    given: np.ndarray  # the dates of all rows, as texts
    who: np.ndarray  # the securities of all rows
    sharing: int  # events whose security has another of their group on the same day 0

    def where(self, chosen: np.ndarray[Any, Any]) -> str:
        """Where the first of the chosen events, a mask (n,), stands; the list itself where none was placed."""
        return self.rows.at(int(self.row[chosen].min())) if chosen.any() else self.rows.name

    def __len__(self) -> int:
        return len(self.day)


def event_list(
    events: pd.DataFrame,
    sessions: pd.DatetimeIndex,
    securities: pd.Index,
    exchanges: Exchanges,
    rows: Rows,
    *,
    benchmark: str = "",
    rule: SessionRule = "error",
    most: int | None = None,
    exchange: str | None = None,
    labels: Sequence[str] = (),
) -> EventList:
    """Place every event on its sessions, as `with_day_zero` does, many at once; `rows` says where each stands.

    An event of a security that the panel does not hold, or of a day that it does not reach, is left out and told.
    """
    check_columns([str(name) for name in events], labels, rows.name)
    events = checked_events(events, rows, securities)
    who = events["security"].astype(str)
    security = securities.get_indexer(pd.Index(who))
    given = events["date"].to_numpy().astype("M8[D]")
    known = sessions.to_numpy().astype("M8[D]")
    code, session, day, shifted = _on_own_sessions(events, sessions, exchanges, (rule, most, exchange), rows)
    reason = np.full(len(events), "", dtype=object)
    reason[day < 0] = Reason("outside_panel", first=f"{known[0]}", last=f"{known[-1]}")
    reason[security < 0] = _not_held(who[security < 0], securities)
    names = events.get("event")
    told = _told(events, given, names, np.where(reason == "", shifted, ""), reason)
    group, groups = _coded(events, "group", "")
    coded, benchmarks = _coded(events, "benchmark", benchmark)
    rate, rates = _coded(events, RISK_FREE, "")
    kept = np.flatnonzero(reason == "")
    kept = kept[np.lexsort((kept, security[kept], day[kept], code[kept]))]
    return EventList(
        security[kept].astype(np.int32),
        day[kept].astype(np.int32),
        session[kept].astype(np.int32),
        code[kept].astype(np.int32),
        group[kept],
        coded[kept] if benchmarks else np.zeros(len(kept), np.int32),
        rate[kept] if rates else np.zeros(len(kept), np.int32),
        kept,
        names,
        tuple(groups),
        tuple(benchmarks) or ("",),
        tuple(rates) or ("",),
        told,
        rows,
        events[list(labels)],
        given.astype(str),
        who.to_numpy(),
        _sharing(security[kept], day[kept], group[kept]),
    )


def _on_own_sessions(
    events: pd.DataFrame, sessions: pd.DatetimeIndex, exchanges: Exchanges, how: How, rows: Rows
) -> tuple[Codes, Codes, Codes, np.ndarray]:
    """Of each event, its exchange, row of the panel and own session number, -1 outside; and why its date moved."""
    rule, most, exchange = how
    mic = events["security"].astype(str).map(lambda who: exchanges.of.get(who, ONE)).to_numpy()
    code, session, day = (np.full(len(events), -1, np.int64) for _ in range(3))
    shifted, faults = np.full(len(events), "", dtype=object), dict[int, StudyError]()
    for number, (name, own) in enumerate(exchanges.rows.items()):
        at = np.flatnonzero(mic == name)
        code[at] = number
        if not len(own) or not len(at):
            continue
        mine, axis = events.iloc[at].reset_index(drop=True), sessions[own]
        days, why, wrong = placed(mine, axis, (rule, most, name or exchange), rows.taken(at))
        day[at] = axis.get_indexer(days)
        session[at] = np.where(day[at] < 0, -1, own[day[at]])
        for k in np.flatnonzero(why.astype(bool) & (day[at] >= 0)).tolist():
            shifted[at[k]] = Reason("day_zero_is", day=f"{days[k]:%Y-%m-%d}", shift=why[k])
        faults |= {int(at[k]): fault for k, fault in wrong.items()}
    raise_all(faults, events, rows)
    return code, session, day, shifted


def _not_held(names: pd.Series, securities: pd.Index) -> list[Reason]:
    """Why each of these has no column; a name that differs in case or blanks alone is told beside the panel's."""
    unlike = near_names(names, securities)
    return [
        Reason("unlike_in_panel", name=repr(name), held=repr(unlike[name])) if unlike[name] else Reason("not_in_panel")
        for name in names
    ]


def _sharing(security: np.ndarray, day: np.ndarray, group: np.ndarray) -> int:
    return int(pd.DataFrame({"security": security, "day": day, "group": group}).duplicated(keep=False).sum())


def _coded(events: pd.DataFrame, column: str, default: str) -> tuple[Codes, list[str]]:
    """Sorted names of a column and their numbers, -1 for none; `default` stands where a row has none."""
    if column not in events:
        return np.full(len(events), 0 if default else -1, np.int32), [default] if default else []
    values = events[column].astype(object).where(events[column].notna(), default)
    values = values.where(values != "", default).astype(str)
    codes, names = pd.factorize(values, sort=True)
    if len(names) and names[0] == "":  # the empty name sorts first
        return (codes - 1).astype(np.int32), [str(name) for name in names[1:]]
    return codes.astype(np.int32), [str(name) for name in names]


def _told(
    events: pd.DataFrame, given: np.ndarray, names: pd.Series | None, shifted: np.ndarray, reason: np.ndarray
) -> pd.DataFrame:
    rows = np.flatnonzero((reason != "") | (shifted != ""))
    left = reason[rows] != ""
    return pd.DataFrame(
        {
            "event": given[rows].astype(str) if names is None else names.iloc[rows].astype(str).to_numpy(),
            "security": events["security"].iloc[rows].astype(str).to_numpy(),
            "what": np.where(left, "excluded", "shifted"),
            "reason": np.where(left, reason[rows], shifted[rows]),
        }
    )


def reach(estimation: Window, window: Window) -> Window:
    """Where day 0 of another event may lie whose days from then on reach into the estimation window."""
    return Window(estimation.start - max(window.end, 0), estimation.end)


def within(events: EventList, reached: Window) -> tuple[Days, Days, Days]:
    """By security and day: the order of the events; and of each, the first place that it reaches, and how many."""
    width = 2 * len(reached) + int(events.day.max(initial=0)) + abs(reached.start) + 1
    key = events.security.astype(np.int64) * width + events.day
    order = np.argsort(key, kind="stable")
    first = np.searchsorted(key[order], key + reached.start)
    return order, first, np.searchsorted(key[order], key + reached.end, side="right") - first


def contaminated(events: EventList, reached: Window) -> tuple[Days, Days]:
    """(m,) events, ascending, and (m,) sessions of another event of the same security that lies where one reaches."""
    order, first, count = within(events, reached)
    place = np.repeat(first - np.r_[0, np.cumsum(count)[:-1]], count) + np.arange(count.sum())
    event, met = np.repeat(np.arange(len(count)), count), order[place]
    return event[met != event], events.day[met[met != event]].astype(np.int64)


def halt_rows(events: EventList, panel: Panel, axes: Sequence[Days], window: Window) -> pd.DataFrame:
    """Each return over a halt inside an event's window, and how many sessions it covers."""
    halts = panel.halts(np.arange(len(panel.securities)))
    found: list[tuple[int, Reason]] = []
    for exchange, axis in enumerate(axes):
        mine, width = np.flatnonzero(events.exchange == exchange), 2 * len(axis)
        before, session = (np.searchsorted(axis, halts[:, column]) for column in (1, 2))
        key = halts[:, 0].astype(np.int64) * width + session  # ascending, as the halts are
        at = events.security[mine].astype(np.int64) * width + events.day[mine]
        low, high = np.searchsorted(key, at + window.start), np.searchsorted(key, at + window.end, side="right")
        for i in np.flatnonzero(high > low).tolist():
            for k in range(low[i], high[i]):
                day, covered = f"{panel.sessions[int(halts[k, 2])]:%Y-%m-%d}", int(session[k] - before[k])
                if before[k] >= events.day[mine[i]] + window.start - 1:
                    found.append((int(mine[i]), Reason("covers_sessions", day=day, n=covered)))
    return _exclusions(events, [event for event, _ in found], "told", [reason for _, reason in found])


def strange_told(
    events: EventList, panel: Panel, axes: Sequence[Days], spans: tuple[Window, Window], kind: str
) -> pd.DataFrame:
    """The returns in an event's windows that hardly occur, its benchmark's too; who has the returns of another."""
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    reasons, twins, seen, listed = list[Reason](), list[Reason](), dict[bytes, str](), np.unique(events.security)
    market = panel.securities.get_indexer(pd.Index(events.benchmarks))[events.benchmark]
    for codes, held in panel.tiles():
        own = np.isin(codes, listed)
        twins += same_columns(held[own], list(map(str, panel.securities[codes[own]])), seen)
        for one in strange_returns(held, kind):
            column = codes[one.row]
            mine = np.flatnonzero((events.security == column) | (market == column))
            for i in mine.tolist():
                axis = axes[int(events.exchange[i])]
                tau = int(np.searchsorted(axis, one.column)) - int(events.day[i])
                if first <= tau <= last:
                    reasons.append(strange_reason(one, str(panel.securities[column]), panel.sessions[one.column]))
                    break
    return told_of_all([*shortened(reasons), *few(twins)])


def told_of_all(reasons: Iterable[Reason | str]) -> pd.DataFrame:
    """What is told of no event alone, as rows of `exclusions`."""
    rows = [("", "", "told", reason) for reason in reasons]
    return pd.DataFrame(rows, columns=["event", "security", "what", "reason"])


def _exclusions(events: EventList, at: Sequence[int], what: str, reasons: Sequence[Reason]) -> pd.DataFrame:
    rows = events.row[np.asarray(at, int)]
    names = events.given[rows] if events.names is None else events.names.iloc[rows].to_numpy()
    told = np.empty(len(reasons), object)
    told[:] = reasons
    return pd.DataFrame({"event": names, "security": events.who[rows], "what": what, "reason": told})


def without_contaminated(events: EventList, reached: Window) -> EventList:
    """Without the events whose estimation window holds another event of their security; each is told."""
    lost = np.unique(contaminated(events, reached)[0])
    kept = np.setdiff1d(np.arange(len(events)), lost)
    told = _exclusions(events, lost.tolist(), "excluded", [Reason("another_event_in_estimation")] * len(lost))
    arrays = {name: getattr(events, name)[kept] for name in ARRAYS}
    sharing = _sharing(arrays["security"], arrays["day"], arrays["group"])
    return replace(
        events, **arrays, exclusions=pd.concat([events.exclusions, told], ignore_index=True), sharing=sharing
    )


def shared_windows(
    events: EventList, estimation: Window, window: Window, rule: Contamination = "tell"
) -> Iterator[Reason]:
    """How many events share days of their event window with another of the same security, or estimate on its days."""

    def meeting(reached: Window) -> int:
        itself = int(reached.start <= 0 <= reached.end)
        return int((within(events, reached)[2] > itself).sum())

    if overlapping := meeting(Window(1 - len(window), len(window) - 1)):
        yield Reason("windows_overlap", n=overlapping)
    if inside := meeting(reach(estimation, window)):
        yield Reason(f"contaminated_{rule}", n=inside)


def sharing_line(events: EventList) -> Iterator[str]:
    """That one security has several events on one day, where that is so."""
    if events.sharing:
        yield f"  {events.sharing:,} events share security, day 0 and group with another: each counts by itself"


COLUMNS = ("security", "date", *OTHERS)
RESULTS = {
    "model", "window_start", "window_end", "car", "std_error", "t_stat", "p_value", "p_sample_quantile",
    "quantile_floor", "p_leading", "volatility_ratio", "days", "note", "tau", "actual_return", "expected_return",
    "abnormal_return",
}  # fmt: skip  # columns of the tables that labels are carried into


def read_events(
    path: Path, labels: Sequence[str] = (), characteristics: Sequence[str] = ()
) -> tuple[pd.DataFrame, Rows]:
    """An event list with `labels` and `characteristics`, from a file in any form that `prices.tables` reads."""
    if not path.is_file():
        raise StudyError(f"there is no event list {path.name}", remedy="Give a table of events.")
    cells = read_cells(path)
    known = {*COLUMNS, *ALIASES}
    names = [
        plain if plain in known and given not in labels else given
        for given, plain in zip(cells.header, cells.names, strict=True)
    ]
    for wanted, others in (("security", NAMES), ("date", DAYS)):  # names that stand in where the usual ones do not
        at = [k for k, plain in enumerate(cells.names) if plain in others and names[k] not in labels]
        if at and not any(ALIASES.get(name, name) == wanted for name in names):
            names[min(at, key=lambda k: others.index(cells.names[k]))] = wanted
    if twice := [name for i, name in enumerate(names) if name in names[:i]]:
        raise PriceError(f"two columns {twice[0]!r}", where=path.name, remedy="Keep one of the two.")
    check_characteristics(names, characteristics, path.name)
    check_columns(names, labels, path.name)
    table = pd.DataFrame({n: pd.Series(list(c), dtype=object) for n, c in zip(names, cells.columns, strict=True)})
    return table.where(table.notna() & (table != ""), None), cells.rows


def carried(labels: Sequence[str], characteristics: Sequence[str]) -> list[str]:
    """The columns that a list carries along beside those that are read."""
    return [*labels, *(name for name in dict.fromkeys(characteristics) if name not in (*labels, *COLUMNS))]


def check_characteristics(names: Sequence[str], wanted: Sequence[str], where: str) -> None:
    """Every characteristic is a column of the list."""
    for name in wanted:
        if name not in names:
            what = f"characteristics: the list has no column {name!r}"
            raise StudyError(what, where=where, remedy=f"Its columns are {', '.join(names)}.")


def check_columns(names: Sequence[str], labels: Sequence[str], where: str) -> None:
    """Every column is one that is read or a label, and every label is there under a name of its own."""
    check_named(names, where)
    known = {*COLUMNS, *ALIASES}
    for name in names:
        if name not in known and name not in labels:
            near = difflib.get_close_matches(name.lower(), known, n=1)
            asked = f"Did you mean {near[0]!r}? " if near else ""
            remedy = f"{asked}A column that is only carried along is named in `labels`."
            if not name:
                raise StudyError("a column without a name", where=where, remedy="Name it, or take it out.")
            raise StudyError(f"unknown column {name!r}", where=where, remedy=remedy)
    for alias, plain in ALIASES.items():
        if alias in names and plain in names:
            remedy = "Keep one of the two, or give the other a name of its own."
            raise StudyError(f"two columns for the {plain}, {plain!r} and {alias!r}", where=where, remedy=remedy)
    for label in labels:
        if label not in names:
            raise StudyError(f"the list has no column {label!r}", where=where, remedy="Take it out of `labels`.")
        if label in known or label in RESULTS:
            remedy = "Rename the column; those that are read need no label."
            raise StudyError(f"the label {label!r} has a meaning of its own", where=where, remedy=remedy)
