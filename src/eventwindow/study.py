"""The study file → `Study`: securities, baskets, events, windows, model and other news, validated at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from eventwindow.errors import StudyError, WindowError
from eventwindow.models import MODELS
from eventwindow.timeline import SessionRule, Window
from eventwindow.tomlfile import fault, line_of, read_toml

Symbol = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^\s/\\]+$")]
LONG_WINDOW = 500  # sessions; the longest estimation window of the robustness checks
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]


def _window(value: object) -> object:
    if isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value):
        try:
            return Window(*value)
        except WindowError as error:
            raise ValueError(error.what) from None
    if isinstance(value, Window):
        return value
    raise ValueError("a window is two whole trading days, first and last: [-1, 1]")


WindowField = Annotated[
    Window,
    BeforeValidator(_window, json_schema_input_type=Annotated[list[int], Field(min_length=2, max_length=2)]),
    PlainSerializer(lambda window: [window.start, window.end], return_type=list[int]),
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Security(_Table):
    """A security on its own exchange. A `series` (an index, a fund, a future) is held for its prices only."""

    symbol: Symbol
    exchange: str = "XNYS"
    currency: str = "USD"
    group: str = ""
    name_en: str = ""
    name_zh: str = ""
    benchmark: Symbol | None = None
    kind: Literal["stock", "series"] = "stock"


class Basket(_Table):
    """A named set of securities for the tests; baskets may overlap."""

    name: Slug
    members: tuple[Symbol, ...] = Field(min_length=1)


class Event(_Table):
    """A date, with its clock time and zone where known, and the rule where it is no session."""

    id: Slug
    date: dt.date
    time: dt.time | None = None
    zone: str | None = None
    session: SessionRule = "error"
    title_en: str = ""
    title_zh: str = ""

    @model_validator(mode="after")
    def _zone_goes_with_time(self) -> Self:
        if (self.time is None) != (self.zone is None):
            raise ValueError("time and zone go together: give both or neither")
        if self.zone is not None:
            _check_zone(self.zone)
        return self


class News(_Table):
    """An entry of the calendar of other news, for all securities or those it is `about`.

    With a clock time it marks the session that first prices it; a "closed" day marks nothing.
    """

    date: dt.date
    time: dt.time | None = None
    zone: str | None = None
    what_en: str
    what_zh: str = ""
    source: str = ""
    kind: Literal["news", "closed"] = "news"
    about: tuple[Symbol, ...] = ()


class Model(_Table):
    name: str = "market_model"


class Windows(_Table):
    estimation: WindowField = Window(-260, -11)
    event: WindowField = Window(-10, 20)
    report: tuple[WindowField, ...] = (Window(0, 0), Window(0, 1))


class _Head(_Table):
    name: Slug
    title: str = ""
    title_zh: str = ""
    benchmark: Symbol = "SPY"
    returns: Literal["simple", "log"] = "simple"
    minimum_returns: int = Field(default=100, ge=10)
    headline: Slug | None = None  # the event that the report leads with; the last one if none is named


class StudyFile(_Table):
    """The form of study.toml; its JSON schema is published for editors."""

    study: _Head
    model: Model = Model()
    windows: Windows = Windows()
    securities: tuple[Security, ...] = Field(min_length=1)
    baskets: tuple[Basket, ...] = ()
    events: tuple[Event, ...] = Field(min_length=1)
    news: tuple[News, ...] = ()


class Study(_Table):
    """A validated study and the folder it was read from."""

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
        """The securities whose abnormal returns are computed."""
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
    def headline(self) -> dict[str, Any]:
        """What is shown first: an event, a basket (the first named one, else all stocks) and its members."""
        event = self.file.study.headline or self.file.events[-1].id
        if self.file.baskets:
            return {"event": event, "basket": self.file.baskets[0].name, "members": list(self.file.baskets[0].members)}
        return {"event": event, "basket": "", "members": [s.symbol for s in self.stocks]}

    @property
    def start(self) -> dt.date:
        """The first day that prices are needed for, with room for holidays."""
        sessions = max(-self.file.windows.estimation.start, LONG_WINDOW) + 20
        first = min(e.date for e in self.file.events)
        return dt.date.fromordinal(first.toordinal() - round(sessions * 365 / 240))

    @property
    def end(self) -> dt.date:
        """The last day that prices are needed for: the calendar day by which every event window has closed."""
        sessions = max(self.file.windows.event.end, 0)
        last = max(e.date for e in self.file.events)
        return dt.date.fromordinal(last.toordinal() + round(sessions * 365 / 240) + 7)


def read_study(folder: Path) -> Study:
    """Read and validate `folder`/study.toml; every fault is a StudyError that names file, line and remedy."""
    path = folder / "study.toml"
    data, text = read_toml(path)
    try:
        study = Study(folder=folder, file=StudyFile.model_validate(data))
    except ValidationError as error:
        raise fault(error, path, text, StudyFile) from None
    _check(study, text)
    return study


def _check(study: Study, text: str) -> None:
    """What holds between the tables: names are unique, and whatever is named exists."""
    file = study.file
    for table, names in (
        ("securities", [s.symbol for s in file.securities]),
        ("baskets", [b.name for b in file.baskets]),
        ("events", [e.id for e in file.events]),
    ):
        _check_unique(table, names, text)
    for i, basket in enumerate(file.baskets):
        if unknown := [m for m in basket.members if m not in {s.symbol for s in study.stocks}]:
            raise StudyError(
                f"basket {basket.name!r} holds {unknown[0]!r}, which is no stock of this study",
                where=f"study.toml, line {line_of(text, ('baskets', i, 'members'))}",
                remedy="Add a [[securities]] table for it or take it out.",
            )
    if file.study.headline not in {None, *(e.id for e in file.events)}:
        raise StudyError(
            f"no event is called {file.study.headline!r}",
            where=f"study.toml, line {line_of(text, ('study', 'headline'))}, study.headline",
            remedy=f"The events are {', '.join(e.id for e in file.events)}.",
        )
    _check_model(file, text)
    _check_windows(file.windows, text)


def _check_unique(table: str, names: list[str], text: str) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            key = {"securities": "symbol", "baskets": "name", "events": "id"}[table]
            raise StudyError(
                f"{name!r} stands in [[{table}]] twice",
                where=f"study.toml, line {line_of(text, (table, i, key))}, {key}",
                remedy="Keep one of the two.",
            )


def _check_model(file: StudyFile, text: str) -> None:
    if file.model.name not in MODELS:
        raise StudyError(
            f"unknown model {file.model.name!r}",
            where=f"study.toml, line {line_of(text, ('model', 'name'))}, model.name",
            remedy=f"The models are {', '.join(sorted(MODELS))}.",
        )


def _check_windows(windows: Windows, text: str) -> None:
    if windows.estimation.overlaps(windows.event):
        raise WindowError(
            f"the estimation window {windows.estimation} overlaps the event window {windows.event}",
            where=f"study.toml, line {line_of(text, ('windows', 'estimation'))}, windows.estimation",
            remedy=f"End it before {windows.event.start}, for example at {windows.event.start - 1}.",
        )
    for window in windows.report:
        if window.start < windows.event.start or window.end > windows.event.end:
            raise WindowError(
                f"the report window {window} reaches outside the event window {windows.event}",
                where=f"study.toml, line {line_of(text, ('windows', 'report'))}, windows.report",
                remedy="Widen the event window or shorten the report window.",
            )


def _check_zone(zone: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"unknown time zone {zone!r}; New York is America/New_York") from None


def schema() -> dict[str, Any]:
    """The JSON schema of study.toml."""
    return StudyFile.model_json_schema()
