"""A study with all that it needs: claims, calendars, prices, returns; everything wrong is found here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from eventwindow.calendars.day_zero import near_names
from eventwindow.calendars.exchange import Calendar, dated, dates_of_prices, exchange_calendar
from eventwindow.calendars.news import NewsItem, sessions_of
from eventwindow.claims.evidence import Evidence
from eventwindow.claims.verdicts import leaves
from eventwindow.errors import ClaimError, EventDateError, PriceError, SourceError, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.by_exchange import NO_BENCHMARK
from eventwindow.estimation.door import check_reach
from eventwindow.estimation.models import MODELS, FactorModel
from eventwindow.estimation.returns import price_for_returns, returns
from eventwindow.parallel import begin
from eventwindow.prices.answers import Expected
from eventwindow.prices.auxiliary import load_tables
from eventwindow.prices.bundled import shipped_calendars
from eventwindow.prices.checks import traded_days
from eventwindow.prices.currencies import PER_DOLLAR
from eventwindow.prices.history import Prices
from eventwindow.prices.keyed import ON_NETWORK
from eventwindow.prices.load import load_prices
from eventwindow.prices.retry import Progress
from eventwindow.prices.study_tables import implausible_counts
from eventwindow.study.definition import Study
from eventwindow.study.freeze import frozen_record, parts
from eventwindow.study.ledger import Ledger, read_claims
from eventwindow.study.quality import Quality, checked_prices

Step = Callable[[str], None]
SLOW = {"XKRX"}  # a calendar that takes longer than all else that is read: lunar holidays


@dataclass(frozen=True, slots=True)
class Inputs:
    """A study, read and validated, with its prices, returns and calendars."""

    study: Study
    ledger: Ledger
    prices: Prices
    returns: Mapping[str, pd.Series]  # simple, decimals, on each security's own sessions
    tables: Mapping[str, pd.DataFrame]  # the study's further figures: shares, panel, weights, factors, …
    calendars: Mapping[str, Calendar]  # symbol → the calendar of its exchange
    calendar: pd.DataFrame  # events and other news on every exchange, with the session of each
    quality: Quality
    frozen: Mapping[str, Any] | None  # what run.json tells of a freezing


def translations(folder: Path) -> dict[str, dict[str, str]]:
    """Language → a text of the study → the same in that language, from the catalogues in `folder`/locale."""
    import polib

    found = {path.stem.replace("_", "-"): polib.pofile(str(path)) for path in sorted(folder.glob("locale/*.po"))}
    return {code: {e.msgid: e.msgstr for e in entries if e.msgstr} for code, entries in found.items()}


def read_inputs(
    study: Study, prices: str, step: Step, claims: Path | str | None = None, progress: Progress | None = None
) -> Inputs:
    """Read, validate and pull; nothing is computed before all of it is right."""
    claims = None if claims is None else Path(claims)
    ledger: Ledger = begin(partial(ledger_of, study, claims), forked=True)()
    figures = study.folder / "figures"
    exchanges, shipped = exchanges_of(study), shipped_calendars(figures, study.start, study.end)
    lacking = {symbol: mic for symbol, mic in exchanges.items() if mic not in shipped}
    slow = begin(partial(study_calendars, study, lacking)) if set(lacking.values()) & SLOW else None
    held, tables = _figures(study, ledger, prices, step, progress)
    worked_out = slow() if slow else study_calendars(study, lacking)
    check_symbols(study, tables)
    check_counts(study, tables, held)
    calendars = {symbol: worked_out.get(symbol) or shipped[mic] for symbol, mic in exchanges.items()}
    calendars |= _dated(study, exchanges, calendars, held)
    calendar = sessions_of(news_of(study), {c.mic: c for c in calendars.values()}.values())
    held, quality = checked_prices(study, held, calendars, calendar, figures, prices)
    _check_benchmarks(study, held, prices)
    series = {s: returns(price_for_returns(frame), calendars[s].sessions) for s, frame in held.frames.items()}
    mics = {calendars[s.symbol].mic for s in study.stocks}
    mine = calendar[(calendar["kind"] == "event") & calendar["mic"].isin(mics)]
    frozen = frozen_record(study.folder, lambda: (parts(study, claims), first_day(mine)))
    return Inputs(study, ledger, held, series, tables, calendars, calendar, quality, frozen)


def first_day(days: pd.DataFrame) -> date:
    return pd.Timestamp(days["session"].min()).date()


def ledger_of(study: Study, claims: Path | None) -> Ledger:
    if claims is not None and not claims.is_file():
        raise ClaimError(f"there is no file {claims}", remedy="Give the path of a claims.toml.")
    events = [e.id for e in study.file.events]
    return read_claims(claims or study.folder / "claims.toml", study.symbols, study.baskets, events)


def _figures(
    study: Study, ledger: Ledger, prices: str, step: Step, progress: Progress | None
) -> tuple[Prices, dict[str, pd.DataFrame]]:
    """Prices and further tables: all that needs no calendar."""
    figures = study.folder / "figures"
    step("getting prices")
    held = load_prices(
        study.symbols,
        study.start,
        study.end,
        mode=prices,
        figures=figures,
        progress=progress,
        expected=expected_of(study),
    )
    tables, notes = load_tables(
        figures,
        mode=prices,
        start=study.start,
        end=study.end,
        counts_of=valued(ledger, study.baskets),
        factors=("five", "momentum") if isinstance(MODELS[study.file.model.name], FactorModel) else (),
        zone=study.file.intraday.zone,
    )
    return replace(held, notes=(*held.notes, *notes)), tables


ALIKE, UNLIKE = 0.8, 0.4  # correlations of the factors' market with the benchmark, of another day and of the same


def check_counts(study: Study, tables: Mapping[str, pd.DataFrame], prices: Prices) -> None:
    """Share counts of the study's own file in shares, not in thousands or millions of them."""
    if "shares" not in tables:
        return
    units = {s.symbol: PER_DOLLAR.get(s.currency, 1.0) for s in study.file.securities}
    for symbol, why in implausible_counts(tables["shares"], prices.frames, units).items():
        remedy = "Give the count in shares, 24490000000, not in thousands or millions."
        raise PriceError(f"the share count of {symbol} cannot be: {why}", where="figures, shares", remedy=remedy)


