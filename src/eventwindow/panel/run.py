"""A panel and a list of events of any length go in, tests by group and window come out."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows, frequency
from eventwindow.calendars.exchange import MAX_SHIFT, SessionRule
from eventwindow.calendars.window import Span, Window, as_window, check_estimation, check_report
from eventwindow.errors import EventDateError, Reason, StudyError, counted
from eventwindow.estimation.by_exchange import exchange_of, lacking_sessions, spanning
from eventwindow.estimation.contamination import Contamination
from eventwindow.estimation.door import Values, benchmarks_of, check_choices
from eventwindow.estimation.event_time import Days, Factors
from eventwindow.estimation.given import as_windows, events_table, factors_given, given, named_benchmark
from eventwindow.estimation.models import Model, model_named
from eventwindow.estimation.risk_free import check_rates
from eventwindow.panel.checkpoints import Chunks, fingerprint
from eventwindow.panel.chunk import Specification
from eventwindow.panel.contrasts import asked_of
from eventwindow.panel.engines import Run, engine_named
from eventwindow.panel.events import (
    EventList,
    carried,
    check_characteristics,
    event_list,
    halt_rows,
    reach,
    read_events,
    shared_windows,
    strange_told,
    told_of_all,
    without_contaminated,
)
from eventwindow.panel.own_sessions import (
    Exchanges,
    closed_rows,
    exchanges_of,
    holds_foreign_days,
    shared_sessions,
    when_closed,
)
from eventwindow.panel.passes import first_pass, second_pass
from eventwindow.panel.plan import Plan, factor_tables
from eventwindow.panel.results import PanelResult, panel_result
from eventwindow.panel.source import ONE, Own, Panel, frame_panel
from eventwindow.panel.tally import collected, day_spreads, spreads, with_second_pass
from eventwindow.panel.tiles import staged_panel
from eventwindow.scratch import temporary_folder

Step = Callable[[str], None]
CHUNK = 50_000  # events; what is lost when a run is killed, and what a task carries


def quiet(_: str) -> None:
    """A step that says nothing."""


def panel_study(
    panel: pd.DataFrame | Path | str,
    events: pd.DataFrame | Path | str,
    *,
    model: str | Model = "market_model",
    benchmark: str | None = None,
    factors: Factors | None = None,
    estimation: Span = (-260, -11),
    window: Span = (-10, 10),
    report: Sequence[Span] | Span = ((0, 0), (0, 1)),
    minimum_returns: int = 100,
    session: SessionRule = "error",
    max_shift: int = MAX_SHIFT,
    exchange: str | None = None,
    values: str = "returns",
    kind: str = "simple",
    daily: bool = False,
    contamination: Contamination = "tell",
    labels: Sequence[str] = (),
    compare: Sequence[tuple[str, str]] = (),
    characteristics: Sequence[str] = (),
    chunk: int = CHUNK,
    engine: str = "local",
    workers: int | None = None,
    client: Any = None,
    work: Path | str | None = None,
    step: Step = quiet,
) -> PanelResult:
    """Tests by group and window of a list of events, streamed in chunks; no result depends on the chunks' size.

    Parameters
    ----------
    panel : DataFrame (D days, S securities) or path
        Returns in decimals, or prices; or a Parquet or CSV file, wide or long, or a folder of them.
    events : DataFrame or path
        As for `abnormal_returns`, or a CSV or Parquet file of them.
    model
    benchmark
    factors
    minimum_returns
    session
    max_shift
    exchange
    kind
    contamination
        All nine as for `abnormal_returns`.
    estimation : Window or pair of int
    window : Window or pair of int
        Trading days from day 0; the two must not overlap.
    report : sequence of Window, int or pair of int; or one Window
        The windows that are tested, inside the event window: [(0, 0), (-1, 1)].
    values : {"returns", "prices"}
        What the panel holds.
    daily : bool
        Whether daily abnormal returns are kept for `daily_parts`.
    labels : sequence of str
        Further columns of the events, which the tables of events carry along.
    compare : sequence of pairs of str
        Groups whose CAARs are compared: ("large", "small") is the first less the second.
    characteristics : sequence of str
        Columns of the events on which CARs are regressed; of a column of names, a dummy for each but the first.
    chunk : int
        Events in a chunk.
    engine : {"local", "dask"}
        What runs the chunks.
    workers : int, optional
        Processes of the local engine; by default as many as there are cores, one where a table of events is one chunk.
    client : dask.distributed.Client, optional
        The cluster of the dask engine.
    work : path, optional
        A folder for finished chunks: a run that was stopped goes on from them.
    step : callable of str
        Told what is being done.

    Returns
    -------
    PanelResult
        Tests, CAARs and AARs by group; the group "all" holds all events.

    Raises
    ------
    StudyError
        For input that cannot be used, with the row of the list; for an engine that is not there.
    WindowError
        For windows that overlap, or a window to report that reaches beyond the event window.

    References
    ----------
    MacKinlay, A. C. (1997). Event studies in economics and finance. Journal of Economic Literature 35, 13-39.
    Kolari, J. W. and Pynnönen, S. (2010). Event study testing with cross-sectional correlation of abnormal returns.
    Review of Financial Studies 23, 3996-4025.

    Examples
    --------
    >>> result = ew.panel_study(returns, events, benchmark="MKT", report=(0, (0, 1)), **spans)
    >>> result.caar[["window_start", "window_end", "n", "caar"]].round(4).to_numpy().tolist()
    [[0.0, 0.0, 3.0, -0.0488], [0.0, 1.0, 3.0, -0.0617]]
    """
    if workers is None and engine == "local" and isinstance(events, pd.DataFrame) and len(events) <= chunk:
        workers = 1  # nothing is shared out: processes take longer to start than such a list takes
    with ExitStack() as stack:
        run = stack.enter_context(engine_named(engine, workers, client))
        folder = Path(work) if work is not None else stack.enter_context(temporary_folder())
        plan = planned(
            panel,
            events,
            folder,
            model=model,
            benchmark=benchmark,
            factors=factors,
            estimation=estimation,
            window=window,
            report=report,
            minimum_returns=minimum_returns,
            session=session,
            max_shift=max_shift,
            exchange=exchange,
            values=values,
            kind=kind,
            daily=daily,
            contamination=contamination,
            labels=labels,
            compare=compare,
            characteristics=characteristics,
            chunk=chunk,
            step=step,
        )
        kept = Chunks(None if work is None else folder / fingerprint(plan)[:16])
        return _run(plan, kept, run, step)


def _events(
    events: pd.DataFrame | Path | str, carried: Sequence[str], characteristics: Sequence[str]
) -> tuple[pd.DataFrame, Rows | None]:
    """The table of events, and where its rows stand where it comes from a file."""
    if isinstance(events, str | Path):
        return read_events(Path(events), carried, characteristics)
    table = events_table(events)
    check_characteristics([str(name) for name in table], characteristics, "the table of events")
    return table, None


def planned(
    panel: pd.DataFrame | Path | str,
    events: pd.DataFrame | Path | str,
    work: Path,
    *,
    model: str | Model,
    benchmark: str | None,
    factors: Factors | None,
    estimation: Span,
    window: Span,
    report: Sequence[Span] | Span,
    minimum_returns: int,
    session: SessionRule,
    max_shift: int,
    exchange: str | None,
    values: str,
    kind: str,
    daily: bool,
    contamination: Contamination,
    labels: Sequence[str],
    compare: Sequence[Sequence[str]],
    characteristics: Sequence[str],
    chunk: int,
    step: Step,
) -> Plan:
    """What `panel_study` runs with the same arguments: panel and events read and placed, everything checked."""
    spans = as_window(estimation), as_window(window), tuple(as_windows(report))
    spec = Specification(*spans, model, minimum_returns, kind, daily=daily, contamination=contamination)
    factors = factors_given(factors)
    check_choices(
        kind=kind,
        values=values,
        contamination=contamination,
        session=session,
        minimum_returns=minimum_returns,
        max_shift=max_shift,
        exchange=exchange,
        benchmark=benchmark,
        factors=factors,
    )
    _check(spec, chunk)
    along = carried(labels, characteristics)
    table, rows = _events(events, along, characteristics)
    if not isinstance(panel, str | Path):
        panel, table, benchmark, read = given(panel, table, benchmark, cast("Values", values))
    else:
        benchmark, read = named_benchmark(benchmark), ()
    place = rows or Rows("the table of events", "index", table.index)
    check_rates(table, model_named(model), place.at)
    of = exchange_of(table, exchange, place)
    several = len(set(of.values())) > 1
    step("reading the panel")
    series = benchmarks_of(table, benchmark)
    held = _panel(panel, work, kind, Own(of if several else {}, series) if values == "prices" else None)
    apart = several or (not frequency(held.sessions) and holds_foreign_days(held, of))
    if apart and not several and values == "prices":  # prices become returns from one own session to the next
        held = _panel(panel, work, kind, Own(of, series))
    step("placing the events")
    exchanges, uneven = _exchanges(held, of, series, apart)
    listed = event_list(
        table,
        held.sessions,
        held.securities,
        exchanges,
        place,
        benchmark="" if benchmark is None else str(benchmark),
        rule=session,
        most=None if frequency(held.sessions) else max_shift,
        exchange=exchange,
        labels=along,
    )
    listed = _told(listed, held, tuple(exchanges.rows.values()), spec, [*read, *uneven])
    plan = plan_of(spec, held, listed, factors, chunk, exchanges).with_doubts()
    return replace(plan, asked=asked_of(table, listed.groups, compare, characteristics, listed.rows))


def _panel(panel: pd.DataFrame | Path | str, work: Path, kind: str, own: Own | None) -> Panel:
    if isinstance(panel, str | Path):
        return staged_panel(Path(panel), work, kind, own)
    return frame_panel(panel, kind, own)


def _spanned(events: EventList, panel: Panel, axes: Sequence[Days], window: Window) -> Iterator[Reason]:
    """How many event windows hold a session on which their benchmark's return covers several of its own."""
    count, every = 0, np.arange(len(panel.sessions))
    market = panel.securities.get_indexer(pd.Index(events.benchmarks))
    for code, axis in enumerate(axes):
        for place, column in enumerate(market.tolist() if len(axis) < len(every) else []):
            mine = events.day[(events.exchange == code) & (events.benchmark == place)].astype(np.int64)
            if column < 0 or not len(mine):
                continue
            held = np.isfinite(panel.returns(0, len(every), np.array([column], np.int32))[0])
            seen = np.r_[0, np.cumsum(spanning(panel.sessions[held], panel.sessions[axis]))]
            low, high = (np.clip(mine + end, 0, len(axis)) for end in (window.start, window.end + 1))
            count += int((seen[high] > seen[low]).sum())
    if count:
        yield Reason("benchmark_spans_windows", n=count)


