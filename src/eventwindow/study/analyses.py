"""The analyses of a run: what each promises, what it costs, and how it is worked out."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from eventwindow.analyses.benchmarks import (
    WITHOUT_TREATED,
    BenchmarkViews,
    benchmark_views,
    curve,
    ex_treated_benchmark,
    seen_through,
    views_table,
)
from eventwindow.analyses.counterfactual import COUNTERFACTUALS
from eventwindow.analyses.counterfactual import tables as counterfactual
from eventwindow.analyses.counterfactual.estimate import estimated as counterfactual_of
from eventwindow.analyses.counterfactual.heldout import block_of_day
from eventwindow.analyses.counterfactual.sample import Sample, donor_returns, sample
from eventwindow.analyses.cross_listing import RECEIPTS, receipts_table
from eventwindow.analyses.firms import candidates_table, firms_table
from eventwindow.analyses.intraday import tables as intraday
from eventwindow.analyses.intraday.bars import Bars, bars_of
from eventwindow.analyses.market import groups_table, market_table, on_sessions, treated_stocks_table
from eventwindow.analyses.run_up import run_up_table
from eventwindow.analyses.sessions import exchanges_table
from eventwindow.analyses.specification_curve import families
from eventwindow.analyses.volume_volatility import activity_table, volume_abnormal
from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window
from eventwindow.claims.market_value import market_value
from eventwindow.claims.measures.prices import each_held
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.ex_treated import weights_from_values
from eventwindow.inference.diagnostics import diagnostics
from eventwindow.inference.tables import cumulative_table, daily_table, tests_table
from eventwindow.study.definition import LONG_WINDOW
from eventwindow.study.estimates import Estimates
from eventwindow.study.load import securities_table

Tables = dict[str, pd.DataFrame]


class Analysis(NamedTuple):
    """One thing that a run looks at; `run` gives the tables it promises, those without matter empty or left out."""

    name: str
    tables: tuple[str, ...]
    run: Callable[[Estimates], Tables]
    cost: int = 1  # compared with the others: the longest begin first


def tests(estimates: Estimates) -> Tables:
    """Every event and basket: abnormal returns by day, CARs by window, and every test of the registry."""
    study, calendar = estimates.inputs.study, estimates.inputs.calendar
    report = study.file.windows.report
    return {
        "abnormal_returns": daily_table(estimates.abnormal),
        "cumulative": cumulative_table(estimates.abnormal, report, calendar),
        "tests": tests_table(estimates.by_event, study.baskets, report),
    }


def run_up(estimates: Estimates) -> Tables:
    """How prices came to the headline day: earlier events, and each session that could have been the day instead."""
    headline = estimates.headline
    table = run_up_table(estimates.by_event, headline.event, headline.members, estimates.candidates)
    return {"approach": table}


def data_quality(estimates: Estimates) -> Tables:
    quality = estimates.inputs.quality
    return {"data_quality": quality.findings_table(), "reconciliation": quality.reconciliation_table()}


def firms(estimates: Estimates) -> Tables:
    """The headline event firm by firm, the day as one of its candidates, and abnormal activity."""
    inputs, headline, calendar = estimates.inputs, estimates.headline, estimates.headline.calendar
    windows, mine = inputs.study.file.windows, headline.at_home
    rows = estimates.placed
    rows = rows[(rows["event"] == headline.event) & (rows["mic"] == calendar.mic)].reset_index(drop=True)
    longer = Window(windows.estimation.end - LONG_WINDOW + 1, windows.estimation.end)
    volumes = {
        s: inputs.prices[s]["volume"] for s in mine.labels["security"] if inputs.prices[s]["volume"].notna().any()
    }
    volume = volume_abnormal(mine, volumes, calendar, inputs.study.file.study.minimum_returns)
    baskets = dict(inputs.study.baskets)
    return {
        "firms": firms_table(mine, estimates.over(rows, longer), windows.report, list(headline.members)),
        "candidates": candidates_table(mine, baskets, estimates.candidates),
        "activity": activity_table(mine, volume, baskets, windows.report),
        "diagnostics": diagnostics(mine),
    }


def benchmarks(estimates: Estimates) -> Tables:
    """The headline event, every group and the market on day 0, through every benchmark."""
    views = _views(estimates)
    if views is None:
        return {}
    inputs, event, file = estimates.inputs, estimates.headline.event, estimates.inputs.study.file
    windows, minimum = file.windows, file.study.minimum_returns
    seen = seen_through(views, estimation=windows.estimation, window=windows.event, minimum=minimum)
    return {
        "views": views_table(seen, windows.report, inputs.calendar),
        "group_views": groups_table(seen, inputs.study.baskets, windows.report[0]).assign(event=event),
        "market": _market(estimates, views).assign(event=event, date=views.day0),
    } | _treated(views, windows.event, event)


def specification_curve(estimates: Estimates) -> Tables:
    """The headline event over every reasonable choice."""
    views = _views(estimates)
    if views is None:
        return {}
    inputs, headline, file = estimates.inputs, estimates.headline, estimates.inputs.study.file
    dates = inputs.calendar[inputs.calendar["mic"] == views.calendar.mic]
    before = dates[(dates["kind"] == "event") & (dates["session"] < views.day0)]
    every = curve(
        views,
        file.windows.report,
        estimation=file.windows.estimation,
        before=dict(zip(before["id"], before["session"], strict=True)),
        tainted=pd.DatetimeIndex(dates.loc[dates["kind"] == "news", "session"].dropna()),
        factors=inputs.tables.get("factors"),
        minimum=file.study.minimum_returns,
    )
    tables = {"robustness": every.summary().assign(event=headline.event)}
    members = [s for s in headline.members if s in every.securities]
    if members:
        mine, first = every.table(members).assign(event=headline.event), file.windows.report[0]
        day0 = mine[(mine["window_start"] == first.start) & (mine["window_end"] == first.end)]
        tables |= {"curve": mine, "curve_families": families(day0).assign(event=headline.event)}
    return tables


def counterfactuals(estimates: Estimates) -> Tables:
    """The basket's members against untreated stocks; nothing where the study names no panel."""
    form, event = estimates.inputs.study.file.counterfactual, estimates.headline.event
    held, left_out = donors(estimates)
    if form is None or held is None:
        return {"counterfactual": counterfactual.left_out_rows(left_out, event)} if left_out else {}
    models = [counterfactual_of(COUNTERFACTUALS[name], held, form.blocks) for name in form.models]
    return counterfactual.counterfactual_tables(held, models, form.blocks, left_out, event)


