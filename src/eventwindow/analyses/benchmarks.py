"""What the answer depends on: other benchmarks, the benchmark without the treated, and the specification curve."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from eventwindow.analyses.specification_curve import Choices, SpecificationCurve, specification_curve
from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window
from eventwindow.errors import NoFigure, Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.by_exchange import study_abnormal_returns
from eventwindow.estimation.ex_treated import WithoutTreated, without_treated
from eventwindow.inference.tables import cumulative_table

WITHOUT_TREATED = " without the treated"
SOON = pd.Timedelta(days=7)  # after the last session: its close may still be that of the weights


@dataclass(frozen=True, slots=True)
class BenchmarkViews:
    """The headline event on its own exchange: securities, returns, and the benchmarks to look at it through."""

    placed: pd.DataFrame  # the securities that share the study's benchmark and its calendar
    day0: pd.Timestamp
    returns: Mapping[str, pd.Series]  # simple, with the benchmark without the treated among them
    calendar: Calendar
    benchmarks: tuple[str, ...]
    without: WithoutTreated | None


def benchmark_views(
    placed: pd.DataFrame,
    returns: Mapping[str, pd.Series],
    calendar: Calendar,
    benchmark: str,
    further: Iterable[str],
    without: WithoutTreated | None,
) -> BenchmarkViews | None:
    """The rows of `placed` (one event) on the study's own benchmark and calendar; None where there are none."""
    mine = placed[(placed["benchmark"] == benchmark) & (placed["mic"] == calendar.mic)].reset_index(drop=True)
    if mine.empty:
        return None
    names, series = [benchmark], dict(returns)
    if without is not None:
        names.append(benchmark + WITHOUT_TREATED)
        series[benchmark + WITHOUT_TREATED] = without.returns
    names += [b for b in further if b in returns and b not in names]
    return BenchmarkViews(mine, mine["date"].iloc[0], series, calendar, tuple(names), without)


def ex_treated_benchmark(
    benchmark: pd.Series,
    returns: Mapping[str, pd.Series],
    prices: Mapping[str, pd.DataFrame],
    weights: pd.DataFrame,
    index: str,
    treated: Sequence[str],
) -> WithoutTreated | None:
    """The benchmark without the treated, from dated weights (columns date, index, symbol, weight); None without any."""
    rows = weights[(weights["index"] == index) & weights["symbol"].isin([s for s in treated if s in returns])]
    if rows.empty or index not in prices:
        return None
    dated = _close_of(pd.Timestamp(rows["date"].max()), pd.DatetimeIndex(benchmark.index))
    given = rows[rows["date"] == rows["date"].max()].set_index("symbol")["weight"].astype(float)
    theirs = pd.DataFrame({s: returns[s] for s in given.index})
    closes = pd.DataFrame({s: prices[s]["close"] for s in given.index})
    return without_treated(benchmark, theirs, closes, prices[index]["close"], given, dated)


def _close_of(dated: pd.Timestamp, sessions: pd.DatetimeIndex) -> pd.Timestamp:
    """The session whose close weights of that day hold at: the day itself, or the last session before it."""
    if not sessions[0] <= dated <= sessions[-1] + SOON:
        what = f"weights of {dated:%Y-%m-%d}, while prices reach from {sessions[0]:%Y-%m-%d} to {sessions[-1]:%Y-%m-%d}"
        remedy = "Give weights of a day that the prices hold, or leave robustness.index out."
        raise StudyError(what, where="figures, weights", remedy=remedy)
    return pd.Timestamp(sessions[sessions <= dated][-1])


def seen_through(
    views: BenchmarkViews, *, estimation: Window, window: Window, minimum: int
) -> dict[str, AbnormalReturns]:
    """Abnormal returns of the headline event under the market model, benchmark by benchmark."""
    calendars = dict.fromkeys(views.placed["security"], views.calendar)
    return {
        benchmark: study_abnormal_returns(
            views.placed.assign(benchmark=benchmark),
            views.returns,
            calendars,
            estimation=estimation,
            window=window,
            model="market_model",
            minimum_returns=minimum,
            kind="simple",
        )
        for benchmark in views.benchmarks
    }


def views_table(seen: Mapping[str, AbnormalReturns], windows: Sequence[Window], calendar: pd.DataFrame) -> pd.DataFrame:
    """CARs of the headline event: one row a benchmark, security and window."""
    return pd.concat([cumulative_table(a, windows, calendar) for a in seen.values()], ignore_index=True)


def curve(
    views: BenchmarkViews,
    windows: Sequence[Window],
    *,
    estimation: Window,
    before: Mapping[str, pd.Timestamp],
    tainted: pd.DatetimeIndex,
    factors: pd.DataFrame | None,
    minimum: int,
) -> SpecificationCurve:
    """The specification curve of the headline event; `before` names days that an estimation window may end before."""
    sessions = views.calendar.sessions
    sessions = sessions[sessions.isin(views.returns[views.benchmarks[0]].dropna().index)]
    if views.day0 not in sessions:
        raise NoFigure(Reason("no_return_on", security=views.benchmarks[0], day=views.day0))
    securities = list(views.placed["security"])
    laid = {s: views.returns[s].reindex(sessions) for s in (*securities, *views.benchmarks)}
    choices = Choices(
        returns=pd.DataFrame({s: laid[s] for s in securities}),
        benchmarks=pd.DataFrame({b: laid[b] for b in views.benchmarks}),
        estimation=estimation_windows(sessions, views.day0, estimation, before),
        tainted=tainted,
        factors=factors,
        minimum_returns=minimum,
    )
    return specification_curve(choices, views.day0, windows, estimation)


def estimation_windows(
    sessions: pd.DatetimeIndex, day0: pd.Timestamp, estimation: Window, before: Mapping[str, pd.Timestamp]
) -> dict[str, Window]:
    """120, 250, 500 days and the study's own length, ending with its window; its length before each other event."""
    lengths = sorted({120, 250, 500, len(estimation)})
    windows = {f"{n} days": Window(estimation.end - n + 1, estimation.end) for n in lengths}
    zero = sessions.get_indexer(pd.DatetimeIndex([day0]))[0]
    for name, day in before.items():
        end = int(sessions.searchsorted(day)) - 1 - int(zero)
        if end < 0:
            windows[f"{len(estimation)} days before {name}"] = Window(end - len(estimation) + 1, end)
    return {label: w for label, w in windows.items() if zero + w.start >= 1}