def valued(ledger: Ledger, baskets: Mapping[str, Sequence[str]]) -> list[str]:
    """Securities whose market value a claim speaks of, beside others or in a sum: their share counts are needed."""
    found: set[str] = set()
    for measure in (leaf.measure for claim in ledger.claims for leaf in leaves(claim) if leaf.measure):
        given = [getattr(measure, key) for key in measure.counts_of]
        named = [name for one in given for name in ([one] if isinstance(one, str) else one)]
        found |= {symbol for name in named for symbol in baskets.get(name, (name,))}
    return sorted(found - {""})


def model_factors(inputs: Inputs) -> pd.DataFrame | None:
    """The table of factors that the study's model asks for; None where each security has its own benchmark."""
    model = inputs.study.file.model
    if model.peers:
        return pd.DataFrame({s: inputs.returns[s] for s in model.peers}).mean(axis=1).to_frame("peers")
    chosen = MODELS[model.name]
    if not isinstance(chosen, FactorModel):
        return None
    if "factors" not in inputs.tables:
        what = f"the model {model.name!r} needs daily factors, and the study holds none"
        remedy = "Put them in figures/factors.csv: date, mkt_rf, smb, hml, rmw, cma, mom, rf; decimals."
        raise StudyError(what, where="study.toml, model.name", remedy=remedy)
    table = inputs.tables["factors"]
    lacking = [name for name in (*chosen.factors, chosen.risk_free) if name and name not in table]
    if lacking:
        raise StudyError(
            f"the model {model.name!r} needs the factor {lacking[0]!r}; the table holds {', '.join(map(str, table))}",
            where="figures, factors",
            remedy="Give the columns the names mkt_rf, smb, hml, rmw, cma, mom and rf, or choose another model.",
        )
    events = inputs.calendar[inputs.calendar["kind"] == "event"]
    check_reach(table, events["session"].dropna(), "figures, factors")
    if (benchmark := inputs.study.benchmark) in inputs.returns and "mkt_rf" in table:
        _check_shifted(table["mkt_rf"], inputs.returns[benchmark], benchmark)
    return table


def _check_shifted(market: pd.Series, benchmark: pd.Series, name: str) -> None:
    """The market of the factors moves on the days of the study's benchmark, not on those before or after."""
    pair = pd.DataFrame({"market": market, "benchmark": benchmark}).dropna()
    same = pair["market"].corr(pair["benchmark"])
    for days, side in ((1, "earlier"), (-1, "later")):
        other = pair["market"].corr(pair["benchmark"].shift(days))
        if other > ALIKE and same < UNLIKE:
            raise PriceError(
                f"the factor 'mkt_rf' moves with {name} of one session {side} (correlation {other:.2f}, {same:.2f} on"
                " the same day): its dates are shifted",
                where="figures, factors",
                remedy="Date each row by its own session.",
            )


def check_symbols(study: Study, tables: Mapping[str, pd.DataFrame]) -> None:
    """A symbol of a table that differs from the study's in case or blanks alone is none of the study's: it is told."""
    for table in [name for name in ("shares", "weights", "intraday") if name in tables]:
        named = [str(symbol) for symbol in tables[table]["symbol"].unique()]
        near = near_names([name for name in named if name not in study.symbols], pd.Index(study.symbols))
        for name, own in near.items():
            if own is not None and own not in named:
                what = f"the table holds {name!r}, the study {own!r}"
                remedy = f"Write {own} in the table, or {name.strip()} in study.toml."
                raise PriceError(what, where=f"figures, {table}", remedy=remedy)


def exchanges_of(study: Study) -> dict[str, str]:
    """The exchange of every symbol; a benchmark that is no security follows the first stock that uses it."""
    exchange = {study.benchmark_of(s): s.exchange for s in reversed(study.stocks)}
    exchange |= {s.symbol: s.exchange for s in study.file.securities}
    return {symbol: exchange[symbol] for symbol in study.symbols}


