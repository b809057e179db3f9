"""The prices of a study, from whichever source has them: fresh cache, Yahoo or another source, older cache, shipped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol

import pandas as pd

from eventwindow.errors import Listed, PriceError, Reason, SourceError
from eventwindow.prices.answers import Admission, Expected, trusted, usable
from eventwindow.prices.bundled import ShippedFigures, shipped_histories
from eventwindow.prices.cache import Cache, Kept
from eventwindow.prices.files import PriceFiles
from eventwindow.prices.history import Answers, PriceHistory, Prices, PriceSource, Unavailable
from eventwindow.prices.keyed import KEYED, ON_NETWORK, Keyed
from eventwindow.prices.retry import Progress
from eventwindow.prices.yahoo import Admit, Pulled, Yahoo, histories


class Client(Protocol):
    """A source on the network whose answers are checked and kept."""

    @property
    def name(self) -> str: ...
    @property
    def client(self) -> str: ...
    def pull(
        self, starts: Mapping[str, pd.Timestamp], progress: Progress | None = None, admit: Admit | None = None
    ) -> Mapping[str, Pulled | Unavailable]: ...


@dataclass(slots=True)
class _Search:
    """One request: what is asked for, of whom it may be asked, and what is found so far."""

    symbols: list[str]
    start: pd.Timestamp
    end: pd.Timestamp
    mode: str | Path
    figures: Path | None
    cache: Cache
    clients: Mapping[str, Client]
    progress: Progress | None
    refresh: bool
    expected: Mapping[str, Expected]
    found: dict[str, PriceHistory] = field(default_factory=dict)
    reasons: dict[str, list[Unavailable]] = field(default_factory=dict)
    notes: list[Reason] = field(default_factory=list)

    def expects(self, symbol: str) -> Expected:
        return self.expected.get(symbol, Expected())

    @property
    def missing(self) -> list[str]:
        return [symbol for symbol in self.symbols if symbol not in self.found]

    def take(self, answers: Answers) -> None:
        for symbol, answer in answers.items():
            if isinstance(answer, PriceHistory):
                self.found[symbol] = answer
            else:
                self.reasons.setdefault(symbol, []).append(answer)


def load_prices(
    symbols: Iterable[str],
    start: date,
    end: date,
    *,
    mode: str | Path = "auto",
    figures: Path | None = None,
    progress: Progress | None = None,
    refresh: bool = False,
    expected: Mapping[str, Expected] | None = None,
    cache: Cache | None = None,
    yahoo: Yahoo | None = None,
    keyed: Mapping[str, Keyed] = KEYED,
) -> Prices:
    """Daily histories from `start` to `end` (both included), quoted at `end`; reasons for what cannot be had.

    `mode` is "auto" (per ticker: fresh cache, Yahoo, older cache, a source with a key, shipped figure), the name of a
    source (`AUTO`, or an entry point "eventwindow.prices"), or the path of a file or folder of prices. Answers are
    held to what is `expected` of a security. Raises PriceError for a ticker that none of those asked knows, SourceError
    where the one source that is named cannot be reached.
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    cache = Cache() if cache is None else cache
    clients: dict[str, Client] = {"yahoo": Yahoo() if yahoo is None else yahoo, **keyed}
    search = _Search(
        list(dict.fromkeys(symbols)), first, last, mode, figures, cache, clients, progress, refresh, expected or {}
    )
    for name in AUTO if mode == "auto" else (mode,):
        if search.missing:
            _ask(search, name)
    _refuse_unknown(search)
    histories = {symbol: search.found[symbol] for symbol in search.symbols if symbol in search.found}
    replaced = {symbol: _why(search, symbol) for symbol in histories if search.reasons.get(symbol)}
    alike: dict[tuple[str, Reason], list[str]] = {}
    for symbol, why in replaced.items():
        origin = search.found[symbol].origin
        alike.setdefault((KEYED[origin].name if origin in KEYED else "", why), []).append(symbol)
    notes = [
        Reason("source_stands_in", source=source, symbols=Listed(symbols), why=why)
        if source
        else Reason("held_stand_in", symbols=Listed(symbols), why=why)
        for (source, why), symbols in alike.items()
    ]
    unavailable = {symbol: Unavailable(symbol, _why(search, symbol)) for symbol in search.missing}
    return Prices(histories, unavailable, replaced, (*search.notes, *notes))


AUTO = ("yahoo", *KEYED, "shipped")  # the order in which sources are asked by themselves


def source_of(name: str | Path) -> PriceSource:
    """Where a name leads: to Yahoo, a source with a key, one of another package, else to that file or folder."""
    if name == "yahoo":
        return Yahoo()
    named = {**plugins(), **KEYED}
    return named[str(name)] if name in named else PriceFiles(Path(name))