def exchanges(estimates: Estimates) -> Tables:
    """Sessions in world time; receipts against their home shares."""
    inputs, headline = estimates.inputs, estimates.headline
    securities = securities_table(inputs.study)
    table = exchanges_table(headline.abnormal, list(headline.members), securities, inputs.returns, inputs.calendars)
    frames = inputs.prices.frames
    labels, window = headline.abnormal.labels, inputs.study.file.windows.event
    day_zero = dict(zip(labels["security"], labels["date"], strict=True))
    receipts = [
        receipts_table(headline.event, day_zero[r.receipt], r.model_dump(), frames, inputs.calendars, window)
        for r in inputs.study.file.receipts
        if r.receipt in day_zero and r.home in frames
    ]
    return (
        {"exchanges": table, "receipts": pd.concat(receipts, ignore_index=True)} if receipts else {"exchanges": table}
    )


def intraday_bars(estimates: Estimates) -> Tables:
    """The bars of the first member's day 0 (and the days that the study names after it), of every symbol with bars."""
    inputs, headline = estimates.inputs, estimates.headline
    form, table = inputs.study.file.intraday, inputs.tables.get("intraday")
    if table is None:
        return {}
    dates = estimates.home_dates
    bars, lost = _bars(estimates, table)
    return intraday.intraday_tables(
        headline.event,
        bars,
        _sessions(headline.calendar, headline.day_zero, form.days),
        list(dates.loc[dates["kind"] == "event", "session"]),
        market=form.market,
        sector=form.sector,
        pairs=form.pairs,
        lost=lost,
    )


ANALYSES = (
    Analysis(
        "counterfactuals", ("counterfactual", "counterfactual_daily", "counterfactual_placebos"), counterfactuals, 7
    ),
    Analysis("exchanges", ("exchanges", "receipts"), exchanges, 0),
    Analysis("intraday", ("intraday", "intraday_days", "lead_lag"), intraday_bars, 1),
    Analysis("firms", ("firms", "candidates", "activity", "diagnostics"), firms, 2),
    Analysis("tests", ("abnormal_returns", "cumulative", "tests"), tests, 7),
    Analysis("run_up", ("approach",), run_up, 0),
    Analysis("data_quality", ("data_quality", "reconciliation"), data_quality, 0),
    Analysis("benchmarks", ("views", "group_views", "market", "treated_stocks", "treated"), benchmarks, 2),
    Analysis("specification_curve", ("robustness", "curve", "curve_families"), specification_curve, 10),
)
ALWAYS = {  # tables that every result holds, with their columns where there is no matter for them
    "counterfactual": counterfactual.EFFECTS,
    "counterfactual_daily": counterfactual.DAILY,
    "counterfactual_placebos": counterfactual.PLACEBOS,
    "receipts": RECEIPTS,
    "intraday": intraday.MINUTES,
    "intraday_days": intraday.DAYS,
    "lead_lag": intraday.LEADS,
}


