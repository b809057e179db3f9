"""The prices of a study, checked: what excludes a security, what a reader should know, and how far sources agree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from eventwindow.calendars.dates import SPARSE
from eventwindow.calendars.exchange import BEGIN, HOURS, Calendar, dates_of_prices, why_closed
from eventwindow.errors import Exchange, PriceError, catalogue, counted
from eventwindow.estimation.door import check_no_logs
from eventwindow.estimation.returns import price_for_returns
from eventwindow.parallel import run_parallel
from eventwindow.prices.checks import Finding, check_history, warning
from eventwindow.prices.history import PriceHistory, Prices, Unavailable
from eventwindow.prices.reconcile import (
    Reconciliation,
    common_moves,
    exchanged,
    mixed_up,
    out_of_step,
    reconcile_with_shipped,
)
from eventwindow.study.definition import Study

PARTS = 4  # of the securities, which two processes share
SHOWN = 4  # names and days in a message
FINDINGS = ["security", "level", "kind", "date", "text_en", "text_zh"]
RECONCILED = ["security", "days_compared", "days_agreeing", "only_pulled", "only_shipped", "date", "pulled", "shipped"]


@dataclass(frozen=True, slots=True)
class Quality:
    """Findings on every security, and each pulled history held against the shipped one."""

    findings: tuple[Finding, ...] = ()
    reconciliations: Mapping[str, Reconciliation] | None = None

    def no_day_zero(self) -> set[tuple[str, str]]:
        return {(str(f.figures["event"]), f.symbol) for f in self.findings if f.kind == "no_day_zero"}

    def findings_table(self) -> pd.DataFrame:
        rows = [
            (f.symbol, f.level, f.kind, f.date, f.reason, catalogue("zh-Hant").reason(f.reason)) for f in self.findings
        ]
        return pd.DataFrame(rows, columns=FINDINGS).astype({"date": "datetime64[ns]"})

    def reconciliation_table(self) -> pd.DataFrame:
        """One row a security and day on which the returns differ by more than 5 basis points; one if they all agree."""
        rows: list[tuple[object, ...]] = []
        for symbol, r in (self.reconciliations or {}).items():
            head = (symbol, r.compared, r.agreeing, r.only_first, r.only_second)
            days = [(d, a, b) for d, a, b in r.differing.itertuples(index=False)]
            rows += [(*head, *day) for day in days or [(None, None, None)]]
        return pd.DataFrame(rows, columns=RECONCILED).astype({"date": "datetime64[ns]"})


def checked_prices(
    study: Study, prices: Prices, calendars: Mapping[str, Calendar], calendar: pd.DataFrame, figures: Path, asked: str
) -> tuple[Prices, Quality]:
    """The prices without the securities that an error excludes, and everything that was found."""
    findings: list[Finding] = []
    excluded: dict[str, Unavailable] = {}
    stocks = {s.symbol for s in study.stocks}
    placed = calendar[calendar["session"].notna()]
    items = {str(mic): list(rows["session"]) for mic, rows in placed.groupby("mic")}
    events = placed[placed["kind"] == "event"]
    zeros = {str(mic): dict(zip(rows["id"], rows["session"], strict=True)) for mic, rows in events.groupby("mic")}
    benchmarks = {s.symbol: study.benchmark_of(s) for s in study.stocks}
    measured = stocks | set(benchmarks.values())
    studied = {s: h for s, h in prices.histories.items() if s in measured}
    common = common_moves(studied, {s.symbol: s.group for s in study.stocks})

    def together() -> list[Finding]:
        return [*mixed_up(studied), *exchanged(prices.histories, figures), *out_of_step(studied, benchmarks)]

    def alone(symbols: Iterable[str]) -> dict[str, list[Finding]]:
        return {symbol: list(found(symbol)) for symbol in symbols}

    def found(symbol: str) -> Iterator[Finding]:
        mic, security = calendars[symbol].mic, study.securities.get(symbol)
        yield from check_history(
            prices.histories[symbol],
            calendars[symbol],
            day_zero=zeros.get(mic, {}) if symbol in stocks else {},
            currency=security.currency if security else "",
            others=items[mic],
            windows=_event_windows(study, calendars[symbol], zeros.get(mic, {}).values()) if symbol in measured else (),
            around_the_clock=symbol not in measured,
            common=common(symbol),
        )
        if dates_of_prices(mic, study.start) and symbol in stocks:
            kind = "own_hours" if "?" in (hours := HOURS.get(mic, [])) else "own_dates"
            kind = "own_dates_before" if study.start < BEGIN else kind
            yield warning(symbol, kind, mic=Exchange(mic), close="".join(hours[2:3]), year=f"{BEGIN.year}")

    parts = [partial(alone, list(prices.histories)[k::PARTS]) for k in range(PARTS)]
    columns, *each = run_parallel([together, *parts], forked=True)
    own = {symbol: told for part in each for symbol, told in part.items()}
    for symbol in prices.histories:
        told = sorted([*own[symbol], *(f for f in columns if f.symbol == symbol)], key=lambda f: f.level)
        findings += told
        if errors := [f for f in told if f.level == "error" and f.kind != "no_day_zero"]:
            excluded[symbol] = Unavailable(symbol, errors[0].reason)
    _check_frequency(findings, asked, measured & set(prices.histories))
    _check_calendar(findings, asked)
    check_no_logs([price_for_returns(h.frame).to_numpy(float) for h in studied.values()], f"prices, {asked}")
    kept = {s: _traded(h, findings) for s, h in prices.histories.items() if s not in excluded}
    whole = replace(prices, histories=kept, unavailable={**prices.unavailable, **excluded})
    return whole, Quality(tuple(findings), reconcile_with_shipped(whole, figures) if figures.is_dir() else {})


def _event_windows(
    study: Study, calendar: Calendar, zeros: Iterable[pd.Timestamp]
) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """First and last session of each event window on one exchange, as far as its calendar reaches."""
    sessions, window = calendar.sessions, study.file.windows.event
    places = [int(sessions.searchsorted(zero)) for zero in zeros]
    last = len(sessions) - 1
    return [(sessions[max(at + window.start, 0)], sessions[min(at + window.end, last)]) for at in places]


def _check_frequency(findings: list[Finding], asked: str, measured: set[str]) -> None:
    """Where the prices of all stocks and benchmarks are weekly or monthly, nothing can be measured day by day."""
    sparse = {f.symbol: f for f in findings if f.kind in SPARSE}
    if not measured or not measured <= set(sparse):
        return
    one = sparse[min(measured)]
    what = f"{one.kind} prices: a row every {one.figures['days']:g} days, while the windows of a study count sessions"
    remedy = "Give daily prices; `abnormal_returns` studies weekly or monthly returns, its windows count rows."
    raise PriceError(what, where=f"prices, {asked}", remedy=remedy)


def _check_calendar(findings: list[Finding], asked: str) -> None:
    """Where the prices of several securities move on days without a session, nothing can be measured."""
    wrong = [f for f in findings if f.kind == "wrong_calendar"]
    if len(wrong) < 2:
        return
    mic, symbols = str(wrong[0].figures["mic"]), [f.symbol for f in wrong]
    days = sorted({f.date for f in findings if f.kind == "moves" and f.symbol in symbols and f.date is not None})
    named = [f"{day.date()} ({why_closed(mic, day.date())})" for day in days[:SHOWN]]
    raise PriceError(
        f"the prices of {counted(len(symbols), 'security')} ({_first(symbols, len(symbols))}) move on"
        f" {counted(len(days), 'day')} without a session of {mic}: {_first(named, len(days))}",
        where=f"prices, {asked}",
        remedy="Their dates are shifted, or the exchange is another. Date each price by its own session, "
        "not by weekdays and not in UTC, and see `exchange` in study.toml.",
    )


def _first(names: list[str], n: int) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if n > SHOWN else "")


def _traded(history: PriceHistory, findings: list[Finding]) -> PriceHistory:
    """The history without the rows that repeat a close on a day without a session, or without a trade."""
    kinds = ("no_session", "halted")
    padding = [f.date for f in findings if f.kind in kinds and f.symbol == history.symbol]
    return replace(history, frame=history.frame.drop(padding)) if padding else history