def _exchanges(
    panel: Panel, of: Mapping[str, str], benchmarks: Collection[str], apart: bool
) -> tuple[Exchanges, list[Reason]]:
    """The exchanges whose sessions events count `apart`, and what a reader should know of the panel's rows."""
    if sparse := frequency(panel.sessions):
        every = {ONE: np.arange(len(panel.sessions))}
        return Exchanges(every), [Reason("rows_apart", often=Reason(sparse[0]), n=sparse[1])]
    closed, notes = closed_rows(panel, benchmarks)
    mixed, uneven = shared_sessions(panel, "the panel")
    odd = [*when_closed(panel, of), *lacking_sessions(set(of.values()), panel.sessions)]
    if apart or (mixed and of):
        found = exchanges_of(panel, of)
        return found, [*found.notes, *odd]
    if mixed:
        raise mixed
    return Exchanges({ONE: np.flatnonzero(~closed)}), [*notes, *uneven, *odd]


def _told(
    events: EventList, panel: Panel, axes: Sequence[Days], spec: Specification, read: Sequence[Reason | str]
) -> EventList:
    """The list with what a reader should know of it, and without what its rule for other events leaves out."""
    grouped = [Reason("without_group", n=n)] if events.groups and (n := int((events.group < 0).sum())) else []
    spanned = _spanned(events, panel, axes, spec.window)
    shared = shared_windows(events, spec.estimation, spec.window, spec.contamination)
    told = told_of_all([*read, *spanned, *grouped, *shared])
    if spec.contamination == "drop":
        events = without_contaminated(events, reach(spec.estimation, spec.window))
    halts = halt_rows(events, panel, axes, spec.window)
    strange = strange_told(events, panel, axes, (spec.estimation, spec.window), spec.kind)
    return replace(events, exclusions=pd.concat([events.exclusions, told, halts, strange], ignore_index=True))