def expected_of(study: Study) -> dict[str, Expected]:
    """What an answer is held to: the exchange, the currency where the study names it, the dates of the events."""
    measured = {s.symbol for s in study.stocks} | {study.benchmark_of(s) for s in study.stocks}
    dates = tuple(e.date for e in study.file.events)
    named = {s.symbol: s.currency for s in study.file.securities if "currency" in s.model_fields_set}
    return {
        symbol: Expected(mic, named.get(symbol, ""), symbol not in measured, dates if symbol in measured else ())
        for symbol, mic in exchanges_of(study).items()
    }


def study_calendars(study: Study, exchanges: Mapping[str, str]) -> dict[str, Calendar]:
    found = {}
    for symbol, mic in exchanges.items():
        try:
            found[symbol] = _reached(study, mic)
        except EventDateError as error:
            raise EventDateError(error.what, where=f"study.toml, security {symbol!r}", remedy=error.remedy) from None
    return found


def _reached(study: Study, mic: str) -> Calendar:
    """The sessions of all that a study may look at; of what its windows need, where the library knows no more."""
    try:
        return exchange_calendar(mic, study.start, study.end)
    except EventDateError:
        return exchange_calendar(mic, study.first_needed, study.end)


def _dated(
    study: Study, exchanges: Mapping[str, str], calendars: Mapping[str, Calendar], prices: Prices
) -> dict[str, Calendar]:
    """The calendars of exchanges that the library lacks: the days on which half of their stocks or more were traded."""
    found: dict[str, Calendar] = {}
    for mic in {mic for mic in exchanges.values() if dates_of_prices(mic, study.start)}:
        mine = [s.symbol for s in study.stocks if s.exchange == mic and s.symbol in prices]
        days = pd.Series([day for s in mine for day in traded_days(prices.histories[s].frame)]).value_counts()
        held = pd.DatetimeIndex(days.index[days * 2 >= len(mine)]).sort_values()
        symbols = [s for s, of in exchanges.items() if of == mic]
        found |= {s: dated(mic, held, calendars[s]) for s in symbols} if len(held) else {}
    return found


def news_of(study: Study) -> list[NewsItem]:
    """Events first, then the calendar of other news."""
    events = [
        NewsItem(e.id, "event", e.date, e.title_en, e.title_zh, e.time, e.zone, e.session, most=e.max_shift)
        for e in study.file.events
    ]
    return events + [
        NewsItem(f"news-{k}", n.kind, n.date, n.what_en, n.what_zh, n.time, n.zone, "next", n.about, n.source_text)
        for k, n in enumerate(study.file.news, 1)
    ]


def _check_benchmarks(study: Study, prices: Prices, asked: str) -> None:
    """Prices of a stock and of its benchmark: what a source that was asked failed to give is not the user's fault."""
    kind: type[StudyError] = SourceError if asked in ON_NETWORK else PriceError
    if not any(stock.symbol in prices for stock in study.stocks):
        reasons = "; ".join(f"{u.symbol}: {u.reason}" for u in list(prices.unavailable.values())[:3])
        remedy = "Give prices of the study's stocks with --prices PATH, or try again later."
        raise kind(f"no stock of the study has prices ({reasons})", where=f"prices, {asked}", remedy=remedy)
    for stock in study.stocks:
        benchmark = study.benchmark_of(stock)
        if benchmark in prices or benchmark == NO_BENCHMARK or stock.symbol not in prices:
            continue
        lost = prices.unavailable.get(benchmark)
        kind = kind if lost and lost.known else PriceError
        error = kind(
            f"the benchmark {benchmark!r} has no prices ({lost.reason if lost else 'none given'})",
            where=f"study.toml, benchmark of {stock.symbol!r}",
            remedy='Name another benchmark, or "none" for the mean of the estimation window.',
        )
        if isinstance(error, PriceError):
            error.symbols = (benchmark,)
        raise error


def securities_table(study: Study) -> pd.DataFrame:
    rows = [s.model_dump() | {"benchmark": study.benchmark_of(s)} for s in study.file.securities]
    return pd.DataFrame(rows).set_index("symbol")


def gather_evidence(inputs: Inputs, abnormal: Mapping[str, AbnormalReturns]) -> Evidence:
    return Evidence(
        prices=inputs.prices.frames,
        returns=inputs.returns,
        earlier={s: h.earlier for s, h in inputs.prices.histories.items() if h.earlier is not None},
        abnormal=abnormal,
        securities=securities_table(inputs.study),
        baskets=inputs.study.baskets,
        tables=inputs.tables,
        news=pd.DataFrame([n.model_dump() | {"source": n.source_text} for n in inputs.study.file.news]),
        unavailable={symbol: u.reason for symbol, u in inputs.prices.unavailable.items()},
        titles=inputs.study.titles,
        events={e.id: (e.title_en or e.id, e.title_zh or e.title_en or e.id) for e in inputs.study.file.events},
        calendars=dict(inputs.calendars),
        findings=inputs.quality.findings,
    )