def donors(estimates: Estimates) -> tuple[Sample | None, dict[str, Reason]]:
    """The basket's members beside the donors of the panel, and why members are left out; none without a panel."""
    inputs, headline = estimates.inputs, estimates.headline
    form, treated = inputs.study.file.counterfactual, headline.abnormal.among(headline.members)
    if form is None or not len(treated):
        return None, {}
    panel = inputs.tables.get(form.panel)
    if panel is None:
        what = f"the study's figures hold no table {form.panel!r}"
        remedy = f"Add figures/{form.panel}.parquet (adjusted closes, date × symbol), or leave [counterfactual] out."
        raise StudyError(what, where="study.toml, counterfactual.panel", remedy=remedy)
    calendar = inputs.calendars[treated.labels["security"].iloc[0]]
    kind = inputs.study.file.study.returns
    held, left_out = sample(treated, donor_returns(panel, calendar.sessions, kind), form.exclude)
    if held is not None:
        block_of_day(len(held.x), form.blocks)
    return held, left_out


def filled_weights(estimates: Estimates, weights: pd.DataFrame, index: str) -> pd.DataFrame:
    """The weights in `index`, those left empty from market values and the first weight that is given.

    A market value is the close times the share count known on the day of the weights; a stock without a count keeps its
    empty weight and counts as not held.
    """
    rows = weights[(weights["index"] == index) & weights["symbol"].isin(list(estimates.inputs.prices.histories))]
    given, empty = rows[rows["weight"].notna()], rows[rows["weight"].isna()]
    if empty.empty or given.empty:
        return rows.dropna(subset="weight")
    anchor = given.iloc[0]
    day = pd.Timestamp(anchor["date"]).date()
    values, _ = each_held((anchor["symbol"], *empty["symbol"]), lambda s: market_value(estimates.evidence, s, day))
    if anchor["symbol"] not in values:
        return given
    filled = weights_from_values(pd.Series(values), anchor["symbol"], float(anchor["weight"]))
    return rows.assign(weight=rows["weight"].fillna(rows["symbol"].map(filled))).dropna(subset="weight")


def _views(estimates: Estimates) -> BenchmarkViews | None:
    """The headline event through the study's benchmark, that benchmark without the treated, and further ones."""
    inputs, study, form = estimates.inputs, estimates.inputs.study, estimates.inputs.study.file.robustness
    without, benchmark = None, study.benchmark
    if benchmark not in inputs.calendars:  # the study has none, or no prices of it
        return None
    if form.index and "weights" in inputs.tables:
        weights = filled_weights(estimates, inputs.tables["weights"], form.index)
        without = ex_treated_benchmark(
            inputs.returns[benchmark], inputs.returns, inputs.prices.frames, weights, form.index, study.treated
        )
    rows = estimates.placed[estimates.placed["event"] == estimates.headline.event]
    return benchmark_views(rows, inputs.returns, inputs.calendars[benchmark], benchmark, form.benchmarks, without)


def _market(estimates: Estimates, views: BenchmarkViews) -> pd.DataFrame:
    """What the market did on the headline's day 0; the benchmark without the treated keeps the benchmark's name."""
    study, tables = estimates.inputs.study, estimates.inputs.tables
    form, benchmark = study.file.counterfactual, study.benchmark
    series = {name: views.returns[name] for name in views.benchmarks if name != benchmark + WITHOUT_TREATED}
    without = None if views.without is None else (benchmark, views.without)
    panel = on_sessions(tables.get(form.panel if form else "panel"), views.calendar.sessions)
    return market_table(views.day0, series, without, panel, study.treated)


def _treated(views: BenchmarkViews, window: Window, event: str) -> Tables:
    """The treated stocks in the benchmark, and the benchmark without them around day 0."""
    if views.without is None:
        return {}
    sessions = views.calendar.sessions
    at = int(sessions.get_indexer(pd.DatetimeIndex([views.day0]))[0])
    near = sessions[max(0, at + window.start) : at + window.end + 1]
    return {
        "treated_stocks": treated_stocks_table(views.without, views.day0).assign(event=event, date=views.day0),
        "treated": views.without.table(near[0], near[-1]).dropna(subset="benchmark_return"),
    }


def _bars(estimates: Estimates, table: pd.DataFrame) -> tuple[dict[str, Bars], dict[str, str]]:
    """Bars by symbol, and why a symbol has none; one that the study does not hold keeps the first's hours."""
    bars, lost = {}, {}
    for symbol in table["symbol"].unique():
        try:
            calendar = estimates.inputs.calendars.get(symbol, estimates.headline.calendar)
            bars[symbol] = bars_of(table, symbol, calendar)
        except StudyError as error:
            lost[symbol] = error.what
    return bars, lost


def _sessions(calendar: Calendar, zero: pd.Timestamp, days: tuple[int, ...]) -> list[pd.Timestamp]:
    at = int(calendar.sessions.searchsorted(zero)) + np.array(days)
    return list(calendar.sessions[at[(at >= 0) & (at < len(calendar.sessions))]])