def plan_of(
    spec: Specification,
    panel: Panel,
    events: EventList,
    factors: Factors | None,
    chunk: int,
    exchanges: Exchanges,
) -> Plan:
    """What is run, with everything that is wrong found first."""
    if not len(events):
        reasons = events.exclusions["reason"].value_counts()
        mine = events.exclusions[events.exclusions["reason"] == reasons.index[0]]
        raise EventDateError(
            f"no event is left: {reasons.index[0]} ({counted(len(mine), 'event')}, first {mine['security'].iloc[0]!r})",
            where=events.rows.name,
            remedy="Give events of securities and days that the panel holds.",
        )
    if "all" in events.groups:
        where = events.where(events.group == events.groups.index("all"))
        what = "a group is called 'all', which stands for all events"
        raise StudyError(what, where=where, remedy="Give it another name.")
    if isinstance(factors, (pd.Series, pd.DataFrame)):
        events = replace(events, benchmark=np.zeros(len(events), np.int32), benchmarks=("",))
    elif (events.benchmark < 0).any():
        remedy = "Fill the column, or give one for all with `benchmark`."
        raise StudyError("an event has no benchmark", where=events.where(events.benchmark < 0), remedy=remedy)
    spec = replace(spec, groups=len(events.groups))
    axes = tuple(exchanges.rows.values())
    given = cast("Mapping[str, pd.DataFrame] | None", factors)
    tables, names = zip(*(factor_tables(spec, panel, events, given, axis) for axis in axes), strict=True)
    dates = panel.sessions.to_numpy().astype("M8[D]").astype(np.int64)
    return Plan(spec, panel, events, tables, names[0], dates, axes, chunk, tuple(filter(None, exchanges.rows)))


