"""The study file → `Study`: what its forms hold, and what must hold between them, validated at once."""

import datetime as dt
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eventwindow.calendars.window import check_estimation, check_report
from eventwindow.errors import StudyError
from eventwindow.estimation.models import MODELS
from eventwindow.study.form import Basket, Form, Group, Security, StudyFile, Windows
from eventwindow.study.library import find_study
from eventwindow.study.toml import at, fault, line_of, read_toml

LONG_WINDOW = 500  # sessions; the longest estimation window of the robustness checks


class Study(Form):
    """A validated study and the folder it was read from. `read_study` makes one.

    Attributes
    ----------
    folder : Path
        Where it was read.
    file : StudyFile
        What study.toml holds, key by key.
    name, benchmark : str
        Its name, and the symbol of its benchmark.
    securities : dict of str to Security
        By symbol.
    stocks : tuple of Security
        Those whose abnormal returns are computed.
    symbols : tuple of str
        Every symbol that needs prices.
    baskets : dict of str to tuple of str
        Named baskets and groups with their symbols.
    headline : dict
        What is shown first: event, basket, members.
    start, end : date
        The days that prices are needed for.

    Examples
    --------
    >>> shipped = ew.read_study("deepseek-2025")
    >>> shipped.benchmark, len(shipped.stocks) > 10
    ('SPY', True)
    """

    folder: Path
    file: StudyFile

    @property
    def name(self) -> str:
        return self.file.study.name

    @property
    def benchmark(self) -> str:
        return self.file.study.benchmark

    @property
    def securities(self) -> dict[str, Security]:
        return {s.symbol: s for s in self.file.securities}

    @property
    def stocks(self) -> tuple[Security, ...]:
        return tuple(s for s in self.file.securities if s.kind == "stock")

    def benchmark_of(self, security: Security) -> str:
        """Its own benchmark or the study's; "none" where the study says that there is none."""
        return security.benchmark or self.benchmark

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol that needs prices: securities, then benchmarks not among them."""
        benchmarks = {self.benchmark_of(s) for s in self.stocks} - {"none"}
        return (*self.securities, *sorted(benchmarks - set(self.securities)))

    @property
    def baskets(self) -> dict[str, tuple[str, ...]]:
        """Named baskets and the groups of the securities, name → symbols, stocks only."""
        groups: dict[str, tuple[str, ...]] = {b.name: b.members for b in self.file.baskets}
        for s in self.stocks:
            if s.group:
                groups[s.group] = (*groups.get(s.group, ()), s.symbol)
        return groups

    @property
    def titles(self) -> dict[str, tuple[str, str]]:
        """Basket or group → its title in English and in Chinese; its name where the study gives none."""
        named: tuple[Basket | Group, ...] = (*self.file.baskets, *self.file.groups)
        given = {n.name: (n.title_en, n.title_zh or n.title_en) for n in named if n.title_en}
        return {name: given.get(name, (name.replace("_", " "),) * 2) for name in self.baskets}

    @property
    def treated(self) -> tuple[str, ...]:
        """The stocks that the benchmark is taken without; the headline basket if none are named."""
        named = self.file.robustness.treated or (self.headline["basket"],)
        members = (symbol for name in named for symbol in self.baskets.get(name, (name,)))
        return tuple(dict.fromkeys(s for s in members if s in self.securities))

    @property
    def headline(self) -> dict[str, Any]:
        """What is shown first: an event, a basket (the first named one, else all stocks) and its members."""
        event = self.file.study.headline or self.file.events[-1].id
        if self.file.baskets:
            return {"event": event, "basket": self.file.baskets[0].name, "members": list(self.file.baskets[0].members)}
        return {"event": event, "basket": "", "members": [s.symbol for s in self.stocks]}

    @property
    def start(self) -> dt.date:
        """The first day that prices are asked for, with room for holidays."""
        return self._before(max(-self.file.windows.estimation.start, LONG_WINDOW))

    @property
    def first_needed(self) -> dt.date:
        """The first day of the estimation windows, with room for holidays."""
        return self._before(-self.file.windows.estimation.start)

    def _before(self, sessions: int) -> dt.date:
        first = min(e.date for e in self.file.events)
        return dt.date.fromordinal(first.toordinal() - round((sessions + 20) * 365 / 240))

    @property
    def end(self) -> dt.date:
        """The last day that prices are needed for: the calendar day by which every event window has closed."""
        sessions = max(self.file.windows.event.end, 0)
        last = max(e.date for e in self.file.events)
        return dt.date.fromordinal(last.toordinal() + round(sessions * 365 / 240) + 7)


def read_study(folder: Path | str) -> Study:
    """Read and validate the study.toml of a folder.

    Parameters
    ----------
    folder : path or str
        The folder, its study.toml, or the name of a study that ships.

    Returns
    -------
    Study
        Validated: all names are unique, whatever is named exists, and the windows fit.

    Raises
    ------
    StudyError
        For every fault, with file, line and remedy.

    Examples
    --------
    >>> ew.read_study("deepseek-2025").name
    'deepseek-2025'
    """
    folder = find_study(str(folder))
    data, text = read_toml(folder / "study.toml")
    if "event_list" in data:
        remedy = "Run it with `eventwindow run`, or give its list and panel to `panel_study`."
        raise StudyError("this is a study of an event list", where=f"{folder.name}/study.toml", remedy=remedy)
    return study_of(folder, data, text)


def study_of(folder: Path, data: dict[str, Any], text: str) -> Study:
    """The study of a file that was read: its content, and its text for the lines of faults."""
    try:
        study = Study(folder=folder, file=StudyFile.model_validate(data))
        _check(study)
    except ValidationError as error:
        raise fault(error, folder / "study.toml", text) from None
    check_windows(study.file.windows, text)
    return study


def _check(study: Study) -> None:
    """What holds between the tables: names are unique, and whatever is named exists."""
    file = study.file
    for table, key in (("securities", "symbol"), ("baskets", "name"), ("events", "id")):
        names = [getattr(one, key) for one in getattr(file, table)]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise at(f"{name!r} stands in [[{table}]] twice", "Keep one of the two.", table, i, key)
    groups = {s.group for s in file.securities}
    for i, group in enumerate(file.groups):
        if group.name not in groups:
            what = f"no security is of the group {group.name!r}"
            raise at(what, "Correct the name or take the table out.", "groups", i, "name")
    stocks = {s.symbol for s in study.stocks}
    for i, basket in enumerate(file.baskets):
        if unknown := [m for m in basket.members if m not in stocks]:
            what = f"basket {basket.name!r} holds {unknown[0]!r}, which is no stock of this study"
            raise at(what, "Add a [[securities]] table for it or take it out.", "baskets", i, "members")
    events = [e.id for e in file.events]
    if file.study.headline not in {None, *events}:
        what = f"no event is called {file.study.headline!r}"
        raise at(what, f"The events are {', '.join(events)}.", "study", "headline")
    for i, receipt in enumerate(file.receipts):
        for key in ("receipt", "home", "rate"):
            if (symbol := getattr(receipt, key)) is not None and symbol not in study.securities:
                remedy = "Add a [[securities]] table for it, or correct the symbol."
                raise at(f"{symbol!r} is no security of this study", remedy, "receipts", i, key)
    _check_model(study)
    _check_robustness(study)


def _check_model(study: Study) -> None:
    model = study.file.model
    if model.name not in MODELS:
        remedy = f"The models are {', '.join(sorted(MODELS))}."
        raise at(f"unknown model {model.name!r}", remedy, "model", "name")
    remedy = 'Name untreated stocks of the study: peers = ["JNJ", "PG"].'
    if lacking := [p for p in model.peers if p not in study.securities]:
        raise at(f"the peer {lacking[0]!r} is no security of this study", remedy, "model", "peers")
    if model.name.startswith("peer_") and not model.peers:
        raise at(f"{model.name} needs peers", remedy, "model", "name")


def _check_robustness(study: Study) -> None:
    form = study.file.robustness
    remedy = 'Add a [[securities]] table for it (kind = "series" for an index or a fund).'
    for name in form.benchmarks:
        if name not in study.securities:
            raise at(f"{name!r} is no security of this study", remedy, "robustness", "benchmarks")
    for name in form.treated:
        if name not in study.securities and name not in study.baskets:
            raise at(f"{name!r} is no security of this study and no basket", remedy, "robustness", "treated")


def check_windows(windows: Windows, text: str) -> None:
    """The estimation window ends before the event window, and every report window lies inside it."""
    estimation, report = (
        f"study.toml, line {line_of(text, ('windows', key))}, windows.{key}" for key in ("estimation", "report")
    )
    check_estimation(windows.estimation, windows.event, estimation)
    check_report(windows.report, windows.event, report)