@dataclass(frozen=True, slots=True)
class _Plugin:
    """A source of another package: a class without parameters, with the method of a `PriceSource`."""

    point: EntryPoint

    def fetch(self, symbols: list[str], start: pd.Timestamp, end: pd.Timestamp) -> Answers:
        try:
            answers: Answers = self.point.load()().fetch(symbols, start, end)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise SourceError(Reason("source_failed", source=self.point.name, why=why)) from error
        lost = {s: replace(a, reason=Reason.of(a.reason)) for s, a in answers.items() if isinstance(a, Unavailable)}
        return {**answers, **lost}


def plugins() -> dict[str, PriceSource]:
    """Sources of other packages by name."""
    return {point.name: _Plugin(point) for point in entry_points(group="eventwindow.prices")}


def _ask(search: _Search, name: str | Path) -> None:
    """One source: what it has of the symbols that are missing."""
    if name in search.clients:
        _from_network(search, str(name))
    elif name != "shipped":
        search.take(source_of(name).fetch(search.missing, search.start, search.end))
    elif search.figures is not None and search.figures.is_dir():
        search.take(ShippedFigures(search.figures).fetch(search.missing, search.start, search.end))
    elif search.mode == "shipped":
        raise PriceError("no figures ship with this study", remedy="Use --prices auto, or --prices PATH.")


def _from_network(search: _Search, name: str) -> None:
    """Fresh cache, then the source, then what an older pull left; one with a key only where the user has it."""
    client, cache = search.clients[name], search.cache.of(name)
    if search.mode == "auto" and isinstance(client, Keyed) and not client.key():
        return
    found = {symbol: kept for symbol in search.missing if (kept := cache.get(symbol)) is not None}
    held = {symbol: kept for symbol, kept in found.items() if trusted(kept, search.expects(symbol))}
    reach = {s: kept for s, kept in held.items() if kept.reaches(search.start)}
    if not search.refresh:
        search.take(_quoted({s: k for s, k in reach.items() if usable(k, search.expects(s), search.end)}, search))
    if not search.missing:
        return
    try:
        search.take(_pulled(search, client, cache, held))
    except SourceError as error:
        if search.mode != "auto":
            raise
        search.notes.append(error.reason)
    search.take(_quoted({s: kept for s, kept in reach.items() if s in search.missing}, search))


_OWN = "Correct the symbol, or give its prices with --prices PATH."
REMEDIES = {  # for a symbol without prices; of a file it is another
    **dict.fromkeys(ON_NETWORK, _OWN),
    "shipped": "Correct the symbol, or ask Yahoo too with --prices auto.",
}


def _pulled(search: _Search, client: Client, cache: Cache, held: Mapping[str, Kept]) -> Answers:
    """A source's answers, each admitted and kept as it arrives, or the reason why it was not."""
    starts = {s: min(search.start, held[s].pulled.start) if s in held else search.start for s in search.missing}
    figures = search.figures if search.figures is not None and search.figures.is_dir() else None
    admission = Admission(
        cache,
        client.client,
        pd.Timestamp.now("UTC"),
        search.expected,
        held,
        shipped_histories(figures, search.missing) if figures else {},
        anew=search.refresh,
    )
    answers = client.pull(starts, search.progress, admission)
    if admission.unwritable:
        search.notes.append(Reason("not_kept", source=client.name, why=admission.unwritable[0]))
    return histories(answers, search.start, search.end)


def _quoted(held: Mapping[str, Kept], search: _Search) -> dict[str, PriceHistory | Unavailable]:
    return histories({symbol: kept.pulled for symbol, kept in held.items()}, search.start, search.end)


def _refuse_unknown(search: _Search) -> None:
    """Raises for tickers of which no source that was asked, no cache and no shipped figure has ever known.

    A source that merely failed does not say that the ticker is unknown.
    """
    doubtful = [s for s in search.missing if not any(_knows(search, reason) for reason in search.reasons.get(s, []))]
    if not doubtful:
        return
    known = {symbol for name in search.clients for symbol in search.cache.of(name).store.entries()}
    if search.figures is not None:
        answers = ShippedFigures(search.figures).fetch(doubtful, search.start, search.end)
        known |= {s for s, a in answers.items() if isinstance(a, PriceHistory) or a.known}
    unknown = [symbol for symbol in doubtful if symbol not in known]
    if unknown:
        said = _one([r.reason for s in unknown for r in search.reasons.get(s, [])] + search.notes)
        remedy = REMEDIES.get(str(search.mode), "Add it to the file, or correct the symbol.")
        remedy = f"Try again later. If the symbol is wrong: {remedy}" if search.notes else remedy
        error = PriceError(f"no prices of {', '.join(unknown)}: {said}", remedy=remedy)
        error.symbols = tuple(unknown)
        raise error


def _knows(search: _Search, reason: Unavailable) -> bool:
    """Whether a reason says that the ticker exists: one that was not asked says nothing where others were."""
    return reason.known and (reason.asked or search.mode != "auto")


def _why(search: _Search, symbol: str) -> Reason:
    """All reasons in one, in the order in which the sources were asked."""
    return _one([reason.reason for reason in search.reasons.get(symbol, [])])


def _one(reasons: list[Reason]) -> Reason:
    return Reason.joined(*dict.fromkeys(reasons)) or Reason("no_source_holds")