def _run(plan: Plan, kept: Chunks, run: Run, step: Step) -> PanelResult:
    """First pass, spreads, second pass, tests."""
    _stage(plan, kept, run, "first", lambda n: (plan.task(n),), step)
    tally, columns = collected(plan, kept)
    spread = spreads(tally, columns), day_spreads(tally)
    _stage(plan, kept, run, "second", lambda n: (plan.task(n, halo=False), *spread), step)
    step("testing")
    return panel_result(plan, kept, with_second_pass(tally, plan, kept), columns)


def _stage(
    plan: Plan, kept: Chunks, run: Run, stage: str, arguments: Callable[[int], tuple[Any, ...]], step: Step
) -> None:
    """Run the chunks that are not there yet, and keep each as it comes."""
    done = kept.done(stage, len(plan))
    left = [number for number in range(len(plan)) if number not in done]
    count = sum(plan.rows(n).stop - plan.rows(n).start for n in done)
    work: Callable[..., Any] = first_pass if stage == "first" else second_pass
    say = partial("{} pass: {:,} of {:,} events".format, stage)
    step(say(count, len(plan.events)))
    for number, arrays in run(work, left, arguments):
        kept.save(stage, number, arrays)
        count += plan.rows(number).stop - plan.rows(number).start
        step(say(count, len(plan.events)))


def _check(spec: Specification, chunk: int) -> None:
    model_named(spec.model)
    check_estimation(spec.estimation, spec.window)
    check_report(spec.report, spec.window)
    if chunk < 1:
        raise StudyError(f"chunk = {chunk}: a chunk holds at least one event.")
